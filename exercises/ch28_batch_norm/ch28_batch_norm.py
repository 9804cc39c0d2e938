"""ch28 Batch normalisation and its relatives.

D2L section 7.5 (chapter_convolutional-modern/batch-norm); layer normalisation is in section 10.7.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn


def batch_norm(
    X: Tensor, gamma: Tensor, beta: Tensor, moving_mean: Tensor, moving_var: Tensor, eps: float, momentum: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation (Ioffe and Szegedy, 2015; D2L 7.5).

    Trains while gradients are enabled: then the batch's own statistics normalise it, and the moving statistics become
    momentum * old + (1 - momentum) * batch. Under torch.no_grad() it predicts: the moving statistics normalise and stay
    as they are.

        Y = gamma * (X - mean) / sqrt(var + eps) + beta

    Args:
        X: (n, d), normalised per feature, or (n, c, h, w), normalised per channel.
        gamma, beta, moving_mean, moving_var: (d,) or (1, d) for 2-D input; (1, c, 1, 1) for 4-D input.
        eps: keeps the root away from zero.
        momentum: how much of the old moving statistics stays.

    Returns:
        Y, of X's shape and dtype, and the new moving_mean and moving_var, which carry no gradient.

    Raises:
        AssertionError: X has neither two nor four dimensions (in training).

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


class BatchNorm(nn.Module):
    """Batch normalisation as a layer (D2L 7.5), on top of your `batch_norm`, with eps 1e-5 and momentum 0.9.

    Attributes:
        gamma, beta: parameters, ones and zeros, (1, num_features) or (1, num_features, 1, 1).
        moving_mean, moving_var: zeros and ones of the same shape; not parameters.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """

    def __init__(self, num_features: int, num_dims: int) -> None:
        """num_dims is 2 after a fully connected layer and 4 after a convolution."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor) -> Tensor:
        """Normalise X, (n, num_features) or (n, num_features, h, w), and keep the new moving statistics."""
        raise NotImplementedError  # write your code here


def layer_norm(
    X: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Layer normalisation (Ba, Kiros and Hinton, 2016; D2L 10.7), over the last axes of each example.

    Args:
        X: (..., *normalized_shape).
        normalized_shape: the sizes of the axes to normalise over; the variance divides by their product.
        weight, bias: of shape normalized_shape; None leaves them out.

    Returns:
        A tensor of X's shape and dtype; the same in training and in prediction.

    Raises:
        ValueError: the last axes of X are not normalized_shape.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def instance_norm(X: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """Instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016): each channel of each image by itself.

    Args:
        X: (n, c, h, w).
        weight, bias: (c,), or None to leave them out.

    Returns:
        A tensor of X's shape and dtype. A plane of one pixel becomes zero (before weight and bias).

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def group_norm(
    X: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Group normalisation (Wu and He, 2018): groups of neighbouring channels, in each image by itself.

    Args:
        X: (n, c, h, w).
        num_groups: how many groups; each has c / num_groups channels.
        weight, bias: (c,), or None to leave them out.

    Returns:
        A tensor of X's shape and dtype.

    Raises:
        ValueError: c is not a multiple of num_groups.

    Write it from scratch, without ready-made normalisation (nn.BatchNorm2d, nn.LayerNorm, F.group_norm, ...).
    """
    raise NotImplementedError  # write your code here


def norm_stat_count(shape: Sequence[int], kind: Literal["batch", "layer", "instance"]) -> tuple[int, tuple[int, ...]]:
    """How many pairs of mean and variance a normalisation computes, and the shape of its gamma.

    Args:
        shape: the input's shape: (n, d) or (n, c, h, w) for "batch", (n, c, h, w) for "instance", and (..., d) for
            "layer", which normalises over the last axis.

    Returns:
        (number of pairs, shape of gamma as (features,)).

    >>> norm_stat_count((4, 5), "batch")
    (5, (5,))
    """
    raise NotImplementedError  # write your code here
