"""ch79 Gradient descent and stochastic gradient descent.

D2L sections 11.3 and 11.4 (chapter_optimization/gd and chapter_optimization/sgd), and lecture 3 of the series
《PyTorch 深度学习实践》 (PyTorch deep learning practice).
"""

from collections.abc import Callable, Sequence
from typing import Any


def gd(eta: float, f_grad: Callable[[float], float]) -> list[float]:
    """Run ten steps of gradient descent in one dimension (D2L 11.3), from x = 10.

        x <- x - eta * f_grad(x)

    Printing is allowed.

    Args:
        eta: the learning rate, of any sign and size. It stays the same in all steps.
        f_grad: the derivative of the objective: a function of a Python float that returns a Python float.

    Returns:
        The 11 values of x: 10.0 first, and then x after each step. All are Python floats.

    >>> gd(0.5, lambda x: 2 * x)
    [10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    raise NotImplementedError  # write your code here


def train_2d(
    trainer: Callable[..., tuple[float, float, Any, Any]], steps: int = 20, f_grad: Callable[..., Any] | None = None
) -> list[tuple[float, float]]:
    """Optimise an objective of two variables with a given trainer (D2L 11.3).

    The trainer makes the steps. It takes the point (x1, x2) and two numbers of its own, s1 and s2, such as the
    velocities of momentum. It returns the next values of all four:

        x1, x2, s1, s2 <- trainer(x1, x2, s1, s2)            if f_grad is None
        x1, x2, s1, s2 <- trainer(x1, x2, s1, s2, f_grad)    otherwise

    The first point is (-5, -2), and s1 and s2 are 0 at first. Printing is allowed.

    Args:
        trainer: a function of four or five arguments. It is called once in each step, with arguments by position.
        steps: the number of steps, at least 1.
        f_grad: the gradient function that the trainer wants, if any. train_2d only hands it on.

    Returns:
        A list of steps + 1 points (x1, x2): the first point, and then the point after each step. The numbers of the
        first point may be integers.

    >>> train_2d(lambda x1, x2, s1, s2: (x1 / 2, x2 / 2, s1, s2), steps=2)
    [(-5.0, -2.0), (-2.5, -1.0), (-1.25, -0.5)]
    """
    raise NotImplementedError  # write your code here


def gd_linear(
    xs: Sequence[float], ys: Sequence[float], w: float = 1.0, alpha: float = 0.01, epochs: int = 100
) -> list[tuple[float, float]]:
    """Fit the model y_hat = x * w by gradient descent: each epoch makes one step with all n examples.

        cost = the mean of (x * w - y)^2
        gradient = the mean of 2 * x * (x * w - y)
        w <- w - alpha * gradient

    Both means run over all n examples. For the examples (1, 2), (2, 4), (3, 6) and alpha = 0.01, every step
    multiplies the distance to w = 2 by 0.9067, rounded. The function leaves xs and ys unchanged.

    Args:
        xs: the inputs: n Python floats in a list or a tuple. n is at least 1.
        ys: the labels, of the same kind and length.
        w: the slope before the first step.
        alpha: the learning rate.
        epochs: the number of steps, 0 or more.

    Returns:
        A pair of Python floats for each epoch: (w after the step, cost before the step).

    >>> gd_linear([1.0, 2.0], [2.0, 4.0], alpha=0.25, epochs=2)
    [(2.25, 2.5), (1.9375, 0.15625)]
    """
    raise NotImplementedError  # write your code here


def sgd_linear(
    xs: Sequence[float], ys: Sequence[float], w: float = 1.0, alpha: float = 0.01, epochs: int = 100
) -> list[float]:
    """Fit the model y_hat = x * w by stochastic gradient descent: each example makes a step of its own.

        w <- w - alpha * 2 * x * (x * w - y)

    Each epoch visits all examples in the given order, without shuffling. Every step begins at the w of the step
    before it. The function leaves xs and ys unchanged.

    Args:
        xs: the inputs: n Python floats in a list or a tuple. n is at least 1.
        ys: the labels, of the same kind and length.
        w: the slope before the first step.
        alpha: the learning rate.
        epochs: how often all examples are visited, 0 or more.

    Returns:
        w after each step: a list of n * epochs Python floats.

    >>> sgd_linear([1.0, 2.0], [2.0, 4.0], alpha=0.25, epochs=1)
    [1.5, 2.5]
    """
    raise NotImplementedError  # write your code here


def minibatch_linear(
    xs: Sequence[float],
    ys: Sequence[float],
    batch_size: int,
    w: float = 1.0,
    alpha: float = 0.01,
    epochs: int = 100,
) -> list[float]:
    """Fit the model y_hat = x * w by minibatch gradient descent.

    Each epoch splits the examples in the given order, without shuffling: the first batch_size examples are the first
    batch, the next batch_size examples the second, and so on. The last batch has the examples that are left, and may
    be smaller. Each batch of m examples makes one step:

        gradient = the mean of 2 * x * (x * w - y) over the m examples of the batch
        w <- w - alpha * gradient

    With batch_size=1 this is `sgd_linear`. With a batch_size of n or more, each epoch has one batch of all examples
    and makes the steps of `gd_linear`. The function leaves xs and ys unchanged.

    Args:
        xs: the inputs: n Python floats in a list or a tuple. n is at least 1.
        ys: the labels, of the same kind and length.
        batch_size: the number of examples in a batch; it may exceed n.
        w: the slope before the first step.
        alpha: the learning rate.
        epochs: how often all examples are visited, 0 or more.

    Returns:
        w after each step: a list of ceil(n / batch_size) * epochs Python floats.

    Raises:
        ValueError: batch_size is less than 1.

    >>> minibatch_linear([1.0, 2.0, 1.0], [2.0, 4.0, 2.0], 2, alpha=0.25, epochs=1)
    [2.25, 2.125]
    """
    raise NotImplementedError  # write your code here
