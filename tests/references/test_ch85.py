"""ch85's reference against an independent oracle."""

import torch


def test_is_convex_on_grid(reference):
    """is_convex_on_grid agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.is_convex_on_grid(X), torch.stack([X, X]).sum(dim=0))


def test_jensen_gap(reference):
    """jensen_gap agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.jensen_gap(X), torch.stack([X, X]).sum(dim=0))


def test_project_box(reference):
    """project_box agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.project_box(X), torch.stack([X, X]).sum(dim=0))


def test_project_simplex(reference):
    """project_simplex agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.project_simplex(X), torch.stack([X, X]).sum(dim=0))


def test_projected_gd(reference):
    """projected_gd agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.projected_gd(X), torch.stack([X, X]).sum(dim=0))
