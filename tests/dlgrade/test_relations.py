"""Relations between a student's values and the expected ones: each is stated where it holds, and nowhere else."""

import random

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlgrade.judge.compare import Comparison
from dlgrade.judge.relations import Draw, relation

SIZES = ((8, 5), (6, 4))
PAIRS = 10_000  # of unrelated values
SHAPES = (
    (), (1,), (2,), (5,), (12,), (40,), (1, 1), (1, 6), (6, 1), (3, 3), (4, 5), (2, 3), (8, 10), (5, 5), (2, 3, 4),
    (1, 4, 4), (2, 1, 3, 3), (2, 3, 4, 4), (3, 1, 5),
)  # fmt: skip


def draws(actual, expected, arguments=lambda X: {"X": X}, *, sizes=SIZES, seed=0, comparison=None):
    """Two draws of other sizes: the student's value is `actual(X, expected)`."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for size in sizes:
        X = torch.randn(size, generator=generator)
        right = expected(X)
        made.append(Draw(actual(X, right), right, arguments(X), comparison or Comparison()))
    return made
