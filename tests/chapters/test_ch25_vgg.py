"""ch25: vgg_block, vgg, receptive_field, stacked_vs_large_params.

Nets are created on the meta device: shapes without values cost milliseconds. They get values only where values matter.
"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, draw_int, layers, patterned, promise, raises, set_parameters, sizes, standard

VGG11 = (1, 64), (1, 128), (2, 256), (2, 512), (2, 512)


def valued(block, seed=0):
    """The block with values for each parameter, by its place. Layers may have any names."""
    return set_parameters(nn.Sequential(*block), seed=seed)


def block_output(num_convs, X, width):
    """The output of a block with such values, from torch's functions."""
    block, channels = [], X.shape[1]
    for _ in range(num_convs):
        block += [nn.Conv2d(channels, width, 3), nn.Identity()]
        channels = width
    for layer in valued(block)[::2]:
        X = F.relu(F.conv2d(X, layer.weight, layer.bias, padding=1))
    return F.max_pool2d(X, 2).detach()


@pytest.mark.exercise("vgg_block")
class TestVggBlock:
    @standard(
        promise.float64_transposed(id="float64"),
        promise.gradients("X"),
        net=lambda impl: valued(impl.vgg_block(2, 3, 4)),
    )
    def arguments(self, randn, chance):
        n, height, width = chance.sample(range(3, 7), 3)
        return {"X": randn(n, 3, 2 * height, 2 * width)}

    def test_layers(self, agree, generator):
        """Is an nn.Sequential of 2 * num_convs + 1 layers in order, with the settings of the statement.
        是由 2 * num_convs + 1 层按顺序组成的 nn.Sequential，每一层的设置都与题目一致。"""
        before, after = sizes(generator, low=2, high=60)
        agree(lambda impl: [layers(impl.vgg_block(number, before, after)) for number in (1, 2, 4)])

    @pytest.mark.points(2)
    def test_two_convolutions(self, run, randn, chance):
        """Two convolutions with ReLU, then max pooling, agree with torch's functions.
        两个带 ReLU 的卷积层再加最大汇聚，与用 torch 的函数搭建的结果一致。"""
        (n, height, width), channels = chance.sample(range(4, 9), 3), chance.sample(range(2, 9), 2)
        X = randn(n, channels[0], 2 * height, 2 * width)
        close(run(lambda impl: valued(impl.vgg_block(2, *channels))(X)), block_output(2, X, channels[1]))

    def test_one_convolution(self, run, randn, generator):
        """Accepts a single convolution.
        可以只有一个卷积层。"""
        before, after = sizes(generator, low=2, high=9)
        X = randn(1, before, 10, 8)
        close(run(lambda impl: valued(impl.vgg_block(1, before, after))(X)), block_output(1, X, after))

    def test_three_convolutions(self, run, randn, generator):
        """Three convolutions: only the first takes in_channels.
        三个卷积层：只有第一个的输入通道数是 in_channels。"""
        before, after = sizes(generator, low=2, high=9)
        X = randn(2, before, 8, 10)
        close(run(lambda impl: valued(impl.vgg_block(3, before, after))(X)), block_output(3, X, after))

    def test_odd_size(self, run, randn, generator):
        """Drops the last row and column of an odd size.
        高和宽为奇数时，舍去最后一行和最后一列。"""
        before, after = sizes(generator, low=2, high=9)
        X = randn(2, before, 9, 11)
        close(run(lambda impl: valued(impl.vgg_block(2, before, after))(X)), block_output(2, X, after))

    def test_own_parameters(self, agree, generator):
        """Each convolution has its own parameters.
        每个卷积层有自己的参数。"""
        before, after = sizes(generator, low=2, high=30)

        def probe(impl):
            blocks = [impl.vgg_block(number, after, before) for number in (3, 4)]
            return [[p.numel() for p in block.parameters()] for block in blocks]

        agree(probe)


def sketched(impl, *args):
    """The submission's VGG without values."""
    with torch.device("meta"):
        return impl.vgg(*args)


def walked(net, side):
    """The shape after each layer up to the first linear one, then the inputs and outputs of all linear layers.

    Neither a batch of no images nor the parameters take memory, and nothing is computed.
    """
    values = {name: torch.ones(()).expand(tensor.shape) for name, tensor in net.state_dict().items()}
    net.load_state_dict(values, assign=True)
    Y, seen = torch.empty(0, 1, side, side), []
    for layer in net:
        if isinstance(layer, nn.Linear):
            break
        Y = layer(Y)
        seen.append(list(Y.shape[1:]))
    return seen, [[layer.in_features, layer.out_features] for layer in net if isinstance(layer, nn.Linear)]


@pytest.fixture
def arch(chance):
    """The blocks of a small net, as a tuple of pairs."""
    return tuple(zip(chance.sample([1, 2], 2), chance.sample(range(3, 12), 2), strict=True))


@pytest.mark.exercise("vgg")
class TestVgg:
    def test_layers(self, agree, arch):
        """Has an nn.Sequential for each block, then eight layers, each with the settings of the statement.
        每个块是一个 nn.Sequential，之后是八个层；每一层的设置都与题目一致。"""
        agree(lambda impl: layers(sketched(impl, arch)))

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")  # other shapes may take gigabytes
    @pytest.mark.timeout(20)
    def test_scores(self, agree, randn, arch):
        """Returns the right scores of a small net in evaluation mode.
        小网络在评估模式下的得分正确。"""
        X = randn(3, 1, 28, 28)

        def probe(impl):
            with torch.no_grad():
                return patterned(sketched(impl, arch)).eval()(X)

        agree(probe, rtol=1e-4, atol=1e-4)  # sums of 4096 products, in another order on each machine

    @pytest.mark.points(2)
    def test_shapes(self, agree, arch, chance):
        """Has the right shapes, block by block and layer by layer, for small nets and for VGG-11.
        小网络和 VGG-11 中，每个块、每一层输出的形状都正确。"""
        longer = *arch, (1, chance.randint(3, 30))
        agree(lambda impl: [walked(sketched(impl, a), 7 * 2 ** len(a)) for a in (arch, longer, VGG11)])

    @pytest.mark.points(2)
    def test_parameters(self, run, arch):
        """VGG-11 has 128,806,154 parameters, and other nets have the numbers that follow from conv_arch.
        VGG-11 有 128,806,154 个参数；其他网络的参数个数由 conv_arch 决定。"""

        def probe(impl):
            return [sum(p.numel() for p in sketched(impl, a).parameters()) for a in (VGG11, arch, list(arch[:1]))]

        def count(arch):
            total, channels = 4097 * 4096 + 40970, 1
            for num_convs, width in arch:
                total += 9 * channels * width + width + (num_convs - 1) * (9 * width * width + width)
                channels = width
            return total + (49 * channels + 1) * 4096

        close(run(probe), [128_806_154, count(arch), count(arch[:1])])

    def test_list_unchanged(self, agree, arch):
        """Accepts a list of pairs and leaves it unchanged.
        conv_arch 可以是列表，函数不改变它。"""
        pairs = [list(pair) for pair in arch]
        agree(lambda impl: ([list(p.shape) for p in sketched(impl, pairs).parameters()], pairs))

    def test_dropout(self, agree, arch, generator):
        """Both dropout layers drop half of the values in training, and none in evaluation mode.
        两个暂退层在训练时把一半的值置零，在评估模式下不改变输入。"""
        X = torch.full((4096,), 0.25 * draw_int(generator, 1, 99))

        def probe(impl):
            layers = [layer for layer in sketched(impl, arch) if isinstance(layer, nn.Dropout)]
            return [[layer.train()(X.clone()).unique(), layer.eval()(X.clone()).unique()] for layer in layers]

        agree(probe)

    def test_new_net(self, agree, arch):
        """Creates a new net in each call.
        每次调用都创建一个新网络。"""

        def probe(impl):
            first, second = (list(sketched(impl, arch).parameters()) for _ in range(2))
            same = sum(one is other for one, other in zip(first, second, strict=True))
            return len(first), same, first[0].numel()

        agree(probe)


def support(layers):
    """The receptive field of (kernel, stride) layers, by marking the pixels behind one pixel of the output."""
    rows = {0}
    for kernel, stride in reversed(layers):
        rows = {row * stride + place for row in rows for place in range(kernel)}
    return max(rows) - min(rows) + 1


@pytest.fixture
def stack(chance):
    """A function that draws layers with these strides."""
    return lambda *strides: [(chance.randint(2, 7), stride) for stride in strides]


@pytest.mark.exercise("receptive_field")
class TestReceptiveField:
    @pytest.mark.points(2)
    def test_strides(self, run, stack, chance):
        """A stride makes the field grow faster from the next layer on.
        步幅使感受野从下一层起增长得更快。"""
        stacks = [stack(*[chance.randint(2, 4) for _ in range(length)]) for length in (2, 3, 4)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_stride_one(self, run, stack):
        """Kernels with stride 1 add up: two of 3 x 3 see 5 x 5.
        步幅为 1 时感受野逐层相加：两个 3 x 3 的卷积核能看到 5 x 5。"""
        stacks = stack(1, 1), stack(1, 1, 1), [(3, 1), (3, 1)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_pooling(self, run, chance):
        """Pooling layers count like convolutions.
        汇聚层与卷积层一样计算。"""
        blocks = [[(3, 1)] * count + [(2, 2)] for count in chance.sample([1, 2, 3, 4], 3)]
        stacks = blocks[0] + blocks[1], blocks[0] + blocks[1] + blocks[2], blocks[2] + [(3, 2)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_order(self, run, chance):
        """The order of the layers makes a difference.
        各层的顺序会影响结果。"""
        kernel, stride = chance.randint(4, 9), chance.randint(2, 5)
        stacks = [(kernel, 1), (2, stride)], [(2, stride), (kernel, 1)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_one_layer(self, run, chance):
        """A single layer sees its kernel, whatever its stride.
        只有一层时，感受野就是卷积核的大小，与步幅无关。"""
        stacks = [[(kernel, chance.randint(1, 5))] for kernel in chance.sample(range(2, 12), 3)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_small_kernels(self, run, chance):
        """Kernels of 1 add nothing, but their strides count; a stride may exceed its kernel.
        大小为 1 的卷积核不扩大感受野，但它的步幅起作用；步幅可以大于卷积核。"""
        kernel, stride = chance.randint(3, 9), chance.randint(3, 6)
        stacks = [(1, stride), (kernel, 1)], [(2, stride), (1, 2), (kernel, 1)], [(kernel, 1), (1, 1), (1, stride)]
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    def test_no_layers(self, run, stack):
        """Is 1 without layers.
        没有层时为 1。"""
        stacks = [], stack(2), ()
        close(run(lambda impl: [impl.receptive_field(layers) for layers in stacks]), [*map(support, stacks)])

    @pytest.mark.needs("stride_one")
    def test_layers_untouched(self, agree, stack):
        """Leaves the list of layers unchanged.
        不改变传入的列表。"""
        layers = stack(1, 1, 1)
        agree(lambda impl: (impl.receptive_field(layers), layers))


@pytest.mark.exercise("stacked_vs_large_params")
class TestStackedVsLargeParams:
    @pytest.mark.points(2)
    def test_five_and_seven(self, run, generator):
        """5 x 5 against two, and 7 x 7 against three convolutions of 3 x 3.
        5 x 5 与两个 3 x 3 的卷积层比较，7 x 7 与三个比较。"""
        few, many = sizes(generator, low=2, high=99)
        expected = [(25 * few**2, 18 * few**2), (49 * many**2, 27 * many**2)]
        close(run(lambda impl: [impl.stacked_vs_large_params(5, few), impl.stacked_vs_large_params(7, many)]), expected)

    @pytest.mark.points(2)
    def test_large_kernels(self, run, generator):
        """Counts the convolutions of larger kernels by their receptive field.
        卷积核更大时，按感受野确定 3 x 3 卷积层的个数。"""
        halves, channels = sizes(generator, low=4, high=9), draw_int(generator, 2, 99)
        expected = [((2 * half + 1) ** 2 * channels**2, 9 * half * channels**2) for half in halves]
        close(run(lambda impl: [impl.stacked_vs_large_params(2 * half + 1, channels) for half in halves]), expected)

    def test_kernel_of_three(self, run, generator):
        """For a kernel of 3, both are the same convolution.
        卷积核大小为 3 时，两者是同一个卷积层。"""
        numbers = sizes(generator, low=2, high=99)
        close(
            run(lambda impl: [impl.stacked_vs_large_params(3, c) for c in numbers]), [(9 * c**2,) * 2 for c in numbers]
        )

    def test_one_channel(self, run, generator):
        """Accepts a single channel.
        可以只有一个通道。"""
        halves = sizes(generator, low=2, high=9)
        expected = [((2 * half + 1) ** 2, 9 * half) for half in halves]
        close(run(lambda impl: [impl.stacked_vs_large_params(2 * half + 1, 1) for half in halves]), expected)

    def test_even_kernels(self, agree, generator):
        """Raises ValueError for an even kernel.
        卷积核大小为偶数时抛出 ValueError。"""
        kernel, channels = 2 * draw_int(generator, 1, 9), draw_int(generator, 2, 99)

        def probe(impl):
            refused = raises(lambda: impl.stacked_vs_large_params(kernel, channels), ValueError)
            return refused, impl.stacked_vs_large_params(kernel + 3, channels)

        agree(probe)

    def test_small_kernels(self, agree, generator):
        """Raises ValueError for a kernel less than 3.
        卷积核大小小于 3 时抛出 ValueError。"""
        channels = draw_int(generator, 2, 99)

        def probe(impl):
            refused = [raises(lambda k=k: impl.stacked_vs_large_params(k, channels), ValueError) for k in (1, -1)]
            return refused, impl.stacked_vs_large_params(5, channels)

        agree(probe)
