"""`dlgrade list`: chapters and exercises, by part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade.cli import complete, echo, echo_json, lang_option, load_course, say
from dlgrade.course import Chapter, Course, Part
from dlgrade.errors import UsageError
from dlgrade.text import Lang, Text, both

if TYPE_CHECKING:
    from dlgrade.report.chapter_page import ChapterFacts

EXTENSION = both("extension", "拓展")


@click.command("list")
@click.argument("chapter", required=False, shell_complete=complete.chapters)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write the page of the chapter to this file. 把该章页面写入文件。",
)
@click.option("--starter", metavar="CHAPTER", help="Print the starter code of a chapter. 输出某章的起始代码。")
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
def command(chapter: str | None, html: Path | None, starter: str | None, lang: Lang, as_json: bool) -> None:
    """List chapters and exercises, or show a chapter. 列出章节与练习，或查看某一章。

    \b
    dlgrade list                          all chapters
    dlgrade list ch28                     its topic, exercises, points and rules
    dlgrade list ch28 --html ch28.html    the same as a page, with formulas
    dlgrade list --starter ch28 > ch28_batch_norm.py
    """
    course = load_course()
    if html is not None and chapter is None:
        example = "`dlgrade list ch28 --html ch28.html`"
        raise UsageError(both(f"Name a chapter, as in {example}.", f"请指定章节，例如 {example}。"))
    if chapter is not None:
        show(course, course.chapter(chapter), lang, html=html, as_json=as_json)
    elif starter is not None:
        from dlgrade.course import starter_notebook

        content = starter_notebook.starter(course, course.chapter(starter), lang)
        click.echo(content, nl=False)  # noqa: TID251 - a file must stay unchanged
    elif as_json:
        echo_json(json.dumps([_chapter_data(chapter) for chapter in course.chapters], ensure_ascii=False, indent=2))
    else:
        for part in course.parts:
            _show_part(course, part, lang)


def show(course: Course, chapter: Chapter, lang: Lang, *, html: Path | None = None, as_json: bool = False) -> None:
    """Print the page of a chapter, or write it to a file.

    Args:
        course: the course.
        chapter: the chapter.
        lang: the language of the terminal.
        html: the file to write, instead of printing.
        as_json: print the facts as JSON.

    Raises:
        UsageError: the file cannot be written, or a package for it is missing.
    """
    from dlgrade.report import chapter_page
    from dlgrade.report.terminal import Terminal
    from dlgrade.student import record

    facts = chapter_page.chapter_facts(course, chapter, record.given_hints(chapter).given)
    if html is not None:
        _write_page(html, chapter_page.chapter_page(facts))
        say(both(f"Wrote {html}.", f"已写入 {html}。"))
    elif as_json:
        echo_json(json.dumps(_page_data(facts), ensure_ascii=False, indent=2))
    else:
        terminal = Terminal(lang)
        for words, indent, style in chapter_page.chapter_lines(facts):
            terminal.print(words, style, indent)


def _write_page(path: Path, page: str) -> None:
    from dlgrade.files import write_whole

    try:
        write_whole(path, page)
    except OSError as error:
        raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None


def _page_data(facts: ChapterFacts) -> dict[str, object]:
    summary = facts.chapter.summary
    exercises = [
        {
            "name": entry.exercise.name,
            "title": {"en": entry.exercise.title.en, "zh": entry.exercise.title.zh},
            "points": entry.points,
            "forbidden": list(entry.exercise.forbidden),
            "formula": entry.exercise.formula,
            "figure": {"en": figure.caption.en, "zh": figure.caption.zh} if (figure := entry.exercise.figure) else None,
            "hints": {"taken": entry.given, "total": len(entry.exercise.hints)},
        }
        for entry in facts.exercises
    ]
    return _chapter_data(facts.chapter) | {
        "summary": {"en": summary.en, "zh": summary.zh} if summary else None,
        "links": facts.links,
        "points": facts.points,
        "exercises": exercises,
    }


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
