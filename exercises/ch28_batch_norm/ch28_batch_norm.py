"""ch28 Batch normalisation and its relatives.

See D2L 7.5 (chapter_convolutional-modern/batch-norm); layer normalisation is in D2L 10.7.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn


def batch_norm(
    X: Tensor, gamma: Tensor, beta: Tensor, moving_mean: Tensor, moving_var: Tensor, eps: float, momentum: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the batch normalisation of X and the new moving statistics (Ioffe and Szegedy, 2015; D2L 7.5).

        Y = gamma * (X - mean) / sqrt(var + eps) + beta

    While gradients are enabled, the function trains. Then mean and var are the statistics of this batch; var divides by
    the number of values, N. The moving statistics become momentum * old + (1 - momentum) * batch. Under torch.no_grad()
    the function predicts: mean and var are the moving statistics, which stay as they are.

    Y stays accurate when the mean is far larger than the standard deviation. Gradients flow to X, gamma and beta, also
    through mean and var. The function leaves its arguments unchanged. Tensors need not be contiguous in memory.

    Args:
        X: (n, d), normalised per feature, or (n, c, h, w), normalised per channel; float32 or float64.
        gamma, beta, moving_mean, moving_var: (d,) or (1, d) for 2-D input; (1, c, 1, 1) for 4-D input.
        eps: a small number that is added to the variance.
        momentum: the weight of the old moving statistics.

    Returns:
        Y, with the shape and dtype of X, and the new moving_mean and moving_var, with the shapes of the old. These two
        carry no gradient.

    Raises:
        AssertionError: X has neither two nor four dimensions (in training).

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


class BatchNorm(nn.Module):
    """Apply your `batch_norm` as a layer, with eps 1e-5 and momentum 0.9 (D2L 7.5).

    Bonus (no points): after eval() the layer predicts, even while gradients are enabled.

    Attributes:
        gamma, beta: parameters, ones and zeros, (1, num_features) or (1, num_features, 1, 1).
        moving_mean, moving_var: zeros and ones of the same shape; not parameters. Bonus (no points): they are buffers,
            which state_dict has.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """

    def __init__(self, num_features: int, num_dims: int) -> None:
        """Create the layer: num_dims is 2 after a fully connected layer and 4 after a convolution."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Return the normalised X, (n, num_features) or (n, num_features, h, w), and keep the new moving statistics."""
        raise NotImplementedError  # write your code here


def layer_norm(
    X: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return the layer normalisation of X: each example is normalised over its last axes (Ba, Kiros and Hinton, 2016).

        Y = (X - mean) / sqrt(var + eps) * weight + bias

    D2L 10.7 uses it. Y stays accurate when the mean is far larger than the standard deviation. Gradients flow to X,
    weight and bias. The function leaves its arguments unchanged.

    Args:
        X: (..., *normalized_shape), float32 or float64.
        normalized_shape: the sizes of the axes to normalise; var divides by their product.
        weight, bias: tensors of shape normalized_shape, or None to omit them.
        eps: a small number that is added to the variance.

    Returns:
        A tensor with the shape and dtype of X. It is the same in training and in prediction.

    Raises:
        ValueError: the last axes of X are not normalized_shape.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def instance_norm(X: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """Return the instance normalisation of X: each channel of each image is normalised by itself.

    See Ulyanov, Vedaldi and Lempitsky (2016). The formula is that of `layer_norm`; weight and bias belong to channels.
    Gradients flow to X, weight and bias. The function leaves its arguments unchanged.

    Args:
        X: (n, c, h, w), float32 or float64.
        weight, bias: (c,), or None to omit them.
        eps: a small number that is added to the variance.

    Returns:
        A tensor with the shape and dtype of X. A channel of one pixel becomes zero (before weight and bias).

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def group_norm(
    X: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Return the group normalisation of X: groups of neighbouring channels of each image are normalised by themselves.

    See Wu and He (2018). The formula is that of `layer_norm`; weight and bias belong to channels. Gradients flow to X,
    weight and bias. The function leaves its arguments unchanged. Tensors need not be contiguous in memory.

    Args:
        X: (n, c, h, w), float32 or float64.
        num_groups: the number of groups; each has c / num_groups channels.
        weight, bias: (c,), or None to omit them.
        eps: a small number that is added to the variance.

    Returns:
        A tensor with the shape and dtype of X.

    Raises:
        ValueError: c is not a multiple of num_groups.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def norm_stat_count(shape: Sequence[int], kind: Literal["batch", "layer", "instance"]) -> tuple[int, tuple[int, ...]]:
    """Return the number of pairs of mean and variance that a normalisation computes, and the shape of its gamma.

    Args:
        shape: the shape of the input, a tuple, a list or a torch.Size: (n, d) or (n, c, h, w) for "batch", (n, c, h, w)
            for "instance", and (..., d) for "layer", which normalises the last axis.
        kind: "batch", "layer" or "instance".

    Returns:
        (number of pairs, shape of gamma as (features,)).

    >>> norm_stat_count((4, 5), "batch")
    (5, (5,))
    """
    raise NotImplementedError  # write your code here
