"""ch38 The results of the leaf contest: folds, class names, votes, and a test of the difference of two models.

The contest asks for the species of a tree from a photograph of its leaf. It is like D2L 13.14
(chapter_computer-vision/kaggle-dog.md). The exercises are the course's own.
"""

import math
import random
from collections import Counter
from collections.abc import Sequence


def stratified_kfold(labels: Sequence[int], k: int, seed: int = 0) -> list[list[int]]:
    # WRONG another-default-seed: def stratified_kfold(labels, k, seed=42):
    """Divide the examples into k folds for cross-validation, with nearly the same share of each class in every fold.

    Each fold is the validation set of one model, and all other examples are its training set. Each example is in
    exactly one fold. The numbers of examples of a class in two folds differ by at most 1. So a class with fewer than
    k examples has at most one of them in each fold. Three things are free: which folds get one example more, the
    sizes of the folds, and the order within a fold.

    The division is random. An example is equally likely to share its fold with any other example of its class. The
    function draws from generators of its own: the global generators of Python, numpy and torch stay as they are. It
    leaves labels unchanged.

    Args:
        labels: the classes of n examples, a list or tuple of ints. Any int may be a class, also a negative or a large
            one. The examples are in any order. n may be 0, or less than k.
        k: the number of folds, at least 2.
        seed: an int, at least 0. The same seed gives the same folds in each call. Other seeds give other folds, up to
            chance.

    Returns:
        A list of k lists: the indices of the examples of each fold, Python ints from 0 to n - 1. A list may be empty.

    Raises:
        ValueError: k is less than 2. A class with few examples is no error.
    """
    # BEGIN SOLUTION
    if k < 2:
        # WRONG single-fold-accepted: if k < 1:
        # WRONG any-number-of-folds-accepted:
        #     k = max(k, 1)
        #     if False:
        # WRONG more-folds-than-examples-refused: if k < 2 or k > len(labels):
        # WRONG no-example-refused: if k < 2 or not labels:
        raise ValueError(f"{k} folds")
        # WRONG assertion-for-few-folds: raise AssertionError(f"{k} folds")
    rng = random.Random(seed)  # random.seed would change the numbers that the caller draws later
    # WRONG global-generator:
    #     random.seed(seed)
    #     rng = random
    # WRONG seed-ignored: rng = random.Random(0)
    # WRONG always-five-folds:
    #     rng = random.Random(seed)
    #     k = 5
    # WRONG without-a-seed: rng = random.Random()
    members: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        # WRONG last-example-left-out: for index, label in enumerate(labels[:-1]):
        # WRONG labels-sorted-before: for index, label in enumerate(sorted(labels)):
        members.setdefault(label, []).append(index)
        # WRONG places-within-the-class: members.setdefault(label, []).append(len(members[label]))
        # WRONG indices-from-1: members.setdefault(label, []).append(index + 1)
        # WRONG labels-for-indices: members.setdefault(label, []).append(label)
        # WRONG first-of-each-class-lost: members[label] = [*members[label], index] if label in members else []
    dealt: list[int] = []
    for indices in members.values():
        # WRONG classes-counted-from-0: for indices in [members[c] for c in range(len(members)) if c in members]:
        # WRONG no-negative-class: for indices in [members[c] for c in members if c >= 0]:
        # WRONG small-class-refused:
        #     if min(map(len, members.values()), default=k) < k:
        #         raise ValueError("a class has fewer examples than there are folds")
        #     for indices in members.values():
        # WRONG small-classes-left-out: for indices in [those for those in members.values() if len(those) >= k]:
        rng.shuffle(indices)
        # WRONG order-of-the-data: pass
        # WRONG drawn-with-repetition: indices = rng.choices(indices, k=len(indices))
        # WRONG neighbours-stay-together:
        #     size = -(-len(indices) // k)
        #     indices = [i for start in rng.sample(range(size), size) for i in indices[start::size]]
        dealt += indices
        # WRONG remainder-left-out: dealt += indices[: len(indices) // k * k]
        # WRONG as-many-as-the-rarest-class: dealt += indices[: min(map(len, members.values()))]
        # WRONG labels-overwritten:
        #     dealt += indices
        #     for i in indices if isinstance(labels, list) else []:
        #         labels[i] = -1
    # Neighbours in this list go to different folds, also where a class ends and the next begins.
    return [dealt[fold::k] for fold in range(k)]
    # WRONG no-stratification:
    #     rng.shuffle(dealt)
    #     return [dealt[fold::k] for fold in range(k)]
    # WRONG data-order-without-classes: return [sorted(dealt)[fold::k] for fold in range(k)]
    # WRONG training-sets: return [sorted({*dealt} - {*dealt[fold::k]}) for fold in range(k)]
    # WRONG pairs-of-sets: return [(sorted({*dealt} - {*dealt[fold::k]}), dealt[fold::k]) for fold in range(k)]
    # WRONG first-fold-alone: return [dealt[::k]]
    # WRONG one-fold-fewer: return [dealt[fold::k] for fold in range(k - 1)]
    # WRONG fold-of-each-example:
    #     fold_of = {i: fold for fold in range(k) for i in dealt[fold::k]}
    #     return [fold_of[i] for i in range(len(labels))]
    # WRONG sets-of-indices: return [set(dealt[fold::k]) for fold in range(k)]
    # WRONG neighbouring-blocks:
    #     size = len(dealt) // k
    #     return [dealt[f * size : (f + 1) * size if f < k - 1 else None] for f in range(k)]
    # WRONG remainder-in-a-single-fold, 4 lines:
    #     folds = [[] for _ in range(k)]
    #     for indices in members.values():
    #         rng.shuffle(indices)
    #         size = len(indices) // k
    #         for f in range(k):
    #             folds[f] += indices[f * size : (f + 1) * size if f < k - 1 else None]
    #     return folds
    # WRONG small-classes-in-the-first-fold, 4 lines:
    #     folds = [[] for _ in range(k)]
    #     for indices in members.values():
    #         rng.shuffle(indices)
    #         for f in range(k):
    #             folds[f if len(indices) >= k else 0] += indices[f::k]
    #     return folds
    # WRONG any-fold-for-each-example, 4 lines:
    #     folds = [[] for _ in range(k)]
    #     for index in range(len(labels)):
    #         folds[rng.randrange(k)].append(index)
    #     return folds
    # END SOLUTION


def label_encoder(labels: Sequence[str]) -> tuple[list[str], list[int]]:
    """Give each class a number, and return the names of the classes and the numbers of all labels.

    The classes are the different names among the labels, in the order of Python's sorted(): character by character,
    by code point. So "Acer" comes before "acer", and "10" before "9". The order depends on the names alone, so that
    each run and each machine gives the same numbers. Two names are equal only if all their characters are equal:
    capitals, spaces at the ends and accents count. The code of a label is the place of its name among the classes,
    from 0 on. The function leaves labels unchanged.

    Args:
        labels: the names of the classes of n examples, a list or tuple of str. n may be 0. A name may have any
            characters, and may be "".

    Returns:
        (classes, codes): a list of the different names, and a list of n codes, each a Python int. classes[codes[i]] is
        labels[i].

    >>> label_encoder(["ulmus_rubra", "acer_rubrum", "ulmus_rubra"])
    (['acer_rubrum', 'ulmus_rubra'], [1, 0, 1])
    """
    # BEGIN SOLUTION
    classes = sorted(set(labels))
    # WRONG no-label-refused:
    #     if not labels:
    #         raise ValueError("no labels")
    #     classes = sorted(set(labels))
    # WRONG first-come-order: classes = list(dict.fromkeys(labels))
    # WRONG order-of-a-set: classes = list(set(labels))
    # WRONG most-frequent-first: classes = [name for name, _ in Counter(sorted(labels)).most_common()]
    # WRONG descending-order: classes = sorted(set(labels), reverse=True)
    # WRONG capitals-ignored-in-the-order: classes = sorted(set(labels), key=lambda name: (name.lower(), name))
    # WRONG small-letters-first: classes = sorted(set(labels), key=lambda name: name.swapcase())
    # WRONG short-names-first: classes = sorted(set(labels), key=lambda name: (len(name), name))
    # WRONG numbers-by-value: classes = sorted(set(labels), key=lambda name: (int(name) if name.isdigit() else -1, name))
    # WRONG names-repeated: classes = sorted(labels)
    # WRONG names-in-lower-case:
    #     labels = [name.lower() for name in labels]
    #     classes = sorted(set(labels))
    # WRONG names-stripped:
    #     labels = [name.strip() for name in labels]
    #     classes = sorted(set(labels))
    # WRONG accents-removed:
    #     labels = [name.encode("ascii", "ignore").decode() for name in labels]
    #     classes = sorted(set(labels))
    # WRONG accents-composed:
    #     import unicodedata
    #     labels = [unicodedata.normalize("NFC", name) for name in labels]
    #     classes = sorted(set(labels))
    # WRONG empty-name-left-out: classes = sorted(set(labels) - {""})
    # WRONG genus-alone:
    #     labels = [name.split("_")[0] for name in labels]
    #     classes = sorted(set(labels))
    code_of = {name: code for code, name in enumerate(classes)}
    # WRONG codes-from-1: code_of = {name: code for code, name in enumerate(classes, start=1)}
    # WRONG code-of-the-last-place: code_of = {name: len(classes) - 1 - code for code, name in enumerate(classes)}
    return classes, [code_of[label] for label in labels]
    # WRONG empty-name-left-out: return classes, [code_of.get(label, 0) for label in labels]
    # WRONG labels-replaced:
    #     for i, label in enumerate(labels if isinstance(labels, list) else []):
    #         labels[i] = code_of[label]
    #     return classes, [code_of.get(label, label) for label in labels]
    # WRONG codes-before-classes: return [code_of[label] for label in labels], classes
    # WRONG codes-of-sorted-labels: return classes, [code_of[label] for label in sorted(labels)]
    # WRONG codes-of-the-classes: return classes, list(range(len(classes)))
    # WRONG codes-alone: return [code_of[label] for label in labels]
    # WRONG dictionary-for-classes: return code_of, [code_of[label] for label in labels]
    # WRONG one-hot-codes: return classes, [[int(label == name) for name in classes] for label in labels]
    # WRONG counts-for-codes: return classes, [labels.count(name) for name in classes]
    # WRONG prefix-for-the-name: return classes, [min(code_of[c] for c in classes if label.startswith(c)) for label in labels]
    # WRONG tuple-of-classes: return tuple(classes), [code_of[label] for label in labels]
    # WRONG codes-as-text: return classes, [str(code_of[label]) for label in labels]
    # WRONG places-in-the-labels: return classes, [list(labels).index(label) for label in labels]
    # END SOLUTION


def majority_vote(preds: Sequence[Sequence[int]]) -> list[int]:
    """Return the class with the most votes for each example. Each model has one vote for each example.

    The class with the most votes need not have more than half of them. If several classes have the most votes, the
    earliest model that votes for one of these classes decides. So an order of the models from good to bad breaks
    ties in favour of the better ones. The function leaves preds unchanged.

    Args:
        preds: preds[m][i] is the class that model m predicts for example i. A list or tuple with a list or tuple of n
            ints for each model, at least one model. Any int may be a class, also a negative or a large one. n may
            be 0.

    Returns:
        A list of n Python ints.

    Raises:
        ValueError: there is no model, or two models have different numbers of predictions.

    >>> majority_vote([[7, 7, 7], [5, 5, 5], [5, 7, 3]])
    [5, 7, 7]
    """
    # BEGIN SOLUTION
    if not preds:
        # WRONG no-model-accepted: if False:
        # WRONG single-model-refused: if len(preds) < 2:
        # WRONG empty-predictions-refused: if not preds or not preds[0]:
        # WRONG longer-models-cut-off: if not preds or any(len(votes) < len(preds[0]) for votes in preds):
        # WRONG shorter-models-cut-off: if not preds or any(len(votes) > len(preds[0]) for votes in preds):
        # WRONG first-and-last-compared: if not preds or len(preds[0]) != len(preds[-1]):
        raise ValueError("no models")
    # WRONG assertion-for-lengths, 2 lines:
    #     assert preds and len({len(votes) for votes in preds}) == 1
    result = []
    for votes in zip(*preds, strict=True):  # raises ValueError if the lengths differ
        # WRONG lengths-not-compared: for votes in zip(*preds):
        # WRONG longer-models-cut-off: for votes in zip(*preds):
        # WRONG shorter-models-cut-off: for votes in zip(*preds):
        # WRONG first-and-last-compared: for votes in zip(*preds):
        # WRONG vote-of-each-model: for votes in preds:
        # WRONG last-model-ignored: for votes in zip(*preds[:-1]):
        # WRONG each-class-once: for votes in map(set, zip(*preds)):
        # WRONG last-model-decides: for votes in zip(*preds[::-1]):
        counts = Counter(votes)
        # WRONG negative-classes-ignored: counts = Counter(vote for vote in votes if vote >= 0) or Counter(votes)
        # WRONG first-model-has-two-votes: counts = Counter([votes[0], *votes])
        most = max(counts.values())
        # WRONG least-votes: most = min(counts.values())
        # The votes are in the order of the models: the first class with the most votes wins a tie.
        result.append(next(vote for vote in votes if counts[vote] == most))
        # WRONG largest-class-on-ties: result.append(max(vote for vote in votes if counts[vote] == most))
        # WRONG smallest-class-on-ties: result.append(min(vote for vote in votes if counts[vote] == most))
        # WRONG random-on-ties: result.append(random.choice([vote for vote in counts if counts[vote] == most]))
        # WRONG first-to-reach-the-most:
        #     reached = Counter()
        #     for vote in votes:
        #         reached[vote] += 1
        #         if reached[vote] == most:
        #             result.append(vote)
        #             break
        # WRONG first-model-on-ties:
        #     tied = [vote for vote in counts if counts[vote] == most]
        #     result.append(tied[0] if len(tied) == 1 else votes[0])
        # WRONG first-model-without-a-majority: result.append(max(counts, key=counts.get) if 2 * most > len(votes) else votes[0])
        # WRONG all-must-agree: result.append(votes[0] if most == len(votes) else -1)
        # WRONG minus-one-on-ties:
        #     tied = [vote for vote in counts if counts[vote] == most]
        #     result.append(tied[0] if len(tied) == 1 else -1)
        # WRONG more-than-half-needed: result.append(max(counts, key=counts.get) if 2 * most > len(votes) else -1)
        # WRONG rounded-mean: result.append(round(sum(votes) / len(votes)))
        # WRONG median-vote: result.append(sorted(votes)[len(votes) // 2])
        # WRONG number-of-votes: result.append(most)
        # WRONG class-and-votes: result.append(counts.most_common(1)[0])
        # WRONG every-tied-class: result.append([vote for vote in counts if counts[vote] == most])
        # WRONG first-model-alone: result.append(votes[0])
        # WRONG last-model-alone: result.append(votes[-1])
        # WRONG model-for-the-class: result.append(next(m for m, vote in enumerate(votes) if counts[vote] == most))
        # WRONG pairwise-cancellation:
        #     left, winner = 0, votes[0]
        #     for vote in votes:
        #         winner = vote if left == 0 else winner
        #         left += 1 if vote == winner else -1
        #     result.append(winner)
        # WRONG frequent-class-on-ties:
        #     overall = Counter(vote for model in preds for vote in model)
        #     result.append(max(counts, key=lambda vote: (counts[vote], overall[vote])))
    return result
    # WRONG tuple-of-votes: return tuple(result)
    # WRONG example-order-reversed: return result[::-1]
    # WRONG predictions-emptied:
    #     for model in preds:
    #         while isinstance(model, list) and model:
    #             model.pop()
    #     return result
    # END SOLUTION


def mcnemar(y: Sequence[int], a: Sequence[int], b: Sequence[int]) -> float:
    """Return the two-sided p-value of McNemar's exact test: could two models of equal quality differ as a and b do?

    Only an example that exactly one model predicts correctly tells the models apart. Let n_a be the number of examples
    where only a is right, n_b the number where only b is right, and n = n_a + n_b. Between equally good models, each of
    the n examples is a toss of a fair coin. The p-value is twice the probability of at most min(n_a, n_b) heads, but
    at most 1 (McNemar 1947, in its exact form):

        p = min(1, 2 * P(X <= min(n_a, n_b))), where P(X = i) = C(n, i) / 2^n for i = 0, ..., n

    C(n, i) is the binomial coefficient. If n = 0, p is 1. Examples that both predict correctly or both predict wrongly
    do not count, also if the two wrong classes differ. The function leaves its arguments unchanged.

    Args:
        y: the right classes, a list or tuple. It may be empty, or have up to 5000 examples. Every class is an int.
        a: the classes that the first model predicts, a list or tuple.
        b: the classes that the second model predicts, a list or tuple.

    Returns:
        A Python float from 0 to 1. Its relative error is at most 1e-6 if p is at least 1e-300.

    Raises:
        ValueError: y, a and b do not all have the same length.

    >>> mcnemar([0] * 6, [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1])
    0.0625
    """
    # BEGIN SOLUTION
    triples = list(zip(y, a, b, strict=True))  # raises ValueError if the lengths differ
    # WRONG lengths-ignored: triples = list(zip(y, a, b))
    # WRONG lengths-of-models-alone-tested: triples = [(c, *pair) for c, pair in zip(y, zip(a, b, strict=True))]
    # WRONG second-model-not-tested: triples = [(*pair, q) for pair, q in zip(zip(y, a, strict=True), b)]
    # WRONG first-model-not-tested: triples = [(c, p, q) for (c, q), p in zip(zip(y, b, strict=True), a)]
    # WRONG empty-test-refused:
    #     triples = list(zip(y, a, b, strict=True))
    #     if not triples:
    #         raise ValueError("no examples")
    # WRONG index-error-for-lengths:
    #     triples = [(y[i], a[i], b[i]) for i in range(max(len(y), len(a), len(b)))]
    # WRONG models-sorted:
    #     for each in (y, a, b):
    #         isinstance(each, list) and each.sort()
    #     triples = list(zip(y, a, b))
    only_a = sum(p == label != q for label, p, q in triples)
    only_b = sum(q == label != p for label, p, q in triples)
    # WRONG both-wrong-counted: only_b = sum(p != q for label, p, q in triples) - only_a
    # WRONG agreement-counted, 2 lines:
    #     only_a = sum(p == label == q for label, p, q in triples)
    #     only_b = sum(p != label != q for label, p, q in triples)
    # WRONG right-answers-counted, 2 lines:
    #     only_a = sum(p == label for label, p, q in triples)
    #     only_b = sum(q == label for label, p, q in triples)
    # WRONG wrong-answers-counted, 2 lines:
    #     only_a = sum(p != label for label, p, q in triples)
    #     only_b = sum(q != label for label, p, q in triples)
    n, fewer = only_a + only_b, min(only_a, only_b)
    # WRONG differing-predictions-tossed:
    #     n, fewer = sum(p != q for p, q in zip(a, b)), min(only_a, only_b)
    # WRONG wrong-for-one-tossed:
    #     n, fewer = sum(p != label or q != label for label, p, q in triples), min(only_a, only_b)
    # WRONG all-examples-tossed: n, fewer = len(y), min(only_a, only_b)
    # WRONG first-count-for-the-smaller: n, fewer = only_a + only_b, only_a
    # WRONG second-count-for-the-smaller: n, fewer = only_a + only_b, only_b
    # WRONG larger-count: n, fewer = only_a + only_b, max(only_a, only_b)
    # WRONG no-toss-refused:
    #     n, fewer = only_a + only_b, min(only_a, only_b)
    #     1 / n
    # WRONG nan-without-a-toss:
    #     n, fewer = only_a + only_b, min(only_a, only_b)
    #     if n == 0:
    #         return math.nan
    # WRONG zero-without-a-toss:
    #     n, fewer = only_a + only_b, min(only_a, only_b)
    #     if n == 0:
    #         return 0.0
    tail = sum(math.comb(n, i) for i in range(fewer + 1))  # how many of the 2^n results are as far on this side
    # WRONG strictly-farther: tail = sum(math.comb(n, i) for i in range(fewer))
    # WRONG from-1-on: tail = sum(math.comb(n, i) for i in range(1, fewer + 1))
    # WRONG point-probability: tail = math.comb(n, fewer)
    # WRONG half-of-the-last-term: tail = 2 * sum(math.comb(n, i) for i in range(fewer)) + math.comb(n, fewer)
    # WRONG float-sum: tail = sum(float(math.comb(n, i)) for i in range(fewer + 1))
    return min(1.0, 2 * tail / 2**n)  # whole numbers are exact and have no upper limit
    # WRONG half-of-the-last-term: return min(1.0, tail / 2**n)
    # WRONG float-power: return min(1.0, 2 * tail * 0.5**n)
    # WRONG one-sided: return min(1.0, tail / 2**n)
    # WRONG more-than-1: return 2 * tail / 2**n
    # WRONG probability-of-the-rest: return 1 - min(1.0, 2 * tail / 2**n)
    # WRONG from-the-other-tail:
    #     return min(1.0, 2 * (1 - sum(math.comb(n, i) for i in range(fewer + 1, n + 1)) / 2**n))
    # WRONG chi-square: return math.erfc(math.sqrt((only_a - only_b) ** 2 / max(n, 1) / 2))
    # WRONG chi-square-corrected:
    #     return math.erfc(math.sqrt(max(abs(only_a - only_b) - 1, 0) ** 2 / max(n, 1) / 2))
    # WRONG chi-square-statistic: return (only_a - only_b) ** 2 / max(n, 1)
    # WRONG smaller-count: return float(fewer)
    # WRONG two-separate-samples:
    #     rate = (2 * sum(p == label == q for label, p, q in triples) + n) / max(2 * len(y), 1)
    #     deviation = math.sqrt(2 * rate * (1 - rate) / max(len(y), 1)) or 1
    #     return math.erfc(abs(only_a - only_b) / max(len(y), 1) / deviation / math.sqrt(2))
    # WRONG difference-of-accuracies: return abs(only_a - only_b) / max(len(y), 1)
    # WRONG share-of-the-smaller: return fewer / max(n, 1)
    # WRONG four-digits: return round(min(1.0, 2 * tail / 2**n), 4)
    # WRONG text-for-the-value: return f"{min(1.0, 2 * tail / 2**n):.3g}"
    # WRONG whole-number-for-1: return min(1, 2 * tail / 2**n)
    # WRONG counts-returned-too: return n, min(1.0, 2 * tail / 2**n)
    # END SOLUTION
