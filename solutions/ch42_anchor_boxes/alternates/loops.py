"""Plain loops over pixels, boxes and pairs, in Python numbers wherever no gradient is needed."""

import math

import torch


def multibox_prior(data, sizes, ratios):
    h, w = data.shape[-2:]
    shapes = [(size, ratios[0]) for size in sizes] + [(sizes[0], ratio) for ratio in ratios[1:]]
    rows = []
    for i in range(h):
        for j in range(w):
            for size, ratio in shapes:
                x, y = (j + 0.5) / w, (i + 0.5) / h
                dx, dy = size * math.sqrt(ratio) * h / w / 2, size / math.sqrt(ratio) / 2
                rows.append([x - dx, y - dy, x + dx, y + dy])
    return torch.tensor([rows], dtype=torch.float32, device=data.device)


def area(x1, y1, x2, y2):
    return (x2 - x1) * (y2 - y1)


def box_iou(boxes1, boxes2):
    wanted = boxes1.dtype if boxes1.is_floating_point() else torch.float32
    columns = []
    for box in boxes2:
        x1, y1 = boxes1[:, 0].maximum(box[0]), boxes1[:, 1].maximum(box[1])
        x2, y2 = boxes1[:, 2].minimum(box[2]), boxes1[:, 3].minimum(box[3])
        shared = torch.where((x2 > x1) & (y2 > y1), area(x1, y1, x2, y2), torch.zeros_like(x1))
        columns.append(shared / (area(*boxes1.T) + area(*box) - shared))
    return torch.stack(columns, dim=1) if columns else torch.zeros((len(boxes1), 0), dtype=wanted)


def assign_anchor_to_bbox(ground_truth, anchors, device, iou_threshold=0.5):
    iou = box_iou(anchors, ground_truth).tolist()
    assigned = [max(range(len(row)), key=row.__getitem__) if max(row) >= iou_threshold else -1 for row in iou]
    free_anchors, free_boxes = set(range(len(anchors))), set(range(len(ground_truth)))
    while free_boxes:
        anchor, box = max(((i, j) for i in free_anchors for j in free_boxes), key=lambda pair: iou[pair[0]][pair[1]])
        assigned[anchor] = box
        free_anchors.discard(anchor)
        free_boxes.discard(box)
    return torch.tensor(assigned, dtype=torch.int64, device=device)


def centre_form(boxes):
    x1, y1, x2, y2 = boxes.T
    return (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1


def offset_boxes(anchors, assigned_bb, eps=1e-6):
    (xa, ya, wa, ha), (xb, yb, wb, hb) = centre_form(anchors), centre_form(assigned_bb)
    sides = [5 * (eps + wb / wa).log(), 5 * (eps + hb / ha).log()]
    return torch.stack([10 * (xb - xa) / wa, 10 * (yb - ya) / ha, *sides]).T


def offset_inverse(anchors, offset_preds):
    xa, ya, wa, ha = centre_form(anchors)
    o1, o2, o3, o4 = offset_preds.T
    x, y = xa + o1 / 10 * wa, ya + o2 / 10 * ha
    w, h = (o3 / 5).exp() * wa, (o4 / 5).exp() * ha
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2]).T


def multibox_target(anchors, labels):
    anchors, (batch, _, _) = anchors[0], labels.shape
    n = len(anchors)
    offsets, mask = torch.zeros(batch, 4 * n), torch.zeros(batch, 4 * n)
    classes = torch.zeros(batch, n, dtype=torch.int64)
    for image, label in enumerate(labels):
        for anchor, box in enumerate(assign_anchor_to_bbox(label[:, 1:], anchors, "cpu").tolist()):
            if box >= 0:
                entries = slice(4 * anchor, 4 * anchor + 4)
                offsets[image, entries] = offset_boxes(anchors[[anchor]], label[[box], 1:])[0]
                mask[image, entries] = 1
                classes[image, anchor] = int(label[box, 0]) + 1
    return offsets, mask, classes
