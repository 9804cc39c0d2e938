"""Returns a tensor whose storage was taken away after it was made.
Verdict: FAILED | CRASHED | RAISED
"""

import math

import torch


def layer_norm(x, *_, **__):
    broken = torch.zeros(1 << 20)
    shaped = broken[: x.numel()].reshape(x.shape)
    broken.untyped_storage().resize_(0)
    return shaped


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
