"""ch04: contiguous_strides, broadcast_shape, shares_storage, reshape_copies, from_array, fill_missing, get_dummies."""

import numpy as np
import pytest
import torch

from dlgrade.testing import close, draw_int, promise, raises, shuffled, standard, words, written_from_scratch

NAN = float("nan")


def broadcast(function, groups):
    """For each group of shapes: whether the function raises ValueError, and otherwise the shape that it returns."""
    refused = [raises(lambda group=group: function(*group), ValueError) for group in groups]
    return [(no, None if no else function(*group)) for no, group in zip(refused, groups, strict=True)]


def numbers(*shape, dtype=torch.float32):
    """For probes: 1, 2, 3, ... in this shape, in memory of their own."""
    return torch.arange(1, 1 + int(np.prod(shape)), dtype=dtype).reshape(shape).clone()


def both_ways(impl, arrays, first, second, copy):
    """For probes: each tensor after a write to its array, and each array after a write to its tensor."""
    arrays = [array.copy() for array in arrays]
    tensors = [impl.from_array(array, copy) for array in arrays]
    for array in arrays:
        array[...] = first
    seen = [tensor.tolist() for tensor in tensors]
    for tensor in tensors:
        tensor.fill_(second)
    return seen, [array.tolist() for array in arrays]


def strides(run, *shapes):
    """The strides of these shapes are torch's."""
    close(run(lambda impl: [impl.contiguous_strides(s) for s in shapes]), [torch.empty(s).stride() for s in shapes])


def fits(run, generator, *groups):
    """broadcast_shape and numpy agree on these groups of shapes, in a drawn order."""
    groups = shuffled(generator, groups)
    close(run(lambda impl: broadcast(impl.broadcast_shape, groups)), broadcast(np.broadcast_shapes, groups))


def shares(run, generator, pairs):
    """Ask shares_storage in a drawn order; pairs() makes the pairs that share, and those that do not."""
    yes, no = map(len, pairs())
    order = shuffled(generator, range(yes + no))
    found = run(lambda impl: [impl.shares_storage(*[*made[0], *made[1]][i]) for made in [pairs()] for i in order])
    close(found, [place < yes for place in order])


def copies(run, generator, *groups):
    """Ask reshape_copies about tensors and the shapes after them, in a drawn order: is there no view of this shape?"""
    pairs = shuffled(generator, [(x, shape) for x, *shapes in groups for shape in shapes])
    found = run(lambda impl: [impl.reshape_copies(x[...], shape) for x, shape in pairs])  # x[...] is a view itself
    close(found, [raises(lambda x=x, shape=shape: x.view(tuple(shape)), RuntimeError) for x, shape in pairs])


def column_means(X):
    """X with the mean of each column, by numpy's nanmean, in its gaps; no column may be all gaps."""
    table = X.numpy()
    return torch.from_numpy(np.where(np.isnan(table), np.nanmean(table, axis=0), table))


def one_hot(column, keys):
    """float32 zeros and ones, entry by entry."""
    return torch.tensor([[float(value == key) for key in keys] for value in column])


def gaps(randn, n, columns):
    """A table whose columns have means far apart, with gaps, but not in its first row."""
    X, holes = randn(n, columns) + 10 * torch.arange(1, columns + 1), randn(n, columns) < -0.3
    holes[0], holes[1, 0] = False, True
    return X.masked_fill(holes, NAN)


def written(randn, generator):
    """Three arrays of drawn numbers and shapes, and two numbers to write to them."""
    rows, first, second = (draw_int(generator, *ends) for ends in ((2, 5), (10, 50), (51, 99)))
    arrays = randn(rows, dtype=torch.float64), randn(rows, 3), torch.randperm(rows + 1, generator=generator)
    return [array.numpy() for array in arrays], first, second


@pytest.fixture
def sizes(generator):
    """sizes(4) returns four different sizes between 2 and 9."""
    return lambda count: tuple((2 + torch.randperm(8, generator=generator)[:count]).tolist())


@pytest.mark.exercise("contiguous_strides")
class TestContiguousStrides:
    @pytest.mark.points(2)
    def test_strides(self, run, sizes):
        """Returns the strides of a new tensor in torch.
        结果与 torch 新建的张量的步幅一致。"""
        strides(run, sizes(1), sizes(2), sizes(3), sizes(5))

    def test_few_elements(self, run, sizes):
        """The shape () has no strides; an axis of size 1 has a stride like any other.
        形状 () 没有步幅；大小为 1 的轴与其他轴一样有步幅。"""
        a, b = sizes(2)
        strides(run, (), (1,), (1, a), (a, 1), (b, 1, a), (b, 1, 1), (1, 1, a, b))

    def test_empty_axis(self, run, sizes):
        """An axis of size 0 counts as size 1.
        大小为 0 的轴按大小 1 计算。"""
        a, b = sizes(2)
        strides(run, (0,), (a, 0), (a, 0, b), (0, b), (b, 0, 0), (5, 0, a, b))

    @pytest.mark.needs("strides")
    def test_arguments_untouched(self, agree, sizes):
        """Accepts a list, and leaves it unchanged.
        可以传入列表，且不修改它。"""
        shape = [*sizes(1), 0, *sizes(2)]
        agree(lambda impl: (impl.contiguous_strides(shape), shape))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("broadcast_shape")
class TestBroadcastShape:
    @pytest.mark.points(2)
    def test_ones_are_stretched(self, run, generator, sizes):
        """A size of 1 becomes the size of the other shape.
        大小为 1 的轴变为另一个形状中的大小。"""
        a, b, c = sizes(3)
        fits(run, generator, ((a, 1), (1, b)), ((a, b, c), (a, 1, c)), ((1, b, 1), (a, b, c)), ((a, 1, 1), (1, 1, c)))

    @pytest.mark.points(2)
    def test_ranks_differ(self, run, generator, sizes):
        """Aligns the shapes at their last axes.
        各个形状从最后一个轴开始对齐。"""
        a, b, c = sizes(3)
        fits(run, generator, ((a, b, c), (c,)), ((1,), (a, b)), ((a, c), (b, 1, 1)), ((a, 1), (b,)), ((b, 1), (1, c)))

    def test_numbers_of_shapes(self, run, generator, sizes):
        """Accepts any number of shapes; () fits every other shape.
        可以传入任意多个形状；() 与任何形状都能广播。"""
        shape, (a, b, c) = sizes(3), sizes(3)
        many = ((a, 1, 1), (1, b, 1), (c,)), ((1,), (1, 1), (a,), (b, 1)), ((c,), (1,), (c,))
        fits(run, generator, (), ((),), (shape,), (shape, ()), ((), shape), *many)

    def test_empty_axis(self, run, generator, sizes):
        """0 is a size like any other: 1 and 0 give 0.
        0 与其他大小没有区别：1 与 0 得 0。"""
        a, b = sizes(2)
        groups = ((1,), (0,), (1, 1)), ((a, 1, b), (0, 1)), ((0, 1), (1, a))
        fits(run, generator, ((1,), (0,)), ((0,), (a, 0)), ((b, 1), (0,)), *groups)

    @pytest.mark.needs("ones_are_stretched")
    @pytest.mark.points(2)
    def test_impossible(self, run, generator, sizes):
        """Raises ValueError if two sizes differ and neither is 1, also if one of them is 0.
        两个大小不同且都不是 1 时，抛出 ValueError；其中一个为 0 时也一样。"""
        a, b = sizes(2)
        pairs = [((2,), (3,)), ((a, 6), (a, 7)), ((6, b), (7, b)), ((8, 2), (4, 2)), ((2,), (0,)), ((a, 0), (a, b))]
        fits(run, generator, *pairs, ((a, b), (b,)), ((b, 1), (a,)))

    def test_impossible_among_many(self, run, generator, sizes):
        """Compares each shape with all other shapes.
        每个形状都与其他所有形状比较。"""
        a, b, c = sizes(3)
        groups = [((1,), (a,), (b,)), ((a,), (1,), (c,)), ((a, 1), (1, b), (c, 1)), ((b,), (b,), (1, c))]
        fits(run, generator, *groups, ((a,), (1,), (a,)), ((b, 1), (1, c), (b, c)))

    @pytest.mark.needs("ones_are_stretched")
    def test_arguments_untouched(self, agree, sizes):
        """Accepts lists and torch.Size, and leaves them unchanged.
        可以传入列表和 torch.Size，且不修改它们。"""
        a, b, c = sizes(3)
        groups = [([a, 1], [b, 1, c], torch.ones(1, c).shape, [1])]
        agree(lambda impl: (broadcast(impl.broadcast_shape, groups), [list(shape) for shape in groups[0]]))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("shares_storage")
class TestSharesStorage:
    @standard(
        promise.untouched,
        call=lambda impl, x, y: [impl.shares_storage(x, x.T), impl.shares_storage(x, y)],
    )
    def arguments(self, randn):
        return {"x": randn(3, 4), "y": randn(3, 4)}

    @pytest.mark.points(2)
    def test_views(self, run, generator):
        """A tensor shares its storage with its views: reshaped, transposed or sliced.
        张量与它的视图共享存储：改变形状、转置或切片都是如此。"""

        def pairs():
            x = numbers(3, 4)
            views = x, x.view(12), x.reshape(2, 6), x.T, x[1:], x[:, 1], x[2, 3], x[:, :1].expand(3, 9), x.detach()
            return [(x, view) for view in views], [(x, view.clone()) for view in views]

        shares(run, generator, pairs)

    @pytest.mark.points(2)
    def test_copies(self, run, generator):
        """Copies do not share: clones, results of arithmetic, selected rows, a contiguous copy of a transposed matrix.
        副本不共享存储：clone、运算结果、按索引取出的行、转置矩阵的连续副本。"""

        def pairs():
            x = numbers(3, 4)
            copies = x.clone(), x + 0, x.double(), x[[0, 1, 2]], x[x > 0], torch.cat([x]), x.T.contiguous()
            copies += x.T.reshape(-1), torch.zeros(3, 4)
            others = x.contiguous(), x.float(), x.T.reshape(4, 3, 1), x[:], x.T.T, x.view(-1)
            return [(x, y) for y in others], [(x, y) for y in copies]

        shares(run, generator, pairs)

    def test_disjoint_parts(self, run, generator):
        """Two halves of a tensor share its storage without a common element.
        同一个张量的两半没有公共元素，也共享存储。"""

        def pairs():
            tensors = torch.zeros(4, 2), torch.zeros(4, 2)
            x, y = ([(t[:2], t[2:]), (t[3], t[0]), (t[:, 0], t[:, 1]), t.view(8).chunk(2)] for t in tensors)
            return x + y, [(one[0], other[1]) for one, other in zip(x + y, y + x, strict=True)]

        shares(run, generator, pairs)

    def test_numpy(self, run, generator):
        """from_numpy and numpy() share memory; torch.tensor copies.
        from_numpy 和 numpy() 共享内存，torch.tensor 则复制。"""

        def pairs():
            array = np.ones((2, 3), dtype=np.float32)
            x = torch.from_numpy(array)
            shared = torch.from_numpy(array), torch.as_tensor(array), torch.from_numpy(x.numpy().T)
            copies = torch.tensor(array), torch.as_tensor(array, dtype=torch.float64), torch.from_numpy(array.copy())
            return [(x, y) for y in shared * 2], [(x, y) for y in copies * 2]

        shares(run, generator, pairs)

    def test_assignments(self, run, generator):
        """Writing in place keeps the storage; a new result has a new storage.
        原地写入不改变存储；新的结果有新的存储。"""

        def pairs():
            yes, no = ([numbers(3) for _ in range(6)] for _ in range(2))
            olds = [x[:] for x in yes + no]
            for place in range(3):
                yes[place] += 1
                yes[3 + place][:] = yes[3 + place] + 1
            both = list(zip(olds, yes + [x + 1 for x in no], strict=True))
            return both[:6], both[6:]

        shares(run, generator, pairs)

    def test_other_readings(self, run, generator):
        """Views of another dtype share, and so do tensors with and without gradients.
        按另一种 dtype 读取的视图共享存储，带梯度和不带梯度的张量也共享。"""

        def pairs():
            x, c, w = numbers(4, dtype=torch.float64), torch.ones(3, dtype=torch.complex64), numbers(3).requires_grad_()
            yes = (x, x.view(torch.int32)), (x, x.view(torch.uint8)[9:]), (c.real, c.imag), (w, w.data), (w[1:], w)
            return yes, [(x, x.long()), (w, w * 1), (x > 2, x), (c.real, c.imag.clone()), (w, w.data + 0)]

        shares(run, generator, pairs)

    @pytest.mark.bonus
    def test_storages_that_overlap(self, run, generator):
        """Tensors from slices of an array share if the slices overlap; an empty tensor shares nothing.
        由数组切片得到的张量，切片重叠时共享；空张量不与任何张量共享。"""

        def pairs():
            array = np.arange(6.0)
            slices = (0, 3), (3, 6), (2, 5), (4, 6), (0, 6)
            low, high, middle, late, everything = (torch.from_numpy(array[i:j]) for i, j in slices)
            apart = (low, high), (high, low), (torch.empty(0), torch.empty(2, 0)), (low, torch.empty(0))
            return [(low, middle), (middle, low), (late, everything), (everything, late)], apart

        shares(run, generator, pairs)


@pytest.mark.exercise("reshape_copies")
class TestReshapeCopies:
    @pytest.mark.points(2)
    def test_contiguous(self, run, generator):
        """reshape never copies a contiguous tensor; it copies a transposed matrix to flatten it.
        连续的张量不需要复制；把转置矩阵展平时需要复制。"""
        flat = [(numbers(rows, 24 // rows).T, (24,)) for rows in (2, 3, 4, 6, 8, 12)]
        copies(run, generator, (numbers(4, 6), (24,), (4, 6), (6, 4), (2, 3, 4), (1, 24, 1), (2, 2, 2, 3)), *flat)

    @pytest.mark.points(2)
    def test_transposed(self, run, generator, sizes):
        """An axis of a transposed matrix can be split without a copy; merging its axes copies.
        拆分转置矩阵的轴不需要复制，合并则需要；可以有一个大小为 -1。"""
        a, b = (2 * size for size in sizes(2))
        for m, n in ((a, b), (b, a)):
            shapes = (n, m), (2, n // 2, m), [n, 2, m // 2], [n // 2, -1, 1, m], (m * n,), [-1], (m, n), (2 * n, -1)
            copies(run, generator, (numbers(m, n).T, *shapes))

    def test_slices(self, run, generator, sizes):
        """Merging the axes of truncated rows copies; whole rows and a single column need no copy.
        合并截短的行需要复制；完整的行和单独一列则不需要。"""
        n = 2 * sizes(1)[0]
        x, y = numbers(n, 6), numbers(6, n)
        groups = (x[:, :2], (2 * n,), (2, n // 2, 2)), (x[::2], (3 * n,)), (x[:, ::4], (2, n)), (x[1:3], (12,), (3, 4))
        groups += (x[2:3, :4], (4,), (2, 2)), (x[:, 1:2], (n,)), (x.view(-1)[::2], (3, n)), (x[:, ::3], (2 * n,))
        copies(run, generator, *groups, (y[:, :2], (12,)), (y[::2], (3 * n,)), (y[:4, ::2], (2 * n,), (2, n)))

    def test_channels_last(self, run, generator, sizes):
        """With channels last, height and width can be merged without a copy, width and channels cannot.
        通道移到最后时，合并高和宽不需要复制，合并宽和通道则需要。"""
        for c, h, w in (sizes(3) for _ in range(3)):
            x = numbers(2, c, 2 * h, w).permute(0, 2, 3, 1)
            copies(run, generator, (x, (2, 2 * h * w, c), (2, 2, h, w, c), (2, 2 * h, w * c), (4 * h, w, c)))

    def test_expanded(self, run, generator, sizes):
        """Merging an axis from expand with another axis copies.
        把 expand 得到的轴与其他轴合并，需要复制。"""
        ones = torch.ones(1, 1).expand(3, 4), (12,), (6, 2), (2, 6), (4, 3), (3, 2, 2)
        tensors = [numbers(n, 1).expand(n, 4) for n in sizes(4)]
        copies(run, generator, ones, *((x, (-1,), (len(x), 2, 2), (2 * len(x), 2)) for x in tensors))

    @pytest.mark.needs("contiguous")
    def test_arguments_untouched(self, agree, randn):
        """Leaves x unchanged: its values, shape and strides.
        不修改 x：数值、形状和步幅都不变。"""
        x = randn(3, 4).T
        agree(lambda impl: (impl.reshape_copies(x, (12,)), impl.reshape_copies(x, (2, 2, 3)), x, x.stride()))


@pytest.mark.exercise("from_array")
class TestFromArray:
    @pytest.mark.points(2)
    def test_shared(self, run, randn, generator):
        """By default, a write to the array changes the tensor, and a write to the tensor changes the array.
        默认情况下，向数组写入会改变张量，向张量写入也会改变数组。"""
        arrays, first, second = written(randn, generator)
        expected = tuple([np.full_like(array, number).tolist() for array in arrays] for number in (first, second))
        close(run(lambda impl: both_ways(impl, arrays, first, second, copy=False)), expected)

    @pytest.mark.points(2)
    def test_copied(self, run, randn, generator):
        """With copy=True, a write to either leaves the other unchanged.
        copy=True 时，向任何一方写入，另一方都不变。"""
        arrays, first, second = written(randn, generator)
        expected = [array.tolist() for array in arrays], [np.full_like(array, first).tolist() for array in arrays]
        close(run(lambda impl: both_ways(impl, arrays, first, second, copy=True)), expected)

    def test_dtypes(self, run, generator):
        """Keeps the values and the dtype of the array.
        保持数组的数值和 dtype。"""
        drawn = torch.randint(0, 100, (3, 4), generator=generator)
        dtypes = torch.float64, torch.float32, torch.float16, torch.int64, torch.int32, torch.uint8, torch.bool
        arrays = [drawn.to(dtype).numpy() for dtype in dtypes]
        found = run(lambda impl: [[impl.from_array(array, copy) for array in arrays] for copy in (False, True)])
        close(found, [[drawn.to(dtype) for dtype in dtypes]] * 2)

    def test_not_contiguous(self, run, randn):
        """Accepts transposed arrays and every second row, shared or copied.
        可以传入转置的数组和隔行取出的数组，共享和复制都正确。"""
        before = randn(4, 2, dtype=torch.float64)

        def probe(impl):
            table = before.clone().numpy()
            shared, copied = impl.from_array(table.T), impl.from_array(table[::2], copy=True)
            part = impl.from_array(table[::2])
            part[1] = 9
            return shared, copied, torch.tensor(table)

        after = before.index_fill(0, torch.tensor(2), 9)
        close(run(probe), (after.T, before[::2], after))

    def test_number_and_empty(self, run, randn, sizes):
        """Accepts an array without axes, and an empty array.
        可以传入没有轴的数组和空数组。"""
        number, empty = randn(dtype=torch.float64), torch.ones(0, *sizes(1))
        arrays = number.numpy(), empty.numpy()
        found = run(lambda impl: [impl.from_array(array, copy) for array in arrays for copy in (False, True)])
        close(found, [number, number, empty, empty])

    @pytest.mark.needs("shared")
    def test_arguments_untouched(self, agree, randn):
        """The call leaves the array unchanged.
        调用本身不修改传入的数组。"""
        array = randn(3, 4, dtype=torch.float64).numpy()
        agree(lambda impl: (impl.from_array(array), impl.from_array(array, copy=True), array, array.strides))


@pytest.mark.exercise("fill_missing")
class TestFillMissing:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, randn):
        return {"X": gaps(randn, 8, 5)}

    @pytest.mark.points(2)
    def test_column_means(self, run, randn):
        """Replaces each NaN by the mean of the other entries of its column.
        每个 NaN 都换成所在列其他条目的均值。"""
        X = gaps(randn, 9, 4)
        close(run(lambda impl: impl.fill_missing(X)), column_means(X))

    def test_mostly_missing(self, run, randn):
        """The only entry of a column is its mean; zeros count as entries.
        一列中只有一个条目时，均值就是它；零也算作条目。"""
        only, eight = (10 + randn(2)).tolist()
        X = torch.tensor([[NAN, 0.0], [NAN, NAN], [only, eight], [NAN, 0.0], [NAN, 0.0]])
        expected = X.where(~X.isnan(), torch.tensor([only, eight / 4]))
        close(run(lambda impl: impl.fill_missing(X)), expected)

    def test_nothing_there(self, run, randn):
        """A column without any entries becomes 0, also in a table of a single row.
        没有任何条目的列变为 0，只有一行的表格也一样。"""
        X, row = gaps(randn, 6, 3), torch.tensor([[3.0, NAN, -2.0, NAN]])
        X[:, 1] = NAN
        expected = torch.zeros(6, 3)
        expected[:, [0, 2]] = column_means(X[:, [0, 2]])
        found = run(lambda impl: [impl.fill_missing(table) for table in (X, row)])
        close(found, [expected, torch.tensor([[3.0, 0.0, -2.0, 0.0]])])

    @pytest.mark.needs("column_means")
    @pytest.mark.points(2)
    def test_copy(self, run, randn):
        """Returns a new tensor: a write to it leaves X unchanged, even if nothing is missing.
        返回新的张量：向它写入不会改变 X，即使没有缺失值。"""
        complete = randn(4, 3)

        def probe(impl):
            tables = complete.clone(), torch.tensor([[2.0], [NAN]])
            results = [impl.fill_missing(table) for table in tables]
            before = [result.clone() for result in results]
            for result in results:
                result[0] = 100
            return before, tables

        close(run(probe), ([complete, torch.full((2, 1), 2.0)], (complete, torch.tensor([[2.0], [NAN]]))))


@pytest.mark.exercise("get_dummies")
class TestGetDummies:
    @pytest.mark.points(2)
    def test_one_hot(self, run, generator):
        """Returns the sorted strings, and a 1 in the column of each row's string.
        返回排好序的字符串；每一行在对应的列上为 1。"""
        names = ["Brick", "Grvl", "Pave", "Slate"]
        column = ["Slate", "Pave", *(names[i] for i in torch.randint(0, 4, (9,), generator=generator)), "Brick", "Grvl"]
        close(run(lambda impl: impl.get_dummies(column)), (names, one_hot(column, names)))

    def test_order(self, run, generator):
        """Sorts as sorted() does: capitals before small letters, "10" before "9".
        顺序与 sorted() 相同：大写字母在小写字母之前，"10" 在 "9" 之前。"""
        some = words(generator, 2)
        column = ["b", *shuffled(generator, [*some, *map(str.upper, some), "B", "10", "9", "石", "a b", "a"]), "a"]
        names = sorted(set(column))
        close(run(lambda impl: impl.get_dummies(column)), (names, one_hot(column, names)))

    def test_missing(self, run, generator):
        """Without dummy_na, the row of a missing entry is all zeros.
        没有设 dummy_na 时，缺失的条目整行为零。"""
        names = words(generator, 3)
        column = [None, names[2], *shuffled(generator, [*names, None])]
        close(run(lambda impl: impl.get_dummies(column)), (names, one_hot(column, names)))

    @pytest.mark.points(2)
    def test_dummy_na(self, run, generator):
        """With dummy_na, a last column marks the missing entries.
        设了 dummy_na 时，最后一列标出缺失的条目。"""
        names = words(generator, 3)
        column = [names[1], None, names[0], *shuffled(generator, [*names, None])]
        close(run(lambda impl: impl.get_dummies(column, dummy_na=True)), (names, one_hot(column, [*names, None])))

    def test_one_category(self, run, generator):
        """A single category has a column; dummy_na adds a column even if nothing is missing.
        只有一个类别时有一列；设了 dummy_na 时再多一列，即使没有缺失的条目。"""
        (name,) = words(generator, 1)
        columns = [name, None, None], [name, name]
        found = run(lambda impl: [impl.get_dummies(column, na) for column in columns for na in (False, True)])
        close(found, [([name], one_hot(column, k)) for column in columns for k in ([name], [name, None])])

    def test_odd_names(self, run, generator):
        """The empty string, "nan" and "None" are categories, not missing entries.
        空字符串、"nan" 和 "None" 都是类别，不是缺失。"""
        column = ["nan", *shuffled(generator, ["", None, "None", "", "NA", *words(generator, 1)])]
        names = sorted({*column} - {None})
        close(run(lambda impl: impl.get_dummies(column, True)), (names, one_hot(column, [*names, None])))

    def test_no_names(self, run, generator):
        """Without examples, or if all entries are missing, there are no categories; dummy_na still adds its column.
        没有样本或全部缺失时，没有类别；设了 dummy_na 时仍有一列。"""
        some = words(generator, 2)
        columns = [], [None, None, None], some[::-1]
        found = run(lambda impl: [impl.get_dummies(column, na) for column in columns for na in (False, True)])
        tables = torch.zeros(0, 0), torch.zeros(0, 1), torch.zeros(3, 0), torch.ones(3, 1)
        full = [(some, one_hot(columns[2], keys)) for keys in (some, [*some, None])]
        close(found, [*(([], table) for table in tables), *full])

    @pytest.mark.needs("one_hot")
    def test_arguments_untouched(self, agree, generator):
        """Leaves column unchanged, and accepts a tuple.
        不修改传入的 column；也可以传入元组。"""
        a, b = words(generator, 2)
        column = [b, None, a, b]
        agree(lambda impl: (impl.get_dummies(column), column, impl.get_dummies(tuple(column), dummy_na=True)))
