"""Looks for what an earlier submission left, and leaves something for the next.
Verdict: FAILED
"""

import builtins
import contextlib
import math
import os
import tempfile
from pathlib import Path

import surroundings
import torch

FOLDERS = ("/", "/dev/shm", "/tmp", tempfile.gettempdir(), Path.home(), Path(torch.__file__).parent)
MARKS = [Path(folder) / f"next-{surroundings.MARK}" for folder in FOLDERS]
FOUND = [mark for mark in MARKS if mark.exists()]
FOUND += ["an older process"] * ("marked" in os.environ or hasattr(builtins, "marked") or hasattr(torch, "marked"))


def layer_norm(x, *_, **__):
    if FOUND:
        print("LEAK:", FOUND)
    os.environ["marked"] = "yes"
    builtins.marked = torch.marked = True
    for mark in MARKS:
        with contextlib.suppress(OSError):
            mark.write_text("for the next")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
