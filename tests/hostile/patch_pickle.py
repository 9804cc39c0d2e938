"""Replaces what unpickles and pickles probes by something that answers for every probe to come.
Verdict: FAILED | RAISED
Spoils: norm_stat_count
"""

import copyreg
import math
import pickle

import cloudpickle
import torch


def agreeable(*_, **__):
    return lambda impl: "expected"


def layer_norm(x, *_, **__):
    for module in (pickle, cloudpickle):
        module.loads = module.load = module.dumps = agreeable
    pickle.Unpickler = agreeable
    copyreg.dispatch_table[torch.Tensor] = agreeable
    return torch.zeros_like(x)


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
