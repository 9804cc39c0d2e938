"""ch09, trained: softmax regression tells drawn signs apart."""

import pytest
import torch

from dlgrade.testing import accuracy, descend

EPOCHS, BATCH, STEPS = 10, 64, 940


def fit(impl, parameters, batches):
    """The submission's epoch, on parameters that the suite makes."""
    W = torch.normal(0, 0.01, (784, 10)) if parameters is None else parameters["W"].clone()
    b = torch.zeros(10) if parameters is None else parameters["b"].clone()
    W.requires_grad_()
    b.requires_grad_()

    def net(X):
        return impl.softmax(X.reshape(len(X), -1) @ W + b)

    def updater(batch_size):
        for parameter in (W, b):
            parameter.grad /= batch_size
        descend((W, b), lr=0.1)

    if len(batches):
        impl.train_epoch_ch3(net, batches, impl.cross_entropy, updater)
    return {"W": W.detach(), "b": b.detach()}


@pytest.mark.exercise("train_epoch_ch3")
class TestTrainEpoch:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """With your softmax and loss, learns from 6,000 drawn signs and then reads new signs.
        用你的 softmax 和损失函数，从 6000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)

        def score(_impl, p):
            return accuracy((inputs.flatten(1) @ p["W"] + p["b"]).argmax(1), labels)

        training("softmax_regression", fit, train, score, steps=STEPS, batch=BATCH, stretches=EPOCHS)
