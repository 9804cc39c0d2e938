"""ch11: evaluate_loss, polynomial_features, k_fold_indices, train_val_test_split, stratified_split."""

import math
import random
from collections import Counter
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, gradient_weights, gradients, promise, raises, set_parameters, standard

INPUTS, QUARTERS = 4, (0.5, 0.25, 0.25)
WRONG_FRACTIONS = [(0.7, 0.2, 0.2), (0.7, 0.15, 0.1), (0.7, 0.15, 0.1499), (1.2, -0.1, -0.1), (-0.5, 0.75, 0.75)]


def linear(outputs=1, dtype=torch.float32):
    """A net whose parameters are always the same."""
    return set_parameters(nn.Linear(INPUTS, outputs).to(dtype), seed=0, scale=1.0)


def squares(y_hat, y):
    """The squared error of each element, without the help of torch's losses: it takes whatever broadcasts."""
    return (y_hat - y) ** 2 / 2


def mean_loss(net, data, loss=squares):
    """What evaluate_loss should give: the mean loss of the concatenated data."""
    y_hat, y = net(torch.cat([X for X, _ in data])), torch.cat([y for _, y in data])
    return loss(y_hat, y.reshape(y_hat.shape)).mean().item()


@pytest.fixture
def batches(randn):
    """Minibatches (X, y) of these sizes; the labels of each lie farther off than those of the one before."""

    def draw(*sizes, outputs=1, dtype=torch.float32):
        ends = enumerate(sizes, start=1)
        return [(randn(n, INPUTS, dtype=dtype), randn(n, outputs, dtype=dtype) + 3 * i) for i, n in ends]

    return draw


@pytest.mark.exercise("evaluate_loss")
class TestEvaluateLoss:
    @standard(promise.untouched, call=lambda impl, data: impl.evaluate_loss(linear(), data, squares))
    def arguments(self, batches):
        return {"data_iter": [(X, y.reshape(-1)) for X, y in batches(3, 2)]}

    @pytest.mark.points(2)
    def test_unequal_batches(self, run, batches):
        """Gives every example the same weight, whatever the size of its batch.
        每个样本的权重相同，与所在小批量的大小无关。"""
        data = batches(8, 8, 2)
        close(run(lambda impl: impl.evaluate_loss(linear(), data, squares)), mean_loss(linear(), data))

    @pytest.mark.points(2)
    def test_flat_labels(self, run, batches):
        """Reshapes labels (n,) to predictions (n, 1), and labels (n, 1) to predictions (n,).
        标签 (n,) 可以对应预测 (n, 1)，标签 (n, 1) 也可以对应预测 (n,)。"""
        data = batches(5, 3)
        flat = [(X, y.reshape(-1)) for X, y in data]

        def probe(impl):
            net = linear()
            return impl.evaluate_loss(net, flat, squares), impl.evaluate_loss(lambda X: net(X)[:, 0], data, squares)

        close(run(probe), [mean_loss(linear(), data)] * 2)

    def test_several_outputs(self, run, batches):
        """Averages over all elements of predictions (n, 3).
        预测的形状为 (n, 3) 时，对所有元素求平均。"""
        data = batches(6, 2, outputs=3)
        close(run(lambda impl: impl.evaluate_loss(linear(3), data, squares)), mean_loss(linear(3), data))

    def test_losses_of_torch(self, run, batches):
        """Accepts the losses of torch with reduction="none".
        可以使用 torch 中 reduction="none" 的损失函数。"""
        data, losses = batches(4, 7), [nn.MSELoss(reduction="none"), nn.L1Loss(reduction="none")]
        found = run(lambda impl: [impl.evaluate_loss(linear(), data, loss) for loss in losses])
        close(found, [mean_loss(linear(), data, loss) for loss in losses])

    def test_loss_of_a_batch(self, run, batches):
        """Counts each batch once if the loss is a single number for a batch.
        损失函数对每个小批量只给出一个数时，每个小批量计一次。"""
        data = batches(6, 2, 1)
        expected = [mean_loss(linear(), [pair], nn.MSELoss()) for pair in data]
        close(run(lambda impl: impl.evaluate_loss(linear(), data, nn.MSELoss())), sum(expected) / len(expected))

    def test_order_of_arguments(self, run, batches):
        """Calls the loss with the prediction first and the label second.
        调用损失函数时，预测在前，标签在后。"""
        data = batches(6, 3)

        def above(y_hat, y):
            return (y_hat - y).clamp(min=0) + 3 * (y - y_hat).clamp(min=0)

        close(run(lambda impl: impl.evaluate_loss(linear(), data, above)), mean_loss(linear(), data, above))

    def test_read_once(self, run, batches):
        """Accepts an iterator, which has no length and can be read only once.
        可以传入迭代器：它没有长度，只能读取一次。"""
        data = batches(5, 4, 1)
        close(run(lambda impl: impl.evaluate_loss(linear(), iter(data), squares)), mean_loss(linear(), data))

    def test_float64(self, run, batches):
        """Accepts float64, inputs that are not contiguous in memory, and batches of one; returns a Python float.
        支持 float64，输入在内存中可以不连续，小批量可以只有一个样本；返回 Python float。"""
        X, y = batches(3, dtype=torch.float64)[0]
        columns = X.t().contiguous().t()
        data = list(zip(columns.split(1), y.split(1), strict=True))
        net = linear(dtype=torch.float64)
        found = run(lambda impl: (loss := impl.evaluate_loss(net, data, squares), type(loss).__name__))
        close(found, (mean_loss(net, data), "float"))

    @pytest.mark.bonus
    def test_evaluation_mode(self, run, batches):
        """Puts a module into evaluation mode, so that dropout drops nothing.
        把模块设为评估模式，使暂退法不起作用。"""
        data = batches(5, 3)
        found = run(lambda impl: impl.evaluate_loss(nn.Sequential(nn.Dropout(p=1.0), linear()), data, squares))
        close(found, mean_loss(linear(), data))

    @pytest.mark.needs("unequal_batches")
    @pytest.mark.bonus
    def test_no_graph(self, run, batches):
        """Records no graph.
        不记录计算图。"""
        data = batches(6, 3)

        def probe(impl):
            net, seen = linear(), []
            net.register_forward_hook(lambda *call: seen.append(call[-1].requires_grad))
            return impl.evaluate_loss(net, data, squares), any(seen), torch.is_grad_enabled()

        close(run(probe), (mean_loss(linear(), data), False, True))


def monomials(x, count):
    """x^i / i! in double precision, column by column."""
    wide = x.double().reshape(-1)
    return torch.stack([wide**i / float(math.factorial(i)) for i in range(count)], dim=1).to(x.dtype)


@pytest.fixture
def signed(randn):
    """Numbers of both signs, in turn."""
    return lambda n, dtype=torch.float32: 2 * randn(n, dtype=dtype).abs() * (-1) ** torch.arange(n)


@pytest.mark.exercise("polynomial_features")
class TestPolynomialFeatures:
    @standard(promise.untouched, promise.float64_transposed(id="float64_strided"))
    def arguments(self, signed):
        return {"x": signed(5)[:, None], "max_degree": 6}

    @pytest.mark.points(2)
    def test_columns(self, run, signed):
        """Returns (n, max_degree) with x^i / i! in column i, from i = 0 on, for positive and negative x.
        结果形状为 (n, max_degree)，第 i 列（从 0 开始）是 x^i / i!；x 可正可负。"""
        x = signed(6)
        close(run(lambda impl: [impl.polynomial_features(x, d) for d in (4, 6)]), [monomials(x, 4), monomials(x, 6)])

    def test_column_vector(self, run, signed):
        """Accepts x of shape (n, 1).
        x 的形状也可以是 (n, 1)。"""
        x = signed(5).reshape(5, 1)
        close(run(lambda impl: impl.polynomial_features(x, 4)), monomials(x, 4))

    def test_zero(self, run, randn):
        """Returns 1 in the first column and 0 in the others where x is 0.
        x 为 0 时，第一列是 1，其余各列是 0。"""
        x = torch.cat([torch.zeros(2), randn(2).abs()])
        close(run(lambda impl: impl.polynomial_features(x, 4)), monomials(x, 4))

    def test_one_column(self, run, randn):
        """Returns 1 as the only column for max_degree = 1, and 1 and x for max_degree = 2.
        max_degree = 1 时只有一列 1；max_degree = 2 时是 1 和 x 两列。"""
        x = randn(4) + 3
        found = run(lambda impl: [impl.polynomial_features(x, d) for d in (1, 2)])
        close(found, [torch.ones(4, 1), torch.stack([torch.ones(4), x], 1)])

    def test_large_input(self, run, randn):
        """Returns 20 right columns for x near 200, although the powers do not fit into float32.
        x 接近 200 时，20 列都正确，尽管 x 的幂超出了 float32 的范围。"""
        x = 200 + randn(3)
        close(run(lambda impl: impl.polynomial_features(x, 20)), monomials(x, 20))

    def test_many_columns(self, run, randn):
        """Returns 25 right columns, although 24! does not fit into int64.
        25 列都正确，尽管 24! 超出了 int64 的范围。"""
        x = 10 + randn(3, dtype=torch.float64)
        close(run(lambda impl: impl.polynomial_features(x, 25)), monomials(x, 25))

    def test_one_example(self, run, randn):
        """Accepts a single example, as (1,) and as (1, 1).
        可以只有一个样本，形状为 (1,) 或 (1, 1)。"""
        x = randn(1).abs() + 1
        found = run(lambda impl: [impl.polynomial_features(x, 4), impl.polynomial_features(x[:, None], 4)])
        close(found, [monomials(x, 4)] * 2)

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gives the right gradient, also at x = 0: the derivative of a column is the previous column.
        梯度正确，在 x = 0 处也是如此：每一列的导数是它的前一列。"""
        x = torch.cat([torch.zeros(1, dtype=torch.float64), 2 * randn(5, dtype=torch.float64)])
        weights = gradient_weights(torch.zeros(6, 5, dtype=torch.float64))
        expected = (weights[:, 1:] * monomials(x, 4)).sum(1)
        close(run(lambda impl: gradients(lambda x: impl.polynomial_features(x, 5), x)), [expected])


def folds(n, k):
    """What k_fold_indices should give, by numpy's array_split."""
    everything = np.arange(n)
    return [(np.setdiff1d(everything, fold).tolist(), fold.tolist()) for fold in np.array_split(everything, k)]


@pytest.fixture
def uneven(chance):
    """A number of examples that k does not divide, and k."""
    return lambda k: (k * chance.randint(1, 20) + chance.randint(1, k - 1), k)


@pytest.mark.exercise("k_fold_indices")
class TestKFoldIndices:
    @pytest.mark.points(2)
    def test_equal_folds(self, run, chance):
        """Cuts the examples into two or more folds of the same size, in order.
        按顺序把样本分成大小相同的两折或更多折。"""
        sizes = [(k * chance.randint(2, 20), k) for k in (2, chance.randint(3, 6))]
        close(run(lambda impl: [impl.k_fold_indices(n, k) for n, k in sizes]), [folds(n, k) for n, k in sizes])

    @pytest.mark.points(2)
    def test_remainder(self, run, uneven):
        """Gives each of the first n % k folds another example if k does not divide n.
        k 不能整除 n 时，前 n % k 折各多一个样本。"""
        sizes = [uneven(k) for k in (3, 4, 5, 2)]
        close(run(lambda impl: [impl.k_fold_indices(n, k) for n, k in sizes]), [folds(n, k) for n, k in sizes])

    def test_validated_once(self, run, uneven):
        """Puts every example into exactly one validation set.
        每个样本恰好在一个验证集中。"""
        for n, k in (uneven(3), (9, 3), uneven(5)):
            found = run(lambda impl, n=n, k=k: impl.k_fold_indices(n, k))
            close(sorted(i for _, valid in found for i in valid), list(range(n)))

    def test_no_leakage(self, run, uneven):
        """Trains on exactly the examples that are not in the validation set.
        训练集恰好由不在验证集中的样本组成。"""
        for n, k in (uneven(3), (9, 3), uneven(5)):
            for train, valid in run(lambda impl, n=n, k=k: impl.k_fold_indices(n, k)):
                both = sorted(set(train) & set(valid))
                expect(not both, f"A fold trains on {both} and validates on it.", f"某一折既用 {both} 训练又用它验证。")
                close(sorted(train + valid), list(range(n)))

    def test_leave_one_out(self, run, chance):
        """Makes validation sets of one example for k = n.
        k = n 时，每个验证集只有一个样本。"""
        sizes = chance.randint(3, 30), 2
        expected = [([i for i in range(n) if i != held_out], [held_out]) for n in sizes for held_out in range(n)]
        close(run(lambda impl: [pair for n in sizes for pair in impl.k_fold_indices(n, n)]), expected)

    @pytest.mark.needs("equal_folds")
    def test_refused(self, run, chance, uneven):
        """Raises ValueError if k is less than 2 or more than n.
        k 小于 2 或大于 n 时，抛出 ValueError。"""
        n, right = chance.randint(3, 9), uneven(3)
        wrong = [(n, 1), (1, 1), (n, 0), (n, n + 1), (3, n + 10)]

        def probe(impl):
            refused = [raises(lambda n=n, k=k: impl.k_fold_indices(n, k), ValueError) for n, k in wrong]
            return refused, impl.k_fold_indices(*right)

        close(run(probe), ([True] * len(wrong), folds(*right)))


@pytest.fixture
def quarter(chance):
    """A quarter of the examples, or of a class."""
    return chance.randint(5, 50)


def fair(counts, draws, probability):
    """Require that these counts of so many draws are within six standard deviations of what the probability says."""
    deviation = (draws * probability * (1 - probability)) ** 0.5
    even = all(abs(count - draws * probability) < 6 * deviation for count in counts)
    en = f"In {draws} splits, some examples are in some places far too often or too rarely."
    expect(even, en, f"{draws} 次划分中，有些样本出现在某些位置的次数明显偏多或偏少。")


def divided(parts, sizes):
    """Require lists of these sizes that together hold every index once."""
    expect(
        [len(part) for part in parts] == list(sizes),
        f"The lists have {[len(part) for part in parts]} elements; expected {list(sizes)}.",
        f"各列表有 {[len(part) for part in parts]} 个元素，应为 {list(sizes)}。",
    )
    counts = Counter(index for part in parts for index in part)
    wrong = [i for i in range(sum(sizes)) if counts[i] != 1]
    expect(
        not wrong, f"Each index should be in exactly one list; these are not: {wrong[:10]}.",
        f"每个下标应恰好出现在一个列表中；以下下标不是：{wrong[:10]}。",
    )  # fmt: skip


def splits(split, *args):
    """What `split` gives by itself and for some seeds, with other random numbers drawn between the calls."""
    found = []
    for seed in ({}, {"seed": 0}, {"seed": 1}, {"seed": 2}, {"seed": 1}):
        found.append(split(*args, **seed))
        random.random(), np.random.rand(), torch.rand(1)
    return found


def by_seed(found):
    """Require that these differ by seed, and by nothing else; the split of seed 2."""
    default, zero, one, two, again = [[sorted(part) for part in parts] for parts in found]
    close([default, one], [zero, again])
    expect(zero != one != two != zero, "Different seeds give the same split.", "不同的种子得到了相同的划分。")
    return two


@pytest.mark.exercise("train_val_test_split")
class TestTrainValTestSplit:
    @pytest.mark.points(2)
    def test_default_fractions(self, run, quarter):
        """Splits all examples into 70, 15 and 15 percent by default, with no example twice.
        默认把全部样本按 70%、15%、15% 划分，没有样本重复出现。"""
        for twenties in (1, quarter):
            parts = run(lambda impl, n=20 * twenties: impl.train_val_test_split(n))
            divided(parts, (14 * twenties, 3 * twenties, 3 * twenties))

    @pytest.mark.points(2)
    def test_rounding(self, run, chance):
        """Rounds the sizes of validation and test set down; the training set gets the rest.
        验证集和测试集的大小向下取整，其余样本都归训练集。"""
        for n in (2, 3, 5, 7, 8, chance.randint(9, 99)):
            parts = run(lambda impl, n=n: impl.train_val_test_split(n, (0.25, 0.5, 0.25)))
            divided(parts, (n - n // 2 - n // 4, n // 2, n // 4))

    def test_disjoint(self, run, quarter):
        """Makes sets without common examples, so that no example is used for both choice and test.
        三个集合两两没有公共样本：用来选择模型的样本不能再用来测试。"""
        train, valid, test = run(lambda impl: impl.train_val_test_split(4 * quarter, QUARTERS, seed=3))
        for one, other in ((train, valid), (train, test), (valid, test)):
            both = sorted(set(one) & set(other))
            expect(one and not both, f"Two sets share the examples {both}.", f"两个集合有公共样本 {both}。")
        divided((train, valid, test), (2 * quarter, quarter, quarter))

    def test_one_example(self, run, quarter):
        """Puts a single example into the training set.
        只有一个样本时，它归训练集。"""
        one, many = run(lambda impl: [impl.train_val_test_split(n, QUARTERS) for n in (1, 4 * quarter)])
        divided(many, (2 * quarter, quarter, quarter))
        close(one, ([0], [], []))

    def test_nothing_for_a_part(self, run, quarter):
        """Returns an empty list for a fraction of 0.
        比例为 0 时，得到空列表。"""
        n = 4 * quarter
        for shares in ((0.75, 0.25, 0.0), (0.75, 0.0, 0.25), (0.0, 0.5, 0.5), (1.0, 0.0, 0.0)):
            divided(run(lambda impl, f=shares: impl.train_val_test_split(n, f)), [int(n * share) for share in shares])

    def test_shuffled(self, run, chance):
        """Gives every example the same chance of every place in the three lists, over many seeds.
        换很多个种子时，每个样本出现在三个列表中每个位置的机会相同。"""
        draws = chance.randint(400, 600)
        found = run(lambda impl: [list(chain(*impl.train_val_test_split(8, QUARTERS, s))) for s in range(draws)])
        counts = torch.stack([torch.tensor([split.count(i) for split in zip(*found, strict=True)]) for i in range(8)])
        close(counts.sum(0), torch.full((8,), draws))
        fair(counts.flatten().tolist(), draws, 1 / 8)

    def test_seed(self, run, quarter):
        """Returns a split that depends on the seed alone, not on earlier draws; the default seed is 0.
        种子相同则划分相同，与之前抽取过什么无关；种子不同则划分不同；默认种子为 0。"""
        two = by_seed(run(lambda impl: splits(impl.train_val_test_split, 4 * quarter, QUARTERS)))
        divided(two, (2 * quarter, quarter, quarter))

    def test_sum_in_binary(self, run, chance):
        """Accepts fractions that sum to 1 up to rounding, and a list of fractions.
        各比例之和与 1 可以相差舍入误差，也可以用 list 给出。"""
        mixtures, n = chance.sample([(0.7, 0.2, 0.1), [0.6, 0.3, 0.1], (0.1, 0.7, 0.2)], 3), 10 * chance.randint(1, 8)

        def probe(impl):
            split = impl.train_val_test_split
            return [None if raises(lambda f=f: split(n, f), ValueError) else split(n, f) for f in mixtures]

        for parts, fractions in zip(run(probe), mixtures, strict=True):
            divided(parts, [round(n * share) for share in fractions])

    @pytest.mark.needs("default_fractions")
    def test_refused(self, run, quarter):
        """Raises ValueError for negative fractions and fractions that do not sum to 1.
        比例之和不为 1 或出现负数时，抛出 ValueError。"""

        def probe(impl):
            refused = [raises(lambda f=f: impl.train_val_test_split(8, f), ValueError) for f in WRONG_FRACTIONS]
            return refused, impl.train_val_test_split(4 * quarter, QUARTERS)

        refused, parts = run(probe)
        close(refused, [True] * len(WRONG_FRACTIONS))
        divided(parts, (2 * quarter, quarter, quarter))


def stratified(parts, labels, per_class):
    """Require a partition whose validation part has so many examples of each class."""
    train, valid = parts
    held_out = {label: sum(labels[i] == label for i in valid if 0 <= i < len(labels)) for label in set(labels)}
    expect(
        all(count == per_class for count in held_out.values()),
        f"By class the validation set has {held_out} examples; expected {per_class} of each.",
        f"验证集中各类别的样本数为 {held_out}，每个类别应有 {per_class} 个。",
    )
    divided((train, valid), (len(labels) - len(valid), len(valid)))


@pytest.mark.exercise("stratified_split")
class TestStratifiedSplit:
    @pytest.mark.points(2)
    def test_equal_classes(self, run, quarter):
        """Holds out a quarter of each of three classes of the same size, sorted or mixed.
        三个类别大小相同时，每个类别留出四分之一，无论样本按类别排好还是交错排列。"""
        for labels in ([0, 1, 2] * 4 * quarter, sorted([0, 1, 2] * 4 * quarter)):
            stratified(run(lambda impl, y=labels: impl.stratified_split(y, 0.25)), labels, quarter)

    @pytest.mark.points(2)
    def test_unequal_classes(self, run, quarter):
        """Holds out the same number of each class, which depends on the smallest class.
        每个类别留出的样本数相同，由最小的类别决定。"""
        labels = [0] * 15 * quarter + [1] * 4 * quarter + [2] * 8 * quarter
        for ratio, per_class in ((0.25, quarter), (0.5, 2 * quarter), (1.0, 4 * quarter)):
            stratified(run(lambda impl, r=ratio: impl.stratified_split(labels, r)), labels, per_class)

    def test_rounding(self, run, chance):
        """Rounds the number down.
        样本数向下取整。"""
        smallest = 2 * chance.randint(3, 30) + 1
        labels = [0, 1, 2, 3] * smallest + [0]
        for ratio in (0.5, 0.25, 0.375):
            stratified(run(lambda impl, r=ratio: impl.stratified_split(labels, r)), labels, int(smallest * ratio))

    def test_at_least_one(self, run, chance):
        """Holds out at least one example of each class, however small the ratio.
        无论比例多小，每个类别至少留出一个样本。"""
        labels = chance.sample([2, 0, 1, 3, 5, 4] * 4, 24)
        for ratio in (0.0, 0.01, 0.1):
            stratified(run(lambda impl, r=ratio: impl.stratified_split(labels, r)), labels, 1)

    def test_rare_class(self, run, chance):
        """Holds out an example of each class if the classes have 99 examples and 1.
        两个类别分别有 99 个和 1 个样本时，各留出一个。"""
        labels = chance.sample([1] + [0] * 99, 100)
        for seed in range(4):
            stratified(run(lambda impl, s=seed: impl.stratified_split(labels, 0.2, s)), labels, 1)

    def test_single_class(self, run, quarter):
        """Accepts a single class.
        可以只有一个类别。"""
        stratified(run(lambda impl: impl.stratified_split([3] * 4 * quarter, 0.25)), [3] * 4 * quarter, quarter)

    def test_any_labels(self, run, chance):
        """Accepts any whole numbers as classes, in a list or tuple.
        类别可以是任意整数，放在 list 或 tuple 中。"""
        a, b, c, d = chance.sample(range(-1000, 1000), 4)
        for labels, per_class in ((tuple(chance.sample([a, b, c, a] * 4, 16)), 2), ([a, b, c, d] * 8, 4)):
            stratified(run(lambda impl, y=labels: impl.stratified_split(y, 0.5)), labels, per_class)

    def test_same_chance(self, run, chance):
        """Holds out every example of a class with the same chance, over many seeds.
        换很多个种子时，同一类别的每个样本被留出的机会相同。"""
        draws, labels = chance.randint(400, 600), chance.sample([0, 1] * 4, 8)
        found = run(lambda impl: [impl.stratified_split(labels, 0.25, seed)[1] for seed in range(draws)])
        close([sorted(labels[i] for i in valid if i < 8) for valid in found], [[0, 1]] * draws)
        counts = Counter(i for valid in found for i in valid)
        fair([counts[i] for i in range(8)], draws, 1 / 4)

    def test_seed(self, run, chance):
        """Returns a split that depends on the seed alone, not on earlier draws; the default seed is 0.
        种子相同则划分相同，与之前抽取过什么无关；种子不同则划分不同；默认种子为 0。"""
        labels = chance.sample([0, 1, 2, 3, 4] * 12, 60)
        stratified(by_seed(run(lambda impl: splits(impl.stratified_split, labels, 0.5))), labels, 6)

    @pytest.mark.needs("equal_classes")
    def test_arguments_untouched(self, run, chance):
        """Leaves the labels unchanged.
        不修改传入的标签。"""
        labels = chance.sample([0] * 3 + [1, 2, 3] * 20, 63)
        parts, after = run(lambda impl, y=labels: (impl.stratified_split(y, 0.7), y))
        stratified(parts, labels, 2)
        close(after, labels)
