"""ch13: dropout_layer, Net, expected_output.

Random results are brought to what does not depend on the random stream: the values that an element can have (in so
many draws that each occurs), or a statistic rounded so coarsely that it has to stray by more than five of its standard
deviations to round to another number.
"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import (
    close,
    expect,
    gradients,
    promise,
    raises,
    set_parameters,
    standard,
    to_grid,
    written_from_scratch,
)

DRAWS = 200  # an element of probability 0.2 is missed by all of them once in 1e19 runs


@pytest.fixture
def generator(generator):
    """Inputs come from another seed than the one that probes start from: else masks and inputs would be related."""
    return torch.Generator().manual_seed(generator.initial_seed() + 1)


@pytest.fixture
def values(randn):
    """values(3, 4): random numbers of both signs, none near zero."""
    return lambda *shape, **dtype: (lambda X: X + X.sign() / 2)(randn(*shape, **dtype))


def spread(Y):
    """Of draws Y[0], Y[1], ...: the least and the greatest value of each element, and whether it has no third one."""
    low, high = Y.amin(0), Y.amax(0)
    return low, high, bool(((low == Y) | (high == Y)).all())


def drop(impl, X, dropout=0.3):
    """The spread of many calls."""
    return spread(torch.stack([impl.dropout_layer(X, dropout) for _ in range(DRAWS)]))


def dropped_or_scaled(X, dropout=0.3):
    """What `drop` should give: each element is 0 or X / (1 - dropout)."""
    kept = X / (1 - dropout)
    return kept.clamp(max=0), kept.clamp(min=0), True


def shares(Y):
    """The shape of Y, the values that occur in it, and their shares to the nearest fortieth."""
    found, counts = Y.unique(return_counts=True)
    return list(Y.shape), found[:9], to_grid(counts / Y.numel(), 1 / 40)[:9]


def correlations(rows):
    """The correlations of kept and dropped between the rows, to the nearest tenth; in the dtype of the rows."""
    return to_grid(torch.corrcoef((rows != 0).double()), 0.1).to(rows.dtype)


@pytest.mark.exercise("dropout_layer")
class TestDropoutLayer:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        call=lambda impl, X: (drop(impl, X), impl.dropout_layer(X, 0.0), impl.dropout_layer(X, 1.0)),
    )
    def arguments(self, values):
        return {"X": values(3, 4)}

    @pytest.mark.points(2)
    def test_survivors(self, run, values):
        """Makes each element 0 in some calls, and exactly X / (1 - dropout) in all others.
        每个元素在一些调用中变为 0，在其余调用中恰好等于 X / (1 - dropout)。"""
        X = values(3, 4)
        for p in (0.2, 0.4, 0.75):
            close(run(lambda impl, p=p: drop(impl, X, p)), dropped_or_scaled(X, p))

    @pytest.mark.points(2)
    def test_fraction(self, run, randn, chance):
        """Drops the fraction `dropout` of many elements, small or large.
        元素很多时，被丢弃的比例等于 dropout，无论它是大是小。"""
        X = (randn(()).abs() + 1).expand(40_000)
        for p in (chance.randint(6, 14) / 40, chance.randint(24, 32) / 40):
            found = run(lambda impl, p=p: shares(impl.dropout_layer(X, p)))
            close(found, ([40_000], torch.tensor([0, X[0] / (1 - p)]), torch.tensor([p, 1 - p])))

    def test_moments(self, run, randn, chance):
        """Keeps the mean and divides the mean square by 1 - dropout, as dropout in torch does.
        均值不变，均方值变为原来的 1 / (1 - dropout) 倍，与 torch 自带的暂退法一致。"""
        X = randn(chance.randint(40_000, 60_000)) + 2

        def probe(impl):
            Y = impl.dropout_layer(X, 0.2)
            return list(Y.shape), to_grid(Y.sum() / X.sum(), 0.05), to_grid((Y**2).sum() / (X**2).sum(), 0.05)

        close(run(probe), (list(X.shape), torch.tensor(1.0), torch.tensor(1.25)))

    @pytest.mark.points(2)
    def test_within_a_row(self, run, chance):
        """Drops the elements of a row independently of each other.
        同一行中的各个元素独立地被丢弃。"""
        X = torch.ones(20_000, chance.randint(3, 40))
        close(run(lambda impl: correlations(impl.dropout_layer(X, 0.3).t())), torch.eye(X.shape[1]))

    def test_between_rows(self, run, chance):
        """Draws a separate mask for each example of a batch.
        批量中的每个样本有各自的掩码。"""
        X = torch.ones(chance.randint(3, 40), 20_000)
        close(run(lambda impl: correlations(impl.dropout_layer(X, 0.3))), torch.eye(len(X)))

    def test_between_calls(self, run, chance):
        """Draws a new mask in every call.
        每次调用都重新抽取掩码。"""
        X, calls = torch.ones(20_000), chance.randint(3, 40)
        found = run(lambda impl: correlations(torch.stack([impl.dropout_layer(X, 0.3) for _ in range(calls)])))
        close(found, torch.eye(calls))

    def test_few_elements(self, run, values):
        """Drops none, some or all of three elements, from call to call.
        只有三个元素时，各次调用可能一个不丢、丢弃一部分或全部丢弃。"""
        X = values(3)

        def probe(impl):
            Y = torch.stack([impl.dropout_layer(X, 0.4) for _ in range(2 * DRAWS)])
            return spread(Y), (Y == 0).sum(1).unique()  # all three are dropped in 1 of 16 calls

        close(run(probe), (dropped_or_scaled(X, 0.4), torch.arange(4)))

    def test_zero(self, run, values):
        """Returns X for dropout 0, and something else for another dropout.
        dropout 为 0 时，结果等于 X；为其他值时，不等于 X。"""
        X = values(20, 30)
        found = run(lambda impl: (impl.dropout_layer(X, 0), impl.dropout_layer(X, 0.0), drop(impl, X[0])))
        close(found, (X, X, dropped_or_scaled(X[0])))

    def test_one(self, run, values):
        """Returns zeros for dropout 1, even where X is infinite or NaN.
        dropout 为 1 时全部为零，即使 X 中有无穷大或 NaN。"""
        X = values(3, 4)
        wild = torch.tensor([1.0, torch.inf, -torch.inf, torch.nan])
        found = run(lambda impl: (impl.dropout_layer(wild, 1), impl.dropout_layer(X, 1.0), drop(impl, X)))
        close(found, (torch.zeros(4), torch.zeros(3, 4), dropped_or_scaled(X)))

    @pytest.mark.needs("survivors")
    def test_no_probability(self, run, values):
        """Raises AssertionError for a dropout below 0 or above 1.
        dropout 小于 0 或大于 1 时，抛出 AssertionError。"""
        X, wrong = values(3, 4), (-0.1, 1.1, 2)

        def probe(impl):
            return [raises(lambda p=p: impl.dropout_layer(X, p), AssertionError) for p in wrong], drop(impl, X)

        close(run(probe), ([True, True, True], dropped_or_scaled(X)))

    def test_shapes(self, run, values):
        """Accepts a vector, a batch of one and a batch of images.
        可以是向量、只有一个样本的批量或一批图像。"""
        for X in (values(5), values(1, 6), values(2, 3, 2, 2)):
            close(run(lambda impl, X=X: drop(impl, X)), dropped_or_scaled(X))

    @pytest.mark.points(2)
    def test_gradients(self, run, values):
        """Gives the gradient 1 / (1 - dropout) to kept elements and 0 to dropped elements, even if all are dropped.
        保留的元素梯度为 1 / (1 - dropout)，丢弃的元素梯度为 0；全部丢弃时也是如此。"""
        X = values(3, 4, dtype=torch.float64).repeat(DRAWS, 1, 1)

        def probe(impl):
            X_ = X.clone().requires_grad_()
            Y = impl.dropout_layer(X_, 0.3)
            Y.sum().backward()
            return X_.grad * X - Y, spread(X_.grad * X), gradients(lambda x: x + impl.dropout_layer(x, 1), X)

        close(run(probe), (0 * X, dropped_or_scaled(X[0]), gradients(lambda x: 1 * x, X)))

    @pytest.mark.bonus
    def test_half_precision(self, run, values):
        """Keeps float16.
        保持 float16。"""
        X = values(3, 4).half()
        close(run(lambda impl: drop(impl, X)), dropped_or_scaled(X))

    @pytest.mark.bonus
    def test_infinite_input(self, run):
        """Drops an infinite element to 0, not to NaN.
        无穷大的元素被丢弃后是 0，而不是 NaN。"""
        X = torch.tensor([torch.inf, 2.0, -torch.inf])
        close(run(lambda impl: drop(impl, X)), dropped_or_scaled(X))

    test_from_scratch = written_from_scratch


SIZES = (6, 3, 5, 4)  # num_inputs, num_outputs, num_hiddens1, num_hiddens2


def network(impl, *is_training, sizes=SIZES):
    return set_parameters(impl.Net(*sizes, *is_training), seed=1)


def prediction(X, sizes=SIZES):
    """What Net computes of X (n, num_inputs) without dropout, and the layers that it has, by torch's own functions."""
    d, q, h1, h2 = sizes
    layers = {"lin1": nn.Linear(d, h1), "lin2": nn.Linear(h1, h2), "lin3": nn.Linear(h2, q)}
    layers = set_parameters(nn.ModuleDict(layers), seed=1).to(X.dtype)
    return layers["lin3"](F.relu(layers["lin2"](F.relu(layers["lin1"](X))))), layers


def telling_network(impl, bias):
    """A Net of one unit a layer, whose result tells which were dropped.

    H1 is 1 before and 0 or 1.25 after dropout; H2 is H1 + 1, which becomes 0, 2 or 4.5; the result is H2 + bias.
    """
    net, one = impl.Net(2, 1, 1, 1), torch.ones(1)
    biases = {"lin1.bias": one, "lin2.bias": one, "lin3.bias": bias * one}
    net.load_state_dict(biases | {"lin1.weight": torch.zeros(1, 2), "lin2.weight": one[None], "lin3.weight": one[None]})
    return net


@pytest.mark.exercise("Net")
class TestNet:
    @standard(promise.float64_transposed, promise.gradients("X"), net=lambda impl: network(impl).eval())
    def arguments(self, randn):
        return {"X": randn(8, 6)}

    def test_parameters(self, run, chance):
        """Has three linear layers of the given sizes, with random weights.
        有三个线性层，形状符合参数的要求，权重随机初始化。"""
        d, q, h1, h2 = sizes = chance.sample(range(2, 50), 4)

        def probe(impl):
            one, other = impl.Net(*sizes), impl.Net(*sizes)
            alike = [torch.equal(getattr(one, f"lin{i}").weight, getattr(other, f"lin{i}").weight) for i in (1, 2, 3)]
            return alike, {name: list(parameter.shape) for name, parameter in one.named_parameters()}

        weights = {"lin1.weight": [h1, d], "lin2.weight": [h2, h1], "lin3.weight": [q, h2]}
        close(run(probe), ([False] * 3, weights | {"lin1.bias": [h1], "lin2.bias": [h2], "lin3.bias": [q]}))

    @pytest.mark.points(2)
    def test_evaluation(self, run, randn):
        """Drops nothing in evaluation mode: three layers, two ReLUs, the same result every time.
        评估模式下不丢弃任何元素：三个线性层和两个 ReLU，每次结果相同。"""
        X = randn(8, 6)
        close(run(lambda impl: [network(impl).eval()(X) for _ in range(2)]), [prediction(X)[0].detach()] * 2)

    def test_made_for_prediction(self, run, randn):
        """Drops nothing from the start if is_training=False.
        is_training=False 时，一开始就不丢弃。"""
        X = randn(8, 6)
        found = run(lambda impl: [network(impl, False)(X), impl.Net(*SIZES, is_training=False).training])
        close(found, [prediction(X)[0].detach(), False])

    @pytest.mark.points(2)
    def test_training(self, run, chance):
        """Drops a fifth of the first hidden layer and half of the second in training, and scales the kept elements.
        训练模式下，第一个隐藏层丢弃五分之一，第二个丢弃一半，并放大保留的元素。"""
        biases = chance.sample(range(-99, 100), 2)
        found = run(lambda impl: [shares(telling_network(impl, bias)(torch.zeros(60_000, 2))) for bias in biases])
        expected = torch.tensor([0, 2, 4.5]), torch.tensor([0.5, 0.1, 0.4])
        close(found, [([60_000, 1], bias + expected[0], expected[1]) for bias in biases])

    def test_other_probabilities(self, run, randn):
        """Uses the globals dropout1 and dropout2: if both are 0, training drops nothing.
        使用全局变量 dropout1 和 dropout2：两者都为 0 时，训练中也不丢弃任何元素。"""
        X = randn(8, 6)

        def probe(impl):
            module = type(network(impl)).forward.__globals__
            before = {name: module.get(name) for name in ("dropout1", "dropout2")}
            try:
                module["dropout1"] = module["dropout2"] = 0.0
                return network(impl)(X)
            finally:
                module.update(before)

        close(run(probe), prediction(X)[0].detach())

    def test_modes(self, run, randn):
        """Turns dropout on by train() and off by eval(), whatever is_training was.
        无论 is_training 是什么，train() 都打开暂退法，eval() 都关闭暂退法。"""
        X = randn(40, 6)

        def probe(impl):
            net, seen = network(impl, False), []
            for mode in (True, False, True, False):
                Y = net.train(mode)(X)
                seen.append((torch.equal(Y, net(X)), net.training))
            return seen, Y

        modes = [(False, True), (True, False)]
        close(run(probe), (modes + modes, prediction(X)[0].detach()))

    def test_output_is_kept(self, run, randn):
        """Drops no outputs: if the weights of the last layer are zero, the outputs equal its bias.
        不丢弃输出：最后一层的权重为零时，输出就是该层的偏置。"""
        X, bias = randn(50, 6), randn(3)

        def probe(impl):
            net = network(impl)
            net.lin3.weight.data.zero_()
            net.lin3.bias.data = bias
            return net(X)

        close(run(probe), bias.expand(50, 3))

    def test_input_is_kept(self, run, chance):
        """Drops no inputs: the first hidden layer always gets all of them.
        不丢弃输入：第一个隐藏层总能得到全部输入。"""
        part = chance.randint(3, 13) / 16  # the two inputs sum to 1, exactly
        X = torch.tensor([part, 1 - part]).repeat(3000, 1)

        def probe(impl):
            net = telling_network(impl, 0)
            net.lin1.weight.data.fill_(1.0)
            net.lin1.bias.data.zero_()
            return shares(net(X))[1]

        close(run(probe), torch.tensor([0, 2, 4.5]))

    def test_images(self, run, randn):
        """Flattens a batch of images, also a batch of one.
        展平一批图像，批量可以只有一张图像。"""
        X, sizes = randn(3, 1, 28, 28), (784, 10, 7, 8)
        expected = prediction(X.reshape(3, 784), sizes)[0].detach()
        found = run(lambda impl: [network(impl, sizes=sizes).eval()(images) for images in (X, X[:1])])
        close(found, [expected, expected[:1]], atol=1e-4)  # sums of 784 products

    def test_non_contiguous_images(self, run, randn):
        """Accepts images that are not contiguous in memory, with the channels last.
        图像在内存中可以不连续（通道排在最后）。"""
        X, sizes = randn(3, 28, 28, 1).permute(0, 3, 2, 1), (784, 10, 7, 8)
        expected = prediction(X.reshape(3, 784), sizes)[0].detach()
        close(run(lambda impl: network(impl, sizes=sizes).eval()(X)), expected, atol=1e-4)  # sums of 784 products


def estimate(impl, X, **seed):
    """Mean and variance of many draws, to the nearest quarter of X and of X^2: 5.6 and 11 standard deviations."""
    mean, variance = impl.expected_output(X, 1 / 3, 1000, **seed)
    unit, square = X.to(mean.dtype), X.to(variance.dtype) ** 2
    return to_grid(mean / unit, 0.25) * unit, to_grid(variance / square, 0.25) * square


def limit(X):
    """What `estimate` should give: x and x^2 p / (1 - p)."""
    return X, X**2 / 2


def two_valued(mean, variance, kept, n):
    """Require moments that n draws of 0 or `kept` can have, of elements that are dropped each by itself."""
    count = (mean / kept * n).round().clamp(0, n).nan_to_num()
    close((mean, variance), (kept * count / n, kept**2 * (count / n) * (1 - count / n)))
    en = f"In {n} draws, elements are dropped together or always the same; each draw should drop each independently."
    expect(count.unique().numel() > min(n, 2), en, "每次采样时，各元素应各自独立地被丢弃，而不是一起被丢弃或每次相同。")


@pytest.mark.exercise("expected_output")
class TestExpectedOutput:
    @standard(promise.untouched, call=lambda impl, X: estimate(impl, X))
    def arguments(self, values):
        return {"X": values(3, 4)}

    @pytest.mark.points(2)
    def test_many_draws(self, run, values):
        """Estimates a mean near X and a variance near X^2 p / (1 - p), for each element.
        采样很多次时，每个元素的均值接近 X，方差接近 X^2 p / (1 - p)。"""
        X = values(3, 4)
        close(run(lambda impl: estimate(impl, X)), limit(X))

    @pytest.mark.points(2)
    def test_few_draws(self, run, values):
        """Returns a multiple of k / n and the variance mean (k - mean), for n draws of 0 or k = X / (1 - dropout).
        n 次采样的值是 0 或 k = X / (1 - dropout)：均值是 k / n 的整数倍，方差是 mean (k - mean)。"""
        X = values(200)
        for n in (1, 2, 5):
            two_valued(*run(lambda impl, n=n: impl.expected_output(X, 0.4, n)), X / 0.6, n)

    def test_nothing_dropped(self, run, values):
        """Returns mean X and variance 0 for dropout 0, and a positive variance for another dropout.
        dropout 为 0 时，均值为 X，方差为 0；为其他值时，方差不为 0。"""
        X = values(3, 4)
        close(run(lambda impl: (impl.expected_output(X, 0.0, 8), estimate(impl, X))), ((X, 0 * X), limit(X)))

    def test_everything_dropped(self, run, values):
        """Returns mean 0 and variance 0 for dropout 1, and other numbers for another dropout.
        dropout 为 1 时，均值和方差都为 0；为其他值时不为 0。"""
        X = values(3, 4)

        def probe(impl):
            found = impl.expected_output(X, 1.0, 8)
            # The numbers of zeros and of NaN let a diagnosis tell NaN from other wrong values.
            return found, [[int((Y == 0).sum()), int(Y.isnan().sum())] for Y in found], estimate(impl, X)

        close(run(probe), ((0 * X, 0 * X), [[12, 0]] * 2, limit(X)))

    def test_seed(self, run, values):
        """Returns the same estimate for the same seed and another for another seed; the default is 0.
        种子相同则估计相同，种子不同则估计不同；默认种子为 0。"""
        X, x = values(10, 20), values(4)

        def probe(impl):
            means = [impl.expected_output(X, 0.4, 5, **seed)[0] for seed in ({}, {"seed": 0}, {"seed": 3}, {"seed": 3})]
            return [[torch.equal(one, other) for one in means] for other in means], estimate(impl, x, seed=3)

        same = [[True, True, False, False]] * 2 + [[False, False, True, True]] * 2
        close(run(probe), (same, limit(x)))

    def test_shapes(self, run, values):
        """Accepts a vector, a batch of one and a batch of images.
        可以是向量、只有一个样本的批量或一批图像。"""
        for X in (values(3), values(1, 4), values(1, 2, 2, 2)):
            close(run(lambda impl, X=X: estimate(impl, X)), limit(X))

    def test_float64_transposed(self, run, values):
        """Keeps float64 and its precision for an input that is not contiguous in memory.
        保持 float64 及其精度，输入在内存中可以不连续。"""
        X = values(20, 30, dtype=torch.float64).t()
        two_valued(*run(lambda impl: impl.expected_output(X, 0.4, 6)), X / 0.6, 6)
