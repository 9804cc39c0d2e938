"""ch85: is_convex_on_grid.

True or False says little about a mistake. So most checks of is_convex_on_grid count the tolerances under which a
function passes: that is a measure of how far a midpoint lies above its chord.
"""

import math

import pytest

from dlgrade.testing import shuffled, value_or_error

TOLERANCES = [1.5**power for power in range(-24, 12)]


def passes(impl, f, a, b, n):
    """For probes: the number of tolerances under which f passes."""
    return sum(impl.is_convex_on_grid(f, a, b, n, tol) for tol in TOLERANCES)


def counted(agree, *cases):
    """Compare the numbers of tolerances of these cases (f, a, b, n)."""
    agree(lambda impl: [passes(impl, *case) for case in cases])


@pytest.fixture
def factor(chance):
    """factor(): a drawn factor between 1/30 and 30."""
    return lambda: 30 ** chance.uniform(-1, 1)


def rounded(values, height):
    """A function with jumps: the value of the nearest key, and `height` elsewhere."""
    return lambda x: next((value for place, value in values.items() if abs(x - place) < 1e-6), height)


@pytest.mark.exercise("is_convex_on_grid")
class TestIsConvexOnGrid:
    @pytest.mark.points(2)
    def test_convex_or_not(self, agree, generator, chance):
        """Tells convex functions from others, with the default grid and tolerance.
        用默认的网格和容差区分凸函数与非凸函数。"""
        c, d = chance.uniform(0.5, 2), chance.uniform(-1, 1)
        functions = [
            lambda x: c * x**2 + d * x,
            lambda x: math.exp(c * x),
            lambda x: abs(x - d) + d,
            lambda x: max(c * x, d, -x),
            lambda x: -c * x**2 + 9,
            lambda x: math.cos(math.pi * x) + d,
            lambda x: x**3 + d,
            lambda x: math.tanh(c * x),
        ]
        drawn = shuffled(generator, functions)
        agree(lambda impl: [impl.is_convex_on_grid(f, -1.5, 1.0) for f in drawn])

    @pytest.mark.points(2)
    def test_how_far_from_convex(self, agree, factor, chance):
        """Finds the midpoint that lies the farthest above its chord, over all pairs of grid points.
        在网格点的所有点对中，找出中点高出弦最多的那一对。"""
        bs, ks, d = [chance.uniform(1.5, 3) for _ in range(4)], [factor() for _ in range(4)], chance.uniform(1.5, 3)
        counted(
            agree,
            (lambda x: -ks[0] * x**2, -1.0, bs[0], 9),
            (lambda x: ks[1] * math.sin(d * x), -1.0, bs[1], 12),
            (lambda x: ks[2] * (x**3 - x), -2.0, bs[2], 10),
            (lambda x: ks[3] * math.cos(d * x), -2.0, bs[3], 7),
        )

    @pytest.mark.points(2)
    def test_interval(self, agree, generator, chance):
        """Looks at the interval from a to b alone.
        只考察从 a 到 b 的区间。"""
        c, d = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8)
        cases = [(c, 2.0 + c), (-c, 2.0), (0.0, c), (-2.0, -c), (-1.0 - c, c), (3 + c, 4.0)]
        drawn = shuffled(generator, cases)

        def probe(impl):
            return [impl.is_convex_on_grid(lambda x: x**3, a, b, 21) for a, b in drawn], passes(
                impl, lambda x: -3 * abs(x), -d, 2.0 + d, 8
            )

        agree(probe)

    def test_straight_lines(self, agree, generator, chance):
        """Straight lines and constants are convex.
        直线和常数函数是凸函数。"""
        c, d = chance.uniform(1, 9), chance.uniform(-9, 9)
        functions = [lambda x: c * x + d, lambda x: -c * x + d, lambda _: d, lambda x: -(x**2), lambda x: -abs(x)]
        drawn = shuffled(generator, functions)
        agree(lambda impl: [impl.is_convex_on_grid(f, -0.7, 1.9) for f in drawn])

    @pytest.mark.points(2)
    def test_one_minimum(self, agree, generator, chance):
        """A function with a single minimum need not be convex.
        只有一个极小值的函数不一定是凸函数。"""
        c = chance.uniform(1, 3)
        functions = [
            lambda x: -math.exp(-(x**2) * c),
            lambda x: math.sqrt(abs(x)),
            lambda x: math.log(c + x**2),
            lambda x: x**2 + 1,
            lambda x: x**4 - x,
        ]
        drawn = shuffled(generator, functions)

        def probe(impl):
            return [impl.is_convex_on_grid(f, -2.0, 2.5) for f in drawn], passes(
                impl, lambda x: c * math.sqrt(abs(x)), -2.0, 2.5, 11
            )

        agree(probe)

    @pytest.mark.points(2)
    def test_number_of_points(self, agree, factor):
        """The grid has n points.
        网格有 n 个点。"""
        waves = [(factor(), n) for n in (2, 3, 4, 5, 7)]
        counted(agree, *((lambda x, c=c: c * math.sin(7 * x), 0.0, 3.0, n) for c, n in waves))

    def test_both_ends(self, agree, factor, chance):
        """Both ends of the interval belong to the grid.
        区间的两个端点都属于网格。"""
        height, n = factor(), chance.randint(4, 7)
        a, b = chance.uniform(-2, -1), chance.uniform(1, 2)
        ends = [{a: -height, b: -height}, {a: -height}, {b: -height}]
        counted(agree, *((rounded(values, 0.0), a, b, n) for values in ends))

    @pytest.mark.points(2)
    def test_distant_pairs(self, agree, factor, chance):
        """Pairs need not be neighbours.
        点对不必相邻。"""
        place, depth, height = chance.randint(3, 5), factor(), factor()
        low = {float(place - 2): -depth, float(place + 2): -depth}
        slow = chance.uniform(0.02, 0.05)
        counted(
            agree,
            (rounded(low, 0.0), 0.0, 8.0, 9),
            (lambda x: -slow * x**2, -4.0, 4.0, 17),
            (lambda x: max(-slow * x**2, -9 * slow) * height, -4.0, 4.0, 11),
        )

    def test_midpoints_between(self, agree, factor, chance):
        """Midpoints need not belong to the grid.
        中点不必属于网格。"""
        bump, height = chance.randint(1, 5) + 0.5, factor()
        counted(agree, (rounded({bump: height}, 0.0), 0.0, 7.0, 8), (rounded({bump: -height}, 0.0), 0.0, 7.0, 8))

    @pytest.mark.points(2)
    def test_tolerance(self, agree, factor):
        """A midpoint may lie above its chord by up to tol.
        中点可以高出弦，但不超过 tol。"""
        levels = [factor() for _ in range(4)]
        counted(agree, *((lambda x, c=c: c - c * x**2, -1.0, 1.0, 3) for c in levels))

    def test_default_tolerance(self, agree, generator, chance):
        """The tolerance is 1e-9 if it is not given.
        没有给出 tol 时，容差为 1e-9。"""
        factors = [chance.uniform(2, 6) * 10.0**power for power in (-11, -10, -9, -8, -7)]
        drawn = shuffled(generator, factors)
        agree(
            lambda impl: (
                [impl.is_convex_on_grid(lambda x, c=c: 300 - c * x**2, -1.0, 1.0) for c in drawn]
                + [passes(impl, lambda x: -drawn[0] * 1e8 * x**2, -1.0, 1.0, 5)]
            )
        )

    def test_default_grid(self, agree, generator, chance):
        """The grid has 201 points if n is not given.
        没有给出 n 时，网格有 201 个点。"""
        places = [chance.randint(1, 199) / 100 + shift for shift in (0, 0.005, 0.0025, 0.0075)]
        drawn = shuffled(generator, places)
        agree(lambda impl: [impl.is_convex_on_grid(rounded({place: 1.0}, 0.0), 0.0, 2.0) for place in drawn])

    @pytest.mark.needs("convex_or_not")
    def test_no_grid(self, agree, generator, chance):
        """Raises ValueError for fewer than two points, or if a is not less than b.
        网格不足两个点，或 a 不小于 b 时，抛出 ValueError。"""
        a, c = chance.uniform(-2, 2), chance.uniform(1, 3)
        wrong = [(a, a + 1, 1), (a, a + 1, 0), (a, a, 9), (a + c, a, 9), (a, a + c, -chance.randint(1, 9))]
        cases = shuffled(generator, [*wrong, (a, a + c, 2), (a - c, a, 9)])

        def probe(impl):
            refused = [value_or_error(impl.is_convex_on_grid, lambda x: c * x**2, *case) for case in cases]
            return refused, passes(impl, lambda x: -c * x**2, a, a + c, 2)

        agree(probe)
