"""ch44 Detection algorithms: R-CNN, SSD, YOLO.

D2L sections 13.8 (chapter_computer-vision/rcnn), 13.7 (chapter_computer-vision/ssd) and 13.4
(chapter_computer-vision/anchor).
"""

import math

import torch
from torch import Tensor


# Given, not an exercise.
def box_corner_to_center(boxes: Tensor) -> Tensor:
    """Convert boxes from corners to centre, width and height (D2L 13.3)."""
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    w, h = x2 - x1, y2 - y1
    return torch.stack([cx, cy, w, h], dim=1)


def box_center_to_corner(boxes: Tensor) -> Tensor:
    """Convert boxes from centre, width and height to corners (D2L 13.3), the inverse of box_corner_to_center."""
    cx, cy, w, h = boxes.unbind(dim=1)
    x1, y1 = cx - w / 2, cy - h / 2
    x2, y2 = cx + w / 2, cy + h / 2
    return torch.stack([x1, y1, x2, y2], dim=1)


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Compute the intersection over union of every pair of boxes (D2L 13.4)."""
    # Pair every box of the first axis with every box of the second.
    upper_left = torch.maximum(boxes1[:, None, :2], boxes2[None, :, :2])
    lower_right = torch.minimum(boxes1[:, None, 2:], boxes2[None, :, 2:])
    # Boxes that do not overlap would have a negative side.
    sides = (lower_right - upper_left).clamp(min=0)
    intersection = sides[:, :, 0] * sides[:, :, 1]
    sides1, sides2 = boxes1[:, 2:] - boxes1[:, :2], boxes2[:, 2:] - boxes2[:, :2]
    areas1, areas2 = sides1[:, 0] * sides1[:, 1], sides2[:, 0] * sides2[:, 1]
    # The sum of both areas counts the intersection twice.
    union = areas1[:, None] + areas2[None, :] - intersection
    return intersection / union


def offset_inverse(anchors: Tensor, offset_preds: Tensor) -> Tensor:
    """Compute the boxes that predicted offsets give (D2L 13.4), the inverse of offset_boxes for eps = 0."""
    anchors = box_corner_to_center(anchors)
    xy = anchors[:, :2] + offset_preds[:, :2] * anchors[:, 2:] / 10
    wh = anchors[:, 2:] * torch.exp(offset_preds[:, 2:] / 5)
    return box_center_to_corner(torch.cat([xy, wh], dim=1))


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

    Write it from scratch, without ready-made pooling (nn.MaxPool2d, F.max_pool2d, nn.AvgPool2d, ...), and without
    ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made Huber losses (nn.HuberLoss, F.smooth_l1_loss, ...).
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made operations on boxes (torchvision.ops).
    """
    raise NotImplementedError  # write your code here


def multibox_detection(
    cls_probs: Tensor,
    offset_preds: Tensor,
    anchors: Tensor,
    nms_threshold: float = 0.5,
    pos_threshold: float = 0.009999999,
) -> Tensor:
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
    raise NotImplementedError  # write your code here
