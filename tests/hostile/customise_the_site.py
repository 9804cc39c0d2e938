"""Leaves files that Python runs when it starts: sitecustomize, usercustomize, .pth, a startup file, bytecode.
Verdict: FAILED
"""

import contextlib
import math
import os
import site
import sys
from pathlib import Path

import surroundings
import torch

BESIDE = {
    "sitecustomize.py": "print('LEAK: sitecustomize was run')\n",
    "usercustomize.py": "print('LEAK: usercustomize was run')\n",
    "agreeable.pth": "import builtins; print('LEAK: a .pth was run')\n",
}


def layer_norm(x, *_, **__):
    folders = [*site.getsitepackages(), site.getusersitepackages(), *sys.path, surroundings.HOME, surroundings.COURSE]
    folders += [Path(torch.__file__).parent / "__pycache__", surroundings.COURSE + "/grader/dlgrade/__pycache__"]
    for folder in {Path(folder) for folder in folders} - {Path.cwd()}:
        for name, content in BESIDE.items():
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(content)
                print("LEAK: wrote", folder / name)
    os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = str(Path.cwd())
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
