"""ch12 Weight decay: keeping weights small.

D2L section 4.5 (chapter_multilayer-perceptrons/weight-decay.md).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

# Given, not an exercise: the number of inputs in the book's example.
num_inputs = 200


def init_params() -> list[Tensor]:
    """The first parameters of a linear regression (D2L 4.5.3).

    The weights are independent draws from the standard normal distribution, large enough for their decay to be seen.

    Returns:
        [w, b]: w of shape (num_inputs, 1), where num_inputs is the module's global, drawn anew in every call; b a zero
        of shape (1,). Both are float32 leaf tensors that require gradients.
    """
    raise NotImplementedError  # write your code here


def l2_penalty(w: Tensor) -> Tensor:
    """What weight decay adds to the loss, before it is multiplied by lambda (D2L 4.5.3).

        l2_penalty(w) = ||w||^2 / 2 = sum of w_i^2 / 2          so that its gradient is w

    Args:
        w: weights of any shape; all of their elements count alike.

    Returns:
        A tensor of shape () and w's dtype, which carries w's graph.
    """
    raise NotImplementedError  # write your code here


def sgd_weight_decay(params: Sequence[Tensor], lr: float, wd: float) -> None:
    """One step of gradient descent with weight decay (D2L 4.5.1), in place.

        p <- (1 - lr wd) p - lr p.grad

    The gradients are those of the mean loss of a minibatch, without penalty: nothing is left to divide by. The step is
    that of plain gradient descent on loss + wd * l2_penalty(p), summed over all p.

    Every tensor keeps its place in memory: whoever shares it sees the new values. Afterwards its gradient is zeros (or
    None). A tensor whose gradient is None stays as it is. No graph is recorded: parameters stay leaves.

    Args:
        params: the tensors to decay, all of them, with their gradients in `.grad`.
        lr: the learning rate.
        wd: the weight decay, lambda in the book; 0 makes this plain gradient descent.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def weight_decay_groups(net: nn.Module, wd: float) -> list[dict[str, Any]]:
    """Parameter groups for an optimiser that decays weights, but not biases nor the scales of normalisation layers.

    The rule goes by dimensions: tensors of two and more (matrices, kernels, embeddings) are decayed; those of one or
    none (biases, scales) are not. torch.optim takes the groups in place of net.parameters(); D2L 4.5.4 does this by
    hand for a net of one layer.

    Args:
        net: any module, with parameters of its own or in modules inside it, however deep.
        wd: the weight decay.

    Returns:
        [{"params": decayed, "weight_decay": wd}, {"params": the others, "weight_decay": 0.0}], where both "params" are
        lists of the net's own parameters, not copies. Every parameter is in one list, once, even if several modules
        share it; those that do not require gradients are left out. A list may be empty.
    """
    raise NotImplementedError  # write your code here


def project_l2_ball(w: Tensor, theta: float) -> Tensor:
    """The hard constraint that weight decay softens: the nearest weights to w whose norm is at most theta.

        w                       where ||w|| <= theta
        w * theta / ||w||       elsewhere

    ||w|| is the root of the sum of the squares of all elements: for a matrix, its Frobenius norm.

    Args:
        w: weights of any shape.
        theta: the largest norm that is allowed, from 0 on.

    Returns:
        A tensor of w's shape and dtype, differentiable with respect to w; within the ball it equals w exactly.

    Write it from scratch, without ready-made limits on norms (torch.renorm, nn.utils.clip_grad_norm_, ...).
    """
    raise NotImplementedError  # write your code here
