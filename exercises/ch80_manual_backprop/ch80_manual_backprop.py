"""ch80 Backpropagation by hand.

D2L section 4.7 (chapter_multilayer-perceptrons/backprop), and lecture 4 of the series 《PyTorch 深度学习实践》 (PyTorch
deep learning practice).
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def grad_linear_wb(w: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Return the derivatives of the squared loss of a linear model, for a single example.

        loss = (w * x + b - y)^2

    Args:
        w: the slope.
        b: the bias.
        x: the input.
        y: the label.

    Returns:
        The derivative of the loss with respect to w, and that with respect to b, as Python floats.

    >>> grad_linear_wb(1.0, 2.0, 3.0, 4.0)
    (6.0, 2.0)

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def grad_quadratic(w1: float, w2: float, b: float, x: float, y: float) -> tuple[float, float, float]:
    """Return the derivatives of the squared loss of a quadratic model, for a single example.

        loss = (w1 * x^2 + w2 * x + b - y)^2

    Args:
        w1: the weight of x^2.
        w2: the weight of x.
        b: the bias.
        x: the input.
        y: the label.

    Returns:
        The derivatives of the loss with respect to w1, w2 and b, in this order, as Python floats.

    >>> grad_quadratic(1.0, 2.0, 3.0, 2.0, 10.0)
    (8.0, 4.0, 2.0)

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def fit_wb(xs: Sequence[float], ys: Sequence[float], alpha: float, epochs: int) -> tuple[float, float]:
    """Fit the model y_hat = w * x + b by gradient descent from w = b = 0, with gradients derived by hand.

    The loss is the mean of (w * x + b - y)^2 over all n examples. Each epoch makes one step, with both derivatives
    of the loss at the same point, the w and b of the epoch before:

        w <- w - alpha * (d loss / d w)
        b <- b - alpha * (d loss / d b)

    The function leaves xs and ys unchanged.

    Args:
        xs: the inputs: n Python floats in a list or a tuple. n is at least 1.
        ys: the labels, of the same kind and length.
        alpha: the learning rate.
        epochs: the number of steps, 0 or more.

    Returns:
        w and b after the last step, as Python floats.

    >>> fit_wb([1.0, 3.0], [2.0, 4.0], alpha=0.125, epochs=1)
    (1.75, 0.75)

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def mlp_backward(
    X: Tensor, y: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return loss and gradients of a multilayer perceptron with one hidden layer (D2L 4.7).

        Z = X @ W1 + b1
        H = ReLU(Z)
        O = H @ W2 + b2
        loss = the mean of -log(softmax(O_i)[y_i]) over all n rows i

    The derivative of ReLU is 1 where Z > 0, and 0 elsewhere, also where Z is exactly 0. Loss and gradients are finite
    for large logits O, such as 1000 and -1000. The function leaves its arguments unchanged.

    Args:
        X: the inputs, (n, d), float32 or float64, with any strides. The other tensors have X's dtype.
        y: the classes, (n,), int64, each from 0 to c - 1.
        W1: (d, h).
        b1: (h,).
        W2: (h, c).
        b2: (c,).

    Returns:
        The loss, a tensor without axes, and its gradients with respect to W1, b1, W2 and b2, of the same shapes as
        these. All have X's dtype.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """
    raise NotImplementedError  # write your code here


def conv2d_backward(X: Tensor, K: Tensor, dY: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of a cross-correlation with respect to its input and its kernel.

    The layer computes Y from X and K, without padding and with a stride of 1 (D2L 6.2):

        Y[i, j] = the sum of X[i + a, j + b] * K[a, b] over all 0 <= a < k_h and 0 <= b < k_w

    dY is the gradient of a loss with respect to Y. The chain rule gives the gradients dX and dK of the same loss:
    each element of X, and of K, gets a term from every element of Y in which it occurs. The function leaves its
    arguments unchanged.

    Args:
        X: the input, (h, w), float32 or float64, with any strides.
        K: the kernel, (k_h, k_w), of X's dtype. It is at most as high and as wide as X.
        dY: (h - k_h + 1, w - k_w + 1), of X's dtype.

    Returns:
        dX, of X's shape, and dK, of K's shape. Both have X's dtype.

    Raises:
        ValueError: dY has another shape.

    >>> X, K, dY = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[4.0, 5.0]]), torch.tensor([[1.0, 10.0]])
    >>> conv2d_backward(X, K, dY)
    (tensor([[ 4., 45., 50.]]), tensor([[21., 32.]]))

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func), and without
    ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here
