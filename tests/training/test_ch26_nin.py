"""ch26, trained: NiN learns from few drawn signs."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import accuracy, descend, filled, learned

# Signs that vary less than those of other chapters: ReLUs before the mean make the first steps slow.
SIGNS, EASY_SIGNS = {"varied": 0.6, "noise": 0.2}, {"varied": 0.3, "noise": 0.1}


def started(net, parameters, last=1.0):
    """The net with these parameters. At first the 1x1 convolutions change nothing, and ReLUs cut off no class."""
    convolutions = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    for conv in convolutions:
        (nn.init.dirac_ if conv.kernel_size == (1, 1) else nn.init.kaiming_normal_)(conv.weight)
        nn.init.constant_(conv.bias, 1.0 if conv in convolutions[-3:] else 0.0)  # 1 in the last block
    convolutions[-3].weight.data *= last  # below 1, the scores are close together at first
    return filled(net, parameters)


def small_nin(impl):
    """A thin NiN of three of the submission's blocks; NiN itself is too slow to train on one core."""
    return nn.Sequential(
        impl.nin_block(1, 16, 5, 2, 2), nn.MaxPool2d(3, 2), impl.nin_block(16, 32, 3, 1, 1), nn.MaxPool2d(3, 2),
        impl.nin_block(32, 10, 3, 1, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def scaled(images):
    """About mean 0."""
    return 2 * (images - 0.17)


def fit(impl, parameters, batches):
    """Minibatch descent with clipped gradients."""
    net = started(small_nin(impl), parameters)
    for step, (X, y) in enumerate(batches, batches.first):
        F.cross_entropy(net(scaled(X)), y).backward()
        descend(net.parameters(), lr=0.15 if step < 0.7 * batches.steps else 0.015, clip=1.0)
    return learned(net)


def enlarged(images):
    """The smallest images that NiN accepts."""
    return F.interpolate(scaled(images), size=(67, 67), mode="bilinear")


def fit_nin(impl, parameters, batches):
    """The whole network, on whichever device the examples are."""
    net = started(impl.nin(), parameters, last=0.3).to(batches.examples[0].device)
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
    for X, y in batches:
        optimizer.zero_grad()
        F.cross_entropy(net.train()(enlarged(X)), y).backward()
        optimizer.step()
    return learned(net)


@pytest.mark.exercise("nin_block")
class TestNinBlock:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """A thin NiN of your blocks learns from 2,000 drawn signs and then reads new signs.
        由你的 NiN 块组成的小网络，从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test", **SIGNS)
        train = training.draw("shapes", 2000, **SIGNS)

        def score(impl, parameters):
            return accuracy(filled(small_nin(impl), parameters)(scaled(inputs)).argmax(1), labels)

        training("small_nin", fit, train, score, steps=400, batch=32)


@pytest.mark.exercise("nin")
class TestNin:
    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """NiN itself learns from 2,000 drawn signs on a GPU and then reads new signs.
        NiN 在 GPU 上从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test", **EASY_SIGNS)
        train = training.draw("shapes", 2000, **EASY_SIGNS)

        def score(impl, parameters):
            net = filled(impl.nin(), parameters).eval()
            return accuracy(torch.cat([net(enlarged(part)).argmax(1) for part in inputs.split(200)]), labels)

        training("nin", fit_nin, train, score, steps=120, batch=32, stretches=1)  # dropout is not repeatable
