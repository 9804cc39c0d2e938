"""ch10: relu, net, perceptron, xor_weights, collapse_linear."""

import itertools

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    close,
    draw_int,
    expect,
    promise,
    shuffled,
    standard,
    to_grid,
    written_from_scratch,
)

SQUARE = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = torch.tensor([-1, 1, 1, -1])


@pytest.mark.exercise("relu")
class TestRelu:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("X"),
    )
    def arguments(self, randn, chance):
        return {"X": randn(*chance.sample(range(4, 9), 2))}

    @pytest.mark.points(2)
    def test_values(self, run, randn):
        """Keeps what is above zero and makes the rest zero, as torch does.
        保留大于零的元素，其余变为零，与 torch 一致。"""
        X = 3 * randn(6, 5)
        close(run(lambda impl: impl.relu(X)), torch.relu(X))

    def test_zero(self, agree, randn):
        """Zero, of either sign, stays zero.
        零（包括 -0.0）仍为零。"""
        X = torch.cat([torch.tensor([0.0, -0.0]), 2 * randn(6)])
        agree(lambda impl: impl.relu(X))

    def test_three_axes(self, agree, randn):
        """Takes any number of axes, three and none among them.
        可接受任意个轴的张量，包括三个轴和标量。"""
        X = randn(2, 3, 4)
        agree(lambda impl: [impl.relu(X), impl.relu(X.amin()), impl.relu(X.amax())])

    def test_batch_of_one(self, agree, randn):
        """Keeps the shape of a batch of one.
        只有一个样本时保持形状不变。"""
        X = torch.cat([randn(1, 7), torch.tensor([[-1.5, 0.5]])], 1)
        agree(lambda impl: impl.relu(X))

    def test_infinite_input(self, agree, randn):
        """Makes zero of -inf, not NaN, and keeps inf.
        -inf 变为零而不是 NaN；inf 保持不变。"""
        X = torch.cat([torch.tensor([-torch.inf, torch.inf, -3e38, 3e38]), randn(4)])
        agree(lambda impl: impl.relu(X))

    test_from_scratch = written_from_scratch


@pytest.fixture
def weights(randn):
    """W1, b1, W2, b2 of a net with so many hidden units and outputs; about half of the hidden units are off."""

    def draw(hiddens=6, outputs=4, dtype=torch.float32):
        W1, b1 = randn(784, hiddens, dtype=dtype) / 28, randn(hiddens, dtype=dtype)
        return W1, b1, randn(hiddens, outputs, dtype=dtype) / hiddens**0.5, randn(outputs, dtype=dtype)

    return draw


def given(impl, values):
    """The submission's W1, b1, W2 and b2, with these values."""
    parameters = [impl.W1, impl.b1, impl.W2, impl.b2]
    for parameter, value in zip(parameters, values, strict=True):
        parameter.grad, parameter.data = None, value.clone()
    return parameters


def logits(impl, X, values):
    """What the submission's net gives with these weights."""
    given(impl, values)
    return impl.net(X)


def twin(W1, b1, W2, b2):
    """The same net, of torch's layers, which keep their weights transposed."""
    layers = nn.Sequential(nn.Flatten(), nn.Linear(*W1.shape), nn.ReLU(), nn.Linear(*W2.shape))
    layers.load_state_dict({"1.weight": W1.t(), "1.bias": b1, "3.weight": W2.t(), "3.bias": b2})
    return layers


@pytest.mark.exercise("net")
class TestNet:
    @pytest.mark.points(2)
    def test_logits(self, run, randn, weights):
        """Computes relu(X W1 + b1) W2 + b2, as torch's layers do.
        计算 relu(X W1 + b1) W2 + b2，与 torch 的层一致。"""
        X, values = randn(5, 784), weights()
        close(run(lambda impl: logits(impl, X, values)), twin(*values)(X).detach())

    def test_images(self, run, randn, weights):
        """Flattens images of shape (n, 1, 28, 28), each for itself.
        把形状为 (n, 1, 28, 28) 的图像逐个展平。"""
        X, values = randn(3, 1, 28, 28), weights()
        close(run(lambda impl: logits(impl, X, values)), twin(*values)(X).detach())

    def test_batch_of_one(self, agree, randn, weights):
        """Takes a single example, flat or as an image.
        可接受单个样本，无论是展平的还是图像。"""
        X, values = randn(1, 784), weights(hiddens=20)
        agree(lambda impl: [logits(impl, x, values) for x in (X, X.reshape(1, 1, 28, 28))])

    def test_non_contiguous_images(self, agree, randn, weights):
        """Takes images with the channels last in memory.
        可接受在内存中通道排在最后的非连续图像。"""
        X, values = randn(3, 28, 28, 1), weights()
        agree(lambda impl: logits(impl, X.permute(0, 3, 2, 1), values))

    def test_other_widths(self, agree, randn, weights):
        """Takes the widths from its weights: many hidden units, one hidden unit, a single output.
        宽度由权重决定：隐藏单元可多可少，输出也可以只有一个。"""
        X, wide, narrow = randn(4, 784), weights(20, 3), weights(1, 1)
        agree(lambda impl: [logits(impl, X, values) for values in (wide, narrow)])

    def test_raw_logits(self, agree, randn, weights):
        """Returns logits: a number added to b2 is added to all of them.
        返回的是 logits：b2 加上一个数，所有输出也加上同一个数。"""
        X, (W1, b1, W2, b2) = randn(4, 784), weights()
        agree(lambda impl: [logits(impl, X, (W1, b1, W2, b2 + shift)) for shift in (0, 3)])

    def test_negative_logits(self, agree, randn, weights):
        """Logits may be negative, all of them, too.
        输出可以为负，甚至全部为负。"""
        X, (W1, b1, W2, b2) = randn(4, 784), weights()
        agree(lambda impl: logits(impl, X, (W1, b1, W2, b2 - 20)))

    def test_hidden_units_off(self, agree, randn, weights):
        """With all hidden units off gives b2 for every example.
        隐藏单元全部为零时，每个样本的输出都是 b2。"""
        X, (W1, b1, W2, b2) = randn(4, 784), weights()
        agree(lambda impl: logits(impl, X, (W1, b1 - 20, W2, b2)))

    def test_float64(self, agree, randn, weights):
        """Keeps float64, and its precision.
        保持 float64 及其精度。"""
        X, values = randn(4, 784, dtype=torch.float64), weights(dtype=torch.float64)
        agree(lambda impl: logits(impl, X, values))

    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, weights):
        """Gives the right gradients for the input and all four parameters.
        输入和四个参数的梯度都正确。"""
        X, values = randn(3, 784, dtype=torch.float64), weights(dtype=torch.float64)

        def probe(impl):
            x, parameters = X.clone().requires_grad_(), given(impl, values)
            Y = impl.net(x)
            return torch.autograd.grad((Y * Y.detach().sin()).sum(), [x, *parameters], allow_unused=True)

        agree(probe)

    def test_arguments_untouched(self, agree, randn, weights):
        """Leaves its argument and the parameters as they were.
        不修改传入的参数，也不修改权重和偏置。"""
        X, values = randn(2, 1, 28, 28), weights()

        def probe(impl):
            parameters = given(impl, values)
            return impl.net(X), X, parameters

        agree(probe)


@pytest.fixture
def separable(randn):
    """(X, y, u): n examples of d features on both sides of u . x = 1, 0.4 or more away from it, u of norm one."""

    def draw(n, d, dtype=torch.float32):
        u, X = randn(d, dtype=dtype), randn(n, d, dtype=dtype)
        u = u / u.norm()
        X[0], X[1] = 0.2 * u, -0.2 * u  # both on one ray from the origin: no plane without a bias parts them
        side = torch.sign(X @ u)
        return X + (1 + 0.4 * side[:, None]) * u, side.long(), u

    return draw


@pytest.fixture
def xor(randn):
    """(X, y): XOR on a parallelogram in place of the square, which no line separates either; its corners are exact."""
    corner, sides = to_grid(randn(2), 1 / 8), to_grid(randn(2, 2), 1 / 8) + torch.eye(2)
    return corner + SQUARE @ sides, XOR


@pytest.mark.exercise("perceptron")
class TestPerceptron:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, separable):
        X, y, _ = separable(10, 3)
        return {"X": X, "y": y}

    @pytest.mark.points(2)
    def test_separable(self, agree, separable):
        """Finds the weights, the bias and the number of updates that follow from the rule and the order.
        权重、偏置和更新次数与更新规则及给定顺序的结果一致。"""
        X, y, _ = separable(20, 3)
        agree(lambda impl: impl.perceptron(X, y))

    def test_novikoff_bound(self, run, separable):
        """Ends without errors on separable data, after at most (R / gamma)^2 updates.
        数据可分时最终没有错误，更新次数不超过 (R / gamma)^2。"""
        X, y, u = separable(16, 2)
        w, b, updates = run(lambda impl: impl.perceptron(X, y))
        expect((y * (X @ w + b) > 0).all(), "Some examples are on the wrong side.", "仍有样本被分到错误的一侧。")
        squares = (X**2).sum(1).max() + 1, (y * (X @ u - 1)).min() ** 2 / 2  # of R, of gamma
        bound = float(squares[0] / squares[1]) * (1 + 1e-4)
        en, zh = f"{updates} updates; the bound is {bound:.0f}.", f"更新了 {updates} 次，而上界是 {bound:.0f}。"
        expect(0 < updates <= bound, en, zh)

    def test_boolean_functions(self, run, generator):
        """Learns 14 of the 16 Boolean functions of two inputs: all but XOR and its negation.
        两个输入的 16 个布尔函数中能学会 14 个：只有异或与同或学不会。"""
        tables = shuffled(generator, list(itertools.product([-1, 1], repeat=4)))
        found = run(lambda impl: [impl.perceptron(SQUARE, torch.tensor(table), 50) for table in tables])
        learnt = [
            bool((torch.tensor(table) * (SQUARE @ w + b) > 0).all())
            for table, (w, b, _) in zip(tables, found, strict=True)
        ]
        close(learnt, [table not in ((-1, 1, 1, -1), (1, -1, -1, 1)) for table in tables])

    def test_first_example(self, run, randn):
        """Starts from zero, where every example is an error, whatever its label.
        从零开始，此时任何样本无论标签如何都算错误。"""
        x = randn(1, 3)
        found = run(lambda impl: [impl.perceptron(x, torch.tensor([label])) for label in (1, -1)])
        close(found, [(x[0], torch.tensor(1.0), 1), (-x[0], torch.tensor(-1.0), 1)])

    def test_on_the_boundary(self, run, generator):
        """An example exactly on the boundary is an error later on, too.
        之后恰好落在分界面上的样本同样算错误。"""
        side, height = 2.0 ** draw_int(generator, -3, 3), draw_int(generator, 1, 64) / 8
        X, y = torch.tensor([[side, 0.0], [-1 / side, height]]), torch.tensor([1, -1])
        w, b = torch.tensor([side + 1 / side, -height]), torch.tensor(0.0)
        close(run(lambda impl: impl.perceptron(X, y)), (w, b, 2))

    def test_in_the_given_order(self, agree, separable):
        """Takes the examples in the order given, every epoch.
        每个迭代周期都按给定的顺序使用样本。"""
        X, y, _ = separable(12, 2)
        agree(lambda impl: [impl.perceptron(X.flip(0), y.flip(0)), impl.perceptron(X, y)])

    def test_stops_at_max_epochs(self, agree, xor):
        """Stops after max_epochs on XOR, which no perceptron separates.
        异或不可分，训练到 max_epochs 个迭代周期为止。"""
        agree(lambda impl: [impl.perceptron(*xor, max_epochs=n) for n in (1, 2, 7)])

    def test_default_epochs(self, agree, randn, xor):
        """Without max_epochs goes through the examples 100 times.
        不给出 max_epochs 时最多训练 100 个迭代周期。"""
        X, y = torch.cat([xor[0], to_grid(3 * randn(1, 2), 1 / 8)]), torch.cat([xor[1], torch.tensor([1])])
        agree(lambda impl: impl.perceptron(X, y))

    def test_stops_without_errors(self, agree, generator):
        """Stops after the first epoch without errors, however large max_epochs is.
        出现第一个没有错误的迭代周期后就停止，无论 max_epochs 多大。"""
        scale = torch.tensor([draw_int(generator, 64, 128), draw_int(generator, 32, 64)]) / 64
        X = torch.tensor([[2.0, 1.0], [-1.0, -3.0], [1.0, 4.0], [-2.0, 1.0]]) * scale
        y = torch.tensor([1, -1, 1, -1])
        agree(lambda impl: impl.perceptron(X, y, max_epochs=10**9))

    def test_one_feature(self, agree, generator):
        """Takes a single feature, and examples of a single class.
        可接受只有一个特征的样本，以及只有一个类别的样本。"""
        x = torch.tensor([[3.0], [5.0], [-2.0], [4.0]]) * draw_int(generator, 4, 16) / 8
        x += draw_int(generator, -8, 8) / 8
        agree(lambda impl: [impl.perceptron(x, torch.tensor(y)) for y in ([-1, 1, -1, 1], [-1, -1, -1, -1])])

    def test_float_labels(self, agree, separable):
        """Takes labels in the dtype of X.
        标签可以与 X 的 dtype 相同。"""
        X, y, _ = separable(10, 2)
        agree(lambda impl: impl.perceptron(X, y.to(X.dtype)))


def outputs(W1, b1, W2, b2):
    """What a network with these weights gives for (0, 0), (0, 1), (1, 0) and (1, 1)."""
    return (torch.relu(SQUARE @ W1 + b1) @ W2 + b2).flatten()


@pytest.mark.exercise("xor_weights")
class TestXorWeights:
    def test_truth_table(self, run):
        """Gives 0, 1, 1, 0 for the four inputs, with weights of the right shapes.
        对四个输入依次给出 0、1、1、0，且各权重的形状正确。"""
        close(outputs(*run(lambda impl: impl.xor_weights())), torch.tensor([0.0, 1.0, 1.0, 0.0]), rtol=0, atol=1e-6)

    def test_two_ones(self, run):
        """Gives 0 for (1, 1) although it gives 1 for (0, 1) and (1, 0): the second one undoes the first.
        对 (0, 1) 和 (1, 0) 给出 1，对 (1, 1) 却给出 0：两个 1 相互抵消。"""
        found = outputs(*run(lambda impl: impl.xor_weights()))[1:]
        close(found, torch.tensor([1.0, 1.0, 0.0]), rtol=0, atol=1e-6)


@pytest.fixture
def layers(randn):
    """The weights and the biases of affine layers between these widths."""

    def draw(*widths, dtype=torch.float32):
        weights = [randn(n, m, dtype=dtype) / n**0.5 for n, m in itertools.pairwise(widths)]
        biases = [randn(m, dtype=dtype) for m in widths[1:]]
        biases[0][0] = -1.5
        return weights, biases

    return draw


def through(X, weights, biases):
    """What the stack makes of X, layer by layer."""
    for weight, bias in zip(weights, biases, strict=True):
        X = nn.functional.linear(X, weight.t(), bias)
    return X


@pytest.mark.exercise("collapse_linear")
class TestCollapseLinear:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("weights", "biases"))
    def arguments(self, layers, chance):
        weights, biases = layers(*chance.sample(range(2, 7), 4))
        return {"weights": weights, "biases": biases}

    @pytest.mark.points(2)
    def test_three_layers(self, run, layers):
        """Makes one layer of three of differing widths: it maps zeros and unit vectors as the stack does.
        把宽度各不相同的三层合并为一层：对零向量和单位向量，结果与逐层计算相同。"""
        stack = layers(4, 6, 3, 5)
        bias = through(torch.zeros(4), *stack)
        close(run(lambda impl: impl.collapse_linear(*stack)), (through(torch.eye(4), *stack) - bias, bias))

    def test_same_map(self, run, randn, layers):
        """Maps random inputs as the stack does.
        对随机输入，结果与逐层计算相同。"""
        X, stack = randn(7, 3, dtype=torch.float64), layers(3, 5, 2, dtype=torch.float64)
        W, b = run(lambda impl: impl.collapse_linear(*stack))
        close(X @ W + b, through(X, *stack))

    def test_one_layer(self, run, layers):
        """A single layer is itself.
        只有一层时就是它自己。"""
        (weight,), (bias,) = stack = layers(4, 3)
        close(run(lambda impl: impl.collapse_linear(*stack)), (weight, bias))

    def test_biases(self, run, generator):
        """Every bias goes through all the layers after its own: of 1, doubled twice, comes 4.
        每个偏置都要经过其后的所有层：1 经过两次加倍变成 4。"""
        cases = (
            (2, 1),
            (draw_int(generator, 3, 40), draw_int(generator, 2, 99)),
        )  # factor of each layer, number in its bias
        stacks = [([f * torch.eye(3)] * 3, [torch.tensor([b, 0.0, 0.0]).roll(i) for i in range(3)]) for f, b in cases]
        found = run(lambda impl: [impl.collapse_linear(*stack) for stack in stacks])
        close(found, [(f**3 * torch.eye(3), b * torch.tensor([f**2, f, 1.0])) for f, b in cases])

    def test_negative_values(self, run, randn):
        """Nothing is cut off between the layers: minus one times minus one is one.
        层与层之间不截断负数：负一乘负一等于一。"""
        minus, first, last = -torch.eye(2), -1 - randn(2).abs(), randn(2)
        found = run(lambda impl: impl.collapse_linear([minus, minus], [first, last]))
        close(found, (torch.eye(2), last - first))

    def test_many_layers(self, agree, layers):
        """Takes any number of layers, here six, and widths of one.
        可接受任意多层（这里是六层），宽度也可以为 1。"""
        deep, thin = layers(3, 4, 2, 5, 3, 4, 2), layers(1, 3, 1)
        agree(lambda impl: [impl.collapse_linear(*deep), impl.collapse_linear(*thin)])

    def test_tuples(self, agree, layers):
        """Takes tuples as well as lists.
        列表和元组都可以。"""
        weights, biases = layers(2, 3, 4, 2)
        agree(lambda impl: impl.collapse_linear(tuple(weights), tuple(biases)))
