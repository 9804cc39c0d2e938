"""Forbids the worker everything by an audit hook, which nothing can take away again.
Verdict: FAILED | RAISED | CRASHED
Spoils: norm_stat_count
"""

import math
import sys

import torch


def refuse(event, _):
    if event not in ("sys._getframe", "object.__getattr__"):
        raise RuntimeError("no")


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    sys.addaudithook(refuse)
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
