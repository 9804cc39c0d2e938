"""Takes the kernel's memory for what is sent through sockets and pipes and never read.
Verdict: FAILED | OUT_OF_MEMORY | RAISED
"""

import contextlib
import math
import socket

import torch


def layer_norm(x, *_, **__):
    zeros, taken, kept = torch.zeros_like(x), 0, []
    while len(kept) < 100:
        try:
            pair = socket.socketpair()
        except OSError:
            break
        kept.append(pair)
        for end in pair:
            end.setblocking(False)
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            with contextlib.suppress(OSError):
                while True:
                    taken += end.send(bytes(1 << 16))
    if taken > 128 << 20:
        print("LEAK: holds", taken)
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
