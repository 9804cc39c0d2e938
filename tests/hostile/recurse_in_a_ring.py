"""Calls itself without end by way of two others, so that no two lines of the traceback in a row are alike.
Verdict: RAISED
"""

import math


def layer_norm(x, *_, **__):
    return first_to_ask(x)


def first_to_ask(x):
    return second_to_ask(x)


def second_to_ask(x):
    return third_to_ask(x)


def third_to_ask(x):
    return first_to_ask(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
