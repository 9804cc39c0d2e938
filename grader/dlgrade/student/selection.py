"""Which submissions `dlgrade check` checks."""

from __future__ import annotations

from pathlib import Path

from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.student import record
from dlgrade.submission import Submission, all_in, find
from dlgrade.text import both

Selected = tuple[Chapter, Submission]


def of_chapters(course: Course, names: tuple[str, ...], given: Path | None) -> list[Selected]:
    """Return the submission of each named chapter: from the given file or folder, or from the current folder.

    Raises:
        UsageError, SubmissionError: there is no such chapter, or no submission that can be read.
    """
    chapters = dict.fromkeys(map(course.chapter, names))
    return [(chapter, find(chapter, given, Path.cwd())) for chapter in chapters]


def changed_since_check(course: Course, folder: Path) -> list[Selected]:
    """Return the submissions in a folder that changed since their last check.

    Raises:
        UsageError: there is no submission, or none has changed.
    """
    if not folder.is_dir():
        raise UsageError(
            both(
                f"Which chapter is {folder} for? Give its id: `dlgrade check ch28 --submission {folder}`.",
                f"{folder} 属于哪一章？请给出章节：`dlgrade check ch28 --submission {folder}`。",
            )
        )
    submissions = all_in(course, folder)
    if not submissions:
        raise UsageError(
            both(
                f"There is no chNN*.py or chNN*.ipynb in {folder}. `dlgrade start ch28` gets a chapter's starter code.",
                f"{folder} 中没有 chNN*.py 或 chNN*.ipynb。用 `dlgrade start ch28` 获取某一章的起始代码。",
            )
        )
    selected = [(chapter, submission) for chapter, submission in submissions if _has_changed(chapter, submission)]
    if not selected:
        names, first = ", ".join(chapter.id for chapter, _ in submissions), submissions[0][0].id
        raise UsageError(
            both(
                f"Nothing has changed since the last check of {names}. `dlgrade check {first}` checks again.",
                f"自上次检查以来 {names} 没有改动。用 `dlgrade check {first}` 再次检查。",
            )
        )
    return selected


def _has_changed(chapter: Chapter, submission: Submission) -> bool:
    last = record.last_check(chapter)
    return last is None or last.digest != record.digest(submission)
