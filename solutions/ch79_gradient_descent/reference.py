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
    # BEGIN SOLUTION
    x = 10.0
    # WRONG starts-at-zero: x = 0.0
    # WRONG starts-at-one: x = 1.0
    # WRONG starts-at-minus-ten: x = -10.0
    results = [x]
    # WRONG start-not-recorded: results = []
    for _ in range(10):
        # WRONG nine-steps: for _ in range(9):
        # WRONG eleven-steps: for _ in range(11):
        # WRONG twenty-steps: for _ in range(20):
        x -= eta * f_grad(x)
        # WRONG ascends: x += eta * f_grad(x)
        # WRONG eta-ignored: x -= f_grad(x)
        # WRONG eta-of-a-fifth: x -= 0.2 * f_grad(x)
        # WRONG sign-of-the-slope: x -= eta * ((f_grad(x) > 0) - (f_grad(x) < 0))
        # WRONG slope-at-the-start: x -= eta * f_grad(10.0)
        # WRONG eta-decays: x -= eta / len(results) * f_grad(x)
        # WRONG eta-halves: x -= eta * 0.5 ** (len(results) - 1) * f_grad(x)
        # WRONG old-x-forgotten: x = -eta * f_grad(x)
        # WRONG step-from-the-start: x = 10.0 - eta * f_grad(x)
        # WRONG eta-squared: x -= eta**2 * f_grad(x)
        # WRONG divided-by-eta: x -= f_grad(x) / eta if eta else 0.0
        # WRONG slope-added-to-eta: x -= eta + f_grad(x)
        # WRONG magnitude-of-the-slope: x -= eta * abs(f_grad(x))
        # WRONG two-steps-at-once:
        #     x -= eta * f_grad(x)
        #     x -= eta * f_grad(x)
        # WRONG eta-never-negative: x -= max(eta, 0.0) * f_grad(x)
        # WRONG slope-clipped: x -= eta * max(-1.0, min(1.0, f_grad(x)))
        # WRONG only-downhill: x -= eta * f_grad(x) if abs(f_grad(x - eta * f_grad(x))) <= abs(f_grad(x)) else 0.0
        # WRONG kept-positive: x = max(x - eta * f_grad(x), 0.0)
        # WRONG kept-near-the-start: x = max(-10.0, min(10.0, x - eta * f_grad(x)))
        # WRONG rounded-to-four-digits: x = round(x - eta * f_grad(x), 4)
        # WRONG averaged-with-the-start: x = (x - eta * f_grad(x) + 10.0) / 2
        results.append(x)
        # WRONG recorded-before-the-step, 2 lines:
        #     results.append(x)
        #     x -= eta * f_grad(x)
        # WRONG slopes-recorded: results.append(f_grad(x))
        # WRONG pairs-recorded: results.append((x, f_grad(x)))
        # WRONG stops-when-steps-are-short:
        #     results.append(x)
        #     if abs(eta * f_grad(x)) < 1e-3:
        #         break
        # WRONG magnitudes-recorded: results.append(abs(x))
        # WRONG best-recorded: results.append(min(x, results[-1]))
    return results
    # WRONG last-value-alone: return results[-1]
    # WRONG last-value-in-a-list: return results[-1:]
    # WRONG newest-first: return results[::-1]
    # END SOLUTION


def train_2d(
    trainer: Callable[..., tuple[float, float, Any, Any]], steps: int = 20, f_grad: Callable[..., Any] | None = None
) -> list[tuple[float, float]]:
    # WRONG ten-steps-by-default: def train_2d(trainer, steps=10, f_grad=None):
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
    # BEGIN SOLUTION
    # s1 and s2 belong to the trainer: they are handed from each call to the next.
    x1, x2, s1, s2 = -5.0, -2.0, 0.0, 0.0
    # WRONG starts-on-the-other-side: x1, x2, s1, s2 = 5.0, 2.0, 0.0, 0.0
    # WRONG starts-with-x2-first: x1, x2, s1, s2 = -2.0, -5.0, 0.0, 0.0
    # WRONG starts-in-the-origin: x1, x2, s1, s2 = 0.0, 0.0, 0.0, 0.0
    # WRONG state-starts-at-one: x1, x2, s1, s2 = -5.0, -2.0, 1.0, 1.0
    # WRONG state-starts-at-the-point: x1, x2, s1, s2 = -5.0, -2.0, -5.0, -2.0
    results = [(x1, x2)]
    # WRONG first-point-missing: results = []
    for _ in range(steps):
        # WRONG always-twenty-steps: for _ in range(20):
        # WRONG one-step-fewer: for _ in range(max(steps - 1, 1)):
        # WRONG one-step-more: for _ in range(steps + 1):
        if f_grad is None:
            # WRONG f-grad-never-passed: if True:
            x1, x2, s1, s2 = trainer(x1, x2, s1, s2)
            # WRONG f-grad-always-passed: x1, x2, s1, s2 = trainer(x1, x2, s1, s2, f_grad)
            # WRONG state-not-carried: x1, x2, _, _ = trainer(x1, x2, s1, s2)
            # WRONG first-state-alone-carried: x1, x2, s1, _ = trainer(x1, x2, s1, s2)
            # WRONG second-state-alone-carried: x1, x2, _, s2 = trainer(x1, x2, s1, s2)
            # WRONG states-swapped: x1, x2, s2, s1 = trainer(x1, x2, s1, s2)
            # WRONG point-swapped: x2, x1, s1, s2 = trainer(x1, x2, s1, s2)
            # WRONG states-before-the-point: s1, s2, x1, x2 = trainer(x1, x2, s1, s2)
            # WRONG always-from-the-first-point: x1, x2, s1, s2 = trainer(-5.0, -2.0, s1, s2)
            # WRONG second-number-never-moves: x1, _, s1, s2 = trainer(x1, x2, s1, s2)
            # WRONG point-added: x1, x2, s1, s2 = (a + b for a, b in zip((x1, x2, 0, 0), trainer(x1, x2, s1, s2)))
            # WRONG states-added-up: x1, x2, s1, s2 = (a + b for a, b in zip((0, 0, s1, s2), trainer(x1, x2, s1, s2)))
            # WRONG called-twice: x1, x2, s1, s2 = trainer(*trainer(x1, x2, s1, s2))
            # WRONG one-state-for-both: x1, x2, s1, s2 = trainer(x1, x2, s1, s1)
            # WRONG states-passed-first: x1, x2, s1, s2 = trainer(s1, s2, x1, x2)
            # WRONG point-rounded: x1, x2, s1, s2 = (round(a, 3) for a in trainer(x1, x2, s1, s2))
        else:
            x1, x2, s1, s2 = trainer(x1, x2, s1, s2, f_grad)
            # WRONG f-grad-called: x1, x2, s1, s2 = trainer(x1, x2, s1, s2, f_grad(x1, x2))
            # WRONG state-not-carried: x1, x2, _, _ = trainer(x1, x2, s1, s2, f_grad)
            # WRONG first-state-alone-carried: x1, x2, s1, _ = trainer(x1, x2, s1, s2, f_grad)
            # WRONG second-state-alone-carried: x1, x2, _, s2 = trainer(x1, x2, s1, s2, f_grad)
            # WRONG states-swapped: x1, x2, s2, s1 = trainer(x1, x2, s1, s2, f_grad)
            # WRONG f-grad-first: x1, x2, s1, s2 = trainer(f_grad, x1, x2, s1, s2)
        results.append((x1, x2))
        # WRONG states-recorded: results.append((s1, s2))
        # WRONG point-with-states: results.append((x1, x2, s1, s2))
        # WRONG recorded-with-x2-first: results.append((x2, x1))
        # WRONG magnitudes-recorded-2d: results.append((abs(x1), abs(x2)))
        # WRONG first-number-alone: results.append(x1)
        # WRONG one-list-for-all:
        #     results = [[x1, x2]] * (len(results) + 1)
    return results
    # WRONG last-point-alone: return results[-1:]
    # WRONG coordinates-apart: return [tuple(column) for column in zip(*results)]
    # WRONG last-point-missing: return results[:-1]
    # WRONG newest-point-first: return results[::-1]
    # END SOLUTION


def gd_linear(
    xs: Sequence[float], ys: Sequence[float], w: float = 1.0, alpha: float = 0.01, epochs: int = 100
) -> list[tuple[float, float]]:
    # WRONG slope-of-zero-by-default: def gd_linear(xs, ys, w=0.0, alpha=0.01, epochs=100):
    # WRONG rate-of-a-tenth-by-default: def gd_linear(xs, ys, w=1.0, alpha=0.1, epochs=100):
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
    # BEGIN SOLUTION
    n = len(xs)
    # WRONG n-minus-one: n = max(len(xs) - 1, 1)
    history = []
    # WRONG first-slope-recorded:
    #     history = [(w, sum((x * w - y) ** 2 for x, y in zip(xs, ys)) / n)]
    for _ in range(epochs):
        # WRONG one-epoch-fewer: for _ in range(epochs - 1):
        # WRONG always-100-epochs: for _ in range(100):
        # WRONG epochs-times-examples: for _ in range(epochs * n):
        cost = sum((x * w - y) ** 2 for x, y in zip(xs, ys, strict=True)) / n
        # WRONG half-of-the-cost: cost = sum((x * w - y) ** 2 for x, y in zip(xs, ys)) / n / 2
        # WRONG sum-for-cost: cost = sum((x * w - y) ** 2 for x, y in zip(xs, ys))
        # WRONG distance-for-cost: cost = sum(abs(x * w - y) for x, y in zip(xs, ys)) / n
        # WRONG last-example-for-cost: cost = (xs[-1] * w - ys[-1]) ** 2
        # WRONG signed-cost: cost = sum(x * w - y for x, y in zip(xs, ys)) / n
        gradient = sum(2 * x * (x * w - y) for x, y in zip(xs, ys, strict=True)) / n
        # WRONG factor-two-missing: gradient = sum(x * (x * w - y) for x, y in zip(xs, ys)) / n
        # WRONG gradients-added: gradient = sum(2 * x * (x * w - y) for x, y in zip(xs, ys))
        # WRONG half-sum-of-gradients: gradient = sum(x * (x * w - y) for x, y in zip(xs, ys))
        # WRONG factor-x-missing: gradient = sum(2 * (x * w - y) for x, y in zip(xs, ys)) / n
        # WRONG factor-w-for-x: gradient = sum(2 * w * (x * w - y) for x, y in zip(xs, ys)) / n
        # WRONG factor-y-for-x: gradient = sum(2 * y * (x * w - y) for x, y in zip(xs, ys)) / n
        # WRONG residual-turned-round: gradient = sum(2 * x * (y - x * w) for x, y in zip(xs, ys)) / n
        # WRONG labels-left-out: gradient = sum(2 * x * (x * w) for x, y in zip(xs, ys)) / n
        # WRONG distance-for-square: gradient = sum(x * ((x * w > y) - (x * w < y)) for x, y in zip(xs, ys)) / n
        # WRONG divided-twice: gradient = sum(2 * x * (x * w - y) for x, y in zip(xs, ys)) / n**2
        # WRONG last-example-for-gradient: gradient = 2 * xs[-1] * (xs[-1] * w - ys[-1])
        # WRONG first-example-for-gradient: gradient = 2 * xs[0] * (xs[0] * w - ys[0])
        # WRONG mean-input-times-mean-error: gradient = 2 * sum(xs) / n * sum(x * w - y for x, y in zip(xs, ys)) / n
        # WRONG magnitude-of-the-input-in-the-gradient: gradient = sum(2 * abs(x) * (x * w - y) for x, y in zip(xs, ys)) / n
        w -= alpha * gradient
        # WRONG always-rate-of-0-01: w -= 0.01 * gradient
        # WRONG rate-left-out: w -= gradient
        # WRONG rate-decays: w -= alpha / (len(history) + 1) * gradient
        # WRONG steps-by-sign: w -= alpha * ((gradient > 0) - (gradient < 0))
        # WRONG old-slope-forgotten: w = -alpha * gradient
        # WRONG stepwise-slope:
        #     for x, y in zip(xs, ys, strict=True):
        #         w -= alpha * 2 * x * (x * w - y)
        # WRONG gradients-never-cleared:
        #     total = (total if history else 0.0) + gradient
        #     w -= alpha * total
        history.append((w, cost))
        # WRONG cost-after-the-step: history.append((w, sum((x * w - y) ** 2 for x, y in zip(xs, ys)) / n))
        # WRONG slope-before-the-step: history.append((w + alpha * gradient, cost))
        # WRONG cost-before-slope: history.append((cost, w))
        # WRONG slope-alone: history.append(w)
        # WRONG gradient-for-cost: history.append((w, gradient))
    return history
    # WRONG last-pair-alone: return history[-1:]
    # WRONG lists-apart: return [tuple(column) for column in zip(*history)]
    # END SOLUTION


def sgd_linear(
    xs: Sequence[float], ys: Sequence[float], w: float = 1.0, alpha: float = 0.01, epochs: int = 100
) -> list[float]:
    # WRONG sgd-slope-of-zero-by-default: def sgd_linear(xs, ys, w=0.0, alpha=0.01, epochs=100):
    # WRONG sgd-rate-of-a-tenth-by-default: def sgd_linear(xs, ys, w=1.0, alpha=0.1, epochs=100):
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
    # BEGIN SOLUTION
    history = []
    # WRONG sgd-first-slope-recorded: history = [w]
    for _ in range(epochs):
        # WRONG sgd-one-epoch-fewer: for _ in range(epochs - 1):
        # WRONG sgd-always-100-epochs: for _ in range(100):
        # WRONG slope-reset-in-each-epoch:
        #     start = w
        #     for _ in range(epochs):
        #         w = start
        for x, y in zip(xs, ys, strict=True):
            # WRONG example-by-example, 2 lines:
            #     for x, y in zip(xs, ys):
            #         for _ in range(epochs):
            # WRONG last-example-skipped: for x, y in list(zip(xs, ys))[: max(len(xs) - 1, 1)]:
            # WRONG examples-from-the-end: for x, y in reversed(list(zip(xs, ys))):
            # WRONG examples-sorted: for x, y in sorted(zip(xs, ys)):
            # WRONG one-example-per-epoch: for x, y in [(xs[_ % len(xs)], ys[_ % len(xs)])]:
            # WRONG first-example-each-time: for x, y in [(xs[0], ys[0])] * len(xs):
            # WRONG odd-epochs-backwards: for x, y in list(zip(xs, ys))[:: -1 if _ % 2 else 1]:
            w -= alpha * 2 * x * (x * w - y)
            # WRONG sgd-factor-two-missing: w -= alpha * x * (x * w - y)
            # WRONG sgd-factor-x-missing: w -= alpha * 2 * (x * w - y)
            # WRONG sgd-factor-w-for-x: w -= alpha * 2 * w * (x * w - y)
            # WRONG sgd-divided-by-n: w -= alpha * 2 * x * (x * w - y) / len(xs)
            # WRONG sgd-ascends: w += alpha * 2 * x * (x * w - y)
            # WRONG sgd-labels-left-out: w -= alpha * 2 * x * (x * w)
            # WRONG sgd-distance-for-square: w -= alpha * x * ((x * w > y) - (x * w < y))
            # WRONG sgd-rate-left-out: w -= 2 * x * (x * w - y)
            # WRONG sgd-always-rate-of-0-01: w -= 0.01 * 2 * x * (x * w - y)
            # WRONG sgd-rate-decays: w -= alpha / (len(history) + 1) * 2 * x * (x * w - y)
            # WRONG sgd-old-slope-forgotten: w = -alpha * 2 * x * (x * w - y)
            # WRONG sgd-magnitude-of-the-input: w -= alpha * 2 * abs(x) * (x * w - y)
            # WRONG sgd-normalised: w -= alpha * 2 * x * (x * w - y) / (x * x)
            # WRONG full-gradient-each-time: w -= alpha * sum(2 * a * (a * w - b) for a, b in zip(xs, ys)) / len(xs)
            # WRONG sgd-gradients-never-cleared:
            #     total = (total if history else 0.0) + 2 * x * (x * w - y)
            #     w -= alpha * total
            # WRONG slope-of-the-epoch:
            #     old = w if len(history) % len(xs) == 0 else old
            #     w -= alpha * 2 * x * (x * old - y)
            # WRONG sgd-slope-at-the-start:
            #     old = w if not history else old
            #     w -= alpha * 2 * x * (x * old - y)
            history.append(w)
            # WRONG sgd-slope-before-the-step, 2 lines:
            #     history.append(w)
            #     w -= alpha * 2 * x * (x * w - y)
            # WRONG sgd-with-losses: history.append((w, (x * w - y) ** 2))
            # WRONG sgd-losses: history.append((x * w - y) ** 2)
    return history
    # WRONG end-of-epochs-alone: return history[len(xs) - 1 :: len(xs)]
    # WRONG list-for-each-epoch: return [history[i : i + len(xs)] for i in range(0, len(history), len(xs))]
    # WRONG sgd-last-slope-alone: return history[-1:]
    # END SOLUTION


def minibatch_linear(
    xs: Sequence[float],
    ys: Sequence[float],
    batch_size: int,
    w: float = 1.0,
    alpha: float = 0.01,
    epochs: int = 100,
) -> list[float]:
    # WRONG mini-slope-of-zero-by-default: def minibatch_linear(xs, ys, batch_size, w=0.0, alpha=0.01, epochs=100):
    # WRONG mini-rate-of-a-tenth-by-default: def minibatch_linear(xs, ys, batch_size, w=1.0, alpha=0.1, epochs=100):
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
    # BEGIN SOLUTION
    if batch_size < 1:
        # WRONG only-zero-refused:
        #     batch_size = abs(batch_size)
        #     if batch_size < 1:
        # WRONG large-batches-refused: if batch_size < 1 or batch_size > len(xs):
        # WRONG batches-of-one-refused: if batch_size <= 1:
        raise ValueError(f"a batch of {batch_size} examples")
        # WRONG small-batches-accepted: return []
        # WRONG small-batches-raised-to-one: batch_size = 1
    # WRONG batch-size-ignored, 2 lines: batch_size = max(1, len(xs) // 2)
    # WRONG rate-times-the-batch-size, 2 lines:
    #     if batch_size < 1:
    #         raise ValueError
    #     alpha = alpha * batch_size
    history = []
    # WRONG mini-first-slope-recorded: history = [w]
    for _ in range(epochs):
        # WRONG batches-across-epochs:
        #     xs, ys = list(xs) * epochs, list(ys) * epochs
        #     for _ in range(1):
        for i in range(0, len(xs), batch_size):
            # WRONG short-batch-dropped: for i in range(0, len(xs) - batch_size + 1, batch_size):
            # WRONG windows-overlap: for i in range(max(len(xs) - batch_size + 1, 1)):
            # WRONG one-batch-per-epoch: for i in [0]:
            # WRONG one-example-too-far: for i in range(0, len(xs), batch_size + 1):
            batch = list(zip(xs[i : i + batch_size], ys[i : i + batch_size], strict=True))
            # WRONG short-batch-filled-from-the-start:
            #     batch = list(zip(xs, ys))
            #     batch = (batch * (batch_size + 1))[i : i + batch_size]
            # WRONG every-so-many-examples:
            #     batch = list(zip(xs, ys))[i // batch_size :: -(-len(xs) // batch_size)]
            # WRONG batch-from-the-start: batch = list(zip(xs[:batch_size], ys[:batch_size]))
            # WRONG batches-grow: batch = list(zip(xs[: i + batch_size], ys[: i + batch_size]))
            # WRONG first-example-of-a-batch: batch = [(xs[i], ys[i])]
            # WRONG one-example-short: batch = list(zip(xs[i : i + batch_size - 1], ys[i : i + batch_size - 1])) or [(xs[i], ys[i])]
            # WRONG batches-from-the-end: batch = list(zip(xs[::-1][i : i + batch_size], ys[::-1][i : i + batch_size]))
            # WRONG all-examples-each-time: batch = list(zip(xs, ys))
            # WRONG last-batch-overlaps: batch = list(zip(xs, ys))[max(0, min(i, len(xs) - batch_size)) : i + batch_size]
            gradient = sum(2 * x * (x * w - y) for x, y in batch) / len(batch)
            # WRONG batch-summed: gradient = sum(2 * x * (x * w - y) for x, y in batch)
            # WRONG divided-by-the-batch-size: gradient = sum(2 * x * (x * w - y) for x, y in batch) / batch_size
            # WRONG divided-by-all-examples: gradient = sum(2 * x * (x * w - y) for x, y in batch) / len(xs)
            # WRONG mini-factor-two-missing: gradient = sum(x * (x * w - y) for x, y in batch) / len(batch)
            # WRONG mini-factor-x-missing: gradient = sum(2 * (x * w - y) for x, y in batch) / len(batch)
            # WRONG mini-residual-turned-round: gradient = sum(2 * x * (y - x * w) for x, y in batch) / len(batch)
            # WRONG mini-labels-left-out: gradient = sum(2 * x * x * w for x, y in batch) / len(batch)
            # WRONG mini-slope-of-the-epoch:
            #     old = w if i == 0 else old
            #     gradient = sum(2 * x * (x * old - y) for x, y in batch) / len(batch)
            # WRONG mini-means-multiplied:
            #     mean_x, mean_y = sum(x for x, _ in batch) / len(batch), sum(y for _, y in batch) / len(batch)
            #     gradient = 2 * mean_x * (mean_x * w - mean_y)
            # WRONG mini-gradients-never-cleared:
            #     gradient = (gradient if history else 0.0) + sum(2 * x * (x * w - y) for x, y in batch) / len(batch)
            # WRONG steps-within-the-batch:
            #     for x, y in batch[:-1]:
            #         w -= alpha * 2 * x * (x * w - y)
            #     gradient = 2 * batch[-1][0] * (batch[-1][0] * w - batch[-1][1])
            w -= alpha * gradient
            # WRONG mini-rate-decays: w -= alpha / (len(history) + 1) * gradient
            # WRONG mini-old-slope-forgotten: w = -alpha * gradient
            # WRONG mini-always-rate-of-0-01: w -= 0.01 * gradient
            history.append(w)
            # WRONG mini-slope-before-the-step: history.append(w + alpha * gradient)
            # WRONG short-batch-not-recorded: history.extend([w] if len(batch) == batch_size else [])
    return history
    # WRONG mini-last-slope-alone: return history[-1:]
    # WRONG mini-end-of-epochs-alone: return history[-(-len(xs) // batch_size) - 1 :: -(-len(xs) // batch_size)]
    # END SOLUTION
