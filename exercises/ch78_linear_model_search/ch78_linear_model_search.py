"""ch78 A linear model, fitted by exhaustive search.

The chapter follows lecture 2 of the series 《PyTorch 深度学习实践》 (PyTorch deep learning practice).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def predict(w: float, x: float, b: float = 0.0) -> float:
    """Return the prediction of a linear model for a single x.

        y_hat = w * x + b

    Args:
        w: the slope, negative, 0 or positive.
        x: the input, negative, 0 or positive.
        b: the bias.

    Returns:
        The prediction, a Python float.

    >>> predict(2.0, 4.0)
    8.0
    """
    raise NotImplementedError  # write your code here


def mse(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error of predictions.

        mse = the mean of (y_hat - y)^2 over all n elements

    There is no factor of 1/2. Gradients flow to y_hat and to y. The function leaves its arguments unchanged.

    Args:
        y_hat: the predictions, of any shape with at least one element, float32 or float64, with any strides.
        y: the labels, of the same shape and dtype.

    Returns:
        A tensor without axes, of y_hat's dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast, such as (n, 1) and (n,).

    Write it from scratch, without ready-made squared and Huber losses (nn.MSELoss, F.mse_loss, F.huber_loss, ...).
    """
    raise NotImplementedError  # write your code here


def exhaustive_search_w(
    x: Tensor, y: Tensor, start: float = 0.0, stop: float = 4.0, step: float = 0.1
) -> tuple[float, list[tuple[float, float]]]:
    """Find the slope w of the model y_hat = w * x by trying all points of a grid.

    The grid has both ends: its points are w_i = start + i * step for i = 0, ..., round((stop - start) / step). With
    the defaults they are the 41 points 0.0, 0.1, ..., 4.0. The cost of a point is the mean squared error, without a
    factor of 1/2:

        cost_i = the mean of (w_i * x - y)^2 over all n examples

    The best point has the lowest cost. If several points have exactly the same lowest cost, the smallest of them is
    the best. The function leaves its arguments unchanged.

    Args:
        x: the inputs, (n,), float64 or float32. n is at least 1.
        y: the labels, (n,), of x's dtype.
        start: the first point.
        stop: the last point. stop - start is a multiple of step, up to rounding.
        step: the distance of neighbouring points.

    Returns:
        The best w, and the list of all pairs (w_i, cost_i) in ascending order of w. All numbers are Python floats.

    Raises:
        ValueError: step is 0 or negative, or stop is less than start. stop may be equal to start.

    >>> x = torch.tensor([1.0, 3.0])
    >>> exhaustive_search_w(x, 2 * x, start=1.0, stop=3.0, step=1.0)
    (2.0, [(1.0, 5.0), (2.0, 0.0), (3.0, 5.0)])
    """
    raise NotImplementedError  # write your code here


def exhaustive_search_wb(x: Tensor, y: Tensor, ws: Sequence[float], bs: Sequence[float]) -> tuple[float, float, float]:
    """Find slope and bias of the model y_hat = w * x + b by trying every pair of candidates.

        cost = the mean of (w * x + b - y)^2 over all n examples, without a factor of 1/2

    Each w of ws is tried with each b of bs. The best pair has the lowest cost. If several pairs have exactly the same
    lowest cost, the best of them has the w that is first in ws. With equal w, it has the b that is first in bs.
    The function leaves its arguments unchanged.

    Args:
        x: the inputs, (n,), float64 or float32. n is at least 1.
        y: the labels, (n,), of x's dtype.
        ws: the candidates for w, Python floats in any order: a list or a tuple.
        bs: the candidates for b, of the same kind; there may be more or fewer of them.

    Returns:
        The best w, the best b and their cost, as Python floats.

    Raises:
        ValueError: ws or bs is empty.

    >>> exhaustive_search_wb(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0]), [1.0, 2.0], [0.0, 1.0])
    (2.0, 1.0, 0.0)
    """
    raise NotImplementedError  # write your code here
