"""A tensor of fused boxes and a matrix of IoUs in advance; a matrix product and prod."""

import torch


def weighted_boxes_fusion(boxes, scores, labels, iou_threshold=0.55, weights=None):
    w = torch.ones(len(boxes)) if weights is None else torch.tensor(weights, dtype=torch.float64)
    flat = torch.cat(tuple(boxes))
    kinds = torch.cat(tuple(labels))
    confidence = torch.cat([score * float(weight) for score, weight in zip(scores, w, strict=True)])
    order = torch.sort(confidence, descending=True).indices
    flat, kinds, confidence = flat[order], kinds[order], confidence[order]
    member = torch.zeros(0, len(flat), dtype=flat.dtype)  # which box is in which cluster
    owners = kinds[:0]
    for i in range(len(flat)):
        shares = member * confidence
        fused = shares @ flat / shares.sum(dim=1, keepdim=True)
        overlaps = box_iou(fused, flat[i : i + 1])[:, 0] * (owners == kinds[i])
        if len(fused) == 0 or overlaps.max() <= iou_threshold:
            member = torch.cat([member, torch.zeros(1, len(flat), dtype=flat.dtype)])
            owners = torch.cat([owners, kinds[i : i + 1]])
            member[-1, i] = 1
        else:
            member[overlaps.argmax(), i] = 1
    shares, counts = member * confidence, member.sum(dim=1)
    values = shares.sum(dim=1) / counts * counts.clamp(max=len(boxes)) / float(w.sum())
    place = torch.sort(values, descending=True).indices
    fused = shares @ flat / shares.sum(dim=1, keepdim=True)
    return fused[place], values[place].to(confidence.dtype), owners[place]


def soft_nms(boxes, scores, sigma=0.5, score_threshold=0.001):
    decay = torch.exp(-(box_iou(boxes, boxes) ** 2) / sigma)
    now, keep, values = scores.clone(), [], []
    for _ in range(len(boxes)):
        i = int(now.argmax())
        if now[i] < score_threshold or now[i] < 0:
            break
        keep.append(i)
        values.append(now[i].clone())
        now = now * decay[i]
        now[keep] = -1
    return torch.tensor(keep, dtype=torch.long), torch.stack([*values, now.sum()])[:-1] if len(boxes) else now


def tta_merge_flips(boxes, width):
    mirror = torch.tensor([[0, 0, -1, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1]], dtype=boxes.dtype)
    return boxes @ mirror + torch.tensor([width, 0, width, 0], dtype=boxes.dtype)


def filter_by_area(boxes, min_area):
    return torch.arange(len(boxes))[(boxes[:, 2:] - boxes[:, :2]).prod(dim=1) >= min_area]
