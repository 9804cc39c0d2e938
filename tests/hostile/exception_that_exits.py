"""Raises an exception that leaves the process when it is printed.
Verdict: RAISED | CRASHED
"""

import math


class Trap(Exception):
    def __str__(self):
        raise SystemExit(0)


def layer_norm(*_, **__):
    raise Trap


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
