"""One strided copy of the padded image for each number of the kernel."""

from math import ceil, floor

import torch


def comp_conv2d(conv2d, X):
    return conv2d(X[None, None])[0, 0]


def _pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_output_shape(input_shape, kernel_size, padding=0, stride=1, dilation=1):
    rows = zip(input_shape, *map(_pair, (kernel_size, padding, stride, dilation)), strict=True)
    shape = tuple(floor((n + 2 * p - d * (k - 1) - 1) / s + 1) for n, k, p, s, d in rows)
    if min(shape) <= 0:
        raise ValueError("too small")
    return shape


def corr2d_pad_stride(X, K, padding, stride):
    frame = torch.zeros(X.shape[0] + 2 * padding[0], X.shape[1] + 2 * padding[1], dtype=X.dtype)
    frame[padding[0] : padding[0] + X.shape[0], padding[1] : padding[1] + X.shape[1]] = X
    rows, columns = frame.shape[0] - K.shape[0], frame.shape[1] - K.shape[1]
    copies = [
        frame[a : a + rows + 1 : stride[0], b : b + columns + 1 : stride[1]] * K[a, b]
        for a in range(K.shape[0])
        for b in range(K.shape[1])
    ]
    return sum(copies)


def same_padding(kernel_size):
    return ceil((kernel_size - 1) / 2), floor((kernel_size - 1) / 2)
