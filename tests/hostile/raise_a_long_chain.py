"""Raises an exception with a hundred thousand causes and a megabyte of notes.
Verdict: RAISED
"""

import math


def layer_norm(*_, **__):
    error = ValueError("first")
    for turn in range(100_000):
        later = ValueError(f"cause {turn}")
        later.__cause__ = later.__context__ = error
        error = later
    error.__notes__ = ["note" * 1_000_000]
    raise error


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
