"""ch80: grad_linear_wb, grad_quadratic, fit_wb, mlp_backward, conv2d_backward."""

import pytest
import torch

from dlgrade.testing import promise, standard, to_grid, value_or_error, written_from_scratch

F64 = torch.float64


@pytest.fixture
def numbers(chance):
    """numbers(4) returns floats between 1/2 and 3, of both signs if signed."""

    def numbers(count, *, signed=False):
        return tuple(chance.uniform(0.5, 3) * (chance.choice((1, -1)) if signed else 1) for _ in range(count))

    return numbers


@pytest.mark.exercise("grad_linear_wb")
class TestGradLinearWb:
    @pytest.mark.points(2)
    def test_derivatives(self, agree, numbers):
        """Returns the derivatives with respect to w and b.
        返回损失对 w 和 b 的导数。"""
        cases = [numbers(4) for _ in range(5)]
        agree(lambda impl: [impl.grad_linear_wb(*case) for case in cases])

    def test_negative_numbers(self, agree, numbers):
        """Accepts negative numbers; the derivatives may be negative.
        各个数可以是负数，导数也可以是负数。"""
        cases = [numbers(4, signed=True) for _ in range(12)]
        agree(lambda impl: [impl.grad_linear_wb(*case) for case in cases])

    def test_input_of_zero(self, agree, numbers):
        """The derivative with respect to w is 0 if x is 0.
        x 为 0 时，对 w 的导数为 0。"""
        cases = [(w, b, 0.0, y) for w, b, y in (numbers(3, signed=True) for _ in range(4))]
        agree(lambda impl: [impl.grad_linear_wb(*case) for case in cases])

    def test_perfect_prediction(self, agree, chance):
        """Both derivatives are 0 if the prediction is right.
        预测准确时，两个导数都为 0。"""
        points = [[chance.randint(1, 9) / 2 for _ in range(3)] for _ in range(2)]
        cases = [(w, b, x, w * x + b + error) for w, b, x in points for error in chance.sample((0.0, 1.5, -2.5), 3)]
        agree(lambda impl: [impl.grad_linear_wb(*case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("grad_quadratic")
class TestGradQuadratic:
    @pytest.mark.points(2)
    def test_derivatives(self, agree, numbers):
        """Returns the derivatives with respect to w1, w2 and b.
        返回损失对 w1、w2 和 b 的导数。"""
        cases = [numbers(5) for _ in range(5)]
        agree(lambda impl: [impl.grad_quadratic(*case) for case in cases])

    def test_negative_numbers(self, agree, numbers):
        """Accepts negative numbers; the derivatives may be negative.
        各个数可以是负数，导数也可以是负数。"""
        cases = [numbers(5, signed=True) for _ in range(12)]
        agree(lambda impl: [impl.grad_quadratic(*case) for case in cases])

    def test_input_of_zero(self, agree, numbers):
        """Only the derivative with respect to b is left if x is 0.
        x 为 0 时，只有对 b 的导数不为 0。"""
        cases = [(w1, w2, b, 0.0, y) for w1, w2, b, y in (numbers(4, signed=True) for _ in range(4))]
        agree(lambda impl: [impl.grad_quadratic(*case) for case in cases])

    def test_perfect_prediction(self, agree, chance):
        """All derivatives are 0 if the prediction is right.
        预测准确时，所有导数都为 0。"""
        cases = []
        for error in chance.sample((0.0, 0.0, 1.5, -2.5), 4):
            w1, w2, b, x = (chance.randint(1, 9) / 2 for _ in range(4))
            cases.append((w1, w2, b, x, w1 * x * x + w2 * x + b + error))
        agree(lambda impl: [impl.grad_quadratic(*case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def examples(chance):
    """examples() returns inputs of both signs, and labels."""

    def examples(n=None):
        xs = [chance.choice((1, 1, -1)) * chance.uniform(0.4, 2.5) for _ in range(n or chance.randint(4, 6))]
        w, b = chance.uniform(2, 4), chance.uniform(1, 3)
        return xs, [w * x + b + chance.uniform(-1, 1) for x in xs]

    return examples


@pytest.mark.exercise("fit_wb")
class TestFitWb:
    @standard(promise.untouched)
    def arguments(self, examples, chance):
        xs, ys = examples()
        return {"xs": xs, "ys": ys, "alpha": chance.uniform(0.02, 0.1), "epochs": chance.randint(3, 6)}

    @pytest.mark.points(2)
    def test_one_step(self, agree, examples, chance):
        """Makes a step from w = b = 0 with the mean gradients.
        从 w = b = 0 出发，用平均梯度走一步。"""
        cases = [(*examples(), chance.uniform(0.02, 0.1), 1) for _ in range(3)]
        agree(lambda impl: [impl.fit_wb(*case) for case in cases])

    @pytest.mark.points(2)
    def test_several_steps(self, agree, examples, chance):
        """Computes both gradients of a step at the same w and b.
        每一步的两个梯度在相同的 w 和 b 处计算。"""
        cases = [(*examples(), chance.uniform(0.02, 0.1), chance.randint(2, 7)) for _ in range(4)]
        agree(lambda impl: [impl.fit_wb(*case) for case in cases])

    def test_many_steps(self, agree, examples, chance):
        """Approaches least squares.
        趋于最小二乘解。"""
        (xs, ys), alpha = examples(5), chance.uniform(0.08, 0.12)
        xs[:2] = -1.0, 2.0
        agree(lambda impl: impl.fit_wb(xs, ys, alpha, 200))

    def test_series_example(self, agree, chance):
        """Fits (1, 2), (2, 4), (3, 6) and other lines through three points.
        拟合 (1, 2)、(2, 4)、(3, 6)，以及其他经过三个点的直线。"""
        xs, lines = [1.0, 2.0, 3.0], [(2.0, 0.0), *((chance.uniform(-3, 3), chance.uniform(1, 3)) for _ in range(3))]
        agree(lambda impl: [impl.fit_wb(xs, [w * x + b for x in xs], 0.01, 100) for w, b in lines])

    def test_one_example(self, agree, examples, chance):
        """Accepts a single example, which many lines fit.
        可以只有一个样本，这时有许多直线可以拟合它。"""
        (xs, ys), alpha = examples(1), chance.uniform(0.02, 0.06)
        agree(lambda impl: [impl.fit_wb(xs, ys, alpha, epochs) for epochs in (2, 300)])

    def test_learning_rates(self, agree, examples, chance):
        """Accepts any learning rate: 0, small or too large.
        学习率任意：可以为 0，可以很小，也可以过大。"""
        (xs, ys), alpha = examples(), chance.uniform(1, 2)
        agree(lambda impl: [impl.fit_wb(xs, ys, rate, 4) for rate in (0.0, alpha / 1e5, alpha)])

    def test_no_epochs(self, agree, examples, chance):
        """Returns w = b = 0 without epochs.
        没有迭代周期时，返回 w = b = 0。"""
        (xs, ys), alpha = examples(), chance.uniform(0.02, 0.1)
        agree(lambda impl: [impl.fit_wb(xs, ys, alpha, epochs) for epochs in (0, 3)])

    def test_tuples(self, agree, examples, chance):
        """Accepts tuples.
        可以传入元组。"""
        (xs, ys), alpha = examples(), chance.uniform(0.02, 0.1)
        agree(lambda impl: impl.fit_wb(tuple(xs), tuple(ys), alpha, 3))

    test_from_scratch = written_from_scratch


@pytest.fixture
def network(randn, generator, chance):
    """network() returns inputs, classes and parameters: d, h, c and n differ."""

    def network(n=None, d=None, h=None, dtype=F64):
        sizes = chance.sample(range(3, 9), 4)
        n, d, h, c = n or sizes[0], d or sizes[1], h or sizes[2], sizes[3]
        X, W1, W2 = randn(n, d, dtype=dtype), randn(d, h, dtype=dtype), randn(h, c, dtype=dtype)
        y = torch.randint(c, (n,), generator=generator)
        return X, y, W1, 0.5 + randn(h, dtype=dtype), W2, randn(c, dtype=dtype)

    return network


@pytest.mark.exercise("mlp_backward")
class TestMlpBackward:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X", "y", id="one_example"),
    )
    def arguments(self, network):
        return dict(zip(("X", "y", "W1", "b1", "W2", "b2"), network(dtype=torch.float32), strict=True))

    @pytest.mark.points(2)
    def test_loss(self, agree, network):
        """Returns the mean cross-entropy first, a tensor without axes.
        首先返回平均交叉熵，它是没有轴的张量。"""
        cases = [network() for _ in range(2)]
        agree(lambda impl: [impl.mlp_backward(*case)[0] for case in cases])

    @pytest.mark.points(2)
    def test_output_layer(self, agree, network):
        """Returns the gradients of W2 and b2.
        返回 W2 和 b2 的梯度。"""
        cases = [network() for _ in range(2)]
        agree(lambda impl: [impl.mlp_backward(*case)[3:] for case in cases])

    @pytest.mark.points(2)
    def test_hidden_layer(self, agree, network):
        """Returns the gradients of W1 and b1.
        返回 W1 和 b1 的梯度。"""
        cases = [network() for _ in range(2)]
        agree(lambda impl: [impl.mlp_backward(*case)[1:3] for case in cases])

    def test_dead_units(self, agree, network, chance):
        """Units whose Z is negative in every row have gradients of 0.
        若某个隐藏单元在每一行的 Z 都为负，它的梯度为 0。"""
        X, y, W1, b1, W2, b2 = network(h=7)
        b1[chance.sample(range(7), 3)] = -50.0
        agree(lambda impl: impl.mlp_backward(X, y, W1, b1, W2, b2))

    def test_zero_preactivations(self, agree, network):
        """The derivative of ReLU is 0 where Z is exactly 0.
        Z 恰好为 0 处，ReLU 的导数为 0。"""
        X, y, W1, b1, W2, b2 = network(n=8, d=3)
        X, W1, b1 = to_grid(X, 1.0), to_grid(W1, 1.0), to_grid(b1, 1.0)
        X[0], b1[:2] = 0.0, 0.0
        agree(lambda impl: impl.mlp_backward(X, y, W1, b1, W2, b2))

    def test_large_logits(self, agree, network, chance):
        """Stays finite for logits of any size.
        logits 无论多大，结果都是有限的。"""
        X, y, W1, b1, W2, b2 = network(n=6)
        X[0] = chance.uniform(1, 2)
        X[1:3], W2 = 900 * X[1:3], 20 * W2
        agree(lambda impl: impl.mlp_backward(X, y, W1, b1, W2, b2 - 500))

    def test_single_class_in_the_batch(self, agree, network, chance):
        """Classes that no label names have gradients, too.
        没有标签的类别也有梯度。"""
        X, y, W1, b1, W2, b2 = network()
        y = torch.full_like(y, chance.randint(0, 2))
        agree(lambda impl: impl.mlp_backward(X, y, W1, b1, W2, b2))

    def test_sizes_of_one(self, agree, network):
        """Accepts a single feature and a single hidden unit.
        可以只有一个特征，也可以只有一个隐藏单元。"""
        cases = [network(d=1), network(h=1), network(d=1, h=1)]
        agree(lambda impl: [impl.mlp_backward(*case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def layer(randn, chance):
    """layer() returns an input, a kernel and a gradient of the output: all four lengths differ."""

    def layer(kernel=None, size=None, dtype=F64):
        (h, w), (k_h, k_w) = size or chance.sample(range(5, 9), 2), kernel or chance.sample(range(2, 5), 2)
        return randn(h, w, dtype=dtype), randn(k_h, k_w, dtype=dtype), randn(h - k_h + 1, w - k_w + 1, dtype=dtype)

    return layer


@pytest.mark.exercise("conv2d_backward")
class TestConv2dBackward:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, layer):
        return dict(zip(("X", "K", "dY"), layer(dtype=torch.float32), strict=True))

    @pytest.mark.points(2)
    def test_input(self, agree, layer):
        """Returns the gradient of the input first.
        首先返回输入的梯度。"""
        cases = [layer() for _ in range(3)]
        agree(lambda impl: [impl.conv2d_backward(*case)[0] for case in cases])

    @pytest.mark.points(2)
    def test_kernel(self, agree, layer):
        """Returns the gradient of the kernel second.
        其次返回卷积核的梯度。"""
        cases = [layer() for _ in range(3)]
        agree(lambda impl: [impl.conv2d_backward(*case)[1] for case in cases])

    def test_kernel_of_one(self, agree, layer):
        """Accepts a kernel of a single number.
        卷积核可以只有一个数。"""
        case = layer((1, 1))
        agree(lambda impl: impl.conv2d_backward(*case))

    def test_kernel_as_large_as_the_input(self, agree, layer, chance):
        """Accepts a kernel as large as the input, as high, or as wide.
        卷积核可以与输入一样大、一样高或一样宽。"""
        h, w = chance.sample(range(4, 8), 2)
        cases = [layer(kernel, (h, w)) for kernel in ((h, w), (h, 2), (2, w))]
        agree(lambda impl: [impl.conv2d_backward(*case) for case in cases])

    def test_rows_and_columns(self, agree, layer, chance):
        """Accepts an input of a single row or column.
        输入可以只有一行或一列。"""
        n = chance.randint(5, 8)
        cases = [layer((1, 3), (1, n)), layer((2, 1), (n, 1))]
        agree(lambda impl: [impl.conv2d_backward(*case) for case in cases])

    def test_single_output(self, agree, layer, chance):
        """An element of dY reaches the window that it belongs to.
        dY 的一个元素只影响它对应的窗口。"""
        cases = []
        for _ in range(2):
            X, K, dY = layer((3, 2), (6, 7))
            place, value = (chance.randint(0, 3), chance.randint(0, 5)), chance.uniform(1, 3)
            dY.zero_()[place] = value
            cases.append((X, K, dY))
        agree(lambda impl: [impl.conv2d_backward(*case) for case in cases])

    def test_shape_of_dy(self, agree, randn, chance):
        """Raises ValueError if dY has another shape than the output.
        dY 的形状与输出不同时，抛出 ValueError。"""
        X, K = randn(5, 6, dtype=F64), randn(2, 4, dtype=F64)  # the output is (4, 3)
        shapes = [(4, 3), (3, 4), (4, 2), (3, 3), (5, 3), (4, 4), (5, 6), (2, 6), (1, 1)]
        cases = [randn(*shape, dtype=F64) for shape in chance.sample(shapes, len(shapes))]
        agree(lambda impl: [value_or_error(impl.conv2d_backward, X, K, dY) for dY in cases])

    test_from_scratch = written_from_scratch
