"""`dlgrade list`: chapters and exercises, by part."""

from __future__ import annotations

import json

import click

from dlgrade.cli import echo, echo_json, lang_option, load_course
from dlgrade.course import Chapter, Course, Part
from dlgrade.text import Lang, Text, both

EXTENSION = both("extension", "拓展")


@click.command("list")
@click.option("--starter", metavar="CHAPTER", help="Print the starter code of a chapter. 输出某章的起始代码。")
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
def command(starter: str | None, lang: Lang, as_json: bool) -> None:
    """List chapters and exercises. 列出章节与练习。

    \b
    dlgrade list --starter ch28 > ch28_batch_norm.py
    """
    course = load_course()
    if starter is not None:
        content = course.starter(course.chapter(starter)).read_text(encoding="utf-8")
        click.echo(content, nl=False)  # noqa: TID251 - a file must stay unchanged
    elif as_json:
        echo_json(json.dumps([_chapter_data(chapter) for chapter in course.chapters], ensure_ascii=False, indent=2))
    else:
        for part in course.parts:
            _show_part(course, part, lang)


def _show_part(course: Course, part: Part, lang: Lang) -> None:
    chapters = [chapter for chapter in course.chapters if chapter.part == part.id]
    if not chapters:
        return
    echo(_in_both(part.title, lang), bold=True)
    for chapter in chapters:
        mark = f"  ({EXTENSION.of(lang)})" if chapter.extension else ""
        echo(f"  {chapter.id}  {_in_both(chapter.title, lang)}{mark}")
        for exercise in chapter.exercises:
            echo(f"        {exercise.name:<22} {_in_both(exercise.title, lang)}")


def _in_both(title: Text, lang: Lang) -> str:
    """Return a title in both languages, the chosen one first."""
    return f"{title.zh} · {title.en}" if lang == "zh" else f"{title.en} · {title.zh}"


def _chapter_data(chapter: Chapter) -> dict[str, object]:
    return {
        "id": chapter.id,
        "slug": chapter.slug,
        "part": chapter.part,
        "extension": chapter.extension,
        "after": list(chapter.after),
        "sections": list(chapter.sections),
        "title": {"en": chapter.title.en, "zh": chapter.title.zh},
        "exercises": [
            {"name": exercise.name, "title": {"en": exercise.title.en, "zh": exercise.title.zh}}
            for exercise in chapter.exercises
        ],
    }
