"""Students, and the work that they handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dlgrade.submission import Submission
from dlgrade.text import Text


@dataclass(frozen=True)
class Student:
    """A student. `id` is the roster's id, or without a roster the name that the hand-in came with."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def display_name(self) -> str:
        return f"{self.name} ({self.id})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True)
class HandIn:
    """The version of a student's work on a chapter that counts: a submission, or the reason it cannot be graded.

    Args:
        student: The student's id.
        chapter: The chapter's id.
        display_name: The place of the file, as people write it: `submissions/ada/ch28.py`, `export.zip: ada_ch28.py`,
            `student/ada: ch28.py`.
        submission: The submission, unless there is a problem.
        problem: Why the work cannot be graded.
        submitted: The time, with its time zone. None if unknown.
        passed_over: A sentence for each other version.
        why: Where the student is named: the folder, the file's name, the platform.
    """

    student: str
    chapter: str
    display_name: str
    submission: Submission | None = None
    problem: Text | None = None
    submitted: datetime | None = None
    passed_over: tuple[Text, ...] = ()
    why: Text | None = None


@dataclass(frozen=True)
class Batch:
    """Everything that was read. `strays` are sentences about files that belong to no student or no chapter."""

    students: tuple[Student, ...]
    hand_ins: tuple[HandIn, ...]
    strays: tuple[Text, ...] = ()
