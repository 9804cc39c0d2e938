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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


def backtracking_line_search(
    f: Callable[[Tensor], float], x: Tensor, g: Tensor, alpha: float = 0.3, beta: float = 0.8
) -> float:
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
    raise NotImplementedError  # write your code here


def polynomial_decay(t: float, base: float = 1.0, beta: float = 0.1, alpha: float = 0.5) -> float:
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
    raise NotImplementedError  # write your code here
