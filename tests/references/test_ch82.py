"""ch82's reference against torch, scipy's optimiser and finite differences."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

F64 = torch.float64


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sigmoid(reference, dtype):
    """sigmoid and its gradient agree with torch's, also far from 0."""
    z = torch.cat([torch.randn(50), torch.tensor([0.0, 50, -50, 1000, -1000, 1e30, -1e30])]).to(dtype).requires_grad_()
    torch.testing.assert_close(reference.sigmoid(z), torch.sigmoid(z), rtol=1e-5, atol=0)
    (grad,) = torch.autograd.grad(reference.sigmoid(z).sum(), z)
    torch.testing.assert_close(grad, torch.sigmoid(z.detach()) * torch.sigmoid(-z.detach()))


def test_bce_loss(reference):
    """bce_loss agrees with torch's, also for probabilities of 0 and 1."""
    for shape in ((), (7,), (3, 4)):
        p, y = torch.rand(2, *shape, dtype=F64)
        torch.testing.assert_close(reference.bce_loss(p, y), F.binary_cross_entropy(p, y))
    p, y = torch.tensor([0.0, 0, 1, 1, 1e-60, 0.3], dtype=F64), torch.tensor([0.0, 1, 0, 1, 1, 0.5], dtype=F64)
    torch.testing.assert_close(reference.bce_loss(p, y), F.binary_cross_entropy(p, y))
    with pytest.raises(ValueError, match="shape"):
        reference.bce_loss(torch.ones(3, 1), torch.ones(3))


def test_bce_with_logits(reference):
    """bce_with_logits and its gradient agree with torch's, also for large logits."""
    z, y = torch.randn(9, dtype=F64), torch.rand(9, dtype=F64)
    for scale in (1, 50, 1e4):
        leaf = (scale * z).requires_grad_()
        loss = reference.bce_with_logits(leaf, y)
        torch.testing.assert_close(loss, F.binary_cross_entropy_with_logits(leaf, y))
        (grad,) = torch.autograd.grad(loss, leaf)
        torch.testing.assert_close(grad, (torch.sigmoid(scale * z) - y) / 9)
    small = reference.bce_with_logits(torch.tensor(40.0, dtype=F64), torch.tensor(1.0, dtype=F64))
    assert small.item() == pytest.approx(np.exp(-40), rel=1e-12)
    with pytest.raises(ValueError, match="shape"):
        reference.bce_with_logits(torch.ones(3, 1), torch.ones(3))


def test_logistic_grad(reference):
    """logistic_grad agrees with autograd; each example of the series adds (y_hat - y) x / N."""
    X, y, w = torch.randn(8, 3, dtype=F64), torch.randint(2, (8,)).double(), torch.randn(3, dtype=F64)
    leaf = w.clone().requires_grad_()
    (grad,) = torch.autograd.grad(F.binary_cross_entropy_with_logits(X @ leaf, y), leaf)
    torch.testing.assert_close(reference.logistic_grad(X, y, w), grad)
    parts = [(torch.sigmoid(x @ w) - label) * x / 8 for x, label in zip(X, y, strict=True)]
    torch.testing.assert_close(reference.logistic_grad(X, y, w), sum(parts))


def newton(X, y):
    """The minimum of the cross-entropy by Newton's method."""
    X = np.column_stack([np.ones(len(X)), X])
    w = np.zeros(X.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-X @ w))
        w -= np.linalg.solve(X.T * (p * (1 - p)) @ X, X.T @ (p - y))
    return w


def test_fit_logistic(reference):
    """Many steps lead to the minimum that Newton's method finds; separable data keeps the weights finite."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = (rng.random(60) < 1 / (1 + np.exp(-(0.5 + X @ [1.0, -2.0])))).astype(float)
    found = reference.fit_logistic(torch.tensor(X), torch.tensor(y), 0.5, 3000)
    np.testing.assert_allclose(found, newton(X, y), rtol=1e-6)
    separable = reference.fit_logistic(torch.tensor(X), torch.tensor((X[:, 0] > 0).astype(float)), 500.0, 200)
    assert separable.isfinite().all()
    assert torch.equal(reference.predict_label(torch.tensor(X), separable), torch.tensor(X[:, 0] > 0).long())


def test_predict_label(reference):
    """A label is 1 where the score exceeds the logit of the threshold; a score of 0 is class 0."""
    X, w = torch.randn(50, 3, dtype=F64), torch.randn(4, dtype=F64)
    for threshold in (0.1, 0.5, 0.9):
        expected = (X @ w[1:] + w[0] > np.log(threshold / (1 - threshold))).long()
        assert torch.equal(reference.predict_label(X, w, threshold), expected)
    assert reference.predict_label(torch.zeros(1, 3, dtype=F64), 0 * w).tolist() == [0]
