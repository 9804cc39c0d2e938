"""Takes the recursion limit away and calls itself for ever, through C code.
Verdict: CRASHED | OUT_OF_MEMORY | RAISED | TIMED_OUT
"""

import math
import sys


def layer_norm(*arguments, **named):
    sys.setrecursionlimit(2**31 - 1)
    return max([0], key=lambda _: layer_norm(*arguments, **named))


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
