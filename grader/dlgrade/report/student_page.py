"""A student's page for a chapter: what the score is made of, what went wrong, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlgrade.report.facts import Fact, facts
from dlgrade.report.sentences import PENDING, VERDICTS, earned, lateness, openness, overrides_of, why_not_graded
from dlgrade.report.templating import render
from dlgrade.results.class_results import ClassChapter, ClassResult, Override
from dlgrade.results.report import CheckReport, Verdict
from dlgrade.text import Text


@dataclass(frozen=True)
class Line:
    """A check as the page shows it. `told` is the check above that has the same cause, and says it."""

    check: CheckReport
    verdict: Text
    kind: str
    earned: float
    override: Override | None
    facts: list[Fact]
    told: CheckReport | None


@dataclass(frozen=True)
class Exercise:
    name: str
    title: Text | None
    lines: list[Line]

    @property
    def points(self) -> float:
        return sum(line.check.points for line in self.lines)

    @property
    def earned(self) -> float:
        return sum(line.earned for line in self.lines)


def student_page(result: ClassResult, chapter: ClassChapter, seed: int | None = None) -> str:
    """A whole page, which needs nothing but itself; both languages are in it, and a switch.

    With the seed of the batch the page says how to repeat a failure at home with the same inputs.

    Raises:
        UsageError: jinja2 is not installed.
    """
    exercises = list(_exercises(result, chapter))
    known = {line.check.id for exercise in exercises for line in exercise.lines}
    return render(
        "student.html",
        scripts=("page.js",),
        styles=("page.css", "student.css"),
        result=result,
        chapter=chapter,
        seed=seed,
        exercises=exercises,
        points=result.report.points if result.report else chapter.points,
        problem=why_not_graded(result),
        lateness=lateness(result),
        openness=openness(result),
        other_overrides=[override for override in result.overrides if override.check not in known],
    )


def _exercises(result: ClassResult, chapter: ClassChapter) -> Iterator[Exercise]:
    overrides = overrides_of(result)
    for name, checks in (result.report.exercises() if result.report else {}).items():
        causes: dict[object, CheckReport] = {}
        lines = [_line(check, overrides, causes) for check in checks]
        yield Exercise(name, chapter.exercises.get(name), lines)


def _line(check: CheckReport, overrides: dict[str, Override], causes: dict[object, CheckReport]) -> Line:
    told = None
    if not check.passed:
        first = causes.setdefault(_cause(check), check)
        told = first if first is not check else None
    return Line(
        check=check,
        verdict=VERDICTS[check.verdict],
        kind=_kind(check),
        earned=earned(check, overrides),
        override=overrides.get(check.id),
        facts=[] if check.passed or (told and _same_words(check, told)) else list(facts(check)),
        told=told,
    )


def _kind(check: CheckReport) -> str:
    """What colours a line: a bonus that is not met is a remark, no failure."""
    if check.passed:
        return "passed"
    if check.verdict in PENDING:
        return "pending"
    return "unwritten" if check.verdict is Verdict.NOT_IMPLEMENTED else "remark" if check.bonus else "failed"


def _cause(check: CheckReport) -> object:
    """Checks with equal causes are explained once."""
    if check.diagnosis:
        return check.diagnosis
    return (check.verdict, check.message, tuple((frame.file, frame.line) for frame in check.detail.frames[-1:]))


def _same_words(check: CheckReport, told: CheckReport) -> bool:
    return (check.message, check.detail.got, check.detail.expected) == (
        told.message,
        told.detail.got,
        told.detail.expected,
    )
