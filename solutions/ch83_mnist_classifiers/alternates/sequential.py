"""Nets as chains of named layers; statistics from sums of whole numbers."""

import math
from collections import OrderedDict

import torch
from torch import nn


def mnist_normalize_stats(images):
    counts = torch.bincount(images.reshape(-1).long(), minlength=256).tolist()
    total = sum(counts)
    mean = sum(level * count for level, count in enumerate(counts)) / total
    square = math.fsum(count * (level - mean) ** 2 for level, count in enumerate(counts)) / total
    return mean / 255, math.sqrt(square) / 255


def chain(**layers):
    return nn.Sequential(OrderedDict(layers))


def mlp_net():
    return chain(
        flat=nn.Flatten(),
        l1=nn.Linear(784, 512), relu1=nn.ReLU(), l2=nn.Linear(512, 256), relu2=nn.ReLU(),
        l3=nn.Linear(256, 128), relu3=nn.ReLU(), l4=nn.Linear(128, 64), relu4=nn.ReLU(),
        l5=nn.Linear(64, 10),
    )  # fmt: skip


def cnn_net():
    return chain(
        conv1=nn.Conv2d(1, 10, 5), relu1=nn.ReLU(inplace=True), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(10, 20, 5), relu2=nn.ReLU(inplace=True), pool2=nn.MaxPool2d(2),
        flat=nn.Flatten(), fc=nn.Linear(320, 10),
    )  # fmt: skip


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding="same") for _ in range(2))

    def forward(self, x):
        y = self.conv2(self.conv1(x).clamp(min=0))
        return torch.where(x + y > 0, x + y, 0)


def residual_net():
    return chain(
        conv1=nn.Conv2d(1, 16, 5), pool1=nn.MaxPool2d(2), relu1=nn.ReLU(), rblock1=ResidualBlock(16),
        conv2=nn.Conv2d(16, 32, 5), pool2=nn.MaxPool2d(2), relu2=nn.ReLU(), rblock2=ResidualBlock(32),
        flat=nn.Flatten(), fc=nn.Linear(512, 10),
    )  # fmt: skip
