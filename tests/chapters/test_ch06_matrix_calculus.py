"""ch06: numerical_lim, finite_difference_grad, jacobian, grad_least_squares, subgradient_abs."""

import math

import pytest
import torch

from dlgrade.testing import close, draw_int, expect, promise, raises, shuffled, standard, written_from_scratch

F64 = torch.float64


@pytest.fixture
def numbers(generator):
    """numbers(3) returns three floats between low and high."""

    def numbers(count, low=0.5, high=2.0):
        return (low + (high - low) * torch.rand(count, generator=generator, dtype=F64)).tolist()

    return numbers


def parabola(x):
    """The book's example; its slope between x and x + h is 6 x - 4 + 3 h."""
    return 3 * x**2 - 4 * x


@pytest.mark.exercise("numerical_lim")
class TestNumericalLim:
    @pytest.mark.points(2)
    def test_parabola(self, run, numbers):
        """Returns the slope of 3x^2 - 4x between x and x + h, for steps of any length.
        返回 3x^2 - 4x 在 x 与 x + h 之间的斜率，步长任意。"""
        x, *steps = numbers(4, 0.05, 2.0)
        found = run(lambda impl: [impl.numerical_lim(parabola, x, h) for h in steps])
        close(found, [6 * x - 4 + 3 * h for h in steps])

    def test_limit(self, run, generator):
        """The error is proportional to h: the book's example approaches 2 at x = 1, also for an integer x.
        误差与 h 成正比：书中的例子在 x = 1 处趋于 2，x 可以是整数。"""
        points = [(x, 10.0**-k) for x in (1, draw_int(generator, 2, 50)) for k in range(1, 6)]
        found = run(lambda impl: [impl.numerical_lim(parabola, x, h) for x, h in points])
        close(found, [6 * x - 4 + 3 * h for x, h in points])

    def test_negative_step(self, run, numbers):
        """A negative h gives the slope on the left: -1 for |x| at 0.
        h 为负时得到左侧的斜率：|x| 在 0 处为 -1。"""
        h, slope = numbers(2)
        functions = abs, lambda x: slope * abs(x)
        found = run(lambda impl: [impl.numerical_lim(f, 0.0, step) for f in functions for step in (-h, h)])
        close(found, [-1.0, 1.0, -slope, slope])

    def test_line(self, run, numbers):
        """Is exact on a line, for short and long steps.
        对直线是精确的，步长大小任意。"""
        slope, x = numbers(2)
        found = run(lambda impl: [impl.numerical_lim(lambda x: slope * x - 7, x, h) for h in (-3.0, 0.01, 50.0)])
        close(found, [slope] * 3)

    def test_logarithm(self, run, numbers):
        """The derivative of the logarithm to base 2 is 1 / (x ln 2).
        以 2 为底的对数，导数是 1 / (x ln 2)。"""
        xs = numbers(3)
        found = run(lambda impl: [impl.numerical_lim(math.log2, x, 1e-7) for x in xs])
        close(found, [1 / (x * math.log(2)) for x in xs], rtol=1e-6)  # h / 2x is 1e-7; rounding, 1e-16 / h, is less

    def test_tensors(self, run, randn):
        """Computes tensors element by element, and leaves them unchanged.
        对张量逐元素计算，且不修改它们。"""
        xs = [randn(3, 2, dtype=F64).T, randn(1, dtype=F64)]
        found = run(lambda impl: [(impl.numerical_lim(parabola, x, 0.25), x) for x in xs])
        close(found, [(6 * x - 4 + 0.75, x) for x in xs])

    def test_scalar_of_a_vector(self, run, randn):
        """Accepts a function from a vector to a scalar: all elements take the step.
        函数可以由向量得到标量：所有元素都走一步。"""
        x = randn(4, dtype=F64)
        found = run(lambda impl: impl.numerical_lim(lambda x: (x * x).sum(), x, 0.5))
        close(found, 2 * x.sum() + 4 * 0.5)


@pytest.mark.exercise("finite_difference_grad")
class TestFiniteDifferenceGrad:
    @standard(promise.untouched(id="argument_untouched"))
    def arguments(self, randn):
        return {"f": lambda x: (x * x).sum(), "x": randn(3, 2, dtype=F64), "eps": 0.3}

    @pytest.mark.points(2)
    def test_quadratic(self, run, randn):
        """Is exact on a quadratic function, for any step.
        对二次函数是精确的，步长任意。"""
        A, b, x = randn(5, 5, dtype=F64), randn(5, dtype=F64), randn(5, dtype=F64)
        found = run(
            lambda impl: [impl.finite_difference_grad(lambda x: x @ A @ x + b @ x, x, eps) for eps in (0.5, 0.01)]
        )
        close(found, [(A + A.T) @ x + b] * 2)

    @pytest.mark.points(2)
    def test_cubic(self, run, randn):
        """The error on a sum of cubes is eps^2: steps go to both sides.
        对立方和，误差恰为 eps^2：向两侧各走一步。"""
        x = randn(4, dtype=F64)
        steps = 0.5, 0.1, 0.02
        found = run(lambda impl: [impl.finite_difference_grad(lambda x: (x**3).sum(), x, eps=eps) for eps in steps])
        close(found, [3 * x * x + eps * eps for eps in steps])

    def test_smooth(self, run, randn):
        """Agrees with autograd on a smooth function, with the default step.
        对光滑函数，用默认步长的结果与自动求导一致。"""
        x = randn(6, dtype=F64)

        def smooth(x):
            return (x.sin() * (2 * x.roll(1)).cos()).mean()

        found = run(lambda impl: impl.finite_difference_grad(smooth, x))
        (grad,) = torch.autograd.grad(smooth(leaf := x.clone().requires_grad_()), leaf)
        close(found, grad)

    def test_default_step(self, run, numbers):
        """The default step is 1e-6.
        默认步长是 1e-6。"""
        near, left, far = numbers(1, 0.2, 0.4)[0], numbers(1, -0.8, -0.5)[0], numbers(1)[0] + 1
        x = 1e-6 * torch.tensor([near, left, far], dtype=F64)
        found = run(lambda impl: impl.finite_difference_grad(lambda x: x.abs().sum(), x))
        close(found, torch.tensor([near, left, 1.0], dtype=F64))

    def test_number(self, run, randn):
        """Accepts a tensor without axes, and tensors of a single element.
        可以传入没有轴的张量，也可以传入只有一个元素的张量。"""
        xs = [randn(1, dtype=F64)[0], randn(1, dtype=F64), randn(1, 1, dtype=F64)]
        found = run(lambda impl: [impl.finite_difference_grad(lambda x: (x * x).sum(), x, 0.25) for x in xs])
        close(found, [2 * x for x in xs])

    def test_matrix(self, run, randn):
        """Accepts a matrix that is not contiguous; f gets its shape.
        可以传入不连续的矩阵；传给 f 的形状不变。"""
        X, a, b = randn(4, 3, dtype=F64).T, randn(3, dtype=F64), randn(4, dtype=F64)
        found = run(lambda impl: impl.finite_difference_grad(lambda X: (a @ X @ b) * (b @ X.T @ a), X, 0.125))
        close(found, 2 * (a @ X @ b) * torch.outer(a, b))

    def test_float32(self, run, randn):
        """Keeps float32, with long steps.
        步长较大时，结果保持 float32。"""
        x = randn(2, 3)
        close(run(lambda impl: impl.finite_difference_grad(lambda x: (x * x).sum(), x, eps=0.5)), 2 * x)

    @pytest.mark.needs("quadratic")
    def test_no_graph(self, run, randn):
        """The result requires no gradients, even if x or f does.
        即使 x 或 f 带梯度，结果也不带梯度。"""
        x, weight = randn(3, dtype=F64), randn(3, dtype=F64)

        def probe(impl):
            leaf, w = x.clone().requires_grad_(), weight.clone().requires_grad_()
            grad = impl.finite_difference_grad(lambda x: (w * x * x).sum(), leaf, 0.5)
            return grad, grad.requires_grad, leaf.grad

        close(run(probe), (2 * weight * x, False, None))

    test_from_scratch = written_from_scratch


@pytest.fixture
def differentiates(run):
    """differentiates(f, x) compares the Jacobian with torch.autograd.functional.jacobian."""

    def differentiates(f, x):
        close(run(lambda impl: impl.jacobian(f, x)), torch.autograd.functional.jacobian(f, x))

    return differentiates


def twisted(x):
    """From three numbers to five."""
    return torch.stack([x[0] * x[1], x[2].sin(), x.prod(), (x * x).sum(), x[1] / (1 + x[0] ** 2)])


@pytest.mark.exercise("jacobian")
class TestJacobian:
    @pytest.mark.points(2)
    def test_more_outputs(self, differentiates, randn):
        """Has a row for each output and a column for each input: (5, 3) for five outputs of three inputs.
        每个输出一行，每个输入一列：三个输入、五个输出时为 (5, 3)。"""
        differentiates(twisted, randn(3))

    def test_more_inputs(self, differentiates, randn):
        """Accepts fewer outputs than inputs.
        输出可以少于输入。"""
        differentiates(lambda x: torch.stack([x.sin().sum(), x[:2].prod()]), randn(5))

    @pytest.mark.points(2)
    def test_linear(self, run, randn):
        """The Jacobian of A x is A, not its transpose, in float64.
        A x 的雅可比矩阵是 A，不是它的转置（float64）。"""
        square, wide, x = randn(4, 4, dtype=F64), randn(2, 4, dtype=F64), randn(4, dtype=F64)
        close(
            run(lambda impl: [impl.jacobian(lambda x: square @ x, x), impl.jacobian(lambda x: wide @ x, x)]),
            [square, wide],
        )

    def test_elementwise(self, run, randn):
        """The Jacobian of an elementwise function is diagonal.
        按元素计算的函数，雅可比矩阵是对角矩阵。"""
        x = randn(4)
        found = run(lambda impl: [impl.jacobian(f, x) for f in (torch.exp, lambda x: x)])
        close(found, [torch.diag(x.exp()), torch.eye(4)])

    def test_softmax(self, run, randn):
        """The Jacobian of softmax is diag(s) - s s^T.
        softmax 的雅可比矩阵是 diag(s) - s s^T。"""
        x = randn(5)
        s = (x - x.logsumexp(dim=0)).exp()
        close(run(lambda impl: impl.jacobian(lambda x: x.softmax(dim=0), x)), torch.diag(s) - torch.outer(s, s))

    def test_one_output(self, differentiates, randn):
        """A single output gives a single row, (1, n).
        只有一个输出时，结果只有一行：(1, n)。"""
        differentiates(lambda x: (x * x).sum().reshape(1), randn(4))

    def test_one_input(self, differentiates, randn):
        """A single input gives a single column, (m, 1); with a single output the result is (1, 1).
        只有一个输入时，结果只有一列：(m, 1)；输出也只有一个时为 (1, 1)。"""
        differentiates(lambda x: torch.cat([x, x * x, x.exp()]), randn(1))
        differentiates(lambda x: x**3, randn(1))

    def test_independent_output(self, differentiates, randn):
        """The row of an output that does not depend on x is zero.
        某个输出与 x 无关时，相应的那一行全为零。"""
        factors = randn(3)
        differentiates(lambda x: torch.stack([x[0] * 2, torch.tensor(3.0), (factors * x).sum()]), randn(3))

    def test_constant(self, run, randn):
        """The Jacobian of a constant is zero, (m, n), also in float64.
        常函数的雅可比矩阵是 (m, n) 的零矩阵，float64 也一样。"""
        x, slope = randn(3, dtype=F64), randn(3, dtype=F64)
        found = run(
            lambda impl: [
                impl.jacobian(lambda _: torch.ones(2, dtype=F64), x),
                impl.jacobian(lambda x: torch.ones(3, dtype=F64) + slope * x, x),
            ]
        )
        close(found, [torch.zeros(2, 3, dtype=F64), torch.diag(slope)])

    @pytest.mark.needs("more_outputs")
    def test_no_graph(self, run, randn):
        """Carries no graph, even if f does.
        即使 f 带计算图，结果也不带。"""
        x, weight = randn(3), randn(2, 3)

        def probe(impl):
            w = weight.clone().requires_grad_()
            J = impl.jacobian(lambda x: w @ (x * x), x.clone())
            return J, J.requires_grad, w.grad is None or not w.grad.requires_grad

        close(run(probe), (2 * weight * x, False, True))

    @pytest.mark.needs("more_outputs")
    def test_argument_untouched(self, run, randn):
        """Leaves x and x.grad unchanged: x requires gradients only if it did before.
        不修改 x 和 x.grad：x 原来不需要梯度，调用之后也不需要。"""
        x = randn(6)[::2]

        def probe(impl):
            plain, leaf = x.clone(), x.clone().requires_grad_()
            leaf.grad = torch.full_like(x, 3.0)
            return [(impl.jacobian(twisted, x), x, x.grad, x.requires_grad) for x in (plain, leaf)]

        J = torch.autograd.functional.jacobian(twisted, x)
        close(run(probe), [(J, x, None, False), (J, x, torch.full_like(x, 3.0), True)])

    test_from_scratch = written_from_scratch


def autograd_least_squares(X, w, y):
    """The gradient of the sum of squares, from torch.autograd."""
    w = w.clone().requires_grad_()
    (grad,) = torch.autograd.grad(((X @ w - y) ** 2).sum(), w)
    return grad


@pytest.mark.exercise("grad_least_squares")
class TestGradLeastSquares:
    @standard(promise.untouched)
    def arguments(self, randn):
        return {"X": randn(4, 2), "w": randn(2), "y": randn(4)}

    @pytest.mark.points(2)
    def test_vector(self, run, randn):
        """Returns the gradient of the sum of squares, without a factor 1/2 and without a mean.
        返回平方和的梯度，不乘 1/2，也不取平均。"""
        X, w, y = randn(6, 3), randn(3), randn(6)
        close(run(lambda impl: impl.grad_least_squares(X, w, y)), autograd_least_squares(X, w, y))

    def test_column(self, run, randn):
        """Has the shape of w if w and y are columns.
        w 和 y 为列向量时，结果的形状与 w 相同。"""
        X, w, y = randn(5, 4), randn(4, 1), randn(5, 1)
        close(run(lambda impl: impl.grad_least_squares(X, w, y)), autograd_least_squares(X, w, y))

    def test_one_row(self, run, randn):
        """Accepts a single example, and a single weight.
        可以只有一个样本，也可以只有一个权重。"""
        cases = [(randn(1, 4), randn(4), randn(1)), (randn(3, 1), randn(1), randn(3)), (randn(1, 1), *randn(2, 1, 1))]
        found = run(lambda impl: [impl.grad_least_squares(*case) for case in cases])
        close(found, [autograd_least_squares(*case) for case in cases])

    def test_wide(self, run, randn):
        """Accepts more weights than examples, in float64 and not contiguous.
        权重可以多于样本，可以是 float64 且不连续。"""
        X, w, y = randn(7, 3, dtype=F64).T, randn(14, dtype=F64)[::2], randn(3, dtype=F64)
        close(run(lambda impl: impl.grad_least_squares(X, w, y)), autograd_least_squares(X, w, y))

    def test_exact_fit(self, run, randn):
        """Is zero if X w equals y, and not otherwise.
        X w 等于 y 时梯度为零，否则不为零。"""
        X, w, y = randn(5, 3, dtype=F64), randn(3, dtype=F64), randn(5, dtype=F64)
        found = run(lambda impl: [impl.grad_least_squares(X, w, target) for target in (X @ w, y)])
        close(found, [torch.zeros_like(w), autograd_least_squares(X, w, y)])

    test_from_scratch = written_from_scratch


@pytest.fixture
def signs(generator):
    """Nine numbers, three each of -1, 0 and 1, in a drawn order."""
    return torch.tensor(shuffled(generator, [-1.0, 0.0, 1.0] * 3))


@pytest.mark.exercise("subgradient_abs")
class TestSubgradientAbs:
    @standard(promise.untouched(id="argument_untouched"))
    def arguments(self, randn):
        return {"x": torch.cat([randn(3), torch.tensor([-1.5, 0.0])]), "at_zero": 1.0}

    @pytest.mark.points(2)
    def test_signs(self, run, randn):
        """Is 1 for positive and -1 for negative numbers, large and tiny.
        正数处为 1，负数处为 -1，无论绝对值多大或多小。"""
        x = torch.cat([randn(40), torch.tensor([1e30, -1e30, 1e-30, -1e-30])])
        close(run(lambda impl: impl.subgradient_abs(x)), x / x.abs())

    def test_zero(self, run, signs):
        """Is 0 at 0 by default.
        默认在 0 处为 0。"""
        x = 2 * signs
        close(run(lambda impl: impl.subgradient_abs(x)), signs)

    @pytest.mark.points(2)
    def test_at_zero(self, run, numbers):
        """Takes at_zero at 0, and nowhere else.
        在 0 处取 at_zero，其他地方不受影响。"""
        g, x = numbers(1, -0.9, 0.9)[0], torch.tensor([-0.5, 0.0, 0.5])
        close(run(lambda impl: impl.subgradient_abs(x, g)), torch.tensor([-1.0, g, 1.0]))

    def test_ends(self, run, signs):
        """at_zero may be -1 or 1, as a float or an int.
        at_zero 可以是 -1 或 1，类型可以是 float 或 int。"""
        x = 2 * signs.reshape(3, 3)
        found = run(lambda impl: [impl.subgradient_abs(x, at_zero=g) for g in (-1.0, 1.0, -1, 1)])
        close(found, [(x / 2).where(x != 0, g) for g in (-1.0, 1.0)] * 2)

    @pytest.mark.needs("signs")
    def test_outside(self, run, numbers):
        """Raises ValueError if at_zero is outside [-1, 1], whether or not x has a zero.
        at_zero 不在 [-1, 1] 之内时抛出 ValueError，无论 x 中有没有零。"""
        g, x = numbers(1, -0.9, 0.9)[0], torch.tensor([-1.0, 0.0, 4.0])

        calls = [*((x, h) for h in (1.001, -1.001, 2, math.inf, g - 2, g + 2)), (x[2:], -3.0), (x, g)]

        def told(impl, *call):
            refused = raises(lambda: impl.subgradient_abs(*call), ValueError)
            return "ValueError" if refused else impl.subgradient_abs(*call)

        close(
            run(lambda impl: [told(impl, *call) for call in calls]), ["ValueError"] * 7 + [torch.tensor([-1.0, g, 1.0])]
        )

    def test_negative_zero(self, run, numbers):
        """Negative zero counts as zero.
        负零也算作零。"""
        g, x = numbers(1, 0.1, 0.9)[0], torch.tensor([-0.0, 0.0, -1.0])
        close(run(lambda impl: impl.subgradient_abs(x, g)), torch.tensor([g, g, -1.0]))

    def test_shapes(self, run, numbers):
        """Accepts float64, tensors without axes, and tensors that are not contiguous.
        可以传入 float64、没有轴或不连续的张量。"""
        g, X = numbers(1, -1.0, 1.0)[0], torch.tensor([[-1.5, 0.0, 3.0], [0.0, 2.0, -0.1]], dtype=F64).T
        found = run(lambda impl: [impl.subgradient_abs(x, g) for x in (X, X[1, 0], X[0, 1], X[2:, 1:])])
        G = torch.tensor([[-1.0, g, 1.0], [g, 1.0, -1.0]], dtype=F64).T
        close(found, [G, G[1, 0], G[0, 1], G[2:, 1:]])

    def test_supports(self, run, randn):
        """The line of slope g through (x, |x|) is nowhere above |z|.
        过点 (x, |x|)、斜率为 g 的直线处处不高于 |z|。"""
        x = torch.cat([torch.zeros(2, dtype=F64), randn(6, dtype=F64)])
        found = run(lambda impl: impl.subgradient_abs(x, -0.5))
        z = torch.linspace(-5, 5, 201, dtype=F64)[:, None]
        expect(
            (z.abs() + 1e-12 >= x.abs() + found * (z - x)).all(),
            "The line with your slope rises above |z|.", "以你的结果为斜率的直线高过了 |z|。",
        )  # fmt: skip
