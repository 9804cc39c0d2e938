"""ch45 Single-shot multibox detection (SSD).

D2L sections 13.7 (chapter_computer-vision/ssd) and 13.5 (chapter_computer-vision/multiscale-object-detection).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn


# Given, not an exercise.
def multibox_prior(data: Tensor, sizes: Sequence[float], ratios: Sequence[float]) -> Tensor:
    """Generate anchor boxes of several shapes around the centre of every pixel (D2L 13.4)."""
    h, w = data.shape[-2:]
    sizes_, ratios_ = (torch.tensor(numbers, dtype=torch.float32, device=data.device) for numbers in (sizes, ratios))
    # All sizes with the first ratio, then the first size with the other ratios.
    s = torch.cat([sizes_, sizes_[0].repeat(len(ratios) - 1)])
    r = torch.cat([ratios_[0].repeat(len(sizes)), ratios_[1:]])
    # A normalised width of 1 is w pixels, and a normalised height of 1 is h pixels.
    widths, heights = s * r.sqrt() * h / w, s / r.sqrt()
    y = (torch.arange(h, device=data.device) + 0.5) / h
    x = (torch.arange(w, device=data.device) + 0.5) / w
    # Axes: row, column, anchor box of the pixel, coordinate.
    centres = torch.stack([x.repeat(h, 1), y.repeat(w, 1).T], dim=-1)[:, :, None, :]
    halves = torch.stack([widths, heights], dim=-1) / 2
    corners = torch.cat([centres - halves, centres + halves], dim=-1)
    return corners.reshape(1, -1, 4)


# The sizes and ratios of the anchor boxes at the five scales, and the number of anchor boxes of a pixel.
sizes = [[0.2, 0.272], [0.37, 0.447], [0.54, 0.619], [0.71, 0.79], [0.88, 0.961]]
ratios = [[1, 2, 0.5]] * 5
num_anchors = len(sizes[0]) + len(ratios[0]) - 1

cls_loss = nn.CrossEntropyLoss(reduction="none")
bbox_loss = nn.L1Loss(reduction="none")


def cls_predictor(num_inputs: int, num_anchors: int, num_classes: int) -> nn.Conv2d:
    """Create the layer that predicts the classes of the anchor boxes of a feature map (D2L 13.7.1).

    It is a convolution with a kernel of 3 x 3, which keeps height and width. Every pixel has num_anchors anchor boxes.
    The layer gives each of them a score for every class, and a score for the background.

    Args:
        num_inputs: the channels of the feature map.
        num_anchors: the anchor boxes of a pixel.
        num_classes: the classes of objects, without the background.

    Returns:
        An nn.Conv2d with a bias and with torch's initial parameters.
    """
    raise NotImplementedError  # write your code here


def bbox_predictor(num_inputs: int, num_anchors: int) -> nn.Conv2d:
    """Create the layer that predicts the offsets of the anchor boxes of a feature map (D2L 13.7.1).

    It is a convolution with a kernel of 3 x 3, which keeps height and width. Every pixel has num_anchors anchor boxes.
    The layer gives each of them four offsets.

    Args:
        num_inputs: the channels of the feature map.
        num_anchors: the anchor boxes of a pixel.

    Returns:
        An nn.Conv2d with a bias and with torch's initial parameters.
    """
    raise NotImplementedError  # write your code here


def concat_preds(preds: Sequence[Tensor]) -> Tensor:
    """Join the predictions of several scales into a matrix (D2L 13.7.1).

    Row i of the matrix has all predictions for image i: those of the first map, then those of the second map, and so
    on. The pixels of a map follow row by row, from left to right, and all channels of a pixel are neighbours.

    Gradients flow to the maps. The function leaves preds and the maps unchanged.

    Args:
        preds: maps (n, c, h, w), float32 or float64, with any strides, in a list or tuple; at least one. n is the same
            for all maps. c, h and w may differ.

    Returns:
        (n, sum of h * w * c over the maps), of the maps' dtype.
    """
    raise NotImplementedError  # write your code here


def down_sample_blk(in_channels: int, out_channels: int) -> nn.Sequential:
    """Create a block that halves height and width (D2L 13.7.1).

    The block is an nn.Sequential of seven layers. Three layers come twice: a convolution with a kernel of 3 x 3 that
    keeps height and width, an nn.BatchNorm2d, and an nn.ReLU. The last layer is an nn.MaxPool2d with a window of 2 x 2.
    The first convolution changes the number of channels. The layers may have any names.

    The block leaves its input unchanged. It works with any strides, and in float64 after double().

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.

    Returns:
        The block, with torch's initial parameters; the convolutions have a bias. It maps (n, in_channels, h, w) to
        (n, out_channels, h // 2, w // 2).
    """
    raise NotImplementedError  # write your code here


def base_net() -> nn.Sequential:
    """Create the block that extracts features: 16, 32 and 64 channels, and an eighth of height and width."""
    channels = [3, 16, 32, 64]
    return nn.Sequential(*(down_sample_blk(channels[i], channels[i + 1]) for i in range(3)))


def get_blk(i: int) -> nn.Module:
    """Create block i of the five blocks of TinySSD."""
    if i == 0:
        return base_net()
    if i == 4:
        return nn.AdaptiveMaxPool2d((1, 1))
    return down_sample_blk(64 if i == 1 else 128, 128)


def blk_forward(
    X: Tensor,
    blk: nn.Module,
    size: Sequence[float],
    ratio: Sequence[float],
    cls_predictor: nn.Module,
    bbox_predictor: nn.Module,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return a block's feature map, its anchor boxes, and their predicted classes and offsets."""
    Y = blk(X)
    anchors = multibox_prior(Y, sizes=size, ratios=ratio)
    return Y, anchors, cls_predictor(Y), bbox_predictor(Y)


class TinySSD(nn.Module):
    """Predict classes and offsets of anchor boxes at five scales (Liu et al., 2016; D2L 13.7.1).

    Block 0 works on the images, and each later block on the feature map of the block before it. get_blk (given) creates
    the blocks. Their feature maps have 64, 128, 128, 128 and 128 channels. The map of block i has anchor boxes of
    sizes[i] and ratios[i] (given), num_anchors (given) for each pixel. A layer of your `cls_predictor` and a layer of
    your `bbox_predictor` predict their classes and offsets. Your `concat_preds` joins the scales. blk_forward (given)
    computes everything for a block.

    Gradients flow to all parameters.

    Args:
        num_classes: the classes of objects, without the background.

    Attributes:
        blk_0, blk_1, blk_2, blk_3, blk_4: the blocks.
        cls_0, cls_1, cls_2, cls_3, cls_4: the layers that predict classes.
        bbox_0, bbox_1, bbox_2, bbox_3, bbox_4: the layers that predict offsets.
    """

    def __init__(self, num_classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict the classes and offsets of A anchor boxes; A is 5444 for images of 256 x 256.

        Args:
            X: images (n, 3, h, w), float32; h and w are at least 64.

        Returns:
            The anchor boxes (1, A, 4), the same for all images, those of block 0 first; the scores of the classes
            (n, A, num_classes + 1); and the offsets (n, 4 * A). Scores and offsets are in the order of the anchor
            boxes: all scores of an anchor box are neighbours, and so are its four offsets. They come in this order, as
            a tuple.
        """
        raise NotImplementedError  # write your code here


def calc_loss(
    cls_preds: Tensor, cls_labels: Tensor, bbox_preds: Tensor, bbox_labels: Tensor, bbox_masks: Tensor
) -> Tensor:
    """Compute the loss of each image, a loss of its classes plus a loss of its offsets (D2L 13.7.2).

    The loss of the classes is the cross-entropy of each anchor box, averaged over the anchor boxes of the image. The
    loss of the offsets is

        |bbox_preds * bbox_masks - bbox_labels * bbox_masks|

    averaged over all 4 * A numbers of the image, whether the mask is 0 or 1. cls_loss and bbox_loss (both given)
    compute the two without the mean.

    Gradients flow to cls_preds and bbox_preds. The function leaves its arguments unchanged.

    Args:
        cls_preds: the scores of the classes, (n, A, num_classes + 1), float32 or float64, with any strides.
        cls_labels: the class of each anchor box, (n, A), int64; 0 is the background.
        bbox_preds: the predicted offsets, (n, 4 * A), of the same dtype, with any strides.
        bbox_labels: the true offsets, (n, 4 * A), of the same dtype. Where the mask is 0, they may be any finite
            numbers.
        bbox_masks: (n, 4 * A), of the same dtype: 1 for the offsets of anchor boxes with an object, otherwise 0.

    Returns:
        (n,), of the same dtype.
    """
    raise NotImplementedError  # write your code here
