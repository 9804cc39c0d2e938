"""ch43: tta_predict, weighted_ensemble, fit_temperature, swa_average."""

import pytest
import torch
from torch import nn

from dlgrade.testing import filled, promise, set_parameters, shuffled, standard, value_or_error, words


def linear(weight):
    """A network of one linear layer, as a plain function."""
    return lambda X: X.flatten(start_dim=1) @ weight


def mirrored(X):
    return X.flip(-1)


def upside_down(X):
    return X.flip(-2)


def darker(X):
    return 0.3 * X


def shifted(X):
    return X.roll(1, -1)


VIEWS = (mirrored, upside_down, darker, shifted)


@pytest.fixture
def seed(chance):
    return chance.randrange(2**31)


@pytest.fixture
def batch(randn, chance):
    """A batch of images, and the weights of a linear layer whose logits vary."""

    def draw(scale=1.0):
        n, c, h, w = chance.sample(range(2, 7), 4)
        return randn(n, c, h, w), scale * randn(c * h * w, chance.choice([k for k in range(3, 9) if k != n]))

    return draw


@pytest.mark.exercise("tta_predict")
class TestTtaPredict:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous("X"),
        promise.batch_of_one("X"),
        call=lambda impl, X, weight: impl.tta_predict(linear(weight), X, [mirrored, darker, upside_down]),
    )
    def arguments(self, batch):
        X, weight = batch(0.3)
        return {"X": X, "weight": weight}

    @pytest.mark.points(2)
    def test_mean_over_views(self, agree, batch, chance):
        """Averages the probabilities over all views.
        对所有视图的概率求平均。"""
        (X, weight), views = batch(0.3), chance.sample(VIEWS, 3)
        agree(lambda impl: impl.tta_predict(linear(weight), X, views))

    @pytest.mark.points(2)
    def test_single_view(self, agree, batch, chance):
        """A single view gives the softmax of its logits.
        只有一个视图时，得到它的 logits 的 softmax。"""
        (X, weight), view = batch(0.3), chance.choice(VIEWS)
        agree(lambda impl: [impl.tta_predict(linear(weight), X, [t]) for t in (view, lambda X: X)])

    @pytest.mark.points(2)
    def test_views_that_disagree(self, agree, batch, chance):
        """Averages probabilities, also if the views disagree and are certain.
        各个视图都很确定但互相矛盾时，平均的仍是概率。"""
        (X, weight), views = batch(3.0), chance.sample(VIEWS, 4)
        agree(lambda impl: [impl.tta_predict(linear(weight), X, views[:count]) for count in (2, 4)])

    def test_repeated_view(self, agree, batch, chance):
        """A transform that occurs twice counts twice.
        出现两次的变换计两次。"""
        (X, weight), (one, other) = batch(0.5), chance.sample(VIEWS, 2)
        agree(lambda impl: [impl.tta_predict(linear(weight), X, views) for views in ([one, other, one], (other, one))])

    def test_large_logits(self, agree, batch, chance):
        """Stays finite for large logits.
        logits 很大时，结果仍是有限的数。"""
        (X, weight), views = batch(300.0), chance.sample(VIEWS, 3)
        agree(lambda impl: impl.tta_predict(linear(weight), X, views))

    def test_other_sizes(self, agree, batch, randn, chance):
        """A view may have another height and width, such as a crop.
        视图的高和宽可以与原图不同，例如裁剪得到的窗口。"""
        X, _ = batch()
        weight = 2 * randn(X.shape[1], chance.randint(3, 6))

        def probe(impl):
            views = [lambda X: X[:, :, 1:], lambda X: X[..., :1], lambda X: X[:, :, :1, 1:]]
            return impl.tta_predict(lambda X: X.mean(dim=(2, 3)) @ weight, X, views)

        agree(probe)

    @pytest.mark.points(2)
    def test_dropout(self, agree, batch, chance, seed):
        """A network with dropout predicts in evaluation mode.
        带有暂退法的网络在评估模式下预测。"""
        (X, weight), views = batch(), chance.sample(VIEWS, 3)

        def probe(impl):
            net = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(*weight.shape), nn.Dropout(0.5))
            set_parameters(net, seed)
            return [impl.tta_predict(net.train(mode), X, views) for mode in (True, False)]

        agree(probe)

    def test_batch_norm(self, agree, batch, chance, seed):
        """A network with batch normalisation uses its moving statistics, and keeps them.
        带有批量规范化的网络使用移动平均得到的统计量，且不改变它们。"""
        (X, weight), views = batch(), chance.sample(VIEWS, 2)
        statistics = {"1.running_mean": weight[:, 0], "1.running_var": weight[:, 1].abs() + 0.5}

        def probe(impl):
            net = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(len(weight)), nn.Linear(*weight.shape))
            filled(set_parameters(net, seed), statistics).train()
            return impl.tta_predict(net, X, views), net[1].running_mean, net[1].running_var

        agree(probe)

    @pytest.mark.needs("single_view")
    def test_no_graph(self, agree, batch, chance, seed):
        """The result has no graph.
        结果不带计算图。"""
        (X, weight), view = batch(), chance.choice(VIEWS)

        def probe(impl):
            net = set_parameters(nn.Sequential(nn.Flatten(), nn.Linear(*weight.shape)), seed)
            result = impl.tta_predict(net, X, [view])
            return result.requires_grad, result.detach()

        agree(probe)

    def test_no_transforms(self, agree, batch, chance):
        """Raises ValueError if there are no transforms.
        没有变换时抛出 ValueError。"""
        (X, weight), view = batch(0.3), chance.choice(VIEWS)
        agree(
            lambda impl: [
                value_or_error(impl.tta_predict, linear(weight), X, transforms) for transforms in ([], (), [view])
            ]
        )


@pytest.fixture
def tables(randn, chance):
    """tables(3): so many tables of probabilities."""

    def draw(count, sharpness=1.5):
        n, classes = chance.sample(range(2, 8), 2)
        return [(sharpness * randn(n, classes)).softmax(dim=1) for _ in range(count)]

    return draw


@pytest.fixture
def weights(chance):
    """weights(3): so many different weights, whose sum is not 1. Three or more are neither sorted nor reversed."""

    def draw(count):
        found = sorted(chance.uniform(0.1, 0.5) + 0.7 * k for k in range(count))
        while found in (sorted(found), sorted(found, reverse=True)) and count > 2:
            chance.shuffle(found)
        return found

    return draw


@pytest.mark.exercise("weighted_ensemble")
class TestWeightedEnsemble:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("probs"))
    def arguments(self, tables, weights):
        return {"probs": tables(3), "weights": weights(3)}

    @pytest.mark.points(2)
    def test_weighted_mean(self, agree, tables, weights, chance):
        """Averages the tables by their weights.
        按权重对各个概率表求平均。"""
        count = chance.randint(3, 4)
        probs, numbers = tables(count), weights(count)
        agree(lambda impl: impl.weighted_ensemble(probs, [w / sum(numbers) for w in numbers]))

    @pytest.mark.points(2)
    def test_sum_of_weights(self, agree, tables, weights):
        """The weights need not add up to 1.
        权重之和不必为 1。"""
        cases = [(tables(count), [size * w for w in weights(count)]) for count, size in ((2, 0.1), (3, 1), (4, 50))]
        agree(lambda impl: [impl.weighted_ensemble(*case) for case in cases])

    def test_whole_numbers(self, agree, tables, chance):
        """Weights may be whole numbers, and arguments tuples.
        权重可以是整数，参数可以是元组。"""
        probs, numbers = tables(3), chance.sample(range(1, 9), 3)
        agree(lambda impl: impl.weighted_ensemble(tuple(probs), tuple(numbers)))

    def test_single_table(self, agree, tables, chance):
        """A single table is the result itself, whatever its weight.
        只有一个概率表时，不论权重多大，结果都是它。"""
        probs, weight = tables(1), chance.uniform(2, 9)
        agree(lambda impl: [impl.weighted_ensemble(probs, [w]) for w in (weight, 1 / weight)])

    def test_some_zeros(self, agree, tables, chance):
        """A table of weight 0 does not count, even if other weights count.
        权重为 0 的概率表不起作用。"""
        probs = tables(4)
        cases = [[0.0, 2.0, 0.0, 1.0], [3.0, 0, 0, 0], [0, 0, 0, 1.0]]
        for case in cases:
            chance.shuffle(case)
        agree(lambda impl: [impl.weighted_ensemble(probs, case) for case in cases])

    def test_certain_tables(self, agree, tables, weights):
        """Tables may hold zeros and ones.
        概率可以是 0 或 1。"""
        probs, numbers = [table.round() for table in tables(3, 9.0)], weights(3)
        agree(lambda impl: impl.weighted_ensemble(probs, numbers))

    def test_unusable_weights(self, agree, tables, weights, chance):
        """Raises ValueError if a weight is negative or all are 0.
        有负的权重或权重全为 0 时抛出 ValueError。"""
        probs, numbers = tables(3), weights(3)
        place = chance.randint(1, 2)
        negative = [[-w / 9 if i == wrong else w for i, w in enumerate(numbers)] for wrong in (0, place)]
        cases = [*negative, [-1.0, -2.0, -1.5], [0.0, 0.0, 0.0], numbers]

        def probe(impl):
            return [value_or_error(impl.weighted_ensemble, probs, case) for case in cases]

        agree(probe)

    def test_different_lengths(self, agree, tables, weights):
        """Raises ValueError for more or fewer weights than tables, and without tables.
        权重与概率表的个数不同，或没有概率表时抛出 ValueError。"""
        probs, numbers = tables(3), weights(4)
        cases = [(probs, numbers), (probs, numbers[:2]), (probs[:1], []), ([], []), (probs, numbers[:3])]

        def probe(impl):
            return [value_or_error(impl.weighted_ensemble, *case) for case in cases]

        agree(probe)

    @pytest.mark.needs("weighted_mean")
    def test_memory_of_its_own(self, agree, tables, chance):
        """Later changes of the result do not reach the tables.
        之后修改结果不会影响传入的概率表。"""
        probs, weight = tables(2), chance.uniform(1, 3)

        def probe(impl):
            for case in (probs[:1], [weight]), (probs, [weight, 0]), (probs, [0, weight]):
                impl.weighted_ensemble(*case).add_(1)
            return probs

        agree(probe)


@pytest.fixture
def examples(randn, generator):
    """examples(3.0): logits (n, C) and labels, so that the best temperature is about 3."""

    def draw(temperature, n=300, classes=5, noise=0.0):
        base = 2 * randn(n, classes)
        y = torch.multinomial(base.softmax(dim=1), 1, generator=generator)[:, 0]
        random = torch.randint(classes, (n,), generator=generator)
        return temperature * base, torch.where(torch.rand(n, generator=generator) < noise, random, y)

    return draw


WITHIN = {"rtol": 1e-2, "atol": 0.0}  # what the statement asks for


@pytest.mark.exercise("fit_temperature")
class TestFitTemperature:
    @standard(promise.untouched, promise.non_contiguous(**WITHIN))
    def arguments(self, examples, chance):
        logits, y = examples(chance.uniform(2, 5))
        return {"logits": logits, "y": y}

    @pytest.mark.points(2)
    def test_too_certain(self, agree, examples, chance):
        """Finds the temperature of a network that is too certain.
        网络过于自信时，求出温度。"""
        cases = [examples(chance.uniform(*limits)) for limits in ((1.5, 3), (4, 9))]
        agree(lambda impl: [impl.fit_temperature(*case) for case in cases], **WITHIN)

    @pytest.mark.points(2)
    def test_too_uncertain(self, agree, examples, chance):
        """Finds the temperature of a network that is not certain enough.
        网络不够自信时，求出温度。"""
        cases = [examples(chance.uniform(*limits)) for limits in ((0.1, 0.3), (0.4, 0.7))]
        agree(lambda impl: [impl.fit_temperature(*case) for case in cases], **WITHIN)

    def test_calibrated(self, agree, examples, chance):
        """Is about 1 for a network that is calibrated.
        网络已经校准时，温度约为 1。"""
        logits, y = examples(1.0, n=chance.randint(900, 1100))
        agree(lambda impl: impl.fit_temperature(logits, y), **WITHIN)

    def test_scaled_logits(self, agree, examples, chance):
        """Is c times as large if the logits are c times as large.
        logits 变为 c 倍时，温度也变为 c 倍。"""
        logits, y = examples(1.0)
        factors = chance.sample((0.2, 0.7, 1.8, 6.5), 4)
        agree(lambda impl: [impl.fit_temperature(c * logits, y) for c in factors], **WITHIN)

    def test_extreme_temperatures(self, agree, examples, chance):
        """Finds low and high temperatures.
        能求出很低和很高的温度。"""
        cases = [examples(chance.uniform(*limits)) for limits in ((0.07, 0.09), (12, 15))]
        agree(lambda impl: [impl.fit_temperature(*case) for case in cases], **WITHIN)

    def test_large_logits(self, agree, examples, chance):
        """Only differences of logits matter, also if all of them are large.
        只有 logits 之差起作用，所有 logits 都很大时也一样。"""
        logits, y = examples(chance.uniform(0.5, 3))
        shift = chance.uniform(5000, 10000) * torch.rand(len(y), 1, dtype=torch.float64).round()
        agree(lambda impl: [impl.fit_temperature(logits.double() + s, y) for s in (shift, -shift)], **WITHIN)

    def test_many_mistakes(self, agree, examples, chance):
        """Counts examples with wrong predictions as well.
        预测错误的样本也计入损失。"""
        cases = [examples(chance.uniform(0.5, 2), noise=noise) for noise in (0.2, 0.4)]
        agree(lambda impl: [impl.fit_temperature(*case) for case in cases], **WITHIN)

    def test_classes(self, agree, examples, chance):
        """There may be two or many classes.
        类别可以是两个，也可以很多。"""
        cases = [examples(chance.uniform(0.5, 3), classes=classes) for classes in (2, chance.randint(15, 30))]
        agree(lambda impl: [impl.fit_temperature(*case) for case in cases], **WITHIN)


@pytest.fixture
def checkpoints(generator, randn, chance):
    """checkpoints(3): so many checkpoints, with tensors of floats and others, and names that are drawn."""

    def draw(count, dtype=torch.float32):
        names = shuffled(generator, words(generator, 6))
        shapes = [tuple(chance.sample(range(2, 6), size)) for size in (2, 1, 0)]
        found = []
        for _ in range(count):
            values = [randn(*shape, dtype=dtype) for shape in shapes]
            values += [torch.randint(2**40, (), generator=generator), torch.randint(99, (3,), generator=generator)]
            found.append(dict(zip(names, [*values, torch.rand(5, generator=generator) < 0.5], strict=True)))
        return found

    return draw


def floats(states):
    return [{name: value for name, value in state.items() if value.is_floating_point()} for state in states]


@pytest.mark.exercise("swa_average")
class TestSwaAverage:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, checkpoints):
        return {"state_dicts": checkpoints(3)}

    @pytest.mark.points(2)
    def test_mean(self, agree, checkpoints, chance):
        """Averages tensors of floats over all checkpoints.
        浮点张量对所有检查点求平均。"""
        cases = [floats(checkpoints(count)) for count in chance.sample((2, 3, 4, 5), 3)]
        agree(lambda impl: [impl.swa_average(case) for case in cases])

    @pytest.mark.points(2)
    def test_other_tensors(self, agree, checkpoints, chance):
        """Takes tensors of integers and of bool from the last checkpoint.
        整数张量和 bool 张量取自最后一个检查点。"""
        states = checkpoints(chance.randint(3, 4))
        agree(lambda impl: impl.swa_average(states))

    def test_single_checkpoint(self, agree, checkpoints):
        """The mean of a single checkpoint is itself; the checkpoints may be a tuple.
        只有一个检查点时，结果就是它；检查点可以放在元组中。"""
        states = checkpoints(1)
        agree(lambda impl: impl.swa_average(tuple(states)))

    def test_order_of_names(self, agree, checkpoints, generator):
        """The names may have another order in each checkpoint.
        各个检查点中名称的顺序可以不同。"""
        states = checkpoints(3)
        states = [{name: state[name] for name in shuffled(generator, list(state))} for state in states]
        agree(lambda impl: dict(sorted(impl.swa_average(states).items())))

    def test_network(self, agree, randn, chance, seed):
        """Averages the checkpoints of a network with batch normalisation, also its moving statistics.
        对带有批量规范化的网络的检查点求平均，移动平均得到的统计量也一样。"""
        X, steps = randn(8, 3), chance.sample(range(1, 6), 3)

        def probe(impl):
            states = []
            for place, count in enumerate(steps):
                net = set_parameters(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)), seed + place)
                for _ in range(count):
                    net(X)
                states.append(net.state_dict())
            return dict(sorted(impl.swa_average(states).items()))

        agree(probe)

    def test_different_names(self, agree, checkpoints, chance):
        """Raises ValueError if a checkpoint lacks a name or has a further name.
        某个检查点缺少名称或多出名称时抛出 ValueError。"""
        right = checkpoints(3)
        name, cases = chance.choice(sorted(right[0])), []
        for place in chance.sample((0, 1, 2), 3):
            lacks = {key: value for key, value in right[place].items() if key != name}
            for wrong in (lacks, {**right[place], "further": right[0][name]}, {**lacks, "further": right[0][name]}):
                cases.append([*right[:place], wrong, *right[place + 1 :]])

        def probe(impl):
            return [value_or_error(impl.swa_average, case) for case in (*cases, right)]

        agree(probe)

    def test_no_checkpoints(self, agree, checkpoints):
        """Raises ValueError if there are no checkpoints.
        没有检查点时抛出 ValueError。"""
        right = checkpoints(2)

        def probe(impl):
            return [value_or_error(impl.swa_average, case) for case in ([], (), right)]

        agree(probe)

    @pytest.mark.needs("other_tensors")
    def test_memory_of_its_own(self, agree, checkpoints):
        """Later changes of the result do not reach the checkpoints.
        之后修改结果不会影响检查点。"""
        cases = checkpoints(1), checkpoints(3)

        def probe(impl):
            for case in cases:
                for value in impl.swa_average(case).values():
                    value.zero_()
            return cases

        agree(probe)
