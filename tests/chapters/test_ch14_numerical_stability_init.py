"""ch14: logsumexp, log_softmax, xavier_uniform_, scaled_sigmoid, product_singular_values, gradient_norms.

Random results are brought to what does not depend on the random stream: an exact fact, or a statistic rounded so
coarsely that it has to stray by more than five of its standard deviations to round to another number.
"""

import math

import pytest
import torch
from torch import nn

from dlgrade.suite import close, gradients, raises, set_parameters, written_from_scratch

INF = torch.inf


def to_grid(x, step):
    """x rounded to multiples of step."""
    return (x / step).round() * step


@pytest.mark.exercise("logsumexp")
class TestLogsumexp:
    @pytest.mark.points(2)
    def test_each_dim(self, run, randn):
        """Sums over the given dimension of a matrix, as torch does.
        沿给定的维对矩阵求和，与 torch 一致。"""
        X = 2 * randn(4, 5)
        close(run(lambda impl: [impl.logsumexp(X, d) for d in (0, 1)]), [torch.logsumexp(X, d) for d in (0, 1)])

    def test_keepdim(self, run, randn):
        """With keepdim the dimension stays, of size 1, and the result can be subtracted from X.
        keepdim=True 时保留该维（大小为 1），结果可以直接与 X 相减。"""
        X = randn(3, 4)
        found = run(lambda impl: [impl.logsumexp(X, 0, True), impl.logsumexp(X, 1, keepdim=True)])
        close(found, [torch.logsumexp(X, d, keepdim=True) for d in (0, 1)])

    def test_negative_dim(self, run, randn):
        """Counts a negative dim from the last, in tensors of one and of four dimensions.
        负的 dim 从最后一维数起；可接受一维和四维张量。"""
        cases = [(randn(6), -1), (randn(2, 3, 4, 5), -3), (randn(2, 3, 4, 5), -2)]
        found = run(lambda impl: [impl.logsumexp(X, dim) for X, dim in cases])
        close(found, [torch.logsumexp(X, dim) for X, dim in cases])

    @pytest.mark.points(2)
    def test_large_logits(self, run, randn):
        """Logits near 10000 do not overflow.
        接近 10000 的 logit 不会上溢。"""
        X = 10_000 + 3 * randn(3, 4)
        close(run(lambda impl: impl.logsumexp(X, 1)), torch.logsumexp(X, 1))

    @pytest.mark.points(2)
    def test_small_logits(self, run, randn):
        """Logits near -10000 do not vanish.
        接近 -10000 的 logit 不会下溢。"""
        X = -10_000 + 3 * randn(3, 4)
        close(run(lambda impl: impl.logsumexp(X, 1)), torch.logsumexp(X, 1))

    @pytest.mark.points(2)
    def test_rows_of_different_scale(self, run, randn):
        """Each row is right by itself, one near 10000, one near 0, one near -10000.
        每一行各自正确：一行接近 10000，一行接近 0，一行接近 -10000。"""
        X = randn(3, 4) + torch.tensor([[1e4], [0.0], [-1e4]])
        close(run(lambda impl: impl.logsumexp(X, -1)), torch.logsumexp(X, -1))

    def test_all_minus_infinity(self, run, randn):
        """A row of -inf everywhere gives -inf, not NaN; -inf beside other numbers adds nothing.
        全为 -inf 的行得到 -inf 而不是 NaN；与其他数并列的 -inf 不起作用。"""
        X = randn(3, 4)
        X[0], X[1, 2] = -INF, -INF
        expected = torch.cat([torch.tensor([-INF]), torch.logsumexp(X[1:], 1)])
        close(run(lambda impl: impl.logsumexp(X, 1)), expected)

    def test_infinity(self, run, randn):
        """One inf gives inf, not NaN, and leaves the other rows right.
        出现 inf 时得到 inf 而不是 NaN，其他行仍然正确。"""
        X = randn(3, 4)
        X[0, 1], X[2, 0], X[2, 3] = INF, INF, -INF
        expected = torch.tensor([INF, torch.logsumexp(X[1], 0), INF])
        close(run(lambda impl: impl.logsumexp(X, 1)), expected)

    def test_single_element(self, run, randn):
        """Over a dimension of size 1 it gives the element itself, be it 10000.
        在大小为 1 的维上得到元素本身，即使它是 10000。"""
        X = torch.cat([randn(2, 1), torch.tensor([[1e4], [-1e4]])])
        found = run(lambda impl: [impl.logsumexp(X, 1), impl.logsumexp(X.t(), 0, keepdim=True)])
        close(found, [X[:, 0], X.t()])

    def test_float64_transposed(self, run, randn):
        """Keeps float64 and its precision, also on a non-contiguous input.
        保持 float64 及其精度，也可接受非连续的输入。"""
        X = 5 * randn(4, 3, dtype=torch.float64).t() + 10
        close(run(lambda impl: impl.logsumexp(X, 1)), torch.logsumexp(X, 1))

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """The gradient is the softmax, also at logits of 10000 and beside -inf.
        梯度就是 softmax，在 10000 附近以及与 -inf 并列时也是如此。"""
        X = randn(3, 4, dtype=torch.float64) + torch.tensor([[0], [1e4], [-1e4]])
        X[0, 1] = -INF
        expected = torch.softmax(X, 1) * torch.arange(3, dtype=torch.float64).sin()[:, None]
        weights = gradients(lambda x: torch.logsumexp(x, 1), X[1:] - X[1:].amax(1, keepdim=True))
        assert weights[0].isfinite().all()
        close(run(lambda impl: gradients(lambda x: impl.logsumexp(x, 1), X)), [expected])

    def test_hundred_layers(self, run, randn):
        """The forward algorithm of a Markov chain, 100 steps in log space, keeps its value and its gradient.
        马尔可夫链的前向算法在对数空间中走 100 步，其值与梯度都不丢失。"""
        start, steps = randn(3, dtype=torch.float64), randn(3, 3, dtype=torch.float64) - 20

        def total(logsumexp, log_p, log_A):
            for _ in range(100):
                log_p = logsumexp(log_p[:, None] + log_A, 0)
            return logsumexp(log_p, 0)

        def probe(impl):
            inputs = [start.clone().requires_grad_(), steps.clone().requires_grad_()]
            value = total(impl.logsumexp, *inputs)
            return [value, *torch.autograd.grad(value, inputs)]

        inputs = [start.clone().requires_grad_(), steps.clone().requires_grad_()]
        value = total(torch.logsumexp, *inputs)
        close(run(probe), [value.detach(), *torch.autograd.grad(value, inputs)])

    def test_arguments_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(3, 4)
        close(run(lambda impl: (impl.logsumexp(X, 1), X)), (torch.logsumexp(X, 1), X))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("log_softmax")
class TestLogSoftmax:
    @pytest.mark.points(2)
    def test_each_dim(self, run, randn):
        """Normalises over the given dimension of a matrix, as torch does.
        沿矩阵的给定维归一化，与 torch 一致。"""
        X = 2 * randn(4, 5)
        close(run(lambda impl: [impl.log_softmax(X, d) for d in (0, 1)]), [torch.log_softmax(X, d) for d in (0, 1)])

    def test_negative_dim(self, run, randn):
        """Counts a negative dim from the last, in tensors of one and of four dimensions.
        负的 dim 从最后一维数起；可接受一维和四维张量。"""
        cases = [(randn(6), -1), (randn(2, 3, 4, 5), -3), (randn(2, 3, 4, 5), -2)]
        found = run(lambda impl: [impl.log_softmax(X, dim) for X, dim in cases])
        close(found, [torch.log_softmax(X, dim) for X, dim in cases])

    @pytest.mark.points(2)
    def test_large_gaps(self, run, randn):
        """Logits of 10000 and -10000 in one row give finite values, down to -20000.
        同一行中有 10000 和 -10000 时结果仍为有限值，可低至 -20000。"""
        X = randn(3, 4)
        X[0, :2], X[1, 3], X[2, 0] = torch.tensor([1e4, -1e4]), -1e4, 1e4
        close(run(lambda impl: impl.log_softmax(X, 1)), torch.log_softmax(X, 1), rtol=1e-4, atol=1e-3)

    def test_digits(self, run):
        """Logits of 10000 and some more give the digits of the logits without the 10000.
        给 logit 加上 10000 后，结果的有效数字与不加时完全一样。"""
        X = torch.tensor([[0.0, 0.5, 1.0, -1.0], [2.0, -0.5, 0.0, 0.25]])  # float32 holds them exactly, plus 10000
        close(run(lambda impl: impl.log_softmax(X + 10_000, 1)), torch.log_softmax(X, 1))

    def test_probabilities(self, run, randn):
        """The exponentials of each row add up to one, in rows near 10000, 0 and -10000.
        每一行的指数之和为 1，无论该行接近 10000、0 还是 -10000。"""
        X = randn(3, 5, dtype=torch.float64) + torch.tensor([[1e4], [0.0], [-1e4]])
        found = run(lambda impl: impl.log_softmax(X, -1))
        close((found.exp().sum(1), found), (torch.ones(3, dtype=torch.float64), torch.log_softmax(X, -1)))

    def test_impossible_class(self, run, randn):
        """A logit of -inf gives -inf and leaves the others right.
        取值为 -inf 的 logit 得到 -inf，其余结果仍然正确。"""
        X = randn(3, 4)
        X[0, 1], X[2, 1:] = -INF, -INF
        close(run(lambda impl: impl.log_softmax(X, 1)), torch.log_softmax(X, 1))

    def test_one_class(self, run, randn):
        """A single class has log-probability 0, in a batch of one, too.
        只有一个类别时对数概率为 0，批量只有一个样本时也是如此。"""
        column, row = randn(3, 1), randn(1, 3)
        found = run(lambda impl: [impl.log_softmax(column, 1), impl.log_softmax(row, 1)])
        close(found, [torch.zeros(3, 1), torch.log_softmax(row, 1)])

    def test_float64_transposed(self, run, randn):
        """Keeps float64 and its precision, also on a non-contiguous input.
        保持 float64 及其精度，也可接受非连续的输入。"""
        X = 5 * randn(4, 3, dtype=torch.float64).t() + 10
        close(run(lambda impl: impl.log_softmax(X, 1)), torch.log_softmax(X, 1))

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """The gradient is right and finite, also where logits are 20000 apart.
        梯度正确且为有限值，即使 logit 之间相差 20000。"""
        X = randn(3, 4, dtype=torch.float64)
        X[1, :2], X[2, 3] = torch.tensor([1e4, -1e4]), -1e4
        expected = gradients(lambda x: torch.log_softmax(x, 1), X)
        close(run(lambda impl: gradients(lambda x: impl.log_softmax(x, 1), X)), expected)

    def test_hundred_layers(self, run, randn):
        """A hundred applications in a row are one: probabilities are normalised already.
        连续作用 100 次与作用一次相同：概率已经归一化。"""
        X = 3 * randn(3, 4, dtype=torch.float64)

        def hundred(log_softmax, x):
            for _ in range(100):
                x = log_softmax(x, 1)
            return x

        def probe(impl):
            return hundred(impl.log_softmax, X), gradients(lambda x: hundred(impl.log_softmax, x), X)

        close(run(probe), (torch.log_softmax(X, 1), gradients(lambda x: torch.log_softmax(x, 1), X)))

    def test_arguments_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(3, 4)
        close(run(lambda impl: (impl.log_softmax(X, 1), X)), (torch.log_softmax(X, 1), X))

    test_from_scratch = written_from_scratch


def filled(impl, W, **gain):
    """Of W after initialisation, in units of sqrt(1 / fans): whether it came back itself; then its moments, rounded.

    Largest magnitude, mean, variance, fourth moment; for 20,000 uniform numbers their standard deviations are about
    0.0001, 0.01, 0.013 and 0.045, and the grid forgives at least five of them. The extreme lies below the bound.
    """
    with torch.no_grad():
        W.fill_(7.0)
    same = impl.xavier_uniform_(W, **gain) is W
    x = W.detach() * math.sqrt((W.shape[0] + W.shape[1]) * math.prod(W.shape[2:]))
    moments = [(x.abs().amax(), 0.01), (x.mean(), 0.2), ((x**2).mean(), 0.2), ((x**4).mean(), 0.8)]
    return same, [to_grid(moment, step) for moment, step in moments]


def uniform(gain=1.0, dtype=torch.float32):
    """What `filled` should give: U(-a, a) with a = gain * sqrt(6) has the moments a, 0, a^2 / 3 and a^4 / 5."""
    raise NotImplementedError
