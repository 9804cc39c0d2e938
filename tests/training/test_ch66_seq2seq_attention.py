"""ch66, trained: a decoder with attention learns to write English numbers in Chinese."""

import pytest
from torch import nn

from dlgrade.testing import as_tokens, bleu, filled, learn_to_translate, translate, unseen, vocabularies

LENGTH = 14


class Encoder(nn.Module):
    """The encoder of ch62: an embedding and a GRU; (outputs, state), time first."""

    def __init__(self, words, num_hiddens):
        super().__init__()
        self.embedding = nn.Embedding(words, num_hiddens)
        self.rnn = nn.GRU(num_hiddens, num_hiddens)

    def forward(self, X, _lengths):
        return self.rnn(self.embedding(X).transpose(0, 1))


def model(impl, source, target):
    """A plain encoder and your decoder, one layer of 48 units each."""
    decoder = impl.Seq2SeqAttentionDecoder(target, 48, 48, 1)
    return nn.ModuleDict({"encoder": Encoder(source, 48), "decoder": decoder})


def fit(impl, parameters, batches):
    sources, _, targets, _ = batches.examples
    net = filled(model(impl, int(sources.max()) + 1, int(targets.max()) + 1), parameters)
    return learn_to_translate(net, batches, lr=0.005)


@pytest.mark.exercise("Seq2SeqAttentionDecoder")
class TestSeq2SeqAttentionDecoder:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """Learns to translate 3,000 numbers in words; the BLEU of other numbers counts.
        从 3000 个数的文字中学习翻译；用未见过的数计算 BLEU 来评分。"""
        pairs = training.draw("counting", 3000)
        held_out = unseen(training.draw("counting", 600, "test"), pairs)[:200]
        known = vocabularies(pairs)
        sources, lengths, labels, _ = as_tokens(held_out, known, LENGTH)
        train = as_tokens(pairs, known, LENGTH)

        def score(impl, parameters):
            net = filled(model(impl, int(train[0].max()) + 1, int(train[2].max()) + 1), parameters)
            return bleu(translate(net, sources, lengths, LENGTH), labels)

        training("attention_counting", fit, train, score, steps=250, stretches=1)  # Adam has a state
