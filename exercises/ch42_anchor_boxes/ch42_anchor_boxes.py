"""ch42 Anchor boxes.

D2L section 13.4 (chapter_computer-vision/anchor).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


# Given, not an exercise.
def box_corner_to_center(boxes: Tensor) -> Tensor:
    """Convert boxes from corners to centre, width and height (D2L 13.3)."""
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    w, h = x2 - x1, y2 - y1
    return torch.stack([cx, cy, w, h], dim=1)


def box_center_to_corner(boxes: Tensor) -> Tensor:
    """Convert boxes from centre, width and height to corners (D2L 13.3), the inverse of box_corner_to_center."""
    cx, cy, w, h = boxes.unbind(dim=1)
    x1, y1 = cx - w / 2, cy - h / 2
    x2, y2 = cx + w / 2, cy + h / 2
    return torch.stack([x1, y1, x2, y2], dim=1)


def multibox_prior(data: Tensor, sizes: Sequence[float], ratios: Sequence[float]) -> Tensor:
    """Generate anchor boxes of several shapes around the centre of every pixel (D2L 13.4).

    All coordinates are normalised: x is a share of the image's width, and y is a share of its height. The centre of the
    pixel in row i and column j of an image (h, w) is x = (j + 0.5) / w, y = (i + 0.5) / h. An anchor box of size s and
    ratio r has

        width  = s * sqrt(r) * h / w
        height = s / sqrt(r)

    In pixels, its width is then r times its height. n sizes and m ratios give n + m - 1 anchor boxes for each pixel, in
    this order: (s_1, r_1), (s_2, r_1), ..., (s_n, r_1), then (s_1, r_2), ..., (s_1, r_m). The anchor boxes of a pixel
    are neighbours in the result. Pixels follow row by row, from left to right. An anchor box may reach over the edge of
    the image: its coordinates are not clipped.

    Args:
        data: (..., h, w), images or feature maps; only h, w and the device matter.
        sizes: s_1, ..., s_n, a list or tuple; n is at least 1.
        ratios: r_1, ..., r_m, a list or tuple; m is at least 1.

    Returns:
        (1, h * w * (n + m - 1), 4), float32, on data's device: the corners (x1, y1, x2, y2) of each anchor box.

    >>> multibox_prior(torch.zeros(1, 3, 1, 2), sizes=[0.5], ratios=[1])
    tensor([[[0.1250, 0.2500, 0.3750, 0.7500],
             [0.6250, 0.2500, 0.8750, 0.7500]]])
    """
    raise NotImplementedError  # write your code here


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Compute the intersection over union of every pair of boxes (D2L 13.4).

    Two boxes A and B have

        IoU(A, B) = area of their intersection / area of their union

    Boxes that do not overlap have an IoU of 0, and so have boxes that touch. A box with an area and
    itself have an IoU of 1. If both boxes of a pair have the area 0, the IoU is 0 / 0, which is nan.

    Gradients flow to both arguments. The function leaves its arguments unchanged.

    Args:
        boxes1: (n, 4), float32, float64 or int64, with any strides: corners (x1, y1, x2, y2), x1 <= x2 and y1 <= y2.
        boxes2: (m, 4), of the same dtype. n and m may be 0.

    Returns:
        (n, m), of the boxes' dtype, or float32 for int64 boxes. Entry (i, j) belongs to boxes1[i] and boxes2[j].

    >>> box_iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [0, 0, 2, 1]]))
    tensor([[0.3333, 0.5000]])

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def assign_anchor_to_bbox(
    ground_truth: Tensor, anchors: Tensor, device: torch.device | str, iou_threshold: float = 0.5
) -> Tensor:
    """Assign ground-truth boxes to anchor boxes (D2L 13.4).

    First, every anchor box gets the ground-truth box with which it has the largest IoU, if this IoU is at least
    iou_threshold. All other anchor boxes get none, -1.

    Then every ground-truth box claims an anchor box, so that none is left out. This takes m steps:

    1. Take the pair of an anchor box and a ground-truth box with the largest IoU, among all pairs that are left.
    2. Assign this ground-truth box to this anchor box. This replaces the assignment of the first pass.
    3. Both leave: remove all pairs that contain the anchor box or the ground-truth box.

    The threshold does not matter here: a ground-truth box claims an anchor box even if their IoU is 0. If several pairs
    have an equal IoU, in either pass, any of them may count as the largest.

    The function leaves its arguments unchanged.

    Args:
        ground_truth: (m, 4), float32, corners (x1, y1, x2, y2); 1 <= m <= n.
        anchors: (n, 4), float32, corners.
        device: the device of the result, such as "cpu" or torch.device("cpu"). The boxes are on this device, too.
        iou_threshold: the least IoU of the first pass. Bonus (no points): values other than 0.5.

    Returns:
        (n,), int64: for each anchor box the index of its ground-truth box, or -1.
    """
    raise NotImplementedError  # write your code here


def offset_boxes(anchors: Tensor, assigned_bb: Tensor, eps: float = 1e-6) -> Tensor:
    """Compute the offsets of ground-truth boxes from their anchor boxes (D2L 13.4).

    An anchor box with the centre (x_a, y_a), width w_a and height h_a, and its ground-truth box with the centre
    (x_b, y_b), width w_b and height h_b, give the four offsets

        10 * (x_b - x_a) / w_a,  10 * (y_b - y_a) / h_a,  5 * log(eps + w_b / w_a),  5 * log(eps + h_b / h_a)

    log is the natural logarithm. eps keeps the offsets finite for a ground-truth box of width or height 0.
    Gradients flow to anchors and assigned_bb. The function leaves its arguments unchanged.

    Args:
        anchors: (n, 4), float32 or float64, with any strides: corners (x1, y1, x2, y2), x1 < x2 and y1 < y2.
        assigned_bb: (n, 4), of the same dtype, corners: row i is the ground-truth box of anchors[i].
        eps: a small positive number.

    Returns:
        (n, 4), of the boxes' dtype.
    """
    raise NotImplementedError  # write your code here


def offset_inverse(anchors: Tensor, offset_preds: Tensor) -> Tensor:
    """Compute the boxes that predicted offsets give (D2L 13.4), the inverse of offset_boxes for eps = 0.

    An anchor box with the centre (x_a, y_a), width w_a and height h_a has the offsets (o_1, o_2, o_3, o_4). They give a
    box with

        centre (x_a + o_1 * w_a / 10, y_a + o_2 * h_a / 10),  width w_a * exp(o_3 / 5),  height h_a * exp(o_4 / 5)

    Gradients flow to both arguments. The function leaves its arguments unchanged.

    Args:
        anchors: (n, 4), float32 or float64, with any strides: corners (x1, y1, x2, y2).
        offset_preds: (n, 4), of the same dtype: row i has the offsets of anchors[i].

    Returns:
        (n, 4), of the arguments' dtype: corners. They are not clipped to the image.
    """
    raise NotImplementedError  # write your code here


def multibox_target(anchors: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Label the anchor boxes of each image with a class and with offsets (D2L 13.4).

    All images share the anchor boxes. For each image, assign_anchor_to_bbox assigns its ground-truth boxes with the
    threshold 0.5. An anchor box with a ground-truth box is positive: it gets the class of this box plus 1, four mask
    entries of 1, and the offsets of offset_boxes with its usual eps. All others are background: they get class 0, four
    mask entries of 0, and four offsets of 0.

    The function leaves its arguments unchanged.

    Args:
        anchors: (1, n, 4), float32, corners (x1, y1, x2, y2), x1 < x2 and y1 < y2.
        labels: (batch, m, 5), float32: for each ground-truth box its class, a whole number from 0 on, and its corners
            (x1, y1, x2, y2); 1 <= m <= n. There are no rows of padding.

    Returns:
        The offsets (batch, 4 * n), float32, the four of the first anchor box first; the mask (batch, 4 * n), float32;
        and the classes (batch, n), int64. They come in this order, as a tuple.
    """
    raise NotImplementedError  # write your code here
