"""The progress of a student: plain JSON in the user's state folder, two files for each chapter.

Files are written atomically. If two terminals write at once, one of the two states remains, never a mixture.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from dlgrade.course import Chapter
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.results import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import both

STATE_VARIABLE = "DLGRADE_STATE"
OTHER_CHAPTER = re.compile(r"ch\d+")


class LastCheck(msgspec.Struct, frozen=True):
    """The last check of a whole chapter. `passed` tells for each exercise whether all its checks that ran passed."""

    file: str
    digest: str
    at: str
    score: float
    points: float
    pending: float
    passed: dict[str, bool]

    @property
    def complete(self) -> bool:
        """Return whether all points are earned, except those of checks that could not run here."""
        return self.score + self.pending >= self.points


class GivenHints(msgspec.Struct, frozen=True):
    """The number of hints given, by exercise."""

    given: dict[str, int] = {}


Kind = TypeVar("Kind", LastCheck, GivenHints)


def folder() -> Path:
    """Return the state folder: $DLGRADE_STATE, otherwise the system's folder for the state of programs."""
    return Path(os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("dlgrade"))


def digest(submission: Submission) -> str:
    """Return a digest of the submission and the files that it may import. Files of other chapters do not count."""
    content_hash = hashlib.sha256()
    for name, content in sorted(submission.files.items()):
        if name == submission.main or not OTHER_CHAPTER.match(name):
            content_hash.update(f"{name}:{len(content)}:".encode() + content)
    return content_hash.hexdigest()


def last_check(chapter: Chapter) -> LastCheck | None:
    """Return the last check of a chapter; None if there was none, or its record cannot be read."""
    return _read(_path(chapter, "check"), LastCheck)


def note_check(chapter: Chapter, submission: Submission, report: ChapterReport) -> None:
    """Store the result of checking a whole chapter.

    Raises:
        UsageError: the state folder cannot be written to.
    """
    exercises = {
        name: not any(check.failed and not check.needs for check in checks)
        for name, checks in report.exercises().items()
    }
    path = str(submission.path.absolute()) if submission.path else submission.display_name
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    entry = LastCheck(path, digest(submission), at, report.score, report.points, report.pending, exercises)
    _write(_path(chapter, "check"), entry)


def given_hints(chapter: Chapter) -> GivenHints:
    """Return the hints given so far; none if the record cannot be read."""
    return _read(_path(chapter, "hints"), GivenHints) or GivenHints()


def note_hint(chapter: Chapter, exercise: str, count: int) -> None:
    """Store the number of hints given for an exercise.

    Raises:
        UsageError: the state folder cannot be written to.
    """
    _write(_path(chapter, "hints"), GivenHints({**given_hints(chapter).given, exercise: count}))


def _path(chapter: Chapter, kind: str) -> Path:
    return folder() / f"{chapter.id}.{kind}.json"


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, entry: LastCheck | GivenHints) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(entry), indent=2) + b"\n")
    except OSError as error:
        raise UsageError(
            both(
                f"Your progress cannot be saved in {path.parent} ({error.strerror}). "
                f"Set {STATE_VARIABLE} to a folder that you can write to.",
                f"无法在 {path.parent} 中记录学习进度（{error.strerror}）。请将 {STATE_VARIABLE} 设为可写的文件夹。",
            )
        ) from None
