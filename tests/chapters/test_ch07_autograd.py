"""ch07: f, Dual, Value, accumulated_grads, detached_product."""

import math

import pytest
import torch

from dlgrade.testing import close, written_from_scratch


@pytest.fixture
def numbers(generator):
    """numbers(3): so many floats between low and high."""

    def numbers(count, low=0.5, high=2.0):
        return (low + (high - low) * torch.rand(count, generator=generator, dtype=torch.float64)).tolist()

    return numbers


# f: what it multiplies a by, from logarithms.


def factor(a):
    doublings = max(1, math.ceil(math.log2(1000 / a.double().norm().item())))
    return 2**doublings * (1 if a.double().sum() > 0 else 100)


def with_gradient(function, a):
    """For probes: a function's value and the gradient of its sum, None where there is none."""
    a = a.clone().requires_grad_()
    value = function(a)
    if value.requires_grad:
        value.sum().backward()
    return value, a.grad


@pytest.mark.exercise("f")
class TestF:
    @pytest.mark.points(2)
    def test_number(self, run, randn):
        """Doubles a number until it reaches 1000; a negative one is multiplied by 100 besides.
        数不断加倍，直到绝对值不小于 1000；负数还要再乘 100。"""
        numbers = [randn(1)[0].abs(), -randn(1)[0].abs()]
        close(run(lambda impl: [impl.f(a) for a in numbers]), [factor(a) * a for a in numbers])

    def test_vector(self, run, randn):
        """Asks for the norm of the whole vector, not of its elements.
        判断的是整个向量的范数，而不是单个元素的大小。"""
        a = 1 + randn(40).abs()
        close(run(lambda impl: impl.f(a)), factor(a) * a)

    def test_sign_of_the_sum(self, run, numbers):
        """Decides by the sum of all elements; a sum of exactly zero is not positive.
        由所有元素之和的符号决定分支；和恰为零时不算正。"""
        small, large = numbers(1, 0.01, 0.1) + numbers(1, 1.0, 1.3)
        cases = [torch.tensor(case) for case in ([small, -large], [-small, large], [large, -large], [500.25, -500.0])]
        close(run(lambda impl: [impl.f(case) for case in cases]), [factor(case) * case for case in cases])

    def test_exactly_1000(self, run):
        """Stops at a norm of exactly 1000, and not before.
        范数恰为 1000 时停止，此前不停。"""
        a = [torch.tensor(values) for values in (500.0, [300.0, 400.0], -125.0, 499.75)]
        expected = [torch.tensor(values) for values in (1000.0, [600.0, 800.0], -100_000.0, 1999.0)]
        close(run(lambda impl: [impl.f(each) for each in a]), expected)

    def test_large(self, run, randn):
        """Doubles once what is beyond 1000 from the beginning.
        一开始就超过 1000 的数也要加倍一次。"""
        a = 2000 + randn(3).abs()
        close(run(lambda impl: [impl.f(a), impl.f(-a)]), [2 * a, -200 * a])

    @pytest.mark.points(2)
    def test_gradient(self, run, randn):
        """The gradient for a number is f(a) / a.
        标量的梯度等于 f(a) / a。"""
        numbers = [randn(1)[0].abs(), -randn(1)[0].abs()]
        found = run(lambda impl: [with_gradient(impl.f, a) for a in numbers])
        close(found, [(factor(a) * a, torch.tensor(float(factor(a)))) for a in numbers])

    def test_gradient_of_a_matrix(self, run, numbers):
        """The gradient for a matrix in float64, not contiguous, is one number everywhere.
        对 float64、非连续的矩阵，梯度处处相同。"""
        a = torch.tensor(numbers(12, 0.8, 1.2), dtype=torch.float64).reshape(3, 4).T
        close(run(lambda impl: with_gradient(impl.f, a)), (factor(a) * a, torch.full_like(a, factor(a))))

    def test_argument_untouched(self, run, randn):
        """Leaves a as it was.
        不修改 a。"""
        a = randn(4)
        close(run(lambda impl: (impl.f(a), a)), (factor(a) * a, a))


# Dual: expressions that Duals and torch's tensors both understand.


def along(impl, expression, values, directions):
    """For probes: the value of an expression and its derivative along a direction, from Duals."""
    result = expression(*(impl.Dual(v, d) for v, d in zip(values, directions, strict=True)))
    return result.value, result.deriv


def along_by_torch(expression, values, directions):
    """The same from torch.autograd, in float64."""
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    result = expression(*leaves)
    grads = torch.autograd.grad(result, leaves, allow_unused=True)
    return result.item(), sum(0.0 if g is None else g.item() * d for g, d in zip(grads, directions, strict=True))


@pytest.fixture
def differentiates(run):
    """differentiates([expression, ...], values, directions): Duals give what torch.autograd gives."""

    def differentiates(expressions, values, directions):
        found = run(lambda impl: [along(impl, e, values, directions) for e in expressions])
        close(found, [along_by_torch(e, values, directions) for e in expressions])

    return differentiates


@pytest.mark.exercise("Dual")
class TestDual:
    def test_attributes(self, run):
        """Keeps value and deriv, which is 0 where it is not given.
        保存 value 和 deriv；不给出 deriv 时为 0。"""
        found = run(lambda impl: [(d.value, d.deriv) for d in (impl.Dual(2.5, -3.0), impl.Dual(4.0))])
        close(found, [(2.5, -3.0), (4.0, 0.0)])

    def test_sum_and_difference(self, differentiates, numbers):
        """Adds and subtracts, values and derivatives alike.
        加法与减法：值和导数都相加减。"""
        differentiates([lambda x, y: x + y, lambda x, y: x - y], numbers(2), numbers(2))

    @pytest.mark.points(2)
    def test_product(self, differentiates, numbers):
        """Differentiates a product.
        乘积的导数。"""
        differentiates([lambda x, y: x * y], numbers(2), numbers(2))

    @pytest.mark.points(2)
    def test_quotient(self, differentiates, numbers):
        """Differentiates a quotient, whichever part depends on the input.
        商的导数，无论分子、分母中哪个与输入有关。"""
        for directions in (numbers(2), [1.0, 0.0], [0.0, 1.0]):
            differentiates([lambda x, y: x / y], numbers(2), directions)

    def test_constant_on_the_right(self, differentiates, numbers):
        """Plain numbers on the right are constants.
        右侧的普通数字是常数。"""
        expressions = [lambda x: x + 2, lambda x: x - 2.5, lambda x: x * 3, lambda x: x / 4.0]
        differentiates(expressions, numbers(1), numbers(1))

    def test_constant_on_the_left(self, differentiates, numbers):
        """Plain numbers on the left are constants, too, and stay on the left.
        左侧的普通数字也是常数，且仍在左侧。"""
        expressions = [lambda x: 2 + x, lambda x: 2.5 - x, lambda x: 3 * x, lambda x: 4.0 / x]
        differentiates(expressions, numbers(1), numbers(1))

    def test_used_twice(self, differentiates, numbers):
        """Counts an input as often as it is used.
        同一个输入用几次就计几次。"""
        expressions = [lambda x: x * x, lambda x: x * x * x + x, lambda x: x - x, lambda x: x / x]
        differentiates(expressions, numbers(1), numbers(1))

    def test_log_near_zero(self, run):
        """The derivative of log is finite and right just above zero.
        log 在略大于零处的导数有限且正确。"""
        found = run(lambda impl: [along(impl, lambda x: x.log(), [x], [1.0]) for x in (1e-8, 1e-200)])
        close(found, [(math.log(1e-8), 1e8), (math.log(1e-200), 1e200)])

    def test_functions(self, differentiates, numbers):
        """Differentiates exp, log and sin, also where the derivative of their argument is not 1.
        exp、log、sin 的导数，自变量的导数不为 1 时也正确。"""
        differentiates([lambda x: x.exp(), lambda x: x.log(), lambda x: x.sin()], numbers(1, 0.1, 6.0), numbers(1))

    @pytest.mark.points(2)
    def test_composition(self, differentiates, numbers):
        """Follows the chain rule through functions of functions.
        复合函数按链式法则求导。"""
        differentiates([lambda x, y: (x * y.sin()).exp() / (1 + x * x).log()], numbers(2), numbers(2))
        differentiates([lambda x, y: (2 - x.exp().sin()) / y * y.log()], numbers(2), numbers(2))

    def test_one_input_at_a_time(self, differentiates, numbers):
        """A pass gives the derivative along one direction: two inputs take two passes.
        一次前向只得到沿一个方向的导数：两个输入需要两次。"""
        for directions in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
            differentiates([lambda x, y: x * y * y], numbers(2), directions)

    def test_operands_untouched(self, run):
        """Operators give new Duals and leave their operands as they were.
        运算返回新的 Dual，不修改操作数。"""

        def probe(impl):
            x, y = impl.Dual(3.0, 2.0), impl.Dual(2.0, 1.0)
            results = x + y, x - y, x * y, x / y, x.exp(), x.log(), x.sin(), 1 - x
            return [(d.value, d.deriv) for d in (x, y, *results[:4])]

        close(run(probe), [(3.0, 2.0), (2.0, 1.0), (5.0, 3.0), (1.0, 1.0), (6.0, 7.0), (1.5, 0.25)])

    test_from_scratch = written_from_scratch


# Value: graphs that Values and torch's tensors both can be built from. A graph is a function of the leaves that returns
# all nodes to look at, the leaves among them.


def pulled(impl, graph, values, roots):
    """For probes: (number, gradient) of all nodes after a backward of each root, from Values."""
    nodes = graph(*(impl.Value(v) for v in values))
    for root in roots:
        nodes[root].backward()
    return [(node.data, node.grad) for node in nodes]


def pulled_by_torch(graph, values, roots):
    """The same from torch.autograd, in float64."""
    nodes = graph(*(torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values))
    for node in nodes:
        node.retain_grad()
    for root in roots:
        nodes[root].backward(retain_graph=True)
    return [(node.item(), 0.0 if node.grad is None else node.grad.item()) for node in nodes]


@pytest.fixture
def backpropagates(run):
    """backpropagates(graph, values, roots): Values give what torch.autograd gives, at every node."""

    def backpropagates(graph, values, roots=(-1,)):
        found = run(lambda impl: pulled(impl, graph, values, roots))
        close(found, pulled_by_torch(graph, values, roots))

    return backpropagates


STEPS = {
    "add": lambda a, b, _: a + b,
    "subtract": lambda a, b, _: b - a,
    "multiply": lambda a, b, _: a * b.tanh(),
    "divide": lambda a, b, _: a / (b * b + 1),
    "from": lambda a, b, number: (number - a) * b,
    "into": lambda a, _, number: number / (a * a + 1),
    "power": lambda a, b, number: (a * a + b * b) ** number,
    "exp": lambda a, b, _: (a.tanh() - b).tanh().exp(),
    "log": lambda a, b, number: (a * a + number).log() + b,
}


def random_steps(generator, leaves, length):
    """A graph as data: each step has a name, the place of an earlier node and a number; the last node goes into it."""
    names = list(STEPS)
    draw = torch.rand(length, 3, generator=generator, dtype=torch.float64).tolist()
    return [(names[int(n * len(names))], int(p * (leaves + i)), 0.5 + c) for i, (n, p, c) in enumerate(draw)]


def built(steps, leaves):
    nodes = list(leaves)
    for name, place, number in steps:
        nodes.append(STEPS[name](nodes[-1], nodes[place], number))
    return nodes


def repeated(impl, number, times, step):
    """For probes: the result of repeating a step and its gradient with respect to the number."""
    x = y = impl.Value(number)
    for _ in range(times):
        y = step(y)
    y.backward()
    return y.data, x.grad


def descent(leaf, start):
    """Losses and gradients of a neuron in five steps of gradient descent on two examples."""
    w, b = (leaf(number) for number in start)
    seen = []
    for _ in range(5):
        loss = sum(((w * x + b).tanh() - y) ** 2 for x, y in ((0.5, 0.3), (-1.0, 0.8)))
        loss.backward()
        seen += [loss.data, w.grad, b.grad]
        for parameter in (w, b):
            parameter.data = parameter.data - 0.2 * parameter.grad
            parameter.grad = 0 * parameter.grad
    return seen


@pytest.mark.exercise("Value")
class TestValue:
    def test_leaf(self, backpropagates, numbers):
        """Keeps the number; the gradient of a node by itself is 1, and that of one that no call reached is 0.
        保存数值；节点对自身的梯度是 1，没有反向传播到的节点梯度是 0。"""
        backpropagates(lambda x, y: [x, y], numbers(2), roots=(0,))

    @pytest.mark.points(2)
    def test_sum_and_product(self, backpropagates, numbers):
        """Differentiates sums and products of different numbers.
        不同数的和与积的梯度。"""
        backpropagates(lambda x, y, z: [x, y, z, x * y + z], numbers(3))

    def test_power(self, backpropagates, numbers):
        """Differentiates powers with constant exponents, negative and broken ones, too.
        常数次幂的梯度，包括负指数和分数指数。"""
        backpropagates(lambda x, y, z: [x, y, z, x**3 + y**-2 + z**0.5], numbers(3))

    def test_exp_and_log(self, backpropagates, numbers):
        """Differentiates exp and log.
        exp 与 log 的梯度。"""
        backpropagates(lambda x, y: [x, y, x.exp() + y.log()], numbers(2))

    def test_tanh(self, backpropagates, numbers):
        """Differentiates tanh, also where it is flat.
        tanh 的梯度，包括平缓的部分。"""
        for x in (*numbers(2, -1.5, 1.5), 0.0, 30.0):
            backpropagates(lambda x: [x, x.tanh()], [x])

    def test_constants(self, backpropagates, numbers):
        """Plain numbers may stand on either side; they are constants.
        普通数字可以在任意一侧，视为常数。"""
        backpropagates(lambda x, y: [x, y, (x + 2) * (3 + y) - 1, (x * 4) / (5 - 0.5 * y)], numbers(2), roots=(2, 3))

    @pytest.mark.points(2)
    def test_used_twice(self, backpropagates, numbers):
        """Adds up the gradients of a number that is used twice.
        一个数用到两次时，梯度要相加。"""
        backpropagates(lambda x, y: [x, y, x * x + (y + y)], numbers(2))

    @pytest.mark.points(2)
    def test_chain(self, backpropagates, numbers):
        """Goes back through functions of functions, and leaves a gradient at every node.
        穿过复合函数反向传播，每个节点都得到梯度。"""
        backpropagates(lambda x, y: [x, y, a := x * y, b := a.tanh(), c := b.exp(), (c + 1).log()], numbers(2))

    @pytest.mark.points(2)
    def test_diamond(self, backpropagates, numbers):
        """Two ways that meet again in one node: it passes its gradient on when both have arrived.
        两条路径在同一节点会合：等两边的梯度都到了再往下传。"""
        backpropagates(lambda x: [x, top := x * x, a := top * 3, b := top.exp(), a * b], numbers(1, 0.3, 0.8))

    def test_long_and_short_way(self, backpropagates, numbers):
        """A short way and a long one from a node to the result, in either order.
        从一个节点到结果有一长一短两条路径，先后任意。"""
        for root in (3, 4):
            backpropagates(lambda x: [x, a := x * 2, b := a.tanh().exp(), a + b, b + a], numbers(1), roots=(root,))

    @pytest.mark.points(2)
    def test_random_graphs(self, backpropagates, generator, numbers):
        """On random expressions every node gets the gradient that torch.autograd gives it.
        在随机生成的表达式上，每个节点的梯度都与 torch.autograd 一致。"""
        for _ in range(6):
            steps = random_steps(generator, leaves=3, length=10)
            backpropagates(lambda *leaves, steps=steps: built(steps, leaves), numbers(3, -1.5, 1.5))

    def test_many_ways(self, run, numbers):
        """Gives each node one turn: a graph with 2^60 ways through it takes no time.
        每个节点只处理一次：有 2^60 条路径的图也能很快算完。"""
        (number,) = numbers(1)
        found = run(lambda impl: repeated(impl, number, 60, lambda y: y + y))
        close(found, (2.0**60 * number, 2.0**60))

    def test_deep(self, run, numbers):
        """Goes back through 5000 operations, more than Python lets functions call each other.
        能反向穿过 5000 次运算，超过 Python 的递归深度。"""
        (number,) = numbers(1)
        found = run(lambda impl: repeated(impl, number, 2500, lambda y: 0.5 + y * 0.999))
        close(found, (0.999**2500 * (number - 500) + 500, 0.999**2500))

    @pytest.mark.points(2)
    def test_second_backward(self, backpropagates, numbers):
        """A second and a third call add the same derivatives once more at every node.
        再次调用 backward 时，每个节点都再加一遍同样的导数。"""
        for times in (2, 3):
            backpropagates(lambda x, y: [x, y, a := x * y, a.tanh() * a + x], numbers(2), roots=times * (-1,))

    def test_two_results(self, backpropagates, numbers):
        """Gradients of two results of one graph add up where they share nodes.
        同一张图的两个结果，其梯度在共用的节点上相加。"""
        backpropagates(lambda x, y: [x, y, a := (x * y).exp(), a * x, a.log() + y, a * 3], numbers(2), roots=(3, 4))

    def test_from_the_middle(self, backpropagates, numbers):
        """A call on a node in the middle reaches what it was computed from, and nothing else.
        从中间节点调用时，只影响计算它所用到的节点。"""
        backpropagates(lambda x, y: [x, y, a := x * 3 + 1, a * y, y * y], numbers(2), roots=(2,))

    @pytest.mark.points(2)
    def test_descent(self, run, numbers):
        """Trains a neuron by gradient descent, with gradients set to 0 between the steps.
        用梯度下降训练一个神经元，每步之间把梯度置 0。"""
        start = numbers(2, -1.0, 1.0)
        expected = descent(lambda number: torch.tensor(number, dtype=torch.float64, requires_grad=True), start)
        close(run(lambda impl: descent(impl.Value, start)), [number.item() for number in expected])

    test_from_scratch = written_from_scratch


def accumulated(impl, losses_of, params, stale=None):
    """For probes: the gradients, the parameters afterwards, and whether their own .grad are cleared."""
    params = [p.clone().requires_grad_() for p in params]
    for p in params:
        p.grad = None if stale is None else torch.full_like(p, stale)
    grads = impl.accumulated_grads(losses_of(*params), params)
    return grads, params, all(p.grad is None or not p.grad.any() for p in params)


@pytest.fixture
def accumulates(run):
    """accumulates(losses_of, params): the gradients are those of the sum of all losses."""

    def accumulates(losses_of, params, stale=None):
        found = run(lambda impl: accumulated(impl, losses_of, params, stale)[0])
        close(found, of_the_sum(losses_of, params))

    return accumulates


def of_the_sum(losses_of, params):
    params = [p.clone().requires_grad_() for p in params]
    grads = torch.autograd.grad(sum(losses_of(*params)), params, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(params, grads, strict=True)]


def separate(w, b):
    return [(w * w).sum() + b.sin().sum(), (w * 3).exp().sum(), (w.sum() * b).tanh().sum()]


def shared(w, b):
    hidden = (w @ w.T).tanh() * b.mean()
    return [hidden.sum(), (hidden * hidden).sum(), hidden[0].exp().sum()]


@pytest.mark.exercise("accumulated_grads")
class TestAccumulatedGrads:
    @pytest.mark.points(2)
    def test_several_losses(self, accumulates, randn):
        """Adds up the gradients of all losses, for each parameter.
        对每个参数，把所有损失的梯度相加。"""
        accumulates(separate, [randn(2, 3), randn(4)])

    @pytest.mark.points(2)
    def test_shared_graph(self, accumulates, randn):
        """Losses may be parts of one graph, which outlives the first backward().
        各个损失可以共用一张计算图，第一次 backward() 之后图仍要保留。"""
        accumulates(shared, [randn(2, 3), randn(4)])

    def test_same_loss_twice(self, accumulates, randn):
        """A loss that is given twice counts twice.
        同一个损失给出两次就计两次。"""
        accumulates(lambda w, b: 2 * [(w * w * b).sum()], [randn(3, 2), randn(2)])

    def test_one_loss(self, accumulates, randn):
        """One loss and one parameter, a single number in float64.
        一个损失、一个参数，且是 float64 的标量。"""
        accumulates(lambda w: [w.sin() * w], [randn(1, dtype=torch.float64)[0]])

    def test_unused_parameter(self, accumulates, randn):
        """A parameter that no loss uses gets zeros; one that a single loss uses gets that loss's gradient.
        没有损失用到的参数得到零；只有一个损失用到的参数得到该损失的梯度。"""
        params = [randn(2, 2), randn(3, dtype=torch.float64), randn(2)]
        accumulates(lambda w, _, b: [w.exp().sum(), b.cos().sum()], params)

    def test_stale_gradients(self, accumulates, randn):
        """What .grad held before the call does not count.
        调用之前留在 .grad 中的内容不计入。"""
        accumulates(separate, [randn(3), randn(2)], stale=5.0)

    def test_parameters_afterwards(self, run, randn):
        """Clears the parameters' own .grad and leaves their values as they were, contiguous or not.
        清除参数自己的 .grad，不修改参数的值，无论其内存是否连续。"""
        params = [randn(3, 2).T, randn(1)]
        found = run(lambda impl: accumulated(impl, shared, params))
        close(found, (of_the_sum(shared, params), params, True))


@pytest.mark.exercise("detached_product")
class TestDetachedProduct:
    @pytest.mark.points(2)
    def test_vector(self, run, randn):
        """The detached factor is a constant in the first gradient; the second is that of y alone.
        第一个梯度中被分离的因子是常数；第二个只是 y 的梯度。"""
        x = randn(6)
        close(run(lambda impl: impl.detached_product(x)), (x * x, 2 * x))

    def test_other_shapes(self, run, randn):
        """Takes single numbers and a matrix that is not contiguous, in float64, too.
        可以是单个数，也可以是非连续的 float64 矩阵。"""
        xs = [randn(1)[0], randn(1), randn(3, 5, dtype=torch.float64).T]
        close(run(lambda impl: [impl.detached_product(x) for x in xs]), [(x * x, 2 * x) for x in xs])

    def test_input_untouched(self, run, randn):
        """Leaves x as it was; no .grad appears, and one that is there neither changes nor leaks into the results.
        不修改 x；不产生 .grad，原有的 .grad 既不改变也不混入结果。"""
        x = randn(4)

        def probe(impl):
            plain, leaf = x.clone(), x.clone().requires_grad_()
            leaf.grad = torch.full_like(x, 3.0)
            return [(impl.detached_product(given), given, given.grad) for given in (plain, leaf)]

        close(run(probe), [((x * x, 2 * x), x, grad) for grad in (None, torch.full_like(x, 3.0))])
