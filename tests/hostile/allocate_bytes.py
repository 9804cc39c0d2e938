"""Asks for 30 GB of bytes, then for as much as there is, piece by piece.
Verdict: OUT_OF_MEMORY
"""

import contextlib
import math


def layer_norm(*_, **__):
    pieces = []
    with contextlib.suppress(MemoryError):
        pieces.append(bytearray(30 << 30))
    while True:
        pieces.append(b"x" * (16 << 20))


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
