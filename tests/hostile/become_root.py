"""Takes the rights of root, takes limits away and asks for more processor than its share.
Verdict: FAILED
"""

import contextlib
import ctypes
import math
import os
import resource

import torch


def layer_norm(x, *_, **__):
    libc = ctypes.CDLL(None, use_errno=True)
    for action, arguments in (
        (os.setuid, (0,)),
        (os.setresuid, (0, 0, 0)),
        (os.setgid, (0,)),
        (os.setgroups, ([0],)),
        (os.chroot, (".",)),
        (os.setpriority, (os.PRIO_PROCESS, 0, -20)),
        (os.sched_setscheduler, (0, os.SCHED_FIFO, os.sched_param(99))),
    ):
        with contextlib.suppress(OSError):
            action(*arguments)
            print("LEAK:", action.__name__, "worked")
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print("LEAK: limit", kind, "is gone")
    for name in (b"core_pattern", b"hostname"):
        if libc.sethostname(name, len(name)) == 0:
            print("LEAK: renamed the machine")
    if libc.reboot(0) == 0:
        print("LEAK: ctrl-alt-delete is off")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
