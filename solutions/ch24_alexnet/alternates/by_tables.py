"""The net from a table, with names for its layers; sets of parameters; shapes from hooks."""

import math


def alexnet(in_channels=1, num_classes=10):
    net = nn.Sequential()
    table = [(96, 11, 4, 1, True), (256, 5, 1, 2, True), (384, 3, 1, 1, False), (384, 3, 1, 1, False)]
    table.append((256, 3, 1, 1, True))
    channels = in_channels
    for number, (width, kernel, stride, padding, pooled) in enumerate(table, start=1):
        net.add_module(f"conv{number}", nn.Conv2d(channels, width, (kernel, kernel), (stride, stride), padding))
        net.add_module(f"relu{number}", nn.ReLU(inplace=True))
        if pooled:
            net.add_module(f"pool{number}", nn.MaxPool2d(3, 2))
        channels = width
    net.add_module("flatten", nn.Flatten(start_dim=1))
    features = channels * 25
    for number in (6, 7):
        net.add_module(f"dense{number}", nn.Linear(features, 4096))
        net.add_module(f"relu{number}", nn.ReLU(inplace=True))
        net.add_module(f"dropout{number}", nn.Dropout(inplace=True))
        features = 4096
    net.add_module("scores", nn.Linear(features, num_classes))
    return net


def count_parameters(net, trainable_only=True):
    found = {}
    for module in net.modules():
        for parameter in module._parameters.values():
            if parameter is not None:
                found[id(parameter)] = parameter
    return sum(math.prod(p.shape) for p in found.values() if not trainable_only or p.requires_grad)


def memory_of_activations(net, input_shape, bytes_per_element=4):
    training = {module for module in net.modules() if module.training}
    sizes, hooks = [], []
    for layer in set(net):
        hooks.append(layer.register_forward_hook(lambda *call: sizes.append(math.prod(call[-1].shape))))
    try:
        with torch.inference_mode():
            net.train(False)(torch.randn(input_shape))
    finally:
        for hook in hooks:
            hook.remove()
        for module in net.modules():
            module.training = module in training
    return bytes_per_element * sum(sizes)
