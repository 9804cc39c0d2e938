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
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The Jacobian of f at x in numerator layout, row by row with autograd.

        J[i, j] = d f(x)_i / d x_j

    Args:
        f: differentiable, from a vector (n,) to a vector (m,).
        x: (n,), floating point. Neither it nor its `.grad` changes.

    Returns:
        (m, n), also where m or n is 1; it carries no graph. The row of an output that does not depend on x is zero,
        and so are all rows where f is a constant.

    Write it from scratch, without ready-made Jacobians and Hessians (torch.func.jacrev,
    torch.autograd.functional.jacobian, ...).
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
