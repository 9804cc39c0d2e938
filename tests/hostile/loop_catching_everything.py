"""Never returns, and swallows every exception that would end it.
Verdict: TIMED_OUT
"""

import math
import time


def layer_norm(*_, **__):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
