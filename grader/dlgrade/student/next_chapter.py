"""Which chapter a student should work on next."""

from __future__ import annotations

from pathlib import Path

from dlgrade.course import Course
from dlgrade.errors import DlgradeError
from dlgrade.student import record
from dlgrade.submission import all_in
from dlgrade.text import Text, both


def next_chapter(course: Course, folder: Path) -> Text:
    """Name the next command for a student whose files are in this folder.

    The last checked chapter that is not complete comes first, then a file that was never checked, then a chapter that
    was never started.
    """
    records = {chapter.id: record.last_check(chapter) for chapter in course.chapters}
    incomplete = [(last.at, name) for name, last in records.items() if last and not last.complete]
    if incomplete:
        name = max(incomplete)[1]
        return both(
            f"Next: `dlgrade check {name}`, or `dlgrade hint {name}`.",
            f"下一步：`dlgrade check {name}`，或 `dlgrade hint {name}`。",
        )
    try:
        begun = [chapter.id for chapter, _ in all_in(course, folder) if records[chapter.id] is None]
    except DlgradeError:  # `check` will explain the fault of the folder
        begun = []
    new = [name for name, last in records.items() if last is None]
    if begun:
        return both(f"Next: `dlgrade check {begun[0]}`.", f"下一步：`dlgrade check {begun[0]}`。")
    if new:
        return both(f"Next: `dlgrade start {new[0]}`.", f"下一步：`dlgrade start {new[0]}`。")
    return both("Every chapter is complete.", "所有章节均已完成。")
