"""ch68, trained: a Transformer learns to write English numbers in Chinese."""

import pytest

from dlgrade.suite import as_tokens, bleu, translate, vocabularies

LENGTH = 14


def fit(impl, train, inputs, steps):
    """Two blocks of 64 units and four heads on either side; Adam, gradients clipped at 1."""
    source, target = int(train[0].max()) + 1, int(train[2].max()) + 1
    sizes = 64, 64, 64, 64, [64], 64, 128, 4, 2, 0.0
    encoder, decoder = impl.TransformerEncoder(source, *sizes), impl.TransformerDecoder(target, *sizes)
    return translate(encoder, decoder, train, inputs, steps, lr=0.002)


@pytest.mark.exercise("TransformerDecoder")
class TestTransformerDecoder:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """With your encoder, learns from 4,000 numbers in words to translate others; scored by BLEU.
        与你的编码器一起，从 4000 个数的文字中学习翻译未见过的数；以 BLEU 评分。"""
        pairs = training.draw("counting", 4000)
        held_out = [pair for pair in training.draw("counting", 600, "test") if pair not in set(pairs)][:200]
        known = vocabularies(pairs)
        *inputs, labels, _ = as_tokens(held_out, known, LENGTH)
        training("transformer_counting", fit, as_tokens(pairs, known, LENGTH), inputs, bleu(labels), steps=300)
