"""`dlgrade translate`: keep the Chinese texts of starter code in step with the English."""

from __future__ import annotations

import sys

import click

from dlgrade.cli import complete, lang_option, load_course, say
from dlgrade.course import chinese
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both


@click.command("translate")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=complete.chapters)
@click.option("--done", is_flag=True, help="The Chinese agrees with the English now. 中文已与英文一致。")
@lang_option
def command(chapters: tuple[str, ...], done: bool, lang: Lang) -> None:
    """List the Chinese texts of starter code that need work. 列出待译或过时的中文说明。

    Writes exercises/chNN_name/zh.yaml with an entry for each docstring and comment. Entries whose English has changed
    stay as they are until --done. Exits with 1 while anything is left.
    """
    del lang
    course, left = load_course(), 0
    for chapter in [course.chapter(name) for name in chapters]:
        path = course.chinese_file(chapter)
        try:
            names = chinese.update(course, chapter, done=done)
        except OSError as error:
            raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
        for name in names:
            left += 1
            say(both(f"{path}: {name}: not translated, or out of date", f"{path}：{name}：尚未翻译，或英文已改动"))
    if left:
        say(
            both(
                f"{left} texts to write. Bring the Chinese up to date, then run `dlgrade translate --done`.",
                f"还有 {left} 处。改好中文后运行 `dlgrade translate --done`。",
            ),
            err=True,
        )
    else:
        say(both("All Chinese texts are up to date.", "中文说明全部是最新的。"))
    sys.exit(1 if left else 0)
