"""All pairs at once: outer products for anchor boxes, sorted pairs for the claims, gathered labels for the batch."""

import torch


def multibox_prior(data, sizes, ratios):
    h, w = data.shape[-2:]
    pairs = [(size, ratios[0]) for size in sizes] + [(sizes[0], ratio) for ratio in ratios[1:]]
    s, r = torch.tensor(pairs, dtype=torch.float64, device=data.device).T
    half = torch.stack([s * r**0.5 * h / w, s * r**-0.5], dim=1) / 2
    rows, columns = (torch.arange(size, device=data.device, dtype=torch.float64) for size in (h, w))
    grid = torch.cartesian_prod(rows, columns).flip(1).add(0.5) / torch.tensor([w, h], device=data.device)
    centre = grid[:, None, :].expand(-1, len(pairs), -1)
    return torch.cat([centre - half, centre + half], dim=2).reshape(1, -1, 4).float()


def box_iou(boxes1, boxes2):
    if not boxes1.is_floating_point():
        boxes1, boxes2 = boxes1.float(), boxes2.float()
    n, m = len(boxes1), len(boxes2)
    first, second = boxes1.repeat_interleave(m, dim=0), boxes2.repeat(n, 1)
    low, high = torch.maximum(first, second)[:, :2], torch.minimum(first, second)[:, 2:]
    shared = (high - low).relu().prod(dim=1)
    total = sum((boxes[:, 2:] - boxes[:, :2]).prod(dim=1) for boxes in (first, second))
    return (shared / (total - shared)).reshape(n, m)


def assign_anchor_to_bbox(ground_truth, anchors, device, iou_threshold=0.5):
    iou, m = box_iou(anchors, ground_truth), len(ground_truth)
    best = iou.argmax(dim=1)
    assigned = torch.where(iou.amax(dim=1) < iou_threshold, torch.full_like(best, -1), best)
    taken, done = set(), set()
    for place in iou.flatten().sort(descending=True).indices.tolist():
        anchor, box = place // m, place % m
        if anchor not in taken and box not in done:
            assigned[anchor] = box
            taken.add(anchor)
            done.add(box)
    return assigned.to(device)


def multibox_target(anchors, labels):
    anchors = anchors.reshape(-1, 4)
    assigned = torch.stack([assign_anchor_to_bbox(label[:, 1:], anchors, anchors.device) for label in labels])
    positive = assigned >= 0
    index = assigned.clamp(min=0)[:, :, None].expand(-1, -1, 5)
    matched = labels.gather(1, index)
    offsets = [offset_boxes(anchors, boxes) for boxes in matched[:, :, 1:]]
    offsets = torch.where(positive[:, :, None], torch.stack(offsets), torch.zeros(()))
    mask = positive.float().repeat_interleave(4, dim=1)
    return offsets.flatten(start_dim=1), mask, torch.where(positive, matched[:, :, 0].long() + 1, 0)


def offset_boxes(anchors, assigned_bb, eps=1e-6):
    sides, other_sides = (boxes[:, 2:] - boxes[:, :2] for boxes in (anchors, assigned_bb))
    centre, other_centre = ((boxes[:, 2:] + boxes[:, :2]) / 2 for boxes in (anchors, assigned_bb))
    return torch.hstack([10 * (other_centre - centre) / sides, 5 * torch.log(other_sides / sides + eps)])


def offset_inverse(anchors, offset_preds):
    sides = anchors[:, 2:] - anchors[:, :2]
    centre = (anchors[:, 2:] + anchors[:, :2]) / 2 + sides * offset_preds[:, :2] / 10
    half = sides * torch.exp(offset_preds[:, 2:] / 5) / 2
    return torch.hstack([centre - half, centre + half])
