"""ch79: gd, train_2d, gd_linear, sgd_linear, minibatch_linear."""

import math
from functools import partial

import pytest

from dlgrade.testing import promise, standard, value_or_error


def parabola(curvature, bottom=0.0):
    """The derivative of curvature * (x - bottom)^2 / 2."""
    return lambda x: curvature * (x - bottom)


@pytest.mark.exercise("gd")
class TestGd:
    @pytest.mark.points(2)
    def test_parabola(self, agree, chance):
        """Records x = 10 and x after each of ten steps.
        记录 x = 10，以及十步中每一步之后的 x。"""
        cases = [(chance.uniform(0.05, 0.3), parabola(chance.uniform(1, 3), chance.uniform(-3, 3))) for _ in range(3)]
        agree(lambda impl: [impl.gd(*case) for case in cases])

    def test_other_objectives(self, agree, chance):
        """Accepts other derivatives: the objective x cos(cx) has several minima, and a line has none.
        可以传入其他导数：x cos(cx) 有多个极小值，直线没有极小值。"""
        c, slope = chance.uniform(0.3, 0.6), chance.uniform(1, 4)
        derivatives = [
            lambda x: math.cos(c * x) - c * x * math.sin(c * x),
            lambda x: slope + 0 * x,
            lambda x: 0 * x - slope,
        ]
        etas = [chance.uniform(0.5, 2) for _ in derivatives]
        agree(lambda impl: [impl.gd(eta, f_grad) for eta, f_grad in zip(etas, derivatives, strict=True)])

    @pytest.mark.points(2)
    def test_oscillation(self, agree, chance):
        """Crosses the minimum with a large learning rate, and diverges with a larger one, such as 1.1 on x^2.
        学习率较大时来回越过最小值，更大时发散，例如对 x^2 取 1.1。"""
        etas = [1.1, chance.uniform(0.6, 0.95), chance.uniform(1.05, 1.5)]
        agree(lambda impl: [impl.gd(eta, lambda x: 2 * x) for eta in etas])

    def test_small_learning_rate(self, agree, chance):
        """Makes all ten steps, however short they are.
        即使每一步很小，也走完十步。"""
        etas, f_grad = [10 ** -chance.uniform(3, 4), 10 ** -chance.uniform(5, 6)], parabola(chance.uniform(1, 3))
        agree(lambda impl: [impl.gd(eta, f_grad) for eta in etas])

    def test_learning_rate_of_zero(self, agree, chance):
        """Stays at 10 if eta is 0, and moves otherwise.
        eta 为 0 时停在 10，否则会移动。"""
        f_grad, eta = parabola(chance.uniform(1, 3)), chance.uniform(0.1, 0.3)
        agree(lambda impl: [impl.gd(rate, f_grad) for rate in (0.0, eta)])

    def test_negative_learning_rate(self, agree, chance):
        """Ascends if eta is negative.
        eta 为负时，沿上升的方向走。"""
        f_grad, eta = parabola(chance.uniform(0.5, 1), 5.0), -chance.uniform(0.05, 0.2)
        agree(lambda impl: impl.gd(eta, f_grad))

    @pytest.mark.needs("parabola")
    def test_plain_floats(self, agree, chance):
        """All values are Python floats.
        所有的值都是 Python 的 float。"""
        f_grad, eta = parabola(chance.uniform(1, 3)), chance.uniform(0.1, 0.3)
        agree(lambda impl: [(type(x).__name__, float(x)) for x in impl.gd(eta, f_grad)])


def plain_trainer(rate, left, right):
    """A trainer without a state; it notices further arguments."""

    def trainer(x1, x2, s1, s2, *more):
        return x1 - rate * left * x1 + len(more), x2 - rate * right * (x2 - 1), s1, s2

    return trainer


def momentum_trainer(rate, left, right):
    """A trainer with a velocity for each number, and another decay for each."""

    def trainer(x1, x2, s1, s2, *more):
        s1, s2 = 0.5 * s1 + left * x1, 0.8 * s2 + right * (x2 - 1)
        return x1 - rate * s1 + len(more), x2 - rate * s2, s1, s2

    return trainer


def gradient_trainer(rate):
    """A trainer that asks f_grad for the gradient, and has velocities."""

    def trainer(x1, x2, s1, s2, *more):
        g1, g2 = more[0](x1, x2) if more else (1.0, 2.0)
        s1, s2 = 0.5 * s1 + g1, 0.8 * s2 + g2
        return x1 - rate * s1, x2 - rate * s2, s1, s2

    return trainer


@pytest.mark.exercise("train_2d")
class TestTrain2d:
    @pytest.fixture
    def points(self, agree):
        """points(probe) compares lists of points: integers are as good as floats."""

        def floats(point):
            numbers = point if isinstance(point, (list, tuple)) else [point]
            return [float(x) if isinstance(x, int) else x for x in numbers]

        def points(probe):
            agree(lambda impl: [[floats(point) for point in found] for found in probe(impl)])

        return points

    @pytest.fixture
    def rates(self, chance):
        """rates() returns a learning rate and two curvatures."""
        return lambda: (chance.uniform(0.05, 0.15), chance.uniform(0.5, 1), chance.uniform(2, 3))

    @pytest.mark.points(2)
    def test_points(self, points, rates, chance):
        """Records (-5, -2) and the point after each step.
        记录 (-5, -2)，以及每一步之后的点。"""
        trainer, steps = plain_trainer(*rates()), chance.sample(range(3, 9), 2)
        points(lambda impl: [impl.train_2d(trainer, n) for n in steps])

    @pytest.mark.points(2)
    def test_state(self, points, rates, chance):
        """Hands s1 and s2 from each call of the trainer to the next; both are 0 at first.
        把 s1 和 s2 从一次调用传到下一次；两者起初为 0。"""
        trainer, steps = momentum_trainer(*rates()), chance.randint(5, 9)
        points(lambda impl: [impl.train_2d(trainer, steps)])

    @pytest.mark.points(2)
    def test_f_grad(self, points, rates, chance):
        """Hands f_grad to the trainer as a fifth argument, if it is given.
        给出 f_grad 时，把它作为第五个参数传给 trainer。"""
        trainer, steps, (_, left, right) = gradient_trainer(rates()[0]), chance.randint(4, 8), rates()
        points(lambda impl: [impl.train_2d(trainer, steps, lambda x1, x2: (left * x1 + x2, right * x2 - 1))])

    def test_default_steps(self, points, rates):
        """Makes 20 steps if nothing else is said.
        没有给出 steps 时走 20 步。"""
        trainer = momentum_trainer(*rates())
        points(lambda impl: [impl.train_2d(trainer)])

    def test_one_step(self, points, rates):
        """Accepts a single step.
        可以只走一步。"""
        trainer = plain_trainer(*rates())
        points(lambda impl: [impl.train_2d(trainer, 1), impl.train_2d(trainer, steps=1)])

    def test_positive_points(self, points, rates, chance):
        """Records the points with their signs, and points that are far away.
        按原有的正负号记录各点，也记录很远的点。"""
        trainer = plain_trainer(chance.uniform(2, 4), *rates()[1:])
        points(lambda impl: [impl.train_2d(trainer, 6)])

    def test_one_call_for_each_step(self, points, chance):
        """Calls the trainer once in each step.
        每一步只调用一次 trainer。"""
        shift, steps = chance.uniform(1, 3), chance.randint(4, 8)

        def probe(impl):
            calls = []

            def trainer(x1, x2, s1, s2, *more):
                calls.append(s1)
                return x1 + shift * len(calls), x2 - s1 + len(more), s1 + 1, s2

            return [impl.train_2d(trainer, steps), calls]

        points(probe)


@pytest.fixture
def examples(chance):
    """examples(n) returns n inputs of both signs, labels and a learning rate that does not diverge."""

    def examples(n=None):
        n = n or chance.randint(4, 6)
        xs = [chance.choice((1, 1, -1)) * chance.uniform(0.4, 2.5) for _ in range(n)]
        w = chance.uniform(2, 4)
        return xs, [w * x + chance.uniform(-1, 1) for x in xs]

    return examples


@pytest.fixture
def settings(chance):
    """settings() returns a first slope, a learning rate and a number of epochs."""
    return lambda: (chance.uniform(-3, 0.5), chance.uniform(0.02, 0.05), chance.randint(3, 6))


@pytest.mark.exercise("gd_linear")
class TestGdLinear:
    @standard(promise.untouched)
    def arguments(self, examples, settings):
        xs, ys = examples()
        w, alpha, epochs = settings()
        return {"xs": xs, "ys": ys, "w": w, "alpha": alpha, "epochs": epochs}

    @pytest.mark.points(2)
    def test_slopes(self, agree, examples, settings):
        """Makes one step in each epoch, with the mean gradient of all examples.
        每个迭代周期用全部样本的平均梯度走一步。"""
        cases = [(*examples(), *settings()) for _ in range(2)]

        def slopes(history):
            return [pair[0] if isinstance(pair, (tuple, list)) else pair for pair in history]

        agree(lambda impl: [slopes(impl.gd_linear(*case)) for case in cases])

    @pytest.mark.points(2)
    def test_pairs(self, agree, examples, settings):
        """Records w after each step and the cost before it.
        记录每一步之后的 w 和这一步之前的代价。"""
        cases = [(*examples(), *settings()) for _ in range(2)]
        agree(lambda impl: [impl.gd_linear(*case) for case in cases])

    def test_series_example(self, agree, chance):
        """Approaches w = 2 for (1, 2), (2, 4), (3, 6) with the defaults, and other slopes likewise.
        默认设置下，由 (1, 2)、(2, 4)、(3, 6) 趋于 w = 2；其他斜率也一样。"""
        xs, slopes = [1.0, 2.0, 3.0], [2.0, chance.uniform(3, 5), -chance.uniform(1, 3)]
        agree(lambda impl: [impl.gd_linear(xs, [w * x for x in xs])[::9] for w in slopes])

    def test_one_example(self, agree, examples, settings):
        """Accepts a single example.
        可以只有一个样本。"""
        case = *examples(1), *settings()
        agree(lambda impl: impl.gd_linear(*case))

    def test_learning_rate_of_zero(self, agree, examples, settings):
        """With alpha = 0, w stays and the costs are equal; otherwise both change.
        alpha = 0 时，w 不变，各代价相等；否则两者都会改变。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        agree(lambda impl: [impl.gd_linear(xs, ys, w, rate, epochs) for rate in (0.0, alpha)])

    def test_large_learning_rate(self, agree, examples, chance):
        """Diverges if alpha is too large.
        alpha 过大时发散。"""
        (xs, ys), alpha = examples(), chance.uniform(1.5, 2.5)
        agree(lambda impl: impl.gd_linear(xs, ys, alpha=alpha, epochs=4))

    def test_no_epochs(self, agree, examples, settings):
        """Returns an empty list without epochs.
        没有迭代周期时，返回空列表。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        agree(lambda impl: [impl.gd_linear(xs, ys, w, alpha, n) for n in (0, 1, epochs)])

    def test_tuples(self, agree, examples, settings):
        """Accepts tuples.
        可以传入元组。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        agree(lambda impl: impl.gd_linear(tuple(xs), tuple(ys), w, alpha, epochs))


@pytest.mark.exercise("sgd_linear")
class TestSgdLinear:
    @standard(promise.untouched)
    def arguments(self, examples, settings):
        xs, ys = examples()
        w, alpha, epochs = settings()
        return {"xs": xs, "ys": ys, "w": w, "alpha": alpha, "epochs": epochs}

    @pytest.mark.points(2)
    def test_one_epoch(self, agree, examples, settings):
        """Makes a step for each example, from the w of the step before.
        每个样本走一步，从上一步的 w 出发。"""
        cases = [(*examples(), *settings()[:2], 1) for _ in range(3)]
        agree(lambda impl: [impl.sgd_linear(*case) for case in cases])

    @pytest.mark.points(2)
    def test_several_epochs(self, agree, examples, settings):
        """Goes on in the next epoch: the list has n entries for each epoch.
        下一个迭代周期接着走：每个迭代周期在列表中有 n 个元素。"""
        cases = [(*examples(), *settings()) for _ in range(2)]
        agree(lambda impl: [impl.sgd_linear(*case) for case in cases])

    def test_order(self, agree, examples, settings):
        """Visits the examples in the given order.
        按给定的顺序访问样本。"""
        (xs, ys), (w, alpha, _) = examples(5), settings()
        orders = [sorted(range(5), key=lambda i: sign * xs[i]) for sign in (1, -1)]
        cases = [([xs[i] for i in order], [ys[i] for i in order]) for order in orders]
        agree(lambda impl: [impl.sgd_linear(*case, w, alpha, 2) for case in cases])

    def test_series_example(self, agree, chance):
        """Approaches w = 2 for (1, 2), (2, 4), (3, 6) with the defaults, and other slopes likewise.
        默认设置下，由 (1, 2)、(2, 4)、(3, 6) 趋于 w = 2；其他斜率也一样。"""
        xs, slopes = [1.0, 2.0, 3.0], [2.0, chance.uniform(3, 5), -chance.uniform(1, 3)]
        agree(lambda impl: [impl.sgd_linear(xs, [w * x for x in xs])[::13] for w in slopes])

    def test_one_example(self, agree, examples, settings):
        """Accepts a single example.
        可以只有一个样本。"""
        case = *examples(1), *settings()
        agree(lambda impl: impl.sgd_linear(*case))

    def test_input_of_zero(self, agree, examples, settings):
        """An example with x = 0 leaves w where it is.
        x = 0 的样本不改变 w。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        xs[1] = 0.0
        agree(lambda impl: impl.sgd_linear(xs, ys, w, alpha, epochs))

    def test_learning_rates(self, agree, examples, settings):
        """Accepts any learning rate: 0, small or too large.
        学习率任意：可以为 0，可以很小，也可以过大。"""
        (xs, ys), (w, alpha, _) = examples(), settings()
        agree(lambda impl: [impl.sgd_linear(xs, ys, w, rate, 2) for rate in (0.0, alpha / 9, 30 * alpha)])

    def test_no_epochs(self, agree, examples, settings):
        """Returns an empty list without epochs.
        没有迭代周期时，返回空列表。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        agree(lambda impl: [impl.sgd_linear(xs, ys, w, alpha, n) for n in (0, 1, epochs)])

    def test_tuples(self, agree, examples, settings):
        """Accepts tuples.
        可以传入元组。"""
        (xs, ys), (w, alpha, epochs) = examples(), settings()
        agree(lambda impl: impl.sgd_linear(tuple(xs), tuple(ys), w, alpha, epochs))


@pytest.mark.exercise("minibatch_linear")
class TestMinibatchLinear:
    @standard(promise.untouched)
    def arguments(self, examples, settings):
        xs, ys = examples(7)
        w, alpha, epochs = settings()
        return {"xs": xs, "ys": ys, "batch_size": 3, "w": w, "alpha": alpha, "epochs": epochs}

    @pytest.mark.points(2)
    def test_full_batches(self, agree, examples, settings, chance):
        """Makes one step for each batch, with its mean gradient.
        每个小批量用它的平均梯度走一步。"""
        cases = [(*examples(n), size, *settings()) for n, size in chance.sample([(6, 2), (6, 3), (8, 2), (9, 3)], 3)]
        agree(lambda impl: [impl.minibatch_linear(*case) for case in cases])

    @pytest.mark.points(2)
    def test_last_batch(self, agree, examples, settings, chance):
        """The last batch has the examples that are left, and averages over these.
        最后一个小批量由剩下的样本组成，并只对这些样本求平均。"""
        shapes = [(5, 2), (7, 2), (5, 3), (7, 3), (8, 3), (7, 4), (7, 5)]
        cases = [(*examples(n), size, *settings()) for n, size in chance.sample(shapes, 4)]
        agree(lambda impl: [impl.minibatch_linear(*case) for case in cases])

    def test_batches_of_one(self, agree, examples, settings):
        """With batches of one, each example makes a step of its own.
        batch_size 为 1 时，每个样本各走一步。"""
        (xs, ys), more = examples(), settings()
        agree(lambda impl: impl.minibatch_linear(xs, ys, 1, *more))

    @pytest.mark.points(2)
    def test_one_batch(self, agree, examples, settings, chance):
        """A batch_size of n or more makes one step with all examples.
        batch_size 不小于 n 时，用全部样本走一步。"""
        (xs, ys), more = examples(), settings()
        sizes = [len(xs), len(xs) + 1, len(xs) + chance.randint(2, 20)]
        agree(lambda impl: [impl.minibatch_linear(xs, ys, size, *more) for size in sizes])

    def test_defaults(self, agree, examples):
        """Makes 100 epochs from w = 1 with alpha = 0.01, if nothing else is said.
        没有给出其他参数时，从 w = 1 出发，alpha = 0.01，共 100 个迭代周期。"""
        xs, ys = examples(5)
        agree(lambda impl: impl.minibatch_linear(xs, ys, 2))

    def test_one_example(self, agree, examples, settings):
        """Accepts a single example.
        可以只有一个样本。"""
        (xs, ys), more = examples(1), settings()
        agree(lambda impl: [impl.minibatch_linear(xs, ys, size, *more) for size in (1, 2)])

    def test_learning_rates(self, agree, examples, settings):
        """Accepts any learning rate: 0, small or too large.
        学习率任意：可以为 0，可以很小，也可以过大。"""
        (xs, ys), (w, alpha, _) = examples(5), settings()
        agree(lambda impl: [impl.minibatch_linear(xs, ys, 2, w, rate, 2) for rate in (0.0, alpha / 9, 30 * alpha)])

    def test_no_epochs(self, agree, examples, settings):
        """Returns an empty list without epochs.
        没有迭代周期时，返回空列表。"""
        (xs, ys), (w, alpha, epochs) = examples(5), settings()
        agree(lambda impl: [impl.minibatch_linear(xs, ys, 2, w, alpha, n) for n in (0, 1, epochs)])

    def test_tuples(self, agree, examples, settings):
        """Accepts tuples.
        可以传入元组。"""
        (xs, ys), more = examples(5), settings()
        agree(lambda impl: impl.minibatch_linear(tuple(xs), tuple(ys), 2, *more))

    def test_bad_batch_size(self, agree, examples, settings, chance):
        """Raises ValueError if batch_size is less than 1.
        batch_size 小于 1 时，抛出 ValueError。"""
        (xs, ys), (w, alpha, epochs) = examples(5), settings()
        sizes = chance.sample([0, -1, -2, -7, 1, 2, 3], 7)

        def outcome(impl, size):
            return value_or_error(partial(impl.minibatch_linear, xs, ys, size, w, alpha, epochs))

        agree(lambda impl: [outcome(impl, size) for size in sizes])
