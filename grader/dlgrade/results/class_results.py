"""The results of a class: each student's report for each chapter, with overrides and late penalties."""

from __future__ import annotations

import msgspec

from dlgrade.results.report import ChapterReport, CheckReport
from dlgrade.text import Text, both


class ClassCheck(msgspec.Struct, frozen=True):
    """A check of a chapter, without a result."""

    id: str
    exercise: str
    points: float
    bonus: bool
    description: Text


class ClassChapter(msgspec.Struct, frozen=True):
    """A chapter as it was graded. `misconceptions` maps the id of each misconception to its hint."""

    id: str
    title: Text
    exercises: dict[str, Text]
    checks: list[ClassCheck]
    misconceptions: dict[str, Text]

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)


class Override(msgspec.Struct, frozen=True):
    """Points that staff gave for a check, and the reason."""

    check: str
    points: float
    why: str


class ClassResult(msgspec.Struct, frozen=True):
    """The result of one student for one chapter.

    Attributes:
        shown: the name of the submission; None if nothing was handed in.
        report: None if nothing was handed in, nothing could be graded, or nothing has been graded yet.
        problem: why the submission cannot be graded.
        passed_over: a sentence for each other version of the submission.
        overrides: points that staff gave for checks of this submission.
        undecided: overrides for an earlier submission; staff must decide about them again.
        stale: the report was made with another suite, seed or rule than the last run of the chapter.
        score: the points, with overrides and prices.
        days_late: None if the chapter has a due time, and nobody knows when the submission came.
        final: the score less the late penalty.
        due: when it was due, for this student; None if the chapter has no due time.
        extension: the reason why this student has more time, which only staff reads; empty without an extension.
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
    undecided: tuple[Override, ...] = ()
    stale: bool = False
    score: float = 0.0
    days_late: int | None = 0
    final: float = 0.0
    due: str | None = None
    extension: str = ""

    def override(self, check: CheckReport) -> Override | None:
        """Return the override of a check, if staff made one."""
        return next((override for override in reversed(self.overrides) if override.check == check.id), None)

    def earned(self, check: CheckReport) -> float:
        """Return the points of a check. An override replaces the points that the check earned."""
        override = self.override(check)
        return check.earned if override is None else override.points

    def earned_in(self, exercise: str) -> float:
        """Return the points of an exercise, with overrides and its price."""
        if self.report is None:
            return 0.0
        raw = sum(self.earned(check) for check in self.report.checks if check.exercise == exercise)
        return raw + self.report.refund(exercise, decided={override.check for override in self.overrides})

    def is_pending(self, check: CheckReport) -> bool:
        """Return whether the points of a check are open: it has no decision, and no override."""
        return check.verdict.pending and self.override(check) is None

    @property
    def pending(self) -> float:
        """Return the points that are still open."""
        checks = self.report.checks if self.report else []
        return sum(check.points for check in checks if self.is_pending(check))

    @property
    def is_open(self) -> bool:
        """Return whether the score may change: it has pending points or an override to confirm, or no run has ended."""
        if self.report is None:
            return self.shown is not None and self.problem is None
        return bool(self.pending or self.undecided)


class ClassData(msgspec.Struct, frozen=True):
    """A whole class: a result for every student and chapter, also for students who handed in nothing.

    Attributes:
        strays: sentences about files that belong to nobody, or to no chapter.
        notes: sentences about times that are not known.
    """

    course: Text
    chapters: list[ClassChapter]
    results: list[ClassResult]
    strays: list[Text]
    seed: int
    graded_at: str
    version: str
    notes: list[Text] = []

    @property
    def untimed(self) -> list[ClassResult]:
        """Return the results whose lateness is not known."""
        return [result for result in self.results if result.days_late is None]

    @property
    def untimed_sentence(self) -> Text | None:
        """Return the number of results whose lateness is not known as a sentence; None if there are none."""
        unknown = len(self.untimed)
        total = sum(result.shown is not None and result.due is not None for result in self.results)
        if not unknown:
            return None
        return both(
            f"{unknown} of {total} submission times unknown: lateness not known, no late rule applied.",
            f"{total} 份提交中有 {unknown} 份提交时间不详：无法判断是否迟交，未扣迟交分。",
        )
