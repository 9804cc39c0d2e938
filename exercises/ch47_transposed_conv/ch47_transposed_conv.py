"""ch47 Transposed convolution: copies of a kernel that add up, and the matrix of a convolution.

D2L section 13.10 (chapter_computer-vision/transposed-conv).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def trans_conv(X: Tensor, K: Tensor) -> Tensor:
    """Return the transposed convolution of a matrix with a kernel, with stride 1 and no padding (D2L 13.10.1).

    Each number of X scales a copy of the kernel. The copy of X[i, j] begins at row i and column j of the result. Copies
    overlap, and where they overlap, they add up.

        Y = 0, then Y[i : i + k_h, j : j + k_w] += X[i, j] * K for all i and j

    Gradients flow to X and K. The function leaves both unchanged.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X and K are float64, and so is the result.
        K: (k_h, k_w), of X's dtype, with any strides; it may be larger than X.

    Returns:
        (h + k_h - 1, w + k_w - 1).

    >>> trans_conv(torch.tensor([[1.0, 2], [0, 3]]), torch.tensor([[1.0, 0], [4, 5]]))
    tensor([[ 1.,  2.,  0.],
            [ 4., 16., 10.],
            [ 0., 12., 15.]])

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def kernel2matrix(K: Tensor) -> Tensor:
    """Write the cross-correlation of a (3, 3) input with a (2, 2) kernel as a matrix W (D2L 13.10.3).

    x = X.reshape(-1) holds the rows of the input X, from the first to the last. W @ x holds the four numbers of the
    cross-correlation in the same order: its row 0, then its row 1.

        (W @ x).reshape(2, 2)[i, j] = sum over a and b of X[i + a, j + b] * K[a, b], for every X

    Row 2 * i + j of W holds the numbers of K at the places of the window that begins at X[i, j], and zeros elsewhere.
    The transposed matrix belongs to the transposed convolution: (W.T @ Y.reshape(-1)).reshape(3, 3) is trans_conv(Y, K)
    for every Y of shape (2, 2).

    Gradients flow to K. The function leaves K unchanged.

    Args:
        K: (2, 2), float32, with any strides. Bonus (no points): K is float64, and so is W.

    Returns:
        W, (4, 9).
    """
    raise NotImplementedError  # write your code here


def conv_matrix(K: Tensor, input_shape: tuple[int, int]) -> Tensor:
    """Write the cross-correlation of an input of any shape with a kernel as a matrix W (D2L 13.10.3).

    This is kernel2matrix for all sizes. With h' = h - k_h + 1 and w' = w - k_w + 1,

        (W @ X.reshape(-1)).reshape(h', w')[i, j] = sum over a and b of X[i + a, j + b] * K[a, b], for every X (h, w)

    So row i * w' + j of W holds K[a, b] in column (i + a) * w + j + b, for all a and b, and zeros elsewhere.
    (W.T @ Y.reshape(-1)).reshape(h, w) is trans_conv(Y, K) for every Y (h', w').

    Gradients flow to K. The function leaves K unchanged.

    Args:
        K: (k_h, k_w), float32 or float64, with any strides.
        input_shape: the input's height and width, (h, w).

    Returns:
        W, (h' * w', h * w), of K's dtype.

    Raises:
        ValueError: the kernel does not fit into the input: k_h > h or k_w > w.

    >>> conv_matrix(torch.tensor([[1.0, 2]]), (1, 4))
    tensor([[1., 2., 0., 0.],
            [0., 1., 2., 0.],
            [0., 0., 1., 2.]])
    """
    raise NotImplementedError  # write your code here


def trans_conv_stride_pad(X: Tensor, K: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """Return a transposed convolution with stride and padding (D2L 13.10.2), as F.conv_transpose2d defines them.

    The stride moves the copies of the kernel apart: the copy of X[i, j] begins at row i * stride and column
    j * stride. Where copies overlap, they add up. Places that no copy reaches stay 0.

        Y = 0, then Y[i * stride : i * stride + k_h, j * stride : j * stride + k_w] += X[i, j] * K for all i and j

    Y has (h - 1) * stride + k_h rows and (w - 1) * stride + k_w columns. The padding makes the result smaller, not
    larger: the first and the last `padding` rows of Y are removed, and so are the first and the last `padding` columns.

    Gradients flow to X and K. The function leaves both unchanged.

    Args:
        X: (h, w), float32 or float64, with any strides.
        K: (k_h, k_w), of X's dtype, with any strides; it may be larger than X.
        stride: the distance of neighbouring copies, at least 1. It may be larger than the kernel.
        padding: how many rows and columns are removed at each of the four sides, at least 0. It may be larger than the
            kernel.

    Returns:
        ((h - 1) * stride + k_h - 2 * padding, (w - 1) * stride + k_w - 2 * padding), of X's dtype.

    Raises:
        ValueError: no row or no column would be left.

    Write it from scratch, without ready-made convolutions (nn.Conv2d, F.conv2d, F.conv_transpose2d, ...).
    """
    raise NotImplementedError  # write your code here


def as_regular_conv(X: Tensor, K: Tensor) -> tuple[Tensor, Tensor]:
    """Turn the transposed convolution of X and K into a cross-correlation: return its input and its kernel.

    The input is X with k_h - 1 rows of zeros above and below, and k_w - 1 columns of zeros on the left and on the
    right. The kernel is K, rotated by 180 degrees in its plane. The cross-correlation of the two, at all places where
    the kernel lies within the padded input, equals trans_conv(X, K):

        corr2d(padded, rotated) = trans_conv(X, K)

    Gradients flow to X and K. The function leaves both unchanged. (V. Dumoulin and F. Visin, "A guide to convolution
    arithmetic for deep learning", section 4.)

    Args:
        X: (h, w), float32 or float64, with any strides.
        K: (k_h, k_w), of X's dtype, with any strides; it may be larger than X.

    Returns:
        A tuple (padded, rotated), of X's dtype: (h + 2 * (k_h - 1), w + 2 * (k_w - 1)) and (k_h, k_w).

    >>> padded, rotated = as_regular_conv(torch.tensor([[5.0, 6]]), torch.tensor([[1.0, 2], [3, 4]]))
    >>> padded
    tensor([[0., 0., 0., 0.],
            [0., 5., 6., 0.],
            [0., 0., 0., 0.]])
    >>> rotated
    tensor([[4., 3.],
            [2., 1.]])
    """
    raise NotImplementedError  # write your code here
