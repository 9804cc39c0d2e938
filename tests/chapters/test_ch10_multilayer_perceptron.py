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
        """Keeps positive elements and sets the others to zero, as torch does.
        大于零的元素不变，其余变为零，与 torch 一致。"""
        X = 3 * randn(6, 5)
        close(run(lambda impl: impl.relu(X)), torch.relu(X))

    def test_zero(self, agree, randn):
        """Keeps 0.0 and -0.0 at zero.
        0.0 和 -0.0 仍为零。"""
        X = torch.cat([torch.tensor([0.0, -0.0]), 2 * randn(6)])
        agree(lambda impl: impl.relu(X))

    def test_three_axes(self, agree, randn):
        """Accepts any number of axes, also three and none.
        张量的轴数任意，可以是三个轴，也可以是标量。"""
        X = randn(2, 3, 4)
        agree(lambda impl: [impl.relu(X), impl.relu(X.amin()), impl.relu(X.amax())])

    def test_batch_of_one(self, agree, randn):
        """Keeps the shape of a batch of one example.
        批量中只有一个样本时，形状不变。"""
        X = torch.cat([randn(1, 7), torch.tensor([[-1.5, 0.5]])], 1)
        agree(lambda impl: impl.relu(X))

    def test_infinite_input(self, agree, randn):
        """Turns -inf into zero, not NaN, and keeps inf.
        -inf 变为零而不是 NaN；inf 不变。"""
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
    """The output of the submission's net with these weights."""
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
        """Flattens each image of a batch (n, 1, 28, 28).
        把 (n, 1, 28, 28) 中的每张图像分别展平。"""
        X, values = randn(3, 1, 28, 28), weights()
        close(run(lambda impl: logits(impl, X, values)), twin(*values)(X).detach())

    def test_batch_of_one(self, agree, randn, weights):
        """Accepts a single example, flat or as an image.
        可以只有一个样本，展平的或图像形式的都行。"""
        X, values = randn(1, 784), weights(hiddens=20)
        agree(lambda impl: [logits(impl, x, values) for x in (X, X.reshape(1, 1, 28, 28))])

    def test_non_contiguous_images(self, agree, randn, weights):
        """Accepts images that are not contiguous in memory, with the channels last.
        图像在内存中可以不连续（通道排在最后）。"""
        X, values = randn(3, 28, 28, 1), weights()
        agree(lambda impl: logits(impl, X.permute(0, 3, 2, 1), values))

    def test_other_widths(self, agree, randn, weights):
        """Works with weights of other widths: many hidden units, one hidden unit, a single output.
        权重可以是别的宽度：很多隐藏单元、一个隐藏单元、一个输出。"""
        X, wide, narrow = randn(4, 784), weights(20, 3), weights(1, 1)
        agree(lambda impl: [logits(impl, X, values) for values in (wide, narrow)])

    def test_raw_logits(self, agree, randn, weights):
        """Returns logits: a number added to b2 is added to all outputs.
        返回的是 logits：b2 加上一个数，所有输出也加上这个数。"""
        X, (W1, b1, W2, b2) = randn(4, 784), weights()
        agree(lambda impl: [logits(impl, X, (W1, b1, W2, b2 + shift)) for shift in (0, 3)])

    def test_negative_logits(self, agree, randn, weights):
        """Returns negative logits where they are negative, even if all are.
        logits 可以为负，也可以全部为负。"""
        X, (W1, b1, W2, b2) = randn(4, 784), weights()
        agree(lambda impl: logits(impl, X, (W1, b1, W2, b2 - 20)))

    def test_hidden_units_off(self, agree, randn, weights):
        """Returns b2 for every example if all hidden units are zero.
        隐藏单元全部为零时，每个样本的输出都等于 b2。"""
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
        输入和四个参数的梯度正确。"""
        X, values = randn(3, 784, dtype=torch.float64), weights(dtype=torch.float64)

        def probe(impl):
            x, parameters = X.clone().requires_grad_(), given(impl, values)
            Y = impl.net(x)
            return torch.autograd.grad((Y * Y.detach().sin()).sum(), [x, *parameters], allow_unused=True)

        agree(probe)

    @pytest.mark.needs("logits")
    def test_arguments_untouched(self, agree, randn, weights):
        """Leaves its argument and the parameters as they were.
        不修改传入的 X，也不修改四个参数。"""
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
        """Returns the weights, the bias and the number of updates that follow from the rule and the order.
        权重、偏置和更新次数，与按规则和顺序更新的结果一致。"""
        X, y, _ = separable(20, 3)
        agree(lambda impl: impl.perceptron(X, y))

    def test_novikoff_bound(self, run, separable):
        """Separates separable data without errors, after at most (R / gamma)^2 updates.
        数据可分时，最终没有错误，更新次数不超过 (R / gamma)^2。"""
        X, y, u = separable(16, 2)
        w, b, updates = run(lambda impl: impl.perceptron(X, y))
        expect((y * (X @ w + b) > 0).all(), "Some examples are on the wrong side.", "仍有样本被分到错误的一侧。")
        squares = (X**2).sum(1).max() + 1, (y * (X @ u - 1)).min() ** 2 / 2  # of R, of gamma
        bound = float(squares[0] / squares[1]) * (1 + 1e-4)
        en, zh = (
            f"The function makes {updates} updates; the bound is {bound:.0f}.",
            f"更新了 {updates} 次，而上界是 {bound:.0f}。",
        )
        expect(0 < updates <= bound, en, zh)

    def test_boolean_functions(self, run, generator):
        """Learns 14 of the 16 Boolean functions of two inputs: all but XOR and its negation.
        两个输入的布尔函数共有 16 个，能学会其中 14 个：除了异或和同或。"""
        tables = shuffled(generator, list(itertools.product([-1, 1], repeat=4)))
        found = run(lambda impl: [impl.perceptron(SQUARE, torch.tensor(table), 50) for table in tables])
        learnt = [
            bool((torch.tensor(table) * (SQUARE @ w + b) > 0).all())
            for table, (w, b, _) in zip(tables, found, strict=True)
        ]
        close(learnt, [table not in ((-1, 1, 1, -1), (1, -1, -1, 1)) for table in tables])

    def test_first_example(self, run, randn):
        """Starts from zero, where every example is an error, whatever its label.
        从零开始；此时每个样本无论标签是什么，都算错误。"""
        x = randn(1, 3)
        found = run(lambda impl: [impl.perceptron(x, torch.tensor([label])) for label in (1, -1)])
        close(found, [(x[0], torch.tensor(1.0), 1), (-x[0], torch.tensor(-1.0), 1)])

    def test_on_the_boundary(self, run, generator):
        """Counts an example exactly on the boundary as an error, also later.
        恰好落在分界面上的样本算错误，开始之后也是如此。"""
        side, height = 2.0 ** draw_int(generator, -3, 3), draw_int(generator, 1, 64) / 8
        X, y = torch.tensor([[side, 0.0], [-1 / side, height]]), torch.tensor([1, -1])
        w, b = torch.tensor([side + 1 / side, -height]), torch.tensor(0.0)
        close(run(lambda impl: impl.perceptron(X, y)), (w, b, 2))

    def test_in_the_given_order(self, agree, separable):
        """Uses the examples in the given order, in every epoch.
        每个迭代周期都按给定的顺序使用样本。"""
        X, y, _ = separable(12, 2)
        agree(lambda impl: [impl.perceptron(X.flip(0), y.flip(0)), impl.perceptron(X, y)])

    def test_stops_at_max_epochs(self, agree, xor):
        """Stops after max_epochs epochs on XOR, which no perceptron separates.
        异或不可分，训练 max_epochs 个迭代周期后停止。"""
        agree(lambda impl: [impl.perceptron(*xor, max_epochs=n) for n in (1, 2, 7)])

    def test_default_epochs(self, agree, randn, xor):
        """Trains for at most 100 epochs by default.
        默认最多训练 100 个迭代周期。"""
        X, y = torch.cat([xor[0], to_grid(3 * randn(1, 2), 1 / 8)]), torch.cat([xor[1], torch.tensor([1])])
        agree(lambda impl: impl.perceptron(X, y))

    def test_stops_without_errors(self, agree, generator):
        """Stops after the first epoch without an error, however large max_epochs is.
        出现第一个没有错误的迭代周期后停止，无论 max_epochs 多大。"""
        scale = torch.tensor([draw_int(generator, 64, 128), draw_int(generator, 32, 64)]) / 64
        X = torch.tensor([[2.0, 1.0], [-1.0, -3.0], [1.0, 4.0], [-2.0, 1.0]]) * scale
        y = torch.tensor([1, -1, 1, -1])
        agree(lambda impl: impl.perceptron(X, y, max_epochs=10**9))

    def test_one_feature(self, agree, generator):
        """Accepts a single feature, and examples of a single class.
        可以只有一个特征，也可以只有一个类别的样本。"""
        x = torch.tensor([[3.0], [5.0], [-2.0], [4.0]]) * draw_int(generator, 4, 16) / 8
        x += draw_int(generator, -8, 8) / 8
        agree(lambda impl: [impl.perceptron(x, torch.tensor(y)) for y in ([-1, 1, -1, 1], [-1, -1, -1, -1])])

    def test_float_labels(self, agree, separable):
        """Accepts labels in the dtype of X.
        标签的 dtype 可以与 X 相同。"""
        X, y, _ = separable(10, 2)
        agree(lambda impl: impl.perceptron(X, y.to(X.dtype)))


def outputs(W1, b1, W2, b2):
    """The outputs of a network with these weights for (0, 0), (0, 1), (1, 0) and (1, 1)."""
    return (torch.relu(SQUARE @ W1 + b1) @ W2 + b2).flatten()


@pytest.mark.exercise("xor_weights")
class TestXorWeights:
    def test_truth_table(self, run):
        """Gives 0, 1, 1, 0 for the four inputs, with weights of the right shapes.
        对四个输入依次得到 0、1、1、0，且各权重的形状正确。"""
        close(outputs(*run(lambda impl: impl.xor_weights())), torch.tensor([0.0, 1.0, 1.0, 0.0]), rtol=0, atol=1e-6)

    def test_two_ones(self, run):
        """Gives 1 for (0, 1) and (1, 0), but 0 for (1, 1): there the second hidden unit cancels the first.
        对 (0, 1) 和 (1, 0) 得到 1，对 (1, 1) 却得到 0：此时第二个隐藏单元抵消了第一个。"""
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
    """The output of the stack for X, layer by layer."""
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
        """Turns three layers of different widths into a layer that maps zeros and unit vectors in the same way.
        把宽度各不相同的三层合并为一层；输入零向量和单位向量时，结果与逐层计算相同。"""
        stack = layers(4, 6, 3, 5)
        bias = through(torch.zeros(4), *stack)
        close(run(lambda impl: impl.collapse_linear(*stack)), (through(torch.eye(4), *stack) - bias, bias))

    def test_same_map(self, run, randn, layers):
        """Maps random inputs in the same way as the stack.
        输入随机向量时，结果与逐层计算相同。"""
        X, stack = randn(7, 3, dtype=torch.float64), layers(3, 5, 2, dtype=torch.float64)
        W, b = run(lambda impl: impl.collapse_linear(*stack))
        close(X @ W + b, through(X, *stack))

    def test_one_layer(self, run, layers):
        """Returns a single layer as it is.
        只有一层时，结果就是这一层。"""
        (weight,), (bias,) = stack = layers(4, 3)
        close(run(lambda impl: impl.collapse_linear(*stack)), (weight, bias))

    def test_biases(self, run, generator):
        """Passes every bias through all later layers: a bias of 1, doubled twice, becomes 4.
        每个偏置都要经过后面的所有层：偏置 1 加倍两次，变成 4。"""
        cases = (
            (2, 1),
            (draw_int(generator, 3, 40), draw_int(generator, 2, 99)),
        )  # factor of each layer, number in its bias
        stacks = [([f * torch.eye(3)] * 3, [torch.tensor([b, 0.0, 0.0]).roll(i) for i in range(3)]) for f, b in cases]
        found = run(lambda impl: [impl.collapse_linear(*stack) for stack in stacks])
        close(found, [(f**3 * torch.eye(3), b * torch.tensor([f**2, f, 1.0])) for f, b in cases])

    def test_negative_values(self, run, randn):
        """Cuts nothing off between the layers: -1 times -1 is 1.
        层与层之间不截断负数：-1 乘以 -1 等于 1。"""
        minus, first, last = -torch.eye(2), -1 - randn(2).abs(), randn(2)
        found = run(lambda impl: impl.collapse_linear([minus, minus], [first, last]))
        close(found, (torch.eye(2), last - first))

    def test_many_layers(self, agree, layers):
        """Accepts any number of layers, here six, and widths of 1.
        层数任意（这里是六层），宽度也可以为 1。"""
        deep, thin = layers(3, 4, 2, 5, 3, 4, 2), layers(1, 3, 1)
        agree(lambda impl: [impl.collapse_linear(*deep), impl.collapse_linear(*thin)])

    def test_tuples(self, agree, layers):
        """Accepts tuples and lists.
        可以传入 tuple 或 list。"""
        weights, biases = layers(2, 3, 4, 2)
        agree(lambda impl: impl.collapse_linear(tuple(weights), tuple(biases)))
