"""ch48: bilinear_kernel, loss, label2image, upsample_params, fcn_head."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.testing import gradients, parameter_gradients, promise, standard, value_or_error, varied_matrices

# The colour of class i has bit 7 - k of red, green and blue where i has the bits 3 * k, 3 * k + 1 and 3 * k + 2.
PALETTE = torch.tensor([[sum((i >> 3 * k + c & 1) << 7 - k for k in range(3)) for c in range(3)] for i in range(21)])


def own_channels(weight):
    """The filters from each channel to itself."""
    return torch.stack([weight[channel, channel] for channel in range(len(weight))])


@pytest.mark.exercise("bilinear_kernel")
class TestBilinearKernel:
    @pytest.mark.points(2)
    def test_even(self, agree, chance):
        """Has the right filter for kernels of even size.
        卷积核大小为偶数时，滤波器正确。"""
        sizes = [4, *chance.sample(range(6, 20, 2), 2)]
        agree(lambda impl: [impl.bilinear_kernel(1, 1, size) for size in sizes])

    @pytest.mark.points(2)
    def test_odd(self, agree, chance):
        """Has the right filter for kernels of odd size.
        卷积核大小为奇数时，滤波器正确。"""
        sizes = [3, *chance.sample(range(5, 19, 2), 2)]
        agree(lambda impl: [impl.bilinear_kernel(1, 1, size) for size in sizes])

    @pytest.mark.points(2)
    def test_channels(self, agree, chance):
        """Has the filter from each channel to itself, and 0 between different channels.
        每个通道到自身的权重是这个滤波器，不同通道之间的权重为 0。"""
        cases = [(chance.randint(2, 4), size) for size in (chance.randint(4, 6), chance.randint(7, 9))]
        agree(lambda impl: [impl.bilinear_kernel(c, c, size) for c, size in cases])

    def test_small_kernels(self, agree, chance):
        """Has the right entries for kernels of size 1 and 2.
        卷积核大小为 1 和 2 时结果正确。"""
        c = chance.randint(2, 4)
        agree(lambda impl: [impl.bilinear_kernel(c, c, size) for size in (1, 2)])

    def test_kernel_of_64(self, agree, chance):
        """Has the right filter for large kernels, such as 64 x 64.
        卷积核很大（例如 64 x 64）时结果正确。"""
        c = chance.randint(2, 3)
        agree(lambda impl: [impl.bilinear_kernel(c, c, size) for size in (64, 32 + c)])

    @pytest.mark.points(2)
    def test_upsampling(self, agree, randn, chance):
        """As the weight of a transposed convolution, it upsamples each channel by itself.
        用作转置卷积的权重时，对每个通道分别做上采样。"""
        c, h, w = chance.sample(range(2, 6), 3)
        X, factors = randn(2, c, h, w), (2, 4)

        def probe(impl):
            weights = [impl.bilinear_kernel(c, c, 2 * factor) for factor in factors]
            pairs = zip(weights, factors, strict=True)
            return [F.conv_transpose2d(X, weight, stride=f, padding=f // 2) for weight, f in pairs]

        agree(probe)

    @pytest.mark.bonus
    def test_different_numbers_of_channels(self, agree, chance):
        """Has the filter for every channel that both sides have, if their numbers differ.
        输入与输出通道数不同时，两边都有的通道都有这个滤波器。"""
        few, many = sorted(chance.sample(range(2, 7), 2))
        agree(lambda impl: [impl.bilinear_kernel(few, many, 4), impl.bilinear_kernel(many, few, 3)])


@pytest.fixture
def scored(randn, generator, chance):
    """Scores (n, C, h, w) of four different sizes, and classes (n, h, w)."""

    def draw(*shape, dtype=torch.float32):
        n, classes, h, w = shape or chance.sample(range(2, 8), 4)
        return 2 * randn(n, classes, h, w, dtype=dtype), torch.randint(classes, (n, h, w), generator=generator)

    return draw


@pytest.mark.exercise("loss")
class TestLoss:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("inputs", "targets"),
        promise.gradients("inputs"),
    )
    def arguments(self, scored):
        inputs, targets = scored()
        return {"inputs": inputs, "targets": targets}

    @pytest.mark.points(2)
    def test_mean_of_pixels(self, agree, scored):
        """Returns the mean cross-entropy of the pixels of each image.
        返回每幅图像各像素的交叉熵的平均值。"""
        inputs, targets = scored()
        agree(lambda impl: impl.loss(inputs, targets))

    def test_each_image(self, agree, scored, chance):
        """The loss of an image does not depend on the other images.
        一幅图像的损失与其他图像无关。"""
        inputs, targets = scored(chance.randint(4, 7), 3, 4, 5)
        inputs = inputs * torch.linspace(0.1, 9, len(inputs))[:, None, None, None]
        agree(lambda impl: impl.loss(inputs, targets))

    def test_equal_sizes(self, agree, scored, chance):
        """Takes the right axes if all axes have the same size.
        各轴大小相同时，仍取正确的轴。"""
        inputs, targets = scored(*[chance.randint(3, 5)] * 4)
        agree(lambda impl: impl.loss(inputs, targets))

    def test_narrow_images(self, agree, scored, chance):
        """Accepts images of one row, one column or one pixel.
        图像可以只有一行、一列或一个像素。"""
        n, size = chance.sample(range(2, 7), 2)
        pairs = [scored(n, 3, 1, size), scored(n, 4, size, 1), scored(n, 5, 1, 1)]
        agree(lambda impl: [impl.loss(*pair) for pair in pairs])

    def test_one_class(self, agree, scored, chance):
        """Is 0 if there is a single class.
        只有一个类别时，损失为 0。"""
        n = chance.randint(2, 5)
        pairs = [scored(n, 1, 4, 3), scored(n, 2, 4, 3)]
        agree(lambda impl: [impl.loss(*pair) for pair in pairs])

    def test_equal_scores(self, agree, scored, chance):
        """Is the logarithm of the number of classes if all scores are equal.
        所有分数相等时，损失是类别数的对数。"""
        inputs, targets = scored()
        inputs = torch.full_like(inputs, chance.uniform(-3, 3))
        agree(lambda impl: impl.loss(inputs, targets))

    def test_background(self, agree, scored, chance):
        """Counts pixels of class 0 like all others.
        第 0 类的像素与其他像素一样计入。"""
        inputs, targets = scored(chance.randint(2, 4), 3, 6, 5)
        targets[:, 1:4] = 0
        agree(lambda impl: impl.loss(inputs, targets))

    def test_large_scores(self, agree, scored):
        """Is right for scores up to 1e4, for which exponentials are infinite or 0.
        分数达到 1e4、指数为无穷大或 0 时，结果仍然正确。"""
        inputs, targets = scored()
        inputs = 1e4 * inputs / inputs.abs().max()
        agree(lambda impl: [impl.loss(inputs, targets), impl.loss(inputs / 50, targets)])

    def test_gradients_of_large_scores(self, agree, scored):
        """Gives finite and right gradients for scores up to 1e4.
        分数达到 1e4 时，梯度有限且正确。"""
        inputs, targets = scored()
        inputs = 1e4 * inputs / inputs.abs().max()
        agree(lambda impl: gradients(lambda X: impl.loss(X, targets), inputs))


@pytest.fixture
def classes(generator, chance):
    """classes(): a map of classes (h, w); classes(h, w) has the given sizes."""
    return lambda *shape: torch.randint(21, shape or tuple(chance.sample(range(4, 9), 2)), generator=generator)


def picture(impl, pred):
    """The picture, in int64 if it has integers: any dtype of integers is right."""
    result = impl.label2image(pred)
    return result if result.dtype.is_floating_point else result.long()


@pytest.mark.exercise("label2image")
class TestLabel2image:
    @pytest.mark.points(2)
    def test_colours(self, agree, classes):
        """Has the colour of each pixel's class, in integers.
        每个像素的颜色是它的类别的颜色，用整数表示。"""
        pred = classes()
        agree(lambda impl: picture(impl, pred))

    def test_all_classes(self, agree, generator):
        """Knows the colours of all 21 classes.
        21 个类别的颜色都正确。"""
        pred = torch.randperm(21, generator=generator).reshape(3, 7)
        agree(lambda impl: picture(impl, pred))

    @pytest.mark.points(2)
    def test_back_to_colours(self, agree, classes):
        """Gives back the picture from which the classes were read.
        由标签图像读出的类别，可以还原为原来的图像。"""
        original = PALETTE[classes()]
        pred = (original[:, :, None] == PALETTE).all(dim=-1).int().argmax(dim=-1)
        agree(lambda impl: picture(impl, pred))

    def test_three_rows_or_columns(self, agree, classes, chance):
        """Has the colours on the last axis, also if the map has three rows or three columns.
        类别图恰好有三行或三列时，颜色仍在最后一个轴上。"""
        maps = [classes(3, chance.randint(4, 8)), classes(chance.randint(4, 8), 3), classes(3, 3)]
        agree(lambda impl: [picture(impl, pred) for pred in maps])

    def test_narrow_maps(self, agree, classes, chance):
        """Keeps all axes of a map with one row, one column or one pixel.
        类别图只有一行、一列或一个像素时，各轴保留。"""
        maps = [classes(1, chance.randint(3, 8)), classes(chance.randint(3, 8), 1), classes(1, 1)]
        agree(lambda impl: [picture(impl, pred) for pred in maps])

    def test_uint8(self, agree, classes):
        """Accepts classes in uint8.
        类别可以是 uint8。"""
        pred = classes().to(torch.uint8)
        agree(lambda impl: picture(impl, pred))

    def test_int32(self, agree, classes):
        """Accepts classes in int32.
        类别可以是 int32。"""
        pred = classes().int()
        agree(lambda impl: picture(impl, pred))

    def test_non_contiguous(self, agree, classes):
        """Accepts maps with another order in memory.
        接受在内存中不连续的类别图。"""
        pred = classes().t().contiguous().t()
        agree(lambda impl: picture(impl, pred))

    @pytest.mark.needs("colours")
    def test_new_picture(self, agree, classes, chance):
        """Returns a new picture: a change of it leaves the next picture as it should be.
        返回新的图像：修改它，不影响下一幅图像。"""
        pred, noise = classes(), chance.randint(1, 99)

        def probe(impl):
            impl.label2image(pred).fill_(noise)
            return picture(impl, pred)

        agree(probe)

    @pytest.mark.needs("colours")
    def test_arguments_untouched(self, agree, classes):
        """Leaves pred unchanged.
        不修改 pred。"""
        pred = classes()
        agree(lambda impl: (picture(impl, pred), pred))


@pytest.mark.exercise("upsample_params")
class TestUpsampleParams:
    @pytest.mark.points(2)
    def test_values(self, agree, chance):
        """Returns kernel size, padding and stride for even factors.
        因子为偶数时，返回卷积核大小、填充和步幅。"""
        factors = chance.sample(range(4, 60, 2), 4)
        agree(lambda impl: [list(impl.upsample_params(factor)) for factor in factors])

    def test_two(self, agree, chance):
        """Accepts the factor 2.
        因子可以是 2。"""
        factors = 2, 2 * chance.randint(2, 40)
        agree(lambda impl: [list(impl.upsample_params(factor)) for factor in factors])

    def test_even_but_no_power_of_two(self, agree, chance):
        """Accepts even factors that are no powers of two, and no multiples of four.
        因子可以是不为 2 的幂、也不为 4 的倍数的偶数。"""
        factors = [4 * half + 2 for half in chance.sample(range(1, 30), 4)]
        agree(lambda impl: [list(impl.upsample_params(factor)) for factor in factors])

    @pytest.mark.points(2)
    def test_size(self, agree, chance):
        """A transposed convolution with these numbers multiplies height and width by the factor.
        用这些数构造的转置卷积，使高和宽乘以 factor。"""
        sizes, factors = chance.sample(range(2, 9), 2), chance.sample(range(2, 24, 2), 3)

        def probe(impl):
            shapes = []
            for factor in factors:
                k, p, s = impl.upsample_params(factor)
                weight = torch.ones(1, 1, k, k)
                shapes.append(list(F.conv_transpose2d(torch.ones(1, 1, *sizes), weight, stride=s, padding=p).shape))
            return shapes

        agree(probe)

    @pytest.mark.needs("values")
    def test_ints(self, agree, chance):
        """Returns a tuple of ints.
        返回整数的元组。"""
        factors = chance.sample(range(4, 60, 2), 4)
        agree(lambda impl: [str(impl.upsample_params(factor)) for factor in factors])

    def test_odd_factor(self, agree, chance):
        """Raises ValueError for an odd factor.
        因子为奇数时，抛出 ValueError。"""
        factors = [1, *(2 * half + 1 for half in chance.sample(range(1, 30), 2))]

        def probe(impl):
            return [
                value_or_error(lambda factor: str(impl.upsample_params(factor)), factor) for factor in factors
            ], list(impl.upsample_params(factors[-1] + 1))

        agree(probe)

    def test_factor_below_two(self, agree, chance):
        """Raises ValueError for an even factor below 2.
        因子是小于 2 的偶数时，抛出 ValueError。"""
        factors = 0, -2, -2 * chance.randint(2, 30)

        def probe(impl):
            return [
                value_or_error(lambda factor: str(impl.upsample_params(factor)), factor) for factor in factors
            ], list(impl.upsample_params(2 - factors[-1]))

        agree(probe)


@pytest.fixture
def features(randn, chance):
    """features(): features (n, c, h, w) and a number of classes, five different sizes."""

    def draw():
        n, c, h, w, classes = chance.sample(range(2, 7), 5)
        return randn(n, c, h, w), classes

    return draw


@pytest.fixture
def weights(randn):
    """weights(c, classes): a weight and a bias for final_conv."""
    return lambda c, classes: (randn(classes, c, 1, 1), randn(classes))


def with_weights(head, weight, bias):
    """The head with given parameters of final_conv; transpose_conv keeps its first ones."""
    with torch.no_grad():
        head.final_conv.weight.copy_(weight)
        head.final_conv.bias.copy_(bias)
    return head


@pytest.mark.exercise("fcn_head")
class TestFcnHead:
    @pytest.mark.points(2)
    def test_upsampled_scores(self, agree, features, weights, chance):
        """Gives the scores of final_conv, upsampled by bilinear interpolation.
        结果是 final_conv 的分数经双线性插值上采样得到的。"""
        (X, classes), factor = features(), chance.choice((4, 6, 8))
        parameters = weights(X.shape[1], classes)
        agree(lambda impl: with_weights(impl.fcn_head(X.shape[1], classes, factor), *parameters)(X))

    @pytest.mark.points(2)
    def test_size(self, agree, features, chance):
        """Multiplies height and width by the factor, and gives num_classes channels.
        高和宽乘以 factor，通道数为 num_classes。"""
        cases = [(*features(), factor) for factor in chance.sample((2, 4, 6, 10, 16), 3)]
        agree(lambda impl: [list(impl.fcn_head(X.shape[1], c, f)(X).shape) for X, c, f in cases])

    def test_default_factor(self, agree, features, weights):
        """Multiplies by 32 if no factor is given.
        没有给出 factor 时，乘以 32。"""
        X, classes = features()
        X, parameters = X[:1, :, :2], weights(X.shape[1], classes)
        agree(lambda impl: with_weights(impl.fcn_head(X.shape[1], classes), *parameters)(X)[:, :, ::5, ::7])

    def test_children(self, agree, chance):
        """Has the children final_conv and transpose_conv, in this order.
        依次有子模块 final_conv 和 transpose_conv。"""
        (c, classes), factor = chance.sample(range(2, 30), 2), 2 * chance.randint(1, 4)

        def probe(impl):
            head = impl.fcn_head(c, classes, factor)
            sizes = [
                [getattr(layer, name, None) for name in ("in_channels", "out_channels")] for layer in head.children()
            ]
            return isinstance(head, torch.nn.Sequential), [name for name, _ in head.named_children()], sizes

        agree(probe)

    def test_scores(self, agree, features, weights, chance):
        """final_conv maps the features of each pixel to scores.
        final_conv 把每个像素的特征变为分数。"""
        (X, classes), factor = features(), 2 * chance.randint(1, 4)
        parameters = weights(X.shape[1], classes)
        agree(lambda impl: with_weights(impl.fcn_head(X.shape[1], classes, factor), *parameters).final_conv(X))

    def test_transposed_convolution(self, agree, features, chance):
        """transpose_conv begins with the bilinear kernel of the right size, and upsamples by it.
        transpose_conv 的初始权重是大小正确的双线性插值核，用它做上采样。"""
        (X, classes), factor = features(), 2 * chance.randint(1, 4)
        X = X[:, :1].repeat(1, classes, 1, 1) + torch.arange(classes)[:, None, None]

        def probe(impl):
            layer = impl.fcn_head(3, classes, factor).transpose_conv
            return layer.weight, layer(X)

        agree(probe)

    def test_one_pixel(self, agree, features, weights, chance):
        """Accepts features of a single pixel, and a single class.
        特征可以只有一个像素，类别可以只有一个。"""
        X, factor = features()[0][:, :, :1, :1], 2 * chance.randint(1, 4)
        parameters = weights(X.shape[1], 1)
        agree(lambda impl: with_weights(impl.fcn_head(X.shape[1], 1, factor), *parameters)(X))

    def test_random_weights(self, run, features, chance):
        """The weight of final_conv begins with random numbers, which differ from call to call.
        final_conv 的初始权重是随机数，每次调用都不同。"""
        _, classes = features()
        c, factor = chance.randint(8, 16), 2 * chance.randint(1, 4)

        def probe(impl):
            first, second = (impl.fcn_head(c, classes, factor).final_conv.weight.flatten(1) for _ in range(2))
            return [first, first - second]

        varied_matrices(run(probe))

    @pytest.mark.points(2)
    def test_gradients(self, agree, features, weights, chance):
        """All parameters can be learned: their gradients are right.
        所有参数都可以学习，梯度正确。"""
        (X, classes), factor = features(), chance.choice((2, 4))
        parameters = weights(X.shape[1], classes)

        def probe(impl):
            head = with_weights(impl.fcn_head(X.shape[1], classes, factor), *parameters)
            Y = head(X)
            (Y * torch.linspace(-1, 1, Y.numel()).reshape(Y.shape)).sum().backward()
            found = parameter_gradients(head)
            return {name: found.get(name) for name in ("final_conv.weight", "final_conv.bias", "transpose_conv.weight")}

        agree(probe)

    def test_odd_factor(self, agree, features, weights, chance):
        """Raises ValueError if the factor is odd or less than 2.
        factor 为奇数或小于 2 时，抛出 ValueError。"""
        X, classes = features()
        parameters, factors = weights(X.shape[1], classes), (2 * chance.randint(1, 9) + 1, 1, 0, -2)

        def probe(impl):
            c = X.shape[1]
            refused = {
                f"factor {factor}": value_or_error(lambda f: type(impl.fcn_head(c, classes, f)).__name__, factor)
                for factor in factors
            }
            return refused, with_weights(impl.fcn_head(c, classes, 2), *parameters)(X)

        agree(probe)
