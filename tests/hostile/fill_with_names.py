"""Fills its folders with empty files, which take the kernel's memory and no room.
Verdict: FAILED | RAISED | TIMED_OUT
"""

import contextlib
import math
import os

import torch

MANY = 40_000


def layer_norm(x, *_, **__):
    made = 0
    for folder in (".", "/dev/shm"):
        with contextlib.suppress(OSError):
            for number in range(MANY):
                os.close(os.open(f"{folder}/{number:0200}", os.O_CREAT | os.O_WRONLY))
                made += 1
    if made >= MANY:
        print("LEAK: made", made, "files")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
