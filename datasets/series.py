"""A sine under noise: a time series for autoregressive models (D2L section 8.1).

Source: generated. Licence: none needed. Any length.
"""

import torch
from torch import Tensor

KIND = "series"
STEP, NOISE = 0.01, 0.2


def load(size: int, generator: torch.Generator, split: str = "train") -> Tensor:
    """(size,), float32: sin(0.01 t) with normal noise of standard deviation 0.2, for t from 1 on."""
    del split  # the generator makes the difference
    time = torch.arange(1, size + 1, dtype=torch.float32)
    return (STEP * time).sin() + NOISE * torch.randn(size, generator=generator)
