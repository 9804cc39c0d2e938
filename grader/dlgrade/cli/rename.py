"""`dlgrade rename`: another name for an exercise or a chapter, in all files."""

from __future__ import annotations

import click

from dlgrade import course as courses
from dlgrade.cli import complete, echo, lang_option, say
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both

SHOWN_MENTIONS = 30


@click.command("rename")
@click.argument("chapter", metavar="CHAPTER", shell_complete=complete.chapters)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--slug", default=None, metavar="NAME", help="Another short name of the chapter. 章节的新名称。")
@lang_option
def command(chapter: str, old: str | None, new: str | None, slug: str | None, lang: Lang) -> None:
    """Rename an exercise, or a chapter, in all files. 重命名练习或章节。

    Code and keys change, words do not: places that still mention the old name are listed. Gradebooks keep the old
    names, so rename before a class is graded.

    \b
    dlgrade rename ch90 cooccurrences count_pairs
    dlgrade rename ch90 --slug glove_vectors
    """
    del lang
    from dlgrade.course.renaming import rename_chapter, rename_exercise

    course = courses.load()
    wanted = course.chapter(chapter)
    if slug and not old:
        renaming = rename_chapter(course, wanted, slug)
    elif old and new and not slug:
        renaming = rename_exercise(course, wanted, old, new)
    else:
        raise UsageError(
            both(
                "Give the old and the new name of an exercise, or --slug NAME.",
                "请给出练习的旧名称和新名称，或使用 --slug NAME。",
            )
        )
    renaming.apply()
    for path in renaming.contents:
        say(both(f"changed {path}", f"已修改 {path}"))
    for source, target in renaming.moves:
        say(both(f"moved {source} to {target}", f"已将 {source} 移至 {target}"))
    mentions = renaming.mentions(course)
    if mentions:
        say(both(f"Still mention {renaming.old}:", f"仍提到 {renaming.old} 的地方："))
        for path, line in mentions[:SHOWN_MENTIONS]:
            echo(f"  {path}:{line}")
        if (more := len(mentions) - SHOWN_MENTIONS) > 0:
            say(both(f"  and {more} more", f"  另有 {more} 处"))
    say(
        both(
            f"Next: run `ruff format` and `dlgrade audit {wanted.id}`.",
            f"下一步：运行 `ruff format` 和 `dlgrade audit {wanted.id}`。",
        )
    )
