"""`dlgrade new`: the files of a new chapter."""

from __future__ import annotations

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.text import Lang, both


@click.command("new")
@click.argument("chapter")
@click.argument("slug")
@click.option("--part", default=None, help="Part of the course (its last part). 所属部分。")
@click.option("--exercises", default="", metavar="A,B,C", help="Their names (the slug). 练习名称。")
@lang_option
def command(chapter: str, slug: str, part: str | None, exercises: str, lang: Lang) -> None:
    """Begin a new chapter with all its files. 新建一章的全部文件。

    \b
    dlgrade new ch90 glove --part attention --exercises GloVe,cooccurrences
    """
    del lang
    from dlgrade.course.new_chapter import write_chapter

    names = exercises.split(",") if exercises else []
    for path in write_chapter(course.load(), chapter, slug, part, names):
        say(both(f"wrote {path}", f"已写入 {path}"))
    say(
        both(
            f"Next: edit these files, then run `dlgrade stubs` and `dlgrade audit {chapter}`; see docs/authors.md.",
            f"下一步：编辑这些文件，然后运行 `dlgrade stubs` 和 `dlgrade audit {chapter}`；写法见 docs/authors.md。",
        )
    )
