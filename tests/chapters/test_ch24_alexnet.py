"""ch24: alexnet, count_parameters, memory_of_activations.

Nets are created on the meta device: shapes without values cost milliseconds. They get values only where values matter.
"""

import pytest
import torch
from torch import nn

from dlgrade.testing import close, draw_int, gradients, layers, patterned


def sketched(impl, *args, **kwargs):
    """The submission's AlexNet without values."""
    with torch.device("meta"):
        return impl.alexnet(*args, **kwargs)


def walked(net, channels):
    """The shape after each layer. The batch has no images and the parameters take no memory: nothing is computed."""
    state = {name: torch.ones(()).expand(tensor.shape) for name, tensor in net.state_dict().items()}
    net.load_state_dict(state, assign=True)
    Y, seen = torch.empty(0, channels, 224, 224), {}
    for number, layer in enumerate(net.eval()):
        Y = layer(Y)
        seen[f"shape after layer {number}"] = tuple(Y.shape[1:])
    return seen


@pytest.mark.exercise("alexnet")
class TestAlexNet:
    def test_layers(self, agree):
        """Is a flat nn.Sequential of the 21 layers in order, each with the settings of the statement.
        是由 21 层按顺序组成的 nn.Sequential，没有嵌套；每一层的设置都与题目一致。"""
        agree(lambda impl: layers(sketched(impl)))

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")  # other shapes may take gigabytes
    @pytest.mark.timeout(20)
    def test_scores(self, agree, randn, generator):
        """Returns the right scores in evaluation mode.
        评估模式下的得分正确。"""
        channels, classes = draw_int(generator, 2, 4), draw_int(generator, 2, 30)
        X = randn(2, channels, 224, 224)

        def probe(impl):
            with torch.no_grad():
                return patterned(sketched(impl, channels, classes)).eval()(X)

        agree(probe, rtol=1e-4, atol=1e-4)  # sums of up to 6400 products, in another order on each machine

    @pytest.mark.points(2)
    def test_shapes(self, agree, generator):
        """Has the book's shapes, layer by layer, for any number of channels and classes.
        每一层输出的形状都与书中一致；通道数和类别数可以任意指定。"""
        channels, classes = draw_int(generator, 2, 9), draw_int(generator, 11, 99)
        agree(lambda impl: [walked(sketched(impl, c, k), c) for c, k in ((channels, classes), (1, 10))])

    def test_defaults(self, run, generator):
        """Has 46,764,746 parameters for one channel and ten classes, and these are the defaults.
        一个通道、十个类别时有 46,764,746 个参数，这也是默认值。"""
        channels, classes = draw_int(generator, 2, 9), draw_int(generator, 11, 99)

        def probe(impl):
            nets = [sketched(impl), sketched(impl, channels), sketched(impl, num_classes=classes)]
            return [sum(p.numel() for p in net.parameters()) for net in nets]

        book = 46_764_746
        close(run(probe), [book, book + (channels - 1) * 96 * 11 * 11, book + (classes - 10) * 4097])

    def test_dropout(self, agree, generator):
        """Both dropout layers drop half of the values in training, and none in evaluation mode.
        两个暂退层在训练时把一半的值置零，在评估模式下不改变输入。"""
        X = torch.full((4096,), 0.25 * draw_int(generator, 1, 99))

        def probe(impl):
            layers = [layer for layer in sketched(impl) if isinstance(layer, nn.Dropout)]
            return [[layer.train()(X.clone()).unique(), layer.eval()(X.clone()).unique()] for layer in layers]

        agree(probe)

    def test_new_net(self, agree, generator):
        """Creates a new net in each call.
        每次调用都创建一个新网络。"""
        classes = draw_int(generator, 11, 99)

        def probe(impl):
            first, second = (list(sketched(impl, 1, classes).parameters()) for _ in range(2))
            same = sum(one is other for one, other in zip(first, second, strict=True))
            return len(first), same, second[-1].numel()

        agree(probe)

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")
    @pytest.mark.timeout(20)
    def test_gradients(self, agree, randn):
        """The convolutions pass the right gradients to the image and to each of their parameters.
        卷积部分对图像和其中每个参数的梯度都正确。"""
        X = randn(1, 1, 224, 224)

        def probe(impl):
            features = patterned(sketched(impl)[:13])
            slope = gradients(features, X)
            return slope, [parameter.grad.norm() for parameter in features.parameters()]

        agree(probe, rtol=1e-4, atol=1e-4)  # sums of thousands of products


class Scaled(nn.Module):
    """A layer with parameters of its own; one of them is a scalar."""

    def __init__(self, width):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(width))
        self.scale = nn.Parameter(torch.tensor(2.0))


def counts(impl, *nets):
    """The number of trainable parameters and of all parameters, net by net."""
    return [[impl.count_parameters(net), impl.count_parameters(net, trainable_only=False)] for net in nets]


@pytest.fixture
def widths(chance):
    """Four different widths."""
    return chance.sample(range(3, 30), 4)


@pytest.mark.exercise("count_parameters")
class TestCountParameters:
    @pytest.mark.points(2)
    def test_layers(self, run, widths):
        """Counts weights and biases of convolutions and linear layers.
        统计卷积层和全连接层的权重与偏置。"""
        a, b, c, d = widths
        nets = nn.Sequential(nn.Conv2d(a, b, (3, 2)), nn.ReLU(), nn.Flatten()), nn.Linear(c, d)
        expected = [a * b * 6 + b] * 2, [c * d + d] * 2
        close(run(lambda impl: counts(impl, *nets)), [*map(list, expected)])

    @pytest.mark.points(2)
    def test_frozen(self, run, widths):
        """Leaves out frozen parameters by default, and counts them with trainable_only=False.
        默认不计冻结的参数；trainable_only=False 时也计入。"""
        a, b, c, d = widths
        net = nn.Sequential(nn.Linear(a, b), nn.Linear(b, c), nn.Linear(c, d)).requires_grad_(False)
        partly = nn.Sequential(nn.Linear(a, b), nn.Linear(b, c))
        partly[0].weight.requires_grad_(False)
        whole = (a + 1) * b + (b + 1) * c
        close(run(lambda impl: counts(impl, net, partly)), [[0, whole + (c + 1) * d], [whole - a * b, whole]])

    def test_shared_layer(self, run, widths):
        """Counts a layer once that occurs at two places.
        同一个层用在两处时，只计一次。"""
        a, b, _, _ = widths
        shared = nn.Linear(a, a)
        nets = nn.Sequential(shared, nn.ReLU(), shared), nn.Sequential(nn.Linear(b, a), nn.Sequential(shared), shared)
        expected = a * a + a, a * a + a + (b + 1) * a
        close(run(lambda impl: counts(impl, *nets)), [[number] * 2 for number in expected])

    def test_shared_parameter(self, run, widths):
        """Counts a weight once that two layers share.
        两个层共用的权重只计一次。"""
        a, b, c, _ = widths
        net = nn.Sequential(nn.Linear(a, b, bias=False), nn.Linear(b, c), nn.Linear(a, b))
        net[2].weight = net[0].weight
        other = nn.Sequential(nn.Linear(a, a), nn.Linear(a, a))
        close(run(lambda impl: counts(impl, net, other)), [[a * b + (b + 1) * c + b] * 2, [2 * (a + 1) * a] * 2])

    def test_buffers(self, run, widths):
        """Ignores buffers, such as the moving statistics of batch normalisation.
        不计缓冲区，例如批量规范化的移动平均。"""
        a, b, c, _ = widths
        nets = nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b)), nn.BatchNorm2d(c)
        close(run(lambda impl: counts(impl, *nets)), [[(a + 1) * b + 2 * b] * 2, [2 * c] * 2])

    def test_own_modules(self, run, widths):
        """Counts the parameters of inner modules and of modules of your own, scalars included.
        内层模块和自定义模块的参数都计入，包括标量参数。"""
        a, b, c, _ = widths
        nets = Scaled(a), nn.Sequential(nn.Sequential(Scaled(b), nn.Sequential(nn.Linear(b, c))), Scaled(c))
        expected = a + 1, b + 1 + (b + 1) * c + c + 1
        close(run(lambda impl: counts(impl, *nets)), [[number] * 2 for number in expected])

    def test_no_parameters(self, run, widths):
        """Returns 0 for a net without parameters.
        没有参数的网络返回 0。"""
        a, b, _, _ = widths
        nets = nn.Sequential(), nn.Sequential(nn.ReLU(), nn.Flatten()), nn.Linear(a, b)
        close(run(lambda impl: counts(impl, *nets)), [[0, 0], [0, 0], [(a + 1) * b] * 2])

    def test_meta_device(self, run, widths):
        """Counts the parameters of a large net on the meta device, without values.
        能统计 meta 设备上没有数值的大网络的参数。"""
        a, b, c, d = (10_000 + width for width in widths)

        def probe(impl):
            with torch.device("meta"):
                return counts(impl, nn.Sequential(nn.Linear(a, b), nn.Linear(b, c)), nn.Linear(c, d, bias=False))

        close(run(probe), [[(a + 1) * b + (b + 1) * c] * 2, [c * d] * 2])

    @pytest.mark.needs("frozen")
    def test_net_untouched(self, agree, widths):
        """Leaves the net as it was: values, modes, and which parameters are frozen.
        不改变网络：参数的值、模式以及哪些参数被冻结都不变。"""
        a, b, c, _ = widths
        net = nn.Sequential(nn.Linear(a, b), nn.Dropout(), nn.Linear(b, c))
        net[0].weight.requires_grad_(False)
        net[1].eval()

        def probe(impl):
            found = counts(impl, net)
            return found, dict(net.named_parameters()), [p.requires_grad for p in net.parameters()], modes(net)

        agree(probe)


def modes(net):
    """The mode of each module, and how many hooks it has."""
    return [(module.training, len(module._forward_hooks) + len(module._forward_pre_hooks)) for module in net.modules()]


def normalised(a, b):
    """A net with moving statistics and dropout, at two depths; a part of it is in evaluation mode."""
    net = nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b), nn.Sequential(nn.Dropout(), nn.BatchNorm1d(b)), nn.Tanh())
    net[2][0].eval()
    return net


@pytest.mark.exercise("memory_of_activations")
class TestMemoryOfActivations:
    @pytest.mark.points(2)
    def test_images(self, run, widths, chance):
        """Adds up the bytes of all outputs of a convolutional net, for the whole batch, without the input.
        把卷积网络各层输出的字节数相加，按整个批量计算，不含输入。"""
        n, (a, b, c, _) = chance.randint(2, 9), widths
        net = nn.Sequential(nn.Conv2d(a, b, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(b * 12, c))

        def expected(n):
            return 4 * n * (b * (2 * 6 * 9 + 3 * 4 + 3 * 4) + c)

        def probe(impl):
            return [impl.memory_of_activations(net, (size, a, 8, 11)) for size in (n, 3 * n)]

        close(run(probe), [expected(n), expected(3 * n)])

    @pytest.mark.points(2)
    def test_features(self, run, widths, chance):
        """Adds up the bytes of all outputs of a multilayer perceptron.
        把多层感知机各层输出的字节数相加。"""
        n, (a, b, c, d) = chance.randint(2, 9), widths
        nets = nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c)), nn.Sequential(nn.Linear(a, d))

        def probe(impl):
            return [impl.memory_of_activations(net, (n, a)) for net in nets]

        close(run(probe), [4 * n * (2 * b + c), 4 * n * d])

    def test_bytes_per_element(self, run, widths, chance):
        """Multiplies by bytes_per_element.
        乘以 bytes_per_element。"""
        n, (a, b, c, _) = chance.randint(2, 9), widths
        net, sizes = nn.Sequential(nn.Linear(a, b), nn.Linear(b, c)), chance.sample([1, 2, 8, 16], 2)

        def probe(impl):
            found = [impl.memory_of_activations(net, (n, a), bytes_per_element=size) for size in sizes]
            return [*found, impl.memory_of_activations(net, (n, a))]

        close(run(probe), [size * n * (b + c) for size in (*sizes, 4)])

    def test_nested(self, run, widths, chance):
        """Counts a nested Sequential as a single layer.
        嵌套的 Sequential 算作一层。"""
        n, (a, b, c, d) = chance.randint(2, 9), widths
        inner = nn.Sequential(nn.Linear(b, c), nn.ReLU(), nn.Linear(c, d))
        nets = nn.Sequential(nn.Linear(a, b), inner), nn.Sequential(nn.Sequential(nn.Linear(a, b), nn.ReLU()), inner)

        def probe(impl):
            return [impl.memory_of_activations(net, (size, a)) for net, size in zip(nets, (n, n + 1), strict=True)]

        close(run(probe), [4 * n * (b + d), 4 * (n + 1) * (b + d)])

    def test_repeated_layer(self, run, widths, chance):
        """Counts a layer twice that occurs at two places.
        同一个层用在两处时，计算两次。"""
        n, (a, b, _, _) = chance.randint(2, 9), widths
        shared = nn.Tanh()
        net = nn.Sequential(shared, nn.Linear(a, b), shared)

        def probe(impl):
            return [impl.memory_of_activations(net, (size, a)) for size in (n, n + 1)]

        close(run(probe), [4 * size * (a + 2 * b) for size in (n, n + 1)])

    def test_in_place_and_views(self, run, widths, chance):
        """Counts the outputs of layers that work in place or return a view.
        原地操作的层和返回视图的层，其输出同样计入。"""
        n, (a, _, c, _) = chance.randint(2, 9), widths
        net = nn.Sequential(nn.Flatten(), nn.ReLU(inplace=True), nn.Linear(a * 6, c), nn.ReLU(inplace=True))

        def probe(impl):
            return [impl.memory_of_activations(net, (size, a, 2, 3)) for size in (n, n + 1)]

        close(run(probe), [4 * size * (12 * a + 2 * c) for size in (n, n + 1)])

    def test_no_parameters(self, run, chance):
        """Accepts a net without parameters, and returns 0 for a net without layers.
        网络可以没有参数；没有层的网络返回 0。"""
        n, height, width = chance.randint(2, 9), 2 * chance.randint(2, 9), 3 * chance.randint(4, 9)
        net = nn.Sequential(nn.MaxPool2d((2, 3)), nn.Flatten())

        def probe(impl):
            found = [impl.memory_of_activations(net, (size, 5, height, width)) for size in (n, n + 1)]
            return [*found, impl.memory_of_activations(nn.Sequential(), (n, 5))]

        close(run(probe), [4 * size * 2 * 5 * (height // 2) * (width // 3) for size in (n, n + 1)] + [0])

    def test_batch_of_one(self, run, widths):
        """Accepts a batch of one in front of batch normalisation, in a net in training mode.
        网络处于训练模式、含批量规范化时，也能接受只有一个样本的批量。"""
        a, b, _, _ = widths
        nets = normalised(a, b), normalised(b, a)

        def probe(impl):
            return [impl.memory_of_activations(net, (1, net[0].in_features)) for net in nets]

        close(run(probe), [16 * b, 16 * a])

    @pytest.mark.needs("features")
    def test_modes_restored(self, agree, widths, chance):
        """Leaves each module in its own mode, training or evaluation, and without hooks.
        每个模块都保持原来的模式（训练或评估），也不留下钩子。"""
        n, (a, b, _, _) = chance.randint(2, 9), widths

        def probe(impl):
            nets = normalised(a, b), normalised(a, b).eval()
            return [(impl.memory_of_activations(net, (n, a)), modes(net)) for net in nets]

        agree(probe)

    @pytest.mark.needs("features")
    def test_statistics_untouched(self, agree, widths, chance):
        """Leaves parameters and moving statistics unchanged.
        不改变参数和移动平均。"""
        n, (a, b, _, _) = chance.randint(2, 9), widths
        net = normalised(a, b)
        agree(lambda impl: (impl.memory_of_activations(net, (n, a)), dict(net.state_dict())))
