"""Sends answers without end, to fill the grader's memory.
Verdict: CRASHED | FAILED
"""

import math
import os
import struct
import sys

import msgspec


def number():
    """The number of the question that is being answered, from the worker's own frames."""
    frame = sys._getframe()
    while "question" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["question"].number


def send(content):
    rest = memoryview(struct.pack(">II", len(content) + 4, len(content)) + content)
    while rest:
        rest = rest[os.write(3, rest) :]


def layer_norm(*_, **__):
    content = msgspec.msgpack.encode(
        {"number": number(), "status": "value", "forbidden": [], "sizes": [], "value": bytes(8 << 20)}
    )
    while True:
        send(content)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
