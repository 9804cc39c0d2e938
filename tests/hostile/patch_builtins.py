"""Takes the builtins away from the code that runs it.
Verdict: CRASHED | RAISED | FAILED
"""

import builtins
import math

import torch


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    for name in ("len", "isinstance", "type", "getattr", "repr", "str", "list", "dict", "BaseException", "Exception"):
        setattr(builtins, name, None)
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
