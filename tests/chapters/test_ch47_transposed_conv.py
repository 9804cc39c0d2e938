"""ch47: trans_conv, kernel2matrix, conv_matrix, trans_conv_stride_pad, as_regular_conv."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.testing import gradients, promise, standard, written_from_scratch

FLOAT32 = {"rtol": 1e-5, "atol": 1e-5}  # the book's sums and matrices are float32, for any dtype


def outcome(action):
    """For probes: return the result of the action, or the name of the exception that it raises."""
    try:
        return action()
    except NotImplementedError:  # be it of a kind of the submission's own
        raise NotImplementedError from None
    except ValueError:
        return "ValueError"
    except Exception as error:
        return type(error).__name__


@pytest.fixture
def matrix(randn, chance):
    """matrix(4, 6): a matrix with two different sizes from 4 to 6."""
    return lambda low, high: randn(*chance.sample(range(low, high + 1), 2))


@pytest.mark.exercise("trans_conv")
class TestTransConv:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("X", "K", **FLOAT32),
    )
    def arguments(self, matrix):
        return {"X": matrix(3, 6), "K": matrix(2, 4)}

    @pytest.mark.points(2)
    def test_square_kernel(self, agree, matrix, randn, chance):
        """Adds up the scaled copies of a square kernel.
        把正方形卷积核按各元素缩放后的副本相加。"""
        X, size = matrix(4, 6), chance.randint(2, 3)
        K = randn(size, size)
        agree(lambda impl: impl.trans_conv(X, K))

    @pytest.mark.points(2)
    def test_rectangular_kernel(self, agree, matrix):
        """Height and width of the kernel may differ.
        卷积核的高和宽可以不同。"""
        X, K = matrix(4, 6), matrix(2, 4)
        agree(lambda impl: [impl.trans_conv(X, K), impl.trans_conv(X, K.T)])

    def test_a_single_number(self, agree, randn, matrix):
        """An input of shape (1, 1) scales the kernel.
        输入的形状为 (1, 1) 时，结果是缩放后的卷积核。"""
        X, K = randn(1, 1), matrix(2, 5)
        agree(lambda impl: impl.trans_conv(X, K))

    def test_kernel_of_one_number(self, agree, randn, matrix):
        """A kernel of shape (1, 1) scales the input.
        形状为 (1, 1) 的卷积核只对输入做缩放。"""
        X, K = matrix(2, 5), randn(1, 1)
        agree(lambda impl: impl.trans_conv(X, K))

    def test_two_copies(self, agree, randn, chance):
        """Two numbers side by side, or one above the other, give two copies that overlap.
        左右相邻或上下相邻的两个数，得到两个重叠的副本。"""
        pair, K = randn(1, 2), randn(*chance.sample(range(2, 5), 2))
        agree(lambda impl: [impl.trans_conv(pair, K), impl.trans_conv(pair.T, K)])

    def test_single_rows_and_columns(self, agree, matrix, randn, chance):
        """The kernel can have a single row or column, and so can the input.
        卷积核可以只有一行或一列，输入也可以只有一行或一列。"""
        X, row, column = matrix(3, 6), randn(1, chance.randint(3, 4)), randn(2, 1)
        agree(lambda impl: [impl.trans_conv(X, row), impl.trans_conv(X, column)])
        agree(lambda impl: [impl.trans_conv(X[:1], row), impl.trans_conv(X[:, :1], row), impl.trans_conv(row, column)])

    def test_kernel_larger_than_the_input(self, agree, matrix):
        """The kernel may be larger than the input.
        卷积核可以比输入大。"""
        X, K = matrix(2, 3), matrix(4, 6)
        agree(lambda impl: impl.trans_conv(X, K))

    test_from_scratch = written_from_scratch


def product(W, x):
    """For probes: return the product of a matrix and a vector, or say why there is none."""
    if W.dim() == 2 and W.shape[1] == len(x):
        return W @ x
    return f"no product of shapes {list(W.shape)} and {list(x.shape)}"


@pytest.mark.exercise("kernel2matrix")
class TestKernel2matrix:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("K", **FLOAT32),
    )
    def arguments(self, randn):
        return {"K": randn(2, 2)}

    @pytest.mark.points(2)
    def test_matrix(self, agree, randn):
        """Gives the matrix (4, 9) with the numbers of the kernel at the places of the windows.
        返回 (4, 9) 的矩阵，卷积核的各个数位于对应窗口的位置。"""
        K = randn(2, 2)
        agree(lambda impl: impl.kernel2matrix(K))

    @pytest.mark.points(2)
    def test_cross_correlation(self, agree, randn):
        """W @ x is the cross-correlation of X and K.
        W @ x 等于 X 与 K 的互相关。"""
        K, X = randn(2, 2), randn(3, 3)
        agree(lambda impl: product(impl.kernel2matrix(K), X.reshape(-1)), **FLOAT32)

    @pytest.mark.points(2)
    def test_transposed_convolution(self, agree, randn):
        """W.T @ y is the transposed convolution of Y and K.
        W.T @ y 等于 Y 与 K 的转置卷积。"""
        K, Y = randn(2, 2), randn(2, 2)
        agree(lambda impl: product(impl.kernel2matrix(K).mT, Y.reshape(-1)), **FLOAT32)

    def test_four_unit_kernels(self, agree, randn, chance):
        """Each number of the kernel has its own four places.
        卷积核的每个数各占四个位置。"""
        kernels = [torch.zeros(2, 2) for _ in range(4)]
        for place, kernel in zip(chance.sample(range(4), 4), kernels, strict=True):
            kernel.view(-1)[place] = randn(1).item() + 3
        agree(lambda impl: [impl.kernel2matrix(kernel) for kernel in kernels])


@pytest.mark.exercise("conv_matrix")
class TestConvMatrix:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("K"))
    def arguments(self, matrix, chance):
        return {"K": matrix(2, 3), "input_shape": tuple(chance.sample(range(4, 7), 2))}

    @pytest.mark.points(2)
    def test_square_kernel(self, agree, randn, chance):
        """Gives the matrix of a square kernel, for an input whose height and width differ.
        卷积核为正方形、输入的高与宽不同时，返回正确的矩阵。"""
        size, shape = chance.randint(2, 3), tuple(chance.sample(range(4, 7), 2))
        K = randn(size, size)
        agree(lambda impl: impl.conv_matrix(K, shape))

    @pytest.mark.points(2)
    def test_rectangular_kernel(self, agree, matrix, chance):
        """Height and width of the kernel may differ, also for a square input.
        卷积核的高和宽可以不同；输入可以是正方形。"""
        K, size, shape = matrix(2, 4), chance.randint(5, 6), tuple(chance.sample(range(5, 8), 2))
        agree(
            lambda impl: [impl.conv_matrix(K, (size, size)), impl.conv_matrix(K, shape), impl.conv_matrix(K.T, shape)]
        )

    def test_square_input(self, agree, randn, chance):
        """Gives the matrix of a (2, 2) kernel for a square input.
        输入为正方形、卷积核为 (2, 2) 时，返回正确的矩阵。"""
        K, size = randn(2, 2), chance.randint(3, 5)
        agree(lambda impl: [impl.conv_matrix(K, (side, side)) for side in (3, size)])

    def test_as_large_as_the_input(self, agree, matrix):
        """A kernel as large as the input gives a single row, the kernel itself.
        卷积核与输入一样大时，矩阵只有一行，就是卷积核本身。"""
        K = matrix(2, 4)
        agree(lambda impl: impl.conv_matrix(K, tuple(K.shape)))

    def test_as_high_or_as_wide_as_the_input(self, agree, matrix, chance):
        """A kernel as high or as wide as the input moves in one direction.
        卷积核与输入一样高或一样宽时，只沿一个方向移动。"""
        K, more = matrix(2, 4), chance.randint(1, 3)
        h, w = K.shape
        agree(lambda impl: [impl.conv_matrix(K, (h, w + more)), impl.conv_matrix(K, (h + more, w))])

    def test_kernel_of_one_number(self, agree, randn, chance):
        """A kernel of shape (1, 1) gives a multiple of the identity matrix.
        卷积核的形状为 (1, 1) 时，得到单位矩阵的倍数。"""
        K, shape = randn(1, 1), tuple(chance.sample(range(2, 5), 2))
        agree(lambda impl: impl.conv_matrix(K, shape))

    def test_single_rows_and_columns(self, agree, randn, chance):
        """Kernel and input can have a single row or a single column.
        卷积核和输入可以只有一行或一列。"""
        row, length = randn(1, 3), chance.randint(4, 6)
        agree(lambda impl: [impl.conv_matrix(row, (1, length)), impl.conv_matrix(row.T, (length, 1))])
        agree(lambda impl: [impl.conv_matrix(row, (2, length)), impl.conv_matrix(row.T, (length, 2))])

    @pytest.mark.points(2)
    def test_products(self, agree, randn, matrix, chance):
        """W maps an input to its cross-correlation, and W.T maps back to the input's shape, as trans_conv does.
        W 把输入变为互相关的结果；W.T 变回输入的形状，与 trans_conv 相同。"""
        K, (h, w) = matrix(2, 3), chance.sample(range(4, 7), 2)
        X, Y = randn(h, w), randn(h - K.shape[0] + 1, w - K.shape[1] + 1)

        def probe(impl):
            W = impl.conv_matrix(K, (h, w))
            return product(W, X.reshape(-1)), product(W.mT, Y.reshape(-1))

        agree(probe, **FLOAT32)

    def test_kernel_too_large(self, agree, matrix, chance):
        """Raises ValueError for a kernel that is higher or wider than the input.
        卷积核比输入高或比输入宽时，抛出 ValueError。"""
        K, more = matrix(3, 5), chance.randint(2, 4)
        h, w = K.shape
        shapes = [(h - 1, w + more), (h + more, w - 1), (h - 2, w), (h, w - 2), (h - 1, w - 1)]

        def probe(impl):
            return impl.conv_matrix(K, (h, w + 1)), [outcome(lambda s=s: impl.conv_matrix(K, s)) for s in shapes]

        agree(probe)


@pytest.mark.exercise("trans_conv_stride_pad")
class TestTransConvStridePad:
    @standard(
        promise.untouched(marks=pytest.mark.needs("stride")),
        promise.float64,
        promise.non_contiguous,
        promise.gradients("X", "K"),
    )
    def arguments(self, matrix):
        return {"X": matrix(3, 5), "K": matrix(2, 4), "stride": 2, "padding": 1}

    def test_defaults(self, agree, matrix):
        """Has stride 1 and no padding if they are not given.
        没有给出 stride 和 padding 时，步幅为 1，没有填充。"""
        X, K = matrix(3, 5), matrix(2, 4)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K), impl.trans_conv_stride_pad(X, K, padding=1)])

    @pytest.mark.points(2)
    def test_stride(self, agree, matrix, chance):
        """Moves the copies apart by the stride; copies of a large kernel still overlap.
        副本之间的距离等于步幅；卷积核较大时，副本仍会重叠。"""
        X, K, stride = matrix(4, 6), matrix(3, 5), chance.randint(2, 3)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K, step, 0) for step in (2, stride)])

    def test_stride_larger_than_the_kernel(self, agree, matrix, chance):
        """Leaves zeros between the copies if the stride is larger than the kernel.
        步幅大于卷积核时，副本之间留有零。"""
        X, K, stride = matrix(2, 4), matrix(1, 3), chance.randint(4, 5)
        agree(lambda impl: impl.trans_conv_stride_pad(X, K, stride, 0))

    @pytest.mark.points(2)
    def test_padding(self, agree, matrix, chance):
        """Removes rows and columns at all four sides.
        从四边去掉相应的行和列。"""
        X, K, padding = matrix(4, 6), matrix(2, 4), chance.randint(1, 2)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K, 1, number) for number in (1, padding)])

    @pytest.mark.points(2)
    def test_stride_and_padding(self, agree, matrix, chance):
        """Removes `padding` rows and columns at each side of the result, whatever the stride is.
        不论步幅是多少，都从结果的每一边去掉 padding 行或列。"""
        X, K, stride = matrix(4, 6), matrix(2, 5), chance.randint(2, 3)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K, stride, padding) for padding in (1, 2)])

    def test_no_overlap(self, agree, matrix, chance, randn):
        """Lays copies side by side if the stride equals the size of the kernel.
        步幅等于卷积核的边长时，各副本并排放置。"""
        X, stride = matrix(2, 4), chance.randint(2, 4)
        K = randn(stride, stride)
        agree(lambda impl: impl.trans_conv_stride_pad(X, K, stride))

    def test_doubled_size(self, agree, matrix, randn):
        """A (4, 4) kernel with stride 2 and padding 1 doubles height and width.
        卷积核为 (4, 4)、步幅为 2、填充为 1 时，高和宽各变为两倍。"""
        X, K = matrix(2, 5), randn(4, 4)
        agree(lambda impl: impl.trans_conv_stride_pad(X, K, stride=2, padding=1))

    def test_a_single_number(self, agree, randn, chance):
        """For an input of shape (1, 1) the stride has no effect, and the padding crops the kernel.
        输入的形状为 (1, 1) 时，步幅不起作用，填充从卷积核的四边去掉行和列。"""
        X, K, stride = randn(1, 1), randn(*chance.sample(range(4, 7), 2)), chance.randint(2, 4)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K, stride, padding) for padding in (0, 1)])

    def test_padding_larger_than_the_kernel(self, agree, matrix, chance):
        """The padding may be as large as the kernel, or larger.
        填充可以等于或大于卷积核的边长。"""
        X, K, stride = matrix(4, 6), matrix(1, 2), chance.randint(2, 3)
        agree(lambda impl: [impl.trans_conv_stride_pad(X, K, stride, padding) for padding in (2, 3)])

    def test_single_row_left(self, agree, randn, chance):
        """Gives a result with a single row or column, if that is what the padding leaves.
        填充后只剩一行或一列时，返回这一行或这一列。"""
        padding, more = chance.randint(1, 2), chance.randint(1, 3)
        X, K = randn(2, 2 + more), randn(2 * padding, 2 * padding)
        agree(lambda impl: [impl.trans_conv_stride_pad(Z, K, 1, padding) for Z in (X, X.T, X[:, :2])])

    def test_nothing_left(self, agree, randn, chance):
        """Raises ValueError if no row or no column would be left.
        不剩任何行或任何列时，抛出 ValueError。"""
        padding, more = chance.randint(1, 2), chance.randint(2, 4)
        X, K = randn(1, 1 + more), randn(2 * padding, 2 * padding)
        calls = [(X, K, 1, padding), (X.T, K, 1, padding), (X[:, :1], K, 3, padding), (X, K[1:], 2, padding)]

        def probe(impl):
            kept = impl.trans_conv_stride_pad(X, K, 1, padding - 1)
            return kept, [outcome(lambda call=call: impl.trans_conv_stride_pad(*call)) for call in calls]

        agree(probe)

    test_from_scratch = written_from_scratch


def convolved(pair):
    """For probes: the cross-correlation of the input and the kernel."""
    padded, rotated = pair
    return F.conv2d(padded[None, None], rotated[None, None])[0, 0]


@pytest.mark.exercise("as_regular_conv")
class TestAsRegularConv:
    @standard(
        promise.untouched(marks=pytest.mark.needs("padded_input", "rotated_kernel")),
        promise.float64,
        promise.non_contiguous,
    )
    def arguments(self, matrix):
        return {"X": matrix(3, 6), "K": matrix(2, 4)}

    @pytest.mark.points(2)
    def test_gradients(self, agree, matrix):
        """Gives the right gradients for X and K, through the cross-correlation of the pair.
        梯度经由两者的互相关传到 X 和 K，且数值正确。"""
        X, K = matrix(4, 6), matrix(2, 4)
        agree(lambda impl: gradients(lambda X, K: convolved(impl.as_regular_conv(X, K)), X, K))

    @pytest.mark.points(2)
    def test_padded_input(self, agree, matrix, randn, chance):
        """Pads X with zeros at all four sides, for a square kernel.
        卷积核为正方形时，在 X 的四边填充零。"""
        X, size = matrix(3, 6), chance.randint(3, 4)
        K = randn(size, size)
        agree(lambda impl: impl.as_regular_conv(X, K)[0])

    @pytest.mark.points(2)
    def test_rotated_kernel(self, agree, matrix, randn, chance):
        """Rotates a square kernel by 180 degrees.
        把正方形卷积核旋转 180 度。"""
        X, size = matrix(3, 6), chance.randint(2, 4)
        K = randn(size, size)
        agree(lambda impl: impl.as_regular_conv(X, K)[1])

    def test_rectangular_kernel(self, agree, matrix):
        """Pads rows by the kernel's height and columns by its width.
        按卷积核的高填充行，按卷积核的宽填充列。"""
        X, K = matrix(4, 6), matrix(2, 4)
        agree(lambda impl: [impl.as_regular_conv(X, K)[0], impl.as_regular_conv(X, K.T)[0]])

    def test_rectangle_rotated(self, agree, matrix):
        """Keeps the shape of a kernel whose height and width differ.
        卷积核的高与宽不同时，旋转后形状不变。"""
        X, K = matrix(4, 6), matrix(2, 4)
        agree(lambda impl: [impl.as_regular_conv(X, K)[1], impl.as_regular_conv(X, K.T)[1]])

    @pytest.mark.points(2)
    def test_same_result(self, agree, matrix):
        """The cross-correlation of the pair equals trans_conv(X, K).
        两者的互相关等于 trans_conv(X, K)。"""
        X, K = matrix(4, 6), matrix(2, 4)
        agree(lambda impl: convolved(impl.as_regular_conv(X, K)), **FLOAT32)

    def test_kernel_of_one_number(self, agree, matrix, randn):
        """A kernel of shape (1, 1) needs no padding.
        卷积核的形状为 (1, 1) 时，不需要填充。"""
        X, K = matrix(2, 5), randn(1, 1)
        agree(lambda impl: impl.as_regular_conv(X, K))

    def test_single_rows_and_columns(self, agree, matrix, randn, chance):
        """A kernel with a single row needs padding on the left and right alone; likewise for a single column.
        卷积核只有一行时，只在左右填充；只有一列时，只在上下填充。"""
        X, row = matrix(2, 5), randn(1, chance.randint(3, 4))
        agree(lambda impl: [impl.as_regular_conv(X, row), impl.as_regular_conv(X, row.T)])
        agree(lambda impl: [impl.as_regular_conv(X[:1], row), impl.as_regular_conv(X[:, :1], row)])

    def test_kernel_larger_than_the_input(self, agree, matrix):
        """The kernel may be larger than the input.
        卷积核可以比输入大。"""
        X, K = matrix(1, 3), matrix(4, 6)
        agree(lambda impl: impl.as_regular_conv(X, K))
