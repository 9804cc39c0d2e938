"""Zips as trees of files, never written to disk: the process that reads files lists and unpacks them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path, PureWindowsPath

import msgspec

from dlgrade.batch.trees import Entry, Tree, is_litter, moment, refused, too_large, unreadable
from dlgrade.errors import SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import Content, Listing, Member, Members, Place, TooLarge, Unpack
from dlgrade.text import Text, both

MAX_TOTAL = 8_000_000_000  # bytes out of an export
MAX_TOTAL_NESTED = 512_000_000  # bytes out of one student's zip


@dataclass
class Archive:
    """A zip, and how many bytes may still come out of it."""

    shown: str
    place: Place
    allowance: int

    def members(self) -> list[Member]:
        """Raises SubmissionError: it is no zip, or has too many entries."""
        return reader.ask(Listing(self.shown, self.place), Members).members

    def read(self, index: int, shown: str, limit: int) -> bytes:
        """Raises SubmissionError: the member is damaged or too large, or too much came out of the zip before."""
        most = min(limit, self.allowance)
        answer = reader.ask(Unpack(shown, self.shown, self.place, index, most), Content, TooLarge)
        self.allowance -= len(answer.content) if isinstance(answer, Content) else most
        if isinstance(answer, Content):
            return answer.content
        raise too_large(shown, limit) if most == limit else self._exhausted()

    def _exhausted(self) -> SubmissionError:
        return SubmissionError(
            both(f"{self.shown} unpacks to far too much, so it is not read.", f"{self.shown} 解压后过大，不予读取。")
        )


def zip_tree(path: Path, zone: tzinfo | None) -> Tree:
    """The files of a zip, and of the zips in it.

    Raises:
        SubmissionError: it cannot be read at all.
    """
    shown = clean(str(path))
    entries = _entries(Archive(shown, _place(path, shown), MAX_TOTAL), (), zone)
    return Tree(clean(path.stem), shown, entries, packed=True, around=clean(path.absolute().parent.name))


def unpacked(entry: Entry, zone: tzinfo | None) -> list[Entry]:
    """The files of a student's zip in a folder; the zip itself, with the reason, when it cannot be read."""
    assert entry.path is not None
    try:
        return _entries(Archive(entry.shown, _place(entry.path, entry.shown), MAX_TOTAL_NESTED), entry.parts, zone, 1)
    except SubmissionError as error:
        return [_refused(entry, error.text)]


def _place(path: Path, shown: str) -> Place:
    """Where the child finds it: it has another working folder, and follows no link."""
    path = path.resolve() if path.is_symlink() else path.absolute()
    try:
        status = path.stat()
    except OSError as error:
        raise SubmissionError(unreadable(shown, error)) from None
    return Place(os.fsencode(path), (status.st_mtime_ns, status.st_size))


def _entries(archive: Archive, base: tuple[str, ...], zone: tzinfo | None, depth: int = 0) -> list[Entry]:
    """The files of a zip as entries below `base`; those of a zip inside it come in its place."""
    entries: list[Entry] = []
    for member in archive.members():
        if not member.parts or is_litter(member.parts):
            continue
        shown = f"{archive.shown}: {member.name}"
        if member.problem is not None:
            problem = both(f"{shown} {member.problem.en}.", f"{shown} {member.problem.zh}。")
            last = PureWindowsPath(member.parts[-1]).name or member.parts[-1]
            entries.append(Entry((*base, last), shown, refused(problem), problem=problem))
            continue
        entry = Entry((*base, *member.parts), shown, _reader(archive, member.index, shown), _time(member, zone))
        entries += _nested(archive, entry, member.index, zone, depth) if entry.suffix == ".zip" else [entry]
    return entries


def _reader(archive: Archive, index: int, shown: str) -> Callable[[int], bytes]:
    return lambda limit: archive.read(index, shown, limit)


def _nested(outer: Archive, entry: Entry, index: int, zone: tzinfo | None, depth: int) -> list[Entry]:
    """The files of a zip in a zip; the zip itself, with the reason, when it cannot be read."""
    if depth > 0:
        problem = both(
            f"{entry.shown} is a zip inside a zip inside a zip, which is not read.",
            f"{entry.shown} 是多层嵌套的 zip，不予读取。",
        )
        return [_refused(entry, problem)]
    inner = Archive(entry.shown, msgspec.structs.replace(outer.place, inner=index), MAX_TOTAL_NESTED)
    try:
        return _entries(inner, entry.parts, zone, depth + 1)
    except SubmissionError as error:
        return [_refused(entry, error.text)]


def _refused(entry: Entry, problem: Text) -> Entry:
    return Entry(entry.parts, entry.shown, refused(problem), entry.modified, problem)


def _time(member: Member, zone: tzinfo | None) -> datetime | None:
    """When a member was changed; a time without a zone is by the clock of this one."""
    if member.utc is not None:
        return moment(member.utc)
    if member.local is None:
        return None
    try:
        naive = datetime(*member.local)
    except ValueError:
        return None
    return naive.replace(tzinfo=zone) if zone else naive.astimezone()
