"""Students, and the work that they handed in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
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
        submitted: The time. Without a zone, it is in the zone of the due times. None if unknown.
        passed_over: A sentence for each other version.
        source: The place of the file, the same wherever dlgrade is started.
        content: A digest of the submission.
        why: Where the student is named: the folder, the file's name, the platform.
    """

    student: str
    chapter: str
    display_name: str
    submission: Submission | None = None
    problem: Text | None = None
    submitted: datetime | None = None
    passed_over: tuple[Text, ...] = ()
    source: str = ""
    content: str | None = None
    why: Text | None = None


@dataclass(frozen=True)
class Recorded:
    """A hand-in as the gradebook has it.

    Args:
        content: The digest of the submission.
        submitted: The time. None if unknown.
    """

    content: str
    submitted: datetime | None


@dataclass(frozen=True)
class Batch:
    """Everything that was read.

    Args:
        students: The class: the roster, or everybody who handed in something.
        hand_ins: One for each student and chapter.
        strays: Sentences about files that belong to no student or no chapter.
        notes: Sentences about times that are not known.
        owners: The ids of the students of each file that was read, by the file's source.
        is_gone: Tells whether a source of an earlier batch exists no more. None if that is not known.
        canvas_ids: The ids of students that are Canvas' own numbers, because nothing else is known.
        unassigned: How many files may be hand-ins and belong to no student or chapter.
    """

    students: tuple[Student, ...]
    hand_ins: tuple[HandIn, ...]
    strays: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    owners: Mapping[str, Collection[str]] = field(default_factory=dict)
    is_gone: Callable[[str], bool | None] = lambda _source: None
    canvas_ids: frozenset[str] = frozenset()
    unassigned: int = 0
