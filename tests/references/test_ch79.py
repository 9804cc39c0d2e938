"""ch79's reference against closed forms and torch.optim."""

import numpy as np
import pytest
import torch


def test_gd(reference):
    """On x^2, gd gives 10 (1 - 2 eta)^k, also if it diverges."""
    for eta in (0.05, 0.2, 0.5, 1.1, 0.0, -0.1):
        found = reference.gd(eta, lambda x: 2 * x)
        np.testing.assert_allclose(found, [10 * (1 - 2 * eta) ** k for k in range(11)], atol=1e-12)


def test_train_2d(reference):
    """With momentum as the trainer, train_2d follows torch's SGD with momentum."""

    def trainer(x1, x2, s1, s2, f_grad):
        g1, g2 = f_grad(x1, x2)
        s1, s2 = 0.5 * s1 + g1, 0.5 * s2 + g2
        return x1 - 0.1 * s1, x2 - 0.1 * s2, s1, s2

    point = torch.tensor([-5.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=0.1, momentum=0.5)
    expected = [tuple(point.tolist())]
    for _ in range(20):
        optimizer.zero_grad()
        (point[0] ** 2 + 2 * point[1] ** 2).backward()
        optimizer.step()
        expected.append(tuple(point.tolist()))
    found = reference.train_2d(trainer, f_grad=lambda x1, x2: (2 * x1, 4 * x2))
    np.testing.assert_allclose(found, expected)
    assert reference.train_2d(lambda *four: four, steps=1) == [(-5.0, -2.0)] * 2


def test_the_series_figures(reference):
    """For (1, 2), (2, 4), (3, 6), every step of gradient descent multiplies w - 2 by 0.9067."""
    history = reference.gd_linear([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    factor = 1 - 0.02 * 14 / 3
    assert round(factor, 4) == 0.9067
    np.testing.assert_allclose([w for w, _ in history], [2 - factor ** (k + 1) for k in range(100)])
    np.testing.assert_allclose([cost for _, cost in history], [14 / 3 * factor ** (2 * k) for k in range(100)])
    slopes = reference.sgd_linear([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    np.testing.assert_allclose(slopes[2::3], [2 - (0.98 * 0.92 * 0.82) ** (k + 1) for k in range(100)])


def by_torch(xs, ys, batch_size, w, alpha, epochs):
    """Slopes and costs of torch's SGD."""
    x, y = torch.tensor([xs, ys], dtype=torch.float64)
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    optimizer, history = torch.optim.SGD([w], lr=alpha), []
    for _ in range(epochs):
        for part, labels in zip(x.split(batch_size), y.split(batch_size), strict=True):
            optimizer.zero_grad()
            cost = torch.nn.functional.mse_loss(part * w, labels)
            cost.backward()
            optimizer.step()
            history.append((w.item(), cost.item()))
    return history


@pytest.mark.parametrize("n", [1, 4, 7])
def test_against_torch(reference, n):
    """All three agree with torch.optim.SGD on batches of torch.split."""
    rng = np.random.default_rng(n)
    xs, ys = rng.normal(size=(2, n)).tolist()
    settings = 0.3, 0.05, 6
    np.testing.assert_allclose(reference.gd_linear(xs, ys, *settings), by_torch(xs, ys, n, *settings))
    for size in (1, 2, 3, n, n + 1):
        expected = [w for w, _ in by_torch(xs, ys, size, *settings)]
        np.testing.assert_allclose(reference.minibatch_linear(xs, ys, size, *settings), expected)
        if size == 1:
            np.testing.assert_allclose(reference.sgd_linear(xs, ys, *settings), expected)
    for size in (0, -1):
        with pytest.raises(ValueError, match="batch"):
            reference.minibatch_linear(xs, ys, size)
