"""Starts CUDA and takes all the memory of a GPU.
Verdict: FAILED | RAISED | CRASHED | TIMED_OUT
"""

import contextlib
import ctypes
import math

import torch


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    with contextlib.suppress(OSError):
        driver = ctypes.CDLL("libcuda.so.1")
        if driver.cuInit(0) == 0:
            print("LEAK: reached a GPU")
    for action in (torch.cuda.init, lambda: KEPT.append(torch.empty(1 << 34, device="cuda"))):
        with contextlib.suppress(Exception):
            action()
            print("LEAK: reached a GPU through torch")
    return zeros


KEPT = []


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
