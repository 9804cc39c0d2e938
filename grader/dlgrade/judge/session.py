"""Grading as a function from a submission and a suite to a report, on one set of workers."""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dlgrade.course import Chapter, Course
from dlgrade.errors import CourseError, UsageError
from dlgrade.judge import plugin
from dlgrade.judge.remote import PRIVATE
from dlgrade.options import Device, SandboxMode, Trains, WorkerMode
from dlgrade.results.report import ChapterReport, CheckReport, Verdict
from dlgrade.submission import Submission
from dlgrade.text import Text, both
from dlgrade.worker.limits import Limits
from dlgrade.worker.warm import use_one_thread

if TYPE_CHECKING:
    from dlgrade.judge.grading import Accelerator, Check, Content, Grading, StandIn
    from dlgrade.workers.sources import WorkerSource

# pytest's own parts that a grading run has no use for; unraisableexception would collect garbage after every check.
LEFT_OUT = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "nose", "pastebin",
    "setuponly", "setupplan", "stepwise", "terminal", "threadexception", "tmpdir", "unittest", "unraisableexception",
    "warnings",
)  # fmt: skip

Listener = Callable[[CheckReport], None]


class Judge:
    """Grades submissions of a course, one after another; a context manager that ends its workers.

    Workers come from `source`, or from a nursery of its own: never from this process, which reads the answers.
    """

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
        from dlgrade.workers.sources import lacking, open_workers

        self.course = course
        self.sandbox: SandboxMode = sandbox
        private = [course.folder / name for name in PRIVATE]
        self.workers = source or open_workers(limits or Limits(), private, sandbox=sandbox, workers=workers)
        if sandbox == "require" and self.workers.missing:
            self.workers.close()
            raise lacking(self.workers.missing)
        self.contents: dict[str, Content] = {}
        use_one_thread()
        self.accelerator = accelerator(device)

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.workers.close()

    def content(self, chapter: Chapter) -> Content:
        from dlgrade.judge.grading import Content

        if chapter.id not in self.contents:
            self.contents[chapter.id] = Content(self.course, chapter)
        return self.contents[chapter.id]

    def submission(self, chapter: Chapter, given: Path | None) -> Submission:
        """The named submission, or the reference as one."""
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
        pictures: bool = False,
        stand_in: StandIn | None = None,
    ) -> Grading:
        from dlgrade.judge.grading import Grading

        return Grading(
            self.content(chapter), submission, self.workers, seed=seed, sandbox=self.sandbox,
            accelerator=self.accelerator, pictures=pictures, stand_in=stand_in,
        )  # fmt: skip

    def grade(
        self,
        chapter: Chapter,
        submission: Submission,
        *,
        seed: int = 0,
        keyword: str = "",
        shuffle: bool = False,
        stop_at_first: bool = False,
        training: Trains = "last",
        pictures: bool = False,
        on_begin: Listener | None = None,
        on_check: Listener | None = None,
        stand_in: StandIn | None = None,
    ) -> ChapterReport:
        """Run the chapter's suite on the submission. `keyword` names an exercise, or is part of a check's id.

        `shuffle` runs the checks in an order drawn from the seed; `stop_at_first` leaves out those after the first
        that is not met, and the report, too. Checks that train run after all others: `training` says whether always
        ("last"), only if nothing else fails ("if_right"), another time ("later": they are NOT_RUN), by themselves
        ("only") or not at all ("never": the report does not have them). With `pictures`, a check on tensors that differ
        comes with a picture of them. A `stand_in` gives the values in place of the submission's worker; nothing is
        diagnosed then.

        Raises:
            CourseError: the suite cannot be run.
            UsageError: the keyword chooses nothing.
            KeyboardInterrupt: the run was interrupted; no report is made.
        """
        suites = self.course.suites(chapter)
        choice = Choice(keyword, shuffle, stop_at_first, training)
        grading = self.grading(chapter, submission, seed=seed, pictures=pictures, stand_in=stand_in)
        grader = _CheckGrader(grading, suites, choice, on_begin, on_check)
        try:
            status = run_pytest(suites, grader)
            if grader.failure is not None:
                raise grader.failure
            if grader.problem:
                raise CourseError(both(f"{chapter.id}: {grader.problem}", f"{chapter.id}：{grader.problem}"))
            if status == pytest.ExitCode.INTERRUPTED and not stop_at_first:
                raise KeyboardInterrupt
            if not grader.grading.checks:
                raise UsageError(_no_match(chapter, keyword))
            return grader.grading.settle(stopped=stop_at_first)
        finally:
            grader.grading.close()


class _CheckGrader(plugin.Grader):
    """Hands the one grading to the chapter's suites and passes results on; a pytest plugin itself."""

    def __init__(
        self,
        grading: Grading,
        suites: list[Path],
        choice: Choice,
        on_begin: Listener | None,
        on_check: Listener | None,
    ) -> None:
        self.grading = grading
        self.choice = choice
        self.suites = {path.resolve() for path in suites}
        self.ours: dict[Path, bool] = {}
        self.listeners = (on_begin, on_check)
        self.problem: str | None = None
        self.failure: BaseException | None = None
        self.session: pytest.Session | None = None
        self.last: CheckReport | None = None

    def grading_for(self, path: Path) -> Grading | None:
        if path not in self.ours:  # asked several times a check, and resolving looks at the disk
            self.ours[path] = path.resolve() in self.suites
        return self.grading if self.ours[path] else None

    def refuse(self, problem: str) -> None:
        self.problem = problem

    def on_begin(self, report: CheckReport) -> None:
        self._tell(self.listeners[0], report)

    def on_check(self, report: CheckReport) -> None:
        self.last = report
        self._tell(self.listeners[1], report)

    def _tell(self, listener: Listener | None, news: CheckReport) -> None:
        """A listener that fails (its pipe is closed) ends the run, and its error is the run's."""
        try:
            if listener is not None:
                listener(news)
        except BaseException as error:
            self.failure = error
            pytest.exit("the listener failed")

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[plugin.GRADER] = self

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the checks that the keyword chooses. pytest's own -k would match the file's name, too."""
        chosen = [item for item in items if self.choice.has(item.stash[plugin.CHECK])]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        if self.choice.shuffle:
            random.Random(self.grading.seed).shuffle(chosen)
        items[:] = sorted(chosen, key=lambda item: item.stash[plugin.CHECK].trains)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> None:
        """Training takes seconds: while anything else is wrong, it is put off."""
        if self.choice.training in ("if_right", "later") and pyfuncitem.stash[plugin.CHECK].trains:
            from dlgrade.judge.reasons import Unmet

            others = [check for check in self.grading.checks.values() if check.begun and not check.trains]
            if self.choice.training == "later":
                raise Unmet(Verdict.NOT_RUN, both("Training was left out.", "未进行训练。"), needs="training")
            if any(check.report.failed for check in others):
                text = both("Trained once the other checks pass.", "其他检查项通过后再训练。")
                raise Unmet(Verdict.NOT_RUN, text, needs="training")

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """After a check: whether to go on."""
        del nodeid
        if self.choice.stop_at_first and self.session is not None and self.last is not None and self.last.failed:
            self.session.shouldstop = "a check is not met"

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = self.problem or str(report.longrepr)

    def pytest_internalerror(self, excrepr: Any) -> None:
        self.problem = str(excrepr)


@dataclass(frozen=True)
class Choice:
    """Which checks run, and in which order."""

    keyword: str = ""
    shuffle: bool = False
    stop_at_first: bool = False
    training: Trains = "last"

    def has(self, check: Check) -> bool:
        """Whether the keyword is the check's id or exercise, or part of its name."""
        report = check.report
        if self.training == ("never" if check.trains else "only"):
            return False
        name = report.id.partition(".")[2]
        return self.keyword in ("", report.exercise, report.id) or self.keyword.lower() in name.lower()


def _no_match(chapter: Chapter, keyword: str) -> Text:
    names = ", ".join(exercise.name for exercise in chapter.exercises)
    return both(
        f"No check of {chapter.id} matches -k {keyword!r}. Name an exercise ({names}) or part of a check's name.",
        f"{chapter.id} 中没有与 -k {keyword!r} 匹配的检查项。请给出练习名（{names}）或检查项名称的一部分。",
    )


def run_pytest(suites: list[Path], grader: plugin.Grader) -> int | pytest.ExitCode:
    """pytest in this process, blind to whatever configuration lies around the student's folder."""
    arguments = [str(path) for path in suites]
    arguments += ["--rootdir", str(suites[0].parent), "-c", os.devnull, "--noconftest", "--import-mode=importlib"]
    arguments += ["--strict-markers", "--capture=no", "-p", "dlgrade.judge.plugin"]
    arguments += [word for name in LEFT_OUT for word in ("-p", f"no:{name}")]
    with _environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS=""):
        return pytest.main(arguments, plugins=[grader])


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def accelerator(device: Device) -> Accelerator | None:
    """What checks for a GPU run on: a GPU, the CPU where that was asked for, or nothing. Does not start CUDA.

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
