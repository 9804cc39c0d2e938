"""ch14: logsumexp, log_softmax, xavier_uniform_, scaled_sigmoid, product_singular_values, gradient_norms.

Random results are brought to what does not depend on the random stream: an exact fact, or a statistic rounded so
coarsely that it has to stray by more than five of its standard deviations to round to another number.
"""

import math
from functools import reduce
from itertools import accumulate

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, gradient_weights, gradients, promise, raises, standard, to_grid, written_from_scratch

INF = torch.inf
DIMENSIONS = [(shape, dim) for shape in ((6,), (4, 5), (2, 3, 4, 5)) for dim in range(-len(shape), len(shape))]


@pytest.mark.exercise("logsumexp")
class TestLogsumexp:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, randn):
        return {"X": 5 * randn(3, 4) + 10, "dim": 1}

    @pytest.mark.points(2)
    def test_each_dim(self, run, randn):
        """Sums over any dimension of a vector, a matrix and more, counted from either end, as torch does.
        可以沿向量、矩阵及更高维张量的任一维求和，维的编号可从两端数起；与 torch 一致。"""
        cases = [(2 * randn(shape), dim) for shape, dim in DIMENSIONS]
        found = run(lambda impl: [impl.logsumexp(X, dim) for X, dim in cases])
        close(found, [torch.logsumexp(X, dim) for X, dim in cases])

    def test_keepdim(self, run, randn):
        """Keeps the dimension, with size 1, if keepdim is true.
        keepdim=True 时保留该维，大小为 1。"""
        X = randn(3, 4)
        found = run(lambda impl: [impl.logsumexp(X, 0, True), impl.logsumexp(X, 1, keepdim=True)])
        close(found, [torch.logsumexp(X, d, keepdim=True) for d in (0, 1)])

    def test_other_axes_of_one(self, run, randn):
        """Removes the dimension dim alone, and keeps other dimensions of size 1.
        只去掉 dim 这一维，其他大小为 1 的维保持不变。"""
        cases = [(randn(shape), dim) for shape in ((1, 3), (4, 1), (1, 2, 1, 3)) for dim in range(-1, len(shape))]
        found = run(lambda impl: [impl.logsumexp(X, dim) for X, dim in cases])
        close(found, [torch.logsumexp(X, dim) for X, dim in cases])

    @pytest.mark.points(2)
    def test_huge_logits(self, run, randn):
        """Neither overflows for logits near 10000 nor underflows near -10000, also if a row has both.
        logits 接近 10000 时不上溢，接近 -10000 时不下溢；同一行中两者都有时也是如此。"""
        Xs = [3 * randn(3, 4) + shift for shift in (1e4, -1e4, torch.tensor([1e4, -1e4, 0, 1e4]))]
        close(run(lambda impl: [impl.logsumexp(X, 1) for X in Xs]), [torch.logsumexp(X, 1) for X in Xs])

    @pytest.mark.points(2)
    def test_rows_of_different_scale(self, run, randn):
        """Treats each row by itself: near 10000, near 0, near -10000.
        各行分别处理：一行接近 10000，一行接近 0，一行接近 -10000。"""
        X = randn(3, 4) + torch.tensor([[1e4], [0.0], [-1e4]])
        close(run(lambda impl: impl.logsumexp(X, -1)), torch.logsumexp(X, -1))

    def test_all_minus_infinity(self, run, randn):
        """Returns -inf, not NaN, for a row of -inf; a -inf beside other numbers adds nothing.
        全为 -inf 的行得到 -inf，而不是 NaN；行中还有别的数时，-inf 不起作用。"""
        X = randn(3, 4)
        X[0], X[1, 2] = -INF, -INF
        close(run(lambda impl: impl.logsumexp(X, 1)), torch.logsumexp(X, 1))

    def test_infinity(self, run, randn):
        """Returns inf, not NaN, for a row with an inf, and keeps the other rows right.
        有 inf 的行得到 inf，而不是 NaN；其他行仍然正确。"""
        X = randn(3, 4)
        X[0, 1], X[2, 0], X[2, 3] = INF, INF, -INF
        close(run(lambda impl: impl.logsumexp(X, 1)), torch.tensor([INF, torch.logsumexp(X[1], 0), INF]))

    def test_single_element(self, run, randn):
        """Returns the element itself over a dimension of size 1, even 10000.
        沿大小为 1 的维求和时，结果就是元素本身，即使它是 10000。"""
        X = torch.cat([randn(2, 1), torch.tensor([[1e4], [-1e4]])])
        found = run(lambda impl: [impl.logsumexp(X, 1), impl.logsumexp(X.t(), 0, keepdim=True)])
        close(found, [X[:, 0], X.t()])

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gives the softmax as gradient, also for logits of 10000 and beside -inf.
        梯度就是 softmax，在 10000 附近以及有 -inf 时也是如此。"""
        X = randn(3, 4, dtype=torch.float64) + torch.tensor([[0], [1e4], [-1e4]])
        X[0, 1] = -INF
        expected = torch.softmax(X, 1) * gradient_weights(X[:, 0])[:, None]
        close(run(lambda impl: gradients(lambda x: impl.logsumexp(x, 1), X)), [expected])

    def test_hundred_layers(self, run, randn):
        """Keeps the gradient through 100 steps of a Markov chain in log space.
        马尔可夫链在对数空间中走 100 步，梯度仍然正确。"""
        start, step = randn(3, dtype=torch.float64), randn(3, 3, dtype=torch.float64) - 20

        def chain(logsumexp):
            return gradients(lambda p, A: reduce(lambda p, _: logsumexp(p[:, None] + A, 0), range(100), p), start, step)

        close(run(lambda impl: chain(impl.logsumexp)), chain(torch.logsumexp))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("log_softmax")
class TestLogSoftmax:
    @standard(promise.untouched)
    def arguments(self, randn):
        return {"X": randn(3, 4), "dim": 1}

    @pytest.mark.points(2)
    def test_each_dim(self, run, randn):
        """Normalises over any dimension of a vector, a matrix and more, counted from either end, as torch does.
        可以沿向量、矩阵及更高维张量的任一维计算，维的编号可从两端数起；与 torch 一致。"""
        cases = [(2 * randn(shape), dim) for shape, dim in DIMENSIONS]
        found = run(lambda impl: [impl.log_softmax(X, dim) for X, dim in cases])
        close(found, [torch.log_softmax(X, dim) for X, dim in cases])

    @pytest.mark.points(2)
    def test_large_gaps(self, run, randn):
        """Returns finite values, down to -20000, for logits of 10000 and -10000 in one row.
        同一行中有 10000 和 -10000 时，结果仍为有限值，可低至 -20000。"""
        X = randn(3, 4)
        X[0, :2], X[1, 3], X[2, 0] = torch.tensor([1e4, -1e4]), -1e4, 1e4
        close(run(lambda impl: impl.log_softmax(X, 1)), torch.log_softmax(X, 1), rtol=1e-4, atol=1e-3)

    def test_digits(self, run, generator):
        """Keeps all digits if 10000 is added to all logits of a row, and subtracted from those of another.
        一行的所有 logits 都加上 10000，另一行都减去 10000，结果不损失有效数字。"""
        X = torch.randint(-16, 17, (2, 4), generator=generator) / 8  # float32 holds them exactly, plus 10000
        shift = torch.tensor([[10_000], [-10_000]])
        close(run(lambda impl: impl.log_softmax(X + shift, 1)), torch.log_softmax(X, 1))

    def test_impossible_class(self, run, randn):
        """Returns -inf for a logit of -inf, and keeps the other results right.
        值为 -inf 的 logit 得到 -inf，其余结果仍然正确。"""
        X = randn(3, 4)
        X[0, 1], X[2, 1:] = -INF, -INF
        close(run(lambda impl: impl.log_softmax(X, 1)), torch.log_softmax(X, 1))

    def test_one_class(self, run, randn):
        """Returns 0 for a single class, and accepts a batch of one.
        只有一个类别时结果为 0；批量可以只有一个样本。"""
        Xs = randn(3, 1), randn(1, 3)
        close(run(lambda impl: [impl.log_softmax(X, 1) for X in Xs]), [torch.log_softmax(X, 1) for X in Xs])

    def test_float64_transposed(self, run, randn):
        """Keeps float64 and its precision, near 10000 and for an input that is not contiguous in memory.
        保持 float64 及其精度；输入可以接近 10000，在内存中可以不连续。"""
        X = 5 * randn(4, 3, dtype=torch.float64).t() + 10_000
        found = run(lambda impl: impl.log_softmax(X, 1))
        close((found, found.exp().sum(1)), (torch.log_softmax(X, 1), torch.ones(3, dtype=torch.float64)))

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gives right and finite gradients, also if logits are 20000 apart.
        梯度正确且有限，即使 logits 之间相差 20000。"""
        X = randn(3, 4, dtype=torch.float64)
        X[1, :2], X[2, 3] = torch.tensor([1e4, -1e4]), -1e4
        found = run(lambda impl: gradients(lambda x: impl.log_softmax(x, 1), X))
        close(found, gradients(lambda x: torch.log_softmax(x, 1), X))

    test_from_scratch = written_from_scratch


@pytest.fixture
def many(chance):
    """The shape of a matrix with 20,000 elements or more."""
    return chance.randint(2000, 3000), 10


def filled(impl, W, gain=None):
    """Whether W comes back itself, its shape, then the largest magnitude, mean and variance of its elements, rounded.

    These are in units of gain / sqrt(fan_in + fan_out). For 20,000 uniform numbers the mean has a standard deviation of
    0.01 and the variance one of 0.013, of which the grid forgives ten and seven; the largest is off once in e^36 runs.
    """
    with torch.no_grad():
        W.fill_(7.0)
    same = (impl.xavier_uniform_(W) if gain is None else impl.xavier_uniform_(W, gain)) is W
    x = W.detach() * (math.sqrt((W.shape[0] + W.shape[1]) * math.prod(W.shape[2:])) / (gain or 1))
    return same, tuple(W.shape), to_grid(x.abs().amax(), 0.01), to_grid(x.mean(), 0.2), to_grid((x**2).mean(), 0.2)


def uniform(*shape, dtype=torch.float32):
    """What `filled` should give: U(-sqrt(6), sqrt(6)) has mean 0 and variance 2."""
    return True, shape, *torch.tensor([2.45, 0, 2], dtype=dtype)


def correlations(rows):
    """The correlations between the rows, to the nearest tenth; that of 20,000 pairs strays by 0.007."""
    return to_grid(torch.corrcoef(rows), 0.1)


@pytest.mark.exercise("xavier_uniform_")
class TestXavierUniform:
    @pytest.mark.points(2)
    def test_linear(self, run, chance):
        """Fills a wide or tall matrix with U(-a, a), a = sqrt(6 / (fan_in + fan_out)), in place.
        用 U(-a, a) 原地填充矩阵（扁的或高的），其中 a = sqrt(6 / (fan_in + fan_out))。"""
        wide, tall = chance.randint(200, 400), chance.randint(20_000, 40_000)
        shapes = (100, wide), (wide, 100), (20, 1000), (1, tall), (tall, 1)
        close(run(lambda impl: [filled(impl, torch.empty(shape)) for shape in shapes]), [uniform(*s) for s in shapes])

    @pytest.mark.points(2)
    def test_convolution(self, run, chance):
        """Counts the kernel positions of a convolution in both fans, for one to three kernel dimensions.
        对于卷积层的权重，fan_in 和 fan_out 都计入卷积核的各个位置，卷积核可以是一维至三维。"""
        shapes = [(chance.randint(50, 150), 80, 5), (40, 20, 5, 5), (10, 20, 4, 5, 5), (1, 1, 100, 200)]
        close(run(lambda impl: [filled(impl, torch.empty(shape)) for shape in shapes]), [uniform(*s) for s in shapes])

    def test_gain(self, run, many):
        """Multiplies the bound by the gain.
        边界乘以 gain。"""
        close(run(lambda impl: [filled(impl, torch.empty(many), gain) for gain in (2.0, 0.25)]), [uniform(*many)] * 2)

    def test_independent(self, run, chance):
        """Draws rows, columns and the tensors of two calls independently of each other.
        各行、各列以及两次调用的张量相互独立。"""
        n = chance.randint(3, 30)

        def probe(impl):
            Ws = [torch.ones(20_000, n), torch.ones(n, 20_000), torch.ones(n, 20_000)]
            same = [impl.xavier_uniform_(W) is W for W in Ws]
            return same, correlations(Ws[0].t()), correlations(torch.cat(Ws[1:]))

        close(run(probe), ([True] * 3, torch.eye(n), torch.eye(2 * n)))

    @pytest.mark.points(2)
    def test_breaks_symmetry(self, run, randn, chance):
        """Gives hidden units different weights, which stay different in gradient descent.
        各隐藏单元的初始权重不同，并且在梯度下降中保持不同。"""
        X, y, n, steps = randn(16, 4).double(), randn(16).double(), chance.randint(5, 25), chance.randint(3, 9)

        def probe(impl):
            W, units = torch.zeros(n, 4, dtype=torch.float64), []
            same = impl.xavier_uniform_(W) is W
            for _ in range(steps):
                units.append(len(to_grid(W, 1e-6).unique(dim=0)))
                W = W - 0.1 * gradients(lambda W: (torch.tanh(X @ W.t()).sum(1) - y).square().mean(), W)[0]
            return same, units

        close(run(probe), (True, [n] * steps))

    @pytest.mark.points(2)
    def test_hundred_layers(self, run, randn):
        """Lets the gradient neither vanish nor explode through 100 linear layers of equal width.
        梯度经过 100 个等宽的线性层，既不消失，也不爆炸。"""
        start = randn(128, dtype=torch.float64)

        def probe(impl):
            Ws = [torch.ones(128, 128, dtype=torch.float64) for _ in range(100)]
            same = all(impl.xavier_uniform_(W) is W for W in Ws)
            grad = reduce(lambda grad, W: grad @ W, Ws, start)
            return same, start + to_grid((grad.norm() / start.norm()).log(), 20.0)  # of about -0.8, give or take 0.9

        close(run(probe), (True, start))

    @pytest.mark.needs("linear")
    def test_parameter(self, run, many):
        """Keeps a parameter a leaf that requires gradients, without a graph, and keeps autograd enabled.
        参数仍是需要梯度的叶子张量，不记录计算图；之后自动求导仍然开启。"""

        def probe(impl):
            W, kernel = nn.Parameter(torch.empty(many)), nn.Parameter(torch.empty(3, 2, 3, 3))
            impl.xavier_uniform_(kernel)
            facts = W.requires_grad, W.is_leaf, W.grad is None, torch.is_grad_enabled()
            return filled(impl, W), *facts, kernel.requires_grad

        close(run(probe), (uniform(*many), True, True, True, True, True))

    def test_float64_transposed(self, run, many):
        """Fills float64 tensors and tensors that are not contiguous in memory.
        可以填充 float64 张量，以及在内存中不连续的张量。"""
        Ws = torch.empty(many, dtype=torch.float64), torch.empty(many).t(), torch.empty(2000, 20)[:, ::2]
        close(run(lambda impl: [filled(impl, W) for W in Ws]), [uniform(*W.shape, dtype=W.dtype) for W in Ws])

    @pytest.mark.needs("linear")
    def test_too_few_dimensions(self, run, many):
        """Raises ValueError for a vector or a scalar.
        张量是向量或标量时，抛出 ValueError。"""

        def probe(impl):
            wrong = [raises(lambda n=n: impl.xavier_uniform_(torch.empty((2,) * n)), ValueError) for n in (0, 1)]
            return wrong, filled(impl, torch.empty(many))

        close(run(probe), ([True, True], uniform(*many)))

    test_from_scratch = written_from_scratch


def two_tanh(x):
    """4 sigmoid(x) - 2, written otherwise."""
    return 2 * torch.tanh(x / 2)


@pytest.mark.exercise("scaled_sigmoid")
class TestScaledSigmoid:
    @standard(promise.untouched)
    def arguments(self, randn):
        return {"x": randn(3, 4)}

    @pytest.mark.points(2)
    def test_values(self, run, randn):
        """Computes 4 sigmoid(x) - 2 for each element: twice the hyperbolic tangent of x / 2, an odd function.
        逐元素计算 4 sigmoid(x) - 2，即 x / 2 的双曲正切的两倍，是奇函数。"""
        X = 3 * randn(3, 4)
        close(run(lambda impl: (impl.scaled_sigmoid(X), impl.scaled_sigmoid(-X))), (two_tanh(X), -two_tanh(X)))

    def test_identity_at_zero(self, run, chance):
        """Equals x - x^3 / 12 + x^5 / 120 near 0, with value 0 and slope 1 at 0.
        在 0 附近等于 x - x^3 / 12 + x^5 / 120，在 0 处值为 0，斜率为 1。"""
        x = torch.linspace(-1, 1, 5, dtype=torch.float64) * chance.uniform(0.01, 0.03)
        zero = torch.zeros(2, dtype=torch.float64)
        found = run(lambda impl: (impl.scaled_sigmoid(x), gradients(impl.scaled_sigmoid, zero)))
        close(found, (x - x**3 / 12 + x**5 / 120, [gradient_weights(zero)]))

    def test_saturation(self, run, randn):
        """Tends to 2 and -2, without NaN at 10000 and -10000.
        趋于 2 和 -2；输入为 10000 和 -10000 时不出现 NaN。"""
        x = torch.cat([torch.tensor([1e4, -1e4, 100, -100, 0]), randn(2)])
        close(run(lambda impl: impl.scaled_sigmoid(x)), torch.cat([torch.tensor([2, -2, 2, -2, 0]), two_tanh(x[5:])]))

    def test_shapes(self, run, randn):
        """Accepts a scalar, a batch of one, a batch of images, and float64 that is not contiguous in memory.
        可以是标量、只有一个样本的批量、一批图像，或在内存中不连续的 float64 张量。"""
        Xs = [randn(()) + 1, randn(1, 3), randn(2, 3, 2, 2), randn(4, 3, dtype=torch.float64).t()]
        close(run(lambda impl: [impl.scaled_sigmoid(X) for X in Xs]), [two_tanh(X) for X in Xs])

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gives the right gradient; at 10000 and -10000 it is zero, not NaN.
        梯度正确；在 10000 和 -10000 处为零，而不是 NaN。"""
        x = torch.cat([2 * randn(4, dtype=torch.float64), torch.tensor([1e4, -1e4, 800, -800])])
        close(run(lambda impl: gradients(impl.scaled_sigmoid, x)), gradients(two_tanh, x))


def extremes(*Ms):
    """What product_singular_values should give, by numpy's matrix norms."""
    product = reduce(np.matmul, [M.detach().double().numpy() for M in Ms])
    return float(np.linalg.norm(product, 2)), float(np.linalg.norm(product, -2))


@pytest.fixture
def orthogonal(randn):
    """orthogonal(n): an orthogonal matrix, float64."""
    return lambda n: torch.linalg.qr(randn(n, n, dtype=torch.float64)).Q


@pytest.fixture
def mixing(randn):
    """mixing(n, m): a matrix far from diagonal and from symmetric, with rank min(n, m)."""

    def draw(n, m, dtype=torch.float64):
        return (randn(n, m, dtype=dtype) / 2 + torch.ones(n, m).triu() + 2 * torch.eye(n, m)).to(dtype)

    return draw


@pytest.mark.exercise("product_singular_values")
class TestProductSingularValues:
    @standard(promise.untouched)
    def arguments(self, mixing):
        return {"Ms": [mixing(3, 3) for _ in range(3)]}

    @pytest.mark.points(2)
    def test_product(self, run, mixing):
        """Multiplies from left to right and returns the extreme singular values of the product.
        从左到右相乘，返回乘积的最大和最小奇异值。"""
        A, B, C = (mixing(3, 3) for _ in range(3))
        found = run(lambda impl: [impl.product_singular_values(Ms) for Ms in ([A, B], [B, A], (A, B, C), [C, C])])
        close(found, [extremes(A, B), extremes(B, A), extremes(A, B, C), extremes(C, C)])

    def test_shapes(self, run, mixing):
        """Accepts a single matrix, and matrices that are not square: (3, 5) times (5, 2) has two singular values.
        可以只有一个矩阵，也可以不是方阵：(3, 5) 乘以 (5, 2) 有两个奇异值。"""
        A, B, C = mixing(3, 5), mixing(5, 2), mixing(2, 2)
        cases = [A], [B], [A, B], [A, B, C]
        close(run(lambda impl: [impl.product_singular_values(Ms) for Ms in cases]), [extremes(*Ms) for Ms in cases])

    @pytest.mark.points(2)
    def test_hundred_gaussian(self, run, randn):
        """Computes the product of 100 Gaussian 4 x 4 matrices, which explodes, within 1e-9.
        100 个 4 x 4 高斯随机矩阵的乘积会爆炸，结果的相对误差仍不超过 1e-9。"""
        Ms = list(randn(100, 4, 4))
        largest, smallest = run(lambda impl: impl.product_singular_values(Ms))
        close(largest, extremes(*Ms)[0], rtol=1e-9)
        close(smallest, 0.0, atol=1e-9 * largest)  # truly about 1e-50 of the largest, which any rounding hides

    def test_beyond_float32(self, run, orthogonal, mixing):
        """Keeps a product of float32 matrices that shrinks to 1e-60, where float32 has only 0, and grows back.
        矩阵都是 float32；乘积先缩小到 1e-60（float32 中只能是 0），再恢复原来的大小，结果仍然正确。"""
        Ms = [mixing(3, 3, dtype=torch.float32), *[scale * orthogonal(3).float() for scale in [0.25] * 100 + [4] * 100]]
        close(run(lambda impl: impl.product_singular_values(Ms + Ms[:1])), extremes(*Ms, Ms[0]))

    def test_orthogonal(self, run, orthogonal, chance):
        """Returns 1 for a hundred orthogonal matrices; with another factor among them, its singular values.
        100 个正交矩阵的乘积得到 1；其中夹有另一个矩阵时，得到这个矩阵的奇异值。"""
        Ms = [orthogonal(4) for _ in range(100)]
        least, most = chance.uniform(0.2, 0.8), chance.uniform(2, 4)
        stretch = torch.diag(torch.tensor([1, most, least, 2], dtype=torch.float64))
        found = run(lambda impl: [impl.product_singular_values(Ms), impl.product_singular_values([*Ms, stretch, *Ms])])
        close(found, [(1.0, 1.0), (most, least)])

    def test_rank_deficient(self, run, mixing):
        """Returns 0 as the smallest value if a factor loses a dimension.
        某个因子不满秩时，最小奇异值为 0。"""
        A, B, ones = mixing(3, 3), mixing(3, 3), torch.ones(3, 3, dtype=torch.float64)
        B[:, 2] = 2 * B[:, 0] - B[:, 1]
        cases = [A, B], [B, A], [A, ones, A]
        found = run(lambda impl: [impl.product_singular_values(Ms) for Ms in cases])
        close(found, [(extremes(*Ms)[0], 0.0) for Ms in cases], atol=1e-3)

    def test_kinds(self, run, mixing):
        """Accepts parameters, float32 beside float64, and matrices not contiguous in memory; returns Python floats.
        矩阵可以是 nn.Parameter，可以混用 float32 和 float64，矩阵在内存中可以不连续；返回 Python float。"""
        A, B = mixing(3, 3, dtype=torch.float32), mixing(3, 3)
        Ms = [nn.Parameter(A), B.t()]
        close(run(lambda impl: impl.product_singular_values(Ms)), extremes(A, B.t()), rtol=1e-4)


def linear_norms(X, *weights):
    """What gradient_norms should give for layers x -> x @ W: the gradients are products of matrices."""
    grad = torch.ones(len(X), weights[-1].shape[1], dtype=X.dtype)
    grads = [grad] + [grad := grad @ W.t() for W in reversed(weights)]
    return [float(np.linalg.norm(grad.numpy())) for grad in reversed(grads)]


def multiply(*weights):
    """Layers x -> x @ W."""
    return [lambda x, W=W: x @ W for W in weights]


@pytest.mark.exercise("gradient_norms")
class TestGradientNorms:
    @pytest.mark.points(2)
    def test_linear_layers(self, run, randn):
        """Returns the norms at input, hidden layers and output, in this order, for layers of various widths.
        依次返回输入、各隐藏层和输出处的范数，各层宽度可以不同。"""
        X, Ws = randn(5, 4), [randn(4, 3), randn(3, 6), randn(6, 2)]
        close(run(lambda impl: impl.gradient_norms(multiply(*Ws), X)), linear_norms(X, *Ws))

    @pytest.mark.points(2)
    def test_activations(self, run, randn):
        """Accepts activation functions, as modules or functions.
        可以有激活函数，写成模块或函数都行。"""
        X, W, last = randn(6, 4), randn(4, 3), torch.ones(6, 3)
        norms = [float(grad.norm()) for grad in (last @ W.t() / torch.cosh(X) ** 2, last @ W.t(), last)]
        cases = [torch.tanh, *multiply(W)], [nn.Tanh(), *multiply(W)]
        close(run(lambda impl: [impl.gradient_norms(layers, X) for layers in cases]), [norms] * 2)

    def test_vanishing(self, run, randn):
        """Shows the gradient vanish through 100 sigmoids, to 1e-60 in float64.
        经过 100 个 sigmoid，梯度会消失（float64 中约为 1e-60）。"""
        X = randn(2, 3, dtype=torch.float64)
        outputs = list(accumulate([X] + [None] * 100, lambda h, _: torch.sigmoid(h)))[:0:-1]
        slopes = torch.stack([torch.ones_like(X)] + [h * (1 - h) for h in outputs])
        expected = slopes.cumprod(0).flip(0).square().sum((1, 2)).sqrt().tolist()
        close(run(lambda impl: impl.gradient_norms([torch.sigmoid] * 100, X)), expected, rtol=1e-9, atol=0)

    def test_exploding(self, run, randn, chance):
        """Shows the gradient explode through 100 layers that multiply by a number near -3.
        经过 100 层，每层都乘以 -3 左右的同一个数，梯度会爆炸。"""
        X, factor = randn(2, 3, dtype=torch.float64), chance.uniform(2.5, 3.5)
        found = run(lambda impl: impl.gradient_norms([lambda x: -factor * x] * 100, X))
        close(found, [6**0.5 * factor ** (100 - depth) for depth in range(101)], rtol=1e-9)

    def test_dead_units(self, run, randn):
        """Returns 0 before a ReLU whose outputs are all 0, but not after it.
        ReLU 的输出全为 0 时，它之前的梯度为 0，它之后的不为 0。"""
        X, W = -randn(3, 4).abs() - 0.1, randn(4, 2)
        found = run(lambda impl: impl.gradient_norms([lambda x: 2 * x, torch.relu, *multiply(W)], X))
        close(found, [0.0, 0.0, *linear_norms(X, W)])

    def test_shapes(self, run, randn):
        """Accepts a batch of one, a single layer, no layers, and float64 that is not contiguous in memory.
        批量可以只有一个样本，可以只有一层或没有层，X 可以是在内存中不连续的 float64 张量。"""
        x, X, W = randn(1, 3), randn(4, 5, dtype=torch.float64).t(), randn(4, 2, dtype=torch.float64)
        w, images = randn(3, 2), randn(4, 3, 2)

        cases = (multiply(w), x), (multiply(W), X), ([], images)
        found = run(lambda impl: [impl.gradient_norms(*case) for case in cases])
        close(found, [linear_norms(x, w), linear_norms(X, W), [24**0.5]])

    @pytest.mark.needs("linear_layers")
    def test_gradients_untouched(self, run, randn):
        """Leaves the input and every `.grad` unchanged, None or not.
        不修改输入，也不改变任何 `.grad`，无论它是否为 None。"""
        X, W = randn(3, 4), randn(4, 4)

        def probe(impl):
            first, second, plain = nn.Parameter(W.clone()), nn.Parameter(W.clone()), X.clone()
            second.grad, leaf = torch.full((4, 4), 7.0), X.clone().requires_grad_()
            norms = [impl.gradient_norms(multiply(first, second), x) for x in (plain, leaf)]
            return norms, first.grad, second.grad, leaf.grad, plain, plain.requires_grad

        close(run(probe), ([linear_norms(X, W, W)] * 2, None, torch.full((4, 4), 7.0), None, X, False))
