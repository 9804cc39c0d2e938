"""Which of a student's files for a chapter are versions of the submission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from dlgrade.batch.hand_ins import HandIn, Student
from dlgrade.batch.students.owned import OwnedFile
from dlgrade.batch.students.owners import is_own_name
from dlgrade.text import Text, both

BACKUP = re.compile(r"(?<![^\W_])(?:old|backup|bak|orig(?:inal)?|旧版?|备份)\d{0,2}(?![^\W_])", re.IGNORECASE)


def submissions_among(files: list[OwnedFile], student: Student) -> list[OwnedFile]:
    """The files that may be the submission, of those that name the chapter.

    `ch28.py` and `ada_ch28.py` may. `ch28_tools.py` may only where no such file lies beside it; otherwise it is there
    to be imported.
    """
    plain = {file.entry.display_name for file in files if is_own_name(file.parsed.rest, student)}
    homes = {file.home for file in files if file.entry.display_name in plain}
    return [file for file in files if file.entry.display_name in plain or file.home not in homes]


def is_backup(file: OwnedFile) -> bool:
    """Return whether a file's name says that it is an earlier version: `ch28_old.py`, `ch28_backup2.py`."""
    return BACKUP.search(PurePath(file.name).stem) is not None


def with_unused(hand_in: HandIn, files: Sequence[OwnedFile], versions: Sequence[OwnedFile]) -> HandIn:
    """The hand-in, with a sentence about each file for the chapter that is neither a version of it nor imported by it."""
    if hand_in.submission is None:
        return hand_in
    taken = {PurePath(path).name for path in hand_in.submission.files}
    unused = [
        file
        for file in files
        if file.readable and not file.parsed.from_folder and file not in versions and file.name not in taken
    ]
    return replace(hand_in, passed_over=(*hand_in.passed_over, *map(_unused, unused)))


def _unused(file: OwnedFile) -> Text:
    name = file.entry.display_name
    return both(f"{name} has another name and is not imported.", f"{name} 的文件名不同，且未被导入。")
