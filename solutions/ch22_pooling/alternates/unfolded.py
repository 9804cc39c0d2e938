"""Windows as axes of a view, one maximum or mean for all of them."""

import torch
from torch.nn import functional as F


def pool2d(X, pool_size, mode="max"):
    windows = X.unfold(0, pool_size[0], 1).unfold(1, pool_size[1], 1)
    return windows.amax(dim=(2, 3)) if mode == "max" else windows.mean(dim=(2, 3))


def as_pairs(*values):
    return [2 * [value] if type(value) is int else list(value) for value in values]


def windows_of(X, kernel_size, stride, padding, fill):
    """The windows as the last axis, (n, c, rows, columns, entries)."""
    kernel, stride, padding = as_pairs(kernel_size, stride or kernel_size, padding)
    for size, added in zip(kernel, padding, strict=True):
        if added > size // 2:
            raise ValueError("too much padding")
    X = F.pad(X, (padding[1], padding[1], padding[0], padding[0]), value=fill)
    return X.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1]).flatten(start_dim=4)


def max_pool2d(X, kernel_size, stride=None, padding=0):
    return windows_of(X, kernel_size, stride, padding, float("-inf")).max(dim=4).values


def avg_pool2d(X, kernel_size, stride=None, padding=0, count_include_pad=True):
    if count_include_pad:
        return windows_of(X, kernel_size, stride, padding, 0.0).mean(dim=4)
    return windows_of(X, kernel_size, stride, padding, float("nan")).nanmean(dim=4)


def translation_gap(X, shift, pool_size):
    if shift < 0 or shift + pool_size > X.shape[1]:
        raise ValueError("nothing to compare")
    moved = torch.roll(X, shift, dims=1)  # the columns that come back on the left reach no column that counts
    total, count = 0.0, 0
    before, after = (pool2d(matrix, (pool_size, pool_size)).tolist() for matrix in (X, moved))
    for row, other in zip(before, after, strict=True):
        for old, new in zip(row[shift:], other[shift:], strict=True):
            total, count = total + abs(new - old), count + 1
    return total / count
