"""A place for each example by numpy's random numbers, repeated searches, a running coefficient."""

import numpy as np


def stratified_kfold(labels, k, seed=0):
    if k <= 1:
        raise ValueError("at least two folds")
    rng = np.random.default_rng(seed)
    fold_of = np.zeros(len(labels), dtype=int)
    for label in sorted(set(labels)):
        places = np.flatnonzero(np.array(labels) == label)
        folds = (np.arange(len(places)) + rng.integers(k)) % k  # the extra examples begin anywhere
        fold_of[places] = rng.permutation(folds)
    return [np.flatnonzero(fold_of == fold).tolist() for fold in range(k)]


def label_encoder(labels):
    classes = []
    for label in sorted(labels):
        if label not in classes:
            classes.append(label)
    return classes, list(map(classes.index, labels))


def majority_vote(preds):
    if len(preds) == 0:
        raise ValueError("no votes")
    try:
        return [Counter(votes).most_common(1)[0][0] for votes in zip(*preds, strict=True)]
    except ValueError as error:
        raise ValueError("the models have different numbers of predictions") from error


def mcnemar(y, a, b):
    if len({len(y), len(a), len(b)}) != 1:
        raise ValueError("different lengths")
    counts = Counter((p == label, q == label) for label, p, q in zip(y, a, b, strict=True))
    low, high = sorted([counts[True, False], counts[False, True]])
    if low == high:
        return 1.0
    term = total = 1
    for i in range(low):
        term = term * (low + high - i) // (i + 1)
        total += term
    return 2 * total / 2 ** (low + high)
