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
    """
    # BEGIN SOLUTION
    lr, momentum = hyperparams["lr"], hyperparams["momentum"]
    # WRONG momentum-of-nine-tenths: lr, momentum = hyperparams["lr"], 0.9
    with torch.no_grad():
        # WRONG momentum-in-the-graph: with torch.enable_grad():
        for p, v in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                # The assignment to a slice writes into the caller's tensor.
                v[:] = momentum * v + g
                # WRONG momentum-as-average: v[:] = momentum * v + (1 - momentum) * g
                # WRONG momentum-on-the-gradient: v[:] = v + momentum * g
                # WRONG momentum-undamped: v[:] = v + g
                # WRONG momentum-velocity-forgotten: v[:] = g
                # WRONG momentum-not-carried: v = momentum * v + g
                # WRONG momentum-single-precision: v[:] = momentum * v.float() + g.float()
                # WRONG momentum-gradient-cleared-first:
                #     g.zero_()
                #     v[:] = momentum * v + g
                p -= lr * v
                # WRONG momentum-uphill: p += lr * v
                # WRONG momentum-rate-ignored: p -= v
                # WRONG momentum-updates-a-copy: p = p - lr * v
                # WRONG momentum-looks-ahead: p -= lr * (g + momentum * v)
                # WRONG momentum-velocity-unused: p -= lr * g
                # WRONG momentum-twice: p -= lr * momentum * v
                # WRONG momentum-rescaled: p -= lr * (1 - momentum) * v
                # WRONG momentum-old-velocity, 2 lines:
                #     p -= lr * v
                #     v[:] = momentum * v + g
                # WRONG momentum-rate-in-the-velocity, 2 lines:
                #     v[:] = momentum * v + lr * g
                #     p -= v
                # WRONG momentum-velocity-downhill, 2 lines:
                #     v[:] = momentum * v - g
                #     p += lr * v
                # WRONG momentum-of-the-parameter, 2 lines:
                #     p.copy_(momentum * p - lr * g)
                g.zero_()
                # WRONG momentum-gradient-kept:
                # WRONG momentum-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG momentum-first-parameter-alone:
                #     g.zero_()
                #     break
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    lr, momentum = hyperparams["lr"], hyperparams["momentum"]
    # WRONG nesterov-of-nine-tenths: lr, momentum = hyperparams["lr"], 0.9
    with torch.no_grad():
        # WRONG nesterov-in-the-graph: with torch.enable_grad():
        for p, v in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                v[:] = momentum * v + g
                # WRONG nesterov-as-average: v[:] = momentum * v + (1 - momentum) * g
                # WRONG nesterov-undamped: v[:] = v + g
                # WRONG nesterov-not-carried: v = momentum * v + g
                # WRONG nesterov-single-precision: v[:] = momentum * v.float() + g.float()
                # WRONG nesterov-gradient-cleared-first:
                #     g.zero_()
                #     v[:] = momentum * v + g
                # The new velocity and the gradient take part in the step.
                p -= lr * (g + momentum * v)
                # WRONG nesterov-uphill: p += lr * (g + momentum * v)
                # WRONG nesterov-rate-ignored: p -= g + momentum * v
                # WRONG nesterov-updates-a-copy: p = p - lr * (g + momentum * v)
                # WRONG nesterov-plain: p -= lr * v
                # WRONG nesterov-gradient-alone: p -= lr * g
                # WRONG nesterov-velocity-alone: p -= lr * momentum * v
                # WRONG nesterov-adds-the-velocity: p -= lr * (g + v)
                # WRONG nesterov-decays-the-gradient: p -= lr * (momentum * g + v)
                # WRONG nesterov-looks-back: p -= lr * (g - momentum * v)
                # WRONG nesterov-adds-to-the-velocity: p -= lr * (v + momentum * v)
                # WRONG nesterov-rate-on-the-gradient: p -= lr * g + momentum * v
                # WRONG nesterov-rate-in-the-velocity, 2 lines:
                #     v[:] = momentum * v + lr * g
                #     p -= lr * g + momentum * v
                # WRONG nesterov-stores-the-look-ahead, 2 lines:
                #     v[:] = g + momentum * (momentum * v + g)
                #     p -= lr * v
                g.zero_()
                # WRONG nesterov-gradient-kept:
                # WRONG nesterov-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG nesterov-first-parameter-alone:
                #     g.zero_()
                #     break
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    lr, eps = hyperparams["lr"], 1e-6
    # WRONG adagrad-small-epsilon: lr, eps = hyperparams["lr"], 1e-10
    # WRONG adagrad-no-epsilon: lr, eps = hyperparams["lr"], 0.0
    with torch.no_grad():
        # WRONG adagrad-in-the-graph: with torch.enable_grad():
        for p, s in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                s += g**2
                # WRONG adagrad-magnitudes: s += g.abs()
                # WRONG adagrad-last-square-alone: s[:] = g**2
                # WRONG adagrad-leaky: s[:] = 0.9 * s + 0.1 * g**2
                # WRONG adagrad-one-rate-for-all: s += (g**2).mean()
                # WRONG adagrad-norm-of-the-gradient: s += (g**2).sum()
                # WRONG adagrad-not-carried: s = s + g**2
                # WRONG adagrad-scaled-squares: s += (lr * g) ** 2
                # WRONG adagrad-epsilon-in-the-sum:
                #     s += g**2 + eps
                #     eps = 0.0
                # WRONG adagrad-single-precision: s += g.float() ** 2
                # WRONG adagrad-gradient-cleared-first:
                #     g.zero_()
                #     s += g**2
                # WRONG adagrad-not-squared: s += g
                p -= lr * g / torch.sqrt(s + eps)
                # WRONG adagrad-uphill: p += lr * g / torch.sqrt(s + eps)
                # WRONG adagrad-rate-ignored: p -= g / torch.sqrt(s + eps)
                # WRONG adagrad-updates-a-copy: p = p - lr * g / torch.sqrt(s + eps)
                # WRONG adagrad-epsilon-outside: p -= lr * g / (torch.sqrt(s) + eps)
                # WRONG adagrad-no-root: p -= lr * g / (s + eps)
                # WRONG adagrad-multiplies: p -= lr * g * torch.sqrt(s + eps)
                # WRONG adagrad-state-unused: p -= lr * g
                # WRONG adagrad-squared-gradient: p -= lr * g**2 / torch.sqrt(s + eps)
                # WRONG adagrad-old-sum, 2 lines:
                #     p -= lr * g / torch.sqrt(s + eps)
                #     s += g**2
                # WRONG adagrad-sum-of-gradients, 2 lines:
                #     s += g
                #     p -= lr * g / torch.sqrt(s**2 + eps)
                g.zero_()
                # WRONG adagrad-gradient-kept:
                # WRONG adagrad-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG adagrad-first-parameter-alone:
                #     g.zero_()
                #     break
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    lr, gamma, eps = hyperparams["lr"], hyperparams["gamma"], 1e-6
    # WRONG rmsprop-of-nine-tenths: lr, gamma, eps = hyperparams["lr"], 0.9, 1e-6
    # WRONG rmsprop-small-epsilon: lr, gamma, eps = hyperparams["lr"], hyperparams["gamma"], 1e-8
    # WRONG rmsprop-no-epsilon: lr, gamma, eps = hyperparams["lr"], hyperparams["gamma"], 0.0
    with torch.no_grad():
        # WRONG rmsprop-in-the-graph: with torch.enable_grad():
        for p, s in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                s[:] = gamma * s + (1 - gamma) * g**2
                # WRONG rmsprop-weights-swapped: s[:] = (1 - gamma) * s + gamma * g**2
                # WRONG rmsprop-as-a-sum: s[:] = s + g**2
                # WRONG rmsprop-full-weight: s[:] = gamma * s + g**2
                # WRONG rmsprop-not-squared: s[:] = gamma * s + (1 - gamma) * g
                # WRONG rmsprop-magnitudes: s[:] = gamma * s + (1 - gamma) * g.abs()
                # WRONG rmsprop-last-square-alone: s[:] = g**2
                # WRONG rmsprop-one-rate-for-all: s[:] = gamma * s + (1 - gamma) * (g**2).mean()
                # WRONG rmsprop-weight-squared: s[:] = gamma * s + ((1 - gamma) * g) ** 2
                # WRONG rmsprop-old-squares-kept: s[:] = s + (1 - gamma) * g**2
                # WRONG rmsprop-not-carried: s = gamma * s + (1 - gamma) * g**2
                # WRONG rmsprop-single-precision: s[:] = gamma * s.float() + (1 - gamma) * g.float() ** 2
                # WRONG rmsprop-gradient-cleared-first:
                #     g.zero_()
                #     s[:] = gamma * s + (1 - gamma) * g**2
                p -= lr * g / torch.sqrt(s + eps)
                # WRONG rmsprop-uphill: p += lr * g / torch.sqrt(s + eps)
                # WRONG rmsprop-rate-ignored: p -= g / torch.sqrt(s + eps)
                # WRONG rmsprop-updates-a-copy: p = p - lr * g / torch.sqrt(s + eps)
                # WRONG rmsprop-epsilon-outside: p -= lr * g / (torch.sqrt(s) + eps)
                # WRONG rmsprop-no-root: p -= lr * g / (s + eps)
                # WRONG rmsprop-state-unused: p -= lr * g
                # WRONG rmsprop-multiplies: p -= lr * g * torch.sqrt(s + eps)
                # WRONG rmsprop-old-average, 2 lines:
                #     p -= lr * g / torch.sqrt(s + eps)
                #     s[:] = gamma * s + (1 - gamma) * g**2
                g.zero_()
                # WRONG rmsprop-gradient-kept:
                # WRONG rmsprop-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG rmsprop-first-parameter-alone:
                #     g.zero_()
                #     break
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    rho, eps = hyperparams["rho"], 1e-5
    # WRONG adadelta-of-nine-tenths: rho, eps = 0.9, 1e-5
    # WRONG adadelta-epsilon-of-torch: rho, eps = hyperparams["rho"], 1e-6
    with torch.no_grad():
        # WRONG adadelta-in-the-graph: with torch.enable_grad():
        for p, (s, delta) in zip(params, states, strict=True):
            # WRONG adadelta-states-swapped: for p, (delta, s) in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                s[:] = rho * s + (1 - rho) * g**2
                # WRONG adadelta-weights-swapped: s[:] = (1 - rho) * s + rho * g**2
                # WRONG adadelta-as-a-sum: s[:] = s + g**2
                # WRONG adadelta-s-not-carried: s = rho * s + (1 - rho) * g**2
                # WRONG adadelta-magnitudes: s[:] = rho * s + (1 - rho) * g.abs()
                # WRONG adadelta-full-weight: s[:] = rho * s + g**2
                # WRONG adadelta-single-precision: s[:] = rho * s.float() + (1 - rho) * g.float() ** 2
                # WRONG adadelta-gradient-cleared-first:
                #     g.zero_()
                #     s[:] = rho * s + (1 - rho) * g**2
                # delta is still that of the earlier steps.
                step = torch.sqrt(delta + eps) / torch.sqrt(s + eps) * g
                # WRONG adadelta-epsilon-outside: step = (torch.sqrt(delta) + eps) / (torch.sqrt(s) + eps) * g
                # WRONG adadelta-no-epsilon-above: step = torch.sqrt(delta) / torch.sqrt(s + eps) * g
                # WRONG adadelta-ratio-inverted: step = torch.sqrt(s + eps) / torch.sqrt(delta + eps) * g
                # WRONG adadelta-no-roots: step = (delta + eps) / (s + eps) * g
                # WRONG adadelta-earlier-steps-ignored: step = g / torch.sqrt(s + eps)
                # WRONG adadelta-no-root-below: step = torch.sqrt(delta + eps) / (s + eps) * g
                # WRONG adadelta-delta-first:
                #     step = torch.sqrt(delta + eps) / torch.sqrt(s + eps) * g
                #     step = torch.sqrt(rho * delta + (1 - rho) * step**2 + eps) / torch.sqrt(s + eps) * g
                # WRONG adadelta-old-s, 2 lines:
                #     step = torch.sqrt(delta + eps) / torch.sqrt(s + eps) * g
                #     s[:] = rho * s + (1 - rho) * g**2
                p -= step
                # WRONG adadelta-uphill: p += step
                # WRONG adadelta-updates-a-copy: p = p - step
                # WRONG adadelta-with-a-rate: p -= hyperparams["lr"] * step
                delta[:] = rho * delta + (1 - rho) * step**2
                # WRONG adadelta-delta-of-gradients: delta[:] = rho * delta + (1 - rho) * g**2
                # WRONG adadelta-delta-not-carried: delta = rho * delta + (1 - rho) * step**2
                # WRONG adadelta-delta-of-magnitudes: delta[:] = rho * delta + (1 - rho) * step.abs()
                # WRONG adadelta-delta-as-a-sum: delta[:] = delta + step**2
                # WRONG adadelta-delta-of-the-last-step: delta[:] = step**2
                g.zero_()
                # WRONG adadelta-gradient-kept:
                # WRONG adadelta-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG adadelta-first-parameter-alone:
                #     g.zero_()
                #     break
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"], 0.9, 0.999, 1e-6
    # WRONG adam-epsilon-of-torch: lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"], 0.9, 0.999, 1e-8
    # WRONG adam-betas-swapped: lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"], 0.999, 0.9, 1e-6
    # WRONG adam-short-memory: lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"], 0.9, 0.99, 1e-6
    # WRONG adam-no-epsilon: lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"], 0.9, 0.999, 0.0
    # WRONG adam-t-counted-first: lr, t, beta1, beta2, eps = hyperparams["lr"], hyperparams["t"] + 1, 0.9, 0.999, 1e-6
    with torch.no_grad():
        # WRONG adam-in-the-graph: with torch.enable_grad():
        for p, (v, s) in zip(params, states, strict=True):
            # WRONG adam-states-swapped: for p, (s, v) in zip(params, states, strict=True):
            g = p.grad
            if g is not None:
                v[:] = beta1 * v + (1 - beta1) * g
                # WRONG adam-velocity-sums: v[:] = beta1 * v + g
                # WRONG adam-velocity-not-carried: v = beta1 * v + (1 - beta1) * g
                # WRONG adam-single-precision: v[:] = beta1 * v.float() + (1 - beta1) * g.float()
                # WRONG adam-gradient-cleared-first:
                #     g.zero_()
                #     v[:] = beta1 * v + (1 - beta1) * g
                s[:] = beta2 * s + (1 - beta2) * g**2
                # WRONG adam-magnitudes: s[:] = beta2 * s + (1 - beta2) * g.abs()
                # WRONG adam-squares-of-the-velocity: s[:] = beta2 * s + (1 - beta2) * v**2
                # WRONG adam-squares-sum: s[:] = beta2 * s + g**2
                # WRONG adam-squares-not-carried: s = beta2 * s + (1 - beta2) * g**2
                # The states begin at zero, so that they are too small at first.
                v_hat, s_hat = v / (1 - beta1**t), s / (1 - beta2**t)
                # WRONG adam-uncorrected: v_hat, s_hat = v, s
                # WRONG adam-velocity-uncorrected: v_hat, s_hat = v, s / (1 - beta2**t)
                # WRONG adam-squares-uncorrected: v_hat, s_hat = v / (1 - beta1**t), s
                # WRONG adam-correction-without-t: v_hat, s_hat = v / (1 - beta1), s / (1 - beta2)
                # WRONG adam-correction-multiplies: v_hat, s_hat = v * (1 - beta1**t), s * (1 - beta2**t)
                # WRONG adam-correction-stored:
                #     v /= 1 - beta1**t
                #     s /= 1 - beta2**t
                #     v_hat, s_hat = v, s
                # WRONG adam-t-per-parameter:
                #     t = hyperparams["t"]
                #     hyperparams["t"] += 1
                #     v_hat, s_hat = v / (1 - beta1**t), s / (1 - beta2**t)
                p -= lr * v_hat / (torch.sqrt(s_hat) + eps)
                # WRONG adam-uphill: p += lr * v_hat / (torch.sqrt(s_hat) + eps)
                # WRONG adam-rate-ignored: p -= v_hat / (torch.sqrt(s_hat) + eps)
                # WRONG adam-updates-a-copy: p = p - lr * v_hat / (torch.sqrt(s_hat) + eps)
                # WRONG adam-epsilon-inside: p -= lr * v_hat / torch.sqrt(s_hat + eps)
                # WRONG adam-epsilon-before-the-correction:
                #     p -= lr * (1 - beta2**t) ** 0.5 * v_hat / (torch.sqrt(s) + eps)
                # WRONG adam-no-root: p -= lr * v_hat / (s_hat + eps)
                # WRONG adam-gradient-for-the-velocity: p -= lr * g / (torch.sqrt(s_hat) + eps)
                # WRONG adam-squares-unused: p -= lr * v_hat
                g.zero_()
                # WRONG adam-gradient-kept:
                # WRONG adam-last-gradient-cleared:
                #     if p is params[-1]:
                #         g.zero_()
                # WRONG adam-first-parameter-alone:
                #     g.zero_()
                #     break
    hyperparams["t"] = t + 1
    # WRONG adam-t-per-parameter:
    # WRONG adam-t-stands-still:
    # WRONG adam-t-counted-first: hyperparams["t"] = t
    # END SOLUTION
