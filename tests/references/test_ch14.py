"""ch14's reference against torch's own functions, numpy, exact integers and finite differences."""

import math

import numpy as np
import pytest
import torch
from torch import nn


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(14)


@pytest.mark.parametrize("shift", [0.0, 1e4, -1e4, 1e30])
def test_logsumexp_against_torch_and_numpy(reference, shift):
    """Agrees with torch.logsumexp and with numpy's logaddexp.reduce, in every dimension, gradients included."""
    X = torch.randn(3, 4, 5, dtype=torch.float64) + shift
    for dim in range(-3, 3):
        found = reference.logsumexp(X, dim)
        torch.testing.assert_close(found, torch.logsumexp(X, dim))
        torch.testing.assert_close(found, torch.from_numpy(np.logaddexp.reduce(X.numpy(), axis=dim)))
    small = (X - shift).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: reference.logsumexp(x, 1, keepdim=True), small)


def test_logsumexp_of_infinities(reference):
    """Every mixture of -inf, inf and a number gives what torch gives."""
    X = torch.cartesian_prod(*[torch.tensor([-torch.inf, 0.5, torch.inf])] * 3)
    torch.testing.assert_close(reference.logsumexp(X, 1), torch.logsumexp(X, 1))


def test_log_softmax_against_torch(reference):
    """Agrees with torch.log_softmax to the last digits, at any size of the logits, gradients included."""
    for scale in (1.0, 1e2, 1e4):
        for dtype in (torch.float32, torch.float64):
            X = scale * (1 + torch.randn(6, 5, dtype=dtype))
            for dim in (0, 1):
                torch.testing.assert_close(reference.log_softmax(X, dim), torch.log_softmax(X, dim))
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: reference.log_softmax(x, 0), x)


@pytest.mark.parametrize("shape", [(300, 500), (60, 50, 7), (40, 30, 5, 3), (12, 20, 2, 3, 4)])
def test_xavier_against_torch(reference, shape):
    """Extreme, mean and variance are those of torch's initialisation, and a test of Kolmogorov and Smirnov agrees."""
    ours, theirs = torch.empty(shape), torch.empty(shape)
    assert reference.xavier_uniform_(ours, gain=1.5) is ours
    nn.init.xavier_uniform_(theirs, gain=1.5)
    fans = sum(nn.init._calculate_fan_in_and_fan_out(theirs))
    a, n = 1.5 * math.sqrt(6 / fans), ours.numel()
    assert ours.abs().max() <= a
    assert ours.abs().max() > a * (1 - 30 / n)
    assert theirs.abs().max() > a * (1 - 30 / n)
    assert abs(ours.mean()) < 6 * a / math.sqrt(3 * n)
    assert abs(ours.square().mean() / (a * a / 3) - 1) < 6 * math.sqrt(0.8 / n)
    uniform = ours.flatten().sort().values / (2 * a) + 0.5
    assert (uniform - (torch.arange(n) + 0.5) / n).abs().max() * math.sqrt(n) < 3  # once in 3e7 runs


def test_scaled_sigmoid_against_tanh(reference):
    """Is twice the hyperbolic tangent of x / 2, with the same gradient."""
    x = torch.linspace(-30, 30, 121, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(reference.scaled_sigmoid(x), 2 * torch.tanh(x / 2))
    assert torch.autograd.gradcheck(reference.scaled_sigmoid, x)


def test_singular_values_against_exact_determinants(reference):
    """For a product of whole 2 x 2 matrices, exact integers give its trace and determinant, and so both values."""
    rng = np.random.default_rng(14)
    for n in (1, 2, 5, 12):
        Ms = [rng.integers(-3, 4, (2, 2)) for _ in range(n)]
        product = np.eye(2, dtype=object)
        for M in Ms:
            product = product @ M.astype(object)
        total, determinant = (
            int((product**2).sum()),
            abs(int(product[0, 0] * product[1, 1] - product[0, 1] * product[1, 0])),
        )
        root = math.sqrt(total**2 - 4 * determinant**2)
        largest = math.sqrt((total + root) / 2)
        found = reference.product_singular_values([torch.tensor(M, dtype=torch.float32) for M in Ms])
        assert found == pytest.approx(
            (largest, determinant / largest if largest else 0.0), rel=1e-9, abs=1e-9 * largest
        )


def test_gradient_norms_against_finite_differences(reference):
    """The norms are those of central differences of the sum of the outputs, at every depth."""
    torch.manual_seed(1)
    layers = [nn.Linear(3, 4).double(), nn.Tanh(), nn.Linear(4, 5).double(), nn.Softplus(), nn.Linear(5, 2).double()]
    h, X = torch.randn(2, 3, dtype=torch.float64), []
    for layer in [nn.Identity(), *layers]:
        h = layer(h).detach()
        X.append(h)
    expected = []
    for depth, h in enumerate(X):
        rest, step = nn.Sequential(*layers[depth:]), 1e-6
        slopes = [
            (rest(h + step * e.reshape(h.shape)).sum() - rest(h - step * e.reshape(h.shape)).sum()).item() / (2 * step)
            for e in torch.eye(h.numel(), dtype=torch.float64)
        ]
        expected.append(math.hypot(*slopes))
    assert reference.gradient_norms(layers, X[0]) == pytest.approx(expected, rel=1e-7)
    assert all(parameter.grad is None for layer in layers for parameter in layer.parameters())
