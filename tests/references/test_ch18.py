"""ch18's reference against numpy, Python's statistics, hand-made folds and an exhaustive search."""

import itertools
import statistics

import numpy as np
import pytest
import torch


def test_means_against_numpy(reference):
    """The weighted mean is numpy's, the geometric mean that of Python's statistics."""
    preds = [torch.rand(7, dtype=torch.float64) + 0.1 for _ in range(4)]
    stacked, weights = torch.stack(preds).numpy(), [1.0, 0.5, 2.0, 0.25]
    found = reference.average_predictions(preds, weights)
    torch.testing.assert_close(found, torch.from_numpy(np.average(stacked, axis=0, weights=weights)))
    expected = [statistics.geometric_mean(column) for column in stacked.T.tolist()]
    torch.testing.assert_close(reference.geometric_mean_predictions(preds).tolist(), expected)
    assert torch.autograd.gradcheck(
        lambda *p: reference.geometric_mean_predictions(p), [pred.requires_grad_() for pred in preds]
    )


def test_geometric_mean_is_best(reference):
    """No price near the geometric mean has less squared logarithmic error towards the predictions."""
    preds = [torch.tensor([price], dtype=torch.float64) for price in (1e5, 2e5, 3.5e5)]
    best = reference.geometric_mean_predictions(preds)

    def error(price):
        return sum((price.log() - pred.log()) ** 2 for pred in preds)

    assert all(error(best) < error(best * factor) for factor in (0.9, 0.999, 1.001, 1.1))


@pytest.mark.parametrize(("n", "k"), [(9, 3), (10, 4), (5, 5), (7, 2)])
def test_folds_by_hand(reference, n, k):
    """Least squares without a row's fold, solved by numpy, predict the row as the reference does."""
    X, y = torch.randn(n, 2, dtype=torch.float64), torch.randn(n, dtype=torch.float64)

    def fit(X, y):
        solution = torch.from_numpy(np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0])
        return lambda Z: Z @ solution

    sizes = [n // k + (fold < n % k) for fold in range(k)]
    fold_of = np.repeat(range(k), sizes)
    expected = [float(fit(X[fold_of != fold_of[i]], y[fold_of != fold_of[i]])(X[i])) for i in range(n)]
    torch.testing.assert_close(reference.out_of_fold(fit, X, y, k), torch.tensor(expected, dtype=torch.float64))


def test_search_against_all(reference):
    """A search of the whole grid finds what an exhaustive one finds; shorter ones try distinct configurations."""
    space = {"a": [1, 5, 2], "b": [0.5, -1.0], "c": ["x", "yy", "zzz", ""]}
    all_losses = {
        values: (values[0] - 2) ** 2 + values[1] * len(values[2]) for values in itertools.product(*space.values())
    }
    for n_trials in (24, 50):
        config, loss = reference.random_search(space, n_trials, lambda a, b, c: all_losses[a, b, c], seed=n_trials)
        assert (tuple(config.values()), loss) == min(all_losses.items(), key=lambda pair: pair[1])
    tried = []
    reference.random_search(space, 17, lambda **config: tried.append(tuple(config.values())) or 0.0)
    assert len(tried) == len(set(tried)) == 17
    assert set(tried) <= set(all_losses)
