"""Returns a list that contains itself.
Verdict: FAILED
"""

import math


class Circle(list):
    def __getitem__(self, _):
        return self.inner


def layer_norm(*_, **__):
    circle = Circle()
    circle.inner = []
    circle.inner.append(circle.inner)
    return circle


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
