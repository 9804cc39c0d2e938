"""ch19: corr2d, Conv2D, conv2d_flipped, learn_kernel."""

import pytest
import torch

from dlgrade.testing import draw_int, gradients, promise, standard, written_from_scratch


@pytest.fixture
def image(randn, chance):
    """An image whose two sizes differ so much that its result with a kernel is no square."""
    return lambda: randn(*chance.sample((chance.randint(5, 6), chance.randint(9, 10)), 2))


@pytest.fixture
def kernel(randn, chance):
    """A kernel whose two sizes differ."""
    return lambda: randn(*chance.sample(range(2, 5), 2))


@pytest.fixture
def edges(generator, chance):
    """Ones with a band of zero columns, times a contrast, and the picture of its edges: 1 and -1 times the contrast."""

    def draw():
        X = torch.ones(draw_int(generator, 4, 6), 8)
        left = chance.randint(1, 3)
        X[:, left : left + chance.randint(2, 4)] = 0
        X *= chance.uniform(0.7, 1)
        return X, X[:, :-1] - X[:, 1:]

    return draw


@pytest.mark.exercise("corr2d")
class TestCorr2d:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", "K", rtol=1e-5, atol=1e-5),  # the inputs are float64, but the book's sums are float32
    )
    def arguments(self, image, kernel):
        return {"X": image(), "K": kernel()}

    @pytest.mark.points(2)
    def test_square_kernel(self, agree, image, randn, chance):
        """Sums the products of a square kernel with every window.
        对每个窗口，求正方形卷积核与窗口逐元素乘积之和。"""
        X, size = image(), chance.randint(2, 3)
        K = randn(size, size)
        agree(lambda impl: impl.corr2d(X, K))

    @pytest.mark.points(2)
    def test_rectangular_kernel(self, agree, image, kernel):
        """Height and width of the kernel may differ.
        卷积核的高和宽可以不同。"""
        X, K = image(), kernel()
        agree(lambda impl: [impl.corr2d(X, K), impl.corr2d(X, K.T)])

    def test_edges(self, agree, edges):
        """The kernel [[1, -1]] gives a positive number where ones end, and a negative number where they begin.
        卷积核 [[1, -1]] 在 1 变为 0 处得到正数，在 0 变为 1 处得到负数。"""
        X, _ = edges()
        agree(lambda impl: impl.corr2d(X, torch.tensor([[1.0, -1.0]])))

    def test_kernel_of_one_number(self, agree, image, randn):
        """A kernel of shape (1, 1) scales the image.
        形状为 (1, 1) 的卷积核只对图像做缩放。"""
        X, K = image(), randn(1, 1)
        agree(lambda impl: impl.corr2d(X, K))

    def test_single_rows_and_columns(self, agree, image, randn):
        """The kernel can have a single row or column, and so can the image.
        卷积核可以只有一行或一列，图像也可以只有一行或一列。"""
        X, row, column = image(), randn(1, 3), randn(2, 1)
        agree(lambda impl: [impl.corr2d(X, row), impl.corr2d(X, column)])
        agree(lambda impl: [impl.corr2d(X[:1], row), impl.corr2d(X[:, :1], column)])

    def test_whole_image(self, agree, image, randn):
        """A kernel as large as the image gives one number.
        卷积核与图像一样大时，只得到一个数。"""
        X = image()
        K = randn(*X.shape)
        agree(lambda impl: [impl.corr2d(X, K), impl.corr2d(X[:, :3], K[:, :3])])

    test_from_scratch = written_from_scratch


def filled(layer, weight, bias):
    """The layer with these parameters."""
    layer.weight.data, layer.bias.data = weight.clone(), bias.clone()
    return layer


@pytest.mark.exercise("Conv2D")
class TestConv2D:
    @pytest.mark.points(2)
    def test_parameters(self, agree, chance):
        """Has two parameters: weight of shape kernel_size, and bias of shape (1,), which starts at 0.
        有两个参数：weight 的形状为 kernel_size；bias 的形状为 (1,)，初值为 0。"""
        size = tuple(chance.sample(range(2, 9), 2))

        def probe(impl):
            layer = impl.Conv2D(size)
            shapes = sorted((name, list(value.shape)) for name, value in layer.named_parameters())
            return shapes, layer.bias, sorted(name for name, value in layer.named_parameters() if value.requires_grad)

        agree(probe)

    def test_initial_weights(self, agree, chance):
        """Draws the weights uniformly between 0 and 1, anew for each layer.
        weight 在 0 和 1 之间均匀抽取，每个层各自重新抽取。"""
        size = chance.randint(100, 110), chance.randint(90, 99)

        def probe(impl):
            weight, other = (impl.Conv2D(size).weight.detach() for _ in range(2))
            statistics = weight.mean(), weight.std(), (weight < 0).float().mean(), (weight.abs() > 1).float().mean()
            # To one decimal: five standard deviations of each statistic are below 0.02.
            return [round(abs(float(number)), 1) for number in (*statistics, (weight - other).std())]

        agree(probe)

    @pytest.mark.points(2)
    def test_output(self, agree, image, randn):
        """Gives the cross-correlation with weight, plus bias.
        输出是与 weight 的互相关再加上 bias。"""
        X, weight, bias = image(), randn(2, 2), randn(1)
        agree(lambda impl: filled(impl.Conv2D((2, 2)), weight, bias)(X))

    def test_rectangular_kernel(self, agree, image, kernel, randn):
        """Height and width of the kernel may differ.
        卷积核的高和宽可以不同。"""
        X, weight, bias = image(), kernel(), randn(1)

        agree(lambda impl: filled(impl.Conv2D(tuple(weight.shape)), weight, bias)(X))

    def test_single_rows_and_columns(self, agree, image, randn):
        """The kernel can have one number, a single row, or a single column.
        卷积核可以只有一个数、一行或一列。"""
        X, bias = image(), randn(1)
        for weight in (randn(1, 1), randn(1, 3), randn(2, 1)):
            agree(lambda impl, w=weight: filled(impl.Conv2D(tuple(w.shape)), w, bias)(X))

    def test_bias_everywhere(self, agree, image, kernel, randn):
        """Adds the same bias to each number, also where the image is 0.
        每个数都加上同一个 bias，图像为 0 处也一样。"""
        X, weight, bias = image(), kernel(), 1 + randn(1).abs()
        X[:, 2:] = 0
        agree(lambda impl: filled(impl.Conv2D(tuple(weight.shape)), weight, bias)(X))

    @pytest.mark.points(2)
    def test_gradients(self, agree, image, kernel, randn):
        """Gives the right gradients for x, weight and bias.
        x、weight 和 bias 的梯度正确。"""
        X, weight, bias = image(), kernel(), randn(1)

        def probe(impl):
            layer = filled(impl.Conv2D(tuple(weight.shape)), weight, bias)
            (grad,) = gradients(layer, X)
            return grad, layer.weight.grad, layer.bias.grad

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("conv2d_flipped")
class TestConv2dFlipped:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", "K", rtol=1e-5, atol=1e-5),  # the inputs are float64, but the book's sums are float32
    )
    def arguments(self, image, kernel):
        return {"X": image(), "K": kernel()}

    @pytest.mark.points(2)
    def test_square_kernel(self, agree, image, randn, chance):
        """Flips a square kernel along both axes.
        把正方形卷积核上下、左右都翻转。"""
        X, size = image(), chance.randint(2, 3)
        K = randn(size, size)
        agree(lambda impl: impl.conv2d_flipped(X, K))

    def test_rectangular_kernel(self, agree, image, kernel):
        """Flips a kernel whose height and width differ.
        卷积核的高和宽不同时，结果也正确。"""
        X, K = image(), kernel()
        agree(lambda impl: [impl.conv2d_flipped(X, K), impl.conv2d_flipped(X, K.T)])

    def test_symmetric_kernel(self, agree, image, kernel):
        """A kernel that looks the same after both flips gives the cross-correlation.
        卷积核翻转后不变时，结果与互相关相同。"""
        X, K = image(), kernel()
        K = K + K.flip(0, 1)
        agree(lambda impl: impl.conv2d_flipped(X, K))

    def test_kernel_with_a_single_one(self, agree, image, chance):
        """A kernel with a single 1 cuts out a part of the image.
        只有一个元素为 1、其余为 0 的卷积核截取图像的一部分。"""
        X, K = image(), torch.zeros(3, 4)
        K[chance.choice([0, 2]), chance.choice([0, 1, 3])] = 1
        agree(lambda impl: impl.conv2d_flipped(X, K))

    def test_single_rows_and_columns(self, agree, image, randn):
        """The kernel can have one number, a single row, or a single column.
        卷积核可以只有一个数、一行或一列。"""
        X = image()
        for K in (randn(1, 1), randn(1, 3), randn(2, 1)):
            agree(lambda impl, K=K: impl.conv2d_flipped(X, K))

    def test_whole_image(self, agree, image, randn):
        """A kernel as large as the image gives one number.
        卷积核与图像一样大时，只得到一个数。"""
        X = image()
        K = randn(*X.shape)
        agree(lambda impl: [impl.conv2d_flipped(X, K), impl.conv2d_flipped(X[:, :3], K[:, :3])])

    test_from_scratch = written_from_scratch


@pytest.fixture
def task(image, randn, chance):
    """(X, Y, kernel_size, lr) for a kernel of other height than width. Steps of this size never overshoot."""

    def draw():
        X, size = image(), tuple(chance.sample(range(1, 4), 2))
        return X, randn(X.shape[0] - size[0] + 1, X.shape[1] - size[1] + 1), size, chance.uniform(0.001, 0.004)

    return draw


@pytest.mark.exercise("learn_kernel")
class TestLearnKernel:
    @standard(promise.untouched, promise.second_call)
    def arguments(self, task):
        return dict(zip(("X", "Y", "kernel_size", "lr"), task(), strict=True))

    @pytest.mark.points(2)
    def test_edges(self, agree, edges):
        """Finds the edges of a picture with the usual lr and steps: the kernel comes close to [[1, -1]].
        取默认的 lr 和 steps，学会检测图像的边缘：卷积核接近 [[1, -1]]。"""
        X, Y = edges()
        agree(lambda impl: impl.learn_kernel(X, Y, (1, 2)))

    @pytest.mark.points(2)
    def test_first_step(self, agree, task):
        """The first step starts from zeros.
        第一步从零出发。"""
        X, Y, size, lr = task()
        agree(lambda impl: impl.learn_kernel(X, Y, size, lr, 1))

    @pytest.mark.points(2)
    def test_steps(self, agree, task, chance):
        """Takes as many steps as it is told, also none.
        走的步数等于 steps；steps 也可以为 0。"""
        X, Y, size, lr = task()
        counts = chance.sample(range(2, 7), 2)
        agree(lambda impl: impl.learn_kernel(X, Y, size, lr, 0))
        agree(lambda impl: [impl.learn_kernel(X, Y, size, lr, steps) for steps in counts])

    def test_learning_rate(self, agree, task):
        """Uses the learning rate that it is given.
        使用传入的学习率。"""
        X, Y, size, lr = task()
        agree(lambda impl: [impl.learn_kernel(X, Y, size, lr=factor * lr, steps=3) for factor in (0.5, 1)])

    def test_kernel_size(self, agree, image, kernel, chance):
        """Learns kernels of a single row or column, and of different height and width.
        能学习只有一行或一列的卷积核，以及高和宽不同的卷积核。"""
        X, lr = image(), chance.uniform(0.001, 0.004)
        for h, w in (kernel().shape, (1, 3), (3, 1)):
            Y = 2 * X[h - 1 :, : X.shape[1] - w + 1].clone()
            agree(lambda impl, Y=Y, size=(h, w): impl.learn_kernel(X, Y, size, lr, 4))

    def test_kernel_of_one_number(self, agree, image, randn, chance):
        """Learns a kernel of shape (1, 1).
        能学习形状为 (1, 1) 的卷积核。"""
        X, lr = image(), chance.uniform(0.001, 0.004)
        Y = randn(*X.shape)
        agree(lambda impl: impl.learn_kernel(X, Y, (1, 1), lr, 4))

    def test_whole_image(self, agree, image, randn, chance):
        """Learns a kernel as large as the image, from a single number.
        能由一个数学习与图像一样大的卷积核。"""
        X, Y, lr = image(), randn(1, 1), chance.uniform(0.001, 0.004)
        for part in (X[:1], X):
            agree(lambda impl, X=part: impl.learn_kernel(X, Y, tuple(X.shape), lr, 3))

    def test_many_steps(self, agree, image, randn):
        """Reaches the kernel of least squares after many steps.
        经过很多步之后，到达最小二乘意义下的最优卷积核。"""
        X, Y = image()[:5, :4].clone(), randn(5, 3)
        agree(lambda impl: impl.learn_kernel(X, Y, (1, 2), 0.015, 60))
