"""ch16: MLP, MySequential, CenteredLayer, MyLinear, init_constant, my_init.

Random values are brought to what does not depend on the random stream: statistics rounded so coarsely that one has to
stray by more than five of its standard deviations to round to another number.
"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.suite import close, gradients, set_parameters, written_from_scratch


def layers(*sizes, dtype=torch.float32):
    """Fully connected layers of these sizes, a tanh behind each, with parameters that are always the same."""
    pairs = zip(sizes, sizes[1:], strict=False)
    parts = [part for size, other in pairs for part in (nn.Linear(size, other), nn.Tanh())]
    return list(set_parameters(nn.ModuleList(parts), seed=0).to(dtype))


def chained(modules, X):
    """What the modules give one after the other."""
    for module in modules:
        X = module(X)
    return X.detach()


def shapes(module):
    """The names and shapes of what a module saves."""
    return {name: list(tensor.shape) for name, tensor in sorted(module.state_dict().items())}


def parameter_gradients(module):
    return {name: parameter.grad for name, parameter in sorted(module.named_parameters())}


class Affine(nn.Module):
    """For probes: factor * X + 1; the order of two of them matters."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, X):
        return self.factor * X + 1


class Gain(nn.Module):
    """For probes: no nn.Linear, but it has a weight (n, n) and a bias, too."""

    def __init__(self, features):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.eye(features)), nn.Parameter(torch.zeros(features))


# ---- MLP


def perceptron(dtype=torch.float32):
    """The two layers of an MLP, with the parameters that set_parameters(MLP(), seed=0) has."""
    parts = nn.ModuleDict({"hidden": nn.Linear(20, 256), "out": nn.Linear(256, 10)})
    return set_parameters(parts, seed=0).to(dtype)


def scores(X):
    parts = perceptron(X.dtype)
    return parts["out"](parts["hidden"](X).clamp(min=0)).detach()


@pytest.mark.exercise("MLP")
class TestMLP:
    @pytest.mark.points(2)
    def test_scores(self, run, randn):
        """Computes hidden layer, ReLU and output layer, as torch's layers with the same parameters do.
        依次计算隐藏层、ReLU 和输出层，与参数相同的 torch 层结果一致。"""
        X = randn(6, 20)
        close(run(lambda impl: set_parameters(impl.MLP(), seed=0)(X)), scores(X), atol=1e-4)  # sums over 256 units

    def test_saved_parameters(self, agree):
        """Saves hidden.weight, hidden.bias, out.weight and out.bias, of the right shapes, and nothing else.
        只保存 hidden.weight、hidden.bias、out.weight 和 out.bias，形状正确。"""
        agree(lambda impl: (shapes(impl.MLP()), sum(p.numel() for p in impl.MLP().parameters())))

    def test_relu_between(self, run, randn):
        """Hidden units that are negative all over leave the bias of the output layer.
        隐藏单元全为负时，只剩下输出层的偏置。"""
        X, bias = randn(3, 20), randn(10)

        def probe(impl):
            net = set_parameters(impl.MLP(), seed=0)
            net.hidden.bias.data.fill_(-1000.0)
            net.out.bias.data = bias
            return net(X)

        close(run(probe), bias.expand(3, 10))

    def test_scores_unbounded(self, run, randn):
        """Gives negative scores, too: nothing comes behind the output layer.
        得分可以为负：输出层之后没有别的运算。"""
        X, bias = randn(3, 20), -randn(10).abs() - 1

        def probe(impl):
            net = set_parameters(impl.MLP(), seed=0)
            net.out.weight.data.zero_()
            net.out.bias.data = bias
            return net(X)

        close(run(probe), bias.expand(3, 10))

    def test_batch_of_one(self, run, randn):
        """Takes one example as a batch, one without a batch, and a batch of sequences.
        可接受只有一个样本的批量、不带批量维的样本，以及序列的批量。"""
        inputs = randn(1, 20), randn(20), randn(2, 3, 20)
        found = run(lambda impl: [set_parameters(impl.MLP(), seed=0)(X) for X in inputs])
        close(found, [scores(X) for X in inputs], atol=1e-4)

    def test_float64_transposed(self, run, randn):
        """Works in float64, and on non-contiguous input.
        可用 float64 计算，可接受非连续的输入。"""
        X = randn(20, 4, dtype=torch.float64).t()
        close(run(lambda impl: set_parameters(impl.MLP(), seed=0).double()(X)), scores(X))

    def test_state_dict_round_trip(self, run, randn):
        """Parameters saved from one network and loaded into another make it compute the same.
        从一个网络保存的参数加载到另一个网络后，两者结果相同。"""
        X = randn(5, 20)

        def probe(impl):
            saved = {name: tensor.clone() for name, tensor in set_parameters(impl.MLP(), seed=0).state_dict().items()}
            net = impl.MLP()
            net.load_state_dict(saved)
            return net(X)

        close(run(probe), scores(X), atol=1e-4)

    def test_two_networks(self, run, randn):
        """Two networks have parameters of their own.
        两个网络各有自己的参数。"""
        X = randn(4, 20)

        def probe(impl):
            one, other = impl.MLP(), impl.MLP()
            set_parameters(one, seed=0), set_parameters(other, seed=1)
            return one(X)

        close(run(probe), scores(X), atol=1e-4)

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Passes the right gradients to its input and to all four parameters.
        输入和四个参数的梯度都正确。"""
        X = randn(3, 20, dtype=torch.float64)

        def probe(impl):
            net = set_parameters(impl.MLP(), seed=0).double()
            return gradients(net, X), parameter_gradients(net)

        parts = perceptron(torch.float64)
        expected = gradients(lambda x: parts["out"](torch.relu(parts["hidden"](x))), X)
        close(run(probe), (expected, parameter_gradients(parts)))

    def test_input_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(3, 20)
        close(run(lambda impl: (set_parameters(impl.MLP(), seed=0)(X), X)), (scores(X), X), atol=1e-4)


@pytest.mark.exercise("MySequential")
class TestMySequential:
    @pytest.mark.points(2)
    def test_chain(self, run, randn):
        """Gives what the modules give one after the other.
        结果等于把输入依次送入各个模块。"""
        X = randn(4, 3)
        close(run(lambda impl: impl.MySequential(*layers(3, 5, 2))(X)), chained(layers(3, 5, 2), X))

    def test_order(self, run, randn):
        """Runs the modules in the order in which they were given, twelve of them, too.
        按给出的顺序执行各个模块，多达十二个时也是如此。"""
        X, factors = randn(3, 2), [1 + i / 10 for i in range(12)]

        def probe(impl):
            return [impl.MySequential(*map(Affine, some))(X) for some in (factors[:2], factors)]

        close(run(probe), [chained(map(Affine, some), X) for some in (factors[:2], factors)])

    def test_state_dict_keys(self, run, randn):
        """Saves its parameters under the keys that nn.Sequential has, in the same order.
        保存参数时使用的键与 nn.Sequential 相同，顺序也相同。"""
        X = randn(2, 3)

        def probe(impl):
            net = impl.MySequential(*layers(3, 4, 4, 2))
            return list(net.state_dict()), net(X)

        expected = list(nn.Sequential(*layers(3, 4, 4, 2)).state_dict())
        close(run(probe), (expected, chained(layers(3, 4, 4, 2), X)))

    @pytest.mark.points(2)
    def test_parameters(self, run, randn):
        """parameters() has those of all modules, themselves: a change of them changes the result.
        parameters() 包含所有模块的参数本身：修改它们会改变结果。"""
        X = randn(4, 3)

        def probe(impl):
            net = impl.MySequential(*layers(3, 5, 2))
            for parameter in net.parameters():
                parameter.data *= -2
            return [list(parameter.shape) for parameter in net.parameters()], net(X)

        modules = layers(3, 5, 2)
        for parameter in nn.ModuleList(modules).parameters():
            parameter.data *= -2
        close(run(probe), ([[5, 3], [5], [2, 5], [2]], chained(modules, X)))

    def test_no_module(self, run, randn):
        """Gives its input back when it has no module, and what the module gives when it has one.
        没有模块时原样返回输入；只有一个模块时返回该模块的结果。"""
        X = randn(3, 2)
        found = run(lambda impl: (impl.MySequential()(X), impl.MySequential(Affine(3.0))(X)))
        close(found, (X, 3 * X + 1))

    @pytest.mark.points(2)
    def test_repeated_module(self, run, randn):
        """A module that is given twice runs twice.
        同一个模块给出两次，就执行两次。"""
        X = randn(3, 4)

        def probe(impl):
            (first, act), (last, _) = layers(4, 4), layers(4, 2)
            return impl.MySequential(first, act, first, act, last)(X)

        first, act = layers(4, 4)
        close(run(probe), chained([first, act, first, act, layers(4, 2)[0]], X))

    def test_shared_parameters(self, run, randn):
        """A module that is given twice has its parameters once, and the gradients of both places in them.
        同一个模块给出两次，参数只有一份，梯度是两处之和。"""
        X = randn(3, 4, dtype=torch.float64)

        def probe(impl):
            shared, act = layers(4, 4, dtype=torch.float64)
            net = impl.MySequential(shared, act, shared)
            return gradients(net, X), len(list(net.parameters())), sorted(net.state_dict()), shared.weight.grad

        shared, act = layers(4, 4, dtype=torch.float64)
        expected = gradients(lambda x: shared(act(shared(x))), X)
        names = ["0.bias", "0.weight", "2.bias", "2.weight"]
        close(run(probe), (expected, 2, names, shared.weight.grad))

    def test_modules_themselves(self, run, randn):
        """Keeps the modules themselves: one that is changed afterwards is changed in the chain, too.
        保存的是模块本身：之后修改模块，链中的模块也随之改变。"""
        X, weight = randn(3, 4), randn(4, 4)

        def probe(impl):
            modules = layers(4, 4)
            net = impl.MySequential(*modules)
            modules[0].weight.data = weight
            return net(X)

        close(run(probe), torch.tanh(X @ weight.t() + layers(4, 4)[0].bias.detach()))

    def test_hooks(self, run, randn):
        """Calls each module as a module, so that its hooks run.
        以调用模块的方式使用各个模块，使其钩子得以运行。"""
        X = randn(2, 3)

        def probe(impl):
            modules, seen = [Affine(2.0), Affine(-1.0)], []
            for module in modules:
                module.register_forward_hook(lambda module, _, Y: seen.append((module.factor, Y)))
            return impl.MySequential(*modules)(X), seen

        close(run(probe), (-2 * X, [(2.0, 2 * X + 1), (-1.0, -2 * X)]))

    def test_modes(self, run, randn):
        """train() and eval() reach the modules.
        train() 和 eval() 对其中的模块生效。"""
        X = randn(3, 4)

        def probe(impl):
            net = impl.MySequential(Affine(2.0), nn.Dropout(p=1.0))
            return net.eval()(X), net.train()(X), net.eval()(X)

        close(run(probe), (2 * X + 1, torch.zeros(3, 4), 2 * X + 1))

    def test_nested(self, run, randn):
        """A chain may be part of another one.
        一个链可以是另一个链的一部分。"""
        X = randn(2, 3)

        def probe(impl):
            first, second = layers(3, 4), layers(4, 2)
            net = impl.MySequential(impl.MySequential(*first), impl.MySequential(*second), Affine(2.0))
            return net(X), list(net.state_dict())

        expected = chained([*layers(3, 4), *layers(4, 2), Affine(2.0)], X)
        close(run(probe), (expected, ["0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias"]))

    def test_two_chains(self, run, randn):
        """Two chains have modules of their own.
        两个链各有自己的模块。"""
        X = randn(2, 3)

        def probe(impl):
            one, other = impl.MySequential(Affine(2.0)), impl.MySequential(Affine(3.0), Affine(4.0))
            return one(X), other(X)

        close(run(probe), (2 * X + 1, 12 * X + 5))

    def test_float64_transposed(self, run, randn):
        """double() reaches the modules; a batch of one and non-contiguous input are taken.
        double() 对其中的模块生效；可接受只有一个样本的批量和非连续的输入。"""
        inputs = randn(1, 3, dtype=torch.float64), randn(3, 4, dtype=torch.float64).t()

        def probe(impl):
            net = impl.MySequential(*layers(3, 5, 2)).double()
            return [net(X) for X in inputs]

        close(run(probe), [chained(layers(3, 5, 2, dtype=torch.float64), X) for X in inputs])

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Passes the right gradients to its input and to the parameters of all modules.
        输入和所有模块的参数的梯度都正确。"""
        X = randn(3, 4, dtype=torch.float64)

        def probe(impl):
            net = impl.MySequential(*layers(4, 5, 2, dtype=torch.float64))
            return gradients(net, X), [parameter.grad for parameter in net.parameters()]

        net = nn.Sequential(*layers(4, 5, 2, dtype=torch.float64))
        close(run(probe), (gradients(net, X), [parameter.grad for parameter in net.parameters()]))

    def test_input_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(4, 3)
        close(run(lambda impl: (impl.MySequential(Affine(2.0), Affine(3.0))(X), X)), (6 * X + 4, X))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("CenteredLayer")
class TestCenteredLayer:
    @pytest.mark.points(2)
    def test_matrix(self, run, randn):
        """Subtracts one mean of all elements, not one for each row or column.
        减去所有元素的同一个均值，而不是每行或每列各自的均值。"""
        X = 2 * randn(4, 6) + torch.arange(6) + 3
        close(run(lambda impl: impl.CenteredLayer()(X)), X - X.sum() / 24)

    def test_vector(self, run):
        """Takes a vector: the mean of 1 to 5 is 3.
        可接受向量：1 到 5 的均值是 3。"""
        X = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
        close(run(lambda impl: impl.CenteredLayer()(X)), torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0]))

    def test_more_axes(self, run, randn):
        """Takes images and sequences; in these, too, there is one mean.
        可接受图像和序列，均值同样只有一个。"""
        inputs = randn(2, 3, 4) + 1, randn(2, 3, 4, 2) - 2
        close(run(lambda impl: [impl.CenteredLayer()(X) for X in inputs]), [X - X.mean() for X in inputs])

    def test_in_a_network(self, run, randn):
        """Behind a layer it brings the outputs of the whole batch to mean 0.
        放在其他层之后，使整个批量的输出均值为 0。"""
        X = randn(4, 3)
        found = run(lambda impl: nn.Sequential(*layers(3, 5), impl.CenteredLayer())(X))
        hidden = chained(layers(3, 5), X)
        close(found.mean(), torch.tensor(0.0))
        close(found, hidden - hidden.mean())

    def test_no_parameters(self, run, randn):
        """Has no parameters and saves nothing.
        没有参数，也不保存任何内容。"""
        X = randn(2, 3) + 1

        def probe(impl):
            layer = impl.CenteredLayer()
            Y = layer(X)
            return len(list(layer.parameters())), len(layer.state_dict()), Y

        close(run(probe), (0, 0, X - X.mean()))

    def test_second_call(self, run, randn):
        """Each call takes the mean of its own input, in evaluation as in training.
        每次调用都用自己输入的均值，评估时与训练时相同。"""
        inputs = randn(3, 4) + 5, randn(2, 2) - 1, randn(4, 3)

        def probe(impl):
            layer = impl.CenteredLayer()
            return layer(inputs[0]), layer(inputs[1]), layer.eval()(inputs[2])

        close(run(probe), [X - X.mean() for X in inputs])

    def test_one_row(self, run, randn):
        """A row alone is centred; an element alone becomes 0.
        单独一行被中心化；单个元素变为 0。"""
        row, element = randn(1, 5) + 2, randn(1, 1)
        found = run(lambda impl: [impl.CenteredLayer()(X) for X in (row, element)])
        close(found, [row - row.mean(), torch.zeros(1, 1)])

    def test_float64_transposed(self, run, randn):
        """Keeps float64, and takes non-contiguous input.
        保持 float64，并可接受非连续的输入。"""
        X = (randn(3, 5, dtype=torch.float64) + 1).t()
        close(run(lambda impl: impl.CenteredLayer()(X)), X - X.mean())

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Passes the right gradient: it goes through the mean, too.
        梯度正确：它也流经均值。"""
        X = randn(3, 4, dtype=torch.float64)
        close(run(lambda impl: gradients(impl.CenteredLayer(), X)), gradients(lambda x: x - x.mean(), X))

    def test_input_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(3, 4) + 1
        close(run(lambda impl: (impl.CenteredLayer()(X), X)), (X - X.mean(), X))


# ---- MyLinear


def dense(X, in_units, units, seed=0):
    """relu(X weight + bias) from torch's functions, and its parameters; they are those of set_parameters."""
    parts = nn.ParameterDict({"weight": torch.zeros(in_units, units), "bias": torch.zeros(units)})
    p = dict(set_parameters(parts, seed).to(X.dtype).named_parameters())
    return F.relu(F.linear(X, p["weight"].t(), p["bias"])), p


def to_grid(X, step):
    """X rounded to multiples of step."""
    return (X / step).round() * step


@pytest.mark.exercise("MyLinear")
class TestMyLinear:
    @pytest.mark.points(2)
    def test_output(self, run, randn):
        """Computes relu(X weight + bias), as torch's functions do.
        计算 relu(X weight + bias)，与 torch 的函数一致。"""
        X = randn(6, 5)
        close(run(lambda impl: set_parameters(impl.MyLinear(5, 3), seed=0)(X)), dense(X, 5, 3)[0].detach())

    def test_parameters(self, run, randn):
        """Has weight (in_units, units) and bias (units,) as parameters, trainable, in float32.
        具有形状为 (in_units, units) 的参数 weight 和形状为 (units,) 的参数 bias，可训练，float32。"""

        def probe(impl):
            named = sorted(impl.MyLinear(in_units=5, units=3).named_parameters())
            return {name: (list(p.shape), p.requires_grad, p.dtype) for name, p in named}

        close(run(probe), {"bias": ([3], True, torch.float32), "weight": ([5, 3], True, torch.float32)})

    @pytest.mark.points(2)
    def test_first_values(self, run):
        """Draws weight and bias from the standard normal distribution.
        weight 和 bias 取自标准正态分布。"""

        def probe(impl):
            layer = impl.MyLinear(1, 10_000)
            parts = [layer.weight.data.reshape(-1), layer.bias.data.reshape(-1)]
            inner = [(part.abs() < 0.67449).float().mean() for part in parts]  # half of all normal values
            return [to_grid(torch.stack([part.mean(), part.std(), q]), 0.1) for part, q in zip(parts, inner)]

        close(run(probe), [torch.tensor([0.0, 1.0, 0.5])] * 2)

    def test_fresh_values(self, run):
        """Draws other values for each layer, each row and each column.
        每个层、每一行和每一列的取值都不同。"""

        def probe(impl):
            one, other = impl.MyLinear(30, 20), impl.MyLinear(30, 20)
            values = torch.cat([p.data.reshape(-1) for layer in (one, other) for p in (layer.weight, layer.bias)])
            return to_grid(torch.tensor(len(values.unique()) / len(values)), 0.1)

        close(run(probe), torch.tensor(1.0))

    def test_relu(self, run, randn):
        """Gives 0 where the sum is negative, and the sum where it is positive.
        和为负处输出 0，和为正处输出该和。"""
        X, bias = randn(3, 4), torch.tensor([-2.0, 0.5, -0.1, 3.0, 0.0])

        def probe(impl):
            layer = impl.MyLinear(4, 5)
            layer.weight.data.zero_()
            layer.bias.data = bias
            return layer(X)

        close(run(probe), torch.tensor([0.0, 0.5, 0.0, 3.0, 0.0]).expand(3, 5))

    def test_batch_of_one(self, run, randn):
        """Takes one example as a batch, one without a batch, and a batch of sequences.
        可接受只有一个样本的批量、不带批量维的样本，以及序列的批量。"""
        inputs = randn(1, 4), randn(4), randn(2, 3, 4)
        found = run(lambda impl: [set_parameters(impl.MyLinear(4, 3), seed=0)(X) for X in inputs])
        close(found, [dense(X, 4, 3)[0].detach() for X in inputs])

    def test_float64_transposed(self, run, randn):
        """Works in float64, and on non-contiguous input.
        可用 float64 计算，可接受非连续的输入。"""
        X = randn(3, 5, dtype=torch.float64).t()
        close(run(lambda impl: set_parameters(impl.MyLinear(3, 4), seed=0).double()(X)), dense(X, 3, 4)[0].detach())

    def test_in_a_network(self, run, randn):
        """Two layers in a row make a network that is saved and loaded.
        两层相连组成网络，可以保存和加载。"""
        X = randn(4, 6)

        def probe(impl):
            one, other = (nn.Sequential(impl.MyLinear(6, 5), impl.MyLinear(5, 1)) for _ in range(2))
            for layer in one:
                set_parameters(layer, seed=0)
            other.load_state_dict(one.state_dict())
            return other(X)

        close(run(probe), dense(dense(X, 6, 5)[0], 5, 1)[0].detach())

    @pytest.mark.points(2)
    def test_gradient_of_input(self, run, randn):
        """Passes the right gradient to its input.
        输入的梯度正确。"""
        X = randn(4, 5, dtype=torch.float64)
        found = run(lambda impl: gradients(set_parameters(impl.MyLinear(5, 3), seed=0).double(), X))
        close(found, gradients(lambda x: dense(x, 5, 3)[0], X))

    @pytest.mark.bonus
    def test_gradients_of_parameters(self, run, randn):
        """Passes the right gradients to weight and bias, without which the layer does not learn.
        weight 和 bias 的梯度正确；没有梯度，这个层学不到东西。"""
        X = randn(4, 5, dtype=torch.float64)

        def probe(impl):
            layer = set_parameters(impl.MyLinear(5, 3), seed=0).double()
            gradients(layer, X)
            return layer.weight.grad, layer.bias.grad

        weight, bias = (p.detach() for p in (dense(X, 5, 3)[1][name] for name in ("weight", "bias")))
        close(run(probe), gradients(lambda w, b: F.relu(X @ w + b), weight, bias))

    def test_input_untouched(self, run, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(4, 5)
        found = run(lambda impl: (set_parameters(impl.MyLinear(5, 3), seed=0)(X), X))
        close(found, (dense(X, 5, 3)[0].detach(), X))

    test_from_scratch = written_from_scratch


# ---- init_constant and my_init


def mixed():
    """Layers of many kinds beside one nn.Linear, all with random parameters."""
    parts = {
        "conv": nn.Conv2d(2, 3, 3), "norm": nn.BatchNorm1d(4), "embedding": nn.Embedding(5, 2), "gain": Gain(3),
        "linear": nn.Linear(3, 4), "rnn": nn.RNN(2, 3),
    }  # fmt: skip
    return set_parameters(nn.ModuleDict(parts), seed=0)


def values(module):
    """The values of all parameters."""
    return {name: parameter.detach().clone() for name, parameter in module.named_parameters()}


def constant(module):
    """Those of weights 1 and biases 0, in shape and dtype of a module's."""
    return {n: torch.ones_like(p) if n.endswith("weight") else torch.zeros_like(p) for n, p in values(module).items()}


def nested():
    inner = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Tanh(), nn.Linear(4, 2)))
    return set_parameters(nn.Sequential(inner, nn.ModuleList([nn.Linear(2, 5)]), nn.Linear(2, 1)), seed=0)


@pytest.mark.exercise("init_constant")
class TestInitConstant:
    @pytest.mark.points(2)
    def test_layer(self, run):
        """Fills the weight with 1 and the bias with 0, whatever they were.
        无论原值如何，权重填为 1，偏置填为 0。"""

        def probe(impl):
            layer = set_parameters(nn.Linear(4, 3), seed=0)
            impl.init_constant(layer)
            return values(layer)

        close(run(probe), {"weight": torch.ones(3, 4), "bias": torch.zeros(3)})

    @pytest.mark.points(2)
    def test_apply(self, run):
        """With apply() reaches every fully connected layer of a network, however nested.
        通过 apply() 作用于网络中的每个全连接层，无论嵌套多深。"""
        close(run(lambda impl: values(nested().apply(impl.init_constant))), constant(nested()))

    @pytest.mark.points(2)
    def test_other_layers(self, run):
        """Leaves layers of other kinds as they are: convolutions, norms, embeddings, layers of one's own.
        其他类型的层保持原样：卷积、归一化、嵌入，以及自定义层。"""
        expected = values(mixed()) | {"linear.weight": torch.ones(4, 3), "linear.bias": torch.zeros(4)}
        close(run(lambda impl: values(mixed().apply(impl.init_constant))), expected)

    def test_in_place(self, run, randn):
        """Changes the values in the parameters that are there, which stay trainable.
        就地修改已有参数的值，参数仍可训练。"""
        X = randn(2, 4)

        def probe(impl):
            layer = set_parameters(nn.Linear(4, 3), seed=0)
            held = layer.weight, layer.bias
            impl.init_constant(layer)
            layer(X).sum().backward()
            return held, [p.grad for p in held]

        column = X.sum(0, keepdim=True).expand(3, 4)
        close(run(probe), ((torch.ones(3, 4), torch.zeros(3)), [column, torch.full((3,), 2.0)]))

    def test_float64(self, run):
        """Keeps float64, and fills a layer of one input and one output.
        保持 float64，并能处理只有一个输入和一个输出的层。"""

        def probe(impl):
            net = set_parameters(nn.ModuleList([nn.Linear(2, 3), nn.Linear(1, 1)]), seed=0).double()
            return values(net.apply(impl.init_constant))

        close(run(probe), constant(nn.ModuleList([nn.Linear(2, 3), nn.Linear(1, 1)]).double()))

    @pytest.mark.bonus
    def test_no_bias(self, run):
        """Takes a layer without bias.
        可处理没有偏置的层。"""

        def probe(impl):
            layer = set_parameters(nn.Linear(4, 3, bias=False), seed=0)
            impl.init_constant(layer)
            return values(layer)

        close(run(probe), {"weight": torch.ones(3, 4)})


def summary(weight):
    """What is true of all draws of my_init, to the precision that 10,000 of them allow.

    The shares of values in [-10, -7.5), [-7.5, -5), of zeros, in (5, 7.5] and (7.5, 10], and of all others, to the
    nearest eighth; the least and the greatest value and the smallest that is not 0, to the nearest half.
    """
    w, size = weight.detach(), weight.detach().abs()
    upper, lower = size > 7.5, (size >= 5) & (size <= 7.5)
    kinds = [(w < 0) & upper, (w < 0) & lower, w == 0, (w > 0) & lower, (w > 0) & upper, (size < 5) & (w != 0)]
    shares = torch.stack([kind.double().mean() for kind in kinds])
    smallest = torch.where(w == 0, torch.inf, size).min()
    return to_grid(shares, 1 / 8), to_grid(torch.stack([w.min(), w.max(), smallest]).double(), 1 / 2), list(w.shape)


def drawn(*shape):
    """What `summary` should give."""
    eighths = torch.tensor([1.0, 1.0, 4.0, 1.0, 1.0, 0.0], dtype=torch.float64) / 8
    return eighths, torch.tensor([-10.0, 10.0, 5.0], dtype=torch.float64), list(shape)


@pytest.mark.exercise("my_init")
class TestMyInit:
    @pytest.mark.points(2)
    def test_values(self, run):
        """Half of the weights are 0, the others evenly spread over [-10, -5] and [5, 10].
        一半的权重为 0，其余均匀分布在 [-10, -5] 和 [5, 10] 上。"""

        def probe(impl):
            layer = nn.Linear(125, 80)
            impl.my_init(layer)
            return summary(layer.weight)

        close(run(probe), drawn(80, 125))

    def test_apply(self, run):
        """With apply() reaches every fully connected layer of a network, and draws other values for each.
        通过 apply() 作用于网络中的每个全连接层，各层取值不同。"""

        def probe(impl):
            net = nn.Sequential(nn.Linear(100, 100), nn.Sequential(nn.ReLU(), nn.Linear(100, 100)))
            net.apply(impl.my_init)
            one, other = net[0].weight, net[1][1].weight
            return summary(one), summary(other), bool(torch.equal(one, other))

        close(run(probe), (drawn(100, 100), drawn(100, 100), False))

    def test_fresh_values(self, run):
        """Draws anew, whatever the weight was: also on a layer that it has been called on before.
        无论权重原值如何都重新抽取：再次作用于同一层时也是如此。"""

        def probe(impl):
            layer = nn.Linear(100, 100)
            layer.weight.data.zero_()
            impl.my_init(layer)
            first = layer.weight.detach().clone()
            impl.my_init(layer)
            return summary(first), summary(layer.weight), bool(torch.equal(first, layer.weight))

        close(run(probe), (drawn(100, 100), drawn(100, 100), False))

    def test_bias_untouched(self, run, randn):
        """Leaves the bias as it was.
        不改变偏置。"""
        bias = randn(100)

        def probe(impl):
            layer = nn.Linear(100, 100)
            layer.bias.data = bias.clone()
            impl.my_init(layer)
            return layer.bias, summary(layer.weight)

        close(run(probe), (bias, drawn(100, 100)))

    @pytest.mark.points(2)
    def test_other_layers(self, run):
        """Leaves layers of other kinds as they are: convolutions, norms, embeddings, layers of one's own.
        其他类型的层保持原样：卷积、归一化、嵌入，以及自定义层。"""

        def probe(impl):
            net = mixed()
            net["linear"] = nn.Linear(100, 100)
            net.apply(impl.my_init)
            weight = net["linear"].weight
            del net["linear"]
            return values(net), summary(weight)

        others = {name: value for name, value in values(mixed()).items() if not name.startswith("linear")}
        close(run(probe), (others, drawn(100, 100)))

    def test_in_place(self, run):
        """Changes the values in the parameter that is there, which stays trainable and may be of float64.
        就地修改已有参数的值；参数仍可训练，可以是 float64。"""

        def probe(impl):
            layer = nn.Linear(100, 100).double()
            held = layer.weight
            impl.my_init(layer)
            return summary(held), held.dtype, held.requires_grad, layer.weight is held

        close(run(probe), (drawn(100, 100), torch.float64, True, True))

    def test_no_bias(self, run):
        """Takes a layer without bias.
        可处理没有偏置的层。"""

        def probe(impl):
            layer = nn.Linear(80, 125, bias=False)
            impl.my_init(layer)
            return summary(layer.weight)

        close(run(probe), drawn(125, 80))
