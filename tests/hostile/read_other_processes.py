"""Reads environments, memory and open files of other processes in /proc, and of its own.
Verdict: FAILED
"""

import math
import os
from pathlib import Path

import surroundings
import torch


def layer_norm(x, *_, **__):
    for pid in ("self", "1", str(os.getppid()), str(surroundings.GRADER)):
        for name in ("environ", "cmdline", "maps", "mem", "fd", "cwd", "root"):
            path = Path("/proc", pid, name)
            try:
                what = os.listdir(path) if name in ("fd", "cwd", "root") else path.open("rb").readline()
                print("LEAK:", path, what)
            except OSError:
                continue
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
