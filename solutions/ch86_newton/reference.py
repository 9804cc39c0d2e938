"""ch86 Newton's method and adaptive steps.

D2L section 11.3.3 (chapter_optimization/gd) has Newton's method, preconditioning and line search, and section 11.4.2
(chapter_optimization/sgd) has dynamic learning rates.
"""

from collections.abc import Callable

import torch
from torch import Tensor

c = torch.tensor(0.5)


def f(x: float | Tensor) -> Tensor:
    """Given, not an exercise. The function that newton minimises, until you replace it: cosh(c * x)."""
    return torch.cosh(c * x)


def f_grad(x: float | Tensor) -> Tensor:
    """Given, not an exercise. The first derivative of f."""
    return c * torch.sinh(c * x)


def f_hess(x: float | Tensor) -> Tensor:
    """Given, not an exercise. The second derivative of f."""
    return c**2 * torch.cosh(c * x)


def newton(eta: float = 1) -> list[float]:
    # WRONG newton-half-steps-by-default: def newton(eta=0.5):
    """Walk ten steps of Newton's method for a function of one number (D2L 11.3.3.1).

    The walk begins at x = 10.0. Each step divides the first derivative by the second:

        x <- x - eta * f_grad(x) / f_hess(x)

    f_grad and f_hess are functions of this module, as in the book. The checks replace them (and f, which you do not
    need), so use them under these names at the time of the call. They take a Python number or a tensor without axes,
    and return a tensor without axes. f_hess(x) is never 0. Where it is negative, the step walks uphill, as in the book.

    Args:
        eta: the learning rate.

    Returns:
        The eleven values of x, each a Python float: 10.0, and the value after each step. You may print.
    """
    # BEGIN SOLUTION
    x = 10.0
    # WRONG newton-from-zero: x = 0.0
    results = [x]
    # WRONG newton-without-the-start: results = []
    # WRONG newton-start-twice: results = [x, x]
    for _ in range(10):
        # WRONG newton-nine-steps: for _ in range(9):
        # WRONG newton-eleven-steps: for _ in range(11):
        # eta is the only setting: the curvature gives the length of the step.
        x -= float(eta * f_grad(x) / f_hess(x))
        # WRONG newton-uphill: x += float(eta * f_grad(x) / f_hess(x))
        # WRONG newton-eta-ignored: x -= float(f_grad(x) / f_hess(x))
        # WRONG newton-by-the-function: x -= float(eta * f_grad(x) / f(x))
        # WRONG newton-for-roots: x -= float(eta * f(x) / f_grad(x))
        # WRONG newton-gradient-descent: x -= float(eta * f_grad(x))
        # WRONG newton-derivatives-written-out: x -= float(eta * torch.tanh(c * x) / c)
        # WRONG newton-absolute-curvature: x -= float(eta * f_grad(x) / abs(f_hess(x)))
        # WRONG newton-squared-curvature: x -= float(eta * f_grad(x) / f_hess(x) ** 2)
        # WRONG newton-times-the-curvature: x -= float(eta * f_grad(x) * f_hess(x))
        # WRONG newton-divided-by-eta: x -= float(f_grad(x) / (eta * f_hess(x)))
        # WRONG newton-upside-down: x -= float(eta * f_hess(x) / f_grad(x))
        # WRONG newton-curvature-of-the-start: x -= float(eta * f_grad(x) / f_hess(results[0]))
        # WRONG newton-derivatives-of-the-start: x -= float(eta * f_grad(results[0]) / f_hess(results[0]))
        # WRONG newton-root-of-the-curvature: x -= float(eta * f_grad(x) / abs(f_hess(x)) ** 0.5)
        # WRONG newton-shrinking-eta: x -= float(eta ** len(results) * f_grad(x) / f_hess(x))
        # WRONG newton-jumps: x = -float(eta * f_grad(x) / f_hess(x))
        results.append(x)
        # WRONG newton-steps-recorded: results.append(x - results[-1])
    return results
    # WRONG newton-last-value-alone: return [x]
    # WRONG newton-reversed: return results[::-1]
    # END SOLUTION


def newton_nd(
    grad: Callable[[Tensor], Tensor], hess: Callable[[Tensor], Tensor], x0: Tensor, steps: int, damping: float = 0.0
) -> Tensor:
    """Walk several steps of Newton's method for a function of a vector, with damping (D2L 11.3.3.1).

    Each step solves a linear system with the Hessian at the current x, to which damping adds a multiple of I:

        x <- x - (hess(x) + damping * I)^-1 grad(x)

    The matrix of each system can be inverted, but hess(x) alone may be singular or indefinite. Where it is indefinite,
    the step may walk uphill. torch.linalg is allowed. The function leaves x0 unchanged.

    Args:
        grad: returns the gradient (d,) at x.
        hess: returns the Hessian (d, d) at x, symmetric.
        x0: the start, (d,), float32 or float64. The results of grad and hess have its dtype.
        steps: the number of steps, 0 or more.
        damping: the multiple of I, 0 or more.

    Returns:
        x after the last step, (d,), of x0's dtype; x0's values if steps is 0.
    """
    # BEGIN SOLUTION
    x = x0.clone()
    # WRONG newton-nd-start-changed: x = x0
    # WRONG newton-nd-single-precision: x = x0.float().to(x0.dtype)
    identity = torch.eye(len(x0), dtype=x0.dtype)
    # WRONG newton-nd-damping-everywhere: identity = torch.ones(len(x0), len(x0), dtype=x0.dtype)
    # WRONG newton-nd-damping-ignored: identity = torch.zeros(len(x0), len(x0), dtype=x0.dtype)
    # WRONG newton-nd-damping-negative: identity = -torch.eye(len(x0), dtype=x0.dtype)
    # WRONG newton-nd-damping-of-the-diagonal: identity = torch.diag(torch.diag(hess(x0)))
    for _ in range(steps):
        # WRONG newton-nd-one-step: for _ in range(min(steps, 1)):
        # WRONG newton-nd-one-step-more: for _ in range(steps + 1):
        # WRONG newton-nd-one-step-less: for _ in range(steps - 1):
        H = hess(x) + damping * identity
        # WRONG newton-nd-hessian-of-the-start: H = hess(x0) + damping * identity
        # WRONG newton-nd-diagonal-alone: H = torch.diag(torch.diag(hess(x))) + damping * identity
        # WRONG newton-nd-mean-curvature: H = torch.diag(hess(x)).mean() * torch.eye(len(x)) + damping * identity
        # WRONG newton-nd-eigenvalues-made-positive:
        #     values, vectors = torch.linalg.eigh(hess(x) + damping * identity)
        #     H = vectors * values.abs() @ vectors.T
        # WRONG newton-nd-damping-scales-the-hessian: H = (1 + damping) * hess(x)
        # WRONG newton-nd-damping-blends: H = (1 - damping) * hess(x) + damping * identity
        # WRONG newton-nd-damping-squared: H = hess(x) + damping**2 * identity
        # An inverse is not needed: solving the system is faster and more accurate.
        x -= torch.linalg.solve(H, grad(x))
        # WRONG newton-nd-uphill: x += torch.linalg.solve(H, grad(x))
        # WRONG newton-nd-gradient-of-the-start: x -= torch.linalg.solve(H, grad(x0))
        # WRONG newton-nd-times-the-hessian: x -= H @ grad(x)
        # WRONG newton-nd-gradient-descent: x -= grad(x)
        # WRONG newton-nd-inverse-elementwise: x -= (1 / H) @ grad(x)
        # WRONG newton-nd-row-times-column: x -= (torch.linalg.inv(H) * grad(x)).sum(dim=0)
        # WRONG newton-nd-inverse-times-elementwise: x -= torch.diag(torch.linalg.inv(H)) * grad(x)
        # WRONG newton-nd-damps-the-step: x -= torch.linalg.solve(hess(x), grad(x)) / (1 + damping)
        # WRONG newton-nd-jumps: x = -torch.linalg.solve(H, grad(x))
    return x
    # WRONG newton-nd-distance-walked: return x - x0
    # END SOLUTION


def diagonal_preconditioned_step(x: Tensor, g: Tensor, h_diag: Tensor, lr: float) -> Tensor:
    """Take a step of gradient descent that the diagonal of the Hessian preconditions (D2L 11.3.3.3).

    The book divides by the diagonal. This step divides by its absolute value, so that it also walks downhill where the
    curvature is negative:

        result = x - lr * g / |h_diag|

    No number keeps the divisor away from zero: a curvature of 1e-6 gives a step that is a million times g long. The
    function leaves its arguments unchanged.

    Args:
        x: the parameters, of any shape, float32 or float64. The tensors need not be contiguous in memory.
        g: the gradient at x, of x's shape and dtype.
        h_diag: the second derivative for each entry of x, of x's shape and dtype.
        lr: the learning rate.

    Returns:
        The parameters after the step, of x's shape and dtype.

    Raises:
        ValueError: an entry of h_diag is 0. Entries that are negative or tiny are allowed.
    """
    # BEGIN SOLUTION
    if (h_diag == 0).any():
        # WRONG step-all-zeros-refused-alone: if (h_diag == 0).all():
        # WRONG step-first-entry-tested: if h_diag.flatten()[0] == 0:
        # WRONG step-tiny-curvature-refused: if (h_diag.abs() < 1e-8).any():
        # WRONG step-zero-gradient-refused: if (g == 0).any():
        # WRONG step-negative-curvature-refused: if (h_diag <= 0).any():
        raise ValueError("a second derivative is 0")
        # WRONG step-zero-curvature-accepted: pass
        # WRONG step-another-error: raise ZeroDivisionError("a second derivative is 0")
        # WRONG step-zero-curvature-stays: return torch.where(h_diag == 0, x, x - lr * g / h_diag.abs())
        # WRONG step-zero-curvature-plain: return x - lr * g / torch.where(h_diag == 0, 1.0, h_diag.abs())
    return x - lr * g / h_diag.abs()
    # WRONG step-negative-curvature-uphill: return x - lr * g / h_diag
    # WRONG step-uphill: return x + lr * g / h_diag.abs()
    # WRONG step-rate-ignored: return x - g / h_diag.abs()
    # WRONG step-plain: return x - lr * g
    # WRONG step-times-the-curvature: return x - lr * g * h_diag.abs()
    # WRONG step-root-of-the-curvature: return x - lr * g / h_diag.abs().sqrt()
    # WRONG step-squared-curvature: return x - lr * g / h_diag**2
    # WRONG step-mean-curvature: return x - lr * g / h_diag.abs().mean()
    # WRONG step-largest-curvature: return x - lr * g / h_diag.abs().max()
    # WRONG step-norm-of-the-curvature: return x - lr * g / h_diag.norm()
    # WRONG step-negative-curvature-clamped: return x - lr * g / h_diag.clamp(min=1e-6)
    # WRONG step-epsilon: return x - lr * g / (h_diag.abs() + 1e-6)
    # WRONG step-tiny-curvature-clamped: return x - lr * g / h_diag.abs().clamp(min=1e-4)
    # WRONG step-magnitude-of-the-step: return x - lr * (g / h_diag).abs()
    # WRONG step-alone: return -lr * g / h_diag.abs()
    # WRONG step-single-precision: return (x.float() - lr * g.float() / h_diag.float().abs()).to(x.dtype)
    # WRONG step-parameters-changed:
    #     x -= lr * g / h_diag.abs()
    #     return x
    # WRONG step-curvature-changed: return x - lr * g / h_diag.abs_()
    # END SOLUTION


def backtracking_line_search(
    f: Callable[[Tensor], float], x: Tensor, g: Tensor, alpha: float = 0.3, beta: float = 0.8
) -> float:
    # WRONG search-defaults-swapped: def backtracking_line_search(f, x, g, alpha=0.8, beta=0.3):
    # WRONG search-halves-by-default: def backtracking_line_search(f, x, g, alpha=0.3, beta=0.5):
    """Find the length of a step of gradient descent by backtracking (D2L 11.3.3.4; Boyd and Vandenberghe 9.2).

    t begins at 1. While the step does not lower f enough, t is multiplied by beta. It is enough if

        f(x - t * g) <= f(x) - alpha * t * |g|^2

    where |g|^2 is the sum of the squares of all entries. So t is beta^k for the first k = 0, 1, 2, ... that meets the
    condition; equality meets it. The function leaves x and g unchanged.

    Args:
        f: the function to be minimised. It takes a tensor of x's shape and dtype and returns a Python float.
        x: where the step begins, of any shape, float32 or float64.
        g: the gradient of f at x, of x's shape and dtype. If it is 0, t is 1.
        alpha: the share of the decrease of a linear function that is enough, more than 0 and less than 1.
        beta: the factor by which t shrinks, more than 0 and less than 1.

    Returns:
        t, a Python float.
    """
    # BEGIN SOLUTION
    t = 1.0
    # WRONG search-begins-at-beta: t = beta
    start, decrease = f(x), (g**2).sum().item()
    # WRONG search-norm-not-squared: start, decrease = f(x), g.norm().item()
    # WRONG search-mean-of-the-squares: start, decrease = f(x), (g**2).mean().item()
    # WRONG search-first-row-alone: start, decrease = f(x), (g[0] ** 2).sum().item()
    # WRONG search-magnitudes-summed: start, decrease = f(x), g.abs().sum().item()
    # WRONG search-largest-square: start, decrease = f(x), (g**2).max().item()
    while f(x - t * g) > start - alpha * t * decrease:
        # WRONG search-equality-refused: while t > 1e-9 and f(x - t * g) >= start - alpha * t * decrease:
        # WRONG search-any-decrease: while f(x - t * g) > start:
        # WRONG search-sign-of-the-bound: while f(x - t * g) > start + alpha * t * decrease:
        # WRONG search-bound-without-t: while f(x - t * g) > start - alpha * decrease:
        # WRONG search-bound-without-alpha: while t > 1e-9 and f(x - t * g) > start - t * decrease:
        # WRONG search-uphill: while t > 1e-9 and f(x + t * g) > start - alpha * t * decrease:
        # WRONG search-reversed: while t > 1e-9 and f(x - t * g) <= start - alpha * t * decrease:
        # WRONG search-single-shrink: if f(x - t * g) > start - alpha * t * decrease:
        # WRONG search-never-shrinks: while False:
        # WRONG search-half-of-the-decrease: while f(x - t * g) > start - alpha * t * decrease / 2:
        # WRONG search-t-squared: while f(x - t * g) > start - alpha * t**2 * decrease:
        # WRONG search-numbers-swapped: while t > 1e-9 and f(x - t * g) > start - beta * t * decrease:
        # WRONG search-bound-without-f: while t > 1e-9 and f(x - t * g) > alpha * t * decrease:
        t *= beta
        # WRONG search-halves: t /= 2
        # WRONG search-takes-beta-away: t = max(t - beta, 0.0)
        # WRONG search-numbers-swapped: t *= alpha
        # WRONG search-shrinks-faster-and-faster: t *= beta * t
    return t
    # WRONG search-takes-the-step:
    #     x -= t * g
    #     return t
    # WRONG search-one-shrink-more: return t * beta
    # WRONG search-one-shrink-less: return min(t / beta, 1.0)
    # WRONG search-length-of-the-step: return t * decrease**0.5
    # WRONG search-value-found: return f(x - t * g)
    # END SOLUTION


def polynomial_decay(t: float, base: float = 1.0, beta: float = 0.1, alpha: float = 0.5) -> float:
    # WRONG decay-defaults-swapped: def polynomial_decay(t, base=1.0, beta=0.5, alpha=0.1):
    # WRONG decay-linear-by-default: def polynomial_decay(t, base=1.0, beta=0.1, alpha=1.0):
    # WRONG decay-small-base-by-default: def polynomial_decay(t, base=0.1, beta=0.1, alpha=0.5):
    """Return the learning rate of step t under polynomial decay (D2L 11.4.2).

        rate = base * (1 + beta * t)^(-alpha)

    The book's polynomial_lr() counts t in a global variable, with beta 0.1 and alpha 0.5. This function gets t.

    Args:
        t: the number of the step, 0 or more.
        base: the rate of step 0.
        beta: how fast the rate falls, 0 or more.
        alpha: the exponent, 0 or more.

    Returns:
        The rate, a Python float.
    """
    # BEGIN SOLUTION
    return float(base * (1 + beta * t) ** (-alpha))
    # WRONG decay-grows: return base * (1 + beta * t) ** alpha
    # WRONG decay-base-ignored: return (1 + beta * t) ** (-alpha)
    # WRONG decay-base-in-the-power: return (base * (1 + beta * t)) ** (-alpha)
    # WRONG decay-exponential: return base * 2.718281828459045 ** (-beta * t)
    # WRONG decay-linear: return base / (1 + beta * t)
    # WRONG decay-of-the-root: return base * (1 + beta * t) ** (-0.5)
    # WRONG decay-of-a-tenth: return base * (1 + 0.1 * t) ** (-alpha)
    # WRONG decay-counts-from-one: return base * (1 + beta * (t + 1)) ** (-alpha)
    # WRONG decay-counts-from-minus-one: return base * (1 + beta * max(t - 1, 0)) ** (-alpha)
    # WRONG decay-numbers-swapped: return base * (1 + alpha * t) ** (-beta)
    # WRONG decay-beta-of-the-sum: return base * (beta * (1 + t)) ** (-alpha)
    # WRONG decay-without-the-one: return base * (beta * t) ** (-alpha)
    # WRONG decay-factor: return base / (1 + alpha * beta * t)
    # WRONG decay-compound: return base * (1 + beta) ** (-alpha * t)
    # WRONG decay-power-of-t: return base / (1 + beta * t**alpha)
    # WRONG decay-no-beta: return base * (1 + t) ** (-alpha)
    # WRONG decay-base-added: return base - 1 + (1 + beta * t) ** (-alpha)
    # WRONG decay-linear-to-zero: return base * max(1 - alpha * beta * t, 0.0)
    # END SOLUTION
