"""Wrong shapes are described if all results of an exercise are wrong in the same way."""

import pytest
import torch

from dlgrade.judge.compare import Comparison
from dlgrade.judge.relations import Draw, wrong_sizes


def draws(actual, expected, *sizes):
    """Draws from an X of each size."""
    inputs = [torch.randn(size, generator=torch.Generator().manual_seed(0)) for size in sizes]
    return [Draw(actual(x), expected(x), {"X": x}, Comparison()) for x in inputs]


def wave(x):
    return 3 * torch.tanh(x)


def noise(x):
    return x + torch.randn(x.shape, generator=torch.Generator().manual_seed(1))


def pairs(x):
    return wave(x), wave(x)


# The student's value from X, the expected value, and the words about the first result; None: nothing is said.
WRONG_SIZES = {
    "a-number": (lambda x: noise(x).mean(), wave, " is a single number; the expected shape is (8, 5) here."),
    "a-float": (lambda x: noise(x).sum().item(), wave, " is a single number; "),
    "axes-of-size-1": (lambda x: noise(x)[None], wave, " has an axis of size 1 too many: its shape is (1, 8, 5) here"),
    "one-too-few": (lambda x: noise(x)[1:], wave, " has 1 entry too few along axis 0: its shape is (7, 5) here"),
    "in-an-entry": (lambda x: (noise(x[:-2]), wave(x)), pairs, "[0] has 2 entries too few along axis 0: "),
    "axis-missing": (lambda x: noise(x)[:, 0], wave, " lacks axis 1 of the expected shape: it is (8,) here"),
    "two-axes-of-size-1": (lambda x: noise(x), lambda x: wave(x)[:, None, None], " has 2 axes of size 1 too few: "),
    "axis-of-size-1-elsewhere": (lambda x: noise(x)[None], lambda x: wave(x)[:, None], None),
    "one-of-two-equal-axes": (lambda x: noise(x)[:, 0], lambda x: x[:, :1] @ x[:, :1].T, None),
    "a-truth-value": (lambda x: bool(noise(x).sum() > 0), wave, None),
    "a-truth-value-of-torch": (lambda x: noise(x).sum() > 0, wave, None),
    "an-array": (lambda x: noise(x)[1:].numpy(), wave, None),
    "moved-and-one-missing": (lambda x: noise(x)[:, 0][None], lambda x: wave(x)[:, :1, None], None),
    "one-or-a-missing-axis": (lambda x: noise(x)[:1, 0], lambda x: wave(x)[:, :1], None),
    "right-but-for-another-entry": (lambda x: (noise(x), noise(x[:-2])), pairs, None),
    "in-different-entries": (
        lambda x: (wave(x[1:]), wave(x)) if len(x) == 8 else (wave(x), wave(x[1:])),
        pairs,
        "Each wrong tensor has 1 entry too few along axis 0: its shape is (7, 5) here",
    ),
    "different-ways": (lambda x: noise(x)[: len(x) // 2], wave, None),
    "right-shape": (noise, wave, None),
    "one-of-right-shape": (lambda x: noise(x)[: min(len(x), 6)], wave, None),
    "a-number-expected": (noise, lambda x: x.sum(), None),
}


@pytest.mark.parametrize("name", WRONG_SIZES)
def test_wrong_sizes(name):
    """Shapes that are wrong in one way in all results are described, whatever the numbers are."""
    actual, expected, said = WRONG_SIZES[name]
    found = wrong_sizes(draws(actual, expected, (8, 5), (6, 4)))
    assert (found is None) == (said is None), found
    assert found is None or said in found.text.en


def test_wrong_sizes_of_one_shape():
    """A single shape is no evidence for a rule."""
    assert wrong_sizes(draws(lambda x: noise(x)[1:], wave, (8, 5), (8, 5))) is None
