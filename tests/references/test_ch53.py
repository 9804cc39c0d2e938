"""ch53's reference against slices of the text, nltk's n-grams and models, and torch's loss."""

import math
import random

import nltk
import pytest
import torch
from nltk.lm import Lidstone, Vocabulary
from torch.nn import functional as F


@pytest.fixture(scope="module")
def text():
    return random.Random(53).choices("abcde", weights=[5, 4, 3, 2, 1], k=200)


@pytest.mark.parametrize(("length", "batch_size", "num_steps"), [(35, 2, 5), (57, 3, 4), (16, 1, 3), (7, 2, 3)])
def test_minibatches_against_slices(reference, length, batch_size, num_steps):
    """For every offset, in 300 runs, the minibatches are slices of the text, which exist and are all that there are."""
    corpus, offsets = list(range(length)), [set(), set()]
    for _ in range(300):
        batches = list(reference.seq_data_iter_random(corpus, batch_size, num_steps))
        starts = [row[0] for X, _ in batches for row in X.tolist()]
        offset = min((start % num_steps for start in starts), default=0)
        windows = [corpus[i : i + num_steps + 1] for i in range(offset, length, num_steps)]
        windows = [window[0] for window in windows if len(window) == num_steps + 1]
        assert len(set(starts)) == len(starts)
        assert set(starts) <= set(windows)
        assert len(starts) in (len(windows) - len(windows) % batch_size, 0)
        offsets[0].add(offset)

        follow = list(reference.seq_data_iter_sequential(corpus, batch_size, num_steps))
        if follow:
            table = torch.cat([X for X, _ in follow], dim=1)
            offset = int(table[0, 0])
            rows = torch.arange(offset, length - 1)[: (length - 1 - offset) // batch_size * batch_size]
            rows = rows.reshape(batch_size, -1)
            assert torch.equal(table, rows[:, : rows.shape[1] // num_steps * num_steps])
            offsets[1].add(offset)
        assert all(torch.equal(Y, X + 1) for X, Y in batches + follow)
    if length > 10 * num_steps:
        assert offsets == [set(range(num_steps)), set(range(num_steps + 1))]


def test_counts_against_nltk(reference, text):
    """N-grams and their counts are nltk's."""
    for n in (1, 2, 3, 6, 201):
        assert reference.ngram_counts(text, n) == nltk.FreqDist(nltk.ngrams(text, n))


@pytest.mark.parametrize("eps", [0.1, 1.0, 20.0])
def test_bigrams_against_nltk(reference, text, eps):
    """Smoothed probabilities are those of nltk's Lidstone model, which adds its gamma to each word of a vocabulary."""
    vocabulary = Vocabulary([*text, "x"], unk_cutoff=1)
    model = Lidstone(eps / len(vocabulary), 2, vocabulary=vocabulary)
    model.fit([list(nltk.everygrams(text, max_len=2))])
    probability = reference.laplace_bigram(text, eps, len(vocabulary))
    for word in "abcdex":
        expected = [model.score(following, [word]) for following in "abcdex"]
        assert [probability(word, following) for following in "abcdex"] == pytest.approx(expected)
    assert sum(probability("a", following) for following in vocabulary) == pytest.approx(1)


def test_perplexity_against_torch(reference):
    """Perplexity is the exponential of torch's cross-entropy, and infinite where one probability is zero."""
    logits, labels = torch.randn(30, 7).double(), torch.randint(7, (30,))
    log_probs = logits.log_softmax(dim=1)[torch.arange(30), labels].tolist()
    assert reference.perplexity(log_probs) == pytest.approx(F.cross_entropy(logits, labels).exp().item())
    assert reference.perplexity([*log_probs, -math.inf]) == math.inf
