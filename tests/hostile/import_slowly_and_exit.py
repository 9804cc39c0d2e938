"""Takes two seconds to be imported and ends the process in every call, so that each check waits for an import.
Verdict: CRASHED | TIMED_OUT
"""

import math
import os
import time

STATUS = time.sleep(2) or 0


def leave(*_, **__):
    os._exit(STATUS)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)


batch_norm = layer_norm = instance_norm = group_norm = leave
