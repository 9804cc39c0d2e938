"""ch68, trained: a Transformer learns to write English numbers in Chinese."""

import pytest
from torch import nn

from dlgrade.testing import as_tokens, bleu, filled, learn_to_translate, translate, unseen, vocabularies

LENGTH = 14


def model(impl, source, target):
    """Two blocks of 64 units and four heads on either side."""
    sizes = 64, 64, 64, 64, [64], 64, 128, 4, 2, 0.0
    encoder, decoder = impl.TransformerEncoder(source, *sizes), impl.TransformerDecoder(target, *sizes)
    return nn.ModuleDict({"encoder": encoder, "decoder": decoder})


def fit(impl, parameters, batches):
    sources, _, targets, _ = batches.examples
    net = filled(model(impl, int(sources.max()) + 1, int(targets.max()) + 1), parameters)
    return learn_to_translate(net, batches, lr=0.002)


@pytest.mark.exercise("TransformerDecoder")
class TestTransformerDecoder:
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

        training("transformer_counting", fit, train, score, steps=300, stretches=1)  # Adam has a state
