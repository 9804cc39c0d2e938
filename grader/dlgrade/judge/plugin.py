"""The border to pytest: every hook and every fixture of a suite.

The hooks read the declarations of a suite, and tell a `Listener` about the begin and the end of each check. The
fixtures hand a check's probes to its grading. Nothing else in the judge knows pytest, but for `dlgrade.judge.suite`,
which runs it.

The order within one check: `pytest_runtest_protocol` starts it, the fixtures are made, it begins and runs fairly, it
ends. In a judge `_run` does all that; where pytest reports to an author, its own phases do, with the hooks below.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

import pytest

from dlgrade.results import Verdict
from dlgrade.text import Text

if TYPE_CHECKING:
    import torch

    from dlgrade.judge.check import Check, Declared, Drawn
    from dlgrade.judge.grading import Grading
    from dlgrade.judge.photo import Over
    from dlgrade.judge.training import Training

MARKERS = (
    "exercise(name): the exercise that the class's checks belong to",
    "points(n): the points of the check; 1 by default",
    "timeout(seconds): the time that the submission has for the whole check",
    "draws(kind): `--show` draws its tensors as 'boxes' (corners), 'centred boxes' or 'classes' of pixels, not numbers",
    "gpu: the check trains on a GPU, and is not run where there is none",
    "bonus: a remark that costs no points, about something that the book's own code does not do",
    "needs(name, ...): checks of the same exercise that have to pass first; until then the check is BLOCKED",
)


class Running(NamedTuple):
    """A check that is running, and the grading that it belongs to."""

    grading: Grading
    check: Check


class Listener:
    """Told about the checks of a pytest run.

    Attributes:
        reports: whether pytest runs the checks phase by phase, and reports them to an author.
    """

    reports = False

    def is_suite(self, path: Path) -> bool:
        """Return whether this file is a suite; called before it is imported. Raises DlgradeError."""
        del path
        return True

    def broken(self, problem: str) -> None:
        """A file cannot be collected."""

    def collected(self, path: Path, declared: Declared) -> None:
        """A check of this suite was collected, and is going to run."""

    def start(self, path: Path, declared: Declared) -> Running:
        """Return a check of this suite for the submission: its fixtures are about to be made."""
        raise NotImplementedError

    def begin(self, running: Running) -> None:
        """The check's own code is about to run. Raises `Unmet` if it is not to run."""
        running.grading.begin(running.check)

    def end(self, running: Running, error: BaseException | None, seconds: float) -> None:
        """The check has ended, without an error or with this one."""
        running.grading.end(running.check, error, seconds)

    def close(self) -> None:
        """The run is over."""


LISTENER: pytest.StashKey[Listener] = pytest.StashKey()
DECLARED: pytest.StashKey[Declared] = pytest.StashKey()
FIXTURES: pytest.StashKey[Fixtures] = pytest.StashKey()


# Collecting.


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dlgrade", "grading a submission with a chapter's suite")
    group.addoption("--submission", metavar="FILE", help="what to grade; the reference when it is not given")
    group.addoption("--seed", type=int, default=0, metavar="N", help="the seed that inputs are drawn from")


def pytest_configure(config: pytest.Config) -> None:
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    config.stash[FIXTURES] = Fixtures()
    config.pluginmanager.register(config.stash[FIXTURES], "dlgrade-fixtures")
    if LISTENER not in config.stash:  # pytest by itself
        from dlgrade.judge.plain import PlainListener

        given = config.getoption("--submission")
        config.stash[LISTENER] = PlainListener(Path(given) if given else None, config.getoption("--seed"))


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[LISTENER].close()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """Ask about a suite before it is imported: workers must be there by then, without the suite in their memory."""
    from dlgrade.errors import DlgradeError

    try:
        parent.config.stash[LISTENER].is_suite(module_path)
    except DlgradeError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.failed:
        collector.config.stash[LISTENER].broken(str(report.longrepr))
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note what each check declares. Raises UsageError for a suite that is not as a suite should be."""
    import cloudpickle

    listener = config.stash[LISTENER]
    for item in items:
        if listener.is_suite(item.path):
            item.stash[DECLARED] = _declared(item)
            item.extra_keyword_matches.add(item.stash[DECLARED].id)
            # A suite's own helpers travel to the worker with the probes that use them.
            cloudpickle.register_pickle_by_value(cast(pytest.Function, item).module)
    _require_needed([item for item in items if DECLARED in item.stash])


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        if DECLARED in item.stash:
            session.config.stash[LISTENER].collected(item.path, item.stash[DECLARED])


def _declared(item: pytest.Item) -> Declared:
    from dlgrade.judge.check import Declared

    exercise, points = item.get_closest_marker("exercise"), item.get_closest_marker("points")
    if exercise is None:
        raise pytest.UsageError(f"{item.nodeid}: its class needs @pytest.mark.exercise(NAME)")
    bonus, timeout = item.get_closest_marker("bonus") is not None, item.get_closest_marker("timeout")
    fixtures = cast(pytest.Function, item).fixturenames
    return Declared(
        id=f"{exercise.args[0]}.{item.name.removeprefix('test_')}",
        exercise=exercise.args[0],
        points=0.0 if bonus else float(points.args[0] if points else 1),
        description=_description(item),
        bonus=bonus,
        seconds=float(timeout.args[0]) if timeout else None,
        from_scratch="from_scratch" in fixtures,
        trains="training" in fixtures,
        needs_gpu=item.get_closest_marker("gpu") is not None,
        waits_for=tuple(
            f"{exercise.args[0]}.{name}" for mark in item.iter_markers("needs") for name in dict.fromkeys(mark.args)
        ),
        draws=_drawn(item),
    )


def _drawn(item: pytest.Item) -> Drawn:
    """Return how the check's tensors are drawn."""
    from dlgrade.judge.check import Drawn

    mark = item.get_closest_marker("draws")
    if mark is None:
        return "numbers"
    if len(mark.args) == 1 and mark.args[0] in get_args(Drawn):
        return cast("Drawn", mark.args[0])
    known = ", ".join(map(repr, get_args(Drawn)))
    raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.draws takes one of {known}")


def _require_needed(items: list[pytest.Item]) -> None:
    """Raise UsageError if a check waits for a check that does not exist, or for itself by way of others.

    pytest may have collected a part of a class only, so the methods of a check's own class exist as well.
    """
    waits_for = {item.stash[DECLARED].id: item.stash[DECLARED].waits_for for item in items}
    for item in items:
        declared = item.stash[DECLARED]
        for needed in declared.waits_for:
            if needed not in waits_for and not hasattr(cast(pytest.Function, item).cls, _method(needed)):
                raise pytest.UsageError(f"{item.nodeid}: it needs {needed}, and there is no such check")
        reached = list(declared.waits_for)
        for needed in reached:
            reached += [further for further in waits_for.get(needed, ()) if further not in reached]
        if declared.id in reached:
            raise pytest.UsageError(f"{item.nodeid}: it waits for itself, by way of {', '.join(declared.waits_for)}")


def _method(check: str) -> str:
    return "test_" + check.partition(".")[2]


def _description(item: pytest.Item) -> Text:
    """Return a check's docstring: its first line in English, its second in Chinese."""
    lines = [line.strip() for line in (cast(pytest.Function, item).function.__doc__ or "").strip().splitlines()]
    if len(lines) < 2 or not lines[0] or not re.search(r"[\u4e00-\u9fff]", lines[1]):
        raise pytest.UsageError(f"{item.nodeid}: its docstring needs a line in English, then one in Chinese")
    return Text(lines[0], lines[1])


# Running.


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Start the check. An exception here ends the run; during the check's own phases it would be caught."""
    fixtures = item.config.stash[FIXTURES]
    fixtures.running = None
    if DECLARED not in item.stash:
        return None
    listener = item.config.stash[LISTENER]
    fixtures.running = listener.start(item.path, item.stash[DECLARED])
    fixtures.running.grading.prepare(fixtures.running.check)
    if listener.reports:
        return None
    if _passes_by_script(listener, fixtures.running):
        return True
    _run(cast(pytest.Function, item), listener, fixtures.running)
    return True


def _passes_by_script(listener: Listener, running: Running) -> bool:
    """Run the check by its script. Return whether all values agree.

    If not, or without a script, the suite runs. A check that waits for another is left to it as well.
    """
    grading, check = running
    if not grading.has_script(check) or grading.unmet_need(check) is not None:
        return False
    listener.begin(running)
    started = time.perf_counter()
    passed = grading.agrees_with_script(check)
    if passed:
        listener.end(running, None, time.perf_counter() - started)
    return passed


def _run(item: pytest.Function, listener: Listener, running: Running) -> None:
    """Run a check's phases as pytest does. Its hooks and reports around each phase would take longer than most checks.

    An error in the teardown replaces the outcome.
    """

    def call() -> None:
        if not running.check.begun:
            listener.begin(running)
        with running.grading.fairly(running.check, item.runtest):
            item.runtest()

    try:
        error, seconds = _attempt(lambda: item.ihook.pytest_runtest_setup(item=item))
        if error is None:
            error, seconds = _attempt(call)
        listener.end(running, error, seconds)
        error, seconds = _attempt(lambda: item.ihook.pytest_runtest_teardown(item=item, nextitem=None))
        if error is not None:
            listener.end(running, error, seconds)
        running.grading.note_script(running.check)
    finally:
        item._initrequest()  # the next run makes its fixtures anew


def _attempt(phase: Callable[[], object]) -> tuple[BaseException | None, float]:
    """Return the error that ended a phase, or None, and the seconds that the phase took."""
    error, started = None, time.perf_counter()
    try:
        phase()
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as raised:
        error = raised
    return error, time.perf_counter() - started


# Running where pytest reports.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    running, listener = item.config.stash[FIXTURES].running, item.config.stash[LISTENER]
    if running is None:
        return (yield)
    from dlgrade.judge.reasons import Unmet

    try:
        listener.begin(running)
        with running.grading.fairly(running.check, item.runtest):
            return (yield)
    except Unmet as unmet:
        if unmet.verdict in (Verdict.NOT_RUN, Verdict.BLOCKED):
            pytest.skip(unmet.text.en)
        raise


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
    """End the check. pytest prints the message of a check that is not met, not a traceback through the judge."""
    running = item.config.stash[FIXTURES].running
    if running is None or (call.when != "call" and call.excinfo is None):
        return None
    if call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception):
        return None
    assert call.when != "collect"
    item.config.stash[LISTENER].end(running, call.excinfo.value if call.excinfo else None, call.duration)
    if running.check.verdict is Verdict.GRADER_ERROR:
        return None  # the author wants the traceback
    passed = running.check.passed
    return pytest.TestReport(
        item.nodeid, item.location, {}, "passed" if passed else "failed", None if passed else _long(running.check),
        call.when, duration=call.duration, start=call.start, stop=call.stop,
    )  # fmt: skip


def _long(check: Check) -> str:
    """Return the text that pytest prints for a check that is not met."""
    detail, unmet = check.detail, check.unmet
    lines = [f"{check.verdict.value}: {unmet.text.en if unmet else ''}"]
    lines += [f"call: {detail.call}"] if detail.call else []
    lines += [f"{frame.file}:{frame.line} in {frame.function}: {frame.source}" for frame in detail.frames]
    return "\n".join(lines)


# The fixtures of suites.


class Fixtures:
    """The fixtures of suites, for the check that is `running`. pytest takes them from this object as from any plugin.

    No fixture asks pytest for its `request`, which would take longer than the fixture itself.
    """

    def __init__(self) -> None:
        self.running: Running | None = None

    def _now(self) -> Running:
        assert self.running is not None, "this fixture is for the suites in tests/chapters and tests/training"
        return self.running

    @pytest.fixture
    def agree(self) -> Callable[..., None]:
        """`agree(probe, rtol=None, atol=None, dtype=True, over=None)`: the submission's value equals the reference's.

        The structure, shapes, dtypes (unless `dtype=False`) and values are compared, within the dtype's tolerance. If
        the check draws boxes, they are drawn over the `Photo` or photos in `over`.
        """
        from dlgrade.judge.compare import Comparison, Tolerance
        from dlgrade.judge.reasons import from_difference

        grading, check = self._now()

        def agree(
            probe: Callable[[Any], Any],
            *,
            rtol: float | None = None,
            atol: float | None = None,
            dtype: bool = True,
            over: Over | None = None,
        ) -> None:
            __tracebackhide__ = True
            comparison = Comparison(Tolerance(rtol, atol), dtype=dtype)
            value, expected = grading.ask(check, probe, comparison)
            if difference := comparison.difference(value, expected):
                raise from_difference(difference, value, (comparison, value, expected, over))

        return agree

    @pytest.fixture
    def run(self) -> Callable[..., Any]:
        """`run(probe, dtype=True)`: the submission's value, for properties and for independent oracles.

        The check fails if the structure, a shape or a dtype is not the reference's. The suite judges the values.
        """
        from dlgrade.judge.compare import Comparison
        from dlgrade.judge.reasons import from_difference

        grading, check = self._now()

        def run(probe: Callable[[Any], Any], *, dtype: bool = True) -> Any:
            __tracebackhide__ = True
            check.script = None
            value, expected = grading.ask(check, probe, Comparison(dtype=dtype), by_suite=True)
            if difference := Comparison(values=False, dtype=dtype).difference(value, expected):
                raise from_difference(difference, value)
            return value

        return run

    @pytest.fixture
    def from_scratch(self) -> Callable[[], None]:
        """`from_scratch()`: the exercise's code reaches nothing that its entry in chapter.yaml forbids."""
        grading, check = self._now()
        check.script = None
        return lambda: grading.check_from_scratch(check)

    @pytest.fixture
    def training(self) -> Training:
        """`training(task, fit, train, score, steps=N)`: the submission learns, the judge scores its parameters.

        `training.draw(data_set, size, split)` gives examples. Such a check runs after all others.
        """
        from dlgrade.judge.training import Training

        return Training(*self._now())

    @pytest.fixture
    def generator(self) -> torch.Generator:
        """Randomness for inputs, from the run's seed and the check's name."""
        import torch

        grading, check = self._now()
        check.generator = torch.Generator().manual_seed(grading.seed_for("inputs", check.id))
        return check.generator

    @pytest.fixture
    def chance(self, generator: torch.Generator) -> random.Random:
        """Python's random numbers, for sizes, words and offsets, from the check's generator."""
        return random.Random(generator.initial_seed())

    @pytest.fixture
    def randn(self, generator: torch.Generator) -> Callable[..., torch.Tensor]:
        """`randn(2, 3, dtype=torch.float64)`: standard normal inputs from the check's generator."""
        import torch

        def randn(*shape: Any, dtype: torch.dtype = torch.float32) -> torch.Tensor:
            sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape  # as torch.randn takes them
            return torch.randn(sizes, generator=generator, dtype=dtype)

        return randn
