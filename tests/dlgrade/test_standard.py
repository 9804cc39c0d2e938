"""Checks that a suite declares: each of them fails for the mistake that it is about, and for no other."""

import subprocess
import sys

import pytest
import torch

from dlgrade.course import Course
from dlgrade.course.starter_notebook import notebook
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission
from dlgrade.testing import gradients

CHAPTER = """\
title: {en: Scaling, zh: 缩放}
exercises:
  - name: scale
    title: {en: Scales columns, zh: 缩放各列}
  - name: Scale
    title: {en: A layer, zh: 一层}
"""
RIGHT = '''\
"""ch01 Scaling. 缩放。"""

import torch


def scale(X, weights):
    """X times each of the weights, added up."""
    # BEGIN SOLUTION
    return sum(X * w for w in weights)
    # END SOLUTION


class Scale(torch.nn.Module):
    """X times the weight."""

    # BEGIN SOLUTION
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, X):
        return X * self.weight
    # END SOLUTION
'''
SUITE = '''\
"""ch01: scale, Scale."""

import pytest

from dlgrade.testing import promise, set_parameters, standard


@pytest.mark.exercise("scale")
class TestScale:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed", points=3, marks=pytest.mark.timeout(7)),
        promise.batch_of_one("X"),
        promise.axis_of_one(X=1, weights=0, id="one_column"),
        promise.second_call,
        promise.gradients("X", "weights"),
        promise.float64_transposed(marks=pytest.mark.bonus),
    )
    def arguments(self, randn, chance):
        n, d = chance.sample(range(3, 9), 2)
        return {"X": randn(n, d), "weights": [randn(d), randn(d)]}

    def test_by_hand(self, agree, randn):
        """Is written out.
        手写的检查项。"""
        X = randn(2, 3)
        agree(lambda impl: impl.scale(X, [X[0]]))


@pytest.mark.exercise("Scale")
class TestScaleLayer:
    @standard(
        promise.float64,
        promise.second_call,
        promise.gradients("X"),
        net=lambda impl: set_parameters(impl.Scale(), 0),
    )
    def arguments(self, randn):
        return {"X": randn(4, 3)}
'''
BODY = "    return sum(X * w for w in weights)\n"
LAYER = "        return X * self.weight\n"
WRONG = {  # instead of the right line, and the checks that fail
    "in-place": (BODY, "    X *= sum(weights)\n    return X\n", {"scale.arguments_untouched", "scale.second_call"}),
    "list": (BODY, "    weights.reverse()\n" + BODY, {"scale.arguments_untouched"}),
    "longer": (BODY, "    weights.append(torch.zeros(()))\n" + BODY, {"scale.arguments_untouched"}),
    "view": (BODY, "    X = X.view(-1).view(X.shape)\n" + BODY, {"scale.transposed", "scale.float64_transposed"}),
    "float32": (
        BODY,
        "    return (X.float() * sum(weights).float()).to(X.dtype)\n",
        {"scale.float64", "scale.float64_transposed"},
    ),
    "no-batch": (BODY, "    X = X.squeeze(0)\n" + BODY, {"scale.batch_of_one"}),
    "one-column": (BODY, "    X = X.squeeze(1)\n" + BODY, {"scale.one_column"}),
    "detached": (BODY, "    weights = [*weights[:-1], weights[-1].detach()]\n" + BODY, {"scale.gradients"}),
    "no-gradient": (BODY, "    with torch.no_grad():\n    " + BODY, {"scale.gradients"}),
    "state": (
        LAYER,
        "        self.weight.data += 1e-3\n" + LAYER,
        {"Scale.float64", "Scale.second_call", "Scale.gradients"},
    ),
    "parameter": (LAYER, "        return X * self.weight.detach()\n", {"Scale.gradients"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def scaling(tmp_path_factory):
    """The folder of a course whose suite declares every promise."""
    folder = tmp_path_factory.mktemp("course")
    contents = "format_version: 2\ntitle: {en: Small, zh: 小课程}\nparts:\n"
    contents += "  - id: only\n    title: {en: Only, zh: 唯一}\n    chapters:\n      - ch01_scaling\n"
    files = {
        "exercises/course.yaml": contents,
        "exercises/ch01_scaling/chapter.yaml": CHAPTER,
        "exercises/ch01_scaling/ch01_scaling.py": RIGHT,
        "solutions/ch01_scaling/reference.py": RIGHT,
        "tests/chapters/test_ch01_scaling.py": SUITE,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(scaling):
    """report(source): the report of a submission."""
    course = Course(scaling)
    with Judge(course) as judge:
        chapter = course.chapter("ch01")
        yield lambda source, **options: judge.grade(
            chapter, Submission.from_source(source, "ch01.py"), RunOptions(**options)
        )


def test_right_answer(report):
    """The reference passes under ten seeds; the checks have the ids, points, marks and texts that were declared."""
    reports = [report(RIGHT, seed=seed) for seed in range(10)]

    assert all(check.passed for each in reports for check in each.checks)
    checks = {check.id: check for check in reports[0].checks}
    assert list(checks) == [
        "scale.by_hand", "scale.arguments_untouched", "scale.float64", "scale.transposed", "scale.batch_of_one",
        "scale.one_column", "scale.second_call", "scale.gradients", "scale.float64_transposed",
        "Scale.float64", "Scale.second_call", "Scale.gradients",
    ]  # fmt: skip
    assert [check.points for check in checks.values()] == [1, 1, 1, 3, 1, 1, 1, 2, 0, 1, 1, 2]
    assert checks["scale.float64_transposed"].bonus
    assert checks["scale.gradients"].description.en == "Gives the right gradients for X and weights."
    assert checks["scale.gradients"].description.zh == "X 和 weights 的梯度正确。"


@pytest.mark.parametrize(("right", "wrong", "failing"), WRONG.values(), ids=WRONG)
def test_mistakes(report, right, wrong, failing):
    """A mistake fails the checks that are about it."""
    checks = report(RIGHT.replace(right, wrong)).checks

    assert {check.id for check in checks if not check.passed} == failing


def test_message_of_a_changed_argument(report):
    """The message names the argument that was changed."""
    (check,) = report(RIGHT.replace(*WRONG["list"][:2]), keyword="scale.arguments_untouched").checks

    assert check.message.en.startswith("scale changes its argument weights: weights[0][2] was ")
    assert "weights[0][2]" in check.message.zh


def test_message_of_an_argument_of_another_length(report):
    """An argument that has grown is not called a result."""
    (check,) = report(RIGHT.replace(*WRONG["longer"][:2]), keyword="scale.arguments_untouched").checks

    assert check.message.en == "The call changes one of its arguments."
    assert check.detail.got.count("tensor") == check.detail.expected.count("tensor") + 1


def test_two_checks_of_one_id(scaling, tmp_path):
    """A promise whose id is taken is refused when the suite is collected."""
    suite = tmp_path / "test_ch28_batch_norm.py"  # a suite by its name
    suite.write_text(SUITE.replace("promise.second_call,", "promise.float64,", 1), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "dlgrade.judge.plugin", "-p", "no:cacheprovider", str(suite)],
        cwd=scaling, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert result.returncode != 0
    assert "TestScale has two checks test_float64" in result.stdout


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "- Gives the right gradients for X and weights."), ("zh", "- X 和 weights 的梯度正确。")],
)
def test_starter_notebook(scaling, lang, sentence):
    """A starter notebook lists the declared checks, without bonus checks."""
    course = Course(scaling)
    made = notebook(course, course.chapter("ch01"), RIGHT, lang)

    assert sentence in made
    assert "float64_transposed" not in made
    assert made.count("float64") == 2  # one for each exercise


def test_every_element_has_a_gradient():
    """`gradients` gives no element of a result the weight 0, also if the result is a single number."""
    x = torch.tensor([3.0, -2.0, 0.5])
    assert all(gradients(lambda x: 2 * x, x)[0] > 0)
    assert torch.equal(gradients(lambda x: x.square().sum(), x)[0] > 0, x > 0)
