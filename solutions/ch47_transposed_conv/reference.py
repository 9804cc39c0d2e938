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
    """
    # BEGIN SOLUTION
    # WRONG regular-convolution:
    #     rows, columns = X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1
    #     if rows > 0 < columns:
    #         windows = X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)
    #         return (windows * K).sum(dim=(2, 3))
    # WRONG kernel-rows-and-columns-swapped: K = K.T
    k_h, k_w = K.shape
    # WRONG square-kernel: k_h = k_w = K.shape[0]
    Y = torch.zeros((X.shape[0] + k_h - 1, X.shape[1] + k_w - 1), dtype=X.dtype, device=X.device)
    # WRONG one-row-too-many: Y = X.new_zeros((X.shape[0] + k_h, X.shape[1] + k_w))
    # WRONG float32-in-any-case: Y = torch.zeros((X.shape[0] + k_h - 1, X.shape[1] + k_w - 1))
    # WRONG result-of-swapped-sizes: Y = X.new_zeros((X.shape[0] + k_w - 1, X.shape[1] + k_h - 1))
    # WRONG sizes-multiplied: Y = X.new_zeros((X.shape[0] * k_h + 1, X.shape[1] * k_w + 1))
    # WRONG copies-side-by-side: Y = X.new_zeros((X.shape[0] * k_h, X.shape[1] * k_w))
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            Y[i : i + k_h, j : j + k_w] += X[i, j] * K
            # WRONG copies-overwritten: Y[i : i + k_h, j : j + k_w] = X[i, j] * K
            # WRONG largest-copy:
            #     Y[i : i + k_h, j : j + k_w] = torch.maximum(Y[i : i + k_h, j : j + k_w].clone(), X[i, j] * K)
            # WRONG kernel-turned: Y[i : i + k_h, j : j + k_w] += X[i, j] * K.flip(0, 1)
            # WRONG kernel-upside-down: Y[i : i + k_h, j : j + k_w] += X[i, j] * K.flip(0)
            # WRONG kernel-summed-up: Y[i : i + k_h, j : j + k_w] += X[i, j] * K.sum()
            # WRONG copies-unscaled: Y[i : i + k_h, j : j + k_w] += K
            # WRONG places-swapped: Y[j : j + k_h, i : i + k_w] += X[i, j] * K
            # WRONG copies-side-by-side: Y[i * k_h : (i + 1) * k_h, j * k_w : (j + 1) * k_w] = X[i, j] * K
            # WRONG matrix-cut-off: Y[i : i + k_h, j : j + k_w] += X[i, j].item() * K
            # WRONG kernel-cut-off: Y[i : i + k_h, j : j + k_w] += X[i, j] * K.detach()
            # WRONG kernel-scaled-in-place:
            #     K *= X[i, j]
            #     Y[i : i + k_h, j : j + k_w] += K
    return Y
    # WRONG cropped-to-the-matrix: return Y[: X.shape[0], : X.shape[1]]
    # WRONG cropped-around-the-middle:
    #     top, left = k_h // 2, k_w // 2
    #     return Y[top : top + X.shape[0], left : left + X.shape[1]]
    # WRONG complete-overlaps-alone: return Y[k_h - 1 : X.shape[0], k_w - 1 : X.shape[1]]
    # WRONG overlaps-averaged:
    #     counts = torch.zeros_like(Y)
    #     for i in range(X.shape[0]):
    #         for j in range(X.shape[1]):
    #             counts[i : i + k_h, j : j + k_w] += 1
    #     return Y / counts
    # WRONG extra-axes: return Y[None, None]
    # END SOLUTION


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
    # BEGIN SOLUTION
    W = K.new_zeros((4, 9))
    # WRONG matrix-in-float32: W = torch.zeros((4, 9))
    # WRONG ones-elsewhere: W = K.new_ones((4, 9))
    # Window (i, j) begins at number 3 * i + j of x. Its second row begins 3 numbers later.
    for row, start in enumerate((0, 1, 3, 4)):
        # WRONG starts-without-jump: for row, start in enumerate((0, 1, 2, 3)):
        # WRONG third-window-too-early: for row, start in enumerate((0, 1, 2, 4)):
        # WRONG windows-by-columns: for row, start in enumerate((0, 3, 1, 4)):
        # WRONG windows-backwards: for row, start in enumerate((4, 3, 1, 0)):
        # WRONG window-that-stays: for row, start in enumerate((0, 0, 0, 0)):
        W[row, start : start + 2] = K[0]
        # WRONG matrix-kernel-turned: W[row, start : start + 2] = K[1].flip(0)
        # WRONG matrix-kernel-transposed: W[row, start : start + 2] = K[:, 0]
        # WRONG matrix-without-graph: W[row, start : start + 2] = K[0].detach()
        # WRONG second-row-alone:
        # WRONG rows-of-kernel-swapped: W[row, start : start + 2] = K[1]
        W[row, start + 3 : start + 5] = K[1]
        # WRONG matrix-kernel-turned: W[row, start + 3 : start + 5] = K[0].flip(0)
        # WRONG matrix-kernel-transposed: W[row, start + 3 : start + 5] = K[:, 1]
        # WRONG matrix-without-graph: W[row, start + 3 : start + 5] = K[1].detach()
        # WRONG kernel-in-one-piece: W[row, start + 2 : start + 4] = K[1]
        # WRONG gap-of-two: W[row, start + 4 : start + 6] = K[1]
        # WRONG first-row-alone:
        # WRONG rows-of-kernel-swapped: W[row, start + 3 : start + 5] = K[0]
    return W
    # WRONG matrix-stored-transposed: return W.T
    # WRONG inputs-by-columns: return W.reshape(4, 3, 3).transpose(1, 2).reshape(4, 9)
    # WRONG matrices-for-rows: return W.reshape(4, 3, 3)
    # WRONG four-axes: return W.reshape(2, 2, 3, 3)
    # WRONG matrix-with-padding: return torch.stack([trans_conv(e.view(3, 3), K.flip(0, 1)).flatten() for e in torch.eye(9)], 1)
    # WRONG rows-rolled: return torch.stack([W[0].roll(start) for start in range(9)])
    # WRONG four-rolled-rows: return torch.stack([W[0].roll(3 * start) for start in range(4)])
    # WRONG inverse-of-the-matrix: return torch.linalg.pinv(W).T
    # END SOLUTION


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
    # BEGIN SOLUTION
    # WRONG shape-taken-as-width-first: input_shape = (input_shape[1], input_shape[0])
    # WRONG square-input: input_shape = (input_shape[0], input_shape[0])
    # WRONG kernel-transposed-in-the-matrix: K = K.T
    # WRONG kernel-turned-in-the-matrix: K = K.flip(0, 1)
    # WRONG kernel-without-graph: K = K.detach()
    (h, w), (k_h, k_w) = input_shape, K.shape
    rows, columns = h - k_h + 1, w - k_w + 1
    # WRONG last-windows-missing: rows, columns = h - k_h, w - k_w
    if rows < 1 or columns < 1:
        # WRONG equal-sizes-refused: if rows <= 1 or columns <= 1:
        # WRONG fit-tested-with-and: if rows < 1 and columns < 1:
        # WRONG too-large-by-one-accepted: if rows < 0 or columns < 0:
        # WRONG fit-of-rows-alone: if rows < 1:
        # WRONG fit-of-columns-alone: if columns < 1:
        # WRONG fit-not-tested: if False:
        # WRONG areas-compared: if K.numel() > h * w:
        # WRONG asserted-fit:
        #     assert rows > 0 < columns
        #     if False:
        raise ValueError(f"a kernel {tuple(K.shape)} does not fit into an input {tuple(input_shape)}")
        # WRONG empty-matrix-without-fit: return K.new_zeros((0, h * w))
    # First with four axes: W[i, j] is a picture of the input on which the kernel lies at the place (i, j).
    W = K.new_zeros((rows, columns, h, w))
    # WRONG any-matrix-in-float32: W = torch.zeros((rows, columns, h, w))
    # WRONG any-matrix-of-ones: W = K.new_ones((rows, columns, h, w))
    for i in range(rows):
        for j in range(columns):
            W[i, j, i : i + k_h, j : j + k_w] = K
            # WRONG square-kernel-in-the-matrix: W[i, j, i : i + k_h, j : j + k_h] = K
            # WRONG pictures-all-alike: W[i, j, :k_h, :k_w] = K
            # WRONG columns-alone-moved: W[i, j, :k_h, j : j + k_w] = K
            # WRONG kernel-rows-joined: W[i, j].view(-1)[i * w + j : i * w + j + K.numel()] = K.flatten()
            # WRONG jump-forgotten:
            #     for a in range(k_h):
            #         W[i, j].view(-1)[i * columns + j + a * w :][:k_w] = K[a]
            # WRONG rows-apart-by-the-height:
            #     for a in range(k_h):
            #         start = (i + a) * h + j
            #         W[i, j].view(-1)[start : start + k_w] = K[a]
            # WRONG matrix-rows-by-the-height: W.view(-1, h, w)[i * rows + j, i : i + k_h, j : j + k_w] = K
            # WRONG rows-apart-by-the-output:
            #     for a in range(k_h):
            #         W[i, j].view(-1)[i * w + j + a * columns :][:k_w] = K[a]
    return W.reshape(rows * columns, h * w)
    # WRONG any-matrix-stored-transposed: return W.reshape(rows * columns, h * w).T
    # WRONG axes-not-joined: return W
    # WRONG outputs-by-columns: return W.transpose(0, 1).reshape(rows * columns, h * w)
    # WRONG input-read-by-columns: return W.transpose(2, 3).reshape(rows * columns, h * w)
    # WRONG outputs-backwards: return W.reshape(rows * columns, h * w).flip(0)
    # WRONG any-matrix-rolled: return torch.stack([W[0, 0].flatten().roll(start) for start in range(h * w)])
    # WRONG padded-places-too:
    #     pictures = torch.eye(h * w, dtype=K.dtype).view(-1, h, w)
    #     return torch.stack([trans_conv(picture, K.flip(0, 1)).flatten() for picture in pictures], dim=1)
    # END SOLUTION


def trans_conv_stride_pad(X: Tensor, K: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    # WRONG stride-of-two-by-default: def trans_conv_stride_pad(X, K, stride=2, padding=0):
    # WRONG padding-of-one-by-default: def trans_conv_stride_pad(X, K, stride=1, padding=1):
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
    """
    # BEGIN SOLUTION
    # WRONG stride-and-padding-of-a-convolution:
    #     image = F.pad(X, (padding,) * 4)
    #     if image.shape[0] >= K.shape[0] and image.shape[1] >= K.shape[1]:
    #         windows = image.unfold(0, K.shape[0], stride).unfold(1, K.shape[1], stride)
    #         return (windows * K).sum(dim=(2, 3))
    # WRONG numbers-repeated: X, stride = X.repeat_interleave(stride, 0).repeat_interleave(stride, 1), 1
    # WRONG zero-behind-every-number:
    #     spread = X.new_zeros((X.shape[0] * stride, X.shape[1] * stride))
    #     spread[::stride, ::stride] = X
    #     X, stride = spread, 1
    # WRONG stride-of-zeros: stride = stride + 1 if stride > 1 else 1
    # WRONG stride-ignored: stride = 1
    # WRONG padding-ignored: padding = 0
    # WRONG padding-halved: padding = padding // 2
    # WRONG padding-times-stride: padding = padding * stride
    # WRONG input-padded:
    #     X, padding = F.pad(X, (padding,) * 4), 0
    # WRONG input-cropped:
    #     if 2 * padding >= min(X.shape):
    #         raise ValueError("nothing is left")
    #     X, padding = X[padding : X.shape[0] - padding, padding : X.shape[1] - padding], 0
    # WRONG copies-cut-off: X = X.detach()
    # WRONG copies-of-a-turned-kernel: K = K.flip(0, 1)
    k_h, k_w = K.shape
    # WRONG one-size-of-the-kernel: k_h = k_w = K.shape[0]
    Y = X.new_zeros(((X.shape[0] - 1) * stride + k_h, (X.shape[1] - 1) * stride + k_w))
    # WRONG stride-in-float32: Y = torch.zeros(((X.shape[0] - 1) * stride + k_h, (X.shape[1] - 1) * stride + k_w))
    rows, columns = Y.shape[0] - 2 * padding, Y.shape[1] - 2 * padding
    # WRONG padding-removed-once: rows, columns = Y.shape[0] - padding, Y.shape[1] - padding
    if rows < 1 or columns < 1:
        # WRONG single-row-refused: if rows <= 1 or columns <= 1:
        # WRONG zero-rows-accepted: if rows < 0 or columns < 0:
        # WRONG nothing-left-with-and: if rows < 1 and columns < 1:
        # WRONG rows-left-alone-tested: if rows < 1:
        # WRONG columns-left-alone-tested: if columns < 1:
        # WRONG empty-result-accepted: if False:
        # WRONG padding-up-to-the-kernel: if rows < 1 or columns < 1 or padding >= min(k_h, k_w):
        # WRONG asserted-result:
        #     assert rows > 0 < columns
        #     if False:
        raise ValueError(f"padding {padding} leaves nothing of a result {tuple(Y.shape)}")
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            top, left = i * stride, j * stride
            # WRONG rows-alone-apart: top, left = i * stride, j
            # WRONG columns-alone-apart: top, left = i, j * stride
            Y[top : top + k_h, left : left + k_w] += X[i, j] * K
            # WRONG later-copy-wins: Y[top : top + k_h, left : left + k_w] = X[i, j] * K
    return Y[padding : padding + rows, padding : padding + columns]
    # WRONG padding-enlarges: return F.pad(Y, (padding,) * 4)
    # WRONG removed-at-the-beginning: return Y[2 * padding :, 2 * padding :]
    # WRONG removed-at-the-end: return Y[:rows, :columns]
    # WRONG slice-to-minus-zero: return Y[padding:-padding, padding:-padding]
    # WRONG rows-removed-alone: return Y[padding : padding + rows]
    # WRONG every-second-row: return trans_conv(X, K)[::stride, ::stride]
    # END SOLUTION


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
    # BEGIN SOLUTION
    # WRONG pair-without-graph: X, K = X.detach(), K.detach()
    # WRONG pair-in-float32: X, K = X.float(), K.float()
    k_h, k_w = K.shape
    # F.pad counts the axes from the last: left, right, top, bottom.
    padded = F.pad(X, (k_w - 1, k_w - 1, k_h - 1, k_h - 1))
    # WRONG input-not-padded: padded = X
    # WRONG padded-by-the-kernel: padded = F.pad(X, (k_w, k_w, k_h, k_h))
    # WRONG padded-by-half: padded = F.pad(X, (k_w // 2, k_w // 2, k_h // 2, k_h // 2))
    # WRONG padded-above-and-left: padded = F.pad(X, (k_w - 1, 0, k_h - 1, 0))
    # WRONG padded-below-and-right: padded = F.pad(X, (0, k_w - 1, 0, k_h - 1))
    # WRONG padded-axes-swapped: padded = F.pad(X, (k_h - 1, k_h - 1, k_w - 1, k_w - 1))
    # WRONG padded-by-the-height: padded = F.pad(X, (k_h - 1, k_h - 1, k_h - 1, k_h - 1))
    # WRONG padded-by-one: padded = F.pad(X, (1, 1, 1, 1))
    # WRONG padded-with-ones: padded = F.pad(X, (k_w - 1, k_w - 1, k_h - 1, k_h - 1), value=1)
    # WRONG edges-repeated:
    #     padded = X[torch.arange(1 - k_h, X.shape[0] + k_h - 1).clamp(0, X.shape[0] - 1)]
    #     padded = padded[:, torch.arange(1 - k_w, X.shape[1] + k_w - 1).clamp(0, X.shape[1] - 1)]
    # WRONG input-rotated-too: padded = F.pad(X, (k_w - 1, k_w - 1, k_h - 1, k_h - 1)).flip(0, 1)
    # WRONG zeros-between-the-numbers:
    #     spread = X.new_zeros((2 * X.shape[0] - 1, 2 * X.shape[1] - 1))
    #     spread[::2, ::2] = X
    #     padded = F.pad(spread, (k_w - 1, k_w - 1, k_h - 1, k_h - 1))
    return padded, K.flip(0, 1)
    # WRONG kernel-not-rotated: return padded, K
    # WRONG kernel-rows-reversed: return padded, K.flip(0)
    # WRONG kernel-columns-reversed: return padded, K.flip(1)
    # WRONG kernel-rotated-by-90: return padded, K.rot90()
    # WRONG kernel-transposed: return padded, K.T
    # WRONG input-rotated-instead: return padded.flip(0, 1), K
    # WRONG rotated-and-transposed: return padded, K.flip(0, 1).T
    # WRONG kernel-first: return K.flip(0, 1), padded
    # WRONG axes-of-images: return padded[None, None], K.flip(0, 1)[None, None]
    # WRONG result-itself: return trans_conv(X, K), K.flip(0, 1)
    # END SOLUTION
