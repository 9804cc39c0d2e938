"""Never ends its import.
Verdict: TIMED_OUT
Spoils: all
"""

import math
import time

while True:
    END = time.sleep(3600)


def layer_norm(*_, **__):
    return END


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
