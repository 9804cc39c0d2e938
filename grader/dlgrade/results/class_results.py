"""What a class report is made from: everybody's results, with what late submissions cost."""

from __future__ import annotations

import msgspec

from dlgrade.results.report import ChapterReport
from dlgrade.text import Text


class ClassCheck(msgspec.Struct, frozen=True):
    id: str
    exercise: str
    points: float
    bonus: bool
    description: Text


class ClassChapter(msgspec.Struct, frozen=True):
    """A chapter as it was graded; `mistakes` are the known ones' hints by id."""

    id: str
    title: Text
    exercises: dict[str, Text]
    checks: list[ClassCheck]
    mistakes: dict[str, Text]

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)


class Override(msgspec.Struct, frozen=True):
    """Points that staff gave for a check, and why."""

    check: str
    points: float
    why: str


class ClassResult(msgspec.Struct, frozen=True):
    """One student's result for one chapter.

    `report` is None where nothing was handed in (`shown` is None, too) or nothing could be graded (`problem` says why).
    `score` counts overrides; `final` is the score less what being late costs.
    """

    student: str
    name: str
    chapter: str
    shown: str | None = None
    submitted: str | None = None
    report: ChapterReport | None = None
    problem: Text | None = None
    passed_over: tuple[Text, ...] = ()
    overrides: tuple[Override, ...] = ()
    score: float = 0.0
    days_late: int = 0
    final: float = 0.0


class ClassData(msgspec.Struct, frozen=True):
    """A whole class: a result for every student and chapter, those who handed in nothing included."""

    course: Text
    chapters: list[ClassChapter]
    results: list[ClassResult]
    strays: list[Text]
    seed: int
    graded_at: str
    version: str
