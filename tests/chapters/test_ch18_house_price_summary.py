"""ch18: average_predictions, geometric_mean_predictions, out_of_fold, random_search."""

import math
import random

import numpy as np
import pytest
import torch

from dlgrade.testing import close, promise, raises, standard


def mean(preds, weights=None):
    """numpy's weighted mean, in the predictions' dtype."""
    stacked = np.stack([pred.double().numpy() for pred in preds])
    return torch.from_numpy(np.asarray(np.average(stacked, axis=0, weights=weights))).to(preds[0].dtype)


@pytest.mark.exercise("average_predictions")
class TestAveragePredictions:
    @standard(promise.untouched, promise.gradients("preds", points=1))
    def arguments(self, randn, chance):
        return {"preds": [randn(5) for _ in range(3)], "weights": chance.sample(range(1, 99), 3)}

    @pytest.mark.points(2)
    def test_weights(self, run, randn):
        """Returns the weighted mean, as numpy does.
        返回加权平均，与 numpy 一致。"""
        preds, weights = [randn(5) for _ in range(3)], [0.5, 0.2, 0.3]
        close(run(lambda impl: impl.average_predictions(preds, weights)), mean(preds, weights))

    @pytest.mark.points(2)
    def test_no_weights(self, run, randn):
        """Gives all models the same weight if there are no weights.
        没有给出权重时，各模型的权重相同。"""
        preds = [randn(4, 2) for _ in range(5)]
        found = run(lambda impl: [impl.average_predictions(preds), impl.average_predictions(preds[:2], None)])
        close(found, [mean(preds), mean(preds[:2])])

    def test_ratios(self, run, randn):
        """Uses only the ratios of the weights, whatever their sum. Weights may be integers.
        只有权重之间的比例起作用，与总和无关；权重可以是整数。"""
        preds = [randn(6) for _ in range(3)]
        weights = (1, 2, 5), [0.01, 0.02, 0.05], [100.0, 200.0, 500.0]
        found = run(lambda impl: [impl.average_predictions(preds, some) for some in weights])
        close(found, [mean(preds, weights[0])] * 3)

    def test_zero_and_negative(self, run, randn):
        """Ignores a model with weight 0, and uses a negative weight as it is.
        权重为 0 的模型不起作用；负的权重照常参与计算。"""
        preds = [randn(4) for _ in range(3)]
        weights = [0.0, 3.0, 1.0], [2.0, -0.5, 0.5]
        found = run(lambda impl: [impl.average_predictions(preds, some) for some in weights])
        close(found, [mean(preds, some) for some in weights])

    def test_one_model(self, run, randn):
        """Returns the predictions of a single model, whatever its weight.
        只有一个模型时，无论权重是多少，都返回它的预测。"""
        pred = randn(5)
        found = run(lambda impl: [impl.average_predictions([pred]), impl.average_predictions([pred], [0.2])])
        close(found, [pred, pred])

    def test_float64(self, run, randn):
        """Keeps float64, and accepts non-contiguous predictions and predictions of a single house.
        float64 保持不变；可接受非连续的预测，也可以只有一套房屋。"""
        shapes = (3, 4), (1, 1)
        cases = [[randn(*shape, dtype=torch.float64).t() for _ in range(3)] for shape in shapes]
        found = run(lambda impl: [impl.average_predictions(preds, [3, 1, 1]) for preds in cases])
        close(found, [mean(preds, [3, 1, 1]) for preds in cases])

    @pytest.mark.needs("weights")
    def test_no_mean(self, run, randn):
        """Raises ValueError if the sum of the weights is 0 or negative.
        权重之和为 0 或为负时，抛出 ValueError。"""
        preds = [randn(3), randn(3)]

        def probe(impl):
            weights = [0.0, 0.0], [1.0, -1.0], [0.25, -0.5]
            refused = [raises(lambda w=some: impl.average_predictions(preds, w), ValueError) for some in weights]
            return refused, impl.average_predictions(preds, [0.25, 0.5])

        close(run(probe), ([True] * 3, mean(preds, [1, 2])))

    @pytest.mark.needs("weights")
    def test_too_many_weights(self, run, randn):
        """Raises ValueError if the numbers of weights and predictions differ.
        权重的个数与预测的个数不同时，抛出 ValueError。"""
        preds = [randn(3), randn(3)]

        def probe(impl):
            weights = [1.0], [1.0, 2.0, 3.0], []
            refused = [raises(lambda w=some: impl.average_predictions(preds, w), ValueError) for some in weights]
            return refused, impl.average_predictions(preds, [1.0, 2.0])

        close(run(probe), ([True] * 3, mean(preds, [1, 2])))

    @pytest.mark.needs("weights")
    def test_other_shapes(self, run, randn):
        """Raises ValueError for predictions of different shapes, instead of broadcasting them.
        各预测的形状不同时，抛出 ValueError，而不是广播。"""
        column, row, short = randn(4, 1), randn(4), randn(1)
        pairs = [column, row], [row, column], [row, short], [short, row], [row, row, column]

        def probe(impl):
            refused = [raises(lambda p=preds: impl.average_predictions(p), ValueError) for preds in pairs]
            return refused, impl.average_predictions([row, 2 * row], [1, 3])

        close(run(probe), ([True] * 5, 1.75 * row))


def log_mean(preds):
    """The geometric mean in float64, and then in the predictions' dtype."""
    return torch.stack([pred.double() for pred in preds]).log().mean(dim=0).exp().to(preds[0].dtype)


@pytest.mark.exercise("geometric_mean_predictions")
class TestGeometricMeanPredictions:
    @standard(promise.untouched, promise.gradients("preds", points=1))
    def arguments(self, randn):
        return {"preds": [randn(5).exp() for _ in range(3)]}

    @pytest.mark.points(2)
    def test_prices(self, run, randn):
        """Returns the exponential of the mean logarithm.
        返回对数的平均值的指数。"""
        preds = [200_000 * (randn(6) / 2).exp() for _ in range(3)]
        close(run(lambda impl: impl.geometric_mean_predictions(preds)), log_mean(preds), rtol=1e-5)

    def test_closed_form(self, run, chance):
        """Returns 2p for p and 4p, 10 for 1, 10 and 100, and 1/4 for 1/2 and 1/8.
        p 与 4p 的结果为 2p；1、10 与 100 的结果为 10；1/2 与 1/8 的结果为 1/4。"""
        price = chance.uniform(5e4, 5e5)
        cases = [[price, 4 * price], [1.0, 10.0, 100.0], [0.5, 0.125]]
        found = run(lambda impl: [impl.geometric_mean_predictions([*map(torch.tensor, case)]) for case in cases])
        close(found, [torch.tensor(value) for value in (2 * price, 10.0, 0.25)], rtol=1e-5)

    def test_one_model(self, run, randn):
        """Returns the predictions of a single model. A second model changes them.
        只有一个模型时，返回它的预测；再加一个模型，结果改变。"""
        pred = randn(5).exp()
        found = run(lambda impl: [impl.geometric_mean_predictions(preds) for preds in ([pred], [pred, 4 * pred])])
        close(found, [pred, 2 * pred])

    def test_large_and_small(self, run, randn):
        """Stays right if the product overflows or underflows.
        乘积上溢或下溢时，结果仍然正确。"""
        preds = [randn(4).exp() for _ in range(5)]
        found = run(lambda impl: [impl.geometric_mean_predictions([c * p for p in preds]) / c for c in (1e30, 1e-30)])
        close(found, [log_mean(preds)] * 2, rtol=1e-4)  # exp(70) of a float32

    def test_float64(self, run, randn):
        """Keeps float64, and accepts non-contiguous predictions and predictions of a single house.
        float64 保持不变；可接受非连续的预测，也可以只有一套房屋。"""
        shapes = (3, 4), (1, 1)
        cases = [[randn(*shape, dtype=torch.float64).exp().t() for _ in range(3)] for shape in shapes]
        found = run(lambda impl: [impl.geometric_mean_predictions(preds) for preds in cases])
        close(found, [log_mean(preds) for preds in cases])

    @pytest.mark.needs("prices")
    def test_not_positive(self, run, randn):
        """Raises ValueError if a prediction of any model is 0 or negative.
        任何一个模型的预测为 0 或为负时，抛出 ValueError。"""
        good, zero, negative = randn(3).exp(), torch.tensor([1.0, 0.0, 2.0]), torch.tensor([1.0, 2.0, -0.5])

        def probe(impl):
            cases = [zero], [good, zero], [zero, good], [good, negative], [negative, negative]
            refused = [raises(lambda p=preds: impl.geometric_mean_predictions(p), ValueError) for preds in cases]
            return refused, impl.geometric_mean_predictions([good, 9 * good])

        close(run(probe), ([True] * 5, 3 * good))

    @pytest.mark.needs("prices")
    def test_other_shapes(self, run, randn):
        """Raises ValueError for predictions of different shapes, instead of broadcasting them.
        各预测的形状不同时，抛出 ValueError，而不是广播。"""
        column, row = randn(4, 1).exp(), randn(4).exp()

        def probe(impl):
            pairs = [column, row], [row, column], [row, row[:1]]
            refused = [raises(lambda p=preds: impl.geometric_mean_predictions(p), ValueError) for preds in pairs]
            return refused, impl.geometric_mean_predictions([row, 4 * row])

        close(run(probe), ([True] * 3, 2 * row))


def fit_mean(_, y):
    """For probes: a model that predicts the mean label."""
    return lambda X: y.mean(dim=0).expand(len(X), *y.shape[1:])


def fit_nearest(X, y):
    """For probes: a model that knows its training data by heart."""
    return lambda Z: y[(Z[:, None] - X).square().sum(dim=-1).argmin(dim=1)]


def without_fold(n, k):
    """Pairs (rows of a fold, all others), from numpy's way to cut an array."""
    folds = [fold.tolist() for fold in np.array_split(np.arange(n), k)]
    return [(fold, [row for row in range(n) if row not in fold]) for fold in folds]


def expected_of(fit, X, y, k):
    return torch.cat([fit(X[others], y[others])(X[fold]) for fold, others in without_fold(len(X), k)])


@pytest.mark.exercise("out_of_fold")
class TestOutOfFold:
    @standard(promise.untouched, promise.float64_transposed(id="float64"))
    def arguments(self, randn):
        return {"fit": fit_nearest, "X": randn(9, 2), "y": randn(9), "k": 4}

    @pytest.mark.points(2)
    def test_mean(self, run, randn):
        """Gives each row the mean of the other folds if the model predicts the mean.
        模型总是预测均值时，每一行得到其余各折的均值。"""
        X, y = randn(8, 2), randn(8)
        y = y + torch.arange(8)
        close(run(lambda impl: impl.out_of_fold(fit_mean, X, y, 4)), expected_of(fit_mean, X, y, 4))

    @pytest.mark.points(2)
    def test_nothing_leaks(self, run, randn):
        """Never shows a model the row that it predicts, even if the model learns by heart.
        模型从未见过它要预测的行，即使它会背下训练数据。"""
        X, y = randn(12, 2), torch.arange(12.0)
        close(run(lambda impl: impl.out_of_fold(fit_nearest, X, y, 3)), expected_of(fit_nearest, X, y, 3))

    def test_indivisible(self, run, randn):
        """Covers all rows if k does not divide n: the first folds have one row more.
        k 不能整除 n 时，也要覆盖所有行：前几折各多一行。"""
        X, y, counts = randn(11, 2), randn(11) + torch.arange(11), (3, 4, 5, 2)
        found = run(lambda impl: [impl.out_of_fold(fit_mean, X, y, k) for k in counts])
        close(found, [expected_of(fit_mean, X, y, k) for k in counts])

    def test_leave_one_out(self, run, randn):
        """Leaves out one row at a time with k = n.
        k = n 时，每次只留出一行。"""
        X, y = randn(6, 1), randn(6)
        close(run(lambda impl: impl.out_of_fold(fit_mean, X, y, 6)), (y.sum() - y) / 5)

    def test_models(self, run, randn):
        """Fits one model for each fold to all rows of the other folds, with matching labels.
        为每一折拟合一个模型，用其余各折的全部行，特征与标签一一对应。"""
        X, y = randn(7, 2), randn(7)

        def probe(impl):
            seen = []

            def fit(features, labels):
                order = features[:, 0].argsort()
                seen.append((features[order], labels[order]))
                return fit_nearest(features, labels)

            return impl.out_of_fold(fit, X, y, 3), seen

        def in_order(rows):
            rows = torch.tensor(rows)
            return rows[X[rows, 0].argsort()]

        seen = [(X[in_order(others)], y[in_order(others)]) for _, others in without_fold(7, 3)]
        close(run(probe), (expected_of(fit_nearest, X, y, 3), seen))

    def test_several_outputs(self, run, randn):
        """Accepts labels (n, outputs), even with one output, and returns predictions of this shape.
        标签可以是 (n, outputs)，outputs 可以为 1；预测的形状与标签相同。"""
        X, labels = randn(7, 2), (randn(7, 3), randn(7, 1))
        found = run(lambda impl: [impl.out_of_fold(fit_nearest, X, y, 3) for y in labels])
        close(found, [expected_of(fit_nearest, X, y, 3) for y in labels])

    @pytest.mark.needs("mean")
    def test_no_folds(self, run, randn):
        """Raises ValueError for fewer than 2 folds and for more folds than rows.
        折数小于 2 或大于行数时，抛出 ValueError。"""
        X, y = randn(5, 2), randn(5)

        def probe(impl):
            refused = [raises(lambda k=k: impl.out_of_fold(fit_mean, X, y, k), ValueError) for k in (1, 0, -1, 6)]
            return refused, impl.out_of_fold(fit_mean, X, y, 2)

        close(run(probe), ([True] * 4, expected_of(fit_mean, X, y, 2)))


@pytest.fixture
def space(chance):
    """Twelve configurations, of an odd or an even depth."""
    odd = 2 * chance.randrange(1000) + 1
    return {"lr": [0.1, 0.01, 0.001], "depth": (odd, odd + 1), "act": ["relu", None]}


def distance(lr, depth, act):
    """For probes: a loss that is different for each configuration, and lowest, below 0, at `best_of` the space."""
    return abs(math.log10(lr) + 2) + 3 * (depth % 2) + (0.2 if act else 0.0) + 0.05 * lr - 1


def best_of(space):
    """What a search should return that tries everything."""
    best = {"lr": 0.01, "depth": space["depth"][1], "act": None}
    return best, distance(**best)


def depths(tried):
    """For probes: the depths that were tried, both of them in seven trials."""
    return sorted({config["depth"] for config, _ in tried})


def search(impl, n_trials, space, loss=distance, **seed):
    """For probes: what a search gives, and what it tried: all configurations and their losses, in order."""
    tried = []

    def objective(**config):
        tried.append((config, loss(**config)))
        return tried[-1][1]

    return impl.random_search(space, n_trials, objective, *seed.values()), tried


def lowest(tried):
    """For probes: the best of what was tried."""
    return min(tried, key=lambda pair: pair[1])


def in_grid_order(tried):
    return sorted(tried, key=repr)


def grid(space, loss=distance):
    """All configurations and their losses."""
    configs = [{}]
    for name, values in space.items():
        configs = [{**config, name: value} for config in configs for value in values]
    return in_grid_order([(config, loss(**config)) for config in configs])


@pytest.mark.exercise("random_search")
class TestRandomSearch:
    @standard(
        promise.untouched(id="space_untouched"),
        call=lambda impl, space: impl.random_search(space, 12, distance),
    )
    def arguments(self, space):
        return {"space": {name: list(values) for name, values in space.items()}}

    @pytest.mark.points(2)
    def test_whole_grid(self, run, space):
        """Tries each configuration once if there are enough trials, and returns the best one.
        试验次数不少于配置的个数时，每个配置恰好试一次，返回损失最低的配置。"""

        def probe(impl):
            found = [search(impl, n_trials, space, seed=seed) for n_trials, seed in ((12, 0), (100, 1), (13, 2))]
            return [(best, in_grid_order(tried)) for best, tried in found]

        close(run(probe), [(best_of(space), grid(space))] * 3)

    @pytest.mark.points(2)
    def test_best_of_some(self, run, space):
        """Returns the best configuration that was tried, with its loss.
        返回试过的配置中最好的一个，以及它的损失。"""

        def probe(impl):
            runs = [search(impl, 7, space, seed=seed) for seed in range(20)]
            return [(depths(tried), len(tried), best == lowest(tried), sorted(best[0])) for best, tried in runs]

        close(run(probe), [(list(space["depth"]), 7, True, sorted(space))] * 20)

    def test_each_at_most_once(self, run, space, chance):
        """Tries n_trials configurations, and none of them twice.
        一共试 n_trials 个配置，没有重复。"""
        counts = 1, 2, *chance.sample(range(3, 12), 3)

        def probe(impl):
            runs = [search(impl, n_trials, space, seed=n_trials) for n_trials in counts]
            return [(len(t), len({repr(config) for config, _ in t}), best == lowest(t)) for best, t in runs]

        close(run(probe), [(n_trials, n_trials, True) for n_trials in counts])

    def test_same_seed(self, run, space):
        """The same seed gives the same trials, whatever was drawn before. The default seed is 0.
        种子相同时，各次试验相同，与之前抽取过什么无关；种子默认为 0。"""

        def probe(impl):
            found = []
            for seed in ({"seed": 0}, {}, {"seed": 7}, {"seed": 7}):
                random.random(), torch.rand(3), np.random.rand()
                found.append(search(impl, 7, space, **seed))
            right = [(len(tried) == 7 and best == lowest(tried), depths(tried)) for best, tried in found]
            return found[0] == found[1], found[2] == found[3], found[0] == found[2], right

        close(run(probe), (True, True, False, [(True, list(space["depth"]))] * 4))

    def test_every_configuration(self, run, chance):
        """Over many seeds, each of six configurations comes first equally often.
        换用许多种子，六个配置各自排在第一的机会均等。"""
        numbers = chance.sample(range(100), 3)
        space = {"a": numbers, "b": ["x", "y"]}

        def probe(impl):
            runs = [search(impl, 2, space, lambda a, b: a - (b == "y") / 2, seed=seed) for seed in range(900)]
            firsts = [tried[0][0] for _, tried in runs]
            shares = [sum(first == {"a": a, "b": b} for first in firsts) / 900 for a in numbers for b in "xy"]
            rounded = [round(6 * share) for share in shares]  # to 1, but for a stray of more than six deviations
            right = all(best == lowest(tried) for best, tried in runs)
            return rounded, right, sorted({first["a"] for first in firsts})

        close(run(probe), ([1] * 6, True, sorted(numbers)))

    def test_nan(self, run, space):
        """Never returns a configuration with loss NaN, whenever it comes.
        损失为 NaN 的配置永远不是最好的，无论何时出现。"""

        def failing(lr, depth, act):
            return math.nan if depth % 2 == 0 else distance(lr, depth, act)

        best = lowest([pair for pair in grid(space, failing) if not math.isnan(pair[1])])
        found = run(lambda impl: [search(impl, 12, space, failing, seed=seed)[0] for seed in range(20)])
        close(found, [best] * 20)

    def test_large_losses(self, run, space):
        """Returns the best configuration even if losses are very large or infinite.
        损失很大或为无穷大时，仍返回最好的配置。"""
        shifts = 1e12, math.inf

        def shifted(shift):
            return lambda depth, **_: shift + 1e10 * (depth % 2)

        def probe(impl):
            runs = [search(impl, 7, space, shifted(shift), seed=seed) for shift in shifts for seed in range(5)]
            return [(best == lowest(tried), depths(tried)) for best, tried in runs], search(impl, 12, space)[0]

        close(run(probe), ([(True, list(space["depth"]))] * 10, best_of(space)))

    @pytest.mark.needs("whole_grid")
    def test_all_nan(self, run, space):
        """Raises ValueError if all trials give NaN.
        所有试验的损失都是 NaN 时，抛出 ValueError。"""

        def probe(impl):
            refused = raises(lambda: search(impl, 5, space, lambda **_: math.nan), ValueError)
            return refused, search(impl, 12, space)[0]

        close(run(probe), (True, best_of(space)))

    def test_one_configuration(self, run, chance):
        """Tries the only configuration once.
        只有一个配置时，恰好试一次。"""
        config = {"lr": chance.random(), "layers": (64, 10)}
        space = {name: [value] for name, value in config.items()}

        def probe(impl):
            return [search(impl, n_trials, space, lambda lr, layers: lr - len(layers)) for n_trials in (1, 5)]

        tried = config, config["lr"] - 2
        close(run(probe), [(tried, [tried])] * 2)

    def test_huge_space(self, run, chance):
        """Works with 10^15 configurations, which cannot be listed.
        可处理 10^15 个配置，这么多配置无法逐一列出。"""
        names = chance.sample("abcdefghijklmnopqrstuvwxyz", 15)
        space = {name: range(10) for name in names}

        def probe(impl):
            best, tried = search(
                impl, 30, space, lambda **config: sum(v * 0.9**i for i, v in enumerate(config.values())), seed=3
            )
            values = {value for config, _ in tried for value in config.values()}
            return len(tried), len(values), best == lowest(tried), sorted(best[0])

        close(run(probe), (30, 10, True, sorted(names)))
