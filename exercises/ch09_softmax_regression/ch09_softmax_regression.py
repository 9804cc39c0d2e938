"""ch09 Softmax regression, losses and the loop that trains it.

D2L sections 3.4 and 3.6 (chapter_linear-networks/softmax-regression.md, softmax-regression-scratch.md).
"""

from collections.abc import Callable, Iterable
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# Given, not exercises: what the book's notebooks have at hand.
d2l = SimpleNamespace(
    exp=torch.exp,
    log=torch.log,
    reduce_sum=torch.sum,
    argmax=torch.argmax,
    astype=torch.Tensor.type,
    size=torch.numel,
)


class Accumulator:
    """Sums of n running quantities (D2L 3.6): add(a, b, ...) adds a number to each, self[i] reads the i-th."""

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
    """Softmax of every row (D2L 3.6.2).

        softmax(X)[i, j] = exp(X[i, j]) / sum_k exp(X[i, k])

    Args:
        X: logits, (n, q): a row for each example, a column for each class.

    Returns:
        Probabilities of X's shape and dtype; every row sums to one.

    Write it from scratch, without ready-made softmax and cross-entropy (torch.softmax, nn.Softmax, F.cross_entropy,
    ...).
    """
    raise NotImplementedError  # write your code here


def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of each example, from probabilities (D2L 3.6.4).

        loss[i] = -log(y_hat[i, y[i]])

    Args:
        y_hat: predicted probabilities, (n, q).
        y: the right classes, (n,), whole numbers from 0 to q - 1.

    Returns:
        The losses, (n,), neither summed nor averaged. Probability 0 of the right class gives inf.

    Write it from scratch, without ready-made cross-entropy (nn.CrossEntropyLoss, F.cross_entropy, F.nll_loss, ...).
    """
    raise NotImplementedError  # write your code here


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """How many predictions are right: their number, not their fraction (D2L 3.6.5).

    Args:
        y_hat: scores, (n, q) with q > 1, whose largest in a row is the prediction; or the predicted classes
            themselves, of y's shape, (n,) or (n, 1), which are cast to y's dtype.
        y: the right classes, (n,), or (n, 1) for (n, 1) predictions.

    Returns:
        The number as a Python float.
    """
    raise NotImplementedError  # write your code here


def evaluate_accuracy(net: Callable[[Tensor], Tensor], data_iter: Iterable[tuple[Tensor, Tensor]]) -> float:
    """The fraction of a data set that a net classifies rightly (D2L 3.6.5), on top of your `accuracy`.

    Args:
        net: an nn.Module, which is put into evaluation mode, or any function from X to scores.
        data_iter: pairs (X, y) of minibatches, not all of the same size; it may be read only once.

    Returns:
        Right predictions over all predictions, as a Python float. No computational graph is built on the way.
    """
    raise NotImplementedError  # write your code here


def train_epoch_ch3(
    net: Callable[[Tensor], Tensor],
    train_iter: Iterable[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor],
    updater: torch.optim.Optimizer | Callable[[int], None],
) -> tuple[float, float]:
    """Train a classifier for one epoch (D2L 3.6.6), on top of your `accuracy`.

    Every minibatch takes a prediction, its losses, a backward pass and an update. A torch.optim.Optimizer steps along
    the gradient of the mean loss, gradients cleared before. Any other updater divides by the batch size itself: it
    gets the gradient of the summed loss, is called with the batch size and clears the gradients.

    Args:
        net: an nn.Module, which is put into training mode, or any function from X to scores.
        train_iter: pairs (X, y) of minibatches, not all of the same size; it may be read only once.
        loss: gives the loss of each example, (n,), of (y_hat, y).
        updater: changes the parameters.

    Returns:
        (mean loss, accuracy) over the examples of the epoch, as Python floats, measured as training went on.
    """
    raise NotImplementedError  # write your code here


def huber_loss(y_hat: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """Huber's loss of each element (Huber, 1964): a parabola for small errors, straight lines for large ones.

        e = y_hat - y
        loss = e^2 / 2                      where |e| <= delta
               delta * (|e| - delta / 2)    elsewhere

    Args:
        y_hat, y: predictions and targets of one shape.
        delta: where the parabola ends, above zero.

    Returns:
        The losses, of the same shape and dtype.

    Write it from scratch, without ready-made Huber losses (nn.HuberLoss, F.smooth_l1_loss, ...).
    """
    raise NotImplementedError  # write your code here
