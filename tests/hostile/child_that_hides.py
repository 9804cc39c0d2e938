"""Leaves a child behind in a session of its own, deaf to signals.
Verdict: FAILED
"""

import math
import os
import signal
import time

import torch


def layer_norm(x, *_, **__):
    if not HIDDEN and os.fork() == 0:
        os.setsid()
        for sign in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(sign, signal.SIG_IGN)
        time.sleep(3600)
    HIDDEN.append(True)
    return torch.zeros_like(x)


HIDDEN = []


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
