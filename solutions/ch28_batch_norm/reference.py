"""ch28 Batch normalisation and its relatives.

See D2L 7.5 (chapter_convolutional-modern/batch-norm); layer normalisation is in D2L 10.7.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

# BEGIN SOLUTION


def _batch_statistics(X: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of every feature (2-D input) or channel (4-D input) over all the rest."""
    assert X.dim() in (2, 4), "batch normalisation takes (n, d) or (n, c, h, w)"
    # WRONG dimensions-not-checked:
    axes = [0] if X.dim() == 2 else [0, 2, 3]
    # WRONG statistics-per-image: axes = [0] if X.dim() == 2 else [2, 3]
    # WRONG statistics-per-example: axes = [0] if X.dim() == 2 else [1, 2, 3]
    # WRONG statistics-per-pixel: axes = [0]
    # WRONG one-mean-for-all: axes = list(range(X.dim()))
    mean = X.mean(dim=axes, keepdim=X.dim() == 4)
    # WRONG features-of-an-example:
    #     axes = [1] if X.dim() == 2 else axes
    #     mean = X.mean(dim=axes, keepdim=True)
    var = ((X - mean) ** 2).mean(dim=axes, keepdim=X.dim() == 4)
    # WRONG unbiased-variance: var = X.var(dim=axes, keepdim=X.dim() == 4)
    # WRONG features-of-an-example: var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    # WRONG sum-of-squares: var = ((X - mean) ** 2).sum(dim=axes, keepdim=X.dim() == 4)
    # WRONG one-pass-batch-variance: var = (X**2).mean(dim=axes, keepdim=X.dim() == 4) - mean**2
    # WRONG absolute-deviation: var = (X - mean).abs().mean(dim=axes, keepdim=X.dim() == 4)
    # WRONG variance-without-the-mean: var = (X**2).mean(dim=axes, keepdim=X.dim() == 4)
    return mean, var


def _standardise(X: Tensor, axes: list[int], eps: float) -> Tensor:
    mean = X.mean(dim=axes, keepdim=True)
    var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    return (X - mean) / torch.sqrt(var + eps)


def _per_channel(X: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """Scale and shift the channels of (n, c, h, w) by weight (c,) and bias (c,)."""
    if weight is not None:
        X = X * weight.reshape(1, -1, 1, 1)
    if bias is not None:
        X = X + bias.reshape(1, -1, 1, 1)
    return X


# END SOLUTION


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
    """
    # BEGIN SOLUTION
    training = torch.is_grad_enabled()
    # WRONG no-prediction-branch: training = True
    mean, var = _batch_statistics(X) if training else (moving_mean, moving_var)
    # WRONG prediction-by-batch-statistics: mean, var = _batch_statistics(X)
    Y = gamma * (X - mean) / torch.sqrt(var + eps) + beta
    # WRONG eps-outside-root: Y = gamma * (X - mean) / (torch.sqrt(var) + eps) + beta
    # WRONG training-by-moving-statistics: Y = gamma * (X - moving_mean) / torch.sqrt(moving_var + eps) + beta
    # WRONG gamma-missing: Y = (X - mean) / torch.sqrt(var + eps) + beta
    # WRONG beta-missing: Y = gamma * (X - mean) / torch.sqrt(var + eps)
    # WRONG gamma-and-beta-swapped: Y = beta * (X - mean) / torch.sqrt(var + eps) + gamma
    # WRONG shift-before-scale: Y = gamma * ((X - mean) / torch.sqrt(var + eps) + beta)
    # WRONG no-square-root: Y = gamma * (X - mean) / (var + eps) + beta
    # WRONG mean-not-subtracted: Y = gamma * X / torch.sqrt(var + eps) + beta
    # WRONG eps-missing: Y = gamma * (X - mean) / torch.sqrt(var) + beta
    # WRONG eps-ignored: Y = gamma * (X - mean) / torch.sqrt(var + 1e-5) + beta
    # WRONG statistics-detached: Y = gamma * (X - mean.detach()) / torch.sqrt(var.detach() + eps) + beta
    # WRONG beta-subtracted: Y = gamma * (X - mean) / torch.sqrt(var + eps) - beta
    # WRONG mean-added: Y = gamma * (X + mean) / torch.sqrt(var + eps) + beta
    # WRONG square-root-of-eps-apart: Y = gamma * (X - mean) / (torch.sqrt(var) + eps**0.5) + beta
    if training:
        # WRONG statistics-updated-in-prediction:
        #     if not training:
        #         mean, var = _batch_statistics(X)
        #     if True:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean.detach()
        # WRONG momentum-reversed: moving_mean = (1 - momentum) * moving_mean + momentum * mean.detach()
        # WRONG momentum-ignored: moving_mean = 0.9 * moving_mean + 0.1 * mean.detach()
        # WRONG statistics-of-one-batch: moving_mean = mean.detach()
        # WRONG moving-statistics-in-place: moving_mean.mul_(momentum).add_((1 - momentum) * mean.detach())
        # WRONG moving-statistics-with-graph: moving_mean = momentum * moving_mean + (1 - momentum) * mean
        # WRONG variance-for-the-moving-mean: moving_mean = momentum * moving_mean + (1 - momentum) * var.detach()
        # WRONG moving-mean-added-whole: moving_mean = momentum * moving_mean + mean.detach()
        # WRONG old-statistics-whole: moving_mean = moving_mean + (1 - momentum) * mean.detach()
        # WRONG moving-statistics-not-updated: pass
        moving_var = momentum * moving_var + (1 - momentum) * var.detach()
        # WRONG momentum-reversed: moving_var = (1 - momentum) * moving_var + momentum * var.detach()
        # WRONG momentum-ignored: moving_var = 0.9 * moving_var + 0.1 * var.detach()
        # WRONG statistics-of-one-batch: moving_var = var.detach()
        # WRONG moving-mean-of-squares: moving_var = momentum * moving_var + (1 - momentum) * torch.sqrt(var.detach())
        # WRONG moving-variance-unbiased:
        #     n = X.numel() // X.shape[1]
        #     moving_var = momentum * moving_var + (1 - momentum) * var.detach() * n / (n - 1)
        # WRONG eps-in-moving-variance: moving_var = momentum * moving_var + (1 - momentum) * (var.detach() + eps)
        # WRONG moving-statistics-in-place: moving_var.mul_(momentum).add_((1 - momentum) * var.detach())
        # WRONG moving-statistics-with-graph: moving_var = momentum * moving_var + (1 - momentum) * var
        # WRONG moving-mean-added-whole: moving_var = momentum * moving_var + var.detach()
        # WRONG old-statistics-whole: moving_var = moving_var + (1 - momentum) * var.detach()
        # WRONG moving-statistics-not-updated: pass
        # WRONG moving-variance-not-updated: pass
    return Y, moving_mean.detach(), moving_var.detach()
    # WRONG moving-statistics-swapped: return Y, moving_var.detach(), moving_mean.detach()
    # WRONG moving-statistics-with-graph: return Y, moving_mean, moving_var
    # END SOLUTION


class BatchNorm(nn.Module):
    """Apply your `batch_norm` as a layer, with eps 1e-5 and momentum 0.9 (D2L 7.5).

    Bonus (no points): after eval() the layer predicts, even while gradients are enabled.

    Attributes:
        gamma, beta: parameters, ones and zeros, (1, num_features) or (1, num_features, 1, 1).
        moving_mean, moving_var: zeros and ones of the same shape; not parameters. Bonus (no points): they are buffers,
            which state_dict has.
    """

    def __init__(self, num_features: int, num_dims: int) -> None:
        """Create the layer: num_dims is 2 after a fully connected layer and 4 after a convolution."""
        super().__init__()
        # BEGIN SOLUTION
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        # WRONG dimensions-ignored: shape = (1, num_features)
        self.gamma = nn.Parameter(torch.ones(shape))
        # WRONG scale-is-no-parameter: self.gamma = torch.ones(shape)
        # WRONG scale-from-zero: self.gamma = nn.Parameter(torch.zeros(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        # WRONG scale-is-no-parameter: self.beta = torch.zeros(shape)
        self.register_buffer("moving_mean", torch.zeros(shape))
        # WRONG moving-mean-from-one: self.register_buffer("moving_mean", torch.ones(shape))
        # WRONG statistics-are-parameters: self.moving_mean = nn.Parameter(torch.zeros(shape), requires_grad=False)
        self.register_buffer("moving_var", torch.ones(shape))
        # WRONG moving-variance-from-zero: self.register_buffer("moving_var", torch.zeros(shape))
        # WRONG moving-mean-from-one: self.register_buffer("moving_var", torch.zeros(shape))
        # WRONG statistics-are-parameters: self.moving_var = nn.Parameter(torch.ones(shape), requires_grad=False)
        # END SOLUTION

    def forward(self, X: Tensor) -> Tensor:
        """Return the normalised X, (n, num_features) or (n, num_features, h, w), and keep the new moving statistics."""
        # BEGIN SOLUTION
        if not self.training:
            return self.gamma * (X - self.moving_mean) / torch.sqrt(self.moving_var + 1e-5) + self.beta
            # WRONG layer-eps:
            #     return self.gamma * (X - self.moving_mean) / torch.sqrt(self.moving_var + 1e-12) + self.beta
        Y, self.moving_mean, self.moving_var = batch_norm(
            X, self.gamma, self.beta, self.moving_mean, self.moving_var, eps=1e-5, momentum=0.9
        )
        # WRONG statistics-not-kept:
        #     Y, _, _ = batch_norm(X, self.gamma, self.beta, self.moving_mean, self.moving_var, 1e-5, 0.9)
        # WRONG statistics-from-the-start:
        #     zeros, ones = torch.zeros_like(self.gamma), torch.ones_like(self.gamma)
        #     Y, self.moving_mean, self.moving_var = batch_norm(
        #         X, self.gamma, self.beta, zeros, ones, eps=1e-5, momentum=0.9
        #     )
        # WRONG layer-eps:
        #     Y, self.moving_mean, self.moving_var = batch_norm(
        #         X, self.gamma, self.beta, self.moving_mean, self.moving_var, eps=1e-12, momentum=0.9
        #     )
        # WRONG layer-ignores-its-parameters:
        #     ones, zeros = torch.ones_like(self.gamma), torch.zeros_like(self.beta)
        #     Y, self.moving_mean, self.moving_var = batch_norm(
        #         X, ones, zeros, self.moving_mean, self.moving_var, eps=1e-5, momentum=0.9
        #     )
        # WRONG statistics-are-parameters:
        #     Y, self.moving_mean.data, self.moving_var.data = batch_norm(
        #         X, self.gamma, self.beta, self.moving_mean, self.moving_var, eps=1e-5, momentum=0.9
        #     )
        return Y
        # WRONG layer-predicts-only:
        #     return self.gamma * (X - self.moving_mean) / torch.sqrt(self.moving_var + 1e-5) + self.beta
        # END SOLUTION


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
    """
    # BEGIN SOLUTION
    count = len(normalized_shape)
    if tuple(X.shape[-count:]) != tuple(normalized_shape):
        raise ValueError(f"the last {count} axes of {tuple(X.shape)} are not {tuple(normalized_shape)}")
        # WRONG layer-norm-shape-not-checked, 2 lines:
    Y = _standardise(X, list(range(-count, 0)), eps)
    # WRONG layer-norm-over-batch: Y = _standardise(X, [0], eps)
    # WRONG one-pass-variance:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     Y = (X - mean) / torch.sqrt((X**2).mean(dim=axes, keepdim=True) - mean**2 + eps)
    # WRONG layer-norm-unbiased:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = X.var(dim=axes, keepdim=True)
    #     Y = (X - mean) / torch.sqrt(var + eps)
    # WRONG layer-norm-eps-outside:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     Y = (X - mean) / (torch.sqrt(var) + eps)
    # WRONG layer-norm-no-root:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     Y = (X - mean) / (var + eps)
    # WRONG layer-norm-no-eps:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     Y = (X - mean) / torch.sqrt(var)
    # WRONG layer-norm-fixed-eps: Y = _standardise(X, list(range(-count, 0)), 1e-5)
    # WRONG layer-norm-mean-kept: Y = X / torch.sqrt((X**2).mean(dim=list(range(-count, 0)), keepdim=True) + eps)
    # WRONG layer-norm-last-axis-only: Y = _standardise(X, [-1], eps)
    # WRONG layer-norm-whole-example: Y = _standardise(X, list(range(1, X.dim())), eps)
    # WRONG layer-norm-detached:
    #     axes = list(range(-count, 0))
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     Y = (X - mean.detach()) / torch.sqrt(var.detach() + eps)
    # WRONG layer-norm-not-divided: Y = X - X.mean(dim=list(range(-count, 0)), keepdim=True)
    # WRONG layer-norm-first-axes: Y = _standardise(X, list(range(X.dim() - count)), eps)
    if weight is not None:
        # WRONG layer-norm-bias-scaled:
        #     if bias is not None:
        #         Y = Y + bias
        #     if weight is not None:
        Y = Y * weight
        # WRONG layer-norm-no-weight: pass
        # WRONG layer-norm-weight-added: Y = Y + weight
        # WRONG layer-norm-scale-plus-one: Y = Y * (1 + weight)
    return Y if bias is None else Y + bias
    # WRONG layer-norm-no-bias: return Y
    # WRONG layer-norm-bias-scaled: return Y
    # WRONG layer-norm-bias-needs-weight: return Y if weight is None or bias is None else Y + bias
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    planes = _standardise(X, [2, 3], eps)
    # WRONG instance-norm-over-batch: planes = _standardise(X, [0, 2, 3], eps)
    # WRONG instance-norm-unbiased:
    #     axes = [2, 3]
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = X.var(dim=axes, keepdim=True)
    #     planes = (X - mean) / torch.sqrt(var + eps)
    # WRONG instance-norm-eps-outside:
    #     axes = [2, 3]
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     planes = (X - mean) / (torch.sqrt(var) + eps)
    # WRONG instance-norm-no-root:
    #     axes = [2, 3]
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     planes = (X - mean) / (var + eps)
    # WRONG instance-norm-fixed-eps: planes = _standardise(X, [2, 3], 1e-5)
    # WRONG instance-norm-detached:
    #     axes = [2, 3]
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     planes = (X - mean.detach()) / torch.sqrt(var.detach() + eps)
    # WRONG instance-norm-whole-image: planes = _standardise(X, [1, 2, 3], eps)
    # WRONG instance-norm-over-channels: planes = _standardise(X, [1], eps)
    # WRONG instance-norm-rows: planes = _standardise(X, [3], eps)
    # WRONG instance-norm-columns: planes = _standardise(X, [2], eps)
    # WRONG instance-norm-not-divided: planes = X - X.mean(dim=[2, 3], keepdim=True)
    # WRONG instance-norm-no-eps:
    #     axes = [2, 3]
    #     mean = X.mean(dim=axes, keepdim=True)
    #     var = ((X - mean) ** 2).mean(dim=axes, keepdim=True)
    #     planes = (X - mean) / torch.sqrt(var)
    return _per_channel(planes, weight, bias)
    # WRONG instance-norm-no-weight: return _per_channel(planes, None, bias)
    # WRONG instance-norm-no-bias: return _per_channel(planes, weight, None)
    # WRONG instance-norm-weight-not-reshaped:
    #     if weight is not None:
    #         planes = planes * weight
    #     return planes if bias is None else planes + bias
    # WRONG instance-norm-bias-before-weight:
    #     planes = planes if bias is None else planes + bias.reshape(1, -1, 1, 1)
    #     return _per_channel(planes, weight, None)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    n, c, h, w = X.shape
    if c % num_groups:
        # WRONG group-norm-not-checked: if False:
        raise ValueError(f"{c} channels do not make {num_groups} groups")
    groups = X.reshape(n, num_groups, c // num_groups, h, w)
    # WRONG group-size-for-group-count: groups = X.reshape(n, c // num_groups, num_groups, h, w)
    # WRONG groups-interleaved: groups = X.reshape(n, c // num_groups, num_groups, h, w).transpose(1, 2)
    # WRONG view-of-transposed: groups = X.view(n, num_groups, -1)
    groups = _standardise(groups, [2, 3, 4], eps)
    # WRONG group-norm-unbiased:
    #     axes = [2, 3, 4]
    #     mean = groups.mean(dim=axes, keepdim=True)
    #     var = groups.var(dim=axes, keepdim=True)
    #     groups = (groups - mean) / torch.sqrt(var + eps)
    # WRONG group-norm-eps-outside:
    #     axes = [2, 3, 4]
    #     mean = groups.mean(dim=axes, keepdim=True)
    #     var = ((groups - mean) ** 2).mean(dim=axes, keepdim=True)
    #     groups = (groups - mean) / (torch.sqrt(var) + eps)
    # WRONG group-norm-no-root:
    #     axes = [2, 3, 4]
    #     mean = groups.mean(dim=axes, keepdim=True)
    #     var = ((groups - mean) ** 2).mean(dim=axes, keepdim=True)
    #     groups = (groups - mean) / (var + eps)
    # WRONG group-norm-fixed-eps: groups = _standardise(groups, [2, 3, 4], 1e-5)
    # WRONG group-norm-detached:
    #     axes = [2, 3, 4]
    #     mean = groups.mean(dim=axes, keepdim=True)
    #     var = ((groups - mean) ** 2).mean(dim=axes, keepdim=True)
    #     groups = (groups - mean.detach()) / torch.sqrt(var.detach() + eps)
    # WRONG groups-over-batch: groups = _standardise(groups, [0, 2, 3, 4], eps)
    # WRONG groups-without-pixels: groups = _standardise(groups, [2], eps)
    # WRONG groups-per-channel: groups = _standardise(groups, [3, 4], eps)
    # WRONG groups-all-in-one: groups = _standardise(groups, [1, 2, 3, 4], eps)
    # WRONG view-of-transposed: groups = _standardise(groups, [2], eps)
    # WRONG groups-column-by-column: groups = _standardise(groups, [2, 3], eps)
    return _per_channel(groups.reshape(n, c, h, w), weight, bias)
    # WRONG group-norm-no-weight: return _per_channel(groups.reshape(n, c, h, w), None, bias)
    # WRONG group-norm-no-bias: return _per_channel(groups.reshape(n, c, h, w), weight, None)
    # WRONG group-norm-weight-not-reshaped:
    #     Y = groups.reshape(n, c, h, w)
    #     if weight is not None:
    #         Y = Y * weight
    #     return Y if bias is None else Y + bias
    # WRONG groups-interleaved: return _per_channel(groups.transpose(1, 2).reshape(n, c, h, w), weight, bias)
    # WRONG group-norm-bias-before-weight:
    #     groups = groups.reshape(n, c, h, w)
    #     groups = groups if bias is None else groups + bias.reshape(1, -1, 1, 1)
    #     return _per_channel(groups, weight, None)
    # END SOLUTION


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
    # BEGIN SOLUTION
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
        # WRONG layer-count-is-batch-size: return shape[0], (shape[-1],)
        # WRONG layer-count-of-images: return shape[-1], (shape[-1],)
        # WRONG layer-gamma-per-position: return math.prod(shape[:-1]), (math.prod(shape[:-1]),)
        # WRONG mean-and-variance-counted: return 2 * math.prod(shape[:-1]), (shape[-1],)
        # WRONG layer-count-and-gamma-swapped: return shape[-1], (math.prod(shape[:-1]),)
    if kind == "instance":
        return shape[0] * shape[1], (shape[1],)
        # WRONG instance-count-is-batch-count: return shape[1], (shape[1],)
        # WRONG instance-gamma-per-image: return shape[0] * shape[1], (shape[0] * shape[1],)
        # WRONG mean-and-variance-counted: return 2 * shape[0] * shape[1], (shape[1],)
        # WRONG instance-count-of-images: return shape[0], (shape[1],)
    return shape[1], (shape[1],)
    # WRONG batch-count-is-batch-size: return shape[0], (shape[1],)
    # WRONG batch-count-without-channels: return math.prod(shape[1:]), (shape[1],)
    # WRONG mean-and-variance-counted: return 2 * shape[1], (shape[1],)
    # WRONG batch-gamma-per-example: return shape[1], (shape[0],)
    # END SOLUTION
