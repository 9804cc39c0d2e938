"""Raises an exception of a name and a message of millions of characters.
Verdict: RAISED
"""

import math


def layer_norm(*_, **__):
    raise type("E" * 4_000_000, (Exception,), {})("m" * 4_000_000)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
