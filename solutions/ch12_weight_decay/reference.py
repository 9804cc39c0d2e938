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
    # BEGIN SOLUTION
    w = torch.normal(0.0, 1.0, size=(num_inputs, 1), requires_grad=True)
    # WRONG small-weights: w = torch.normal(0.0, 0.01, size=(num_inputs, 1), requires_grad=True)
    # WRONG zero-weights: w = torch.zeros(num_inputs, 1, requires_grad=True)
    # WRONG uniform-weights: w = torch.rand(num_inputs, 1, requires_grad=True)
    # WRONG flat-weights: w = torch.normal(0.0, 1.0, size=(num_inputs,), requires_grad=True)
    # WRONG no-gradient-asked-for: w = torch.normal(0.0, 1.0, size=(num_inputs, 1))
    # WRONG weights-no-leaf: w = torch.normal(0.0, 0.5, size=(num_inputs, 1), requires_grad=True) * 2
    # WRONG same-weights-every-call:
    #     w = torch.randn(num_inputs, 1, generator=torch.Generator().manual_seed(0), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    # WRONG random-bias: b = torch.randn(1, requires_grad=True)
    # WRONG no-gradient-asked-for: b = torch.zeros(1)
    return [w, b]
    # END SOLUTION


def l2_penalty(w: Tensor) -> Tensor:
    """What weight decay adds to the loss, before it is multiplied by lambda (D2L 4.5.3).

        l2_penalty(w) = ||w||^2 / 2 = sum of w_i^2 / 2          so that its gradient is w

    Args:
        w: weights of any shape; all of their elements count alike.

    Returns:
        A tensor of shape () and w's dtype, which carries w's graph.
    """
    # BEGIN SOLUTION
    return (w**2).sum() / 2
    # WRONG penalty-without-half: return (w**2).sum()
    # WRONG penalty-rooted: return (w**2).sum().sqrt() / 2
    # WRONG penalty-of-magnitudes: return w.abs().sum()
    # WRONG penalty-averaged: return (w**2).mean() / 2
    # WRONG penalty-of-largest-singular-value: return torch.linalg.norm(w if w.dim() == 2 else w.flatten(), 2) ** 2 / 2
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p *= 1 - lr * wd  # the step along the penalty's gradient, wd * p
                # WRONG shrunk-without-lr: p *= 1 - wd
                # WRONG decay-after-the-step:
                #     p -= lr * p.grad
                #     p *= 1 - lr * wd
                # WRONG decayed-by-sign: p -= lr * wd * p.sign()
                # WRONG decay-doubled: p *= 1 - 2 * lr * wd
                # WRONG weights-grow: p *= 1 + lr * wd
                # WRONG decay-where-gradient: p -= lr * wd * p * p.grad.ne(0)
                p -= lr * p.grad
                # WRONG decay-after-the-step:
                # WRONG update-lost, 2 lines: _updated = (1 - lr * wd) * p - lr * p.grad
                # WRONG memory-replaced, 2 lines: p.data = (1 - lr * wd) * p.data - lr * p.grad
                p.grad.zero_()
                # WRONG gradient-kept:
    # END SOLUTION


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
    # WRONG groups-swapped: return [{"params": others, "weight_decay": wd}, {"params": decayed, "weight_decay": 0.0}]
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    norm = (w**2).sum().sqrt()
    # WRONG norm-not-rooted: norm = (w**2).sum()
    # WRONG sum-of-magnitudes: norm = w.abs().sum()
    # WRONG rows-projected: norm = (w**2).sum(dim=-1, keepdim=True).sqrt()
    # WRONG largest-singular-value: norm = torch.linalg.norm(w if w.dim() == 2 else w.flatten(), 2)
    return w if norm <= theta else w * (theta / norm)
    # WRONG always-scaled: return w * (theta / norm) if norm > 0 else w
    # WRONG clipped-by-element: return w.clamp(-theta, theta)
    # WRONG square-compared: return w if norm**2 <= theta else w * (theta / norm)
    # WRONG scaled-to-one: return w if norm <= theta else w / norm
    # WRONG rows-projected: return torch.where(norm <= theta, w, w * (theta / norm.clamp(min=1e-30)))
    # WRONG epsilon-in-divisor: return w if norm <= theta else w * (theta / (norm + 1e-6))
    # WRONG norm-taken-as-constant: return w if norm <= theta else w * (theta / norm.detach())
    # END SOLUTION
