"""ch45 SSD implementation.

D2L sections 13.7 (chapter_computer-vision/ssd) and 13.5 (chapter_computer-vision/multiscale-object-detection).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

# GIVEN ch42: multibox_prior

# The sizes and ratios of the anchor boxes at the five scales, and the number of anchor boxes of a pixel.
sizes = [[0.2, 0.272], [0.37, 0.447], [0.54, 0.619], [0.71, 0.79], [0.88, 0.961]]
ratios = [[1, 2, 0.5]] * 5
num_anchors = len(sizes[0]) + len(ratios[0]) - 1

cls_loss = nn.CrossEntropyLoss(reduction="none")
bbox_loss = nn.L1Loss(reduction="none")


def flatten_pred(pred: Tensor) -> Tensor:
    """Flatten the predictions of a feature map, (n, c, h, w), to (n, h * w * c): all channels of a pixel in a row."""
    return pred.permute(0, 2, 3, 1).flatten(start_dim=1)


def cls_predictor(num_inputs: int, num_anchors: int, num_classes: int) -> nn.Conv2d:
    """Create the layer that predicts the classes of the anchor boxes of a feature map (D2L 13.7.1).

    It is a convolution with a kernel of 3 x 3 and a padding of 1, so that height and width stay. Each pixel has
    num_anchors anchor boxes. Each anchor box gets a score for each class and one for the background.

    Args:
        num_inputs: channels of the feature map.
        num_anchors: anchor boxes of a pixel.
        num_classes: classes of objects, without the background.

    Returns:
        The convolution, with bias, stride 1 and torch's initial parameters.
    """
    # BEGIN SOLUTION
    return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1)
    # END SOLUTION


def bbox_predictor(num_inputs: int, num_anchors: int) -> nn.Conv2d:
    """Create the layer that predicts the offsets of the anchor boxes of a feature map (D2L 13.7.1).

    It is a convolution like that of cls_predictor. Each anchor box gets four offsets.

    Args:
        num_inputs: channels of the feature map.
        num_anchors: anchor boxes of a pixel.

    Returns:
        The convolution, with bias, stride 1 and torch's initial parameters.
    """
    # BEGIN SOLUTION
    return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1)
    # END SOLUTION


def concat_preds(preds: Sequence[Tensor]) -> Tensor:
    """Join the predictions of several scales into one matrix (D2L 13.7.1).

    The channels of a map become its last axis. Then each image of the map is flattened, pixel by pixel and row by
    row. So all predictions of a pixel are neighbours, as flatten_pred (given) does it. The maps follow one another
    along axis 1, in the order of preds.

    Args:
        preds: one or more maps (n, c, h, w). n is the same, c, h and w may differ.

    Returns:
        (n, sum of c * h * w), of the dtype of the maps.
    """
    # BEGIN SOLUTION
    return torch.cat([flatten_pred(pred) for pred in preds], dim=1)
    # END SOLUTION


def down_sample_blk(in_channels: int, out_channels: int) -> nn.Sequential:
    """Create a block that halves height and width (D2L 13.7.1).

    The block is an nn.Sequential of seven layers: twice a convolution with a kernel of 3 x 3 and a padding of 1, an
    nn.BatchNorm2d and an nn.ReLU, then an nn.MaxPool2d(2). The first convolution changes the number of channels.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.

    Returns:
        The block, with torch's initial parameters.
    """
    # BEGIN SOLUTION
    layers: list[nn.Module] = []
    for _ in range(2):
        layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU())
        in_channels = out_channels
    layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)
    # END SOLUTION


def base_net() -> nn.Sequential:
    """Create the block that extracts features: three times half the size, with 16, 32 and 64 channels."""
    channels = [3, 16, 32, 64]
    return nn.Sequential(*(down_sample_blk(*channels[i : i + 2]) for i in range(3)))


def get_blk(i: int) -> nn.Module:
    """Create block i of the five blocks of TinySSD."""
    if i == 0:
        return base_net()
    if i == 4:
        return nn.AdaptiveMaxPool2d((1, 1))
    return down_sample_blk(64 if i == 1 else 128, 128)


def blk_forward(
    X: Tensor, blk: nn.Module, size: Sequence[float], ratio: Sequence[float], cls_predictor: nn.Module,
    bbox_predictor: nn.Module,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return a block's feature map, its anchor boxes, and their predicted classes and offsets."""
    Y = blk(X)
    anchors = multibox_prior(Y, sizes=size, ratios=ratio)
    return Y, anchors, cls_predictor(Y), bbox_predictor(Y)


class TinySSD(nn.Module):
    """Single-shot multibox detection at five scales (D2L 13.7.1).

    Block i is get_blk(i) (given). It works on the output of block i - 1, and block 0 on the images. The output of block
    i has anchor boxes with sizes[i] and ratios[i], and two layers of its own that predict their classes (cls_predictor)
    and their offsets (bbox_predictor). blk_forward (given) computes all of these for one block. The outputs of the
    blocks 0 to 4 have 64, 128, 128, 128 and 128 channels.

    For i from 0 to 4, self.blk_i is the block, self.cls_i predicts its classes and self.bbox_i its offsets.

    forward takes images (n, 3, h, w), and returns

        anchors, (1, A, 4): the anchor boxes of all scales, those of block 0 first; they are the same for all images
        cls_preds, (n, A, num_classes + 1): the scores of the classes; row k belongs to anchor box k
        bbox_preds, (n, 4 * A): the offsets; four numbers for each anchor box, in the order of the anchor boxes

    A is the number of anchor boxes: 5444 for images of 256 x 256.

    Args:
        num_classes: classes of objects, without the background.
    """

    # BEGIN SOLUTION
    def __init__(self, num_classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_classes = num_classes
        for i, channels in enumerate([64, 128, 128, 128, 128]):
            self.add_module(f"blk_{i}", get_blk(i))
            self.add_module(f"cls_{i}", cls_predictor(channels, num_anchors, num_classes))
            self.add_module(f"bbox_{i}", bbox_predictor(channels, num_anchors))

    def forward(self, X: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        anchors, cls_preds, bbox_preds = [], [], []
        for i in range(5):
            blk, cls, bbox = (self.get_submodule(f"{kind}_{i}") for kind in ("blk", "cls", "bbox"))
            X, *predicted = blk_forward(X, blk, sizes[i], ratios[i], cls, bbox)
            for preds, new in zip((anchors, cls_preds, bbox_preds), predicted, strict=True):
                preds.append(new)
        scores = concat_preds(cls_preds)
        return torch.cat(anchors, dim=1), scores.reshape(len(X), -1, self.num_classes + 1), concat_preds(bbox_preds)
    # END SOLUTION


def calc_loss(
    cls_preds: Tensor, cls_labels: Tensor, bbox_preds: Tensor, bbox_labels: Tensor, bbox_masks: Tensor
) -> Tensor:
    """Compute the loss of each image (D2L 13.7.2): the loss of the classes plus the loss of the offsets.

    The loss of the classes is the cross-entropy of each anchor box (cls_loss, given), averaged over the anchor boxes of
    the image. The loss of the offsets is the absolute difference of bbox_preds * bbox_masks and
    bbox_labels * bbox_masks (bbox_loss, given), averaged over all 4 * A numbers of the image, masked or not.

    Gradients flow to cls_preds and bbox_preds. The function leaves its arguments unchanged.

    Args:
        cls_preds: scores of the classes, (n, A, num_classes + 1), float32 or float64.
        cls_labels: the class of each anchor box, 0 for the background: (n, A), int64.
        bbox_preds: predicted offsets, (n, 4 * A), of the same dtype.
        bbox_labels: true offsets, (n, 4 * A), of the same dtype.
        bbox_masks: 1 for anchor boxes with an object, 0 for others: (n, 4 * A), of the same dtype.

    Returns:
        (n,), of the same dtype.
    """
    # BEGIN SOLUTION
    n, num_boxes, _ = cls_preds.shape
    cls = cls_loss(cls_preds.reshape(n * num_boxes, -1), cls_labels.reshape(-1)).reshape(n, -1).mean(dim=1)
    bbox = bbox_loss(bbox_preds * bbox_masks, bbox_labels * bbox_masks).mean(dim=1)
    return cls + bbox
    # END SOLUTION
