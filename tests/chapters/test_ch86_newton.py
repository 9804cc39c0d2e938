"""Checks of ch86: functions whose derivatives are known, with drawn minima and curvatures."""

import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error

ZERO = 0.0


# For probes.


def newton_on(impl, functions, *eta, **named):
    """Call newton with these functions in place of the module's f, f_grad and f_hess."""
    module = impl.newton.__globals__
    names = ("f", "f_grad", "f_hess")
    before = {name: module[name] for name in names if name in module}
    module.update(zip(names, functions, strict=True))
    try:
        return impl.newton(*eta, **named)
    finally:
        module.update(before)


def parabola(a, low):
    """A parabola with its second derivative a and its lowest or highest place. The numbers are tensors."""
    return lambda x: a / 2 * (x - low) ** 2 + 1, lambda x: a * (x - low), lambda x: a + 0 * x


def hyperbolic(c):
    """The book's cosh(c * x)."""
    return lambda x: torch.cosh(c * x), lambda x: c * torch.sinh(c * x), lambda x: c**2 * torch.cosh(c * x)


def wave(c, top):
    """A cosine with a maximum."""
    return (
        lambda x: torch.cos(c * (x - top)),
        lambda x: -c * torch.sin(c * (x - top)),
        lambda x: -(c**2) * torch.cos(c * (x - top)),
    )


def bowl(A, b):
    """The gradient and the Hessian of x A x / 2 - b x."""
    return lambda x: A @ x - b, lambda _x: A.clone()


def logistic(rows, weight):
    """The gradient and the Hessian of the sum of log(1 + exp(row x)) and weight / 2 * |x|^2."""

    def grad(x):
        return rows.T @ torch.sigmoid(rows @ x) + weight * x

    def hess(x):
        s = torch.sigmoid(rows @ x)
        return rows.T @ ((s * (1 - s))[:, None] * rows) + weight * torch.eye(len(x), dtype=x.dtype)

    return grad, hess


def search(impl, curvature, low, x, *numbers, lift=0.0, power=2, **named):
    """Search on sum(curvature / power * (x - low)^power) + lift, which stops a search that has no end."""
    calls = []

    def f(x):
        calls.append(None)
        if len(calls) > 2000:
            raise RuntimeError("f was called 2,000 times")
        return (curvature / power * (x - low) ** power).sum().item() + lift

    g = curvature * (x - low) ** (power - 1)
    return impl.backtracking_line_search(f, x, g, *numbers, **named)


# In the judge.


def number(chance, low, high):
    return torch.tensor(round(chance.uniform(low, high), 3), dtype=torch.float64)


def place(chance):
    """A place on either side of 10, where newton begins."""
    return 10 + chance.choice((-1, 1)) * number(chance, 3, 9)


@pytest.mark.exercise("newton")
class TestNewton:
    @pytest.mark.points(2)
    def test_hyperbolic_cosine(self, agree, chance):
        """Ten steps on cosh(c * x) begin at 10.0 and give eleven numbers.
        在 cosh(c * x) 上从 10.0 出发走十步，得到十一个数。"""
        constants = number(chance, 0.3, 0.45), number(chance, 0.5, 0.9)
        agree(lambda impl: [newton_on(impl, hyperbolic(c)) for c in constants])

    @pytest.mark.points(2)
    def test_quadratic(self, agree, chance):
        """A single step reaches the minimum of a quadratic function, and the next steps stay there.
        在二次函数上，一步就到达最小值点，之后不再移动。"""
        cases = [(number(chance, *span), place(chance)) for span in ((0.3, 0.8), (1.5, 4.0))]
        agree(lambda impl: [newton_on(impl, parabola(*case)) for case in cases])

    @pytest.mark.points(2)
    def test_eta(self, agree, chance):
        """eta scales every step; it may be larger than 1.
        eta 缩放每一步；它可以大于 1。"""
        small, large = chance.uniform(0.2, 0.8), chance.uniform(1.2, 1.7)
        c, case = number(chance, 0.3, 0.5), (number(chance, 0.5, 2), place(chance))

        def probe(impl):
            parabolas = [newton_on(impl, parabola(*case), eta) for eta in (small, large)]
            return parabolas, newton_on(impl, hyperbolic(c), eta=small)

        agree(probe)

    def test_negative_curvature(self, agree, chance):
        """Where the second derivative is negative, the walk goes uphill, to a maximum.
        二阶导数为负时向上走，到达最大值点。"""
        c = number(chance, 0.2, 0.6)
        tops = [10 + side * number(chance, 0.3, 0.8) / c for side in (1, -1)]
        hill = -number(chance, 0.5, 2), place(chance)
        agree(lambda impl: [newton_on(impl, wave(c, top)) for top in tops] + [newton_on(impl, parabola(*hill))])

    def test_calls_by_themselves(self, agree, chance):
        """Each call begins at 10.0 again, with the functions and the eta of this call.
        每次调用都重新从 10.0 出发，使用当时的函数和 eta。"""
        cases = [
            (hyperbolic(number(chance, 0.3, 0.6)), chance.uniform(0.5, 0.9)),
            (parabola(number(chance, 0.5, 2), place(chance)), chance.uniform(0.2, 0.8)),
        ]
        agree(lambda impl: [newton_on(impl, *case) for case in cases * 2])


@pytest.fixture
def curved(generator):
    """curved(d, signs) draws a symmetric matrix with eigenvalues of these signs, between 0.5 and 2.5."""

    def draw(d, signs=None, dtype=torch.float32):
        sizes = 0.5 + 2 * torch.rand(d, generator=generator, dtype=torch.float64)
        basis = torch.linalg.qr(torch.randn(d, d, generator=generator, dtype=torch.float64)).Q
        matrix = basis * (sizes if signs is None else sizes * torch.tensor(signs)) @ basis.T
        return ((matrix + matrix.T) / 2).to(dtype)

    return draw


# Solving a system in another way, by an inverse, costs digits.
SOLVED = {"rtol": 1e-4, "atol": 1e-4}


@pytest.mark.exercise("newton_nd")
class TestNewtonNd:
    @pytest.mark.points(2)
    def test_quadratic(self, agree, randn, curved, chance):
        """A single step without damping reaches the minimum of a quadratic function.
        不带阻尼时，一步就到达二次函数的最小值点。"""
        cases = [(bowl(curved(d), randn(d)), 3 * randn(d)) for d in chance.sample(range(2, 6), 2)]
        agree(lambda impl: [impl.newton_nd(*functions, x, 1) for functions, x in cases], **SOLVED)

    @pytest.mark.points(2)
    def test_several_steps(self, agree, randn, chance):
        """Several steps use the gradient and the Hessian at the current x.
        走多步时，每一步都用当前 x 处的梯度和 Hessian 矩阵。"""
        d, steps = chance.randint(2, 4), chance.sample(range(2, 5), 2)
        rows, weight, x = 1.5 * randn(2 * d, d), chance.uniform(0.3, 0.6), randn(d)
        agree(lambda impl: [impl.newton_nd(*logistic(rows, weight), x, n) for n in steps], **SOLVED)

    @pytest.mark.points(2)
    def test_damping(self, agree, randn, curved, chance):
        """Damping adds its multiple of I to the Hessian in every step.
        阻尼在每一步都给 Hessian 矩阵加上 I 的相应倍数。"""
        d = chance.randint(2, 4)
        functions = [bowl(curved(d), randn(d)), logistic(1.5 * randn(2 * d, d), chance.uniform(0.3, 0.6))]
        x, dampings = 2 * randn(d), (chance.uniform(0.2, 0.8), chance.uniform(1.3, 3.0))

        def probe(impl):
            numbers = list(zip((1, 3), dampings, strict=True))
            return [impl.newton_nd(*pair, x, n, damping=more) for pair in functions for n, more in numbers]

        agree(probe, **SOLVED)

    def test_singular_hessian(self, agree, randn, chance):
        """With damping the Hessian may be singular.
        带阻尼时，Hessian 矩阵可以是奇异的。"""
        d = chance.randint(2, 4)
        row, b, x, damping = randn(d), randn(d), randn(d), chance.uniform(0.5, 1.5)

        def probe(impl):
            return [value_or_error(impl.newton_nd, *bowl(torch.outer(row, row), b), x, n, damping) for n in (1, 2)]

        agree(probe, **SOLVED)

    def test_saddle(self, agree, randn, curved, chance):
        """An indefinite Hessian leads to a saddle point.
        Hessian 矩阵不定时，走到鞍点。"""
        d = chance.randint(2, 4)
        A, b, x = curved(d, [-1] + [1] * (d - 1)), randn(d), 2 * randn(d)
        agree(lambda impl: impl.newton_nd(*bowl(A, b), x, 1), **SOLVED)

    def test_one_dimension(self, agree, randn, chance):
        """The vector may have a single entry.
        向量可以只有一个元素。"""
        rows, weight, x, damping = 2 * randn(3, 1), chance.uniform(0.3, 0.6), randn(1), chance.uniform(0.2, 0.8)
        agree(lambda impl: [impl.newton_nd(*logistic(rows, weight), x, 2, more) for more in (ZERO, damping)], **SOLVED)

    def test_no_steps(self, agree, randn, curved, chance):
        """Without a step the result is the start.
        steps 为 0 时，结果就是起点。"""
        d = chance.randint(2, 4)
        functions, x = bowl(curved(d), randn(d)), 2 * randn(d)
        agree(lambda impl: [impl.newton_nd(*functions, x, n, 0.5) for n in (0, 1)], **SOLVED)

    @pytest.mark.needs("quadratic")
    def test_arguments_untouched(self, agree, randn, curved, chance):
        """Leaves x0 unchanged.
        不修改 x0。"""
        d = chance.randint(2, 4)
        functions, start = bowl(curved(d), randn(d)), 2 * randn(d)

        def probe(impl):
            x = start.clone()
            return impl.newton_nd(*functions, x, 1), x

        agree(probe, **SOLVED)

    def test_float64(self, agree, randn, chance):
        """float64 gives float64, with its precision.
        输入为 float64 时，结果也是 float64，并保持其精度。"""
        d, double = chance.randint(2, 4), torch.float64
        rows, x, damping = randn(2 * d, d, dtype=double), randn(d, dtype=double), chance.uniform(0.2, 0.8)
        # float64 has 16 digits. A start that went through float32 has 7.
        agree(lambda impl: impl.newton_nd(*logistic(rows, 0.5), x, 1, damping), rtol=1e-11, atol=1e-11)


@pytest.mark.exercise("diagonal_preconditioned_step")
class TestDiagonalPreconditionedStep:
    @standard(promise.untouched, promise.float64(rtol=1e-11, atol=1e-11), promise.non_contiguous)
    def arguments(self, case):
        x, g, h, lr = case(2, torch.float32)
        return {"x": x, "g": g, "h_diag": h, "lr": lr}

    @pytest.fixture
    def case(self, randn, chance):
        """case(axes) draws x, g, curvatures of both signs, and lr."""

        def draw(axes=1, dtype=torch.float32):
            shape = chance.sample(range(2, 7), axes)
            sign = 2 * (randn(*shape, dtype=dtype) > 0) - 1
            h = sign * (0.3 + randn(*shape, dtype=dtype).abs())
            return randn(*shape, dtype=dtype), 2 * randn(*shape, dtype=dtype), h, round(chance.uniform(0.2, 0.8), 3)

        return draw

    @pytest.mark.points(2)
    def test_positive_curvature(self, agree, case):
        """Divides each entry of the gradient by its curvature.
        梯度的每个元素除以相应的曲率。"""
        x, g, h, lr = case()
        agree(lambda impl: impl.diagonal_preconditioned_step(x, g, h.abs(), lr))

    @pytest.mark.points(2)
    def test_negative_curvature(self, agree, case):
        """Divides by the absolute value where the curvature is negative.
        曲率为负时，除以它的绝对值。"""
        x, g, h, lr = case()
        h[0] = -h[0].abs()
        agree(lambda impl: [impl.diagonal_preconditioned_step(x, g, value, lr) for value in (h, -h.abs())])

    @pytest.mark.points(2)
    def test_zero_curvature(self, agree, case, chance):
        """Raises ValueError if a curvature is 0, even a single one.
        只要有一个曲率为 0，就抛出 ValueError。"""
        x, g, h, lr = case()
        flat, first = h.clone(), h.clone()
        flat[chance.randint(1, len(h) - 1)] = first[0] = 0

        def probe(impl):
            cases = (h, flat, flat.abs(), first, 0 * h)
            return [value_or_error(impl.diagonal_preconditioned_step, x, g, value, lr) for value in cases]

        agree(probe)

    def test_tiny_curvature(self, agree, case, chance):
        """Takes a curvature of any size as it is; nothing keeps it away from zero.
        曲率不论多小都照原样使用，没有什么使它远离零。"""
        x, g, h, lr = case()
        small = h * 10 ** -chance.uniform(8, 10)
        agree(lambda impl: impl.diagonal_preconditioned_step(x, g, small, lr) * 1e-8)

    def test_zero_gradient(self, agree, case):
        """Entries whose gradient is 0 stay.
        梯度为 0 的元素保持不变。"""
        x, g, h, lr = case()
        g[-1] = 0
        agree(lambda impl: impl.diagonal_preconditioned_step(x, g, h, lr))

    def test_shapes(self, agree, case):
        """The tensors may have any shape.
        张量可以是任意形状。"""
        cases = [case(axes) for axes in (2, 3)]
        agree(lambda impl: [impl.diagonal_preconditioned_step(*each) for each in cases])


@pytest.mark.exercise("backtracking_line_search")
class TestBacktrackingLineSearch:
    @pytest.fixture
    def case(self, randn, chance):
        """case(low, high) draws curvatures in this range, the lowest place, and x."""

        def draw(low=6.0, high=40.0, shape=None, dtype=torch.float64):
            shape = shape or [chance.randint(2, 6)]
            spread = torch.sigmoid(randn(*shape, dtype=dtype)) * 0.5
            return chance.uniform(low, high) * (1 + spread), randn(*shape, dtype=dtype), 3 + randn(*shape, dtype=dtype)

        return draw

    @pytest.mark.points(2)
    def test_steep_function(self, agree, case):
        """Shrinks t by the default beta until the default condition is met.
        按默认的 beta 缩小 t，直到满足默认的条件。"""
        cases = [case(), case(1.6, 4.0), case(100.0, 900.0)]
        agree(lambda impl: [search(impl, *each) for each in cases])

    @pytest.mark.needs("steep_function")
    def test_flat_function(self, agree, case):
        """t is 1 where the full step lowers f enough.
        整步已使 f 足够下降时，t 为 1。"""
        flat, steep = case(0.1, 0.5), case()
        agree(lambda impl: [search(impl, *each) for each in (flat, steep)])

    @pytest.mark.needs("steep_function")
    def test_zero_gradient(self, agree, case):
        """t is 1 if the gradient is 0.
        梯度为 0 时，t 为 1。"""
        curvature, low, x = case()
        agree(lambda impl: [search(impl, curvature, low, start) for start in (low.clone(), x)])

    @pytest.mark.points(2)
    def test_alpha(self, agree, case, chance):
        """alpha is the share of the decrease that is enough.
        alpha 是足够的下降所占的比例。"""
        cases = [(*case(), chance.uniform(*span), 0.95) for span in ((0.02, 0.15), (0.4, 0.6), (0.8, 0.95))]
        # With a curvature of at most 1.5 the full step is enough for an alpha of up to 1/4.
        cases.append((*case(0.8, 1.0), chance.uniform(0.02, 0.2), 0.95))
        agree(lambda impl: [search(impl, *each) for each in cases])

    @pytest.mark.points(2)
    def test_beta(self, agree, case, chance):
        """beta is the factor by which t shrinks.
        beta 是 t 每次缩小时乘的系数。"""
        betas = chance.uniform(0.15, 0.45), chance.uniform(0.55, 0.7), chance.uniform(0.85, 0.97)
        cases = [(case(), beta) for beta in betas]
        agree(lambda impl: [search(impl, *each, 0.3, beta=beta) for each, beta in cases])

    def test_equality(self, agree, chance):
        """A step that lowers f by just enough is accepted.
        下降量恰好等于要求时，接受这一步。"""
        # Powers of two are exact: with curvature 1.5 / t and alpha 1/4, both sides are equal at t.
        x = torch.tensor([chance.randint(1, 9) / 8 for _ in range(3)], dtype=torch.float64)
        curvatures = [1.5 * 2**k for k in sorted(chance.sample(range(6), 3))]
        agree(lambda impl: [search(impl, c, ZERO, x, 0.25, 0.5) for c in curvatures])

    def test_matrix(self, agree, case, chance):
        """x may have several axes; |g|^2 runs over all entries.
        x 可以有多个轴；|g|^2 对所有元素求和。"""
        cases = [case(shape=chance.sample(range(2, 5), axes)) for axes in (2, 3)]
        agree(lambda impl: [search(impl, *each) for each in cases])

    def test_negative_values(self, agree, case, chance):
        """f may be negative or large.
        f 的值可以为负，也可以很大。"""
        each, lifts = case(), (-chance.uniform(2000, 9000), chance.uniform(2000, 9000))
        agree(lambda impl: [search(impl, *each, lift=lift) for lift in lifts])

    def test_quartic(self, agree, case):
        """The condition holds for functions that are not quadratic.
        函数不是二次函数时，条件同样适用。"""
        cases = [case(0.2, 3.0), case()]
        agree(lambda impl: [search(impl, *each, power=4) for each in cases])

    def test_small_gradient(self, agree, randn, chance):
        """The square of the gradient counts, also where it is smaller than the gradient.
        用的是梯度的平方；梯度很小、平方比它更小时也是如此。"""
        low = randn(chance.randint(2, 6), dtype=torch.float64)
        away = randn(*low.shape, dtype=torch.float64)
        cases = [(c, low, low + away / away.norm() * 0.6 / c) for c in (chance.uniform(2, 9), chance.uniform(20, 90))]
        agree(lambda impl: [search(impl, *each) for each in cases])

    def test_float32(self, agree, case):
        """x and g may be float32.
        x 和 g 可以是 float32。"""
        cases = [case(dtype=torch.float32), case(2.0, 6.0, dtype=torch.float32)]
        agree(lambda impl: [search(impl, *each) for each in cases])

    @pytest.mark.needs("steep_function")
    def test_arguments_untouched(self, agree, case):
        """Leaves x and g unchanged.
        不修改 x 和 g。"""
        curvature, low, start = case()

        def probe(impl):
            x, g = start.clone(), curvature * (start - low)
            t = impl.backtracking_line_search(lambda x: (curvature / 2 * (x - low) ** 2).sum().item(), x, g)
            return t, x, g

        agree(probe)


@pytest.mark.exercise("polynomial_decay")
class TestPolynomialDecay:
    @pytest.mark.points(2)
    def test_default_numbers(self, agree, chance):
        """Without other arguments base is 1, beta is 0.1 and alpha is 0.5.
        只给出 t 时，base 为 1，beta 为 0.1，alpha 为 0.5。"""
        steps = chance.sample(range(1, 100), 4)
        agree(lambda impl: [impl.polynomial_decay(t) for t in steps])

    @pytest.mark.points(2)
    def test_all_numbers(self, agree, chance):
        """The rate of a step follows base, beta and alpha.
        学习率由 base、beta 和 alpha 决定。"""
        cases = [
            (chance.randint(2, 60), chance.uniform(0.2, 3), chance.uniform(0.02, 0.6), chance.uniform(0.6, 1.5))
            for _ in range(4)
        ]
        agree(lambda impl: [impl.polynomial_decay(*case) for case in cases])

    def test_base(self, agree, chance):
        """base scales the rate.
        base 缩放学习率。"""
        t, base = chance.randint(2, 60), chance.uniform(0.2, 0.8)
        agree(lambda impl: [impl.polynomial_decay(t, value) for value in (base, 3 * base)])

    def test_beta(self, agree, chance):
        """beta multiplies t.
        beta 乘在 t 上。"""
        t, betas = chance.randint(2, 60), (chance.uniform(0.01, 0.08), chance.uniform(0.3, 2))
        agree(lambda impl: [impl.polynomial_decay(t, beta=beta) for beta in betas])

    def test_alpha(self, agree, chance):
        """alpha is the exponent.
        alpha 是指数。"""
        t, alphas = chance.randint(2, 60), (chance.uniform(0.1, 0.4), chance.uniform(0.7, 2))
        agree(lambda impl: [impl.polynomial_decay(t, alpha=alpha) for alpha in alphas])

    def test_first_step(self, agree, chance):
        """Step 0 has the rate base.
        第 0 步的学习率就是 base。"""
        base, beta, alpha = chance.uniform(0.2, 3), chance.uniform(0.02, 0.6), chance.uniform(0.3, 1.5)
        agree(lambda impl: [impl.polynomial_decay(t, base, beta, alpha) for t in (0, 1)])

    def test_constant(self, agree, chance):
        """The rate stays base if beta or alpha is 0.
        beta 或 alpha 为 0 时，学习率一直是 base。"""
        t, base, other = chance.randint(2, 60), chance.uniform(0.2, 3), chance.uniform(0.3, 0.9)
        numbers = (ZERO, other), (other, ZERO), (other, other)
        agree(lambda impl: [value_or_error(impl.polynomial_decay, t, base, *pair) for pair in numbers])

    def test_late_step(self, agree, chance):
        """The rate of a late step is right, too.
        步数很大时也正确。"""
        steps = [chance.randint(10**4, 10**7) for _ in range(3)]
        agree(lambda impl: [1000 * impl.polynomial_decay(t) for t in steps])

    def test_no_memory(self, agree, chance):
        """Calls do not count steps: each gives the rate of its own t.
        函数不自己计数：每次调用返回所给 t 的学习率。"""
        t = chance.randint(20, 60)
        agree(lambda impl: [impl.polynomial_decay(step) for step in (t, t, t // 2, t)])
