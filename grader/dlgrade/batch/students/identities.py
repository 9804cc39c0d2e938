"""Whom the plain names of a batch mean, decided over all of them.

A word that the names of different students share is nobody's id: `CS2101-张三`, `CS2101-李四`. Names are compared, and
nothing is guessed: if a word may be an id or not, the names that have it are in doubt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from dlgrade.batch.students.dates import dates_among
from dlgrade.batch.students.naming import Identity, identity_of
from dlgrade.batch.students.words import ID, NAME_PARTS, Reading, Word, take_apart
from dlgrade.text import Text, both

LONG = 7  # digits: a number that has them may well be an id, even if two names share it
COMPACT_DATE = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
MANY = 200  # people whom a number may be beside; more make no difference
COLUMN = 3  # different words of one shape, each beside one name, are ids


class Identities:
    """The identities of a batch's plain names."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Compare the names.

        Args:
            texts: All plain names of the batch, each without its chapter.
        """
        texts = set(texts)
        self.keep = _ids_like_courses(texts)
        readings = {tuple(word.key for word in reading.kept): reading for reading in map(self._reading, texts)}
        self.shared = _shared_words(list(readings.values()))
        beside = self._beside(readings.values(), with_ids=False)
        self.crowds = {id: _people(names) for id, names in beside.items()}
        beside = self._beside(readings.values(), with_ids=True)
        self.company = {id: len(_people(others)) for id, others in beside.items()}
        self.dates = self._are_dates()
        self.near = dates_among({word.key for reading in readings.values() for word in reading.kept if word.is_id})

    def of(self, text: str) -> Identity:
        """The identity in a name. It is in doubt if the name has an id that another student's name has, too."""
        reading = self._reading(text)
        words = tuple(word for word in reading.kept if not self._is_nobodys(word)) or reading.kept
        words = tuple(word for word in words if word.key not in self.near or not _has_name(words)) or words
        words = self._without_dates(words)
        ids = tuple(word for word in words if word.is_id)
        identity = identity_of(reading, words, ids)
        left = {word.key for word in reading.kept if word not in words}
        dropped = {f"word:{key}" for key in left - self.near.keys() if not COMPACT_DATE.fullmatch(key)}
        dropped |= {f"date:{key}" for key in left & self.near.keys() if not self.near[key]}
        rest = reading.text[words[0].start :]
        identity = replace(identity, rest=rest, left_out=tuple(sorted({*identity.left_out, *dropped})))
        if len(ids) == 1 and self._is_doubtful(ids[0]):
            return replace(identity, doubt=_two_names(ids[0].text, self.crowds[ids[0].key]))
        return identity

    def _reading(self, text: str) -> Reading:
        return take_apart(text, self.keep)

    def _beside(self, readings: Iterable[Reading], *, with_ids: bool) -> dict[str, set[tuple[str, ...]]]:
        """For each word that looks like an id, the names beside it, and the other ids if wanted."""
        beside: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for reading in readings:
            words = [word for word in reading.kept if word.key not in self.shared]
            for id in words:
                if id.is_id:
                    others = (word.key for word in words if word is not id and (with_ids or not word.is_id))
                    beside[id.key].add(tuple(others))
        return beside

    def _without_dates(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words without numbers such as 20261120, if more students have this number than the id beside it."""
        dates = [word for word in words if COMPACT_DATE.fullmatch(word.text)]
        ids = [self.company.get(word.key, 0) for word in words if word.is_id and word not in dates]
        dropped = [date for date in dates if ids and self.company.get(date.key, 0) > max(ids)]
        return tuple(word for word in words if word not in dropped)

    def _are_dates(self) -> bool:
        """Return whether numbers such as 20261120 are dates: different students have the same number."""
        crowded = [len(people) for id, people in self.crowds.items() if COMPACT_DATE.fullmatch(id) and len(people) > 1]
        return len(crowded) > 1 or max(crowded, default=0) > 2 or (bool(crowded) and len(self.crowds) == 1)

    def _is_nobodys(self, word: Word) -> bool:
        if word.key in self.shared or not word.is_id:
            return word.key in self.shared
        is_date = self.dates and bool(COMPACT_DATE.fullmatch(word.text))
        return is_date or (len(self.crowds.get(word.key, ())) > 1 and not self._is_doubtful(word))

    def _is_doubtful(self, word: Word) -> bool:
        """Return whether a word is beside two names, and is an id otherwise.

        Three names are never one student's. Two may be: `2021012345_张三` and `2021012345_zhangsan`.
        """
        if len(self.crowds.get(word.key, ())) != 2:
            return False
        alike = [id for id, people in self.crowds.items() if _shape(id) == _shape(word.key) and len(people) < 2]
        return bool(alike) or sum(map(str.isdigit, word.text)) >= LONG


def _has_name(words: Iterable[Word]) -> bool:
    """Return whether one of the words is a name, and not an id or a letter."""
    return any(not word.is_id and not re.fullmatch(r"\d+|[a-z]", word.key) for word in words)


def _shape(word: str) -> str:
    """The word with a sign for each letter and digit: `s1234567` becomes `a0000000`."""
    return re.sub(r"[a-z]", "a", re.sub(r"\d", "0", word))


def _ids_like_courses(texts: Iterable[str]) -> frozenset[str]:
    """Words that look like a course's number and are ids: `cs1234_Ada`, `ml2345_Bob`, `ds9999_Cyd`."""
    beside: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for reading in map(take_apart, texts):
        for kind, part in reading.dropped:
            if kind == "course" and re.fullmatch(r"[a-z]{1,4}\d{3,5}", part):
                beside[part].add(tuple(word.key for word in reading.kept))
    shapes = Counter(_shape(part) for part in beside)
    crowded = {_shape(part) for part, names in beside.items() if len(_people(names)) > 1}
    return frozenset(part for part in beside if shapes[_shape(part)] >= COLUMN and _shape(part) not in crowded)


def _shared_words(readings: list[Reading]) -> frozenset[str]:
    """Words of (nearly) all names, beside which each name has others. They are nobody's."""
    having: Counter[str] = Counter()
    protected = set()
    for reading in readings:
        keys = {word.key for word in reading.kept}
        weak = {key for key in keys if re.fullmatch(r"\d{1,3}|[a-z]", key)}  # `student 1`
        has_other = sum(word.is_id for word in reading.kept) > 1  # beside another id, an id may be a course's number
        protected |= {
            word.key
            for word in reading.kept
            if (word.is_id and not has_other) or word.is_name or keys - {word.key} <= weak
        }
        having.update(keys)
    total = len(readings)
    return frozenset(
        key
        for key, count in having.items()
        if key not in protected
        and count > 1
        and (
            (count == total and not (ID.fullmatch(key) or key in NAME_PARTS)) or (count > 2 and 3 * count >= 2 * total)
        )
    )


def _people(names: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The names that cannot be one student's. A name that only has words of another may be the same student's."""
    people: list[tuple[str, ...]] = []
    for name in sorted(filter(None, names), key=lambda name: (-len(name), name)):
        if len(people) < MANY and not any(set(name) <= set(other) for other in people):
            people.append(name)
    return people


def _two_names(id: str, people: list[tuple[str, ...]]) -> Text:
    names = [" ".join(name) for name in people]
    return both(f"{id} is beside two names, {' and '.join(names)}.", f"{id} 与两个姓名同时出现：{'、'.join(names)}。")
