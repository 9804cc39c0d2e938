"""The statistics of a class: the checks that students fail, who fails them, and the misconceptions behind them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlgrade.results import CheckReport, ClassChapter, ClassCheck, ClassData, ClassResult, Verdict
from dlgrade.text import Text


@dataclass(frozen=True)
class Item:
    """One check, over all students who were graded on it.

    `separation` is the point-biserial correlation between passing this check and the score of the chapter's other
    checks. It is None if either of the two does not vary.
    """

    chapter: str
    check: ClassCheck
    graded: int
    failing: int
    separation: float | None


@dataclass
class Diagnosed:
    """A misconception, and the students whose values were those of the misconception."""

    chapter: str
    id: str
    hint: Text
    students: list[ClassResult] = field(default_factory=list)


@dataclass
class Undecided:
    """A check without a decision: it did not run, or the grader failed. With the students it concerns."""

    chapter: str
    check: CheckReport
    students: list[ClassResult] = field(default_factory=list)


@dataclass(frozen=True)
class Spread:
    """The scores of a chapter after late penalties, as shares of its points from 0 to 1."""

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
        """Return the number of full scores."""
        return sum(share >= 1 - 1e-9 for share in self.shares)


def by_chapter(data: ClassData) -> dict[str, list[ClassResult]]:
    """Return the results of each chapter, also those without a submission."""
    results: dict[str, list[ClassResult]] = {chapter.id: [] for chapter in data.chapters}
    for result in data.results:
        results[result.chapter].append(result)
    return results


def spread(chapter: ClassChapter, results: Sequence[ClassResult]) -> Spread:
    """Return how the scores of a chapter are spread."""
    graded = [result for result in results if result.report is not None]
    shares = tuple(result.final / chapter.points if chapter.points else 0.0 for result in graded)
    nothing = sum(result.shown is None for result in results)
    return Spread(chapter, shares, nothing, len(results) - nothing - len(graded))


def items(chapter: ClassChapter, results: Sequence[ClassResult]) -> Iterator[Item]:
    """Yield the statistics of every check of a chapter. Overrides and prices say nothing about a check.

    So neither counts, and neither does a student whose check waits for another.
    """
    reports = [result.report for result in results if result.report is not None]
    scores = [report.raw_score for report in reports]
    outcomes = [{check.id: check for check in report.checks} for report in reports]
    for check in chapter.checks:
        passed, rest = [], []
        for score, outcome in zip(scores, outcomes, strict=True):
            report = outcome.get(check.id)
            if report is not None and not report.verdict.pending and report.verdict is not Verdict.BLOCKED:
                passed.append(report.passed)
                rest.append(score - report.earned)
        yield Item(chapter.id, check, len(passed), passed.count(False), correlation(passed, rest))


def correlation(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """Return the point-biserial correlation: Pearson's, with 0 and 1 for `passed`. None if either side does not vary.

    >>> round(correlation([False, False, True, True], [1, 2, 3, 4]), 3)
    0.894
    """
    n = len(passed)
    ones = sum(passed)
    if ones in (0, n):
        return None
    mean = statistics.fmean(rest)
    deviation = math.sqrt(sum((score - mean) ** 2 for score in rest) / n)
    if deviation < 1e-9:
        return None
    high = sum(score for score, met in zip(rest, passed, strict=True) if met) / ones
    return (high - mean) / deviation * math.sqrt(ones / (n - ones))


def diagnosed(chapter: ClassChapter, results: Sequence[ClassResult]) -> list[Diagnosed]:
    """Return the diagnosed misconceptions, the most frequent first. A student counts once for each."""
    by_id: dict[str, Diagnosed] = {}
    for result in results:
        diagnoses = {check.diagnosis: check for check in (result.report.checks if result.report else [])}
        for name, check in diagnoses.items():
            if name is not None:
                hint = chapter.misconceptions.get(name) or check.hint or check.description
                by_id.setdefault(name, Diagnosed(chapter.id, name, hint)).students.append(result)
    return sorted(by_id.values(), key=lambda entry: (-len(entry.students), entry.id))


def undecided(results: Sequence[ClassResult]) -> Iterator[Undecided]:
    """Yield the checks without a decision, each with its students."""
    entries: dict[tuple[str, Verdict], Undecided] = {}
    for result in results:
        for check in result.report.checks if result.report else []:
            if check.verdict.pending:
                entry = entries.setdefault((check.id, check.verdict), Undecided(result.chapter, check))
                entry.students.append(result)
    yield from entries.values()
