"""Masks and whole tensors in place of loops."""

import torch


def roi_pool(X, rois, output_size, spatial_scale):
    corners = torch.floor(rois[:, 1:] * spatial_scale + 0.5).long()

    def members(first, last, bins, limit):
        """(k, bins, limit): whether a row or column of X belongs to a bin."""
        size = (last - first + 1)[:, None]
        i = torch.arange(bins)[None]
        begin = first[:, None] + torch.div(i * size, bins, rounding_mode="floor")
        end = first[:, None] - torch.div(-(i + 1) * size, bins, rounding_mode="floor")
        cells = torch.arange(limit)[None, None]
        return (cells >= begin[..., None]) & (cells < end[..., None])

    rows = members(corners[:, 1], corners[:, 3], output_size[0], X.shape[2])
    columns = members(corners[:, 0], corners[:, 2], output_size[1], X.shape[3])
    inside = rows[:, None, :, None, :, None] & columns[:, None, None, :, None, :]
    maps = X[rois[:, 0].long()][:, :, None, None]
    values = torch.where(inside, maps, torch.full_like(maps, float("-inf"))).flatten(start_dim=4)
    largest = values.amax(dim=4)
    return torch.where(largest == float("-inf"), torch.zeros_like(largest), largest)


def smooth_l1(data, scalar):
    size, border = data.abs(), 1 / scalar**2
    inner = size.clamp(max=border)
    # The loss is the integral of the slope: it rises up to the border, and is 1 beyond.
    return inner**2 / (2 * border) + (size - inner)


def focal_loss(gamma, x):
    return torch.where(x == 1, torch.zeros_like(x), (1 - x) ** gamma * -torch.log(x))


def yolo_encode(boxes, labels, grid, num_classes):
    cells = (boxes[:, :2] * grid).floor().clamp(max=grid - 1)
    number = (cells[:, 1] * grid + cells[:, 0]).long()
    area = boxes[:, 2] * boxes[:, 3]
    rows = torch.cat(
        [
            torch.ones_like(area)[:, None],
            boxes[:, :2] * grid - cells,
            boxes[:, 2:],
            torch.nn.functional.one_hot(labels, num_classes).to(boxes.dtype),
        ],
        dim=1,
    )
    smaller = (number[:, None] == number[None]) & (area[:, None] < area[None])
    best = ~smaller.any(dim=1)
    target = boxes.new_zeros((grid * grid, 5 + num_classes))
    target[number[best]] = rows[best]
    return target.reshape(grid, grid, -1)


def nms(boxes, scores, iou_threshold):
    order = torch.sort(scores, descending=True).indices
    above = torch.triu(box_iou(boxes[order], boxes[order]) > iou_threshold, diagonal=1)
    kept = torch.ones(len(order), dtype=torch.bool)
    for i in range(len(order)):
        if kept[i]:
            kept &= ~above[i]
    return order[kept]


def multibox_detection(cls_probs, offset_preds, anchors, nms_threshold=0.5, pos_threshold=0.009999999):
    images = []
    for probs, offsets in zip(cls_probs, offset_preds, strict=True):
        p, label = torch.max(probs[1:], dim=0)
        boxes = offset_inverse(anchors.squeeze(0), offsets.unflatten(0, (-1, 4)))
        kept = nms(boxes, p, nms_threshold)
        # A sort by rank puts the kept boxes first, then the others in their own order.
        rank = torch.arange(len(p)) + len(p)
        rank[kept] = torch.arange(len(kept))
        low = p < pos_threshold
        label = torch.where(low | (rank >= len(p)), -1, label)
        p = torch.where(low, 1 - p, p)
        rows = torch.hstack([label[:, None].to(p.dtype), p[:, None], boxes])
        images.append(rows[rank.argsort()])
    return torch.stack(images)
