"""ch50 A contest of object detection: its metric, and the preparation of its data.

Data as in D2L 13.6 (chapter_computer-vision/object-detection-dataset). The metric follows COCO, with the exact area
under the curve. The contest and the exercises are the course's own.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

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


def match_detections(pred_boxes: Tensor, scores: Tensor, gt_boxes: Tensor, iou_threshold: float = 0.5) -> list[bool]:
    """Return which detections of one class in one image are true positives.

    The detections take their turns in descending order of the scores. A ground-truth box is free until a detection
    takes it. In its turn, a detection looks for the free box with which it has the largest IoU. If this IoU is at
    least iou_threshold, the detection takes the box and is a true positive. Otherwise, or if no box is free, the
    detection is a false positive and takes nothing.

    So each ground-truth box is matched at most once. A detection whose best box is taken may still match another box.
    No two scores are equal, and no detection has the same IoU, other than 0, with two boxes. The function leaves its
    arguments unchanged.

    Args:
        pred_boxes: the detected boxes, (n, 4), float32: corners (x1, y1, x2, y2) with x1 < x2 and y1 < y2, with any
            strides. n may be 0.
        scores: the confidence of each detection, (n,), float32, in any order.
        gt_boxes: the ground-truth boxes, (m, 4), float32, corners likewise, with any strides. m may be 0.
        iou_threshold: the smallest IoU of a match, more than 0 and at most 1.

    Returns:
        A list of n bools: for each detection, in descending order of the scores, whether it is a true positive.
    """
    raise NotImplementedError  # write your code here


def average_precision(tp: Sequence[bool], num_gt: int) -> float:
    """Return the area under the interpolated precision-recall curve of one class.

    After k detections, with TP_k true positives among them,

        precision_k = TP_k / k          recall_k = TP_k / num_gt

    The curve is made monotone: at a recall r, its height p(r) is the largest precision_k of all k with recall_k >= r,
    or 0 if there is no such k. The result is the exact area under p(r) from r = 0 to r = 1, not a mean over 11 or 101
    points. So ground-truth boxes that no detection finds lower the result. The function leaves tp unchanged.

    Args:
        tp: for each detection of the class, in descending order of the scores, whether it is a true positive. A list
            or tuple of bools. It may be empty, and has at most num_gt true positives.
        num_gt: the number of ground-truth boxes of the class, 0 or more.

    Returns:
        A Python float from 0 to 1. If num_gt is 0, nan, because the class has no recall.

    >>> average_precision([True, False, True, True], 5)  # p is 1 up to the recall 1/5, and 3/4 up to 3/5
    0.5
    """
    raise NotImplementedError  # write your code here


def mean_average_precision(aps: Mapping[int, Sequence[float]]) -> float:
    """Return the mean average precision: the mean over the classes of the mean over the IoU thresholds.

    A class without ground-truth boxes has nan at each threshold. Such classes are left out. All other classes have no
    nan and weigh alike, also if their average precision is 0, or if they have more thresholds than others. The
    function leaves aps unchanged.

    Args:
        aps: for each class, its average precision at each threshold. A dict of lists or tuples, each with at least
            one number. Any int may be a key, and keys do not count in the result.

    Returns:
        A Python float. If no class has ground-truth boxes, also if there are no classes, nan.

    >>> mean_average_precision({1: [0.5, 0.25], 2: [math.nan, math.nan], 7: [0.125, 0.0]})
    0.21875
    """
    raise NotImplementedError  # write your code here


def coco_to_corner(box: Sequence[float]) -> tuple[float, float, float, float]:
    """Turn a box from the format of COCO into corners.

    COCO stores the upper left corner (x, y), the width w and the height h. A box of width or height 0 is legal. x and
    y may be negative: boxes are not cut off at the edge of the image. Nothing is rounded. The function leaves box
    unchanged.

    Args:
        box: (x, y, w, h), a list or tuple of four Python numbers.

    Returns:
        (x1, y1, x2, y2), a tuple of Python numbers: the upper left and the lower right corner.

    Raises:
        ValueError: w or h is negative.

    >>> coco_to_corner([10, 20, 30, 5.5])
    (10, 20, 40, 25.5)
    """
    raise NotImplementedError  # write your code here


def oversample_weights(labels_per_image: Sequence[Sequence[int]]) -> list[float]:
    """Return how often each image is drawn relative to the others, so that rare classes are seen more often.

    The frequency of a class is the number of images with at least one object of the class. Several objects of the
    class in one image count once.

        weight of an image = the maximum of 1 / frequency over its classes

    An image without objects has the smallest weight of all images with objects. If no image has objects, all weights
    are equal and positive. Only ratios matter, as for torch.utils.data.WeightedRandomSampler: all weights may be
    multiplied by the same positive number. The function leaves labels_per_image unchanged.

    Args:
        labels_per_image: for each image, the class of each of its objects, in any order. A list of lists of ints. Some
            of the inner lists may be empty, and so may the outer list. Any int may be a class.

    Returns:
        A list of Python floats, as many as there are images.

    >>> oversample_weights([[3, 3], [3, 5], []])
    [0.5, 1.0, 0.5]
    """
    raise NotImplementedError  # write your code here
