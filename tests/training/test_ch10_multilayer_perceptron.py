"""ch10, trained: a multilayer perceptron does better than softmax regression on the same signs."""

import pytest
import torch

from dlgrade.testing import accuracy, descend


def fit(impl, parameters, batches):
    """Minibatch descent on the submission's own parameters, through its net."""
    named = {name: getattr(impl, name).requires_grad_() for name in ("W1", "b1", "W2", "b2")}
    for name, value in (parameters or {}).items():
        named[name].data, named[name].grad = value.clone(), None
    for X, y in batches:
        torch.nn.functional.cross_entropy(impl.net(X), y).backward()
        descend(named.values(), lr=0.3)
    return {name: value.detach().clone() for name, value in named.items()}


@pytest.mark.exercise("net")
class TestNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """Learns from 6,000 drawn signs and then reads new signs better than softmax regression.
        从 6000 张手绘符号中学习，再识别新的符号，胜过 softmax 回归。"""
        inputs, labels = training.draw("shapes", 2000, "test")
        train = training.draw("shapes", 6000)

        def score(_impl, p):
            hidden = torch.relu(inputs.flatten(1) @ p["W1"] + p["b1"])
            return accuracy((hidden @ p["W2"] + p["b2"]).argmax(1), labels)

        training("multilayer_perceptron", fit, train, score, steps=1500)
