"""What a class's results say about its checks: which are failed, by whom, and from which mistakes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlgrade.report.sentences import PENDING
from dlgrade.results.class_results import ClassChapter, ClassCheck, ClassData, ClassResult
from dlgrade.results.report import CheckReport, Verdict
from dlgrade.text import Text


@dataclass(frozen=True)
class Item:
    """A check over all who were graded on it.

    `separation` is the point-biserial correlation of passing it with the score of the chapter's other checks; None
    where either does not vary.
    """

    chapter: str
    check: ClassCheck
    graded: int
    failing: int
    separation: float | None


@dataclass
class Mistake:
    """A known misconception and those whose values were its own."""

    chapter: str
    id: str
    hint: Text
    students: list[ClassResult] = field(default_factory=list)


@dataclass
class Undecided:
    """A check that did not run, or in which the grader failed, and for whom."""

    chapter: str
    check: CheckReport
    students: list[ClassResult] = field(default_factory=list)


@dataclass(frozen=True)
class Spread:
    """A chapter's scores, lateness counted, as shares of its points from 0 to 1."""

    chapter: ClassChapter
    shares: tuple[float, ...]
    nothing: int
    ungraded: int

    @property
    def graded(self) -> int:
        return len(self.shares)

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.shares) if self.shares else None

    @property
    def median(self) -> float | None:
        return statistics.median(self.shares) if self.shares else None

    @property
    def full(self) -> int:
        return sum(share >= 1 - 1e-9 for share in self.shares)


def by_chapter(data: ClassData) -> dict[str, list[ClassResult]]:
    """The results of each chapter, those without a submission included."""
    found: dict[str, list[ClassResult]] = {chapter.id: [] for chapter in data.chapters}
    for result in data.results:
        found[result.chapter].append(result)
    return found


def spread(chapter: ClassChapter, results: Sequence[ClassResult]) -> Spread:
    graded = [result for result in results if result.report is not None]
    shares = tuple(result.final / chapter.points if chapter.points else 0.0 for result in graded)
    nothing = sum(result.shown is None for result in results)
    return Spread(chapter, shares, nothing, len(results) - nothing - len(graded))


def items(chapter: ClassChapter, results: Sequence[ClassResult]) -> Iterator[Item]:
    """Every check of a chapter, judged by what submissions did: what staff decided later says nothing about it."""
    reports = [result.report for result in results if result.report is not None]
    scores = [report.score for report in reports]
    outcomes = [{check.id: check for check in report.checks} for report in reports]
    for check in chapter.checks:
        passed, rest = [], []
        for score, outcome in zip(scores, outcomes, strict=True):
            found = outcome.get(check.id)
            if found is not None and found.verdict not in PENDING:
                passed.append(found.passed)
                rest.append(score - found.earned)
        yield Item(chapter.id, check, len(passed), passed.count(False), correlation(passed, rest))


def correlation(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The point-biserial correlation, which is Pearson's with 0 and 1; None where one side does not vary.

    >>> round(correlation([False, False, True, True], [1, 2, 3, 4]), 3)
    0.894
    """
    n = len(passed)
    ones = sum(passed)
    if ones in (0, n):
        return None
    mean = statistics.fmean(rest)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in rest) / n)
    if deviation < 1e-9:
        return None
    high = sum(one for one, met in zip(rest, passed, strict=True) if met) / ones
    return (high - mean) / deviation * math.sqrt(ones / (n - ones))


def mistakes(chapter: ClassChapter, results: Sequence[ClassResult]) -> list[Mistake]:
    """The diagnosed misconceptions, the most frequent first; a student counts once for each."""
    found: dict[str, Mistake] = {}
    for result in results:
        diagnosed = {check.diagnosis: check for check in (result.report.checks if result.report else [])}
        for name, check in diagnosed.items():
            if name is not None:
                hint = chapter.mistakes.get(name) or check.hint or check.description
                found.setdefault(name, Mistake(chapter.id, name, hint)).students.append(result)
    return sorted(found.values(), key=lambda mistake: (-len(mistake.students), mistake.id))


def undecided(results: Sequence[ClassResult]) -> Iterator[Undecided]:
    """Checks without a verdict on the work, each with its students."""
    found: dict[tuple[str, Verdict], Undecided] = {}
    for result in results:
        for check in result.report.checks if result.report else []:
            if check.verdict in PENDING:
                one = found.setdefault((check.id, check.verdict), Undecided(result.chapter, check))
                one.students.append(result)
    yield from found.values()
