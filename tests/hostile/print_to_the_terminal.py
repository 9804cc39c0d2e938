"""Raises and prints what would clear a terminal, end a string and break an XML report.
Verdict: RAISED
"""

import math


def layer_norm(*_, **__):
    nasty = "\x1b[2J\x1b]0;title\x07\x00\x08]]>\u202e</testcase>"
    print(nasty)
    raise ValueError(nasty)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
