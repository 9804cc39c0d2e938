"""Ends its main thread, so that the process looks empty, and takes shared memory in another.
Verdict: OUT_OF_MEMORY | CRASHED
"""

import ctypes
import math
import mmap
import os
import platform
import struct
import sys
import threading
import time

import msgspec

SYS_EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]


def number():
    """The number of the question that is being answered, from the worker's own frames."""
    frame = sys._getframe()
    while "question" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["question"].number


def send(content):
    rest = memoryview(struct.pack(">II", len(content) + 4, len(content)) + content)
    while rest:
        rest = rest[os.write(3, rest) :]


def take(current):
    time.sleep(0.2)
    held = []
    for _ in range(64):
        held.append(mmap.mmap(-1, 16 << 20))
        held[-1].write(bytes(16 << 20))
    time.sleep(0.5)
    print("LEAK: holds 1 GB that nobody counts", flush=True)
    send(msgspec.msgpack.encode({"number": current, "status": "value", "value": None, "forbidden": []}))
    time.sleep(3600)


def layer_norm(*_, **__):
    threading.Thread(target=take, args=(number(),), daemon=True).start()
    ctypes.CDLL(None).syscall(SYS_EXIT, 0)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
