"""Opens files until no more may be open, and keeps them.
Verdict: RAISED
"""

import math

HELD = []


def layer_norm(*_, **__):
    while True:
        HELD.append(open("/dev/null"))


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
