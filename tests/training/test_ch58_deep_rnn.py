"""ch58, trained: a two-layer LSTM learns the spelling and the grammar of a generated text."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.suite import LETTERS, batches, descend, perplexity, windows

HIDDENS, LENGTH = 64, 32


def fit(impl, train, inputs, steps):
    """Minibatches of pieces, gradients clipped at 1; for each held-out piece the logits of the letter after it."""
    net = impl.RNNModel(nn.LSTM(len(LETTERS), HIDDENS, num_layers=2), len(LETTERS))

    def outputs(pieces):
        return net(pieces, net.begin_state(torch.device("cpu"), len(pieces)))[0]

    for (pieces,) in batches((train,), 32, steps):
        F.cross_entropy(outputs(pieces[:, :-1]), pieces[:, 1:].T.reshape(-1)).backward()
        descend(net.parameters(), lr=3.0, clip=1.0)
    with torch.no_grad():
        return outputs(inputs)[-len(inputs) :]


@pytest.mark.exercise("RNNModel")
class TestRNNModel:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """Around two layers of LSTM, learns to foretell the letters of a text; scored by perplexity on unseen letters.
        以两层 LSTM 学习预测文本中的下一个字母；以未见过的字母的困惑度评分。"""
        held_out = windows(training.draw("grammar", 60_000, "test"), LENGTH + 1)
        train = windows(training.draw("grammar", 60_000), LENGTH + 1)
        score = perplexity(held_out[:, -1])
        training("deep_lstm_characters", fit, train, held_out[:, :-1], score, steps=600, better="lower")
