"""ch63's reference against an enumeration of all sequences."""

import itertools
import math

import pytest
import torch

BOS, EOS, WORDS, STEPS = 0, 1, 3, 4


def model(seed):
    """A model whose answer depends on the whole prefix, and all its complete sequences with their log-probabilities."""

    def step(prefix):
        draw = torch.Generator().manual_seed(hash((seed, *prefix)) % 2**31)
        return torch.randn(WORDS, generator=draw, dtype=torch.float64).mul(2).log_softmax(0)

    found = {}
    for words in itertools.product(range(WORDS), repeat=STEPS):
        words = words[: words.index(EOS) + 1] if EOS in words else words
        found[words] = sum(step((BOS, *words[:i]))[word].item() for i, word in enumerate(words))
    return step, found


@pytest.mark.parametrize("seed", range(5))
def test_searches_against_enumeration(reference, seed):
    """Exhaustive search finds the likeliest sequence; a beam that holds everything ranks all of them by their score."""
    step, found = model(seed)
    assert math.isclose(sum(map(math.exp, found.values())), 1)
    words, log_prob = reference.exhaustive_search(step, BOS, EOS, STEPS)
    assert (words, pytest.approx(log_prob)) == max(found.items(), key=lambda item: item[1])
    for alpha in (0.0, 0.75, 2.0):
        scores = {words: log_prob / len(words) ** alpha for words, log_prob in found.items()}
        ranked = reference.beam_search(step, BOS, EOS, STEPS, WORDS**STEPS, alpha)
        assert dict(ranked) == pytest.approx(scores)
        assert [score for _, score in ranked] == sorted(scores.values(), reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_greedy_is_a_beam_of_one(reference, seed):
    """Every word of greedy search is the likeliest after those before it, and a beam of one finds the same."""
    step, found = model(seed)
    words, log_prob = reference.greedy_search(step, BOS, EOS, STEPS)
    for i, word in enumerate(words):
        assert step((BOS, *words[:i])).argmax() == word
    assert log_prob == pytest.approx(found[words])
    assert reference.beam_search(step, BOS, EOS, STEPS, 1, 0) == [(words, pytest.approx(log_prob))]


def test_narrow_beams_find_sequences_that_exist(reference):
    """Whatever its width, a beam gives at most so many sequences, with the scores that the enumeration has for them."""
    step, found = model(9)
    for k in range(1, 8):
        ranked = reference.beam_search(step, BOS, EOS, STEPS, k, 0.75)
        assert 0 < len(ranked) <= k
        assert dict(ranked) == pytest.approx({words: found[words] / len(words) ** 0.75 for words, _ in ranked})


def test_cost_counts_the_models_answers(reference):
    """The cost of a search that nothing ends is what the enumeration and the model's answers add up to."""
    asked = []

    def step(prefix):
        asked.append(prefix)
        return torch.tensor([0.5, 0.0, 0.3, 0.2]).log()

    greedy, exhaustive, beam = reference.search_cost(3, STEPS, 2)
    assert exhaustive == len(list(itertools.product(range(3), repeat=STEPS)))
    reference.greedy_search(step, BOS, EOS, STEPS)
    assert greedy == 3 * len(asked)
    asked.clear()
    reference.beam_search(step, BOS, EOS, STEPS, 2)
    assert beam == 3 * (len(asked) + 1)  # the first step has a beam of one
