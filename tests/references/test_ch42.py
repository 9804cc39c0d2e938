"""ch42's reference against an independent oracle."""

import torch


def test_multibox_prior(reference):
    """multibox_prior agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.multibox_prior(X), torch.stack([X, X]).sum(dim=0))


def test_box_iou(reference):
    """box_iou agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.box_iou(X), torch.stack([X, X]).sum(dim=0))


def test_assign_anchor_to_bbox(reference):
    """assign_anchor_to_bbox agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.assign_anchor_to_bbox(X), torch.stack([X, X]).sum(dim=0))


def test_offset_boxes(reference):
    """offset_boxes agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.offset_boxes(X), torch.stack([X, X]).sum(dim=0))


def test_offset_inverse(reference):
    """offset_inverse agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.offset_inverse(X), torch.stack([X, X]).sum(dim=0))


def test_multibox_target(reference):
    """multibox_target agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.multibox_target(X), torch.stack([X, X]).sum(dim=0))
