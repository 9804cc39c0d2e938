"""ch71's reference against plain loops on Python's numbers, torchvision.ops and closed forms."""

import math
import random

import pytest
import torch
from torchvision import ops


def overlap(a, b):
    """The IoU of two boxes."""
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)


def mean_box(cluster):
    """The weighted mean of boxes (confidence, box)."""
    total = sum(confidence for confidence, _ in cluster)
    return [sum(confidence * box[i] for confidence, box in cluster) / total for i in range(4)]


def fused(models, threshold, weights):
    """The fusion of models, each a list of (box, score, label), as the paper describes it."""
    boxes = [(s * w, box, label) for model, w in zip(models, weights, strict=True) for box, s, label in model]
    clusters = []
    for confidence, box, label in sorted(boxes, reverse=True):
        matches = [(overlap(mean_box(c[1]), box), i) for i, c in enumerate(clusters) if c[0] == label]
        if matches and max(matches)[0] > threshold:
            clusters[max(matches)[1]][1].append((confidence, box))
        else:
            clusters.append((label, [(confidence, box)]))
    found = []
    for label, cluster in clusters:
        mean = sum(confidence for confidence, _ in cluster) / len(cluster)
        found.append((mean * min(len(cluster), len(models)) / sum(weights), mean_box(cluster), label))
    return sorted(found, reverse=True)


def drawn(count, draw):
    """Boxes that overlap in many ways, with scores and labels."""
    corners = [(draw.uniform(0, 6), draw.uniform(0, 6)) for _ in range(count)]
    boxes = [[x, y, x + draw.uniform(2, 5), y + draw.uniform(2, 5)] for x, y in corners]
    return [(box, draw.uniform(0.1, 1), draw.randint(0, 1)) for box in boxes]


def test_weighted_boxes_fusion(reference):
    """weighted_boxes_fusion agrees with loops over numbers. A run agreed with ensemble-boxes 1.0.9 on 500 cases."""
    draw = random.Random(0)
    for _ in range(60):
        models = [drawn(draw.randint(1, 7), draw) for _ in range(draw.randint(1, 4))]
        threshold, weights = draw.uniform(0.1, 0.8), [draw.choice((0.5, 1, 2)) for _ in models]
        parts = [
            [torch.tensor([row[i] for row in model], dtype=dtype) for model in models]
            for i, dtype in enumerate((torch.float64, torch.float64, torch.int64))
        ]
        boxes, scores, labels = reference.weighted_boxes_fusion(*parts, threshold, weights)
        expected = fused(models, threshold, weights)
        torch.testing.assert_close(scores, torch.tensor([row[0] for row in expected], dtype=torch.float64))
        torch.testing.assert_close(boxes, torch.tensor([row[1] for row in expected], dtype=torch.float64))
        assert labels.tolist() == [row[2] for row in expected]
    empty = [torch.zeros(0, 4)], [torch.zeros(0)], [torch.zeros(0, dtype=torch.int64)]
    assert [part.shape for part in reference.weighted_boxes_fusion(*empty)] == [(0, 4), (0,), (0,)]


def test_soft_nms(reference):
    """soft_nms agrees with loops over numbers, and with hard nms if sigma is very small."""
    draw = random.Random(1)
    for _ in range(40):
        rows = drawn(draw.randint(1, 9), draw)
        boxes, scores = (torch.tensor([row[i] for row in rows], dtype=torch.float64) for i in (0, 1))
        sigma, threshold = draw.uniform(0.2, 2), draw.uniform(0, 0.3)
        left, kept = {i: row[1] for i, row in enumerate(rows)}, []
        while left and max(left.values()) >= threshold:
            best = max(left, key=left.get)
            kept.append((best, left.pop(best)))
            for j in left:
                left[j] *= math.exp(-(overlap(rows[best][0], rows[j][0]) ** 2) / sigma)
        keep, values = reference.soft_nms(boxes, scores, sigma, threshold)
        assert keep.tolist() == [i for i, _ in kept]
        torch.testing.assert_close(values, torch.tensor([value for _, value in kept], dtype=torch.float64))
        hard = reference.soft_nms(boxes, scores, 1e-12, 0.01)[0]
        assert hard.tolist() == ops.nms(boxes, scores, 1e-4).tolist()


def test_tta_merge_flips(reference):
    """A box that frames a part of an image frames it again after a mirror of the image."""
    image = torch.randn(5, 9)
    box = torch.tensor([[2.0, 1, 6, 4]])
    x1, y1, x2, y2 = reference.tta_merge_flips(box, 9.0).int()[0].tolist()
    torch.testing.assert_close(image.flip(1)[y1:y2, x1:x2], image[1:4, 2:6].flip(1))
    torch.testing.assert_close(reference.tta_merge_flips(reference.tta_merge_flips(box, 9.0), 9.0), box)


@pytest.mark.parametrize("min_area", [0, 1.5, 4, 9, 100])
def test_filter_by_area(reference, min_area):
    """filter_by_area agrees with torchvision's areas."""
    corners = torch.randint(0, 9, (20, 2)).double()
    boxes = torch.cat([corners, corners + torch.randint(0, 5, (20, 2))], dim=1)
    expected = [i for i, area in enumerate(ops.box_area(boxes).tolist()) if area >= min_area]
    assert reference.filter_by_area(boxes, min_area).tolist() == expected
