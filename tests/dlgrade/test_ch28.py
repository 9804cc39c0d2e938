"""ch28's own proof: right answers earn full marks, known mistakes are named, worthless answers earn nothing."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade import course
from dlgrade.report.model import Verdict
from dlgrade.variants import changed

HERE = course.load()
CH28 = HERE.chapter("ch28")
REFERENCE = HERE.reference(CH28).read_text(encoding="utf-8")
RIGHT = {"reference": HERE.reference(CH28), **{path.stem: path for path in HERE.alternates(CH28)}}
WORTHLESS = {
    "none": "None",
    "a scalar": "0.0",
    "the input": "args[0]",
    "zeros": "torch.zeros_like(args[0])",
    "ones": "torch.ones_like(args[0])",
    "nan": "torch.full_like(args[0], float('nan'))",
    "another dtype": "args[0].to(torch.int32)",
    "another shape": "args[0].reshape(-1)",
    "a tuple of zeros": "(torch.zeros_like(args[0]), args[3], args[4])",
    "an error": "(_ for _ in ()).throw(ValueError('no'))",
    "an assertion": "(_ for _ in ()).throw(AssertionError('no'))",
}
READY_MADE = """
import torch
from torch import nn
from torch.nn import functional as F


def batch_norm(X, gamma, beta, mean, var, eps, momentum):
    training = torch.is_grad_enabled()
    return F.batch_norm(X, mean, var, gamma, beta, training, 1 - momentum, eps), mean, var


class BatchNorm(nn.BatchNorm2d):
    def __init__(self, num_features, num_dims):
        super().__init__(num_features)


def layer_norm(*args, **kwargs):
    return F.layer_norm(*args, **kwargs)


def instance_norm(X, weight=None, bias=None, eps=1e-5):
    return getattr(F, "instance_" + "norm")(X, weight=weight, bias=bias, eps=eps)


def group_norm(X, num_groups, weight=None, bias=None, eps=1e-5):
    return nn.GroupNorm(num_groups, X.shape[1], eps)(X)
"""


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_earn_full_marks(grade, name, seed):
    """The reference and each other way to write it pass every check, bonus ones included, under several seeds."""
    report = grade(RIGHT[name].read_text(encoding="utf-8"), seed=seed)
    assert [check.id for check in report.checks if not check.passed] == []


def test_starter_code_is_not_implemented(grade):
    """Starter code fails every check with NOT_IMPLEMENTED and for no other reason."""
    report = grade(grade.starter)
    assert {check.verdict for check in report.checks} == {Verdict.NOT_IMPLEMENTED}


@pytest.mark.parametrize("mistake", HERE.misconceptions(CH28), ids=lambda mistake: mistake.id)
def test_misconceptions_are_caught_and_named(grade, mistake):
    """Each known mistake fails exactly the checks that it lists, by its values, and is named by every one of them."""
    report = grade(changed(REFERENCE, mistake, "misconceptions.yaml"), seed=3)
    failed = [check for check in report.checks if not check.passed]
    assert [check.id for check in failed] == list(mistake.caught_by)
    assert {check.verdict for check in failed} == {Verdict.FAILED}
    assert {check.diagnosis for check in failed} == {mistake.id}


def test_every_check_catches_something(grade):
    """No check earns its points for nothing: a misconception, or code that does no more than is easy, fails it."""
    caught = {name for mistake in HERE.misconceptions(CH28) for name in mistake.caught_by}
    for expression in WORTHLESS.values():
        caught |= {check.id for check in grade(_worthless(expression)).checks if not check.passed}
    caught |= {check.id for check in grade(READY_MADE).checks if not check.passed}
    assert {check.id for check in grade(grade.starter).checks} - caught == set()


def test_ready_made_calls_earn_nothing(grade):
    """Right answers by torch's own functions earn no points for the exercises that are to be written from scratch."""
    report = grade(READY_MADE)
    assert report.score == 0
    messages = {check.message.en for check in report.checks if check.exercise == "layer_norm"}
    assert messages == {
        "Calls torch.nn.functional.layer_norm (line 18). "
        "This exercise is to be written from scratch, so it earns no points."
    }


@pytest.mark.parametrize("expression", WORTHLESS.values(), ids=WORTHLESS)
def test_worthless_answers_earn_nothing(grade, expression):
    """An answer of the right shape and no content, or of no shape at all, earns no point."""
    report = grade(_worthless(expression))
    assert [check.id for check in report.checks if check.earned] == []


def _worthless(expression):
    functions = [e.name for e in CH28.exercises if e.name != "BatchNorm"]
    return "\n\n".join(
        [
            "import torch",
            "class BatchNorm(torch.nn.Module):\n    def __init__(self, *args):\n        super().__init__()",
            f"    def forward(self, *args):\n        return {expression}",
            *(f"def {name}(*args, **kwargs):\n    return {expression}" for name in functions),
        ]
    )


@pytest.fixture(scope="module")
def reference(judge, ch28):
    return judge.content(ch28).reference.module


def test_reference_against_torch(reference):
    """The reference agrees with torch's own normalisations, whose running variance is unbiased."""
    X, gamma, beta = torch.randn(8, 6, 5, 4).double(), torch.randn(6).double(), torch.randn(6).double()
    mean, var = torch.randn(6).double(), torch.rand(6).double() + 0.5
    torch_mean, torch_var = mean.clone(), var.clone()
    expected = F.batch_norm(X, torch_mean, torch_var, gamma, beta, training=True, momentum=0.1)
    per_channel = [t.reshape(1, 6, 1, 1) for t in (gamma, beta, mean, var)]
    Y, new_mean, new_var = reference.batch_norm(X, *per_channel, eps=1e-5, momentum=0.9)
    count = X.numel() / 6
    biased = var * 0.9 + (torch_var - var * 0.9) * (count - 1) / count
    for one, other in ((Y, expected), (new_mean.flatten(), torch_mean), (new_var.flatten(), biased)):
        torch.testing.assert_close(one, other)
    torch.testing.assert_close(reference.layer_norm(X, (5, 4)), F.layer_norm(X, (5, 4)))
    torch.testing.assert_close(reference.instance_norm(X, gamma, beta), F.instance_norm(X, weight=gamma, bias=beta))
    torch.testing.assert_close(reference.group_norm(X, 3, gamma, beta), F.group_norm(X, 3, gamma, beta))


def test_reference_gradients(reference):
    """The reference's gradients agree with finite differences."""
    X, gamma, beta = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((4, 3), (3,), (3,)))
    stats = torch.zeros(3).double(), torch.ones(3).double()
    assert torch.autograd.gradcheck(lambda *t: reference.batch_norm(*t, *stats, 1e-5, 0.9)[0], (X, gamma, beta))
    assert torch.autograd.gradcheck(lambda x, w, b: reference.layer_norm(x, (3,), w, b), (X, gamma, beta))


def test_hints_for_every_exercise():
    """Every exercise has hints in both languages."""
    hints = course.read_yaml(HERE.hints(CH28), dict[str, list[course.Text]])
    assert sorted(hints) == sorted(exercise.name for exercise in CH28.exercises)
    assert all(len(steps) >= 2 and all(step.en and step.zh for step in steps) for steps in hints.values())
