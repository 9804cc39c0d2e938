"""Calls itself for ever.
Verdict: RAISED
"""

import math


def layer_norm(*arguments, **named):
    return layer_norm(*arguments, **named)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
