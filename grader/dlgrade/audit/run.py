"""Running an audit: made-up submissions mapped over an executor, their outcomes gathered by chapter."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed
from functools import partial
from typing import Literal

from dlgrade.audit import mutants as mutation
from dlgrade.audit.equivalents import equivalents, equivalents_file
from dlgrade.audit.holes import Finder, replayed
from dlgrade.audit.made_up import made_up
from dlgrade.audit.model import ChapterAudit, Hole, MadeUp, Mutants, Outcome, Replay, line_of
from dlgrade.audit.mutants import Mutant
from dlgrade.audit.strict import strict
from dlgrade.course import Chapter, Course
from dlgrade.errors import CourseError
from dlgrade.judge.pool import the_judge
from dlgrade.results.report import ChapterReport, Detail, Verdict
from dlgrade.submission import Submission

Amount = Literal["none", "sample", "all"]  # of mutants
Progress = Callable[[int, int], None]


def grade(one: MadeUp) -> Outcome:
    """Grade a made-up submission the way of a real one, through a worker; in a process of the pool."""
    judge = the_judge()
    chapter = judge.course.chapter(one.chapter)
    submission = Submission.from_source(one.source, f"{chapter.stem}.py")
    if one.kind == "replay":
        report, why = judge.replay(chapter, one.recorded_at, one.seed)
        return Outcome(one, _light(report), why)
    if one.kind != "mutant":
        report = judge.grade(
            chapter, submission, seed=one.seed, shuffle=one.shuffle, training="last" if one.trained else "never"
        )
        return Outcome(one, _light(report))
    if one.focus:
        report = judge.grade(
            chapter, submission, seed=one.seed, keyword=one.focus, stop_at_first=True, training="never"
        )
        if any(check.failed for check in report.checks):
            return Outcome(one, _light(report))
    report = judge.grade(chapter, submission, seed=one.seed, keyword=one.only, stop_at_first=True, training="never")
    return Outcome(one, _light(report))


def _light(report: ChapterReport) -> ChapterReport:
    for check in report.checks:
        check.detail = Detail()
    return report


class Audit:
    """An audit of some chapters on an executor."""

    def __init__(
        self, course: Course, executor: Executor, *, seeds: list[int], progress: Progress | None = None
    ) -> None:
        self.course = course
        self.executor = executor
        self.seeds = seeds
        self.progress = progress
        self.work = grade

    def chapter(self, chapter: Chapter, amount: Amount) -> ChapterAudit:
        """Audit one chapter, with no mutants, a sample of them or all."""
        started = time.monotonic()
        result = ChapterAudit(chapter.id, [], [], 0, 0, Mutants(), Replay(), [])
        try:
            result.holes += strict(self.course, chapter)
            self._variants(chapter, amount, result)
        except CourseError as error:
            files = [path for path in self.course.solution(chapter).rglob("*.*") if str(path) in error.text.en]
            path = (files or [self.course.reference(chapter)])[0]
            found = re.search(r"misconception (\S+):", error.text.en)
            line = line_of(path, f"id: {found[1]}") if found else 1
            result.holes.append(Hole(chapter.id, "files", f"{chapter.id}: {error.text.en}", str(path), line))
        result.seconds = time.monotonic() - started
        return result

    def _variants(self, chapter: Chapter, amount: Amount, result: ChapterAudit) -> None:
        finder = Finder(self.course, chapter)
        every = mutation.mutants(self.course, chapter) if amount != "none" else []  # seconds: made once
        found = mutation.sample(every, self.seeds[0]) if amount == "sample" else every
        outcomes = self._map(
            [*made_up(self.course, chapter, self.seeds), *(m.made_up(chapter, self.seeds[0]) for m in found)]
        )
        plain = [outcome for outcome in outcomes if outcome.made_up.kind != "mutant"]
        result.checks = [check.id for check in plain[0].report.checks] if plain else []
        result.not_run = sorted({check.id for one in plain for check in one.report.checks if check.needs})
        for outcome in plain:
            result.holes += finder.find(outcome)
            result.rows.append(_row(outcome))
            if outcome.made_up.kind == "replay":
                result.replay = replayed(outcome)
        result.holes += finder.stale_answers(plain)
        mistakes = [outcome for outcome in plain if outcome.made_up.kind == "misconception"]
        result.misconceptions = len(mistakes)
        result.named = sum(_is_named(outcome) for outcome in mistakes)
        by_mutants = self._mutation(chapter, every, found, outcomes, result)
        caught = {name for outcome in mistakes for name in outcome.failed} | by_mutants
        self._idle(chapter, finder, result, plain, every, caught)

    def _mutation(
        self, chapter: Chapter, every: list[Mutant], found: list[Mutant], outcomes: list[Outcome], result: ChapterAudit
    ) -> set[str]:
        """The mutation score and its holes; returns the checks that mutants failed."""
        listed = equivalents(self.course, chapter).mutants
        known = {(entry.before, entry.after) for entry in listed}
        fared = {o.made_up.name: o for o in outcomes if o.made_up.kind == "mutant"}
        alive = [m for m in found if not fared[m.name].failed]
        survivors = [m for m in alive if (m.before, m.after) not in known]
        reference = self.course.reference(chapter)
        for mutant in survivors:
            text = f"{mutant.name}: no check notices; add one, or list it in equivalents.yaml with the reason."
            result.holes.append(Hole(chapter.id, "mutant-survived", text, str(reference), mutant.line))
        equal = len(alive) - len(survivors)
        result.mutants = Mutants(killed=len(found) - len(alive), equivalent=equal, survived=len(survivors))
        self._stale_equivalents(chapter, every, found, alive, result)
        return {name for outcome in fared.values() for name in outcome.failed}

    def _stale_equivalents(
        self, chapter: Chapter, every: list[Mutant], found: list[Mutant], alive: list[Mutant], result: ChapterAudit
    ) -> None:
        path = equivalents_file(self.course, chapter)
        killed = {(m.before, m.after) for m in found} - {(m.before, m.after) for m in alive}
        made = {(m.before, m.after) for m in every}
        for entry in equivalents(self.course, chapter).mutants if found else []:
            pair = (entry.before, entry.after)
            if pair in killed or pair not in made:
                state = "is killed" if pair in killed else "is no mutant of the reference"
                text = f"equivalents.yaml: {entry.before!r} -> {entry.after!r} {state}; take the entry out."
                line = line_of(path, entry.after)
                result.holes.append(Hole(chapter.id, "stale-equivalent", text, str(path), line))

    def _idle(
        self, chapter: Chapter, finder: Finder, result: ChapterAudit, plain: list[Outcome], every: list[Mutant],
        caught: set[str],
    ) -> None:  # fmt: skip
        """Checks that catch neither a misconception nor a mutant. Without mutants, easy answers count, too."""
        trained = {check.id for o in plain for check in o.report.checks if check.measured}
        easy = {name for o in plain if o.made_up.kind in ("worthless", "ready-made") for name in o.failed}
        ready = {name for o in plain if o.made_up.kind == "ready-made" for name in o.failed if "from_scratch" in name}
        if not every:
            for check in finder.idle(result.checks, caught | easy | {*result.not_run}):
                result.holes.append(finder.idle_hole(check, "made-up submission"))
            return
        for check in finder.idle(result.checks, caught | ready | (trained & easy) | {*result.not_run}):
            own = [m for m in every if m.exercise in ("", check.partition(".")[0])]
            tries = self._until(own, partial(Mutant.made_up, chapter=chapter, seed=self.seeds[0], only=check))
            if not tries:
                result.holes.append(finder.idle_hole(check, "misconception and no mutant"))

    def _until(self, found: list[Mutant], make: Callable[[Mutant], MadeUp]) -> bool:
        """Whether any of these mutants fails; stops at the first that does."""
        for start in range(0, len(found), 8):
            outcomes = self._map([make(mutant) for mutant in found[start : start + 8]])
            if any(not check.passed for outcome in outcomes for check in outcome.report.checks):
                return True
        return False

    def _map(self, work: list[MadeUp]) -> list[Outcome]:
        """The outcomes in the order of the work."""
        futures: dict[Future[Outcome], int] = {self.executor.submit(self.work, one): i for i, one in enumerate(work)}
        outcomes: dict[int, Outcome] = {}
        for future in as_completed(futures):
            outcomes[futures[future]] = future.result()
            if self.progress is not None:
                self.progress(len(outcomes), len(work))
        return [outcomes[i] for i in range(len(work))]


def _row(outcome: Outcome) -> tuple[str, dict[str, Verdict]]:
    one = outcome.made_up
    names = {
        "right": f"{one.name} (seed {one.seed})",
        "worthless": f"worthless: {one.name}",
        "replay": f"replay of seed {one.recorded_at} at {one.seed}",
    }
    return names.get(one.kind, one.name), {check.id: check.verdict for check in outcome.report.checks}


def _is_named(outcome: Outcome) -> bool:
    failed = [check for check in outcome.report.checks if not check.passed]
    return bool(failed) and all(check.diagnosis == outcome.made_up.name for check in failed)
