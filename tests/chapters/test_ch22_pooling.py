"""ch22: pool2d, max_pool2d, avg_pool2d, translation_gap."""

import pytest
import torch

from dlgrade.testing import gradients, promise, raises, standard, written_from_scratch

FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}  # the book's pool2d computes in float32, for any dtype


@pytest.fixture
def matrix(randn, chance):
    """A matrix whose two sizes differ."""
    return lambda low=5, high=9: randn(*chance.sample(range(low, high), 2))


@pytest.mark.exercise("pool2d")
class TestPool2d:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", **FLOAT32),
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
        X = 1e30 * (-2 - matrix().abs())
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


@pytest.fixture
def nearly_square(randn, chance):
    """Images (n, c, h, w) whose height and width differ by one: a window of (w, h) still gives a shape."""

    def draw():
        (n, c), height = chance.sample(range(2, 5), 2), chance.randint(5, 9)
        return randn(n, c, height, height + chance.choice((-1, 1)))

    return draw


@pytest.mark.exercise("max_pool2d")
class TestMaxPool2d:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.gradients("X"),
    )
    def arguments(self, images, chance):
        height, width = chance.sample(range(2, 5), 2)
        return {"X": images(), "kernel_size": (height, width), "stride": (width, height), "padding": (1, 1)}

    @pytest.mark.points(2)
    def test_windows_side_by_side(self, agree, images, chance):
        """Takes the maximum of windows that lie side by side, without padding.
        无填充，窗口互不重叠时，取每个窗口的最大值。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: impl.max_pool2d(X, size, size, (0, 0)))

    def test_default_stride(self, agree, images, chance):
        """The stride is kernel_size if it is not given.
        没有给出 stride 时，步幅等于 kernel_size。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: [impl.max_pool2d(X, size), impl.max_pool2d(X, size, padding=(1, 1))])

    def test_stride_of_none(self, agree, images, chance):
        """The stride is kernel_size if it is None.
        stride 为 None 时，步幅等于 kernel_size。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: impl.max_pool2d(X, size, None, (1, 1)))

    def test_single_numbers(self, agree, images, chance):
        """A single number k has the same effect as the pair (k, k).
        单个数 k 与数对 (k, k) 的效果相同。"""
        X, (size, stride) = images(), chance.sample(range(2, 4), 2)
        agree(lambda impl: [impl.max_pool2d(X, size, size), impl.max_pool2d(X, size, stride, 1)])

    @pytest.mark.points(2)
    def test_padding(self, agree, images, chance):
        """Pads rows by the first number of padding and columns by the second.
        padding 的第一个数是上下各填充的行数，第二个数是左右各填充的列数。"""
        X, paddings = images(), chance.sample([(0, 1), (1, 0), (1, 2), (2, 1)], 4)
        agree(lambda impl: [impl.max_pool2d(X, (4, 4), (1, 1), padding) for padding in paddings])

    def test_stride(self, agree, images, chance):
        """Moves the window by its stride, which may be smaller or larger than the window.
        窗口按步幅移动；步幅可以小于或大于窗口。"""
        X, strides = images(), [tuple(chance.sample(range(low, low + 2), 2)) for low in (1, 3)]
        agree(lambda impl: [impl.max_pool2d(X, (2, 2), stride, (0, 0)) for stride in strides])

    def test_channels(self, agree, images):
        """Pools each channel of each image by itself.
        对每张图像的每个通道分别汇聚。"""
        X = images()
        agree(lambda impl: impl.max_pool2d(X, (3, 3), (1, 1), (0, 0)))

    def test_negative_numbers(self, agree, images):
        """Padding never wins, even if all numbers are negative.
        即使所有的数都是负数，填充的元素也不会成为最大值。"""
        X = -1 - images().abs()
        agree(lambda impl: impl.max_pool2d(X, (3, 3), (2, 2), (1, 1)))

    def test_very_negative_numbers(self, agree, images):
        """Padding never wins, however far below zero the numbers are.
        不论各个数比零小多少，填充的元素都不会成为最大值。"""
        X = 1e30 * (-2 - images().abs())
        agree(lambda impl: impl.max_pool2d(X, (3, 2), (2, 2), (1, 1)))

    def test_incomplete_windows(self, agree, randn, chance):
        """Ignores rows and columns that do not fill a last window.
        忽略不足以构成最后一个窗口的行和列。"""
        size = chance.randint(2, 3)
        X = randn(2, 3, 3 * size + 1, 2 * size + 1)
        agree(lambda impl: impl.max_pool2d(X, (size, size), (size, size), (0, 0)))

    def test_whole_image(self, agree, nearly_square):
        """A window as large as the image gives one number for each channel.
        窗口与图像一样大时，每个通道只得到一个数。"""
        X = nearly_square()
        size = tuple(X.shape[2:])
        agree(lambda impl: impl.max_pool2d(X, size, (1, 1), (0, 0)))

    def test_too_much_padding(self, agree, images):
        """Refuses padding of more than half of the window; half of it is allowed.
        填充超过窗口的一半时抛出 ValueError；恰好一半是允许的。"""
        X = images()

        def probe(impl):
            refused = [
                raises(lambda k=kernel, p=padding: impl.max_pool2d(X, k, (1, 1), p), ValueError)
                for kernel, padding in (((2, 4), (2, 1)), ((4, 2), (1, 2)), ((3, 5), (2, 2)))
            ]
            halves = [impl.max_pool2d(X, (2 * p, 2 * p + 2), (1, 1), (p, p + 1)) for p in (1, 2)]
            return refused, halves, impl.max_pool2d(X, (6, 6), (1, 1), (3, 3))

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("avg_pool2d")
class TestAvgPool2d:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("X"),
        promise.gradients("X"),
    )
    def arguments(self, images, chance):
        height, width = chance.sample(range(2, 5), 2)
        return {"X": images(), "kernel_size": (height, width), "stride": (width, height), "padding": (1, 1)}

    @pytest.mark.points(2)
    def test_windows_side_by_side(self, agree, images, chance):
        """Takes the mean of windows that lie side by side, without padding.
        无填充，窗口互不重叠时，取每个窗口的平均值。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: impl.avg_pool2d(X, size, size, (0, 0)))

    def test_default_stride(self, agree, images, chance):
        """The stride is kernel_size if it is not given.
        没有给出 stride 时，步幅等于 kernel_size。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: [impl.avg_pool2d(X, size), impl.avg_pool2d(X, size, padding=(1, 1))])

    def test_stride_of_none(self, agree, images, chance):
        """The stride is kernel_size if it is None.
        stride 为 None 时，步幅等于 kernel_size。"""
        X, size = images(), tuple(chance.sample(range(2, 4), 2))
        agree(lambda impl: impl.avg_pool2d(X, size, None, (1, 1)))

    def test_single_numbers(self, agree, images, chance):
        """A single number k has the same effect as the pair (k, k).
        单个数 k 与数对 (k, k) 的效果相同。"""
        X, (size, stride) = images(), chance.sample(range(2, 4), 2)
        agree(lambda impl: [impl.avg_pool2d(X, size, size), impl.avg_pool2d(X, size, stride, 1)])

    @pytest.mark.points(2)
    def test_padding_counted(self, agree, images, chance):
        """Counts the zeros of the padding in the divisor, if nothing else is said.
        没有给出 count_include_pad 时，填充的零计入除数。"""
        X, paddings = images(), chance.sample([(0, 1), (1, 0), (1, 2), (2, 1)], 4)
        agree(lambda impl: [impl.avg_pool2d(X, (4, 5), (1, 1), padding) for padding in paddings])

    @pytest.mark.points(2)
    def test_padding_not_counted(self, agree, images, chance):
        """Divides by the number of entries that come from X, if count_include_pad is False.
        count_include_pad 为 False 时，除以窗口内来自 X 的元素个数。"""
        X, paddings = images(), chance.sample([(0, 1), (1, 0), (1, 2), (2, 1)], 4)
        agree(lambda impl: [impl.avg_pool2d(X, (4, 5), (1, 1), p, count_include_pad=False) for p in paddings])

    def test_zeros_of_the_image(self, agree, images, chance):
        """Zeros of X always count.
        X 中的零始终计入除数。"""
        X, size = images(), chance.sample(range(2, 5), 2)
        X[:, :, chance.randint(2, 4), chance.randint(2, 4)] = 0
        agree(lambda impl: [impl.avg_pool2d(X, tuple(size), (1, 1), (1, 1), counted) for counted in (True, False)])

    def test_stride(self, agree, images, chance):
        """Moves the window by its stride, which may be smaller or larger than the window.
        窗口按步幅移动；步幅可以小于或大于窗口。"""
        X, strides = images(), [tuple(chance.sample(range(low, low + 2), 2)) for low in (1, 3)]
        agree(lambda impl: [impl.avg_pool2d(X, (2, 2), stride, (0, 0)) for stride in strides])

    def test_channels(self, agree, images):
        """Pools each channel of each image by itself.
        对每张图像的每个通道分别汇聚。"""
        X = images()
        agree(lambda impl: impl.avg_pool2d(X, (3, 3), (1, 1), (0, 0)))

    def test_incomplete_windows(self, agree, randn, chance):
        """Ignores rows and columns that do not fill a last window.
        忽略不足以构成最后一个窗口的行和列。"""
        size = chance.randint(2, 3)
        X = randn(2, 3, 3 * size + 1, 2 * size + 1)
        agree(lambda impl: impl.avg_pool2d(X, (size, size), (size, size), (0, 0)))

    def test_global_average(self, agree, nearly_square):
        """A window as large as the image gives the mean of each channel.
        窗口与图像一样大时，得到每个通道的平均值。"""
        X = nearly_square()
        size = tuple(X.shape[2:])
        agree(lambda impl: [impl.avg_pool2d(X, size), impl.avg_pool2d(X, size, (1, 1), 0, False)])

    def test_too_much_padding(self, agree, images):
        """Refuses padding of more than half of the window; half of it is allowed.
        填充超过窗口的一半时抛出 ValueError；恰好一半是允许的。"""
        X = images()

        def probe(impl):
            refused = [
                raises(lambda k=kernel, p=padding: impl.avg_pool2d(X, k, (1, 1), p), ValueError)
                for kernel, padding in (((2, 4), (2, 1)), ((4, 2), (1, 2)), ((3, 5), (2, 2)))
            ]
            return refused, [impl.avg_pool2d(X, (2 * p, 2 * p + 2), (1, 1), (p, p + 1)) for p in (1, 2)]

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("translation_gap")
class TestTranslationGap:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, matrix, chance):
        return {"X": matrix(), "shift": chance.randint(1, 2), "pool_size": chance.randint(2, 3)}

    @pytest.mark.points(2)
    def test_mean_difference(self, agree, matrix, chance):
        """Gives the mean absolute difference between the two pooled matrices.
        返回汇聚后两个矩阵之差的绝对值的平均值。"""
        cases = [
            (matrix(6, 10), shift, size) for shift, size in zip((1, 2, 3), chance.sample((1, 2, 3), 3), strict=True)
        ]
        agree(lambda impl: [impl.translation_gap(*case) for case in cases])

    def test_common_columns(self, agree, matrix, chance):
        """Ignores the columns before `shift`, which zeros reach.
        不计 shift 之前的各列，因为移入的零会影响这些列。"""
        offset = chance.uniform(5, 9)
        cases = [(matrix(6, 10) + sign * offset, shift, 2) for sign in (1, -1) for shift in (1, 2)]
        agree(lambda impl: [impl.translation_gap(*case) for case in cases])

    def test_no_shift(self, agree, matrix, chance):
        """Is 0 without a shift.
        不平移时为 0。"""
        X, size, shift = matrix(), chance.randint(2, 3), chance.randint(1, 2)
        agree(lambda impl: [impl.translation_gap(X, 0, size), impl.translation_gap(X, shift, size)])

    def test_window_of_one(self, agree, matrix, chance):
        """Compares the matrices themselves if pool_size is 1.
        pool_size 为 1 时，直接比较两个矩阵。"""
        cases = [(matrix(), shift, 1) for shift in chance.sample((1, 2, 3), 2)]
        agree(lambda impl: [impl.translation_gap(*case) for case in cases])

    def test_step_edge(self, agree, randn, chance):
        """Measures how far a step edge has moved.
        能反映出阶跃边缘的移动。"""
        h, w = chance.randint(5, 7), chance.randint(9, 12)
        dark, light = sorted(randn(2).tolist())
        X = torch.full((h, w), dark)
        X[:, chance.randint(4, 6) :] = light
        agree(lambda impl: [impl.translation_gap(X, shift, size) for shift in (1, 2) for size in (1, 2, 3)])

    def test_last_column(self, agree, matrix, chance):
        """Compares the last column if it is the only one that is left.
        只剩最后一列可比较时，比较这一列。"""
        X, size = matrix(), chance.randint(2, 3)
        agree(
            lambda impl: [impl.translation_gap(X, X.shape[1] - size, size), impl.translation_gap(X, X.shape[1] - 1, 1)]
        )

    def test_negative_shift(self, agree, matrix, chance):
        """Raises ValueError for a negative shift.
        shift 为负时抛出 ValueError。"""
        X, size = matrix(), chance.randint(2, 3)
        shifts = -1, -chance.randint(2, 4)

        def probe(impl):
            refused = [raises(lambda s=shift: impl.translation_gap(X, s, size), ValueError) for shift in shifts]
            return refused, impl.translation_gap(X, 1, size)

        agree(probe)

    def test_no_column(self, agree, matrix, chance):
        """Raises ValueError for a shift that leaves no column to compare.
        没有列可比较时抛出 ValueError。"""
        X, size = matrix(), chance.randint(2, 3)
        shifts = X.shape[1] - size + 1, X.shape[1]

        def probe(impl):
            refused = [raises(lambda s=shift: impl.translation_gap(X, s, size), ValueError) for shift in shifts]
            return refused, impl.translation_gap(X, 1, size)

        agree(probe)
