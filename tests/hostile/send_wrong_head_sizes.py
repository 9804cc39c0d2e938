"""Sends an answer in a frame whose head is said to be shorter, longer or endless.
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
    value = ["T", "float32", list(x.shape), "cpu", 0]
    reply = {"number": number(), "status": "value", "forbidden": [], "sizes": [4 * x.numel()], "value": value}
    head = msgspec.msgpack.encode(reply)
    sizes = [len(head) - 1, len(head) + 1, 0, 2**32 - 1]
    wrong = sizes[round(abs(float(x.sum())) * 1e6) % len(sizes)]
    send(struct.pack(">II", len(head) + 4 + 4 * x.numel(), wrong) + head + bytes(4 * x.numel()))
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
