"""Whose each file of a tree is, and of which chapter: by the scheme of a learning platform, else by plain names.

Only the outermost names decide, those that staff or a platform gave: what a student calls a file inside the own folder
never makes it another student's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import PurePath

from dlgrade.batch.model import Student
from dlgrade.batch.naming import CANVAS, GRADESCOPE, MOODLE, Chapters, Found, Who, is_generic, keys, who
from dlgrade.batch.roster import Roster
from dlgrade.batch.trees import Entry, Tree, moment
from dlgrade.errors import SubmissionError
from dlgrade.submission import SUFFIXES
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import GradescopeMetadata, Record, Records

DOWNLOAD = timedelta(hours=1)  # a platform writes all of an export's times while it is being downloaded
MAX_METADATA = 64_000_000
NO_RECORD = Record(())


@dataclass(frozen=True)
class Piece:
    """A file with whose it is, the likeliest first, and what its name says.

    `name` is what the student called it, `home` the place of the files that it may import. `time` is None where only
    the time of a download is known.
    """

    entry: Entry
    whose: tuple[Who, ...]
    name: str
    found: Found
    home: tuple[str, ...]
    time: datetime | None
    late: bool = False

    @property
    def readable(self) -> bool:
        return self.entry.suffix in SUFFIXES and self.entry.problem is None


def pieces_of(tree: Tree, chapters: Chapters, roster: Roster | None) -> list[Piece]:
    """The files of a tree, each with its owner."""
    owner = who(_named(tree, chapters) or tree.name)
    if tree.one_student or (roster is not None and isinstance(roster.find(owner), Student)):
        return [piece(tree, entry, (owner,), chapters, time=entry.modified) for entry in tree.entries]
    for scheme in (_gradescope, _moodle, _canvas):
        found = scheme(tree, chapters)
        if found is not None:
            return found
    layout = _Layout(tree, chapters, owner, roster)
    return [piece(tree, entry, layout.whose(entry), chapters, time=entry.modified) for entry in tree.entries]


def settle_kinds(trees: list[Tree], chapters: Chapters) -> list[Tree]:
    """Of what was given together, where most are one student's each, mark all as such; returns those that claim more.

    A student's zip may be made to look like the export of a platform, with work for others in it.
    """
    if len(trees) < 3:
        return []
    claiming = [tree for tree in trees if _is_class(tree, chapters)]
    if 2 * len(claiming) >= len(trees):
        return []
    claiming = [tree for tree in claiming if _called(tree.name, chapters)]
    for tree in claiming:
        tree.one_student = True
    return claiming


def _is_class(tree: Tree, chapters: Chapters) -> bool:
    schemes = any(scheme(tree, chapters) is not None for scheme in (_gradescope, _moodle, _canvas))
    return schemes or not _Layout(tree, chapters, who(tree.name), None).one


def _named(tree: Tree, chapters: Chapters) -> str:
    """Whom a tree is called for; a zip that is called for nobody, its folder."""
    return _called(tree.name, chapters) or (_called(tree.around, chapters) if tree.packed else "")


def piece(
    tree: Tree, entry: Entry, whose: tuple[Who, ...], chapters: Chapters, *, name: str = "", inside: int = 0,
    zips: tuple[str, ...] = (), time: datetime | None = None, late: bool = False,
) -> Piece:  # fmt: skip
    """`name` is what the student called it, where that is not the entry's; `inside` counts the platform's folders."""
    name = name or entry.name
    found = chapters.find(PurePath(name).stem)
    for folder in (*reversed(entry.parts[inside:-1]), *zips, *(() if tree.one_student else (tree.name,))):
        if not found.chapter and (chapter := chapters.find(_stem(folder)).chapter):
            found = Found(chapter, found.rest, found.version, above=True)
    return Piece(entry, whose, name, found, (tree.shown, *entry.parts[:-1]), time, late)


def _is_zip(part: str) -> bool:
    return part.lower().endswith(".zip")


def _stem(part: str) -> str:
    """A folder's name, or a zip's without `.zip`."""
    return part[:-4] if _is_zip(part) else part


def _wrappers(tree: Tree) -> int:
    """How many folders lie around everything else: `submissions/` in an export."""
    levels = zip(*(entry.parts[:-1] for entry in tree.entries), strict=False)
    return len(list(takewhile(lambda parts: len(set(parts)) == 1 and not _is_zip(parts[0]), levels)))


# Gradescope.


def _gradescope(tree: Tree, chapters: Chapters) -> list[Piece] | None:
    deepest = _wrappers(tree) + 1
    found = [entry for entry in tree.entries if entry.name == GRADESCOPE and len(entry.parts) <= deepest]
    if not found:
        return None
    metadata, depth = _metadata(tree, found[0]), len(found[0].parts)
    pieces = []
    for entry in tree.entries:
        if entry is found[0]:
            continue
        record = metadata.get(entry.parts[depth - 1], NO_RECORD) if len(entry.parts) >= depth else NO_RECORD
        time = None if record.created is None else moment(record.created)
        submitters = [Who(one.sid or one.email or one.name, one.name, one.email) for one in record.submitters]
        for one in submitters or [Who(name=entry.parts[min(depth, len(entry.parts)) - 1])]:
            pieces.append(piece(tree, entry, (one,), chapters, inside=depth, time=time))
    return pieces


def _metadata(tree: Tree, entry: Entry) -> Mapping[str, Record]:
    """The records of an export's metadata, parsed once; none where it cannot be read."""
    if tree.records is None:
        try:
            tree.records = reader.ask(GradescopeMetadata(entry.shown, entry.read(MAX_METADATA)), Records).records
        except SubmissionError as error:
            tree.records, tree.problem = {}, error.text
    return tree.records


# Moodle and Canvas.


def _times(entries: Iterable[Entry]) -> bool:
    """Whether the times of an export are those of the files, not of the download."""
    known = [entry.modified for entry in entries if entry.modified and not any(map(_is_zip, entry.parts))]
    return bool(known) and max(known) - min(known) > DOWNLOAD


def _moodle(tree: Tree, chapters: Chapters) -> list[Piece] | None:
    wrappers = _wrappers(tree)
    for depth in range(wrappers + 1):
        matches = [(e, MOODLE.fullmatch(_stem(e.parts[depth]))) for e in tree.entries if len(e.parts) > depth]
        numbers = defaultdict(set)
        for _, match in matches:
            if match:
                numbers[match["name"]].add(match["number"])
        if not numbers:
            continue
        timed = _times(tree.entries)
        pieces = []
        for entry, match in matches:
            one = Who(name=entry.parts[depth])
            if match:  # the number is of the assignment, not of the person: it only tells namesakes apart
                full = match["name"] if len(numbers[match["name"]]) == 1 else f"{match['name']}_{match['number']}"
                one = Who(full, match["name"], moodle=match["number"])
            name = (match["file"] or "") if match and len(entry.parts) == depth + 1 else ""
            time = entry.modified if timed else None
            pieces.append(piece(tree, entry, (one,), chapters, name=name, inside=depth + 1, time=time))
        return pieces
    return None


def _canvas(tree: Tree, chapters: Chapters) -> list[Piece] | None:
    depth = _wrappers(tree)
    matches = [(e, CANVAS.fullmatch(e.parts[depth])) for e in tree.entries]
    heads = {e.parts[depth]: match for e, match in matches}
    attachments = [match["file"] for match in heads.values() if match]
    # every attachment has a number of its own, which what people write between two underscores has not
    few = len(attachments) * 2 < len(heads) or len(set(attachments)) < len(attachments)
    if not attachments or few or (len(attachments) == 1 and len(attachments[0]) < 3):
        return None
    timed = _times(tree.entries)
    pieces = []
    for entry, match in matches:
        if match is None:
            pieces.append(piece(tree, entry, (Who(name=entry.parts[depth]),), chapters))
            continue
        anonymous = match["anon"] and f"anon_{match['anon']}"
        one = Who(anonymous or match["user"], match["slug"] or "", canvas=match["user"] or "")
        late = bool(match["late"] or match["anon_late"])
        alone = len(entry.parts) == depth + 1  # else it is in the zip that was attached
        name, zips = (match["name"], ()) if alone else ("", (match["name"],))
        time = entry.modified if timed else None
        pieces.append(
            piece(tree, entry, (one,), chapters, name=name, inside=depth + 1, zips=zips, time=time, late=late)
        )
    return pieces


# Plain names.


def _called(part: str, chapters: Chapters) -> str:
    """Whom a folder or a zip is called for: what is left without the chapter, unless that is nobody's."""
    found = chapters.find(_stem(part))
    rest = found.rest if found.chapter else _stem(part)
    return "" if is_generic(rest) else rest


class _Layout:
    """How a folder or a zip is laid out: the hand-in of one student, or a folder, a zip or a file for each."""

    def __init__(self, tree: Tree, chapters: Chapters, owner: Who, roster: Roster | None) -> None:
        self.chapters, self.roster = chapters, roster
        self.depth = _wrappers(tree)
        # `ada_ch28.rar` cannot be graded, and is still somebody's hand-in
        files = [entry for entry in tree.entries if not entry.helper]
        submitted = [e for e in files if e.suffix in SUFFIXES or chapters.find(PurePath(e.name).stem).chapter]
        loose = [entry for entry in submitted if len(entry.parts) == self.depth + 1]
        inner = [entry for entry in submitted if len(entry.parts) > self.depth + 1]
        named: dict[str, set[str]] = defaultdict(set)
        for entry in loose:
            found = chapters.find(PurePath(entry.name).stem)
            if found.chapter:
                named[found.chapter].add("" if is_generic(found.rest) else found.rest)
        # a file that is called for a chapter and nobody is that of the one whom the folder is called for
        own = any("" in names for names in named.values())
        several = any(len(names - {""}) > 1 for names in named.values())
        called = any(not is_generic(chapters.find(PurePath(entry.name).stem).rest) for entry in loose)
        folders = {self._name(entry) for entry in inner} - {""}
        hand_ins = {self._name(entry) for entry in inner if self._names_chapter(entry)} - {""}
        around = [name for part in self._outer(tree) if (name := _called(part, chapters))]
        if tree.packed and _called(tree.name, chapters):
            zips = any(_is_zip(part) for entry in submitted for part in entry.parts[self.depth : -1])
            self.one = own or not (zips or several or len(folders) > 1)
            self.fallback = (owner, *map(who, around))
        else:
            self.one = not (folders or called) or (own and not (hand_ins or several))
            self.fallback = (*map(who, around), owner)
        self.named = bool(named or hand_ins)

    def _outer(self, tree: Tree) -> tuple[str, ...]:
        return tree.entries[0].parts[: self.depth] if tree.entries else ()

    def _names_chapter(self, entry: Entry) -> bool:
        return any(self.chapters.find(_stem(part)).chapter for part in entry.parts)

    def _name(self, entry: Entry) -> str:
        """The first folder, or zip, that is called for somebody."""
        names = (_called(part, self.chapters) for part in entry.parts[self.depth : -1])
        return next((name for name in names if name), "")

    def whose(self, entry: Entry) -> tuple[Who, ...]:
        """Whom the file may belong to; of a class, the one whom its folder or its own name names."""
        if self.one or entry.helper:
            return self.fallback
        if folder := self._name(entry):
            return (who(folder),)
        found = self.chapters.find(PurePath(entry.name).stem)
        if is_generic(found.rest):
            return ()
        one = who(found.rest)
        listed = self.roster is not None and isinstance(self.roster.find(one), Student)
        # `tools.py` or `report.pdf` beside files that name their chapters is nobody's hand-in
        by_itself = _is_zip(entry.name) or (not self.named and entry.suffix in SUFFIXES)
        return (one,) if found.chapter or listed or by_itself else ()


def is_own_name(rest: str, student: Student) -> bool:
    """Whether what is left of a file's name is its student's."""
    known = {student.id.casefold()} | keys(student.name) | keys(student.id)
    named = who(rest)
    return not rest or bool(known & ({named.id.casefold()} | keys(named.name) | keys(named.id)))
