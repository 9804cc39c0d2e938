"""Overwrites Python's own objects through ctypes: small numbers, None, types.
Verdict: FAILED | CRASHED | RAISED
Spoils: norm_stat_count
"""

import ctypes
import math

import torch


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    for number in (3, 5, 6):
        ctypes.c_int32.from_address(id(number) + int.__basicsize__).value = 1
    ctypes.c_ssize_t.from_address(id(None)).value = 1
    ctypes.memset(id(torch.Tensor) + 200, 0, 64)
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
