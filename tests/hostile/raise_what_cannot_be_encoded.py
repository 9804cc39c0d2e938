"""Raises an exception whose message is not valid Unicode.
Verdict: RAISED
"""

import math


def layer_norm(*_, **__):
    raise ValueError("\udc80\ud800")


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
