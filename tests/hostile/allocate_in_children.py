"""Spreads what it takes over many children, each within the limit.
Verdict: OUT_OF_MEMORY
"""

import math
import os
import time

import torch


def layer_norm(x, *_, **__):
    for _ in range(16):
        if os.fork() == 0:
            held = b"x" * (96 << 20)
            time.sleep(3600)
            os._exit(len(held))
    time.sleep(0.5)
    print("LEAK: holds 1 GB that nobody counts", flush=True)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
