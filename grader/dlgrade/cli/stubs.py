"""`dlgrade stubs`: generate starter code from the references, and draw the figures."""

from __future__ import annotations

import sys

import click

from dlgrade.cli import complete, lang_option, load_course, say
from dlgrade.course import figures, starter_code
from dlgrade.text import Lang, both


@click.command("stubs")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is out of date. 只检查。")
@lang_option
def command(chapters: tuple[str, ...], check: bool, lang: Lang) -> None:
    """Generate starter code from the references, and draw the figures. 由参考答案生成起始代码，并绘制插图。"""
    del lang
    course = load_course()
    chosen = [course.chapter(name) for name in chapters] or list(course.chapters)
    if not check:
        for path in starter_code.write_stale(course, chosen) + figures.write_stale(course, chosen):
            say(both(f"wrote {path}", f"已写入 {path}"))
        return
    outdated = [course.starter(chapter) for chapter in starter_code.stale(course, chosen)]
    for path in outdated:
        say(
            both(
                f"{path} differs from its reference; run `dlgrade stubs`.",
                f"{path} 与参考答案不一致；请运行 `dlgrade stubs`。",
            ),
            err=True,
        )
    drawings = figures.stale(course, chosen)
    for path in drawings:
        say(
            both(
                f"{path} differs from the drawing of figures.py; run `dlgrade stubs`.",
                f"{path} 与 figures.py 绘制的插图不一致；请运行 `dlgrade stubs`。",
            ),
            err=True,
        )
    count = len(chosen) - len(outdated)
    say(
        both(
            f"{count} of {len(chosen)} starter files are up to date.",
            f"{len(chosen)} 个起始文件中 {count} 个是最新的。",
        )
    )
    sys.exit(1 if outdated or drawings else 0)
