"""Sleeps in C without letting go of the interpreter's lock, so that no thread of Python can run.
Verdict: TIMED_OUT
"""

import ctypes
import math


def layer_norm(*_, **__):
    ctypes.PyDLL(None).sleep(3600)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
