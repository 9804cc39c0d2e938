"""Watches the files that graders and other submissions read: what is opened, and when.
Verdict: FAILED
"""

import ctypes
import math

import torch

import dlgrade

IN_OPEN_AND_ACCESS, FAN_REPORT_FID, FAN_MARK_ADD, FAN_OPEN = 0x21, 0x200, 1, 0x20


def layer_norm(x, *_, **__):
    libc = ctypes.CDLL(None, use_errno=True)
    folders = [b"/", torch.__path__[0].encode(), dlgrade.__path__[0].encode()]
    inotify, fanotify = libc.inotify_init(), libc.fanotify_init(FAN_REPORT_FID, 0)
    for folder in folders:
        if inotify >= 0 and libc.inotify_add_watch(inotify, folder, IN_OPEN_AND_ACCESS) >= 0:
            print("LEAK: sees who opens", folder)
        if fanotify >= 0 and libc.fanotify_mark(fanotify, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN), -100, folder) == 0:
            print("LEAK: is told who opens", folder)
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
