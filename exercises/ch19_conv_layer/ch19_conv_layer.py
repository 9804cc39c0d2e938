"""ch19 The convolutional layer: cross-correlation, convolution, and a kernel that is learnt.

D2L sections 6.1 and 6.2 (chapter_convolutional-neural-networks/why-conv and conv-layer).
"""

import torch
from torch import Tensor, nn


def corr2d(X: Tensor, K: Tensor) -> Tensor:
    """Return the cross-correlation of an image with a kernel (D2L 6.2.1).

    The kernel moves over the image by one row or one column at a time, and never leaves it. At each place the kernel is
    multiplied with the window below it, element by element. The sum of these products is one number of the result.

        Y[i, j] = sum over a and b of X[i + a, j + b] * K[a, b]

    Gradients flow to X and K. The function leaves both unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X and K are float64, and so is the result.
        K: (k_h, k_w), of X's dtype, with any strides; at most as large as X.

    Returns:
        (h - k_h + 1, w - k_w + 1).

    >>> corr2d(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), torch.tensor([[0.0, 1], [2, 3]]))
    tensor([[19., 25.],
            [37., 43.]])

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


class Conv2D(nn.Module):
    """A convolutional layer for one image with one channel (D2L 6.2.3). The forward pass can call your `corr2d`.

    Attributes:
        weight: a parameter, the kernel, of shape kernel_size. It is drawn uniformly between 0 and 1.
        bias: a parameter of shape (1,). It starts at 0.

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """

    def __init__(self, kernel_size: tuple[int, int]) -> None:
        """Create the parameters; kernel_size is the kernel's height and width, (k_h, k_w)."""
        super().__init__()
        raise NotImplementedError  # write your code here

    def forward(self, x: Tensor) -> Tensor:
        """Return the cross-correlation of x, (h, w), with weight; each number plus bias: (h - k_h + 1, w - k_w + 1).

        Gradients flow to x, weight and bias.
        """
        raise NotImplementedError  # write your code here


def conv2d_flipped(X: Tensor, K: Tensor) -> Tensor:
    """Return the convolution of an image with a kernel, as mathematics defines it (D2L 6.2.6).

    Convolution is cross-correlation with a kernel that is flipped upside down and left to right. Only places where
    the whole kernel lies within the image count.

        Y[i, j] = sum over a and b of X[i + a, j + b] * K[k_h - 1 - a, k_w - 1 - b]

    Gradients flow to X and K. The function leaves both unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X and K are float64, and so is the result.
        K: (k_h, k_w), of X's dtype, with any strides; at most as large as X.

    Returns:
        (h - k_h + 1, w - k_w + 1).

    >>> conv2d_flipped(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), torch.tensor([[0.0, 1], [2, 3]]))
    tensor([[ 5., 11.],
            [23., 29.]])

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def learn_kernel(X: Tensor, Y: Tensor, kernel_size: tuple[int, int], lr: float = 3e-2, steps: int = 10) -> Tensor:
    """Learn the kernel that turns X into Y, by gradient descent (D2L 6.2.4).

    K starts with zeros. Each step computes the loss of the whole image and moves K once:

        loss = sum over i and j of (corr2d(X, K)[i, j] - Y[i, j]) ** 2
        K = K - lr * (gradient of the loss for K)

    There is no bias. A second call with the same arguments gives the same kernel. X and Y stay unchanged. Ready-made
    convolutions and optimisers are allowed here.

    Args:
        X: the image, (h, w), float32.
        Y: the result that K should give, (h - k_h + 1, w - k_w + 1), float32.
        kernel_size: height and width of the kernel, (k_h, k_w).
        lr: the learning rate.
        steps: the number of steps; after 0 steps K is zero.

    Returns:
        K after the last step, (k_h, k_w). It may still require a gradient.
    """
    raise NotImplementedError  # write your code here
