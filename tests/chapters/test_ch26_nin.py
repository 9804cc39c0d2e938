"""ch26: nin_block, nin, global_avg_pool, conv1x1_as_linear."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, expect, layers, promise, set_parameters, standard, written_from_scratch


def value(name, shape, dtype=torch.float32):
    """A parameter's value by its name, neither so large nor so small that scores vanish after twelve layers."""
    generator = torch.Generator().manual_seed(int.from_bytes(name.encode(), "big") % (2**31 - 1))
    drawn = torch.randn(shape, generator=generator, dtype=dtype)
    return drawn * (2 / drawn[0].numel()) ** 0.5 if len(shape) == 4 else 0.3 * drawn.abs()


def numbered(net, dtype=torch.float32):
    """The net in evaluation mode, with fixed parameters."""
    for name, parameter in net.to(dtype).named_parameters():
        parameter.data = value(name, parameter.shape, dtype)
    return net.eval()


def state(module):
    """The names and shapes of a module's parameters and buffers."""
    return {name: list(tensor.shape) for name, tensor in sorted(module.state_dict().items())}


def block(X, name, channels, kernel_size, strides=1, padding=0):
    """A NiN block from torch's functions."""
    X = F.conv2d(X, value(f"{name}0.weight", (channels, X.shape[1], kernel_size, kernel_size)),
                 value(f"{name}0.bias", (channels,)), strides, padding)  # fmt: skip
    for place in (2, 4):
        W, b = value(f"{name}{place}.weight", (channels, channels, 1, 1)), value(f"{name}{place}.bias", (channels,))
        X = torch.einsum("oc,nchw->nohw", W[:, :, 0, 0], F.relu(X)) + b[:, None, None]
    return F.relu(X)


def scores(X, classes):
    """NiN from torch's functions."""
    X = F.max_pool2d(block(X, "0.", 96, 11, strides=4), 3, 2)
    X = F.max_pool2d(block(X, "2.", 256, 5, padding=2), 3, 2)
    X = F.max_pool2d(block(X, "4.", 384, 3, padding=1), 3, 2)
    return block(X, "7.", classes, 3, padding=1).mean(dim=(2, 3))


@pytest.fixture
def channels(chance):
    """Two numbers of channels, not the same."""
    return chance.sample(range(2, 9), 2)


@pytest.fixture
def images(randn, chance):
    """Images (n, c, h, w) of this number of channels; the other sizes differ."""
    return lambda c, low=7, high=13: randn(chance.randint(2, 4), c, *chance.sample(range(low, high), 2))


@pytest.mark.exercise("nin_block")
class TestNinBlock:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.gradients("X"),
        net=lambda impl: numbered(impl.nin_block(3, 5, 3, 2, 1)),
    )
    def arguments(self, images):
        return {"X": images(3)}

    @pytest.mark.points(2)
    def test_convolutions(self, run, images):
        """Gives the output of three convolutions with ReLUs, as torch's functions do.
        输出与用 torch 的函数计算的三个卷积和 ReLU 一致。"""
        X = images(3)
        close(run(lambda impl: numbered(impl.nin_block(3, 4, 3, 1, 1))(X)), block(X, "", 4, 3, 1, 1))

    @pytest.mark.points(2)
    def test_strides_and_padding(self, run, images, channels, chance):
        """Uses kernel_size, strides and padding in the first convolution alone.
        只有第一个卷积使用 kernel_size、strides 和 padding。"""
        a, b = channels
        X, (kernel_size, strides, padding) = images(a), chance.choice([(5, 3, 2), (4, 2, 1), (6, 2, 1), (7, 3, 2)])
        output = run(lambda impl: numbered(impl.nin_block(a, b, kernel_size, strides, padding))(X))
        close(output, block(X, "", b, kernel_size, strides, padding))

    def test_as_in_the_first_block(self, run, randn, chance):
        """Ignores rows and columns that do not fill a last window: kernel 11, strides 4, no padding.
        忽略不足以构成最后一个窗口的行和列：卷积核为 11，步幅为 4，无填充。"""
        X = randn(2, 1, 11 + 4 * chance.randint(1, 3) + chance.randint(1, 3), 19 + chance.randint(1, 3))
        close(run(lambda impl: numbered(impl.nin_block(1, 6, 11, 4, 0))(X)), block(X, "", 6, 11, 4))

    def test_kernel_of_one(self, run, images, channels):
        """With kernel_size 1, the block mixes the channels of each pixel and nothing else.
        kernel_size 为 1 时，整个块只混合每个像素的各个通道。"""
        X = images(channels[0])
        close(run(lambda impl: numbered(impl.nin_block(*channels, 1, 1, 0))(X)), block(X, "", channels[1], 1))

    @pytest.mark.points(2)
    def test_activations(self, agree, randn):
        """A ReLU follows each convolution, also the last.
        每个卷积之后都有 ReLU，最后一个也不例外。"""
        X = randn(3, 2, 5, 4)

        def probe(impl):
            net = set_parameters(impl.nin_block(2, 6, 1, 1, 0), seed=0, scale=1.0)  # negative biases, too
            return net(X)

        agree(probe)

    def test_layers(self, agree, channels, chance):
        """Is an nn.Sequential of six layers; the names and shapes of its parameters follow from their order.
        是有六层的 nn.Sequential，参数的名称和形状符合各层的顺序。"""
        a, b = channels
        kernel_size = chance.choice([2, 4, 5, 6, 7])

        def probe(impl):
            net = impl.nin_block(a, b, kernel_size, 1, 0)
            return layers(net), state(net)

        agree(probe)

    def test_many_channels(self, run, chance):
        """Has the right number of parameters with many channels.
        通道很多时，参数个数也正确。"""
        a, b, k = chance.randint(30, 99), chance.randint(100, 300), chance.choice([3, 5])
        count = run(lambda impl: sum(p.numel() for p in impl.nin_block(a, b, k, 1, 0).parameters()))
        close(count, b * (a * k * k + 1) + 2 * b * (b + 1))


@pytest.fixture
def photos(randn, chance):
    """Images (n, c, h, w) as small as NiN allows, or a little larger."""
    return lambda n, c, **kwargs: randn(n, c, *chance.sample(range(67, 84), 2), **kwargs)


@pytest.mark.exercise("nin")
@pytest.mark.timeout(15)
class TestNin:
    def test_layers(self, agree, chance):
        """Is an nn.Sequential with blocks at 0, 2, 4 and 7; there is no dense layer.
        是 nn.Sequential，第 0、2、4、7 层是 NiN 块；没有全连接层。"""
        c, classes = chance.randint(2, 5), chance.randint(11, 40)

        def probe(impl):
            net = impl.nin(c, classes)
            known = {name: words for name, words in layers(net).items() if name < "layer 8"}  # the last two may be any
            return known, len(net), state(net)

        agree(probe)

    @pytest.mark.points(3)
    def test_scores(self, run, photos, chance):
        """Returns the scores that torch's functions give in evaluation mode.
        在评估模式下，得分与用 torch 的函数计算的一致。"""
        c, classes = chance.randint(2, 5), chance.randint(4, 9)
        X = photos(2, c)
        # Twelve layers of up to 6,400 summands
        close(run(lambda impl: numbered(impl.nin(c, classes))(X)), scores(X, classes), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_shapes(self, run, chance):
        """Gives the right shapes, layer by layer, for images of 224 x 224 and of other sizes.
        对 224 x 224 和其他大小的图像，每一层输出的形状都正确。"""
        c, classes = chance.randint(2, 5), chance.randint(11, 40)
        X = torch.zeros(1, c, chance.choice([192, 224, 227]), chance.randint(67, 224))

        def probe(impl):
            Y, seen = X, []
            for layer in impl.nin(c, classes):
                Y = layer(Y)
                seen.append(list(Y.shape))
            return seen

        close(run(probe), table(*X.shape[2:], classes))

    def test_parameters(self, run, chance):
        """Has 1,992,166 parameters for one channel and ten classes, and other numbers in other cases.
        单通道、十个类别时有 1,992,166 个参数；通道数和类别数不同时，参数个数相应变化。"""
        c, k = chance.randint(2, 5), chance.randint(11, 99)
        counts = run(lambda impl: [sum(p.numel() for p in net.parameters()) for net in (impl.nin(c, k), impl.nin())])
        first, last = 96 * 121 * (c - 1), k * (9 * 384 + 1) + 2 * k * (k + 1) - 10 * (9 * 384 + 1) - 220
        close(counts, [1_992_166 + first + last, 1_992_166])

    @pytest.mark.points(2)
    def test_dropout(self, run, randn):
        """Layer 6 is dropout: in training, half of its numbers become 0, the others twice as large.
        第 6 层是暂退法：训练时一半的数变为 0，其余的数变为两倍。"""
        X = 1 + randn(8, 384, 6, 5).abs()
        trained, evaluated = run(lambda impl: [(layer := impl.nin()[6]).train()(X.clone()), layer.eval()(X)])
        kept = trained != 0
        close([trained, evaluated], [torch.where(kept, 2 * X, 0.0), X])
        share, spread = kept.double().mean(), 0.5 / X.numel() ** 0.5
        expect(
            abs(share - 0.5) < 5 * spread,
            f"In training, layer 6 keeps a share of {share:.3f} of its numbers.",
            f"训练时，第 6 层保留了 {share:.3f} 的数。",
        )
        whole = kept.flatten(2).double().mean(dim=2)  # of each channel
        expect(
            ((whole > 0) & (whole < 1)).double().mean() > 0.9,
            "In training, layer 6 keeps or drops a whole channel at a time.",
            "训练时，第 6 层以整个通道为单位保留或丢弃。",
        )

    def test_one_dropout(self, agree, photos):
        """The other layers give in training what they give in evaluation.
        其余各层在训练模式和评估模式下的输出相同。"""
        X = photos(2, 1)

        def probe(impl):
            net = numbered(impl.nin(1, 3)).train()
            net[6].eval()
            return net(X)

        agree(probe, rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_max_pooling(self, agree, randn, chance):
        """Each of the three pooling layers keeps the maximum of 3 x 3 numbers, every two rows and columns.
        三个汇聚层都取 3 x 3 窗口的最大值，步幅为 2。"""
        height, width = chance.choice([6, 8, 10, 12]), chance.choice([7, 9, 11])  # the last even row fits no window
        X = randn(2, 384, height, width)
        agree(lambda impl: [layer(X) for layer in list(impl.nin().eval())[1:6:2]])

    def test_global_average(self, agree, randn, chance):
        """Layer 8 averages each channel over the whole image, whatever its size; layer 9 flattens.
        第 8 层对每个通道在整幅图像上取平均，与图像的大小无关；第 9 层展平。"""
        X = randn(3, 384, *chance.sample(range(1, 9), 2))

        def probe(impl):
            Y, seen = X, []
            for layer in list(impl.nin().eval())[8:]:
                Y = layer(Y)
                seen.append(Y)
            return seen

        agree(probe)

    def test_larger_images(self, agree, randn, chance):
        """Accepts images of other sizes, where several pixels reach the global average, and a batch of one.
        图像更大时，全局平均汇聚层的输入不止一个像素；批量可以只有一张图像。"""
        X = randn(1, 1, 99 + chance.randint(0, 8), 131 + chance.randint(0, 8))
        agree(lambda impl: numbered(impl.nin(1, 5))(X), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_gradients(self, agree, photos):
        """Passes the right gradients to the images and to the parameters, in float64.
        图像和各参数的梯度都正确（float64）。"""
        X = photos(1, 2, dtype=torch.float64)

        def probe(impl):
            net, images = numbered(impl.nin(2, 4), X.dtype), X.clone().requires_grad_()
            output = net(images)
            output.square().sum().backward()
            norms = {name: parameter.grad.norm() for name, parameter in sorted(net.named_parameters())}
            return output, images.grad, norms

        agree(probe)


def table(h, w, classes):
    """The shapes after each layer of NiN, for an image."""
    rows = []
    for channels in (96, 256, 384):
        h, w = (h - 11) // 4 + 1 if channels == 96 else h, (w - 11) // 4 + 1 if channels == 96 else w
        rows.append([1, channels, h, w])
        h, w = (h - 3) // 2 + 1, (w - 3) // 2 + 1
        rows.append([1, channels, h, w])
    return [*rows, rows[-1], [1, classes, h, w], [1, classes, 1, 1], [1, classes]]


@pytest.mark.exercise("global_avg_pool")
class TestGlobalAvgPool:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.axis_of_one(id="one_channel", X=1),
    )
    def arguments(self, images, chance):
        return {"X": images(chance.randint(5, 6), 2, 5)}

    @pytest.mark.points(2)
    def test_mean(self, run, randn, chance):
        """Returns the mean of each channel of each image.
        返回每张图像每个通道的平均值。"""
        n, c, size = chance.sample(range(3, 9), 3)
        X = randn(n, c, size, size)
        close(run(lambda impl: impl.global_avg_pool(X)), X.flatten(2).mean(dim=2))

    def test_height_and_width(self, run, randn, chance):
        """Height and width may differ.
        高和宽可以不同。"""
        n, c, h, w = chance.sample(range(2, 11), 4)
        X = randn(n, c, h, w)
        close(run(lambda impl: impl.global_avg_pool(X)), F.adaptive_avg_pool2d(X, 1).flatten(1))

    def test_rows_and_columns(self, run, randn, chance):
        """The image may be a row or a column of pixels.
        图像可以只有一行或一列像素。"""
        n, c, size = chance.sample(range(2, 9), 3)
        X = randn(n, c, 1, size)
        close(run(lambda impl: [impl.global_avg_pool(x) for x in (X, X.mT)]), [X.mean(dim=(2, 3))] * 2)

    def test_one_pixel(self, run, randn, chance):
        """The mean of a single pixel is its value.
        只有一个像素时，平均值就是它的值。"""
        X = randn(*chance.sample(range(2, 9), 2), 1, 1)
        close(run(lambda impl: impl.global_avg_pool(X)), X[:, :, 0, 0])

    @pytest.mark.points(2)
    def test_gradients(self, agree, images):
        """Gives the right gradients for X.
        X 的梯度正确。"""
        X = images(3, 2, 6)

        def probe(impl):
            leaf = X.clone().requires_grad_()
            output = impl.global_avg_pool(leaf.clone())
            if output.requires_grad:
                output.square().sum().backward()  # the gradients of a sum of means would not depend on X
            return output, leaf.grad

        agree(probe)

    test_from_scratch = written_from_scratch


def convolution(randn, a, b, bias=True, dtype=torch.float32):
    """A 1x1 convolution with drawn parameters."""
    conv = nn.Conv2d(a, b, kernel_size=1, bias=bias, dtype=dtype)
    for parameter in conv.parameters():
        parameter.data = randn(*parameter.shape, dtype=dtype)
    return conv


def pixels(X):
    """The channels on the last axis."""
    return X.permute(0, 2, 3, 1)


@pytest.mark.exercise("conv1x1_as_linear")
class TestConv1x1AsLinear:
    @pytest.mark.points(2)
    def test_same_result(self, run, randn, channels, images):
        """Gives the result of the convolution, with channels on the last axis.
        通道放在最后一个轴上时，与卷积的结果相同。"""
        conv, X = convolution(randn, *channels), images(channels[0])
        close(run(lambda impl: impl.conv1x1_as_linear(conv)(pixels(X))), pixels(conv(X)).detach())

    def test_as_many_channels(self, run, randn, images, chance):
        """Also if the input has as many channels as the output.
        输入与输出的通道数相同时也是如此。"""
        c = chance.randint(3, 7)
        conv, X = convolution(randn, c, c), images(c)
        close(run(lambda impl: impl.conv1x1_as_linear(conv)(pixels(X))), pixels(conv(X)).detach())

    def test_parameters(self, run, randn, channels):
        """The weight is a matrix, outputs by inputs, and the bias is conv's.
        weight 是矩阵，行对应输出，列对应输入；bias 与 conv 的相同。"""
        a, b = channels
        conv = convolution(randn, a, b)
        found = run(lambda impl: dict(impl.conv1x1_as_linear(conv).named_parameters()))
        close(found, {"weight": conv.weight.detach().reshape(b, a), "bias": conv.bias.detach()})

    def test_linear_layer(self, run, randn, channels):
        """Returns an nn.Linear that knows its numbers of features.
        返回 nn.Linear，其 in_features 和 out_features 正确。"""
        conv = convolution(randn, *channels)

        def probe(impl):
            linear = impl.conv1x1_as_linear(conv)
            return isinstance(linear, nn.Linear), *[getattr(linear, f"{end}_features", 0) for end in ("in", "out")]

        close(run(probe), (True, *channels))

    def test_no_bias(self, run, randn, channels, images):
        """Has no bias if the convolution has no bias.
        卷积没有偏置时，线性层也没有偏置。"""
        conv, X = convolution(randn, *channels, bias=False), images(channels[0])

        def probe(impl):
            linear = impl.conv1x1_as_linear(conv)
            return linear(pixels(X)), len(list(linear.parameters()))

        close(run(probe), (pixels(conv(X)).detach(), 1))

    def test_one_channel(self, run, randn, images, chance):
        """The convolution may have one input channel, or one output channel, or both.
        卷积可以只有一个输入通道、只有一个输出通道，或两者都是。"""
        c = chance.randint(2, 6)
        cases = [(convolution(randn, a, b), images(a)) for a, b in ((1, c), (c, 1), (1, 1))]
        found = run(lambda impl: [impl.conv1x1_as_linear(conv)(pixels(X)) for conv, X in cases])
        close(found, [pixels(conv(X)).detach() for conv, X in cases])

    def test_float64(self, run, randn, channels, images):
        """Keeps float64.
        保持 float64。"""
        conv = convolution(randn, *channels, dtype=torch.float64)
        X = images(channels[0]).double()
        close(run(lambda impl: impl.conv1x1_as_linear(conv)(pixels(X))), pixels(conv(X)).detach())

    @pytest.mark.points(2)
    def test_can_be_trained(self, run, randn, channels, images):
        """Gives its weight and bias the gradients that the convolution's would get.
        weight 和 bias 的梯度与卷积的相同。"""
        (a, b), factor = channels, randn(1)
        conv, X = convolution(randn, a, b), images(a)

        def probe(impl):
            linear = impl.conv1x1_as_linear(conv)
            (linear(pixels(X)).square() * factor).sum().backward()
            return {name: parameter.grad for name, parameter in linear.named_parameters()}

        found = run(probe)
        (conv(X).square() * factor).sum().backward()
        expected = {"weight": conv.weight.grad.reshape(b, a), "bias": conv.bias.grad}
        close(found, expected, rtol=1e-4, atol=1e-4)  # sums over all pixels

    @pytest.mark.needs("same_result")
    def test_convolution_untouched(self, agree, randn, channels, images):
        """Leaves the convolution as it was.
        不修改卷积层。"""
        conv, X = convolution(randn, *channels), images(channels[0])

        def probe(impl):
            linear = impl.conv1x1_as_linear(conv)
            return linear(pixels(X)), conv(X), dict(conv.named_parameters()), conv.training

        agree(probe)

    @pytest.mark.points(2)
    def test_other_convolutions(self, agree, randn, channels, images):
        """Raises ValueError for other kernels, strides, padding and groups; one axis is enough.
        卷积核、步幅、填充或分组不符合要求时，抛出 ValueError；只有一个轴不符合也不行。"""
        options = [{name: size} for name, one in (("kernel_size", 1), ("stride", 1), ("padding", 0))
                   for size in (2, (one, 2), (2, one))]  # fmt: skip
        others = [(option, nn.Conv2d(*channels, **{"kernel_size": 1, **option})) for option in options]
        others += [({"groups": 2}, nn.Conv2d(4, 6, 1, groups=2)), ({"groups": 3}, nn.Conv2d(3, 3, 1, groups=3))]
        conv, X = convolution(randn, *channels), images(channels[0])

        def probe(impl):
            refused = {
                str(option): error(lambda other=other: impl.conv1x1_as_linear(other)) for option, other in others
            }
            return refused, impl.conv1x1_as_linear(conv)(pixels(X))

        agree(probe)


def error(action):
    """For probes: the name of the error that the action raises."""
    try:
        action()
    except NotImplementedError:
        raise
    except Exception as raised:
        return "ValueError" if isinstance(raised, ValueError) else type(raised).__name__
    return "no error"
