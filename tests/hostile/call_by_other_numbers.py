"""Makes system calls as a 32-bit program does, whose numbers a filter for 64 bits would not know.
Verdict: CRASHED
"""

import ctypes
import math
import mmap

import torch

GETPID = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # mov eax, 20; int 0x80; ret; on other machines it is no code at all


def layer_norm(x, *_, **__):
    memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(GETPID)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    print("LEAK: is process", ctypes.CFUNCTYPE(ctypes.c_int)(address)(), flush=True)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
