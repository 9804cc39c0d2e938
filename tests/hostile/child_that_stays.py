"""Leaves a child behind that outlives its check, reads the next request and answers it.
Verdict: FAILED
Spoils: norm_stat_count
"""

import math
import os
import struct

import msgspec
import torch


def send(content):
    rest = memoryview(struct.pack(">II", len(content) + 4, len(content)) + content)
    while rest:
        rest = rest[os.write(3, rest) :]


def forge():
    while True:
        request = msgspec.msgpack.decode(os.read(3, 1 << 20)[4:])
        send(
            msgspec.msgpack.encode(
                {"number": request["number"], "status": "value", "forbidden": [], "sizes": [], "value": None}
            )
        )


def layer_norm(x, *_, **__):
    if os.fork() == 0:
        try:
            os.setsid()
            forge()
        finally:
            os._exit(0)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
