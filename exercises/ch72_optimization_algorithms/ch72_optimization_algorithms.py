"""ch72 Optimisation algorithms.

D2L sections 11.6 to 11.10 (chapter_optimization/momentum, adagrad, rmsprop, adadelta, adam).

Every function takes one step, as the book's train_ch11 calls it: optimiser(params, states, hyperparams). The caller
makes the states before the first step, and passes the same tensors at every call.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def init_momentum_states(feature_dim: int) -> tuple[Tensor, Tensor]:
    """Given, not an exercise. Return zeros for a weight (feature_dim, 1) and a bias (1,)."""
    return torch.zeros(feature_dim, 1), torch.zeros(1)


def init_adam_states(feature_dim: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Given, not an exercise. Return a pair of zeros for a weight (feature_dim, 1), and a pair for a bias (1,)."""
    return (torch.zeros(feature_dim, 1), torch.zeros(feature_dim, 1)), (torch.zeros(1), torch.zeros(1))


# The book has a name for each algorithm.
init_adagrad_states = init_rmsprop_states = init_momentum_states
init_adadelta_states = init_adam_states


def sgd_momentum(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    """Take a step of gradient descent with momentum (D2L 11.6).

    Each parameter p has a gradient g = p.grad and a velocity v. The step changes p and v in place:

        v <- momentum * v + g
        p <- p - lr * v

    The caller passes the same velocities at every call. lr and momentum may differ from call to call. After the step
    each p.grad is zeros or None. The step is not recorded: p stays a leaf that requires gradients, and v does not
    require gradients. hyperparams stays unchanged. Bonus (no points): p and v stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: the velocity of each p, in the order of params, of p's shape and dtype.
        hyperparams: "lr", the learning rate, and "momentum", 0 or more and less than 1.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def nesterov(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    """Take a step of gradient descent with Nesterov's momentum, in the form of torch.optim.SGD(nesterov=True).

    Each parameter p has a gradient g = p.grad and a velocity v. The step changes p and v in place. It looks ahead: the
    new velocity takes part as it will be after another decay.

        v <- momentum * v + g
        p <- p - lr * (g + momentum * v)

    The caller passes the same velocities at every call. lr and momentum may differ from call to call. After the step
    each p.grad is zeros or None. The step is not recorded: p stays a leaf that requires gradients, and v does not
    require gradients. hyperparams stays unchanged. Bonus (no points): p and v stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: the velocity of each p, in the order of params, of p's shape and dtype.
        hyperparams: "lr", the learning rate, and "momentum", 0 or more and less than 1.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def adagrad(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    """Take a step of Adagrad (D2L 11.7): a coordinate with large gradients so far takes smaller steps.

    Each parameter p has a gradient g = p.grad and a state s. The step changes p and s in place. All operations are
    elementwise, eps is 1e-6, and it is inside the root:

        s <- s + g^2
        p <- p - lr * g / sqrt(s + eps)

    The caller passes the same states at every call. lr may differ from call to call. After the step each p.grad is
    zeros or None. The step is not recorded: p stays a leaf that requires gradients, and s does not require gradients.
    hyperparams stays unchanged. Bonus (no points): p and s stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: s of each p, in the order of params, of p's shape and dtype; no entry is negative.
        hyperparams: "lr", the learning rate.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def rmsprop(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    """Take a step of RMSProp (D2L 11.8): the sum of Adagrad becomes a leaky average, so that old gradients fade.

    Each parameter p has a gradient g = p.grad and a state s. The step changes p and s in place. All operations are
    elementwise, eps is 1e-6, and it is inside the root:

        s <- gamma * s + (1 - gamma) * g^2
        p <- p - lr * g / sqrt(s + eps)

    The caller passes the same states at every call. lr and gamma may differ from call to call. After the step each
    p.grad is zeros or None. The step is not recorded: p stays a leaf that requires gradients, and s does not require
    gradients. hyperparams stays unchanged. Bonus (no points): p and s stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: s of each p, in the order of params, of p's shape and dtype; no entry is negative.
        hyperparams: "lr", the learning rate, and "gamma", 0 or more and less than 1.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def adadelta(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    """Take a step of Adadelta (D2L 11.9), which has no learning rate: earlier steps scale the next.

    Each parameter p has a gradient g = p.grad and the states s and delta. The step changes all three in place, in this
    order. All operations are elementwise, and eps is 1e-5:

        s     <- rho * s + (1 - rho) * g^2
        g'     = sqrt(delta + eps) / sqrt(s + eps) * g
        p     <- p - g'
        delta <- rho * delta + (1 - rho) * g'^2

    The caller passes the same states at every call. rho may differ from call to call. After the step each p.grad is
    zeros or None. The step is not recorded: p stays a leaf that requires gradients, and its states do not require
    gradients. hyperparams stays unchanged. Bonus (no points): p and its states stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: the pair (s, delta) of each p, in the order of params, of p's shape and dtype; no entry is negative.
        hyperparams: "rho", 0 or more and less than 1. It holds nothing else.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def adam(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    """Take a step of Adam (D2L 11.10): momentum, RMSProp's scaling, and a correction of the bias towards zero.

    Each parameter p has a gradient g = p.grad and the states v and s. The step changes all three in place. All
    operations are elementwise, beta1 is 0.9, beta2 is 0.999, eps is 1e-6 and outside the root, and t is the number of
    the step:

        v  <- beta1 * v + (1 - beta1) * g
        s  <- beta2 * s + (1 - beta2) * g^2
        v'  = v / (1 - beta1^t)
        s'  = s / (1 - beta2^t)
        p  <- p - lr * v' / (sqrt(s') + eps)

    hyperparams["t"] is the t of this step. The call raises it by 1, once for all parameters, and leaves lr unchanged.
    The caller passes the same states and the same dict at every call. lr may differ from call to call. After the step
    each p.grad is zeros or None. The step is not recorded: p stays a leaf that requires gradients, and its states do
    not require gradients. Bonus (no points): p and its states stay as they are if p.grad is None.

    Args:
        params: tensors with one axis or more that require gradients, float32 or float64. They need not be contiguous.
        states: the pair (v, s) of each p, in the order of params, of p's shape and dtype; no entry of s is negative.
        hyperparams: "lr", the learning rate, and "t", 1 or more.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here
