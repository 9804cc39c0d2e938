"""ch71 Detection contest summary: join the predictions of several models and of mirrored images.

The lecture has no code. Teams in detection contests train several models and predict each image several times. These
exercises join such predictions. A box is given by its corners (x1, y1, x2, y2), with x1 <= x2 and y1 <= y2, in any
unit. See D2L 13.4 (chapter_computer-vision/anchor) for the intersection over union (IoU).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

# GIVEN ch42: box_iou


def weighted_boxes_fusion(
    boxes: Sequence[Tensor],
    scores: Sequence[Tensor],
    labels: Sequence[Tensor],
    iou_threshold: float = 0.55,
    weights: Sequence[float] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    # WRONG threshold-of-a-half:
    #     def weighted_boxes_fusion(boxes, scores, labels, iou_threshold=0.5, weights=None):
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
    """
    # BEGIN SOLUTION
    weights = [1.0] * len(boxes) if weights is None else weights
    # WRONG weights-ignored: weights = [1.0] * len(boxes)
    all_boxes, all_labels = torch.cat([*boxes]), torch.cat([*labels])
    # WRONG first-model-alone:
    #     boxes, scores, labels, weights = boxes[:1], scores[:1], labels[:1], weights[:1]
    #     all_boxes, all_labels = boxes[0], labels[0]
    confidences = torch.cat([weight * score for weight, score in zip(weights, scores, strict=True)])
    # WRONG weights-without-scores:
    #     confidences = torch.cat([weight + 0 * score for weight, score in zip(weights, scores)])
    # WRONG scores-without-weights: confidences = torch.cat([*scores])
    # WRONG divided-by-the-weights-twice:
    #     confidences = torch.cat([weight / sum(weights) * score for weight, score in zip(weights, scores)])
    # WRONG clusters-of-each-model:
    #     confidences = torch.cat([weight * score for weight, score in zip(weights, scores)])
    #     if len(boxes) > 1:
    #         parts = [
    #             weighted_boxes_fusion(boxes[m : m + 1], scores[m : m + 1], labels[m : m + 1], iou_threshold, [1.0])
    #             for m in range(len(boxes))
    #         ]
    #         fused, values, kinds = (torch.cat(part) for part in zip(*parts))
    #         order = values.argsort(descending=True)
    #         return fused[order], values[order], kinds[order]
    clusters: list[list[int]] = []
    fused: list[Tensor] = []
    for i in confidences.argsort(descending=True).tolist():
        # WRONG order-of-the-models: for i in range(len(confidences)):
        # WRONG lowest-confidence-first: for i in confidences.argsort().tolist():
        # WRONG order-of-the-scores: for i in torch.cat([*scores]).argsort(descending=True).tolist():
        best, highest = None, iou_threshold
        # WRONG threshold-ignored: best, highest = None, 0.55
        # WRONG any-overlap-joins: best, highest = None, 0.0
        for c, cluster in enumerate(clusters):
            if all_labels[cluster[0]] == all_labels[i]:
                # WRONG labels-not-compared: if True:
                iou = box_iou(fused[c][None], all_boxes[i : i + 1]).item()
                # WRONG iou-with-the-first-box: iou = box_iou(all_boxes[cluster[0]][None], all_boxes[i : i + 1]).item()
                # WRONG iou-with-the-last-box: iou = box_iou(all_boxes[cluster[-1]][None], all_boxes[i : i + 1]).item()
                # WRONG iou-with-any-box: iou = box_iou(all_boxes[cluster], all_boxes[i : i + 1]).max().item()
                # WRONG iou-with-all-boxes: iou = box_iou(all_boxes[cluster], all_boxes[i : i + 1]).min().item()
                # WRONG mean-of-ious: iou = box_iou(all_boxes[cluster], all_boxes[i : i + 1]).mean().item()
                if iou > highest:
                    # WRONG equal-iou-joins: if iou >= highest:
                    # WRONG first-cluster-joined: if iou > highest and best is None:
                    # WRONG last-cluster-joined:
                    #     if iou > iou_threshold:
                    # WRONG lowest-iou-joined:
                    #     if iou > iou_threshold and (best is None or iou < highest):
                    best, highest = c, iou
        if best is None:
            # WRONG never-fused: if True:
            clusters.append([i])
            fused.append(all_boxes[i])
        else:
            clusters[best].append(i)
            members = clusters[best]
            # WRONG mean-of-two-boxes: members = clusters[best][-2:]
            shares = confidences[members] / confidences[members].sum()
            # WRONG unweighted-mean: shares = torch.full_like(confidences[members], 1 / len(members))
            # WRONG squared-confidences: shares = confidences[members] ** 2 / (confidences[members] ** 2).sum()
            # WRONG not-divided-by-the-sum: shares = confidences[members]
            # WRONG divided-by-the-number: shares = confidences[members] / len(members)
            # WRONG softmax-of-confidences: shares = confidences[members].softmax(dim=0)
            # WRONG scores-for-shares: shares = torch.cat([*scores])[members] / torch.cat([*scores])[members].sum()
            fused[best] = (shares[:, None] * all_boxes[members]).sum(dim=0)
            # WRONG plain-nms: clusters[best].pop()
            # WRONG box-of-the-best: fused[best] = all_boxes[members[0]]
            # WRONG fused-with-the-new-box: fused[best] = (fused[best] + all_boxes[i]) / 2
            # WRONG box-around-the-cluster:
            #     corners = all_boxes[members]
            #     fused[best] = torch.cat([corners[:, :2].amin(dim=0), corners[:, 2:].amax(dim=0)])
            # WRONG common-part-of-the-cluster:
            #     corners = all_boxes[members]
            #     fused[best] = torch.cat([corners[:, :2].amax(dim=0), corners[:, 2:].amin(dim=0)])
            # WRONG median-box: fused[best] = all_boxes[members].median(dim=0).values
    if not clusters:
        return all_boxes, confidences, all_labels
        # WRONG nothing-for-no-boxes: return None
    factors = [min(len(cluster), len(boxes)) / sum(weights) for cluster in clusters]
    # WRONG lone-boxes-dropped: factors = [(len(c) > 1) * min(len(c), len(boxes)) / sum(weights) for c in clusters]
    # WRONG score-not-reduced: factors = [len(boxes) / sum(weights) for cluster in clusters]
    # WRONG overflow-allowed: factors = [len(cluster) / sum(weights) for cluster in clusters]
    # WRONG divided-by-the-models: factors = [min(len(cluster), len(boxes)) / len(boxes) for cluster in clusters]
    # WRONG weights-left-in-the-score: factors = [min(len(cluster), len(boxes)) for cluster in clusters]
    # WRONG reduced-for-lone-boxes-alone: factors = [(1.0 if len(c) > 1 else 1 / len(boxes)) for c in clusters]
    means = [confidences[cluster].mean() for cluster in clusters]
    # WRONG best-score: means = [confidences[cluster].max() for cluster in clusters]
    # WRONG sum-of-scores: means = [confidences[cluster].sum() for cluster in clusters]
    # WRONG mean-of-raw-scores: means = [torch.cat([*scores])[cluster].mean() for cluster in clusters]
    # WRONG lowest-score: means = [confidences[cluster].min() for cluster in clusters]
    # WRONG mean-weighted-by-itself:
    #     means = [(confidences[c] ** 2).sum() / confidences[c].sum() for c in clusters]
    # WRONG chance-that-one-is-right: means = [1 - (1 - confidences[cluster]).prod() for cluster in clusters]
    values = torch.stack([mean * factor for mean, factor in zip(means, factors, strict=True)])
    order = values.argsort(descending=True)
    # WRONG order-of-the-clusters: order = torch.arange(len(values))
    # WRONG order-ascending: order = values.argsort()
    # WRONG order-of-labels: order = all_labels[[cluster[0] for cluster in clusters]].argsort(stable=True)
    kinds = all_labels[[cluster[0] for cluster in clusters]]
    return torch.stack(fused)[order], values[order], kinds[order]
    # WRONG scores-alone-sorted: return torch.stack(fused), values[order], kinds
    # WRONG labels-not-sorted: return torch.stack(fused)[order], values[order], kinds
    # WRONG labels-before-scores: return torch.stack(fused)[order], kinds[order], values[order]
    # WRONG doubles: return torch.stack(fused)[order].double(), values[order].double(), kinds[order]
    # END SOLUTION


def soft_nms(
    boxes: Tensor, scores: Tensor, sigma: float = 0.5, score_threshold: float = 0.001
) -> tuple[Tensor, Tensor]:
    # WRONG sigma-of-one: def soft_nms(boxes, scores, sigma=1.0, score_threshold=0.001):
    # WRONG threshold-of-a-twentieth: def soft_nms(boxes, scores, sigma=0.5, score_threshold=0.05):
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
    """
    # BEGIN SOLUTION
    scores = scores.clone()
    # WRONG scores-in-place:
    # WRONG first-scores-returned: original, scores = scores, scores.clone()
    # WRONG last-decay-alone: original, scores = scores, scores.clone()
    left = list(range(len(boxes)))
    keep, kept_scores = [], []
    while left:
        best = left[int(scores[left].argmax())]
        # WRONG order-of-the-boxes: best = left[0]
        # WRONG lowest-score-first: best = left[int(scores[left].argmin())]
        # WRONG last-of-equal-scores: best = left[len(left) - 1 - int(scores[left].flip(0).argmax())]
        # WRONG order-of-the-first-scores:
        #     order = order if keep else scores.argsort(descending=True, stable=True).tolist()
        #     best = order[len(keep)]
        if scores[best] < score_threshold:
            # WRONG all-boxes-kept: if False:
            # WRONG equal-score-dropped: if scores[best] <= score_threshold:
            # WRONG threshold-for-the-first-scores: if not keep and scores[best] < score_threshold:
            break
        keep.append(best)
        kept_scores.append(scores[best].clone())
        left.remove(best)
        ious = box_iou(boxes[best][None], boxes[left]).flatten()
        # WRONG iou-with-the-next-box: ious = box_iou(boxes[left[:1]], boxes[left])[0] if left else scores[left]
        # WRONG iou-of-the-first-box: ious = box_iou(boxes[:1], boxes[left])[0]
        scores[left] *= torch.exp(-(ious**2) / sigma)
        # WRONG last-decay-alone: scores[left] = original[left] * torch.exp(-(ious**2) / sigma)
        # WRONG linear-decay: scores[left] *= 1 - ious
        # WRONG linear-decay-above-a-half: scores[left] *= torch.where(ious > 0.5, 1 - ious, 1.0)
        # WRONG hard-nms: scores[left] *= (ious < 0.5).to(scores.dtype)
        # WRONG iou-not-squared: scores[left] *= torch.exp(-ious / sigma)
        # WRONG sigma-squared: scores[left] *= torch.exp(-(ious**2) / sigma**2)
        # WRONG two-sigma-squared: scores[left] *= torch.exp(-(ious**2) / (2 * sigma**2))
        # WRONG two-sigma: scores[left] *= torch.exp(-(ious**2) / (2 * sigma))
        # WRONG sigma-as-a-factor: scores[left] *= torch.exp(-(ious**2) * sigma)
        # WRONG sigma-ignored: scores[left] *= torch.exp(-(ious**2) / 0.5)
        # WRONG sign-forgotten: scores[left] *= torch.exp((ious**2) / sigma)
        # WRONG exponential-subtracted: scores[left] *= 1 - torch.exp(-(ious**2) / sigma)
        # WRONG no-decay: scores[left] *= 1.0
        # WRONG decay-subtracted: scores[left] -= 1 - torch.exp(-(ious**2) / sigma)
        # WRONG sigma-within-the-square: scores[left] *= torch.exp(-(sigma * ious) ** 2)
        # WRONG decay-of-the-neighbour: scores[left[:1]] *= torch.exp(-(ious[:1] ** 2) / sigma)
        # WRONG decay-above-a-threshold: scores[left] *= torch.where(ious > 0.3, torch.exp(-(ious**2) / sigma), 1.0)
        # WRONG decayed-boxes-dropped:
        #     scores[left] *= torch.exp(-(ious**2) / sigma)
        #     left = [j for j in left if scores[j] > score_threshold * 20]
    indices = torch.tensor(keep, dtype=torch.int64)
    # WRONG indices-sorted: indices = torch.tensor(sorted(keep), dtype=torch.int64)
    # WRONG int32-indices: indices = torch.tensor(keep, dtype=torch.int32)
    # WRONG indices-of-floats: indices = torch.tensor(keep, dtype=torch.float32)
    return indices, torch.stack(kept_scores) if kept_scores else scores[:0]
    # WRONG first-scores-returned: return indices, original[indices]
    # WRONG all-scores-returned: return indices, scores
    # WRONG scores-before-indices: return torch.stack(kept_scores) if kept_scores else scores[:0], indices
    # WRONG boxes-for-indices: return boxes[indices], torch.stack(kept_scores) if kept_scores else scores[:0]
    # END SOLUTION


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
    # BEGIN SOLUTION
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    # WRONG rows-for-columns: y1, x1, y2, x2 = boxes.unbind(dim=1)
    # WRONG changed-in-the-boxes:
    #     boxes[:, [0, 2]] = width - boxes[:, [2, 0]]
    #     return boxes
    # WRONG width-of-one: x1, y1, x2, y2, width = *boxes.unbind(dim=1), 1.0
    # WRONG width-of-the-boxes: x1, y1, x2, y2, width = *boxes.unbind(dim=1), boxes[:, 2].max() if len(boxes) else 0
    return torch.stack([width - x2, y1, width - x1, y2], dim=1)
    # WRONG corners-not-swapped: return torch.stack([width - x1, y1, width - x2, y2], dim=1)
    # WRONG mirrored-up-down: return torch.stack([x1, width - y2, x2, width - y1], dim=1)
    # WRONG rotated-by-half-a-turn: return torch.stack([width - x2, width - y2, width - x1, width - y1], dim=1)
    # WRONG pixel-centres: return torch.stack([width - 1 - x2, y1, width - 1 - x1, y2], dim=1)
    # WRONG both-corners-swapped: return torch.stack([width - x2, y2, width - x1, y1], dim=1)
    # WRONG only-swapped: return torch.stack([x2, y1, x1, y2], dim=1)
    # WRONG negated: return torch.stack([-x2, y1, -x1, y2], dim=1)
    # WRONG width-subtracted: return torch.stack([x2 - width, y1, x1 - width, y2], dim=1)
    # WRONG not-below-zero: return torch.stack([width - x2, y1, width - x1, y2], dim=1).clamp(min=0)
    # WRONG within-the-image: return torch.stack([(width - x2).clamp(0, width), y1, (width - x1).clamp(0, width), y2], dim=1)
    # WRONG order-turned-round: return torch.stack([width - x2, y1, width - x1, y2], dim=1).flip(0)
    # WRONG unchanged: return torch.stack([x1, y1, x2, y2], dim=1)
    # WRONG transposed-result: return torch.stack([width - x2, y1, width - x1, y2])
    # WRONG flipped-in-float32: return torch.stack([width - x2, y1, width - x1, y2], dim=1).float()
    # WRONG corners-and-sizes: return torch.stack([width - x2, y1, x2 - x1, y2 - y1], dim=1)
    # WRONG about-a-quarter: return torch.stack([width / 2 - x2, y1, width / 2 - x1, y2], dim=1)
    # WRONG both-sets: return torch.cat([boxes, torch.stack([width - x2, y1, width - x1, y2], dim=1)])
    # END SOLUTION


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
    # BEGIN SOLUTION
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    # WRONG corners-multiplied: areas = boxes[:, 2] * boxes[:, 3]
    # WRONG perimeter-for-area: areas = 2 * (boxes[:, 2] - boxes[:, 0] + boxes[:, 3] - boxes[:, 1])
    # WRONG width-for-area: areas = boxes[:, 2] - boxes[:, 0]
    # WRONG square-of-the-width: areas = (boxes[:, 2] - boxes[:, 0]) ** 2
    # WRONG pixels-counted: areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    # WRONG shorter-side: areas = torch.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    # WRONG shorter-side-squared: areas = torch.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) ** 2
    # WRONG diagonal: areas = (boxes[:, 2:] - boxes[:, :2]).square().sum(dim=1)
    # WRONG corners-of-other-order: areas = (boxes[:, 1] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 2])
    # WRONG sides-added: areas = (boxes[:, 2:] - boxes[:, :2]).sum(dim=1)
    # WRONG areas-rounded: areas = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).round()
    return torch.nonzero(areas >= min_area).flatten()
    # WRONG equal-area-dropped: return torch.nonzero(areas > min_area).flatten()
    # WRONG small-boxes-kept: return torch.nonzero(areas < min_area).flatten()
    # WRONG mask-for-indices: return areas >= min_area
    # WRONG boxes-returned: return boxes[areas >= min_area]
    # WRONG column-of-indices: return torch.nonzero(areas >= min_area)
    # WRONG largest-first: return areas.argsort(descending=True)[: int((areas >= min_area).sum())]
    # WRONG number-of-boxes: return (areas >= min_area).sum()
    # WRONG flat-boxes-dropped: return torch.nonzero((areas >= min_area) & (areas > 0)).flatten()
    # WRONG areas-returned: return areas[areas >= min_area]
    # WRONG root-of-the-area: return torch.nonzero(areas.sqrt() >= min_area).flatten()
    # WRONG int32-numbers: return torch.nonzero(areas >= min_area).flatten().int()
    # END SOLUTION
