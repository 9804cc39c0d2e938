"""Folders, zips and branches as trees of files. The content of a file is read when it is asked for, not before."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path, PurePath

from dlgrade.batch.files.sources import absolute
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.files import clean
from dlgrade.submission.beside import is_litter
from dlgrade.submission.reading.questions import Record
from dlgrade.text import Text, both

MAX_WALKED = 200_000  # files of one folder; a folder with more was named by mistake
LAST_SECOND = 7_258_118_400  # 2200
# Names of packed files other than zips. Only zips are unpacked.
PACKED = re.compile(
    r"(?<=.)(?:\.part\d+)?\.(?:tar(?:\.(?:gz|bz2|xz|zst|lzma|lz|lz4|z|br))?|t[gbxl]z2?|tbz2?|tzst|taz|7z|rar|gz|bz2|xz|"
    r"zst|lzma|lz4|lz|br|z|cab|ace|arj|lzh|lha|zipx|[zr]\d\d|(?:7z|zip|rar|tar)\.\d{3})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TreeEntry:
    """A file in a tree.

    Args:
        parts: Its path in the tree. A zip in the tree counts as a folder.
        display_name: Its place, as people write it.
        read: Returns its content, of at most the given number of bytes, or raises SubmissionError.
        modified: When it was changed. None if unknown. In a zip, it may lack a zone.
        problem: Why it cannot be read at all.
        helper: A submission may import it, but it is no submission itself.
        path: Its place on disk, if it has one.
        place: Its place for later runs, if `display_name` does not tell it.
        changed: For a file of a branch: returns the time of the last commit that changed it, or None if it is unknown.
            Raises UsageError if Git fails.
    """

    parts: tuple[str, ...]
    display_name: str
    read: Callable[[int], bytes] = field(repr=False)
    modified: datetime | None = None
    problem: Text | None = None
    helper: bool = False
    path: Path | None = None
    place: str = ""
    changed: Callable[[], datetime | None] | None = field(default=None, repr=False)

    @property
    def source(self) -> str:
        return self.place or absolute(self.display_name)

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def stem(self) -> str:
        return self.name[: -len(self.packing)] if self.packing else PurePath(self.name).stem

    @property
    def packing(self) -> str:
        """The suffixes of a packed file that is no zip, such as `.tar.gz`; otherwise nothing."""
        match = PACKED.search(self.name)
        return match[0] if match else ""

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass
class Tree:
    """Files that were given together.

    Args:
        name: The folder's name, the zip's without `.zip`, or the student of a branch.
        display_name: Its place, as people write it.
        entries: Its files.
        packed: It is a zip.
        around: Name of the folder that holds the zip.
        loose: Its files were given by name, and lie beside others.
        one_student: All files are the hand-in of the student whom `name` names.
        records: Gradescope's records, once they were read.
        problem: Why the records could not be read.
        notes: Sentences for staff about its files.
    """

    name: str
    display_name: str
    entries: list[TreeEntry]
    packed: bool = False
    around: str = ""
    one_student: bool = False
    loose: bool = False
    records: Mapping[str, Record] | None = None
    problem: Text | None = None
    notes: list[Text] = field(default_factory=list)


def moment(seconds: float) -> datetime | None:
    """The time this many seconds after 1970. None before 1970 and after 2200: students can write any number."""
    return datetime.fromtimestamp(seconds, timezone.utc) if 0 <= seconds < LAST_SECOND else None


def refused(problem: Text) -> Callable[[int], bytes]:
    """The `read` of an entry that cannot be read."""

    def read(_limit: int) -> bytes:
        raise SubmissionError(problem)

    return read


def broken_entry(
    parts: tuple[str, ...], display_name: str, problem: Text, modified: datetime | None = None
) -> TreeEntry:
    """An entry that cannot be read, because of this problem."""
    return TreeEntry(parts, display_name, refused(problem), modified, problem)


def link_entry(parts: tuple[str, ...], display_name: str, modified: datetime | None = None) -> TreeEntry:
    """A link, which is not followed: a student can point it at any file of this machine."""
    problem = both(f"{display_name} is a link, and links are not followed.", f"{display_name} 是链接，不予读取。")
    return broken_entry(parts, display_name, problem, modified)


def not_unpacked(entry: TreeEntry) -> TreeEntry:
    """The entry, with a problem if it is packed in a form that is not read. Code may still read it as data."""
    if not entry.packing or entry.helper or entry.problem is not None:
        return entry
    name, form = entry.display_name, entry.packing.lower()
    problem = both(
        f"{name} is not read, because {form} files are not unpacked. Unpack it, or pack it again as a zip.",
        f"{name} 未读取：不支持解压 {form} 文件。请先解压，或重新打包为 zip。",
    )
    return replace(entry, problem=problem)


def entry_too_large(display_name: str, limit: int) -> SubmissionError:
    return SubmissionError(
        both(
            f"{display_name} has more than {limit:,} bytes; a submission may have no more.",
            f"{display_name} 超过 {limit:,} 字节，超出提交文件的上限。",
        )
    )


def folder_tree(folder: Path) -> Tree:
    """All files of a folder. Links are never followed.

    Raises:
        UsageError: the folder cannot be listed, or has more than MAX_WALKED files.
    """
    tree = Tree(clean(folder.absolute().name), str(folder), list(_walk(folder)))
    folders = (item for item in folder.iterdir() if item.is_dir() and not item.is_symlink())
    names = {clean(item.name) for item in folders if not is_litter((item.name,))}
    tree.notes += [empty(f"{folder}/{name}") for name in sorted(names - {entry.parts[0] for entry in tree.entries})]
    return tree


def empty(display_name: str) -> Text:
    """The note about a folder or a zip without files."""
    return both(f"{display_name} holds no files.", f"{display_name} 中没有文件。")


def _walk(top: Path) -> Iterator[TreeEntry]:
    """Files before folders, by name. A folder below `top` that cannot be listed is an entry with a problem."""
    waiting: list[tuple[Path, tuple[str, ...]]] = [(top, ())]
    count = 0
    while waiting:
        folder, parts = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                items = sorted((item for item in listing if not is_litter((item.name,))), key=lambda item: item.name)
        except OSError as error:
            problem = unreadable(clean(str(folder)), error)
            if folder == top:
                raise UsageError(problem) from None
            yield broken_entry(parts, clean(str(folder)), problem)
            continue
        count += len(items)
        if count > MAX_WALKED:
            raise UsageError(
                both(f"{top} has more than {MAX_WALKED:,} files.", f"{top} 中的文件超过 {MAX_WALKED:,} 个。")
            )
        for item in items:
            if not item.is_dir(follow_symlinks=False):
                yield file_entry(folder / item.name, (*parts, clean(item.name)))
        folders = [item.name for item in reversed(items) if item.is_dir(follow_symlinks=False)]
        waiting += [(folder / name, (*parts, clean(name))) for name in folders]


def unreadable(display_name: str, error: OSError) -> Text:
    return both(f"{display_name} cannot be read: {error.strerror}.", f"无法读取 {display_name}：{error.strerror}。")


def file_entry(path: Path, parts: tuple[str, ...], *, helper: bool = False) -> TreeEntry:
    """A file on disk. A link, a pipe or a device is an entry with a problem."""
    display_name = clean(str(path))
    try:
        status = path.lstat()
    except OSError as error:
        return broken_entry(parts, display_name, unreadable(display_name, error))
    if not stat.S_ISREG(status.st_mode):
        return link_entry(parts, display_name)
    return TreeEntry(
        parts,
        display_name,
        lambda limit: _read_file(path, display_name, limit),
        moment(status.st_mtime),
        helper=helper,
        path=path,
    )


def _read_file(path: Path, display_name: str, limit: int) -> bytes:
    try:
        # O_NOFOLLOW: the file may have become a link since it was listed
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise SubmissionError(unreadable(display_name, error)) from None
    if len(content) > limit:
        raise entry_too_large(display_name, limit)
    return content
