"""Gives its functions, classes, files and attributes names of a megabyte.
Verdict: RAISED | FAILED
"""

import math

LONG = "n" * 1_000_000


class Named:
    def __repr__(self):
        return "r" * 1_000_000


Named.__name__ = Named.__qualname__ = Named.__module__ = "torch" + LONG
globals()[LONG] = __file__ = LONG


def raises():
    raise type("E" + LONG, (Exception,), {"__module__": "torch" + LONG})(LONG)


def layer_norm(x, *_, **__):
    raises.__code__ = raises.__code__.replace(co_name=LONG, co_filename=layer_norm.__code__.co_filename + "/" + LONG)
    if x.shape[0] > 1:
        return [{Named(): Named(), LONG: LONG}, {Named()}, Named]
    return raises()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
