"""ch11: evaluate_loss, polynomial_features, k_fold_indices, train_val_test_split, stratified_split."""

import math
import random
from collections import Counter
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, gradients, promise, raises, set_parameters, standard

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
        """Weighs every example alike, whatever the size of its batch.
        每个样本的权重相同，与所在批量的大小无关。"""
        data = batches(8, 8, 2)
        close(run(lambda impl: impl.evaluate_loss(linear(), data, squares)), mean_loss(linear(), data))

    @pytest.mark.points(2)
    def test_flat_labels(self, run, batches):
        """Brings labels (n,) to predictions (n, 1), and labels (n, 1) to predictions (n,) of a plain function.
        标签 (n,) 与预测 (n, 1)、标签 (n, 1) 与普通函数给出的预测 (n,) 均能对应。"""
        data = batches(5, 3)
        flat = [(X, y.reshape(-1)) for X, y in data]

        def probe(impl):
            net = linear()
            return impl.evaluate_loss(net, flat, squares), impl.evaluate_loss(lambda X: net(X)[:, 0], data, squares)

        close(run(probe), [mean_loss(linear(), data)] * 2)

    def test_several_outputs(self, run, batches):
        """Averages over all elements of predictions of several numbers, (n, 3).
        预测为多个数 (n, 3) 时，对所有元素求平均。"""
        data = batches(6, 2, outputs=3)
        close(run(lambda impl: impl.evaluate_loss(linear(3), data, squares)), mean_loss(linear(3), data))

    def test_losses_of_torch(self, run, batches):
        """Takes torch's losses with reduction="none".
        可使用 torch 中 reduction="none" 的损失函数。"""
        data, losses = batches(4, 7), [nn.MSELoss(reduction="none"), nn.L1Loss(reduction="none")]
        found = run(lambda impl: [impl.evaluate_loss(linear(), data, loss) for loss in losses])
        close(found, [mean_loss(linear(), data, loss) for loss in losses])

    def test_loss_of_a_batch(self, run, batches):
        """A loss that gives one number for a batch counts each batch once.
        损失函数对每个批量只给出一个数时，每个批量计一次。"""
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
        """Takes batches from an iterator, which has no length and can be read only once.
        可接受迭代器：它没有长度，只能读取一次。"""
        data = batches(5, 4, 1)
        close(run(lambda impl: impl.evaluate_loss(linear(), iter(data), squares)), mean_loss(linear(), data))

    def test_float64(self, run, batches):
        """Takes float64, non-contiguous inputs and batches of one; returns a Python float.
        可接受 float64、非连续的输入和只有一个样本的批量；返回 Python 浮点数。"""
        X, y = batches(3, dtype=torch.float64)[0]
        columns = X.t().contiguous().t()
        data = list(zip(columns.split(1), y.split(1), strict=True))
        net = linear(dtype=torch.float64)
        found = run(lambda impl: (loss := impl.evaluate_loss(net, data, squares), type(loss).__name__))
        close(found, (mean_loss(net, data), "float"))

    @pytest.mark.bonus
    def test_evaluation_mode(self, run, batches):
        """Puts a module into evaluation mode, so that dropout drops nothing.
        把模块设为评估模式，使 dropout 不起作用。"""
        data = batches(5, 3)
        found = run(lambda impl: impl.evaluate_loss(nn.Sequential(nn.Dropout(p=1.0), linear()), data, squares))
        close(found, mean_loss(linear(), data))

    @pytest.mark.bonus
    def test_no_graph(self, run, batches):
        """Builds no computational graph.
        不构建计算图。"""
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
        """Column i of (n, max_degree) is x^i / i!, from i = 0 on, of positive and negative x.
        结果形状为 (n, max_degree)，第 i 列（从 0 开始）是 x^i / i!；x 可正可负。"""
        x = signed(6)
        close(run(lambda impl: [impl.polynomial_features(x, d) for d in (4, 6)]), [monomials(x, 4), monomials(x, 6)])

    def test_column_vector(self, run, signed):
        """Takes the features as (n, 1), too.
        特征也可以是 (n, 1)。"""
        x = signed(5).reshape(5, 1)
        close(run(lambda impl: impl.polynomial_features(x, 4)), monomials(x, 4))

    def test_zero(self, run, randn):
        """The first column is 1, also where x is 0; the others are 0 there.
        x 为 0 时第一列也是 1，其余各列为 0。"""
        x = torch.cat([torch.zeros(2), randn(2).abs()])
        close(run(lambda impl: impl.polynomial_features(x, 4)), monomials(x, 4))

    def test_one_column(self, run, randn):
        """A single column is that of x^0, and two are 1 and x.
        只有一列时是 x^0；有两列时是 1 和 x。"""
        x = randn(4) + 3
        found = run(lambda impl: [impl.polynomial_features(x, d) for d in (1, 2)])
        close(found, [torch.ones(4, 1), torch.stack([torch.ones(4), x], 1)])

    def test_large_input(self, run, randn):
        """Twenty columns of x near 200 fit into float32, though the powers do not.
        x 接近 200 时，20 列结果都在 float32 的范围内，尽管 x 的幂不在。"""
        x = 200 + randn(3)
        close(run(lambda impl: impl.polynomial_features(x, 20)), monomials(x, 20))

    def test_many_columns(self, run, randn):
        """Twenty-five columns are right, though 24! is too large for int64.
        25 列的结果正确，尽管 24! 超出了 int64 的范围。"""
        x = 10 + randn(3, dtype=torch.float64)
        close(run(lambda impl: impl.polynomial_features(x, 25)), monomials(x, 25))

    def test_one_example(self, run, randn):
        """Takes a single example, as (1,) and as (1, 1).
        可接受单个样本，形状为 (1,) 或 (1, 1)。"""
        x = randn(1).abs() + 1
        found = run(lambda impl: [impl.polynomial_features(x, 4), impl.polynomial_features(x[:, None], 4)])
        close(found, [monomials(x, 4)] * 2)

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gives the right gradient, also at x = 0: the derivative of a column is the column before it.
        梯度正确，在 x = 0 处也是：每一列的导数是它的前一列。"""
        x = torch.cat([torch.zeros(1, dtype=torch.float64), 2 * randn(5, dtype=torch.float64)])
        weights = torch.arange(30, dtype=torch.float64).sin().reshape(6, 5)
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
        """Where k does not divide n, the first n % k folds have one example more.
        k 不能整除 n 时，前 n % k 折各多一个样本。"""
        sizes = [uneven(k) for k in (3, 4, 5, 2)]
        close(run(lambda impl: [impl.k_fold_indices(n, k) for n, k in sizes]), [folds(n, k) for n, k in sizes])

    def test_validated_once(self, run, uneven):
        """Every example is in exactly one validation set.
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
        """With k = n every validation set is one example.
        k = n 时，每个验证集只有一个样本。"""
        sizes = chance.randint(3, 30), 2
        expected = [([i for i in range(n) if i != held_out], [held_out]) for n in sizes for held_out in range(n)]
        close(run(lambda impl: [pair for n in sizes for pair in impl.k_fold_indices(n, n)]), expected)

    def test_refused(self, run, chance, uneven):
        """k less than 2 or more than n raises ValueError.
        k 小于 2 或大于 n 时抛出 ValueError。"""
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
    en = f"In {draws} splits some examples come to some places far more often than to others."
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
        """Deals out all examples, 70, 15 and 15 percent of them, and none twice.
        把全部样本按 70%、15%、15% 划分，没有样本重复出现。"""
        for twenties in (1, quarter):
            parts = run(lambda impl, n=20 * twenties: impl.train_val_test_split(n))
            divided(parts, (14 * twenties, 3 * twenties, 3 * twenties))

    @pytest.mark.points(2)
    def test_rounding(self, run, chance):
        """Validation and test set are rounded down, and the training set gets the rest.
        验证集和测试集的大小向下取整，其余样本都归训练集。"""
        for n in (2, 3, 5, 7, 8, chance.randint(9, 99)):
            parts = run(lambda impl, n=n: impl.train_val_test_split(n, (0.25, 0.5, 0.25)))
            divided(parts, (n - n // 2 - n // 4, n // 2, n // 4))

    def test_disjoint(self, run, quarter):
        """What was chosen by is not tested on: the three sets have no example in common.
        用来选模型的样本不能再用来测试：三个集合两两没有公共样本。"""
        train, valid, test = run(lambda impl: impl.train_val_test_split(4 * quarter, QUARTERS, seed=3))
        for one, other in ((train, valid), (train, test), (valid, test)):
            both = sorted(set(one) & set(other))
            expect(one and not both, f"Two sets share the examples {both}.", f"两个集合有公共样本 {both}。")
        divided((train, valid, test), (2 * quarter, quarter, quarter))

    def test_one_example(self, run, quarter):
        """A single example is for training.
        只有一个样本时归训练集。"""
        one, many = run(lambda impl: [impl.train_val_test_split(n, QUARTERS) for n in (1, 4 * quarter)])
        divided(many, (2 * quarter, quarter, quarter))
        close(one, ([0], [], []))

    def test_nothing_for_a_part(self, run, quarter):
        """A fraction of 0 gives an empty list.
        比例为 0 时得到空列表。"""
        n = 4 * quarter
        for shares in ((0.75, 0.25, 0.0), (0.75, 0.0, 0.25), (0.0, 0.5, 0.5), (1.0, 0.0, 0.0)):
            divided(run(lambda impl, f=shares: impl.train_val_test_split(n, f)), [int(n * share) for share in shares])

    def test_shuffled(self, run, chance):
        """Every example has the same chance of every place in the three lists, over many seeds.
        在许多随机种子下，每个样本出现在三个列表中每个位置的机会相同。"""
        draws = chance.randint(400, 600)
        found = run(lambda impl: [list(chain(*impl.train_val_test_split(8, QUARTERS, s))) for s in range(draws)])
        counts = torch.stack([torch.tensor([split.count(i) for split in zip(*found, strict=True)]) for i in range(8)])
        close(counts.sum(0), torch.full((8,), draws))
        fair(counts.flatten().tolist(), draws, 1 / 8)

    def test_seed(self, run, quarter):
        """The same seed gives the same split, whatever was drawn before, and other seeds give others; the default is 0.
        相同的种子得到相同的划分，与之前抽取过什么随机数无关；不同的种子得到不同的划分；默认种子为 0。"""
        two = by_seed(run(lambda impl: splits(impl.train_val_test_split, 4 * quarter, QUARTERS)))
        divided(two, (2 * quarter, quarter, quarter))

    def test_sum_in_binary(self, run, chance):
        """Takes fractions whose sum is 1 but for rounding, and takes them as a list.
        可接受仅因舍入误差而和不为 1 的比例，也可接受列表。"""
        mixtures, n = chance.sample([(0.7, 0.2, 0.1), [0.6, 0.3, 0.1], (0.1, 0.7, 0.2)], 3), 10 * chance.randint(1, 8)

        def probe(impl):
            split = impl.train_val_test_split
            return [None if raises(lambda f=f: split(n, f), ValueError) else split(n, f) for f in mixtures]

        for parts, fractions in zip(run(probe), mixtures, strict=True):
            divided(parts, [round(n * share) for share in fractions])

    def test_refused(self, run, quarter):
        """Fractions that do not sum to 1, and negative ones, raise ValueError.
        比例之和不为 1 或出现负数时抛出 ValueError。"""

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
        三个类别大小相同（按类别排好或交错排列）时，每个类别留出四分之一。"""
        for labels in ([0, 1, 2] * 4 * quarter, sorted([0, 1, 2] * 4 * quarter)):
            stratified(run(lambda impl, y=labels: impl.stratified_split(y, 0.25)), labels, quarter)

    @pytest.mark.points(2)
    def test_unequal_classes(self, run, quarter):
        """Holds out as many of each class as the smallest one affords.
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
        """Of 99 examples and 1 it holds out one each; the rare one is not left for training.
        两个类别分别有 99 个和 1 个样本时各留出一个；稀有的那个样本不留在训练集中。"""
        labels = chance.sample([1] + [0] * 99, 100)
        for seed in range(4):
            stratified(run(lambda impl, s=seed: impl.stratified_split(labels, 0.2, s)), labels, 1)

    def test_single_class(self, run, quarter):
        """Works with one class alone.
        只有一个类别时也能工作。"""
        stratified(run(lambda impl: impl.stratified_split([3] * 4 * quarter, 0.25)), [3] * 4 * quarter, quarter)

    def test_any_labels(self, run, chance):
        """Takes any whole numbers as classes, in a list or a tuple.
        类别可以是任意整数，放在列表或元组中。"""
        a, b, c, d = chance.sample(range(-1000, 1000), 4)
        for labels, per_class in ((tuple(chance.sample([a, b, c, a] * 4, 16)), 2), ([a, b, c, d] * 8, 4)):
            stratified(run(lambda impl, y=labels: impl.stratified_split(y, 0.5)), labels, per_class)

    def test_same_chance(self, run, chance):
        """Every example of a class has the same chance to be held out, over many seeds.
        在许多随机种子下，同一类别的每个样本被留出的机会相同。"""
        draws, labels = chance.randint(400, 600), chance.sample([0, 1] * 4, 8)
        found = run(lambda impl: [impl.stratified_split(labels, 0.25, seed)[1] for seed in range(draws)])
        close([sorted(labels[i] for i in valid if i < 8) for valid in found], [[0, 1]] * draws)
        counts = Counter(i for valid in found for i in valid)
        fair([counts[i] for i in range(8)], draws, 1 / 4)

    def test_seed(self, run, chance):
        """The same seed gives the same split, whatever was drawn before, and other seeds give others; the default is 0.
        相同的种子得到相同的划分，与之前抽取过什么随机数无关；不同的种子得到不同的划分；默认种子为 0。"""
        labels = chance.sample([0, 1, 2, 3, 4] * 12, 60)
        stratified(by_seed(run(lambda impl: splits(impl.stratified_split, labels, 0.5))), labels, 6)

    def test_arguments_untouched(self, run, chance):
        """Leaves the labels as they were.
        不修改标签。"""
        labels = chance.sample([0] * 3 + [1, 2, 3] * 20, 63)
        parts, after = run(lambda impl, y=labels: (impl.stratified_split(y, 0.7), y))
        stratified(parts, labels, 2)
        close(after, labels)
