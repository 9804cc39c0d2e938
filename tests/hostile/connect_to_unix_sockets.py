"""Connects to sockets of the machine by path and by abstract name.
Verdict: FAILED
"""

import contextlib
import math
import socket

import surroundings
import torch


def layer_norm(x, *_, **__):
    for name in (surroundings.SOCKET, "\0" + surroundings.ABSTRACT, "/var/run/docker.sock"):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, kind) as one:
                one.settimeout(0.2)
                one.connect(name)
                print("LEAK: reached", repr(name))
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
