"""One shifted copy of the input for each place in the window; the result combines the copies."""

import torch


def pool2d(X, pool_size, mode="max"):
    (h, w), (p_h, p_w) = X.shape, pool_size
    copies = [X[a : h - p_h + 1 + a, b : w - p_w + 1 + b] for a in range(p_h) for b in range(p_w)]
    if mode == "avg":
        return sum(copies) / len(copies)
    Y = copies[0].clone()
    for copy in copies[1:]:
        Y = torch.maximum(Y, copy)
    return Y


def planes(X, kernel_size, stride, padding, fill, mode):
    """Every channel of every image through pool2d, which moves by one; the stride skips the rest."""
    stride = kernel_size if stride is None else stride
    kernel, stride, padding = (
        (size, size) if isinstance(size, int) else tuple(size) for size in (kernel_size, stride, padding)
    )
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ValueError("too much padding")
    n, c, h, w = X.shape
    frame = torch.full((n, c, h + 2 * padding[0], w + 2 * padding[1]), fill, dtype=X.dtype)
    frame[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w] = X
    pooled = [pool2d(plane, kernel, mode)[:: stride[0], :: stride[1]] for plane in frame.flatten(end_dim=1)]
    return torch.stack(pooled).unflatten(0, (n, c))


def max_pool2d(X, kernel_size, stride=None, padding=0):
    return planes(X, kernel_size, stride, padding, float("-inf"), "max")


def avg_pool2d(X, kernel_size, stride=None, padding=0, count_include_pad=True):
    means = planes(X, kernel_size, stride, padding, 0.0, "avg")
    if count_include_pad:
        return means
    # The mean of an image of ones is the share of each window that the image fills.
    return means / planes(torch.ones_like(X), kernel_size, stride, padding, 0.0, "avg")


def translation_gap(X, shift, pool_size):
    pooled = pool2d(X, (pool_size, pool_size))
    columns = pooled.shape[1] - shift
    if shift < 0 or columns < 1:
        raise ValueError("nothing to compare")
    # Without the zeros that enter, a shift of the matrix is a shift of its pooled matrix.
    return float((pooled[:, :columns] - pooled[:, shift:]).abs().mean())
