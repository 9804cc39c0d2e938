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
'''


@pytest.fixture
def reports(tiny_course):
    """reports(*sources): for each submission, the fields of its checks but for times, from one judge."""
    suite = tiny_course / "tests" / "chapters" / "test_ch01_doubling.py"
    suite.parent.mkdir(parents=True)
    suite.write_text(SUITE, encoding="utf-8")
    here = Course(tiny_course)

    def reports(*sources):
        with Judge(here) as judge:
            submissions = [Submission.from_source(source, "ch01.py") for source in sources]
            graded = [judge.grade(here.chapter("ch01"), submission, RunOptions(seed=3)) for submission in submissions]
        return [
            {check.id: (check.verdict, check.message, check.hint, check.detail) for check in report.checks}
            for report in graded
        ]

    return reports


def test_random_numbers(reports):
    """Inputs that a suite draws from the libraries' own generators are the same for every submission."""
    wrong, right = "def double(x):\n    return 3 * x\n", "def double(x):\n    return 2 * x\n"

    first, _, third = reports(wrong, right, wrong)
    (alone,) = reports(wrong)

    assert first == third == alone
