"""ch29, trained: a residual network learns from few drawn signs."""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend, filled, learned


def small_resnet(impl):
    """A small ResNet of the submission's blocks; ResNet-18 itself is too slow to train on one core."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        *impl.resnet_block(16, 16, 1, first_block=True), *impl.resnet_block(16, 32, 1), *impl.resnet_block(32, 64, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


def train_on(net, batches):
    """Minibatch descent; small steps in the end settle the moving statistics."""
    net.train()
    for step, (X, y) in enumerate(batches, batches.first):
        nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=0.05 if step < 0.7 * batches.steps else 0.005)
    return learned(net, buffers=True)


def fit(impl, parameters, batches):
    return train_on(filled(small_resnet(impl), parameters), batches)


def fit_resnet18(impl, parameters, batches):
    """The whole network, on whichever device the examples are."""
    return train_on(filled(impl.resnet18(10, 1).to(batches.examples[0].device), parameters), batches)


@pytest.mark.exercise("resnet_block")
class TestResnetBlock:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """A small network of your blocks learns from 2,000 drawn signs and then reads new signs.
        由你的残差块组成的小网络，从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test")
        train = training.draw("shapes", 2000)

        def score(impl, parameters):
            return accuracy(filled(small_resnet(impl), parameters).eval()(inputs).argmax(1), labels)

        training("small_resnet", fit, train, score, steps=400, batch=32)


@pytest.mark.exercise("resnet18")
class TestResnet18:
    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """ResNet-18 itself learns from 4,000 drawn signs on a GPU and then reads new signs.
        ResNet-18 在 GPU 上从 4000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test")
        train = training.draw("shapes", 4000)

        def score(impl, parameters):
            net = filled(impl.resnet18(10, 1), parameters).eval()
            return accuracy(torch.cat([net(part).argmax(1) for part in inputs.split(200)]), labels)

        # 45 MB of parameters come back only once
        training("resnet18", fit_resnet18, train, score, steps=120, batch=32, stretches=1)
