"""A student's page for a chapter: the score, every check, and the details of each failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlgrade.report import box_pictures, pictures
from dlgrade.report.causes import cause_of
from dlgrade.report.facts import Fact, facts
from dlgrade.report.sentences import (
    lateness_sentence,
    left_out_sentence,
    pending_sentence,
    price_sentences,
    why_not_graded,
)
from dlgrade.report.templating import render, trusted
from dlgrade.results import CheckReport, ClassChapter, ClassResult, Override, Verdict
from dlgrade.text import Text


@dataclass(frozen=True)
class CheckLine:
    """A check as the page shows it.

    `kind` is the CSS class. `explained_by` is an earlier check with the same cause. `picture` is HTML.
    """

    check: CheckReport
    kind: str
    earned: float
    override: Override | None
    facts: list[Fact]
    explained_by: CheckReport | None
    picture: str | None


@dataclass(frozen=True)
class ExerciseSection:
    """An exercise as the page shows it."""

    name: str
    title: Text | None
    lines: list[CheckLine]
    earned: float
    price: Text | None

    @property
    def points(self) -> float:
        return sum(line.check.points for line in self.lines)


def student_page(result: ClassResult, chapter: ClassChapter) -> str:
    """Return a complete page that loads no other file. It holds both languages, and a switch.

    Raises:
        UsageError: jinja2 is not installed.
    """
    exercises = list(_sections(result, chapter))
    checks = {line.check.id for exercise in exercises for line in exercise.lines}
    return render(
        "student.html",
        scripts=("page.js",),
        styles=("page.css", "student.css"),
        result=result,
        chapter=chapter,
        exercises=exercises,
        points=result.report.points if result.report else chapter.points,
        problem=why_not_graded(result),
        lateness=lateness_sentence(result),
        pending=pending_sentence(result),
        left_out=left_out_sentence(result.report) if result.report else None,
        other_overrides=[override for override in result.overrides if override.check not in checks],
    )


def _sections(result: ClassResult, chapter: ClassChapter) -> Iterator[ExerciseSection]:
    if result.report is None:
        return
    decided = {override.check for override in result.overrides}
    prices = price_sentences(result.report, decided=decided)
    for name, checks in result.report.exercises().items():
        causes: dict[object, CheckReport] = {}
        lines = [_line(result, check, causes) for check in checks]
        yield ExerciseSection(
            name, chapter.exercises.get(name), lines, earned=result.earned_in(name), price=prices.get(name)
        )


def _line(result: ClassResult, check: CheckReport, causes: dict[object, CheckReport]) -> CheckLine:
    explained_by = None
    if not check.passed:
        first = causes.setdefault(cause_of(check), check)
        explained_by = first if first is not check else None
    return CheckLine(
        check=check,
        kind=_kind(check),
        earned=result.earned(check),
        override=result.override(check),
        facts=[] if check.passed or (explained_by and _same_words(check, explained_by)) else list(facts(check)),
        explained_by=explained_by,
        picture=None if explained_by else _picture(check),
    )


def _picture(check: CheckReport) -> str | None:
    """Return the picture of a check whose suite declares what its tensors are; other checks have none."""
    detail = check.detail
    if detail.boxes is not None:
        return trusted(box_pictures.html(detail.boxes, None))
    return None if detail.picture is None else trusted(pictures.html(detail.picture, None))


def _kind(check: CheckReport) -> str:
    """Return the CSS class of a line. A bonus check that did not pass is a remark, not a failure."""
    if check.passed:
        return "passed"
    if check.verdict.pending:
        return "pending"
    if check.verdict is Verdict.BLOCKED:
        return "waiting"
    return "unwritten" if check.verdict is Verdict.NOT_IMPLEMENTED else "remark" if check.bonus else "failed"


def _same_words(check: CheckReport, other: CheckReport) -> bool:
    return (check.message, check.detail.got, check.detail.expected) == (
        other.message,
        other.detail.got,
        other.detail.expected,
    )
