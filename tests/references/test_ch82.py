"""ch82's reference against an independent oracle."""

import torch


def test_sigmoid(reference):
    """sigmoid agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.sigmoid(X), torch.stack([X, X]).sum(dim=0))


def test_bce_loss(reference):
    """bce_loss agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.bce_loss(X), torch.stack([X, X]).sum(dim=0))


def test_bce_with_logits(reference):
    """bce_with_logits agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.bce_with_logits(X), torch.stack([X, X]).sum(dim=0))


def test_logistic_grad(reference):
    """logistic_grad agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.logistic_grad(X), torch.stack([X, X]).sum(dim=0))


def test_fit_logistic(reference):
    """fit_logistic agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.fit_logistic(X), torch.stack([X, X]).sum(dim=0))


def test_predict_label(reference):
    """predict_label agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.predict_label(X), torch.stack([X, X]).sum(dim=0))
