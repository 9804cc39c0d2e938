"""Ignores every signal that can be ignored and sleeps.
Verdict: TIMED_OUT
"""

import contextlib
import math
import signal
import time


def layer_norm(*_, **__):
    for sign in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(sign, signal.SIG_IGN)
    while True:
        time.sleep(3600)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
