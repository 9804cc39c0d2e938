"""Has faulthandler write tracebacks onto the channel, from C, again and again.
Verdict: FAILED | CRASHED
Spoils: norm_stat_count
"""

import contextlib
import faulthandler
import math
import signal

import torch


def layer_norm(x, *_, **__):
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        faulthandler.enable(file=3)
        faulthandler.register(signal.SIGUSR1, file=3)
        faulthandler.dump_traceback_later(0.001, repeat=True, file=3)
        faulthandler.dump_traceback(file=3)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
