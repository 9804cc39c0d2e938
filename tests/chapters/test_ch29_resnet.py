"""ch29: Residual, resnet_block, resnet18, conv_block, DenseBlock, transition_block."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, promise, set_parameters, standard


def two_modes(module, batch, X):
    """The outputs of a module with fixed parameters: for a batch in training, then for X in evaluation mode."""
    set_parameters(module, seed=0)
    trained = module.train()(batch)
    return trained, module.eval()(X)


def state(module):
    """The names and shapes of a module's parameters and buffers."""
    return {name: list(tensor.shape) for name, tensor in sorted(module.state_dict().items())}


def sequence(module):
    """Whether a module is an nn.Sequential, and its state."""
    return {"is an nn.Sequential": isinstance(module, nn.Sequential), "parameters": state(module)}


def numbered(module):
    """The module with fixed parameters."""
    return set_parameters(module, seed=0)


def residual(X, channels, use_1x1conv=False, strides=1):
    """The residual block in training mode, from torch's functions."""
    shapes = {"conv1": nn.Conv2d(X.shape[1], channels, 3), "conv2": nn.Conv2d(channels, channels, 3)}
    shapes |= {"conv3": nn.Conv2d(X.shape[1], channels, 1)} if use_1x1conv else {}
    shapes |= {"bn1": nn.BatchNorm2d(channels), "bn2": nn.BatchNorm2d(channels)}
    p = dict(set_parameters(nn.ModuleDict(shapes), seed=0).named_parameters())
    Y = F.conv2d(X, p["conv1.weight"], p["conv1.bias"], stride=strides, padding=1)
    Y = F.relu(F.batch_norm(Y, None, None, p["bn1.weight"], p["bn1.bias"], training=True))
    Y = F.conv2d(Y, p["conv2.weight"], p["conv2.bias"], padding=1)
    Y = F.batch_norm(Y, None, None, p["bn2.weight"], p["bn2.bias"], training=True)
    shortcut = F.conv2d(X, p["conv3.weight"], p["conv3.bias"], stride=strides) if use_1x1conv else X
    return F.relu(Y + shortcut).detach()


@pytest.fixture
def channels(chance):
    """Two numbers of channels, not the same."""
    return chance.sample(range(2, 20), 2)


@pytest.mark.exercise("Residual")
class TestResidual:
    @standard(
        promise.float64_transposed(id="float64"),
        promise.gradients("X"),
        net=lambda impl: numbered(impl.Residual(3, 5, use_1x1conv=True, strides=2)),
    )
    def arguments(self, randn, chance):
        n, height, width = chance.sample(range(2, 6), 3)
        return {"X": randn(n, 3, 2 * height, 2 * width)}

    @pytest.mark.needs("identity_shortcut")
    def test_input_untouched(self, agree, randn):
        """Leaves its input as it was.
        不修改输入。"""
        X = randn(2, 3, 4, 4)
        agree(lambda impl: [set_parameters(impl.Residual(3, 3), seed=0)(X), X])

    @pytest.mark.points(2)
    def test_identity_shortcut(self, run, randn):
        """Adds its input to the convolved branch, in agreement with torch's functions.
        把输入加到卷积的结果上，与用 torch 的函数搭建的结果一致。"""
        X = randn(4, 3, 6, 5)
        close(run(lambda impl: set_parameters(impl.Residual(3, 3), seed=0)(X)), residual(X, 3))

    @pytest.mark.points(2)
    def test_1x1_shortcut(self, run, randn):
        """Adds a 1x1 convolution of its input if use_1x1conv is True.
        use_1x1conv 为 True 时，加上输入的 1x1 卷积。"""
        X = randn(4, 3, 6, 5)
        close(run(lambda impl: set_parameters(impl.Residual(3, 5, True), seed=0)(X)), residual(X, 5, True))

    @pytest.mark.points(2)
    def test_strides(self, run, randn):
        """Halves height and width on both paths with strides 2, rounded up.
        strides 为 2 时，两条路径的高和宽都减半，向上取整。"""
        X = randn(3, 3, 8, 5)

        def probe(impl):
            return set_parameters(impl.Residual(3, 6, use_1x1conv=True, strides=2), seed=0)(X)

        close(run(probe), residual(X, 6, True, 2))

    def test_activation_after_sum(self, agree, randn):
        """Applies the last ReLU to the sum, so that a negative branch can cancel the input.
        最后的 ReLU 作用于和，因此卷积的结果为负时可以抵消输入。"""
        X = randn(2, 3, 4, 4)

        def probe(impl):
            block = set_parameters(impl.Residual(3, 3), seed=0)
            block.bn2.weight.data.zero_()
            block.bn2.bias.data.fill_(-0.5)
            return block(X)

        agree(probe)

    def test_activation_between(self, agree, randn):
        """Applies a ReLU between the two convolutions.
        两个卷积之间有 ReLU。"""
        X = randn(2, 3, 5, 4)

        def probe(impl):
            block = set_parameters(impl.Residual(3, 3), seed=0)
            block.bn1.bias.data.fill_(-1.0)
            return block(X)

        agree(probe)

    def test_attributes(self, agree, channels):
        """Has conv1, bn1, conv2, bn2 and, with use_1x1conv, conv3. The shortcut has no batch normalisation.
        有 conv1、bn1、conv2 和 bn2，use_1x1conv 为 True 时还有 conv3；捷径上没有批量规范化。"""
        a, b = channels
        agree(lambda impl: [state(impl.Residual(a, a)), state(impl.Residual(a, b, use_1x1conv=True, strides=2))])

    def test_evaluation(self, agree, randn):
        """Uses the moving statistics after training and eval(), also on a single image.
        训练之后调用 eval()，就使用移动平均；只有一张图像时也可以。"""
        batch, X = 2 * randn(4, 3, 4, 4) + 1, randn(1, 3, 4, 4)
        agree(lambda impl: two_modes(impl.Residual(3, 5, use_1x1conv=True), batch, X))


@pytest.mark.exercise("resnet_block")
class TestResnetBlock:
    @standard(promise.gradients("X"), net=lambda impl: numbered(nn.Sequential(*impl.resnet_block(2, 3, 1))))
    def arguments(self, randn):
        return {"X": randn(3, 2, 4, 4)}

    @pytest.mark.points(2)
    def test_later_stage(self, agree, randn):
        """The first block of a stage halves the image and changes the channels.
        每个阶段的第一个块使图像的高和宽减半，并改变通道数。"""
        batch, X = randn(3, 3, 8, 6), randn(1, 3, 8, 6)
        agree(lambda impl: two_modes(nn.Sequential(*impl.resnet_block(3, 5, 2)), batch, X))

    @pytest.mark.points(2)
    def test_first_stage(self, agree, randn):
        """Keeps the size of the image with first_block and has no 1x1 convolution.
        first_block 为 True 时，图像的大小不变，也没有 1x1 卷积。"""
        batch, X = randn(3, 4, 4, 6), randn(1, 4, 4, 6)

        def probe(impl):
            blocks = impl.resnet_block(4, 4, 2, first_block=True)
            return two_modes(nn.Sequential(*blocks), batch, X), [block.conv3 is None for block in blocks]

        agree(probe)

    def test_one_block(self, agree, randn):
        """Accepts a single block per stage.
        一个阶段可以只有一个块。"""
        X = randn(2, 3, 4, 4)

        def probe(impl):
            stages = [impl.resnet_block(3, 6, 1), impl.resnet_block(3, 3, 1, first_block=True)]
            return [set_parameters(nn.Sequential(*blocks), seed=0)(X) for blocks in stages]

        agree(probe)

    def test_three_blocks(self, agree, channels):
        """Each block has its own parameters. Only the first block of a later stage has a 1x1 convolution.
        每个块有自己的参数；只有后面各阶段的第一个块有 1x1 卷积。"""
        a, b = channels

        def probe(impl):
            stages = [nn.Sequential(*impl.resnet_block(a, b, 3)), nn.Sequential(*impl.resnet_block(b, b, 3, True))]
            return [(state(stage), len(list(stage.parameters()))) for stage in stages]

        agree(probe)

    def test_plain_list(self, agree, randn):
        """Returns a list of blocks, not a module.
        返回由块组成的 list，而不是模块。"""
        X = randn(2, 3, 4, 4)

        def probe(impl):
            blocks = impl.resnet_block(3, 4, 2)
            return type(blocks).__name__, set_parameters(nn.Sequential(*blocks), seed=0)(X)

        agree(probe)


@pytest.mark.exercise("resnet18")
class TestResnet18:
    @pytest.mark.points(2)
    def test_output(self, agree, randn):
        """Returns the right scores in training and, with the moving statistics, in evaluation.
        训练时和评估时（使用移动平均）的输出都正确。"""
        batch, X = randn(2, 3, 16, 16), randn(1, 3, 16, 16)
        agree(lambda impl: two_modes(impl.resnet18(5, 3), batch, X), rtol=1e-4, atol=1e-3)  # 20 layers of rounding

    @pytest.mark.points(2)
    def test_layers(self, agree, chance):
        """Has the named children in order, with the right shapes between them, for images of 32x32 and 28x28.
        各子模块的名称、顺序以及之间的形状正确（图像为 32x32 和 28x28）。"""
        classes = chance.randint(2, 99)

        def probe(impl):
            shapes = []
            for net, X in (
                (impl.resnet18(10, 3), torch.zeros(2, 3, 32, 32)),
                (impl.resnet18(classes), torch.zeros(1, 1, 28, 28)),
            ):
                for name, layer in net.eval().named_children():
                    X = layer(X)
                    shapes.append((name, list(X.shape)))
            return shapes

        agree(probe)

    def test_first_stage(self, agree, randn):
        """The first stage keeps the size of the image.
        第一个阶段不改变图像的大小。"""
        X = randn(2, 64, 5, 4)
        agree(lambda impl: set_parameters(impl.resnet18(3).resnet_block1, seed=0)(X), atol=1e-3)

    def test_parameters(self, run, chance):
        """Has 11,176,970 parameters for ten classes and three channels, and other numbers in other cases.
        十个类别、三个通道时有 11,176,970 个参数；类别数和通道数不同时，参数个数相应变化。"""
        classes = chance.randint(2, 99)

        def probe(impl):
            with torch.device("meta"):  # counts without drawing
                nets = impl.resnet18(10, 3), impl.resnet18(classes)
            return [sum(p.numel() for p in net.parameters()) for net in nets]

        close(run(probe), [11_176_970, 11_176_970 - 2 * 9 * 64 + (classes - 10) * 513])

    def test_average_pooling(self, agree, randn):
        """Averages each channel, whatever the size of the image.
        对每个通道取平均，与图像的大小无关。"""
        X = randn(2, 512, 3, 2)

        def probe(impl):
            net = impl.resnet18(3)
            return net.global_avg_pool(X), set_parameters(net.fc, seed=0)(net.global_avg_pool(X))

        agree(probe)


@pytest.mark.exercise("conv_block")
class TestConvBlock:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed(id="float64"),
        promise.gradients("X"),
        net=lambda impl: numbered(impl.conv_block(3, 4)),
    )
    def arguments(self, randn, chance):
        n, height, width = chance.sample(range(2, 6), 3)
        return {"X": randn(n, 3, 2 * height, 2 * width)}

    def test_layers(self, agree, channels):
        """Is an nn.Sequential; its parameters have the names and shapes that follow from the order of the layers.
        是 nn.Sequential，参数的名称和形状符合各层的顺序。"""
        a, b = channels
        agree(lambda impl: [sequence(impl.conv_block(a, b)), sequence(impl.conv_block(b, a))])

    @pytest.mark.points(2)
    def test_order(self, agree, randn):
        """Normalises first, then applies ReLU, then convolves, and keeps height and width.
        先规范化，再 ReLU，再卷积；高和宽不变。"""
        X = 2 * randn(3, 3, 6, 5) + 1
        agree(lambda impl: set_parameters(impl.conv_block(3, 4), seed=0)(X))

    def test_evaluation(self, agree, randn):
        """Uses the moving statistics after training and eval(), also on a single image.
        训练之后调用 eval()，就使用移动平均；只有一张图像时也可以。"""
        batch, X = 2 * randn(4, 3, 4, 4) + 1, randn(1, 3, 4, 4)
        agree(lambda impl: two_modes(impl.conv_block(3, 2), batch, X))


@pytest.mark.exercise("DenseBlock")
class TestDenseBlock:
    @standard(
        promise.float64_transposed(id="float64"),
        promise.gradients("X"),
        net=lambda impl: numbered(impl.DenseBlock(2, 3, 4)),
    )
    def arguments(self, randn, chance):
        n, height, width = chance.sample(range(2, 6), 3)
        return {"X": randn(n, 3, 2 * height, 2 * width)}

    @pytest.mark.points(2)
    def test_channels(self, agree, randn):
        """Two convolution blocks with 10 channels each turn 3 channels into 23.
        两个卷积块各输出 10 个通道，把 3 个通道变为 23 个。"""
        X = randn(4, 3, 8, 8)
        agree(lambda impl: set_parameters(impl.DenseBlock(2, 3, 10), seed=0)(X))

    def test_input_first(self, run, randn):
        """The first channels of the output are the input, unchanged.
        输出最前面的通道就是输入，保持不变。"""
        X = randn(2, 3, 4, 5)
        Y, after = run(lambda impl: [set_parameters(impl.DenseBlock(2, 3, 4), seed=0)(X), X])
        close([Y[:, :3], after], [X, X], rtol=0, atol=0)

    def test_one_convolution(self, agree, randn):
        """Works with a single convolution block, whose input is the input of the dense block.
        可以只有一个卷积块，它的输入就是稠密块的输入。"""
        X = randn(3, 2, 4, 4)
        agree(lambda impl: set_parameters(impl.DenseBlock(1, 2, 3), seed=0)(X))

    def test_each_sees_all_before(self, agree, randn):
        """Passes the input and the outputs of all earlier blocks to each convolution block.
        每个卷积块的输入，包括稠密块的输入和前面所有卷积块的输出。"""
        X = randn(2, 4, 3, 3)
        agree(lambda impl: set_parameters(impl.DenseBlock(3, 4, 4), seed=0)(X))

    def test_layers(self, agree, channels):
        """Keeps its convolution blocks in net, an nn.Sequential, with more input channels from block to block.
        各卷积块在 net 中，net 是 nn.Sequential；输入通道数依次增加。"""
        a, b = channels

        def probe(impl):
            blocks = impl.DenseBlock(3, a, b), impl.DenseBlock(1, b, a)
            return [(state(block), isinstance(block.net, nn.Sequential)) for block in blocks]

        agree(probe)

    def test_evaluation(self, agree, randn):
        """Uses the moving statistics after training and eval(), also on a single image.
        训练之后调用 eval()，就使用移动平均；只有一张图像时也可以。"""
        batch, X = 2 * randn(4, 3, 4, 4) + 1, randn(1, 3, 4, 4)
        agree(lambda impl: two_modes(impl.DenseBlock(2, 3, 2), batch, X))


@pytest.mark.exercise("transition_block")
class TestTransitionBlock:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed(id="float64"),
        promise.gradients("X"),
        net=lambda impl: numbered(impl.transition_block(3, 2)),
    )
    def arguments(self, randn, chance):
        n, height, width = chance.sample(range(2, 6), 3)
        return {"X": randn(n, 3, 2 * height, 2 * width)}

    def test_layers(self, agree, channels):
        """Is an nn.Sequential; its parameters have the names and shapes that follow from the order of the layers.
        是 nn.Sequential，参数的名称和形状符合各层的顺序。"""
        a, b = channels
        agree(lambda impl: [sequence(impl.transition_block(a, b)), sequence(impl.transition_block(b, a))])

    @pytest.mark.points(2)
    def test_fewer_channels(self, agree, randn):
        """Turns 23 channels into 10 and halves height and width.
        把 23 个通道变为 10 个，高和宽减半。"""
        X = randn(4, 23, 8, 6)
        agree(lambda impl: set_parameters(impl.transition_block(23, 10), seed=0)(X))

    def test_odd_size(self, agree, randn):
        """Drops the last row and column of an odd size.
        高和宽为奇数时，舍去最后一行和最后一列。"""
        X = randn(2, 4, 7, 5)
        agree(lambda impl: set_parameters(impl.transition_block(4, 3), seed=0)(X))

    def test_evaluation(self, agree, randn):
        """Uses the moving statistics after training and eval(), also on a single image.
        训练之后调用 eval()，就使用移动平均；只有一张图像时也可以。"""
        batch, X = 2 * randn(4, 3, 4, 4) + 1, randn(1, 3, 4, 4)
        agree(lambda impl: two_modes(impl.transition_block(3, 2), batch, X))
