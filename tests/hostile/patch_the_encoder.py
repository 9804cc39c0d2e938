"""Replaces the worker's encoder by one that always answers that the check has passed.
Verdict: CRASHED
"""

import math

import msgspec
import torch

from dlgrade.worker import protocol


class Agreeable:
    def encode(self, reply):
        fields = {name: getattr(reply, name) for name in ("number", "status", "forbidden", "sizes", "value")}
        return msgspec.msgpack.encode({**fields, "verdict": "PASSED", "passed": True, "points": 100})


def layer_norm(x, *_, **__):
    protocol._encoder = Agreeable()
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
