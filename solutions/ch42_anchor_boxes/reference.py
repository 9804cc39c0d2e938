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
    # WRONG image-axes-swapped: w, h = data.shape[-2:]
    # WRONG first-axes-of-data: h, w = data.shape[:2]
    # WRONG square-of-the-height: h = w = data.shape[-2]
    # WRONG square-of-the-width: h = w = data.shape[-1]
    sizes_, ratios_ = (torch.tensor(numbers, dtype=torch.float32, device=data.device) for numbers in (sizes, ratios))
    # WRONG created-on-the-cpu: sizes_, ratios_ = (torch.tensor(numbers, dtype=torch.float32) for numbers in (sizes, ratios))
    # All sizes with the first ratio, then the first size with the other ratios.
    s = torch.cat([sizes_, sizes_[0].repeat(len(ratios) - 1)])
    # WRONG every-combination: s = sizes_.repeat_interleave(len(ratios))
    # WRONG every-combination-by-ratio: s = sizes_.repeat(len(ratios))
    # WRONG other-ratios-with-the-last-size: s = torch.cat([sizes_, sizes_[-1].repeat(len(ratios) - 1)])
    # WRONG first-pair-twice: s = torch.cat([sizes_, sizes_[0].repeat(len(ratios))])
    # WRONG ratios-first: s = torch.cat([sizes_[0].repeat(len(ratios)), sizes_[1:]])
    # WRONG pairs-alone: s = sizes_[: min(len(sizes), len(ratios))]
    # WRONG sizes-alone: s = sizes_
    # WRONG sizes-sorted:
    #     sizes_ = sizes_.sort().values
    #     s = torch.cat([sizes_, sizes_[0].repeat(len(ratios) - 1)])
    r = torch.cat([ratios_[0].repeat(len(sizes)), ratios_[1:]])
    # WRONG every-combination: r = ratios_.repeat(len(sizes))
    # WRONG every-combination-by-ratio: r = ratios_.repeat_interleave(len(sizes))
    # WRONG first-pair-twice: r = torch.cat([ratios_[0].repeat(len(sizes)), ratios_])
    # WRONG ratios-first: r = torch.cat([ratios_, ratios_[0].repeat(len(sizes) - 1)])
    # WRONG pairs-alone: r = ratios_[: min(len(sizes), len(ratios))]
    # WRONG sizes-alone: r = ratios_[0].repeat(len(sizes))
    # WRONG sizes-with-ratio-1: r = torch.cat([torch.ones_like(sizes_), ratios_[1:]])
    # A normalised width of 1 is w pixels, and a normalised height of 1 is h pixels.
    widths, heights = s * r.sqrt() * h / w, s / r.sqrt()
    # WRONG shape-of-the-image-ignored: widths, heights = s * r.sqrt(), s / r.sqrt()
    # WRONG shape-of-the-image-inverted: widths, heights = s * r.sqrt() * w / h, s / r.sqrt()
    # WRONG factor-on-the-height: widths, heights = s * r.sqrt(), s / r.sqrt() * h / w
    # WRONG factor-on-both: widths, heights = s * r.sqrt() * h / w, s / r.sqrt() * h / w
    # WRONG relative-to-the-width: widths, heights = s * r.sqrt(), s / r.sqrt() * w / h
    # WRONG no-root: widths, heights = s * r * h / w, s / r
    # WRONG ratio-on-the-width-alone: widths, heights = s * r * h / w, s
    # WRONG root-on-the-width-alone: widths, heights = s * r.sqrt() * h / w, s
    # WRONG ratio-upside-down: widths, heights = s / r.sqrt() * h / w, s * r.sqrt()
    # WRONG size-is-the-area: widths, heights = (s * r).sqrt() * h / w, (s / r).sqrt()
    # WRONG ratio-ignored: widths, heights = s * h / w, s / torch.ones_like(r)
    # WRONG heights-equal-widths: widths, heights = s * r.sqrt() * h / w, s * r.sqrt()
    # WRONG in-pixels: widths, heights = s * r.sqrt() / w, s / r.sqrt() / h
    y = (torch.arange(h, device=data.device) + 0.5) / h
    # WRONG upper-left-of-the-pixel: y = torch.arange(h, device=data.device) / h
    # WRONG lower-right-of-the-pixel: y = (torch.arange(h, device=data.device) + 1) / h
    # WRONG centres-in-pixels: y = torch.arange(h, device=data.device) + 0.5
    # WRONG half-after-the-division: y = torch.arange(h, device=data.device) / h + 0.5
    # WRONG from-edge-to-edge: y = torch.linspace(0, 1, h, device=data.device)
    # WRONG y-divided-by-the-width: y = (torch.arange(h, device=data.device) + 0.5) / w
    # WRONG created-on-the-cpu: y = (torch.arange(h) + 0.5) / h
    x = (torch.arange(w, device=data.device) + 0.5) / w
    # WRONG upper-left-of-the-pixel: x = torch.arange(w, device=data.device) / w
    # WRONG lower-right-of-the-pixel: x = (torch.arange(w, device=data.device) + 1) / w
    # WRONG centres-in-pixels: x = torch.arange(w, device=data.device) + 0.5
    # WRONG half-after-the-division: x = torch.arange(w, device=data.device) / w + 0.5
    # WRONG from-edge-to-edge: x = torch.linspace(0, 1, w, device=data.device)
    # WRONG x-divided-by-the-height: x = (torch.arange(w, device=data.device) + 0.5) / h
    # WRONG created-on-the-cpu: x = (torch.arange(w) + 0.5) / w
    # Axes: row, column, anchor box of the pixel, coordinate.
    centres = torch.stack([x.repeat(h, 1), y.repeat(w, 1).T], dim=-1)[:, :, None, :]
    # WRONG column-by-column: centres = torch.stack([x.repeat(h, 1), y.repeat(w, 1).T], dim=-1)[:, :, None, :].transpose(0, 1)
    # WRONG centre-y-first: centres = torch.stack([y.repeat(w, 1).T, x.repeat(h, 1)], dim=-1)[:, :, None, :]
    halves = torch.stack([widths, heights], dim=-1) / 2
    # WRONG whole-sides: halves = torch.stack([widths, heights], dim=-1)
    # WRONG sides-swapped: halves = torch.stack([heights, widths], dim=-1) / 2
    corners = torch.cat([centres - halves, centres + halves], dim=-1)
    # WRONG centres-with-sides:
    #     corners = torch.cat([centres.expand(h, w, len(s), 2), (2 * halves).expand(h, w, -1, -1)], dim=-1)
    # WRONG clipped-to-the-image: corners = torch.cat([centres - halves, centres + halves], dim=-1).clamp(0, 1)
    # WRONG anchors-begin-at-the-centre: corners = torch.cat([centres + 0 * halves, centres + 2 * halves], dim=-1)
    # WRONG shape-by-shape: corners = torch.cat([centres - halves, centres + halves], dim=-1).permute(2, 0, 1, 3)
    # WRONG corner-x-both-first: corners = torch.cat([centres - halves, centres + halves], dim=-1)[..., [0, 2, 1, 3]]
    return corners.reshape(1, -1, 4)
    # WRONG no-batch-axis: return corners.reshape(-1, 4)
    # WRONG an-axis-for-each-pixel: return corners.reshape(1, h * w, -1, 4)
    # WRONG batch-of-the-images: return corners.reshape(1, -1, 4).repeat(len(data), 1, 1)
    # WRONG prior-in-float64: return corners.reshape(1, -1, 4).double()
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    # Pair every box of the first axis with every box of the second.
    upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG box-around-both: upper_left = torch.minimum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG box-by-box: upper_left = torch.maximum(boxes1[: len(boxes2), None, :2], boxes2[: len(boxes1), None, :2])
    # WRONG iou-in-float32:
    #     boxes1, boxes2 = boxes1.float(), boxes2.float()
    #     upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG boxes-cut-off:
    #     boxes1, boxes2 = boxes1.detach(), boxes2.detach()
    #     upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG one-side-cut-off:
    #     boxes2 = boxes2.detach()
    #     upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG boxes-sorted:
    #     boxes1 = boxes1[boxes1[:, 0].argsort()]
    #     upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    # WRONG boxes-taken-for-centres:
    #     boxes1, boxes2 = box_center_to_corner(boxes1), box_center_to_corner(boxes2)
    #     upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    lower_right = torch.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    # WRONG box-around-both: lower_right = torch.maximum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    # WRONG lower-right-of-the-first: lower_right = boxes1[:, None, 2:].expand(-1, len(boxes2), -1)
    # Boxes that do not overlap would have a negative side.
    sides = (lower_right - upper_left).clamp(min=0)
    # WRONG negative-sides: sides = lower_right - upper_left
    # WRONG absolute-sides: sides = (lower_right - upper_left).abs()
    # WRONG sides-count-pixels: sides = (lower_right - upper_left + 1).clamp(min=0)
    # WRONG sides-at-most-one: sides = (lower_right - upper_left).clamp(0, 1)
    # WRONG sides-not-below-eps: sides = (lower_right - upper_left).clamp(min=1e-3)
    intersection = sides[:, :, 0] * sides[:, :, 1]
    # WRONG area-clamped-alone:
    #     sides = lower_right - upper_left
    #     intersection = (sides[:, :, 0] * sides[:, :, 1]).clamp(min=0)
    # WRONG width-alone: intersection = sides[:, :, 0]
    # WRONG sum-of-the-sides: intersection = sides[:, :, 0] + sides[:, :, 1]
    # WRONG square-intersection: intersection = sides[:, :, 0] ** 2
    sides1, sides2 = boxes1[:, 2:] - boxes1[:, :2], boxes2[:, 2:] - boxes2[:, :2]
    # WRONG areas-count-pixels: sides1, sides2 = boxes1[:, 2:] - boxes1[:, :2] + 1, boxes2[:, 2:] - boxes2[:, :2] + 1
    # WRONG sides-count-pixels: sides1, sides2 = boxes1[:, 2:] - boxes1[:, :2] + 1, boxes2[:, 2:] - boxes2[:, :2] + 1
    # WRONG area-from-the-corner: sides1, sides2 = boxes1[:, 2:], boxes2[:, 2:]
    areas1, areas2 = sides1[:, 0] * sides1[:, 1], sides2[:, 0] * sides2[:, 1]
    # WRONG perimeters-for-areas: areas1, areas2 = 2 * sides1.sum(dim=1), 2 * sides2.sum(dim=1)
    # WRONG square-boxes: areas1, areas2 = sides1[:, 0] ** 2, sides2[:, 0] ** 2
    # WRONG sides-added: areas1, areas2 = sides1.sum(dim=1), sides2.sum(dim=1)
    # WRONG first-areas-twice:
    #     areas1 = sides1[:, 0] * sides1[:, 1]
    #     areas2 = areas1[:1]
    # The sum of both areas counts the intersection twice.
    union = areas1[:, None] + areas2[None, :] - intersection
    # WRONG intersection-counted-twice: union = areas1[:, None] + areas2[None, :]
    # WRONG intersection-subtracted-twice: union = areas1[:, None] + areas2[None, :] - 2 * intersection
    # WRONG smaller-area: union = torch.minimum(areas1[:, None], areas2[None, :])
    # WRONG larger-area: union = torch.maximum(areas1[:, None], areas2[None, :])
    # WRONG area-of-the-first: union = areas1[:, None].expand(-1, len(areas2))
    # WRONG area-of-the-second: union = areas2[None, :].expand(len(areas1), -1)
    # WRONG box-around-for-the-union:
    #     around = torch.maximum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    #     around = around - torch.minimum(boxes1[:, None, :2], boxes2[None, :, :2])
    #     union = around[:, :, 0] * around[:, :, 1]
    # WRONG eps-in-the-union: union = areas1[:, None] + areas2[None, :] - intersection + 1e-6
    return intersection / union
    # WRONG intersection-alone: return intersection.float()
    # WRONG dice-coefficient: return 2 * intersection / (areas1[:, None] + areas2[None, :])
    # WRONG distance: return 1 - intersection / union
    # WRONG iou-transposed: return (intersection / union).T
    # WRONG whole-numbers: return intersection // union
    # WRONG nan-replaced: return (intersection / union).nan_to_num()
    # WRONG iou-rounded: return (intersection / union).round(decimals=2)
    # WRONG largest-of-each: return (intersection / union).amax(dim=1)
    # END SOLUTION


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
    # BEGIN SOLUTION
    num_boxes = len(ground_truth)
    # WRONG boxes-changed:
    #     num_boxes = len(ground_truth)
    #     ground_truth[:, 2:] += 1e-3
    iou = box_iou(anchors, ground_truth)
    assigned = torch.full((len(anchors),), -1, dtype=torch.int64, device=device)
    # WRONG background-is-0: assigned = torch.full((len(anchors),), 0, dtype=torch.int64, device=device)
    # WRONG assigned-in-int32: assigned = torch.full((len(anchors),), -1, dtype=torch.int32, device=device)
    # WRONG background-is-m: assigned = torch.full((len(anchors),), num_boxes, dtype=torch.int64, device=device)
    best_iou, best_box = iou.max(dim=1)
    # WRONG any-box-above: best_iou, best_box = iou.amax(dim=1), (iou >= iou_threshold).int().argmax(dim=1)
    # WRONG last-box-above: best_iou, best_box = iou.amax(dim=1), num_boxes - 1 - (iou >= iou_threshold).int().flip(1).argmax(dim=1)
    # WRONG worst-box: best_iou, best_box = iou.amax(dim=1), iou.argmin(dim=1)
    # WRONG mean-over-the-boxes: best_iou, best_box = iou.mean(dim=1), iou.argmax(dim=1)
    above = best_iou >= iou_threshold
    # WRONG strictly-above: above = best_iou > iou_threshold
    # WRONG threshold-hard-coded: above = best_iou >= 0.5
    # WRONG threshold-of-0: above = best_iou > 0
    # WRONG threshold-of-a-third: above = best_iou >= 0.3
    # WRONG threshold-of-seven-tenths: above = best_iou >= 0.7
    # WRONG below-the-threshold: above = best_iou < iou_threshold
    assigned[above] = best_box[above]
    # WRONG first-pass-missing: pass
    # WRONG classes-from-1: assigned[above] = best_box[above] + 1
    # WRONG truth-values: assigned[above] = 1
    for _ in range(num_boxes):
        # WRONG claims-missing: for _ in range(0):
        # WRONG one-claim-alone: for _ in range(1):
        # WRONG last-claim-missing: for _ in range(num_boxes - 1):
        anchor, box = divmod(int(iou.argmax()), num_boxes)
        # WRONG in-the-order-of-boxes:
        #     box = _
        #     anchor = int(iou[:, box].argmax())
        # WRONG in-reverse-order-of-boxes:
        #     box = num_boxes - 1 - _
        #     anchor = int(iou[:, box].argmax())
        # WRONG row-and-column-swapped:
        #     box, anchor = divmod(int(iou.argmax()), len(anchors))
        #     box = box % num_boxes
        # WRONG first-pass-blocks-claims:
        #     iou[assigned >= 0] = -1
        #     anchor, box = divmod(int(iou.argmax()), num_boxes)
        # WRONG matched-boxes-claim-nothing:
        #     for matched in assigned[assigned >= 0].tolist():
        #         iou[:, matched] = -1
        #     anchor, box = divmod(int(iou.argmax()), num_boxes)
        #     if iou[anchor, box] < 0:
        #         break
        # WRONG claims-need-overlap:
        #     anchor, box = divmod(int(iou.argmax()), num_boxes)
        #     if iou[anchor, box] <= 0:
        #         break
        # WRONG claims-need-the-threshold:
        #     anchor, box = divmod(int(iou.argmax()), num_boxes)
        #     if iou[anchor, box] < iou_threshold:
        #         break
        # WRONG smallest-pair:
        #     anchor, box = divmod(int(torch.where(iou < 0, 2.0, iou).argmin()), num_boxes)
        assigned[anchor] = box
        # WRONG free-anchors-alone: assigned[anchor] = box if assigned[anchor] < 0 else assigned[anchor]
        # WRONG claims-counted: assigned[anchor] = _
        # WRONG classes-from-1: assigned[anchor] = box + 1
        # WRONG truth-values: assigned[anchor] = 1
        # -1 is below every IoU, so that neither of the two is found again.
        iou[anchor, :] = -1
        # WRONG anchor-claimed-again: pass
        # WRONG removed-as-0: iou[anchor, :] = 0
        iou[:, box] = -1
        # WRONG box-claims-again: pass
        # WRONG removed-as-0: iou[:, box] = 0
    return assigned
    # WRONG one-anchor-for-each-box: return iou.argmax(dim=0)
    # WRONG a-column: return assigned[:, None]
    # WRONG a-list: return assigned.tolist()
    # END SOLUTION


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
    # BEGIN SOLUTION
    anchors, assigned_bb = box_corner_to_center(anchors), box_corner_to_center(assigned_bb)
    # WRONG corners-for-centres: pass
    # WRONG anchor-corners-kept: assigned_bb = box_corner_to_center(assigned_bb)
    # WRONG box-corners-kept: anchors = box_corner_to_center(anchors)
    # WRONG roles-swapped: anchors, assigned_bb = box_corner_to_center(assigned_bb), box_corner_to_center(anchors)
    # WRONG offsets-cut-off: anchors, assigned_bb = box_corner_to_center(anchors), box_corner_to_center(assigned_bb).detach()
    # WRONG offsets-in-float32:
    #     anchors, assigned_bb = box_corner_to_center(anchors.float()), box_corner_to_center(assigned_bb.float())
    offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:]
    # WRONG no-tenfold: offset_xy = (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:]
    # WRONG a-tenth: offset_xy = 0.1 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:]
    # WRONG distance-in-pixels: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2])
    # WRONG distance-reversed: offset_xy = 10 * (anchors[:, :2] - assigned_bb[:, :2]) / anchors[:, 2:]
    # WRONG in-sides-of-the-box: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) / (assigned_bb[:, 2:] + eps)
    # WRONG sides-crossed: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, [3, 2]]
    # WRONG multiplied-by-the-sides: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) * anchors[:, 2:]
    # WRONG five-for-the-centre: offset_xy = 5 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:]
    # WRONG absolute-distance: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]).abs() / anchors[:, 2:]
    # WRONG width-for-both: offset_xy = 10 * (assigned_bb[:, :2] - anchors[:, :2]) / anchors[:, 2:3]
    offset_wh = 5 * torch.log(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG no-fivefold: offset_wh = torch.log(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG a-fifth: offset_wh = 0.2 * torch.log(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG ratio-upside-down-in-the-log: offset_wh = 5 * torch.log(eps + anchors[:, 2:] / (assigned_bb[:, 2:] + eps))
    # WRONG no-logarithm: offset_wh = 5 * (eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG eps-outside: offset_wh = 5 * (eps + torch.log(assigned_bb[:, 2:].clamp(min=1e-30) / anchors[:, 2:]))
    # WRONG eps-added-to-the-box: offset_wh = 5 * torch.log((eps + assigned_bb[:, 2:]) / anchors[:, 2:])
    # WRONG eps-added-to-the-divisor: offset_wh = 5 * torch.log(assigned_bb[:, 2:].clamp(min=1e-30) / (anchors[:, 2:] + eps))
    # WRONG eps-is-a-bound: offset_wh = 5 * torch.log((assigned_bb[:, 2:] / anchors[:, 2:]).clamp(min=eps))
    # WRONG eps-ignored: offset_wh = 5 * torch.log(1e-6 + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG eps-missing: offset_wh = 5 * torch.log(assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG binary-logarithm: offset_wh = 5 * torch.log2(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG common-logarithm: offset_wh = 5 * torch.log10(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG logarithm-of-one-plus: offset_wh = 5 * torch.log1p(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG relative-difference: offset_wh = 5 * (assigned_bb[:, 2:] - anchors[:, 2:]) / anchors[:, 2:]
    # WRONG ten-for-the-sides: offset_wh = 10 * torch.log(eps + assigned_bb[:, 2:] / anchors[:, 2:])
    # WRONG five-inside: offset_wh = torch.log(eps + 5 * assigned_bb[:, 2:] / anchors[:, 2:])
    return torch.cat([offset_xy, offset_wh], dim=1)
    # WRONG offset-sides-first: return torch.cat([offset_wh, offset_xy], dim=1)
    # WRONG offsets-below-each-other: return torch.cat([offset_xy, offset_wh], dim=0)
    # WRONG offset-pairs-by-axis: return torch.cat([offset_xy, offset_wh], dim=1)[:, [0, 2, 1, 3]]
    # WRONG offsets-flat: return torch.cat([offset_xy, offset_wh], dim=1).flatten()
    # END SOLUTION


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
    # BEGIN SOLUTION
    anchors = box_corner_to_center(anchors)
    # WRONG inverse-takes-corners: pass
    # WRONG inverse-in-float32: anchors, offset_preds = box_corner_to_center(anchors).float(), offset_preds.float()
    # WRONG inverse-cut-off: anchors, offset_preds = box_corner_to_center(anchors), offset_preds.detach()
    xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:] / 10
    # WRONG not-divided-by-10: xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:]
    # WRONG multiplied-by-10: xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:] * 10
    # WRONG move-in-absolute-units: xy = anchors[:, :2] + offset_preds[:, :2] / 10
    # WRONG move-divided-by-the-sides: xy = anchors[:, :2] + offset_preds[:, :2] / anchors[:, 2:] / 10
    # WRONG moved-backwards: xy = anchors[:, :2] - offset_preds[:, :2] * anchors[:, 2:] / 10
    # WRONG anchor-centre-forgotten: xy = offset_preds[:, :2] * anchors[:, 2:] / 10
    # WRONG all-divided-by-10: xy = (anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:]) / 10
    # WRONG move-by-the-other-side: xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, [3, 2]] / 10
    # WRONG divided-by-5: xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:] / 5
    wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:] / 5)
    # WRONG not-divided-by-5: wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:])
    # WRONG exponent-times-5: wh = anchors[:, 2:] * torch.exp((offset_preds[:, 2:] * 5).clamp(max=50))
    # WRONG divided-outside: wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:]) / 5
    # WRONG no-exponential: wh = anchors[:, 2:] * offset_preds[:, 2:] / 5
    # WRONG one-plus-the-offset: wh = anchors[:, 2:] * (1 + offset_preds[:, 2:] / 5)
    # WRONG anchor-sides-forgotten: wh = torch.exp(offset_preds[:, 2:] / 5)
    # WRONG exponential-added: wh = anchors[:, 2:] + torch.exp(offset_preds[:, 2:] / 5)
    # WRONG exponent-negative: wh = anchors[:, 2:] * torch.exp(-offset_preds[:, 2:] / 5)
    # WRONG power-of-two: wh = anchors[:, 2:] * torch.exp2(offset_preds[:, 2:] / 5)
    # WRONG sides-divided-by-10: wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:] / 10)
    # WRONG sides-unchanged: wh = anchors[:, 2:]
    # WRONG eps-undone: wh = anchors[:, 2:] * (torch.exp(offset_preds[:, 2:] / 5) - 1e-2)
    return box_center_to_corner(torch.cat([xy, wh], dim=1))
    # WRONG centres-returned: return torch.cat([xy, wh], dim=1)
    # WRONG converted-the-wrong-way: return box_corner_to_center(torch.cat([xy, wh], dim=1))
    # WRONG centre-as-upper-left: return torch.cat([xy, xy + wh], dim=1)
    # WRONG inverse-sides-first: return box_center_to_corner(torch.cat([wh, xy], dim=1))
    # WRONG inverse-clipped: return box_center_to_corner(torch.cat([xy, wh], dim=1)).clamp(0, 1)
    # WRONG inverse-clipped-at-0: return box_center_to_corner(torch.cat([xy, wh], dim=1)).clamp(min=0)
    # WRONG predictions-overwritten:
    #     boxes = box_center_to_corner(torch.cat([xy, wh], dim=1))
    #     offset_preds.data[:] = boxes.detach()
    #     return boxes
    # END SOLUTION


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
    # BEGIN SOLUTION
    anchors = anchors.squeeze(dim=0)
    offsets, masks, classes = [], [], []
    for label in labels:
        # WRONG first-image-alone: for label in labels[:1]:
        # WRONG labels-of-the-first-image: for label in labels[:1].repeat(len(labels), 1, 1):
        assigned = assign_anchor_to_bbox(label[:, 1:], anchors, anchors.device)
        # WRONG class-taken-for-x: assigned = assign_anchor_to_bbox(label[:, :4], anchors, anchors.device)
        # WRONG target-threshold-alone:
        #     best_iou, best_box = box_iou(anchors, label[:, 1:]).max(dim=1)
        #     assigned = torch.where(best_iou >= 0.5, best_box, -1)
        # WRONG target-without-threshold: assigned = box_iou(anchors, label[:, 1:]).argmax(dim=1)
        positive = assigned >= 0
        # WRONG box-0-is-background: positive = assigned > 0
        # WRONG all-positive: positive = assigned >= -1
        # WRONG background-alone: positive = assigned < 0
        # Index only with the positive entries: -1 would mean the last box.
        boxes = label[assigned[positive]]
        # WRONG boxes-in-order: boxes = label[torch.arange(int(positive.sum())) % len(label)]
        # WRONG first-box-for-all: boxes = label[0 * assigned[positive]]
        assigned_bb = torch.zeros_like(anchors)
        assigned_bb[positive] = boxes[:, 1:]
        # WRONG label-begins-with-the-box: assigned_bb[positive] = boxes[:, :4]
        class_labels = torch.zeros_like(assigned)
        # WRONG background-class-is-minus-1: class_labels = torch.full_like(assigned, -1)
        # WRONG classes-in-float32: class_labels = torch.zeros(len(assigned))
        class_labels[positive] = boxes[:, 0].long() + 1
        # WRONG class-not-shifted: class_labels[positive] = boxes[:, 0].long()
        # WRONG index-for-class: class_labels[positive] = assigned[positive] + 1
        # WRONG class-1-for-all: class_labels[positive] = 1
        # WRONG class-shifted-by-2: class_labels[positive] = boxes[:, 0].long() + 2
        # WRONG class-from-the-end: class_labels[positive] = boxes[:, 4].long() + 1
        mask = positive.float()[:, None].repeat(1, 4)
        # WRONG mask-inverted: mask = 1 - positive.float()[:, None].repeat(1, 4)
        # WRONG mask-block-by-block: mask = positive.float().repeat(4).reshape(-1, 4)
        # WRONG mask-of-booleans: mask = positive[:, None].repeat(1, 4)
        # WRONG mask-of-ones: mask = torch.ones_like(anchors)
        # WRONG one-entry-each: mask = positive.float()[:, None]
        offsets.append((offset_boxes(anchors, assigned_bb) * mask).flatten())
        # WRONG background-not-masked: offsets.append(offset_boxes(anchors, assigned_bb).flatten())
        # WRONG offsets-transposed: offsets.append((offset_boxes(anchors, assigned_bb) * positive.float()[:, None]).T.flatten())
        # WRONG offsets-for-all-anchors: offsets.append(offset_boxes(anchors, label[assigned, 1:]).flatten())
        # WRONG offsets-from-the-box: offsets.append((offset_boxes(torch.where(positive[:, None], assigned_bb, anchors), anchors) * mask).flatten())
        # WRONG boxes-for-offsets: offsets.append(assigned_bb.flatten())
        # WRONG differences-for-offsets: offsets.append(((assigned_bb - anchors) * mask).flatten())
        # WRONG offset-rows-kept: offsets.append(offset_boxes(anchors, assigned_bb) * mask)
        masks.append(mask.flatten())
        # WRONG mask-rows-kept: masks.append(mask)
        # WRONG mask-repeated-as-a-whole: masks.append(positive.float().repeat(4))
        classes.append(class_labels)
    return torch.stack(offsets), torch.stack(masks), torch.stack(classes)
    # WRONG classes-first: return torch.stack(classes), torch.stack(offsets), torch.stack(masks)
    # WRONG mask-first: return torch.stack(masks), torch.stack(offsets), torch.stack(classes)
    # WRONG all-images-in-a-row: return torch.cat(offsets), torch.cat(masks), torch.cat(classes)
    # END SOLUTION
