"""The same by recursion over children and by slices."""

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def replace_head(net, num_classes):
    old = net.get_submodule("fc")
    with torch.device(old.weight.device):
        fresh = nn.Linear(old.in_features, num_classes, dtype=old.weight.dtype)
        nn.init.uniform_(fresh.weight, *((sign * (6 / sum(fresh.weight.shape)) ** 0.5) for sign in (-1, 1)))
    net.register_module("fc", fresh)
    return net


def _parts(name):
    return tuple(name.split("."))


def _is_under(name, prefix):
    return _parts(name)[: len(_parts(prefix))] == _parts(prefix)


def finetune_groups(net, learning_rate, head="fc", factor=10.0):
    named = [(name, each) for name, each in net.named_parameters() if each.requires_grad]
    return [
        {"params": [each for name, each in named if _is_under(name, head) is inside], "lr": rate}
        for inside, rate in ((False, learning_rate), (True, learning_rate * factor))
    ]


def freeze(net, except_prefixes=()):
    count = 0
    for name, parameter in net.named_parameters():
        kept = [prefix for prefix in except_prefixes if _is_under(name, prefix)]
        parameter.requires_grad_(parameter.requires_grad and bool(kept))
        count += parameter.numel() if parameter.requires_grad else 0
    return count


def transfer_head_row(old, index):
    if not -old.out_features <= index < old.out_features:
        raise IndexError(f"no class {index}")
    index %= old.out_features
    return torch.empty(1, old.in_features, dtype=old.weight.dtype).copy_(old.weight.data[index : index + 1])


def freeze_bn_stats(net):
    if isinstance(net, _BatchNorm):
        net.train(False)
    for child in net.children():
        freeze_bn_stats(child)
