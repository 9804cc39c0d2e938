"""ch74: BatchSampler, pad_collate, get_fashion_mnist_labels.

Checks turn random orders into values that do not depend on the random stream: an exact fact, or a rounded statistic.
"""

import itertools
import math

import numpy as np
import pytest
import torch

from dlgrade.testing import (
    close,
    minibatches_of_workers,
    promise,
    standard,
    value_or_error,
    written_from_scratch,
)


def frequencies(orders):
    """For probes: each order of three that occurs among 600, and its share, 1 if it differs by chance alone.

    Rounding takes more than five standard deviations.
    """
    found = sorted(set(map(tuple, orders)))
    return found, [round(orders.count(list(order)) / 100) for order in found]


def epoch(sampler):
    """For probes: all lists of an epoch, each as it is when it is yielded."""
    return [list(batch) if isinstance(batch, list) else batch for batch in sampler]


def numbers_of(sampler):
    """For probes: all numbers of an epoch."""
    found = []
    for batch in sampler:
        found += batch if isinstance(batch, list) else torch.as_tensor(batch).flatten().tolist()
    return found


def by_seed(sampler, seed):
    """For probes: whether the epochs are equal for equal seeds, and for two seeds; and the last epochs, sorted."""
    found = []
    for number in (seed, seed, seed + 1):
        made = sampler(number)
        found.append([numbers_of(made) for _ in range(2)])
    return found[0] == found[1], found[0] == found[2], [sorted(numbers) for numbers in found[2]]


def built(impl, *settings):
    """For probes: the number of lists of a sampler, or the name of the constructor's error."""
    sampler = value_or_error(impl.BatchSampler, *settings)
    return sampler if isinstance(sampler, str) else ["lists", value_or_error(len, sampler)]


@pytest.mark.exercise("BatchSampler")
class TestBatchSampler:
    @pytest.fixture
    def n(self, chance):
        """A number of examples between 20 and 60."""
        return chance.randint(20, 60)

    @pytest.fixture
    def uneven(self, chance):
        """n and batch_size: the last list is short."""
        size = chance.randint(4, 9)
        return size * chance.randint(2, 4) + chance.randint(1, size - 1), size

    @pytest.mark.points(2)
    def test_in_order(self, agree, chance):
        """Yields the numbers from 0 to n - 1 in order, in lists of batch_size.
        按顺序产生 0 到 n - 1，每个列表 batch_size 个。"""
        size = chance.randint(3, 6)
        n = size * chance.randint(2, 5)
        agree(lambda impl: [epoch(impl.BatchSampler(n, size, False, drop_last)) for drop_last in (False, True)])

    @pytest.mark.points(2)
    def test_short_last_list(self, agree, uneven):
        """Yields the remaining numbers as a shorter list without drop_last.
        没有 drop_last 时，剩余的数组成较短的列表。"""
        agree(lambda impl: epoch(impl.BatchSampler(*uneven, False, False)))

    @pytest.mark.points(2)
    def test_drop_last(self, agree, uneven):
        """Leaves out the shorter list with drop_last.
        有 drop_last 时，略去较短的列表。"""
        agree(lambda impl: epoch(impl.BatchSampler(*uneven, False, True)))

    @pytest.mark.points(2)
    def test_length(self, agree, chance):
        """len() is the number of lists in an epoch, with and without drop_last.
        不论有没有 drop_last，len() 都是一个迭代周期中列表的个数。"""
        size, count = chance.randint(4, 9), chance.randint(2, 9)
        sizes = [size * count, size * count + 1, size * count + size - 1, size - 1, size, 0]
        agree(lambda impl: [[len(impl.BatchSampler(n, size, False, drop)) for n in sizes] for drop in (False, True)])

    def test_no_examples(self, agree, uneven):
        """Yields nothing if n is 0.
        n 为 0 时，不产生任何列表。"""
        n, size = uneven
        flags = list(itertools.product((False, True), repeat=2))
        settings = [(0, size, *flag) for flag in flags] + [(n, size, False, False)]
        agree(lambda impl: [epoch(impl.BatchSampler(*setting)) for setting in settings])

    def test_large_and_small_lists(self, agree, chance):
        """A list may have a single number, or all numbers if batch_size is large.
        列表可以只有一个数；batch_size 很大时，包含所有的数。"""
        n = chance.randint(3, 7)
        settings = [(n, size, False, drop) for size in (1, n, n + 3) for drop in (False, True)]
        agree(lambda impl: [epoch(impl.BatchSampler(*setting)) for setting in settings])

    @pytest.mark.points(2)
    def test_every_number_once(self, agree, uneven, chance):
        """With shuffle, each number occurs exactly once in an epoch.
        有 shuffle 时，每个数在一个迭代周期中恰好出现一次。"""
        settings = [(*uneven, True, False), (chance.randint(20, 30), 1, True, True)]
        agree(lambda impl: [sorted(numbers_of(impl.BatchSampler(*setting))) for setting in settings])

    def test_sizes_of_shuffled_lists(self, agree, uneven):
        """With shuffle, too, drop_last leaves out the shorter list, and only this list.
        有 shuffle 时，drop_last 同样只略去较短的列表。"""

        def probe(impl):
            found = []
            for drop in (False, True):
                batches = epoch(impl.BatchSampler(*uneven, True, drop))
                numbers = numbers_of(batches)
                sizes = [len(batch) if isinstance(batch, list) else "no list" for batch in batches]
                found.append([sizes, len(set(numbers)), len(numbers)])
            return found

        agree(probe)

    @pytest.mark.points(2)
    def test_every_order(self, run, chance):
        """With shuffle, all orders are equally likely.
        有 shuffle 时，各种顺序出现的概率都相等。"""
        add = chance.randint(1, 1000)

        def probe(impl):
            sampler = impl.BatchSampler(3, 2, True, False)
            orders, shares = frequencies([numbers_of(sampler) for _ in range(600)])
            return [[number + add for number in order] for order in orders], shares

        orders = [[number + add for number in order] for order in itertools.permutations(range(3))]
        close(run(probe), (orders, [1] * 6))

    @pytest.mark.points(2)
    def test_new_order(self, agree, uneven):
        """With shuffle, each epoch has a new order, with and without a generator. Otherwise all have the same order.
        有 shuffle 时，不论是否给出 generator，每个迭代周期的顺序都不同；没有 shuffle 时，顺序都相同。"""
        n, size = uneven

        def probe(impl):
            same, counts = [], []
            for shuffle, seeded in itertools.product((True, False), repeat=2):
                generator = torch.Generator().manual_seed(size) if seeded else None
                sampler = impl.BatchSampler(40 + n, size, shuffle, False, generator)
                epochs = [numbers_of(sampler) for _ in range(4)]
                same += [a == b for a, b in itertools.combinations(epochs, 2)]
                counts += [len(set(numbers)) for numbers in epochs]
            return same, counts

        agree(probe)

    def test_two_iterators(self, agree, uneven, chance):
        """Two iterators at the same time do not disturb each other.
        两个迭代器同时进行，互不影响。"""
        first = chance.randint(1, 2)

        def probe(impl):
            sampler = impl.BatchSampler(*uneven, False, False)
            one = iter(sampler)
            begin = [next(one, None) for _ in range(first)]
            two = iter(sampler)
            middle = [next(two, None), len(sampler)]
            return begin, middle, list(one), list(two)

        agree(probe)

    def test_new_lists(self, agree, uneven):
        """Each list is new: all lists can be kept, and changes have no effect.
        每个列表都是新的：可以全部保留，修改它们也没有影响。"""

        def probe(impl):
            sampler = impl.BatchSampler(*uneven, False, False)
            kept = list(sampler)
            copies = epoch(kept)
            for batch in sampler:
                if isinstance(batch, list):
                    batch.clear()
            return copies, epoch(sampler)

        agree(probe)

    @pytest.mark.points(2)
    def test_generator(self, agree, n, chance):
        """Generators with the same seed give the same epochs, and those with another seed give others.
        generator 的种子相同时，各迭代周期的顺序相同；种子不同时，顺序不同。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            def sampler(number):
                torch.rand(1)
                return impl.BatchSampler(n + 20, size, True, False, torch.Generator().manual_seed(number))

            return by_seed(sampler, seed)

        agree(probe)

    def test_generator_alone(self, agree, n, chance):
        """With a generator, the global generator neither matters nor changes.
        给出 generator 时，全局的随机数生成器既不起作用，也不改变。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            found, states = [], []
            for number in (seed, seed + 1):
                torch.manual_seed(number)
                before = torch.get_rng_state()
                sampler = impl.BatchSampler(n + 20, size, True, False, torch.Generator().manual_seed(seed))
                found.append(numbers_of(sampler))
                states.append(bool((before == torch.get_rng_state()).all()))
            return states, found[0] == found[1], sorted(found[0])

        agree(probe)

    def test_global_generator(self, agree, n, chance):
        """Without a generator, torch.manual_seed repeats the epochs.
        没有 generator 时，用 torch.manual_seed 可以重现各迭代周期的顺序。"""
        size, seed = chance.randint(3, 7), chance.randint(1, 10**6)

        def probe(impl):
            def sampler(number):
                torch.manual_seed(number)
                return impl.BatchSampler(n + 20, size, True, False)

            return by_seed(sampler, seed)

        agree(probe)

    def test_impossible_sizes(self, agree, chance):
        """The constructor raises ValueError for a negative n and for a batch_size below 1.
        n 为负或 batch_size 小于 1 时，构造函数抛出 ValueError。"""
        n, size = chance.randint(10, 20), chance.randint(2, 3)
        cases = [(-1, size), (-n, size), (n, 0), (n, -size), (n, size), (n, 1), (0, size)]
        agree(lambda impl: [built(impl, *case, shuffle, False) for case in cases for shuffle in (False, True)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("pad_collate")
class TestPadCollate:
    @pytest.fixture
    def examples(self, randn, chance):
        """examples([4, 2], 3): sequences of these lengths and of this further shape, with labels."""
        return lambda lengths, *shape: [(randn(t, *shape), chance.randint(1, 99)) for t in lengths]

    @standard(promise.untouched)
    def arguments(self, examples, chance):
        return {"batch": examples(chance.sample(range(2, 6), 3), 2), "padding_value": chance.randint(1, 9)}

    @pytest.mark.points(2)
    def test_vectors(self, agree, examples, chance):
        """Pads sequences of vectors with zeros at the end, up to the longest sequence.
        在向量序列的末尾补零，使长度等于最长的序列。"""
        batch = examples(chance.sample(range(2, 8), 4), chance.randint(2, 4))
        agree(lambda impl: impl.pad_collate(batch)[0])

    @pytest.mark.points(2)
    def test_lengths_and_labels(self, agree, examples, randn, chance):
        """Returns the lengths before padding, then the labels, both int64. A sequence may contain the padding value.
        依次返回填充前的长度和标签，都是 int64。序列中可以出现填充值。"""
        batch = examples(chance.sample(range(2, 9), 5), 2)
        tokens = [(randn(t).argsort(), chance.randint(0, 9)) for t in chance.sample(range(3, 9), 4)]
        value = chance.randint(0, 2)
        agree(lambda impl: [impl.pad_collate(batch)[1:], impl.pad_collate(tokens, value)[1:]])

    @pytest.mark.points(2)
    def test_tokens(self, agree, randn, chance):
        """Pads sequences of numbers, such as tokens, and keeps int64.
        填充由数组成的序列，例如词元，dtype 仍是 int64。"""
        batch = [(randn(t).argsort() + 1, chance.randint(0, 9)) for t in chance.sample(range(2, 9), 4)]
        agree(lambda impl: impl.pad_collate(batch))

    def test_longest_anywhere(self, agree, examples, chance):
        """The longest sequence may be the first, the last, or between.
        最长的序列可以是第一个、最后一个，或在中间。"""
        lengths = sorted(chance.sample(range(2, 9), 4))
        orders = [lengths, lengths[::-1], [*lengths[:2], lengths[3], lengths[2]]]
        batches = [examples(order, 2) for order in orders]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    @pytest.mark.points(2)
    def test_padding_value(self, agree, examples, randn, chance):
        """Fills the rest with padding_value, also with a fraction, a negative number or inf.
        用 padding_value 填充，它可以是小数、负数或 inf。"""
        batch = examples(chance.sample(range(1, 7), 3), 2)
        tokens = [(randn(t).argsort(), chance.randint(0, 9)) for t in chance.sample(range(2, 9), 3)]
        values = chance.randint(1, 9) + 0.25, -chance.randint(1, 9), -math.inf
        ignored = -chance.randint(50, 150)
        agree(lambda impl: [*(impl.pad_collate(batch, value) for value in values), impl.pad_collate(tokens, ignored)])

    def test_equal_lengths(self, agree, examples, chance):
        """Adds nothing to sequences of equal lengths.
        序列长度都相等时，不填充。"""
        batch = examples([chance.randint(2, 6)] * chance.randint(2, 4), 3)
        agree(lambda impl: impl.pad_collate(batch, 7.0))

    def test_empty_sequences(self, agree, examples, chance):
        """A sequence may have the length 0, and so may all sequences.
        序列的长度可以为 0，所有序列的长度也可以都为 0。"""
        some, none = examples(chance.sample([0, 0, 2, 3, 4], 5), 2), examples([0] * chance.randint(2, 4), 3)
        agree(lambda impl: [impl.pad_collate(some, 5.0), impl.pad_collate(none, 5.0)])

    def test_single_example(self, agree, examples, chance):
        """Keeps the batch axis for a single example.
        只有一个样本时，仍保留批量轴。"""
        batches = [examples([chance.randint(2, 6)], 3), examples([1]), examples([0], 2)]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_further_axes(self, agree, examples, chance):
        """Sequences may have any number of further axes, of any size.
        序列可以有任意多个、任意大小的其余轴。"""
        a, b = chance.sample(range(2, 5), 2)
        batches = [examples(chance.sample(range(1, 5), 3), *shape) for shape in ((a, b), (1,), (b, 1, a))]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_dtypes(self, agree, examples, chance):
        """Keeps the dtype of the sequences: float64, float16, uint8 or bool.
        保持序列的 dtype：float64、float16、uint8 或 bool。"""
        batch = examples(chance.sample(range(1, 6), 3), 2)
        dtypes = torch.float64, torch.float16, torch.uint8, torch.bool
        batches = [[((9 * x).abs().to(dtype), label) for x, label in batch] for dtype in dtypes]
        agree(lambda impl: [impl.pad_collate(batch) for batch in batches])

    def test_labels(self, agree, examples, chance):
        """Labels may be any ints: 0, negative, large, and equal.
        标签可以是任意整数：0、负数、很大的数，也可以相同。"""
        large = chance.randint(2**40, 2**41)
        sequences = [x for x, _ in examples([2, 1, 3, 2, 1], 2)]
        batch = list(zip(sequences, [0, -large, large, 0, -1], strict=True))
        agree(lambda impl: impl.pad_collate(batch))

    @pytest.mark.needs("vectors")
    def test_non_contiguous(self, agree, randn, chance):
        """Sequences may be views, and the batch may be a tuple.
        序列可以是视图，batch 可以是元组。"""
        base = randn(3, 9)
        batch = tuple((base.T[start : start + 4 : 2], chance.randint(0, 9)) for start in chance.sample(range(7), 3))
        agree(lambda impl: impl.pad_collate(batch))

    @pytest.mark.needs("vectors")
    def test_memory_of_its_own(self, agree, examples, chance):
        """The result shares no memory with the sequences, also for a single example.
        结果不与序列共用内存，只有一个样本时也是如此。"""
        batches = [examples([chance.randint(2, 6)], 3), examples([3, 3], 2), examples(chance.sample(range(2, 6), 3))]

        def probe(impl):
            for batch in batches:
                impl.pad_collate(batch)[0].mul_(2)
            return batches, [impl.pad_collate(batch)[0] for batch in batches]

        agree(probe)

    @pytest.mark.needs("vectors", "lengths_and_labels")
    @pytest.mark.timeout(20)
    def test_workers(self, agree, examples, chance):
        """Serves as the collate_fn of a DataLoader with worker processes: each minibatch has its own length.
        可以作为 DataLoader 的 collate_fn，DataLoader 可以带有工作进程；每个小批量有各自的长度。"""
        batch, size = examples(chance.sample(range(1, 9), 7), 2), chance.randint(2, 3)

        def probe(impl):
            first = impl.pad_collate(batch[:1])
            return first, minibatches_of_workers(batch, batch_size=size, collate_fn=impl.pad_collate)

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("get_fashion_mnist_labels")
class TestGetFashionMnistLabels:
    @pytest.mark.points(2)
    def test_ten_names(self, agree, chance):
        """Gives the names of all ten classes, in the order of the labels.
        按标签的顺序给出全部十个类别的名称。"""
        labels = chance.sample(range(10), 10)
        agree(lambda impl: impl.get_fashion_mnist_labels(labels))

    def test_repeated_labels(self, agree, chance):
        """Gives a name for each label, also if labels repeat.
        每个标签对应一个名称，标签重复时也是如此。"""
        labels = [chance.choices(range(10), k=k) for k in (12, 3, 1)]
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in labels])

    @pytest.mark.points(2)
    def test_tensors(self, agree, chance):
        """Accepts tensors of any dtype.
        可以是任意 dtype 的张量。"""
        labels = [
            torch.tensor(chance.sample(range(10), 5), dtype=dtype)
            for dtype in (torch.int64, torch.uint8, torch.int32, torch.float32)
        ]
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in labels])

    def test_other_iterables(self, agree, chance):
        """Accepts tuples, generators and numpy arrays.
        可以是元组、生成器或 numpy 数组。"""
        a, b, c = (chance.choices(range(10), k=4) for _ in range(3))

        def probe(impl):
            kinds = tuple(a), (label for label in b), np.array(c)
            return [impl.get_fashion_mnist_labels(labels) for labels in kinds]

        agree(probe)

    def test_no_labels(self, agree, chance):
        """Gives an empty list for no labels.
        没有标签时，返回空列表。"""
        label = chance.randint(0, 9)
        nothing = [], torch.tensor([], dtype=torch.int64)
        agree(lambda impl: [impl.get_fashion_mnist_labels(some) for some in (*nothing, [label])])
