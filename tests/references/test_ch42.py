"""ch42's reference against torchvision, plain loops and finite differences."""

import math

import pytest
import torch
from torchvision import ops


def drawn_boxes(n, dtype=torch.float32, scale=1.0):
    """Random boxes (n, 4) whose sides are positive."""
    corners = scale * torch.rand(n, 2, dtype=dtype)
    return torch.cat([corners, corners + scale * (0.05 + torch.rand(n, 2, dtype=dtype))], dim=1)


def prior_by_loops(h, w, sizes, ratios):
    """The anchor boxes of an image (h, w), pixel by pixel, computed in pixels and then normalised."""
    shapes = [(s, ratios[0]) for s in sizes] + [(sizes[0], r) for r in ratios[1:]]
    anchors = []
    for i in range(h):
        for j in range(w):
            for s, r in shapes:
                wide, high = s * h * math.sqrt(r), s * h / math.sqrt(r)
                x, y = j + 0.5, i + 0.5
                anchors.append([(x - wide / 2) / w, (y - high / 2) / h, (x + wide / 2) / w, (y + high / 2) / h])
    return torch.tensor([anchors])


def test_multibox_prior(reference):
    """multibox_prior agrees with loops over pixels and shapes."""
    for h, w in ((1, 1), (3, 5), (5, 2)):
        for sizes, ratios in (([0.75, 0.5, 0.25], [1, 2, 0.5]), ((0.4,), (3,)), ([0.2], [0.5, 2]), ([0.3, 1.5], [2.5])):
            result = reference.multibox_prior(torch.zeros(2, 3, h, w), sizes, ratios)
            torch.testing.assert_close(result, prior_by_loops(h, w, sizes, ratios))
    assert reference.multibox_prior(torch.zeros(3, 4, device="meta"), [1], [1]).device.type == "meta"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
def test_box_iou(reference, dtype):
    """box_iou agrees with torchvision, for all kinds of pairs."""
    boxes1, boxes2 = ((20 * drawn_boxes(n, torch.float64)).to(dtype) for n in (30, 20))
    for first, second in ((boxes1, boxes2), (boxes1, boxes1), (boxes1[:0], boxes2), (boxes1, boxes2[:0])):
        torch.testing.assert_close(reference.box_iou(first, second), ops.box_iou(first, second))
    special = torch.tensor([[0, 0, 4, 4], [4, 0, 6, 4], [5, 5, 9, 9], [1, 1, 3, 2], [2, 2, 2, 2], [7, 2, 7, 4]]).to(
        dtype
    )
    result = reference.box_iou(special, special)
    torch.testing.assert_close(result, ops.box_iou(special, special), equal_nan=True)
    assert result[4, 4].isnan()
    assert result[0].tolist() == [1, 0, 0, 0.125, 0, 0]


def assigned_by_loops(iou, threshold):
    """The greedy assignment, with sets of the anchor boxes and boxes that are left."""
    n, m = len(iou), len(iou[0])
    result = [max(range(m), key=lambda j: iou[i][j]) if max(iou[i]) >= threshold else -1 for i in range(n)]
    anchors, boxes = {*range(n)}, {*range(m)}
    while boxes:
        anchor, box = max(((i, j) for i in anchors for j in boxes), key=lambda pair: iou[pair[0]][pair[1]])
        result[anchor] = box
        anchors.remove(anchor)
        boxes.remove(box)
    return result


def test_assign_anchor_to_bbox(reference):
    """assign_anchor_to_bbox agrees with a search among the pairs that are left."""
    for n, m in ((8, 3), (20, 6), (5, 5), (1, 1), (3, 1)):
        for threshold in (0.5, 0.2, 0.9):
            anchors, boxes = (
                drawn_boxes(n) + torch.tensor([0, 0, 1.0, 1]),
                drawn_boxes(m) + torch.tensor([0, 0, 1.0, 1]),
            )
            iou = ops.box_iou(anchors, boxes)
            assert iou.min() > 0
            assert len(iou.unique()) == n * m, "a tie"
            result = reference.assign_anchor_to_bbox(boxes, anchors, "cpu", threshold)
            assert result.tolist() == assigned_by_loops(iou.tolist(), threshold)
            assert result.dtype == torch.int64
    apart = torch.tensor([[0.0, 0, 1, 1], [2, 2, 3, 3]])
    assert reference.assign_anchor_to_bbox(apart + 5, apart, torch.device("cpu")).sort().values.tolist() == [0, 1]


BOX = torch.tensor([[0.1, 0.08, 0.52, 0.92], [0.55, 0.2, 0.9, 0.88]])
ANCHORS = torch.tensor(
    [
        [0, 0.1, 0.2, 0.3],
        [0.15, 0.2, 0.4, 0.4],
        [0.63, 0.05, 0.88, 0.98],
        [0.66, 0.45, 0.8, 0.8],
        [0.57, 0.3, 0.92, 0.9],
    ]
)


def test_the_books_example(reference):
    """The book's five anchor boxes get the classes 0, 1, 2, 0, 2."""
    labels = torch.cat([torch.tensor([[0.0], [1]]), BOX], dim=1)
    offsets, mask, classes = reference.multibox_target(ANCHORS[None], labels[None])
    assert classes.tolist() == [[0, 1, 2, 0, 2]]
    assert mask.tolist() == [[0.0] * 4 + [1.0] * 8 + [0.0] * 4 + [1.0] * 4]
    rows = offsets.reshape(5, 4)
    assert not rows[[0, 3]].any()
    expected = [1.4, 10, 2.59397, 7.175476]
    assert rows[1].tolist() == pytest.approx(expected, rel=1e-4)


def test_offsets(reference):
    """offset_boxes agrees with its formula, and offset_inverse is its inverse."""
    anchors, boxes = drawn_boxes(6, torch.float64), drawn_boxes(6, torch.float64)
    offsets = reference.offset_boxes(anchors, boxes)
    centre1, centre2 = (ops.box_convert(part, "xyxy", "cxcywh").tolist() for part in (anchors, boxes))
    for (xa, ya, wa, ha), (xb, yb, wb, hb), row in zip(centre1, centre2, offsets.tolist(), strict=True):
        expected = [
            10 * (xb - xa) / wa,
            10 * (yb - ya) / ha,
            5 * math.log(1e-6 + wb / wa),
            5 * math.log(1e-6 + hb / ha),
        ]
        assert row == pytest.approx(expected)
    exact = reference.offset_boxes(anchors, boxes, eps=0.0)
    torch.testing.assert_close(reference.offset_inverse(anchors, exact), boxes)
    torch.testing.assert_close(reference.offset_inverse(anchors, torch.zeros_like(anchors)), anchors)
    finite = reference.offset_boxes(anchors, torch.zeros_like(anchors))
    assert finite[0, 2].item() == pytest.approx(5 * math.log(1e-6))


def test_multibox_target(reference):
    """multibox_target labels each image by itself, and each anchor box by its own box."""
    anchors = drawn_boxes(12)
    labels = torch.cat([torch.randint(5, (3, 4, 1)).float(), drawn_boxes(12).reshape(3, 4, 4)], dim=2)
    offsets, mask, classes = reference.multibox_target(anchors[None], labels)
    assert (offsets.shape, mask.shape, classes.shape) == ((3, 48), (3, 48), (3, 12))
    assert (offsets.dtype, mask.dtype, classes.dtype) == (torch.float32, torch.float32, torch.int64)
    for image in range(3):
        assigned = reference.assign_anchor_to_bbox(labels[image, :, 1:], anchors, "cpu")
        for anchor, box in enumerate(assigned.tolist()):
            row, entries = offsets[image, 4 * anchor : 4 * anchor + 4], mask[image, 4 * anchor : 4 * anchor + 4]
            if box < 0:
                assert (classes[image, anchor], row.any(), entries.any()) == (0, False, False)
                continue
            assert classes[image, anchor] == labels[image, box, 0] + 1
            assert entries.tolist() == [1, 1, 1, 1]
            expected = reference.offset_boxes(anchors[anchor][None], labels[image, box, 1:][None])
            torch.testing.assert_close(row[None], expected)


def test_gradients(reference):
    """The gradients agree with finite differences."""
    boxes1, boxes2, offsets = drawn_boxes(4, torch.float64), drawn_boxes(4, torch.float64), torch.randn(4, 4).double()
    for function, *inputs in (
        (reference.box_iou, boxes1, boxes2),
        (reference.offset_boxes, boxes1, boxes2),
        (reference.offset_inverse, boxes1, offsets),
    ):
        assert torch.autograd.gradcheck(function, [x.requires_grad_() for x in inputs])
