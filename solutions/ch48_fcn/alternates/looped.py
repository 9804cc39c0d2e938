"""Loops over entries and images, and layers that are made by name."""

from collections import OrderedDict

import torch
from torch import nn


def bilinear_kernel(in_channels, out_channels, kernel_size):
    factor = (kernel_size + 1) // 2
    centre = factor - 1 if kernel_size % 2 else factor - 0.5
    weight = torch.zeros(in_channels, out_channels, kernel_size, kernel_size)
    for i in range(kernel_size):
        for j in range(kernel_size):
            entry = (1 - abs(i - centre) / factor) * (1 - abs(j - centre) / factor)
            for channel in range(min(in_channels, out_channels)):
                weight[channel, channel, i, j] = entry
    return weight


def loss(inputs, targets):
    losses = []
    for scores, target in zip(inputs, targets, strict=True):
        pixels, classes = scores.flatten(1).T, target.flatten()
        right = pixels.gather(1, classes[:, None]).squeeze(1)
        losses.append((pixels.logsumexp(dim=1) - right).mean())
    return torch.stack(losses)


def label2image(pred):
    rows = [[VOC_COLORMAP[label] for label in row] for row in pred.tolist()]
    return torch.tensor(rows, dtype=torch.uint8)


def upsample_params(factor):
    half, rest = divmod(factor, 2)
    if rest or half <= 0:
        raise ValueError(factor)
    return 4 * half, half, factor


def fcn_head(in_channels, num_classes, factor=32):
    size, padding, stride = upsample_params(factor)
    final = nn.Conv2d(in_channels, num_classes, (1, 1))
    nn.init.xavier_uniform_(final.weight)
    transposed = nn.ConvTranspose2d(num_classes, num_classes, size, padding=padding, stride=stride)
    nn.init.zeros_(transposed.bias)
    transposed.weight.data.copy_(bilinear_kernel(num_classes, num_classes, size))
    return nn.Sequential(OrderedDict(final_conv=final, transpose_conv=transposed))
