"""ch38's reference against counters, numpy's unique, brute force, and exact sums of coin tosses."""

import itertools
import random
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest


@pytest.mark.parametrize(("n", "k"), [(0, 2), (1, 2), (5, 7), (30, 2), (100, 3), (200, 10)])
def test_stratified_kfold(reference, n, k):
    """The folds have each example once, and each class as evenly as possible."""
    for seed in range(20):
        labels = [random.randint(-3, 6) for _ in range(n)]
        folds = reference.stratified_kfold(labels, k, seed)
        assert len(folds) == k
        assert sorted(itertools.chain(*folds)) == list(range(n))
        for label in set(labels):
            counts = [sum(labels[index] == label for index in fold) for fold in folds]
            assert max(counts) - min(counts) <= 1
        assert folds == reference.stratified_kfold(tuple(labels), k, seed=seed)


def test_all_divisions(reference):
    """Each division of four examples of a class into two pairs comes about equally often."""
    pairs = Counter(str(sorted(map(sorted, reference.stratified_kfold([5] * 4, 2, seed)))) for seed in range(3000))
    assert len(pairs) == 3
    assert all(abs(count - 1000) < 130 for count in pairs.values())  # five standard deviations


@pytest.mark.parametrize("k", [1, 0, -2])
def test_too_few_folds(reference, k):
    """A single fold, no fold and negative numbers are refused."""
    with pytest.raises(ValueError, match="folds"):
        reference.stratified_kfold([1, 2, 1], k)


def test_label_encoder(reference):
    """numpy.unique finds the same classes and codes."""
    for _ in range(50):
        labels = ["".join(random.choices("aAbé猫1 _", k=random.randint(1, 2))) for _ in range(random.randint(1, 60))]
        labels = [f"{label}." for label in labels]  # numpy drops no zeros at the end of a name
        classes, codes = np.unique(np.array(labels), return_inverse=True)
        assert reference.label_encoder(labels) == (classes.tolist(), codes.tolist())
    assert reference.label_encoder([]) == ([], [])


@pytest.mark.parametrize("models", [1, 2, 3, 4, 5])
def test_majority_vote(reference, models):
    """In all elections with three classes, the winner has the most votes, and the earliest vote among ties."""
    elections = list(itertools.product((4, -1, 9), repeat=models))
    winners = reference.majority_vote([list(votes) for votes in zip(*elections, strict=True)])
    for votes, winner in zip(elections, winners, strict=True):
        assert (-votes.count(winner), votes.index(winner)) == min((-votes.count(v), votes.index(v)) for v in votes)
        assert winner == Counter(votes).most_common(1)[0][0]  # which puts equal counts in the order of their first vote


@pytest.mark.parametrize("preds", [[], [[1, 2], [1]], [[1], [1], [1, 2]], [[], [3]]])
def test_majority_vote_errors(reference, preds):
    """No models and different lengths are refused."""
    with pytest.raises(ValueError, match=r"models|argument"):
        reference.majority_vote(preds)


def p_value(only_a, only_b):
    """The share of all sequences of tosses that are at least as far from the middle, one sequence at a time."""
    n = only_a + only_b
    apart = [abs(2 * sum(tosses) - n) for tosses in itertools.product((0, 1), repeat=n)]
    return Fraction(sum(distance >= abs(only_a - only_b) for distance in apart), 2**n)


@pytest.mark.parametrize(("only_a", "only_b"), [*itertools.product(range(6), range(6))])
def test_mcnemar(reference, only_a, only_b):
    """The p-value is the share of the tosses, whatever happens in other examples."""
    rows = [(1, 1, 2)] * only_a + [(1, 3, 1)] * only_b + [(2, 2, 2)] * 3 + [(2, 1, 3)] * 4 + [(2, 1, 1)] * 5
    random.shuffle(rows)
    y, a, b = zip(*rows, strict=True)
    assert reference.mcnemar(y, a, b) == float(p_value(only_a, only_b)) == reference.mcnemar(y, b, a)


def test_mcnemar_of_many(reference):
    """With thousands of tosses the p-value is that of the normal distribution, up to its error."""
    deviation = 3000**0.5 / 2
    only_a = round(1500 - 1.959964 * deviation)
    p = reference.mcnemar([0] * 3000, [0] * only_a + [1] * (3000 - only_a), [1] * only_a + [0] * (3000 - only_a))
    assert p == pytest.approx(0.05, rel=0.05)
    assert reference.mcnemar([0] * 900, [0] * 900, [1] * 900) == 2.0**-899
    assert reference.mcnemar([], [], []) == reference.mcnemar([1], [1], [1]) == 1.0


@pytest.mark.parametrize("lengths", [(1, 2, 2), (2, 1, 2), (2, 2, 1), (0, 1, 1)])
def test_mcnemar_errors(reference, lengths):
    """Different lengths are refused."""
    with pytest.raises(ValueError, match="argument"):
        reference.mcnemar(*([1] * length for length in lengths))
