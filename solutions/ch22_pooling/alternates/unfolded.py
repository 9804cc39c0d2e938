"""Windows as axes of a view, one maximum for all of them."""

from torch.nn import functional as F


def pool2d(X, pool_size, mode="max"):
    windows = X.unfold(0, pool_size[0], 1).unfold(1, pool_size[1], 1)
    return windows.amax(dim=(2, 3)) if mode == "max" else windows.mean(dim=(2, 3))


def max_pool_multichannel(X, kernel, stride, padding):
    for size, added in zip(kernel, padding, strict=True):
        if added > size // 2:
            raise ValueError("too much padding")
    X = F.pad(X, (padding[1], padding[1], padding[0], padding[0]), value=float("-inf"))
    windows = X.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1])
    return windows.flatten(start_dim=4).max(dim=4).values
