"""Returns tensors in pages that a child goes on changing while they are read, compared and sent.
Verdict: FAILED | CRASHED
"""

import math
import mmap
import os

import torch

MEMORY = mmap.mmap(-1, 1 << 16)
SHARED = torch.frombuffer(MEMORY, dtype=torch.float32)


def layer_norm(x, *_, **__):
    if not CHILDREN:
        CHILDREN.append(os.fork())
        while not CHILDREN[0]:
            MEMORY[:] = os.urandom(1 << 16)
    return SHARED[: x.numel()].reshape(x.shape)


CHILDREN = []


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
