"""Runs an audit: grades the made-up submissions of a chapter on an executor, and collects holes and figures."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from typing import Literal

from dlgrade.audit import mutants as mutation
from dlgrade.audit.equivalents import equivalents, equivalents_file
from dlgrade.audit.findings import (
    ChapterAudit,
    Hole,
    MadeUp,
    MutantCounts,
    ReplayScore,
    Trial,
    folded,
    line_of,
)
from dlgrade.audit.holes import HoleFinder, replay_score
from dlgrade.audit.made_up import first_made_up, made_up
from dlgrade.audit.mutants import Mutant
from dlgrade.audit.reference_checks import reference_holes
from dlgrade.audit.strict import strict
from dlgrade.course import Chapter, Course, references
from dlgrade.errors import CourseError
from dlgrade.judge.pool import the_judge
from dlgrade.options import RunOptions
from dlgrade.results import ChapterReport, Detail
from dlgrade.submission import Submission, from_content

Amount = Literal["none", "sample", "all"]  # of mutants
Progress = Callable[[int, int], None]
MUTANTS_AT_A_TIME = 8  # in the search for one mutant that a check catches


def try_out(submission: MadeUp) -> Trial:
    """Grade a made-up submission like a real one, in a worker. Runs in a thread of the pool."""
    judge = the_judge()
    chapter = judge.course.chapter(submission.chapter)
    if submission.kind == "replay":
        graded = judge.replay(chapter, submission.recorded_at, submission.seed)
        return Trial(submission, _stripped(graded.report), graded.why, graded.told)
    if submission.kind == "mutant":
        return Trial(submission, _stripped(_grade_mutant(submission)))
    report = judge.grade(
        chapter,
        _as_handed_in(submission, chapter),
        RunOptions(
            seed=submission.seed,
            shuffle=submission.shuffle,
            training="last" if submission.trained else "never",
            diagnosis="single",
        ),
    )
    return Trial(submission, _stripped(report))


def _as_handed_in(submission: MadeUp, chapter: Chapter) -> Submission:
    if submission.kind != "notebook":
        return Submission.from_source(submission.source, f"{chapter.stem}.py")
    name = f"{chapter.stem}.ipynb"
    return from_content(name, submission.source.encode(), display_name=name)


def _grade_mutant(mutant: MadeUp) -> ChapterReport:
    """Grade until the first check fails. The checks of the changed exercise, which notice most mutants, run first."""
    judge = the_judge()
    chapter = judge.course.chapter(mutant.chapter)
    submission = Submission.from_source(mutant.source, f"{chapter.stem}.py")
    for keyword in [mutant.focus, mutant.only] if mutant.focus else [mutant.only]:
        report = judge.grade(
            chapter,
            submission,
            RunOptions(seed=mutant.seed, keyword=keyword, stop_at_first=True, training="never", diagnosis="none"),
        )
        if any(check.failed for check in report.checks):
            break
    return report


def _stripped(report: ChapterReport) -> ChapterReport:
    for check in report.checks:
        check.detail = Detail()
    return report


class Audit:
    """Audits chapters, one after the other.

    A chapter has five phases. The files are checked first. Starter code and the reference are graded next: nothing else
    is said about checks that they show to be broken. If any check is left, all other made-up submissions are graded
    at once. Mutants are counted. Last, checks that caught nothing are tried on more mutants, until one is caught.
    Holes come in this order, so that causes come before their effects, and holes of the same cause are one.

    A CourseError, such as a suite that does not parse, ends the chapter with a hole. Other errors end the audit.
    The executor belongs to the caller.

    Args:
        course: The course.
        executor: Grades submissions, with judges of this course.
        seeds: Seeds under which right answers are graded.
        tests_references: Run the tests of the references, too, and check their types.
        progress: Is called with the submissions graded so far, and the submissions in all.
    """

    def __init__(
        self,
        course: Course,
        executor: Executor,
        *,
        seeds: Sequence[int],
        tests_references: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.course = course
        self.executor = executor
        self.seeds = list(seeds)
        self.tests_references = tests_references
        self.progress = progress

    def chapter(self, chapter: Chapter, amount: Amount) -> ChapterAudit:
        """Audit one chapter, with this amount of mutants."""
        started = time.monotonic()
        result = ChapterAudit(chapter.id, [], [], 0, 0, MutantCounts(), ReplayScore(), [])
        files, own = 0, list[Hole]()
        with ThreadPoolExecutor(1) as beside:
            tested = beside.submit(reference_holes, self.course, chapter) if self.tests_references else None
            try:
                result.holes += strict(self.course, chapter)
                files = len(result.holes)
                self._grade(chapter, amount, result)
            except CourseError as error:
                files = files or len(result.holes)
                result.holes.append(self._hole_of(error, chapter))
            own += tested.result() if tested else []
        result.holes = folded([*result.holes[:files], *own, *result.holes[files:]])
        result.seconds = time.monotonic() - started
        return result

    def _hole_of(self, error: CourseError, chapter: Chapter) -> Hole:
        """A hole at the file and the misconception that the error's message names."""
        files = [path for path in self.course.solution(chapter).rglob("*.*") if str(path) in error.text.en]
        path = (files or [self.course.reference(chapter)])[0]
        misconception = re.search(r"misconception (\S+):", error.text.en)
        line = line_of(path, f"id: {misconception[1]}") if misconception else 1
        return Hole(chapter.id, "files", f"{chapter.id}: {error.text.en}", str(path), line)

    def _grade(self, chapter: Chapter, amount: Amount, result: ChapterAudit) -> None:
        finder = HoleFinder(self.course, chapter)
        first = self._map(list(first_made_up(self.course, chapter, self.seeds)))
        result.checks = [check.id for check in first[0].report.checks]
        result.holes += finder.of_references(first)
        if finder.broken.issuperset(result.checks):
            self._note_trials(first, result)
            return
        chosen = self._mutants(chapter, amount)
        mutants = [mutant.made_up(chapter, self.seeds[0]) for mutant in chosen]
        trials = self._map([*made_up(self.course, chapter, self.seeds), *mutants])
        others, mutant_trials = trials[: len(trials) - len(mutants)], trials[len(trials) - len(mutants) :]
        others_apply = not any(hole.path == str(finder.misconceptions_file) for hole in result.holes)
        self._note_trials([*first, *others], result)
        result.holes += finder.notebooks([*first, *others])
        result.holes += finder.of_others(
            others, misconceptions_apply=others_apply and result.misconceptions == len(finder.misconceptions)
        )
        alive = [mutant for mutant, trial in zip(chosen, mutant_trials, strict=True) if not trial.failed]
        self._count_mutants(chapter, chosen, alive, result)
        if chosen:
            result.holes += self._stale_equivalents(chapter, chosen, alive)
        if finder.misconceptions_right:
            caught_mutants = {check for trial in mutant_trials for check in trial.failed}
            idle = _idle_checks(result, [*first, *others], caught_mutants, with_mutants=bool(chosen))
            idle = [check for check in idle if check not in finder.broken]
            result.holes += self._idle_holes(chapter, finder, idle, with_mutants=bool(chosen))

    def _mutants(self, chapter: Chapter, amount: Amount) -> list[Mutant]:
        if amount == "sample":
            return mutation.sample(self.course, chapter, self.seeds[0])
        return list(mutation.mutants(self.course, chapter)) if amount == "all" else []

    def _note_trials(self, trials: list[Trial], result: ChapterAudit) -> None:
        """Fill in the rows and figures of the submissions that are not mutants."""
        result.not_run = sorted({check.id for trial in trials for check in trial.report.checks if check.needs})
        for trial in trials:
            result.rows.append((_row_name(trial.made_up), {check.id: check.verdict for check in trial.report.checks}))
            if trial.made_up.kind == "replay":
                result.replay = replay_score(trial)
        misconceptions = [trial for trial in trials if trial.made_up.kind == "misconception"]
        result.misconceptions = len(misconceptions)
        result.named = sum(_is_named(trial) for trial in misconceptions)

    def _count_mutants(self, chapter: Chapter, chosen: list[Mutant], alive: list[Mutant], result: ChapterAudit) -> None:
        """Count the mutants. Each survivor that is not listed as equivalent is a hole."""
        listed = {(entry.before, entry.after) for entry in equivalents(self.course, chapter).mutants}
        survivors = [mutant for mutant in alive if mutant.change not in listed]
        reference = references.read(self.course, chapter)
        for mutant in survivors:
            _, path, line = reference.lines[mutant.line - 1]
            text = "no check notices; add one, or list it in equivalents.yaml with the reason."
            result.holes.append(
                Hole(chapter.id, "mutant-survived", text, str(path), line, f"{mutant.before} -> {mutant.after}")
            )
        result.survivors = [mutant.change for mutant in survivors]
        result.mutants = MutantCounts(len(chosen) - len(alive), len(alive) - len(survivors), len(survivors))

    def _stale_equivalents(self, chapter: Chapter, chosen: list[Mutant], alive: list[Mutant]) -> list[Hole]:
        """Holes for listed mutants that are killed, or that the operators cannot make.

        Args:
            chapter: The chapter.
            chosen: The mutants that were graded.
            alive: The mutants that passed all checks.
        """
        path = equivalents_file(self.course, chapter)
        killed = {mutant.change for mutant in chosen} - {mutant.change for mutant in alive}
        entries = equivalents(self.course, chapter).mutants
        # The place of a line decides which of its mutants are made. An entry may name a mutant that is left out.
        existing = mutation.possible_changes(self.course, chapter, {entry.before for entry in entries})
        holes = []
        for entry in entries:
            change = (entry.before, entry.after)
            if change in killed or change not in existing:
                state = "is killed" if change in killed else "is no mutant of the reference"
                text = f"equivalents.yaml: {entry.before!r} -> {entry.after!r} {state}; take the entry out."
                holes.append(Hole(chapter.id, "stale-equivalent", text, str(path), line_of(path, entry.after)))
        return holes

    def _idle_holes(self, chapter: Chapter, finder: HoleFinder, idle: list[str], *, with_mutants: bool) -> list[Hole]:
        """Holes for the idle checks. With mutants, a check gets a last chance: all mutants of its exercise, alone."""
        if not with_mutants:
            return [finder.idle_hole(check, "made-up submission") for check in idle]
        return [
            finder.idle_hole(check, "misconception and no mutant")
            for check in idle
            if not self._catches_any(chapter, check)
        ]

    def _catches_any(self, chapter: Chapter, check: str) -> bool:
        """Return whether a check fails any mutant of its exercise. Stops after the first few that have one."""
        mutants = mutation.mutants(self.course, chapter, exercise=check.partition(".")[0])
        while few := list(itertools.islice(mutants, MUTANTS_AT_A_TIME)):
            trials = self._map([mutant.made_up(chapter, self.seeds[0], only=check) for mutant in few])
            if any(not each.passed for trial in trials for each in trial.report.checks):
                return True
        return False

    def _map(self, submissions: list[MadeUp]) -> list[Trial]:
        """The trials, in the order of the submissions."""
        places: dict[Future[Trial], int] = {
            self.executor.submit(try_out, submission): place for place, submission in enumerate(submissions)
        }
        trials: dict[int, Trial] = {}
        for future in as_completed(places):
            trials[places[future]] = future.result()
            if self.progress is not None:
                self.progress(len(trials), len(submissions))
        return [trials[place] for place in range(len(submissions))]


def _idle_checks(
    result: ChapterAudit, trials: list[Trial], caught_mutants: set[str], *, with_mutants: bool
) -> list[str]:
    """The checks that have caught neither a misconception nor a mutant, nor spoilt arguments.

    Without mutants it is enough for a check to fail a worthless answer or a forbidden call, or to wait for a check
    that a worthless answer fails. With mutants it is enough for two kinds of checks: checks that train, as mutants
    do not run them, and `from_scratch`, as no mutant makes such calls.
    """
    by_kind: dict[str, set[str]] = {}
    for trial in trials:
        worthless = trial.made_up.kind == "worthless"
        by_kind.setdefault(trial.made_up.kind, set()).update(trial.failed, trial.waiting if worthless else ())
    caught = by_kind.get("misconception", set()) | by_kind.get("spoiling", set()) | caught_mutants
    easy = by_kind.get("worthless", set()) | by_kind.get("forbidden", set())
    if with_mutants:
        trained = {check.id for trial in trials for check in trial.report.checks if check.measured}
        from_scratch = {check for check in by_kind.get("forbidden", set()) if "from_scratch" in check}
        easy = (trained & easy) | from_scratch
    return [check for check in result.checks if check not in caught | easy | {*result.not_run}]


def _row_name(submission: MadeUp) -> str:
    names = {
        "right": f"{submission.name} (seed {submission.seed})",
        "notebook": f"{submission.name} as a notebook",
        "worthless": f"worthless: {submission.name}",
        "replay": f"replay of seed {submission.recorded_at} at {submission.seed}",
    }
    return names.get(submission.kind, submission.name)


def _is_named(trial: Trial) -> bool:
    """Return whether every check that the misconception fails names it."""
    failed = [check for check in trial.report.checks if check.id in trial.failed]
    return bool(failed) and all(check.diagnosis == trial.made_up.name for check in failed)
