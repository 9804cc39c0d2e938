"""ch80's reference against autograd and least squares."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F


def by_autograd(function, values):
    """The derivatives of a function of floats."""
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
    return [grad.item() for grad in torch.autograd.grad(function(*leaves), leaves)]


def test_scalar_gradients(reference):
    """The derivatives of both losses agree with autograd."""
    for w, v, b, x, y in np.random.default_rng(0).normal(size=(20, 5)).tolist():
        found = reference.grad_linear_wb(w, b, x, y)
        assert found == pytest.approx(by_autograd(lambda w, b, x=x, y=y: (w * x + b - y) ** 2, (w, b)))
        assert found == pytest.approx((2 * x * (w * x + b - y), 2 * (w * x + b - y)))
        found = reference.grad_quadratic(w, v, b, x, y)
        loss = by_autograd(lambda w, v, b, x=x, y=y: (w * x**2 + v * x + b - y) ** 2, (w, v, b))
        assert found == pytest.approx(loss)


def test_fit_wb(reference):
    """Many steps lead to least squares; few steps are those of torch's SGD."""
    rng = np.random.default_rng(1)
    xs, ys = rng.normal(size=(2, 6)).tolist()
    assert reference.fit_wb(xs, ys, 0.1, 2000) == pytest.approx(np.polyfit(xs, ys, 1))
    assert reference.fit_wb(xs, ys, 0.1, 0) == (0.0, 0.0)
    w, b = reference.fit_wb([1.5], [2.0], 0.1, 500)
    assert 1.5 * w + b == pytest.approx(2.0)
    theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer, (x, y) = torch.optim.SGD([theta], lr=0.1), torch.tensor([xs, ys], dtype=torch.float64)
    for _ in range(7):
        optimizer.zero_grad()
        F.mse_loss(theta[0] * x + theta[1], y).backward()
        optimizer.step()
    assert reference.fit_wb(xs, ys, 0.1, 7) == pytest.approx(theta.tolist())


@pytest.mark.parametrize("scale", [1, 1000])
def test_mlp_backward(reference, scale):
    """Loss and gradients agree with autograd, also for large logits and for a Z of 0."""
    X, y = torch.randn(6, 4, dtype=torch.float64), torch.tensor([0, 2, 1, 2, 2, 0])
    W1, b1, W2, b2 = (torch.randn(*shape, dtype=torch.float64) for shape in ((4, 5), (5,), (5, 3), (3,)))
    X[0], b1[:2] = 0, 0
    parameters = [p.clone().requires_grad_() for p in (W1, b1, scale * W2, b2)]
    loss = F.cross_entropy(F.relu(X @ parameters[0] + parameters[1]) @ parameters[2] + parameters[3], y)
    found = reference.mlp_backward(X, y, W1, b1, scale * W2, b2)
    torch.testing.assert_close(list(found), [loss.detach(), *torch.autograd.grad(loss, parameters)])


@pytest.mark.parametrize(("size", "kernel"), [((5, 7), (3, 2)), ((4, 6), (4, 6)), ((5, 4), (1, 1)), ((1, 6), (1, 3))])
def test_conv2d_backward(reference, size, kernel):
    """The gradients agree with torch's convolution; another dY is refused."""
    X, K = (torch.randn(*shape, dtype=torch.float64).requires_grad_() for shape in (size, kernel))
    Y = F.conv2d(X[None, None], K[None, None])[0, 0]
    dY = torch.randn_like(Y)
    expected = torch.autograd.grad(Y, (X, K), dY)
    torch.testing.assert_close(reference.conv2d_backward(X.detach(), K.detach(), dY), expected)
    with pytest.raises(ValueError, match="dY"):
        reference.conv2d_backward(X.detach(), K.detach(), torch.cat([dY, dY]))
