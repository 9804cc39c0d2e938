"""ch09, trained: softmax regression tells drawn signs apart."""

import pytest
import torch

from dlgrade.suite import accuracy, batches, descend

EPOCHS, BATCH, STEPS = 10, 64, 940


def fit(impl, train, inputs, steps):
    """The submission's epoch, run until so many steps are done, on parameters that the suite makes."""
    images, labels = train
    W = torch.normal(0, 0.01, (784, 10)).requires_grad_()
    b = torch.zeros(10, requires_grad=True)

    def net(X):
        return impl.softmax(X.reshape(len(X), -1) @ W + b)

    def updater(batch_size):
        for parameter in (W, b):
            parameter.grad /= batch_size
        descend((W, b), lr=0.1)

    per_epoch = -(-len(labels) // BATCH)
    for _ in range(steps // per_epoch):
        impl.train_epoch_ch3(net, list(batches((images, labels), BATCH, per_epoch)), impl.cross_entropy, updater)
    with torch.no_grad():
        return net(inputs).argmax(1)


@pytest.mark.exercise("train_epoch_ch3")
class TestTrainEpoch:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """With your softmax and loss, learns from 6,000 drawn signs and reads new ones.
        用你的 softmax 和损失函数，从 6000 张手绘符号中学习并识别新的符号。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)
        training("softmax_regression", fit, train, inputs, accuracy(labels), steps=STEPS)
