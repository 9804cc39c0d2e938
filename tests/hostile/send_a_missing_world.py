"""Sends an error about a missing module of a kind that does not exist, with a name without end.
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


ERROR = {
    "type": "E", "message": "m", "not_implemented": False, "out_of_memory": False, "forbidden": False,
    "gpu_error": False, "frames": [], "unavailable": ["everything", "n" * 1_000_000],
}  # fmt: skip


def layer_norm(x, *_, **__):
    reply = {"number": number(), "status": "raised", "forbidden": [], "sizes": [], "error": ERROR}
    head = msgspec.msgpack.encode(reply)
    send(struct.pack(">II", len(head) + 4, len(head)) + head)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
