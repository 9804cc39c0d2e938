"""ch42 Anchor boxes.

D2L section 13.4 (chapter_computer-vision/anchor).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

# GIVEN ch41: box_corner_to_center, box_center_to_corner


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
    # BEGIN SOLUTION
    h, w = data.shape[-2:]
    sizes_, ratios_ = (torch.tensor(numbers, dtype=torch.float32, device=data.device) for numbers in (sizes, ratios))
    # All sizes with the first ratio, then the first size with the other ratios.
    s = torch.cat([sizes_, sizes_[0].repeat(len(ratios) - 1)])
    r = torch.cat([ratios_[0].repeat(len(sizes)), ratios_[1:]])
    # A normalised width of 1 is w pixels, and a normalised height of 1 is h pixels.
    widths, heights = s * r.sqrt() * h / w, s / r.sqrt()
    y = (torch.arange(h, device=data.device) + 0.5) / h
    x = (torch.arange(w, device=data.device) + 0.5) / w
    # Axes: row, column, anchor box of the pixel, coordinate.
    centres = torch.stack([x.repeat(h, 1), y.repeat(w, 1).T], dim=-1)[:, :, None, :]
    halves = torch.stack([widths, heights], dim=-1) / 2
    corners = torch.cat([centres - halves, centres + halves], dim=-1)
    return corners.reshape(1, -1, 4)
    # END SOLUTION


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Compute the intersection over union of every pair of boxes (D2L 13.4).

    Two boxes A and B have

        IoU(A, B) = area of their intersection / area of their union

    Boxes that do not overlap have an IoU of 0, and so have boxes that touch. A box and itself have an IoU of 1. If both
    boxes of a pair have the area 0, the IoU is 0 / 0, which is nan.

    Gradients flow to both arguments. The function leaves its arguments unchanged.

    Args:
        boxes1: (n, 4), float32, float64 or int64, with any strides: corners (x1, y1, x2, y2), x1 <= x2 and y1 <= y2.
        boxes2: (m, 4), of the same dtype. n and m may be 0.

    Returns:
        (n, m), of the boxes' dtype, or float32 for int64 boxes. Entry (i, j) belongs to boxes1[i] and boxes2[j].

    >>> box_iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [0, 0, 2, 1]]))
    tensor([[0.3333, 0.5000]])
    """
    # BEGIN SOLUTION
    # Pair every box of the first axis with every box of the second.
    upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    lower_right = torch.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    # Boxes that do not overlap would have a negative side.
    sides = (lower_right - upper_left).clamp(min=0)
    intersection = sides[:, :, 0] * sides[:, :, 1]
    sides1, sides2 = boxes1[:, 2:] - boxes1[:, :2], boxes2[:, 2:] - boxes2[:, :2]
    areas1, areas2 = sides1[:, 0] * sides1[:, 1], sides2[:, 0] * sides2[:, 1]
    # The sum of both areas counts the intersection twice.
    union = areas1[:, None] + areas2[None, :] - intersection
    return intersection / union
    # END SOLUTION


def assign_anchor_to_bbox(
    ground_truth: Tensor, anchors: Tensor, device: torch.device | str, iou_threshold: float = 0.5
) -> Tensor:
    """Assign ground-truth boxes to anchor boxes (D2L 13.4).

    First, every anchor box gets the ground-truth box with which it has the largest IoU, if this IoU is at least
    iou_threshold. All other anchor boxes get none, -1.

    Then every ground-truth box claims an anchor box, so that none is left out. This takes m steps:

    1. Of all pairs of an anchor box and a ground-truth box that are left, take the pair with the largest IoU.
    2. Assign this ground-truth box to this anchor box. This replaces the assignment of the first pass.
    3. Both leave: remove all pairs that contain the anchor box or the ground-truth box.

    The threshold does not matter here: a ground-truth box claims an anchor box even if their IoU is 0. Of several equal
    IoUs, any may count as the largest.

    The function leaves its arguments unchanged.

    Args:
        ground_truth: (m, 4), float32, corners (x1, y1, x2, y2); 1 <= m <= n.
        anchors: (n, 4), float32, corners.
        device: the device of the result, such as "cpu" or torch.device("cpu"). The boxes are on this device, too.
        iou_threshold: the least IoU of the first pass. Bonus (no points): values other than 0.5.

    Returns:
        (n,), int64: for each anchor box the index of its ground-truth box, or -1.
    """
    # BEGIN SOLUTION
    num_boxes = len(ground_truth)
    iou = box_iou(anchors, ground_truth)
    assigned = torch.full((len(anchors),), -1, dtype=torch.int64, device=device)
    best_iou, best_box = iou.max(dim=1)
    above = best_iou >= iou_threshold
    assigned[above] = best_box[above]
    for _ in range(num_boxes):
        anchor, box = divmod(int(iou.argmax()), num_boxes)
        assigned[anchor] = box
        # -1 is below every IoU, so that neither of the two is found again.
        iou[anchor, :] = -1
        iou[:, box] = -1
    return assigned
    # END SOLUTION


def offset_boxes(anchors: Tensor, assigned_bb: Tensor, eps: float = 1e-6) -> Tensor:
    """Compute the offsets of ground-truth boxes from their anchor boxes (D2L 13.4).

    An anchor box with the centre (x_a, y_a), width w_a and height h_a, and its ground-truth box with the centre
    (x_b, y_b), width w_b and height h_b, give the four offsets

        10 * (x_b - x_a) / w_a,  10 * (y_b - y_a) / h_a,  5 * log(eps + w_b / w_a),  5 * log(eps + h_b / h_a)

    log is the natural logarithm. eps keeps the offsets finite for a ground-truth box of width or height 0.
    Gradients flow to anchors and assigned_bb. The function leaves its arguments unchanged.

    Args:
        anchors: (n, 4), float32 or float64, corners (x1, y1, x2, y2), x1 < x2 and y1 < y2.
        assigned_bb: (n, 4), of the same dtype, corners: row i is the ground-truth box of anchors[i].
        eps: a small positive number.

    Returns:
        (n, 4), of the boxes' dtype.
    """
    # BEGIN SOLUTION
    anchors, assigned_bb = box_corner_to_center(anchors), box_corner_to_center(assigned_bb)
    offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:]
    offset_wh = 5 * torch.log(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    return torch.cat([offset_xy, offset_wh], dim=1)
    # END SOLUTION


def offset_inverse(anchors: Tensor, offset_preds: Tensor) -> Tensor:
    """Compute the boxes that predicted offsets give (D2L 13.4), the inverse of offset_boxes for eps = 0.

    An anchor box with the centre (x_a, y_a), width w_a and height h_a has the offsets (o_1, o_2, o_3, o_4). They give a
    box with

        centre (x_a + o_1 * w_a / 10, y_a + o_2 * h_a / 10),  width w_a * exp(o_3 / 5),  height h_a * exp(o_4 / 5)

    Gradients flow to both arguments. The function leaves its arguments unchanged.

    Args:
        anchors: (n, 4), float32 or float64, corners (x1, y1, x2, y2).
        offset_preds: (n, 4), of the same dtype: row i has the offsets of anchors[i].

    Returns:
        (n, 4), of the arguments' dtype: corners. They are not clipped to the image.
    """
    # BEGIN SOLUTION
    anchors = box_corner_to_center(anchors)
    xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:] / 10
    wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:] / 5)
    return box_center_to_corner(torch.cat([xy, wh], dim=1))
    # END SOLUTION


def multibox_target(anchors: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Label the anchor boxes of each image with a class and with offsets (D2L 13.4).

    All images share the anchor boxes. For each image, assign_anchor_to_bbox assigns its ground-truth boxes with the
    threshold 0.5. An anchor box with a ground-truth box is positive: it gets the class of this box plus 1, four mask
    entries of 1, and the offsets of offset_boxes with its usual eps. All others are background: they get class 0, four
    mask entries of 0, and four offsets of 0.

    The function leaves its arguments unchanged.

    Args:
        anchors: (1, n, 4), float32, corners (x1, y1, x2, y2).
        labels: (batch, m, 5), float32: for each ground-truth box its class, a whole number from 0 on, and its corners
            (x1, y1, x2, y2); 1 <= m <= n. There are no rows of padding.

    Returns:
        The offsets (batch, 4 * n), float32, the four of the first anchor box first; the mask (batch, 4 * n), float32;
        and the classes (batch, n), int64. They come in this order, as a tuple.
    """
    # BEGIN SOLUTION
    anchors = anchors.squeeze(dim=0)
    offsets, masks, classes = [], [], []
    for label in labels:
        assigned = assign_anchor_to_bbox(label[:, 1:], anchors, anchors.device)
        positive = assigned >= 0
        # Index only with the positive entries: -1 would mean the last box.
        boxes = label[assigned[positive]]
        assigned_bb = torch.zeros_like(anchors)
        assigned_bb[positive] = boxes[:, 1:]
        class_labels = torch.zeros_like(assigned)
        class_labels[positive] = boxes[:, 0].long() + 1
        mask = positive.float()[:, None].repeat(1, 4)
        offsets.append((offset_boxes(anchors, assigned_bb) * mask).flatten())
        masks.append(mask.flatten())
        classes.append(class_labels)
    return torch.stack(offsets), torch.stack(masks), torch.stack(classes)
    # END SOLUTION
