"""`dlgrade status`: all chapters, how far the student is, and what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dlgrade import course, submission
from dlgrade.cli import echo, echo_json, lang_option, say
from dlgrade.course import Chapter, Course, Part
from dlgrade.errors import DlgradeError
from dlgrade.results import number
from dlgrade.student import record
from dlgrade.text import Lang, Text, both

BAR = 20


@click.command("status")
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
def command(lang: Lang, as_json: bool) -> None:
    """How far you are, and what is next. 学习进度与下一步。"""
    here = course.load()
    if as_json:
        echo_json(json.dumps([_as_data(chapter) for chapter in here.chapters], ensure_ascii=False, indent=2))
        return
    for part in here.parts:
        chapters = [chapter for chapter in here.chapters if chapter.part == part.id]
        if chapters:
            _show(part, chapters, lang)
    say(_next_step(here))


def _show(part: Part, chapters: list[Chapter], lang: Lang) -> None:
    """A bar for the part, and a line for every chapter."""
    records = {chapter.id: record.checked(chapter) for chapter in chapters}
    share = sum(one.score / one.points for one in records.values() if one and one.points) / len(chapters)
    done = sum(one is not None and one.complete for one in records.values())
    filled = int(share * BAR)
    bar = "#" * filled + "-" * (BAR - filled)
    echo(f"[{bar}] {done}/{len(chapters)}  {part.title.of(lang)}", bold=True)
    for chapter in chapters:
        found = records[chapter.id]
        score = f"{number(found.score)}/{number(found.points)}" if found else "-"
        when = found.at[:10] if found else ""
        style = "green" if found and found.complete else None
        echo(f"  {chapter.id:<6}{score:>9}  {when:<10}  {chapter.title.of(lang)}", fg=style)


def _next_step(here: Course) -> Text:
    """What was checked last and is not complete; else a file that is there; else the next chapter to start."""
    records = {chapter.id: record.checked(chapter) for chapter in here.chapters}
    open_ = [(record.at, name) for name, record in records.items() if record and not record.complete]
    if open_:
        name = max(open_)[1]
        return both(
            f"Next: `dlgrade check {name}`, or `dlgrade hint {name}`.",
            f"下一步：`dlgrade check {name}`，或 `dlgrade hint {name}`。",
        )
    try:
        begun = [chapter.id for chapter, _ in submission.all_in(here, Path.cwd()) if records[chapter.id] is None]
    except DlgradeError:  # a folder in disorder is for `check` to complain of
        begun = []
    new = [name for name, record in records.items() if record is None]
    if begun:
        return both(f"Next: `dlgrade check {begun[0]}`.", f"下一步：`dlgrade check {begun[0]}`。")
    if new:
        return both(f"Next: `dlgrade start {new[0]}`.", f"下一步：`dlgrade start {new[0]}`。")
    return both("Every chapter is complete.", "所有章节均已完成。")


def _as_data(chapter: Chapter) -> dict[str, object]:
    found = record.checked(chapter)
    return {
        "id": chapter.id,
        "part": chapter.part,
        "score": found.score if found else None,
        "points": found.points if found else None,
        "pending": found.pending if found else None,
        "complete": found is not None and found.complete,
        "checked_at": found.at if found else None,
        "exercises": {one.name: bool(found and found.passed.get(one.name)) for one in chapter.exercises},
    }
