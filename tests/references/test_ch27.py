"""ch27's reference against an independent oracle."""

import torch


def test_inception(reference):
    """Inception agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.Inception(X), torch.stack([X, X]).sum(dim=0))


def test_googlenet(reference):
    """googlenet agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.googlenet(X), torch.stack([X, X]).sum(dim=0))


def test_inceptiona(reference):
    """InceptionA agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.InceptionA(X), torch.stack([X, X]).sum(dim=0))


def test_bottleneck_saving(reference):
    """bottleneck_saving agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.bottleneck_saving(X), torch.stack([X, X]).sum(dim=0))
