"""ch13: mc_dropout_predict."""

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    close,
    promise,
    set_parameters,
    standard,
    to_grid,
)


@pytest.fixture
def generator(generator):
    """Inputs come from another seed than the one that probes start from: else masks and inputs would be related."""
    return torch.Generator().manual_seed(generator.initial_seed() + 1)


@pytest.fixture
def values(randn):
    """values(3, 4): random numbers of both signs, none near zero."""
    return lambda *shape, **dtype: (lambda X: X + X.sign() / 2)(randn(*shape, **dtype))


class Count(nn.Module):
    """Multiplies its input by 1 at the first call, by 2 at the second, and so on."""

    calls = 0

    def forward(self, X):
        self.calls += 1
        return self.calls * X


def classifier():
    return set_parameters(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2)), seed=2)


@pytest.mark.exercise("mc_dropout_predict")
class TestMcDropoutPredict:
    @standard(promise.untouched, call=lambda impl, X: impl.mc_dropout_predict(Count(), X, 2))
    def arguments(self, randn):
        return {"X": randn(4, 3)}

    @pytest.mark.points(2)
    def test_moments(self, run, values):
        """Returns a mean near X and a deviation near |X| sqrt(p / (1 - p)) for a single nn.Dropout.
        只有一个 nn.Dropout 时，均值接近 X，标准差接近 |X| sqrt(p / (1 - p))。"""
        X = values(2, 3)

        def probe(impl):
            mean, deviation = impl.mc_dropout_predict(nn.Dropout(0.2).eval(), X, 500)
            unit, size = X.to(mean.dtype), X.to(deviation.dtype).abs()  # in these they stray by 0.022 and 0.019
            return to_grid(mean / unit, 0.25) * unit, to_grid(deviation / size, 0.25) * size

        close(run(probe), (X, X.abs() / 2))

    @pytest.mark.points(2)
    def test_calls(self, run, randn):
        """Calls the network n_samples times, and divides by n_samples in mean and deviation.
        调用网络 n_samples 次，均值和标准差都除以 n_samples。"""
        X = randn(4, 3)
        for n in (1, 2, 5):
            mean, deviation = (n + 1) / 2 * X, ((n * n - 1) / 12) ** 0.5 * X.abs()
            close(run(lambda impl, n=n: impl.mc_dropout_predict(Count(), X, n)), (mean, deviation))

    def test_dropout_works(self, run, randn):
        """Finds nn.Dropout modules at any depth of a network in evaluation mode.
        网络原来处于评估模式时，也能找到其中任意深处的 nn.Dropout 模块。"""
        X, weight, bias = randn(4, 3), randn(3, 3), torch.tensor([1.0, 2.0, -3.0]) * (randn(3).abs() + 1)

        def probe(impl):
            inner = nn.Sequential(nn.Sequential(nn.Dropout(1.0)), nn.Linear(3, 3))
            nets = [nn.Sequential(inner, nn.ReLU()), nn.Sequential(nn.Linear(3, 3), nn.Dropout(1.0))]
            inner[1].weight.data, inner[1].bias.data = weight, bias
            return [impl.mc_dropout_predict(net.eval(), X, 3) for net in nets]

        nothing = torch.zeros(4, 3)
        close(run(probe), [(bias.clamp(min=0).expand(4, 3), nothing), (nothing, nothing)])

    @pytest.mark.points(2)
    def test_batch_norm(self, run, randn):
        """Makes batch normalisation use and keep its running statistics, even if the network was in training mode.
        批量规范化使用移动平均得到的统计量，并且不改变它们，即使网络原来处于训练模式。"""
        X, means = randn(8, 3), randn(3)

        def probe(impl):
            norm = nn.BatchNorm1d(3)
            norm.running_mean, norm.running_var = means.clone(), torch.full((3,), 4.0)
            found = impl.mc_dropout_predict(nn.Sequential(norm, nn.Dropout(0.0)).train(), X, 3)
            return found, norm.running_mean, norm.running_var, norm.num_batches_tracked

        close(run(probe), (((X - means) / (4 + 1e-5) ** 0.5, 0 * X), means, torch.full((3,), 4.0), torch.tensor(0)))

    @pytest.mark.needs("moments")
    def test_modes_restored(self, run, randn):
        """Returns every module to its previous mode, even if the modes differ.
        每个模块最后都回到原来的模式，即使它们的模式各不相同。"""
        X, mixtures = randn(4, 3), [(1, 1, 1, 1, 1), (0, 0, 0, 0, 0), (1, 0, 0, 1, 0), (0, 1, 1, 0, 1)]

        def with_modes(impl, modes):
            net = nn.Sequential(nn.Sequential(nn.Dropout(0.0), nn.Identity()), Count())
            for module, mode in zip(net.modules(), modes, strict=True):
                module.training = bool(mode)
            return impl.mc_dropout_predict(net, X, 3), [int(module.training) for module in net.modules()]

        found = run(lambda impl: [with_modes(impl, modes) for modes in mixtures])
        close(found, [((2 * X, (2 / 3) ** 0.5 * X.abs()), modes) for modes in mixtures])

    @pytest.mark.needs("moments")
    def test_no_graph(self, run, randn):
        """Returns results without a graph, and keeps autograd enabled.
        两个结果都不带计算图；之后自动求导仍然开启。"""
        X = randn(4, 6)

        def probe(impl):
            found = impl.mc_dropout_predict(classifier(), X.clone().requires_grad_(), 3)
            return found, [result.requires_grad for result in found], torch.is_grad_enabled()

        close(run(probe), ((classifier()(X).detach(), torch.zeros(4, 2)), [False, False], True))

    def test_without_dropout(self, run, randn):
        """Returns the prediction and a deviation of 0 for a network without dropout.
        网络中没有暂退层时，均值就是预测值，标准差为 0。"""
        X = randn(4, 6)
        expected = classifier()(X).detach(), torch.zeros(4, 2)
        close(run(lambda impl: impl.mc_dropout_predict(classifier(), X, 4)), expected)

    def test_float64_batch_of_one(self, run, randn):
        """Works in float64, for a batch of one, and for an input that is not contiguous in memory.
        支持 float64，批量可以只有一个样本，输入在内存中可以不连续。"""
        X = randn(3, 5, dtype=torch.float64).t()
        found = run(lambda impl: [impl.mc_dropout_predict(Count(), batch, 4) for batch in (X, X[:1])])
        close(found, [(2.5 * batch, 1.25**0.5 * batch.abs()) for batch in (X, X[:1])])
