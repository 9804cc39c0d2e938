"""Which of a student's files for a chapter are versions of the submission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from dlgrade.batch.hand_ins import HandIn, Student
from dlgrade.batch.students.owned import OwnedFile
from dlgrade.batch.students.owners import is_own_name
from dlgrade.text import Text, both

BACKUP = re.compile(r"(?<![^\W_])(?:old|backup|bak|orig(?:inal)?|旧版?|备份)\d{0,2}(?![^\W_])", re.IGNORECASE)


def submissions_among(files: list[OwnedFile], student: Student) -> list[OwnedFile]:
    """The files that may be the submission, of those that name the chapter.

    `ch28.py` and `ada_ch28.py` may, and a file that is the student's by its own name, such as a login on the roster.
    `ch28_tools.py` may only where no such file lies beside it; otherwise it is there to be imported.
    """
    plain = {
        file.entry.display_name
        for file in files
        if is_own_name(file.parsed.rest, student) or any(owner.source == "file" for owner in file.owners)
    }
    homes = {file.home for file in files if file.entry.display_name in plain}
    return [file for file in files if file.entry.display_name in plain or file.home not in homes]


def is_backup(file: OwnedFile) -> bool:
    """Return whether a file's name says that it is an earlier version: `ch28_old.py`, `ch28_backup2.py`."""
    return BACKUP.search(PurePath(file.name).stem) is not None


def unused_files(hand_in: HandIn, files: Sequence[OwnedFile], versions: Sequence[OwnedFile]) -> list[Text]:
    """A sentence about each file for the chapter that is no version, and that the code does not name."""
    beside = hand_in.submission.files if hand_in.submission else {}
    code = [(PurePath(path).name, content.decode(errors="replace")) for path, content in beside.items()]
    unused = [
        file.entry.display_name
        for file in files
        if file.readable and not file.parsed.from_folder and file not in versions and not _is_named(file, code)
    ]
    return [
        both(
            f"{name} is no version of {hand_in.display_name} by its name, and not imported: it is not graded.",
            f"{name} 从文件名看不是 {hand_in.display_name} 的另一版本，也未被导入：不予评分。",
        )
        for name in unused
    ]


def _is_named(file: OwnedFile, code: Sequence[tuple[str, str]]) -> bool:
    """Return whether another file has the file's name as a word, as in `import ch28_tools`."""
    word = re.compile(rf"(?<!\w){re.escape(PurePath(file.name).stem)}(?!\w)")
    return any(word.search(content) for name, content in code if name != file.name)
