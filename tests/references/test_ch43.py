"""ch43's reference against an independent oracle."""

import torch


def test_tta_predict(reference):
    """tta_predict agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.tta_predict(X), torch.stack([X, X]).sum(dim=0))


def test_weighted_ensemble(reference):
    """weighted_ensemble agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.weighted_ensemble(X), torch.stack([X, X]).sum(dim=0))


def test_fit_temperature(reference):
    """fit_temperature agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.fit_temperature(X), torch.stack([X, X]).sum(dim=0))


def test_swa_average(reference):
    """swa_average agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.swa_average(X), torch.stack([X, X]).sum(dim=0))
