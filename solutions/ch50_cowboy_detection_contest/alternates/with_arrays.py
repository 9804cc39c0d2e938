"""Arrays of numpy and torch, masks instead of sets."""

import numpy as np
import torch


def match_detections(pred_boxes, scores, gt_boxes, iou_threshold=0.5):
    order = torch.sort(scores, descending=True).indices
    iou = box_iou(pred_boxes[order], gt_boxes)
    flags = torch.zeros(len(order), dtype=torch.bool)
    if len(gt_boxes) == 0:
        return flags.tolist()
    for rank in range(len(order)):
        value, j = iou[rank].max(dim=0)
        if value >= iou_threshold:
            flags[rank] = True
            iou[:, j] = -1  # below any threshold
    return flags.tolist()


def average_precision(tp, num_gt):
    if num_gt == 0:
        return float("nan")
    hits = np.cumsum(np.asarray(tp, dtype=float))
    recall = np.concatenate([[0.0], hits / num_gt])
    precision = hits / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall) * envelope))


def mean_average_precision(aps):
    means = np.array([np.mean(values) for values in aps.values()])
    means = means[~np.isnan(means)]
    return float(means.mean()) if means.size else float("nan")


def coco_to_corner(box):
    x, y, w, h = box
    if any(side < 0 for side in (w, h)):
        raise ValueError("a negative side")
    return tuple(np.array([x, y, x + w, y + h], dtype=float).tolist())


def oversample_weights(labels_per_image):
    names = sorted({label for labels in labels_per_image for label in labels})
    if not names:
        return [1.0] * len(labels_per_image)
    present = np.array([[name in labels for name in names] for labels in labels_per_image])
    share = present.mean(axis=0)  # the frequency as a share of the images: another common factor
    best = (present / share).max(axis=1)
    best[best == 0] = best[best > 0].min()
    return best.tolist()
