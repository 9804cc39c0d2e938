"""ch20 Padding and stride.

D2L section 6.3 (chapter_convolutional-neural-networks/padding-and-strides).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def comp_conv2d(conv2d: nn.Module, X: Tensor) -> Tensor:
    """Apply a layer with one input and one output channel to a single image (D2L 6.3).

    Layers such as nn.Conv2d expect four axes: batch, channel, height, width. Give the image X a batch axis and a
    channel axis of size 1. Call the layer once, and take both axes off its result. The layer may be any module that
    maps (1, 1, h, w) to (1, 1, h', w') and leaves its input unchanged, for example a pooling layer.

    Gradients flow to X and the layer's parameters. The function leaves X and the parameters unchanged.

    Args:
        conv2d: the layer.
        X: (h, w), float32, with any strides.

    Returns:
        (h', w'). This matrix keeps its two axes even if h' or w' is 1.

    >>> comp_conv2d(nn.MaxPool2d(2), torch.tensor([[0.0, 1, 2, 3], [4, 5, 6, 7]]))
    tensor([[5., 7.]])
    """
    raise NotImplementedError  # write your code here


def conv_output_shape(
    input_shape: tuple[int, int],
    kernel_size: int | tuple[int, int],
    padding: int | tuple[int, int] = 0,
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
) -> tuple[int, int]:
    """Return height and width of a convolution's result (D2L 6.3).

    The last four arguments mean the same as in nn.Conv2d. For an axis of size n, floor rounds down:

        floor((n + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1

    Args:
        input_shape: height and width of the input.
        kernel_size: height and width of the kernel. This and the next arguments are a pair, or one whole number for
            both axes.
        padding: rows added on each of two sides, and columns added on each of two sides. D2L's p_h and p_w count both
            sides together: they are twice as large.
        stride: how far the kernel moves down and to the right.
        dilation: the distance between neighbouring rows and columns of the kernel; 1 is the usual kernel.

    Returns:
        (height, width), two ints.

    Raises:
        ValueError: the result of the formula is less than 1 for an axis, because the kernel does not fit.

    >>> conv_output_shape((8, 8), kernel_size=(3, 5), padding=(0, 1), stride=(3, 4))
    (2, 2)
    """
    raise NotImplementedError  # write your code here


def corr2d_pad_stride(X: Tensor, K: Tensor, padding: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    """Return the cross-correlation of an image with a kernel, with zero padding and a stride (D2L 6.3).

    First, X gets p_h rows of zeros above and below, and p_w columns of zeros on the left and on the right. In this
    padded image X', the kernel moves by s_h rows and s_w columns at a time:

        Y[i, j] = sum over a and b of X'[i * s_h + a, j * s_w + b] * K[a, b]

    The kernel never leaves the padded image: rows and columns that do not fill a last window are ignored. Gradients
    flow to X and K. The function leaves both unchanged. F.pad, Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (h, w), float32 or float64, with any strides.
        K: (k_h, k_w), of X's dtype, with any strides; it fits into the padded image.
        padding: rows added on either side, and columns added on either side, (p_h, p_w).
        stride: how far the kernel moves down and to the right, (s_h, s_w).

    Returns:
        (floor((h + 2 * p_h - k_h) / s_h) + 1, floor((w + 2 * p_w - k_w) / s_w) + 1), of X's dtype.

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def same_padding(kernel_size: int) -> tuple[int, int]:
    """Return how many rows to add above and below, so that a convolution of stride 1 keeps the height (D2L 6.3.1).

    A kernel of kernel_size rows takes kernel_size - 1 rows away; padding gives them back. If kernel_size - 1
    is odd, add one more row above than below; nn.Conv2d(..., padding="same") adds it below. The same holds for columns,
    with left for above and right for below.

    Args:
        kernel_size: the number of rows of the kernel, at least 1.

    Returns:
        (above, below), two ints.

    >>> same_padding(5)
    (2, 2)
    """
    raise NotImplementedError  # write your code here
