"""ch11 Model selection: how well a model does on data that it was not fitted to.

D2L section 4.4 (chapter_multilayer-perceptrons/underfit-overfit.md).
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn


# Given, not an exercise.
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


d2l = SimpleNamespace(
    Accumulator=Accumulator, reduce_sum=torch.sum, reshape=torch.reshape, size=lambda X: X.numel()
)  # fmt: skip


def evaluate_loss(
    net: Callable[[Tensor], Tensor],
    data_iter: Iterable[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor],
) -> float:
    """The mean loss of a net on a data set (D2L 4.4.4).

    The labels y of a minibatch are first brought into the shape of the net's output, so that (n,) labels fit (n, 1)
    predictions. The result is the mean of all the numbers that `loss` gives, over all minibatches together: a loss
    for each element counts each element once, whatever the size of its minibatch; a loss that is a single number for
    a minibatch counts each minibatch once.

    Args:
        net: any function from X to predictions. (An nn.Module is put into evaluation mode, and no computational graph
            is built. The book's code does neither; the checks of these two cost no points.)
        data_iter: pairs (X, y) of minibatches, not all of the same size; it may be read only once. y has as many
            elements as net(X), in the same order.
        loss: gives a tensor of losses of (prediction, label), for example nn.MSELoss(reduction="none").

    Returns:
        The mean as a Python float.
    """
    raise NotImplementedError  # write your code here


def polynomial_features(x: Tensor, max_degree: int) -> Tensor:
    """The features of polynomial regression (D2L 4.4.4): powers, divided by factorials to keep them small.

        result[n, i] = x[n]^i / i!          for i = 0, ..., max_degree - 1

    A power or a factorial may be too large for its type where their quotient is not: x = 200 with 20 columns has one
    of 4e26, which float32 can hold; neither 200^19 in float32 nor 21! in int64 can be held.

    Args:
        x: floats, (n,) or (n, 1).
        max_degree: the number of columns, from 1 on, counted with that of x^0 = 1.

    Returns:
        A tensor (n, max_degree) of x's dtype. Its first column is 1, also where x is 0.
    """
    raise NotImplementedError  # write your code here


def k_fold_indices(n: int, k: int) -> list[tuple[list[int], list[int]]]:
    """The k pairs of training and validation examples of k-fold cross-validation (D2L 4.4.2), not shuffled.

    The examples 0, ..., n - 1 are cut into k folds of neighbours, in order. Every fold has n // k examples, and the
    first n % k folds have one more. Each fold is the validation set once; all the other examples are then the training
    set.

    Args:
        n: how many examples there are.
        k: how many folds, from 2 to n.

    Returns:
        k pairs (train, valid) of lists of indices, each in ascending order; the first pair has the first fold for
        validation.

    Raises:
        ValueError: k is less than 2 or more than n.

    >>> k_fold_indices(5, 2)
    [([3, 4], [0, 1, 2]), ([0, 1, 2], [3, 4])]
    """
    raise NotImplementedError  # write your code here


def train_val_test_split(
    n: int, fractions: tuple[float, float, float] = (0.7, 0.15, 0.15), seed: int = 0
) -> tuple[list[int], list[int], list[int]]:
    """Divide n examples at random: one part to fit with, one to choose by, one to be looked at once, at the end.

    The examples 0, ..., n - 1 are shuffled and dealt out. Validation and test set get n times their fraction, rounded
    down; the training set gets all the rest, so that rounding loses no example.

    Args:
        n: how many examples there are, from 1 on.
        fractions: the shares of training, validation and test set; they sum to 1 (but for rounding: 0.7 + 0.2 + 0.1
            is 0.9999999999999999).
        seed: the same seed gives the same split, whatever has been drawn before; another seed gives another one.

    Returns:
        (train, valid, test), lists of indices in random order; every index is in exactly one of them.

    Raises:
        ValueError: a fraction is negative, or they do not sum to 1.
    """
    raise NotImplementedError  # write your code here


def stratified_split(labels: Sequence[int], valid_ratio: float, seed: int = 0) -> tuple[list[int], list[int]]:
    """Hold out as many examples of each class, by the rule of the book's `reorg_train_valid` (D2L 13.13).

        examples of each class in the validation set = max(1, floor(size of the smallest class * valid_ratio))

    Which ones is drawn at random: every example of a class has the same chance.

    Args:
        labels: the class of each example: any whole numbers, in any order.
        valid_ratio: from 0 to 1.
        seed: the same seed gives the same split, whatever has been drawn before; another seed gives another one.

    Returns:
        (train, valid), lists of indices of `labels`, in any order; every index is in exactly one of them. The only
        example of a class goes to valid.
    """
    raise NotImplementedError  # write your code here
