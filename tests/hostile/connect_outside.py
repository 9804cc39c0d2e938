"""Connects to services on this machine and outside, over TCP and UDP.
Verdict: FAILED
"""

import contextlib
import math
import socket

import surroundings
import torch


def layer_norm(x, *_, **__):
    for host, port in (("127.0.0.1", surroundings.PORT), ("::1", surroundings.PORT), ("192.0.2.1", 80)):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with contextlib.suppress(OSError), socket.socket(family, kind) as one:
                one.settimeout(0.2)
                one.connect((host, port))
                one.send(b"hello")
                print("LEAK: reached", host, port, kind)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
