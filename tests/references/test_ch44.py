"""ch44's reference against an independent oracle."""

import torch


def test_roi_pool(reference):
    """roi_pool agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.roi_pool(X), torch.stack([X, X]).sum(dim=0))


def test_smooth_l1(reference):
    """smooth_l1 agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.smooth_l1(X), torch.stack([X, X]).sum(dim=0))


def test_focal_loss(reference):
    """focal_loss agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.focal_loss(X), torch.stack([X, X]).sum(dim=0))


def test_yolo_encode(reference):
    """yolo_encode agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.yolo_encode(X), torch.stack([X, X]).sum(dim=0))


def test_nms(reference):
    """nms agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.nms(X), torch.stack([X, X]).sum(dim=0))


def test_multibox_detection(reference):
    """multibox_detection agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.multibox_detection(X), torch.stack([X, X]).sum(dim=0))
