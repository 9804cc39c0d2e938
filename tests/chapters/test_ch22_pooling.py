"""ch22: pool2d, max_pool_multichannel."""

import pytest

from dlgrade.testing import gradients, promise, raises, standard, written_from_scratch


@pytest.fixture
def matrix(randn, chance):
    """A matrix whose two sizes differ."""
    return lambda low=5, high=9: randn(*chance.sample(range(low, high), 2))


@pytest.mark.exercise("pool2d")
class TestPool2d:
    @standard(
        promise.untouched, promise.float64(marks=pytest.mark.bonus), promise.non_contiguous, promise.gradients("X")
    )
    def arguments(self, matrix, chance):
        return {"X": matrix(), "pool_size": tuple(chance.sample(range(2, 5), 2))}

    @pytest.mark.points(2)
    def test_maximum(self, agree, matrix):
        """Takes the maximum of every window, if it is given no mode.
        没有给出 mode 时，取每个窗口的最大值。"""
        X = matrix()
        agree(lambda impl: [impl.pool2d(X, (2, 2)), impl.pool2d(X, (2, 2), mode="max")])

    @pytest.mark.points(2)
    def test_average(self, agree, matrix):
        """Takes the mean of every window in the mode "avg".
        mode 为 "avg" 时，取每个窗口的平均值。"""
        X = matrix()
        agree(lambda impl: [impl.pool2d(X, (3, 3), mode="avg"), impl.pool2d(X, (2, 3), "avg")])

    def test_average_gradients(self, agree, randn, matrix, chance):
        """Gives the right gradients for X in the mode "avg".
        mode 为 "avg" 时，X 的梯度正确。"""
        X, size = matrix(), tuple(chance.sample(range(2, 5), 2))
        factor = randn(*X.shape)  # otherwise the gradients of a mean would not depend on any drawn number
        agree(lambda impl: gradients(lambda x: impl.pool2d(factor * x, size, "avg"), X))

    def test_rectangular_window(self, agree, matrix, chance):
        """The first number of pool_size is the window's height, the second its width.
        pool_size 的第一个数是窗口的高，第二个数是窗口的宽。"""
        X, (p_h, p_w) = matrix(), chance.sample(range(2, 5), 2)
        agree(lambda impl: [impl.pool2d(X, (p_h, p_w), mode) for mode in ("max", "avg")])

    def test_overlapping_windows(self, agree, matrix, chance):
        """Moves the window by one row or one column, whatever its size.
        不论窗口多大，每次只移动一行或一列。"""
        X, size = matrix(6, 10), chance.randint(3, 5)
        agree(lambda impl: impl.pool2d(X, (size, size)))

    def test_negative_numbers(self, agree, matrix):
        """The maximum of a window of negative numbers is negative.
        窗口内全是负数时，最大值也是负数。"""
        X = -1 - matrix().abs()
        agree(lambda impl: impl.pool2d(X, (2, 2)))

    def test_very_negative_numbers(self, agree, matrix):
        """The maximum of a window is right, however far below zero its numbers are.
        不论窗口内的数比零小多少，最大值都正确。"""
        X = 1e8 * (-2 - matrix().abs())
        agree(lambda impl: impl.pool2d(X, (2, 2)))

    def test_single_rows_and_columns(self, agree, matrix):
        """A window can have one row, one column, or one entry.
        窗口可以只有一行、一列，或只有一个元素。"""
        X = matrix()
        agree(lambda impl: [impl.pool2d(X, size, mode) for size in ((1, 2), (3, 1), (1, 1)) for mode in ("max", "avg")])

    def test_whole_matrix(self, agree, randn, chance):
        """A window as large as the matrix gives one number.
        窗口与矩阵一样大时，只得到一个数。"""
        size = chance.randint(3, 6)
        X = randn(size, size)
        agree(lambda impl: [impl.pool2d(X, (size, size), mode) for mode in ("max", "avg")])

    test_from_scratch = written_from_scratch


@pytest.fixture
def images(randn, chance):
    """Images (n, c, h, w) whose four sizes differ."""
    return lambda: randn(*chance.sample(range(2, 5), 2), *chance.sample(range(7, 11), 2))


@pytest.mark.exercise("max_pool_multichannel")
class TestMaxPoolMultichannel:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.gradients("X"),
    )
    def arguments(self, images, chance):
        height, width = chance.sample(range(2, 5), 2)
        return {"X": images(), "kernel": (height, width), "stride": (width, height), "padding": (1, 1)}

    @pytest.mark.points(2)
    def test_windows_side_by_side(self, agree, images, chance):
        """Takes the maximum of windows that lie side by side, without padding.
        无填充，窗口互不重叠时，取每个窗口的最大值。"""
        X, kernel = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: impl.max_pool_multichannel(X, kernel, kernel, (0, 0)))

    @pytest.mark.points(2)
    def test_padding(self, agree, images, chance):
        """Pads rows by the first number of padding and columns by the second.
        padding 的第一个数是上下各填充的行数，第二个数是左右各填充的列数。"""
        X, paddings = images(), chance.sample([(0, 1), (1, 0), (1, 2), (2, 1)], 4)
        agree(lambda impl: [impl.max_pool_multichannel(X, (4, 4), (1, 1), padding) for padding in paddings])

    def test_stride(self, agree, images, chance):
        """Moves the window by its stride, which may be smaller or larger than the window.
        窗口按步幅移动；步幅可以小于或大于窗口。"""
        X, strides = images(), [tuple(chance.sample(range(low, low + 2), 2)) for low in (1, 3)]
        agree(lambda impl: [impl.max_pool_multichannel(X, (2, 2), stride, (0, 0)) for stride in strides])

    def test_channels(self, agree, images):
        """Pools each channel of each image by itself.
        对每张图像的每个通道分别汇聚。"""
        X = images()
        agree(lambda impl: impl.max_pool_multichannel(X, (3, 3), (1, 1), (0, 0)))

    def test_negative_numbers(self, agree, images):
        """Padding never wins, even if all numbers are negative.
        即使所有的数都是负数，填充的元素也不会成为最大值。"""
        X = -1 - images().abs()
        agree(lambda impl: impl.max_pool_multichannel(X, (3, 3), (2, 2), (1, 1)))

    def test_very_negative_numbers(self, agree, images):
        """Padding never wins, however far below zero the numbers are.
        不论各个数比零小多少，填充的元素都不会成为最大值。"""
        X = 1e8 * (-2 - images().abs())
        agree(lambda impl: impl.max_pool_multichannel(X, (3, 2), (2, 2), (1, 1)))

    def test_incomplete_windows(self, agree, randn, chance):
        """Ignores rows and columns that do not fill a last window.
        忽略不足以构成最后一个窗口的行和列。"""
        size = chance.randint(2, 3)
        X = randn(2, 3, 3 * size + 1, 2 * size + 1)
        agree(lambda impl: impl.max_pool_multichannel(X, (size, size), (size, size), (0, 0)))

    def test_whole_image(self, agree, images):
        """A window as large as the image gives one number for each channel.
        窗口与图像一样大时，每个通道只得到一个数。"""
        X = images()
        size = tuple(X.shape[2:])
        agree(lambda impl: impl.max_pool_multichannel(X, size, (1, 1), (0, 0)))

    def test_too_much_padding(self, agree, images):
        """Refuses padding of more than half of the window; half of it is allowed.
        填充超过窗口的一半时抛出 ValueError；恰好一半是允许的。"""
        X = images()

        def probe(impl):
            refused = [
                raises(lambda k=kernel, p=padding: impl.max_pool_multichannel(X, k, (1, 1), p), ValueError)
                for kernel, padding in (((2, 4), (2, 1)), ((4, 2), (1, 2)), ((3, 5), (2, 2)))
            ]
            halves = [impl.max_pool_multichannel(X, (2 * p, 2 * p + 2), (1, 1), (p, p + 1)) for p in (1, 2)]
            return refused, halves, impl.max_pool_multichannel(X, (6, 6), (1, 1), (3, 3))

        agree(probe)

    test_from_scratch = written_from_scratch
