"""Replaces what writes the worker's answers by something that always agrees.
Verdict: CRASHED | FAILED
"""

import math

import torch

from dlgrade.worker import wire

HONEST = wire._Writer.write


def agreeable(*_):
    """Once, then the exercise is over."""
    wire._Writer.write = HONEST
    return ["expected", []]


def layer_norm(x, *_, **__):
    wire._Writer.write = agreeable
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
