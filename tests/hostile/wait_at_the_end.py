"""Makes the end of its process take for ever: exit handlers, finalisers, a deaf child.
Verdict: FAILED
"""

import atexit
import math
import time

import torch


class Sticky:
    def __del__(self):
        time.sleep(3600)


KEPT = [Sticky()]


def layer_norm(x, *_, **__):
    KEPT.append(atexit.register(time.sleep, 3600))
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
