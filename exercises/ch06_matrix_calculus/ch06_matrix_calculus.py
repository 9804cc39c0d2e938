"""ch06 Matrix calculus: difference quotients, gradients, Jacobians, subgradients.

See D2L 2.4 (chapter_preliminaries/calculus.md).
"""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

Number = TypeVar("Number", float, Tensor)


def numerical_lim(f: Callable[[Number], Number], x: Number, h: float) -> Number:
    """Return the slope of f between x and x + h. Its limit for h -> 0 is the derivative (D2L 2.4.1).

        (f(x + h) - f(x)) / h

    The function leaves x unchanged.

    Args:
        f: a function of a number, or of a tensor. From a tensor it may return a tensor, element by element, or a
            scalar.
        x: the point: a float or int, or a float32 or float64 tensor. All elements of a tensor take the step h.
        h: the length of the step, not 0. A negative h is a step to the left.

    Returns:
        The quotient, of the shape of f(x).
    """
    raise NotImplementedError  # write your code here


def finite_difference_grad(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-6) -> Tensor:
    """Return an approximation of the gradient of f at x by central differences, computed from values of f.

        df / dx_i  is about  (f(x + eps e_i) - f(x - eps e_i)) / (2 eps)

    e_i is 1 at the i-th element and 0 elsewhere. The error is proportional to eps^2. For a quadratic f it is 0, up to
    rounding. The function leaves x and x.grad unchanged.

    Args:
        f: a function from a tensor of the shape of x to a scalar tensor of the dtype of x.
        x: the point, of any shape, float32 or float64. It may require gradients, and it need not be contiguous in
            memory.
        eps: the length of the steps. The default of 1e-6 suits float64. float32 needs longer steps.

    Returns:
        A tensor of the shape and dtype of x. It does not require gradients, even if x or f does.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return the Jacobian of f at x in numerator layout. Autograd computes it row by row.

        J[i, j] = d f(x)_i / d x_j

    The function leaves x and x.grad unchanged.

    Args:
        f: a differentiable function from a vector (n,) to a vector (m,).
        x: the point, (n,), float32 or float64.

    Returns:
        (m, n), also if m or n is 1, in the dtype of x. It carries no graph. The row of an output that does not depend
        on x is zero. If f is constant, all rows are zero.

    Write it from scratch, without ready-made Jacobians and Hessians (torch.func.jacrev,
    torch.autograd.functional.jacobian, ...).
    """
    raise NotImplementedError  # write your code here


def grad_least_squares(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of the loss ||X w - y||^2 with respect to w, computed from its formula.

        2 X^T (X w - y)

    The loss is the sum of squares, without a factor 1/2 and without a mean. The function leaves its arguments
    unchanged.

    Args:
        X: (n, d), a row for each example, float32 or float64. X, w and y need not be contiguous in memory.
        w: (d,) or (d, 1), of the same dtype.
        y: (n,) or (n, 1), as X @ w, of the same dtype.

    Returns:
        The gradient, of the shape and dtype of w.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def subgradient_abs(x: Tensor, at_zero: float = 0.0) -> Tensor:
    """Return a subgradient of |x| for each element of x.

        -1 where x < 0,  at_zero where x = 0,  1 where x > 0

    g is a subgradient of |.| at x if |z| >= |x| + g (z - x) for all z. At 0 each number from -1 to 1 is a subgradient.
    The function leaves x unchanged.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory. Negative zero counts as zero.
        at_zero: the subgradient at 0, a float or int.

    Returns:
        A tensor of the shape and dtype of x.

    Raises:
        ValueError: at_zero is outside [-1, 1], whether or not x has a zero.
    """
    raise NotImplementedError  # write your code here
