"""ch13, trained: a network with dropout learns in training mode and predicts without it."""

import pytest
import torch

from dlgrade.suite import accuracy, batches, descend


def fit(impl, train, inputs, steps):
    """Minibatch descent in training mode; predictions in evaluation mode."""
    net = impl.Net(784, 10, 256, 256)
    net.train()
    for X, y in batches(train, 64, steps):
        torch.nn.functional.cross_entropy(net(X), y).backward()
        descend(net.parameters(), lr=0.3)
    net.eval()
    with torch.no_grad():
        return net(inputs).argmax(1)


@pytest.mark.exercise("Net")
class TestNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """Learns from 6,000 drawn signs with units dropped, and reads new ones with all of them.
        训练时丢弃单元，从 6000 张手绘符号中学习；识别新符号时使用全部单元。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)
        training("dropout", fit, train, inputs, accuracy(labels), steps=1500)
