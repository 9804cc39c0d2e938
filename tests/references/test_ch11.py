"""ch11's reference against torch's losses, exact fractions, numpy's array_split and finite differences."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F


def test_loss_against_torch_on_all_data(reference):
    """The loss over minibatches of any size is torch's loss on the whole data, for flat and for upright labels."""
    net, X, y = nn.Linear(5, 1), torch.randn(23, 5), torch.randn(23)
    for function, size in itertools.product((F.mse_loss, F.l1_loss, F.smooth_l1_loss), (1, 4, 23)):
        expected = function(net(X)[:, 0], y).item()
        for labels in (y, y[:, None]):
            data = zip(X.split(size), labels.split(size), strict=True)
            found = reference.evaluate_loss(net, data, lambda *pair, f=function: f(*pair, reduction="none"))
            assert found == pytest.approx(expected, rel=1e-5)


def test_polynomials_against_exact_fractions(reference):
    """Features agree with exact rational arithmetic, and their gradients with finite differences."""
    x = [Fraction(n, 4) for n in (-37, -3, 0, 1, 90)]
    found = reference.polynomial_features(torch.tensor([float(n) for n in x], dtype=torch.float64), 30)
    expected = [[float(n**i / math.factorial(i)) for i in range(30)] for n in x]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))
    points = torch.tensor([-1.5, 0.0, 0.5, 2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: reference.polynomial_features(x, 6), points)


def test_exponential_series(reference):
    """The columns add up to the exponential function."""
    x = torch.linspace(-2, 2, 9, dtype=torch.float64)
    torch.testing.assert_close(reference.polynomial_features(x, 30).sum(1), x.exp())


def test_folds_against_array_split(reference):
    """For all small n and k the validation folds are numpy's array_split, and the training sets all the rest."""
    for n in range(2, 16):
        for k in range(2, n + 1):
            found = reference.k_fold_indices(n, k)
            assert [valid for _, valid in found] == [fold.tolist() for fold in np.array_split(np.arange(n), k)]
            assert all(sorted(train + valid) == list(range(n)) and train == sorted(train) for train, valid in found)


def test_split_is_a_random_partition(reference):
    """For all small n the three lists partition the examples, in sizes of exact arithmetic; all orders occur."""
    for n in range(1, 40):
        parts = reference.train_val_test_split(n, (0.5, 0.125, 0.375), seed=n)
        valid, test = n * Fraction(1, 8) // 1, n * Fraction(3, 8) // 1
        assert [len(part) for part in parts] == [n - valid - test, valid, test]
        assert sorted(itertools.chain(*parts)) == list(range(n))
    orders = {
        tuple(itertools.chain(*reference.train_val_test_split(4, (0.5, 0.25, 0.25), seed))) for seed in range(300)
    }
    assert orders == set(itertools.permutations(range(4)))


def test_stratified_counts(reference):
    """The validation set of random labels has max(1, floor(smallest * ratio)) of each class, whatever the seed."""
    for seed in range(30):
        labels = np.random.default_rng(seed).choice([3, 8, -1], size=40, p=[0.6, 0.3, 0.1]).tolist()
        train, valid = reference.stratified_split(labels, 0.375, seed)
        smallest = min(Counter(labels).values())
        expected = max(1, smallest * Fraction(3, 8) // 1)
        assert Counter(labels[i] for i in valid) == dict.fromkeys(set(labels), expected)
        assert sorted(train + valid) == list(range(40))
