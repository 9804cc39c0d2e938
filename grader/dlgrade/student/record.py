"""What a student has done so far: plain JSON in the user's state folder, a file a chapter.

Every file is written whole, so that two terminals at once leave one of their two states and never half of one.
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
from dlgrade.results.report import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import both

STATE_VARIABLE = "DLGRADE_STATE"
OTHER_CHAPTER = re.compile(r"ch\d+")


class Checked(msgspec.Struct, frozen=True):
    """The last check of a whole chapter; `passed` says of each exercise whether all of its checks that ran did."""

    file: str
    digest: str
    at: str
    score: float
    points: float
    pending: float
    passed: dict[str, bool]

    @property
    def complete(self) -> bool:
        """All points but those of checks that could not run here."""
        return self.score + self.pending >= self.points


class Hinted(msgspec.Struct, frozen=True):
    """How many hints were given, by exercise."""

    given: dict[str, int] = {}


Kind = TypeVar("Kind", Checked, Hinted)


def folder() -> Path:
    """Where it is kept: $DLGRADE_STATE, else where this system keeps the state of programs."""
    return Path(os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("dlgrade"))


def digest(submission: Submission) -> str:
    """Of the file and of what it may import; other chapters' files beside it do not count."""
    found = hashlib.sha256()
    for name, content in sorted(submission.files.items()):
        if name == submission.main or not OTHER_CHAPTER.match(name):
            found.update(f"{name}:{len(content)}:".encode() + content)
    return found.hexdigest()


def checked(chapter: Chapter) -> Checked | None:
    """The last check; None if there was none, or its record cannot be read."""
    return _read(_path(chapter, "check"), Checked)


def note_check(chapter: Chapter, submission: Submission, report: ChapterReport) -> None:
    exercises = {
        name: not any(check.failed and not check.needs for check in checks)
        for name, checks in report.exercises().items()
    }
    path = str(submission.path.absolute()) if submission.path else submission.display_name
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    entry = Checked(path, digest(submission), at, report.score, report.points, report.pending, exercises)
    _write(_path(chapter, "check"), entry)


def hinted(chapter: Chapter) -> Hinted:
    return _read(_path(chapter, "hints"), Hinted) or Hinted()


def note_hint(chapter: Chapter, exercise: str, count: int) -> None:
    _write(_path(chapter, "hints"), Hinted({**hinted(chapter).given, exercise: count}))


def _path(chapter: Chapter, what: str) -> Path:
    return folder() / f"{chapter.id}.{what}.json"


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, entry: Checked | Hinted) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(entry), indent=2) + b"\n")
    except OSError as error:
        raise UsageError(
            both(
                f"Your progress cannot be noted in {path.parent} ({error.strerror}). "
                f"Set {STATE_VARIABLE} to a folder that can be written to.",
                f"无法在 {path.parent} 中记录学习进度（{error.strerror}）。请将 {STATE_VARIABLE} 设为可写的文件夹。",
            )
        ) from None
