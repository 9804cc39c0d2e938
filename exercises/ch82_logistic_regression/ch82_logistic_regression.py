"""ch82 Logistic regression.

The chapter follows lecture 6 of the series 《PyTorch 深度学习实践》 (PyTorch deep learning practice).
"""

import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    """Return the sigmoid of each element.

        sigmoid(z) = 1 / (1 + exp(-z))

    Gradients flow to z. Values and gradients are finite for every finite z, such as 1000 and -1000. Values near 0 are
    as precise as others: sigmoid(-50) is 1.9e-22, and not 0. The function leaves z unchanged.

    Args:
        z: of any shape, float32 or float64, with any strides.

    Returns:
        The sigmoids, of z's shape and dtype.

    Write it from scratch, without ready-made sigmoids (torch.sigmoid, nn.Sigmoid, F.logsigmoid, ...), and without
    ready-made softmax and cross-entropy (torch.softmax, nn.Softmax, F.cross_entropy, ...).
    """
    raise NotImplementedError  # write your code here


def bce_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of probabilities.

        loss = the mean of -(y * log(y_hat) + (1 - y) * log(1 - y_hat)) over all n elements

    Both logarithms are natural. Each of them is at least -100: a smaller one, such as log(0), counts as -100, as in
    torch. Gradients flow to y_hat; they are tested where y_hat is between 0.01 and 0.99. The function leaves its
    arguments unchanged.

    Args:
        y_hat: the probabilities, each from 0 to 1, of any shape with at least one element, float32 or float64, with
            any strides.
        y: the labels, each from 0 to 1, of the same shape and dtype. They need not be 0 or 1.

    Returns:
        A tensor without axes, of y_hat's dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast, such as (n, 1) and (n,).

    Write it from scratch, without ready-made binary cross-entropy (nn.BCELoss, F.binary_cross_entropy_with_logits,
    ...), and without ready-made cross-entropy (nn.CrossEntropyLoss, F.cross_entropy, F.nll_loss, ...).
    """
    raise NotImplementedError  # write your code here


def bce_with_logits(z: Tensor, y: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of logits, which have not gone through a sigmoid.

        loss = the mean of -(y * log(sigmoid(z)) + (1 - y) * log(1 - sigmoid(z))) over all n elements
             = the mean of max(z, 0) - z * y + log(1 + exp(-|z|)), which does not overflow

    Losses and gradients are finite and exact for all finite z, such as 10000 and -10000: no logarithm is clamped.
    Gradients flow to z. They are (sigmoid(z) - y) / n, and are tested only where z is not 0. The function leaves its
    arguments unchanged. Bonus (no points): losses near 0 are as precise as others. For z = 40 and y = 1 the loss is
    4.2e-18, but 1 + exp(-40) is rounded to 1; torch.log1p helps.

    Args:
        z: the logits, of any shape with at least one element, float32 or float64, with any strides.
        y: the labels, each from 0 to 1, of the same shape and dtype. They need not be 0 or 1.

    Returns:
        A tensor without axes, of z's dtype.

    Raises:
        ValueError: the shapes differ, even if they could be broadcast, such as (n, 1) and (n,).

    Write it from scratch, without ready-made binary cross-entropy (nn.BCELoss, F.binary_cross_entropy_with_logits,
    ...), and without ready-made cross-entropy (nn.CrossEntropyLoss, F.cross_entropy, F.nll_loss, ...).
    """
    raise NotImplementedError  # write your code here


def logistic_grad(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the gradient of the mean binary cross-entropy of a logistic regression with respect to w.

        y_hat = sigmoid(X @ w)
        gradient = X^T @ (y_hat - y) / N

    Each example adds (y_hat - y) * x / N. X is used as it is: if the model has an intercept, X has a column of ones
    already. The gradient is finite for X @ w of any finite size. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (N, d), float32 or float64, with any strides.
        y: the labels, each 0 or 1, (N,), of X's dtype.
        w: the weights, (d,), of X's dtype.

    Returns:
        (d,), of X's dtype.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def fit_logistic(X: Tensor, y: Tensor, lr: float, epochs: int) -> Tensor:
    """Fit a logistic regression with an intercept by gradient descent.

    The function puts a column of ones before X. It starts with weights of 0. Each epoch makes one step with all N
    examples, and the gradient of the mean binary cross-entropy (divided by N, as in `logistic_grad`):

        w <- w - lr * gradient

    Nothing else is done: X is not standardised, and there is no penalty. On separable data the weights keep growing,
    but are finite after any number of epochs. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (N, d), float32 or float64, with any strides, without a column of ones.
        y: the labels, each 0 or 1, (N,), of X's dtype.
        lr: the learning rate.
        epochs: the number of steps, 0 or more.

    Returns:
        w after the last step, (d + 1,), of X's dtype. The intercept w[0] comes first. w requires no gradients.
    """
    raise NotImplementedError  # write your code here


def predict_label(X: Tensor, w: Tensor, threshold: float = 0.5) -> Tensor:
    """Return the class of each example under a logistic regression: 1 if its probability exceeds the threshold.

        p = sigmoid(w[0] + X @ w[1:])
        label = 1 if p > threshold, else 0

    A probability equal to the threshold gives class 0: with the default threshold that is w[0] + X @ w[1:] = 0.
    The function leaves its arguments unchanged.

    Args:
        X: the inputs, (n, d), float32 or float64, with any strides, without a column of ones. n may be 0.
        w: the weights, (d + 1,), of X's dtype, with the intercept first, as `fit_logistic` returns them.
        threshold: between 0 and 1, both excluded.

    Returns:
        The classes 0 and 1, (n,), int64.
    """
    raise NotImplementedError  # write your code here
