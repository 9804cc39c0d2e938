"""The judge: grades one submission after another, on one set of workers."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlgrade.course import Chapter, Course
from dlgrade.errors import CourseError, UsageError
from dlgrade.judge.messages import CheckCallback
from dlgrade.judge.plugin import Listener, Running
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.remote import PRIVATE
from dlgrade.options import DEFAULT_RUN, Device, Diagnosis, Pictures, RunOptions, SandboxMode, WorkerMode
from dlgrade.results import ChapterReport, Verdict
from dlgrade.submission import Submission
from dlgrade.text import Text, both
from dlgrade.worker.limits import Limits
from dlgrade.worker.warm import use_one_thread

if TYPE_CHECKING:
    from dlgrade.judge.check import Declared
    from dlgrade.judge.content import Content
    from dlgrade.judge.grading import Accelerator, Grading, StandIn
    from dlgrade.judge.suite import Suite
    from dlgrade.workers.sources import WorkerSource


class Judge:
    """Grades submissions of a course, one after another. A context manager that opens and ends its workers.

    `open` comes first, and opens the workers; only then may suites and references be read, which no worker may inherit.
    A chapter's suite, reference and misconceptions are read at its first submission, and kept. `grade` blocks until
    the report is complete. An exception in the middle of a run leaves the judge usable.

    Args:
        course: where chapters, suites and references are.
        sandbox: "require" refuses to grade without the whole sandbox, "off" does without.
        workers: whether workers are forked or started as programs.
        device: where checks that need a GPU train.
        limits: of each submission; `source` brings its own.
        source: makes the workers; by default a fork server from a nursery of the judge's own.
    """

    workers: WorkerSource
    accelerator: Accelerator | None

    def __init__(
        self,
        course: Course,
        *,
        sandbox: SandboxMode = "auto",
        workers: WorkerMode = "auto",
        device: Device = "auto",
        limits: Limits | None = None,
        source: WorkerSource | None = None,
    ) -> None:
        self.course = course
        self.sandbox: SandboxMode = sandbox
        self.worker_mode: WorkerMode = workers
        self.device: Device = device
        self.limits = limits or Limits()
        self.source = source
        self.contents: dict[str, Content] = {}
        self.suites: dict[str, Suite] = {}

    def __enter__(self) -> Judge:
        return self.open()

    def open(self) -> Judge:
        """Open the workers, and return the judge.

        Raises:
            SandboxError: the sandbox is required, and parts of it are missing.
            UsageError: there is no such device.
        """
        from dlgrade.workers.sources import lacking, open_workers

        private = [self.course.folder / name for name in PRIVATE]
        self.workers = self.source or open_workers(self.limits, private, sandbox=self.sandbox, workers=self.worker_mode)
        if self.sandbox == "require" and self.workers.missing:
            self.workers.close()
            raise lacking(self.workers.missing)
        use_one_thread()
        self.accelerator = accelerator(self.device)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for suite in self.suites.values():
            suite.close()
        self.workers.close()

    def content(self, chapter: Chapter) -> Content:
        from dlgrade.judge.content import Content

        if chapter.id not in self.contents:
            self.contents[chapter.id] = Content(self.course, chapter)
        return self.contents[chapter.id]

    def submission(self, chapter: Chapter, given: Path | None) -> Submission:
        """Return the named submission, by default the reference as a submission."""
        from dlgrade import submission

        if given is not None:
            return submission.find(chapter, given, Path.cwd())
        return Submission.from_source(self.content(chapter).reference.source, f"{chapter.stem}.py")

    def grading(
        self,
        chapter: Chapter,
        submission: Submission,
        *,
        seed: int,
        pictures: Pictures = "none",
        scripts: bool = False,
        prices: bool = True,
        diagnosis: Diagnosis = "full",
        stand_in: StandIn | None = None,
    ) -> Grading:
        from dlgrade.judge.grading import Grading

        return Grading(
            self.content(chapter), submission, self.workers, seed=seed, sandbox=self.sandbox,
            accelerator=self.accelerator, pictures=pictures, scripts=scripts,
            prices=prices and self.course.has_prices, diagnosis=diagnosis, stand_in=stand_in,
        )  # fmt: skip

    def grade(
        self,
        chapter: Chapter,
        submission: Submission,
        options: RunOptions = DEFAULT_RUN,
        *,
        on_begin: CheckCallback | None = None,
        on_check: CheckCallback | None = None,
        stand_in: StandIn | None = None,
    ) -> ChapterReport:
        """Run the chapter's suite on the submission, and return the report.

        Args:
            chapter: the chapter whose suite runs.
            submission: the submission to grade.
            options: which checks run, and how.
            on_begin: called with each check before it runs.
            on_check: called with each check after it has run. Its verdict may still change in the report.
            stand_in: gives the values in place of the submission's worker. Nothing is diagnosed then.

        Raises:
            CourseError: the suite cannot be run.
            WorkersGone: the process that makes workers has died; this judge can grade no more.
            UsageError: the keyword matches no check.
            KeyboardInterrupt: the run was interrupted; no report is made.
        """
        grading = self.grading(
            chapter, submission, seed=options.seed, pictures=options.pictures, scripts=options.scripts,
            prices=options.prices, diagnosis=options.diagnosis, stand_in=stand_in,
        )  # fmt: skip
        try:
            suite = self._suite(chapter)
            for declared in _chosen(suite.declared, options):
                grading.open(declared)
            if not grading.checks:
                raise UsageError(_no_match(chapter, options.keyword))
            self._run(suite, chapter, _SuiteRun(grading, options, on_begin, on_check))
            _require_workers(grading)
            return grading.settle(stopped=options.stop_at_first)
        finally:
            grading.close()

    def _suite(self, chapter: Chapter) -> Suite:
        """Return the chapter's suite, collected once. The workers are there already: they must not inherit it."""
        from dlgrade.judge.suite import BrokenSuite, Suite

        if chapter.id not in self.suites:
            try:
                self.suites[chapter.id] = Suite.collect(self.course.suites(chapter))
            except BrokenSuite as error:
                raise CourseError(both(f"{chapter.id}: {error}", f"{chapter.id}：{error}")) from None
        return self.suites[chapter.id]

    def _run(self, suite: Suite, chapter: Chapter, run: _SuiteRun) -> None:
        try:
            for name in suite.run(list(run.grading.checks), run):
                if run.options.stop_at_first and run.grading.checks[name].failed:
                    return
        except BaseException:  # its fixtures were not torn down
            self.suites.pop(chapter.id).close()
            raise


class _SuiteRun(Listener):
    """The listener of one run: it grades, and tells the caller."""

    def __init__(
        self, grading: Grading, options: RunOptions, on_begin: CheckCallback | None, on_check: CheckCallback | None
    ) -> None:
        self.grading = grading
        self.options = options
        self.on_begin = on_begin
        self.on_check = on_check

    def start(self, path: Path, declared: Declared) -> Running:
        del path
        _require_workers(self.grading)
        check = self.grading.checks[declared.id]
        if self.on_begin is not None:
            self.on_begin(check.report())
        return Running(self.grading, check)

    def begin(self, running: Running) -> None:
        super().begin(running)
        if running.check.declared.trains:
            self._put_off_training()

    def end(self, running: Running, error: BaseException | None, seconds: float) -> None:
        super().end(running, error, seconds)
        if self.on_check is not None:
            self.on_check(running.check.report())

    def _put_off_training(self) -> None:
        """Training takes seconds: while anything else is wrong, it is put off."""
        if self.options.training == "later":
            raise Unmet(Verdict.NOT_RUN, both("Training was left out.", "未进行训练。"), needs="training")
        others = [check for check in self.grading.checks.values() if check.begun and not check.declared.trains]
        if self.options.training == "if_right" and any(check.failed for check in others):
            text = both("Trained once the other checks pass.", "其他检查项通过后再训练。")
            raise Unmet(Verdict.NOT_RUN, text, needs="training")


def _require_workers(grading: Grading) -> None:
    """Raise WorkersGone if no worker can be made any more: every check from here on would be a fault of the grader."""
    if grading.workers.gone is not None:
        raise grading.workers.gone


def _chosen(declared: list[Declared], options: RunOptions) -> list[Declared]:
    """Return the chosen checks in the order in which they run: those that train last, and no check before its needs."""
    chosen = [check for check in declared if _is_chosen(check, options)]
    if options.shuffle:
        random.Random(options.seed).shuffle(chosen)
    chosen.sort(key=lambda check: check.trains)
    return _after_their_needs(chosen)


def _after_their_needs(checks: list[Declared]) -> list[Declared]:
    """Return the checks in the same order, except that each comes after the checks that it waits for."""
    by_id = {check.id: check for check in checks}
    ordered: dict[str, Declared] = {}

    def place(check: Declared) -> None:
        for needed in check.waits_for:
            if needed in by_id and needed not in ordered:
                place(by_id[needed])
        ordered.setdefault(check.id, check)

    for check in checks:
        place(check)
    return list(ordered.values())


def _is_chosen(check: Declared, options: RunOptions) -> bool:
    """Return whether the keyword is the check's id or exercise, or part of its name."""
    if options.training == ("never" if check.trains else "only"):
        return False
    name = check.id.partition(".")[2]
    return options.keyword in ("", check.exercise, check.id) or options.keyword.lower() in name.lower()


def _no_match(chapter: Chapter, keyword: str) -> Text:
    names = ", ".join(exercise.name for exercise in chapter.exercises)
    return both(
        f"No check of {chapter.id} matches -k {keyword!r}. Name an exercise ({names}) or part of a check's name.",
        f"{chapter.id} 中没有与 -k {keyword!r} 匹配的检查项。请给出练习名（{names}）或检查项名称的一部分。",
    )


def accelerator(device: Device) -> Accelerator | None:
    """Return the device of checks that need a GPU: "cuda", "cpu" if that was asked for, or None. Does not start CUDA.

    Raises:
        UsageError: CUDA was asked for, and there is none.
    """
    if device == "cpu":
        return "cpu"
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")  # asking must not start CUDA before a fork
    # Without a driver torch would ask CUDA after all, and no forked worker could start it any more.
    driver = sys.platform != "linux" or any(Path("/dev").glob("nvidia*")) or Path("/dev/dxg").exists()
    if driver:
        import torch

        if torch.cuda.is_available():
            return "cuda"
    if device == "cuda":
        raise UsageError(
            both(
                "There is no CUDA GPU that torch can use here. Leave --device out: checks that need one stay pending.",
                "本机没有 torch 可用的 CUDA GPU。去掉 --device 即可，需要 GPU 的检查项会保持待定。",
            )
        )
    return None
