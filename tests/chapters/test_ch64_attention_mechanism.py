"""ch64: nadaraya_watson, NWKernelRegression, leave_one_out, batch_weighted_sum."""

import math

import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, promise, set_parameters, standard


def pooled(queries, keys, values, w):
    """Predictions and weights by sums of Python's exponentials, query by query; row i of keys and values is its own."""
    weights = []
    for query, row in zip(queries.tolist(), keys.tolist(), strict=True):
        powers = [-(((query - key) * w) ** 2) / 2 for key in row]
        kernel = [math.exp(power - max(powers)) for power in powers]
        weights.append([one / sum(kernel) for one in kernel])
    weights = torch.tensor(weights, dtype=torch.float64)
    return (weights * values).sum(dim=1).to(values.dtype), weights.to(values.dtype)


def shared(queries, keys, values, w):
    """`pooled` where all queries have the same keys and values."""
    return pooled(queries, keys.expand(len(queries), -1), values.expand(len(queries), -1), w)


@pytest.fixture
def points(randn):
    """points(4, 6): 4 queries, and 6 keys and values for all of them."""
    return lambda m, n, dtype=torch.float32: [randn(size, dtype=dtype) for size in (m, n, n)]


@pytest.fixture
def far(generator):
    """far(5): 2 queries so far away from 5 keys that the Gaussian of all distances is 0; the squares are exact."""

    def draw(n):
        keys = torch.randperm(2 * n, generator=generator)[:n] / 4
        return torch.tensor([64.0, -80.0]), keys, torch.randn(n, generator=generator)

    return draw


@pytest.fixture
def apart(generator):
    """apart(5): keys 0 to 4 in random order, a query beside each of them in another order, and values."""

    def draw(n):
        keys, near = (torch.randperm(n, generator=generator) for _ in range(2))
        return keys[near] + 0.25, keys.float(), torch.randn(n, generator=generator), near

    return draw


@pytest.mark.exercise("nadaraya_watson")
class TestNadarayaWatson:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64_strided"),
        promise.axis_of_one(x_test=0, id="one_query"),
        promise.gradients("x_test", "x_train", "y_train", of=0),
    )
    def arguments(self, points, chance):
        x_test, x_train, y_train = points(*chance.sample(range(3, 9), 2))
        return {"x_test": x_test, "x_train": x_train, "y_train": y_train, "w": 1.25}

    @pytest.mark.points(2)
    def test_predictions(self, run, points):
        """Averages the values, weighted by the Gaussian of the distance between query and key.
        以查询与键之间距离的高斯核为权重，对值加权平均。"""
        inputs = points(4, 6)
        close(run(lambda impl: impl.nadaraya_watson(*inputs)[0]), shared(*inputs, 1)[0])

    @pytest.mark.points(2)
    def test_weights(self, run, points):
        """Returns a row of weights for each query: their sum is 1, and they fall with the distance.
        每个查询的权重为一行，其和为 1，距离越大权重越小。"""
        inputs = points(3, 5)
        close(run(lambda impl: impl.nadaraya_watson(*inputs)[1]), shared(*inputs, 1)[1])

    @pytest.mark.points(2)
    def test_width(self, run, points):
        """Multiplies the distances by w, whose sign has no effect.
        距离要乘以 w；w 的符号没有影响。"""
        inputs, widths = points(3, 4), (0.5, 2.0, -1.5)
        results = run(lambda impl: [impl.nadaraya_watson(*inputs, w=w) for w in widths])
        close(results, [shared(*inputs, w) for w in widths])

    def test_zero_width(self, run, points):
        """Predicts the mean everywhere when w = 0.
        w = 0 时，对所有查询都预测平均值。"""
        inputs = points(3, 4)
        result = run(lambda impl: impl.nadaraya_watson(*inputs, 0.0))
        close(result, (inputs[2].mean().expand(3), torch.full((3, 4), 0.25)))

    def test_large_w(self, run, apart):
        """Predicts the value of the nearest training point when w is large.
        w 很大时，预测的是最近的训练点的值。"""
        queries, keys, values, near = apart(5)
        result = run(lambda impl: impl.nadaraya_watson(queries, keys, values, 50.0))
        close(result, (values[near], torch.eye(5)[near]))

    def test_one_training_point(self, run, points):
        """Gives all the weight to a single training point.
        只有一个训练点时，它得到全部权重。"""
        inputs = points(3, 1)
        close(run(lambda impl: impl.nadaraya_watson(*inputs)), (inputs[2].expand(3), torch.ones(3, 1)))

    def test_far_away(self, run, far):
        """Returns right weights, not NaN, for a query far away from all keys.
        查询远离所有键时，权重仍然正确，而不是 NaN。"""
        inputs = far(5)
        close(run(lambda impl: impl.nadaraya_watson(*inputs)), shared(*inputs, 1))


def regression(impl):
    return set_parameters(impl.NWKernelRegression(), seed=0, scale=1.5)


def width():
    """The w that `regression` sets."""
    net = nn.Module()
    net.w = nn.Parameter(torch.zeros(1))
    return set_parameters(net, seed=0, scale=1.5).w.item()


def attend(net, *inputs):
    return net(*inputs), net.attention_weights


@pytest.fixture
def rows(randn):
    """rows(4, 6): 4 queries with 6 keys and values each."""
    return lambda m, n, dtype=torch.float32: [randn(*shape, dtype=dtype) for shape in ((m,), (m, n), (m, n))]


@pytest.mark.exercise("NWKernelRegression")
class TestNWKernelRegression:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64_strided"),
        promise.gradients("queries", "keys", "values", of=0),
        net=regression,
        call=attend,
    )
    def arguments(self, rows, chance):
        return dict(zip(("queries", "keys", "values"), rows(*chance.sample(range(3, 9), 2)), strict=True))

    @pytest.mark.points(2)
    def test_output(self, run, rows):
        """Averages each query's own values, weighted by the Gaussian of w times the distances to its own keys.
        对每个查询自己的值加权平均；权重是高斯核，其自变量是 w 乘以该查询与自己的键的距离。"""
        inputs = rows(4, 5)
        close(run(lambda impl: regression(impl)(*inputs)), pooled(*inputs, width())[0])

    @pytest.mark.points(2)
    def test_attention_weights(self, run, rows):
        """Keeps the weights of the last call, (m, n), in attention_weights.
        把最近一次调用的权重保存在 attention_weights 中，形状为 (m, n)。"""
        before, inputs = rows(2, 3), rows(3, 4)

        def probe(impl):
            net = regression(impl)
            net(*before)
            return attend(net, *inputs)[1]

        close(run(probe), pooled(*inputs, width())[1])

    def test_parameter(self, run, rows):
        """Has a single parameter: w, of shape (1,).
        唯一的参数是形状为 (1,) 的 w。"""
        inputs = rows(2, 3)

        def probe(impl):
            net = regression(impl)
            return {name: list(parameter.shape) for name, parameter in net.named_parameters()}, net(*inputs)

        found, output = run(probe)
        expect(
            found == {"w": [1]},
            f"The parameters are {found}; expected only w of shape [1].",
            f"参数为 {found}；应当只有形状为 [1] 的 w。",
        )
        close(output, pooled(*inputs, width())[0])

    def test_first_w(self, run):
        """Draws the initial w of each module from the uniform distribution on [0, 1).
        w 的初值服从 [0, 1) 上的均匀分布，每个模块各自抽样。"""
        first = torch.cat(run(lambda impl: [impl.NWKernelRegression().w.detach() for _ in range(400)]))
        low, high, mean = first.min().item(), first.max().item(), first.mean().item()
        expect(
            low >= 0 and high < 1,
            f"The initial w is in [{low:.3g}, {high:.3g}]; expected [0, 1).",
            f"w 的初值在 [{low:.3g}, {high:.3g}] 中；应在 [0, 1) 中。",
        )
        expect(  # five standard deviations of the mean; the extremes are further out but once in 10^8
            abs(mean - 0.5) < 5 / math.sqrt(12 * 400) and low < 0.05 and high > 0.95,
            f"The initial w has mean {mean:.3g} and is in [{low:.3g}, {high:.3g}]; expected 0.5 and [0, 1).",
            f"w 的初值的均值为 {mean:.3g}，在 [{low:.3g}, {high:.3g}] 中；应为 0.5 和 [0, 1)。",
        )

    def test_any_w(self, run, rows, apart):
        """Predicts the mean of the values when w = 0, and the value of the nearest key when w is large.
        w = 0 时预测值的平均，w 很大时预测最近的键所对应的值。"""
        inputs = rows(2, 4)
        queries, keys, values, near = apart(5)

        def probe(impl):
            net = impl.NWKernelRegression()
            net.w.data.fill_(0)
            mean = net(*inputs)
            net.w.data.fill_(50)
            return mean, net(queries, keys.repeat(5, 1), values.repeat(5, 1))

        close(run(probe), (inputs[2].mean(dim=1), values[near]))

    def test_one_pair(self, run, rows):
        """Gives all the weight to a single pair; accepts a single query.
        只有一个键值对时，它得到全部权重；也可以只有一个查询。"""
        pair, query = rows(3, 1), rows(1, 4)
        results = run(lambda impl: [attend(regression(impl), *each) for each in (pair, query)])
        close(results, [(pair[2][:, 0], torch.ones(3, 1)), pooled(*query, width())])

    def test_far_away(self, run, far):
        """Returns right weights, not NaN, for a query far away from all its keys.
        查询远离自己的所有键时，权重仍然正确，而不是 NaN。"""
        queries, keys, values = far(4)

        def probe(impl):
            net = impl.NWKernelRegression()
            net.w.data.fill_(2)
            return attend(net, queries, keys.repeat(2, 1), values.repeat(2, 1))

        close(run(probe), shared(queries, keys, values, 2))

    def test_repeated_keys(self, run, points):
        """Accepts keys and values that share their memory among all queries.
        可接受由 expand 得到的、所有查询共用同一块内存的键和值。"""
        queries, keys, values = points(3, 5)
        result = run(lambda impl: attend(regression(impl), queries, keys.expand(3, -1), values.expand(3, -1)))
        close(result, shared(queries, keys, values, width()))


def without(items, i):
    return torch.cat([items[:i], items[i + 1 :]])


def all_without(*tensors):
    return tuple(torch.stack([without(items, i) for i in range(len(items))]) for items in tensors)


@pytest.mark.exercise("leave_one_out")
class TestLeaveOneOut:
    @standard(promise.untouched, promise.non_contiguous(id="strided"), promise.gradients("x", "y", points=1))
    def arguments(self, randn, chance):
        n = chance.randint(3, 9)
        return {"x": randn(n), "y": randn(n)}

    @pytest.mark.points(2)
    def test_rows(self, run, randn):
        """Returns in row i all inputs and outputs except the i-th, in their order.
        第 i 行是除第 i 个样本以外的所有输入和输出，保持原来的顺序。"""
        x, y = randn(5), randn(5)
        close(run(lambda impl: impl.leave_one_out(x, y)), all_without(x, y))

    def test_two_examples(self, run, randn):
        """Gives each of two examples the other example.
        只有两个样本时，各自得到对方。"""
        x, y = randn(2), randn(2)
        close(run(lambda impl: impl.leave_one_out(x, y)), (x.flip(0)[:, None], y.flip(0)[:, None]))

    def test_equal_inputs(self, run, randn):
        """Leaves out one example, not all examples with the same input.
        只去掉一个样本，而不是所有输入相同的样本。"""
        x, y = randn(3)[[0, 1, 0, 2, 1]], randn(5)
        close(run(lambda impl: impl.leave_one_out(x, y)), all_without(x, y))

    def test_dtypes(self, run, randn):
        """Keeps the dtypes of inputs and outputs, which may differ.
        分别保持输入和输出的数据类型，两者可以不同。"""
        x, y = randn(4, dtype=torch.float64), torch.arange(3, 7)
        close(run(lambda impl: impl.leave_one_out(x, y)), all_without(x, y))

    def test_one_example(self, agree, randn):
        """Returns the shape (1, 0) for a single example, which has no others.
        只有一个样本时没有其他样本，形状为 (1, 0)。"""
        x, y = randn(3), randn(3)
        agree(lambda impl: [impl.leave_one_out(x[:n], y[:n]) for n in (1, 3)])


@pytest.mark.exercise("batch_weighted_sum")
class TestBatchWeightedSum:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.batch_of_one("weights", "values", id="one_example"),
        promise.axis_of_one(weights=1, values=1, id="one_value"),
        promise.gradients("weights", "values"),
    )
    def arguments(self, randn, chance):
        n, d = chance.sample(range(2, 9), 2)
        return {"weights": randn(n, d), "values": randn(n, d)}

    @pytest.mark.points(2)
    def test_sums(self, run, randn):
        """Sums each example's values with its weights, even if the sum of the weights is not 1.
        每个样本的值按其权重求和，权重之和不必为 1。"""
        weights, values = randn(4, 5), randn(4, 5)
        close(run(lambda impl: impl.batch_weighted_sum(weights, values)), (weights * values).sum(dim=1))

    def test_book_example(self, run):
        """Returns the means 4.5 and 14.5 for 0 to 9 and 10 to 19, with ten weights of 0.1.
        十个 0.1 的权重给出平均值：0 到 9 为 4.5，10 到 19 为 14.5。"""
        weights, values = torch.full((2, 10), 0.1), torch.arange(20.0).reshape(2, 10)
        close(run(lambda impl: impl.batch_weighted_sum(weights, values)), torch.tensor([4.5, 14.5]))
