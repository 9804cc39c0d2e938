"""ch23: lenet, layer_shapes, evaluate_accuracy_gpu, train_ch6."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, expect, gradients, namesakes, promise, raises, set_parameters, standard

INPUTS, CLASSES = 4, 3
CPU, CPU0 = torch.device("cpu"), torch.device("cpu", 0)  # one place, two names


def numbered(net, dtype=torch.float32, scale=0.3):
    """A net whose parameters have values by their number, not by their name: layers may have names of their own."""
    set_parameters(nn.ParameterList(net.to(dtype).parameters()), seed=0, scale=scale)
    return net


def lenet_parameters():
    """The same parameters without the net."""
    shapes = (6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)
    return list(set_parameters(nn.ParameterList(torch.empty(shape) for shape in shapes), seed=0, scale=0.3))


def lenet_scores(X):
    """LeNet from torch's functions."""
    c1, b1, c2, b2, *dense = lenet_parameters()
    Y = F.avg_pool2d(torch.sigmoid(F.conv2d(X, c1, b1, padding=2)), 2)
    Y = F.avg_pool2d(torch.sigmoid(F.conv2d(Y, c2, b2)), 2).flatten(1)
    Y = torch.sigmoid(F.linear(Y, *dense[:2]))
    return F.linear(torch.sigmoid(F.linear(Y, *dense[2:4])), *dense[4:]).detach()


@pytest.mark.exercise("lenet")
class TestLeNet:
    @standard(promise.batch_of_one("X"), net=lambda impl: numbered(impl.lenet()))
    def arguments(self, randn):
        return {"X": randn(2, 1, 28, 28)}

    def test_layers(self, run):
        """Has the layers of LeNet in order, without an activation after the last.
        各层的种类和顺序与 LeNet 一致，最后一层之后没有激活函数。"""
        kinds = run(lambda impl: {f"layer {i}": type(layer).__name__ for i, layer in enumerate(impl.lenet())})
        block = ["Conv2d", "Sigmoid", "AvgPool2d"]
        lenet = [*block, *block, "Flatten", "Linear", "Sigmoid", "Linear", "Sigmoid", "Linear"]
        close(kinds, {f"layer {i}": kind for i, kind in enumerate(lenet)})

    @pytest.mark.points(2)
    def test_scores(self, run, randn):
        """Returns the same scores as a LeNet built from torch's functions.
        得分与用 torch 的函数搭建的 LeNet 一致。"""
        X = randn(3, 1, 28, 28)
        close(run(lambda impl: numbered(impl.lenet())(X)), lenet_scores(X))

    @pytest.mark.points(2)
    def test_shapes(self, run, randn, chance):
        """Gives the right shapes, layer by layer, for several images.
        输入多张图像时，每一层输出的形状都正确。"""
        X = randn(n := chance.randint(2, 99), 1, 28, 28)

        def probe(impl):
            Y, seen = X, []
            for layer in impl.lenet():
                Y = layer(Y)
                seen.append(list(Y.shape))
            return seen

        maps = [[n, 6, 28, 28], [n, 6, 28, 28], [n, 6, 14, 14], [n, 16, 10, 10], [n, 16, 10, 10], [n, 16, 5, 5]]
        close(run(probe), maps + [[n, size] for size in (400, 120, 120, 84, 84, 10)])

    def test_parameters(self, run):
        """Has 61,706 parameters.
        共有 61,706 个参数。"""
        counts = run(lambda impl: [p.numel() for p in impl.lenet().parameters()])
        close([sum(counts), counts], [61_706, [p.numel() for p in lenet_parameters()]])

    def test_every_second_image(self, agree, randn):
        """Accepts every second image of a batch, which is not contiguous, in float64.
        可接受每隔一张取一张得到的非连续输入，数据类型为 float64。"""
        X = randn(4, 1, 28, 28, dtype=torch.float64)
        agree(lambda impl: numbered(impl.lenet(), torch.float64)(X[::2]))

    def test_new_net(self, agree, randn):
        """Creates a new net in each call.
        每次调用都创建一个新网络。"""
        X = randn(2, 1, 28, 28)
        agree(lambda impl: [net(X) for net in [numbered(impl.lenet(), scale=s) for s in (0.3, 0.2)]])

    @pytest.mark.points(2)
    def test_gradients(self, agree, randn):
        """Passes the right gradients to the images and to each parameter.
        图像和每个参数的梯度都正确。"""
        X = randn(2, 1, 28, 28, dtype=torch.float64)
        agree(lambda impl: (gradients(net := numbered(impl.lenet(), X.dtype), X), [p.grad for p in net.parameters()]))


class Halves(nn.Module):
    """A layer of one's own: the first half of the features."""

    def forward(self, X):
        return X[:, : X.shape[1] // 2]


def tanh_net():
    """Layers like LeNet's, another activation and pooling."""
    block = nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2, 2)
    again = nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2, 2)
    return nn.Sequential(*block, *again, nn.Flatten(), nn.Linear(400, 20), nn.Tanh(), nn.Linear(20, 10))


def normalised():
    """A net with moving statistics and dropout, at two depths; some of it is in evaluation mode."""
    inner = nn.Sequential(nn.BatchNorm1d(5), nn.Dropout(0.5))
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 5), inner, nn.Linear(5, 2))
    net[1].eval()
    inner[1].eval()
    return net


def condition(net):
    """The mode of every module, and how many hooks it has."""
    return [(m.training, len(m._forward_hooks) + len(m._forward_pre_hooks)) for m in net.modules()]


def watched(module, action):
    """The action's result, whether an output of the module had a graph, and whether gradients are enabled after it."""
    seen = []
    module.register_forward_hook(lambda *call: seen.append(call[-1].requires_grad))
    return action(), any(seen), torch.is_grad_enabled()


def walked(net, X):
    """What hooks on the top-level layers see."""
    seen = []
    for layer in dict.fromkeys(net):
        layer.register_forward_hook(lambda layer, _, Y: seen.append((type(layer).__name__, tuple(Y.shape))))
    with torch.no_grad():
        net.eval()(X)
    return seen


@pytest.mark.exercise("layer_shapes")
class TestLayerShapes:
    @pytest.mark.points(2)
    def test_table(self, run, randn, chance):
        """Returns the book's table of shapes for a net like LeNet and any number of images.
        对结构与 LeNet 相仿的网络，返回书中那样的形状表；图像可以有任意多张。"""
        X = randn(n := chance.randint(1, 30), 1, 28, 28)
        maps = ("Conv2d", (n, 6, 28, 28)), ("Tanh", (n, 6, 28, 28)), ("MaxPool2d", (n, 6, 14, 14))
        maps += ("Conv2d", (n, 16, 10, 10)), ("Tanh", (n, 16, 10, 10)), ("MaxPool2d", (n, 16, 5, 5))
        dense = ("Flatten", (n, 400)), ("Linear", (n, 20)), ("Tanh", (n, 20)), ("Linear", (n, 10))
        close(run(lambda impl: impl.layer_shapes(tanh_net(), X)), [*maps, *dense])

    def test_words(self, run, chance):
        """Runs the layers on X itself, here token indices, and names layers of your own by their class.
        用 X 本身（这里是词元的索引）运行各层；自定义的层用自己的类名表示。"""
        X = torch.arange(6 * chance.randint(2, 30)).reshape(-1, 6) % 7
        net = nn.Sequential(
            nn.Embedding(7, 4), Halves(), nn.Flatten(), nn.Unflatten(1, (3, 4)), nn.AvgPool1d(2)
        ).double()
        close(run(lambda impl: impl.layer_shapes(net, X)), walked(net, X))

    def test_nested(self, run, randn, chance):
        """Counts a nested Sequential as one layer, even an empty one.
        嵌套的 Sequential 算作一层，空的也算一层。"""
        X, inner = randn(chance.randint(2, 30), 1, 6, 5), nn.Sequential(nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU()))
        net = nn.Sequential(inner, nn.Sequential(), nn.Flatten(), nn.Linear(36, 2))
        close(run(lambda impl: impl.layer_shapes(net, X)), walked(net, X))

    def test_shared_layer(self, run, randn, chance):
        """Lists a layer twice if it stands at two places.
        同一个层用在两处时，列出两次。"""
        X, shared = randn(chance.randint(2, 30), 4), nn.Tanh()
        net = nn.Sequential(shared, nn.Linear(4, 8), shared, nn.Sequential(nn.Linear(8, 6)))
        close(run(lambda impl: impl.layer_shapes(net, X)), walked(net, X))

    @pytest.mark.needs("table")
    def test_modes_restored(self, agree, randn, chance):
        """Leaves each module in its own mode, training or evaluation, and without hooks.
        每个模块都保持原来的模式（训练或评估），也不留下钩子。"""
        X = randn(chance.randint(2, 30), 2, 4, 4)
        agree(lambda impl: [(impl.layer_shapes(n, X), condition(n)) for n in (normalised(), normalised().eval())])

    def test_restored_after_an_error(self, agree, randn, chance):
        """Passes on the error of a layer, and restores the modes before that.
        某一层出错时继续抛出该错误，各模块同样恢复原来的模式。"""
        X = randn(chance.randint(2, 30), 2, 4, 4)

        def probe(impl):
            net = normalised()
            refused = raises(lambda: impl.layer_shapes(net, X[:, :, :3]), RuntimeError)
            return refused, condition(net), impl.layer_shapes(net, X)

        agree(probe)

    @pytest.mark.needs("table")
    def test_statistics_untouched(self, agree, randn, chance):
        """Leaves the moving statistics of batch normalisation unchanged.
        不改变批量规范化的移动平均。"""
        X, net = randn(chance.randint(2, 30), 2, 4, 4), normalised().train()
        agree(lambda impl: (impl.layer_shapes(net, X), dict(net.named_buffers())))

    @pytest.mark.needs("table")
    def test_no_graph(self, agree, randn, chance):
        """Builds no computational graph, and leaves gradients enabled afterwards.
        不构建计算图；调用之后仍可计算梯度。"""
        X, net = randn(chance.randint(2, 30), 3), nn.Sequential(nn.Linear(3, 4), Halves(), nn.Linear(2, 2))
        agree(lambda impl: watched(net[0], lambda: impl.layer_shapes(net, X)))

    @pytest.mark.needs("table")
    def test_input_untouched(self, agree, randn):
        """Leaves X unchanged, even if the first layer works in place.
        不修改 X，即使第一层是原地操作。"""
        X, net = randn(3, 4), nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 2))
        agree(lambda impl: (impl.layer_shapes(net, X), X))


class Scores(nn.Module):
    """A linear classifier that is no nn.Linear, with parameters that are always the same.

    Of a list of two tensors it takes the difference.
    """

    def __init__(self, dtype=torch.float32):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(INPUTS, CLASSES, dtype=dtype))
        self.bias = nn.Parameter(torch.empty(CLASSES, dtype=dtype))
        set_parameters(self, seed=0, scale=1.0)

    def forward(self, X):
        X = X[0] - X[1] if isinstance(X, list) else X
        return X @ self.weight + self.bias


class Anchored(nn.Module):
    """A net whose parameters are on a device that is not there, and whose answers are those of another."""

    def __init__(self, net):
        super().__init__()
        self.anchor = nn.Parameter(torch.empty(1, device="meta"))
        self.held = [net]  # in a list it is no submodule

    def forward(self, X):
        return self.held[0](X)


class Cargo(torch.Tensor):
    """A tensor that notes where it is sent, and stays where it is. Results of operations on it note nothing."""

    note = None

    def to(self, *places, **options):
        if self.note is None:
            return self.as_subclass(torch.Tensor).to(*places, **options)
        self.note(places[0] if places else options["device"])
        return self.as_subclass(torch.Tensor)


def cargo(data, sent, name=""):
    """The same minibatches, made of tensors that note in `sent` where they go."""
    if isinstance(data, torch.Tensor):
        parcel = data.as_subclass(Cargo)
        parcel.note = lambda device: sent.append((name, str(device)))
        return parcel
    return [cargo(part, sent, f"{name}.{i}") for i, part in enumerate(data)]


@pytest.fixture
def batches(randn):
    """Minibatches (X, y) of these sizes, X a tensor or a list of two; `Scores` errs in the first of every three."""

    def draw(*sizes, dtype=torch.float32, lists=False):
        inputs = [[randn(size, INPUTS, dtype=dtype), randn(size, INPUTS, dtype=dtype)] for size in sizes]
        inputs = inputs if lists else [first for first, _ in inputs]
        best = [Scores(dtype)(X).argmax(1) for X in inputs]
        return [(X, (y + (torch.arange(len(y)) % 3 == 0)) % CLASSES) for X, y in zip(inputs, best, strict=True)]

    return draw


def moved(impl, net, data, *device):
    """The accuracy, and where the tensors of the data were sent."""
    sent = []
    return impl.evaluate_accuracy_gpu(net, cargo(data, sent), *device), sorted(set(sent))


@pytest.mark.exercise("evaluate_accuracy_gpu")
class TestEvaluateAccuracyGPU:
    @pytest.mark.points(2)
    def test_unequal_batches(self, run, batches, chance):
        """Gives each example the same weight, whatever the size of its minibatch.
        每个样本的权重相同，与所在小批量的大小无关。"""
        (first, _), (last, _) = batches(wrong := chance.randint(10, 30), right := chance.randint(1, 9))
        data = [(first, Scores()(first).argmin(1)), (last, Scores()(last).argmax(1))]
        close(run(lambda impl: impl.evaluate_accuracy_gpu(Scores(), data)), right / (wrong + right))

    def test_list_of_inputs(self, run, batches, chance):
        """Passes a list of tensors to the net as a list.
        X 是张量列表时，以列表的形式传给网络。"""
        data = batches(3 * (n := chance.randint(2, 30)), 4, lists=True)  # of which 2 n and 2 are right
        close(run(lambda impl: impl.evaluate_accuracy_gpu(Scores(), data)), (2 * n + 2) / (3 * n + 4))

    def test_given_device(self, agree, batches, chance):
        """Moves inputs and labels to the given device, including each tensor of a list.
        把输入和标签移到给定的设备上；X 是列表时，移动其中的每个张量。"""
        data = [*batches(3 * chance.randint(2, 30), 3), *batches(4, lists=True)]
        agree(lambda impl: moved(impl, Scores(), data, CPU0))

    def test_device_of_the_parameters(self, agree, batches, chance):
        """Moves inputs and labels to the device of the net's parameters if no device is given.
        没有给出设备时，把输入和标签移到网络参数所在的设备上。"""
        data = [*batches(3 * chance.randint(2, 30), 3), *batches(4, lists=True)]
        agree(lambda impl: moved(impl, Anchored(Scores()), data))

    def test_evaluation_mode(self, agree, batches, chance):
        """Puts the net into evaluation mode, so that dropout drops nothing.
        把网络设为评估模式，此时暂退法不丢弃任何单元。"""
        data, net = batches(3 * chance.randint(2, 30), 4), nn.Sequential(nn.Dropout(p=1.0), Scores())
        agree(lambda impl: (impl.evaluate_accuracy_gpu(net, data), net.training))

    @pytest.mark.needs("unequal_batches")
    def test_no_graph(self, agree, batches, chance):
        """Builds no computational graph, and leaves gradients enabled afterwards.
        不构建计算图；调用之后仍可计算梯度。"""
        data, net = batches(3 * chance.randint(2, 30) + 1), Scores()
        agree(lambda impl: watched(net, lambda: impl.evaluate_accuracy_gpu(net, data)))

    def test_read_once(self, agree, batches, chance):
        """Accepts a generator, which has no length and allows only a single pass.
        可以传入生成器：它没有长度，只能遍历一遍。"""
        data = batches(3 * chance.randint(2, 30), 4, 1)
        agree(lambda impl: impl.evaluate_accuracy_gpu(Scores(), (pair for pair in data)))

    def test_float64(self, agree, batches, chance):
        """Accepts a float64 net and batches of one example, and returns a Python float.
        net 可以是 float64 的，小批量可以只有一个样本；返回 Python float。"""
        X, y = batches(3 * chance.randint(2, 30) + 1, dtype=torch.float64)[0]
        data = list(zip(X.split(1), y.split(1), strict=True))
        agree(lambda impl: (part := impl.evaluate_accuracy_gpu(Scores(torch.float64), data), type(part).__name__))


def train(impl, net, data, test, epochs=1, lr=0.5, device=CPU):
    """(loss, training accuracy, test accuracy) as drawn at the end of each epoch, and the parameters after it all."""
    points = []
    for animator in namesakes(impl, "Animator"):  # they keep this method until the next call
        animator.add = lambda _self, x, y: points.extend((x, i, value) for i, value in enumerate(y))
    impl.train_ch6(net, data, test, epochs, lr, device)
    curves = {(x, i): float(value + 0.0) for x, i, value in points if value is not None}  # a number, or a tensor of one
    return [[curves.get((x, i)) for i in range(3)] for x in range(1, epochs + 1)], dict(net.named_parameters())


def plain_loop(net, data, test, epochs=1, lr=0.5):
    """The same, one line at a time, for nets that have no weights to draw."""
    figures, size = [], sum(len(y) for _, y in data)
    for _ in range(epochs):
        right, loss = 0, 0.0
        for X, y in data:
            scores = net.train()(X)
            losses = -torch.log_softmax(scores, 1)[torch.arange(len(y)), y]
            slopes = torch.autograd.grad(losses.mean(), list(net.parameters()))
            for p, slope in zip(net.parameters(), slopes, strict=True):
                p.data -= lr * slope
            right, loss = right + (scores.argmax(1) == y).sum().item(), loss + losses.sum().item()
        hits = torch.cat([net.eval()(X).argmax(1) == y for X, y in test])
        figures.append([loss / size, right / size, hits.double().mean().item()])
    return figures, {name: p.detach() for name, p in net.named_parameters()}


def as_plain_loop(run, make_net, data, test, epochs=1):
    """Training a net gives the figures and the parameters of the plain loop."""
    trained = run(lambda impl: train(impl, make_net(), data, test, epochs))
    close(trained, plain_loop(make_net(), data, test, epochs))


def fans(outputs):
    """fan_in + fan_out of the weights of deep_net that are drawn."""
    return {"0.weight": 100 + 400, "2.0.0.weight": 256 + 60, "4.weight": 60 + outputs}


def deep_net(outputs):
    """Layers whose weights are drawn, at three depths, and some whose are not; all of them far from any draw."""
    hidden = nn.Sequential(nn.Sequential(nn.Linear(256, 60)), nn.BatchNorm1d(60))
    net = nn.Sequential(nn.Conv2d(4, 16, 5), nn.Flatten(), hidden, nn.PReLU(60), nn.Linear(60, outputs))
    return set_parameters(net, seed=0, scale=3.0)


@pytest.mark.exercise("train_ch6")
@pytest.mark.timeout(20)  # the first optimizer of a process takes torch a second, or more on a busy machine
class TestTrain:
    @pytest.mark.points(2)
    def test_parameters(self, run, batches):
        """Follows the gradient of the mean cross-entropy of each minibatch, as a plain loop does.
        沿每个小批量平均交叉熵的梯度更新，结果与逐行写出的循环一致。"""
        data, test = batches(8, 8, 5, 7, 8, 3), batches(6)
        trained = run(lambda impl: train(impl, Scores(), data, test, epochs=2)[1])
        close(trained, plain_loop(Scores(), data, test, epochs=2)[1])

    @pytest.mark.points(2)
    def test_figures(self, run, batches):
        """Draws the mean loss and the accuracy of each epoch, and the test accuracy after it.
        画出每个迭代周期的平均损失和训练精度，以及该周期之后的测试精度。"""
        data, test = batches(8, 8, 5, 7, 1, 3), batches(9, 2)
        data[-1] = data[-1][0] * 8, Scores()(data[-1][0]).argmin(1)  # a short batch of its own kind
        figures = run(lambda impl: train(impl, Scores(), data, test, epochs=3, lr=0.2)[0])
        close(figures, plain_loop(Scores(), data, test, epochs=3, lr=0.2)[0])

    def test_batches_of_one(self, run, batches):
        """Trains on batches of one example, in float64.
        小批量只有一个样本、数据类型为 float64 时也能训练。"""
        data, test = batches(1, 1, 1, 1, 1, 1, dtype=torch.float64), batches(4, dtype=torch.float64)
        as_plain_loop(run, lambda: Scores(torch.float64), data, test)

    @pytest.mark.points(2)
    def test_xavier(self, run, randn, chance):
        """Draws the weights of linear and convolutional layers, at any depth, from Xavier's uniform distribution.
        全连接层和卷积层的权重都从 Xavier 均匀分布中抽取，无论嵌套多深。"""
        data, outputs = [(randn(3, 4, 8, 8), torch.arange(3)) for _ in range(5)], chance.randint(40, 90)
        weights = run(lambda impl: train(impl, deep_net(outputs), data, data, lr=0.0)[1])
        for name, sum_of_fans in fans(outputs).items():
            drawn = weights[name].double() * (sum_of_fans / 6) ** 0.5  # as if from U(-1, 1)
            within, margin = drawn.abs().max() <= 1 + 1e-6, drawn.numel() ** -0.5  # five sigma of mean and square:
            even = abs(drawn.mean()) < 2.9 * margin and abs(drawn.square().mean() - 1 / 3) < 1.5 * margin
            expect(
                within and even,
                f"{name} is not drawn from Xavier's uniform distribution.",
                f"{name} 不是从 Xavier 均匀分布中抽取的。",
            )

    def test_other_parameters(self, run, randn, chance):
        """Draws no biases and no parameters of other layers. With lr 0 they stay the same.
        不重新抽取偏置和其他层的参数；学习率为 0 时，它们保持不变。"""
        data, outputs = [(randn(3, 4, 8, 8), torch.arange(3)) for _ in range(5)], chance.randint(40, 90)
        after = run(lambda impl: train(impl, deep_net(outputs), data, data, lr=0.0)[1])
        for name, before in deep_net(outputs).named_parameters():
            moved = (after[name] - before).abs().max()
            fits = moved > 1 if name in fans(outputs) else moved == 0
            expect(fits, f"{name} changed by {moved:.4g}.", f"{name} 改变了 {moved:.4g}。")

    def test_training_mode(self, run, batches):
        """Trains in training mode in each epoch, also after a test: with dropout of 1, only the bias learns.
        每个迭代周期都在训练模式下训练，测试之后也是如此：丢弃概率为 1 时，只有偏置在学习。"""
        data, test = batches(6, 6, 6, 6, 6), batches(31)
        as_plain_loop(run, lambda: nn.Sequential(nn.Dropout(p=1.0), Scores()).eval(), data, test, epochs=3)

    def test_old_gradients(self, run, batches):
        """Gradients from before the call have no effect on the first step.
        调用之前留下的梯度不影响第一次更新。"""

        def net():
            used = Scores()
            used(torch.ones(INPUTS)).square().sum().backward()
            return used

        as_plain_loop(run, net, batches(8, 8, 8, 8, 8), batches(6))

    def test_device(self, agree, batches):
        """Moves the net and each minibatch of both data sets to the device.
        把网络以及两个数据集的每个小批量都移到设备上。"""
        data, test = batches(4, 4, 3, 4, 4), batches(5, 2)

        def probe(impl):
            net, sent = Scores(), []
            net.to = lambda device=None, *_, **__: sent.append(("net", str(device))) or net
            parameters = train(impl, net, cargo(data, sent, "train"), cargo(test, sent, "test"), device=CPU0)[1]
            places = {place for name, place in sent if "test" not in name}  # the test data may go to the net's
            return sorted({name for name, _ in sent}), sorted(places), parameters

        agree(probe)

    def test_bad_start(self, run, randn, chance):
        """Learns classes that are far apart, however bad the net's old weights are.
        网络原来的权重再差，也能学会区分相距很远的类别。"""
        y = torch.tensor(chance.sample(list(range(CLASSES)) * 3, 9))
        *data, (X, _) = [(torch.eye(INPUTS)[y] + 0.1 * randn(9, INPUTS), y) for _ in range(9)]

        def probe(impl):
            net = nn.Sequential(set_parameters(nn.Linear(INPUTS, CLASSES), seed=0, scale=100.0))
            net[0].bias.data.zero_()
            train(impl, net, data, data, epochs=3)
            return net(X)

        right = (run(probe).argmax(1) == y).sum()
        expect(
            right == 9,
            f"The net classifies {right} of nine new examples correctly.",
            f"九个新样本中答对了 {right} 个。",
        )

    @pytest.mark.bonus
    def test_two_batches(self, run, batches):
        """Trains on fewer than five minibatches, where the book's code divides by zero.
        少于五个小批量时也能训练（书中的代码此时会除以零）。"""
        as_plain_loop(run, Scores, batches(8, 5), batches(6))
