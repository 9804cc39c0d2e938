"""ch85 Convexity.

A chord of a convex function is never below the function. These exercises test functions for convexity, measure the gap
in Jensen's inequality, and minimise under constraints by projections (D2L 11.2).
"""

from collections.abc import Callable

import torch
from torch import Tensor


def is_convex_on_grid(f: Callable[[float], float], a: float, b: float, n: int = 201, tol: float = 1e-9) -> bool:
    """Test whether a function is convex at the midpoints of all pairs of a grid (D2L 11.2.1.2).

    The grid has n equally spaced points from a to b, both included. f passes if each pair of grid points x, y fulfils

        f((x + y) / 2) <= (f(x) + f(y)) / 2 + tol

    The midpoint need not be a point of the grid, and x and y need not be neighbours. f may have jumps. No check depends
    on rounding: the two sides differ by far more than the rounding of float64.

    Args:
        f: takes a Python float and returns one. Do not call it with a tensor.
        a: the left end of the interval.
        b: the right end.
        n: the number of grid points.
        tol: how much a midpoint may lie above its chord.

    Returns:
        True or False, a Python bool.

    Raises:
        ValueError: n is less than 2, or a is not less than b.

    >>> is_convex_on_grid(lambda x: x**2, -1.0, 2.0), is_convex_on_grid(lambda x: x**3, -1.0, 2.0)
    (True, False)
    """
    raise NotImplementedError  # write your code here


def jensen_gap(f: Callable[[Tensor], Tensor], x: Tensor, p: Tensor) -> Tensor:
    """Return the gap in Jensen's inequality, which is not negative for convex f (D2L 11.2.1.3).

        gap = sum over i of p_i f(x_i) - f(sum over i of p_i x_i)

    It is the expectation of f(X) minus f at the expectation of X, if X has the value x_i with probability p_i. For
    concave f, the gap is not positive. Gradients flow to x and p. The function leaves x and p unchanged.

    Args:
        f: takes a tensor of any shape, and returns a tensor of the same shape and dtype: the function of each element.
        x: (n,), float32 or float64: the values. It need not be contiguous in memory.
        p: (n,), of x's dtype: their probabilities, which are not negative and add up to 1. It need not be contiguous.

    Returns:
        The gap, of shape () and x's dtype.

    >>> jensen_gap(torch.square, torch.tensor([0.0, 4.0]), torch.tensor([0.75, 0.25]))  # 4 - 1
    tensor(3.)
    """
    raise NotImplementedError  # write your code here


def project_box(x: Tensor, low: float, high: float) -> Tensor:
    """Return the point of the box [low, high]^n that is nearest to x in Euclidean distance (D2L 11.2.3.3).

    Each coordinate is projected by itself. Gradients flow to x: 1 strictly inside the box and 0 outside, where the
    result is constant. No check looks at gradients on the border. The function leaves x unchanged. torch.minimum,
    torch.maximum and torch.where are allowed.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory.
        low: the lower bound of all coordinates, which may be -inf.
        high: their upper bound, which may be inf. It may equal `low`.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: low is more than high.

    >>> project_box(torch.tensor([-3.0, 0.5, 7.0]), -1.0, 2.0)
    tensor([-1.0000,  0.5000,  2.0000])

    Write it from scratch, without ready-made clamping (torch.clamp, torch.clip, F.hardtanh, numpy.clip, ...), and
    without ready-made activation functions (torch.relu, nn.ReLU, F.gelu, ...).
    """
    raise NotImplementedError  # write your code here


def project_simplex(v: Tensor) -> Tensor:
    """Return the distribution nearest to v in Euclidean distance (D2L 11.2.3.3; Duchi and others, 2008).

    The probability simplex consists of the vectors w with w_i >= 0 for all i, and w_1 + ... + w_n = 1. The nearest
    of them has the form

        w_i = max(v_i - theta, 0)

    for one number theta, which makes the sum 1. v may have numbers of any sign. A vector in the simplex is its own
    projection. If the same number is added to all entries, the projection stays the same: entries of some thousands
    give it with the usual precision of their dtype. The function leaves v unchanged. No check asks for gradients.

    Args:
        v: (n,), float32 or float64, with n >= 1. It need not be contiguous in memory.

    Returns:
        (n,), of v's dtype.

    >>> project_simplex(torch.tensor([0.5, -1.0, 1.0]))  # theta = 0.25
    tensor([0.2500, 0.0000, 0.7500])
    """
    raise NotImplementedError  # write your code here


def projected_gd(
    grad: Callable[[Tensor], Tensor], project: Callable[[Tensor], Tensor], x0: Tensor, lr: float, steps: int
) -> Tensor:
    """Minimise a function under a constraint by projected gradient descent (D2L 11.2.3.3).

    Each step moves against the gradient at the current point and projects the new point:

        x_(t+1) = project(x_t - lr * grad(x_t))

    Each step calls grad once and project once. x0 itself is not projected. The function leaves x0 unchanged.

    Args:
        grad: gives the gradient at a point, a tensor of the point's shape and dtype.
        project: gives the nearest point that fulfils the constraint, of the same shape and dtype. Neither function
            changes its argument.
        x0: the first point, of any shape, float32 or float64.
        lr: the learning rate, which stays the same.
        steps: the number of steps, at least 1.

    Returns:
        The point after the last step.

    >>> box = lambda x: torch.maximum(x, torch.tensor(1.0))
    >>> projected_gd(lambda x: 2 * x, box, torch.tensor([4.0, -2.0]), lr=0.25, steps=2)
    tensor([1., 1.])
    """
    raise NotImplementedError  # write your code here
