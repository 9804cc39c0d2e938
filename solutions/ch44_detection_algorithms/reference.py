"""ch44 Detection algorithms: R-CNN, SSD, YOLO.

D2L sections 13.8 (chapter_computer-vision/rcnn), 13.7 (chapter_computer-vision/ssd) and 13.4
(chapter_computer-vision/anchor).
"""

import math

import torch
from torch import Tensor

# GIVEN ch42: box_iou, offset_inverse

# BEGIN SOLUTION


def _bins(first: int, last: int, count: int, limit: int) -> list[slice]:
    """Divide the cells `first` to `last` into `count` bins, as slices of an axis with `limit` cells."""
    # WRONG clipped-before-the-division:
    #     first, last = max(first, 0), min(last, limit - 1)
    size = last - first + 1
    # WRONG last-cell-excluded: size = max(last - first, 1)
    edges = [(math.floor(i * size / count), math.ceil((i + 1) * size / count)) for i in range(count)]
    # WRONG bins-without-overlap:
    #     edges = [(math.floor(i * size / count), math.floor((i + 1) * size / count)) for i in range(count)]
    # WRONG rest-left-out:
    #     edges = [(i * max(size // count, 1), (i + 1) * max(size // count, 1)) for i in range(count)]
    # WRONG last-bin-takes-the-rest:
    #     edges = [(i * (size // count), (i + 1) * (size // count)) for i in range(count - 1)]
    #     edges.append(((count - 1) * (size // count), size))
    # WRONG bins-rounded-up:
    #     edges = [(i * -(-size // count), min((i + 1) * -(-size // count), size)) for i in range(count)]
    # WRONG borders-rounded:
    #     borders = [math.floor(i * size / count + 0.5) for i in range(count + 1)]
    #     edges = list(zip(borders[:-1], borders[1:]))
    # WRONG one-cell-too-many:
    #     edges = [(i * size // count, (i + 1) * size // count + 1) for i in range(count)]
    # WRONG whole-region-in-each-bin: edges = [(0, size)] * count
    return [slice(*(min(max(first + edge, 0), limit) for edge in pair)) for pair in edges]
    # WRONG not-clipped: return [slice(first + begin, first + end) for begin, end in edges]


# END SOLUTION


def roi_pool(X: Tensor, rois: Tensor, output_size: tuple[int, int], spatial_scale: float) -> Tensor:
    """Pool regions of interest of any size to one size, by maxima (Fast R-CNN, D2L 13.8.2).

    A region is a row (b, x1, y1, x2, y2) of rois. It lies in X[b]. (x1, y1) is its upper left corner and (x2, y2) its
    lower right corner: x counts to the right, y down, both in pixels of the original image. Multiply a coordinate by
    spatial_scale and round it to get a column or a row of X:

        cell(v) = floor(v * spatial_scale + 0.5)

    The region has the rows cell(y1) to cell(y2) and the columns cell(x1) to cell(x2), all of them included. So it has
    size = cell(y2) - cell(y1) + 1 rows. They are divided into p_h bins. Bin i begins at the row
    floor(i * size / p_h) of the region, and ends before the row ceil((i + 1) * size / p_h). Neighbouring bins overlap
    if size is no multiple of p_h. Columns are divided into p_w bins in the same way.

        Y[k, c, i, j] = the maximum of channel c over the rows of bin i and the columns of bin j of region k

    Part of a region may lie outside X, on any side. The bins are those of the whole region, but only cells of X count.
    A bin without a cell of X gives 0.

    Gradients flow to X. The function leaves its arguments unchanged. There may be no region: k is 0 then.

    Args:
        X: feature maps, (n, channels, h, w), float32 or float64, with any strides.
        rois: (k, 5), of X's dtype; b is a whole number, x1 <= x2 and y1 <= y2.
        output_size: the numbers of bins, (p_h, p_w).
        spatial_scale: size of X over size of the original image.

    Returns:
        (k, channels, p_h, p_w), of X's dtype.

    >>> X = torch.arange(16.0).reshape(1, 1, 4, 4)
    >>> roi_pool(X, torch.tensor([[0.0, 0, 10, 30, 30]]), (2, 2), 0.1)[0, 0]  # rows 1 to 3, columns 0 to 3
    tensor([[ 9., 11.],
            [13., 15.]])
    """
    # BEGIN SOLUTION
    p_h, p_w = output_size
    # WRONG output-size-swapped: p_w, p_h = output_size
    # WRONG square-output: p_h = p_w = output_size[0]
    h, w = X.shape[2:]
    Y = X.new_zeros((len(rois), X.shape[1], p_h, p_w))
    # WRONG regions-in-float32: Y = torch.zeros((len(rois), X.shape[1], p_h, p_w))
    # WRONG empty-bins-not-a-number: Y = X.new_full((len(rois), X.shape[1], p_h, p_w), math.nan)
    # WRONG empty-bins-minus-infinity: Y = X.new_full((len(rois), X.shape[1], p_h, p_w), -math.inf)
    for k, (image, *corners) in enumerate(rois.tolist()):
        # WRONG image-number-taken-for-a-corner: for k, (*corners, image) in enumerate(rois[:, [0, 1, 2, 3, 0]].tolist()):
        left, top, right, bottom = (math.floor(v * spatial_scale + 0.5) for v in corners)
        # WRONG corners-as-rows-first: top, left, bottom, right = (math.floor(v * spatial_scale + 0.5) for v in corners)
        # WRONG corners-cut-off: left, top, right, bottom = (math.floor(v * spatial_scale) for v in corners)
        # WRONG corners-rounded-outwards:
        #     left, top = (math.floor(v * spatial_scale) for v in corners[:2])
        #     right, bottom = (math.ceil(v * spatial_scale) for v in corners[2:])
        # WRONG halves-to-even: left, top, right, bottom = (round(v * spatial_scale) for v in corners)
        # WRONG scale-ignored: left, top, right, bottom = (math.floor(v + 0.5) for v in corners)
        # WRONG scale-as-a-divisor: left, top, right, bottom = (math.floor(v / spatial_scale + 0.5) for v in corners)
        # WRONG width-and-height-expected:
        #     x, y, width, height = corners
        #     left, top, right, bottom = (
        #         math.floor(v * spatial_scale + 0.5) for v in (x, y, x + width, y + height)
        #     )
        # WRONG centre-expected:
        #     x, y, width, height = corners
        #     left, top, right, bottom = (
        #         math.floor(v * spatial_scale + 0.5)
        #         for v in (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        #     )
        for i, rows in enumerate(_bins(top, bottom, p_h, h)):
            for j, columns in enumerate(_bins(left, right, p_w, w)):
                cells = X[int(image), :, rows, columns]
                # WRONG first-image-alone: cells = X[0, :, rows, columns]
                # WRONG image-by-the-number-of-the-region: cells = X[k % len(X), :, rows, columns]
                # WRONG regions-cut-off-from-the-graph: cells = X[int(image), :, rows, columns].detach()
                # WRONG axes-of-the-map-swapped: cells = X[int(image), :, columns, rows]
                if cells.numel() > 0:
                    # WRONG empty-bins-not-expected: if True:
                    Y[k, :, i, j] = cells.amax(dim=(1, 2))
                    # WRONG mean-of-each-bin: Y[k, :, i, j] = cells.mean(dim=(1, 2))
                    # WRONG sum-of-each-bin: Y[k, :, i, j] = cells.sum(dim=(1, 2))
                    # WRONG smallest-of-each-bin: Y[k, :, i, j] = cells.amin(dim=(1, 2))
                    # WRONG maximum-of-all-channels: Y[k, :, i, j] = cells.max()
                    # WRONG maximum-begins-at-zero: Y[k, :, i, j] = cells.amax(dim=(1, 2)).clamp(min=0)
                    # WRONG centre-of-each-bin: Y[k, :, i, j] = cells[:, cells.shape[1] // 2, cells.shape[2] // 2]
    return Y
    # END SOLUTION


def smooth_l1(data: Tensor, scalar: float) -> Tensor:
    """Smooth L1 loss of each element: a parabola near 0, and a straight line beyond (D2L 13.7, exercise 1).

        f(x) = (scalar * x)^2 / 2        if |x| < 1 / scalar^2
               |x| - 0.5 / scalar^2      otherwise

    A small scalar makes the parabola wide. A large scalar makes the loss almost the absolute value. The function
    leaves data unchanged.

    Bonus (no points): float64 gives float64, and gradients flow to data.

    Args:
        data: (n,), float32, with any strides.
        scalar: above 0.

    Returns:
        (n,), float32.

    >>> smooth_l1(torch.tensor([0.5, -3.0]), 1)
    tensor([0.1250, 2.5000])
    """
    # BEGIN SOLUTION
    border = 1 / scalar**2
    # WRONG border-without-the-square: border = 1 / scalar
    # WRONG border-at-one: border = 1
    # WRONG border-at-the-square: border = scalar**2
    # WRONG border-at-the-scalar: border = scalar
    parabola, line = (scalar * data) ** 2 / 2, data.abs() - 0.5 / scalar**2
    # WRONG huber-loss: parabola, line = data**2 / 2, border * (data.abs() - border / 2)
    # WRONG border-is-the-scalar:
    #     border = scalar
    #     parabola, line = data**2 / (2 * border), data.abs() - border / 2
    # WRONG parabola-not-halved: parabola, line = (scalar * data) ** 2, data.abs() - 0.5 / scalar**2
    # WRONG scalar-not-squared: parabola, line = scalar * data**2 / 2, data.abs() - 0.5 / scalar**2
    # WRONG parabola-without-the-scalar: parabola, line = data**2 / 2, data.abs() - 0.5 / scalar**2
    # WRONG line-not-lowered: parabola, line = (scalar * data) ** 2 / 2, data.abs()
    # WRONG line-raised: parabola, line = (scalar * data) ** 2 / 2, data.abs() + 0.5 / scalar**2
    # WRONG line-lowered-by-the-border: parabola, line = (scalar * data) ** 2 / 2, data.abs() - 1 / scalar**2
    # WRONG line-lowered-by-a-half: parabola, line = (scalar * data) ** 2 / 2, data.abs() - 0.5
    # WRONG line-lowered-without-the-square: parabola, line = (scalar * data) ** 2 / 2, data.abs() - 0.5 / scalar
    # WRONG line-scaled: parabola, line = (scalar * data) ** 2 / 2, (scalar * data).abs() - 0.5 / scalar**2
    # WRONG line-signed: parabola, line = (scalar * data) ** 2 / 2, data - 0.5 / scalar**2
    # WRONG slope-for-the-loss: parabola, line = scalar**2 * data, data.sign()
    return torch.where(data.abs() < border, parabola, line)
    # WRONG condition-signed: return torch.where(data < border, parabola, line)
    # WRONG branches-swapped: return torch.where(data.abs() < border, line, parabola)
    # WRONG scaled-condition: return torch.where((scalar * data).abs() < border, parabola, line)
    # WRONG parabola-everywhere: return parabola
    # WRONG line-everywhere: return line
    # WRONG mean-of-the-losses: return torch.where(data.abs() < border, parabola, line).mean()
    # WRONG sum-of-the-losses: return torch.where(data.abs() < border, parabola, line).sum()
    # WRONG one-branch-for-all: return parabola if data.abs().max() < border else line
    # WRONG losses-cut-off: return torch.where(data.abs() < border, parabola, line).detach()
    # WRONG losses-in-float32: return torch.where(data.abs() < border, parabola, line).float()
    # END SOLUTION


def focal_loss(gamma: float, x: Tensor) -> Tensor:
    """Focal loss of each element (RetinaNet, D2L 13.7, exercise 1).

    x is the predicted probability of the true class of an example.

        loss = -(1 - x)^gamma * log(x)

    log is the natural logarithm. A gamma of 0 gives the cross-entropy. A larger gamma reduces the loss of examples that
    are already classified well. A probability of 0 has the loss infinity, and a probability of 1 the loss 0, for every
    gamma >= 0.

    RetinaNet multiplies the loss by a weight alpha as well; here it is left out. Gradients flow to x, if x is between 0
    and 1. The function leaves x unchanged.

    Args:
        gamma: 0 or more; it need not be a whole number.
        x: probabilities from 0 to 1, of any shape, float32 or float64, with any strides.

    Returns:
        The loss of each probability, of x's shape and dtype.
    """
    # BEGIN SOLUTION
    return -((1 - x) ** gamma) * torch.log(x)
    # WRONG logarithm-of-the-others: return -((1 - x) ** gamma) * torch.log(1 - x)
    # WRONG sign-missing: return (1 - x) ** gamma * torch.log(x)
    # WRONG weight-by-the-probability: return -(x**gamma) * torch.log(x)
    # WRONG classes-mixed-up: return -(x**gamma) * torch.log(1 - x)
    # WRONG gamma-as-a-factor: return -gamma * (1 - x) * torch.log(x)
    # WRONG gamma-missing: return -(1 - x) * torch.log(x)
    # WRONG gamma-of-two: return -((1 - x) ** 2) * torch.log(x)
    # WRONG cross-entropy-alone: return -torch.log(x)
    # WRONG power-of-the-product: return (-(1 - x) * torch.log(x)) ** gamma
    # WRONG power-of-x-alone: return -(1 - x**gamma) * torch.log(x)
    # WRONG minus-inside-the-power: return (-(1 - x)) ** gamma * torch.log(x)
    # WRONG divided-by-the-weight: return -((1 - x) ** -gamma) * torch.log(x)
    # WRONG sigmoid-first:
    #     x = torch.sigmoid(x)
    #     return -((1 - x) ** gamma) * torch.log(x)
    # WRONG softmax-first:
    #     x = torch.softmax(x, dim=-1)
    #     return -((1 - x) ** gamma) * torch.log(x)
    # WRONG other-class-added: return -((1 - x) ** gamma) * torch.log(x) - x**gamma * torch.log(1 - x)
    # WRONG mean-focal-loss: return (-((1 - x) ** gamma) * torch.log(x)).mean()
    # WRONG sum-of-focal-losses: return (-((1 - x) ** gamma) * torch.log(x)).sum()
    # WRONG mean-of-the-last-axis: return (-((1 - x) ** gamma) * torch.log(x)).mean(dim=-1)
    # WRONG small-number-in-the-logarithm: return -((1 - x) ** gamma) * torch.log(x + 1e-6)
    # WRONG logarithm-bounded: return -((1 - x) ** gamma) * torch.log(x.clamp(min=1e-12))
    # WRONG loss-at-zero-is-zero: return -((1 - x) ** gamma) * torch.log(torch.where(x > 0, x, torch.ones_like(x)))
    # WRONG weight-without-a-gradient: return -((1 - x).detach() ** gamma) * torch.log(x)
    # WRONG focal-loss-cut-off: return (-((1 - x) ** gamma) * torch.log(x)).detach()
    # WRONG focal-loss-in-float32: return (-((1 - x) ** gamma) * torch.log(x)).float()
    # END SOLUTION


def yolo_encode(boxes: Tensor, labels: Tensor, grid: int, num_classes: int) -> Tensor:
    """Turn the boxes of an image into the target of YOLO (Redmon et al., 2016).

    The image is divided into grid x grid cells. A box is a row (cx, cy, w, h) of boxes, all as parts of the image, from
    0 to 1: cx is the place of its centre from left to right, cy from top to bottom; w is its width and h its height,
    both above 0. The cell that contains the centre is responsible for the box:

        row = floor(cy * grid)        column = floor(cx * grid)

    So a centre between two cells belongs to the right or the lower one. A centre at 1.0 belongs to the last row or
    column, grid - 1. The entries of target[row, column] are

        0       1: there is a box
        1, 2    cx * grid - column and cy * grid - row: the centre within the cell
        3, 4    w and h: still parts of the image
        5...    1 at 5 + label, 0 at the other classes

    If the centres of several boxes lie in one cell, the target holds the box with the largest area w * h, and nothing
    of the others. Boxes in one cell have different areas. Cells without a centre hold zeros, even if a box covers them.

    The function leaves its arguments unchanged.

    Args:
        boxes: (m, 4), float32 or float64, with any strides; m may be 0.
        labels: the class of each box, 0 to num_classes - 1: (m,), int64.
        grid: number of rows and columns of cells.
        num_classes: number of classes.

    Returns:
        target, (grid, grid, 5 + num_classes), of the dtype of boxes.

    >>> yolo_encode(torch.tensor([[0.75, 0.125, 0.5, 0.25]]), torch.tensor([1]), 2, 2)[0]
    tensor([[0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000],
            [1.0000, 0.5000, 0.2500, 0.5000, 0.2500, 0.0000, 1.0000]])
    """
    # BEGIN SOLUTION
    target = boxes.new_zeros((grid, grid, 5 + num_classes))
    # WRONG boxes-scaled-in-place:
    #     boxes[:, :2] *= grid
    #     boxes = boxes / boxes.new_tensor([grid, grid, 1, 1])
    #     target = boxes.new_zeros((grid, grid, 5 + num_classes))
    # WRONG target-in-float32: target = torch.zeros((grid, grid, 5 + num_classes))
    # Small boxes come first: a larger box in the same cell replaces them.
    order = (boxes[:, 2] * boxes[:, 3]).argsort()
    # WRONG last-box-wins: order = torch.arange(len(boxes))
    # WRONG first-box-wins: order = torch.arange(len(boxes)).flip(0)
    # WRONG smallest-box-wins: order = (boxes[:, 2] * boxes[:, 3]).argsort(descending=True)
    # WRONG widest-box-wins: order = boxes[:, 2].argsort()
    # WRONG highest-box-wins: order = boxes[:, 3].argsort()
    # WRONG longest-perimeter-wins: order = boxes[:, 2:].sum(dim=1).argsort()
    # WRONG one-box-alone: order = (boxes[:, 2] * boxes[:, 3]).argsort()[-1:]
    for (cx, cy, w, h), label in zip(boxes[order], labels[order].tolist(), strict=True):
        # WRONG labels-not-sorted: for (cx, cy, w, h), label in zip(boxes[order], labels.tolist(), strict=True):
        # WRONG corners-expected:
        #     for (x1, y1, x2, y2), label in zip(boxes[order], labels[order].tolist(), strict=True):
        #         cx, cy, w, h = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        row, column = (min(int(centre * grid), grid - 1) for centre in (cy, cx))
        # WRONG cells-rounded: row, column = (min(int(centre * grid + 0.5), grid - 1) for centre in (cy, cx))
        # WRONG border-to-the-left-cell: row, column = (max(math.ceil(centre * grid) - 1, 0) for centre in (cy, cx))
        # WRONG end-of-the-image-missed: row, column = (int(centre * grid) for centre in (cy, cx))
        # WRONG end-of-the-image-wrapped: row, column = (int(centre * grid) % grid for centre in (cy, cx))
        # WRONG corner-for-the-centre:
        #     row, column = (max(int((centre - side / 2) * grid), 0) for centre, side in ((cy, h), (cx, w)))
        place = torch.stack([cx * grid - column, cy * grid - row, w, h])
        # WRONG centre-of-the-image: place = torch.stack([cx, cy, w, h])
        # WRONG centre-in-cells: place = torch.stack([cx * grid, cy * grid, w, h])
        # WRONG centre-from-the-middle: place = torch.stack([cx * grid - column - 0.5, cy * grid - row - 0.5, w, h])
        # WRONG offset-of-the-image: place = torch.stack([cx - column / grid, cy - row / grid, w, h])
        # WRONG offset-by-the-other-index: place = torch.stack([cx * grid - row, cy * grid - column, w, h])
        # WRONG rows-first: place = torch.stack([cy * grid - row, cx * grid - column, h, w])
        # WRONG centre-rows-first: place = torch.stack([cy * grid - row, cx * grid - column, w, h])
        # WRONG fraction-of-the-centre: place = torch.stack([cx * grid % 1, cy * grid % 1, w, h])
        # WRONG size-in-cells: place = torch.stack([cx * grid - column, cy * grid - row, w * grid, h * grid])
        # WRONG root-of-the-size: place = torch.stack([cx * grid - column, cy * grid - row, w.sqrt(), h.sqrt()])
        target[row, column] = 0
        # WRONG class-of-the-smaller-box-left:
        # WRONG boxes-counted: target[row, column, 1:] = 0
        # WRONG rows-and-columns-swapped:
        #     row, column = column, row
        #     target[row, column] = 0
        target[row, column, 0] = 1
        # WRONG no-objectness:
        # WRONG boxes-counted: target[row, column, 0] += 1
        target[row, column, 1:5] = place
        # WRONG objectness-last:
        #     target[row, column, :4] = place
        #     target[row, column, 4] = 1
        target[row, column, 5 + label] = 1
        # WRONG class-before-its-place: target[row, column, 4 + label] = 1
        # WRONG class-as-a-number: target[row, column, 5] = label
        # WRONG class-missing:
    return target
    # END SOLUTION


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Non-maximum suppression (D2L 13.4.4): keep the best of several boxes that overlap.

    1. Keep the box with the highest score of those that are left.
    2. Remove this box, and every box whose IoU with it is above iou_threshold. A box whose IoU is equal to
       iou_threshold stays.
    3. Repeat both steps until no box is left.

    A removed box removes no other box. The IoU of two boxes is the area of their intersection over the area of their
    union (box_iou). The function leaves its arguments unchanged.

    Bonus (no points): without any box, n = 0, the result is an empty int64 tensor.

    Args:
        boxes: (n, 4), float32 or float64, with any strides. A box is (x1, y1, x2, y2) with x1 < x2 and y1 < y2.
        scores: (n,), of the dtype of boxes, with any strides. No two scores are equal.
        iou_threshold: from 0 to 1.

    Returns:
        The indices of the boxes that are kept, the highest score first: (k,), int64.

    >>> boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 3], [5, 5, 6, 6]])
    >>> nms(boxes, torch.tensor([0.6, 0.9, 0.7]), 0.5)  # the IoU of the first two boxes is 0.75
    tensor([1, 2])
    """
    # BEGIN SOLUTION
    left = scores.argsort(descending=True)
    # WRONG lowest-score-first: left = scores.argsort()
    # WRONG scores-below-the-threshold-dropped:
    #     left = scores.argsort(descending=True)
    #     left = left[scores[left] > iou_threshold]
    # WRONG boxes-in-their-order: left = torch.arange(len(scores))
    kept: list[int] = []
    # WRONG suppressed-by-the-best-alone:
    #     overlaps = box_iou(boxes[left[:1]], boxes[left]).flatten()
    #     overlaps[:1] = 0
    #     return left[overlaps <= iou_threshold]
    # WRONG suppressed-by-removed-boxes:
    #     overlaps = box_iou(boxes[left], boxes[left]).tril(diagonal=-1)
    #     return left[(overlaps <= iou_threshold).all(dim=1)]
    # WRONG suppressed-by-neighbours-alone:
    #     overlaps = box_iou(boxes[left], boxes[left]).diagonal(offset=1)
    #     return left[torch.cat([torch.tensor([True]), overlaps <= iou_threshold])[: len(left)]]
    # WRONG suppressed-by-the-last-kept-box:
    #     kept = []
    #     for i in left.tolist():
    #         if not kept or box_iou(boxes[kept[-1] : kept[-1] + 1], boxes[i : i + 1])[0, 0] <= iou_threshold:
    #             kept.append(i)
    #     return torch.tensor(kept)
    # WRONG suppressed-by-all-kept-boxes-together:
    #     kept = []
    #     for i in left.tolist():
    #         if not kept or box_iou(boxes[kept], boxes[i : i + 1]).sum() <= iou_threshold:
    #             kept.append(i)
    #     return torch.tensor(kept)
    # WRONG no-suppression: return left
    while len(left) > 0:
        best, left = left[0], left[1:]
        kept.append(int(best))
        overlaps = box_iou(boxes[best].unsqueeze(dim=0), boxes[left])[0]
        # WRONG overlap-of-the-places: overlaps = box_iou(boxes[best].unsqueeze(dim=0), boxes[: len(left)])[0]
        # WRONG overlap-over-the-smaller-box:
        #     corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        #     sides = (torch.minimum(boxes[best, 2:], boxes[left, 2:]) - corner).clamp(min=0)
        #     areas = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
        #     overlaps = sides.prod(dim=1) / torch.minimum(areas[best], areas[left])
        # WRONG overlap-over-the-best-box:
        #     corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        #     sides = (torch.minimum(boxes[best, 2:], boxes[left, 2:]) - corner).clamp(min=0)
        #     overlaps = sides.prod(dim=1) / (boxes[best, 2:] - boxes[best, :2]).prod()
        # WRONG overlap-over-the-other-box:
        #     corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        #     sides = (torch.minimum(boxes[best, 2:], boxes[left, 2:]) - corner).clamp(min=0)
        #     overlaps = sides.prod(dim=1) / (boxes[left, 2:] - boxes[left, :2]).prod(dim=1)
        # WRONG overlap-as-an-area:
        #     corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        #     overlaps = (torch.minimum(boxes[best, 2:], boxes[left, 2:]) - corner).clamp(min=0).prod(dim=1)
        # WRONG overlap-over-the-sum:
        #     overlaps = overlaps_of_all = box_iou(boxes[best].unsqueeze(dim=0), boxes[left])[0]
        #     overlaps = overlaps_of_all / (1 + overlaps_of_all)
        # WRONG corners-taken-for-a-centre:
        #     corners = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], dim=1)
        #     overlaps = box_iou(corners[best].unsqueeze(dim=0), corners[left])[0]
        # WRONG corners-taken-for-a-size:
        #     corners = torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1)
        #     overlaps = box_iou(corners[best].unsqueeze(dim=0), corners[left])[0]
        # WRONG pixels-counted:
        #     corners = torch.cat([boxes[:, :2], boxes[:, 2:] + 1], dim=1)
        #     overlaps = box_iou(corners[best].unsqueeze(dim=0), corners[left])[0]
        left = left[overlaps <= iou_threshold]
        # WRONG equal-overlap-removed: left = left[overlaps < iou_threshold]
        # WRONG overlapping-boxes-kept: left = left[overlaps > iou_threshold]
        # WRONG threshold-of-a-half: left = left[overlaps <= 0.5]
        # WRONG any-overlap-removed: left = left[overlaps <= 0]
        # WRONG threshold-from-the-other-end: left = left[overlaps <= 1 - iou_threshold]
    return torch.tensor(kept, dtype=torch.int64, device=boxes.device)
    # WRONG indices-sorted: return torch.tensor(sorted(kept), dtype=torch.int64, device=boxes.device)
    # WRONG worst-kept-box-first: return torch.tensor(kept[::-1], dtype=torch.int64, device=boxes.device)
    # WRONG ranks-for-indices: return scores.argsort(descending=True).argsort()[kept]
    # WRONG boxes-for-indices: return boxes[kept]
    # WRONG scores-for-indices: return scores[kept]
    # WRONG removed-boxes-for-kept-boxes:
    #     return torch.tensor([i for i in scores.argsort(descending=True).tolist() if i not in kept], dtype=torch.int64)
    # WRONG best-box-alone: return torch.tensor(kept[:1], dtype=torch.int64, device=boxes.device)
    # WRONG empty-result-in-float32: return torch.tensor(kept, device=boxes.device)
    # END SOLUTION


def multibox_detection(
    cls_probs: Tensor,
    offset_preds: Tensor,
    anchors: Tensor,
    nms_threshold: float = 0.5,
    pos_threshold: float = 0.009999999,
) -> Tensor:
    # WRONG positive-by-a-half:
    #     def multibox_detection(cls_probs, offset_preds, anchors, nms_threshold=0.5, pos_threshold=0.5):
    # WRONG suppression-by-tighter-default:
    #     def multibox_detection(cls_probs, offset_preds, anchors, nms_threshold=0.1, pos_threshold=0.009999999):
    """Turn the predictions for anchor boxes into detected objects (D2L 13.4.4).

    Do this for each image of the batch by itself:

    1. Each anchor gets a class and a confidence: the most probable class without the background, and its probability.
       Row 0 of cls_probs[b] is the background. Row 1 is class 0, row 2 is class 1, and so on.
    2. Each anchor gets a box: offset_inverse of the anchor and its offsets. The first four numbers of offset_preds[b]
       belong to the first anchor, the next four to the second.
    3. Your nms selects boxes, with the confidences as scores and nms_threshold as its threshold. Classes do not matter:
       a box also suppresses boxes of other classes. Suppressed boxes get the class -1; their confidence stays.
    4. If a confidence p is below pos_threshold, the class becomes -1 and the confidence becomes 1 - p. This concerns
       kept and suppressed boxes. A confidence equal to pos_threshold is high enough.

    The rows of the result are first the boxes that nms has kept, in the order of nms, then the suppressed boxes, in the
    order of the anchors. Step 4 does not change the order. The function leaves its arguments unchanged.

    Args:
        cls_probs: (batch, 1 + c, n) for c classes, float32 or float64, with any strides. Two anchors of an image never
            have equal confidences, and two classes of an anchor never have equal probabilities.
        offset_preds: (batch, 4 * n), of the same dtype, with any strides.
        anchors: (1, n, 4), of the same dtype, with any strides: (x1, y1, x2, y2) with x1 < x2 and y1 < y2.
        nms_threshold: the threshold of the IoU.
        pos_threshold: the threshold of the confidence.

    Returns:
        (batch, n, 6), of the same dtype. A row is (class, confidence, x1, y1, x2, y2).
    """
    # BEGIN SOLUTION
    detected = []
    # WRONG thresholds-swapped:
    #     nms_threshold, pos_threshold = pos_threshold, nms_threshold
    #     detected = []
    # WRONG threshold-of-nms-ignored:
    #     nms_threshold = 0.5
    #     detected = []
    # WRONG threshold-of-confidence-ignored:
    #     pos_threshold = 0.009999999
    #     detected = []
    # WRONG probabilities-normalised-again:
    #     cls_probs = cls_probs.softmax(dim=1)
    #     detected = []
    for probs, offsets in zip(cls_probs, offset_preds, strict=True):
        # WRONG first-image-for-all: for probs, offsets in [(cls_probs[0], offset_preds[0])] * len(cls_probs):
        # WRONG offsets-of-the-first-image: for probs, offsets in [(probs, offset_preds[0]) for probs in cls_probs]:
        confidence, label = probs[1:].max(dim=0)
        # WRONG background-as-a-class: confidence, label = probs.max(dim=0)
        # WRONG background-in-the-last-row: confidence, label = probs[:-1].max(dim=0)
        # WRONG class-counted-from-one:
        #     confidence, label = probs[1:].max(dim=0)
        #     label = label + 1
        # WRONG not-background-as-confidence:
        #     confidence, label = 1 - probs[0], probs[1:].argmax(dim=0)
        boxes = offset_inverse(anchors[0], offsets.reshape(-1, 4))
        # WRONG anchors-for-boxes: boxes = anchors[0]
        # WRONG offsets-by-coordinate: boxes = offset_inverse(anchors[0], offsets.reshape(4, -1).T)
        # WRONG offsets-added-to-anchors: boxes = anchors[0] + offsets.reshape(-1, 4)
        kept = nms(boxes, confidence, nms_threshold)
        # WRONG suppression-by-class: kept = nms(boxes + 100 * label.unsqueeze(dim=1), confidence, nms_threshold)
        # WRONG suppression-by-anchors: kept = nms(anchors[0], confidence, nms_threshold)
        # WRONG low-confidence-before-nms:
        #     high = (confidence >= pos_threshold).nonzero()[:, 0]
        #     kept = high[nms(boxes[high], confidence[high], nms_threshold)]
        # WRONG no-suppression-at-all: kept = confidence.argsort(descending=True)
        suppressed = torch.tensor([i for i in range(len(boxes)) if i not in kept], dtype=torch.int64)
        # WRONG suppressed-by-confidence:
        #     suppressed = torch.tensor([i for i in confidence.argsort(descending=True) if i not in kept]).long()
        label[suppressed] = -1
        # WRONG class-of-suppressed-left:
        # WRONG confidence-of-suppressed-reversed:
        #     label[suppressed] = -1
        #     confidence[suppressed] = 1 - confidence[suppressed]
        # WRONG confidence-of-suppressed-zero:
        #     label[suppressed] = -1
        #     confidence = confidence.index_fill(0, suppressed, 0)
        low = confidence < pos_threshold
        # WRONG equal-confidence-too-low: low = confidence <= pos_threshold
        # WRONG low-among-kept-alone: low = (confidence < pos_threshold) & (label >= 0)
        label[low] = -1
        # WRONG class-of-low-confidence-left:
        confidence[low] = 1 - confidence[low]
        # WRONG low-confidence-left:
        rows = torch.cat([label.unsqueeze(dim=1), confidence.unsqueeze(dim=1), boxes], dim=1)
        # WRONG confidence-first: rows = torch.cat([confidence.unsqueeze(dim=1), label.unsqueeze(dim=1), boxes], dim=1)
        # WRONG box-by-its-centre:
        #     box = torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], dim=1)
        #     rows = torch.cat([label[:, None], confidence[:, None], box], dim=1)
        detected.append(rows[torch.cat([kept, suppressed])])
        # WRONG anchors-in-their-order: detected.append(rows)
        # WRONG suppressed-boxes-first: detected.append(rows[torch.cat([suppressed, kept])])
        # WRONG kept-in-the-order-of-anchors: detected.append(rows[torch.cat([kept.sort().values, suppressed])])
        # WRONG all-boxes-by-confidence: detected.append(rows[probs[1:].amax(dim=0).argsort(descending=True)])
        # WRONG sorted-after-the-threshold:
        #     order = torch.cat([kept[confidence[kept].argsort(descending=True)], suppressed])
        #     detected.append(rows[order])
    return torch.stack(detected)
    # END SOLUTION
