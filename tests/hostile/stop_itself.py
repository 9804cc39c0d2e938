"""Stops itself and its children, so that they neither end nor go on.
Verdict: FAILED | TIMED_OUT
"""

import math
import os
import signal
import time

import torch


def layer_norm(x, *_, **__):
    for _ in range(3):
        if os.fork() == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(3600)
    for sign in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
        os.kill(os.getpid(), sign)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
