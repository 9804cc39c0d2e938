"""ch83: mnist_normalize_stats, mlp_net, cnn_net, ResidualBlock, residual_net."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, draw_int, gradient_weights, promise, set_parameters, standard


@pytest.fixture
def pixels(randn, chance):
    """pixels(*shape): uint8 pixels, of which a drawn share is 0."""

    def draw(*shape):
        level, contrast = chance.uniform(-20, 60), chance.uniform(40, 120)
        return (level + contrast * randn(*shape)).clamp(0, 255).to(torch.uint8)

    return draw


@pytest.mark.exercise("mnist_normalize_stats")
class TestMnistNormalizeStats:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, pixels, chance):
        return {"images": pixels(chance.randint(2, 5), *chance.sample(range(4, 12), 2))}

    @pytest.mark.points(2)
    def test_mean_and_std(self, agree, pixels, chance):
        """Returns the mean and the standard deviation of all pixels, divided by 255.
        返回所有像素除以 255 之后的均值和标准差。"""
        images = [pixels(chance.randint(3, 9), *chance.sample(range(5, 15), 2)) for _ in range(3)]
        agree(lambda impl: [impl.mnist_normalize_stats(some) for some in images])

    @pytest.mark.points(2)
    def test_images_that_differ(self, agree, pixels, chance):
        """Counts all pixels of all images together, even if some images are bright and others dark.
        所有图像的像素一起统计，即使有的图像亮、有的图像暗。"""
        images = pixels(4, *chance.sample(range(5, 9), 2)) // 4
        images[chance.randint(0, 3)] += chance.randint(100, 190)
        agree(lambda impl: impl.mnist_normalize_stats(images))

    @pytest.mark.points(2)
    def test_few_pixels(self, agree, chance):
        """The divisor of the variance is the number of pixels, which shows if there are few.
        方差的除数是像素的个数；像素很少时，差别很明显。"""
        cases = [torch.tensor(chance.sample(range(256), n), dtype=torch.uint8).reshape(1, 1, n) for n in (2, 3, 4)]
        agree(lambda impl: [impl.mnist_normalize_stats(images) for images in cases])

    def test_shapes(self, agree, pixels, chance):
        """Accepts images of any shape: with a channel, colours, a single image, a row.
        图像可以是任意形状：带通道轴、彩色、单张图像、一行像素。"""
        n, h, w = chance.sample(range(2, 9), 3)
        cases = [pixels(n, 1, h, w), pixels(n, 3, h, w), pixels(h, w), pixels(w)]
        agree(lambda impl: [impl.mnist_normalize_stats(images) for images in cases])

    def test_equal_pixels(self, agree, pixels, chance):
        """The standard deviation is 0 if all pixels are equal, or if there is only one.
        所有像素相等或只有一个像素时，标准差为 0。"""
        levels = chance.sample(range(1, 256), 3)
        cases = [torch.full((2, 3, 5), level, dtype=torch.uint8) for level in (0, 255, *levels)]
        cases += [torch.tensor([level], dtype=torch.uint8) for level in levels]
        other = pixels(2, 5, 4)
        # another formula for the variance may leave the root of a rounding error
        agree(lambda impl: [impl.mnist_normalize_stats(images) for images in (*cases, other)], rtol=1e-5, atol=1e-6)

    def test_bright_and_dark(self, agree, pixels, chance):
        """Uses the whole range from 0 to 255, and does not stretch darker images.
        像素的范围是 0 到 255，不会拉伸较暗的图像。"""
        h, w = chance.sample(range(5, 12), 2)
        cases = [pixels(2, h, w) // 8, 255 - pixels(2, h, w) // 8, pixels(2, h, w) // 3 + 60]
        agree(lambda impl: [impl.mnist_normalize_stats(images) for images in cases])

    @pytest.mark.needs("mean_and_std")
    def test_float64(self, agree, pixels, chance):
        """Is exact to 9 digits.
        结果精确到 9 位。"""
        images = [pixels(chance.randint(20, 40), 28, 28) for _ in range(3)]
        agree(lambda impl: [impl.mnist_normalize_stats(some) for some in images], rtol=1e-9, atol=1e-10)


def fixed(net, dtype=torch.float32, scale=0.1):
    """The net with parameters that are always the same. They are small: layers have hundreds of inputs."""
    return set_parameters(net, seed=0, scale=scale).to(dtype)


def parameters(parts, dtype, scale=0.1):
    """Fixed parameters by name, for layers by name."""
    return dict(fixed(nn.ModuleDict(parts), dtype, scale).requires_grad_(False).named_parameters())


def shapes(module):
    """The names and shapes of a module's parameters."""
    return {name: list(parameter.shape) for name, parameter in sorted(module.named_parameters())}


def gradients(net, x):
    """The gradients of a weighted sum of the scores: for x, and some numbers of each parameter's."""
    x = x.clone().requires_grad_()
    scores = net(x)
    (scores * gradient_weights(scores)).sum().backward()
    found = {"x": x.grad}
    for name, parameter in sorted(net.named_parameters()):
        found[name] = None if parameter.grad is None else parameter.grad.flatten()[:: parameter.numel() // 300 + 1]
    return found


@pytest.fixture
def digits(randn, generator):
    """digits(n): n images (n, 1, 28, 28). n is drawn if it is not given."""
    return lambda n=None, **options: randn(n or draw_int(generator, 2, 7), 1, 28, 28, **options)


WIDTHS = [784, 512, 256, 128, 64, 10]


def mlp(x):
    """The fully connected net with fixed parameters, from torch's functions."""
    parts = {f"l{i}": nn.Linear(WIDTHS[i - 1], WIDTHS[i]) for i in range(1, 6)}
    p = parameters(parts, x.dtype, 0.05)
    y = x.reshape(len(x), 784)
    for i in range(1, 6):
        y = (y if i == 1 else y.clamp(min=0)) @ p[f"l{i}.weight"].T + p[f"l{i}.bias"]
    return y


def named_mlp(impl, dtype=torch.float32):
    return fixed(impl.mlp_net(), dtype, 0.05)


@pytest.mark.exercise("mlp_net")
class TestMlpNet:
    @standard(promise.untouched(id="input_untouched", atol=1e-4), promise.float64, net=named_mlp)
    def arguments(self, digits):
        return {"x": digits()}

    @pytest.mark.points(2)
    def test_scores(self, run, digits):
        """Applies five linear layers, with a ReLU after each of the first four.
        依次经过五个线性层，前四层之后都有 ReLU。"""
        x = digits()
        close(run(lambda impl: named_mlp(impl)(x)), mlp(x), rtol=1e-4, atol=1e-4)  # sums of 784 terms

    @pytest.mark.points(2)
    def test_raw_scores(self, run, digits, chance):
        """Returns raw scores, which may be negative or large.
        返回原始得分，可以为负，也可以很大。"""
        x, factor = digits(), chance.uniform(40, 90)

        def probe(impl):
            net = named_mlp(impl)
            for parameter in net.l5.parameters():
                parameter.data *= factor
            return net(x)

        close(run(probe), factor * mlp(x), rtol=1e-4, atol=1e-4 * factor)

    def test_images_without_channel(self, run, randn, chance):
        """Accepts images (n, 28, 28), too.
        也可以输入形状为 (n, 28, 28) 的图像。"""
        x = randn(chance.randint(2, 5), 28, 28)
        close(run(lambda impl: named_mlp(impl)(x)), mlp(x), rtol=1e-4, atol=1e-4)

    def test_any_batch(self, run, digits, chance):
        """Accepts batches of any size, also of one image; the result is (n, 10).
        批量可以是任意大小，也可以只有一张图像；结果的形状是 (n, 10)。"""
        batches = digits(1), digits(chance.randint(8, 30)), digits(64)
        found = run(lambda impl: [named_mlp(impl)(x) for x in batches])
        close(found, [mlp(x) for x in batches], rtol=1e-4, atol=1e-4)

    def test_training_and_evaluation(self, run, digits):
        """Computes the same in training and in evaluation.
        训练时和评估时的结果相同。"""
        x = digits()

        def probe(impl):
            net = named_mlp(impl)
            return net.train()(x), net.eval()(x)

        close(run(probe), (mlp(x), mlp(x)), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_gradients(self, agree, digits):
        """Passes the right gradients to the input and all parameters.
        输入和所有参数的梯度都正确。"""
        x = digits(dtype=torch.float64)
        agree(lambda impl: gradients(named_mlp(impl, torch.float64), x))

    def test_parameters(self, agree, digits):
        """Has the parameters of l1 to l5, with the right shapes, and no others.
        参数只有 l1 到 l5 的，形状正确。"""
        x = digits(2)
        agree(lambda impl: (shapes(impl.mlp_net()), named_mlp(impl)(x)), rtol=1e-4, atol=1e-4)


def cnn(x):
    """The convolutional net with fixed parameters, from torch's functions."""
    p = parameters({"conv1": nn.Conv2d(1, 10, 5), "conv2": nn.Conv2d(10, 20, 5), "fc": nn.Linear(320, 10)}, x.dtype)
    y = F.max_pool2d(F.conv2d(x, p["conv1.weight"], p["conv1.bias"]).clamp(min=0), 2)
    y = F.max_pool2d(F.conv2d(y, p["conv2.weight"], p["conv2.bias"]).clamp(min=0), 2)
    return y.reshape(len(x), 320) @ p["fc.weight"].T + p["fc.bias"]


def named_cnn(impl, dtype=torch.float32):
    return fixed(impl.cnn_net(), dtype)


@pytest.mark.exercise("cnn_net")
class TestCnnNet:
    @standard(promise.untouched(id="input_untouched", atol=1e-4), promise.float64, net=named_cnn)
    def arguments(self, digits):
        return {"x": digits()}

    @pytest.mark.points(2)
    def test_scores(self, run, digits):
        """Applies two stages of convolution, pooling and ReLU, then the linear layer.
        经过两段“卷积、汇聚、ReLU”，再经过线性层。"""
        x = digits()
        close(run(lambda impl: named_cnn(impl)(x)), cnn(x), rtol=1e-4, atol=1e-4)  # sums of 320 terms

    @pytest.mark.points(2)
    def test_shapes(self, agree, randn, digits, chance):
        """The layers have outputs of (10, 24, 24) and (20, 8, 8) for an image, and 320 numbers enter fc.
        一张图像经过两个卷积层，形状分别为 (10, 24, 24) 和 (20, 8, 8)；输入 fc 的是 320 个数。"""
        x, n = digits(), chance.randint(1, 4)
        image = randn(12, 12)

        def probe(impl):
            net = named_cnn(impl)
            second = net.conv2(image.expand(n, net.conv2.in_channels, 12, 12))
            shapes = [list(output.shape) for output in (net.conv1(x), second)]
            return shapes, [net.fc.in_features, net.fc.out_features], second[:, :, 0, 0]

        agree(probe, rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_raw_scores(self, run, digits, chance):
        """Returns raw scores, which may be negative or large.
        返回原始得分，可以为负，也可以很大。"""
        x, factor = digits(), chance.uniform(40, 90)

        def probe(impl):
            net = named_cnn(impl)
            for parameter in net.fc.parameters():
                parameter.data *= factor
            return net(x)

        close(run(probe), factor * cnn(x), rtol=1e-4, atol=1e-4 * factor)

    def test_any_batch(self, run, digits, chance):
        """Accepts batches of any size, also of one image; the result is (n, 10).
        批量可以是任意大小，也可以只有一张图像；结果的形状是 (n, 10)。"""
        batches = digits(1), digits(chance.randint(8, 30)), digits(64)
        found = run(lambda impl: [named_cnn(impl)(x) for x in batches])
        close(found, [cnn(x) for x in batches], rtol=1e-4, atol=1e-4)

    def test_training_and_evaluation(self, run, digits):
        """Computes the same in training and in evaluation.
        训练时和评估时的结果相同。"""
        x = digits()

        def probe(impl):
            net = named_cnn(impl)
            return net.train()(x), net.eval()(x)

        close(run(probe), (cnn(x), cnn(x)), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_gradients(self, agree, digits):
        """Passes the right gradients to the input and all parameters.
        输入和所有参数的梯度都正确。"""
        x = digits(dtype=torch.float64)
        agree(lambda impl: gradients(named_cnn(impl, torch.float64), x))

    def test_parameters(self, agree, digits):
        """Has the parameters of conv1, conv2 and fc, with the right shapes, and no others.
        参数只有 conv1、conv2 和 fc 的，形状正确。"""
        x = digits(2)
        agree(lambda impl: (shapes(impl.cnn_net()), named_cnn(impl)(x)), rtol=1e-4, atol=1e-4)


def block_parts(channels):
    """The layers of a residual block."""
    return {name: nn.Conv2d(channels, channels, 3, padding=1) for name in ("conv1", "conv2")}


def residual(x, p, before=""):
    """A residual block with the parameters p, from torch's functions."""
    y = F.conv2d(x, p[f"{before}conv1.weight"], p[f"{before}conv1.bias"], padding=1).clamp(min=0)
    return (x + F.conv2d(y, p[f"{before}conv2.weight"], p[f"{before}conv2.bias"], padding=1)).clamp(min=0)


def block(x):
    """A residual block with fixed parameters."""
    return residual(x, parameters(block_parts(x.shape[1]), x.dtype, 0.3))


def named_block(impl, channels):
    return fixed(impl.ResidualBlock(channels), scale=0.3)


@pytest.fixture
def maps(randn, chance):
    """maps(channels): feature maps (n, channels, h, w). Height and width differ."""
    return lambda channels: randn(chance.randint(2, 4), channels, *chance.sample(range(3, 9), 2))


@pytest.mark.exercise("ResidualBlock")
class TestResidualBlock:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("x"),
        promise.gradients("x"),
        net=lambda impl: named_block(impl, 4),
    )
    def arguments(self, maps):
        return {"x": maps(4)}

    @pytest.mark.points(2)
    def test_block(self, run, maps, chance):
        """Adds the second convolution to the input, then applies the ReLU.
        第二个卷积的结果与输入相加之后，再用 ReLU。"""
        x = maps(chance.randint(2, 6))
        close(run(lambda impl: named_block(impl, x.shape[1])(x)), block(x), rtol=1e-4, atol=1e-5)

    @pytest.mark.points(2)
    def test_zero_parameters(self, run, maps, chance):
        """Is relu(x) if all parameters are 0.
        所有参数为 0 时，结果是 relu(x)。"""
        x = maps(chance.randint(2, 6))

        def probe(impl):
            net = named_block(impl, x.shape[1])
            for parameter in net.parameters():
                parameter.data.zero_()
            return net(x)

        close(run(probe), x.clamp(min=0))

    def test_negative_part(self, run, maps, chance):
        """The convolutions can make a number smaller.
        卷积可以使数值变小。"""
        x, shift = maps(chance.randint(2, 6)).abs() + 3, chance.uniform(0.5, 2)

        def probe(impl):
            net = named_block(impl, x.shape[1])
            for name, parameter in net.named_parameters():
                parameter.data.fill_(-shift if name == "conv2.bias" else 0.0)
            return net(x)

        close(run(probe), x - shift)

    @pytest.mark.points(2)
    def test_gradient_through_the_shortcut(self, agree, maps, randn, chance):
        """If all parameters are 0, the gradient still reaches x, wherever x is positive.
        所有参数为 0 时，在 x 为正的位置，梯度仍能传到 x。"""
        x = maps(chance.randint(2, 6))
        upstream = randn(*x.shape)

        def probe(impl):
            net, leaf = named_block(impl, x.shape[1]), x.clone().requires_grad_()
            for parameter in net.parameters():
                parameter.data.zero_()
            net(leaf).backward(upstream)
            return leaf.grad

        agree(probe)

    def test_small_images(self, run, randn, chance):
        """Keeps the shape, also of single pixels and single rows.
        形状不变，图像只有一个像素或一行时也是如此。"""
        c = chance.randint(2, 5)
        images = randn(2, c, 1, 1), randn(1, c, 1, 5), randn(3, c, 2, 1)
        found = run(lambda impl: [named_block(impl, c)(x) for x in images])
        close(found, [block(x) for x in images], rtol=1e-4, atol=1e-5)

    def test_channels(self, run, maps, chance):
        """Accepts any number of channels, also a single channel.
        通道数可以是任意的，也可以只有一个通道。"""
        images = [maps(c) for c in (1, *chance.sample(range(2, 20), 2))]
        found = run(lambda impl: [named_block(impl, x.shape[1])(x) for x in images])
        close(found, [block(x) for x in images], rtol=1e-4, atol=1e-4)

    def test_attributes(self, agree, chance):
        """Has the convolutions conv1 and conv2, with the right shapes and biases, and no other parameters.
        有卷积层 conv1 和 conv2，形状正确，带偏置；没有其他参数。"""
        channels = chance.sample(range(1, 60), 3)
        agree(lambda impl: [shapes(impl.ResidualBlock(c)) for c in channels])


def residual_scores(x):
    """The residual net with fixed parameters, from torch's functions."""
    parts = {"conv1": nn.Conv2d(1, 16, 5), "conv2": nn.Conv2d(16, 32, 5), "fc": nn.Linear(512, 10)}
    blocks = {"rblock1": nn.ModuleDict(block_parts(16)), "rblock2": nn.ModuleDict(block_parts(32))}
    p = parameters({**parts, **blocks}, x.dtype, 0.08)
    y = F.max_pool2d(F.conv2d(x, p["conv1.weight"], p["conv1.bias"]).clamp(min=0), 2)
    y = residual(y, p, "rblock1.")
    y = F.max_pool2d(F.conv2d(y, p["conv2.weight"], p["conv2.bias"]).clamp(min=0), 2)
    return residual(y, p, "rblock2.").reshape(len(x), 512) @ p["fc.weight"].T + p["fc.bias"]


def named_residual(impl, dtype=torch.float32):
    return fixed(impl.residual_net(), dtype, 0.08)


@pytest.mark.exercise("residual_net")
class TestResidualNet:
    @standard(promise.untouched(id="input_untouched", atol=1e-4), promise.float64, net=named_residual)
    def arguments(self, digits):
        return {"x": digits()}

    @pytest.mark.points(2)
    def test_scores(self, run, digits):
        """Applies two stages of convolution, ReLU, pooling and residual block, then the linear layer.
        经过两段“卷积、ReLU、汇聚、残差块”，再经过线性层。"""
        x = digits()
        close(run(lambda impl: named_residual(impl)(x)), residual_scores(x), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_shapes(self, agree, randn, digits, chance):
        """An image has (16, 24, 24) numbers after conv1 and (32, 8, 8) after conv2, and 512 enter fc.
        一张图像经过 conv1 和 conv2，形状分别为 (16, 24, 24) 和 (32, 8, 8)；输入 fc 的是 512 个数。"""
        x, n = digits(), chance.randint(1, 4)
        image = randn(12, 12)

        def probe(impl):
            net = named_residual(impl)
            inputs = [image.expand(n, net.rblock1.conv1.in_channels, 12, 12)]
            inputs += [image.expand(n, net.conv2.in_channels, 12, 12)]
            inputs += [image[:4, :4].expand(n, net.rblock2.conv1.in_channels, 4, 4)]
            parts = net.rblock1, net.conv2, net.rblock2
            outputs = [part(y) for part, y in zip(parts, inputs, strict=True)]
            shapes = [list(output.shape) for output in (net.conv1(x), *outputs)]
            return shapes, [net.fc.in_features, net.fc.out_features], outputs[2][:, :, 0, 0]

        agree(probe, rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_raw_scores(self, run, digits, chance):
        """Returns raw scores, which may be negative or large.
        返回原始得分，可以为负，也可以很大。"""
        x, factor = digits(), chance.uniform(40, 90)

        def probe(impl):
            net = named_residual(impl)
            for parameter in net.fc.parameters():
                parameter.data *= factor
            return net(x)

        close(run(probe), factor * residual_scores(x), rtol=1e-4, atol=1e-4 * factor)

    def test_any_batch(self, run, digits, chance):
        """Accepts batches of any size, also of one image; the result is (n, 10).
        批量可以是任意大小，也可以只有一张图像；结果的形状是 (n, 10)。"""
        batches = digits(1), digits(chance.randint(8, 30)), digits(64)
        found = run(lambda impl: [named_residual(impl)(x) for x in batches])
        close(found, [residual_scores(x) for x in batches], rtol=1e-4, atol=1e-4)

    def test_training_and_evaluation(self, run, digits):
        """Computes the same in training and in evaluation.
        训练时和评估时的结果相同。"""
        x = digits()

        def probe(impl):
            net = named_residual(impl)
            return net.train()(x), net.eval()(x)

        close(run(probe), (residual_scores(x), residual_scores(x)), rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    def test_gradients(self, agree, digits):
        """Passes the right gradients to the input and all parameters.
        输入和所有参数的梯度都正确。"""
        x = digits(2, dtype=torch.float64)
        agree(lambda impl: gradients(named_residual(impl, torch.float64), x))

    def test_parameters(self, agree, digits):
        """Has the parameters of conv1, rblock1, conv2, rblock2 and fc, with the right shapes, and no others.
        参数只有 conv1、rblock1、conv2、rblock2 和 fc 的，形状正确。"""
        x = digits(2)
        agree(lambda impl: (shapes(impl.residual_net()), named_residual(impl)(x)), rtol=1e-4, atol=1e-4)
