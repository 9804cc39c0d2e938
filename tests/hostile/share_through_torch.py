"""Shares tensors through torch's manager of shared memory and its processes, more than it may have.
Verdict: FAILED | CRASHED | RAISED | TIMED_OUT
"""

import contextlib
import math

import torch
import torch.multiprocessing as mp


def work(_, queue):
    queue.put(torch.ones(2))


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    with contextlib.suppress(Exception):
        mp.set_sharing_strategy("file_system")
        torch.ones(4).share_memory_()
        print("LEAK: the manager was started")
    mp.set_sharing_strategy("file_descriptor")
    with contextlib.suppress(Exception):
        mp.start_processes(work, (mp.get_context("fork").SimpleQueue(),), nprocs=2, start_method="fork", join=False)
    with contextlib.suppress(Exception):
        KEPT.append(torch.empty(100 << 20).share_memory_().fill_(1))
    return zeros


KEPT = []


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
