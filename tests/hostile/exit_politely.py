"""Asks the interpreter to exit with code 0.
Verdict: RAISED
"""

import math
import sys


def layer_norm(*_, **__):
    sys.exit(0)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
