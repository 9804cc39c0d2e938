"""Marks that a run changes, and overrides that staff must decide about again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from dlgrade.batch.book.gradebook import Gradebook, Owner, Standing
from dlgrade.batch.grade_class import GradingPlan, Job
from dlgrade.batch.hand_ins import HandIn
from dlgrade.results import number
from dlgrade.text import Text, both

MOST_CHECKS = 3  # named in a line


class Change(msgspec.Struct, frozen=True):
    """A mark that another mark replaces. `checks` have other points than before: `batch_norm.eps: 2 -> 0`."""

    student: str
    chapter: str
    before: float
    before_points: float
    after: float
    after_points: float
    checks: list[str]

    @property
    def gain(self) -> float:
        """The change of the share of the points, which may have another maximum now."""
        return self.after / (self.after_points or 1) - self.before / (self.before_points or 1)

    @property
    def line(self) -> str:
        some = ", ".join(self.checks[:MOST_CHECKS]) + (" ..." if len(self.checks) > MOST_CHECKS else "")
        before = f"{number(self.before)}/{number(self.before_points)}"
        after = f"{number(self.after)}/{number(self.after_points)}"
        return f"{self.student} {self.chapter}: {before} -> {after}" + (f" ({some})" if some else "")


@dataclass(frozen=True)
class _Mark:
    """A mark without the details of its report."""

    score: float
    points: float
    earned: Mapping[str, float]


def _mark(standing: Standing) -> _Mark | None:
    report = standing.report
    if report is None:
        return None
    given = {override.check: override.points for override in standing.overrides}
    earned = {check.id: given.get(check.id, check.earned) for check in report.checks}
    return _Mark(standing.score, report.points, earned)


class Marks:
    """The marks of hand-ins that a plan gives another run, from before the run."""

    def __init__(self, book: Gradebook, plan: GradingPlan) -> None:
        current = book.current_runs()
        self.book = book
        self.runs = {_owner(h): (job, h) for job in plan.todo + plan.done for h in job.hand_ins}
        replaced = {owner for owner, (job, _) in self.runs.items() if current.get(owner, job.key) != job.key}
        self.before = {(s.student, s.chapter): mark for s in book.standings(replaced) if (mark := _mark(s))}

    def changes(self) -> list[Change]:
        """Return the marks that are others now, the largest losses first."""
        return _sorted(self._compared(book_standing) for book_standing in self.book.standings(set(self.before)))

    def preview(self) -> list[Change]:
        """Return the marks that would be others if the runs of the plan counted."""
        keys = {owner: self.runs[owner][0].key for owner in self.before}
        reports = dict(self.book.reports(set(keys.values())))
        found = []
        for standing in self.book.standings(set(self.before)):
            job, hand_in = self.runs[standing.student, standing.chapter]
            if job.key in reports:
                found.append(self._compared(_with_run(standing, job, hand_in, reports)))
        return _sorted(found)

    def _compared(self, standing: Standing) -> Change | None:
        before, after = self.before[standing.student, standing.chapter], _mark(standing)
        if after is None or (after.score, after.points, after.earned) == (before.score, before.points, before.earned):
            return None
        checks = [
            f"{check}: {_shown(before.earned.get(check))} -> {_shown(after.earned.get(check))}"
            for check in dict.fromkeys((*before.earned, *after.earned))
            if before.earned.get(check) != after.earned.get(check)
        ]
        return Change(
            standing.student, standing.chapter, before.score, before.points, after.score, after.points, checks
        )


def _owner(hand_in: HandIn) -> Owner:
    return hand_in.student, hand_in.chapter


def _with_run(standing: Standing, job: Job, hand_in: HandIn, reports: Mapping[str, object]) -> Standing:
    overrides = standing.overrides if standing.content == hand_in.content else ()
    return replace(standing, run=job.key, report=reports[job.key], overrides=overrides)  # type: ignore[arg-type]


def _shown(points: float | None) -> str:
    return "-" if points is None else number(points)


def _sorted(changes: Iterable[Change | None]) -> list[Change]:
    found = [change for change in changes if change is not None]
    return sorted(found, key=lambda change: (change.gain, change.student, change.chapter))


def questions(book: Gradebook) -> list[Text]:
    """The overrides that were given for an earlier submission, each with the commands that decide about it."""
    return [
        _question(standing, check=override.check, points=override.points, why=override.why)
        for standing in book.standings()
        for override in standing.undecided
    ]


def _question(standing: Standing, *, check: str, points: float, why: str) -> Text:
    work = f"{shlex.quote(standing.student)} {standing.chapter}.{check}"
    keep = f"dlgrade override {work} {number(points)} --why {shlex.quote(why)}"
    drop = f"dlgrade override {work} --drop --why ..."
    worth = {check.id: check.points for check in standing.report.checks} if standing.report else {}
    subject = both(
        f"{standing.student} {standing.chapter}: the {number(points)} points for {check} ",
        f"{standing.student} {standing.chapter}：{check} 的 {number(points)} 分",
    )
    if check not in worth:
        return subject + both(f"are for a check that exists no more: {drop}", f"属于已不存在的检查项：{drop}")
    return subject + both(
        f"were given for an earlier submission or suite; the check is worth {number(worth[check])}. "
        f"Keep them: {keep}; or not: {drop}",
        f"是为较早的提交或评分用例给的；该检查项现为 {number(worth[check])} 分。保留：{keep}；不保留：{drop}",
    )
