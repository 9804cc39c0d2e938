"""Takes shared anonymous memory, which a limit on private memory does not count.
Verdict: OUT_OF_MEMORY
"""

import math
import mmap
import time

import torch


def layer_norm(x, *_, **__):
    held = []
    for _ in range(64):
        held.append(mmap.mmap(-1, 16 << 20))
        held[-1].write(bytes(16 << 20))
    time.sleep(0.5)
    print("LEAK: holds 1 GB that nobody counts", flush=True)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
