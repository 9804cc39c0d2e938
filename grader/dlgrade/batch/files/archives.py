"""Zips as trees of files, never written to disk. The process that parses files also lists and unpacks zips."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PureWindowsPath

import msgspec

from dlgrade.batch.files.trees import Tree, TreeEntry, broken_entry, empty, entry_too_large, moment, unreadable
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.beside import is_litter
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import Listing, Member, MemberContent, Members, Place, TooLarge, Unpack
from dlgrade.text import both

MAX_TOTAL = 8_000_000_000  # bytes out of an export
MAX_TOTAL_NESTED = 512_000_000  # bytes out of one student's zip


@dataclass
class Archive:
    """A zip. `allowance` is the number of bytes that may still come out of it."""

    display_name: str
    place: Place
    allowance: int

    def members(self) -> list[Member]:
        """List the zip.

        Raises:
            SubmissionError: it is not a zip, or has too many entries.
        """
        return reader.ask(Listing(self.display_name, self.place), Members).members

    def read(self, index: int, display_name: str, limit: int) -> bytes:
        """Unpack a member.

        Args:
            index: Its place in the zip's list.
            display_name: Its place, as people write it.
            limit: The number of bytes that it may have.

        Raises:
            SubmissionError: the member is damaged or too large, or the allowance is used up.
        """
        most = min(limit, self.allowance)
        answer = reader.ask(Unpack(display_name, self.display_name, self.place, index, most), MemberContent, TooLarge)
        self.allowance -= len(answer.content) if isinstance(answer, MemberContent) else most
        if isinstance(answer, MemberContent):
            return answer.content
        raise entry_too_large(display_name, limit) if most == limit else self._exhausted()

    def _exhausted(self) -> SubmissionError:
        return SubmissionError(
            both(
                f"{self.display_name} unpacks to far too much, so it is not read.",
                f"{self.display_name} 解压后过大，不予读取。",
            )
        )


def zip_tree(path: Path) -> Tree:
    """The files of a zip, and of the zips in it.

    Raises:
        SubmissionError: the zip cannot be listed.
    """
    display_name = clean(str(path))
    archive = Archive(display_name, _zip_place(path, display_name), MAX_TOTAL)
    entries = _entries(archive, ())
    around = clean(path.absolute().parent.name)
    notes = [] if entries else [empty(display_name)]
    return Tree(clean(path.stem), display_name, entries, packed=True, around=around, notes=notes)


def entries_in(entry: TreeEntry) -> list[TreeEntry]:
    """The files of a student's zip in a folder. If it cannot be listed, the zip itself, with the reason."""
    assert entry.path is not None
    try:
        archive = Archive(entry.display_name, _zip_place(entry.path, entry.display_name), MAX_TOTAL_NESTED)
        return _entries(archive, entry.parts, depth=1) or [
            broken_entry(entry.parts, entry.display_name, empty(entry.display_name), entry.modified)
        ]
    except SubmissionError as error:
        return [broken_entry(entry.parts, entry.display_name, error.text, entry.modified)]


def _zip_place(path: Path, display_name: str) -> Place:
    """The place for the child process, which has another working folder and follows no links."""
    path = path.resolve() if path.is_symlink() else path.absolute()
    try:
        status = path.stat()
    except OSError as error:
        raise SubmissionError(unreadable(display_name, error)) from None
    return Place(os.fsencode(path), (status.st_mtime_ns, status.st_size))


def _entries(archive: Archive, base: tuple[str, ...], depth: int = 0) -> list[TreeEntry]:
    """The files of a zip as entries below `base`. The files of a zip inside it take its place."""
    entries: list[TreeEntry] = []
    for member in archive.members():
        if not member.parts or is_litter(member.parts):
            continue
        display_name = f"{archive.display_name}: {member.name}"
        if member.problem is not None:
            problem = both(f"{display_name} {member.problem.en}.", f"{display_name} {member.problem.zh}。")
            last = PureWindowsPath(member.parts[-1]).name or member.parts[-1]
            entries.append(broken_entry((*base, last), display_name, problem))
            continue
        read = _member_reader(archive, member.index, display_name)
        entry = TreeEntry((*base, *member.parts), display_name, read, _time(member))
        entries += _nested(archive, entry, member.index, depth) if entry.suffix == ".zip" else [entry]
    return entries


def _member_reader(archive: Archive, index: int, display_name: str) -> Callable[[int], bytes]:
    return lambda limit: archive.read(index, display_name, limit)


def _nested(outer: Archive, entry: TreeEntry, index: int, depth: int) -> list[TreeEntry]:
    """The files of a zip in a zip. If it cannot be listed, the zip itself, with the reason."""
    name = entry.display_name
    if depth > 0:
        problem = both(
            f"{name} is a zip inside a zip inside a zip, which is not read.",
            f"{name} 是多层嵌套的 zip，不予读取。",
        )
        return [broken_entry(entry.parts, name, problem, entry.modified)]
    inner = Archive(name, msgspec.structs.replace(outer.place, inner=index), MAX_TOTAL_NESTED)
    try:
        return _entries(inner, entry.parts, depth + 1)
    except SubmissionError as error:
        return [broken_entry(entry.parts, name, error.text, entry.modified)]


def _time(member: Member) -> datetime | None:
    """When a member was changed. A zip may not name the zone of the time."""
    if member.utc is not None:
        return moment(member.utc)
    if member.local is None:
        return None
    try:
        return datetime(*member.local)
    except ValueError:
        return None
