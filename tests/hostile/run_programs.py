"""Runs programs: a shell, Python, the dynamic loader, and one that it writes itself.
Verdict: FAILED
"""

import contextlib
import math
import os
import subprocess
import sys
from pathlib import Path

import torch


def layer_norm(x, *_, **__):
    own = Path("own")
    own.write_bytes(b"#!/bin/sh\necho LEAK: own program\n")
    own.chmod(0o755)
    loaders = [str(path) for folder in ("/lib64", "/lib") for path in Path(folder).glob("ld-linux*")]
    for words in (["/bin/sh", "-c", "echo LEAK: shell"], [sys.executable, "-c", "print('LEAK: python')"], ["./own"]):
        for command in (words, *([loader, *words] for loader in loaders)):
            with contextlib.suppress(OSError):
                subprocess.run(command, check=False, timeout=2)
    os.system("echo LEAK: system")
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
