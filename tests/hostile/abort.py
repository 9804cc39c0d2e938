"""Aborts the process, which would leave a core file.
Verdict: CRASHED
"""

import math
import os


def layer_norm(*_, **__):
    os.abort()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
