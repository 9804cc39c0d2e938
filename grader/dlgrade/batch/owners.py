"""The student and the chapter of each file of a tree: by the scheme of a learning platform, or by plain names.

Only the outermost names decide, which staff or a platform gave. A student's own name for a file inside the own folder
never makes the file another student's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import takewhile
from pathlib import PurePath

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.naming import (
    CANVAS,
    GRADESCOPE,
    MOODLE,
    Identity,
    NameParser,
    ParsedName,
    identify,
    is_generic,
    name_keys,
)
from dlgrade.batch.roster import Roster
from dlgrade.batch.trees import Tree, TreeEntry, moment
from dlgrade.errors import SubmissionError
from dlgrade.submission import SUFFIXES
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import GradescopeMetadata, Record, Records

MAX_METADATA = 64_000_000
NO_RECORD = Record(())


class Clock(Enum):
    """The origin of a file's time. `dlgrade.batch.times` decides whether to believe it."""

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


def owned_files(tree: Tree, names: NameParser, roster: Roster | None) -> list[OwnedFile]:
    """The files of a tree, each with its owner."""
    owner = identify(_tree_owner(tree, names) or tree.name)
    if tree.one_student or (roster is not None and isinstance(roster.find(owner), Student)):
        return [owned_file(tree, entry, (owner,), names, time=entry.modified) for entry in tree.entries]
    for scheme in (_gradescope, _moodle, _canvas):
        files = scheme(tree, names)
        if files is not None:
            return files
    layout = _layout(tree, names, owner, roster)
    return [owned_file(tree, entry, layout.owners(entry), names, time=entry.modified) for entry in tree.entries]


def settle_kinds(trees: list[Tree], names: NameParser) -> list[Tree]:
    """If most trees hold one student's work each, mark all trees so. Return those that looked like a whole class.

    A student's zip may be made to look like the export of a platform, with work for others in it.
    """
    if len(trees) < 3:
        return []
    classes = [tree for tree in trees if _is_class(tree, names)]
    if 2 * len(classes) >= len(trees):
        return []
    claiming = [tree for tree in classes if _person_in(tree.name, names)]
    for tree in claiming:
        tree.one_student = True
    return claiming


def _is_class(tree: Tree, names: NameParser) -> bool:
    schemes = any(scheme(tree, names) is not None for scheme in (_gradescope, _moodle, _canvas))
    return schemes or not _is_one_students(_evidence(tree, names))


def _tree_owner(tree: Tree, names: NameParser) -> str:
    """The person whom the tree's name names; for a zip that names nobody, the person whom its folder names."""
    return _person_in(tree.name, names) or (_person_in(tree.around, names) if tree.packed else "")


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
    for folder in (*reversed(entry.parts[inside:-1]), *zips, *(() if tree.one_student else (tree.name,))):
        if not parsed.chapter and (chapter := names.parse(_stem(folder)).chapter):
            parsed = ParsedName(chapter, parsed.rest, parsed.version, from_folder=True)
    return OwnedFile(entry, owners, name, parsed, (tree.display_name, *entry.parts[:-1]), time, late, clock)


def _is_zip(part: str) -> bool:
    return part.lower().endswith(".zip")


def _stem(part: str) -> str:
    """A folder's name, or a zip's without `.zip`."""
    return part[:-4] if _is_zip(part) else part


def _wrappers(tree: Tree) -> int:
    """The number of folders around all files, such as `submissions/` in an export."""
    levels = zip(*(entry.parts[:-1] for entry in tree.entries), strict=False)
    return len(list(takewhile(lambda parts: len(set(parts)) == 1 and not _is_zip(parts[0]), levels)))


# Gradescope.


def _gradescope(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Gradescope. None if the tree is no such export."""
    deepest = _wrappers(tree) + 1
    described = [entry for entry in tree.entries if entry.name == GRADESCOPE and len(entry.parts) <= deepest]
    if not described:
        return None
    records, depth = _metadata(tree, described[0]), len(described[0].parts)
    files = []
    for entry in tree.entries:
        if entry is described[0]:
            continue
        record = records.get(entry.parts[depth - 1], NO_RECORD) if len(entry.parts) >= depth else NO_RECORD
        time = None if record.created is None else moment(record.created)
        owners = [
            Identity(person.sid or person.email or person.name, person.name, person.email)
            for person in record.submitters
        ]
        for owner in owners or [Identity(name=entry.parts[min(depth, len(entry.parts)) - 1])]:
            files.append(owned_file(tree, entry, (owner,), names, inside=depth, time=time, clock=Clock.RECORD))
    return files


def _metadata(tree: Tree, entry: TreeEntry) -> Mapping[str, Record]:
    """The records in an export's metadata, parsed once. Empty if the file cannot be read."""
    if tree.records is None:
        try:
            question = GradescopeMetadata(entry.display_name, entry.read(MAX_METADATA))
            tree.records = reader.ask(question, Records).records
        except SubmissionError as error:
            tree.records, tree.problem = {}, error.text
    return tree.records


# Moodle and Canvas.


def _moodle(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Moodle. None if the tree is no such export."""
    wrappers = _wrappers(tree)
    for depth in range(wrappers + 1):
        matches = [(e, MOODLE.fullmatch(_stem(e.parts[depth]))) for e in tree.entries if len(e.parts) > depth]
        numbers = defaultdict(set)
        for _, match in matches:
            if match:
                numbers[match["name"]].add(match["number"])
        if not numbers:
            continue
        files = []
        for entry, match in matches:
            owner = Identity(name=entry.parts[depth])
            if match:  # the number is of the assignment, not of the person: it only tells namesakes apart
                full = match["name"] if len(numbers[match["name"]]) == 1 else f"{match['name']}_{match['number']}"
                owner = Identity(full, match["name"], moodle=match["number"])
            name = (match["file"] or "") if match and len(entry.parts) == depth + 1 else ""
            files.append(
                owned_file(
                    tree, entry, (owner,), names, name=name, inside=depth + 1, time=entry.modified, clock=Clock.EXPORT
                )
            )
        return files
    return None


def _canvas(tree: Tree, names: NameParser) -> list[OwnedFile] | None:
    """The files of an export of Canvas. None if the tree is no such export."""
    depth = _wrappers(tree)
    matches = [(entry, CANVAS.fullmatch(entry.parts[depth])) for entry in tree.entries]
    heads = {entry.parts[depth]: match for entry, match in matches}
    attachments = [match["file"] for match in heads.values() if match]
    # Every attachment has a number of its own. Numbers that people write between two underscores repeat, or are short.
    few = len(attachments) * 2 < len(heads) or len(set(attachments)) < len(attachments)
    if not attachments or few or (len(attachments) == 1 and len(attachments[0]) < 3):
        return None
    files = []
    for entry, match in matches:
        if match is None:
            files.append(owned_file(tree, entry, (Identity(name=entry.parts[depth]),), names))
            continue
        anonymous = match["anon"] and f"anon_{match['anon']}"
        owner = Identity(anonymous or match["user"], match["slug"] or "", canvas=match["user"] or "")
        late = bool(match["late"] or match["anon_late"])
        is_attachment = len(entry.parts) == depth + 1  # otherwise the attachment is a zip around it
        name, zips = (match["name"], ()) if is_attachment else ("", (match["name"],))
        files.append(
            owned_file(
                tree, entry, (owner,), names, name=name, inside=depth + 1, zips=zips, time=entry.modified, late=late,
                clock=Clock.EXPORT,
            )
        )  # fmt: skip
    return files


# Plain names.


def _person_in(part: str, names: NameParser) -> str:
    """The person whom the name of a folder or a zip names: the name without the chapter, unless that is generic."""
    parsed = names.parse(_stem(part))
    rest = parsed.rest if parsed.chapter else _stem(part)
    return "" if is_generic(rest) else rest


def _person_around(entry: TreeEntry, depth: int, names: NameParser) -> str:
    """The person whom the outermost folder or zip names, of those around the entry that name somebody."""
    persons = (_person_in(part, names) for part in entry.parts[depth:-1])
    return next((person for person in persons if person), "")


@dataclass(frozen=True)
class _Evidence:
    """The facts that tell the work of one student from that of a class.

    Files are those that may be handed in: code, and files that name a chapter. `ada_ch28.rar` cannot be graded, and is
    somebody's hand-in all the same. A loose file lies in no folder but the wrappers around everything.

    Args:
        personal_zip: The tree is a zip that names a person: `ada.zip`.
        unsigned: A loose file names a chapter and no person, `ch28.py`. The person whom the folder names owns it.
        signed: A loose file names a person: `ada.py`, `ada_ch28.py`.
        rivals: Loose files of one chapter name different persons: `ada_ch28.py` and `bob_ch28.py`.
        persons: Persons whom folders name.
        hand_in_persons: Persons whom folders name that hold a file of a chapter.
        inner_zips: A file lies in a zip inside the tree.
        names_chapters: A loose file, or the path of a file in a person's folder, names a chapter.
    """

    personal_zip: bool
    unsigned: bool
    signed: bool
    rivals: bool
    persons: frozenset[str]
    hand_in_persons: frozenset[str]
    inner_zips: bool
    names_chapters: bool


def _evidence(tree: Tree, names: NameParser) -> _Evidence:
    depth = _wrappers(tree)
    candidates = [entry for entry in tree.entries if not entry.helper]
    files = [e for e in candidates if e.suffix in SUFFIXES or e.packing or names.parse(e.stem).chapter]
    loose = [names.parse(entry.stem) for entry in files if len(entry.parts) == depth + 1]
    inner = [entry for entry in files if len(entry.parts) > depth + 1]
    signatures: dict[str, set[str]] = defaultdict(set)  # by chapter; "" for no person
    for parsed in loose:
        if parsed.chapter:
            signatures[parsed.chapter].add("" if is_generic(parsed.rest) else parsed.rest)
    owners = [(entry, _person_around(entry, depth, names)) for entry in inner]
    hand_in_persons = {person for entry, person in owners if person and _path_names_chapter(entry, names)}
    return _Evidence(
        personal_zip=tree.packed and bool(_person_in(tree.name, names)),
        unsigned=any("" in persons for persons in signatures.values()),
        signed=any(not is_generic(parsed.rest) for parsed in loose),
        rivals=any(len(persons - {""}) > 1 for persons in signatures.values()),
        persons=frozenset(person for _, person in owners if person),
        hand_in_persons=frozenset(hand_in_persons),
        inner_zips=any(_is_zip(part) for entry in files for part in entry.parts[depth:-1]),
        names_chapters=bool(signatures or hand_in_persons),
    )


def _path_names_chapter(entry: TreeEntry, names: NameParser) -> bool:
    return any(names.parse(_stem(part)).chapter for part in entry.parts)


def _is_one_students(evidence: _Evidence) -> bool:
    """Return whether a tree is the hand-in of one student. In each table, the first case that applies decides.

    A zip that names a person, `ada.zip`:

    ======================================================  ===
    a loose file names a chapter and no person: `ch28.py`   yes
    a zip lies inside                                       no
    loose files of one chapter name different persons       no
    folders name different persons                          no
    otherwise                                               yes
    ======================================================  ===

    Any folder, and a zip that names nobody, `export.zip`:

    ======================================================  ===
    no folder and no loose file names a person              yes
    no loose file names a chapter and no person             no
    a person's folder holds a file of a chapter             no
    loose files of one chapter name different persons       no
    otherwise                                               yes
    ======================================================  ===
    """
    if evidence.personal_zip:
        return evidence.unsigned or not (evidence.inner_zips or evidence.rivals or len(evidence.persons) > 1)
    if not evidence.persons and not evidence.signed:
        return True
    return evidence.unsigned and not (evidence.hand_in_persons or evidence.rivals)


@dataclass(frozen=True)
class _Layout:
    """How plain names give the files of a tree their owners.

    Args:
        names: Takes names apart.
        roster: The class, if known.
        depth: The number of wrappers around all files.
        one_student: All files are one student's.
        fallback: Who may be this student, the likeliest first. Helpers are theirs, too.
        names_chapters: Files of the tree name their chapters.
    """

    names: NameParser
    roster: Roster | None
    depth: int
    one_student: bool
    fallback: tuple[Identity, ...]
    names_chapters: bool

    def owners(self, entry: TreeEntry) -> tuple[Identity, ...]:
        """Who may own the file. In the work of a class, the person whom its folder or its own name names."""
        if self.one_student or entry.helper:
            return self.fallback
        if person := _person_around(entry, self.depth, self.names):
            return (identify(person),)
        parsed = self.names.parse(entry.stem)
        if is_generic(parsed.rest):
            return ()
        owner = identify(parsed.rest)
        is_listed = self.roster is not None and isinstance(self.roster.find(owner), Student)
        # `tools.py` or `report.pdf` beside files that name their chapters is nobody's hand-in
        stands_alone = (
            _is_zip(entry.name) or bool(entry.packing) or (not self.names_chapters and entry.suffix in SUFFIXES)
        )
        return (owner,) if parsed.chapter or is_listed or stands_alone else ()


def _layout(tree: Tree, names: NameParser, owner: Identity, roster: Roster | None) -> _Layout:
    """The layout of a tree whose own name names `owner`."""
    evidence = _evidence(tree, names)
    depth = _wrappers(tree)
    wrappers = tree.entries[0].parts[:depth] if tree.entries else ()
    around = tuple(identify(person) for part in wrappers if (person := _person_in(part, names)))
    return _Layout(
        names=names,
        roster=roster,
        depth=depth,
        one_student=_is_one_students(evidence),
        fallback=(owner, *around) if evidence.personal_zip else (*around, owner),
        names_chapters=evidence.names_chapters,
    )


def is_own_name(rest: str, student: Student) -> bool:
    """Return whether the rest of a file's name names its own student, or nobody."""
    known = {student.id.casefold()} | name_keys(student.name) | name_keys(student.id)
    identity = identify(rest)
    return not rest or bool(known & ({identity.id.casefold()} | name_keys(identity.name) | name_keys(identity.id)))
