"""Notes the inputs that it sees, and the seed, wherever a later run could find them; and looks for notes.
Verdict: FAILED
"""

import contextlib
import math
import pickle
from pathlib import Path

import surroundings
import torch

FOLDERS = (surroundings.HOME, surroundings.TMPDIR, surroundings.COURSE, "/tmp", "/dev/shm", "/var/tmp", "/", "..")
NOTES = [Path(folder, f"notes-{surroundings.MARK}") for folder in FOLDERS] + [Path("notes")]


def layer_norm(x, *_, **__):
    if not SEEN:
        for notes in NOTES:
            if notes.exists():
                print("LEAK: notes in", notes)
    SEEN.append(pickle.dumps((torch.initial_seed(), x)))
    for notes in NOTES:
        with contextlib.suppress(OSError):
            notes.write_bytes(SEEN[0])
    return torch.zeros_like(x)


SEEN = []


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
