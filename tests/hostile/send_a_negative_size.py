"""Sends tensors of sizes that add up, one of them less than nothing.
Verdict: CRASHED
"""

import math
import os
import struct
import sys

import msgspec
import torch


def number():
    """The number of the question that is being answered, from the worker's own frames."""
    frame = sys._getframe()
    while "question" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["question"].number


def send(content):
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(3, rest) :]


def layer_norm(x, *_, **__):
    value = ["T", "uint8", [6], "cpu", 1]
    reply = {"number": number(), "status": "value", "forbidden": [], "sizes": [-3, 6], "value": value}
    head = msgspec.msgpack.encode(reply)
    send(struct.pack(">II", len(head) + 7, len(head)) + head + b"abc")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
