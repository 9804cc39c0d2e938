"""Which submissions `dlgrade check` checks."""

from __future__ import annotations

from pathlib import Path

from dlgrade.course import Chapter, Course
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.student import record
from dlgrade.submission import SUFFIXES, Submission, all_in, files_of, find
from dlgrade.text import both

Selected = tuple[Chapter, Submission]


def named(course: Course, names: tuple[str, ...], given: Path | None) -> list[Selected]:
    """Return the submission of each named chapter: from the given file or folder, or from the current folder.

    A name may also be a file, which names its chapter: `ch28_batch_norm.py`.

    Raises:
        UsageError, SubmissionError: there is no such chapter, or no submission that can be read.
    """
    selected: dict[str, Selected] = {}
    for name in names:
        path = Path(name)
        if path.suffix.lower() in SUFFIXES:
            chapter = _chapter_of(course, path)
            selected[chapter.id] = chapter, find(chapter, path, Path.cwd())
        else:
            chapter = course.chapter(name)
            selected[chapter.id] = chapter, find(chapter, given, Path.cwd())
    return list(selected.values())


def _chapter_of(course: Course, path: Path) -> Chapter:
    """Return the chapter that a file's name begins with."""
    for chapter in course.chapters:
        if path.is_file() and path in files_of(chapter, path.parent, path.suffix):
            return chapter
    if not path.exists():
        raise SubmissionError(both(f"There is no file {path}.", f"文件 {path} 不存在。"))
    raise UsageError(
        both(
            f"Which chapter is {path} for? Give its id: `dlgrade check ch28 --submission {path}`.",
            f"{path} 属于哪一章？请给出章节：`dlgrade check ch28 --submission {path}`。",
        )
    )


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
