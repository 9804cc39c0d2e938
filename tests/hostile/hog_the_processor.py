"""Takes every processor: children that spin, better priorities, real-time classes, input and output before others.
Verdict: FAILED
"""

import contextlib
import ctypes
import math
import os

import surroundings
import torch

SYS_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}[os.uname().machine]


def layer_norm(x, *_, **__):
    for _ in range(4):
        if os.fork() == 0:
            while True:
                pass
    for policy in (os.SCHED_FIFO, os.SCHED_RR):
        for priority in (1, 99):
            with contextlib.suppress(OSError):
                os.sched_setscheduler(0, policy, os.sched_param(priority))
                print("LEAK: is real-time", policy, priority)
    with contextlib.suppress(OSError):
        os.nice(-5)
        print("LEAK: comes before others")
    for pid in (os.getppid(), surroundings.GRADER):
        for action in (lambda p: os.sched_setaffinity(p, {0}), lambda p: os.setpriority(os.PRIO_PROCESS, p, 19)):
            with contextlib.suppress(OSError):
                if pid:
                    action(pid)
                    print("LEAK: puts", pid, "behind")
    if ctypes.CDLL(None, use_errno=True).syscall(SYS_IOPRIO_SET, 1, 0, 1 << 13) == 0:
        print("LEAK: reads and writes before others")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
