"""Returns a dict of sixty thousand keys, some of them long.
Verdict: FAILED | RAISED
"""

import math


def layer_norm(*_, **__):
    return {f"{'k' * (turn % 20)} {turn}": turn for turn in range(60_000)} | {"k" * 300_000: 1, b"k" * 3_000_000: 2}


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
