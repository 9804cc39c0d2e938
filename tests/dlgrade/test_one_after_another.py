"""A report does not depend on the submissions that the same judge has graded before."""

import pytest

from dlgrade.course import Course
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

SUITE = '''
"""ch01: double."""
import random

import numpy as np
import pytest
import torch


@pytest.fixture
def drawn():
    return [float(torch.rand(())), float(np.random.rand()), random.random()]


@pytest.mark.exercise("double")
class TestDouble:
    def test_drawn_in_a_fixture(self, agree, drawn):
        """Doubles numbers that a fixture drew without a generator.
        把固件抽取的数加倍。"""
        agree(lambda impl: [impl.double(x) for x in drawn])

    def test_drawn_after_a_probe(self, agree, run):
        """Doubles numbers that were drawn without a generator, after a probe.
        把探针之后抽取的数加倍。"""
        run(lambda impl: impl.double(0.0))
        drawn = [float(torch.rand(())), float(np.random.rand()), random.random()]
        agree(lambda impl: [impl.double(x) for x in drawn])

    def test_three_probes(self, agree, randn):
        """Doubles three tensors, one after another.
        依次把三个张量加倍。"""
        for size in range(1, 4):
            agree(lambda impl, X=randn(size): impl.double(X))
'''

RIGHT = "def double(x):\n    return 2 * x\n"
WRONG = "def double(x):\n    return 3 * x\n"
COUNTING = "import os\ncalls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if len(calls) < 9 else "
# Each of these would give other values if it were asked a probe once more.
CHANGING = [COUNTING + "3 * x\n", COUNTING + "calls[99]\n", COUNTING + "os._exit(3)\n", COUNTING + "print(x)\n"]


@pytest.fixture
def reports(tiny_course):
    """reports(*sources): for each submission, the fields of its checks but for times, from one judge."""
    suite = tiny_course / "tests" / "chapters" / "test_ch01_doubling.py"
    suite.parent.mkdir(parents=True)
    suite.write_text(SUITE, encoding="utf-8")
    here = Course(tiny_course)

    def reports(*sources, scripts=False):
        options = RunOptions(seed=3, scripts=scripts)
        with Judge(here) as judge:
            submissions = [Submission.from_source(source, "ch01.py") for source in sources]
            graded = [judge.grade(here.chapter("ch01"), submission, options) for submission in submissions]
        return [
            {check.id: (check.verdict, check.message, check.hint, check.detail) for check in report.checks}
            for report in graded
        ]

    return reports


def test_random_numbers(reports):
    """Inputs that a suite draws from the libraries' own generators are the same for every submission."""
    first, _, third = reports(WRONG, RIGHT, WRONG)
    (alone,) = reports(WRONG)

    assert first == third == alone


def test_scripts(reports):
    """A report is the same, and each function is called as often, when the suite runs and when a script replaces it."""
    sources = [RIGHT, RIGHT, WRONG, *CHANGING]

    assert reports(*sources, scripts=True) == reports(*sources)
