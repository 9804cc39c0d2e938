"""Raises a syntax error in a column that no line has.
Verdict: RAISED
"""

import math


def layer_norm(*_, **__):
    raise SyntaxError("x", ("ch28.py", 1, 100_000_000, "y"))


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
