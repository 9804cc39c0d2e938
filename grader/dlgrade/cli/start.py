"""`dlgrade start`: the starter code of a chapter, in the current folder."""

from __future__ import annotations

from pathlib import Path

import click

from dlgrade import course, submission
from dlgrade.cli import complete, lang_option, say
from dlgrade.course import Chapter, Course, starter_notebook
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both


@click.command("start")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=complete.chapters)
@click.option("--notebook", is_flag=True, help="A notebook, not a Python file. 生成 Jupyter 笔记本。")
@lang_option
def command(chapters: tuple[str, ...], notebook: bool, lang: Lang) -> None:
    """Get the starter code of a chapter. 取得一章的起始代码。

    Writes chNN_name.py, or with --notebook chNN_name.ipynb, into the current folder; what is there is kept.
    """
    here = course.load()
    for chapter in [here.chapter(name) for name in chapters]:
        start(here, chapter, Path.cwd(), notebook=notebook, lang=lang)


def start(here: Course, chapter: Chapter, folder: Path, *, notebook: bool, lang: Lang) -> None:
    """Write the file, unless the chapter has one there already."""
    path = folder / f"{chapter.stem}{'.ipynb' if notebook else '.py'}"
    there = submission.files_of(chapter, folder, path.suffix)
    title = chapter.title.of(lang)
    if there:
        names = ", ".join(one.name for one in there)
        say(both(f"Kept {names}: there already ({title}).", f"保留 {names}：文件已存在（{title}）。"))
    else:
        try:
            starter_notebook.write_starter(here, chapter, path, lang)
        except OSError as error:
            raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
        count = len(chapter.exercises)
        say(
            both(f"Wrote {path.name}: {title}, {count} exercises.", f"已写入 {path.name}：{title}，共 {count} 个练习。")
        )
    say(
        both(
            f"Next: write {chapter.exercises[0].name}, then `dlgrade check {chapter.id}`.",
            f"下一步：编写 {chapter.exercises[0].name}，然后运行 `dlgrade check {chapter.id}`。",
        )
    )
