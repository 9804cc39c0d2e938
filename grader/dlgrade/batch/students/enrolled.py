"""The student of the roster whom a file's owners name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.naming import Identity, id_readings, name_keys, readings, shortened
from dlgrade.batch.students.roster import Roster
from dlgrade.text import Text, both

LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def is_enrolled(roster: Roster, identity: Identity) -> bool:
    """Return whether the roster has the student, by the whole name or without the parts that name nobody."""
    return any(isinstance(roster.find(reading), Student) for reading in readings(identity))


def enrolled(roster: Roster, owners: Sequence[Identity]) -> Student | Text:
    """The first owner whom the roster has, or why there is none.

    A name is tried as it is written before words for homework and versions are left out: `New Wei` is not `Wei`.
    """
    answers = [_answer(roster, reading) for owner in owners for reading in readings(owner)]
    for answer in answers:
        if isinstance(answer, Student):
            return answer
    by_id = [reading for owner in owners for reading in id_readings(owner)]
    found = {student for reading in by_id if isinstance(student := roster.find(reading), Student)}
    have_ids = {student for reading in by_id if isinstance(student := roster.find(Identity(reading.id)), Student)}
    if len(found) == 1 and have_ids <= found:
        return found.pop()
    hints = set() if owners[0].doubt else _alike(roster, owners[0])
    if isinstance(answers[0], Text) and len(hints) == 1:
        hint = hints.pop().display_name
        return both(f"{answers[0].en} {hint}?", f"{answers[0].zh}是否为 {hint}？")
    return answers[0]


def _answer(roster: Roster, identity: Identity) -> Student | Text:
    """The student of an identity. An id that a platform's name may or may not have must be the roster's."""
    student = roster.find(identity)
    if not identity.doubt or identity.text:
        return student
    parts = identity.id.split("_")
    shorter = [roster.find(Identity("_".join(parts[start:]))) for start in range(1, len(parts))]
    is_sure = isinstance(student, Student) and not any(isinstance(other, Student) for other in shorter)
    return student if is_sure else identity.doubt


def _alike(roster: Roster, owner: Identity) -> set[Student]:
    """The students whom a name may mean although it is written otherwise: it has more words, or no accents."""
    found: set[Student] = set()
    if owner.text and isinstance(student := roster.find(shortened(owner.text)), Student):
        found.add(student)
    for reading in readings(owner):
        mine = _plain_keys(reading.name)
        found |= {student for student in roster.students if mine & _plain_keys(student.name)}
    return found


@lru_cache(maxsize=10_000)
def _plain_keys(name: str) -> frozenset[str]:
    """The keys of a name without its accents, and with umlauts as two letters."""
    small = unicodedata.normalize("NFC", name.casefold())
    spelled = (small.translate(LETTERS), small.translate(UMLAUTS))
    return frozenset(key for text in spelled for key in name_keys(_without_accents(text)))


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
