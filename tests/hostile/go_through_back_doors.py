"""Reaches os, sys and builtins through torch and numpy, where a look at its imports sees nothing, and ends the process.
Verdict: CRASHED
"""

import math

import torch


def layer_norm(x, *_, **__):
    system = torch.os
    for name, value in system.environ.items():
        if "secret" in value:
            print("LEAK:", name, value)
    for module in torch.sys.modules.values():
        if "/tests/chapters" in str(getattr(module, "__file__", "")):
            print("LEAK:", module)
    for cls in ().__class__.__base__.__subclasses__():
        if cls.__name__ in ("Grading", "Content", "Comparison", "Variant"):
            print("LEAK:", cls)
    hidden = torch.nn.functional.__builtins__["__import__"]("o" + "s")
    getattr(hidden, "_" + "exit")(0)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
