"""`dlgrade status`: the progress in every chapter, and the next step."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dlgrade.cli import echo, echo_json, lang_option, load_course, say
from dlgrade.course import Chapter, Part
from dlgrade.results import number
from dlgrade.student import record
from dlgrade.student.next_chapter import next_chapter
from dlgrade.text import Lang

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
    say(next_chapter(course, Path.cwd()))


def _show_progress(part: Part, chapters: list[Chapter], lang: Lang) -> None:
    """Print a bar for the part, and a line for every chapter."""
    records = {chapter.id: record.last_check(chapter) for chapter in chapters}
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


def _progress_data(chapter: Chapter) -> dict[str, object]:
    last = record.last_check(chapter)
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
