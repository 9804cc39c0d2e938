"""Prints without end.
Verdict: TIMED_OUT
"""

import math


def layer_norm(*_, **__):
    while True:
        print("spam" * 10_000)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
