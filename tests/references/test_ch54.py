"""ch54's reference against torch's cell and tanh, numpy's norms, finite differences, and each other."""

import numpy as np
import pytest
import torch
from torch import nn


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def loss(x, w_h, w_x, w_o, y):
    """The loss of the linear network, in plain Python."""
    h = total = 0.0
    for value, target in zip(x.tolist(), y.tolist(), strict=True):
        h = w_x * value + w_h * h
        total += (w_o * h - target) ** 2 / 2
    return total / len(x)


@pytest.mark.parametrize(("batch", "inputs", "hiddens"), [(3, 5, 4), (1, 2, 2), (2, 1, 6)])
def test_step_against_torch(reference, batch, inputs, hiddens):
    """A step is that of torch's cell, and its gradients agree with finite differences."""
    shapes = (batch, inputs), (batch, hiddens), (inputs, hiddens), (hiddens, hiddens), (hiddens,)
    X, H, W_xh, W_hh, b_h = arguments = draw(*shapes)
    cell = nn.RNNCell(inputs, hiddens, dtype=torch.float64)
    cell.load_state_dict({"weight_ih": W_xh.T, "weight_hh": W_hh.T, "bias_ih": b_h / 2, "bias_hh": b_h / 2})
    torch.testing.assert_close(reference.rnn_step(*arguments), cell(X, H))
    assert torch.autograd.gradcheck(reference.rnn_step, [a.requires_grad_() for a in arguments])


@pytest.mark.parametrize("weights", [(0.8, -0.7, 1.3), (-1.2, 0.5, 2.0), (0.0, 1.0, 1.0)])
def test_gradients_against_differences(reference, weights):
    """The gradients through time agree with central differences of the loss."""
    x, y = draw((7,), (7,))
    found = reference.bptt_linear(x, *weights, y)
    for i, one in enumerate(found):
        up, down = ([w + sign * 1e-5 * (i == j) for j, w in enumerate(weights)] for sign in (1, -1))
        assert one == pytest.approx((loss(x, *up, y) - loss(x, *down, y)) / 2e-5, rel=1e-6, abs=1e-8)
    assert reference.truncated_bptt_grad(x, *weights, y, 7) == pytest.approx(found)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_truncated_against_differences(reference, k):
    """Truncated gradients are those of the losses of blocks, each from a state that does not move."""
    weights, (x, y), h = (0.8, -0.7, 1.3), draw((8,), (8,)), 0.0
    expected = np.zeros(3)
    for inputs, targets in zip(x.split(k), y.split(k), strict=True):

        def block(w_h, w_x, w_o, h=h, inputs=inputs, targets=targets):
            total = 0.0
            for value, target in zip(inputs.tolist(), targets.tolist(), strict=True):
                h = w_x * value + w_h * h
                total += (w_o * h - target) ** 2 / 2
            return total / 8

        for i in range(3):
            up, down = ([w + sign * 1e-5 * (i == j) for j, w in enumerate(weights)] for sign in (1, -1))
            expected[i] += (block(*up) - block(*down)) / 2e-5
        for value in inputs.tolist():
            h = weights[1] * value + weights[0] * h
    assert reference.truncated_bptt_grad(x, *weights, y, k) == pytest.approx(expected.tolist(), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("steps", [0, 1, 2, 9, 60])
def test_norm_against_numpy(reference, steps):
    """The norm of a power is numpy's, and what the power makes of the unit sphere lies within it."""
    W = torch.randn(5, 5)
    power = np.linalg.matrix_power(W.double().numpy(), steps)
    norm = reference.jacobian_product_norm(W, steps)
    assert norm == pytest.approx(np.linalg.norm(power, 2))
    sphere = nn.functional.normalize(torch.randn(5, 1000, dtype=torch.float64), dim=0).numpy()
    assert np.linalg.norm(power @ sphere, axis=0).max() <= norm * (1 + 1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tanh_against_torch(reference, dtype):
    """Values and gradients are those of torch's tanh, far out as well."""
    x = torch.cat([torch.linspace(-30, 30, 601), torch.tensor([-1e4, 0.0, 1e4])]).to(dtype).requires_grad_()
    torch.testing.assert_close(reference.tanh(x), torch.tanh(x))
    found, expected = (torch.autograd.grad(f(x).sum(), x)[0] for f in (reference.tanh, torch.tanh))
    torch.testing.assert_close(found, expected)
