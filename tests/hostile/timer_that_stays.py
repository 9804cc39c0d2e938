"""Leaves timers behind, of a thread and of the kernel, that change the answer to the next question.
Verdict: FAILED | CRASHED
Spoils: norm_stat_count
"""

import math
import signal
import sys
import threading

import torch


def later(*_):
    for name in ("dlgrade.worker.guest", "dlgrade.worker.wire"):
        for attribute in list(vars(sys.modules[name])):
            if attribute[:1] != "_":
                delattr(sys.modules[name], attribute)


def layer_norm(x, *_, **__):
    signal.signal(signal.SIGALRM, later)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    threading.Timer(0.001, later).start()
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
