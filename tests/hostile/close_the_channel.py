"""Closes the channel to the grader.
Verdict: CRASHED
"""

import math
import os

import torch


def layer_norm(x, *_, **__):
    os.close(3)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
