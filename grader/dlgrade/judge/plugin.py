"""The pytest plugin: fixtures for suites, and pytest's outcomes turned into checks.

`dlgrade check` runs pytest with a `Grader` that it made; `pytest tests/chapters/test_ch28_batch_norm.py
[--submission FILE]` makes its own, on the reference when no submission is named.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from dlgrade.results.report import CheckReport, Verdict
from dlgrade.text import Text, same

if TYPE_CHECKING:
    import torch

    from dlgrade.judge.grading import Check, Grading
    from dlgrade.judge.session import Judge
    from dlgrade.judge.training import Training

SUITE_NAME = re.compile(r"test_(ch\d+)_\w+\.py")
GRADER: pytest.StashKey[Grader] = pytest.StashKey()
CHECK: pytest.StashKey[Check] = pytest.StashKey()

MARKERS = (
    "exercise(name): the exercise that the class's checks belong to",
    "points(n): what the check is worth; 1 unless said otherwise",
    "timeout(seconds): the time that the submission has for the whole check",
    "gpu: the check trains on a GPU, and is not run where there is none",
    "bonus: a remark that costs no points: what the book's own code does not do",
)


class Grader:
    """What a pytest run grades: it hands each suite its `Grading`. Subclassed by `dlgrade check`."""

    def grading_for(self, path: Path) -> Grading | None:
        raise NotImplementedError

    def refuse(self, problem: str) -> None:
        """A suite is not as a suite should be; the run ends."""

    def on_begin(self, report: CheckReport) -> None:
        """A check is about to run."""

    def on_check(self, report: CheckReport) -> None:
        """A check has ended."""

    def close(self) -> None:
        """The run is over."""


class PlainGrader(Grader):
    """For `pytest` by itself: one judge, started when the first suite is met."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.judge: Judge | None = None
        self.gradings: dict[Path, Grading | None] = {}

    def grading_for(self, path: Path) -> Grading | None:
        if path not in self.gradings:
            self.gradings[path] = self._open(path)
        return self.gradings[path]

    def _open(self, path: Path) -> Grading | None:
        from dlgrade import course
        from dlgrade.errors import DlgradeError
        from dlgrade.judge.session import Judge

        here = course.load()
        match = SUITE_NAME.fullmatch(path.name)
        if match is None or path.parent not in here.suite_folders:
            return None
        try:
            chapter = here.chapter(match[1])
            if self.judge is None:
                self.judge = Judge(here)
            given = self.config.getoption("--submission")
            submission = self.judge.submission(chapter, Path(given) if given else None)
            return self.judge.grading(chapter, submission, seed=self.config.getoption("--seed"))
        except DlgradeError as error:
            raise pytest.UsageError(str(error)) from None

    def close(self) -> None:
        for grading in self.gradings.values():
            if grading is not None:
                grading.close()
        if self.judge is not None:
            self.judge.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dlgrade", "grading a submission with a chapter's suite")
    group.addoption("--submission", metavar="FILE", help="what to grade; the reference when it is not given")
    group.addoption("--seed", type=int, default=0, metavar="N", help="the seed that inputs are drawn from")


def pytest_configure(config: pytest.Config) -> None:
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    if GRADER not in config.stash:
        config.stash[GRADER] = PlainGrader(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[GRADER].close()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Start the workers' server before the suite is imported: what it holds must not be in their memory."""
    parent.config.stash[GRADER].grading_for(module_path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    grader = config.stash[GRADER]
    for item in items:
        if grading := grader.grading_for(item.path):
            try:
                item.stash[CHECK] = _make_check(item, grading.limits.check_seconds)
            except pytest.UsageError as error:
                grader.refuse(str(error))
                raise
            item.extra_keyword_matches.add(item.stash[CHECK].report.id)
            grading.note_module(cast(pytest.Function, item).module)


def pytest_collection_finish(session: pytest.Session) -> None:
    grader = session.config.stash[GRADER]
    for item in session.items:
        if CHECK in item.stash and (grading := grader.grading_for(item.path)):
            check = item.stash[CHECK]
            grading.checks[check.report.id] = check


def _make_check(item: pytest.Item, seconds: float) -> Check:
    from dlgrade.judge.grading import Check

    exercise, points = item.get_closest_marker("exercise"), item.get_closest_marker("points")
    if exercise is None:
        raise pytest.UsageError(f"{item.nodeid}: its class needs @pytest.mark.exercise(NAME)")
    bonus, timeout = item.get_closest_marker("bonus") is not None, item.get_closest_marker("timeout")
    report = CheckReport(
        id=f"{exercise.args[0]}.{item.name.removeprefix('test_')}",
        exercise=exercise.args[0],
        points=0.0 if bonus else float(points.args[0] if points else 1),
        description=_description(item),
        bonus=bonus,
    )
    seconds = float(timeout.args[0]) if timeout else seconds
    fixtures = cast(pytest.Function, item).fixturenames
    return Check(
        report, seconds, from_scratch="from_scratch" in fixtures, trains="training" in fixtures,
        needs_gpu=item.get_closest_marker("gpu") is not None,
    )  # fmt: skip


def _description(item: pytest.Item) -> Text:
    """A check's docstring: its first line in English, its second in Chinese."""
    lines = [line.strip() for line in (cast(pytest.Function, item).function.__doc__ or "").strip().splitlines()]
    if len(lines) < 2 or not lines[0] or not re.search(r"[\u4e00-\u9fff]", lines[1]):
        raise pytest.UsageError(f"{item.nodeid}: its docstring needs a line in English, then one in Chinese")
    return Text(lines[0], lines[1])


# A check's life.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    if CHECK not in item.stash:
        return (yield)
    from dlgrade.judge.patience import at_most_cpu
    from dlgrade.judge.reasons import Unmet, from_suite_error

    grading = item.config.stash[GRADER].grading_for(item.path)
    assert grading is not None
    item.config.stash[GRADER].on_begin(item.stash[CHECK].report)
    check = item.stash[CHECK]
    grading.begin(check)
    drawn = check.generator.get_state() if check.generator is not None else None
    try:
        with at_most_cpu(grading.suite_seconds(check)):
            return (yield)
    except AssertionError:  # the suite's own statement about the value
        raise
    except Unmet as unmet:
        if unmet.verdict is Verdict.NOT_RUN and isinstance(item.config.stash[GRADER], PlainGrader):
            pytest.skip(unmet.text.en)  # what pytest calls it
        raise
    except Exception as error:
        if drawn is not None:
            check.generator.set_state(drawn)
        if not grading.blames(check, item.runtest):
            raise
        if isinstance(error, TimeoutError):
            grading.hung.add(check.exercise)
        assert check.last is not None
        raise from_suite_error(check.last.value, check.last.expected) from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note the check's verdict; what pytest prints of a failure is its message, not a traceback of ours."""
    if CHECK not in item.stash or (call.when != "call" and call.excinfo is None):
        return
    grader, check = item.config.stash[GRADER], item.stash[CHECK]
    if isinstance(grader, PlainGrader) and call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception):
        return
    grading = grader.grading_for(item.path)
    assert grading is not None
    _note(grading, check, call)
    if check.report.verdict is not Verdict.GRADER_ERROR:
        item.repr_failure = lambda *_, **__: _long(check.report)  # type: ignore[method-assign]
    grader.on_check(check.report)


def _note(grading: Grading, check: Check, call: pytest.CallInfo[None]) -> None:
    from dlgrade.judge.grading import grader_fault
    from dlgrade.judge.reasons import Unmet

    error = call.excinfo.value if call.excinfo is not None else None
    if error is None or isinstance(error, Unmet):
        grading.finish(check, error, call.duration)
    elif isinstance(error, AssertionError):
        grading.finish(check, Unmet(Verdict.FAILED, same(str(error))), call.duration)
    else:
        grader_fault(check.report, error)


def _long(report: CheckReport) -> str:
    """What plain pytest prints for a check that is not met."""
    detail = report.detail
    lines = [f"{report.verdict.value}: {report.message.en if report.message else ''}"]
    lines += [f"call: {detail.call}"] if detail.call else []
    lines += [f"{frame.file}:{frame.line} in {frame.function}: {frame.source}" for frame in detail.frames]
    return "\n".join(lines)


# What suites use.


def _grading(request: pytest.FixtureRequest) -> Grading:
    """The grading that the running check belongs to."""
    found = request.config.stash[GRADER].grading_for(request.path)
    assert found is not None, "this fixture is for the suites in tests/chapters and tests/training"
    return found


@pytest.fixture
def agree(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`agree(probe, rtol=None, atol=None, dtype=True)`: what the submission gives equals what the reference gives.

    Compared are structure, shape, dtype (unless `dtype=False`) and values, within the dtype's tolerance.
    """
    from dlgrade.judge.compare import Comparison, Tolerance
    from dlgrade.judge.reasons import from_difference

    grading, check = _grading(request), request.node.stash[CHECK]

    def agree(
        probe: Callable[[Any], Any], *, rtol: float | None = None, atol: float | None = None, dtype: bool = True
    ) -> None:
        __tracebackhide__ = True
        comparison = Comparison(Tolerance(rtol, atol), dtype=dtype)
        value, outcome = grading.ask(check, probe, comparison)
        expected = outcome.value
        if found := comparison.difference(value, expected):
            raise from_difference(found, (comparison, value, expected))

    return agree


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`run(probe, dtype=True)`: what the submission gives, for properties and for oracles that are not ours.

    Its structure, shapes and dtypes are the reference's, or the check fails; its values are the suite's to judge.
    """
    from dlgrade.judge.compare import Comparison
    from dlgrade.judge.reasons import from_difference

    grading, check = _grading(request), request.node.stash[CHECK]

    def run(probe: Callable[[Any], Any], *, dtype: bool = True) -> Any:
        __tracebackhide__ = True
        value, outcome = grading.ask(check, probe, Comparison(dtype=dtype))
        if found := Comparison(values=False, dtype=dtype).difference(value, outcome.value):
            raise from_difference(found)
        return value

    return run


@pytest.fixture
def from_scratch(request: pytest.FixtureRequest) -> Callable[[], None]:
    """`from_scratch()`: the exercise's code calls nothing that its entry in course.yaml forbids."""
    grading, check = _grading(request), request.node.stash[CHECK]
    return lambda: grading.check_from_scratch(check)


@pytest.fixture
def training(request: pytest.FixtureRequest) -> Training:
    """`training(task, fit, train, score, steps=N)`: the submission learns, the judge scores its parameters.

    `training.draw(data_set, size, split)` gives examples. Such a check runs after all others.
    """
    from dlgrade.judge.training import Training

    return Training(_grading(request), request.node.stash[CHECK])


@pytest.fixture
def generator(request: pytest.FixtureRequest) -> torch.Generator:
    """Randomness for inputs, from the run's seed and the check's name."""
    import torch

    check = request.node.stash[CHECK]
    check.generator = torch.Generator().manual_seed(_grading(request).seed_for("inputs", check.report.id))
    return check.generator


@pytest.fixture
def chance(generator: torch.Generator) -> random.Random:
    """Python's random numbers, for sizes, words and offsets, from the check's generator."""
    return random.Random(generator.initial_seed())


@pytest.fixture
def randn(generator: torch.Generator) -> Callable[..., torch.Tensor]:
    """`randn(2, 3, dtype=torch.float64)`: standard normal inputs from the check's generator."""
    import torch

    def randn(*shape: Any, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape  # as torch.randn takes them
        return torch.randn(sizes, generator=generator, dtype=dtype)

    return randn
