"""Takes System V shared memory and detaches it, so that it is in no process's account.
Verdict: OUT_OF_MEMORY | RAISED
"""

import ctypes
import math
import time

import torch


def layer_norm(x, *_, **__):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    for _ in range(32):
        segment = libc.shmget(0, ctypes.c_size_t(32 << 20), 0o1600)
        if segment < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        address = libc.shmat(segment, None, 0)
        ctypes.memset(address, 1, 32 << 20)
        libc.shmdt(ctypes.c_void_p(address))
    time.sleep(0.5)
    print("LEAK: holds 1 GB that nobody counts", flush=True)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
