"""Sends bytes on the channel that are no message.
Verdict: CRASHED
"""

import math
import os
import struct

import torch


def send(content):
    rest = memoryview(struct.pack(">II", len(content) + 4, len(content)) + content)
    while rest:
        rest = rest[os.write(3, rest) :]


def layer_norm(x, *_, **__):
    send(b"\xc1" * 100)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
