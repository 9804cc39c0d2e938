"""A linear relation under noise, with the weights that it was made from (D2L section 3.2).

Source: generated. Licence: none needed. Any number of examples.
"""

import torch
from torch import Tensor

KIND = "numbers"
NOISE = 0.01


def best(size: int) -> float:
    """The largest error of the four numbers found from so many examples that nobody goes below but by luck.

    The noise leaves each number a standard deviation of NOISE / sqrt(size) at least. All four are within 0.03 of that
    once in three million times.
    """
    return 0.03 * NOISE / size**0.5


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features (size, 3) and labels (size, 1) = X w + b + noise, and w (3, 1) and b (1,), drawn anew each time."""
    del split  # the generator makes the difference
    w, b = 3 * torch.randn(3, 1, generator=generator), 3 * torch.randn(1, generator=generator)
    X = torch.randn(size, 3, generator=generator)
    return X, X @ w + b + NOISE * torch.randn(size, 1, generator=generator), w, b
