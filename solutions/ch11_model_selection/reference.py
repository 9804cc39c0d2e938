"""ch11 Model selection, overfitting and underfitting.

See D2L 4.4 (chapter_multilayer-perceptrons/underfit-overfit.md).
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
    """Return the mean loss of a net on a data set (D2L 4.4.4).

    First reshape the labels y of a minibatch to the shape of the net's output: labels (n,) may belong to predictions
    (n, 1). The result is the mean of all numbers that `loss` returns, over all minibatches together. If the loss has a
    number for each element, each element counts once, whatever the size of its minibatch. If the loss is a single
    number for a minibatch, each minibatch counts once. The function leaves the data unchanged.

    Bonus (no points): an nn.Module is put into evaluation mode. Bonus (no points): no graph is recorded, and autograd
    stays enabled afterwards.

    Args:
        net: any function from X to predictions, for example an nn.Module.
        data_iter: minibatches (X, y), not all of the same size, float32 or float64. It may be an iterator, which can be
            read only once. y has as many elements as net(X), in the same order. Tensors need not be contiguous in
            memory.
        loss: a function of (prediction, label) that returns a tensor of losses, such as nn.MSELoss(reduction="none").

    Returns:
        The mean as a Python float.
    """
    # BEGIN SOLUTION
    if isinstance(net, nn.Module):
        net.eval()
        # WRONG still-training: net.train()
    total, count = 0.0, 0
    # WRONG read-for-its-length: total, count, _ = 0.0, 0, len(data_iter)
    with torch.no_grad():
        # WRONG graph-recorded: with torch.enable_grad():
        for X, y in data_iter:
            y_hat = net(X)
            losses = loss(y_hat, y.reshape(y_hat.shape))
            # WRONG labels-flattened: losses = loss(y_hat, y.reshape(-1, 1))
            # WRONG labels-broadcast: losses = loss(y_hat, y)
            # WRONG loss-arguments-swapped: losses = loss(y.reshape(y_hat.shape), y_hat)
            total += losses.sum().item()
            # WRONG last-batch-only: total = losses.sum().item()
            # WRONG batch-means-averaged: total += losses.mean().item()
            # WRONG batch-losses-weighted: total += losses.mean().item() * len(X)
            count += losses.numel()
            # WRONG first-batch-only:
            #     count += losses.numel()
            #     break
            # WRONG last-batch-only: count = losses.numel()
            # WRONG batch-means-averaged: count += 1
            # WRONG divided-by-batches: count += 1
            # WRONG divided-by-examples: count += len(X)
            # WRONG batch-losses-weighted: count += len(X)
    return total / count
    # WRONG losses-summed: return total
    # WRONG root-of-the-mean: return math.sqrt(abs(total / count))
    # WRONG mean-as-a-tensor: return torch.tensor(total / count)
    # END SOLUTION


def polynomial_features(x: Tensor, max_degree: int) -> Tensor:
    """Return the features of polynomial regression: powers of x, divided by factorials to keep them small (D2L 4.4.4).

        result[n, i] = x[n]^i / i!          for i = 0, ..., max_degree - 1

    A quotient may fit into its dtype although its power or factorial does not. For x = 200 and 20 columns, the largest
    quotient is 4e26, which float32 can hold. It cannot hold 200^19, and int64 cannot hold 21!.

    Gradients flow to x, so compute with torch, not with numpy. The function leaves x unchanged.

    Args:
        x: a tensor (n,) or (n, 1), float32 or float64. It need not be contiguous in memory.
        max_degree: the number of columns, 1 or more, including the column of x^0 = 1.

    Returns:
        A tensor (n, max_degree) in the dtype of x. Its first column is 1, even where x is 0.
    """
    # BEGIN SOLUTION
    x = x.reshape(-1)
    # WRONG column-not-flattened:
    columns = [torch.ones_like(x)]
    # WRONG first-column-of-x: columns = [x]
    for i in range(1, max_degree):
        # WRONG one-column-too-many: for i in range(1, max_degree + 1):
        # WRONG constant-column-missing: for i in range(1, max_degree + 1):
        # From the column before: x^i and i! on their own may be too large.
        columns.append(columns[-1] * x / i)
        # WRONG factorial-one-too-large: columns.append(columns[-1] * x / (i + 1))
        # WRONG divided-by-the-degree: columns.append(x**i / i)
        # WRONG plain-powers: columns.append(columns[-1] * x)
        # WRONG power-before-quotient: columns.append(x**i / float(math.factorial(i)))
        # WRONG factorial-in-int64: columns.append(x**i / torch.arange(1, i + 1).prod())
        # WRONG powers-by-logarithm: columns.append(torch.exp(i * x.log() - math.lgamma(i + 1)))
        # WRONG factorial-one-too-small: columns.append(x**i / float(math.factorial(i - 1)))
        # WRONG factorial-multiplied: columns.append(x**i * float(math.factorial(i)))
        # WRONG quotient-to-the-power: columns.append((x / i) ** i)
    return torch.stack(columns, dim=1)
    # WRONG degrees-reversed: return torch.stack(columns[::-1], dim=1)
    # WRONG rows-and-columns-swapped: return torch.stack(columns, dim=0)
    # WRONG constant-column-missing: return torch.stack(columns[1:], dim=1)
    # END SOLUTION


def k_fold_indices(n: int, k: int) -> list[tuple[list[int], list[int]]]:
    """Return the k pairs of training and validation sets of k-fold cross-validation, without shuffling (D2L 4.4.2).

    Cut the examples 0, ..., n - 1 into k folds of neighbours, in order. Every fold has n // k examples, and each of the
    first n % k folds has one more. Each fold is the validation set once; all other examples are then the training set.

    Args:
        n: the number of examples.
        k: the number of folds, from 2 to n.

    Returns:
        k pairs (train, valid) of lists of indices, each in ascending order. The first pair has the first fold as
        validation set.

    Raises:
        ValueError: k is less than 2 or more than n.

    >>> k_fold_indices(5, 2)
    [([3, 4], [0, 1, 2]), ([0, 1, 2], [3, 4])]
    """
    # BEGIN SOLUTION
    if k < 2 or k > n:
        # WRONG too-many-folds-accepted: if k < 2:
        # WRONG one-fold-accepted: if k < 1 or k > n:
        raise ValueError(f"{n} examples do not make {k} folds")
    indices, folds, start = list(range(n)), [], 0
    # WRONG numbers-from-one: indices, folds, start = list(range(1, n + 1)), [], 0
    # WRONG remainder-in-no-set: indices, folds, start = list(range(n - n % k)), [], 0
    for fold in range(k):
        # WRONG last-pair-missing: for fold in range(k - 1):
        stop = start + n // k + (fold < n % k)  # the first n % k folds have one more
        # WRONG folds-rounded-up: stop = min(start - (-n // k), n)
        # WRONG larger-folds-last: stop = start + n // k + (fold >= k - n % k)
        # WRONG remainder-never-validated: stop = start + n // k
        # WRONG remainder-in-no-set: stop = start + n // k
        # WRONG remainder-in-last-fold: stop = start + n // k if fold < k - 1 else n
        folds.append((indices[:start] + indices[stop:], indices[start:stop]))
        # WRONG only-the-future: folds.append((indices[stop:], indices[start:stop]))
        # WRONG sets-swapped: folds.append((indices[start:stop], indices[:start] + indices[stop:]))
        # WRONG validation-in-training: folds.append((list(indices), indices[start:stop]))
        # WRONG only-the-past: folds.append((indices[:start], indices[start:stop]))
        # WRONG every-kth-example: folds.append(([i for i in indices if i % k != fold], indices[fold::k]))
        # WRONG validation-sets-alone: folds.append(indices[start:stop])
        # WRONG later-folds-first: folds.append((indices[stop:] + indices[:start], indices[start:stop]))
        start = stop
    return folds
    # WRONG last-fold-first: return folds[::-1]
    # END SOLUTION


def train_val_test_split(
    n: int, fractions: tuple[float, float, float] = (0.7, 0.15, 0.15), seed: int = 0
) -> tuple[list[int], list[int], list[int]]:
    """Split n examples at random into a training, a validation and a test set.

    Fit on the first set, choose hyperparameters by the second, and use the third once, at the end. Shuffle the examples
    0, ..., n - 1 and divide them. The sizes of the validation and the test set are n times their fraction, computed
    in floating-point numbers and rounded down. The training set gets all other examples, so rounding loses no example.

    Args:
        n: the number of examples, 1 or more.
        fractions: the shares of training, validation and test set, a tuple or list. They sum to 1 up to rounding, as
            0.7 + 0.2 + 0.1 does, which is 0.9999999999999999.
        seed: the same seed gives the same split, no matter what was drawn before. Another seed gives another split.

    Returns:
        (train, valid, test), lists of indices in random order. Every index is in exactly one of them.

    Raises:
        ValueError: a fraction is negative, or the fractions do not sum to 1.
    """
    # BEGIN SOLUTION
    if min(fractions) < 0 or not math.isclose(sum(fractions), 1):
        # WRONG fractions-not-checked: if False:
        # WRONG exact-sum: if min(fractions) < 0 or sum(fractions) != 1:
        raise ValueError(f"{fractions} are no shares of a whole")
    _, valid_share, test_share = fractions
    # WRONG defaults-always: _, valid_share, test_share = (0.7, 0.15, 0.15)
    # WRONG shares-swapped: _, test_share, valid_share = fractions
    valid_size, test_size = math.floor(n * valid_share), math.floor(n * test_share)
    # WRONG sizes-rounded-to-nearest: valid_size, test_size = round(n * valid_share), round(n * test_share)
    # WRONG sizes-rounded-up: valid_size, test_size = math.ceil(n * valid_share), math.ceil(n * test_share)
    train_size = n - valid_size - test_size
    # WRONG rest-to-the-test-set: train_size = math.floor(n * fractions[0])
    # WRONG rounding-loses-examples: train_size = math.floor(n * fractions[0])
    order = list(range(n))
    random.Random(seed).shuffle(order)
    # WRONG not-shuffled:
    # WRONG seed-ignored: random.shuffle(order)
    # WRONG seed-fixed: random.Random(0).shuffle(order)
    train, held_out = order[:train_size], order[train_size:]
    # WRONG sets-drawn-separately: generator = random.Random(seed)
    return train, held_out[:valid_size], held_out[valid_size:]
    # WRONG validation-after-test: return train, held_out[valid_size:], held_out[:valid_size]
    # WRONG test-set-for-validation: return train, held_out[:valid_size], held_out[:test_size]
    # WRONG sets-drawn-separately:
    #     return tuple(generator.sample(order, size) for size in (train_size, valid_size, test_size))
    # WRONG rounding-loses-examples: return train, held_out[:valid_size], held_out[valid_size : valid_size + test_size]
    # END SOLUTION


def stratified_split(labels: Sequence[int], valid_ratio: float, seed: int = 0) -> tuple[list[int], list[int]]:
    """Hold out the same number of examples of each class, by the rule of the book's `reorg_train_valid` (D2L 13.13).

        count = max(1, floor(smallest * valid_ratio))

    count is the number of examples of each class in the validation set, and smallest the size of the smallest class.

    Draw these examples at random: every example of a class has the same chance. The function leaves labels unchanged.

    Args:
        labels: the class of each example, a list or tuple of any whole numbers, in any order.
        valid_ratio: a number from 0 to 1.
        seed: the same seed gives the same split, no matter what was drawn before. Another seed gives another split.

    Returns:
        (train, valid), lists of indices of `labels`, in any order. Every index is in exactly one of them. If a class
        has only one example, it goes to valid.
    """
    # BEGIN SOLUTION
    members: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        members.setdefault(label, []).append(index)
    smallest = min(len(indices) for indices in members.values())
    # WRONG number-of-all-examples: smallest = len(labels)
    # WRONG largest-class-counts: smallest = max(len(indices) for indices in members.values())
    count = max(1, math.floor(smallest * valid_ratio))
    # WRONG rare-class-left-out: count = math.floor(smallest * valid_ratio)
    # WRONG rounded-up: count = max(1, math.ceil(smallest * valid_ratio))
    generator = random.Random(seed)
    valid = {index for indices in members.values() for index in generator.sample(indices, count)}
    # WRONG number-of-all-examples:
    #     valid = {i for indices in members.values() for i in generator.sample(indices, min(count, len(indices)))}
    # WRONG largest-class-counts:
    #     valid = {i for indices in members.values() for i in generator.sample(indices, min(count, len(indices)))}
    # WRONG classes-ignored: valid = set(generator.sample(range(len(labels)), count * len(members)))
    # WRONG share-of-each-class:
    #     valid = {
    #         index
    #         for indices in members.values()
    #         for index in generator.sample(indices, max(1, math.floor(len(indices) * valid_ratio)))
    #     }
    # WRONG first-of-each-class: valid = {index for indices in members.values() for index in indices[:count]}
    return [index for index in range(len(labels)) if index not in valid], sorted(valid)
    # WRONG held-out-still-in-training: return list(range(len(labels))), sorted(valid)
    # WRONG sets-in-other-order: return sorted(valid), [index for index in range(len(labels)) if index not in valid]
    # END SOLUTION
