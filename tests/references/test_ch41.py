"""ch41's reference against torchvision, and against one box or one label at a time."""

import pytest
import torch
from torch.utils.data import DataLoader
from torchvision import ops

DTYPES = [torch.float32, torch.float64, torch.int64]


def drawn_boxes(n, dtype=torch.float32):
    """Boxes (n, 4) as corners, some of them below zero."""
    corners = 20 * torch.randn(n, 2, dtype=torch.float64)
    return torch.cat([corners, corners + 1 + 30 * torch.rand(n, 2, dtype=torch.float64)], dim=1).to(dtype)


@pytest.mark.parametrize("n", [0, 1, 4, 7])
@pytest.mark.parametrize("dtype", DTYPES)
def test_conversions(reference, dtype, n):
    """The conversions agree with torchvision, and undo each other."""
    boxes = drawn_boxes(n, dtype)
    wanted = torch.float32 if dtype == torch.int64 else dtype
    centres = reference.box_corner_to_center(boxes)
    torch.testing.assert_close(centres, ops.box_convert(boxes.to(wanted), "xyxy", "cxcywh"))
    torch.testing.assert_close(reference.box_center_to_corner(centres), boxes.to(wanted))
    expected = ops.box_convert(boxes.to(wanted), "cxcywh", "xyxy")
    torch.testing.assert_close(reference.box_center_to_corner(boxes), expected)
    torch.testing.assert_close(reference.box_corner_to_center(expected), boxes.to(wanted))


@pytest.mark.parametrize("n", [0, 1, 4, 7])
@pytest.mark.parametrize("dtype", DTYPES)
def test_clip_boxes(reference, dtype, n):
    """clip_boxes agrees with torchvision."""
    boxes = drawn_boxes(n, dtype)
    for size in ((20, 9), (9, 20), (1, 1)):
        torch.testing.assert_close(reference.clip_boxes(boxes, size), ops.clip_boxes_to_image(boxes, size))


@pytest.mark.parametrize("dtype", DTYPES)
def test_scale_boxes(reference, dtype):
    """scale_boxes scales one coordinate at a time, and a scaled box is scaled back."""
    boxes = drawn_boxes(5, dtype)
    wanted = torch.float32 if dtype == torch.int64 else dtype
    for before, after in (((30, 40), (100, 20)), ((30, 40), (1, 1)), ((7, 9), (7, 3))):
        scaled = reference.scale_boxes(boxes, before, after)
        assert scaled.dtype == wanted
        for row, result in zip(boxes.tolist(), scaled.tolist(), strict=True):
            expected = [number * after[1 - i % 2] / before[1 - i % 2] for i, number in enumerate(row)]
            assert result == pytest.approx(expected, rel=1e-5)
        torch.testing.assert_close(reference.scale_boxes(scaled, after, before), boxes.to(wanted))


def test_dataset(reference):
    """Items are as in the book's BananasDataset, and a loader stacks them."""
    features = [torch.randint(0, 256, (3, 6, 8), dtype=torch.uint8) for _ in range(5)]
    labels = torch.randint(0, 9, (5, 2, 5))
    dataset = reference.DetectionDataset(features, labels)
    assert len(dataset) == 5
    for i, (image, label) in enumerate(dataset[i] for i in range(5)):
        torch.testing.assert_close(image, features[i].float())
        for row, result in zip(labels[i].tolist(), label.tolist(), strict=True):
            assert result == pytest.approx([row[0], row[1] / 8, row[2] / 6, row[3] / 8, row[4] / 6])
    batches = [(images.shape, targets.shape, targets.dtype) for images, targets in DataLoader(dataset, 3)]
    assert batches == [((n, 3, 6, 8), (n, 2, 5), torch.float32) for n in (3, 2)]
    with pytest.raises(ValueError, match="images"):
        reference.DetectionDataset(features[1:], labels)


def test_gradients(reference):
    """The gradients agree with finite differences."""
    boxes = drawn_boxes(4, torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(reference.box_corner_to_center, [boxes])
    assert torch.autograd.gradcheck(reference.box_center_to_corner, [boxes])
    assert torch.autograd.gradcheck(lambda x: reference.scale_boxes(x, (3, 4), (5, 7)), [boxes])
    assert torch.autograd.gradcheck(lambda x: reference.clip_boxes(x, (20, 30)), [boxes])
