"""ch55, trained: a recurrent network learns the spelling of a generated text."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.suite import LETTERS, batches, descend, perplexity, windows

HIDDENS, LENGTH = 64, 32


def fit(impl, train, inputs, steps):
    """Minibatches of pieces, clipped by the submission; for each held-out piece the logits of the letter after it."""
    params = impl.get_params(len(LETTERS), HIDDENS, torch.device("cpu"))

    class Net:
        """What the book's grad_clipping looks at."""

    net = Net()
    net.params = params

    def outputs(pieces):
        state = impl.init_rnn_state(len(pieces), HIDDENS, torch.device("cpu"))
        return impl.rnn(F.one_hot(pieces.T, len(LETTERS)).float(), state, params)[0]

    for (pieces,) in batches((train,), 32, steps):
        F.cross_entropy(outputs(pieces[:, :-1]), pieces[:, 1:].T.reshape(-1)).backward()
        impl.grad_clipping(net, 1.0)
        descend(params, lr=1.0)
    with torch.no_grad():
        return outputs(inputs)[-len(inputs) :]


@pytest.mark.exercise("rnn")
class TestRNN:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """Learns to foretell the letters of a text; scored by the perplexity of letters that it has not seen.
        学习预测文本中的下一个字母；以未见过的字母的困惑度评分。"""
        held_out = windows(training.draw("grammar", 60_000, "test"), LENGTH + 1)
        train = windows(training.draw("grammar", 60_000), LENGTH + 1)
        score = perplexity(held_out[:, -1])
        training("rnn_characters", fit, train, held_out[:, :-1], score, steps=500, better="lower")
