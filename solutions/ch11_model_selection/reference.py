"""ch11 Model selection: how well a model does on data that it was not fitted to.

D2L section 4.4 (chapter_multilayer-perceptrons/underfit-overfit.md).
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# GIVEN ch09: Accumulator

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
    # BEGIN SOLUTION
    if isinstance(net, nn.Module):
        net.eval()
        # WRONG still-training: net.train()
    total, count = 0.0, 0
    with torch.no_grad():
        # WRONG graph-recorded: with torch.enable_grad():
        for X, y in data_iter:
            y_hat = net(X)
            losses = loss(y_hat, y.reshape(y_hat.shape))
            # WRONG labels-broadcast: losses = loss(y_hat, y)
            # WRONG loss-arguments-swapped: losses = loss(y.reshape(y_hat.shape), y_hat)
            total += losses.sum().item()
            # WRONG batch-means-averaged: total += losses.mean().item()
            count += losses.numel()
            # WRONG batch-means-averaged: count += 1
            # WRONG divided-by-batches: count += 1
            # WRONG divided-by-examples: count += len(X)
    return total / count
    # END SOLUTION


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
    # BEGIN SOLUTION
    x = x.reshape(-1)
    columns = [torch.ones_like(x)]
    for i in range(1, max_degree):
        # WRONG constant-column-missing: for i in range(1, max_degree + 1):
        # From the column before: x^i and i! on their own may be too large.
        columns.append(columns[-1] * x / i)
        # WRONG divided-by-the-degree: columns.append(x**i / i)
        # WRONG plain-powers: columns.append(columns[-1] * x)
        # WRONG power-before-quotient: columns.append(x**i / float(math.factorial(i)))
        # WRONG factorial-in-int64: columns.append(x**i / torch.arange(1, i + 1).prod())
        # WRONG powers-by-logarithm: columns.append(torch.exp(i * x.log() - math.lgamma(i + 1)))
    return torch.stack(columns, dim=1)
    # WRONG constant-column-missing: return torch.stack(columns[1:], dim=1)
    # END SOLUTION


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
    # BEGIN SOLUTION
    if k < 2 or k > n:
        # WRONG one-fold-accepted: if k < 1 or k > n:
        raise ValueError(f"{n} examples do not make {k} folds")
    indices, folds, start = list(range(n)), [], 0
    for fold in range(k):
        stop = start + n // k + (fold < n % k)  # the first n % k folds have one more
        # WRONG remainder-never-validated: stop = start + n // k
        # WRONG remainder-in-last-fold: stop = start + n // k if fold < k - 1 else n
        folds.append((indices[:start] + indices[stop:], indices[start:stop]))
        # WRONG validation-in-training: folds.append((list(indices), indices[start:stop]))
        # WRONG only-the-past: folds.append((indices[:start], indices[start:stop]))
        # WRONG every-kth-example: folds.append(([i for i in indices if i % k != fold], indices[fold::k]))
        start = stop
    return folds
    # END SOLUTION


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
    # BEGIN SOLUTION
    if min(fractions) < 0 or not math.isclose(sum(fractions), 1):
        # WRONG exact-sum: if min(fractions) < 0 or sum(fractions) != 1:
        raise ValueError(f"{fractions} are no shares of a whole")
    _, valid_share, test_share = fractions
    valid_size, test_size = math.floor(n * valid_share), math.floor(n * test_share)
    train_size = n - valid_size - test_size
    # WRONG rounding-loses-examples: train_size = math.floor(n * fractions[0])
    order = list(range(n))
    random.Random(seed).shuffle(order)
    # WRONG not-shuffled:
    # WRONG seed-ignored: random.shuffle(order)
    # WRONG seed-fixed: random.Random(0).shuffle(order)
    train, held_out = order[:train_size], order[train_size:]
    # WRONG sets-drawn-separately: generator = random.Random(seed)
    return train, held_out[:valid_size], held_out[valid_size:]
    # WRONG test-set-for-validation: return train, held_out[:valid_size], held_out[:test_size]
    # WRONG sets-drawn-separately:
    #     return tuple(generator.sample(order, size) for size in (train_size, valid_size, test_size))
    # WRONG rounding-loses-examples: return train, held_out[:valid_size], held_out[valid_size : valid_size + test_size]
    # END SOLUTION


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
    # BEGIN SOLUTION
    members: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        members.setdefault(label, []).append(index)
    smallest = min(len(indices) for indices in members.values())
    count = max(1, math.floor(smallest * valid_ratio))
    # WRONG rare-class-left-out: count = math.floor(smallest * valid_ratio)
    # WRONG rounded-up: count = max(1, math.ceil(smallest * valid_ratio))
    generator = random.Random(seed)
    valid = {index for indices in members.values() for index in generator.sample(indices, count)}
    # WRONG classes-ignored: valid = set(generator.sample(range(len(labels)), count * len(members)))
    # WRONG share-of-each-class:
    #     valid = {
    #         index
    #         for indices in members.values()
    #         for index in generator.sample(indices, max(1, math.floor(len(indices) * valid_ratio)))
    #     }
    # WRONG first-of-each-class: valid = {index for indices in members.values() for index in indices[:count]}
    return [index for index in range(len(labels)) if index not in valid], sorted(valid)
    # END SOLUTION
