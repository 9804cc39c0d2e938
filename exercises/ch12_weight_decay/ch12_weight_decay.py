"""ch12 Weight decay keeps weights small.

See D2L 4.5 (chapter_multilayer-perceptrons/weight-decay.md).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

# Given, not an exercise: the number of inputs in the book's example.
num_inputs = 200


def init_params() -> list[Tensor]:
    """Return the initial parameters of a linear regression (D2L 4.5.3).

    The weights are independent draws from the standard normal distribution, so large that their decay shows.

    Returns:
        [w, b]: w of shape (num_inputs, 1), where num_inputs is the global of this module, and b, a zero of shape (1,).
        Both are float32 leaf tensors that require gradients. Every call creates new tensors and draws w anew.
    """
    raise NotImplementedError  # write your code here


def l2_penalty(w: Tensor) -> Tensor:
    """Return the L2 penalty, half the squared norm of the weights, without the factor lambda (D2L 4.5.3).

        l2_penalty(w) = ||w||^2 / 2 = sum_i w_i^2 / 2

    Gradients flow to w: the gradient is w, also where w is zero. The function leaves w unchanged.

    Args:
        w: weights of any shape, float32 or float64. All elements count alike. w need not be contiguous in memory.

    Returns:
        A tensor of shape () in the dtype of w.
    """
    raise NotImplementedError  # write your code here


def sgd_weight_decay(params: Sequence[Tensor], lr: float, wd: float) -> None:
    """Take a step of gradient descent with weight decay, in place (D2L 4.5.1).

        p <- (1 - lr wd) p - lr p.grad

    The gradients belong to the mean loss of a minibatch, without the penalty, so there is no batch size to divide by.
    The step equals a step of plain gradient descent on the loss + wd * l2_penalty(p), summed over all p.

    Every tensor keeps its place in memory: tensors that share it see the new values. Afterwards the gradient is zeros
    or None. A tensor whose gradient is None stays unchanged. No graph is recorded: parameters stay leaves that require
    gradients, and autograd stays enabled.

    Args:
        params: a list or tuple of the tensors to decay, float32 or float64, with their gradients in `.grad`. They need
            not be contiguous in memory.
        lr: the learning rate.
        wd: the weight decay, lambda in the book. With 0 the step is plain gradient descent.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def weight_decay_groups(net: nn.Module, wd: float) -> list[dict[str, Any]]:
    """Return parameter groups for an optimiser, so that weights decay and biases and normalisation scales do not.

    The rule depends only on the number of dimensions. Matrices, kernels and embeddings have two or more and decay;
    biases and scales have fewer and do not. torch.optim takes the groups in place of net.parameters(). D2L 4.5.4
    makes such groups by hand for a net with one layer. The function leaves the net unchanged.

    Args:
        net: a module with parameters of its own, or in modules inside it at any depth.
        wd: the weight decay.

    Returns:
        [{"params": decayed, "weight_decay": wd}, {"params": the others, "weight_decay": 0.0}]. Both "params" are lists
        of the parameters of the net, not of copies. Every parameter that requires gradients is in one of the lists,
        once, even if several modules share it. Frozen parameters are in neither list. A list may be empty.
    """
    raise NotImplementedError  # write your code here


def project_l2_ball(w: Tensor, theta: float) -> Tensor:
    """Return the nearest weights to w whose norm is at most theta: the hard constraint that weight decay softens.

        w                       where ||w|| <= theta
        w * theta / ||w||       elsewhere

    ||w|| is the square root of the sum of the squares of all elements. For a matrix, it is the Frobenius norm.
    Gradients flow to w through both cases. The function leaves w unchanged.

    Args:
        w: weights of any shape, float32 or float64. They need not be contiguous in memory.
        theta: the largest allowed norm, 0 or more.

    Returns:
        A tensor with the shape and dtype of w. Inside the ball it equals w exactly.

    Write it from scratch, without ready-made limits on norms (torch.renorm, nn.utils.clip_grad_norm_, ...).
    """
    raise NotImplementedError  # write your code here
