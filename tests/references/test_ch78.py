"""ch78's reference against torch's loss, numpy's grids and least squares."""

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F


def test_predict(reference):
    """predict gives the number of the series, and agrees with numpy's polynomials."""
    assert reference.predict(2.0, 4.0) == 8.0
    for w, x, b in np.random.default_rng(0).normal(size=(20, 3)):
        assert reference.predict(w, x, b) == pytest.approx(np.polyval([w, b], x))


def test_mse(reference):
    """mse agrees with torch's loss, and refuses shapes that differ."""
    for shape in ((), (1,), (5,), (5, 1), (2, 3, 4)):
        y_hat, y = torch.randn(2, *shape)
        torch.testing.assert_close(reference.mse(y_hat, y), F.mse_loss(y_hat, y))
    with pytest.raises(ValueError, match="shape"):
        reference.mse(torch.ones(3, 1), torch.ones(3))
    pair = torch.randn(2, 4, 3, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(lambda pair: reference.mse(*pair), (pair,))


def test_the_series_example(reference):
    """The search of the series has 41 points and finds 2."""
    x = torch.tensor([1.0, 2, 3])
    best, pairs = reference.exhaustive_search_w(x, 2 * x)
    assert best == 2.0
    assert len(pairs) == 41
    assert pairs[-1][0] == 4.0
    for (w, cost), expected in zip(pairs, np.arange(0.0, 4.1, 0.1), strict=True):
        assert w == pytest.approx(expected)
        assert cost == pytest.approx(14 / 3 * (w - 2) ** 2, abs=1e-5)


def test_exhaustive_search_w(reference):
    """The best point of a fine grid is next to least squares; the grid is numpy's."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        x, y = rng.normal(size=(2, 7))
        first, count = rng.integers(-30, -10), rng.integers(30, 60)
        start, stop = first / 10, (first + count) / 10
        best, pairs = reference.exhaustive_search_w(torch.tensor(x), torch.tensor(y), start, stop)
        np.testing.assert_allclose([w for w, _ in pairs], np.linspace(start, stop, count + 1), atol=1e-12)
        np.testing.assert_allclose([cost for _, cost in pairs], [np.mean((w * x - y) ** 2) for w, _ in pairs])
        assert abs(best - np.clip(x @ y / (x @ x), start, stop)) < 0.0501
    for bad in ((0.0, 1.0, 0.0), (0.0, 1.0, -0.1), (1.0, 0.0, 0.1), (1.0, 0.0, -0.1)):
        with pytest.raises(ValueError, match="grid"):
            reference.exhaustive_search_w(torch.ones(2), torch.ones(2), *bad)


def test_exhaustive_search_wb(reference):
    """The best pair has the lowest mean square of all pairs; on the grid it is that of least squares."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        ws, bs = rng.choice(np.arange(-8, 9) / 2, size=(2, 6), replace=False).tolist()
        x, noise = rng.normal(size=(2, 9))
        noise -= np.polyval(np.polyfit(x, noise, 1), x)  # least squares finds w and b in spite of the noise
        w, b = ws[rng.integers(6)], bs[rng.integers(6)]
        y = w * x + b + 0.1 * noise
        found = reference.exhaustive_search_wb(torch.tensor(x), torch.tensor(y), ws, bs)
        assert found[:2] == (w, b)
        assert found[2] == pytest.approx(min(np.mean((w * x + b - y) ** 2) for w, b in product(ws, bs)))
        np.testing.assert_allclose(np.polyfit(x, y, 1), found[:2])
    for empty in (([], [1.0]), ([1.0], []), ([], [])):
        with pytest.raises(ValueError, match="candidates"):
            reference.exhaustive_search_wb(torch.ones(2), torch.ones(2), *empty)
