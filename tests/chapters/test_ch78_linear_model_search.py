"""ch78: predict, mse, exhaustive_search_w, exhaustive_search_wb."""

import math
from functools import partial

import pytest
import torch

from dlgrade.testing import promise, standard, to_grid, value_or_error, written_from_scratch

F64 = torch.float64


@pytest.fixture
def line(randn, chance):
    """line(n) returns inputs and labels of about w x + b. They are float64, unless another dtype is given."""

    def line(n=None, w=0.0, b=0.0, dtype=F64):
        x = randn(n or chance.randint(5, 9), dtype=F64).abs() + 0.5
        return x.to(dtype), (w * x + b + 0.3 * randn(len(x), dtype=F64)).to(dtype)

    return line


@pytest.mark.exercise("predict")
class TestPredict:
    @pytest.mark.points(2)
    def test_line(self, agree, chance):
        """Returns w * x + b, a Python float.
        返回 w * x + b，它是 Python 的 float。"""
        cases = [tuple(chance.uniform(0.5, 4) for _ in range(3)) for _ in range(4)]
        agree(lambda impl: [impl.predict(*case) for case in cases])

    def test_default_bias(self, agree, chance):
        """The bias is 0 if it is not given: w = 2 and x = 4 give 8.
        没有给出 b 时，b 为 0：w = 2、x = 4 时得到 8。"""
        cases = [(2.0, 4.0), *((chance.uniform(0.5, 4), chance.uniform(0.5, 4)) for _ in range(3))]
        agree(lambda impl: [impl.predict(*case) for case in cases])

    def test_negative_numbers(self, agree, chance):
        """Accepts negative slopes, inputs and biases; the prediction may be negative.
        斜率、输入和偏置都可以是负数，预测也可以是负数。"""
        signs = [(-1, 1, 1), (1, -1, 1), (1, 1, -1), (-1, -1, 1), (-1, 1, -1), (-1, -1, -1)]
        cases = [tuple(sign * chance.uniform(0.5, 4) for sign in row) for row in signs]
        agree(lambda impl: [impl.predict(*case) for case in cases])

    def test_zero(self, agree, chance):
        """Returns b if w or x is 0.
        w 或 x 为 0 时，返回 b。"""
        cases = [(0.0, chance.uniform(1, 4), chance.uniform(1, 4)), (chance.uniform(1, 4), 0.0, chance.uniform(1, 4))]
        agree(lambda impl: [impl.predict(*case) for case in cases])


@pytest.mark.exercise("mse")
class TestMse:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("y_hat", "y", id="one_example"),
        promise.gradients("y_hat", "y"),
    )
    def arguments(self, randn, chance):
        n, m = chance.sample(range(2, 7), 2)
        return {"y_hat": randn(n, m), "y": 2 * randn(n, m) + 1}

    @pytest.mark.points(2)
    def test_vector(self, agree, randn, chance):
        """Returns the mean of the squared errors of n predictions.
        返回 n 个预测的平方误差的平均值。"""
        n = chance.randint(12, 20)
        y_hat, y = 2 * randn(n) + 1, 2 * randn(n) - 1
        y_hat[0] = y[0] - 3  # errors of both signs, whose mean is far from 0
        agree(lambda impl: impl.mse(y_hat, y))

    def test_column(self, agree, randn, chance):
        """Accepts columns, (n, 1).
        可以传入列，即 (n, 1)。"""
        n = chance.randint(4, 9)
        y_hat, y = 2 * randn(n, 1) + 1, 2 * randn(n, 1) - 1
        agree(lambda impl: impl.mse(y_hat, y))

    def test_matrix(self, agree, randn, chance):
        """Takes the mean over all elements of a matrix.
        对矩阵的全部元素求平均。"""
        n, m = chance.sample(range(3, 8), 2)
        y_hat, y = 2 * randn(n, m) + 1, 2 * randn(n, m) - 1
        agree(lambda impl: impl.mse(y_hat, y))

    def test_single_number(self, agree, randn):
        """Accepts tensors without axes.
        可以传入没有轴的张量。"""
        pairs = 3 * randn(4, 2)
        agree(lambda impl: [impl.mse(y_hat, y) for y_hat, y in pairs])

    def test_labels_of_zero(self, agree, randn, chance):
        """Accepts labels of 0.
        标签可以为 0。"""
        y_hat, y = randn(2, chance.randint(4, 9))
        y[:2] = 0
        agree(lambda impl: impl.mse(y_hat, y))

    def test_shapes_that_differ(self, agree, randn, chance):
        """Raises ValueError if the shapes differ, even if they could be broadcast.
        形状不同时抛出 ValueError，即使可以广播。"""
        n, m = chance.sample(range(2, 6), 2)
        shapes = [((n, 1), (n,)), ((n,), (n, 1)), ((n, m), (m,)), ((n, m), (m, n)), ((n, m), (n, 1)), ((n,), (1,))]
        shapes += [((n, m), (n, m)), ((1, n), (1, n)), ((n,), ())]
        cases = [(randn(*left), randn(*right)) for left, right in chance.sample(shapes, len(shapes))]
        agree(lambda impl: [value_or_error(impl.mse, *case) for case in cases])

    test_from_scratch = written_from_scratch


def tricky_grids(chance):
    """Grids with ends that a division cut off, a sum of steps or an arange past the end would miss."""
    misses = [
        lambda start, stop, step, n: int((stop - start) / step) < n,
        lambda start, stop, step, n: math.ceil((stop + step - start) / step) > n + 1,
        lambda start, stop, step, n: sum([step] * n, start) > stop,
    ]
    grids = []
    for miss in misses:
        while True:
            first, n, tenth = chance.randint(-20, 20), chance.randint(3, 25), chance.choice((1, 3, 7))
            grid = (first / 10, (first + n * tenth) / 10, tenth / 10)
            if miss(*grid, n):
                grids.append(grid)
                break
    return grids


@pytest.mark.exercise("exhaustive_search_w")
class TestExhaustiveSearchW:
    @standard(promise.untouched)
    def arguments(self, line, chance):
        x, y = line(w=1.0)
        return {"x": x, "y": y, "start": chance.uniform(-1, 0), "stop": 3.0}

    def test_series_example(self, agree, chance):
        """Finds w = 2 for the examples (1, 2), (2, 4), (3, 6) on the default grid, and other slopes likewise.
        在默认网格上，由样本 (1, 2)、(2, 4)、(3, 6) 得到 w = 2；其他斜率也一样。"""
        x = torch.tensor([1.0, 2.0, 3.0], dtype=F64)
        slopes = [2.0, *(tenths / 10 for tenths in chance.sample(range(3, 39), 3))]
        agree(lambda impl: [impl.exhaustive_search_w(x, w * x)[0] for w in slopes])

    @pytest.mark.points(2)
    def test_best(self, agree, line, chance):
        """Returns the point of the grid with the lowest cost.
        返回网格上代价最低的点。"""
        cases = []
        for _ in range(3):
            step = chance.choice((0.25, 0.75, 1.25))
            start = chance.uniform(0.3, 1)
            cases.append((*line(w=start + 3.3 * step), start, start + 7 * step, step))
        agree(lambda impl: [impl.exhaustive_search_w(*case)[0] for case in cases])

    @pytest.mark.points(2)
    def test_pairs(self, agree, line, chance):
        """Returns all pairs of a slope and its cost, in ascending order of the slope.
        返回所有的 (w, 代价)，按 w 从小到大排列。"""
        start, step = chance.uniform(0.3, 2), chance.uniform(0.2, 0.9)
        case = (*line(w=start + 2 * step), start, start + chance.randint(5, 9) * step, step)
        agree(lambda impl: impl.exhaustive_search_w(*case)[1])

    def test_default_grid(self, agree, line):
        """The grid is 0.0, 0.1, ..., 4.0 if nothing else is given.
        没有给出网格时，网格是 0.0、0.1、…、4.0。"""
        x, y = line(w=1.5)
        agree(lambda impl: impl.exhaustive_search_w(x, y))

    @pytest.mark.points(2)
    def test_both_ends(self, agree, line, chance):
        """The grid has both ends, in spite of rounding.
        尽管有舍入误差，网格仍包含两个端点。"""
        (x, y), grids = line(), tricky_grids(chance)

        def slopes(impl, grid):
            pairs = impl.exhaustive_search_w(x, y, *grid)[1]
            return [pair[0] if isinstance(pair, (tuple, list)) else pair for pair in pairs]

        agree(lambda impl: [slopes(impl, grid) for grid in grids])

    def test_negative_slopes(self, agree, line, chance):
        """The grid may have negative points.
        网格可以包含负数。"""
        w, size = -chance.uniform(1, 3), chance.randint(3, 5)
        x, y = line(w=w)
        agree(lambda impl: impl.exhaustive_search_w(x, y, start=float(-size), stop=float(size - 2), step=0.5))

    @pytest.mark.points(2)
    def test_ties(self, agree, chance):
        """Returns the smallest of several points with the same cost.
        几个点的代价相同时，返回其中最小的点。"""
        cases = []
        for shift in (-3, 1, 0):  # of the smaller point; all numbers are exact in float64
            x, step = torch.full((chance.choice((1, 2, 4)),), 2.0 ** chance.randint(0, 2), dtype=F64), 0.5
            lower = shift + chance.randint(0, 2) / 2
            cases.append((x, (lower + step / 2) * x, lower - 2, lower + 2, step))
        zeros = torch.zeros(3, dtype=F64)
        cases.append((zeros, zeros + 1, float(-chance.randint(1, 3)), 2.0, 0.25))
        agree(lambda impl: [impl.exhaustive_search_w(*case)[0] for case in cases])

    def test_beyond_the_grid(self, agree, line, chance):
        """Returns an end of the grid if the cost still falls there.
        如果代价到网格的端点仍在下降，返回该端点。"""
        steep, flat = line(w=chance.uniform(6, 9)), line(w=chance.uniform(-9, -6))
        stop = float(chance.randint(2, 4))
        agree(lambda impl: [impl.exhaustive_search_w(x, y, -1.5, stop, 0.5)[0] for x, y in (steep, flat)])

    def test_single_point(self, agree, line, chance):
        """Returns the only point if stop is equal to start.
        stop 等于 start 时，返回唯一的点。"""
        (x, y), w = line(w=1.0), chance.uniform(1, 3)
        agree(lambda impl: impl.exhaustive_search_w(x, y, w, w, 0.5))

    def test_one_example(self, agree, line, chance):
        """Accepts a single example.
        可以只有一个样本。"""
        x, y = line(1, w=chance.uniform(1, 3))
        agree(lambda impl: impl.exhaustive_search_w(x, y, step=0.25))

    def test_float32(self, agree, line, chance):
        """Accepts float32.
        可以传入 float32。"""
        x, y = line(w=chance.uniform(1, 3), dtype=torch.float32)
        # The costs are computed in float32, and the lowest is far from 0.
        agree(lambda impl: impl.exhaustive_search_w(x, y + x**2), rtol=1e-5, atol=1e-5)

    @pytest.mark.needs("pairs", "best")
    def test_plain_floats(self, agree, line, chance):
        """All numbers of the result are Python floats.
        结果中的所有数都是 Python 的 float。"""
        x, y = line(w=chance.uniform(1, 3))
        start = chance.uniform(0, 1)

        def probe(impl):
            best, pairs = impl.exhaustive_search_w(x, y, start, start + 2, 0.5)
            kinds = {type(number).__name__ for pair in [(best,), *pairs] for number in pair}
            return sorted(kinds), float(best)

        agree(probe)

    def test_bad_grid(self, agree, line, chance):
        """Raises ValueError if step is not positive, or stop is less than start.
        step 不是正数，或 stop 小于 start 时，抛出 ValueError。"""
        (x, y), a, b = line(), chance.uniform(0, 1), chance.uniform(2, 3)
        grids = [(a, a + 1, 0.0), (a, a + 1, -0.5), (a + 1, a, -0.5), (b, b - 1, 0.5), (b, b - 0.125, 0.5)]
        grids += [(a, a + 1, 0.5), (b, b, 0.25)]
        grids = chance.sample(grids, len(grids))
        agree(lambda impl: [value_or_error(partial(impl.exhaustive_search_w, x, y), *grid) for grid in grids])


@pytest.mark.exercise("exhaustive_search_wb")
class TestExhaustiveSearchWb:
    @standard(promise.untouched)
    def arguments(self, line, candidates):
        x, y = line(w=1.0, b=2.0)
        return {"x": x, "y": y, "ws": candidates(4), "bs": candidates(3)}

    @pytest.fixture
    def candidates(self, chance):
        """candidates(5) returns five different multiples of 1/4 between low and high, in any order."""
        return lambda n, low=-3, high=3: [place / 4 for place in chance.sample(range(4 * low, 4 * high), n)]

    @pytest.mark.points(2)
    def test_best(self, agree, line, candidates, chance):
        """Returns the slope and the bias with the lowest cost, and the cost.
        返回代价最低的斜率和偏置，以及代价。"""
        cases = []
        for _ in range(4):
            ws, bs = candidates(chance.randint(4, 6)), candidates(chance.randint(7, 9))
            x, y = line(w=ws[chance.randint(1, 2)], b=bs[chance.randint(2, 4)])
            cases.append((x, y, ws, bs))
        agree(lambda impl: [impl.exhaustive_search_wb(*case) for case in cases])

    @pytest.mark.points(2)
    def test_joint_search(self, agree, line, candidates, chance):
        """Searches both at once: a search of one after the other would miss the best pair.
        同时搜索两者：先后分别搜索会错过最好的一对。"""
        cases = []
        for sign in chance.sample((1, -1), 2):
            ws, bs = candidates(8, -4, 5), candidates(6, -9, 9)
            cases.append((*line(w=sign * 2.0, b=-sign * 6.0), [*ws, sign * 2.0], [*bs, -sign * 6.0]))
        agree(lambda impl: [impl.exhaustive_search_wb(*case) for case in cases])

    def test_last_candidates(self, agree, line, candidates):
        """Also tries the last w and the last b.
        也尝试最后一个 w 和最后一个 b。"""
        ws, bs = candidates(4, -3, 0), candidates(3, -3, 0)
        x, y = line(w=3.0, b=4.0)
        agree(lambda impl: impl.exhaustive_search_wb(x, y, [*ws, 3.0], [*bs, 4.0]))

    @pytest.mark.points(2)
    def test_ties(self, agree, chance):
        """Among equal costs, returns the w that is first in ws, and then the b that is first in bs.
        代价相同时，先取 ws 中靠前的 w，再取 bs 中靠前的 b。"""
        cases = []
        for low in (-4, 0, 3, 5):  # one input of 1 or 2: many pairs have the same prediction, and all numbers are exact
            x = torch.full((1,), float(chance.choice((1, 2))), dtype=F64)
            ws = [float(w) for w in chance.sample(range(low, low + 6), 6)]
            bs = [float(b) for b in chance.sample(range(-4, 5), 7)]
            cases.append((x, x * (low + 2) + chance.choice((0.0, 0.5)), ws, bs))
        agree(lambda impl: [impl.exhaustive_search_wb(*case) for case in cases])

    def test_one_candidate(self, agree, line, candidates, chance):
        """Accepts a single w, a single b, or a single candidate for both.
        可以只有一个 w，只有一个 b，或者两者都只有一个。"""
        x, y = line(w=chance.uniform(1, 2), b=1.0)
        pairs = [(candidates(1), candidates(5)), (candidates(5), candidates(1)), (candidates(1), candidates(1))]
        agree(lambda impl: [impl.exhaustive_search_wb(x, y, ws, bs) for ws, bs in pairs])

    def test_large_costs(self, agree, line, candidates, chance):
        """Accepts labels that no pair fits.
        可以传入任何一对候选都无法拟合的标签。"""
        x, y = line(w=chance.uniform(50, 90), b=chance.uniform(200, 400))
        ws, bs = candidates(5), candidates(4)
        agree(lambda impl: [impl.exhaustive_search_wb(x, sign * y, ws, bs) for sign in (1, -1)])

    def test_tuples(self, agree, line, candidates, chance):
        """Accepts tuples of candidates.
        候选可以是元组。"""
        x, y = line(w=chance.uniform(1, 2), b=1.0)
        ws, bs = tuple(candidates(5)), tuple(candidates(4))
        agree(lambda impl: impl.exhaustive_search_wb(x, y, ws, bs))

    def test_one_example(self, agree, line, candidates, chance):
        """Accepts a single example.
        可以只有一个样本。"""
        x, y = line(1, w=chance.uniform(1, 2), b=0.3)
        ws, bs = candidates(3), candidates(2)
        agree(lambda impl: impl.exhaustive_search_wb(x + 1 / 7, y, ws, bs))

    def test_float32(self, agree, randn, candidates, chance):
        """Accepts float32.
        可以传入 float32。"""
        x = to_grid(randn(4), 0.25)  # so that sums and products are exact
        y = to_grid(randn(4), 0.5) + chance.choice((2, 3, 4))
        ws, bs = candidates(5), candidates(4)
        agree(lambda impl: impl.exhaustive_search_wb(x, y, ws, bs))

    @pytest.mark.needs("best")
    def test_plain_floats(self, agree, line, candidates, chance):
        """The three results are Python floats.
        三个结果都是 Python 的 float。"""
        x, y = line(w=chance.uniform(1, 2), b=1.0)
        ws, bs = candidates(5), candidates(4)

        def probe(impl):
            best = impl.exhaustive_search_wb(x, y, ws, bs)
            return [type(number).__name__ for number in best], [float(number) for number in best]

        agree(probe)

    def test_no_candidates(self, agree, line, candidates):
        """Raises ValueError if ws or bs is empty.
        ws 或 bs 为空时，抛出 ValueError。"""
        (x, y), some = line(), candidates(3)
        lists = [([], some), (some, []), ([], []), (some, some)]
        agree(lambda impl: [value_or_error(impl.exhaustive_search_wb, x, y, *pair) for pair in lists])
