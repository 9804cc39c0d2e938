"""ch07: f, Dual, Value, accumulated_grads, detached_product."""

import math

import pytest
import torch

from dlgrade.testing import close, promise, standard, written_from_scratch


@pytest.fixture
def numbers(generator):
    """numbers(3) returns three floats between low and high."""

    def numbers(count, low=0.5, high=2.0):
        return (low + (high - low) * torch.rand(count, generator=generator, dtype=torch.float64)).tolist()

    return numbers


# The factor of f, from logarithms.


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
    @standard(promise.untouched(id="argument_untouched"))
    def arguments(self, randn):
        return {"a": randn(4)}

    @pytest.mark.points(2)
    def test_number(self, run, randn):
        """Doubles a number until it reaches 1000; a negative number is multiplied by 100, too.
        把数不断加倍，直到绝对值不小于 1000；负数还要乘以 100。"""
        numbers = [randn(1)[0].abs(), -randn(1)[0].abs()]
        close(run(lambda impl: [impl.f(a) for a in numbers]), [factor(a) * a for a in numbers])

    def test_vector(self, run, randn):
        """Uses the norm of the whole vector, not the size of its elements.
        用整个向量的范数判断，而不是各个元素的大小。"""
        a = 1 + randn(40).abs()
        close(run(lambda impl: impl.f(a)), factor(a) * a)

    def test_sign_of_the_sum(self, run, numbers):
        """Chooses the branch by the sum of all elements; a sum of 0 is not positive.
        由所有元素之和决定分支；和为 0 时不算正。"""
        small, large = numbers(1, 0.01, 0.1) + numbers(1, 1.0, 1.3)
        cases = [torch.tensor(case) for case in ([small, -large], [-small, large], [large, -large], [500.25, -500.0])]
        close(run(lambda impl: [impl.f(case) for case in cases]), [factor(case) * case for case in cases])

    def test_exactly_1000(self, run):
        """Stops at a norm of exactly 1000.
        范数恰为 1000 时停止。"""
        a = [torch.tensor(values) for values in (500.0, [300.0, 400.0], -125.0, 499.75)]
        expected = [torch.tensor(values) for values in (1000.0, [600.0, 800.0], -100_000.0, 1999.0)]
        close(run(lambda impl: [impl.f(each) for each in a]), expected)

    def test_large(self, run, randn):
        """Doubles an input once even if its norm is above 1000.
        输入的范数已经超过 1000 时，也要加倍一次。"""
        a = 2000 + randn(3).abs()
        close(run(lambda impl: [impl.f(a), impl.f(-a)]), [2 * a, -200 * a])

    @pytest.mark.points(2)
    def test_gradient(self, run, randn):
        """The gradient for a scalar is f(a) / a.
        a 是标量时，梯度为 f(a) / a。"""
        numbers = [randn(1)[0].abs(), -randn(1)[0].abs()]
        found = run(lambda impl: [with_gradient(impl.f, a) for a in numbers])
        close(found, [(factor(a) * a, torch.tensor(float(factor(a)))) for a in numbers])

    def test_gradient_of_a_matrix(self, run, numbers):
        """The gradient of a float64 matrix that is not contiguous is the same number everywhere.
        对不连续的 float64 矩阵，梯度的各元素都相同。"""
        a = torch.tensor(numbers(12, 0.8, 1.2), dtype=torch.float64).reshape(3, 4).T
        close(run(lambda impl: with_gradient(impl.f, a)), (factor(a) * a, torch.full_like(a, factor(a))))


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
    """differentiates([expression, ...], values, directions) compares Duals with torch.autograd."""

    def differentiates(expressions, values, directions):
        found = run(lambda impl: [along(impl, e, values, directions) for e in expressions])
        close(found, [along_by_torch(e, values, directions) for e in expressions])

    return differentiates


@pytest.mark.exercise("Dual")
class TestDual:
    def test_attributes(self, run):
        """Keeps value and deriv; deriv is 0 by default.
        保存 value 和 deriv；deriv 的默认值为 0。"""
        found = run(lambda impl: [(d.value, d.deriv) for d in (impl.Dual(2.5, -3.0), impl.Dual(4.0))])
        close(found, [(2.5, -3.0), (4.0, 0.0)])

    def test_sum_and_difference(self, differentiates, numbers):
        """Adds and subtracts both values and derivatives.
        加减法对值和导数都适用。"""
        differentiates([lambda x, y: x + y, lambda x, y: x - y], numbers(2), numbers(2))

    @pytest.mark.points(2)
    def test_product(self, differentiates, numbers):
        """Differentiates products.
        对乘积求导。"""
        differentiates([lambda x, y: x * y], numbers(2), numbers(2))

    @pytest.mark.points(2)
    def test_quotient(self, differentiates, numbers):
        """Differentiates quotients, if the numerator, the denominator or both depend on the input.
        对商求导，分子、分母都可以与输入有关。"""
        for directions in (numbers(2), [1.0, 0.0], [0.0, 1.0]):
            differentiates([lambda x, y: x / y], numbers(2), directions)

    def test_constant_on_the_right(self, differentiates, numbers):
        """A plain number on the right is a constant.
        右侧的普通数是常数。"""
        expressions = [lambda x: x + 2, lambda x: x - 2.5, lambda x: x * 3, lambda x: x / 4.0]
        differentiates(expressions, numbers(1), numbers(1))

    def test_constant_on_the_left(self, differentiates, numbers):
        """A plain number on the left is a constant, and stays on the left.
        左侧的普通数是常数，且仍在左侧。"""
        expressions = [lambda x: 2 + x, lambda x: 2.5 - x, lambda x: 3 * x, lambda x: 4.0 / x]
        differentiates(expressions, numbers(1), numbers(1))

    def test_used_twice(self, differentiates, numbers):
        """Counts each use of an input.
        同一个输入用到几次，就计几次。"""
        expressions = [lambda x: x * x, lambda x: x * x * x + x, lambda x: x - x, lambda x: x / x]
        differentiates(expressions, numbers(1), numbers(1))

    def test_log_near_zero(self, run):
        """The derivative of log is right for tiny values, too.
        值非常小时，log 的导数也正确。"""
        found = run(lambda impl: [along(impl, lambda x: x.log(), [x], [1.0]) for x in (1e-8, 1e-200)])
        close(found, [(math.log(1e-8), 1e8), (math.log(1e-200), 1e200)])

    def test_functions(self, differentiates, numbers):
        """Differentiates exp, log and sin, also if the derivative of the argument is not 1.
        对 exp、log 和 sin 求导，自变量的导数不为 1 时也正确。"""
        differentiates([lambda x: x.exp(), lambda x: x.log(), lambda x: x.sin()], numbers(1, 0.1, 6.0), numbers(1))

    @pytest.mark.points(2)
    def test_composition(self, differentiates, numbers):
        """Applies the chain rule to composed functions.
        对复合函数用链式法则。"""
        differentiates([lambda x, y: (x * y.sin()).exp() / (1 + x * x).log()], numbers(2), numbers(2))
        differentiates([lambda x, y: (2 - x.exp().sin()) / y * y.log()], numbers(2), numbers(2))

    def test_one_input_at_a_time(self, differentiates, numbers):
        """Each pass differentiates in one direction: two inputs need two passes.
        每次前向计算只沿一个方向求导：两个输入需要两次。"""
        for directions in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
            differentiates([lambda x, y: x * y * y], numbers(2), directions)

    @pytest.mark.needs("sum_and_difference")
    def test_operands_untouched(self, run):
        """Operations return new Duals and leave their operands unchanged.
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
    """backpropagates(graph, values, roots) compares Values with torch.autograd, at every node."""

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
        """Keeps the number; backward on a leaf sets its own gradient to 1 and no other.
        保存数值；对叶节点调用 backward，只有它自己的梯度变为 1。"""
        backpropagates(lambda x, y: [x, y], numbers(2), roots=(0,))

    @pytest.mark.points(2)
    def test_sum_and_product(self, backpropagates, numbers):
        """Differentiates sums and products of different numbers.
        对不同的数的和与积求导。"""
        backpropagates(lambda x, y, z: [x, y, z, x * y + z], numbers(3))

    def test_power(self, backpropagates, numbers):
        """Differentiates powers with constant exponents, also negative exponents and fractions.
        对常数次幂求导，指数可以是负数或分数。"""
        backpropagates(lambda x, y, z: [x, y, z, x**3 + y**-2 + z**0.5], numbers(3))

    def test_exp_and_log(self, backpropagates, numbers):
        """Differentiates exp and log.
        对 exp 和 log 求导。"""
        backpropagates(lambda x, y: [x, y, x.exp() + y.log()], numbers(2))

    def test_tanh(self, backpropagates, numbers):
        """Differentiates tanh, also where it is flat.
        对 tanh 求导，包括平缓的部分。"""
        for x in (*numbers(2, -1.5, 1.5), 0.0, 30.0):
            backpropagates(lambda x: [x, x.tanh()], [x])

    def test_constants(self, backpropagates, numbers):
        """A plain number on either side is a constant.
        任何一侧的普通数都是常数。"""
        backpropagates(lambda x, y: [x, y, (x + 2) * (3 + y) - 1, (x * 4) / (5 - 0.5 * y)], numbers(2), roots=(2, 3))

    @pytest.mark.points(2)
    def test_used_twice(self, backpropagates, numbers):
        """Adds the gradients of both uses of a number.
        一个数用到两次时，两处的梯度相加。"""
        backpropagates(lambda x, y: [x, y, x * x + (y + y)], numbers(2))

    @pytest.mark.points(2)
    def test_chain(self, backpropagates, numbers):
        """Goes back through composed functions, and gives each node a gradient.
        沿复合函数反向传播，每个节点都得到梯度。"""
        backpropagates(lambda x, y: [x, y, a := x * y, b := a.tanh(), c := b.exp(), (c + 1).log()], numbers(2))

    @pytest.mark.points(2)
    def test_diamond(self, backpropagates, numbers):
        """A node where two paths meet passes its gradient on after both have arrived.
        两条路径在一个节点会合时，两边的梯度都到齐后才往下传。"""
        backpropagates(lambda x: [x, top := x * x, a := top * 3, b := top.exp(), a * b], numbers(1, 0.3, 0.8))

    def test_long_and_short_way(self, backpropagates, numbers):
        """Is right if a short and a long path lead from a node to the result.
        从一个节点到结果有一长一短两条路径时，梯度正确。"""
        for root in (3, 4):
            backpropagates(lambda x: [x, a := x * 2, b := a.tanh().exp(), a + b, b + a], numbers(1), roots=(root,))

    @pytest.mark.points(2)
    def test_random_graphs(self, backpropagates, generator, numbers):
        """Gives each node of random expressions the gradient of torch.autograd.
        对随机生成的表达式，每个节点的梯度与 torch.autograd 一致。"""
        for _ in range(6):
            steps = random_steps(generator, leaves=3, length=10)
            backpropagates(lambda *leaves, steps=steps: built(steps, leaves), numbers(3, -1.5, 1.5))

    def test_many_ways(self, run, numbers):
        """Processes each node once: a graph with 2^60 paths is fast.
        每个节点只处理一次：有 2^60 条路径的计算图也能很快算完。"""
        (number,) = numbers(1)
        found = run(lambda impl: repeated(impl, number, 60, lambda y: y + y))
        close(found, (2.0**60 * number, 2.0**60))

    def test_deep(self, run, numbers):
        """Goes back through 5000 operations, deeper than Python's recursion limit.
        能反向传播 5000 次运算，超过 Python 的递归深度限制。"""
        (number,) = numbers(1)
        found = run(lambda impl: repeated(impl, number, 2500, lambda y: 0.5 + y * 0.999))
        close(found, (0.999**2500 * (number - 500) + 500, 0.999**2500))

    @pytest.mark.points(2)
    def test_second_backward(self, backpropagates, numbers):
        """A second and a third call add the same derivatives again at each node.
        第二、第三次调用时，每个节点再加上同样的导数。"""
        for times in (2, 3):
            backpropagates(lambda x, y: [x, y, a := x * y, a.tanh() * a + x], numbers(2), roots=times * (-1,))

    def test_two_results(self, backpropagates, numbers):
        """The gradients of two results of a graph add up at shared nodes.
        同一张计算图的两个结果，在共用的节点上梯度相加。"""
        backpropagates(lambda x, y: [x, y, a := (x * y).exp(), a * x, a.log() + y, a * 3], numbers(2), roots=(3, 4))

    def test_from_the_middle(self, backpropagates, numbers):
        """A call on a node in the middle changes only the nodes that it was computed from.
        从中间的节点调用时，只影响计算它所用到的节点。"""
        backpropagates(lambda x, y: [x, y, a := x * 3 + 1, a * y, y * y], numbers(2), roots=(2,))

    @pytest.mark.points(2)
    def test_descent(self, run, numbers):
        """Trains a neuron by gradient descent, with gradients set to 0 after each step.
        用梯度下降训练一个神经元，每一步之后把梯度设为 0。"""
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
    """accumulates(losses_of, params) compares the gradients with those of the sum of all losses."""

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
        """Adds the gradients of all losses, for each parameter.
        对每个参数，把所有损失的梯度相加。"""
        accumulates(separate, [randn(2, 3), randn(4)])

    @pytest.mark.points(2)
    def test_shared_graph(self, accumulates, randn):
        """Accepts losses that share a graph.
        各个损失可以共用一张计算图。"""
        accumulates(shared, [randn(2, 3), randn(4)])

    def test_same_loss_twice(self, accumulates, randn):
        """A loss that is given twice counts twice.
        传入两次的损失计两次。"""
        accumulates(lambda w, b: 2 * [(w * w * b).sum()], [randn(3, 2), randn(2)])

    def test_one_loss(self, accumulates, randn):
        """Accepts a single loss and a single float64 parameter without axes.
        可以只有一个损失和一个没有轴的 float64 参数。"""
        accumulates(lambda w: [w.sin() * w], [randn(1, dtype=torch.float64)[0]])

    def test_unused_parameter(self, accumulates, randn):
        """A parameter that no loss uses gets zeros; a parameter of a single loss gets the gradient of this loss.
        没有损失用到的参数得到零；只有一个损失用到的参数，得到该损失的梯度。"""
        params = [randn(2, 2), randn(3, dtype=torch.float64), randn(2)]
        accumulates(lambda w, _, b: [w.exp().sum(), b.cos().sum()], params)

    def test_stale_gradients(self, accumulates, randn):
        """Ignores the .grad from before the call.
        调用之前的 .grad 不计入结果。"""
        accumulates(separate, [randn(3), randn(2)], stale=5.0)

    @pytest.mark.needs("several_losses")
    def test_parameters_afterwards(self, run, randn):
        """Clears the .grad of the parameters and leaves their values unchanged, contiguous or not.
        清除各参数的 .grad，不修改参数的值，无论是否连续。"""
        params = [randn(3, 2).T, randn(1)]
        found = run(lambda impl: accumulated(impl, shared, params))
        close(found, (of_the_sum(shared, params), params, True))


@pytest.mark.exercise("detached_product")
class TestDetachedProduct:
    @pytest.mark.points(2)
    def test_vector(self, run, randn):
        """The detached factor is a constant in the first gradient; the second gradient is that of y only.
        在第一个梯度中，分离的因子是常数；第二个梯度只是 y 的梯度。"""
        x = randn(6)
        close(run(lambda impl: impl.detached_product(x)), (x * x, 2 * x))

    def test_other_shapes(self, run, randn):
        """Accepts single numbers and a float64 matrix that is not contiguous.
        可以传入单个数，也可以传入不连续的 float64 矩阵。"""
        xs = [randn(1)[0], randn(1), randn(3, 5, dtype=torch.float64).T]
        close(run(lambda impl: [impl.detached_product(x) for x in xs]), [(x * x, 2 * x) for x in xs])

    @pytest.mark.needs("vector")
    def test_input_untouched(self, run, randn):
        """Leaves x and x.grad unchanged; an old x.grad does not enter the results.
        不修改 x 和 x.grad；原有的 x.grad 不计入结果。"""
        x = randn(4)

        def probe(impl):
            plain, leaf = x.clone(), x.clone().requires_grad_()
            leaf.grad = torch.full_like(x, 3.0)
            return [(impl.detached_product(given), given, given.grad) for given in (plain, leaf)]

        close(run(probe), [((x * x, 2 * x), x, grad) for grad in (None, torch.full_like(x, 3.0))])
