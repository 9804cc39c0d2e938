"""numpy's line, hooks on the net itself, and graphlib's graph."""

import graphlib

import numpy as np


def fit_power_law(n, loss):
    if not len(n) == len(loss) or len({*n}) < 2 or not all(number > 0 for number in (*n, *loss)):
        raise ValueError("two sizes, positive numbers")
    slope, height = np.polyfit(np.log(np.asarray(n, dtype=float)), np.log(np.asarray(loss, dtype=float)), 1)
    return float(np.exp(height)), float(-slope)


def count_flops(net, input_shape):
    modes = [module.training for module in net.modules()]
    counts, handles = [], []

    def linear(layer, given, _):
        counts.append(given[0][..., 0].numel() * layer.weight.numel())

    def convolution(layer, _, result):
        height, width = layer.kernel_size
        counts.append(result.numel() * height * width * layer.in_channels // layer.groups)

    for module in net.modules():
        if type(module) is nn.Linear:
            handles.append(module.register_forward_hook(linear))
        if type(module) is nn.Conv2d:
            handles.append(module.register_forward_hook(convolution))
    net.eval()
    try:
        with torch.inference_mode():
            net(torch.ones(input_shape))
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in zip(net.modules(), modes, strict=True):
            module.training = mode
    return sum(counts)


def reading_order(prerequisites):
    sorter = graphlib.TopologicalSorter(prerequisites)
    sorter.prepare()
    ready, order = [], []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], reverse=True)
        order.append(ready.pop())
        sorter.done(order[-1])
    return order
