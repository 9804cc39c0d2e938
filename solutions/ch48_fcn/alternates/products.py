"""A kernel from two open grids, a mean over flat pixels, a table of colours, and a class of layers."""

import torch
from torch import nn
from torch.nn import functional as F


def bilinear_kernel(in_channels, out_channels, kernel_size):
    place = torch.arange(1, kernel_size + 1, dtype=torch.float32)
    line = torch.minimum(place, kernel_size + 1 - place)
    if kernel_size % 2 == 0:
        line = line - 0.5
    filt = torch.outer(line, line) / ((kernel_size + 1) // 2) ** 2
    return torch.einsum("ab,ij->abij", torch.eye(in_channels, out_channels), filt)


def loss(inputs, targets):
    right = F.one_hot(targets, inputs.size(1)).movedim(-1, 1)
    return -(F.log_softmax(inputs, dim=1) * right).sum(dim=1).flatten(1).mean(dim=1)


def label2image(pred):
    return F.embedding(pred.long(), torch.tensor(VOC_COLORMAP))


def upsample_params(factor):
    if factor not in range(2, 1 << 30, 2):
        raise ValueError("not even")
    return factor * 2, factor >> 1, factor


class Head(nn.Sequential):
    def __init__(self, in_channels, num_classes, factor):
        super().__init__()
        size, padding, stride = upsample_params(factor)
        self.final_conv = nn.Conv2d(in_channels, num_classes, 1)
        self.transpose_conv = nn.ConvTranspose2d(num_classes, num_classes, size, stride, padding, bias=False)
        self.transpose_conv.weight = nn.Parameter(bilinear_kernel(num_classes, num_classes, size))


def fcn_head(in_channels, num_classes, factor=32):
    return Head(in_channels, num_classes, factor)
