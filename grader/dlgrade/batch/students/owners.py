"""The student and the chapter of each file of a tree: by the scheme of a learning platform, or by plain names.

Only the outermost names decide, which staff or a platform gave. A student's own name for a file inside the own folder
never makes the file another student's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dlgrade.batch.files.trees import Tree, TreeEntry
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.identities import Identities
from dlgrade.batch.students.naming import (
    Identity,
    Listed,
    NameParser,
    ParsedName,
    identify,
    is_generic,
    looks_like_person,
    name_keys,
    telling_parts,
)
from dlgrade.batch.students.owned import OwnedFile, is_zip, owned_file, stem_of, wrappers
from dlgrade.batch.students.platforms import platform_files
from dlgrade.batch.students.words import take_apart
from dlgrade.errors import SubmissionError
from dlgrade.submission import SUFFIXES
from dlgrade.text import Text, both

MODULES = re.compile(
    r"models?|utils?|helpers?|tools?|train(?:ing)?|layers?|nets?|networks?|common|base|config|runs?|eval\w*|loss(?:es)?|"
    r"functions?|lib|modules?|plots?|demo|setup|init|__init__|conftest|dataset|loader|my\w+",
    re.IGNORECASE,
)
MOST_READ, MAX_READ = 50, 1_000_000  # files, and bytes of each, in which imports are sought


def owned_files(tree: Tree, names: NameParser, is_listed: Listed, *, has_roster: bool = False) -> list[OwnedFile]:
    """The files of a tree, each with its owner as far as its own name tells. `settle_identities` compares the names.

    Args:
        tree: The tree.
        names: Takes names apart.
        is_listed: Tells who is known to be a student.
        has_roster: A roster lists them. It is never wrong, other than a gradebook.
    """
    owner = _plain(_tree_owner(tree, names) or tree.name, "tree")
    evidence = _evidence(tree, names)
    if tree.one_student or (is_listed(owner) and (has_roster or not evidence.has_others)):
        return [owned_file(tree, entry, (owner,), names, time=entry.modified) for entry in tree.entries]
    files = platform_files(tree, names, is_listed)
    if files is not None:
        return files
    layout = _layout(tree, names, owner, is_listed, has_roster=has_roster)
    if not layout.one_student:
        tree.notes += [_crowded(f"{tree.display_name}/{outer}") for outer in sorted(layout.outline.crowded)]
    return [owned_file(tree, entry, layout.owners(entry), names, time=entry.modified) for entry in tree.entries]


def settle_identities(owned: Sequence[tuple[Tree, list[OwnedFile]]]) -> list[tuple[Tree, list[OwnedFile]]]:
    """The files of a whole batch, with the identities that the comparison of all plain names gives."""
    everything = [file for _, files in owned for file in files]
    named = [file for file in everything if file.owners and file.owners[0].text and not file.entry.helper]
    identities = Identities(file.owners[0].text for file in named if file.readable or file.parsed.chapter)
    return [
        (tree, [replace(file, owners=tuple(_settled(owner, identities) for owner in file.owners)) for file in files])
        for tree, files in owned
    ]


def _settled(owner: Identity, identities: Identities) -> Identity:
    if not owner.text:
        return owner
    identity = identities.of(owner.text)
    left_out = tuple(sorted({*identity.left_out, *owner.left_out}))
    return replace(identity, source=owner.source, groups=owner.groups, left_out=left_out)


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
    return platform_files(tree, names, lambda _: False) is not None or not _is_one_students(_evidence(tree, names))


def _tree_owner(tree: Tree, names: NameParser) -> str:
    """The person whom the tree's name names; for a zip that names nobody, the person whom its folder names."""
    return _person_in(tree.name, names) or (_person_in(tree.around, names) if tree.packed else "")


def _plain(text: str, source: str) -> Identity:
    return replace(identify(text), source=source)


# Plain names.


def _person_in(part: str, names: NameParser) -> str:
    """The person whom the name of a folder or a zip names: the name without the chapter, unless that is generic."""
    parsed = names.parse(stem_of(part))
    if parsed.chapter:
        return "" if is_generic(parsed.rest) else parsed.full
    return "" if is_generic(stem_of(part)) else stem_of(part)


@dataclass(frozen=True)
class _Outline:
    """The outer folders of a tree that belong to no student.

    Args:
        depth: The number of folders around all files.
        groups: Folders that hold the work of several students each: sections, or those of different assistants.
        crowded: Other folders that might do so. Each is taken for one student's.
    """

    depth: int
    groups: frozenset[str] = frozenset()
    crowded: frozenset[str] = frozenset()

    def inner(self, entry: TreeEntry) -> tuple[str, ...]:
        """The entry's path without the outer folders."""
        parts = entry.parts[self.depth :]
        return parts[1:] if len(parts) > 1 and parts[0] in self.groups else parts

    def person_around(self, entry: TreeEntry, names: NameParser) -> str:
        """The person whom the outermost folder or zip names, of those around the entry that name somebody."""
        persons = (_person_in(part, names) for part in self.inner(entry)[:-1])
        return next((person for person in persons if person), "")


def _outline(tree: Tree, files: Iterable[TreeEntry], names: NameParser) -> _Outline:
    """Find the groups. In most outer folders, files of one chapter name different persons, each in one folder only.

    Versions in a student's own folder, `ada/first try/ch28.py` and `ada/second try/ch28.py`, make no group unless most
    students have such folders, with names that no other student has.
    """
    depth = wrappers(tree)
    persons: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))  # by outer folder and chapter
    for entry in files:
        parts = entry.parts[depth:]
        if len(parts) > 1 and not is_zip(parts[0]):
            outer = _Outline(depth, frozenset({parts[0]}))
            parsed = names.parse(entry.stem)
            signature = "" if is_generic(parsed.rest) else parsed.rest
            chapter = next((found for part in parts[:0:-1] if (found := names.parse(stem_of(part)).chapter)), "")
            persons[parts[0]][chapter].add(outer.person_around(entry, names) or signature)
    crowded = {
        outer
        for outer, chapters in persons.items()
        if any(chapter and len(found) > 1 and "" not in found for chapter, found in chapters.items())
    }
    places = Counter(person for chapters in persons.values() for person in set().union(*chapters.values()))
    repeated = {person for person, count in places.items() if count > 1}
    if 2 * len(crowded) > len(persons) and len(crowded) > 1 and 2 * len(repeated) <= len(places):
        return _Outline(depth, frozenset(crowded))
    strange = (
        outer for outer in crowded if _person_in(outer, names) and set().union(*persons[outer].values()) - repeated
    )
    return _Outline(depth, crowded=frozenset(strange))


@dataclass(frozen=True)
class _Evidence:
    """The facts that tell the work of one student from that of a class.

    Files are those that may be handed in: code, and files that name a chapter. `ada_ch28.rar` cannot be graded, and is
    somebody's hand-in all the same. A loose file lies in no folder but the wrappers around everything. Outside a
    student's zip, a file that names a chapter is loose, too, if no folder around it names a person.

    Args:
        personal_zip: The tree is a zip that names a person: `ada.zip`.
        unsigned: A loose file names a chapter and no person, `ch28.py`. The person whom the folder names owns it.
        signed: A loose file names a person: `ada.py`, `ada_ch28.py`.
        rivals: Loose files of one chapter name different persons: `ada_ch28.py` and `bob_ch28.py`.
        persons: Persons whom folders name.
        hand_in_persons: Persons whom folders name that hold a file of a chapter.
        inner_zips: A file lies in a zip inside the tree.
        names_chapters: A loose file, or the path of a file in a person's folder, names a chapter.
        own_folder: The folder around all files names a person, and no file names another by an id.
        in_path: A folder around a file may name the chapter for which the file is signed.
        texts: Names of persons in the tree.
        outline: The outer folders that belong to nobody.
    """

    personal_zip: bool
    unsigned: bool
    signed: bool
    rivals: bool
    persons: frozenset[str]
    hand_in_persons: frozenset[str]
    inner_zips: bool
    names_chapters: bool
    own_folder: bool
    in_path: bool
    texts: frozenset[str]
    outline: _Outline

    @property
    def has_others(self) -> bool:
        """Return whether the files name different persons."""
        return self.rivals or len(self.hand_in_persons) > 1


def _evidence(tree: Tree, names: NameParser) -> _Evidence:
    candidates = [entry for entry in tree.entries if not entry.helper]
    files = [e for e in candidates if e.suffix in SUFFIXES or e.packing or names.parse(e.stem).chapter]
    outline = _outline(tree, files, names)
    personal_zip = tree.packed and bool(_person_in(tree.name, names))
    inner = [entry for entry in files if len(outline.inner(entry)) > 1]
    owners = [(entry, outline.person_around(entry, names)) for entry in inner]
    loose = [names.parse(entry.stem) for entry in files if len(outline.inner(entry)) == 1]
    unowned = [] if personal_zip else [entry for entry, person in owners if not person]
    in_path = (
        not (_person_in(tree.name, names) or _persons_of(tree, outline.depth, names))
        or all(looks_like_person(names.parse(entry.stem).rest) for entry in unowned)
        or (not looks_like_person(tree.name) and _are_signed_in_chapters(unowned, names))
    )
    # Signed as well: `homework 1/ada_ch28.py`, and `ch28/ada.py` below a folder that names nobody.
    signed_too = (_with_chapter(entry, names, in_path=in_path) for entry in unowned)
    loose += [parsed for parsed in signed_too if parsed.chapter]
    signatures: dict[str, set[str]] = defaultdict(set)  # by chapter; "" for no person
    for parsed in loose:
        if parsed.chapter:
            signatures[parsed.chapter].add("" if is_generic(parsed.rest) else parsed.rest)
    hand_in_persons = {person for entry, person in owners if person and _path_names_chapter(entry, names)}
    signed = [parsed.rest for parsed in loose if not is_generic(parsed.rest)]
    return _Evidence(
        personal_zip=personal_zip,
        unsigned=any("" in persons for persons in signatures.values()),
        signed=bool(signed),
        rivals=any(len(persons - {""}) > 1 for persons in signatures.values()),
        persons=frozenset(person for _, person in owners if person),
        hand_in_persons=frozenset(hand_in_persons),
        inner_zips=any(is_zip(part) for entry in files for part in outline.inner(entry)[:-1]),
        names_chapters=bool(signatures or hand_in_persons),
        own_folder=bool(_persons_of(tree, outline.depth, names)) and not any(map(_has_id, signed)),
        in_path=in_path,
        texts=frozenset(signed) | {person for _, person in owners if person},
        outline=outline,
    )


def _are_signed_in_chapters(entries: Sequence[TreeEntry], names: NameParser) -> bool:
    """Return whether chapters' folders hold files that are called for students: `ch28/ada.py` and `ch28/bob.py`.

    They are not if a file is called for nobody, for a chapter or for a module, or if a file imports another.
    """
    signed: dict[str, set[str]] = defaultdict(set)  # by chapter
    for entry in entries:
        parsed = names.parse(entry.stem)
        chapter = _with_chapter(entry, names, in_path=True).chapter
        if parsed.chapter or not chapter or is_generic(parsed.rest) or MODULES.fullmatch(parsed.rest):
            return False
        signed[chapter].add(parsed.rest)
    if not any(len(stems) > 1 for stems in signed.values()):
        return False
    imported = {stem for entry in entries[:MOST_READ] for stem in _imports(entry)}
    return not imported & {entry.stem for entry in entries}


def _imports(entry: TreeEntry) -> set[str]:
    """The modules that a file seems to import. Empty if it cannot be read."""
    try:
        text = entry.read(MAX_READ).decode("utf-8", "replace")
    except SubmissionError:
        return set()
    return set(re.findall(r"(?:from|import)[ .]+(\w+)", text))


def _with_chapter(entry: TreeEntry, names: NameParser, *, in_path: bool) -> ParsedName:
    """The entry's name taken apart, with the chapter that a folder around names, if that counts."""
    parsed = names.parse(entry.stem)
    chapters = (names.parse(stem_of(part)).chapter for part in entry.parts[-2::-1]) if in_path else iter(())
    return parsed if parsed.chapter else replace(parsed, chapter=next(filter(None, chapters), ""))


def _persons_of(tree: Tree, depth: int, names: NameParser) -> list[str]:
    """The persons whom the folders around all files name, the outermost first."""
    around = tree.entries[0].parts[:depth] if tree.entries else ()
    return [person for part in around if (person := _person_in(part, names))]


def _has_id(text: str) -> bool:
    identity = identify(text)
    return bool(identity.email) or identity.id != identity.name


def _path_names_chapter(entry: TreeEntry, names: NameParser) -> bool:
    return any(names.parse(stem_of(part)).chapter for part in entry.parts)


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
    a person's folder is around all, and no rivals are      yes
    no loose file names a chapter and no person             no
    a person's folder holds a file of a chapter             no
    loose files of one chapter name different persons       no
    otherwise                                               yes
    ======================================================  ===

    Rivals are other folders of persons, and loose files of one chapter that name different persons.
    """
    if evidence.personal_zip:
        return evidence.unsigned or not (evidence.inner_zips or evidence.rivals or len(evidence.persons) > 1)
    if not evidence.persons and not evidence.signed:
        return True
    if evidence.own_folder and not (evidence.persons or evidence.rivals):
        return True
    return evidence.unsigned and not (evidence.hand_in_persons or evidence.rivals)


@dataclass(frozen=True)
class _Layout:
    """How plain names give the files of a tree their owners.

    Args:
        names: Takes names apart.
        is_listed: Tells who is known to be a student.
        outline: The outer folders that belong to nobody.
        one_student: All files are one student's.
        fallback: Who may be this student, the likeliest first. Helpers are theirs, too.
        names_chapters: Files of the tree name their chapters.
        in_path: A folder around a file may name the chapter for which the file is signed.
        tree_name: The tree's name.
    """

    names: NameParser
    is_listed: Listed
    outline: _Outline
    one_student: bool
    fallback: tuple[Identity, ...]
    names_chapters: bool
    in_path: bool
    tree_name: str

    def owners(self, entry: TreeEntry) -> tuple[Identity, ...]:
        """Who may own the file. In the work of a class, the person whom its folder or its own name names."""
        if self.one_student or entry.helper:
            return self.fallback
        if person := self.outline.person_around(entry, self.names):
            return (self._in_group(_plain(person, "folder"), entry),)
        parsed = self.names.parse(entry.stem)
        if is_generic(parsed.rest):
            return ()
        owner = self._in_group(_plain(parsed.full, "file"), entry)
        # `tools.py` or `report.pdf` beside files that name their chapters is nobody's hand-in
        stands_alone = (
            is_zip(entry.name) or bool(entry.packing) or (not self.names_chapters and entry.suffix in SUFFIXES)
        )
        in_chapter = self.in_path and bool(_with_chapter(entry, self.names, in_path=True).chapter)
        return (owner,) if parsed.chapter or in_chapter or self.is_listed(owner) or stands_alone else ()

    def _in_group(self, owner: Identity, entry: TreeEntry) -> Identity:
        """The owner, with the folders around that belong to no student and may tell namesakes apart."""
        around = [self.tree_name]
        for part in entry.parts[:-1]:
            if owner.source == "folder" and _person_in(part, self.names) == owner.text:
                break
            around.append(stem_of(part))
        telling = {word for part in around for word in telling_parts(take_apart(part))}
        groups = tuple(part for part in around if part in self.outline.groups or _person_in(part, self.names))
        return replace(owner, groups=groups, left_out=tuple(sorted({*owner.left_out, *telling})))


def _layout(tree: Tree, names: NameParser, owner: Identity, is_listed: Listed, *, has_roster: bool) -> _Layout:
    """The layout of a tree whose own name names `owner`.

    A folder around everything that names a student of the roster is this student's. For a student of the gradebook, it
    is so unless the gradebook has a student whom the files name.
    """
    evidence = _evidence(tree, names)
    around = tuple(_plain(person, "folder") for person in _persons_of(tree, evidence.outline.depth, names))
    is_theirs, others = any(map(is_listed, around)), any(is_listed(identify(text)) for text in evidence.texts)
    one_student = _is_one_students(replace(evidence, own_folder=evidence.own_folder and not others))
    return _Layout(
        names=names,
        is_listed=is_listed,
        outline=evidence.outline,
        one_student=one_student or (is_theirs and (has_roster or not others)),
        fallback=(owner, *around) if evidence.personal_zip else (*around, owner),
        names_chapters=evidence.names_chapters,
        in_path=evidence.in_path,
        tree_name=tree.name,
    )


def _crowded(folder: str) -> Text:
    return both(
        f"{folder} holds several files for one chapter, in folders or with names of their own: taken as one student's.",
        f"{folder} 中同一章有多个文件，文件夹名或文件名各不相同：按一名学生的多个版本处理。",
    )


def is_own_name(rest: str, student: Student) -> bool:
    """Return whether the rest of a file's name names its own student, or nobody."""
    known = {student.id.casefold()} | name_keys(student.name) | name_keys(student.id)
    identity = identify(rest)
    return not rest or bool(known & ({identity.id.casefold()} | name_keys(identity.name) | name_keys(identity.id)))
