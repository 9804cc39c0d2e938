"""ch27, trained: nets of Inception blocks learn from drawn signs, and the course notes' net with its settings."""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend_with_momentum, filled, learned, without_momentum


def small_googlenet(impl):
    """Two of the submission's blocks; GoogLeNet itself is too slow to train on one core."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=5, stride=2, padding=2), nn.ReLU(),
        impl.Inception(16, 8, (8, 16), (4, 8), 8), nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        impl.Inception(40, 16, (16, 32), (8, 16), 16), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(80, 10),
    )  # fmt: skip


def notes_net(impl):
    """The course notes' net for MNIST: 10, 88, 20 and 88 channels, then 1408 numbers."""
    return nn.Sequential(
        nn.Conv2d(1, 10, kernel_size=5), nn.MaxPool2d(2), nn.ReLU(), impl.InceptionA(10),
        nn.Conv2d(88, 20, kernel_size=5), nn.MaxPool2d(2), nn.ReLU(), impl.InceptionA(20),
        nn.Flatten(), nn.Linear(1408, 10),
    )  # fmt: skip


def normalised(images):
    """The images with the mean and standard deviation that the notes give for MNIST."""
    return (images - 0.1307) / 0.3081


def spread_out(net):
    """The net with larger first weights: with torch's own, signals fade in 22 layers without normalisation."""
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)
    return net


def fit_small(impl, values, batches):
    """Small steps in the end settle the score."""
    lr = 0.02 if batches.first < 0.7 * batches.steps else 0.004
    return descend_with_momentum(spread_out(small_googlenet(impl)), values, batches, lr=lr, momentum=0.9)


def fit_googlenet(impl, values, batches):
    """Adam on the whole network, on whichever device the examples are. Its small last steps settle the score."""
    net = impl.googlenet()
    if values is None:
        return learned(spread_out(net))
    parameters = list(filled(net, values).to(batches.examples[0].device).parameters())
    means, squares = ([torch.zeros_like(parameter) for parameter in parameters] for _ in range(2))
    for step, (X, y) in enumerate(batches, start=1):
        gradients = torch.autograd.grad(nn.functional.cross_entropy(net(X), y), parameters)
        rate = (3e-4 if step < 0.7 * batches.steps else 1e-4) * (1 - 0.99**step) ** 0.5 / (1 - 0.9**step)
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares, strict=True):
            mean.lerp_(gradient, 0.1)
            square.lerp_(gradient**2, 0.01)
            parameter.data -= rate * mean / (square.sqrt() + 1e-8)
    return learned(net)


def fit_notes(impl, values, batches):
    """The notes' settings."""
    return descend_with_momentum(notes_net(impl).to(batches.examples[0].device), values, batches, lr=0.01, momentum=0.5)


@pytest.mark.exercise("Inception")
class TestInception:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """A small network of your blocks learns from 2,000 drawn signs and then reads new signs.
        由你的 Inception 块组成的小网络，从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test", varied=0.5, noise=0.1)
        images, classes = training.draw("shapes", 2000, varied=0.5, noise=0.1)

        def score(impl, values):
            net = filled(small_googlenet(impl), without_momentum(values))
            return accuracy(net(normalised(inputs)).argmax(1), labels)

        training("small_googlenet", fit_small, (normalised(images), classes), score, steps=300, batch=32)


@pytest.mark.exercise("googlenet")
class TestGooglenet:
    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """GoogLeNet itself learns from 2,000 drawn signs on a GPU and then reads new signs.
        GoogLeNet 在 GPU 上从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test", varied=0.2, noise=0.1)
        images, classes = training.draw("shapes", 2000, varied=0.2, noise=0.1)

        def score(impl, values):
            net = filled(impl.googlenet(), values)
            return accuracy(torch.cat([net(part).argmax(1) for part in normalised(inputs).split(200)]), labels)

        # Adam has a state, and 24 MB of parameters come back only once
        training("googlenet", fit_googlenet, (normalised(images), classes), score, steps=120, batch=16, stretches=1)


@pytest.mark.exercise("InceptionA")
class TestInceptionA:
    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """The notes' net learns from 4,000 drawn signs in 10 epochs, with the notes' settings.
        按讲义的设置，讲义中的网络用 4000 张手绘符号训练 10 个迭代周期。"""
        inputs, labels = training.draw("shapes", 1000, "test", varied=0.5, noise=0.1)
        images, classes = training.draw("shapes", 4000, varied=0.5, noise=0.1)

        def score(impl, values):
            net = filled(notes_net(impl), without_momentum(values))
            return accuracy(net(normalised(inputs)).argmax(1), labels)

        training("notes_net", fit_notes, (normalised(images), classes), score, steps=630, batch=64)
