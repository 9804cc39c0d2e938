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

    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): float64.
        pool_size: height and width of the window, (p_h, p_w); at most (h, w).
        mode: "max" takes the maximum of a window, "avg" the mean.

    Returns:
        (h - p_h + 1, w - p_w + 1), of X's dtype.

    >>> pool2d(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), (2, 2))
    tensor([[4., 5.],
            [7., 8.]])
    """
    # BEGIN SOLUTION
    p_h, p_w = pool_size
    # WRONG width-first: p_w, p_h = pool_size
    # WRONG square-window: p_h, p_w = pool_size[0], pool_size[0]
    # WRONG second-number-alone: p_h, p_w = pool_size[1], pool_size[1]
    Y = X.new_zeros((X.shape[0] - p_h + 1, X.shape[1] - p_w + 1))
    # WRONG last-window-missing: Y = X.new_zeros((X.shape[0] - p_h, X.shape[1] - p_w))
    # WRONG windows-side-by-side: Y = X.new_zeros((X.shape[0] // p_h, X.shape[1] // p_w))
    # WRONG result-as-large-as-the-matrix: Y = X.new_zeros(X.shape)
    # WRONG float32-in-any-case: Y = torch.zeros((X.shape[0] - p_h + 1, X.shape[1] - p_w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            window = X[i : i + p_h, j : j + p_w]
            # WRONG windows-side-by-side: window = X[i * p_h : (i + 1) * p_h, j * p_w : (j + 1) * p_w]
            # WRONG last-row-included: window = X[i : i + p_h + 1, j : j + p_w + 1]
            # WRONG matrix-cut-off: window = X[i : i + p_h, j : j + p_w].detach()
            # WRONG slice-ends-at-the-size: window = X[i:p_h, j:p_w]
            # WRONG places-swapped: window = X[j : j + p_h, i : i + p_w]
            # WRONG whole-matrix: window = X
            Y[i, j] = window.max() if mode == "max" else window.mean()
            # WRONG max-starts-at-zero: Y[i, j] = window.clamp(min=0).max() if mode == "max" else window.mean()
            # WRONG mode-ignored: Y[i, j] = window.max()
            # WRONG sum-of-window: Y[i, j] = window.max() if mode == "max" else window.sum()
            # WRONG modes-swapped: Y[i, j] = window.mean() if mode == "max" else window.max()
            # WRONG average-in-both-modes: Y[i, j] = window.mean()
            # WRONG minimum-for-maximum: Y[i, j] = window.min() if mode == "max" else window.mean()
            # WRONG divided-by-the-height-alone: Y[i, j] = window.max() if mode == "max" else window.sum() / p_h
            # WRONG divided-by-the-square-of-the-height: Y[i, j] = window.max() if mode == "max" else window.sum() / p_h**2
            # WRONG max-starts-at-minus-million: Y[i, j] = window.clamp(min=-1e6).max() if mode == "max" else window.mean()
            # WRONG absolute-values: Y[i, j] = window.abs().max() if mode == "max" else window.mean()
    return Y
    # WRONG extra-axes: return Y[None, None]
    # END SOLUTION


def max_pool_multichannel(
    X: Tensor, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> Tensor:
    """Max pooling of images with several channels (D2L 6.5), with stride and padding.

    Each channel of each image is pooled by itself. First, X gets p_h rows of -inf above and below, and p_w columns of
    -inf on the left and on the right. No maximum comes from such an entry. The padded input X' gives

        Y[n, c, i, j] = max X'[n, c, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]

    Only windows that lie within the padded input count. Rows and columns that do not fill a last window are ignored.
    Gradients flow to X. The function leaves X unchanged.

    Args:
        X: (n, c, h, w), float32 or float64, with any strides.
        kernel: height and width of the window, (k_h, k_w); it fits into the padded input.
        stride: how far the window moves down and to the right, (s_h, s_w).
        padding: rows added on either side, and columns added on either side, (p_h, p_w).

    Returns:
        (n, c, floor((h + 2 * p_h - k_h) / s_h) + 1, floor((w + 2 * p_w - k_w) / s_w) + 1), of X's dtype.

    Raises:
        ValueError: p_h is more than half of k_h, or p_w more than half of k_w. A window could then hold only -inf.
    """
    # BEGIN SOLUTION
    k_h, k_w = kernel
    # WRONG kernel-axes-swapped: k_w, k_h = kernel
    # WRONG square-kernel: k_h = k_w = kernel[0]
    s_h, s_w = stride
    # WRONG stride-is-kernel: s_h, s_w = kernel
    # WRONG stride-axes-swapped: s_w, s_h = stride
    # WRONG stride-ignored: s_h = s_w = 1
    # WRONG one-stride-for-both: s_h = s_w = stride[0]
    p_h, p_w = padding
    # WRONG one-padding-for-both: p_h = p_w = padding[0]
    if 2 * p_h > k_h or 2 * p_w > k_w:
        # WRONG rows-alone-tested: if 2 * p_h > k_h:
        # WRONG half-of-the-window-refused: if 2 * p_h >= k_h or 2 * p_w >= k_w:
        # WRONG columns-alone-tested: if 2 * p_w > k_w:
        raise ValueError(f"padding {padding} is more than half of the window {kernel}")
        # WRONG too-much-padding-accepted: pass
    # F.pad counts the axes from the last: left, right, top, bottom.
    X = F.pad(X, (p_w, p_w, p_h, p_h), value=-torch.inf)
    # WRONG zero-padding: X = F.pad(X, (p_w, p_w, p_h, p_h))
    # WRONG minus-million-padding: X = F.pad(X, (p_w, p_w, p_h, p_h), value=-1e6)
    # WRONG padding-axes-swapped: X = F.pad(X, (p_h, p_h, p_w, p_w), value=-torch.inf)
    # WRONG padding-on-one-side: X = F.pad(X, (0, 2 * p_w, 0, 2 * p_h), value=-torch.inf)
    # WRONG padding-ignored:
    # WRONG padding-above-and-left-alone: X = F.pad(X, (p_w, 0, p_h, 0), value=-torch.inf)
    # WRONG rows-padded-alone: X = F.pad(X, (0, 0, p_h, p_h), value=-torch.inf)
    n, c, h, w = X.shape
    rows, columns = (h - k_h) // s_h + 1, (w - k_w) // s_w + 1
    # WRONG partial-windows:
    #     rows, columns = -((k_h - h) // s_h) + 1, -((k_w - w) // s_w) + 1
    #     X = F.pad(X, (0, s_w, 0, s_h), value=-torch.inf)
    # WRONG padding-counted-twice: rows, columns = (h + 2 * p_h - k_h) // s_h + 1, (w + 2 * p_w - k_w) // s_w + 1
    # WRONG last-place-missing: rows, columns = (h - k_h) // s_h, (w - k_w) // s_w
    # WRONG stride-missing-in-the-shape: rows, columns = h - k_h + 1, w - k_w + 1
    Y = X.new_zeros((n, c, rows, columns))
    # WRONG channels-in-float32: Y = torch.zeros((n, c, rows, columns))
    for i in range(rows):
        for j in range(columns):
            windows = X[:, :, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
            # WRONG stride-in-the-shape-alone: windows = X[:, :, i : i + k_h, j : j + k_w]
            # WRONG images-cut-off: windows = X[:, :, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w].detach()
            # The maximum runs over the window alone: every channel keeps its own.
            Y[:, :, i, j] = windows.amax(dim=(2, 3))
            # WRONG maximum-over-channels: Y[:, :, i, j] = windows.amax(dim=(1, 2, 3)).unsqueeze(dim=1)
            # WRONG maximum-over-images: Y[:, :, i, j] = windows.amax(dim=(0, 2, 3))
            # WRONG mean-of-the-window: Y[:, :, i, j] = windows.mean(dim=(2, 3))
            # WRONG channels-added-up: Y[:, :, i, j] = windows.amax(dim=(2, 3)).sum(dim=1, keepdim=True)
            # WRONG minimum-of-the-window: Y[:, :, i, j] = windows.amin(dim=(2, 3))
            # WRONG largest-magnitude: Y[:, :, i, j] = windows.abs().amax(dim=(2, 3))
    return Y
    # END SOLUTION
