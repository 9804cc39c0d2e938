"""ch38: stratified_kfold, label_encoder."""

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
