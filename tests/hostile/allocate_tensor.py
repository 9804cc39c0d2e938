"""Asks for a tensor of 30 GB.
Verdict: OUT_OF_MEMORY
"""

import math

import torch


def layer_norm(*_, **__):
    return torch.ones(30 << 28)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
