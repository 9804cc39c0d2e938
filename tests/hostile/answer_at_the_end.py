"""Leaves its answers to exit handlers and finalisers, and ends the interpreter.
Verdict: RAISED | CRASHED
"""

import atexit
import math
import os
import struct
import sys
import weakref

import msgspec


class Last:
    def __del__(self):
        forge()


def forge():
    number = QUESTIONS[0].number
    content = msgspec.msgpack.encode(
        {"number": number, "status": "value", "forbidden": [], "sizes": [], "value": ["l", [True, True]]}
    )
    os.write(3, struct.pack(">II", len(content) + 4, len(content)) + content)
    print("LEAK: a finaliser ran", flush=True)


QUESTIONS, LAST = [], Last()


def layer_norm(*_, last=weakref.finalize(LAST, forge), **__):
    frame = sys._getframe()
    while "question" not in frame.f_locals:
        frame = frame.f_back
    QUESTIONS.append(frame.f_locals["question"])
    atexit.register(forge)
    sys.exit(0)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
