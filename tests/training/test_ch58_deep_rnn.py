"""ch58, trained: a two-layer LSTM learns the spelling and the grammar of a generated text."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import LETTERS, descend, filled, learned, perplexity, windows

HIDDENS, LENGTH = 64, 32


def model(impl, parameters):
    return filled(impl.RNNModel(nn.LSTM(len(LETTERS), HIDDENS, num_layers=2), len(LETTERS)), parameters)


def outputs(net, pieces):
    """Return the logits of the letter after each letter of the pieces, time first."""
    return net(pieces, net.begin_state(torch.device("cpu"), len(pieces)))[0]


def fit(impl, parameters, batches):
    """Minibatches of pieces, gradients clipped at 1."""
    net = model(impl, parameters)
    for (pieces,) in batches:
        F.cross_entropy(outputs(net, pieces[:, :-1]), pieces[:, 1:].T.reshape(-1)).backward()
        descend(net.parameters(), lr=3.0, clip=1.0)
    return learned(net)


@pytest.mark.exercise("RNNModel")
class TestRNNModel:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """Learns to predict the letters of a text with two layers of LSTM; scored by the perplexity on unseen letters.
        用两层 LSTM 学习预测文本中的下一个字母；以未见过的字母的困惑度评分。"""
        held_out = windows(training.draw("grammar", 120_000, "test"), LENGTH + 1, apart=LENGTH + 1)
        train = windows(training.draw("grammar", 60_000), LENGTH + 1)
        labels = held_out[:, -1]

        def score(impl, parameters):
            return perplexity(outputs(model(impl, parameters), held_out[:, :-1])[-len(labels) :], labels)

        best = training.best("grammar", held_out, LETTERS)
        training("deep_lstm_characters", fit, (train,), score, steps=600, batch=32, better="lower", best=best)
