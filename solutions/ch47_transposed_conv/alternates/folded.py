"""Outer products of X and K, which F.fold adds up; the matrix by its indices."""

import torch
from torch.nn import functional as F


def folded(X, K, size, stride, padding):
    """Copies of the kernel, one for each column of the argument of F.fold."""
    copies = torch.outer(K.flatten(), X.flatten())
    return F.fold(copies[None], size, tuple(K.shape), stride=stride, padding=padding)[0, 0]


def trans_conv(X, K):
    size = (X.shape[0] + K.shape[0] - 1, X.shape[1] + K.shape[1] - 1)
    return folded(X, K, size, 1, 0)


def trans_conv_stride_pad(X, K, stride=1, padding=0):
    size = tuple((n - 1) * stride + k - 2 * padding for n, k in zip(X.shape, K.shape, strict=True))
    if min(size) <= 0:
        raise ValueError(f"a result of size {size}")
    return folded(X, K, size, stride, padding)


def conv_matrix(K, input_shape):
    (h, w), (k_h, k_w) = input_shape, K.shape
    if k_h > h or k_w > w:
        raise ValueError("the kernel does not fit")
    # Row i * w' + j of the windows holds the indices of the inputs below the kernel.
    numbers = torch.arange(h * w).view(h, w)
    windows = numbers.unfold(0, k_h, 1).unfold(1, k_w, 1).reshape(-1, k_h * k_w)
    W = torch.zeros(len(windows), h * w, dtype=K.dtype)
    return W.scatter(1, windows, K.reshape(1, -1).expand(len(windows), -1))


def kernel2matrix(K):
    zero = K.new_zeros(1)
    line = torch.cat([K[0], zero, K[1]])
    rows = [torch.cat([zero.expand(start), line, zero.expand(4 - start)]) for start in (0, 1, 3, 4)]
    return torch.stack(rows)


def as_regular_conv(X, K):
    k_h, k_w = K.shape
    side, band = X.new_zeros(X.shape[0], k_w - 1), X.new_zeros(k_h - 1, X.shape[1] + 2 * k_w - 2)
    padded = torch.cat([band, torch.cat([side, X, side], dim=1), band])
    rotated = K.flatten().flip(0).view(k_h, k_w)
    return padded, rotated
