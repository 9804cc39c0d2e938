"""Which chapter a student should work on next."""

from __future__ import annotations

from pathlib import Path

from dlgrade.course import Course
from dlgrade.errors import DlgradeError
from dlgrade.student import record
from dlgrade.submission import all_in
from dlgrade.text import Text, both, lang_argument


def next_chapter(course: Course, folder: Path) -> Text:
    """Name the next command for a student whose files are in this folder.

    The last checked chapter that is not complete comes first, then a file that was never checked, then a chapter that
    was never started.
    """
    records = {chapter.id: record.last_check(chapter) for chapter in course.chapters}
    incomplete = [(last.at, name) for name, last in records.items() if last and not last.complete]
    if incomplete:
        name = max(incomplete)[1]
        check, hint = (f"`dlgrade {command} {name}{lang_argument()}`" for command in ("check", "hint"))
        return both(f"Next: {check}, or {hint}.", f"下一步：{check}，或 {hint}。")
    try:
        begun = [chapter.id for chapter, _ in all_in(course, folder) if records[chapter.id] is None]
    except DlgradeError:  # `check` will explain the fault of the folder
        begun = []
    new = [name for name, last in records.items() if last is None]
    if begun:
        return _run(f"check {begun[0]}")
    if new:
        return _run(f"start {new[0]}")
    return both("Every chapter is complete.", "所有章节均已完成。")


def _run(command: str) -> Text:
    words = f"`dlgrade {command}{lang_argument()}`"
    return both(f"Next: {words}.", f"下一步：{words}。")
