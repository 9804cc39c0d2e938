"""Writes into the home folder, the temporary folders, the course and the installed packages.
Verdict: FAILED
"""

import math
import site
from pathlib import Path

import surroundings
import torch

import dlgrade


def layer_norm(x, *_, **__):
    folders = [surroundings.HOME, surroundings.TMPDIR, surroundings.COURSE, surroundings.COURSE + "/exercises"]
    folders += ["/", "/tmp", "/var/tmp", "/root", "/run", "/etc", *site.getsitepackages()]
    folders += [str(Path(dlgrade.__file__).parent), str(Path(torch.__file__).parent)]
    for folder in folders:
        path = Path(folder, surroundings.MARK)
        try:
            path.write_text("was here")
            print("LEAK: wrote", path)
        except OSError:
            continue
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
