"""ch41's reference against an independent oracle."""

import torch


def test_box_corner_to_center(reference):
    """box_corner_to_center agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.box_corner_to_center(X), torch.stack([X, X]).sum(dim=0))


def test_box_center_to_corner(reference):
    """box_center_to_corner agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.box_center_to_corner(X), torch.stack([X, X]).sum(dim=0))


def test_scale_boxes(reference):
    """scale_boxes agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.scale_boxes(X), torch.stack([X, X]).sum(dim=0))


def test_clip_boxes(reference):
    """clip_boxes agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.clip_boxes(X), torch.stack([X, X]).sum(dim=0))


def test_detectiondataset(reference):
    """DetectionDataset agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.DetectionDataset(X), torch.stack([X, X]).sum(dim=0))
