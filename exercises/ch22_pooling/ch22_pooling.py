"""ch22 Pooling.

D2L section 6.5 (chapter_convolutional-neural-networks/pooling).
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F


def pool2d(X: Tensor, pool_size: tuple[int, int], mode: Literal["max", "avg"] = "max") -> Tensor:
    """Pool a matrix (D2L 6.5): summarise every window of the given size by one number.

    The window moves by one row or one column at a time, and never leaves the matrix.

        Y[i, j] = the maximum or the mean of X[i : i + p_h, j : j + p_w]

    Gradients flow to X; equal maxima may share them in any way. The function leaves X unchanged. Tensor.unfold,
    F.unfold, F.conv2d and torch.fft are allowed.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X is float64, and so is the result.
        pool_size: height and width of the window, (p_h, p_w); at most (h, w).
        mode: "max" takes the maximum of a window, "avg" the mean.

    Returns:
        (h - p_h + 1, w - p_w + 1), of X's dtype.

    >>> pool2d(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), (2, 2))
    tensor([[4., 5.],
            [7., 8.]])

    Write it from scratch, without ready-made pooling (nn.MaxPool2d, F.max_pool2d, nn.AvgPool2d, ...).
    """
    raise NotImplementedError  # write your code here


def max_pool2d(
    X: Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> Tensor:
    """Max pooling of images with several channels (D2L 6.5), with stride and padding.

    Each channel of each image is pooled by itself. First, X gets p_h rows of -inf above and below, and p_w columns of
    -inf on the left and on the right. No maximum comes from such an entry. The padded input X' gives

        Y[n, c, i, j] = max X'[n, c, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]

    Only windows that lie within the padded input count. Rows and columns that do not fill a last window are ignored.
    Gradients flow to X; equal maxima may share them in any way. The function leaves X unchanged. Tensor.unfold and
    F.unfold are allowed. kernel_size, stride and padding mean the same as in nn.MaxPool2d. A single number k has the
    same effect as the pair (k, k).

    Args:
        X: (n, c, h, w), float32 or float64, with any strides.
        kernel_size: height and width of the window, (k_h, k_w); it fits into the padded input.
        stride: how far the window moves down and to the right, (s_h, s_w). None: kernel_size.
        padding: rows added on either side, and columns added on either side, (p_h, p_w).

    Returns:
        (n, c, floor((h + 2 * p_h - k_h) / s_h) + 1, floor((w + 2 * p_w - k_w) / s_w) + 1), of X's dtype.

    Raises:
        ValueError: p_h is more than half of k_h, or p_w more than half of k_w. A window could then hold only -inf.

    Write it from scratch, without ready-made pooling (nn.MaxPool2d, F.max_pool2d, nn.AvgPool2d, ...).
    """
    raise NotImplementedError  # write your code here


def avg_pool2d(
    X: Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """Average pooling of images with several channels (D2L 6.5), with stride and padding.

    The windows are those of max_pool2d, but the padding holds zeros. Each window gives its sum, divided by the number
    of its entries. If count_include_pad is True, the entries of the padding count, too. Otherwise, the divisor is
    the number of entries that come from X.

    Gradients flow to X. The function leaves X unchanged. Tensor.unfold, F.unfold, F.conv2d and torch.fft are allowed.
    The arguments after X mean the same as in nn.AvgPool2d. A single number k as kernel_size, stride or padding has the
    same effect as the pair (k, k).

    Args:
        X: (n, c, h, w), float32 or float64, with any strides.
        kernel_size: height and width of the window, (k_h, k_w); it fits into the padded input.
        stride: how far the window moves down and to the right, (s_h, s_w). None: kernel_size.
        padding: rows added on either side, and columns added on either side, (p_h, p_w).
        count_include_pad: whether the entries of the padding count in the divisor.

    Returns:
        (n, c, floor((h + 2 * p_h - k_h) / s_h) + 1, floor((w + 2 * p_w - k_w) / s_w) + 1), of X's dtype.

    Raises:
        ValueError: p_h is more than half of k_h, or p_w more than half of k_w.

    Write it from scratch, without ready-made pooling (nn.MaxPool2d, F.max_pool2d, nn.AvgPool2d, ...).
    """
    raise NotImplementedError  # write your code here


def translation_gap(X: Tensor, shift: int, pool_size: int) -> float:
    """Measure how much a shift of a matrix changes its max pooling (D2L 6.5).

    The shift moves every column of X to the right by `shift` places. Zeros enter on the left, and the columns that
    leave on the right are lost. Both matrices go through pool2d, with mode "max" and a square window of pool_size rows
    and columns, which gives two matrices (h', w'). The gap is the mean of the absolute differences between them, over
    all rows and the columns j >= shift. No zero that entered reaches these columns.

    The function leaves X unchanged.

    Args:
        X: (h, w), float32, with any strides.
        shift: how many places the columns move.
        pool_size: height and width of the window; at most h, and at most w.

    Returns:
        The gap, a Python float.

    Raises:
        ValueError: shift is negative, or the pooled matrix has no column j >= shift.

    >>> translation_gap(torch.tensor([[0.0, 0, 6, 0]]), 1, 1)  # the mean of 0, 6 and 6
    4.0
    """
    raise NotImplementedError  # write your code here
