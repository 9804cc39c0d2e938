"""Reads the list of users, the home folder, the temporary folder and whatever else is not its own.
Verdict: FAILED
"""

import math
import os
from pathlib import Path

import surroundings
import torch


def layer_norm(x, *_, **__):
    for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/cpuinfo", surroundings.SECRET_FILE):
        try:
            print("LEAK:", Path(path).read_bytes()[:40])
        except OSError:
            continue
    for folder in ("/home", "/var", "/run", "/proc", "/sys", "/etc/ssh", surroundings.HOME):
        try:
            print("LEAK:", folder, os.listdir(folder)[:3])
        except OSError:
            continue
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
