"""Label by label with running sums; soft-NMS with a sorted order at each step; indexing; a comprehension."""

import torch


def iou(a, b):
    width = (torch.minimum(a[2], b[2]) - torch.maximum(a[0], b[0])).clamp(min=0)
    height = (torch.minimum(a[3], b[3]) - torch.maximum(a[1], b[1])).clamp(min=0)
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def weighted_boxes_fusion(boxes, scores, labels, iou_threshold=0.55, weights=None):
    models = len(boxes)
    weights = weights or [1] * models
    rows = []
    for m in range(models):
        for box, score, label in zip(boxes[m], scores[m], labels[m], strict=True):
            rows.append((int(label), score * weights[m], box))
    results = []
    for kind in {row[0] for row in rows}:
        sums, totals, counts = [], [], []
        for _, confidence, box in sorted((row for row in rows if row[0] == kind), key=lambda row: -float(row[1])):
            overlaps = [float(iou(part / total, box)) for part, total in zip(sums, totals, strict=True)]
            best = max(range(len(sums)), key=lambda c, overlaps=overlaps: overlaps[c], default=None)
            if best is None or overlaps[best] <= iou_threshold:
                sums.append(confidence * box)
                totals.append(confidence)
                counts.append(1)
            else:
                sums[best] = sums[best] + confidence * box
                totals[best] = totals[best] + confidence
                counts[best] += 1
        for part, total, count in zip(sums, totals, counts, strict=True):
            results.append((part / total, total / count * min(count, models) / sum(weights), kind))
    if not results:
        return torch.cat(tuple(boxes)), torch.cat(tuple(scores)), torch.cat(tuple(labels))
    results.sort(key=lambda result: float(result[1]), reverse=True)
    fused, values, kinds = zip(*results, strict=True)
    return torch.stack(fused), torch.stack(values), torch.tensor(kinds)


def soft_nms(boxes, scores, sigma=0.5, score_threshold=0.001):
    rest = [(score, -i) for i, score in enumerate(scores)]
    keep, values = [], []
    while rest:
        score, place = max(rest, key=lambda pair: (float(pair[0]), pair[1]))
        if score < score_threshold:
            break
        keep.append(-place)
        values.append(score)
        rest.remove((score, place))
        rest = [(s * torch.exp(-iou(boxes[-place], boxes[-i]).square() / sigma), i) for s, i in rest]
    return torch.tensor(keep, dtype=torch.int64), torch.stack(values) if values else torch.empty_like(scores)[:0]


def tta_merge_flips(boxes, width):
    result = boxes.clone()
    result[:, 0] = width - boxes[:, 2]
    result[:, 2] = width - boxes[:, 0]
    return result


def filter_by_area(boxes, min_area):
    found = [i for i, (x1, y1, x2, y2) in enumerate(boxes) if (x2 - x1) * (y2 - y1) >= min_area]
    return torch.tensor(found, dtype=torch.int64)
