"""ch50 A contest of object detection: its metric, and the preparation of its data.

Data as in D2L 13.6 (chapter_computer-vision/object-detection-dataset). The metric follows COCO, with the exact area
under the curve. The contest and the exercises are the course's own.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

# GIVEN ch42: box_iou


def match_detections(pred_boxes: Tensor, scores: Tensor, gt_boxes: Tensor, iou_threshold: float = 0.5) -> list[bool]:
    # WRONG threshold-of-075-by-default: def match_detections(pred_boxes, scores, gt_boxes, iou_threshold=0.75):
    # WRONG threshold-of-0-by-default: def match_detections(pred_boxes, scores, gt_boxes, iou_threshold=1e-9):
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
    # BEGIN SOLUTION
    iou = box_iou(pred_boxes, gt_boxes)
    # WRONG share-of-the-detection:
    #     areas = (pred_boxes[:, 2:] - pred_boxes[:, :2]).prod(dim=1, keepdim=True)
    #     others = (gt_boxes[:, 2:] - gt_boxes[:, :2]).prod(dim=1)
    #     iou = box_iou(pred_boxes, gt_boxes)
    #     iou = iou / (1 + iou) * (areas + others) / areas
    # WRONG share-of-the-ground-truth:
    #     areas = (pred_boxes[:, 2:] - pred_boxes[:, :2]).prod(dim=1, keepdim=True)
    #     others = (gt_boxes[:, 2:] - gt_boxes[:, :2]).prod(dim=1)
    #     iou = box_iou(pred_boxes, gt_boxes)
    #     iou = iou / (1 + iou) * (areas + others) / others
    # WRONG boxes-of-coco:
    #     iou = box_iou(torch.cat([pred_boxes[:, :2], pred_boxes[:, :2] + pred_boxes[:, 2:]], dim=1),
    #                   torch.cat([gt_boxes[:, :2], gt_boxes[:, :2] + gt_boxes[:, 2:]], dim=1))
    # WRONG one-pixel-more:
    #     iou = box_iou(pred_boxes + torch.tensor([0, 0, 1, 1]), gt_boxes + torch.tensor([0, 0, 1, 1]))
    free = set(range(len(gt_boxes)))
    flags = []
    for i in scores.argsort(descending=True).tolist():
        # WRONG ascending-scores: for i in scores.argsort().tolist():
        # WRONG scores-ignored: for i in range(len(scores)):
        # WRONG ranks-as-order: for i in scores.argsort(descending=True).argsort().tolist():
        # WRONG low-scores-dropped:
        #     for i in [i for i in scores.argsort(descending=True).tolist() if scores[i] >= 0.5]:
        # WRONG best-overlap-first:
        #     for i in sorted(range(len(scores)), key=lambda i: -max(iou[i].tolist(), default=0)):
        best = max(free, key=lambda j, i=i: iou[i, j].item(), default=None)
        # WRONG first-free-box:
        #     best = next((j for j in sorted(free) if iou[i, j] >= iou_threshold), None)
        # WRONG taken-box-is-final:
        #     best = max(range(len(gt_boxes)), key=lambda j: iou[i, j].item(), default=None)
        #     best = best if best in free else None
        # WRONG smallest-overlap:
        #     best = min((j for j in free if iou[i, j] >= iou_threshold), key=lambda j: iou[i, j].item(), default=None)
        # WRONG box-of-the-same-rank: best = len(flags) if len(flags) in free else None
        # WRONG free-box-required: best = max(free, key=lambda j, i=i: iou[i, j].item())
        hit = best is not None and iou[i, best].item() >= iou_threshold
        # WRONG strict-threshold: hit = best is not None and iou[i, best].item() > iou_threshold
        # WRONG threshold-always-half: hit = best is not None and iou[i, best].item() >= 0.5
        # WRONG any-overlap: hit = best is not None and iou[i, best].item() > 0
        # WRONG scores-for-overlaps: hit = best is not None and scores[i].item() >= iou_threshold
        flags.append(hit)
        # WRONG stops-at-the-first-miss:
        #     flags.append(hit)
        #     if not hit:
        #         return flags
        # WRONG misses-marked: flags.append(not hit)
        # WRONG numbers-for-bools: flags.append(int(hit))
        # WRONG index-of-the-box: flags.append(best if hit else -1)
        # WRONG misses-left-out: flags += [True] * hit
        if hit:
            # WRONG box-matched-again: if False:
            # WRONG misses-take-boxes: if best is not None:
            free.remove(best)
            # WRONG stops-without-free-boxes:
            #     free.remove(best)
            #     if not free:
            #         break
    return flags
    # WRONG flags-in-the-old-order: return [flags[i] for i in scores.argsort(descending=True).argsort().tolist()]
    # WRONG flags-as-a-tensor: return torch.tensor(flags)
    # WRONG boxes-choose-detections:
    #     order, won = scores.argsort(descending=True), set()
    #     for column in iou[order].T if len(scores) else []:
    #         if column.max() >= iou_threshold:
    #             won.add(column.argmax().item())
    #     return [rank in won for rank in range(len(scores))]
    # WRONG one-flag-for-each-box: return flags if len(scores) and len(gt_boxes) else [False] * len(gt_boxes)
    # WRONG most-matches:
    #     owner, order = {}, scores.argsort(descending=True).tolist()
    #     def seek(i, seen):
    #         for j in range(len(gt_boxes)):
    #             if iou[i, j] >= iou_threshold and j not in seen:
    #                 seen.add(j)
    #                 if j not in owner or seek(owner[j], seen):
    #                     owner[j] = i
    #                     return True
    #         return False
    #     for i in order:
    #         seek(i, set())
    #     return [i in owner.values() for i in order]
    # END SOLUTION


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
    # BEGIN SOLUTION
    if num_gt == 0:
        return math.nan
        # WRONG zero-without-boxes: return 0.0
        # WRONG one-without-boxes: return 1.0
        # WRONG one-if-nothing-was-found: return 0.0 if tp else 1.0
    hits, precisions = 0, []
    # WRONG nan-without-detections:
    #     hits, precisions = 0, []
    #     if not tp:
    #         return math.nan
    # WRONG one-detection-required:
    #     hits, precisions = 0, []
    #     assert len(tp) > 0
    # WRONG flags-from-the-end:
    #     tp = tp[::-1]
    #     hits, precisions = 0, []
    for k, flag in enumerate(tp, start=1):
        # WRONG ranks-from-zero: for k, flag in enumerate(tp, start=2):
        hits += flag
        # WRONG precision-of-hits-before:
        #     precisions.append(hits / k)
        #     hits += flag
        #     continue
        precisions.append(hits / k)
        # WRONG recall-for-precision: precisions.append(hits / num_gt)
        # WRONG f1-for-precision: precisions.append(2 * hits / (k + num_gt))
    # From the last detection to the first, the largest precision so far is the height of the curve.
    area, height = 0.0, 0.0
    for flag, precision in zip(reversed(tp), reversed(precisions), strict=True):
        height = max(height, precision)
        # WRONG not-monotone: height = precision
        # WRONG smallest-precision: height = min(height or 1.0, precision)
        if flag:  # recall grows by 1 / num_gt
            # WRONG area-under-every-detection: if True:
            # WRONG misses-for-hits: if not flag:
            area += height / num_gt
    return area
    # WRONG largest-so-far: return sum(max(precisions[: k + 1]) for k in range(len(tp)) if tp[k]) / num_gt
    # WRONG first-step-missing: return sum(max(precisions[k:]) for k in range(1, len(tp)) if tp[k]) / num_gt
    # WRONG trapezoids:
    #     heights = precisions[:1] + precisions
    #     return sum((heights[k] + heights[k + 1]) / 2 for k in range(len(tp)) if tp[k]) / num_gt
    # WRONG eleven-points:
    #     recalls = [sum(tp[: k + 1]) / num_gt for k in range(len(tp))]
    #     heights = [[p for p, r in zip(precisions, recalls) if r >= i / 10 - 1e-12] for i in range(11)]
    #     return sum(max(reached, default=0.0) for reached in heights) / 11
    # WRONG hundred-and-one-points:
    #     recalls = [sum(tp[: k + 1]) / num_gt for k in range(len(tp))]
    #     heights = [[p for p, r in zip(precisions, recalls) if r >= i / 100 - 1e-12] for i in range(101)]
    #     return sum(max(reached, default=0.0) for reached in heights) / 101
    # WRONG found-boxes-alone: return area * num_gt / max(hits, 1)
    # WRONG last-precision: return hits / max(len(tp), 1)
    # WRONG last-recall: return hits / num_gt
    # WRONG f1-score: return 2 * hits / (len(tp) + num_gt)
    # WRONG mean-of-all-precisions: return sum(precisions) / max(len(precisions), 1)
    # WRONG divided-by-detections: return area * num_gt / max(len(tp), 1)
    # WRONG sum-of-precisions: return area * num_gt
    # WRONG percentage: return 100 * area
    # WRONG curve-drawn-to-one: return area + (1 - hits / num_gt) * (precisions[-1] if precisions else 0)
    # WRONG rounded-area: return round(area, 2)
    # WRONG area-as-a-tensor: return torch.tensor(area)
    # WRONG largest-precision: return max(precisions, default=0.0)
    # END SOLUTION


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
    # BEGIN SOLUTION
    means = [sum(values) / len(values) for values in aps.values() if not math.isnan(values[0])]
    # WRONG nan-counts-as-zero:
    #     means = [0.0 if math.isnan(values[0]) else sum(values) / len(values) for values in aps.values()]
    # WRONG nan-in-the-mean: means = [sum(values) / len(values) for values in aps.values()]
    # WRONG nan-counts-as-one:
    #     means = [1.0 if math.isnan(values[0]) else sum(values) / len(values) for values in aps.values()]
    # WRONG zeros-left-out:
    #     means = [sum(values) / len(values) for values in aps.values() if sum(values) > 0]
    # WRONG classes-pooled: means = [value for values in aps.values() for value in values if not math.isnan(value)]
    # WRONG first-threshold-alone: means = [values[0] for values in aps.values() if not math.isnan(values[0])]
    # WRONG last-threshold-alone: means = [values[-1] for values in aps.values() if not math.isnan(values[0])]
    # WRONG best-threshold: means = [max(values) for values in aps.values() if not math.isnan(values[0])]
    # WRONG worst-threshold: means = [min(values) for values in aps.values() if not math.isnan(values[0])]
    # WRONG thresholds-added: means = [sum(values) for values in aps.values() if not math.isnan(values[0])]
    # WRONG ten-thresholds: means = [sum(values) / 10 for values in aps.values() if not math.isnan(values[0])]
    # WRONG class-zero-left-out:
    #     means = [sum(values) / len(values) for key, values in aps.items() if key != 0 and not math.isnan(values[0])]
    # WRONG keys-as-weights:
    #     means = [key * sum(values) / len(values) for key, values in aps.items() if not math.isnan(values[0])]
    # WRONG keys-averaged: means = [key for key, values in aps.items() if not math.isnan(values[0])]
    # WRONG keys-as-places:
    #     places = [aps[key] for key in range(len(aps)) if key in aps]
    #     means = [sum(values) / len(values) for values in places if not math.isnan(values[0])]
    # WRONG middle-threshold:
    #     means = [sorted(values)[len(values) // 2] for values in aps.values() if not math.isnan(values[0])]
    return sum(means) / len(means) if means else math.nan
    # WRONG zero-without-classes: return sum(means) / len(means) if means else 0.0
    # WRONG divided-by-the-largest-key: return sum(means) / (max(aps) + 1) if means else math.nan
    # WRONG classes-added: return sum(means) if means else math.nan
    # WRONG best-class-alone: return max(means, default=math.nan)
    # WRONG worst-class-alone: return min(means, default=math.nan)
    # WRONG median-of-classes: return sorted(means)[len(means) // 2] if means else math.nan
    # WRONG product-of-classes: return math.prod(means) ** (1 / len(means)) if means else math.nan
    # WRONG classes-unguarded: return sum(means) / len(means)
    # WRONG mean-in-percent: return 100 * sum(means) / len(means) if means else math.nan
    # WRONG mean-as-a-tensor: return torch.tensor(sum(means) / len(means) if means else math.nan)
    # WRONG means-of-classes: return means
    # END SOLUTION


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
    # BEGIN SOLUTION
    x, y, w, h = box
    # WRONG height-before-width: x, y, h, w = box
    # WRONG y-before-x: y, x, w, h = box
    # WRONG list-emptied: h, w, y, x = [box.pop() for _ in range(4)] if isinstance(box, list) else box[::-1]
    if w < 0 or h < 0:
        # WRONG sides-not-tested: if False:
        # WRONG width-alone-tested: if w < 0:
        # WRONG height-alone-tested: if h < 0:
        # WRONG empty-box-refused: if w <= 0 or h <= 0:
        # WRONG both-negative: if w < 0 and h < 0:
        # WRONG outside-refused: if w < 0 or h < 0 or x < 0 or y < 0:
        raise ValueError(f"a box of width {w} and height {h}")
        # WRONG assertion: raise AssertionError(f"a box of width {w} and height {h}")
    return x, y, x + w, y + h
    # WRONG taken-as-corners: return x, y, w, h
    # WRONG last-pixel-inside: return x, y, x + w - 1, y + h - 1
    # WRONG pixel-after-the-last: return x, y, x + w + 1, y + h + 1
    # WRONG centre-in-xy: return x - w / 2, y - h / 2, x + w / 2, y + h / 2
    # WRONG centre-out: return x + w / 2, y + h / 2, w, h
    # WRONG sides-from-corners: return x, y, w - x, h - y
    # WRONG lower-left-corner: return x, y - h, x + w, y
    # WRONG size-subtracted: return x, y, x - w, y - h
    # WRONG x-before-y-of-both: return x, x + w, y, y + h
    # WRONG rows-before-columns: return y, x, y + h, x + w
    # WRONG cut-off-at-zero: return max(x, 0), max(y, 0), max(x + w, 0), max(y + h, 0)
    # WRONG rounded-to-pixels: return round(x), round(y), round(x + w), round(y + h)
    # WRONG corners-in-a-list: return [x, y, x + w, y + h]
    # WRONG corners-in-a-tensor: return torch.tensor([x, y, x + w, y + h])
    # WRONG half-sides: return x, y, x + w / 2, y + h / 2
    # WRONG width-added-twice: return x, y, x + w, y + w
    # END SOLUTION


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
    # BEGIN SOLUTION
    frequency = Counter(label for labels in labels_per_image for label in set(labels))
    # WRONG objects-counted: frequency = Counter(label for labels in labels_per_image for label in labels)
    # WRONG one-added-to-frequencies:
    #     known = {label for labels in labels_per_image for label in labels}
    #     frequency = Counter(label for labels in [*labels_per_image, known] for label in set(labels))
    # WRONG labels-made-unique:
    #     frequency = Counter(label for labels in labels_per_image for label in set(labels))
    #     for labels in labels_per_image:
    #         labels[:] = sorted(set(labels))
    weights = [max((1 / frequency[label] for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG most-frequent-class:
    #     weights = [min((1 / frequency[label] for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG classes-summed:
    #     weights = [sum(1 / frequency[label] for label in set(labels)) for labels in labels_per_image]
    # WRONG objects-summed: weights = [sum(1 / frequency[label] for label in labels) for labels in labels_per_image]
    # WRONG classes-averaged:
    #     kinds = [set(labels) for labels in labels_per_image]
    #     weights = [sum(1 / frequency[label] for label in kind) / max(len(kind), 1) for kind in kinds]
    # WRONG first-object-alone: weights = [1 / frequency[labels[0]] if labels else 0.0 for labels in labels_per_image]
    # WRONG last-object-alone: weights = [1 / frequency[labels[-1]] if labels else 0.0 for labels in labels_per_image]
    # WRONG frequency-not-inverted:
    #     weights = [float(max((frequency[label] for label in labels), default=0)) for labels in labels_per_image]
    # WRONG frequency-subtracted:
    #     n = len(labels_per_image) + 1
    #     weights = [max((n - frequency[label] for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG root-of-frequency:
    #     weights = [max((frequency[label] ** -0.5 for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG square-of-frequency:
    #     weights = [max((frequency[label] ** -2.0 for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG logarithm-of-frequency:
    #     logs = {label: 1 / math.log(1 + count) for label, count in frequency.items()}
    #     weights = [max((logs[label] for label in labels), default=0.0) for labels in labels_per_image]
    # WRONG number-of-objects: weights = [float(len(labels)) for labels in labels_per_image]
    # WRONG number-of-classes: weights = [float(len(set(labels))) for labels in labels_per_image]
    # WRONG one-over-objects: weights = [1 / len(labels) if labels else 0.0 for labels in labels_per_image]
    # WRONG times-objects:
    #     weights = [max((1 / frequency[label] for label in labels), default=0.0) for labels in labels_per_image]
    #     weights = [weight * len(labels) for weight, labels in zip(weights, labels_per_image)]
    # WRONG divided-by-objects:
    #     weights = [max((1 / frequency[label] for label in labels), default=0.0) for labels in labels_per_image]
    #     weights = [weight / max(len(labels), 1) for weight, labels in zip(weights, labels_per_image)]
    # WRONG labels-as-weights: weights = [float(max(labels, default=0)) for labels in labels_per_image]
    # WRONG objects-required: weights = [max(1 / frequency[label] for label in labels) for labels in labels_per_image]
    smallest = min((weight for weight in weights if weight > 0), default=1.0)
    # WRONG empty-images-as-the-largest: smallest = max((weight for weight in weights if weight > 0), default=1.0)
    # WRONG empty-images-at-one: smallest = 1.0
    # WRONG empty-images-by-the-commonest-class: smallest = 1 / max(frequency.values(), default=1)
    # WRONG empty-images-at-the-mean: smallest = sum(weights) / max(sum(weight > 0 for weight in weights), 1) or 1.0
    # WRONG empty-images-never: smallest = 0.0
    # WRONG empty-images-as-a-class: smallest = 1 / max(sum(not labels for labels in labels_per_image), 1)
    # WRONG empty-images-by-number: smallest = 1 / len(labels_per_image) if labels_per_image else 1.0
    # WRONG some-objects-required: smallest = min(weight for weight in weights if weight > 0)
    # WRONG half-of-the-smallest: smallest = 0.5 * min((weight for weight in weights if weight > 0), default=1.0)
    return [weight or smallest for weight in weights]
    # WRONG empty-images-left-out: return [weight for weight in weights if weight > 0]
    # WRONG weights-of-classes: return [1 / frequency[label] for label in sorted(frequency)]
    # WRONG all-images-alike: return [1.0 for _ in weights]
    # WRONG sorted-weights: return sorted(weight or smallest for weight in weights)
    # END SOLUTION
