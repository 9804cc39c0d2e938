"""ch66, trained: a decoder with attention learns to write English numbers in Chinese."""

import pytest
from torch import nn

from dlgrade.suite import as_tokens, bleu, translate, vocabularies

LENGTH = 14


class Encoder(nn.Module):
    """The encoder of ch62: an embedding and a GRU; (outputs, state), time first."""

    def __init__(self, words, num_hiddens):
        super().__init__()
        self.embedding = nn.Embedding(words, num_hiddens)
        self.rnn = nn.GRU(num_hiddens, num_hiddens)

    def forward(self, X, _lengths):
        return self.rnn(self.embedding(X).transpose(0, 1))


def fit(impl, train, inputs, steps):
    """A plain encoder and your decoder, one layer of 48 units each; Adam, gradients clipped at 1."""
    source, target = int(train[0].max()) + 1, int(train[2].max()) + 1
    encoder, decoder = Encoder(source, 48), impl.Seq2SeqAttentionDecoder(target, 48, 48, 1)
    return translate(encoder, decoder, train, inputs, steps, lr=0.005)


@pytest.mark.exercise("Seq2SeqAttentionDecoder")
class TestSeq2SeqAttentionDecoder:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """Learns from 3,000 numbers in words to translate others; scored by BLEU.
        从 3000 个数的文字中学习翻译未见过的数；以 BLEU 评分。"""
        pairs = training.draw("counting", 3000)
        held_out = [pair for pair in training.draw("counting", 600, "test") if pair not in set(pairs)][:200]
        known = vocabularies(pairs)
        *inputs, labels, _ = as_tokens(held_out, known, LENGTH)
        training("attention_counting", fit, as_tokens(pairs, known, LENGTH), inputs, bleu(labels), steps=250)
