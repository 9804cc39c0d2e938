"""Takes memory as files without a name or a mapping.
Verdict: OUT_OF_MEMORY | RAISED
"""

import math
import os
import time

import torch


def layer_norm(x, *_, **__):
    for _ in range(32):
        os.write(os.memfd_create("held"), bytes(32 << 20))
    time.sleep(0.5)
    print("LEAK: holds 1 GB that nobody counts", flush=True)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
