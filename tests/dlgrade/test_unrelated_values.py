"""Unrelated values have no relation: the test of 10,000 pairs of many kinds and shapes."""

import random

import pytest
import torch
from torch.nn import functional as F

from dlgrade.judge.compare import Comparison
from dlgrade.judge.relations import Draw, relation

PAIRS = 10_000  # of unrelated values
SHAPES = (
    (), (1,), (2,), (5,), (12,), (40,), (1, 1), (1, 6), (6, 1), (3, 3), (4, 5), (2, 3), (8, 10), (5, 5), (2, 3, 4),
    (1, 4, 4), (2, 1, 3, 3), (2, 3, 4, 4), (3, 1, 5),
)  # fmt: skip

RANDOM = {
    "normal": lambda shape, g: torch.randn(shape, generator=g),
    "float64": lambda shape, g: torch.randn(shape, generator=g, dtype=torch.float64),
    "bfloat16": lambda shape, g: torch.randn(shape, generator=g).bfloat16(),
    "positive": lambda shape, g: torch.rand(shape, generator=g),
    "tiny": lambda shape, g: 1e-3 * torch.randn(shape, generator=g),
    "sorted": lambda shape, g: torch.rand(shape, generator=g).flatten().sort().values.reshape(shape),
    "probabilities": lambda shape, g: torch.randn(shape, generator=g).softmax(
        int(torch.randint(max(1, len(shape)), (), generator=g))
    ),
    "integers": lambda shape, g: torch.randint(0, 10, shape, generator=g),
    "small-integers": lambda shape, g: torch.randint(-1, 3, shape, generator=g),
    "counts": lambda shape, g: torch.randint(0, 5, shape, generator=g).float(),
    "truths": lambda shape, g: torch.rand(shape, generator=g) < 0.5,
    "one-hot": lambda shape, g: F.one_hot(torch.randint(last(shape), shape[:-1], generator=g), last(shape)).reshape(
        shape or (2,)
    ),
    "mask": lambda shape, g: (torch.arange(last(shape)) < drawn_lengths(shape, g)[..., None]).float(),
    "padded": lambda shape, g: torch.randn(shape, generator=g) * (
        torch.arange(last(shape)) < drawn_lengths(shape, g)[..., None]
    ),
    "rectified": lambda shape, g: torch.randn(shape, generator=g).relu(),
    "constant": lambda shape, g: torch.full(shape, float(torch.randint(-2, 3, (), generator=g))),
}  # fmt: skip


def last(shape):
    return shape[-1] if shape else 2


def drawn_lengths(shape, generator):
    return torch.randint(1, last(shape) + 1, shape[:-1], generator=generator)


def unrelated(chance, generator):
    """Return two draws of one kind: the student's values have nothing to do with the expected ones."""
    theirs = RANDOM[chance.choice(list(RANDOM))]
    mine = theirs if chance.random() < 0.5 else RANDOM[chance.choice(list(RANDOM))]
    other_shape, container = chance.random() < 0.3, chance.random()
    draws = []
    for _ in range(2):
        shape = chance.choice(SHAPES)
        actual = mine(chance.choice(SHAPES) if other_shape else shape, generator)
        expected = theirs(shape, generator)
        first = expected.shape[0] if expected.dim() else 1
        arguments = {
            "X": torch.randn(shape, generator=generator), "n": chance.randint(1, 9), "eps": 1e-5,
            "lens": torch.randint(0, 5, (first,), generator=generator),
            "gamma": torch.randn(shape[-1:] or (1,), generator=generator),
        }  # fmt: skip
        if container < 0.1:
            actual, expected = actual.tolist(), expected.tolist()
        elif container < 0.2:
            actual, expected = (actual, mine((3,), generator)), (expected, theirs((3,), generator))
        elif container < 0.25:
            actual, expected = ("".join(map(str, number.flatten().tolist()))[:9] for number in (actual, expected))
        draws.append(Draw(actual, expected, arguments, Comparison(dtype=chance.random() < 0.5)))
    return draws


@pytest.fixture
def one_thread():
    """As in a judge: for small tensors, threads only cost time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_unrelated():
    """Of 10,000 pairs of unrelated values, no two have a relation."""
    chance, generator = random.Random(0), torch.Generator().manual_seed(0)
    found = [relation(unrelated(chance, generator)) for _ in range(PAIRS // 2)]
    assert [each.text.en for each in found if each] == []
