"""ch04: contiguous_strides, broadcast_shape, shares_storage, reshape_copies, from_array, fill_missing, get_dummies."""

import numpy as np
import pytest
import torch

from dlgrade.suite import close, written_from_scratch

NAN = float("nan")


def broadcast(impl, *groups):
    """For probes: what each group of shapes is broadcast to, or the name of the error."""
    shapes = []
    for group in groups:
        try:
            shapes.append(impl.broadcast_shape(*group))
        except ValueError as error:
            shapes.append(type(error).__name__)
    return shapes


def numbers(*shape, dtype=torch.float32):
    """For probes: 1, 2, 3, ... in this shape, in memory of their own."""
    return torch.arange(1, 1 + int(np.prod(shape)), dtype=dtype).reshape(shape)


def told(impl, *pairs):
    """For probes: what shares_storage says of each pair of tensors."""
    return [impl.shares_storage(*pair) for pair in pairs]


def copied(impl, x, *shapes):
    """For probes: what reshape_copies says of each shape."""
    return [impl.reshape_copies(x, shape) for shape in shapes]


def both_ways(array, tensor):
    """For probes: the tensor after a write to the array, and the array after a write to the tensor."""
    array[...] = 7
    seen = tensor.tolist()
    tensor.fill_(5)
    return seen, array.tolist()


def column_means(X):
    """X with the mean of each column, by numpy's nanmean, in its gaps; no column may be all gaps."""
    table = X.numpy()
    return torch.from_numpy(np.where(np.isnan(table), np.nanmean(table, axis=0), table))


def one_hot(column, keys):
    """float32 zeros and ones, entry by entry."""
    return torch.tensor([[float(value == key) for key in keys] for value in column])


@pytest.fixture
def sizes(generator):
    """sizes(4): so many different sizes between 2 and 6."""
    return lambda count: tuple((2 + torch.randperm(5, generator=generator)[:count]).tolist())


@pytest.fixture
def gaps(randn, generator):
    """gaps(9, 4): a table whose columns have means far apart, with gaps, but not in its first row."""

    def gaps(n, columns, dtype=torch.float32):
        X = randn(n, columns, dtype=dtype) + 10 * torch.arange(1, columns + 1)
        holes = torch.rand(n, columns, generator=generator) < 0.4
        holes[0], holes[1, 0] = False, True
        return X.masked_fill(holes, NAN)

    return gaps


@pytest.mark.exercise("contiguous_strides")
class TestContiguousStrides:
    @pytest.mark.points(2)
    def test_strides(self, run, sizes):
        """Gives the strides that torch gives a new tensor.
        与 torch 新建张量的步幅一致。"""
        shapes = sizes(1), sizes(2), sizes(3), sizes(5)
        found = run(lambda impl: [impl.contiguous_strides(s) for s in shapes])
        close(found, [torch.empty(shape).stride() for shape in shapes])

    def test_few_elements(self, run):
        """A number has no strides; axes of size 1 have strides like all others.
        标量没有步幅；大小为 1 的轴同样有步幅。"""
        shapes = (), (1,), (1, 3), (3, 1), (2, 1, 3), (4, 1, 1), (1, 1, 5, 2)
        found = run(lambda impl: [impl.contiguous_strides(s) for s in shapes])
        close(found, [(), (1,), (3, 1), (1, 1), (3, 3, 1), (1, 1, 1), (10, 10, 2, 1)])

    def test_empty_axis(self, run):
        """An axis of size 0 counts as one of size 1.
        大小为 0 的轴按 1 计算。"""
        shapes = (0,), (2, 0), (2, 0, 3), (0, 4), (3, 0, 0), (5, 0, 2, 3)
        found = run(lambda impl: [impl.contiguous_strides(s) for s in shapes])
        close(found, [(1,), (1, 1), (3, 3, 1), (4, 1), (1, 1, 1), (6, 6, 3, 1)])

    def test_arguments_untouched(self, agree):
        """Takes a list, and leaves it as it was.
        可接受列表，且不修改它。"""
        shape = [3, 0, 4, 2]
        agree(lambda impl: (impl.contiguous_strides(shape), shape))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("broadcast_shape")
class TestBroadcastShape:
    @pytest.mark.points(2)
    def test_ones_are_stretched(self, run, sizes):
        """Ones are stretched to the sizes of the other shape.
        大小为 1 的轴被拉伸为另一个形状中的大小。"""
        a, b, c = sizes(3)
        pairs = [((a, 1), (1, b)), ((a, b, c), (a, 1, c)), ((1, b, 1), (a, b, c)), ((a, 1, 1), (1, 1, c))]
        close(run(lambda impl: broadcast(impl, *pairs)), [(a, b), (a, b, c), (a, b, c), (a, 1, c)])

    @pytest.mark.points(2)
    def test_ranks_differ(self, run, sizes):
        """The shapes are aligned at their last axes.
        形状从最后一个轴开始对齐。"""
        a, b, c = sizes(3)
        pairs = [((a, b, c), (c,)), ((b, 1), (a, 1, c)), ((1,), (a, b)), ((a, c), (b, 1, 1)), ((a, 1), (b,))]
        expected = [(a, b, c), (a, b, c), (a, b), (b, a, c), (a, b)]
        close(run(lambda impl: broadcast(impl, *pairs)), expected)

    def test_numbers_of_shapes(self, run, sizes):
        """Takes any number of shapes, none, one or many; a tensor without axes goes with every other.
        可接受任意多个形状：零个、一个或多个；标量可以与任何形状广播。"""
        shape, three = sizes(3), ((3, 1, 1), (1, 4, 1), (5,))
        groups = (), ((),), (shape,), (shape, ()), ((), shape), three, ((1,), (1, 1), (2,), (3, 1)), ((6,), (1,), (6,))
        close(run(lambda impl: broadcast(impl, *groups)), [np.broadcast_shapes(*group) for group in groups])

    def test_empty_axis(self, run):
        """0 is a size like any other: 1 against 0 gives 0.
        0 与其他大小没有区别：1 对 0 得 0。"""
        groups = [((1,), (0,)), ((0, 1), (1, 3)), ((0,), (2, 0)), ((2, 1), (0,)), ((1,), (0,), (1, 1))]
        close(run(lambda impl: broadcast(impl, *groups)), [(0,), (0, 3), (2, 0), (2, 0), (1, 0)])

    @pytest.mark.points(2)
    def test_impossible(self, run, sizes):
        """Raises ValueError where sizes differ and neither is 1; 0 is no exception.
        大小不同且都不是 1 时抛出 ValueError，0 也不例外。"""
        a, b = sizes(2)
        pairs = [((2,), (3,)), ((a, 6), (a, 7)), ((6, b), (7, b)), ((8, 2), (4, 2)), ((2,), (0,)), ((3, 0), (3, 5))]
        close(run(lambda impl: broadcast(impl, *pairs, ((a, b), (b,)))), ["ValueError"] * 6 + [(a, b)])

    def test_impossible_among_many(self, run):
        """Compares every shape with all the others, not with the first or the next alone.
        每个形状都要与其他所有形状比较，而不只与第一个或相邻的一个比较。"""
        groups = [((1,), (2,), (3,)), ((2,), (1,), (3,)), ((4, 1), (1, 2), (3, 1)), ((5,), (5,), (1, 4))]
        found = run(lambda impl: broadcast(impl, *groups, ((2,), (1,), (2,))))
        close(found, ["ValueError"] * 4 + [(2,)])

    def test_arguments_untouched(self, agree):
        """Takes lists and torch.Size, and leaves them as they were.
        可接受列表和 torch.Size，且不修改它们。"""
        one, other, third = [3, 1], [2, 1, 4], [1]
        agree(lambda impl: (broadcast(impl, (one, other, torch.ones(1, 4).shape, third)), one, other, third))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("shares_storage")
class TestSharesStorage:
    @pytest.mark.points(2)
    def test_views(self, run):
        """A tensor and its views share: shape changed, axes exchanged or a part taken, from wherever it begins.
        张量与它的视图共享内存：改变形状、交换轴或取出一部分，无论从哪里开始。"""

        def probe(impl):
            x = numbers(3, 4)
            views = x, x.view(12), x.reshape(2, 6), x.T, x[1:], x[:, 1], x[2, 3], x[:, :1].expand(3, 9), x.detach()
            return told(impl, *((x, y) for y in (*views, x.clone())))

        close(run(probe), [True] * 9 + [False])

    @pytest.mark.points(2)
    def test_copies(self, run):
        """Copies do not share: clones, results of arithmetic, picked rows, a transposed matrix made contiguous or flat.
        副本不共享：clone、运算结果、按下标挑出的行、变为连续或展平的转置矩阵。"""

        def probe(impl):
            x = numbers(3, 4)
            copies = x.clone(), x + 0, x.double(), x[[0, 1, 2]], x[x > 0], torch.cat([x]), x.T.contiguous()
            others = x.T.reshape(-1), torch.zeros(3, 4), x.contiguous(), x.float(), x.T.reshape(4, 3, 1)
            return told(impl, *((x, y) for y in copies + others))

        close(run(probe), [False] * 9 + [True] * 3)

    def test_disjoint_parts(self, run):
        """Two halves of one storage share it, though they have no element in common; equal numbers do not matter.
        同一块存储的两半共享它，即使没有公共元素；数值是否相等无关紧要。"""

        def probe(impl):
            x, y = torch.zeros(4, 2), torch.zeros(4, 2)
            yes = (x[:2], x[2:]), (x[3], x[0]), (x[:, 0], x[:, 1]), x.view(8).chunk(2)
            return told(impl, *yes, (x[:2], y[2:]), (x[3], y[3]), (x, y))

        close(run(probe), [True] * 4 + [False] * 3)

    def test_numpy(self, run):
        """from_numpy and numpy() share memory, torch.tensor copies it.
        from_numpy 和 numpy() 共享内存，torch.tensor 则复制。"""

        def probe(impl):
            array = np.ones((2, 3), dtype=np.float32)
            x = torch.from_numpy(array)
            shared = torch.from_numpy(array), torch.as_tensor(array), torch.from_numpy(x.numpy().T)
            copies = torch.tensor(array), torch.as_tensor(array, dtype=torch.float64), torch.from_numpy(array.copy())
            return told(impl, *((x, y) for y in shared + copies))

        close(run(probe), [True] * 3 + [False] * 3)

    def test_assignments(self, run):
        """Writing in place stays in the old memory; a new result has new memory.
        原地写入仍在原来的内存中；新的结果则有新的内存。"""

        def probe(impl):
            x, y, z = numbers(3), numbers(3), numbers(3)
            olds = x[:], y[:], z[:]
            x += 1
            y = y + 1
            z[:] = z + 1
            return told(impl, *zip(olds, (x, y, z), strict=True))

        close(run(probe), [True, False, True])

    def test_other_readings(self, run):
        """One memory may be read as several dtypes, with and without gradients.
        同一块内存可以按不同的 dtype 读取，也可以带或不带梯度。"""

        def probe(impl):
            x, c, w = numbers(4, dtype=torch.float64), torch.ones(3, dtype=torch.complex64), numbers(3).requires_grad_()
            yes = (x, x.view(torch.int32)), (x, x.view(torch.uint8)[9:]), (c.real, c.imag), (w, w.data), (w[1:], w)
            return told(impl, *yes, (x, x.long()), (w, w * 1), (x > 2, x))

        close(run(probe), [True] * 5 + [False] * 3)

    def test_arguments_untouched(self, agree, randn):
        """Leaves both tensors as they were.
        两个张量保持原样。"""
        x, y = randn(3, 4), randn(3, 4)
        agree(lambda impl: (impl.shares_storage(x, x.T), impl.shares_storage(x, y), x, y))

    @pytest.mark.bonus
    def test_storages_that_overlap(self, run):
        """Tensors from slices of an array share if the slices overlap, not if they are apart or empty.
        由 numpy 数组的切片得到的张量：切片重叠则共享内存，分开或为空则不共享。"""

        def probe(impl):
            array = np.arange(6.0)
            slices = (0, 3), (3, 6), (2, 5), (4, 6), (0, 6)
            low, high, middle, late, everything = (torch.from_numpy(array[i:j]) for i, j in slices)
            apart = (low, high), (high, low), (torch.empty(0), torch.empty(2, 0)), (low, torch.empty(0))
            return told(impl, *apart, (low, middle), (middle, low), (late, everything), (everything, late))

        close(run(probe), [False] * 4 + [True] * 4)


@pytest.mark.exercise("reshape_copies")
class TestReshapeCopies:
    @pytest.mark.points(2)
    def test_contiguous(self, run):
        """A contiguous tensor is never copied; a transposed one is when it is flattened.
        连续的张量从不需要复制；转置后的张量展平时需要。"""
        shapes = (24,), (4, 6), (6, 4), (2, 3, 4), (1, 24, 1), (2, 2, 2, 3)
        found = run(lambda impl: (copied(impl, numbers(4, 6), *shapes), copied(impl, numbers(4, 6).T, (24,))))
        close(found, ([False] * 6, [True]))

    @pytest.mark.points(2)
    def test_transposed(self, run):
        """The axes of a transposed matrix can be split, but not merged or cut anew; a size may be -1.
        转置后的矩阵可以拆分轴，但不能合并或重新划分轴；可以有一个大小为 -1。"""
        shapes = (6, 4), (2, 3, 4), [6, 2, 2], [3, -1, 1, 4], (24,), [-1], (4, 6), (12, -1)
        close(run(lambda impl: copied(impl, numbers(4, 6).T, *shapes)), [False] * 4 + [True] * 4)

    def test_slices(self, run):
        """Rows cut short cannot be merged; whole rows, one column and every other number can be reshaped.
        截短的多行不能合并；完整的若干行、一列以及每隔一个的数则可以改变形状。"""

        def probe(impl):
            x = numbers(4, 6)
            yes = (x[:, :2], (8,)), (x[::2], (12,)), (x[:, ::4], (2, 4))
            no = (x[1:3], (12,)), (x[2:3, :4], (4,)), (x[:, 1:2], (4,)), (x.view(24)[::2], (3, 4)), (x[:, ::3], (8,))
            return [impl.reshape_copies(*pair) for pair in (*yes, *no, (x[:, :2], (2, 2, 2)))]

        close(run(probe), [True] * 3 + [False] * 6)

    def test_channels_last(self, run):
        """With the channels moved to the end, height and width can be merged; width and channels cannot.
        通道移到最后时，高和宽可以合并，宽和通道不能。"""
        shapes = (2, 20, 3), (2, 2, 2, 5, 3), (2, 4, 15), (8, 5, 3)
        found = run(lambda impl: copied(impl, numbers(2, 3, 4, 5).permute(0, 2, 3, 1), *shapes))
        close(found, [False] * 2 + [True] * 2)

    def test_expanded(self, run):
        """Numbers repeated by expand are copied when their axis is merged with another.
        由 expand 重复的数，所在的轴与其他轴合并时要复制。"""

        def probe(impl):
            x = numbers(3, 1).expand(3, 4)
            return copied(impl, x, (12,), (3, 2, 2)), copied(impl, torch.ones(1, 1).expand(3, 4), (12,), (6, 2))

        close(run(probe), ([True, False], [False, False]))

    def test_arguments_untouched(self, agree, randn):
        """Leaves the tensor as it was: values, shape and strides.
        不修改张量：数值、形状和步幅都不变。"""
        x = randn(3, 4).T
        agree(lambda impl: (copied(impl, x, (12,), (2, 2, 3)), x, x.stride()))


@pytest.mark.exercise("from_array")
class TestFromArray:
    @pytest.mark.points(2)
    def test_shared(self, run):
        """By default a write to the array shows in the tensor, and the other way round.
        默认情况下，对数组的写入会反映到张量，反之亦然。"""

        def probe(impl):
            arrays = np.arange(3.0), np.arange(6.0, dtype=np.float32).reshape(2, 3), np.arange(4)
            return [both_ways(array, impl.from_array(array)) for array in arrays]

        close(run(probe), [([7.0] * 3, [5.0] * 3), ([[7.0] * 3] * 2, [[5.0] * 3] * 2), ([7] * 4, [5] * 4)])

    @pytest.mark.points(2)
    def test_copied(self, run):
        """With copy=True neither notices what is written to the other.
        copy=True 时，双方都不受对方写入的影响。"""

        def probe(impl):
            arrays = np.arange(3.0), np.arange(6.0, dtype=np.float32).reshape(2, 3), np.arange(4)
            return [both_ways(array, impl.from_array(array, copy=True)) for array in arrays]

        rows = [0.0, 1.0, 2.0], [3.0, 4.0, 5.0]
        close(run(probe), [(rows[0], [7.0] * 3), (list(rows), [[7.0] * 3] * 2), ([0, 1, 2, 3], [7] * 4)])

    def test_dtypes(self, run, generator):
        """Keeps the values and the dtype of the array.
        保持数组的数值和 dtype。"""
        drawn = torch.randint(0, 100, (3, 4), generator=generator)
        dtypes = torch.float64, torch.float32, torch.float16, torch.int64, torch.int32, torch.uint8, torch.bool
        arrays = [drawn.to(dtype).numpy() for dtype in dtypes]
        found = run(lambda impl: [[impl.from_array(array, copy) for array in arrays] for copy in (False, True)])
        close(found, [[drawn.to(dtype) for dtype in dtypes]] * 2)

    def test_not_contiguous(self, run):
        """Shares transposed arrays and every other row, too, and copies them when told to.
        对转置的数组和隔行切片同样可以共享；要求复制时则复制。"""

        def probe(impl):
            table = np.arange(8.0).reshape(4, 2)
            shared, copied = impl.from_array(table.T), impl.from_array(table[::2], copy=True)
            part = impl.from_array(table[::2])
            part[1] = 9
            return shared, copied, torch.tensor(table)

        before = torch.arange(8.0, dtype=torch.float64).reshape(4, 2)
        after = before.index_fill(0, torch.tensor(2), 9)
        close(run(probe), (after.T, before[::2], after))

    def test_number_and_empty(self, run):
        """Takes an array without axes, and one without elements.
        可接受零维数组和空数组。"""

        def probe(impl):
            number, empty = np.array(2.5), np.ones((0, 3), dtype=np.float32)
            return [impl.from_array(array, copy) for array in (number, empty) for copy in (False, True)]

        number = torch.tensor(2.5, dtype=torch.float64)
        close(run(probe), [number, number, torch.ones(0, 3), torch.ones(0, 3)])

    def test_arguments_untouched(self, agree, randn):
        """Leaves the array as it was.
        不修改传入的数组。"""
        array = randn(3, 4, dtype=torch.float64).numpy()
        agree(lambda impl: (impl.from_array(array), impl.from_array(array, copy=True), array, array.strides))


@pytest.mark.exercise("fill_missing")
class TestFillMissing:
    @pytest.mark.points(2)
    def test_column_means(self, run, gaps):
        """Puts the mean of a column's other entries into its gaps.
        用同一列其他条目的均值填补缺失值。"""
        X = gaps(9, 4)
        close(run(lambda impl: impl.fill_missing(X)), column_means(X))

    def test_mostly_missing(self, run):
        """The only entry of a column is its mean; zeros are entries like any other.
        一列中唯一的条目就是均值；零也是正常的条目。"""
        X = torch.tensor([[NAN, 0.0], [NAN, NAN], [6.0, 8.0], [NAN, 0.0], [NAN, 0.0]])
        expected = torch.tensor([[6.0, 0.0], [6.0, 2.0], [6.0, 8.0], [6.0, 0.0], [6.0, 0.0]])
        close(run(lambda impl: impl.fill_missing(X)), expected)

    def test_nothing_there(self, run, gaps):
        """A column without any entry becomes 0, in a table of one row, too.
        没有任何条目的列变为 0，只有一行的表也一样。"""
        X, row = gaps(6, 3), torch.tensor([[3.0, NAN, -2.0, NAN]])
        X[:, 1] = NAN
        expected = torch.zeros(6, 3)
        expected[:, [0, 2]] = column_means(X[:, [0, 2]])
        found = run(lambda impl: [impl.fill_missing(table) for table in (X, row)])
        close(found, [expected, torch.tensor([[3.0, 0.0, -2.0, 0.0]])])

    def test_float64_transposed(self, run, gaps):
        """Keeps float64 and its precision, on a table that is not contiguous.
        保持 float64 及其精度，可接受内存不连续的表。"""
        X = gaps(8, 5, torch.float64).T.contiguous().T
        close(run(lambda impl: impl.fill_missing(X)), column_means(X))

    @pytest.mark.points(2)
    def test_copy(self, run, randn):
        """Gives a tensor of its own: writing to it does not change X, even if nothing was missing.
        返回独立的张量：对它的写入不影响 X，即使没有缺失值。"""
        complete = randn(4, 3)

        def probe(impl):
            tables = complete.clone(), torch.tensor([[2.0], [NAN]])
            results = [impl.fill_missing(table) for table in tables]
            before = [result.clone() for result in results]
            for result in results:
                result[0] = 100
            return before, tables

        close(run(probe), ([complete, torch.full((2, 1), 2.0)], (complete, torch.tensor([[2.0], [NAN]]))))

    def test_arguments_untouched(self, agree, gaps):
        """Leaves the gaps of X as they were.
        X 中的缺失值保持原样。"""
        X = gaps(5, 3)
        agree(lambda impl: (impl.fill_missing(X), X))


@pytest.mark.exercise("get_dummies")
class TestGetDummies:
    @pytest.mark.points(2)
    def test_one_hot(self, run, generator):
        """Gives the sorted names, and a one in the column of each row's name.
        返回排好序的类别名；每一行在其类别对应的列上为 1。"""
        names = ["Brick", "Grvl", "Pave", "Slate"]
        column = ["Slate", "Pave", *(names[i] for i in torch.randint(0, 4, (9,), generator=generator)), "Brick", "Grvl"]
        close(run(lambda impl: impl.get_dummies(column)), (names, one_hot(column, names)))

    def test_order(self, run):
        """Sorts by code points, as sorted does: capitals before small letters, 10 before 9.
        与 sorted 一样按码位排序：大写字母在小写字母之前，"10" 在 "9" 之前。"""
        column = ["b", "a", "B", "10", "9", "石", "a b", "a"]
        names = ["10", "9", "B", "a", "a b", "b", "石"]
        close(run(lambda impl: impl.get_dummies(column)), (names, one_hot(column, names)))

    def test_missing(self, run):
        """Without dummy_na the row of a missing entry is all zeros.
        不设 dummy_na 时，缺失的一行全为零。"""
        column = [None, "b", "a", None, "a"]
        close(run(lambda impl: impl.get_dummies(column)), (["a", "b"], one_hot(column, ["a", "b"])))

    @pytest.mark.points(2)
    def test_dummy_na(self, run):
        """With dummy_na a last column marks the missing entries.
        设 dummy_na 时，最后一列标记缺失的条目。"""
        column = ["Pave", None, "Grvl", None, "Pave", "zinc"]
        names = ["Grvl", "Pave", "zinc"]
        close(run(lambda impl: impl.get_dummies(column, dummy_na=True)), (names, one_hot(column, [*names, None])))

    def test_one_category(self, run):
        """A single category has a column; with dummy_na there is another one, even if nothing is missing.
        只有一个类别时有一列；设 dummy_na 时再多一列，即使没有缺失的条目。"""
        columns = ["Pave", None, None], ["Pave", "Pave"]
        found = run(lambda impl: [impl.get_dummies(column, na) for column in columns for na in (False, True)])
        keys = ["Pave"], ["Pave", None]
        close(found, [(["Pave"], one_hot(column, k)) for column in columns for k in keys])

    def test_odd_names(self, run):
        """The empty string, "nan" and "None" are categories, not gaps.
        空字符串、"nan" 和 "None" 都是类别，不是缺失。"""
        column = ["nan", "", None, "None", "", "NA"]
        names = ["", "NA", "None", "nan"]
        close(run(lambda impl: impl.get_dummies(column, True)), (names, one_hot(column, [*names, None])))

    def test_no_names(self, run):
        """Without examples, or with missing ones only, there are no categories; dummy_na still has its column.
        没有样本或全部缺失时没有类别；dummy_na 仍有它的一列。"""
        columns = [], [None, None, None], ["b", "a"]
        found = run(lambda impl: [impl.get_dummies(column, na) for column in columns for na in (False, True)])
        names = [[], [], [], [], ["a", "b"], ["a", "b"]]
        tables = torch.zeros(0, 0), torch.zeros(0, 1), torch.zeros(3, 0), torch.ones(3, 1)
        tables += tuple(one_hot(columns[2], keys) for keys in (["a", "b"], ["a", "b", None]))
        close(found, list(zip(names, tables, strict=True)))

    def test_arguments_untouched(self, agree):
        """Leaves the column as it was, and takes a tuple.
        不修改传入的列；也可接受元组。"""
        column = ["b", None, "a", "b"]
        agree(lambda impl: (impl.get_dummies(column), column, impl.get_dummies(tuple(column), dummy_na=True)))
