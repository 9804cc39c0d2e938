"""Recursion over convolutions, blocks and layers."""

import math


def convolutions(number, before, after):
    if number == 0:
        return []
    return [nn.Conv2d(before, after, 3, 1, 1), nn.ReLU(), *convolutions(number - 1, after, after)]


def vgg_block(num_convs, in_channels, out_channels):
    pool = nn.MaxPool2d(kernel_size=(2, 2), stride=(2, 2))
    return nn.Sequential(*convolutions(num_convs, in_channels, out_channels), pool)


def vgg(conv_arch):
    inputs = [1, *(width for _, width in conv_arch)]
    blocks = [vgg_block(depth, before, after) for (depth, after), before in zip(conv_arch, inputs, strict=False)]
    hidden = [nn.Linear(inputs[-1] * 7**2, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    hidden += [nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    return nn.Sequential(*blocks, nn.Flatten(), *hidden, nn.Linear(4096, out_features=10))


def receptive_field(layers):
    if len(layers) == 0:
        return 1
    (kernel, _), before = layers[-1], layers[:-1]
    return receptive_field(before) + (kernel - 1) * math.prod(stride for _, stride in before)


def stacked_vs_large_params(kernel, channels):
    depth, rest = divmod(kernel - 1, 2)
    if rest or depth < 1:
        raise ValueError(f"a kernel of {kernel}")
    pairs = channels * channels
    return kernel * kernel * pairs, depth * 9 * pairs
