"""ch36's reference against an independent oracle."""

import torch


def test_to_tensor(reference):
    """to_tensor agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.to_tensor(X), torch.stack([X, X]).sum(dim=0))


def test_normalize(reference):
    """normalize agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.normalize(X), torch.stack([X, X]).sum(dim=0))


def test_random_horizontal_flip(reference):
    """random_horizontal_flip agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.random_horizontal_flip(X), torch.stack([X, X]).sum(dim=0))


def test_random_crop(reference):
    """random_crop agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.random_crop(X), torch.stack([X, X]).sum(dim=0))


def test_adjust_brightness(reference):
    """adjust_brightness agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.adjust_brightness(X), torch.stack([X, X]).sum(dim=0))


def test_random_resized_crop_params(reference):
    """random_resized_crop_params agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.random_resized_crop_params(X), torch.stack([X, X]).sum(dim=0))
