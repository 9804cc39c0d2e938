"""ch08 Linear regression and the optimiser that fits it.

D2L sections 3.1 and 3.2 (chapter_linear-networks/linear-regression.md, linear-regression-scratch.md).
"""

import random
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: what the book's notebook has at hand.
d2l = SimpleNamespace(matmul=torch.matmul, normal=torch.normal, reshape=torch.reshape, tensor=torch.tensor)


def synthetic_data(w: Tensor, b: float, num_examples: int) -> tuple[Tensor, Tensor]:
    """Data that a linear model with noise has made (D2L 3.2.1).

        y = X w + b + noise

    Every feature is drawn from the standard normal distribution, the noise of every example from a normal distribution
    with mean 0 and standard deviation 0.01, all independently of each other. Every call draws anew.

    Args:
        w: the true weights, (d,) or (d, 1), float32.
        b: the true bias, a number.
        num_examples: how many examples there are, n.

    Returns:
        The features (n, d) and the labels, a column (n, 1), both float32.
    """
    raise NotImplementedError  # write your code here


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """One pass over a data set in random minibatches (D2L 3.2.2).

    All orders of the examples are equally likely. Draw with Python's `random` or with torch.

    Args:
        batch_size: how many examples a minibatch has; the last one has those that are left.
        features: (n, ...), a row for each example.
        labels: (n, ...), the labels of the same examples in the same order. Both stay as they are.

    Yields:
        Features and labels of each minibatch, (batch_size, ...) both, until every example was there exactly once.
        The next call begins a new pass in a new order.

    Write it from scratch, without ready-made loaders and samplers (DataLoader, RandomSampler, random_split, ...).
    """
    raise NotImplementedError  # write your code here


def linreg(X: Tensor, w: Tensor, b: Tensor | float) -> Tensor:
    """The linear regression model (D2L 3.2.4).

        y_hat = X w + b

    Args:
        X: features, (n, d).
        w: weights, (d, 1) or (d,); (d, q) for q outputs.
        b: bias, a number or a tensor that broadcasts against X w: () or (1,); (q,) for q outputs.

    Returns:
        Predictions, (n, 1) for w (d, 1), (n,) for w (d,), (n, q) for w (d, q).

    Write it from scratch, without ready-made linear layers (nn.Linear, F.linear, ...).
    """
    raise NotImplementedError  # write your code here


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Half the squared error of each prediction (D2L 3.2.5).

        loss = (y_hat - y)^2 / 2

    Args:
        y_hat: predictions.
        y: labels, as many as there are predictions, but maybe of another shape: (n,) where y_hat is (n, 1), or the
            other way round. The i-th label belongs to the i-th prediction.

    Returns:
        The losses in the shape of y_hat, neither summed nor averaged.

    Write it from scratch, without ready-made squared and Huber losses (nn.MSELoss, F.mse_loss, F.huber_loss, ...).
    """
    raise NotImplementedError  # write your code here


def sgd(params: Sequence[Tensor], lr: float, batch_size: int) -> None:
    """One step of minibatch stochastic gradient descent, in place (D2L 3.2.6).

        param <- param - lr * param.grad / batch_size

    The gradients are those of a loss that was summed over the minibatch. After the step every param.grad is a tensor
    of zeros, ready for the next backward pass, and every param is still the caller's tensor: a leaf that requires
    gradients, without a record of the step. A param that has no gradient (param.grad is None) stays as it is.

    Args:
        params: tensors of any shapes that require gradients.
        lr: the learning rate.
        batch_size: how many examples the loss was summed over.

    Write it from scratch, without ready-made optimisers (torch.optim).
    """
    raise NotImplementedError  # write your code here


def analytic_solution(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The weights and the bias of least squares, without any training (D2L 3.1.1.3).

    With A = [X, 1], the features and a column of ones, and v = [w; b] the solution is that of the normal equations

        A^T A v = A^T y

    Where they have many solutions (a feature that depends on others or is constant, fewer examples than unknowns), it
    is the one with the smallest norm of v, bias included: v = pinv(A) y = pinv(A^T A) A^T y.

    Args:
        X: features, (n, d).
        y: labels, (n,) or (n, 1), of the same dtype.

    Returns:
        The weights (d, 1) and the bias (1,), in the dtype of X.
    """
    raise NotImplementedError  # write your code here
