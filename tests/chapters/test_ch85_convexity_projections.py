"""ch85: jensen_gap, project_box, project_simplex, projected_gd."""

import math

import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error, written_from_scratch


@pytest.fixture
def factor(chance):
    """factor(): a drawn factor between 1/30 and 30."""
    return lambda: 30 ** chance.uniform(-1, 1)


@pytest.fixture
def distribution(randn):
    """distribution(5): drawn probabilities, (5,)."""

    def draw(n, dtype=torch.float32):
        positive = randn(n, dtype=dtype).exp()
        return positive / positive.sum()

    return draw


@pytest.mark.exercise("jensen_gap")
class TestJensenGap:
    @standard(
        promise.untouched,
        promise.non_contiguous("x", "p"),
        promise.gradients("x", "p"),
    )
    def arguments(self, randn, distribution, chance):
        n, c = chance.randint(4, 8), chance.uniform(0.5, 1)
        return {"f": lambda t: torch.exp(c * t), "x": randn(n), "p": distribution(n)}

    @pytest.mark.points(2)
    def test_convex(self, agree, randn, distribution, chance):
        """Gives the gap of convex functions.
        求凸函数的差。"""
        n, c = chance.randint(4, 8), chance.uniform(1, 2)
        x, p = randn(n), distribution(n)
        agree(lambda impl: [impl.jensen_gap(f, x, p) for f in (torch.square, torch.exp, lambda t: (c * t).abs())])

    @pytest.mark.points(2)
    def test_concave(self, agree, randn, distribution, chance):
        """The gap of concave functions is negative.
        凹函数的差为负。"""
        n, c = chance.randint(4, 8), chance.uniform(1, 2)
        x, p = 0.5 + randn(n).abs(), distribution(n)
        agree(lambda impl: [impl.jensen_gap(f, x, p) for f in (torch.log, torch.sqrt, lambda t: -c * t**2)])

    @pytest.mark.points(2)
    def test_any_function(self, agree, randn, distribution, chance):
        """Accepts functions that are neither convex nor concave.
        函数可以既非凸也非凹。"""
        n, c = chance.randint(4, 8), chance.uniform(1, 2)
        x, p = 2 * randn(n), distribution(n)
        agree(lambda impl: [impl.jensen_gap(f, x, p) for f in (torch.sin, torch.tanh, lambda t: t**3 - c)])

    def test_straight_lines(self, agree, randn, distribution, chance):
        """Straight lines have no gap.
        直线的差为 0。"""
        n, c, d = chance.randint(4, 8), chance.uniform(1, 3), chance.uniform(1, 3)
        x, p = randn(n), distribution(n)
        functions = [lambda t: c * t + d, lambda t: d - c * t, torch.square]
        agree(lambda impl: [impl.jensen_gap(f, x, p) for f in functions])

    def test_certainty(self, agree, randn, distribution, chance):
        """There is no gap if one value is certain.
        某个值的概率为 1 时，差为 0。"""
        n = chance.randint(4, 8)
        x, p = 1 + randn(n), torch.zeros(n)
        p[chance.randrange(n)] = 1
        other = distribution(n)
        agree(lambda impl: [impl.jensen_gap(torch.exp, x, p), impl.jensen_gap(torch.exp, x, other)])

    def test_impossible_values(self, agree, randn, distribution, chance):
        """A value of probability 0 does not count.
        概率为 0 的值不起作用。"""
        n = chance.randint(5, 8)
        x, p = randn(n), distribution(n)
        p[chance.sample(range(n), 2)] = 0
        p = p / p.sum()
        agree(lambda impl: impl.jensen_gap(torch.square, x, p))

    def test_two_values(self, agree, randn, distribution):
        """Accepts two values, or a single one.
        可以只有两个值或一个值。"""
        x, p, one = randn(2), distribution(2), randn(1)
        agree(lambda impl: [impl.jensen_gap(torch.exp, x, p), impl.jensen_gap(torch.exp, one, torch.ones(1))])

    def test_float64(self, agree, randn, distribution, chance):
        """Gives float64 for float64, with its precision.
        x 和 p 为 float64 时，结果也是 float64，精度不降低。"""
        n = chance.randint(4, 8)
        x, p = randn(n, dtype=torch.float64), distribution(n, dtype=torch.float64)
        agree(lambda impl: impl.jensen_gap(torch.exp, x, p), rtol=1e-9, atol=1e-11)


@pytest.fixture
def box(chance):
    """box(): drawn bounds, which are not symmetric."""
    return lambda: (-chance.uniform(0.2, 0.9), chance.uniform(1, 1.6))


def boxed(impl, x, low, high):
    """For probes: the projection of a copy of x. A change of x is the claim of another check."""
    return impl.project_box(x.clone(), low, high)


@pytest.mark.exercise("project_box")
class TestProjectBox:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("x"))
    def arguments(self, randn, box, chance):
        low, high = box()
        return {"x": 2 * randn(*chance.sample(range(3, 7), 2)), "low": low, "high": high}

    @pytest.mark.points(2)
    def test_matrix(self, agree, randn, box, chance):
        """Moves each coordinate outside the box to the nearest bound.
        把盒子外的每个坐标移到最近的边界上。"""
        x, bounds = 2 * randn(*chance.sample(range(3, 7), 2)), box()
        agree(lambda impl: impl.project_box(x, *bounds))

    @pytest.mark.points(2)
    def test_below(self, agree, randn, box, chance):
        """Coordinates below the box become `low`.
        低于盒子的坐标变为 low。"""
        low, high = box()
        x = low + 0.2 - randn(chance.randint(5, 9)).abs()
        agree(lambda impl: impl.project_box(x, low, high))

    @pytest.mark.points(2)
    def test_above(self, agree, randn, box, chance):
        """Coordinates above the box become `high`.
        高于盒子的坐标变为 high。"""
        low, high = box()
        x = high - 0.2 + randn(chance.randint(5, 9)).abs()
        agree(lambda impl: impl.project_box(x, low, high))

    def test_inside(self, agree, randn, chance):
        """A point in the box stays.
        盒子内的点不变。"""
        x = randn(*chance.sample(range(3, 7), 2))
        low, high = x.min().item() - 0.5, x.max().item() + 0.5
        agree(lambda impl: [boxed(impl, point, low, high) for point in (x, x / 2, 3 * x)])

    def test_box_beside_zero(self, agree, randn, chance):
        """The box may lie on either side of zero.
        盒子可以完全在零的一侧。"""
        x, (a, b) = 3 * randn(12), sorted((chance.uniform(0.5, 1), chance.uniform(1.2, 3)))
        agree(lambda impl: [boxed(impl, x, a, b), boxed(impl, x, -b, -a)])

    def test_one_sided(self, agree, randn, chance):
        """A bound may be infinite.
        边界可以是无穷大。"""
        x, bound = 2 * randn(12), chance.uniform(-0.5, 0.5)
        bounds = (bound, math.inf), (-math.inf, bound), (-math.inf, math.inf)
        agree(lambda impl: [boxed(impl, x, *some) for some in bounds])

    def test_equal_bounds(self, agree, randn, chance):
        """Equal bounds leave a single point.
        上下界相等时，只剩一个点。"""
        x, bound = randn(chance.randint(4, 8)), chance.uniform(-2, 2)
        agree(lambda impl: value_or_error(boxed, impl, x, bound, bound))

    def test_shapes(self, agree, randn, box):
        """Accepts any shape, also () and an empty tensor.
        形状任意，包括 () 和空张量。"""
        xs, bounds = [2 * randn(), 2 * randn(2, 1, 3, 2), randn(0, 3), 2 * randn(7)], box()
        agree(lambda impl: [boxed(impl, x, *bounds) for x in xs])

    def test_empty_box(self, agree, randn, box):
        """Raises ValueError if low is more than high.
        low 大于 high 时，抛出 ValueError。"""
        x, (low, high) = 2 * randn(6), box()
        cases = [(high, low), (low, low - 0.01), (math.inf, -math.inf), (low, high)]
        agree(lambda impl: [value_or_error(boxed, impl, x, *some) for some in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def spread(randn, chance):
    """spread(8): a vector of a drawn centre, whose projection has some zeros and some other entries."""
    return lambda n, dtype=torch.float32: chance.uniform(-2, 2) + 0.4 * randn(n, dtype=dtype)


@pytest.mark.exercise("project_simplex")
class TestProjectSimplex:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, spread, chance):
        return {"v": spread(chance.randint(6, 12))}

    @pytest.mark.points(2)
    def test_nearest(self, agree, spread, chance):
        """Gives the nearest distribution.
        求最近的分布。"""
        vs = [spread(size) for size in chance.sample(range(5, 15), 4)]
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    @pytest.mark.points(2)
    def test_all_positive(self, agree, distribution, chance):
        """Subtracts the same number from all entries if none becomes negative.
        没有元素会变负时，所有元素减去同一个数。"""
        vs = [0.1 * distribution(n) + shift for n, shift in ((5, chance.uniform(1, 3)), (8, -chance.uniform(1, 3)))]
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    def test_inside(self, agree, distribution, chance):
        """A distribution stays, also with zeros.
        分布本身不变，含零的分布也一样。"""
        p, q = (distribution(size) for size in chance.sample(range(4, 10), 2))
        q[chance.sample(range(len(q)), 2)] = 0
        q = q / q.sum()
        agree(lambda impl: [impl.project_simplex(v) for v in (p, q, p + 0.3)])

    @pytest.mark.points(2)
    def test_small_sums(self, agree, distribution, chance):
        """Raises the entries if their sum is less than 1.
        元素之和小于 1 时，各元素增大。"""
        vs = [share * distribution(chance.randint(4, 9)) - shift for share, shift in ((0.5, 0.0), (0.6, 0.1), (1, 3))]
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    def test_sum_of_one(self, agree, chance):
        """A vector whose sum is 1 changes if it has negative entries.
        和为 1 但含有负元素的向量也会改变。"""
        eighths = [chance.randint(1, 3), -chance.randint(1, 4), -chance.randint(1, 4), chance.randint(1, 3)]
        v = torch.tensor([*eighths, 8 - sum(eighths)]) / 8  # the sum is exact
        agree(lambda impl: [impl.project_simplex(w) for w in (v, v.roll(2), v.double())])

    def test_negative_entries(self, agree, randn, chance):
        """Accepts vectors without a positive entry.
        可以没有正的元素。"""
        vs = [-chance.uniform(0.5, 1) - 0.5 * randn(chance.randint(4, 9)).abs() for _ in range(2)]
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    def test_common_offset(self, agree, spread, chance):
        """A number added to all entries changes nothing, also if it is some thousands.
        所有元素加上同一个数，投影不变；即使这个数有几千，也是如此。"""
        offsets = [sign * chance.uniform(2000, 9000) for sign in (1, -1, 1)]
        vs = [spread(size) + offset for size, offset in zip(chance.sample(range(5, 12), 3), offsets, strict=True)]
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    def test_large_entry(self, agree, randn, chance):
        """A single large entry takes everything.
        只有一个很大的元素时，它取得全部。"""
        vs = [randn(size) for size in chance.sample(range(5, 12), 3)]
        for v in vs:
            v[chance.randrange(len(v))] += 9
        agree(lambda impl: [impl.project_simplex(v) for v in vs])

    def test_equal_entries(self, agree, chance):
        """Equal entries give the uniform distribution, and ties share.
        元素都相等时得到均匀分布；并列的元素得到相同的值。"""
        n, value = chance.randint(3, 12), chance.uniform(-3, 3)
        tied = torch.full((n,), value)
        tied[chance.sample(range(n), 2)] += 0.3
        agree(lambda impl: [impl.project_simplex(torch.full((n,), value)), impl.project_simplex(tied)])

    def test_short_vectors(self, agree, randn):
        """Accepts vectors with one or two entries.
        向量可以只有一个或两个元素。"""
        one, two = 3 * randn(1), 0.4 * randn(2)
        agree(lambda impl: [impl.project_simplex(one), impl.project_simplex(two)])

    @pytest.mark.points(2)
    def test_order(self, agree, spread, chance):
        """Keeps the places of the entries.
        各元素的位置不变。"""
        v = spread(chance.randint(8, 12))
        agree(lambda impl: [impl.project_simplex(w) for w in (v, v.flip(0), v.sort().values, v.roll(3))])

    def test_long_vector(self, agree, randn, chance):
        """Accepts vectors with thousands of entries.
        向量可以有数千个元素。"""
        v = 3 * randn(chance.randint(2000, 4000), dtype=torch.float64)
        agree(lambda impl: impl.project_simplex(v))


@pytest.fixture
def bowl(randn, chance):
    """bowl(4): the gradient of a drawn quadratic function of four variables, whose level curves are ellipses."""

    def draw(n, dtype=torch.float32):
        centre = 2 * randn(n, dtype=dtype)
        steepness = torch.tensor([chance.uniform(0.5, 2) for _ in range(n)], dtype=dtype)
        return lambda x: steepness * (x - centre)

    return draw


def descended(impl, grad, project, x0, lr, steps):
    """For probes: the result from a copy of x0. A change of x0 is the claim of another check."""
    return impl.projected_gd(grad, project, x0.clone(), lr, steps)


def into_the_box(low, high):
    return lambda x: x.clamp(low, high)


def into_the_ball(x):
    return x / x.norm().clamp(min=1)


@pytest.mark.exercise("projected_gd")
class TestProjectedGd:
    @standard(promise.untouched)
    def arguments(self, randn, bowl, box, chance):
        n = chance.randint(3, 6)
        return {"grad": bowl(n), "project": into_the_box(*box()), "x0": 2 * randn(n), "lr": 0.3, "steps": 4}

    @pytest.mark.points(2)
    def test_one_step(self, agree, randn, bowl, box, chance):
        """Moves against the gradient, then projects.
        先沿负梯度方向移动，再投影。"""
        n, lr = chance.randint(4, 7), chance.uniform(0.2, 0.7)
        grad, project, x0 = bowl(n), into_the_box(*box()), 2 * randn(n)
        agree(lambda impl: [descended(impl, grad, p, x0, lr, 1) for p in (project, into_the_ball)])

    @pytest.mark.points(2)
    def test_steps(self, agree, randn, bowl, box, chance):
        """Projects after each step.
        每一步之后都投影。"""
        n, lr = chance.randint(4, 7), chance.uniform(0.1, 0.3)
        grad, project, x0 = bowl(n), into_the_box(*box()), randn(n)
        cases = [(p, steps) for p in (project, into_the_ball) for steps in (2, 3, 6)]
        agree(lambda impl: [descended(impl, grad, p, x0, lr, steps) for p, steps in cases])

    @pytest.mark.points(2)
    def test_curved_constraint(self, agree, randn, bowl, chance):
        """Follows the border of a ball.
        沿球的边界移动。"""
        n = chance.randint(3, 5)
        grad, x0 = bowl(n), randn(n)
        steep = bowl(n)
        cases = [(lambda x: grad(x) + 3, 0.4, 5), (lambda x: steep(x) - 2, 0.2, 8)]
        agree(lambda impl: [descended(impl, g, into_the_ball, x0, lr, steps) for g, lr, steps in cases])

    def test_optimum_on_the_border(self, agree, bowl, randn, chance):
        """Approaches an optimum on the border of the box.
        逼近盒子边界上的最优点。"""
        n, bound = chance.randint(3, 6), chance.uniform(0.1, 0.4)
        grad, x0 = bowl(n), randn(n)
        agree(lambda impl: descended(impl, grad, into_the_box(-bound, 2 * bound), x0, 0.4, 60))

    def test_optimum_inside(self, agree, bowl, randn, chance):
        """Is gradient descent if the constraint never matters.
        约束不起作用时，就是梯度下降。"""
        n, lr = chance.randint(3, 6), chance.uniform(0.1, 0.4)
        grad, x0 = bowl(n), randn(n)
        agree(lambda impl: [descended(impl, grad, into_the_box(-99.0, 99.0), x0, lr, steps) for steps in (1, 3, 40)])

    def test_first_point_outside(self, agree, bowl, randn, box, chance):
        """Takes the first gradient at x0, even if x0 does not fulfil the constraint.
        即使 x0 不满足约束，第一个梯度也在 x0 处计算。"""
        n = chance.randint(3, 6)
        grad, project, x0 = bowl(n), into_the_box(*box()), 5 * randn(n)
        cases = [(p, steps) for p in (project, into_the_ball) for steps in (1, 2)]
        agree(lambda impl: [descended(impl, grad, p, x0, 0.15, steps) for p, steps in cases])

    def test_learning_rate(self, agree, bowl, randn, chance):
        """Uses the same learning rate in all steps.
        各步使用相同的学习率。"""
        n, steps = chance.randint(3, 6), chance.randint(3, 5)
        grad, x0, rates = bowl(n), randn(n), [chance.uniform(*some) for some in ((0.01, 0.05), (0.1, 0.2), (0.3, 0.6))]
        agree(lambda impl: [descended(impl, grad, into_the_ball, x0, lr, steps) for lr in rates])

    def test_calls(self, agree, randn, chance):
        """Each step calls grad once and project once.
        每一步调用一次 grad 和一次 project。"""
        steps, x0, factor = chance.randint(3, 6), randn(4), chance.uniform(0.5, 1)

        def probe(impl):
            calls = []

            def grad(x):
                calls.append("grad")
                return factor * x / len(calls)  # each call has another gradient

            def project(x):
                calls.append("project")
                return x + len(calls)

            return impl.projected_gd(grad, project, x0, 0.3, steps), calls

        agree(probe)

    def test_matrices(self, agree, randn, chance):
        """Accepts points of any shape.
        点的形状任意。"""
        shape, lr = chance.sample(range(2, 6), 2), chance.uniform(0.1, 0.3)
        x0, centre, first, middle = randn(*shape), 2 * randn(*shape), randn(), 3 * randn()
        agree(
            lambda impl: [
                descended(impl, lambda x: x - centre, into_the_ball, x0, lr, 4),
                descended(impl, lambda x: x - middle, into_the_box(-0.5, 0.7), first, lr, 4),
            ]
        )

    def test_float64(self, agree, randn, bowl, box, chance):
        """Gives float64 for float64, with its precision.
        x0 为 float64 时，结果也是 float64，精度不降低。"""
        n = chance.randint(4, 6)
        grad, project, x0 = bowl(n, torch.float64), into_the_box(*box()), randn(n, dtype=torch.float64)
        agree(lambda impl: descended(impl, grad, project, x0, 0.15, 3), rtol=1e-9, atol=1e-11)
