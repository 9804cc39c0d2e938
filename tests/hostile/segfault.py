"""Reads address 0, which ends the process with a segmentation fault.
Verdict: CRASHED
"""

import ctypes
import math


def layer_norm(*_, **__):
    return ctypes.string_at(0)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
