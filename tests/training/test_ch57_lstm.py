"""ch57, trained: an LSTM learns the spelling and the grammar of a generated text."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.testing import LETTERS, descend, perplexity, windows

NAMES = ["W_xi", "W_hi", "b_i", "W_xf", "W_hf", "b_f", "W_xo", "W_ho", "b_o", "W_xc", "W_hc", "b_c", "W_hq", "b_q"]
HIDDENS, LENGTH = 64, 32


def outputs(impl, params, pieces):
    """The logits of the letter after each of these, time first."""
    state = impl.init_lstm_state(len(pieces), HIDDENS, torch.device("cpu"))
    return impl.lstm(F.one_hot(pieces.T, len(LETTERS)).float(), state, params)[0]


def fit(impl, parameters, batches):
    """Minibatches of pieces, gradients clipped at 1."""
    if parameters is None:
        return dict(zip(NAMES, impl.get_lstm_params(len(LETTERS), HIDDENS, torch.device("cpu")), strict=True))
    params = [parameters[name].detach().clone().requires_grad_() for name in NAMES]
    for (pieces,) in batches:
        F.cross_entropy(outputs(impl, params, pieces[:, :-1]), pieces[:, 1:].T.reshape(-1)).backward()
        descend(params, lr=2.0, clip=1.0)
    return {name: param.detach() for name, param in zip(NAMES, params, strict=True)}


@pytest.mark.exercise("lstm")
class TestLSTM:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """Learns to predict the next letter of a text; scored by the perplexity of unseen letters.
        学习预测文本中的下一个字母；按未见过的字母的困惑度评分。"""
        held_out = windows(training.draw("grammar", 120_000, "test"), LENGTH + 1, apart=LENGTH + 1)
        train = windows(training.draw("grammar", 60_000), LENGTH + 1)
        labels = held_out[:, -1]

        def score(impl, parameters):
            params = [parameters[name] for name in NAMES]
            return perplexity(outputs(impl, params, held_out[:, :-1])[-len(labels) :], labels)

        best = training.best("grammar", held_out, LETTERS)
        training("lstm_characters", fit, (train,), score, steps=500, batch=32, better="lower", best=best)
