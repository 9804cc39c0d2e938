"""ch20: comp_conv2d, conv_output_shape, corr2d_pad_stride, same_padding."""

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    draw_int,
    gradients,
    parameter_gradients,
    promise,
    set_parameters,
    standard,
    written_from_scratch,
)


@pytest.fixture
def image(randn, chance):
    """An image whose two sizes differ so much that its results are no squares."""
    return lambda: randn(*chance.sample((chance.randint(7, 8), chance.randint(11, 12)), 2))


@pytest.fixture
def kernel(randn, chance):
    """A kernel whose two sizes differ."""
    return lambda: randn(*chance.sample(range(2, 4), 2))


class Seen(nn.Module):
    """Keeps the shape of its input, and multiplies the input by a number."""

    def __init__(self, factor):
        super().__init__()
        self.factor, self.shapes = factor, []

    def forward(self, x):
        self.shapes.append(list(x.shape))
        return self.factor * x


@pytest.mark.exercise("comp_conv2d")
class TestCompConv2d:
    @pytest.mark.points(2)
    def test_kept_shape(self, agree, image, generator):
        """A convolution with kernel 3 and padding 1 keeps the shape of the image.
        卷积核为 3、填充为 1 的卷积层保持图像的形状。"""
        X, seed = image(), draw_int(generator, 0, 10**6)
        agree(lambda impl: impl.comp_conv2d(set_parameters(nn.Conv2d(1, 1, 3, padding=1), seed), X))

    def test_rectangular_kernel(self, agree, image, generator):
        """Works for a kernel (5, 3) with padding (2, 1), and for its transpose.
        卷积核为 (5, 3)、填充为 (2, 1) 时结果正确，两者都转置时也正确。"""
        X, seed = image(), draw_int(generator, 0, 10**6)

        def probe(impl):
            layers = nn.Conv2d(1, 1, (5, 3), padding=(2, 1)), nn.Conv2d(1, 1, (3, 5), padding=(1, 2))
            return [impl.comp_conv2d(set_parameters(layer, seed), X) for layer in layers]

        agree(probe)

    def test_stride(self, agree, image, generator):
        """Works for a layer with a stride, whose result is smaller than the image.
        卷积层带有步幅、结果小于图像时也正确。"""
        X, seed = image(), draw_int(generator, 0, 10**6)

        def probe(impl):
            layers = nn.Conv2d(1, 1, 3, padding=1, stride=2), nn.Conv2d(1, 1, (3, 5), padding=(0, 1), stride=(3, 4))
            return [impl.comp_conv2d(set_parameters(layer, seed), X) for layer in layers]

        agree(probe)

    def test_one_row_or_column(self, agree, image, randn, chance):
        """Keeps both axes of a result that has one row, one column, or one number.
        结果只有一行、一列或一个数时，仍然保留两个轴。"""
        X, (n, k) = image(), chance.sample(range(2, 6), 2)
        row, column, factor = randn(1, n), randn(k, 1), chance.uniform(2, 3)
        agree(lambda impl: [impl.comp_conv2d(Seen(factor), x) for x in (row, column)])
        agree(lambda impl: impl.comp_conv2d(nn.MaxPool2d(tuple(X.shape)), X))

    def test_other_layers(self, agree, image, generator):
        """Works for pooling and for transposed convolution.
        也适用于汇聚层和转置卷积层。"""
        X, seed = image(), draw_int(generator, 0, 10**6)

        def probe(impl):
            layers = nn.MaxPool2d(2), nn.AvgPool2d((3, 1)), nn.ConvTranspose2d(1, 1, (2, 3), stride=(2, 1))
            return [impl.comp_conv2d(set_parameters(layer, seed), X) for layer in layers]

        agree(probe)

    def test_four_axes(self, agree, image, chance):
        """Calls the layer once, with an input of shape (1, 1, h, w).
        只调用一次层，输入的形状为 (1, 1, h, w)。"""
        X, factor = image(), chance.uniform(2, 3)

        def probe(impl):
            layer = Seen(factor)
            Y = impl.comp_conv2d(layer, X)
            return Y, {"calls of the layer": len(layer.shapes), "shapes of its inputs": layer.shapes[:]}

        agree(probe)

    @pytest.mark.points(2)
    def test_gradients(self, agree, image, generator):
        """Gives the right gradients for X and the layer's parameters.
        X 和层的参数的梯度正确。"""
        X, seed = image(), draw_int(generator, 0, 10**6)

        def probe(impl):
            layer = set_parameters(nn.Conv2d(1, 1, (3, 2)), seed)
            return gradients(lambda x: impl.comp_conv2d(layer, x), X), parameter_gradients(layer)

        agree(probe)

    @pytest.mark.needs("kept_shape")
    def test_arguments_untouched(self, agree, image, generator):
        """Leaves X and the layer's parameters unchanged.
        不修改 X 和层的参数。"""
        X, seed = image(), draw_int(generator, 0, 10**6)

        def probe(impl):
            layer = set_parameters(nn.Conv2d(1, 1, (3, 2)), seed)
            Y = impl.comp_conv2d(layer, X)
            return Y, X, layer.weight, layer.bias

        agree(probe)

    def test_non_contiguous(self, agree, image, generator):
        """Accepts an image whose numbers have another order in memory.
        图像在内存中不连续时，结果也正确。"""
        X, seed = image(), draw_int(generator, 0, 10**6)
        agree(lambda impl: impl.comp_conv2d(set_parameters(nn.Conv2d(1, 1, 2), seed), X.T.contiguous().T[:, ::2]))


@pytest.fixture
def fit(chance):
    """(n, k, p, s, d) of an axis on which the stride leaves rows over."""

    def draw(dilation=1, stride=(2, 5)):
        k, p, s = chance.randint(2, 6), chance.randint(1, 5), chance.randint(*stride)
        over = chance.randint(1, s - 1) if s > 1 else 0
        return dilation * (k - 1) + 1 - 2 * p + s * chance.randint(12, 40) + over, k, p, s, dilation

    return draw


def shape_or_error(impl, *arguments, **options):
    """The shape, or the name of the error: both are values that can be compared."""
    try:
        return impl.conv_output_shape(*arguments, **options)
    except ValueError:
        return "ValueError"


@pytest.mark.exercise("conv_output_shape")
class TestConvOutputShape:
    @pytest.mark.points(2)
    def test_plain(self, agree, chance):
        """Without padding and stride, the kernel takes kernel_size - 1 rows and columns away.
        没有填充和步幅时，卷积使行数和列数各减少 kernel_size - 1。"""
        size, (k, other) = tuple(chance.sample(range(20, 60), 2)), chance.sample(range(2, 9), 2)
        agree(lambda impl: [impl.conv_output_shape(size, k), impl.conv_output_shape(size, kernel_size=other)])

    @pytest.mark.points(2)
    def test_padding(self, agree, chance):
        """Padding counts on both sides of each axis.
        每个轴的两侧都有填充。"""
        size, (k, p, other) = tuple(chance.sample(range(20, 60), 2)), chance.sample(range(2, 9), 3)
        agree(lambda impl: [impl.conv_output_shape(size, k, p), impl.conv_output_shape(size, k, padding=other)])

    @pytest.mark.points(2)
    def test_stride(self, agree, fit):
        """A stride divides the number of steps, and rounds down.
        移动的步数等于剩余大小除以步幅，向下取整。"""
        n, k, _, s, _ = fit()
        sizes = [(n + s + rest, n + rest) for rest in range(s)]
        agree(lambda impl: [impl.conv_output_shape(size, k, 0, s) for size in sizes])

    @pytest.mark.points(2)
    def test_pairs(self, agree, chance):
        """The first number of a pair is for the height, the second for the width.
        成对的参数中，第一个数用于高，第二个数用于宽。"""
        size = tuple(chance.sample(range(40, 80), 2))
        k, p, s, d = (tuple(chance.sample(range(2, 6), 2)) for _ in range(4))

        def probe(impl):
            single = [shape_or_error(impl, size, k), shape_or_error(impl, size, k[0], padding=p)]
            single += [shape_or_error(impl, size, k[0], stride=s), shape_or_error(impl, size, k[0], dilation=d)]
            return single, shape_or_error(impl, size, k, p, s, d)

        agree(probe)

    def test_dilation(self, agree, chance):
        """Dilation draws the rows and columns of the kernel apart.
        dilation 拉开卷积核的各行和各列。"""
        size, d = tuple(chance.sample(range(40, 80), 2)), chance.randint(2, 5)
        k, other = chance.sample(range(3, 7), 2)
        agree(lambda impl: [impl.conv_output_shape(size, width, dilation=d) for width in (k, other)])

    @pytest.mark.points(2)
    def test_all_arguments(self, agree, fit):
        """All arguments together, whole numbers and pairs mixed.
        同时使用所有参数，整数与数对混用。"""
        (n, k, p, s, d), (m, *_, e) = fit(dilation=3), fit(dilation=2)
        cases = ((n, m), k, (p, p + 2), s, (d, e)), ((m, n), (k, k + 1), p, (s, s + 1), d)
        agree(lambda impl: [shape_or_error(impl, *case) for case in cases])

    def test_exact_fit(self, agree, chance):
        """A kernel that fits in exactly one place is allowed, also if it fits only thanks to padding.
        卷积核恰好有一个位置可放时是允许的，靠填充才放得下也一样。"""
        k, p, s = chance.randint(5, 9), chance.randint(1, 2), chance.randint(2, 4)
        other = k + chance.randint(1, 3)
        cases = [
            ((k, other), (k, other)),
            ((k, k + s), k, 0, s),
            ((k - 2 * p, other), k, p),  # fits only thanks to padding
            ((k, other), (k, 1)),
        ]
        agree(lambda impl: [shape_or_error(impl, *case) for case in cases])

    @pytest.mark.needs("plain")
    def test_misfit(self, agree, chance):
        """Raises ValueError if the kernel does not fit in height or width.
        卷积核在高或宽上放不下时抛出 ValueError。"""
        k, p, n = chance.randint(8, 11), chance.randint(1, 2), chance.randint(30, 40)
        cases = [
            ((k - 1, n), k),  # the formula gives 0
            ((n, k - 1), k),
            ((k - 4, n), k),
            ((n, k - 4), k),
            ((k - 2, n), k, 0, 3),  # -2 / 3 rounds down to -1
            ((n, k - 2), k, 0, 3),
            ((k - 2 * p - 2, n), k, p, 3),
            ((k + 1, n), k, 0, 1, 2),  # fits without dilation
            ((k - 2, k - 1), k),
            ((n, n + 1), k),
        ]
        agree(lambda impl: [shape_or_error(impl, *case) for case in cases])


@pytest.mark.exercise("corr2d_pad_stride")
class TestCorr2dPadStride:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("X", "K"))
    def arguments(self, image, kernel, chance):
        padding, stride = (tuple(chance.sample(range(1, 4), 2)) for _ in range(2))
        return {"X": image(), "K": kernel(), "padding": padding, "stride": stride}

    @pytest.mark.points(2)
    def test_plain(self, agree, image, randn, chance):
        """With padding (0, 0) and stride (1, 1), gives the usual cross-correlation.
        填充为 (0, 0)、步幅为 (1, 1) 时，就是通常的互相关。"""
        X, size = image(), chance.randint(2, 3)
        K = randn(size, size)
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (0, 0), (1, 1)))

    @pytest.mark.points(2)
    def test_padding(self, agree, image, randn, chance):
        """Pads rows of zeros by the first number of padding and columns by the second.
        padding 的第一个数是上下各填充几行 0，第二个数是左右各填充几列 0。"""
        X, K, paddings = image(), randn(2, 2), chance.sample([(0, 1), (2, 0), (1, 3), (2, 1)], 4)
        agree(lambda impl: [impl.corr2d_pad_stride(X, K, padding, (1, 1)) for padding in paddings])

    @pytest.mark.points(2)
    def test_stride(self, agree, image, randn, chance):
        """Moves down by the first number of stride and to the right by the second.
        每步向下移动的行数是 stride 的第一个数，向右移动的列数是第二个数。"""
        X, K, strides = image(), randn(3, 3), chance.sample([(1, 2), (2, 1), (3, 2), (1, 3)], 4)
        agree(lambda impl: [impl.corr2d_pad_stride(X, K, (0, 0), stride) for stride in strides])

    def test_rectangular_kernel(self, agree, image, kernel):
        """Height and width of the kernel may differ.
        卷积核的高和宽可以不同。"""
        X, K = image(), kernel()
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (0, 0), (1, 1)))

    @pytest.mark.points(2)
    def test_both(self, agree, image, kernel, chance):
        """Pads first; then the kernel moves with its stride over the padded image.
        先填充，再让卷积核按步幅在填充后的图像上移动。"""
        X, K, stride = image(), kernel(), tuple(chance.sample(range(2, 5), 2))
        agree(lambda impl: [impl.corr2d_pad_stride(X, K, padding, stride) for padding in ((0, 1), (2, 1), (1, 1))])

    def test_large_stride(self, agree, image, randn, chance):
        """The stride may be larger than the kernel.
        步幅可以大于卷积核。"""
        X, K, stride = image(), randn(2, 1), tuple(chance.sample(range(3, 6), 2))
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (1, 0), stride))

    def test_incomplete_windows(self, agree, randn, chance):
        """Ignores rows and columns that do not fill a last window.
        忽略不足以构成最后一个窗口的行和列。"""
        s, K = chance.randint(3, 4), randn(2, 3)
        sizes = [(2 + 2 * s + over, 3 + 3 * s + s - over) for over in range(1, s)]
        images = [randn(*size) for size in sizes]
        agree(lambda impl: [impl.corr2d_pad_stride(X, K, (0, 0), (s, s)) for X in images])

    def test_constant_image(self, agree, randn, chance):
        """Shows the padding of a constant image: the result changes only near the edges.
        图像取值恒定时，只有边缘附近的结果因填充而不同。"""
        X, K = torch.full(tuple(chance.sample(range(4, 8), 2)), 2.0), 1 + randn(3, 3).abs()
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (1, 2), (1, 1)))

    def test_whole_image(self, agree, randn, chance):
        """A kernel as large as the image gives one number.
        卷积核与图像一样大时，只得到一个数。"""
        size, stride = chance.sample(range(3, 7), 2), tuple(chance.sample(range(1, 4), 2))
        X, K = randn(*size), randn(*size)
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (0, 0), stride))

    def test_kernel_of_one_number(self, agree, image, randn, chance):
        """A kernel of shape (1, 1) picks pixels by the stride, and scales them.
        形状为 (1, 1) 的卷积核按步幅选取像素，再做缩放。"""
        X, K, stride = image(), randn(1, 1), tuple(chance.sample(range(2, 5), 2))
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (0, 0), stride))

    def test_only_padding(self, agree, randn, chance):
        """Places where the kernel meets nothing but padding give 0.
        卷积核只覆盖填充部分的位置，结果为 0。"""
        X, K = randn(chance.randint(3, 4), chance.randint(4, 6)), randn(2, 2)
        agree(lambda impl: impl.corr2d_pad_stride(X, K, (2, 3), (1, 2)))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("same_padding")
class TestSamePadding:
    @pytest.mark.points(2)
    def test_odd(self, agree, chance):
        """An odd kernel gets the same number of rows above and below.
        卷积核的行数为奇数时，上下添加的行数相同。"""
        sizes = [2 * half + 1 for half in chance.sample(range(1, 30), 4)]
        agree(lambda impl: [impl.same_padding(size) for size in sizes])

    @pytest.mark.points(2)
    def test_even(self, agree, chance):
        """An even kernel gets one more row above than below.
        卷积核的行数为偶数时，上面比下面多添加一行。"""
        sizes = [2, *(2 * half for half in chance.sample(range(2, 30), 4))]
        agree(lambda impl: [impl.same_padding(size) for size in sizes])

    def test_one(self, agree, chance):
        """A kernel of one row needs no padding.
        卷积核只有一行时不需要填充。"""
        size = 2 * chance.randint(5, 40) + 1
        agree(lambda impl: [impl.same_padding(1), impl.same_padding(size)])
