"""The students of a class without a roster: those of the gradebook, and those whom the names of a batch name."""

from __future__ import annotations

import itertools
import re
import shlex
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.naming import Identity, id_readings, shortened
from dlgrade.batch.students.owned import OwnedFile
from dlgrade.batch.students.words import VERSION, take_apart
from dlgrade.text import Text, both

MOST = 100  # names of a student that are compared with each other


class Classmates:
    """Finds the student of an identity, as a roster does. Everybody whom a name names is a student.

    - The same id is the same student, unless the names beside it differ.
    - The same words are the same student: `Ada_Lovelace`, `ada lovelace`.
    - A name without an id is the student with an id who alone has this name. If both handed in the same chapter, they
      may be two students: then the name is in doubt.
    - If two names only differ in a course, a term or a class, and both handed in the same chapter, both are in doubt.
    """

    def __init__(self, known: Iterable[Student], files: Sequence[OwnedFile], chapters: Sequence[str]) -> None:
        """Compare the identities of a batch.

        Args:
            known: The students of the gradebook.
            files: The files of the batch.
            chapters: Ids of the chapters that are graded. If there is only one, a file need not name it.
        """
        self.known = {student.id.casefold(): student for student in known}
        self.words = [(student, _key(student.name or student.id)) for student in self.known.values()]
        self.holders: dict[tuple[str, ...], dict[str, Student]] = defaultdict(dict)  # by name: students with an id
        self.spelled: dict[tuple[str, ...], Student] = {}  # by name: students without an id
        self.by_id: dict[str, Student] = {}
        for student in self.known.values():
            self._add(student)
        claims = [file for file in files if file.owners and not file.entry.helper]
        for identity in sorted({file.owners[0] for file in claims}, key=_best_spelled):
            if identity.id and not identity.doubt:
                self._add(Student(identity.id, identity.name, identity.email))
        self.answers: dict[tuple[Identity, ...], Student | Text] = {}  # so far
        self.doubts: dict[Identity, Text] = {}
        self._doubt_rivals(claims, chapters)
        self.answers.clear()

    def of(self, owners: Sequence[Identity]) -> Student | Text:
        """The student, or why nobody can say who it is. A known student comes first, then the likeliest owner."""
        key = tuple(owners)
        if key not in self.answers:
            known = ((owner, self._known(owner)) for owner in owners)
            first = next(((owner, student) for owner, student in known if student is not None), None)
            self.answers[key] = self.doubts.get(first[0], first[1]) if first else self._find(owners[0])
        return self.answers[key]

    def knows(self, identity: Identity) -> bool:
        """Return whether the gradebook has the student."""
        return isinstance(self._known(identity), Student)

    def _add(self, student: Student) -> None:
        student = self.by_id.setdefault(student.id.casefold(), student)
        if student.name and student.id != student.name:
            self.holders[_key(student.name)].setdefault(student.id.casefold(), student)
        else:
            self.spelled.setdefault(_key(student.id), student)

    def _known(self, owner: Identity) -> Student | Text | None:
        whole = self.known.get(owner.text.casefold()) if owner.text else None
        student = whole or self.known.get(owner.id.casefold())
        if student is None and owner.text:
            named = [self.known.get(reading.id.casefold()) for reading in id_readings(owner)]
            found = [other for other in named if other is not None and _fits(owner, other)]
            student = found[0] if len(found) == 1 else None
        if student is None or whole is not None or not owner.text or _fits(owner, student):
            return student
        return both(
            f"{owner.id} is {student.name} in the gradebook, and the name says {owner.name}.",
            f"成绩册中 {owner.id} 是{student.name}，而此名称写的是{owner.name}。",
        )

    def _find(self, owner: Identity) -> Student | Text:
        if owner.doubt and len(named := self._known_called(owner.name)) == 1:
            return named[0]  # the id is in doubt, the name is not
        if doubt := self.doubts.get(owner) or owner.doubt or self._resembles(owner):
            return doubt
        if not owner.id:
            name = owner.display_name
            return both(f"It is not known who {name} is.", f"无法判断 {name} 属于哪位学生。")
        if not self._is_bare(owner):
            return self._holder(owner)
        holders = self.holders.get(_key(owner.id), {})
        if len(holders) > 1:
            names = " / ".join(sorted(student.display_name for student in holders.values()))
            return both(f"{owner.id} may be any of {names}.", f"{owner.id} 可能是 {names}。")
        return next(iter(holders.values()), None) or self.spelled.get(_key(owner.id)) or self._student(owner)

    def _holder(self, owner: Identity) -> Student:
        """The student of an identity with an id. A known student without an id, who alone has the name, is the same."""
        bare = self.spelled.get(_key(owner.name))
        others = self.holders.get(_key(owner.name), {})
        if owner.text and bare is not None and bare.id.casefold() in self.known and len(others) == 1:
            return bare
        return self._student(owner)

    def _student(self, owner: Identity) -> Student:
        return self.by_id.get(owner.id.casefold()) or Student(owner.id, owner.name, owner.email)

    def _known_called(self, name: str) -> list[Student]:
        called = _key(name)
        return [student for student, words in self.words if words == called]

    def _resembles(self, owner: Identity) -> Text | None:
        """Why a name without an id may be a known student's: it has more words than theirs, or fewer."""
        if not self.known or not self._is_bare(owner) or self._known_called(owner.id):
            return None
        mine = set(_key(owner.id))
        for student, words in self.words:
            theirs = set(words)
            if (mine < theirs or theirs < mine) and any(len(word) > 1 and not word.isdigit() for word in mine & theirs):
                name = student.display_name
                return both(
                    f"{owner.text} may be {name} of the gradebook, or somebody else. "
                    f"If it is: dlgrade students rename {shlex.quote(student.id)} {shlex.quote(owner.id)}",
                    f"{owner.text} 可能是成绩册中的 {name}，也可能是别人。"
                    f"若是同一人：dlgrade students rename {shlex.quote(student.id)} {shlex.quote(owner.id)}",
                )
        return None

    def _is_bare(self, owner: Identity) -> bool:
        """Return whether a plain name has no id."""
        return bool(owner.text) and owner.id == owner.name

    def _doubt_rivals(self, claims: Sequence[OwnedFile], chapters: Sequence[str]) -> None:
        """Doubt the identities that would make one student of files that may be two students'."""
        handed: dict[str, dict[Identity, set[str]]] = defaultdict(lambda: defaultdict(set))  # chapters of each identity
        for file in claims:
            student = self.of(file.owners)
            chapter = file.parsed.chapter or (chapters[0] if len(chapters) == 1 else "")
            if isinstance(student, Student) and file.readable:
                handed[student.id][file.owners[0]] |= {chapter} - {""}
        for id, done in handed.items():
            for identity in filter(self._is_bare, done):
                others = itertools.islice(done, MOST)
                rivals = [other for other in others if self._are_rivals(id, identity, other, done)]
                if rivals:
                    texts = {identity.text, *(rival.text or rival.id for rival in rivals)}
                    shortest_first = sorted(texts, key=lambda text: (len(text), text))
                    self.doubts[identity] = _may_be_two(shortest_first, identity, rivals[0])
        self._doubt_long_names(handed)

    def _doubt_long_names(self, handed: Mapping[str, Mapping[Identity, set[str]]]) -> None:
        """Doubt `Ada Final` beside `Ada`: somebody else, or a version. If both handed in a chapter, doubt both."""
        called: dict[tuple[str, ...], list[tuple[Identity, set[str]]]] = defaultdict(list)
        for done in handed.values():
            for identity, chapters in done.items():
                called[_key(identity.name or identity.id)].append((identity, chapters))
        for done in handed.values():
            for long, chapters in done.items():
                short = _key(shortened(long.id).id) if self._is_bare(long) else _key(long.id)
                for other, theirs in called.get(short, [])[:MOST] if short != _key(long.id) else []:
                    doubtful = [long, other] if chapters & theirs else [long] if long.source == "file" else []
                    for identity in doubtful:
                        self.doubts.setdefault(identity, _may_be_two([long.text, other.text or other.id], long, other))

    def _are_rivals(self, id: str, bare: Identity, other: Identity, handed_in: Mapping[Identity, set[str]]) -> bool:
        """Return whether a name without an id, and another identity of the same student, may be two students.

        Args:
            id: The student's id.
            bare: The name without an id.
            other: The other identity.
            handed_in: The chapters of each identity.
        """
        share_chapter = bool(handed_in[bare] & handed_in[other])
        if not self._is_bare(other):
            return share_chapter and _key(bare.id) != _key(id)
        spelled = bare.source == other.source == "folder" and _spelled(bare) != _spelled(other)
        mine, theirs = _without_dates(bare.left_out), _without_dates(other.left_out)
        may_be_ids = _differ(bare.left_out, other.left_out)  # numbers that look like dates, but of another season
        return _differ(mine, theirs) or (
            share_chapter and (spelled or may_be_ids or _are_apart(bare.groups, other.groups))
        )


def _spelled(identity: Identity) -> tuple[str, list[str]]:
    """A folder's name without dates and the words for versions that people write behind names, as in `ada_final`."""
    words = [part for kind, part in take_apart(identity.text).dropped if kind == "work"]
    words = [word for word in words if not (VERSION.fullmatch(word) and word.islower())]
    return identity.id, [*words, *(part for part in identity.left_out if part.startswith("number:"))]


def _without_dates(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if not part.startswith("date:")]


def _differ(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether each has a part of some kind, `course:cs2101`, that the other has not."""
    only_mine, only_theirs = set(mine) - set(theirs), set(theirs) - set(mine)
    return bool({part.partition(":")[0] for part in only_mine} & {part.partition(":")[0] for part in only_theirs})


def _are_apart(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether each lies in a folder in which the other does not."""
    return not (set(mine) <= set(theirs) or set(theirs) <= set(mine))


def _best_spelled(identity: Identity) -> tuple[bool, str, bool, int, str, str]:
    """Names that platforms give come first, then the shortest name beside an id."""
    has_name = identity.name not in ("", identity.id)
    return bool(identity.text), identity.id.casefold(), not has_name, len(identity.name), identity.id, identity.name


def _key(name: str) -> tuple[str, ...]:
    """The words of a name, without case and signs."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return tuple(re.findall(r"[^\W_]+", plain)) or (plain,)


def _fits(owner: Identity, student: Student) -> bool:
    """Return whether the name beside an id may be the known student's."""
    if student.name in ("", student.id) or owner.name == "" or owner.name.casefold() == student.id.casefold():
        return True
    mine, theirs = set(_key(owner.name)), set(_key(student.name))
    return mine <= theirs or theirs <= mine


def _may_be_two(texts: Sequence[str], one: Identity, other: Identity) -> Text:
    telling = {*one.groups, *one.left_out} ^ {*other.groups, *other.left_out} if len(texts) == 1 else set()
    names_of_places: dict[str, str] = {}  # `class:sec1` and the folder `Sec 1` are the same place
    for part in sorted(telling, key=lambda part: (":" in part, part)):
        place = part.rpartition(":")[2]
        names_of_places.setdefault(re.sub(r"[\W_]", "", place.casefold()), place)
    places = ", ".join(sorted(names_of_places.values()))
    names = ", ".join(texts) + (f" ({places})" if places else "")
    return both(
        f"{names} may be the same student, or two students.",
        f"{names.replace(', ', '、')} 可能是同一名学生，也可能是两名学生。",
    )
