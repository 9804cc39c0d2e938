"""What a batch is made of: students, and what they handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dlgrade.submission import Submission
from dlgrade.text import Text


@dataclass(frozen=True)
class Student:
    """`id` is what the gradebook files results under: the roster's id, else the name that the hand-in came with."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def shown(self) -> str:
        return f"{self.name} ({self.id})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True)
class HandIn:
    """What counts of one student's versions of one chapter: a submission that can be graded, or why it cannot.

    `shown` says where it was found, as people would write it: `submissions/ada/ch28.py`, `export.zip: ada_ch28.py`,
    `student/ada: ch28.py`. `submitted` is aware of its time zone. `passed_over` are the other versions, in words.
    """

    student: str
    chapter: str
    shown: str
    submission: Submission | None = None
    problem: Text | None = None
    submitted: datetime | None = None
    passed_over: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Batch:
    """All that was read. `strays` are files that belong to no student or no chapter, and why, in words."""

    students: tuple[Student, ...]
    hand_ins: tuple[HandIn, ...]
    strays: tuple[Text, ...] = ()
