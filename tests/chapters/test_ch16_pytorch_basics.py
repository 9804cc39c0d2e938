"""ch16: MLP, MySequential, CenteredLayer, MyLinear, init_constant, my_init.

Random values are brought to what does not depend on the random stream: statistics rounded so coarsely that one has to
stray by more than five of its standard deviations to round to another number.
"""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import (
    close,
    gradient_weights,
    gradients,
    promise,
    set_parameters,
    standard,
    to_grid,
    written_from_scratch,
)


def fixed(module, dtype=torch.float32):
    """The module with parameters that are always the same."""
    return set_parameters(module, seed=0).to(dtype)


def perceptron(dtype=torch.float32):
    """The layers of an MLP and their parameters, and what it gives, from torch's functions."""
    parts = fixed(nn.ModuleDict({"hidden": nn.Linear(20, 256), "out": nn.Linear(256, 10)}), dtype)
    return parts, lambda X: parts["out"](parts["hidden"](X).clamp(min=0))


def scores(X):
    return perceptron(X.dtype)[1](X).detach()


@pytest.mark.exercise("MLP")
class TestMLP:
    @standard(
        promise.untouched(id="input_untouched", atol=1e-4),  # sums over 256 units
        promise.gradients("X"),
        net=lambda impl: fixed(impl.MLP()),
    )
    def arguments(self, randn):
        return {"X": randn(3, 20)}

    @pytest.mark.points(2)
    def test_scores(self, run, randn):
        """Computes hidden layer, ReLU and output layer, with the same result as torch's layers.
        依次计算隐藏层、ReLU 和输出层，结果与参数相同的 torch 层一致。"""
        X = randn(6, 20)
        close(run(lambda impl: fixed(impl.MLP())(X)), scores(X), atol=1e-4)  # sums over 256 units

    def test_saved_parameters(self, run):
        """Saves hidden.weight, hidden.bias, out.weight and out.bias with the right shapes, and nothing else.
        只保存 hidden.weight、hidden.bias、out.weight 和 out.bias，形状正确。"""
        found = run(lambda impl: {name: list(tensor.shape) for name, tensor in impl.MLP().state_dict().items()})
        close(found, {"hidden.weight": [256, 20], "hidden.bias": [256], "out.weight": [10, 256], "out.bias": [10]})

    def test_kinds_of_input(self, run, randn):
        """Accepts float64: a batch of one, a single example, sequences, and a batch that is not contiguous.
        可用 float64 计算：只有一个样本的批量、不带批量轴的样本、序列，以及非连续的批量。"""
        inputs = [X.double() for X in (randn(1, 20), randn(20), randn(2, 3, 20), randn(20, 4).t())]
        found = run(lambda impl: [fixed(impl.MLP(), X.dtype)(X) for X in inputs])
        close(found, [scores(X) for X in inputs])

    def test_state_dict_round_trip(self, run, randn):
        """A network that loads the parameters of another network computes the same.
        把一个网络保存的参数加载到另一个网络后，两者的结果相同。"""
        X = randn(5, 20)

        def probe(impl):
            one, other = impl.MLP(), impl.MLP()
            other.load_state_dict(fixed(one).state_dict())
            set_parameters(one, seed=1)  # which leaves the other as it is
            return other(X)

        close(run(probe), scores(X), atol=1e-4)


def layers(*sizes, dtype=torch.float32):
    """Fully connected layers of these sizes, a tanh behind each."""
    parts = [part for size, other in pairwise(sizes) for part in (nn.Linear(size, other), nn.Tanh())]
    return list(fixed(nn.ModuleList(parts), dtype))


def chained(modules, X):
    """What the modules give one after the other."""
    for module in modules:
        X = module(X)
    return X


class Affine(nn.Module):
    """For probes: factor * X + 1; the order of two of them matters."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, X):
        return self.factor * X + 1


@pytest.mark.exercise("MySequential")
class TestMySequential:
    @pytest.mark.points(2)
    def test_chain(self, run, randn):
        """Runs the modules one after the other.
        让输入依次经过各个模块。"""
        X = randn(4, 3)
        close(run(lambda impl: impl.MySequential(*layers(3, 5, 2))(X)), chained(layers(3, 5, 2), X).detach())

    def test_order(self, run, randn):
        """Runs the modules in the given order, even twelve of them.
        按给出的顺序运行各个模块，有十二个时也是如此。"""
        X, factors = randn(3, 2), ([2.0, 3.0], [1 + i / 10 for i in range(12)])
        found = run(lambda impl: [impl.MySequential(*map(Affine, some))(X) for some in factors])
        close(found, [chained(map(Affine, some), X) for some in factors])

    def test_state_dict_keys(self, run, randn):
        """Saves its parameters under the same keys as nn.Sequential, also inside another chain.
        保存参数时，键与 nn.Sequential 相同；嵌套时也是如此。"""
        X = randn(2, 3)

        def probe(impl):
            net = impl.MySequential(impl.MySequential(*layers(3, 4, 2)), impl.MySequential(*layers(2, 5)))
            return list(net.state_dict()), net(X)

        net = nn.Sequential(nn.Sequential(*layers(3, 4, 2)), nn.Sequential(*layers(2, 5)))
        close(run(probe), (list(net.state_dict()), net(X).detach()))

    @pytest.mark.points(2)
    def test_parameters(self, run, randn):
        """parameters() returns the parameters of all modules, so that an optimiser can change them.
        parameters() 给出所有模块的参数，因此优化器可以更新它们。"""
        X = randn(4, 3)

        def updated(net):
            for parameter in net.parameters():
                parameter.data *= -2
            return [list(parameter.shape) for parameter in net.parameters()], net(X).detach()

        found = run(lambda impl: updated(impl.MySequential(*layers(3, 5, 2))))
        close(found, updated(nn.Sequential(*layers(3, 5, 2))))

    def test_no_module(self, run, randn):
        """Returns its input without modules, and the result of the module if there is a single module.
        没有模块时原样返回输入；只有一个模块时，返回该模块的结果。"""
        X = randn(3, 2)
        found = run(lambda impl: (impl.MySequential()(X), impl.MySequential(Affine(3.0))(X)))
        close(found, (X, 3 * X + 1))

    def test_repeated_module(self, run, randn):
        """Runs a module twice if it is given twice, with one set of parameters.
        同一个模块给出两次，就运行两次，参数只有一份。"""
        X = randn(3, 4)

        def probe(impl):
            first, act = layers(4, 4)
            net = impl.MySequential(first, act, first)
            return net(X), len(list(net.parameters()))

        first, act = layers(4, 4)
        close(run(probe), (chained([first, act, first], X).detach(), 2))

    def test_modules_themselves(self, run, randn):
        """Keeps the modules themselves: a later change of a module changes the chain.
        保存的是模块本身：之后修改模块，结果也随之改变。"""
        X = randn(3, 4)

        def probe(impl):
            modules = Affine(2.0), Affine(3.0)
            net = impl.MySequential(*modules)
            modules[0].factor = -1.0
            return net(X)

        close(run(probe), -3 * X + 4)

    def test_hooks(self, run, randn):
        """Calls each module as a function, so that its hooks run.
        像函数一样调用各个模块，使其钩子得以运行。"""
        X = randn(2, 3)

        def probe(impl):
            modules, seen = [Affine(2.0), Affine(-1.0)], []
            for module in modules:
                module.register_forward_hook(lambda module, _, Y: seen.append((module.factor, Y)))
            return impl.MySequential(*modules)(X), seen

        close(run(probe), (-2 * X, [(2.0, 2 * X + 1), (-1.0, -2 * X)]))

    def test_float64_transposed(self, run, randn):
        """Accepts float64, a batch of one and non-contiguous input.
        可用 float64 计算，可接受只有一个样本的批量和非连续的输入。"""
        inputs = randn(1, 3, dtype=torch.float64), randn(3, 4, dtype=torch.float64).t()
        found = run(lambda impl: [impl.MySequential(*layers(3, 5, 2, dtype=X.dtype))(X) for X in inputs])
        close(found, [chained(layers(3, 5, 2, dtype=X.dtype), X).detach() for X in inputs])

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Passes the right gradients to X and all parameters. A repeated module gets the sum of both places.
        X 和所有参数的梯度都正确；重复的模块，其梯度是两处之和。"""
        X = randn(3, 4, dtype=torch.float64)

        def both(chain):
            first, act, last, _ = layers(4, 4, 2, dtype=torch.float64)
            net = chain(first, act, first, last)
            return gradients(net, X), [parameter.grad for parameter in net.parameters()]

        close(run(lambda impl: both(impl.MySequential)), both(nn.Sequential))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("CenteredLayer")
class TestCenteredLayer:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed,
        promise.gradients("X"),
        net=lambda impl: impl.CenteredLayer(),
    )
    def arguments(self, randn):
        return {"X": randn(3, 5) + 1}

    @pytest.mark.points(2)
    def test_matrix(self, run, randn):
        """Subtracts one mean of all elements, not a mean of each row or column.
        减去所有元素的同一个均值，而不是每行或每列各自的均值。"""
        X = 2 * randn(4, 6) + torch.arange(6) + 3
        close(run(lambda impl: impl.CenteredLayer()(X)), X - X.sum() / 24)

    def test_other_shapes(self, run, randn):
        """Accepts vectors, single rows, sequences and images. Each has one mean.
        可接受向量、单独一行、序列和图像；每个输入只有一个均值。"""
        inputs = torch.arange(1.0, 6.0), randn(1, 5) + 2, randn(2, 3, 4) + 1, randn(2, 3, 4, 2) - 2
        close(run(lambda impl: [impl.CenteredLayer()(X) for X in inputs]), [X - X.mean() for X in inputs])

    def test_in_a_network(self, run, randn):
        """Shifts the outputs of another layer to mean 0 over the whole batch.
        放在其他层之后，使整个批量的输出均值为 0。"""
        X = randn(4, 3)
        found, hidden = run(lambda impl: chained([*layers(3, 5), impl.CenteredLayer()], X)), chained(layers(3, 5), X)
        close((found.mean(), found), (torch.tensor(0.0), (hidden - hidden.mean()).detach()))

    def test_no_parameters(self, run, randn):
        """Has no parameters and saves nothing.
        没有参数，也不保存任何内容。"""
        X = randn(2, 3) + 1

        def probe(impl):
            layer = impl.CenteredLayer()
            return layer(X), len(list(layer.parameters())), len(layer.state_dict())

        close(run(probe), (X - X.mean(), 0, 0))


def dense(X, in_units, units):
    """relu(X weight + bias) from torch's functions, with the parameters that set_parameters gives."""
    p = fixed(nn.ParameterDict({"weight": torch.zeros(in_units, units), "bias": torch.zeros(units)}), X.dtype)
    return F.relu(F.linear(X, p["weight"].t(), p["bias"])).detach()


def looks(values):
    """The mean, the deviation and the share within 0.6745, to the nearest tenth; whether all differ; how many."""
    inner = (values.abs() < 0.6745).float().mean()
    moments = to_grid(torch.stack([values.mean(), values.std(), inner]), 0.1)
    return moments, len(values.unique()) > 0.9 * len(values), len(values)


@pytest.mark.exercise("MyLinear")
class TestMyLinear:
    @standard(promise.untouched(id="input_untouched"), net=lambda impl: fixed(impl.MyLinear(5, 3)))
    def arguments(self, randn):
        return {"X": randn(4, 5)}

    @pytest.mark.points(2)
    def test_output(self, run, randn):
        """Computes relu(X weight + bias), as torch's functions do.
        计算 relu(X weight + bias)，与 torch 的函数一致。"""
        X = randn(6, 5)
        close(run(lambda impl: fixed(impl.MyLinear(5, 3))(X)), dense(X, 5, 3))

    def test_parameters(self, run, chance):
        """Has the trainable float32 parameters weight (in_units, units) and bias (units,).
        有两个可训练的 float32 参数：weight 的形状为 (in_units, units)，bias 的形状为 (units,)。"""
        d, q = chance.sample(range(2, 50), 2)

        def probe(impl):
            named = sorted(impl.MyLinear(d, q).named_parameters())
            return {name: (list(p.shape), p.requires_grad, p.dtype) for name, p in named}

        close(run(probe), {"bias": ([q], True, torch.float32), "weight": ([d, q], True, torch.float32)})

    @pytest.mark.points(2)
    def test_first_values(self, run, chance):
        """Draws each element of weight and bias from the standard normal distribution, anew for each layer.
        weight 和 bias 的每个元素都从标准正态分布中抽取，每个层各自抽取。"""
        units = chance.randint(5000, 9000)

        def probe(impl):
            pair = impl.MyLinear(2, units), impl.MyLinear(2, units)
            parts = [[layer.weight.data, layer.bias.data] for layer in pair]
            return [looks(torch.stack(part).reshape(-1)) for part in zip(*parts, strict=True)]

        normal = torch.tensor([0.0, 1.0, 0.5]), True  # half of all values lie within 0.6745
        close(run(probe), [(*normal, 4 * units), (*normal, 2 * units)])

    def test_kinds_of_input(self, run, randn):
        """Accepts float64: a batch of one, a single example, sequences, and a batch that is not contiguous.
        可用 float64 计算：只有一个样本的批量、不带批量轴的样本、序列，以及非连续的批量。"""
        inputs = [X.double() for X in (randn(1, 4), randn(4), randn(2, 3, 4), randn(4, 5).t())]
        found = run(lambda impl: [fixed(impl.MyLinear(4, 3), X.dtype)(X) for X in inputs])
        close(found, [dense(X, 4, 3) for X in inputs])

    @pytest.mark.points(2)
    def test_gradient_of_input(self, run, randn):
        """Passes the right gradient to X.
        X 的梯度正确。"""
        X = randn(4, 5, dtype=torch.float64)
        Y = dense(X, 5, 3)
        weights = gradient_weights(Y) * (Y > 0)
        matrix = fixed(nn.ParameterDict({"weight": torch.zeros(5, 3)}), X.dtype)["weight"].detach()
        close(run(lambda impl: gradients(fixed(impl.MyLinear(5, 3), X.dtype), X)), [weights @ matrix.t()])

    @pytest.mark.bonus
    def test_gradients_of_parameters(self, run, randn):
        """Passes the right gradients to weight and bias, so that the layer can learn.
        weight 和 bias 的梯度正确，因此这个层可以训练。"""
        X = randn(4, 5, dtype=torch.float64)

        def probe(impl):
            layer = fixed(impl.MyLinear(5, 3), X.dtype)
            gradients(layer, X)
            return layer.weight.grad, layer.bias.grad

        Y = dense(X, 5, 3)
        weights = gradient_weights(Y) * (Y > 0)
        close(run(probe), (X.t() @ weights, weights.sum(0)))

    test_from_scratch = written_from_scratch


class Gain(nn.Module):
    """For probes: no nn.Linear, but it has a weight and a bias, too."""

    def __init__(self):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(3, 3)), nn.Parameter(torch.zeros(3))


def mixed(*linear):
    """Layers of many kinds, and these."""
    return nn.ModuleList([nn.Conv2d(2, 3, 3), nn.BatchNorm1d(4), nn.Embedding(5, 2), Gain(), nn.RNN(2, 3), *linear])


def nested(a, b):
    inner = nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Sequential(nn.Tanh(), nn.Linear(b, 2)))
    return nn.Sequential(inner, nn.ModuleList([nn.Linear(2, 5)]), nn.Linear(1, 1))


def values(module):
    return {name: parameter.detach().clone() for name, parameter in module.named_parameters()}


def constant(module):
    """A module's parameters if weights were 1 and biases 0."""
    return {n: torch.ones_like(p) if n.endswith("weight") else torch.zeros_like(p) for n, p in values(module).items()}


@pytest.mark.exercise("init_constant")
class TestInitConstant:
    @pytest.mark.points(2)
    def test_apply(self, run, size):
        """Reaches each fully connected layer through apply(), at any depth, and keeps float64.
        通过 apply() 作用于网络中的每个全连接层，无论嵌套多深；float64 保持不变。"""
        found = run(lambda impl: values(fixed(nested(*size), torch.float64).apply(impl.init_constant)))
        close(found, constant(nested(*size).double()))

    @pytest.mark.needs("apply")
    def test_other_layers(self, run, size):
        """Leaves other layers unchanged: convolutions, normalisations, embeddings, custom layers.
        其他层保持不变：卷积层、规范化层、嵌入层以及自定义层。"""
        found = run(lambda impl: values(fixed(mixed(nn.Linear(*size))).apply(impl.init_constant)))
        close(found, values(fixed(mixed())) | {f"5.{name}": p for name, p in constant(nn.Linear(*size)).items()})

    @pytest.mark.needs("apply")
    def test_in_place(self, run, randn):
        """Changes the values of the existing parameters in place. They stay trainable.
        原地修改已有参数的值，参数仍可训练。"""
        X = randn(2, 4)

        def probe(impl):
            layer = fixed(nn.Linear(4, 3))
            held = layer.weight, layer.bias
            impl.init_constant(layer)
            layer(X).sum().backward()
            return held, [p.grad for p in held]

        expected = [X.sum(0, keepdim=True).expand(3, 4), torch.full((3,), 2.0)]
        close(run(probe), ((torch.ones(3, 4), torch.zeros(3)), expected))

    @pytest.mark.bonus
    def test_no_bias(self, run):
        """Accepts a layer without a bias.
        可处理没有偏置的层。"""
        found = run(lambda impl: values(fixed(nn.Linear(4, 3, bias=False)).apply(impl.init_constant)))
        close(found, {"weight": torch.ones(3, 4)})


def summary(weight):
    """What is true of all draws of my_init, to the precision that 10,000 of them allow, and the shape.

    The shares of values in [-10, -7.5), [-7.5, -5), of zeros, in (5, 7.5] and (7.5, 10], and of those that should not
    be, to the nearest eighth; the least and the greatest value and the smallest that is not 0, to the nearest half.
    """
    w, size = weight.detach(), weight.detach().abs()
    upper, lower = size > 7.5, (size >= 5) & (size <= 7.5)
    kinds = [(w < 0) & upper, (w < 0) & lower, w == 0, (w > 0) & lower, (w > 0) & upper, (size < 5) & (w != 0)]
    smallest = torch.where(w == 0, torch.inf, size).min()
    shares = to_grid(torch.stack([kind.double().mean() for kind in kinds]), 1 / 8)
    return shares, to_grid(torch.stack([w.min(), w.max(), smallest]).double(), 1 / 2), list(w.shape)


def drawn(inputs, outputs):
    """What `summary` should give."""
    return torch.tensor([1, 1, 4, 1, 1, 0]).double() / 8, torch.tensor([-10.0, 10, 5]).double(), [outputs, inputs]


@pytest.fixture
def size(chance):
    """The inputs and outputs of a layer with 10,000 weights or more."""
    return chance.randint(100, 150), chance.randint(100, 150)


@pytest.mark.exercise("my_init")
class TestMyInit:
    @pytest.mark.points(2)
    def test_values(self, run, size):
        """Sets half of the weights to 0 and spreads the others evenly over [-10, -5] and [5, 10].
        一半的权重为 0，其余均匀分布在 [-10, -5] 和 [5, 10] 上。"""
        close(run(lambda impl: summary(nn.Linear(*size).apply(impl.my_init).weight)), drawn(*size))

    def test_apply(self, run, size):
        """Reaches each fully connected layer through apply(), with or without bias, and draws anew for each.
        通过 apply() 作用于每个全连接层，有无偏置均可；每层各自抽取。"""

        def probe(impl):
            net = nn.Sequential(nn.Linear(*size), nn.Sequential(nn.ReLU(), nn.Linear(*size, bias=False)))
            one, other = net.apply(impl.my_init)[0].weight, net[1][1].weight
            return summary(one), summary(other), torch.equal(one, other)

        close(run(probe), (drawn(*size), drawn(*size), False))

    @pytest.mark.needs("values")
    def test_bias_untouched(self, run, size):
        """Leaves the bias unchanged.
        不改变偏置。"""
        found = run(lambda impl: ((m := fixed(nn.Linear(*size)).apply(impl.my_init)).bias, summary(m.weight)))
        close(found, (fixed(nn.Linear(*size)).bias.detach(), drawn(*size)))

    @pytest.mark.needs("values")
    def test_other_layers(self, run, size):
        """Leaves other layers unchanged: convolutions, normalisations, embeddings, custom layers.
        其他层保持不变：卷积层、规范化层、嵌入层以及自定义层。"""

        def probe(impl):
            net = fixed(mixed(nn.Linear(*size))).apply(impl.my_init)
            return values(net[:-1]), summary(net[-1].weight)

        close(run(probe), (values(fixed(mixed())), drawn(*size)))

    @pytest.mark.needs("values")
    def test_in_place(self, run, size):
        """Changes the values of the existing parameter in place, also in float64. It stays trainable.
        原地修改已有参数的值，float64 也可以；参数仍可训练。"""

        def probe(impl):
            held = (layer := nn.Linear(*size).double()).weight
            layer.apply(impl.my_init)
            return summary(held), held.dtype, held.requires_grad, layer.weight is held

        close(run(probe), (drawn(*size), torch.float64, True, True))
