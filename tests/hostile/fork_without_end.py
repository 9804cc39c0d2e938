"""Forks without end, in every child.
Verdict: TIMED_OUT | OUT_OF_MEMORY
"""

import contextlib
import math
import os


def layer_norm(*_, **__):
    while True:
        with contextlib.suppress(OSError):
            os.fork()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
