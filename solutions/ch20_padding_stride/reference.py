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
    # BEGIN SOLUTION
    X = X.reshape(1, 1, *X.shape)
    # WRONG one-axis-added: X = X.reshape(1, *X.shape)
    # WRONG axes-at-the-end: X = X.reshape(*X.shape, 1, 1)
    # WRONG image-transposed: X = X.T.reshape(1, 1, *X.T.shape)
    # WRONG axes-exchanged: X = X.reshape(1, 1, X.shape[1], X.shape[0])
    # WRONG axes-added-in-place: X = X.unsqueeze_(0).unsqueeze_(0)
    # WRONG rows-as-batch: X = X.reshape(X.shape[0], 1, 1, X.shape[1])
    # WRONG no-axes-added:
    Y = conv2d(X)
    # WRONG one-axis-added: Y = conv2d(X)[None]
    # WRONG layer-twice: Y = conv2d(conv2d(X))
    # WRONG weight-alone: Y = F.conv2d(X, conv2d.weight)
    # WRONG bias-forgotten: Y = F.conv2d(X, conv2d.weight, None, conv2d.stride, conv2d.padding)
    # WRONG parameters-drawn-anew:
    #     conv2d.reset_parameters()
    #     Y = conv2d(X)
    # WRONG layer-not-called: Y = X
    # WRONG layer-cut-off: Y = conv2d(X).detach()
    # WRONG image-cut-off: Y = conv2d(X.detach())
    # The first two axes are batch and channel.
    return Y.reshape(Y.shape[2:])
    # WRONG all-axes-of-one-removed: return Y.squeeze()
    # WRONG four-axes-returned: return Y
    # WRONG no-axes-added: return Y
    # WRONG batch-axis-alone-removed: return Y[0]
    # WRONG axes-of-the-end-removed: return Y[..., 0, 0]
    # WRONG shape-of-the-image: return Y.reshape(X.shape[2:])
    # WRONG layer-called-for-its-shape: return Y.reshape(conv2d(X).shape[2:])
    # WRONG flattened: return Y.flatten()
    # WRONG result-of-the-layer-transposed: return Y[0, 0].T
    # WRONG sum-over-an-axis: return Y[0].sum(dim=1)
    # END SOLUTION


# BEGIN SOLUTION


def _both(value: int | tuple[int, int]) -> tuple[int, int]:
    """The values for height and width."""
    return (value, value) if isinstance(value, int) else value


# END SOLUTION


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
    # BEGIN SOLUTION
    sizes = []
    for axis in range(2):
        n = input_shape[axis]
        # WRONG square-input: n = input_shape[0]
        k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        # WRONG whole-numbers-refused: k, p, s, d = kernel_size[axis], padding[axis], stride[axis], dilation[axis]
        # WRONG first-number-for-both: k, p, s, d = (_both(v)[0] for v in (kernel_size, padding, stride, dilation))
        # WRONG pairs-width-first: k, p, s, d = (_both(v)[1 - axis] for v in (kernel_size, padding, stride, dilation))
        # WRONG square-kernel:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     k = _both(kernel_size)[0]
        # WRONG one-stride-for-both:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     s = _both(stride)[0]
        # WRONG one-padding-for-both:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     p = _both(padding)[0]
        # WRONG one-dilation-for-both:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     d = _both(dilation)[0]
        # WRONG kernel-pair-width-first:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     k = _both(kernel_size)[1 - axis]
        # WRONG padding-pair-width-first:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     p = _both(padding)[1 - axis]
        # WRONG stride-pair-width-first:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     s = _both(stride)[1 - axis]
        # WRONG dilation-pair-width-first:
        #     k, p, s, d = (_both(value)[axis] for value in (kernel_size, padding, stride, dilation))
        #     d = _both(dilation)[1 - axis]
        span = d * (k - 1) + 1  # from the kernel's first row to its last
        # WRONG dilation-ignored: span = k
        # WRONG dilation-times-kernel: span = d * k
        # WRONG last-row-forgotten: span = d * (k - 1)
        # WRONG dilation-added: span = k + d - 1
        # WRONG dilation-counts-the-gaps: span = k + d * (k - 1)
        # WRONG kernel-ignored: span = 1
        # WRONG dilation-over-the-input:
        #     n = d * (n - 1) + 1
        #     span = k
        # The division rounds down, also for numbers below zero.
        size = (n + 2 * p - span) // s + 1
        # WRONG rounded-up: size = -((span - n - 2 * p) // s) + 1
        # WRONG rounded-to-the-nearest: size = round((n + 2 * p - span) / s) + 1
        # WRONG not-rounded: size = (n + 2 * p - span) / s + 1
        # WRONG rounded-towards-zero: size = int((n + 2 * p - span) / s) + 1
        # WRONG padding-counted-once: size = (n + p - span) // s + 1
        # WRONG padding-counted-four-times: size = (n + 4 * p - span) // s + 1
        # WRONG padding-ignored-in-the-shape: size = (n - span) // s + 1
        # WRONG padding-subtracted: size = (n - 2 * p - span) // s + 1
        # WRONG padding-after-the-stride: size = (n - span) // s + 1 + 2 * p
        # WRONG stride-ignored-in-the-shape: size = n + 2 * p - span + 1
        # WRONG one-not-added: size = (n + 2 * p - span) // s
        # WRONG one-added-before-the-division: size = (n + 2 * p - span + 1) // s
        # WRONG input-divided-alone: size = n // s + 2 * p - span + 1
        # WRONG input-divided-by-the-stride: size = (n + 2 * p) // s
        # WRONG stride-multiplied: size = (n + 2 * p - span) * s + 1
        # WRONG kernel-added: size = (n + 2 * p + span) // s + 1
        # WRONG shape-without-negative-numbers: size = max((n + 2 * p - span) // s + 1, 0)
        if size < 1:
            # WRONG zero-accepted: if size < 0:
            # WRONG one-refused: if size <= 1:
            # WRONG height-alone-checked: if axis == 0 and size < 1:
            # WRONG width-alone-checked: if axis == 1 and size < 1:
            # WRONG padding-not-counted-in-the-check: if span > n:
            # WRONG dilation-not-counted-in-the-check: if k > n + 2 * p:
            # WRONG shape-without-negative-numbers: if size < 0:
            raise ValueError(f"a kernel that spans {span} does not fit into {n} with padding {p}")
            # WRONG misfit-accepted: pass
            # WRONG both-axes-must-misfit: pass
            # WRONG assertion-for-a-misfit: raise AssertionError("the kernel does not fit")
            # WRONG one-for-a-misfit: size = 1
        sizes.append(size)
    return sizes[0], sizes[1]
    # WRONG both-axes-must-misfit:
    #     if max(sizes) < 1:
    #         raise ValueError("the kernel does not fit")
    #     return sizes[0], sizes[1]
    # WRONG result-width-first: return sizes[1], sizes[0]
    # WRONG number-of-places: return sizes[0] * sizes[1]
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    k_h, k_w = K.shape
    # WRONG height-for-width: k_h = k_w = K.shape[0]
    p_h, p_w = padding
    # WRONG padding-width-first: p_w, p_h = padding
    # WRONG equal-padding: p_h = p_w = padding[0]
    # WRONG padding-of-the-stride: p_h, p_w = stride
    # WRONG padding-shared-by-both-sides: p_h, p_w = padding[0] // 2, padding[1] // 2
    # WRONG padding-doubled: p_h, p_w = 2 * padding[0], 2 * padding[1]
    # WRONG padding-and-stride-exchanged:
    #     p_h, p_w = stride
    #     stride = max(padding[0], 1), max(padding[1], 1)
    s_h, s_w = stride
    # WRONG stride-width-first: s_w, s_h = stride
    # WRONG equal-stride: s_h = s_w = stride[0]
    # WRONG stride-ignored: s_h = s_w = 1
    # WRONG stride-of-the-kernel: s_h, s_w = K.shape
    # F.pad counts the axes from the last: left, right, top, bottom.
    X = F.pad(X, (p_w, p_w, p_h, p_h))
    # WRONG padding-ignored:
    # WRONG padding-at-the-end: X = F.pad(X, (0, 2 * p_w, 0, 2 * p_h))
    # WRONG padding-below-and-right-alone: X = F.pad(X, (0, p_w, 0, p_h))
    # WRONG padding-above-and-left-alone: X = F.pad(X, (p_w, 0, p_h, 0))
    # WRONG rows-padded-alone: X = F.pad(X, (0, 0, p_h, p_h))
    # WRONG columns-padded-alone: X = F.pad(X, (p_w, p_w, 0, 0))
    # WRONG padding-with-ones: X = F.pad(X, (p_w, p_w, p_h, p_h), value=1.0)
    # WRONG padding-as-a-total: X = F.pad(X, ((p_w + 1) // 2, p_w // 2, (p_h + 1) // 2, p_h // 2))
    # WRONG padding-with-the-mean: X = F.pad(X, (p_w, p_w, p_h, p_h), value=X.mean().item())
    # WRONG edges-repeated: X = F.pad(X[None, None], (p_w, p_w, p_h, p_h), mode="replicate")[0, 0]
    # WRONG edges-mirrored: X = F.pad(X[None, None], (p_w, p_w, p_h, p_h), mode="reflect")[0, 0]
    # WRONG opposite-edges-joined: X = F.pad(X[None, None], (p_w, p_w, p_h, p_h), mode="circular")[0, 0]
    # WRONG stride-before-padding: X = F.pad(X[::s_h, ::s_w], (p_w, p_w, p_h, p_h))
    # WRONG result-padded:
    rows, columns = (X.shape[0] - k_h) // s_h + 1, (X.shape[1] - k_w) // s_w + 1
    # WRONG stride-before-padding: rows, columns = X.shape[0] - k_h + 1, X.shape[1] - k_w + 1
    # WRONG last-place-missing: rows, columns = (X.shape[0] - k_h) // s_h, (X.shape[1] - k_w) // s_w
    # WRONG places-by-the-size-alone: rows, columns = (X.shape[0] - k_h + 1) // s_h, (X.shape[1] - k_w + 1) // s_w
    # WRONG partial-windows:
    #     rows, columns = -((k_h - X.shape[0]) // s_h) + 1, -((k_w - X.shape[1]) // s_w) + 1
    #     X = F.pad(X, (0, s_w, 0, s_h))
    # WRONG stride-missing-in-the-shape: rows, columns = X.shape[0] - k_h + 1, X.shape[1] - k_w + 1
    # WRONG padding-counted-again:
    #     rows, columns = (X.shape[0] + 2 * p_h - k_h) // s_h + 1, (X.shape[1] + 2 * p_w - k_w) // s_w + 1
    Y = torch.zeros((rows, columns), dtype=X.dtype)
    # WRONG always-float32: Y = torch.zeros(rows, columns)
    for i in range(rows):
        for j in range(columns):
            window = X[i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
            # WRONG stride-in-the-shape-alone: window = X[i : i + k_h, j : j + k_w]
            # WRONG stride-before-padding: window = X[i : i + k_h, j : j + k_w]
            # WRONG stride-within-the-window: window = X[i : i + k_h * s_h : s_h, j : j + k_w * s_w : s_w]
            # WRONG places-swapped: window = X[j * s_h : j * s_h + k_h, i * s_w : i * s_w + k_w]
            # WRONG stride-times-the-end: window = X[i * s_h : (i + k_h) * s_h, j * s_w : (j + k_w) * s_w]
            Y[i, j] = (window * K).sum()
            # WRONG kernel-flipped: Y[i, j] = (window * K.flip(0, 1)).sum()
            # WRONG mean-of-the-products: Y[i, j] = (window * K).mean()
            # WRONG maximum-of-the-products: Y[i, j] = (window * K).max()
            # WRONG kernel-not-used: Y[i, j] = window.sum()
            # WRONG kernel-transposed: Y[i, j] = (window * K.T).sum()
            # WRONG kernel-added-to-the-window: Y[i, j] = (window + K).sum()
            # WRONG matrix-product: Y[i, j] = (window @ K).sum()
            # WRONG numbers-without-gradient: Y[i, j] = (window * K).sum().item()
            # WRONG sum-over-the-stride: Y[i, j] = (window * K).sum() / (s_h * s_w)
            # WRONG image-without-gradient: Y[i, j] = (window.detach() * K).sum()
            # WRONG kernel-without-gradient: Y[i, j] = (window * K.detach()).sum()
    return Y
    # WRONG extra-axes: return Y[None, None]
    # WRONG result-padded: return F.pad(Y, (p_w, p_w, p_h, p_h))
    # WRONG result-transposed: return Y.T
    # END SOLUTION


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
    # BEGIN SOLUTION
    total = kernel_size - 1
    # WRONG total-of-the-kernel-size: total = kernel_size
    below = total // 2
    # WRONG more-below: below = total - total // 2
    # WRONG half-of-the-kernel-size: below = kernel_size // 2
    # WRONG padding-not-whole: below = total / 2
    # WRONG nothing-below: below = 0
    # WRONG nothing-above: below = total
    return total - below, below
    # WRONG all-on-each-side: return total, total
    # WRONG equal-halves: return below, below
    # WRONG rounded-up-half-of-the-kernel-size: return (kernel_size + 1) // 2, (kernel_size + 1) // 2
    # WRONG half-of-the-kernel-size: return below, below
    # WRONG sum-of-both: return total
    # WRONG at-least-one-row: return max(total - below, 1), max(below, 1)
    # END SOLUTION
