"""ch08's reference against torch's own losses and optimiser, numpy's least squares and finite differences."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F


def test_data_are_those_of_the_model(reference):
    """Torch's least squares recovers w and b from the data, and leaves noise of deviation 0.01."""
    w, b = torch.tensor([2.0, -3.4]), 4.2
    X, y = reference.synthetic_data(w, b, 10_000)
    A = torch.cat([X, torch.ones(len(X), 1)], 1)
    v = torch.linalg.lstsq(A, y).solution
    torch.testing.assert_close(v.flatten(), torch.tensor([2.0, -3.4, 4.2]), rtol=0, atol=1e-3)
    assert (A @ v - y).std().item() == pytest.approx(0.01, rel=0.05)
    assert X.std().item() == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("batch_size", [1, 4, 12, 50])
def test_a_pass_is_a_permutation(reference, batch_size):
    """Put together, the batches of a pass are the data set in another order."""
    X, y = torch.arange(24.0).reshape(12, 2), torch.arange(12)
    batches = list(reference.data_iter(batch_size, X, y))
    assert [len(labels) for _, labels in batches] == [len(part) for part in y.split(batch_size)]
    features, labels = (torch.cat(part) for part in zip(*batches, strict=True))
    assert sorted(labels.tolist()) == list(range(12))
    torch.testing.assert_close(features, X[labels])


def test_model_and_loss_against_torch(reference):
    """The model is torch's linear layer, the loss half of its squared error, and both have the right gradients."""
    X, w, b, y = (torch.randn(*shape).double().requires_grad_() for shape in ((6, 3), (3, 1), (1,), (6,)))
    y_hat = reference.linreg(X, w, b)
    torch.testing.assert_close(y_hat, F.linear(X, w.T, b))
    loss = F.mse_loss(y_hat, y[:, None], reduction="none") / 2
    torch.testing.assert_close(reference.squared_loss(y_hat, y), loss)
    assert torch.autograd.gradcheck(
        lambda *args: reference.squared_loss(reference.linreg(*args[:3]), args[3]), (X, w, b, y)
    )


def test_steps_against_torch(reference):
    """Five steps are those of torch.optim.SGD on the mean loss."""
    X, y, start = torch.randn(10, 3), torch.randn(10, 1), torch.randn(3, 1)
    ours, theirs = (start.clone().requires_grad_() for _ in range(2))
    optimizer = torch.optim.SGD([theirs], lr=0.3)
    for _ in range(5):
        reference.squared_loss(X @ ours, y).sum().backward()
        reference.sgd([ours], 0.3, len(X))
        optimizer.zero_grad()
        (F.mse_loss(X @ theirs, y) / 2).backward()
        optimizer.step()
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("shape", [(20, 3), (5, 5), (3, 6), (1, 2)])
def test_solution_against_numpy(reference, shape):
    """The solution is numpy's, also where examples are too few or features depend on each other."""
    X, y = torch.randn(*shape).double(), torch.randn(shape[0]).double()
    for features in (X, torch.cat([X, X[:, :1] - 2], dim=1)):
        A = np.column_stack([features.numpy(), np.ones(len(X))])
        expected = torch.from_numpy(np.linalg.lstsq(A, y.numpy(), rcond=1e-10)[0])
        w, b = reference.analytic_solution(features, y)
        torch.testing.assert_close(torch.cat([w.flatten(), b]), expected)
