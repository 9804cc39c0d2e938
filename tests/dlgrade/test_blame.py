"""A fault of the grader's is never the student's, and a student's value never becomes a fault of the grader's."""

import sys
import threading
import time

import pytest

from dlgrade import course
from dlgrade.judge.patience import at_most_cpu
from dlgrade.judge.probe import pickled
from dlgrade.judge.trusted import Variant
from dlgrade.options import RunOptions
from dlgrade.results import Verdict
from dlgrade.submission import Submission

# Answers on which a suite's own arithmetic raises: a log-probability of 1000, indices that no list has, tokens of -1.
ODD = {
    "ch63-score-of-1000": (
        "ch63",
        "greedy_search",
        "_right = greedy_search\ndef greedy_search(*a, **k): return _right(*a, **k)[0], 1000.0",
    ),
    "ch53-tokens-of-minus-one": (
        "ch53",
        "seq_data_iter_sequential",
        "_right = seq_data_iter_sequential\n"
        "def seq_data_iter_sequential(*a, **k):\n    for X, Y in _right(*a, **k): yield X * 0 - 1, Y * 0 - 1",
    ),
    "ch53-another-shape": (
        "ch53",
        "seq_data_iter_sequential",
        "_right = seq_data_iter_sequential\n"
        "def seq_data_iter_sequential(*a, **k):\n    for X, Y in _right(*a, **k): yield X[0, 0], Y",
    ),
    "ch11-indices-of-minus-99": (
        "ch11",
        "stratified_split",
        "_right = stratified_split\n"
        "def stratified_split(*a, **k): return [[-99 for _ in part] for part in _right(*a, **k)]",
    ),
}


@pytest.mark.parametrize(("chapter", "exercise", "change"), ODD.values(), ids=ODD)
def test_odd_values_fail(judge, chapter, exercise, change):
    """A value that the suite cannot compute with fails its check, with a message about the value."""
    chapter = course.load().chapter(chapter)
    reference = judge.content(chapter).reference.source

    report = judge.grade(
        chapter, Submission.from_source(reference + "\n" + change, "odd.py"), RunOptions(keyword=exercise)
    )

    verdicts = {check.id: check.verdict for check in report.checks}
    assert Verdict.FAILED in verdicts.values()
    assert Verdict.GRADER_ERROR not in verdicts.values(), verdicts


SUITE = '''
"""ch01: double."""
import pytest


@pytest.mark.exercise("double")
class TestDouble:
    def test_looked_up(self, run, randn):
        """Looks a drawn value up.
        按抽取的值查表。"""
        drawn = [float(randn(1)) for _ in range(3)]
        table = {round(2 * value, 3): value for value in drawn}
        for value in drawn:
            table[round(run(lambda impl, value=value: impl.double(value)), 3)]

    def test_broken(self, run, randn):
        """Raises whatever comes.
        总是出错。"""
        run(lambda impl: impl.double(1.0))
        raise KeyError("no such thing")

    @pytest.mark.timeout(1)  # the suite has more, in proportion
    def test_counted(self, run):
        """Counts up to a value.
        数到某个数。"""
        for _ in range(run(lambda impl: impl.double(2))):
            pass
'''


@pytest.fixture
def graded(tiny_course):
    """graded(source): verdicts and messages of a submission of the tiny course, whose suite looks values up."""
    from dlgrade.course import Course
    from dlgrade.judge.session import Judge

    suite = tiny_course / "tests" / "chapters" / "test_ch01_doubling.py"
    suite.parent.mkdir(parents=True)
    suite.write_text(SUITE, encoding="utf-8")
    here = Course(tiny_course)
    with Judge(here) as judge:

        def graded(source):
            report = judge.grade(here.chapter("ch01"), Submission.from_source(source, "ch01.py"))
            return {check.id: (check.verdict, check.message.en if check.message else "") for check in report.checks}

        yield graded


def test_whose_fault(graded):
    """Where the suite raises on the submission's value alone it is FAILED; where it raises on any, GRADER_ERROR."""
    right = graded("def double(x):\n    return 2 * x\n")
    wrong = graded("def double(x):\n    return -7.0\n")

    assert right["double.looked_up"][0] is Verdict.PASSED
    assert wrong["double.looked_up"][0] is Verdict.FAILED
    assert "The result is -7" in wrong["double.looked_up"][1]
    assert right["double.broken"][0] is wrong["double.broken"][0] is Verdict.GRADER_ERROR


def test_an_endless_suite(graded):
    """A value that keeps the suite's own code busy for ever fails its check after a while."""
    verdict, message = graded("def double(x):\n    return 10**15 if x == 2 else 2 * x\n")["double.counted"]

    assert verdict is Verdict.FAILED
    assert "The result is 1000000000000000" in message


def spin(seconds):
    """Use so much processor time of this process's own code."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(10_000))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_limit_that_is_lost_passes_again():
    """The limit's exception may be swallowed, as Python does in a destructor; the suite is stopped all the same."""

    class Busy:
        def __del__(self):
            spin(0.5)

    def suite():
        Busy()
        spin(10)

    with pytest.raises(TimeoutError), at_most_cpu(0.2):
        suite()


def test_a_limit_is_no_outcome_of_the_reference(monkeypatch, tmp_path):
    """A value that uses up a check's time while the reference is asked spoils the reference for nobody else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    slow = (
        "import time\n"
        "def f():\n"
        "    end = time.process_time() + 1\n"
        "    while time.process_time() < end: pass\n"
        "    return 3\n"
    )
    probe = pickled(lambda impl: impl.f())
    reference = Variant("slow-reference", slow)

    with pytest.raises(TimeoutError), at_most_cpu(0.2):
        reference.outcome(probe, 0)

    assert reference.outcome(probe, 0).value == 3
    assert Variant("slow-reference", slow).outcome(probe, 0).value == 3


def test_a_shown_call_has_no_address():
    """A call is shown alike in every run, also with an object that has no form of its own."""
    echo = Variant("echo", "def f(model):\n    return 1\n")

    class Model:
        pass

    (call,) = echo.trace(pickled(lambda impl: impl.f(Model())), 0).calls

    assert call.words == "f(model=<Model>)"


@pytest.mark.parametrize("threaded", [False, True])
def test_no_time_limit_expires_in_an_import(tmp_path, monkeypatch, threaded):
    """Where a known mistake's time is over while it imports a module, the module is whole before it is given up."""
    name = f"slow_to_import_{threaded}".lower()
    whole = tmp_path / "whole"
    end = f"open({str(whole)!r}, 'w').close()\n"
    (tmp_path / f"{name}.py").write_text(f"import time\nfor _ in range(20):\n    time.sleep(0.05)\n{end}")
    monkeypatch.syspath_prepend(str(tmp_path))
    endless = Variant("endless", f"def f():\n    import {name}\n    while True: pass\n", patience=0.2)
    outcomes = []

    def ask():
        outcomes.append(endless.outcome(pickled(lambda impl: impl.f()), 0))

    if threaded:  # where there is no signal for it
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    else:
        ask()

    assert outcomes[0].raised.type == "TimeoutError"
    assert whole.exists()
    assert name not in sys.modules  # another misconception would see it there
