"""ch27: Inception, googlenet, InceptionA, bottleneck_saving."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, draw_int, layers, promise, set_parameters, standard


def state(module):
    """The names and shapes of a module's parameters."""
    return {name: list(parameter.shape) for name, parameter in sorted(module.named_parameters())}


def numbered(module):
    """The module with fixed parameters."""
    return set_parameters(module, seed=0)


def deep(impl, *arguments, **named):
    """GoogLeNet with fixed parameters, by names: a thousand numbers again and again, as six million take a while.

    Weights shrink with the number of inputs, so that all layers have outputs near 1.
    """
    with torch.device("meta"):  # draws nothing
        net = impl.googlenet(*arguments, **named)
    for name, parameter in net.to_empty(device="cpu").named_parameters():
        seed = int.from_bytes(name.encode(), "big") % (2**31 - 1)  # a prime: every letter counts
        pattern = torch.randn(1009, generator=torch.Generator().manual_seed(seed))
        scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
        count = parameter.numel()
        parameter.data = (scale * pattern).repeat(count // 1009 + 1)[:count].reshape(parameter.shape)
    return net


@pytest.fixture
def widths(chance):
    """Arguments of an Inception block: in_channels, c1, c2, c3, c4, all of them different."""
    a, b, c, d, e, f, g = chance.sample(range(2, 13), 7)
    return a, b, (c, d), (e, f), g


@pytest.fixture
def image(randn, chance):
    """image(channels): a few images of different height and width."""

    def image(channels, n=None):
        height, width = chance.sample(range(4, 9), 2)
        return randn(n or chance.randint(2, 4), channels, height, width)

    return image


def inception(x, c1, c2, c3, c4):
    """The Inception block with fixed parameters, from torch's functions."""
    c = x.shape[1]
    shapes = {"p1_1": (c, c1, 1), "p2_1": (c, c2[0], 1), "p2_2": (*c2, 3)}
    shapes |= {"p3_1": (c, c3[0], 1), "p3_2": (*c3, 5), "p4_2": (c, c4, 1)}
    p = dict(numbered(nn.ModuleDict({name: nn.Conv2d(*shape) for name, shape in shapes.items()})).named_parameters())

    def layer(name, X, padding=0):
        return F.conv2d(X, p[f"{name}.weight"], p[f"{name}.bias"], padding=padding).clamp(min=0)

    pooled = F.pad(x, (1, 1, 1, 1), value=-torch.inf).unfold(2, 3, 1).unfold(3, 3, 1).amax((-2, -1))
    branches = layer("p1_1", x), layer("p2_2", layer("p2_1", x), 1), layer("p3_2", layer("p3_1", x), 2)
    return torch.cat([*branches, layer("p4_2", pooled)], dim=1).detach()


@pytest.mark.exercise("Inception")
class TestInception:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("x"),
        promise.gradients("x"),
        net=lambda impl: numbered(impl.Inception(3, 4, (2, 5), (3, 2), 6)),
    )
    def arguments(self, image):
        return {"x": image(3)}

    @pytest.mark.points(2)
    def test_branches(self, run, image, widths):
        """Concatenates the four branches, in agreement with torch's functions.
        连结四条路径的输出，与用 torch 的函数搭建的结果一致。"""
        x = image(widths[0])
        close(run(lambda impl: numbered(impl.Inception(*widths))(x)), inception(x, *widths[1:]))

    def test_equal_widths(self, run, randn, chance):
        """Concatenates along the channels, also where all branches have the same shape.
        四条路径的输出形状相同时，也在通道维上连结。"""
        c, n = chance.sample(range(2, 7), 2)
        x = randn(n, c, 5, 5)
        close(
            run(lambda impl: numbered(impl.Inception(c, c, (c, c), (c, c), c))(x)), inception(x, c, (c, c), (c, c), c)
        )

    def test_inner_activation(self, agree, image, widths):
        """Applies a ReLU between the two convolutions of branches 2 and 3.
        路径 2 和 3 的两个卷积之间有 ReLU。"""
        x = image(widths[0])

        def probe(impl):
            block = numbered(impl.Inception(*widths))
            for name, parameter in block.named_parameters():
                if name in ("p2_1.bias", "p3_1.bias"):  # about half of the inner values are negative
                    parameter.data.zero_()
                if name in ("p2_2.bias", "p3_2.bias"):  # and all of the outer ones are positive
                    parameter.data.fill_(100.0)
            return block(x)

        agree(probe)

    def test_activation_at_the_end(self, agree, image, widths):
        """Ends each branch with a ReLU.
        每条路径以 ReLU 结束。"""
        x = image(widths[0])

        def probe(impl):
            block = numbered(impl.Inception(*widths))
            for name, parameter in block.named_parameters():
                if name in ("p1_1.bias", "p2_2.bias", "p3_2.bias", "p4_2.bias"):
                    parameter.data -= 1.0
            return block(x)

        agree(probe)

    def test_pooling(self, run, image, widths):
        """Pools the maximum of the neighbouring pixels, which the padding never is, before the last 1x1 convolution.
        在最后的 1x1 卷积之前做最大汇聚，填充的值从不参与比较。"""
        c, c1, _, _, c4 = widths
        x = image(c) - 4  # zeros for padding would be the maximum
        block = c, c1, (1, 1), (1, 1), c4
        close(run(lambda impl: numbered(impl.Inception(*block))(x)), inception(x, *block[1:]))

    def test_small_images(self, run, randn, widths):
        """Keeps height and width, also of single pixels and single rows.
        高和宽不变，图像只有一个像素或一行时也是如此。"""
        images = randn(2, widths[0], 1, 1), randn(1, widths[0], 1, 5), randn(2, widths[0], 2, 1)
        outputs = run(lambda impl: [numbered(impl.Inception(*widths))(x) for x in images])
        close(outputs, [inception(x, *widths[1:]) for x in images])

    def test_attributes(self, agree, widths):
        """Has the convolutions p1_1, p2_1, p2_2, p3_1, p3_2 and p4_2, with the right shapes and with biases.
        有卷积层 p1_1、p2_1、p2_2、p3_1、p3_2 和 p4_2，形状正确，都有偏置。"""
        a, b, c, d, e = widths
        agree(lambda impl: [state(impl.Inception(*widths)), state(impl.Inception(e, a, d, c, b))])


@pytest.mark.exercise("googlenet")
@pytest.mark.timeout(20)  # 22 layers on a busy machine
class TestGooglenet:
    def test_layers(self, agree, chance):
        """The layers are in the right order, with the right settings; so are the names and shapes of parameters.
        各层的顺序和设置正确，参数的名称和形状也正确。"""
        channels, classes = chance.sample(range(2, 99), 2)

        def probe(impl):
            with torch.device("meta"):  # shapes without values
                net = impl.googlenet(channels, classes)
            known = {name: words for name, words in layers(net).items() if not name.startswith("layer 4")}
            return known, state(net)

        agree(probe)

    @pytest.mark.points(2)
    def test_output(self, agree, randn, chance):
        """Returns the right raw scores, the same in training and in evaluation.
        输出的得分正确；训练时和评估时相同。"""
        classes, X = chance.randint(3, 9), randn(2, 2, *chance.sample(range(33, 64), 2))

        def probe(impl):
            net = deep(impl, 2, classes)
            return [net.train()(X), net.eval()(X)]

        agree(probe, rtol=1e-3, atol=1e-4)  # 22 layers of rounding

    @pytest.mark.points(2)
    def test_stages(self, agree, randn, chance):
        """Has six children, with the right shapes between them, for images of 96x96 and of other sizes.
        有六个子模块，它们之间的形状正确（图像为 96x96 或其他大小）。"""
        images = randn(1, 1, 96, 96), randn(1, 1, *chance.sample(range(33, 80), 2))

        def probe(impl):
            shapes, net = [], deep(impl)
            for X in images:
                for layer in net:
                    X = layer(X)
                    shapes.append(list(X.shape))
            return shapes, X.dtype == torch.float32

        agree(probe)

    def test_parameters(self, run, chance):
        """Has 5,977,530 parameters by default, and other numbers for other channels and classes.
        默认参数时有 5,977,530 个参数；通道数和类别数不同时，参数个数相应变化。"""
        channels, classes = chance.sample(range(2, 99), 2)

        def probe(impl):
            with torch.device("meta"):
                nets = impl.googlenet(), impl.googlenet(channels), impl.googlenet(num_classes=classes)
            return [sum(p.numel() for p in net.parameters()) for net in nets]

        default = 5_977_530
        close(run(probe), [default, default + (channels - 1) * 64 * 49, default + (classes - 10) * 1025])

    def test_first_stages(self, agree, randn, chance):
        """The first two stages convolve, apply ReLU after each convolution, and pool.
        前两个阶段做卷积，每个卷积之后有 ReLU，最后汇聚。"""
        channels = chance.randint(2, 5)
        X = randn(2, channels, *chance.sample(range(17, 40), 2))

        def probe(impl):
            first, second, *_ = deep(impl, channels)
            Y = first(X)
            return Y, second(Y - 1)

        agree(probe, rtol=1e-4, atol=1e-4)

    def test_last_stage(self, agree, randn, chance):
        """The last stage averages each channel over the whole image, whatever its size, and flattens.
        最后一个阶段把每个通道在整幅图像上取平均（与图像大小无关），再展平。"""
        X = randn(2, 832, *chance.sample(range(1, 4), 2))
        agree(lambda impl: deep(impl)[4](X), rtol=1e-4, atol=1e-4)

    def test_small_images(self, agree, randn, chance):
        """Accepts images of 28x28 and smaller ones, and batches of one.
        可以输入 28x28 和更小的图像，批量中可以只有一个样本。"""
        images = randn(1, 1, 28, 28), randn(1, 1, *chance.sample(range(1, 9), 2))

        def probe(impl):
            net = deep(impl)
            return [net(X) for X in images]

        agree(probe, rtol=1e-3, atol=1e-4)


def inception_a(x):
    """The notes' block with fixed parameters, from torch's functions."""
    c = x.shape[1]
    shapes = {"branch1x1": (c, 16, 1), "branch5x5_1": (c, 16, 1), "branch5x5_2": (16, 24, 5)}
    shapes |= {"branch3x3_1": (c, 16, 1), "branch3x3_2": (16, 24, 3), "branch3x3_3": (24, 24, 3)}
    shapes |= {"branch_pool": (c, 24, 1)}
    p = dict(numbered(nn.ModuleDict({name: nn.Conv2d(*shape) for name, shape in shapes.items()})).named_parameters())

    def layer(name, X):
        weight = p[f"{name}.weight"].to(X.dtype)
        return F.conv2d(X, weight, p[f"{name}.bias"].to(X.dtype), padding=weight.shape[-1] // 2)

    mean = torch.full((c, 1, 3, 3), 1 / 9, dtype=x.dtype)
    branches = layer("branch1x1", x), layer("branch5x5_2", layer("branch5x5_1", x))
    third = layer("branch3x3_3", layer("branch3x3_2", layer("branch3x3_1", x)))
    pooled = layer("branch_pool", F.conv2d(x, mean, padding=1, groups=c))
    return torch.cat([*branches, third, pooled], dim=1).detach()


@pytest.mark.exercise("InceptionA")
class TestInceptionA:
    @standard(
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("x"),
        promise.gradients("x"),
        net=lambda impl: numbered(impl.InceptionA(3)),
    )
    def arguments(self, image):
        return {"x": image(3)}

    @pytest.mark.points(2)
    def test_branches(self, run, image, chance):
        """Concatenates the four branches, in agreement with torch's functions.
        连结四条路径的输出，与用 torch 的函数搭建的结果一致。"""
        x = image(chance.randint(2, 9))
        outputs = run(lambda impl: numbered(impl.InceptionA(x.shape[1]))(x))
        close(outputs, inception_a(x), rtol=1e-4, atol=1e-4)  # sums of 1,000 terms

    def test_channels(self, run, randn, chance):
        """Returns 88 channels, and keeps height and width, for any number of input channels.
        无论输入有多少个通道，都输出 88 个通道，高和宽不变。"""
        images = [randn(1, c, *chance.sample(range(1, 9), 2)) for c in (1, *chance.sample(range(2, 30), 2))]
        outputs = run(lambda impl: [numbered(impl.InceptionA(x.shape[1]))(x) for x in images])
        close(outputs, [inception_a(x) for x in images], rtol=1e-4, atol=1e-4)

    def test_no_activation(self, run, image, chance):
        """Is an affine map: there is no activation, neither inside nor at the end.
        是仿射映射：块内和末尾都没有激活函数。"""
        x = image(c := chance.randint(2, 9))

        def probe(impl):
            block = numbered(impl.InceptionA(c))
            return block(x) + block(-x), 2 * block(0 * x)

        both, twice = run(probe)
        expected = inception_a(x) + inception_a(-x)
        close([both, twice], [expected, 2 * inception_a(0 * x)], rtol=1e-4, atol=1e-4)

    def test_border(self, run, randn, chance):
        """Counts the padding of the average pooling as zeros: at the border, it divides by 9, too.
        平均汇聚把填充算作零：在边缘处也除以 9。"""
        x = randn(2, chance.randint(2, 5), *chance.sample(range(1, 4), 2)) + 5
        outputs = run(lambda impl: numbered(impl.InceptionA(x.shape[1]))(x)[:, 64:])
        close(outputs, inception_a(x)[:, 64:], rtol=1e-4, atol=1e-4)

    def test_attributes(self, agree, chance):
        """Has the seven convolutions under their names, with the right shapes and with biases.
        七个卷积层的名称和形状正确，都有偏置。"""
        channels = chance.sample(range(1, 99), 3)
        agree(lambda impl: [state(impl.InceptionA(c)) for c in channels])


@pytest.fixture
def sizes(generator):
    """sizes(4): so many calls, with drawn c_in > c_mid, c_out and kernel."""

    def sizes(count, kernels=(3, 5, 7)):
        calls = []
        for _ in range(count):
            c_mid, c_out = draw_int(generator, 2, 30), draw_int(generator, 31, 60)
            kernel = kernels[draw_int(generator, 0, len(kernels) - 1)]
            calls.append((draw_int(generator, 61, 400), c_mid, c_out, kernel))
        return calls

    return sizes


def share(c_in, c_mid, c_out, kernel):
    """The share by torch's own counts."""
    with torch.device("meta"):
        small = nn.Conv2d(c_in, c_mid, 1).weight.numel() + nn.Conv2d(c_mid, c_out, kernel).weight.numel()
        return small / nn.Conv2d(c_in, c_out, kernel).weight.numel()


@pytest.mark.exercise("bottleneck_saving")
class TestBottleneckSaving:
    @pytest.mark.points(2)
    def test_share(self, run, sizes):
        """Returns the weights of the bottleneck divided by those of the convolution.
        返回瓶颈结构的权重数与直接卷积的权重数之比。"""
        calls = sizes(6)
        shares = run(lambda impl: [impl.bottleneck_saving(*call) for call in calls])
        close(shares, [share(*call) for call in calls], rtol=1e-9, atol=0)

    def test_kernel_one(self, run, sizes):
        """Accepts a kernel of 1x1.
        卷积核可以是 1x1。"""
        calls = sizes(4, kernels=(1,))
        shares = run(lambda impl: [impl.bottleneck_saving(*call) for call in calls])
        close(shares, [share(*call) for call in calls], rtol=1e-9, atol=0)

    def test_above_one(self, run, generator):
        """Exceeds 1 where the bottleneck has more weights, as with c_mid = c_in.
        瓶颈结构的权重更多时结果大于 1，例如 c_mid 等于 c_in 时。"""
        pairs = [(draw_int(generator, 2, 60), draw_int(generator, 2, 60), draw_int(generator, 0, 30)) for _ in range(4)]
        calls = [(c, c + more, out, 3) for c, out, more in pairs]
        shares = run(lambda impl: [impl.bottleneck_saving(*call) for call in calls])
        close(shares, [share(*call) for call in calls], rtol=1e-9, atol=0)

    def test_single_channels(self, run, generator):
        """Accepts a single channel on either side and between.
        输入、中间和输出都可以只有一个通道。"""
        a, b = draw_int(generator, 2, 99), draw_int(generator, 2, 99)
        calls = [(1, a, b, 3), (a, 1, b, 5), (a, b, 1, 3), (a, 1, 1, 7)]
        shares = run(lambda impl: [impl.bottleneck_saving(*call) for call in calls])
        close(shares, [share(*call) for call in calls], rtol=1e-9, atol=0)

    @pytest.mark.needs("share")
    def test_python_float(self, agree, sizes):
        """Returns a Python float, also where the result is whole.
        返回 Python 的 float，结果是整数时也是如此。"""
        calls = [*sizes(2), (2, 2, 1, 1)]

        def probe(impl):
            shares = [impl.bottleneck_saving(*call) for call in calls]
            return shares, [type(value).__name__ for value in shares]

        agree(probe)
