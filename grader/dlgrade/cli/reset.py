"""`dlgrade reset`: bring back a chapter's starter code, and keep the work so far beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dlgrade.cli import complete, lang_option, load_course, say
from dlgrade.course import starter_notebook
from dlgrade.errors import UsageError
from dlgrade.submission import locate
from dlgrade.text import Lang, both, chosen_lang


@click.command("reset")
@click.argument("chapter", metavar="CHAPTER", shell_complete=complete.chapters)
@click.option(
    "--submission",
    "given",
    type=click.Path(path_type=Path),
    help="File to reset (default: chNN*.py here). 要重置的文件。",
)
@click.option("--yes", is_flag=True, help="Do not ask. 不再询问。")
@lang_option
def command(chapter: str, given: Path | None, yes: bool, lang: Lang) -> None:
    """Start a chapter again; keeps a copy of your work. 重新开始一章（保留备份）。"""
    del lang
    course = load_course()
    wanted = course.chapter(chapter)
    path = locate(wanted, given, Path.cwd())
    question = both(f"Replace {path.name} with the starter code?", f"将 {path.name} 替换为起始代码？")
    if not yes and not click.confirm(question.of(chosen_lang())):
        say(both("Nothing was changed.", "未作任何更改。"))
        return
    # The copy's name must not look like a submission.
    backup = path.with_name(f"{path.name}.{datetime.now():%Y%m%d-%H%M%S}.bak")
    try:
        path.rename(backup)
        starter_notebook.write_starter(course, wanted, path, chosen_lang())
    except OSError as error:
        raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
    say(
        both(
            f"{path.name} is the starter code again; your work is in {backup.name}.",
            f"{path.name} 已恢复为起始代码；原来的内容保存在 {backup.name}。",
        )
    )
