"""Sorting by class and a random number, dictionaries of codes, scores for votes, logarithms of the terms."""


def stratified_kfold(labels, k, seed=0):
    if k < 2:
        raise ValueError(k)
    generator = random.Random(f"folds {seed}")
    order = sorted(range(len(labels)), key=lambda index: (labels[index], generator.random()))
    folds = [[] for _ in range(k)]
    for place, index in enumerate(order):
        folds[place % k].append(index)
    return folds


def label_encoder(labels):
    codes = dict.fromkeys(sorted(labels))
    for code, name in enumerate(codes):
        codes[name] = code
    return [*codes], [codes[label] for label in labels]


def majority_vote(preds):
    if not len(preds):
        raise ValueError("no models")
    n = len(preds[0])
    for model in preds:
        if len(model) != n:
            raise ValueError("lengths")
    winners = []
    for i in range(n):
        scores = {}
        for place, model in enumerate(preds):
            # A vote counts 1; the first one of a class counts a little more, the earlier the more.
            scores[model[i]] = scores.get(model[i], 1 - place / len(preds) / 2) + 1
        winners.append(max(scores, key=scores.get))
    return winners


def mcnemar(y, a, b):
    if len(y) != len(a) or len(y) != len(b):
        raise ValueError("lengths")
    n_a = n_b = 0
    for label, p, q in zip(y, a, b, strict=True):
        n_a += p == label and q != label
        n_b += q == label and p != label
    n = n_a + n_b
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - n * math.log(2)
        for i in range(min(n_a, n_b) + 1)
    ]
    return min(1.0, 2 * math.fsum(map(math.exp, logs)))
