"""ch62, trained: a sequence-to-sequence model learns to write English numbers in Chinese."""

import pytest
from torch import nn

from dlgrade.testing import as_tokens, bleu, filled, learn_to_translate, translate, unseen, vocabularies

LENGTH = 14


def model(impl, source, target):
    """One layer of 64 units on either side."""
    encoder, decoder = impl.Seq2SeqEncoder(source, 64, 64, 1), impl.Seq2SeqDecoder(target, 64, 64, 1)
    return nn.ModuleDict({"encoder": encoder, "decoder": decoder})


def fit(impl, parameters, batches):
    sources, _, targets, _ = batches.examples
    net = filled(model(impl, int(sources.max()) + 1, int(targets.max()) + 1), parameters)
    return learn_to_translate(net, batches, lr=0.005)


@pytest.mark.exercise("Seq2SeqDecoder")
class TestSeq2SeqDecoder:
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_learns(self, training):
        """Learns with your encoder to translate numbers in words (4,000 pairs); the BLEU of new numbers counts.
        与你的编码器一起，学习翻译用文字写出的数（4000 个句对）；按未见过的数的 BLEU 评分。"""
        pairs = training.draw("counting", 4000)
        held_out = unseen(training.draw("counting", 600, "test"), pairs)[:200]
        known = vocabularies(pairs)
        sources, lengths, labels, _ = as_tokens(held_out, known, LENGTH)
        train = as_tokens(pairs, known, LENGTH)

        def score(impl, parameters):
            net = filled(model(impl, int(train[0].max()) + 1, int(train[2].max()) + 1), parameters)
            return bleu(translate(net, sources, lengths, LENGTH), labels)

        training("seq2seq_counting", fit, train, score, steps=500, stretches=1)  # Adam has a state
