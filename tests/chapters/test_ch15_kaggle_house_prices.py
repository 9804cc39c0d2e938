"""ch15: log_rmse, get_k_fold_data, standardize, one_hot, preprocess, train, k_fold.

Tables are drawn here, and what should become of them is worked out cell by cell.
"""

import math
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, promise, raises, set_parameters, standard

INPUTS = 6  # the in_features of the starter code
NAN, INF = torch.nan, torch.inf
ROUNDING = 1e-3  # of years like 1980, whose mean is exact to 1e-4 in float32
BIAS = 0.01  # a first bias, at most 0.41 and unknown here, moves the logarithm of predictions above 100 by less


def error(net, features, labels):
    """What log_rmse should give."""
    predictions, prices = net(features).detach().double().numpy(), labels.double().numpy()
    return float(np.sqrt(np.mean((np.log(np.maximum(predictions, 1)) - np.log(prices)) ** 2)))


def itself(x):
    """A net whose predictions are its inputs."""
    return x


def same(run, name, oracle, *cases, **tolerance):
    """Require that the function of this name gives what the oracle gives, case by case."""
    found = run(lambda impl: [getattr(impl, name)(*case) for case in cases])
    close(found, [oracle(*case) for case in cases], **tolerance)


@pytest.fixture
def prices(randn):
    """prices(5): a column of prices from about 100 to 10000."""
    return lambda n, dtype=torch.float32: 1000 * (randn(n, 1, dtype=dtype) / 2).exp()


@pytest.mark.exercise("log_rmse")
class TestLogRmse:
    @standard(promise.untouched, promise.float64_transposed(id="float64_strided"))
    def arguments(self, prices):
        signs = torch.tensor([[-1.0]] + [[1.0]] * 5)  # a negative prediction counts as 1
        return {"net": itself, "features": signs * prices(6), "labels": prices(6)}

    @pytest.mark.points(2)
    def test_values(self, run, prices):
        """Returns the root of the mean squared difference of the logarithms.
        返回对数之差的均方根。"""
        same(run, "log_rmse", error, (itself, prices(8), prices(8)), (itself, prices(2), prices(2)))

    @pytest.mark.points(2)
    def test_relative(self, run, prices, chance):
        """Depends on ratios only: right prices give 0, and predictions of r times each price give log r.
        只取决于比值：预测完全正确时为 0；每个价格都预测成 r 倍时，误差为 log r。"""
        labels, ends, ratio = prices(6), torch.tensor([[5.0], [5e6]]), chance.uniform(1.5, 4)
        cases = (labels, labels), (ratio * labels, labels), (2 * ends, ends)
        found = run(lambda impl: [impl.log_rmse(itself, *case) for case in cases])
        close(found, [0.0, math.log(ratio), math.log(2)], atol=1e-6)  # float32 logarithms near 10

    @pytest.mark.points(2)
    def test_clamped(self, run, prices):
        """Predictions below 1 count as 1, also negative ones.
        小于 1 的预测（包括负数）按 1 计算。"""
        predictions = torch.tensor([[-700.0], [0.0], [0.2], [1.0], [1.5], [900.0]])
        same(run, "log_rmse", error, (itself, predictions, prices(6)))

    def test_infinite(self, run, prices):
        """Returns inf if a prediction is inf, and does not cut off very large predictions.
        有一个预测为 inf 时，误差为 inf；很大的预测值不截断。"""
        X = [torch.cat([prices(3), torch.tensor([[last]])]) for last in (INF, 1e20, 20.0)]
        same(run, "log_rmse", error, (itself, X[0], X[2]), (itself, X[1], X[2]))

    def test_modules(self, run, randn, prices):
        """Accepts a module and features of several columns, also in a batch of one.
        net 可以是模块，特征可以有多列；批量中可以只有一个样本。"""
        x, net = randn(3, INPUTS), set_parameters(nn.Linear(INPUTS, 1, bias=False), 0, 3.0)
        same(run, "log_rmse", error, (net, torch.cat([x, -x]), prices(6)), (net, x[:1], prices(1)))


@pytest.fixture
def numbered(chance):
    """numbered(6, 2): features and labels that tell which row they belong to; the first row has a random number."""
    rows = torch.arange(chance.randint(1, 999), 2000.0)[:, None]
    return lambda n, columns=2: (rows[:n] * 10 + torch.arange(columns), -rows[:n])


def fold(k, i, *parts):
    """What get_k_fold_data should give, row by row."""
    size = len(parts[0]) // k
    valid = [row for row in range(size * k) if row // size == i]
    train = [row for row in range(size * k) if row not in valid]
    return tuple(part[rows] for rows in (train, valid) for part in parts)


@pytest.mark.exercise("get_k_fold_data")
class TestGetKFoldData:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, randn):
        return {"k": 3, "i": 1, "X": randn(8, 3), "y": torch.arange(8)}

    @pytest.mark.points(2)
    def test_each_fold(self, run, numbered):
        """Validates on fold i, of four or of two folds, and trains on the others in order.
        共四折或两折，用第 i 折验证，其余各折按顺序用于训练。"""
        cases = [(k, i, *numbered(3 * k)) for k in (4, 2) for i in range(k)]
        same(run, "get_k_fold_data", fold, *cases)

    @pytest.mark.points(2)
    def test_remainder(self, run, numbered):
        """Drops rows that fill no fold.
        不足一折的剩余行舍去，不属于任何集合。"""
        cases = [(k, i, *numbered(n)) for n, k in ((11, 3), (7, 2), (9, 5)) for i in range(k)]
        same(run, "get_k_fold_data", fold, *cases)

    @pytest.mark.points(2)
    def test_no_leakage(self, run, numbered):
        """Has no example in both sets, keeps features with their labels, and validates each example once.
        没有样本同时属于两个集合，特征与标签仍然对应，每个样本恰好验证一次。"""
        (X, y), seen = numbered(15), []
        for found in run(lambda impl: [impl.get_k_fold_data(5, i, X, y) for i in range(5)]):
            train, valid = [x[:, 0].tolist() for x in found[::2]]
            both = sorted(set(train) & set(valid))
            expect(not both, f"A fold trains on {both} and validates on it.", f"某一折既用 {both} 训练又用它验证。")
            close((found[1], found[3]), (-found[0][:, :1] / 10, -found[2][:, :1] / 10))
            seen += valid
        close(sorted(seen), X[:, 0].tolist())

    def test_flat_labels(self, run, numbered):
        """Accepts labels (n,), folds of a single row, and a single column of features.
        可接受形状为 (n,) 的标签、只有一行的折，以及只有一列的特征。"""
        X, y = numbered(4, columns=1)
        same(run, "get_k_fold_data", fold, (4, 2, X, y.flatten()), (4, 0, X, y))

    @pytest.mark.needs("each_fold")
    def test_one_fold(self, run, numbered):
        """Raises AssertionError for one fold or none.
        折数为 1 或更小时，抛出 AssertionError。"""
        X, y = numbered(6)

        def probe(impl):
            wrong = [raises(lambda k=k: impl.get_k_fold_data(k, 0, X, y), AssertionError) for k in (1, 0)]
            return wrong, impl.get_k_fold_data(3, 1, X, y)

        close(run(probe), ([True, True], fold(3, 1, X, y)))


def standardized(train, test):
    """What standardize should give, column by column."""
    both = torch.cat([train, test]).double().numpy()
    result = np.zeros_like(both)
    for column, found in zip(both.T, result.T, strict=True):
        known = ~np.isnan(column)
        values = column[known]
        if len(set(values)) > 1:
            found[known] = (values - values.sum() / len(values)) / values.std(ddof=1)
    return tuple(torch.from_numpy(result).to(train.dtype).split([len(train), len(test)]))


@pytest.mark.exercise("standardize")
class TestStandardize:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, randn):
        train, test = 10 * randn(5, 3), 10 * randn(2, 3)
        train[1, 1] = NAN
        return {"train": train, "test": test}

    @pytest.mark.points(2)
    def test_both_parts(self, run, randn):
        """Computes mean and standard deviation over both parts together, for each column.
        逐列计算两部分数据合在一起的均值和标准差。"""
        train, test = 3 * randn(5, 3) + 1, randn(4, 3) + torch.tensor([0, 5, -9])
        same(run, "standardize", standardized, (train, test))

    @pytest.mark.points(2)
    def test_few_rows(self, run, randn):
        """Divides by the standard deviation of a sample, which makes a difference with two or three rows.
        除以样本标准差；只有两三行时，差别明显。"""
        same(run, "standardize", standardized, (randn(2, 3), randn(1, 3)), (randn(1, 2), randn(1, 2)))

    @pytest.mark.points(2)
    def test_missing(self, run, randn):
        """Leaves missing values out of mean and deviation, and sets them to 0 afterwards.
        缺失值不计入均值和标准差，最后变为 0。"""
        train, test = randn(6, 3) + 4, randn(5, 3) - 2
        train[0, 0], train[2, 0], train[3, 1], test[1, 0], test[4, 2] = (torch.tensor(NAN),) * 5
        same(run, "standardize", standardized, (train, test))

    def test_columns_without_spread(self, run, randn):
        """Sets a column to 0, not NaN, if its known values are equal, or if it has one or none.
        某列的已知值全部相同、只有一个或一个都没有时，该列变为 0，而不是 NaN。"""
        train, test = randn(4, 4), randn(3, 4)
        train[:, 0], test[:, 0], train[2, 0] = 7.0, 7.0, NAN
        train[:, 1:3], test[:, 1:3], train[1, 1] = NAN, NAN, 5.0
        same(run, "standardize", standardized, (train, test))


def indicated(train, test):
    """What one_hot should give, cell by cell."""
    names = [*sorted({value for value in [*train, *test] if value is not None}), None]
    parts = [torch.tensor([[float(value == name) for name in names] for value in part]) for part in (train, test)]
    return *parts, names


@pytest.fixture
def letters(generator):
    """letters("cab", 5): these, then random ones of them up to 5; "-" is a missing value."""

    def draw(choice, n):
        drawn = torch.randint(len(choice), (n - len(choice),), generator=generator).tolist()
        return [None if cell == "-" else cell for cell in [*choice, *(choice[i] for i in drawn)]]

    return draw


@pytest.mark.exercise("one_hot")
class TestOneHot:
    @pytest.mark.points(2)
    def test_categories(self, run, letters):
        """Gives each category a column, in alphabetical order, and missing values the last column.
        每个类别占一列，按字母顺序排列；缺失值占最后一列。"""
        same(run, "one_hot", indicated, (letters("dab-", 9), letters("-bad", 6)))

    @pytest.mark.points(2)
    def test_only_in_test(self, run, letters):
        """Gives a category that only the test set has its own column in the alphabetical order.
        只在测试集中出现的类别也占一列，同样按字母顺序排列。"""
        same(run, "one_hot", indicated, (letters("bd", 4), letters("acde-", 7)))

    def test_missing_column(self, run, letters):
        """Has a column for missing values even if no value is missing, or all are.
        没有缺失值，或者全部缺失，都有一列表示缺失。"""
        cases = (letters("yx", 12), letters("x", 2)), ([None] * 2, [None]), ([None] * 2, letters("a-", 3))
        same(run, "one_hot", indicated, *cases)

    def test_words(self, run, chance):
        """Accepts whole words and a single row. "nan" and "" are ordinary categories.
        类别可以是单词，每部分可以只有一行；"nan" 和 "" 也是普通的类别。"""
        words = ["".join(letters) for letters in (chance.sample("BCFGHI", 4), chance.sample("LMNRSV", 4))]
        cases = [words[:1], words[1:]], (["nan", None, ""], ["Grvl", "nan"]), (["10", "9"], ["9", "Grvl"])
        same(run, "one_hot", indicated, *cases)

    @pytest.mark.needs("categories")
    def test_arguments_untouched(self, run, letters):
        """Leaves both columns unchanged, and accepts lists and tuples.
        不修改传入的两列；列表和元组都可以传入。"""
        train, test = letters("cab-", 9), letters("bc", 6)
        found = run(lambda impl: (impl.one_hot(train, test), impl.one_hot(tuple(train), tuple(test))[2], train, test))
        close(found, (indicated(train, test), indicated(train, test)[2], train, test))


@pytest.fixture
def houses(randn, letters):
    """Two tables of n and m houses: holes everywhere, a category that only the second has, prices in the first."""

    def draw(n, m):
        def part(rows, zones, alleys):
            area, year = (3 * randn(rows) + 10).tolist(), (1980 + 9 * randn(rows)).int().tolist()
            area[1], year[-1] = None, None
            return {"Zone": letters(zones, rows), "Area": area, "Alley": letters(alleys, rows), "Year": year}

        test = part(m, "CR-", "-")
        return {**part(n, "FR", "P-"), "Price": randn(n).tolist()}, dict(reversed(test.items()))

    return draw


def features(train, test):
    """What preprocess should give, column by column."""
    shared = [name for name in train if name in test]
    texts = [name for name in shared if str in map(type, (*train[name], *test[name]))]
    numbers = [name for name in shared if name not in texts]
    blocks, names = [], numbers.copy()
    for name in numbers:
        columns = [torch.tensor([[NAN if v is None else float(v)] for v in table[name]]) for table in (train, test)]
        blocks.append(standardized(*columns))
    for name in texts:
        *parts, values = indicated(train[name], test[name])
        blocks.append(parts)
        names += [f"{name}_{value or 'nan'}" for value in values]
    return *(torch.cat([block[i] for block in blocks], dim=1) for i in (0, 1)), names


@pytest.mark.exercise("preprocess")
class TestPreprocess:
    @standard(promise.untouched(atol=ROUNDING))
    def arguments(self, houses):
        return dict(zip(("train", "test"), houses(6, 5), strict=True))

    @pytest.mark.points(2)
    def test_houses(self, run, houses):
        """Returns standardised numbers first, then the indicators of all categories, without the price.
        先是标准化后的数值特征，再是各类别的指示特征；价格不是特征。"""
        one_row = [{name: column[:1] for name, column in part.items()} for part in houses(4, 4)]
        same(run, "preprocess", features, houses(9, 7), one_row, atol=ROUNDING)

    @pytest.mark.points(2)
    def test_no_leakage(self, run, houses):
        """Ignores columns that only one table has: other prices change nothing.
        只有一张表才有的列不是特征：改变价格，结果不变。"""
        train, test = houses(6, 5)
        cases = [({**train, "Price": prices}, test) for prices in ([1.0] * 6, ["?"] * 6, [None] * 6)]
        cases.append((train, {"Id": list(range(5)), **test, "Month": ["May"] * 5}))
        found = run(lambda impl: [impl.preprocess(*case) for case in cases])
        close(found, [features(train, test)] * 4, atol=ROUNDING)

    def test_numbers_only(self, run, houses):
        """Accepts tables without categories. Whole numbers and columns without any value are numeric.
        表中可以没有类别；整数是数值，没有任何值的列也算数值列。"""
        train, test = ({"Year": part["Year"], "Pool": [None] * 6, "Rooms": [None] * 6} for part in houses(6, 6))
        train["Rooms"] = [3, 5, None, 4, 7, 2]
        same(run, "preprocess", features, (train, test), atol=ROUNDING)

    def test_categories_only(self, run, houses):
        """Accepts tables without numbers. Numbers that are written as strings are categories.
        表中可以没有数值；用字符串写出的数字是类别。"""
        train, test = ({name: part[name] for name in ("Alley", "Zone")} for part in houses(6, 5))
        train["Class"], test["Class"] = ["20", "60", None, "20", "60", "20"], ["60", "180", "20", "60", "60"]
        same(run, "preprocess", features, (train, test))

    def test_strings_in_one_table(self, run, houses):
        """A column holds categories even if only one of the tables has strings in it.
        只有一张表中有字符串的列也是类别列。"""
        train, test = houses(6, 5)
        train["Pool"], test["Pool"] = [None] * 6, ["Gd", None, "Ex", None, "Gd"]
        train["Fence"], test["Fence"] = test["Pool"] + [None], [None] * 5
        same(run, "preprocess", features, (train, test), atol=ROUNDING)

    def test_missing_first(self, run, houses):
        """A column holds categories even if it begins with missing values.
        以缺失值开头的列也可以是类别列。"""
        train, test = houses(6, 5)
        train["Pool"], test["Pool"] = [None, None, "Gd", "Ex", "Gd", None], [None, "Gd", "Ex", None, "Gd"]
        same(run, "preprocess", features, (train, test), atol=ROUNDING)


def linear():
    """A net in float64 whose parameters are always the same."""
    return set_parameters(nn.Linear(INPUTS, 1).double(), seed=0)


def descend(net, data, held_out, epochs, lr, decay, steps=1):
    """Adam by its formulas, on all data at once, so many steps an epoch; the two curves."""
    parameters, curves = list(net.parameters()), ([], [])
    means, squares = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    for t in range(1, epochs * steps + 1):
        grads = torch.autograd.grad((net(data[0]) - data[1]).square().mean(), parameters)
        for i, p in enumerate(parameters):
            grad = grads[i] + decay * p.detach()
            means[i], squares[i] = 0.9 * means[i] + 0.1 * grad, 0.999 * squares[i] + 0.001 * grad**2
            p.data -= lr * means[i] / (1 - 0.9**t) / ((squares[i] / (1 - 0.999**t)).sqrt() + 1e-8)
        if t % steps == 0:
            curves[0].append(error(net, *data))
            curves[1].extend([error(net, *held_out)] if held_out else [])
    return curves


@pytest.fixture
def examples(randn):
    """examples(5): features and prices from about 2 to 20, both float64."""
    return lambda n: (randn(n, INPUTS, dtype=torch.float64), 6 * (randn(n, 1, dtype=torch.float64) / 2).exp())


@pytest.fixture
def as_adam(run):
    """Training gives the curves and the parameters of `descend`."""

    def check(data, held_out, epochs=4, lr=0.3, decay=0.0, batch_size=20, steps=1):
        def probe(impl):
            net = linear()
            curves = impl.train(net, *data, *(held_out or (None, None)), epochs, lr, decay, batch_size)
            return tuple(curves), dict(net.named_parameters())

        net = linear()
        curves = descend(net, data, held_out, epochs, lr, decay, steps)
        close(run(probe), (curves, {name: p.detach() for name, p in net.named_parameters()}))

    return check


@pytest.mark.exercise("train")
@pytest.mark.timeout(20)  # the first optimizer of a process takes torch a second, or more on a busy machine
class TestTrain:
    @standard(promise.untouched, call=lambda impl, *data: tuple(impl.train(linear(), *data, 2, 0.3, 0.0, 6)))
    def arguments(self, examples):
        names = "train_features", "train_labels", "test_features", "test_labels"
        return dict(zip(names, (*examples(6), *examples(4)), strict=True))

    @pytest.mark.points(2)
    def test_adam(self, as_adam, examples):
        """Takes the steps of Adam, and returns the log_rmse of both parts after each epoch.
        按 Adam 更新，并返回每个迭代周期之后两部分数据的 log_rmse。"""
        as_adam(examples(8), examples(5))

    def test_options(self, as_adam, examples):
        """Passes the learning rate, even 0, and the weight decay, which Adam adds to the gradient.
        把学习率（可以是 0）和权重衰减传给 Adam，后者加到梯度上。"""
        for lr, decay in ((0.05, 0.0), (0.0, 0.0), (0.3, 3.0)):
            as_adam(examples(8), examples(5), lr=lr, decay=decay)

    def test_no_test_set(self, as_adam, examples):
        """Returns an empty second list without test labels.
        没有测试标签时，第二个列表为空。"""
        as_adam(examples(8), None)

    @pytest.mark.points(2)
    def test_minibatches(self, as_adam, examples):
        """Takes a step for each minibatch, also for a short last minibatch and a single example.
        每个小批量更新一次，包括最后一个较小的小批量；也可以只有一个样本。"""
        X, y = examples(1)  # and rows all alike: then every minibatch has the same gradient
        for n, batch_size, steps in ((10, 4, 3), (6, 2, 3), (3, 1, 3), (1, 4, 1)):
            as_adam((X.expand(n, -1), y.expand(n, -1)), examples(4), 3, batch_size=batch_size, steps=steps)

    @pytest.mark.points(2)
    def test_random_order(self, run, examples):
        """Uses each example once per epoch, in minibatches, in a new order each time.
        每个迭代周期中，每个样本在小批量里恰好出现一次，每次顺序不同。"""
        X, y = examples(30)
        X[:, 0] = torch.arange(30)

        def probe(impl):
            net, seen = linear(), []
            net.register_forward_pre_hook(lambda _net, inputs: seen.append(inputs[0][:, 0].tolist()))
            curves = impl.train(net, X, y, None, None, 3, 0.0, 0.0, 8)
            batches = [batch for batch in seen if len(batch) <= 8]
            orders = [list(chain(*batches[i : i + 4])) for i in range(0, len(batches), 4)]
            shuffled = [order != other for order in orders for other in (sorted(order), *orders) if order is not other]
            return curves[0], [len(batch) for batch in batches], [sorted(order) for order in orders], shuffled

        curve = [error(linear(), X, y)] * 3
        close(run(probe), (curve, [8, 8, 8, 6] * 3, [[float(row) for row in range(30)]] * 3, [True] * 9))


def validated(k, y, epochs, lr, decay=0.0, steps=1):
    """What k_fold should give for features that are all 0, of which a net learns but a bias, near 0 at first."""
    folds = []
    for i in range(k):
        train, valid = fold(k, i, y.double())
        X = [torch.zeros(len(part), INPUTS, dtype=torch.float64) for part in (train, valid)]
        net = set_parameters(nn.Linear(INPUTS, 1).double(), seed=0, scale=0.0)
        folds.append([curve[-1] for curve in descend(net, (X[0], train), (X[1], valid), epochs, lr, decay, steps)])
    return tuple(np.mean(folds, axis=0).tolist())


@pytest.mark.exercise("k_fold")
@pytest.mark.timeout(20)
class TestKFold:
    @standard(promise.untouched, call=lambda impl, X, y: impl.k_fold(3, X, y, 1, 0.0, 0.0, 4))
    def arguments(self, prices):
        return {"X_train": torch.zeros(6, INPUTS), "y_train": prices(6)}

    @pytest.mark.points(2)
    def test_untrained(self, run, randn, prices):
        """Averages over the folds: nets that predict less than 1 have the logarithms of the prices as errors.
        对各折求平均：网络的预测小于 1 时，误差就是价格的对数。"""
        X, y = randn(12, INPUTS) / 100, prices(12) * torch.logspace(0, 4, 12)[:, None]
        found = run(lambda impl: [impl.k_fold(k, X, y, 2, 0.0, 0.0, 4) for k in (3, 4)])
        close(found, [validated(k, y, 1, 0.0) for k in (3, 4)])

    @pytest.mark.points(2)
    def test_trained(self, run, randn, chance):
        """Trains a new net for each fold without the fold, and returns the errors after the last epoch.
        为每一折训练一个新网络，训练时不用这一折；返回最后一个迭代周期之后的误差。"""
        level, factor = chance.uniform(900, 1400), chance.uniform(20, 60)
        X, y = torch.zeros(8, INPUTS), (level + 50 * randn(8, 1)) * torch.tensor([1.0] * 6 + [factor] * 2)[:, None]
        found = run(lambda impl: impl.k_fold(4, X, y, 8, 300.0, 0.0, 8))
        close(found, validated(4, y, 8, 300.0), rtol=BIAS, atol=BIAS)

    def test_options(self, run, chance):
        """Passes epochs, weight decay and batch size on to the right places.
        把迭代周期数、权重衰减和批量大小传到各自的位置。"""
        X, y = torch.zeros(6, INPUTS), torch.full((6, 1), chance.uniform(900, 1200))
        cases = (3, 400.0, 5.0, 1, 4), (2, 400.0, 0.5, 2, 2)
        found = run(lambda impl: [impl.k_fold(3, X, y, *case[:4]) for case in cases])
        close(found, [validated(3, y, *case[:3], case[4]) for case in cases], rtol=BIAS, atol=BIAS)

    def test_two_folds_and_remainder(self, run, prices):
        """Accepts two folds, and drops rows that fill no fold.
        可以只有两折；不足一折的剩余行舍去。"""
        X, y = torch.zeros(7, INPUTS), prices(7) * torch.tensor([1.0] * 3 + [30.0] * 3 + [1e6])[:, None]
        found = run(lambda impl: [impl.k_fold(k, X, y, 2, 0.0, 0.0, 4) for k in (2, 4)])
        close(found, [validated(k, y, 1, 0.0) for k in (2, 4)])
