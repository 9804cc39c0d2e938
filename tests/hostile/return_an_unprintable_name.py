"""Returns an object of a type whose name is not valid Unicode, and which prints as escapes.
Verdict: FAILED | CRASHED
"""

import math


class Odd:
    def __getitem__(self, _):
        return self

    def __repr__(self):
        return "\x1b[2J\udc80"


def layer_norm(*_, **__):
    Odd.__qualname__ = "\udc80"
    return Odd()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
