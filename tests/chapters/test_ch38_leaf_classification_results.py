"""ch38: stratified_kfold, label_encoder, majority_vote, mcnemar."""

import math
import random
from collections import Counter

import numpy as np
import pytest
import torch

from dlgrade.testing import close, promise, raises, shuffled, standard, value_or_error, words


def census(folds, n):
    """For probes: the number of folds, and how many of the n examples are missing, or are in them more than once."""
    times = Counter(index for fold in folds for index in fold)
    missing = sum(index not in times for index in range(n))
    repeated = sum(count > 1 for count in times.values())
    unknown = sum(index not in range(n) for index in times)
    return {"folds": len(folds), "all indices": sum(times.values()), "missing": missing, "repeated": repeated,
            "not an index": unknown}  # fmt: skip


def class_counts(folds, labels):
    """For probes: for each class, its numbers of examples in the folds, in ascending order."""
    found = {f"class {label}": [0] * len(folds) for label in labels}
    for place, fold in enumerate(folds):
        for index in fold:
            if index in range(len(labels)):
                found[f"class {labels[index]}"][place] += 1
    return {name: sorted(counts) for name, counts in found.items()}


def survey(folds, labels):
    """For probes: both."""
    return folds if isinstance(folds, str) else (census(folds, len(labels)), class_counts(folds, labels))


def partition(folds):
    """For probes: the folds as data, whatever their order and the order within them."""
    return sorted(sorted(fold) for fold in folds)


def even_counts(labels, k):
    """The counts of each class that differ by at most 1."""
    return {f"class {label}": [(labels.count(label) + place) // k for place in range(k)] for label in labels}


def whole(n, k):
    """The census of folds that have each of n examples once."""
    return {"folds": k, "all indices": n, "missing": 0, "repeated": 0, "not an index": 0}


def divided(run, *cases):
    """Check the folds of some labels, each with a number of folds."""

    def probe(impl):
        return [survey(value_or_error(impl.stratified_kfold, labels, k), labels) for labels, k in cases]

    close(run(probe), [(whole(len(labels), k), even_counts(labels, k)) for labels, k in cases])


@pytest.fixture
def species(generator, chance):
    """species(9, 4, 6): labels of three classes with 9, 4 and 6 examples, in no order. The first class is negative."""

    def draw(*counts):
        classes = chance.sample(range(1000), len(counts))
        classes[0] = -1 - classes[0]
        labels = [label for label, count in zip(classes, counts, strict=True) for _ in range(count)]
        return shuffled(generator, labels)

    return draw


@pytest.mark.exercise("stratified_kfold")
class TestStratifiedKfold:
    @standard(
        promise.untouched(marks=pytest.mark.needs("each_once")),
        call=lambda impl, labels, k: census(impl.stratified_kfold(labels, k), len(labels)),
    )
    def arguments(self, species, chance):
        return {"labels": species(chance.randint(9, 30), 7, 4), "k": 3}

    @pytest.mark.points(2)
    def test_each_once(self, run, species, chance):
        """Puts each example into exactly one of k folds.
        每个样本恰好属于 k 折中的一折。"""
        sizes = [chance.sample(range(7, 30), 4) for _ in range(4)]
        cases = [(species(*counts), k, seed) for counts, k, seed in zip(sizes, (2, 3, 5, 7), range(4), strict=True)]

        def probe(impl):
            return [census(impl.stratified_kfold(labels, k, seed), len(labels)) for labels, k, seed in cases]

        close(run(probe), [whole(len(labels), k) for labels, k, _ in cases])

    @pytest.mark.points(2)
    def test_class_counts(self, run, species, chance):
        """The numbers of examples of a class in two folds differ by at most 1.
        同一类别在任意两折中的样本数至多相差 1。"""
        rests = chance.sample(range(4), 3)
        cases = [[k * chance.randint(2, 5) + rest for rest in (0, 1, k - 1, *rests)] for k in (4, 5, 6)]
        divided(run, *((species(*counts), k) for counts, k in zip(cases, (4, 5, 6), strict=True)))

    def test_large_classes(self, run, species, chance):
        """Divides large classes evenly under several seeds.
        换用不同的种子，样本很多的类别也都均匀地分到各折。"""
        labels = species(*(chance.randint(200, 300) for _ in range(3)))
        k = chance.randint(7, 9)

        def probe(impl):
            found = {}
            for seed in range(3):
                counts = class_counts(impl.stratified_kfold(labels, k, seed), labels)
                for name, numbers in sorted(counts.items()):
                    even = numbers[-1] - numbers[0] <= 1 and numbers[0] > 0
                    found[f"seed {seed}, {name}"] = f"{name} is {'even' if even else 'uneven'}"
            return found

        names = sorted({f"class {label}" for label in labels})
        close(run(probe), {f"seed {seed}, {name}": f"{name} is even" for seed in range(3) for name in names})

    @pytest.mark.points(2)
    def test_small_classes(self, run, species, chance):
        """Accepts classes with fewer than k examples: at most one of them is in a fold.
        某个类别的样本少于 k 个时也不报错：每折至多有一个。"""
        divided(run, *((species(1, 2, 3, 4, 5, chance.randint(11, 30)), k) for k in (6, chance.randint(7, 9))))

    def test_few_examples(self, run, species, chance):
        """Accepts fewer examples than folds, a single class, one example and none.
        样本可以少于折数，可以只有一个类别、一个样本，也可以没有样本。"""
        divided(run, *((labels, 5) for labels in (species(2, 1), species(chance.randint(8, 20)), species(1), [])))

    @pytest.mark.needs("each_once")
    def test_same_seed(self, run, species, chance):
        """Gives the same folds for the same seed, whatever was drawn before. The default seed is 0.
        种子相同时各折相同，与之前抽取过什么无关；种子默认为 0。"""
        labels, seed = species(20, 15, chance.randint(12, 20)), chance.randint(1, 1000)

        def probe(impl):
            found = []
            for options in ((), (0,), (seed,), (seed,)):
                random.random(), np.random.rand(), torch.rand(1)
                found.append(partition(impl.stratified_kfold(labels, 4, *options)))
            again = {"without a seed and 0": found[0] == found[1], f"{seed} twice": found[2] == found[3]}
            return again, census(found[0], len(labels))

        expected = {"without a seed and 0": True, f"{seed} twice": True}, whole(len(labels), 4)
        close(run(probe), expected)

    @pytest.mark.needs("each_once")
    def test_other_seeds(self, run, species, chance):
        """Gives other folds for other seeds.
        种子不同，各折也不同。"""
        labels = species(20, 15, chance.randint(12, 20))
        seeds = chance.sample(range(1000), 6)

        def probe(impl):
            found = [partition(impl.stratified_kfold(labels, 4, seed)) for seed in seeds]
            new = len({repr(folds) for folds in found})
            return {"different divisions": new, "repeated ones": 6 - new}, census(found[0], len(labels))

        close(run(probe), ({"different divisions": 6, "repeated ones": 0}, whole(len(labels), 4)))

    @pytest.mark.points(2)
    @pytest.mark.needs("each_once")
    def test_equal_chances(self, run, generator, chance):
        """Puts an example into a fold with any other example of its class equally often, over many seeds.
        换用许多种子，一个样本与同类的其他各个样本同在一折的机会均等。"""
        labels = shuffled(generator, [7] * 9 + [3] * chance.randint(4, 30))
        places = [place for place, label in enumerate(labels) if label == 7]
        first = chance.choice(places)
        others = [place for place in places if place != first]

        def probe(impl):
            met = Counter()
            for seed in range(600):
                for fold in impl.stratified_kfold(labels, 3, seed):
                    if first in fold:
                        met.update(fold)
            # A fold has three of the nine: each of the eight others has a share of 1/4. Half of it is seven sigma.
            return {f"example {place}": round(4 * met[place] / 600) for place in others}

        close(run(probe), {f"example {place}": 1 for place in others})

    @pytest.mark.needs("each_once")
    def test_own_generator(self, run, species, chance):
        """Leaves the global generators of Python, numpy and torch as they are.
        Python、numpy 和 torch 的全局随机数生成器保持原样。"""
        labels = species(20, 15, chance.randint(12, 20))

        def probe(impl):
            folds = []

            def draw(between):
                random.seed(1), np.random.seed(1), torch.manual_seed(1)
                if between:
                    folds.extend(impl.stratified_kfold(labels, 4))
                return {"random": random.random(), "numpy": float(np.random.rand()), "torch": torch.rand(1).item()}

            before, after = draw(between=False), draw(between=True)
            return {name: before[name] == after[name] for name in before}, census(folds, len(labels))

        close(run(probe), ({"random": True, "numpy": True, "torch": True}, whole(len(labels), 4)))

    @pytest.mark.needs("each_once")
    def test_lists_of_ints(self, run, species, chance):
        """Returns a list of lists of Python ints. Accepts a tuple of labels.
        返回由列表组成的列表，元素是 Python int；标签也可以是元组。"""
        labels = tuple(species(8, chance.randint(5, 12)))

        def probe(impl):
            folds = impl.stratified_kfold(labels, 3)
            kinds = {f"{type(fold).__name__} of {type(i).__name__}" for fold in folds for i in fold}
            return type(folds).__name__, sorted(kinds), census(folds, len(labels))

        close(run(probe), ("list", ["list of int"], whole(len(labels), 3)))

    def test_few_folds(self, run, species, chance):
        """Raises ValueError if k is 1, 0 or negative.
        k 为 1、0 或负数时，抛出 ValueError。"""
        labels = species(8, chance.randint(5, 12))

        def probe(impl):
            refused = {f"k={k}": raises(lambda k=k: impl.stratified_kfold(labels, k), ValueError) for k in (1, 0, -3)}
            return refused, census(impl.stratified_kfold(labels, 2), len(labels))

        close(run(probe), ({"k=1": True, "k=0": True, "k=-3": True}, whole(len(labels), 2)))


def encoded(labels):
    """The right classes and codes, without sets and dictionaries."""
    classes = []
    for label in sorted(labels):
        if not classes or classes[-1] != label:
            classes.append(label)
    return classes, [classes.index(label) for label in labels]


def encodes(run, *cases):
    """Check the classes and codes of some labels."""
    close(run(lambda impl: [value_or_error(impl.label_encoder, case) for case in cases]), [*map(encoded, cases)])


@pytest.fixture
def leaves(generator, chance):
    """leaves(5, 20): 20 labels of 5 species, in no order; the first is of the last species."""

    def draw(classes, n):
        names = [f"{word[:3]}_{word[3:]}" for word in words(generator, classes, length=9)]
        labels = shuffled(generator, [*names, *(chance.choice(names) for _ in range(n - classes))])
        first = labels.index(max(names))
        labels[0], labels[first] = labels[first], labels[0]
        return labels

    return draw


@pytest.mark.exercise("label_encoder")
class TestLabelEncoder:
    @standard(promise.untouched)
    def arguments(self, leaves, chance):
        return {"labels": leaves(5, chance.randint(10, 20))}

    @pytest.mark.points(2)
    def test_names_and_codes(self, run, leaves, chance):
        """Returns the different names in order, and the place of each label among them.
        返回按顺序排列的各个不同的名称，以及每个标签在其中的位置。"""
        encodes(run, *(leaves(classes, chance.randint(20, 40)) for classes in (4, 9, 12)))

    def test_capitals(self, run, generator, chance):
        """Orders capitals before small letters, and does not mix them up.
        大写字母排在小写字母之前，两者不混同。"""
        names = words(generator, 4, length=5)
        labels = [*names, *(name.title() for name in names), *(name.upper() for name in names)]
        labels = shuffled(generator, labels + [chance.choice(labels) for _ in range(8)])
        encodes(run, labels)

    def test_digits(self, run, generator, chance):
        """Orders names of digits character by character: "10" before "9".
        由数字组成的名称也逐个字符比较："10" 排在 "9" 之前。"""
        numbers = [
            *chance.sample(range(2, 10), 3),
            *chance.sample(range(10, 100), 4),
            *chance.sample(range(100, 999), 4),
        ]
        labels = shuffled(generator, [str(number) for number in numbers * 2])
        encodes(run, labels)

    def test_lengths(self, run, generator, chance):
        """Tells a name from a longer name that begins with it.
        能区分一个名称与以它开头的更长的名称。"""
        genus = words(generator, 3, length=4)
        labels = [*genus, *(f"{name}_{kind}" for name in genus for kind in words(generator, 2))]
        labels = shuffled(generator, labels + [chance.choice(labels) for _ in range(9)])
        encodes(run, labels)

    def test_spaces(self, run, generator, chance):
        """Tells names apart that differ in spaces at the ends, and accepts an empty name.
        能区分只在首尾空格上不同的名称；名称可以是空字符串。"""
        a, b = words(generator, 2, length=chance.randint(3, 6))
        labels = shuffled(generator, [a, f"{a} ", f" {a}", b, f"\t{b}", f"{b}\n", "", " ", b, a, "", f" {a}"])
        encodes(run, labels)

    def test_accents(self, run, generator, chance):
        """Accepts Chinese names and accents; two ways to write an accent are two names.
        名称可以有汉字和带重音的字母；同一重音字母的两种编码方式算两个名称。"""
        a, b = words(generator, 2, length=4)
        trees = chance.sample(["银杏", "枫", "白桦", "水杉", "栎", "悬铃木"], 4)
        names = [*trees, f"é{a}", f"e\u0301{a}", f"e{a}", a, f"{b}ü", f"{b}u\u0308", b]
        labels = shuffled(generator, names + [chance.choice(names) for _ in range(7)])
        encodes(run, labels)

    def test_one_class(self, run, generator, chance):
        """Gives all labels the code 0 if there is a single class. One label is enough.
        只有一个类别时，所有编号都是 0；可以只有一个标签。"""
        a, b = words(generator, 2, length=6)
        encodes(run, [a] * chance.randint(3, 9), [b])

    def test_no_labels(self, run, leaves, chance):
        """Returns two empty lists without labels.
        没有标签时，返回两个空列表。"""
        encodes(run, [], leaves(4, chance.randint(8, 15)))

    @pytest.mark.needs("names_and_codes")
    def test_lists(self, agree, leaves, chance):
        """Returns a tuple of two lists, of strings and of Python ints. Accepts a tuple of labels.
        返回由两个列表组成的元组，一个是字符串，一个是 Python int；标签也可以是元组。"""
        labels = tuple(leaves(4, chance.randint(8, 15)))

        def probe(impl):
            classes, codes = result = impl.label_encoder(labels)
            kinds = [type(value).__name__ for value in (result, classes, codes)]
            return kinds, sorted({type(value).__name__ for value in (*classes, *codes)}), list(codes)

        agree(probe)


def voted(preds):
    """The winner of each example: the classes with the most votes, then the earliest model that chose one of them."""
    winners = []
    for i in range(len(preds[0])):
        votes = [model[i] for model in preds]
        most = max(votes.count(vote) for vote in votes)
        winners.append(next(vote for vote in votes if votes.count(vote) == most))
    return winners


@pytest.fixture
def ballots(chance):
    """ballots(5, 20, 3): predictions of 5 models for 20 examples, of 3 classes; a class may be any int."""

    def draw(models, n, classes, low=0, high=1000):
        names = chance.sample(range(low, high), classes)
        return [[chance.choice(names) for _ in range(n)] for _ in range(models)]

    return draw


@pytest.fixture
def columns(chance):
    """columns("abba", "abab"): predictions of four models for two examples; each letter is a drawn class."""

    def draw(*examples, high=100):
        preds = [[] for _ in examples[0]]
        for example in examples:
            names = dict(zip(dict.fromkeys(example), chance.sample(range(high), len(set(example))), strict=True))
            for model, letter in zip(preds, example, strict=True):
                model.append(names[letter])
        return preds

    return draw


def wins(run, *elections):
    """Check the winners of some elections."""
    close(run(lambda impl: [impl.majority_vote(preds) for preds in elections]), [voted(preds) for preds in elections])


@pytest.mark.exercise("majority_vote")
class TestMajorityVote:
    @standard(promise.untouched)
    def arguments(self, ballots, chance):
        return {"preds": ballots(5, chance.randint(6, 12), 3)}

    @pytest.mark.points(2)
    def test_majority(self, run, columns):
        """Returns the class that more than half of the models predict.
        返回超过半数的模型所预测的类别。"""
        wins(run, columns("aab", "aba", "baa", "aaa"), columns("abbab", "bbaba", "aaaab", "baaba", "abcaa", "cbabb"))

    @pytest.mark.points(2)
    def test_most_votes(self, run, columns, chance):
        """Returns the class with the most votes, also if it has no more than half of them.
        返回票数最多的类别，即使票数不超过半数。"""
        examples = ["abbcd", "abcdb", "abcbd", "aabcd", "abcdd", "abaca"]
        wins(run, columns(*chance.sample(examples, 6)), columns("abcdbbe", "cababde", "abcdeff", "bacdadea"[:7]))

    @pytest.mark.points(2)
    def test_ties(self, run, columns):
        """Among the classes with the most votes, takes that of the earliest model.
        票数最多的类别不止一个时，取其中最早的模型所投的类别。"""
        pairs = ["abba", "aabb", "abab", "aabb", "abba", "abab"]
        wins(run, columns(*pairs), columns("ab", "ab", "ab", "ab"), columns("abcabc", "abccba", "aabbcc", "abbcca"),
             columns("abc", "abc", "abc", "abc", "abc"))  # fmt: skip

    @pytest.mark.points(2)
    def test_first_model_loses(self, run, columns):
        """A tie is decided by the earliest model that votes for one of the tied classes, not by the first of all.
        票数相同时，由投给这些类别之一的最早的模型决定，不一定是第一个模型。"""
        wins(run, columns("abbcc", "abcbc", "abccb", "acbcb"), columns("abcdcd", "abccdd", "abcddc", "adcdcb"))

    def test_many_models(self, run, ballots, chance):
        """Counts the votes of many models for many examples.
        统计许多模型对许多样本的投票。"""
        wins(run, ballots(chance.randint(8, 15), chance.randint(40, 80), 4), ballots(9, 50, 8), ballots(4, 60, 2))

    def test_one_model(self, run, ballots, chance):
        """Accepts a single model, whose predictions win, and a single example.
        可以只有一个模型，这时结果就是它的预测；也可以只有一个样本。"""
        wins(run, ballots(1, chance.randint(5, 15), 6), ballots(1, 1, 1), *(ballots(m, 1, 3) for m in (2, 3, 4, 5, 6)))

    def test_any_int(self, run, ballots, chance):
        """Accepts negative and large classes.
        类别可以是负数，也可以是很大的数。"""
        wins(run, ballots(5, chance.randint(20, 30), 3, low=-9, high=0), ballots(5, 20, 3, low=10**12, high=2 * 10**12),
             ballots(7, 30, 5, low=-3, high=3))  # fmt: skip

    def test_no_examples(self, run, ballots, chance):
        """Returns an empty list without examples.
        没有样本时，返回空列表。"""
        preds = ballots(3, chance.randint(5, 9), 3)

        def probe(impl):
            return [value_or_error(impl.majority_vote, case) for case in ([[], [], []], [[]], preds)]

        close(run(probe), [[], [], voted(preds)])

    @pytest.mark.needs("majority")
    def test_lists(self, agree, ballots, chance):
        """Returns a list of Python ints. Accepts tuples.
        返回 Python int 的列表；可以传入元组。"""
        preds = tuple(tuple(model) for model in ballots(4, chance.randint(8, 12), 3))

        def probe(impl):
            winners = impl.majority_vote(preds)
            return type(winners).__name__, sorted({type(winner).__name__ for winner in winners}), list(winners)

        agree(probe)

    @pytest.mark.points(2)
    def test_lengths(self, run, ballots, chance):
        """Raises ValueError if a model has more or fewer predictions than another.
        某个模型的预测比另一个多或少时，抛出 ValueError。"""
        preds = ballots(4, chance.randint(6, 12), 3)
        cases = {}
        for m in (0, 1, 3):
            cases[f"preds[{m}] is shorter"] = [model[: len(model) - (i == m)] for i, model in enumerate(preds)]
            cases[f"preds[{m}] is longer"] = [model + [1] * (i == m) for i, model in enumerate(preds)]
        cases["preds[2] is empty"] = [*preds[:2], [], preds[3]]

        def probe(impl):
            refused = {name: value_or_error(impl.majority_vote, case) for name, case in cases.items()}
            return refused, impl.majority_vote(preds)

        refused, winners = run(probe)
        close((refused, winners), (dict.fromkeys(cases, "ValueError"), voted(preds)))

    def test_no_models(self, run, ballots, chance):
        """Raises ValueError if there is no model.
        没有模型时，抛出 ValueError。"""
        preds = ballots(3, chance.randint(6, 12), 3)

        def probe(impl):
            return value_or_error(impl.majority_vote, []), impl.majority_vote(preds)

        close(run(probe), ("ValueError", voted(preds)))


def p_value(only_a, only_b):
    """The exact p-value, from both tails of a fair coin."""
    n = only_a + only_b
    term, terms = 1, [1]
    for i in range(n):
        term = term * (n - i) // (i + 1)
        terms.append(term)
    tail = [t for i, t in enumerate(terms) if abs(2 * i - n) >= abs(only_a - only_b)]
    return sum(tail) / 2**n


@pytest.fixture
def contest(generator, chance):
    """contest(3, 9, both=5, neither=4): the labels, and predictions of two models.

    In 3 examples only a is right, in 9 only b, in 5 both, and in 4 neither. Where neither is right, their classes
    differ in every other example.
    """

    def draw(only_a, only_b, both=0, neither=0):
        rows = []
        for right_a, right_b, count in ((1, 0, only_a), (0, 1, only_b), (1, 1, both), (0, 0, neither)):
            for i in range(count):
                label, wrong, other = chance.sample(range(-5, 170), 3)
                if not right_a and not right_b:
                    rows.append((label, wrong, wrong if i % 2 else other))
                else:
                    rows.append((label, label if right_a else wrong, label if right_b else wrong))
        rows = shuffled(generator, rows)
        return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]

    return draw


def p_values(run, contest, *counts):
    """Check the p-values of contests with these counts: of a alone, b alone, both, neither."""
    cases = [contest(*case) for case in counts]
    expected = [p_value(*case[:2]) for case in counts]
    close(run(lambda impl: [impl.mcnemar(*case) for case in cases]), expected, rtol=1e-6, atol=0)


@pytest.mark.exercise("mcnemar")
class TestMcnemar:
    @standard(promise.untouched)
    def arguments(self, contest, chance):
        y, a, b = contest(chance.randint(2, 5), chance.randint(7, 9), 5, 4)
        return {"y": y, "a": a, "b": b}

    @pytest.mark.points(2)
    def test_b_better(self, run, contest, chance):
        """Returns the two-sided p-value where b is right more often.
        b 正确得更多时，返回双侧 p 值。"""
        few = [chance.randint(1, 6) for _ in range(4)]
        p_values(run, contest, *((less, less + chance.randint(2, 9), chance.randint(3, 20), 4) for less in few))

    @pytest.mark.points(2)
    def test_a_better(self, run, contest, chance):
        """Returns the same where a is right more often.
        a 正确得更多时也是如此。"""
        few = [chance.randint(1, 6) for _ in range(4)]
        p_values(run, contest, *((less + chance.randint(2, 9), less, chance.randint(3, 20), 4) for less in few))

    @pytest.mark.points(2)
    def test_both_wrong(self, run, contest, chance):
        """Ignores examples that both predict wrongly, also with different classes.
        两个模型都预测错误的样本不计入，预测的类别不同时也是如此。"""
        p_values(run, contest, *((2, chance.randint(6, 12), 0, neither) for neither in (2, 7, 20)), (6, 1, 0, 40))

    def test_both_right(self, run, contest, chance):
        """Ignores examples that both predict correctly.
        两个模型都预测正确的样本不计入。"""
        p_values(run, contest, *((2, chance.randint(6, 12), both) for both in (0, 1, 10, 200)))

    def test_never(self, run, contest, chance):
        """Accepts a model that is never right alone.
        可以有一个模型从未独自正确。"""
        p_values(run, contest, (0, chance.randint(4, 20), 5, 3), (chance.randint(4, 20), 0, 5, 3), (0, 1, 3), (1, 0))

    @pytest.mark.points(2)
    def test_equal_models(self, run, contest, chance):
        """Gives 1, and no more, if both are right alone equally often, or if the counts are neighbours.
        两者独自正确的次数相等或只差 1 时，p 值为 1，不会更大。"""
        counts = chance.sample(range(1, 30), 3)
        cases = [(count, count + more, 3, 2) for count, more in zip(counts, (0, 1, 0), strict=True)]
        p_values(
            run,
            contest,
            *cases,
            (counts[0] + 1, counts[0], 3),
            (1, 1),
            *((chance.randint(0, 4), chance.randint(8, 25), 1) for _ in range(3)),
        )

    def test_no_difference(self, run, contest, chance):
        """Gives 1 if no example tells the models apart, and without examples.
        没有样本能区分两个模型时，p 值为 1；没有样本时也是 1。"""
        counts = chance.randint(1, 4), chance.randint(7, 12)
        cases = [contest(0, 0, chance.randint(5, 20)), contest(0, 0, 0, 8), contest(0, 0, 1), contest(0, 0)]
        cases.append(contest(*counts, 3, 3))
        expected = [1.0] * 4 + [p_value(*counts)]
        close(run(lambda impl: [value_or_error(impl.mcnemar, *case) for case in cases]), expected)

    @pytest.mark.points(2)
    def test_small_p_values(self, run, contest, chance):
        """Keeps the precision of tiny p-values.
        p 值极小时，精度不变。"""
        few = chance.randint(0, 9)
        cases = [(few, chance.randint(90, 99)), (chance.randint(44, 50), 2), (3, chance.randint(45, 50))]
        cases.append((7, chance.randint(700, 900)))
        contests = [contest(*case) for case in cases]

        def probe(impl):
            found = [impl.mcnemar(*case) for case in contests]
            return [math.log(p) if isinstance(p, float) and p > 0 else p for p in found]

        close(run(probe), [math.log(p_value(*case)) for case in cases], rtol=0, atol=1e-6)

    def test_many_examples(self, run, contest, chance):
        """Accepts thousands of examples.
        可以有几千个样本。"""
        cases = [(chance.randint(540, 590), 600, 700, 300), (650, chance.randint(580, 630), 99)]
        contests = [contest(*case) for case in cases]
        found = run(lambda impl: [impl.mcnemar(*case) for case in contests])
        close(found, [p_value(*case[:2]) for case in cases], rtol=1e-6, atol=0)

    @pytest.mark.needs("b_better")
    def test_plain_float(self, agree, contest, chance):
        """Returns a Python float, also for 1. Accepts tuples.
        返回 Python float，p 值为 1 时也是；可以传入元组。"""
        cases = [tuple(map(tuple, contest(*counts, 4, 3))) for counts in ((2, chance.randint(7, 12)), (4, 4))]

        def probe(impl):
            found = [impl.mcnemar(*case) for case in cases]
            return [type(p).__name__ for p in found], [float(p) for p in found]

        agree(probe)

    @pytest.mark.points(2)
    def test_lengths(self, run, contest, chance):
        """Raises ValueError if the lengths differ.
        长度不同时，抛出 ValueError。"""
        counts = chance.randint(1, 4), chance.randint(7, 12)
        y, a, b = contest(*counts, 5, 5)
        cases = {
            "y is shorter": (y[:-1], a, b), "a is shorter": (y, a[:-1], b), "b is shorter": (y, a, b[:-1]),
            "y is longer": ([*y, 1], a, b), "a is longer": (y, [*a, 1], b), "b is longer": (y, a, [*b, 1]),
            "a is empty": (y, [], b), "y is empty": ([], a, b),
        }  # fmt: skip

        def probe(impl):
            return {name: value_or_error(impl.mcnemar, *case) for name, case in cases.items()}, impl.mcnemar(y, a, b)

        close(run(probe), (dict.fromkeys(cases, "ValueError"), p_value(*counts)))
