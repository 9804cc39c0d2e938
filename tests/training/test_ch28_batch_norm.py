"""ch28, trained: LeNet with batch normalisation learns in a few hundred steps what plain LeNet has not begun to."""

import pytest
import torch
from torch import nn

from dlgrade.suite import accuracy, batches, descend


def fit(impl, train, inputs, steps):
    """The book's LeNet with the submission's layers (D2L 7.5.4), for 28 x 28 images."""
    net = nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5), impl.BatchNorm(6, num_dims=4), nn.Sigmoid(), nn.AvgPool2d(2, 2),
        nn.Conv2d(6, 16, kernel_size=5), impl.BatchNorm(16, num_dims=4), nn.Sigmoid(), nn.AvgPool2d(2, 2),
        nn.Flatten(), nn.Linear(256, 120), impl.BatchNorm(120, num_dims=2), nn.Sigmoid(),
        nn.Linear(120, 84), impl.BatchNorm(84, num_dims=2), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip
    net.train()
    for X, y in batches(train, 64, steps):
        nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=1.0)
    net.eval()
    with torch.no_grad():
        return net(inputs).argmax(1)


@pytest.mark.exercise("BatchNorm")
class TestBatchNorm:
    @pytest.mark.points(4)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """LeNet with your layers learns from 3,000 drawn signs and reads new ones by the moving statistics.
        带有你的批量归一化层的 LeNet 从 3000 张手绘符号中学习，并用滑动统计量识别新的符号。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 3000)
        training("batch_norm_lenet", fit, train, inputs, accuracy(labels), steps=400)
