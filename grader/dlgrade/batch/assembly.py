"""A submission of the chosen file, and of the student's other files that it imports or names."""

from __future__ import annotations

import re
from collections.abc import Callable

from dlgrade import submission
from dlgrade.batch.students.owned import OwnedFile
from dlgrade.errors import SubmissionError
from dlgrade.submission import Submission
from dlgrade.submission.beside import Candidate


def assembled(chosen: OwnedFile, files: list[OwnedFile]) -> Submission:
    """Read the chosen file, and the student's other files of its folder, as far as its code imports or names them.

    Of files with the same path, the first counts.

    Raises:
        SubmissionError: the chosen file cannot be read.
    """
    name = _safe(chosen.name)
    content = chosen.entry.read(submission.size_limit(name))
    others = [file for file in files if file is not chosen]
    candidates = [
        Candidate("/".join((*file.home[len(chosen.home) :], _importable(file))), _reader(file))
        for file in others
        if file.home[: len(chosen.home)] == chosen.home
    ]
    return submission.from_content(name, content, display_name=chosen.entry.display_name, beside=candidates)


def _reader(file: OwnedFile) -> Callable[[int], bytes | None]:
    def read(limit: int) -> bytes | None:
        try:
            return file.entry.read(limit)
        except SubmissionError:
            return None

    return read


def _safe(name: str) -> str:
    """A name for a file in a worker's folder."""
    stem, dot, suffix = name.replace("/", "_").replace("\\", "_").rpartition(".")
    return f"{stem[:60]}{dot}{suffix}"


def _importable(file: OwnedFile) -> str:
    """The name that a file is imported by, without the version that platforms add: `tools-1.py`."""
    return _safe(re.sub(r"-\d{1,2}(?=\.py$)", "", file.name))
