"""Announces a message of 4 GB and begins it.
Verdict: FAILED
"""

import math
import os

import torch


def layer_norm(x, *_, **__):
    os.write(3, b"\xff\xff\xff\xff" + bytes(1000))
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
