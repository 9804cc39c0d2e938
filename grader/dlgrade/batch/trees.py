"""What was given to read, as trees of files: a folder, a zip, a branch. Nothing is read before it is asked for."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path, PurePath

from dlgrade.errors import SubmissionError, UsageError
from dlgrade.files import clean
from dlgrade.submission.reading.questions import Record
from dlgrade.text import Text, both

MAX_WALKED = 200_000  # files of one folder: more is a mistake in what was given
LAST_SECOND = 7_258_118_400  # 2200
LITTER = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "node_modules", "site-packages", "venv", "env"}


@dataclass(frozen=True)
class Entry:
    """A file. `parts` is its path in the tree, where a zip in the tree counts as a folder.

    `read` gives its content, at most so many bytes, or raises SubmissionError. `problem` says why it cannot be read at
    all. A `helper` may be imported by a submission, but is none itself. `path` is where it lies on disk, if it does.
    """

    parts: tuple[str, ...]
    shown: str
    read: Callable[[int], bytes] = field(repr=False)
    modified: datetime | None = None
    problem: Text | None = None
    helper: bool = False
    path: Path | None = None

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass
class Tree:
    """Files that were given together. `name` is the folder's, the zip's without `.zip`, or what a branch stands for.

    `around` is the folder that a zip lies in. `one_student` says that all are the hand-in of the one whom it names.
    `records` are Gradescope's, once they were read; `problem` says why they were not.
    """

    name: str
    shown: str
    entries: list[Entry]
    packed: bool = False
    around: str = ""
    one_student: bool = False
    records: Mapping[str, Record] | None = None
    problem: Text | None = None


def is_litter(parts: tuple[str, ...]) -> bool:
    """What operating systems and tools leave behind: hidden files, caches, lock files of office programs."""
    return any(part.startswith((".", "~$")) or part.lower() in LITTER for part in parts)


def moment(seconds: float) -> datetime | None:
    """A time in seconds since 1970, if a submission can be that old, or that new: students can write any number."""
    return datetime.fromtimestamp(seconds, timezone.utc) if 0 <= seconds < LAST_SECOND else None


def refused(problem: Text) -> Callable[[int], bytes]:
    """The `read` of an entry that cannot be read."""

    def read(_limit: int) -> bytes:
        raise SubmissionError(problem)

    return read


def too_large(shown: str, limit: int) -> SubmissionError:
    return SubmissionError(
        both(
            f"{shown} has more than {limit:,} bytes; a submission may have no more.",
            f"{shown} 超过 {limit:,} 字节，超出提交文件的上限。",
        )
    )


def folder_tree(folder: Path) -> Tree:
    """All files of a folder. Links are never followed: a student can make one to any file of this machine.

    Raises:
        UsageError: it cannot be listed, or holds far too much.
    """
    return Tree(clean(folder.absolute().name), str(folder), list(_walk(folder)))


def _walk(top: Path) -> Iterator[Entry]:
    """Files before folders, by name. A folder in `top` that cannot be listed is an entry with a problem."""
    waiting: list[tuple[Path, tuple[str, ...]]] = [(top, ())]
    count = 0
    while waiting:
        here, inside = waiting.pop()
        try:
            with os.scandir(here) as listing:
                found = sorted((one for one in listing if not is_litter((one.name,))), key=lambda one: one.name)
        except OSError as error:
            problem = unreadable(clean(str(here)), error)
            if here == top:
                raise UsageError(problem) from None
            yield Entry(inside, clean(str(here)), refused(problem), problem=problem)
            continue
        count += len(found)
        if count > MAX_WALKED:
            raise UsageError(
                both(f"{top} has more than {MAX_WALKED:,} files.", f"{top} 中的文件超过 {MAX_WALKED:,} 个。")
            )
        for one in found:
            if not one.is_dir(follow_symlinks=False):
                yield file_entry(here / one.name, (*inside, clean(one.name)))
        folders = [one.name for one in reversed(found) if one.is_dir(follow_symlinks=False)]
        waiting += [(here / name, (*inside, clean(name))) for name in folders]


def unreadable(shown: str, error: OSError) -> Text:
    return both(f"{shown} cannot be read: {error.strerror}.", f"无法读取 {shown}：{error.strerror}。")


def file_entry(path: Path, parts: tuple[str, ...], *, helper: bool = False) -> Entry:
    """A file on disk; one that is a link, a pipe or a device is not read."""
    shown = clean(str(path))
    try:
        status = path.lstat()
    except OSError as error:
        problem = unreadable(shown, error)
        return Entry(parts, shown, refused(problem), problem=problem)
    if not stat.S_ISREG(status.st_mode):
        problem = both(f"{shown} is a link, and links are not followed.", f"{shown} 是链接，不予读取。")
        return Entry(parts, shown, refused(problem), problem=problem)
    modified = moment(status.st_mtime)
    return Entry(parts, shown, lambda limit: _read_file(path, shown, limit), modified, helper=helper, path=path)


def _read_file(path: Path, shown: str, limit: int) -> bytes:
    try:
        # the folder may have changed since it was listed
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise SubmissionError(unreadable(shown, error)) from None
    if len(content) > limit:
        raise too_large(shown, limit)
    return content
