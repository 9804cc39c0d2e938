"""Finds the chapters that a branch changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.text import both


def changed_chapters(course: Course, revision: str) -> tuple[list[Chapter], bool]:
    """The chapters that have a changed or new file since the revision, and whether the engine has one.

    Raises:
        UsageError: the course is not in a git checkout, or has no such revision.
    """
    command = ["git", "diff", "--name-only", "--relative", revision, "--", "."]
    diff = subprocess.run(command, cwd=course.folder, capture_output=True, text=True, check=False)
    if diff.returncode:
        reason = diff.stderr.strip().splitlines()[0] if diff.stderr.strip() else "git failed"
        raise UsageError(both(f"--changed-since {revision}: {reason}", f"--changed-since {revision}：{reason}"))
    new = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=course.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = {Path(name) for name in (diff.stdout + new.stdout).splitlines()}
    stems = {part.removeprefix("test_") for name in names for part in (*name.parts[:-1], name.stem)}
    chapters = [chapter for chapter in course.chapters if chapter.stem in stems]
    engine = any(name.parts[:2] == ("grader", "dlgrade") for name in names)
    return chapters, engine
