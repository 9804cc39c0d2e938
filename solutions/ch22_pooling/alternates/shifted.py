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


def max_pool_multichannel(X, kernel, stride, padding):
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ValueError("too much padding")
    n, c, h, w = X.shape
    frame = torch.full((n, c, h + 2 * padding[0], w + 2 * padding[1]), float("-inf"), dtype=X.dtype)
    frame[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w] = X
    # Every channel of every image through pool2d, which moves by one; the stride skips the rest.
    planes = [pool2d(plane, kernel)[:: stride[0], :: stride[1]] for plane in frame.flatten(end_dim=1)]
    return torch.stack(planes).unflatten(0, (n, c))
