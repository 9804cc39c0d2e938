"""Files with their owners."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import takewhile
from pathlib import PurePath

from dlgrade.batch.files.trees import Tree, TreeEntry
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.naming import Identity, NameParser, ParsedName
from dlgrade.submission import SUFFIXES
from dlgrade.text import Text, both, same


class Clock(Enum):
    """The origin of a file's time. `dlgrade.batch.times.known` decides whether to believe it."""

    FILE = "the file's own"
    EXPORT = "the entry's in a platform's export, which may be that of the download"
    RECORD = "a platform's record"


@dataclass(frozen=True)
class OwnedFile:
    """A file and its owner.

    Args:
        entry: The file.
        owners: Who may own it, the likeliest first.
        name: Its name as the student gave it.
        parsed: This name taken apart.
        home: The folder whose files it may import.
        time: When it was handed in, as far as is known.
        late: The platform marked it as late.
        clock: The origin of the time.
    """

    entry: TreeEntry
    owners: tuple[Identity, ...]
    name: str
    parsed: ParsedName
    home: tuple[str, ...]
    time: datetime | None
    late: bool = False
    clock: Clock = Clock.FILE

    @property
    def readable(self) -> bool:
        """Return whether the file is code that can be read."""
        return self.entry.suffix in SUFFIXES and self.entry.problem is None


def owned_file(
    tree: Tree, entry: TreeEntry, owners: tuple[Identity, ...], names: NameParser, *, name: str = "", inside: int = 0,
    zips: tuple[str, ...] = (), time: datetime | None = None, late: bool = False, clock: Clock = Clock.FILE,
) -> OwnedFile:  # fmt: skip
    """The entry with its owner, its name taken apart. A folder or zip around it may name the chapter instead.

    Args:
        tree: The tree that has the entry.
        entry: The file.
        owners: Who may own it, the likeliest first.
        names: Takes names apart.
        name: The name that the student gave. By default the entry's name.
        inside: How many of the outer folders are the platform's. They name no chapter.
        zips: Names of zips around the file that are not in the entry's path.
        time: When it was handed in.
        late: The platform marked it as late.
        clock: The origin of the time.
    """
    name = name or entry.name
    parsed = names.parse(PurePath(name).stem)
    around: tuple[str, ...] = () if tree.one_student else (tree.name,)
    around += (tree.around,) if tree.packed else ()
    for folder in (*reversed(entry.parts[inside:-1]), *zips, *around):
        if not parsed.chapter and (chapter := names.parse(stem_of(folder)).chapter):
            parsed = replace(parsed, chapter=chapter, from_folder=True)
    return OwnedFile(entry, owners, name, parsed, (tree.display_name, *entry.parts[:-1]), time, late, clock)


PLACES = {
    "file": both("the file's name", "文件名"),
    "folder": both("the folder", "文件夹"),
    "tree": both("the folder, zip or branch", "文件夹、压缩包或分支"),
}


def reason(file: OwnedFile, student: Student) -> Text:
    """Why the file is the student's: the place that names the student, and the name there if it says otherwise."""
    owner = next((owner for owner in file.owners if student.id in (owner.id, owner.name, owner.email)), file.owners[0])
    place = PLACES.get(owner.source) or same(owner.source)
    written = owner.text or owner.display_name
    return place if written == student.id else both(f"{place.en}: {written}", f"{place.zh}：{written}")


def is_zip(part: str) -> bool:
    return part.lower().endswith(".zip")


def stem_of(part: str) -> str:
    """A folder's name, or a zip's without `.zip`."""
    return part[:-4] if is_zip(part) else part


def wrappers(tree: Tree) -> int:
    """The number of folders around all files, such as `submissions/` in an export."""
    levels = zip(*(entry.parts[:-1] for entry in tree.entries), strict=False)
    return len(list(takewhile(lambda parts: len(set(parts)) == 1 and not is_zip(parts[0]), levels)))
