"""ch06 Matrix calculus: difference quotients, gradients, Jacobians, subgradients.

D2L section 2.4 (chapter_preliminaries/calculus.md).
"""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

Number = TypeVar("Number", float, Tensor)


def numerical_lim(f: Callable[[Number], Number], x: Number, h: float) -> Number:
    """The slope of f between x and x + h, whose limit for h -> 0 is the derivative (D2L 2.4.1).

        (f(x + h) - f(x)) / h

    Args:
        f: a function of numbers or, elementwise, of tensors.
        x: where to begin; it does not change.
        h: the length of the step, not 0. A negative one steps to the left.

    Returns:
        The quotient: for each element one, where x is a tensor.
    """
    # BEGIN SOLUTION
    return (f(x + h) - f(x)) / h
    # WRONG step-to-the-left: return (f(x) - f(x - h)) / h
    # WRONG central-for-one-sided: return (f(x + h) - f(x - h)) / (2 * h)
    # WRONG not-divided-by-the-step: return f(x + h) - f(x)
    # WRONG length-of-the-step: return (f(x + h) - f(x)) / abs(h)
    # WRONG step-in-place:
    #     before = f(x)
    #     x += h
    #     return (f(x) - before) / h
    # END SOLUTION


def finite_difference_grad(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-6) -> Tensor:
    """The gradient of f at x from values of f alone, by central differences.

        df / dx_i  is about  (f(x + eps e_i) - f(x - eps e_i)) / (2 eps)

    where e_i is 1 at the i-th element and 0 elsewhere. The error is of the order of eps^2; there is none, but for
    rounding, where f is quadratic.

    Args:
        f: takes a tensor of the shape of x and gives a scalar tensor of the dtype of x.
        x: any shape, floating point; the same after the call as before. It may require gradients.
        eps: the length of the steps. 1e-6 is meant for float64; float32 wants longer ones.

    Returns:
        Shape and dtype of x; it does not require gradients, whatever x and f do.
    """
    # BEGIN SOLUTION
    steps = eps * torch.eye(x.numel(), dtype=x.dtype)  # a row for each element: a step along it alone
    # WRONG all-elements-at-once: steps = eps * torch.ones(x.numel(), x.numel(), dtype=x.dtype)
    # WRONG eps-ignored:
    #     eps = 1e-6
    #     steps = eps * torch.eye(x.numel(), dtype=x.dtype)
    slopes = [(f(x + e) - f(x - e)) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    # WRONG forward-difference: slopes = [(f(x + e) - f(x)) / eps for e in steps.reshape(-1, *x.shape)]
    # WRONG half-the-distance: slopes = [(f(x + e) - f(x - e)) / eps for e in steps.reshape(-1, *x.shape)]
    # WRONG not-stepped-back:
    #     slopes = [(f(x.data.add_(e)) - f(x.data.sub_(2 * e))) / (2 * eps) for e in steps.reshape(-1, *x.shape)]
    return torch.stack(slopes).reshape(x.shape).detach()
    # WRONG graph-kept: return torch.stack(slopes).reshape(x.shape)
    # END SOLUTION


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The Jacobian of f at x in numerator layout, row by row with autograd.

        J[i, j] = d f(x)_i / d x_j

    Args:
        f: differentiable, from a vector (n,) to a vector (m,).
        x: (n,), floating point. Neither it nor its `.grad` changes.

    Returns:
        (m, n), also where m or n is 1; it carries no graph. The row of an output that does not depend on x is zero,
        and so are all rows where f is a constant.
    """
    # BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    y = f(x)
    if not y.requires_grad:
        return x.new_zeros(len(y), len(x))
        # WRONG denominator-layout: return x.new_zeros(len(x), len(y))
    rows = []
    for output in y:  # one backward pass gives one row
        rows += torch.autograd.grad(output, x, retain_graph=True)
        # WRONG outputs-summed: rows += torch.autograd.grad(y.sum(), x, retain_graph=True)
        # WRONG jacobian-with-graph: rows += torch.autograd.grad(output, x, create_graph=True)
    return torch.stack(rows)
    # WRONG denominator-layout: return torch.stack(rows).T
    # WRONG rows-accumulate: return torch.stack(rows).cumsum(dim=0)
    # END SOLUTION


def grad_least_squares(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    """The gradient of ||X w - y||^2 with respect to w, by its formula.

        2 X^T (X w - y)

    The loss is a plain sum of squares: nothing is halved, and no mean is taken.

    Args:
        X: (n, d), one example a row.
        w: (d,) or (d, 1).
        y: of the shape of X @ w, (n,) or (n, 1).

    Returns:
        The shape of w.
    """
    # BEGIN SOLUTION
    return 2 * X.T @ (X @ w - y)
    # WRONG factor-two-forgotten: return X.T @ (X @ w - y)
    # WRONG mean-for-sum: return 2 * X.T @ (X @ w - y) / len(y)
    # WRONG residual-reversed: return 2 * X.T @ (y - X @ w)
    # WRONG norm-not-squared: return X.T @ (X @ w - y) / (X @ w - y).norm().clamp(min=1e-12)
    # END SOLUTION


def subgradient_abs(x: Tensor, at_zero: float = 0.0) -> Tensor:
    """An element of the subdifferential of |x|, for every element of x.

        -1 where x < 0,  at_zero where x = 0,  1 where x > 0

    g is a subgradient of |.| at x when |z| >= |x| + g (z - x) for all z; at 0 every number from -1 to 1 is one.

    Args:
        x: any shape, floating point. Negative zero counts as zero.
        at_zero: the subgradient to take at 0.

    Returns:
        Shape and dtype of x.

    Raises:
        ValueError: at_zero is no subgradient: it lies outside of [-1, 1].
    """
    # BEGIN SOLUTION
    if not -1 <= at_zero <= 1:
        # WRONG clamped-for-an-error:
        #     if not -1 <= at_zero <= 1:
        #         at_zero = max(-1.0, min(1.0, at_zero))
        #     if at_zero != at_zero:
        raise ValueError(f"at_zero is {at_zero}; the subgradients of |x| at 0 are the numbers from -1 to 1")
    return torch.where(x == 0, at_zero, torch.sign(x))
    # WRONG nan-at-zero: return x / x.abs()
    # WRONG always-zero-at-zero: return torch.sign(x)
    # WRONG zero-is-positive: return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    # WRONG slope-of-relu: return torch.where(x == 0, at_zero, (x > 0).to(x.dtype))
    # END SOLUTION
