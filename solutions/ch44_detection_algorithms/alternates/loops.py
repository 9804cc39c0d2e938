"""Python numbers and plain loops, element by element."""

import torch


def nearest(value):
    whole = int(value // 1)
    return whole + 1 if value - whole >= 0.5 else whole


def roi_pool(X, rois, output_size, spatial_scale):
    height, width = X.shape[-2:]
    regions = []
    for b, x1, y1, x2, y2 in rois.tolist():
        x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in (x1, y1, x2, y2))
        bins = []
        for i in range(output_size[0]):
            for j in range(output_size[1]):
                values = []
                # A row r belongs to bin i if a part of it lies between i and i + 1 times the height of a bin.
                for r in range(max(y1, 0), min(y2 + 1, height)):
                    for s in range(max(x1, 0), min(x2 + 1, width)):
                        down, right = (r - y1) * output_size[0], (s - x1) * output_size[1]
                        rows, columns = y2 - y1 + 1, x2 - x1 + 1
                        if down < (i + 1) * rows and down + output_size[0] > i * rows:
                            if right < (j + 1) * columns and right + output_size[1] > j * columns:
                                values.append(X[int(b), :, r, s])
                bins.append(torch.stack(values).max(dim=0).values if values else X.new_zeros(X.shape[1]))
        regions.append(torch.stack(bins, dim=1).reshape(X.shape[1], *output_size))
    return torch.stack(regions) if regions else X.new_zeros((0, X.shape[1], *output_size))


def smooth_l1(data, scalar):
    losses = []
    for x in data:
        if -1 < scalar * scalar * x < 1:
            losses.append(0.5 * scalar * scalar * x * x)
        else:
            losses.append(abs(x) - 1 / (2 * scalar * scalar))
    return torch.stack(losses)


def focal_loss(gamma, x):
    cross_entropy = -x.log()
    return cross_entropy * torch.pow(1 - x, gamma)


def yolo_encode(boxes, labels, grid, num_classes):
    target = torch.zeros(grid, grid, 5 + num_classes, dtype=boxes.dtype)
    area = {}
    for i in range(len(boxes)):
        x, y, w, h = boxes[i].tolist()
        column, row = int(grid * x), int(grid * y)
        column -= column == grid
        row -= row == grid
        if w * h > area.get((row, column), 0):
            area[row, column] = w * h
            classes = [float(c == labels[i]) for c in range(num_classes)]
            target[row, column] = torch.tensor(
                [1, grid * x - column, grid * y - row, w, h, *classes], dtype=boxes.dtype
            )
    return target


def nms(boxes, scores, iou_threshold):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i].item()):
        if all(iou(boxes[i].tolist(), boxes[j].tolist()) <= iou_threshold for j in kept):
            kept.append(i)
    return torch.tensor(kept).long()


def iou(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (areas[0] + areas[1] - width * height)


def multibox_detection(cls_probs, offset_preds, anchors, nms_threshold=0.5, pos_threshold=0.009999999):
    n = anchors.shape[1]
    result = cls_probs.new_zeros((len(cls_probs), n, 6))
    for b in range(len(cls_probs)):
        boxes = offset_inverse(anchors[0], offset_preds[b].view(n, 4).contiguous())
        best = [max(range(1, cls_probs.shape[1]), key=lambda c: cls_probs[b, c, i]) for i in range(n)]
        confidence = torch.stack([cls_probs[b, c, i] for i, c in enumerate(best)])
        kept = nms(boxes, confidence, nms_threshold).tolist()
        order = kept + [i for i in range(n) if i not in kept]
        for place, i in enumerate(order):
            p = confidence[i]
            low = p < pos_threshold
            result[b, place, 0] = -1 if low or place >= len(kept) else best[i] - 1
            result[b, place, 1] = 1 - p if low else p
            result[b, place, 2:] = boxes[i]
    return result
