"""`dlgrade status`: the progress in every chapter, and the next step."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dlgrade.cli import echo, echo_json, lang_option, load_course, say
from dlgrade.course import Chapter, Course, Part
from dlgrade.errors import DlgradeError
from dlgrade.results import number
from dlgrade.student import record
from dlgrade.submission import all_in
from dlgrade.text import Lang, Text, both

BAR = 20  # characters


@click.command("status")
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
def command(lang: Lang, as_json: bool) -> None:
    """Show your progress and the next step. 学习进度与下一步。"""
    course = load_course()
    if as_json:
        echo_json(json.dumps([_progress_data(chapter) for chapter in course.chapters], ensure_ascii=False, indent=2))
        return
    for part in course.parts:
        chapters = [chapter for chapter in course.chapters if chapter.part == part.id]
        if chapters:
            _show_progress(part, chapters, lang)
    say(_next_chapter(course))


def _show_progress(part: Part, chapters: list[Chapter], lang: Lang) -> None:
    """Print a bar for the part, and a line for every chapter."""
    records = {chapter.id: record.checked(chapter) for chapter in chapters}
    checked = [last for last in records.values() if last is not None]
    share = sum(last.score / last.points for last in checked if last.points) / len(chapters)
    done = sum(last.complete for last in checked)
    filled = int(share * BAR)
    bar = "#" * filled + "-" * (BAR - filled)
    echo(f"[{bar}] {done}/{len(chapters)}  {part.title.of(lang)}", bold=True)
    for chapter in chapters:
        last = records[chapter.id]
        score = f"{number(last.score)}/{number(last.points)}" if last else "-"
        when = last.at[:10] if last else ""
        style = "green" if last and last.complete else None
        echo(f"  {chapter.id:<6}{score:>9}  {when:<10}  {chapter.title.of(lang)}", fg=style)


def _next_chapter(course: Course) -> Text:
    """Name the next step.

    The last checked chapter that is not complete comes first, then a file in this folder that was never checked, then
    a chapter that was never started.
    """
    records = {chapter.id: record.checked(chapter) for chapter in course.chapters}
    incomplete = [(last.at, name) for name, last in records.items() if last and not last.complete]
    if incomplete:
        name = max(incomplete)[1]
        return both(
            f"Next: `dlgrade check {name}`, or `dlgrade hint {name}`.",
            f"下一步：`dlgrade check {name}`，或 `dlgrade hint {name}`。",
        )
    try:
        begun = [chapter.id for chapter, _ in all_in(course, Path.cwd()) if records[chapter.id] is None]
    except DlgradeError:  # `check` will explain what is wrong with the folder
        begun = []
    new = [name for name, last in records.items() if last is None]
    if begun:
        return both(f"Next: `dlgrade check {begun[0]}`.", f"下一步：`dlgrade check {begun[0]}`。")
    if new:
        return both(f"Next: `dlgrade start {new[0]}`.", f"下一步：`dlgrade start {new[0]}`。")
    return both("Every chapter is complete.", "所有章节均已完成。")


def _progress_data(chapter: Chapter) -> dict[str, object]:
    last = record.checked(chapter)
    return {
        "id": chapter.id,
        "part": chapter.part,
        "score": last.score if last else None,
        "points": last.points if last else None,
        "pending": last.pending if last else None,
        "complete": last is not None and last.complete,
        "checked_at": last.at if last else None,
        "exercises": {exercise.name: bool(last and last.passed.get(exercise.name)) for exercise in chapter.exercises},
    }
