"""Each result straight from its definition, with loops and own boxes."""

import math


def corner_iou(a, b):
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def match_detections(pred_boxes, scores, gt_boxes, iou_threshold=0.5):
    detections = sorted(zip(scores.tolist(), pred_boxes.tolist(), strict=True), reverse=True)
    truths, flags = gt_boxes.tolist(), []
    for _, box in detections:
        ranked = sorted(truths, key=lambda truth: corner_iou(box, truth))
        flags.append(bool(ranked) and corner_iou(box, ranked[-1]) >= iou_threshold)
        if flags[-1]:
            truths.remove(ranked[-1])
    return flags


def average_precision(tp, num_gt):
    if not num_gt:
        return float("nan")
    area = 0.0
    for wanted in range(1, num_gt + 1):  # recall wanted / num_gt
        reached = [sum(tp[:k]) / k for k in range(1, len(tp) + 1) if sum(tp[:k]) >= wanted]
        area += max(reached, default=0) / num_gt
    return area


def mean_average_precision(aps):
    total = count = 0
    for values in aps.values():
        if not any(math.isnan(value) for value in values):
            total, count = total + sum(values) / len(values), count + 1
    return total / count if count else float("nan")


class BoxError(ValueError):
    """A box that cannot be."""


def coco_to_corner(box):
    if min(box[2:]) < 0:
        raise BoxError("a negative side")
    return (*box[:2], *(start + side for start, side in zip(box[:2], box[2:], strict=True)))


def oversample_weights(labels_per_image):
    def weight(labels):
        return max(1 / sum(label in other for other in labels_per_image) for label in labels)

    known = [weight(labels) for labels in labels_per_image if labels]
    return [weight(labels) if labels else min(known, default=0.5) for labels in labels_per_image]
