"""Closes every descriptor and lives on.
Verdict: CRASHED | TIMED_OUT
"""

import math
import os
import time


def layer_norm(*_, **__):
    os.closerange(0, 1024)
    time.sleep(3600)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
