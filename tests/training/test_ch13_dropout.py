"""ch13, trained: a network with dropout learns in training mode and predicts without it."""

import pytest
import torch

from dlgrade.testing import accuracy, descend, filled, learned

SIZES = 784, 10, 256, 256


def fit(impl, parameters, batches):
    """Minibatch descent in training mode."""
    net = filled(impl.Net(*SIZES), parameters)
    net.train()
    for X, y in batches:
        torch.nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=0.3)
    return learned(net)


@pytest.mark.exercise("Net")
class TestNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """Learns from 6,000 drawn signs with dropout, and classifies new signs without dropout.
        训练时使用暂退法，从 6000 张手绘符号中学习；识别新符号时不使用。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)

        def score(impl, parameters):
            return accuracy(filled(impl.Net(*SIZES), parameters).eval()(inputs).argmax(1), labels)

        training("dropout", fit, train, score, steps=1500, stretches=1)  # dropout draws at random
