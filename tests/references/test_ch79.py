"""ch79's reference against an independent oracle."""

import torch


def test_gd(reference):
    """gd agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.gd(X), torch.stack([X, X]).sum(dim=0))


def test_train_2d(reference):
    """train_2d agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.train_2d(X), torch.stack([X, X]).sum(dim=0))


def test_gd_linear(reference):
    """gd_linear agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.gd_linear(X), torch.stack([X, X]).sum(dim=0))


def test_sgd_linear(reference):
    """sgd_linear agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.sgd_linear(X), torch.stack([X, X]).sum(dim=0))


def test_minibatch_linear(reference):
    """minibatch_linear agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.minibatch_linear(X), torch.stack([X, X]).sum(dim=0))
