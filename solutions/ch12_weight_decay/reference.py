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
    # BEGIN SOLUTION
    w = torch.normal(0.0, 1.0, size=(num_inputs, 1), requires_grad=True)
    # WRONG weights-in-a-row: w = torch.normal(0.0, 1.0, size=(1, num_inputs), requires_grad=True)
    # WRONG two-hundred-built-in: w = torch.normal(0.0, 1.0, size=(200, 1), requires_grad=True)
    # WRONG small-weights: w = torch.normal(0.0, 0.01, size=(num_inputs, 1), requires_grad=True)
    # WRONG zero-weights: w = torch.zeros(num_inputs, 1, requires_grad=True)
    # WRONG uniform-weights: w = torch.rand(num_inputs, 1, requires_grad=True)
    # WRONG flat-weights: w = torch.normal(0.0, 1.0, size=(num_inputs,), requires_grad=True)
    # WRONG no-gradient-asked-for: w = torch.normal(0.0, 1.0, size=(num_inputs, 1))
    # WRONG weights-no-leaf: w = torch.normal(0.0, 0.5, size=(num_inputs, 1), requires_grad=True) * 2
    # WRONG same-weights-every-call:
    #     w = torch.randn(num_inputs, 1, generator=torch.Generator().manual_seed(0), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    # WRONG bias-of-one: b = torch.ones(1, requires_grad=True)
    # WRONG bias-without-axis: b = torch.zeros((), requires_grad=True)
    # WRONG random-bias: b = torch.randn(1, requires_grad=True)
    # WRONG no-gradient-asked-for: b = torch.zeros(1)
    return [w, b]
    # WRONG bias-before-weights: return [b, w]
    # END SOLUTION


def l2_penalty(w: Tensor) -> Tensor:
    """Return the L2 penalty, half the squared norm of the weights, without the factor lambda (D2L 4.5.3).

        l2_penalty(w) = ||w||^2 / 2 = sum_i w_i^2 / 2

    Gradients flow to w: the gradient is w, also where w is zero. The function leaves w unchanged.

    Args:
        w: weights of any shape, float32 or float64. All elements count alike. w need not be contiguous in memory.

    Returns:
        A tensor of shape () in the dtype of w.
    """
    # BEGIN SOLUTION
    return (w**2).sum() / 2
    # WRONG penalty-of-each-weight: return w**2 / 2
    # WRONG half-inside-the-square: return ((w / 2) ** 2).sum()
    # WRONG norm-not-squared: return (w**2).sum().sqrt()
    # WRONG sum-squared: return w.sum() ** 2 / 2
    # WRONG penalty-without-half: return (w**2).sum()
    # WRONG penalty-rooted: return (w**2).sum().sqrt() / 2
    # WRONG penalty-of-magnitudes: return w.abs().sum()
    # WRONG penalty-averaged: return (w**2).mean() / 2
    # WRONG penalty-of-largest-singular-value: return torch.linalg.norm(w if w.dim() == 2 else w.flatten(), 2) ** 2 / 2
    # WRONG half-of-the-magnitudes: return w.abs().sum() / 2
    # WRONG penalty-with-an-axis: return ((w**2).sum() / 2).reshape(1)
    # WRONG penalty-negative: return -(w**2).sum() / 2
    # WRONG penalty-without-a-graph: return (w.detach() ** 2).sum() / 2
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    with torch.no_grad():
        # WRONG step-in-the-graph: with torch.enable_grad():
        for p in params:
            if p.grad is not None:
                # WRONG missing-gradient-used: if True:
                # WRONG decayed-without-gradient:
                #     if p.grad is None:
                #         p *= 1 - lr * wd
                #     else:
                p *= 1 - lr * wd  # the step along the penalty's gradient, wd * p
                # WRONG biases-spared: p *= 1 - lr * wd if p.dim() > 1 else 1
                # WRONG constant-decay: p -= lr * wd
                # WRONG decay-left-out: pass
                # WRONG shrunk-without-lr: p *= 1 - wd
                # WRONG decay-after-the-step:
                #     p -= lr * p.grad
                #     p *= 1 - lr * wd
                # WRONG decayed-by-sign: p -= lr * wd * p.sign()
                # WRONG decay-doubled: p *= 1 - 2 * lr * wd
                # WRONG weights-grow: p *= 1 + lr * wd
                # WRONG decay-where-gradient: p -= lr * wd * p * p.grad.ne(0)
                # WRONG decay-halved: p *= 1 - lr * wd / 2
                # WRONG decay-on-the-gradient: p.grad *= wd
                # WRONG decay-by-the-square: p -= lr * wd * p * p
                p -= lr * p.grad
                # WRONG copy-without-gradient, 2 lines:
                #     p = (1 - lr * wd) * p - lr * p.grad
                # WRONG gradient-without-lr: p -= p.grad
                # WRONG decay-after-the-step:
                # WRONG update-lost, 2 lines: _updated = (1 - lr * wd) * p - lr * p.grad
                # WRONG memory-replaced, 2 lines: p.data = (1 - lr * wd) * p.data - lr * p.grad
                # WRONG climbs: p += lr * p.grad
                # WRONG gradient-left-out: pass
                p.grad.zero_()
                # WRONG gradient-kept:
                # WRONG only-the-first-parameter:
                #     p.grad.zero_()
                #     break
    # END SOLUTION


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
    # BEGIN SOLUTION
    trained = [p for p in net.parameters() if p.requires_grad]
    # WRONG names-not-dimensions: trained = {p: name for name, p in net.named_parameters() if p.requires_grad}
    # WRONG frozen-included: trained = list(net.parameters())
    # WRONG shared-twice: trained = [p for m in net.modules() for p in m.parameters(recurse=False) if p.requires_grad]
    # WRONG children-only:
    #     trained = list({p: 0 for m in net.children() for p in m.parameters(recurse=False) if p.requires_grad})
    # WRONG linear-layers-only:
    #     trained = list({m.weight: 0 for m in net.modules() if isinstance(m, nn.Linear) and m.weight.requires_grad})
    decayed = [p for p in trained if p.dim() > 1]
    # WRONG biases-decayed: decayed = list(trained)
    # WRONG names-not-dimensions: decayed = [p for p in trained if "bias" not in trained[p]]
    # WRONG matrices-only: decayed = [p for p in trained if p.dim() == 2]
    others = [p for p in trained if p.dim() <= 1]
    # WRONG biases-decayed: others = []
    # WRONG names-not-dimensions: others = [p for p in trained if "bias" in trained[p]]
    # WRONG matrices-only: others = [p for p in trained if p.dim() != 2]
    # WRONG linear-layers-only: others = list({p: 0 for p in net.parameters() if p.requires_grad and p.dim() <= 1})
    return [{"params": decayed, "weight_decay": wd}, {"params": others, "weight_decay": 0.0}]
    # WRONG others-first: return [{"params": others, "weight_decay": 0.0}, {"params": decayed, "weight_decay": wd}]
    # WRONG decay-in-both-groups:
    #     return [{"params": decayed, "weight_decay": wd}, {"params": others, "weight_decay": wd}]
    # WRONG groups-swapped: return [{"params": others, "weight_decay": wd}, {"params": decayed, "weight_decay": 0.0}]
    # WRONG second-group-without-decay-key: return [{"params": decayed, "weight_decay": wd}, {"params": others}]
    # WRONG decayed-group-alone: return [{"params": decayed, "weight_decay": wd}]
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    norm = (w**2).sum().sqrt()
    # WRONG largest-element: norm = w.abs().amax()
    # WRONG norm-not-rooted: norm = (w**2).sum()
    # WRONG sum-of-magnitudes: norm = w.abs().sum()
    # WRONG rows-projected: norm = (w**2).sum(dim=-1, keepdim=True).sqrt()
    # WRONG largest-singular-value: norm = torch.linalg.norm(w if w.dim() == 2 else w.flatten(), 2)
    # WRONG norm-averaged: norm = (w**2).mean().sqrt()
    return w if norm <= theta else w * (theta / norm)
    # WRONG scaled-in-place:
    #     if norm > theta:
    #         w *= theta / norm
    #     return w
    # WRONG zero-divided-by-zero: return w * (theta / norm).clamp(max=1)
    # WRONG condition-reversed: return w if norm >= theta else w * (theta / norm.clamp(min=1e-30))
    # WRONG always-scaled: return w * (theta / norm) if norm > 0 else w
    # WRONG clipped-by-element: return w.clamp(-theta, theta)
    # WRONG square-compared: return w if norm**2 <= theta else w * (theta / norm)
    # WRONG scaled-to-one: return w if norm <= theta else w / norm
    # WRONG rows-projected: return torch.where(norm <= theta, w, w * (theta / norm.clamp(min=1e-30)))
    # WRONG epsilon-in-divisor: return w if norm <= theta else w * (theta / (norm + 1e-6))
    # WRONG norm-taken-as-constant: return w if norm <= theta else w * (theta / norm.detach())
    # WRONG factor-upside-down: return w if norm <= theta or theta == 0 else w * (norm / theta)
    # WRONG zero-outside: return w if norm <= theta else w * 0
    # END SOLUTION
