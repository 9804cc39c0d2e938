"""ch21: corr2d_multi_in, corr2d_multi_in_out, corr2d_multi_in_out_1x1, conv_cost."""

import pytest
import torch

from dlgrade.testing import promise, standard, written_from_scratch

FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}  # the book's corr2d computes in float32, for any dtype


@pytest.fixture
def image(randn, chance):
    """image(3): an image of 3 channels; its height and width differ."""
    return lambda channels: randn(channels, *chance.sample(range(5, 9), 2))


@pytest.fixture
def window(chance):
    """Height and width of a window, which differ."""
    return tuple(chance.sample(range(2, 5), 2))


@pytest.mark.exercise("corr2d_multi_in")
class TestCorr2dMultiIn:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", "K", **FLOAT32),
    )
    def arguments(self, randn, image, window, chance):
        channels = chance.randint(2, 4)
        return {"X": image(channels), "K": randn(channels, *window)}

    @pytest.mark.points(2)
    def test_channels(self, agree, randn, image, window, chance):
        """Adds up the cross-correlations of the channels.
        对各通道分别做互相关运算，再把结果相加。"""
        channels = chance.randint(2, 3)
        X, K = image(channels), randn(channels, *window)
        agree(lambda impl: impl.corr2d_multi_in(X, K))

    def test_one_channel(self, agree, randn, image, window):
        """Gives the cross-correlation of two matrices, as a matrix, if there is one channel.
        只有一个通道时，结果是两个矩阵的互相关，仍是矩阵。"""
        X, K = image(1), randn(1, *window)
        agree(lambda impl: impl.corr2d_multi_in(X, K))

    def test_many_channels(self, agree, randn, image, window, chance):
        """Adds up all channels, however many there are.
        不论有多少个通道，全部相加。"""
        channels = chance.randint(5, 8)
        X, K = image(channels), randn(channels, *window)
        agree(lambda impl: impl.corr2d_multi_in(X, K))

    def test_own_matrix(self, agree, randn, image, window, chance):
        """Multiplies each channel by its own matrix of the kernel.
        每个通道只与卷积核中对应的那个矩阵做互相关。"""
        channels = chance.randint(2, 3)
        X, K = image(channels), randn(channels, *window)
        alone = torch.eye(channels)[:, :, None, None] * X  # copies of X in which a single channel is not zero
        agree(lambda impl: [impl.corr2d_multi_in(x, K) for x in alone])

    def test_not_flipped(self, agree, randn, window, chance):
        """Does not flip the kernel.
        不翻转卷积核。"""
        (h, w), channels = window, chance.randint(2, 3)
        X, K = torch.zeros(channels, 2 * h - 1, 2 * w), randn(channels, h, w)
        X[:, h - 1, w - 1] = 1 + randn(channels).abs()  # a single pixel shows the whole kernel in the result
        agree(lambda impl: impl.corr2d_multi_in(X, K))

    def test_flat_windows(self, agree, randn, image, chance):
        """The kernel can have one row, one column, or one entry per channel.
        每个通道的卷积核可以只有一行、一列，或只有一个元素。"""
        channels, size = chance.sample(range(2, 5), 2)
        X = image(channels)
        kernels = [randn(channels, *window) for window in ((1, size), (size, 1), (1, 1))]
        agree(lambda impl: [impl.corr2d_multi_in(X, K) for K in kernels])

    def test_whole_image(self, agree, randn, image, chance):
        """A kernel as large as the image gives one number.
        卷积核与图像一样大时，只得到一个数。"""
        X = image(chance.randint(2, 4))
        K = randn(*X.shape)
        agree(lambda impl: impl.corr2d_multi_in(X, K))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("corr2d_multi_in_out")
class TestCorr2dMultiInOut:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", "K", **FLOAT32),
    )
    def arguments(self, randn, image, window, chance):
        c_i, c_o = chance.sample(range(2, 5), 2)
        return {"X": image(c_i), "K": randn(c_o, c_i, *window)}

    @pytest.mark.points(2)
    def test_output_channels(self, agree, randn, image, window, chance):
        """Gives one output channel for each kernel; there can be more or fewer than input channels.
        每个卷积核给出一个输出通道；输出通道可以比输入通道多，也可以少。"""
        fewer, more = sorted(chance.sample(range(2, 5), 2))
        layers = [(image(c_i), randn(c_o, c_i, *window)) for c_i, c_o in ((fewer, more), (more, fewer))]
        agree(lambda impl: [impl.corr2d_multi_in_out(X, K) for X, K in layers])

    def test_one_output(self, agree, randn, image, window, chance):
        """Keeps the channel axis if there is one output channel.
        只有一个输出通道时，保留通道轴。"""
        channels = chance.randint(2, 4)
        X, K = image(channels), randn(1, channels, *window)
        agree(lambda impl: impl.corr2d_multi_in_out(X, K))

    def test_one_input(self, agree, randn, image, window, chance):
        """Lets all kernels read the same channel if there is one input channel.
        只有一个输入通道时，所有卷积核都读取这个通道。"""
        X, K = image(1), randn(chance.randint(2, 4), 1, *window)
        agree(lambda impl: impl.corr2d_multi_in_out(X, K))

    def test_own_kernel(self, agree, randn, image, window, chance):
        """Computes each output channel from its own kernel, in the order of the kernels.
        每个输出通道只由对应的卷积核算出，顺序与卷积核一致。"""
        c_i, c_o = chance.sample(range(2, 5), 2)
        X, kernel = image(c_i), randn(c_i, *window)
        alone = torch.eye(c_o)[:, :, None, None, None] * kernel  # in each K a single kernel is not zero
        agree(lambda impl: [impl.corr2d_multi_in_out(X, K) for K in alone])

    def test_single_entry_windows(self, agree, randn, image, chance):
        """A 1x1 kernel keeps height and width.
        1x1 卷积核不改变高和宽。"""
        c_i, c_o = chance.sample(range(2, 5), 2)
        X, K = image(c_i), randn(c_o, c_i, 1, 1)
        agree(lambda impl: impl.corr2d_multi_in_out(X, K))

    def test_whole_image(self, agree, randn, image, chance):
        """Kernels as large as the image give one number for each output channel.
        卷积核与图像一样大时，每个输出通道只有一个数。"""
        c_i, c_o = chance.sample(range(2, 5), 2)
        X = image(c_i)
        K = randn(c_o, *X.shape)
        agree(lambda impl: impl.corr2d_multi_in_out(X, K))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("corr2d_multi_in_out_1x1")
class TestCorr2dMultiInOut1x1:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("X", "K"))
    def arguments(self, randn, image, chance):
        c_i, c_o = chance.sample(range(2, 5), 2)
        return {"X": image(c_i), "K": randn(c_o, c_i, 1, 1)}

    @pytest.mark.points(2)
    def test_channels_mixed(self, agree, randn, image, chance):
        """Mixes the channels of each pixel; there can be more or fewer output than input channels.
        在每个像素处混合各通道；输出通道可以比输入通道多，也可以少。"""
        fewer, more = sorted(chance.sample(range(2, 5), 2))
        layers = [(image(c_i), randn(c_o, c_i, 1, 1)) for c_i, c_o in ((fewer, more), (more, fewer))]
        agree(lambda impl: [impl.corr2d_multi_in_out_1x1(X, K) for X, K in layers])

    def test_no_neighbours(self, agree, randn, chance):
        """A pixel of the result depends on the same pixel of the image alone.
        结果的每个像素只取决于图像的同一个像素。"""
        (c_i, c_o), (h, w) = chance.sample(range(2, 5), 2), chance.sample(range(3, 7), 2)
        X, K = torch.zeros(c_i, h, w), randn(c_o, c_i, 1, 1)
        X[:, chance.randrange(h), chance.randrange(w)] = 1 + randn(c_i).abs()
        agree(lambda impl: impl.corr2d_multi_in_out_1x1(X, K))

    def test_one_output(self, agree, randn, image, chance):
        """Keeps the channel axis if there is one output channel.
        只有一个输出通道时，保留通道轴。"""
        channels = chance.randint(2, 4)
        X, K = image(channels), randn(1, channels, 1, 1)
        agree(lambda impl: impl.corr2d_multi_in_out_1x1(X, K))

    def test_one_input(self, agree, randn, image, chance):
        """Scales the image by each weight if there is one input channel.
        只有一个输入通道时，用每个权重分别乘图像。"""
        X, K = image(1), randn(chance.randint(2, 4), 1, 1, 1)
        agree(lambda impl: impl.corr2d_multi_in_out_1x1(X, K))

    def test_one_pixel(self, agree, randn, chance):
        """Keeps the axes of height and width if the image has one row, one column, or one pixel.
        图像只有一行、一列或一个像素时，保留高和宽的轴。"""
        c_i, c_o = chance.sample(range(2, 5), 2)
        K = randn(c_o, c_i, 1, 1)
        images = [randn(c_i, h, w) for h, w in ((1, chance.randint(2, 5)), (chance.randint(2, 5), 1), (1, 1))]
        agree(lambda impl: [impl.corr2d_multi_in_out_1x1(X, K) for X in images])

    test_from_scratch = written_from_scratch


@pytest.fixture
def layers(chance):
    """layers(3): the arguments c_i, c_o, kernel_size and out_size of 3 layers; all numbers of a layer differ."""

    def draw(count):
        numbers = [chance.sample(range(2, 20), 6) for _ in range(count)]
        return [(c_i, c_o, (k_h, k_w), (h, w)) for c_i, c_o, k_h, k_w, h, w in numbers]

    return draw


@pytest.mark.exercise("conv_cost")
class TestConvCost:
    @pytest.mark.points(2)
    def test_parameters(self, agree, layers):
        """Counts the parameters of a layer with a bias.
        带偏置的卷积层，参数个数正确。"""
        drawn = layers(4)
        agree(lambda impl: [impl.conv_cost(*layer, bias=True)[0] for layer in drawn])

    @pytest.mark.points(2)
    def test_operations(self, agree, layers):
        """Counts the multiply-accumulate operations of a layer with a bias.
        带偏置的卷积层，乘加运算的次数正确。"""
        drawn = layers(4)
        agree(lambda impl: [impl.conv_cost(*layer, bias=True)[1] for layer in drawn])

    def test_without_bias(self, agree, layers):
        """Counts the parameters of a layer without a bias.
        不带偏置的卷积层，参数个数正确。"""
        drawn = layers(4)
        agree(lambda impl: [impl.conv_cost(*layer, bias=False)[0] for layer in drawn])

    def test_operations_without_bias(self, agree, layers):
        """The number of operations does not depend on the bias.
        乘加运算的次数与是否有偏置无关。"""
        drawn = layers(3)
        agree(lambda impl: [impl.conv_cost(*layer, bias)[1] for layer in drawn for bias in (False, True)])

    def test_bias_by_default(self, agree, layers):
        """A layer has a bias if nothing else is said.
        没有给出 bias 时，卷积层带偏置。"""
        drawn = layers(3)
        agree(lambda impl: [impl.conv_cost(*layer)[0] for layer in drawn])

    def test_1x1(self, agree, layers):
        """Counts parameters and operations of a 1x1 convolution, with and without a bias.
        1x1 卷积带或不带偏置时，参数个数和乘加运算次数都正确。"""
        drawn = [(c_i, c_o, (1, 1), size, bias) for c_i, c_o, _, size in layers(2) for bias in (True, False)]
        agree(lambda impl: [impl.conv_cost(*layer) for layer in drawn])

    def test_one_channel(self, agree, layers):
        """Counts parameters and operations with one input channel, or one output channel.
        只有一个输入通道或一个输出通道时，参数个数和乘加运算次数正确。"""
        drawn = [(*channels, *layer[2:]) for layer in layers(2) for channels in ((1, layer[1]), (layer[0], 1))]
        agree(lambda impl: [impl.conv_cost(*layer) for layer in drawn])
