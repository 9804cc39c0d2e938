"""Returns an object whose type says that it equals the type of tensors.
Verdict: FAILED | RAISED | CRASHED
"""

import math

import torch


class Meta(type):
    def __eq__(cls, _):
        return True

    def __hash__(cls):
        return hash(torch.Tensor)


class Liar(metaclass=Meta):
    def __getitem__(self, _):
        return self


def layer_norm(*_, **__):
    return Liar()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
