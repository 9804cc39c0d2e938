"""Fills the folder of shared memory, with files, names and holes.
Verdict: FAILED
"""

import contextlib
import math
import os

import torch

MB = 1 << 20


def layer_norm(x, *_, **__):
    size = 0
    for number in range(200):
        with contextlib.suppress(OSError), open(f"/dev/shm/{number}", "wb") as file:
            size += file.write(bytes(MB))
            os.truncate(file.fileno(), MB << 20)
            print("LEAK: a file of a terabyte")
    if size > 64 * MB:
        print("LEAK: wrote", size)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
