"""ch71 Detection contest summary: join the predictions of several models and of mirrored images.

The lecture has no code. Teams in detection contests train several models and predict each image several times. These
exercises join such predictions. A box is given by its corners (x1, y1, x2, y2), with x1 <= x2 and y1 <= y2, in any
unit. See D2L 13.4 (chapter_computer-vision/anchor) for the intersection over union (IoU).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


# Given, not an exercise.
def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Compute the intersection over union of every pair of boxes (D2L 13.4)."""
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


def weighted_boxes_fusion(
    boxes: Sequence[Tensor],
    scores: Sequence[Tensor],
    labels: Sequence[Tensor],
    iou_threshold: float = 0.55,
    weights: Sequence[float] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Fuse the boxes that several models predict for an image (weighted boxes fusion).

    Unlike nms, the fusion does not choose boxes: it takes their mean. The confidence of a box is its score times the
    weight of its model. All boxes of all models are visited, in descending order of confidence. Each box joins a
    cluster, or begins a new cluster:

    - A cluster has boxes of one label. Its fused box is the mean of its boxes, weighted by their confidences:

          fused = sum(confidence * box) / sum(confidence), over the boxes of the cluster

      The fused box is computed anew after each box that joins.
    - A box joins the cluster of its label whose fused box has the highest IoU with it, if this IoU is greater than
      iou_threshold. Otherwise it begins a new cluster.

    At the end, each cluster gives a box: its fused box. Let n be the number of its boxes, M the number of models:

        score = (mean confidence of its boxes) * min(n, M) / sum(weights)

    So a box that one of two models finds has half its score, if both weights are 1. There are no ties: neither of
    confidences, nor of scores in the result, nor of the IoU of a box with two clusters that it could join. The
    function leaves its arguments unchanged. It may call box_iou, which is given.

    Args:
        boxes: for each of the M models its boxes, (n_i, 4), float32 or float64. All areas are positive. M is at least
            1, and n_i may be 0, even for all models.
        scores: for each model the scores of its boxes, (n_i,), positive, of the boxes' dtype.
        labels: for each model the labels of its boxes, (n_i,), int64.
        iou_threshold: a number between 0 and 1.
        weights: a positive number for each model. None: all weights are 1.

    Returns:
        The fused boxes (k, 4), their scores (k,) and their labels (k,), in descending order of scores, with the dtypes
        of boxes, scores and labels.

    Source: Solovyev, Wang, Gabruseva (2021), Weighted boxes fusion: Ensembling boxes from different object detection
    models.

    >>> left, right = torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([[2.0, 0, 12, 10]])
    >>> one = torch.tensor([1])
    >>> weighted_boxes_fusion([left, right], [torch.tensor([0.75]), torch.tensor([0.25])], [one, one])
    (tensor([[ 0.5000,  0.0000, 10.5000, 10.0000]]), tensor([0.5000]), tensor([1]))

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def soft_nms(
    boxes: Tensor, scores: Tensor, sigma: float = 0.5, score_threshold: float = 0.001
) -> tuple[Tensor, Tensor]:
    """Lower the scores of boxes that overlap a better box, in place of removing them (Gaussian soft-NMS).

    Repeat: pick the box with the highest score among the boxes that are left. Of boxes with the same score, pick the
    first in the order of boxes. If its score is less than score_threshold, stop. Otherwise this box is kept with its
    present score, and the score of each box that is left decays:

        score_j <- score_j * exp(-IoU(picked, j)^2 / sigma)

    A box may decay several times, once for each box that is picked before it. The function leaves its arguments
    unchanged. It may call box_iou, which is given.

    Args:
        boxes: (n, 4), float32 or float64. All areas are positive. n may be 0.
        scores: (n,), of the boxes' dtype, not negative.
        sigma: a positive number. The larger it is, the less the scores decay.
        score_threshold: the lowest score to keep.

    Returns:
        The indices of the kept boxes, int64, and their scores when they were picked, of the scores' dtype, both (k,),
        in the order in which the boxes were picked.

    Source: Bodla, Singh, Chellappa, Davis (2017), Soft-NMS: Improving object detection with one line of code.

    >>> boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4], [5, 5, 9, 9]])
    >>> soft_nms(boxes, torch.tensor([0.5, 1.0, 0.25]), sigma=1.0)
    (tensor([1, 2, 0]), tensor([1.0000, 0.2500, 0.1839]))

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def tta_merge_flips(boxes: Tensor, width: float) -> Tensor:
    """Map boxes that were predicted on a mirrored image back to the image itself.

    Test-time augmentation predicts an image twice, as it is and mirrored from left to right. The point x of the image
    is at width - x in its mirror image. Before the predictions are merged, the boxes of the mirror image are mirrored
    again. The first corner of the result is its upper left corner, as for all boxes. The function leaves boxes
    unchanged.

    Args:
        boxes: (n, 4), float32 or float64, with any strides: corners in the mirrored image. They may lie outside the
            image. n may be 0.
        width: the width of the image, in the unit of the boxes.

    Returns:
        (n, 4), of the boxes' dtype: the corners in the image, in the order of boxes.

    >>> tta_merge_flips(torch.tensor([[0.0, 10, 30, 40]]), 100.0)
    tensor([[ 70.,  10., 100.,  40.]])
    """
    raise NotImplementedError  # write your code here


def filter_by_area(boxes: Tensor, min_area: float) -> Tensor:
    """Find the boxes that are not too small.

        area = (x2 - x1) * (y2 - y1)

    The function leaves boxes unchanged.

    Args:
        boxes: (n, 4), float32 or float64, with any strides. n may be 0. A box may have the width or the height 0: its
            area is 0.
        min_area: the smallest area to keep, at least 0. A box with exactly this area is kept.

    Returns:
        The indices of the boxes whose area is at least min_area, in ascending order, (k,), int64.

    >>> filter_by_area(torch.tensor([[0.0, 0, 2, 3], [1, 1, 2, 2], [0, 0, 1, 6]]), 6.0)
    tensor([0, 2])
    """
    raise NotImplementedError  # write your code here
