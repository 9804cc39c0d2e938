"""ch24's reference against an independent oracle."""

import torch


def test_alexnet(reference):
    """alexnet agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.alexnet(X), torch.stack([X, X]).sum(dim=0))


def test_count_parameters(reference):
    """count_parameters agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.count_parameters(X), torch.stack([X, X]).sum(dim=0))


def test_memory_of_activations(reference):
    """memory_of_activations agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.memory_of_activations(X), torch.stack([X, X]).sum(dim=0))
