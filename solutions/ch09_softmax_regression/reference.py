"""ch09 Softmax regression, its loss and its training loop.

See D2L 3.4 and 3.6 (chapter_linear-networks/softmax-regression.md, softmax-regression-scratch.md).
"""

from collections.abc import Callable, Iterable
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# Given, not exercises: helpers of the book's notebooks.
d2l = SimpleNamespace(
    exp=torch.exp,
    log=torch.log,
    reduce_sum=torch.sum,
    argmax=torch.argmax,
    astype=torch.Tensor.type,
    size=torch.numel,
)


class Accumulator:
    """Accumulate n sums (D2L 3.6): add(a, b, ...) adds a number to each sum, and self[i] is the i-th sum."""

    def __init__(self, n: int) -> None:
        self.data = [0.0] * n

    def add(self, *numbers: float) -> None:
        for i, number in enumerate(numbers):
            self.data[i] += float(number)

    def reset(self) -> None:
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i: int) -> float:
        return self.data[i]


def softmax(X: Tensor) -> Tensor:
    """Return the softmax of each row (D2L 3.6.2).

        softmax(X)[i, j] = exp(X[i, j]) / sum_k exp(X[i, k])

    Gradients flow to X. The function leaves X unchanged. A logit of -inf has probability 0. Bonus (no points): logits
    in the thousands, of either sign, give probabilities and not NaN.

    Args:
        X: logits, (n, q): a row for each example, a column for each class. float32 or float64; X need not be contiguous
            in memory.

    Returns:
        Probabilities with the shape and dtype of X. Each row sums to 1.
    """
    # BEGIN SOLUTION
    largest = X.detach().amax(dim=1, keepdim=True)  # any shift gives the same, this one does not overflow
    # WRONG negative-exponent: largest = (-X).detach().amax(dim=1, keepdim=True)
    X_exp = torch.exp(X - largest)
    # WRONG softmax-over-batch: X_exp = torch.exp(X)
    # WRONG row-sums-along-columns: X_exp = torch.exp(X)
    # WRONG softmax-overflow: X_exp = torch.exp(X)
    # WRONG exp-forgotten: X_exp = X
    # WRONG negative-exponent: X_exp = torch.exp(-X - largest)
    return X_exp / X_exp.sum(dim=1, keepdim=True)
    # WRONG softmax-over-batch: return X_exp / X_exp.sum(dim=0, keepdim=True)
    # WRONG row-sums-along-columns: return X_exp / X_exp.sum(dim=1)
    # WRONG one-sum-for-all: return X_exp / X_exp.sum()
    # WRONG one-sum-and-one-maximum: return torch.exp(X - X.max()) / torch.exp(X - X.max()).sum()
    # WRONG not-normalised: return torch.exp(X)
    # WRONG numerator-without-exp: return X / torch.exp(X).sum(dim=1, keepdim=True)
    # WRONG logarithm-of-softmax: return X - largest - X_exp.sum(dim=1, keepdim=True).log()
    # WRONG sigmoid-of-each-element: return torch.sigmoid(X)
    # WRONG divided-by-the-largest: return X_exp / X_exp.amax(dim=1, keepdim=True)
    # WRONG divided-by-the-sum-of-logits: return torch.exp(X) / X.sum(dim=1, keepdim=True)
    # END SOLUTION


def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the cross-entropy of each example, computed from probabilities (D2L 3.6.4).

        loss[i] = -log(y_hat[i, y[i]])

    Gradients flow to y_hat. The function leaves its arguments unchanged.

    Args:
        y_hat: predicted probabilities, (n, q), float32 or float64. They need not be contiguous in memory.
        y: the right classes, (n,), integers from 0 to q - 1.

    Returns:
        The losses, (n,), neither summed nor averaged. The loss is inf if the right class has probability 0.
    """
    # BEGIN SOLUTION
    return -torch.log(y_hat[torch.arange(len(y_hat)), y])
    # WRONG mean-of-losses: return -torch.log(y_hat[torch.arange(len(y_hat)), y]).mean()
    # WRONG loss-over-all-classes: return -torch.log(y_hat).sum(dim=1)
    # WRONG softmax-twice: return -torch.log(softmax(y_hat)[torch.arange(len(y_hat)), y])
    # WRONG minus-forgotten: return torch.log(y_hat[torch.arange(len(y_hat)), y])
    # WRONG log-forgotten: return -y_hat[torch.arange(len(y_hat)), y]
    # WRONG all-rows-for-each-label: return -torch.log(y_hat[:, y])
    # WRONG losses-as-a-column: return -torch.log(y_hat.gather(1, y.reshape(-1, 1)))
    # WRONG sum-of-losses: return -torch.log(y_hat[torch.arange(len(y_hat)), y]).sum()
    # WRONG loss-of-the-prediction: return -torch.log(y_hat.amax(dim=1))
    # WRONG logarithm-kept-finite: return -torch.log(y_hat[torch.arange(len(y_hat)), y] + 1e-8)
    # WRONG rows-and-columns-swapped: return -torch.log(y_hat[y, torch.arange(len(y_hat))])
    # WRONG mean-loss-of-logits: return -torch.log(softmax(y_hat)[torch.arange(len(y_hat)), y]).mean()
    # WRONG entropy-of-the-prediction: return -(y_hat * torch.log(y_hat)).sum(dim=1)
    # WRONG loss-of-the-wrong-classes: return -torch.log(1 - y_hat[torch.arange(len(y_hat)), y])
    # END SOLUTION


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Return the number of right predictions; it is a count, not a fraction (D2L 3.6.5).

    The function leaves its arguments unchanged.

    Args:
        y_hat: scores, (n, q) with q > 1; the largest score of a row is the prediction. Or the predicted classes, (n,)
            or (n, 1), which are cast to the dtype of y. float32, float64 or integers; y_hat need not be contiguous in
            memory.
        y: the right classes, (n,), or (n, 1) for predictions (n, 1).

    Returns:
        The number as a Python float.
    """
    # BEGIN SOLUTION
    if y_hat.dim() > 1 and y_hat.shape[1] > 1:
        # WRONG column-taken-for-scores: if y_hat.dim() > 1:
        y_hat = y_hat.argmax(dim=1)
        # WRONG argmax-over-the-batch: y_hat = y_hat.argmax(dim=0)
        # WRONG smallest-score: y_hat = y_hat.argmin(dim=1)
        # WRONG predictions-as-a-column: y_hat = y_hat.argmax(dim=1, keepdim=True)
    return float((y_hat.to(y.dtype) == y).sum())
    # WRONG accuracy-is-a-fraction: return float((y_hat.to(y.dtype) == y).float().mean())
    # WRONG wrong-predictions-counted: return float((y_hat.to(y.dtype) != y).sum())
    # WRONG predictions-not-cast: return float((y_hat == y).sum())
    # WRONG count-as-an-integer: return int((y_hat.to(y.dtype) == y).sum())
    # WRONG accuracy-in-percent: return float(100 * (y_hat.to(y.dtype) == y).float().mean())
    # WRONG count-as-a-tensor: return (y_hat.to(y.dtype) == y).sum()
    # END SOLUTION


def evaluate_accuracy(net: Callable[[Tensor], Tensor], data_iter: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Return the accuracy of a net on a data set, with the help of your `accuracy` (D2L 3.6.5).

    The function builds no computational graph.

    Args:
        net: an nn.Module, which is put into evaluation mode, or any function from X to scores.
        data_iter: an iterable of minibatches (X, y). Their sizes may differ. It may have no length, and it may allow
            only a single pass.

    Returns:
        The number of right predictions divided by the number of predictions, as a Python float.
    """
    # BEGIN SOLUTION
    if isinstance(net, nn.Module):
        net.eval()
    # WRONG evaluates-in-training-mode, 2 lines:
    # WRONG eval-of-a-function, 2 lines:
    #     net.eval()
    totals = Accumulator(2)  # right predictions, predictions
    with torch.no_grad():
        # WRONG evaluates-with-a-graph: with torch.enable_grad():
        for X, y in data_iter:
            totals.add(accuracy(net(X), y), y.numel())
            # WRONG mean-of-batch-accuracies: totals.add(accuracy(net(X), y) / y.numel(), 1)
            # WRONG divided-by-the-number-of-batches: totals.add(accuracy(net(X), y), 1)
            # WRONG only-the-last-batch:
            #     totals.reset()
            #     totals.add(accuracy(net(X), y), y.numel())
            # WRONG only-the-first-batch:
            #     totals.add(accuracy(net(X), y), y.numel())
            #     break
    return totals[0] / totals[1]
    # WRONG right-predictions-not-divided: return totals[0]
    # WRONG accuracy-of-a-hundred: return 100 * totals[0] / totals[1]
    # WRONG error-rate: return 1 - totals[0] / totals[1]
    # END SOLUTION


def train_epoch_ch3(
    net: Callable[[Tensor], Tensor],
    train_iter: Iterable[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor],
    updater: torch.optim.Optimizer | Callable[[int], None],
) -> tuple[float, float]:
    """Train a classifier for one epoch and return its loss and accuracy, with the help of your `accuracy` (D2L 3.6.6).

    For each minibatch: predict, compute the losses, go backward, update. There are two kinds of updaters. For a
    torch.optim.Optimizer, clear the gradients, take the gradient of the mean loss, and call step(). Any other updater
    divides by the batch size itself. Take the gradient of the summed loss for it, and call it with the batch size; it
    clears the gradients.

    Args:
        net: an nn.Module, which is put into training mode, or any function from X to scores.
        train_iter: an iterable of minibatches (X, y). Their sizes may differ. It may have no length, and it may allow
            only a single pass.
        loss: a function of (y_hat, y) that returns the loss of each example, (n,).
        updater: a torch.optim.Optimizer, or a function of the batch size that changes the parameters.

    Returns:
        (mean loss, accuracy) over the examples of the epoch, each a Python float, measured before the updates.
    """
    # BEGIN SOLUTION
    if isinstance(net, nn.Module):
        net.train()
    # WRONG trains-in-evaluation-mode, 2 lines:
    # WRONG train-of-a-function, 2 lines:
    #     net.train()
    totals = Accumulator(3)  # loss, right predictions, examples
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            # WRONG gradients-accumulate:
            losses.mean().backward()
            # WRONG sum-for-the-optimizer: losses.sum().backward()
            # WRONG vector-backward: losses.backward()
            updater.step()
            # WRONG optimizer-without-effect:
        else:
            # This updater divides by the batch size itself.
            losses.sum().backward()
            # WRONG mean-for-own-updater: losses.mean().backward()
            # WRONG vector-backward: losses.backward()
            updater(len(X))
            # WRONG own-updater-without-effect:
            # WRONG own-updater-without-batch-size: updater()
            # WRONG batch-size-of-one: updater(1)
        totals.add(losses.sum().item(), accuracy(y_hat, y), len(X))
        # WRONG mean-of-batch-losses: totals.add(losses.mean().item(), accuracy(y_hat, y) / len(X), 1)
        # WRONG metrics-after-the-update:
        #     with torch.no_grad():
        #         y_hat = net(X)
        #         losses = loss(y_hat, y)
        #     totals.add(losses.sum().item(), accuracy(y_hat, y), len(X))
        # WRONG sums-over-the-number-of-batches: totals.add(losses.sum().item(), accuracy(y_hat, y), 1)
        # WRONG metrics-of-the-last-batch:
        #     totals.reset()
        #     totals.add(losses.sum().item(), accuracy(y_hat, y), len(X))
        # WRONG mean-losses-over-the-examples: totals.add(losses.mean().item(), accuracy(y_hat, y), len(X))
        # WRONG accuracies-divided-twice: totals.add(losses.sum().item(), accuracy(y_hat, y) / len(X), len(X))
        # WRONG only-the-first-minibatch:
        #     totals.add(losses.sum().item(), accuracy(y_hat, y), len(X))
        #     break
    return totals[0] / totals[2], totals[1] / totals[2]
    # WRONG loss-and-accuracy-swapped: return totals[1] / totals[2], totals[0] / totals[2]
    # WRONG only-the-loss: return totals[0] / totals[2]
    # WRONG sums-not-divided: return totals[0], totals[1]
    # WRONG train-accuracy-in-percent: return totals[0] / totals[2], 100 * totals[1] / totals[2]
    # END SOLUTION


def huber_loss(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Return Huber's loss of each element: a parabola for small errors, straight lines for large errors.

        e = y_hat - y
        loss = e^2 / 2                      where |e| <= delta
               delta * (|e| - delta / 2)    elsewhere

    See Huber (1964). Gradients flow to y_hat and y. The function leaves its arguments unchanged.

    Args:
        y_hat, y: predictions and targets of the same shape, float32 or float64. They need not be contiguous in memory.
        delta: the largest error of the parabola, above 0.

    Returns:
        The losses, of the same shape and dtype.
    """
    # BEGIN SOLUTION
    error = (y_hat - y).abs()
    # WRONG sign-of-the-error-kept: error = y_hat - y
    return torch.where(error <= delta, error**2 / 2, delta * (error - delta / 2))
    # WRONG smooth-l1: return torch.where(error <= delta, error**2 / 2 / delta, error - delta / 2)
    # WRONG line-not-joined: return torch.where(error <= delta, error**2 / 2, delta * error)
    # WRONG half-forgotten: return torch.where(error <= delta, error**2, delta * (error - delta / 2))
    # WRONG delta-ignored: return torch.where(error <= 1, error**2 / 2, error - 0.5)
    # WRONG parabola-everywhere: return error**2 / 2
    # WRONG line-everywhere: return delta * (error - delta / 2)
    # WRONG pieces-swapped: return torch.where(error <= delta, delta * (error - delta / 2), error**2 / 2)
    # WRONG line-shifted-by-delta: return torch.where(error <= delta, error**2 / 2, delta * (error - delta))
    # WRONG line-of-slope-one: return torch.where(error <= delta, error**2 / 2, error - delta / 2)
    # WRONG mean-huber-loss: return torch.where(error <= delta, error**2 / 2, delta * (error - delta / 2)).mean()
    # WRONG summed-huber-loss: return torch.where(error <= delta, error**2 / 2, delta * (error - delta / 2)).sum()
    # WRONG line-with-a-sign: return torch.where(error <= delta, error**2 / 2, delta * (y_hat - y - delta / 2))
    # WRONG square-compared: return torch.where(error**2 <= delta, error**2 / 2, delta * (error - delta / 2))
    # WRONG delta-not-squared: return torch.where(error <= delta, error**2 / 2, delta * error - delta / 2)
    # WRONG line-halved: return torch.where(error <= delta, error**2 / 2, delta * (error - delta) / 2)
    # END SOLUTION
