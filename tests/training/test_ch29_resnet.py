"""ch29, trained: a residual network learns from few drawn signs."""

import pytest
import torch
from torch import nn

from dlgrade.suite import accuracy, batches, descend


def fit(impl, train, inputs, steps):
    """A small ResNet of the submission's blocks; ResNet-18 itself is too slow to train on one core."""
    net = nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        *impl.resnet_block(16, 16, 1, first_block=True), *impl.resnet_block(16, 32, 1), *impl.resnet_block(32, 64, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip
    net.train()
    for step, (X, y) in enumerate(batches(train, 32, steps)):
        nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=0.05 if step < 0.7 * steps else 0.005)  # small steps settle the moving statistics
    net.eval()
    with torch.no_grad():
        return net(inputs).argmax(1)


def fit_resnet18(impl, train, inputs, steps):
    """The whole network, on whichever device the examples are."""
    net = impl.resnet18(10, 1).to(inputs.device)
    net.train()
    for step, (X, y) in enumerate(batches(train, 32, steps)):
        nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=0.05 if step < 0.7 * steps else 0.005)
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part).argmax(1) for part in inputs.split(200)])


@pytest.mark.exercise("resnet_block")
class TestResnetBlock:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """A small network of your blocks learns from 2,000 drawn signs and reads new ones.
        由你的残差块组成的小网络从 2000 张手绘符号中学习，并识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test")
        train = training.draw("shapes", 2000)
        training("small_resnet", fit, train, inputs, accuracy(labels), steps=400)


@pytest.mark.exercise("resnet18")
class TestResnet18:
    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """ResNet-18 itself learns from 4,000 drawn signs, on a GPU, and reads new ones.
        ResNet-18 本身在 GPU 上从 4000 张手绘符号中学习，并识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test")
        train = training.draw("shapes", 4000)
        training("resnet18", fit_resnet18, train, inputs, accuracy(labels), steps=120)
