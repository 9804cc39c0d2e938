"""ch25's reference against an independent oracle."""

import torch


def test_vgg_block(reference):
    """vgg_block agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.vgg_block(X), torch.stack([X, X]).sum(dim=0))


def test_vgg(reference):
    """vgg agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.vgg(X), torch.stack([X, X]).sum(dim=0))


def test_receptive_field(reference):
    """receptive_field agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.receptive_field(X), torch.stack([X, X]).sum(dim=0))


def test_stacked_vs_large_params(reference):
    """stacked_vs_large_params agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.stacked_vs_large_params(X), torch.stack([X, X]).sum(dim=0))
