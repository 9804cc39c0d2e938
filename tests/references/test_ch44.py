"""ch44's reference against torchvision's operations, torch's losses and plain loops."""

import math

import pytest
import torch
import torchvision.ops
from torch.nn import functional as F


def random_boxes(n, size=1.0):
    """Boxes around a few places, with many overlaps."""
    centres = torch.rand(4, 2)[torch.randint(4, (n,))] + 0.05 * torch.randn(n, 2)
    sides = 0.1 + 0.3 * torch.rand(n, 2)
    return size * torch.cat([centres - sides / 2, centres + sides / 2], dim=1)


@pytest.mark.parametrize("scale", [1.0, 0.25, 0.0625])
def test_roi_pool(reference, scale):
    """roi_pool agrees with torchvision, also for regions that leave the map, for halves and for empty bins."""
    X = torch.randn(3, 2, 9, 7)
    for output_size in ((1, 1), (2, 2), (2, 3), (4, 3), (7, 5)):
        first = torch.randint(-6, 14, (40, 2)) / 2
        last = first + torch.randint(0, 20, (40, 2)) / 2
        # torchvision rounds halves away from 0: below 0 its halves are other cells.
        first, last = (torch.where(v < 0, v.floor(), v) for v in (first, last))
        rois = torch.cat([torch.randint(3, (40, 1)), first / scale, last / scale], dim=1)
        expected = torchvision.ops.roi_pool(X, rois, output_size, scale)
        torch.testing.assert_close(reference.roi_pool(X, rois, output_size, scale), expected)


def test_the_books_regions(reference):
    """roi_pool gives the numbers of the book's example, and no region an empty result."""
    X = torch.arange(16.0).reshape(1, 1, 4, 4)
    rois = torch.tensor([[0.0, 0, 0, 20, 20], [0, 0, 10, 30, 30]])
    expected = torch.tensor([[[[5.0, 6], [9, 10]]], [[[9.0, 11], [13, 15]]]])
    torch.testing.assert_close(reference.roi_pool(X, rois, (2, 2), 0.1), expected)
    assert reference.roi_pool(X, rois[:0], (2, 3), 0.1).shape == (0, 1, 2, 3)


def test_roi_pool_gradients(reference):
    """The gradients of roi_pool agree with finite differences."""
    X = torch.randperm(84).reshape(1, 2, 6, 7).double().requires_grad_()
    rois = torch.tensor([[0, 1.2, 0.3, 5.4, 4.9], [0, -1, 2, 3, 8]], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda X: reference.roi_pool(X, rois, (2, 3), 1.0), (X,))


@pytest.mark.parametrize("scalar", [10, 3, 1, 0.5, 0.3])
def test_smooth_l1(reference, scalar):
    """smooth_l1 agrees with torch's loss, whose beta is 1 / scalar^2."""
    data = torch.cat([torch.linspace(-5, 5, 101), torch.linspace(-2, 2, 41) / scalar**2])
    expected = F.smooth_l1_loss(data, torch.zeros_like(data), beta=1 / scalar**2, reduction="none")
    torch.testing.assert_close(reference.smooth_l1(data, scalar), expected)
    data = data.double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: reference.smooth_l1(x, scalar), (data[::7] + 1e-3,))


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
def test_focal_loss(reference, gamma):
    """focal_loss agrees with torchvision's loss of logits, and with the cross-entropy for a gamma of 0."""
    logits = torch.linspace(-6, 6, 41, dtype=torch.float64)
    expected = torchvision.ops.sigmoid_focal_loss(logits, torch.ones_like(logits), alpha=-1, gamma=gamma)
    torch.testing.assert_close(reference.focal_loss(gamma, logits.sigmoid()), expected)
    ends = reference.focal_loss(gamma, torch.tensor([1.0, 0]))
    assert ends.tolist() == [0, math.inf]
    if gamma == 0:
        torch.testing.assert_close(reference.focal_loss(0, logits.sigmoid()), F.softplus(-logits))


@pytest.mark.parametrize("grid", [1, 2, 4, 7])
def test_yolo_encode(reference, grid):
    """yolo_encode agrees with a search of all cells for the boxes whose centres they contain."""
    steps = torch.tensor([0.0, 0.1, 0.25, 0.5, 0.66, 0.75, 1.0])
    for m in (0, 1, 5, 12):
        boxes = torch.cat([steps[torch.randint(7, (m, 2))], 0.05 + 0.9 * torch.rand(m, 2)], dim=1)
        labels = torch.randint(3, (m,))
        target = reference.yolo_encode(boxes, labels, grid, 3)
        assert target.shape == (grid, grid, 8)
        for row in range(grid):
            for column in range(grid):
                ends = [(v + 1) / grid if v + 1 < grid else 2 for v in (row, column)]
                inside = [
                    i for i, (cx, cy, _, _) in enumerate(boxes.tolist())
                    if row / grid <= cy < ends[0] and column / grid <= cx < ends[1]
                ]  # fmt: skip
                expected = torch.zeros(8)
                if inside:
                    best = max(inside, key=lambda i: boxes[i, 2] * boxes[i, 3])
                    cx, cy, w, h = boxes[best].tolist()
                    expected[:5] = torch.tensor([1, cx * grid - column, cy * grid - row, w, h])
                    expected[5 + labels[best]] = 1
                torch.testing.assert_close(target[row, column], expected)


@pytest.mark.parametrize("size", [1, 300])
def test_nms(reference, size):
    """nms agrees with torchvision, for many boxes and thresholds."""
    for n in (1, 2, 7, 40):
        boxes, scores = random_boxes(n, size), torch.rand(n)
        for threshold in (0.0, 0.2, 0.5, 0.8, 1.0):
            expected = torchvision.ops.nms(boxes, scores, threshold)
            torch.testing.assert_close(reference.nms(boxes, scores, threshold), expected)
    empty = reference.nms(torch.zeros(0, 4), torch.zeros(0), 0.5)
    assert empty.shape == (0,)
    assert empty.dtype is torch.int64


def test_nms_at_the_threshold(reference):
    """A box whose IoU is equal to the threshold stays, as in torchvision."""
    boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 2]])
    scores = torch.tensor([0.9, 0.8])
    assert reference.nms(boxes, scores, 0.5).tolist() == torchvision.ops.nms(boxes, scores, 0.5).tolist() == [0, 1]
    assert reference.nms(boxes, scores, 0.49).tolist() == [0]


def decoded(anchor, offsets):
    """The box of an anchor and its four offsets, in plain numbers."""
    (x1, y1, x2, y2), (a, b, c, d) = anchor, offsets
    w, h = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 + a * w / 10, (y1 + y2) / 2 + b * h / 10
    w, h = w * math.exp(c / 5), h * math.exp(d / 5)
    return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]


@pytest.mark.parametrize("n", [1, 5, 20])
def test_multibox_detection(reference, n):
    """multibox_detection agrees with torchvision's nms and a loop over the anchors."""
    anchors, probs, offsets = random_boxes(n), torch.randn(3, 4, n).softmax(dim=1), torch.randn(3, 4 * n)
    for nms_threshold, pos_threshold in ((0.5, 0.009999999), (0.1, 0.4), (1.0, 0.6)):
        result = reference.multibox_detection(probs, offsets, anchors[None], nms_threshold, pos_threshold)
        for b in range(3):
            boxes = [decoded(anchors[i].tolist(), offsets[b, 4 * i : 4 * i + 4].tolist()) for i in range(n)]
            confidence = probs[b, 1:].amax(dim=0)
            kept = torchvision.ops.nms(torch.tensor(boxes), confidence, nms_threshold).tolist()
            rows = []
            for i in kept + sorted({*range(n)} - {*kept}):
                label, p = probs[b, 1:, i].argmax().item(), confidence[i].item()
                low = p < pos_threshold
                rows.append([-1 if low or i not in kept else label, 1 - p if low else p, *boxes[i]])
            torch.testing.assert_close(result[b], torch.tensor(rows))


def test_four_detections(reference):
    """Four anchors like the book's: two boxes of the dog are suppressed, and the box of the cat is kept."""
    anchors = torch.tensor([[0.1, 0.08, 0.52, 0.92], [0.08, 0.2, 0.56, 0.95], [0.15, 0.3, 0.62, 0.91],
                            [0.55, 0.2, 0.9, 0.88]])  # fmt: skip
    probs = torch.tensor([[0.0] * 4, [0.9, 0.8, 0.7, 0.05], [0.1, 0.2, 0.3, 0.95]])
    result = reference.multibox_detection(probs[None], torch.zeros(1, 16), anchors[None], nms_threshold=0.5)[0]
    assert result[:, 0].tolist() == [1, 0, -1, -1]
    torch.testing.assert_close(result[:, 1], torch.tensor([0.95, 0.9, 0.8, 0.7]))
    torch.testing.assert_close(result[:, 2:], anchors[[3, 0, 1, 2]])
