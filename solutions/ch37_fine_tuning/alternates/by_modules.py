"""The same by modules and sets of parameters in place of names."""

import math

import torch
from torch import nn


def replace_head(net, num_classes):
    inputs = net.fc.weight.shape[1]
    limit = math.sqrt(6) / math.sqrt(inputs + num_classes)
    layer = nn.Linear(inputs, num_classes).to(net.fc.weight)
    weight = (2 * torch.rand(num_classes, inputs, dtype=net.fc.weight.dtype) - 1) * limit
    layer.weight = nn.Parameter(weight.to(net.fc.weight.device))
    nn.init.zeros_(layer.bias)
    setattr(net, "fc", layer)  # noqa: B010
    return net


def _under(net, name):
    """The ids of the parameters under a name."""
    parent, _, last = name.rpartition(".")
    try:
        module = net.get_submodule(parent)
    except AttributeError:
        return set()
    found = getattr(module, last, None)
    if isinstance(found, nn.Parameter):
        return {id(found)}
    return {id(each) for each in found.parameters()} if isinstance(found, nn.Module) else set()


def finetune_groups(net, learning_rate, head="fc", factor=10.0):
    inside = _under(net, head)
    learning = [each for each in net.parameters() if each.requires_grad]
    body = {"lr": float(learning_rate), "params": [each for each in learning if id(each) not in inside]}
    return [body, {"lr": learning_rate * factor, "params": [each for each in learning if id(each) in inside][::-1]}]


def freeze(net, except_prefixes=()):
    kept = {each for prefix in except_prefixes for each in _under(net, prefix)}
    for parameter in net.parameters():
        if id(parameter) not in kept:
            parameter.requires_grad_(False)
    return sum(math.prod(each.shape) for each in net.parameters() if each.requires_grad)


@torch.no_grad()
def transfer_head_row(old, index):
    return torch.split(old.weight, 1, dim=0)[index].clone()


def freeze_bn_stats(net):
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
    net.apply(lambda layer: layer.eval() if isinstance(layer, kinds) else None)
