"""ch10, trained: a multilayer perceptron does better than softmax regression on the same signs."""

import pytest
import torch

from dlgrade.suite import accuracy, batches, descend


def fit(impl, train, inputs, steps):
    """Minibatch descent on the submission's own parameters, through its net."""
    parameters = impl.W1, impl.b1, impl.W2, impl.b2
    for parameter in parameters:
        parameter.requires_grad_().grad = None
    for X, y in batches(train, 64, steps):
        torch.nn.functional.cross_entropy(impl.net(X), y).backward()
        descend(parameters, lr=0.3)
    with torch.no_grad():
        return impl.net(inputs).argmax(1)


@pytest.mark.exercise("net")
class TestNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """Learns from 6,000 drawn signs and reads new ones, better than softmax regression does.
        从 6000 张手绘符号中学习并识别新的符号，胜过 softmax 回归。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)
        training("multilayer_perceptron", fit, train, inputs, accuracy(labels), steps=1500)
