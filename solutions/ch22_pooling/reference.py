"""ch22 Pooling.

D2L section 6.5 (chapter_convolutional-neural-networks/pooling).
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

# BEGIN SOLUTION


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return height and width, which a single number gives alike."""
    return (size, size) if isinstance(size, int) else size


# END SOLUTION


def pool2d(X: Tensor, pool_size: tuple[int, int], mode: Literal["max", "avg"] = "max") -> Tensor:
    # WRONG average-by-default: def pool2d(X, pool_size, mode="avg"):
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
    """
    # BEGIN SOLUTION
    k_h, k_w = _pair(kernel_size)
    # WRONG kernel-axes-swapped: k_w, k_h = _pair(kernel_size)
    # WRONG square-kernel: k_h = k_w = _pair(kernel_size)[0]
    # WRONG pairs-alone: k_h, k_w = kernel_size[0], kernel_size[1]
    # WRONG numbers-alone:
    #     k_h = k_w = kernel_size
    #     k_h + 0
    s_h, s_w = _pair(kernel_size if stride is None else stride)
    # WRONG default-stride-is-one: s_h, s_w = _pair(1 if stride is None else stride)
    # WRONG stride-is-kernel: s_h, s_w = _pair(kernel_size)
    # WRONG stride-axes-swapped: s_w, s_h = _pair(kernel_size if stride is None else stride)
    # WRONG stride-ignored: s_h = s_w = 1
    # WRONG one-stride-for-both: s_h = s_w = _pair(kernel_size if stride is None else stride)[0]
    # WRONG square-default-stride:
    #     s_h, s_w = _pair(_pair(kernel_size)[0] if stride is None else stride)
    p_h, p_w = _pair(padding)
    # WRONG one-padding-for-both: p_h = p_w = _pair(padding)[0]
    # WRONG padding-pair-width-first: p_w, p_h = _pair(padding)
    if 2 * p_h > k_h or 2 * p_w > k_w:
        # WRONG rows-alone-tested: if 2 * p_h > k_h:
        # WRONG half-of-the-window-refused: if 2 * p_h >= k_h or 2 * p_w >= k_w:
        # WRONG columns-alone-tested: if 2 * p_w > k_w:
        raise ValueError(f"padding {padding} is more than half of the window {kernel_size}")
        # WRONG too-much-padding-accepted: pass
    # F.pad counts the axes from the last: left, right, top, bottom.
    X = F.pad(X, (p_w, p_w, p_h, p_h), value=-torch.inf)
    # WRONG zero-padding: X = F.pad(X, (p_w, p_w, p_h, p_h))
    # WRONG minus-billion-padding: X = F.pad(X, (p_w, p_w, p_h, p_h), value=-1e9)
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


def avg_pool2d(
    X: Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    count_include_pad: bool = True,
) -> Tensor:
    # WRONG padding-not-counted-by-default:
    #     def avg_pool2d(X, kernel_size, stride=None, padding=0, count_include_pad=False):
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
    """
    # BEGIN SOLUTION
    k_h, k_w = _pair(kernel_size)
    # WRONG average-kernel-axes-swapped: k_w, k_h = _pair(kernel_size)
    # WRONG average-square-kernel: k_h = k_w = _pair(kernel_size)[0]
    # WRONG average-pairs-alone: k_h, k_w = kernel_size[0], kernel_size[1]
    # WRONG average-numbers-alone:
    #     k_h = k_w = kernel_size
    #     k_h + 0
    s_h, s_w = _pair(kernel_size if stride is None else stride)
    # WRONG average-default-stride-is-one: s_h, s_w = _pair(1 if stride is None else stride)
    # WRONG average-stride-is-kernel: s_h, s_w = _pair(kernel_size)
    # WRONG average-stride-axes-swapped: s_w, s_h = _pair(kernel_size if stride is None else stride)
    # WRONG average-stride-ignored: s_h = s_w = 1
    # WRONG average-one-stride-for-both: s_h = s_w = _pair(kernel_size if stride is None else stride)[0]
    # WRONG average-square-default-stride:
    #     s_h, s_w = _pair(_pair(kernel_size)[0] if stride is None else stride)
    p_h, p_w = _pair(padding)
    # WRONG average-one-padding-for-both: p_h = p_w = _pair(padding)[0]
    # WRONG average-padding-pair-width-first: p_w, p_h = _pair(padding)
    if 2 * p_h > k_h or 2 * p_w > k_w:
        # WRONG average-rows-alone-tested: if 2 * p_h > k_h:
        # WRONG average-columns-alone-tested: if 2 * p_w > k_w:
        # WRONG average-half-of-the-window-refused: if 2 * p_h >= k_h or 2 * p_w >= k_w:
        raise ValueError(f"padding {padding} is more than half of the window {kernel_size}")
        # WRONG average-too-much-padding-accepted: pass
    # The mask is 1 where an entry counts. Padded like X, it gives the divisor of every window.
    mask = torch.ones_like(X)
    # WRONG zeros-not-counted: mask = torch.ones_like(X) if count_include_pad else (X != 0).to(X.dtype)
    X = F.pad(X, (p_w, p_w, p_h, p_h))
    # WRONG average-padding-ignored:
    #     p_h = p_w = 0
    # WRONG average-padding-axes-swapped: X = F.pad(X, (p_h, p_h, p_w, p_w))
    # WRONG average-padding-on-one-side: X = F.pad(X, (0, 2 * p_w, 0, 2 * p_h))
    # WRONG average-padding-above-and-left-alone: X = F.pad(X, (p_w, 0, p_h, 0))
    # WRONG edges-repeated:
    #     X = X[:, :, torch.arange(-p_h, X.shape[2] + p_h).clamp(0, X.shape[2] - 1)]
    #     X = X[..., torch.arange(-p_w, X.shape[3] + p_w).clamp(0, X.shape[3] - 1)]
    # WRONG minus-infinity-averaged: X = F.pad(X, (p_w, p_w, p_h, p_h), value=-torch.inf)
    mask = F.pad(mask, (p_w, p_w, p_h, p_h), value=1 if count_include_pad else 0)
    # WRONG padding-always-counted: mask = F.pad(mask, (p_w, p_w, p_h, p_h), value=1)
    # WRONG padding-never-counted: mask = F.pad(mask, (p_w, p_w, p_h, p_h), value=0)
    # WRONG count-include-pad-reversed: mask = F.pad(mask, (p_w, p_w, p_h, p_h), value=0 if count_include_pad else 1)
    # WRONG average-padding-axes-swapped:
    #     mask = F.pad(mask, (p_h, p_h, p_w, p_w), value=1 if count_include_pad else 0)
    # WRONG average-padding-on-one-side:
    #     mask = F.pad(mask, (0, 2 * p_w, 0, 2 * p_h), value=1 if count_include_pad else 0)
    # WRONG average-padding-above-and-left-alone:
    #     mask = F.pad(mask, (p_w, 0, p_h, 0), value=1 if count_include_pad else 0)
    n, c, h, w = X.shape
    rows, columns = (h - k_h) // s_h + 1, (w - k_w) // s_w + 1
    # WRONG average-partial-windows:
    #     rows, columns = -((k_h - h) // s_h) + 1, -((k_w - w) // s_w) + 1
    #     X, mask = F.pad(X, (0, s_w, 0, s_h)), F.pad(mask, (0, s_w, 0, s_h))
    # WRONG average-last-place-missing: rows, columns = (h - k_h) // s_h, (w - k_w) // s_w
    Y = X.new_zeros((n, c, rows, columns))
    # WRONG averages-in-float32: Y = torch.zeros((n, c, rows, columns))
    for i in range(rows):
        for j in range(columns):
            down, right = slice(i * s_h, i * s_h + k_h), slice(j * s_w, j * s_w + k_w)
            # WRONG average-stride-in-the-shape-alone: down, right = slice(i, i + k_h), slice(j, j + k_w)
            sums, counts = X[:, :, down, right].sum(dim=(2, 3)), mask[:, :, down, right].sum(dim=(2, 3))
            # WRONG averages-cut-off:
            #     sums, counts = X[:, :, down, right].detach().sum(dim=(2, 3)), mask[:, :, down, right].sum(dim=(2, 3))
            # WRONG average-of-magnitudes:
            #     sums, counts = X[:, :, down, right].abs().sum(dim=(2, 3)), mask[:, :, down, right].sum(dim=(2, 3))
            Y[:, :, i, j] = sums / counts
            # WRONG sums-of-windows: Y[:, :, i, j] = sums
            # WRONG maximum-in-the-average: Y[:, :, i, j] = X[:, :, down, right].amax(dim=(2, 3))
            # WRONG average-over-channels: Y[:, :, i, j] = (sums / counts).mean(dim=1, keepdim=True)
            # WRONG average-over-images: Y[:, :, i, j] = (sums / counts).mean(dim=0, keepdim=True)
            # WRONG averages-added-up: Y[:, :, i, j] = (sums / counts).sum(dim=1, keepdim=True)
            # WRONG average-divided-by-the-height: Y[:, :, i, j] = sums / k_h
            # WRONG average-divided-by-the-square: Y[:, :, i, j] = sums / k_h**2
    return Y
    # END SOLUTION


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
    # BEGIN SOLUTION
    if not 0 <= shift <= X.shape[1] - pool_size:
        # WRONG negative-shift-accepted: if shift > X.shape[1] - pool_size:
        # WRONG empty-gap-accepted: if shift < 0:
        # WRONG last-column-refused: if not 0 <= shift < X.shape[1] - pool_size:
        # WRONG shift-not-tested: if False:
        # WRONG asserted-shift:
        #     assert 0 <= shift <= X.shape[1] - pool_size
        #     if False:
        # WRONG pool-size-not-regarded: if not 0 <= shift < X.shape[1]:
        raise ValueError(f"a shift by {shift} leaves no column to compare")
    shifted = torch.zeros_like(X)
    shifted[:, shift:] = X[:, : X.shape[1] - shift]
    # WRONG shift-not-tested: shifted = X.roll(shift, dims=1)
    # WRONG empty-slice-without-a-shift: shifted[:, shift:] = X[:, :-shift]
    # WRONG no-column-without-a-shift: shifted = torch.cat([X.new_zeros(len(X), shift), X[:, :-shift]], dim=1)
    # WRONG wrapped-columns-compared: shifted = X.roll(shift, dims=1)
    # WRONG shifted-to-the-left: shifted[:, : X.shape[1] - shift] = X[:, shift:]
    # WRONG shift-of-one: shifted[:, 1:] = X[:, :-1]
    # WRONG rows-shifted: shifted[shift:] = X[: max(len(X) - shift, 0)]
    # WRONG shifted-by-the-window: shifted[:, shift * pool_size :] = X[:, : max(X.shape[1] - shift * pool_size, 0)]
    pooled, pooled_shifted = (pool2d(matrix, (pool_size, pool_size), "max") for matrix in (X, shifted))
    # WRONG windows-side-by-side:
    #     pooled, pooled_shifted = (max_pool2d(m[None, None], pool_size, 1)[0, 0] for m in (X, shifted))
    # WRONG modes-swapped:
    #     pooled, pooled_shifted = (max_pool2d(m[None, None], pool_size, 1)[0, 0] for m in (X, shifted))
    # WRONG average-in-both-modes:
    #     pooled, pooled_shifted = (max_pool2d(m[None, None], pool_size, 1)[0, 0] for m in (X, shifted))
    # WRONG slice-ends-at-the-size:
    #     pooled, pooled_shifted = (max_pool2d(m[None, None], pool_size, 1)[0, 0] for m in (X, shifted))
    # WRONG places-swapped:
    #     pooled, pooled_shifted = (max_pool2d(m[None, None], pool_size, 1)[0, 0] for m in (X, shifted))
    # WRONG gap-without-pooling: pooled, pooled_shifted = X, shifted
    # WRONG gap-of-averages:
    #     pooled, pooled_shifted = (pool2d(matrix, (pool_size, pool_size), "avg") for matrix in (X, shifted))
    # WRONG window-of-one-row: pooled, pooled_shifted = (pool2d(matrix, (1, pool_size)) for matrix in (X, shifted))
    # WRONG pool-size-ignored: pooled, pooled_shifted = (pool2d(matrix, (2, 2)) for matrix in (X, shifted))
    # WRONG original-not-pooled:
    #     pooled_shifted = pool2d(shifted, (pool_size, pool_size))
    #     pooled = X[: pooled_shifted.shape[0], : pooled_shifted.shape[1]]
    # WRONG windows-apart:
    #     pooled, pooled_shifted = (
    #         pool2d(matrix, (pool_size, pool_size))[::pool_size, ::pool_size] for matrix in (X, shifted)
    #     )
    # Zeros that entered on the left reach only the columns before `shift`.
    gap = (pooled_shifted - pooled)[:, shift:].abs().mean()
    # WRONG every-column-compared: gap = (pooled_shifted - pooled).abs().mean()
    # WRONG wrapped-columns-compared: gap = (pooled_shifted - pooled).abs().mean()
    # WRONG result-shifted:
    #     gap = (torch.cat([0 * pooled[:, :shift], pooled[:, : pooled.shape[1] - shift]], dim=1) - pooled).abs().mean()
    # WRONG largest-difference: gap = (pooled_shifted - pooled)[:, shift:].abs().max()
    # WRONG signed-differences: gap = (pooled_shifted - pooled)[:, shift:].mean()
    # WRONG squared-differences: gap = ((pooled_shifted - pooled)[:, shift:] ** 2).mean()
    # WRONG differences-added-up: gap = (pooled_shifted - pooled)[:, shift:].abs().sum()
    # WRONG columns-at-the-left: gap = (pooled_shifted - pooled)[:, : pooled.shape[1] - shift].abs().mean()
    # WRONG magnitude-of-the-mean: gap = (pooled_shifted - pooled)[:, shift:].mean().abs()
    # WRONG root-of-the-mean-square: gap = ((pooled_shifted - pooled)[:, shift:] ** 2).mean().sqrt()
    # WRONG divided-by-every-column: gap = (pooled_shifted - pooled)[:, shift:].abs().sum() / pooled.numel()
    # WRONG rows-left-out: gap = (pooled_shifted - pooled)[shift:].abs().mean()
    # WRONG shift-undone: gap = (pooled_shifted[:, shift:] - pooled[:, : pooled.shape[1] - shift]).abs().mean()
    # WRONG one-column-more-left-out: gap = (pooled_shifted - pooled)[:, shift + 1 :].abs().mean()
    return gap.item()
    # END SOLUTION
