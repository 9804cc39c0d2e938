"""ch08 Linear regression and the optimiser that fits it.

See D2L 3.1 and 3.2 (chapter_linear-networks/linear-regression.md, linear-regression-scratch.md).
"""

import random
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: helpers of the book's notebook.
d2l = SimpleNamespace(matmul=torch.matmul, normal=torch.normal, reshape=torch.reshape, tensor=torch.tensor)


def synthetic_data(w: Tensor, b: float, num_examples: int) -> tuple[Tensor, Tensor]:
    """Return random data that follow a linear model with noise (D2L 3.2.1).

        y = X w + b + noise

    Each feature is drawn from the standard normal distribution. The noise of each example is drawn from the normal
    distribution with mean 0 and standard deviation 0.01. All draws are independent, and each call draws anew. The
    function leaves w unchanged.

    Args:
        w: the true weights, (d,) or (d, 1), float32.
        b: the true bias, a number.
        num_examples: the number of examples, n.

    Returns:
        The features (n, d) and the labels, a column (n, 1), both float32.
    """
    # BEGIN SOLUTION
    X = torch.randn(num_examples, len(w))
    # WRONG uniform-features: X = torch.rand(num_examples, len(w))
    # WRONG same-data-every-time:
    #     torch.manual_seed(0)
    #     X = torch.randn(num_examples, len(w))
    y = torch.matmul(X, w) + b
    # WRONG labels-without-bias: y = torch.matmul(X, w)
    y = y + 0.01 * torch.randn(y.shape)
    # WRONG noise-of-deviation-one: y = y + torch.randn(y.shape)
    # WRONG no-noise:
    # WRONG variance-for-deviation: y = y + 0.1 * torch.randn(y.shape)
    # WRONG one-noise-for-all: y = y + 0.01 * torch.randn(1)
    return X, y.reshape(-1, 1)
    # WRONG flat-labels: return X, y
    # WRONG labels-before-features: return y.reshape(-1, 1), X
    # END SOLUTION


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield a data set in random minibatches, once (D2L 3.2.2).

    All orders of the examples are equally likely. Draw with Python's `random` or with torch. Each call begins a new
    pass in a new order. The function leaves features and labels unchanged.

    Args:
        batch_size: the number of examples in a minibatch. The last minibatch has the rest, which may be fewer.
        features: (n, ...), a row for each example, of any dtype. They need not be contiguous in memory.
        labels: (n, ...), the labels of the same examples in the same order, of any dtype.

    Yields:
        Features and labels of each minibatch, (batch_size, ...) both, with their dtypes. Each example occurs exactly
        once.
    """
    # BEGIN SOLUTION
    indices = list(range(len(features)))
    random.shuffle(indices)
    # WRONG same-order-every-time: random.Random(0).shuffle(indices)
    # WRONG never-shuffled:
    # WRONG shuffled-within-batches:
    # WRONG drawn-with-replacement: indices = random.choices(indices, k=len(indices))
    # WRONG data-shuffled-in-place:
    #     order = torch.randperm(len(labels))
    #     features[:], labels[:] = features[order], labels[order]
    for start in range(0, len(indices), batch_size):
        # WRONG batch-size-of-ten:
        #     batch_size = 10
        #     for start in range(0, len(indices), batch_size):
        # WRONG last-batch-dropped: for start in range(0, len(indices) - batch_size + 1, batch_size):
        # WRONG features-and-labels-shuffled-apart:
        #     labels = labels[torch.randperm(len(labels))]
        #     for start in range(0, len(indices), batch_size):
        batch = torch.tensor(indices[start : start + batch_size])
        # WRONG last-example-missing:
        #     batch = torch.tensor(indices[start : min(start + batch_size, len(indices) - 1)], dtype=torch.long)
        yield features[batch], labels[batch]
        # WRONG shuffled-within-batches:
        #     batch = batch[torch.randperm(len(batch))]
        #     yield features[batch], labels[batch]
        # WRONG pairs-reversed: yield labels[batch], features[batch]
        # WRONG returned-at-once: return features[batch], labels[batch]
    # END SOLUTION


def linreg(X: Tensor, w: Tensor, b: Tensor | float) -> Tensor:
    """Return the predictions of the linear regression model (D2L 3.2.4).

        y_hat = X w + b

    Gradients flow to X, w and b. The function leaves its arguments unchanged. It works in float32 and float64, and
    tensors need not be contiguous in memory.

    Args:
        X: features, (n, d).
        w: weights, (d, 1) or (d,); (d, q) for q outputs.
        b: bias, a number or a tensor that broadcasts with X w: () or (1,); (q,) for q outputs.

    Returns:
        Predictions, (n, 1) for w (d, 1), (n,) for w (d,), (n, q) for w (d, q).
    """
    # BEGIN SOLUTION
    return torch.matmul(X, w) + b
    # WRONG matrix-product-only: return torch.mm(X, w) + b
    # WRONG product-of-elements: return X * w + b
    # WRONG weights-on-the-left: return torch.matmul(w, X) + b
    # WRONG bias-in-the-product: return torch.matmul(X, w + b)
    # WRONG bias-forgotten: return torch.matmul(X, w)
    # WRONG predictions-squeezed: return torch.matmul(X, w).squeeze() + b
    # WRONG bias-subtracted: return torch.matmul(X, w) - b
    # WRONG weights-transposed: return torch.matmul(X, w.t()) + b
    # END SOLUTION


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return half the squared error of each prediction (D2L 3.2.5).

        loss = (y_hat - y)^2 / 2

    Gradients flow to y_hat and y. The function leaves its arguments unchanged. It works in float32 and float64, and
    tensors need not be contiguous in memory.

    Args:
        y_hat: predictions.
        y: labels. Their number is that of the predictions, but the shape may differ: (n,) where y_hat is (n, 1), or the
            other way round. The i-th label belongs to the i-th prediction.

    Returns:
        The losses in the shape of y_hat, neither summed nor averaged.
    """
    # BEGIN SOLUTION
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2  # (n, 1) - (n,) would be (n, n)
    # WRONG losses-summed: return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum()
    # WRONG shape-of-the-labels: return (y_hat.reshape(y.shape) - y) ** 2 / 2
    # WRONG half-inside-the-square: return ((y_hat - y.reshape(y_hat.shape)) / 2) ** 2
    # WRONG absolute-error: return (y_hat - y.reshape(y_hat.shape)).abs()
    # WRONG labels-broadcast: return (y_hat - y) ** 2 / 2
    # WRONG half-dropped: return (y_hat - y.reshape(y_hat.shape)) ** 2
    # WRONG losses-averaged: return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()
    # WRONG all-pairs-averaged: return ((y_hat - y) ** 2 / 2).mean()
    # WRONG mean-of-the-squares: return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean()
    # WRONG sum-of-the-squares: return ((y_hat - y.reshape(y_hat.shape)) ** 2).sum()
    # WRONG never-squared: return (y_hat - y.reshape(y_hat.shape)) / 2
    # WRONG double-squares: return 2 * (y_hat - y.reshape(y_hat.shape)) ** 2
    # WRONG losses-without-a-graph: return (y_hat.detach() - y.reshape(y_hat.shape)) ** 2 / 2
    # END SOLUTION


def sgd(params: Sequence[Tensor], lr: float, batch_size: int) -> None:
    """Update parameters in place by a step of minibatch stochastic gradient descent (D2L 3.2.6).

        param <- param - lr * param.grad / batch_size

    The gradients are those of a loss that was summed over the minibatch. After the step every param.grad is a tensor of
    zeros, ready for the next backward pass. Every param is still the caller's tensor: a leaf that requires gradients.
    The step itself is not recorded. Bonus (no points): a param without a gradient (param.grad is None) stays as it is.

    Args:
        params: tensors of any shapes that require gradients, float32 or float64. They need not be contiguous in memory.
        lr: the learning rate.
        batch_size: the number of examples in the sum of the loss.
    """
    # BEGIN SOLUTION
    with torch.no_grad():
        # WRONG step-in-the-graph: with torch.enable_grad():
        for param in params:
            if param.grad is not None:
                param -= lr * param.grad / batch_size
                # WRONG times-the-batch-size: param -= lr * param.grad * batch_size
                # WRONG learning-rate-ignored: param -= param.grad / batch_size
                # WRONG copy-without-gradient: param = param - lr * param.grad / batch_size
                # WRONG not-divided-by-the-batch-size: param -= lr * param.grad
                # WRONG climbs: param += lr * param.grad / batch_size
                # WRONG gradient-averaged: param -= lr * param.grad.mean() / batch_size
                param.grad.zero_()
                # WRONG gradient-removed: param.grad = None
                # WRONG gradient-not-cleared:
                # WRONG updates-a-copy, 2 lines:
                #     grad = param.grad
                #     param = param - lr * grad / batch_size
                #     grad.zero_()
                # WRONG only-the-first-parameter:
                #     param.grad.zero_()
                #     break
                # WRONG only-the-last-gradient-cleared:
                #     if param is params[-1]:
                #         param.grad.zero_()
    # END SOLUTION


def analytic_solution(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weights and the bias of least squares, computed without training (D2L 3.1.1.3).

    Let A = [X, 1] be the features and a column of ones, and v = [w; b]. The solution solves the normal equations:

        A^T A v = A^T y

    They have many solutions if a feature depends on others or is constant, or if there are fewer examples than
    unknowns. Then return the solution with the smallest norm of v, bias included: v = pinv(A) y = pinv(A^T A) A^T y.
    The function leaves its arguments unchanged.

    Args:
        X: features, (n, d), float32 or float64. They need not be contiguous in memory.
        y: labels, (n,) or (n, 1), of the same dtype.

    Returns:
        The weights (d, 1) and the bias (1,), in the dtype of X.
    """
    # BEGIN SOLUTION
    A = torch.cat([X, X.new_ones(len(X), 1)], dim=1)  # the bias is the weight of a column of ones
    # WRONG bias-column-first: A = torch.cat([X.new_ones(len(X), 1), X], dim=1)
    # WRONG through-the-origin: A = torch.cat([X, X.new_zeros(len(X), 1)], dim=1)
    v = torch.linalg.pinv(A) @ y.reshape(-1, 1)
    # WRONG ridge-regression:
    #     v = torch.linalg.inv(A.T @ A + 0.1 * torch.eye(A.shape[1], dtype=A.dtype)) @ A.T @ y.reshape(-1, 1)
    # WRONG inverse-of-the-normal-matrix: v = torch.linalg.inv(A.T @ A) @ A.T @ y.reshape(-1, 1)
    # WRONG labels-not-reshaped: v = torch.linalg.pinv(A) @ y
    # WRONG inverse-left-out: v = A.T @ y.reshape(-1, 1)
    return v[:-1], v[-1]
    # WRONG bias-not-in-the-norm, 3 lines:
    #     w = torch.linalg.pinv(X - X.mean(dim=0)) @ (y.reshape(-1, 1) - y.mean())
    #     return w, y.mean() - X.mean(dim=0) @ w
    # WRONG bias-before-weights: return v[-1], v[:-1]
    # WRONG flat-solution: return v[:-1].flatten(), v[-1]
    # WRONG bias-with-two-axes: return v[:-1], v[-1:]
    # WRONG bias-as-a-number: return v[:-1], v[-1, 0]
    # END SOLUTION
