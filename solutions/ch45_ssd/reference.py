"""ch45 Single-shot multibox detection (SSD).

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
    # BEGIN SOLUTION
    # The background is a class, too.
    return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1)
    # WRONG no-score-for-the-background: return nn.Conv2d(num_inputs, num_anchors * num_classes, kernel_size=3, padding=1)
    # WRONG one-background-for-all: return nn.Conv2d(num_inputs, num_anchors * num_classes + 1, kernel_size=3, padding=1)
    # WRONG two-extra-scores: return nn.Conv2d(num_inputs, num_anchors * (num_classes + 2), kernel_size=3, padding=1)
    # WRONG anchors-plus-classes: return nn.Conv2d(num_inputs, num_anchors + num_classes + 1, kernel_size=3, padding=1)
    # WRONG one-anchor-for-a-pixel: return nn.Conv2d(num_inputs, num_classes + 1, kernel_size=3, padding=1)
    # WRONG one-score-for-an-anchor: return nn.Conv2d(num_inputs, num_anchors, kernel_size=3, padding=1)
    # WRONG scores-by-a-1x1-kernel: return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=1)
    # WRONG scores-by-a-5x5-kernel:
    #     return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=5, padding=2)
    # WRONG scores-without-padding: return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3)
    # WRONG scores-with-padding-2:
    #     return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=2)
    # WRONG scores-with-a-stride:
    #     return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, stride=2, padding=1)
    # WRONG scores-without-bias:
    #     return nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1, bias=False)
    # WRONG score-channels-swapped:
    #     return nn.Conv2d(num_anchors * (num_classes + 1), num_inputs, kernel_size=3, padding=1)
    # WRONG scores-activated:
    #     conv = nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1)
    #     return nn.Sequential(conv, nn.ReLU())
    # WRONG scores-become-probabilities:
    #     conv = nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1)
    #     return nn.Sequential(conv, nn.Softmax(dim=1))
    # WRONG scores-begin-at-zero:
    #     conv = nn.Conv2d(num_inputs, num_anchors * (num_classes + 1), kernel_size=3, padding=1)
    #     nn.init.zeros_(conv.weight)
    #     return conv
    # END SOLUTION


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
    # BEGIN SOLUTION
    return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1)
    # WRONG one-offset: return nn.Conv2d(num_inputs, num_anchors, kernel_size=3, padding=1)
    # WRONG two-offsets: return nn.Conv2d(num_inputs, num_anchors * 2, kernel_size=3, padding=1)
    # WRONG five-offsets: return nn.Conv2d(num_inputs, num_anchors * 5, kernel_size=3, padding=1)
    # WRONG offsets-of-one-anchor: return nn.Conv2d(num_inputs, 4, kernel_size=3, padding=1)
    # WRONG anchors-plus-four: return nn.Conv2d(num_inputs, num_anchors + 4, kernel_size=3, padding=1)
    # WRONG offsets-by-a-1x1-kernel: return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=1)
    # WRONG offsets-by-a-5x5-kernel: return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=5, padding=2)
    # WRONG offsets-without-padding: return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3)
    # WRONG offsets-with-a-stride: return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, stride=2, padding=1)
    # WRONG offsets-without-bias: return nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1, bias=False)
    # WRONG offset-channels-swapped: return nn.Conv2d(num_anchors * 4, num_inputs, kernel_size=3, padding=1)
    # WRONG offsets-activated:
    #     return nn.Sequential(nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1), nn.ReLU())
    # WRONG offsets-between-0-and-1:
    #     return nn.Sequential(nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1), nn.Sigmoid())
    # WRONG offsets-begin-at-zero:
    #     conv = nn.Conv2d(num_inputs, num_anchors * 4, kernel_size=3, padding=1)
    #     nn.init.zeros_(conv.weight)
    #     return conv
    # END SOLUTION


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
    # BEGIN SOLUTION
    return torch.cat([pred.permute(0, 2, 3, 1).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG channel-by-channel: return torch.cat([pred.flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG columns-before-rows: return torch.cat([pred.permute(0, 3, 2, 1).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG channels-between: return torch.cat([pred.permute(0, 2, 1, 3).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG columns-between: return torch.cat([pred.permute(0, 1, 3, 2).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG images-mixed:
    #     rows = [pred.permute(2, 3, 1, 0).reshape(len(pred), -1) for pred in preds]
    #     return torch.cat(rows, dim=1)
    # WRONG joined-along-the-images:
    #     return torch.cat([pred.permute(0, 2, 3, 1).flatten(start_dim=1) for pred in preds], dim=0)
    # WRONG last-map-first:
    #     return torch.cat([pred.permute(0, 2, 3, 1).flatten(start_dim=1) for pred in preds[::-1]], dim=1)
    # WRONG larger-maps-first:
    #     maps = sorted(preds, key=lambda pred: -pred[0].numel())
    #     return torch.cat([pred.permute(0, 2, 3, 1).flatten(start_dim=1) for pred in maps], dim=1)
    # WRONG first-map-alone: return preds[0].permute(0, 2, 3, 1).flatten(start_dim=1)
    # WRONG last-map-alone: return preds[-1].permute(0, 2, 3, 1).flatten(start_dim=1)
    # WRONG images-in-a-row: return torch.cat([pred.permute(0, 2, 3, 1).flatten() for pred in preds])
    # WRONG pixels-kept: return torch.cat([pred.permute(0, 2, 3, 1).flatten(1, 2) for pred in preds], dim=1)
    # WRONG maps-not-joined: return [pred.permute(0, 2, 3, 1).flatten(start_dim=1) for pred in preds]
    # WRONG pixel-means: return torch.cat([pred.mean(dim=1).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG channel-means: return torch.cat([pred.mean(dim=(2, 3)) for pred in preds], dim=1)
    # WRONG preds-in-float32:
    #     return torch.cat([pred.permute(0, 2, 3, 1).flatten(start_dim=1).float() for pred in preds], dim=1)
    # WRONG preds-cut-off:
    #     return torch.cat([pred.detach().permute(0, 2, 3, 1).flatten(start_dim=1) for pred in preds], dim=1)
    # WRONG maps-replaced-in-the-list:
    #     for i in range(len(preds)):
    #         preds[i] = preds[i].permute(0, 2, 3, 1).flatten(start_dim=1)
    #     return torch.cat(preds, dim=1)
    # END SOLUTION


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
    # BEGIN SOLUTION
    layers: list[nn.Module] = []
    for _ in range(2):
        # WRONG one-convolution: for _ in range(1):
        # WRONG three-convolutions: for _ in range(3):
        layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        # WRONG block-without-padding: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3))
        # WRONG block-without-bias: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False))
        # WRONG block-of-1x1-kernels: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=1))
        # WRONG block-of-5x5-kernels: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=5, padding=2))
        # WRONG strides-as-well: layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1))
        # WRONG convolution-reused:
        #     reused = len(layers) == 3 and layers[0].in_channels == out_channels and layers[0]
        #     layers.append(reused or nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        # WRONG second-changes-channels:
        #     width = out_channels if layers else in_channels
        #     layers.append(nn.Conv2d(in_channels, width, kernel_size=3, padding=1))
        layers.append(nn.BatchNorm2d(out_channels))
        # WRONG second-changes-channels: layers.append(nn.BatchNorm2d(width))
        # WRONG not-normalised: pass
        # WRONG activation-first: layers.append(nn.ReLU())
        # WRONG normalised-once:
        #     if len(layers) > 2:
        #         layers.append(nn.BatchNorm2d(out_channels))
        # WRONG normalised-at-first:
        #     if len(layers) < 2:
        #         layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU())
        # WRONG activation-first: layers.append(nn.BatchNorm2d(out_channels))
        # WRONG not-activated: pass
        # WRONG activated-at-the-end-alone:
        #     if len(layers) > 2:
        #         layers.append(nn.ReLU())
        # WRONG activated-between-alone:
        #     if len(layers) == 2:
        #         layers.append(nn.ReLU())
        # WRONG sigmoid-for-relu: layers.append(nn.Sigmoid())
        # WRONG leaky-relu: layers.append(nn.LeakyReLU(0.1))
        # WRONG pooled-twice: layers += [nn.ReLU(), nn.MaxPool2d(2)]
        in_channels = out_channels
        # WRONG second-changes-channels: pass
    layers.append(nn.MaxPool2d(2))
    # WRONG block-not-pooled: pass
    # WRONG pooled-twice: pass
    # WRONG average-pooling: layers.append(nn.AvgPool2d(2))
    # WRONG overlapping-windows: layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    # WRONG pooled-with-stride-1: layers.append(nn.MaxPool2d(2, stride=1))
    # WRONG odd-sizes-rounded-up: layers.append(nn.MaxPool2d(2, ceil_mode=True))
    # WRONG pooled-to-a-quarter: layers.append(nn.MaxPool2d(4))
    # WRONG pooled-first: layers.insert(0, nn.MaxPool2d(2))
    # WRONG pooled-between: layers.insert(3, nn.MaxPool2d(2))
    # WRONG dropout-at-the-end: layers += [nn.MaxPool2d(2), nn.Dropout(0.5)]
    return nn.Sequential(*layers)
    # WRONG nested-parts: return nn.Sequential(nn.Sequential(*layers[:3]), nn.Sequential(*layers[3:6]), layers[6])
    # END SOLUTION


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
        # BEGIN SOLUTION
        self.num_classes = num_classes
        for i, channels in enumerate([64, 128, 128, 128, 128]):
            # WRONG four-scales: for i, channels in enumerate([64, 128, 128, 128]):
            self.add_module(f"blk_{i}", get_blk(i))
            # WRONG last-block-averages: self.add_module(f"blk_{i}", nn.AdaptiveAvgPool2d(1) if i == 4 else get_blk(i))
            # WRONG last-block-missing: self.add_module(f"blk_{i}", nn.Identity() if i == 4 else get_blk(i))
            # WRONG numbered-from-1: self.add_module(f"blk_{i + 1}", get_blk(i))
            self.add_module(f"cls_{i}", cls_predictor(channels, num_anchors, num_classes))
            # WRONG background-counted-twice: self.add_module(f"cls_{i}", cls_predictor(channels, num_anchors, num_classes + 1))
            # WRONG a-single-class: self.add_module(f"cls_{i}", cls_predictor(channels, num_anchors, 1))
            # WRONG shared-class-layer:
            #     shared = i > 1 and self.get_submodule("cls_1")
            #     self.add_module(f"cls_{i}", shared or cls_predictor(channels, num_anchors, num_classes))
            # WRONG numbered-from-1: self.add_module(f"cls_{i + 1}", cls_predictor(channels, num_anchors, num_classes))
            self.add_module(f"bbox_{i}", bbox_predictor(channels, num_anchors))
            # WRONG shared-offset-layer:
            #     shared = i > 1 and self.get_submodule("bbox_1")
            #     self.add_module(f"bbox_{i}", shared or bbox_predictor(channels, num_anchors))
            # WRONG numbered-from-1: self.add_module(f"bbox_{i + 1}", bbox_predictor(channels, num_anchors))
        # END SOLUTION

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
        # BEGIN SOLUTION
        anchors, cls_preds, bbox_preds = [], [], []
        for i in range(5):
            # WRONG four-scales: for i in range(4):
            # WRONG numbered-from-1: for i in range(1, 6):
            blk, cls, bbox = (self.get_submodule(f"{kind}_{i}") for kind in ("blk", "cls", "bbox"))
            X, boxes, scores, offsets = blk_forward(X, blk, sizes[i], ratios[i], cls, bbox)
            # WRONG numbered-from-1: X, boxes, scores, offsets = blk_forward(X, blk, sizes[i - 1], ratios[i - 1], cls, bbox)
            # WRONG sizes-of-the-first-scale: X, boxes, scores, offsets = blk_forward(X, blk, sizes[0], ratios[0], cls, bbox)
            # WRONG sizes-reversed: X, boxes, scores, offsets = blk_forward(X, blk, sizes[4 - i], ratios[i], cls, bbox)
            # WRONG anchors-of-the-input:
            #     boxes = multibox_prior(X, sizes[i], ratios[i])
            #     X, _, scores, offsets = blk_forward(X, blk, sizes[i], ratios[i], cls, bbox)
            # WRONG scales-cut-off: X, boxes, scores, offsets = blk_forward(X.detach(), blk, sizes[i], ratios[i], cls, bbox)
            # WRONG images-scaled:
            #     X = X / 255 if i == 0 else X
            #     X, boxes, scores, offsets = blk_forward(X, blk, sizes[i], ratios[i], cls, bbox)
            anchors.append(boxes)
            # WRONG anchors-in-pixels: anchors.append(boxes * X.new_tensor([*X.shape[:1:-1], *X.shape[:1:-1]]))
            # WRONG anchors-clipped: anchors.append(boxes.clamp(0, 1))
            cls_preds.append(scores)
            # WRONG last-scale-first: cls_preds.insert(0, scores)
            bbox_preds.append(offsets)
            # WRONG last-scale-first: bbox_preds.insert(0, offsets)
        # A pixel's channels are the scores of its first anchor box, then of its second, and so on.
        all_scores = concat_preds(cls_preds).reshape(len(X), -1, self.num_classes + 1)
        # WRONG a-single-class: all_scores = concat_preds(cls_preds).reshape(len(X), -1, 2)
        # WRONG background-counted-twice: all_scores = concat_preds(cls_preds).reshape(len(X), -1, self.num_classes + 2)
        # WRONG scores-not-reshaped: all_scores = concat_preds(cls_preds)
        # WRONG classes-before-anchors: all_scores = concat_preds(cls_preds).reshape(len(X), self.num_classes + 1, -1)
        # WRONG classes-split-first:
        #     all_scores = concat_preds(cls_preds).reshape(len(X), self.num_classes + 1, -1).transpose(1, 2)
        # WRONG scores-flattened-as-they-are:
        #     all_scores = torch.cat([scores.flatten(1) for scores in cls_preds], dim=1)
        #     all_scores = all_scores.reshape(len(X), -1, self.num_classes + 1)
        # WRONG probabilities-returned:
        #     all_scores = concat_preds(cls_preds).reshape(len(X), -1, self.num_classes + 1).softmax(dim=-1)
        # WRONG background-left-out:
        #     all_scores = concat_preds(cls_preds).reshape(len(X), -1, self.num_classes + 1)[:, :, 1:]
        # WRONG best-classes-returned:
        #     all_scores = concat_preds(cls_preds).reshape(len(X), -1, self.num_classes + 1).argmax(dim=-1)
        return torch.cat(anchors, dim=1), all_scores, concat_preds(bbox_preds)
        # WRONG anchors-for-each-image:
        #     return torch.cat(anchors, dim=1).repeat(len(X), 1, 1), all_scores, concat_preds(bbox_preds)
        # WRONG anchors-without-batch: return torch.cat(anchors, dim=1)[0], all_scores, concat_preds(bbox_preds)
        # WRONG last-anchors-first: return torch.cat(anchors[::-1], dim=1), all_scores, concat_preds(bbox_preds)
        # WRONG offsets-reshaped: return torch.cat(anchors, dim=1), all_scores, concat_preds(bbox_preds).reshape(len(X), -1, 4)
        # WRONG offsets-flattened-as-they-are:
        #     return torch.cat(anchors, dim=1), all_scores, torch.cat([part.flatten(1) for part in bbox_preds], dim=1)
        # WRONG scores-returned-first: return all_scores, torch.cat(anchors, dim=1), concat_preds(bbox_preds)
        # WRONG offsets-before-scores: return torch.cat(anchors, dim=1), concat_preds(bbox_preds), all_scores
        # WRONG anchors-moved:
        #     moves = concat_preds(bbox_preds)
        #     return torch.cat(anchors, dim=1) + 0.1 * moves.reshape(len(X), -1, 4)[:1], all_scores, moves
        # END SOLUTION


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
    # BEGIN SOLUTION
    n, _, num_scores = cls_preds.shape
    # WRONG labels-overwritten:
    #     n, _, num_scores = cls_preds.shape
    #     bbox_labels *= bbox_masks
    # WRONG loss-in-float32:
    #     n, _, num_scores = cls_preds.shape
    #     cls_preds, bbox_preds, bbox_labels, bbox_masks = (
    #         x.float() for x in (cls_preds, bbox_preds, bbox_labels, bbox_masks)
    #     )
    # WRONG scores-cut-off:
    #     n, _, num_scores = cls_preds.shape
    #     cls_preds = cls_preds.detach()
    # WRONG offsets-cut-off:
    #     n, _, num_scores = cls_preds.shape
    #     bbox_preds = bbox_preds.detach()
    # WRONG softmax-twice:
    #     n, _, num_scores = cls_preds.shape
    #     cls_preds = cls_preds.softmax(dim=-1)
    # WRONG labels-without-background:
    #     n, _, num_scores = cls_preds.shape
    #     cls_labels = (cls_labels - 1).clamp(min=0)
    # Each anchor box is an example of the cross-entropy.
    cls = cls_loss(cls_preds.reshape(-1, num_scores), cls_labels.flatten())
    # WRONG classes-mixed-up: cls = cls_loss(cls_preds.reshape(n, num_scores, -1), cls_labels).flatten()
    # WRONG scores-in-another-order: cls = cls_loss(cls_preds.transpose(0, 1).reshape(-1, num_scores), cls_labels.flatten())
    # WRONG background-not-counted: cls = cls_loss(cls_preds.reshape(-1, num_scores), cls_labels.flatten()) * (cls_labels > 0).flatten()
    # WRONG error-rate: cls = (cls_preds.argmax(dim=-1) != cls_labels).flatten().to(cls_preds.dtype) + 0 * cls_preds.sum()
    bbox = bbox_loss(bbox_preds * bbox_masks, bbox_labels * bbox_masks)
    # WRONG labels-not-masked: bbox = bbox_loss(bbox_preds * bbox_masks, bbox_labels)
    # WRONG predictions-not-masked: bbox = bbox_loss(bbox_preds, bbox_labels * bbox_masks)
    # WRONG mask-ignored: bbox = bbox_loss(bbox_preds, bbox_labels)
    # WRONG mask-inverted: bbox = bbox_loss(bbox_preds * (1 - bbox_masks), bbox_labels * (1 - bbox_masks))
    # WRONG squared-differences: bbox = (bbox_preds * bbox_masks - bbox_labels * bbox_masks) ** 2
    # WRONG smooth-l1:
    #     bbox = nn.functional.smooth_l1_loss(bbox_preds * bbox_masks, bbox_labels * bbox_masks, reduction="none")
    # WRONG signed-differences: bbox = (bbox_preds - bbox_labels) * bbox_masks
    # WRONG differences-reversed: bbox = (bbox_labels - bbox_preds) * bbox_masks
    # WRONG offsets-added: bbox = bbox_loss(bbox_preds * bbox_masks, -bbox_labels * bbox_masks)
    return cls.reshape(n, -1).mean(dim=1) + bbox.mean(dim=1)
    # WRONG mean-of-the-batch: return cls.mean() + bbox.mean()
    # WRONG classes-summed: return cls.reshape(n, -1).sum(dim=1) + bbox.mean(dim=1)
    # WRONG offsets-summed: return cls.reshape(n, -1).mean(dim=1) + bbox.sum(dim=1)
    # WRONG both-summed: return cls.reshape(n, -1).sum(dim=1) + bbox.sum(dim=1)
    # WRONG four-offsets-summed: return cls.reshape(n, -1).mean(dim=1) + 4 * bbox.mean(dim=1)
    # WRONG mean-of-the-objects:
    #     return cls.reshape(n, -1).mean(dim=1) + bbox.sum(dim=1) / bbox_masks.sum(dim=1).clamp(min=1)
    # WRONG both-divided-by-objects:
    #     objects = bbox_masks.sum(dim=1).clamp(min=4) / 4
    #     return (cls.reshape(n, -1).sum(dim=1) + bbox.sum(dim=1)) / objects
    # WRONG classes-alone: return cls.reshape(n, -1).mean(dim=1) + 0 * bbox.sum(dim=1)
    # WRONG offsets-alone: return 0 * cls.reshape(n, -1).sum(dim=1) + bbox.mean(dim=1)
    # WRONG offsets-of-the-batch: return cls.reshape(n, -1).mean(dim=1) + bbox.mean()
    # WRONG classes-of-the-batch: return cls.mean() + bbox.mean(dim=1)
    # WRONG losses-multiplied: return cls.reshape(n, -1).mean(dim=1) * bbox.mean(dim=1)
    # WRONG losses-averaged: return (cls.reshape(n, -1).mean(dim=1) + bbox.mean(dim=1)) / 2
    # WRONG divided-by-the-images: return (cls.reshape(n, -1).mean(dim=1) + bbox.mean(dim=1)) / n
    # WRONG mean-over-the-images: return cls.reshape(n, -1).mean(dim=0) + bbox.reshape(n, -1, 4).mean(dim=(0, 2))
    # WRONG loss-as-a-column: return cls.reshape(n, -1).mean(dim=1, keepdim=True) + bbox.mean(dim=1, keepdim=True)
    # END SOLUTION
