"""ch44: roi_pool, smooth_l1, focal_loss, yolo_encode."""

import pytest
import torch

from dlgrade.testing import promise, standard, written_from_scratch


def mixed(chance, items):
    """The items in a drawn order."""
    return chance.sample(items, len(items))


@pytest.fixture
def maps(randn, chance):
    """Feature maps (n, channels, h, w) whose four sizes differ."""
    return lambda n=3: randn(n, 2, *chance.sample(range(9, 14), 2))


@pytest.fixture
def region(chance):
    """region(image, rows, columns, scale) is a row of rois: its corners round to the first and the last cells."""

    def draw(image, rows, columns, scale):
        corners = (columns[0], rows[0], columns[1], rows[1])
        return [image, *((cell + chance.uniform(-0.4, 0.4)) / scale for cell in corners)]

    return draw


@pytest.fixture
def inside(chance, region):
    """inside(X, scale, k) are rois of k regions within X, which 2 x 3 bins divide evenly."""

    def draw(X, scale, k=4):
        rows = []
        for _ in range(k):
            size = chance.choice((4, 8)), chance.choice((6, 9))
            first = [chance.randint(0, limit - s) for limit, s in zip(X.shape[2:], size, strict=True)]
            ends = [(f, f + s - 1) for f, s in zip(first, size, strict=True)]
            rows.append(region(chance.randrange(len(X)), *ends, scale))
        return torch.tensor(rows, dtype=X.dtype)

    return draw


@pytest.mark.exercise("roi_pool")
class TestRoiPool:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("X"))
    def arguments(self, maps, inside):
        X = maps()
        return {"X": X, "rois": inside(X, 0.25), "output_size": (2, 3), "spatial_scale": 0.25}

    @pytest.mark.points(2)
    def test_bins_side_by_side(self, agree, maps, region, chance):
        """Takes the maximum of each bin, if the bins divide the region evenly.
        各个箱正好把区域均分时，取每个箱内的最大值。"""
        X, (p_h, p_w) = maps(1), chance.sample((2, 3, 4), 2)
        top, left = chance.randint(0, 1), chance.randint(0, 1)
        rois = torch.tensor([region(0, (top, top + 2 * p_h - 1), (left, left + 2 * p_w - 1), 1.0)])
        agree(lambda impl: impl.roi_pool(X, rois, (p_h, p_w), 1.0))

    @pytest.mark.points(2)
    def test_bins_that_overlap(self, agree, maps, region, chance):
        """Bins overlap if their number does not divide the size of the region.
        区域的大小不能被箱数整除时，相邻的箱互相重叠。"""
        X, cases = maps(1), []
        for rows, columns, size in mixed(chance, [(5, 7, (2, 3)), (7, 5, (3, 2)), (8, 7, (3, 4))]):
            top, left = chance.choices((0, 1, 2), k=2)
            rois = torch.tensor([region(0, (top, top + rows - 1), (left, left + columns - 1), 1.0)])
            cases.append((X, rois, size, 1.0))
        agree(lambda impl: [impl.roi_pool(*case) for case in cases])

    @pytest.mark.points(2)
    def test_images(self, agree, maps, inside, chance):
        """Takes each region from the image that its first number names.
        每个区域取自其第一个数所指的图像。"""
        X = maps()
        rois = inside(X, 1.0, 5)
        rois[:, 0] = torch.tensor(mixed(chance, [0, 1, 1, 2, 2]))
        agree(lambda impl: impl.roi_pool(X, rois, (2, 3), 1.0))

    def test_scale(self, agree, maps, inside, chance):
        """Multiplies the corners by spatial_scale.
        角点的坐标要乘以 spatial_scale。"""
        X = maps(1)
        cases = [(inside(X, scale), scale) for scale in (chance.uniform(0.05, 0.2), chance.uniform(1.5, 3))]
        agree(lambda impl: [impl.roi_pool(X, rois, (2, 3), scale) for rois, scale in cases])

    @pytest.mark.points(2)
    def test_nearest_cells(self, agree, maps, chance):
        """Rounds corners to the nearest cell.
        角点取整到最近的单元格。"""
        X, rows = maps(1), []
        for x, y in mixed(chance, [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]):
            left, top = (first + fraction + chance.uniform(-0.2, 0.2) for first, fraction in ((1, x), (2, y)))
            rows.append([0, left, top, left + 5, top + 5])
        rois = torch.tensor(rows)
        agree(lambda impl: impl.roi_pool(X, rois, (2, 3), 1.0))

    def test_halves(self, agree, maps, chance):
        """Rounds a corner half-way between two cells up.
        角点恰好在两个单元格正中时，向上取整。"""
        X, firsts = maps(1), mixed(chance, [0.5, 1.5, 2.5])
        rois = torch.tensor([[0, x, y, x + 5, y + 5] for x, y in zip(firsts, firsts[1:] + firsts[:1], strict=True)])
        agree(lambda impl: impl.roi_pool(X, 4 * rois, (2, 3), 0.25))

    def test_output_size(self, agree, maps, inside, chance):
        """The first number of output_size is the number of bins of rows, the second that of columns.
        output_size 的第一个数是行方向的箱数，第二个数是列方向的箱数。"""
        X, sizes = maps(1), mixed(chance, [(1, 3), (2, 1), (4, 3)])
        rois = inside(X, 0.5)
        agree(lambda impl: [impl.roi_pool(X, rois, size, 0.5) for size in sizes])

    def test_small_regions(self, agree, maps, region, chance):
        """A region may have fewer cells than bins, even a single one.
        区域的单元格可以比箱少，甚至只有一个单元格。"""
        X, (a, b, c, d) = maps(1), chance.sample(range(1, 7), 4)
        rois = torch.tensor([region(0, (a, a), (b, b), 0.5), region(0, (c, c), (d, d + 1), 0.5),
                             region(0, (b, b + 2), (a, a), 0.5)])  # fmt: skip
        agree(lambda impl: [impl.roi_pool(X[:, :1], rois, (2, 3), 0.5), impl.roi_pool(X, rois, (4, 2), 0.5)])

    def test_channels(self, agree, randn, inside, chance):
        """Pools each channel by itself.
        对每个通道分别汇聚。"""
        X = randn(1, chance.randint(3, 5), 10, 9)
        rois = inside(X, 1.0)
        agree(lambda impl: impl.roi_pool(X, rois, (2, 3), 1.0))

    def test_negative_numbers(self, agree, maps, inside):
        """The maximum of a bin of negative numbers is negative.
        箱内全是负数时，最大值也是负数。"""
        X = -1 - maps(1).abs()
        rois = inside(X, 1.0)
        agree(lambda impl: impl.roi_pool(X, rois, (2, 3), 1.0))

    def test_beyond_the_map(self, agree, maps, region, chance):
        """Keeps the bins of the whole region, if part of it lies outside X.
        区域有一部分在 X 之外时，箱仍按整个区域划分。"""
        X, out = maps(1), chance.choice((1, 2))
        h, w = X.shape[2:]
        down, right = (h - 6 + out, h - 1 + out), (w - 6 + out, w - 1 + out)  # six rows, six columns
        up = left = (-out, 5 - out)
        rois = torch.tensor([region(0, *ends, 1.0) for ends in ((down, right), (up, left), (up, right), (down, left))])
        agree(lambda impl: [impl.roi_pool(X, rois, (2, 3), 1.0), impl.roi_pool(X, rois, (1, 1), 1.0)])

    def test_empty_bins(self, agree, maps, region, chance):
        """A bin without a cell of X gives 0.
        不含 X 的任何单元格的箱得到 0。"""
        X, out = 2 + maps(1), chance.choice((8, 11))
        h, w = X.shape[2:]
        ends = ((h - 4, h - 1 + out), (1, 6)), ((0, 5), (w - 4, w - 1 + out)), ((-out, 3), (-out, 3))
        rois = torch.tensor([region(0, rows, columns, 1.0) for rows, columns in ends])
        agree(lambda impl: impl.roi_pool(X, rois, (3, 3), 1.0))

    def test_no_region(self, agree, maps, inside, chance):
        """Gives an empty tensor of the right shape for no region.
        没有区域时，返回形状正确的空张量。"""
        X, p_h = maps(1), chance.choice((1, 2, 4))
        rois = inside(X, 1.0)
        agree(lambda impl: [impl.roi_pool(X, rois[:0], (p_h, 3), 1.0), impl.roi_pool(X, rois, (p_h, 3), 1.0)])

    test_from_scratch = written_from_scratch


@pytest.fixture
def scalars(chance):
    """Scalars below 1, near 1 and far above 1."""
    return lambda: mixed(chance, [chance.uniform(0.4, 0.8), chance.uniform(1.2, 1.8), chance.uniform(5, 10)])


@pytest.fixture
def around(randn):
    """around(scalar, low, high) are numbers of both signs, low to high times the border of the branches."""

    def draw(scalar, low, high, n=8):
        signs = torch.tensor([1.0, -1.0]).repeat(n // 2)
        return signs * (low + (high - low) * torch.special.ndtr(randn(n))) / scalar**2

    return draw


@pytest.mark.exercise("smooth_l1")
class TestSmoothL1:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        promise.non_contiguous,
        promise.gradients("data", marks=pytest.mark.bonus),
    )
    def arguments(self, around, chance):
        scalar = chance.uniform(1.2, 2)
        return {"data": around(scalar, 0.1, 2.5), "scalar": scalar}

    @pytest.mark.points(2)
    def test_near_zero(self, agree, around, scalars):
        """Gives the parabola near 0.
        在 0 附近是抛物线。"""
        cases = [(around(scalar, 0.1, 0.9), scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    @pytest.mark.points(2)
    def test_far_from_zero(self, agree, around, scalars):
        """Gives the line far from 0, on both sides.
        远离 0 时，两侧都是直线。"""
        cases = [(around(scalar, 1.1, 4), scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    @pytest.mark.points(2)
    def test_both_branches(self, agree, randn, around, scalars):
        """Chooses the branch for each element by itself.
        对每个元素分别选择用哪一段。"""
        cases = [(around(scalar, 0.1, 3, 12)[randn(12).argsort()], scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    def test_whole_scalars(self, agree, around):
        """Accepts whole numbers as scalar.
        scalar 可以是整数。"""
        cases = [(around(scalar, 0.2, 3), scalar) for scalar in (2, 1, 3)]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    def test_border(self, agree, scalars):
        """Both branches meet at the border, without a jump.
        两段在分界处相接，没有跳跃。"""
        steps = [side * (1 + step) for side in (1, -1) for step in (-1e-3, 0, 1e-3)]
        cases = [(torch.tensor(steps) / scalar**2, scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    def test_zero(self, agree, around, scalars):
        """Is 0 at 0.
        在 0 处为 0。"""
        cases = [(torch.cat([torch.zeros(1), around(scalar, 0.2, 3, 2)]), scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    def test_one_element(self, agree, around, scalars):
        """Data may have a single element.
        data 可以只有一个元素。"""
        cases = [(around(scalar, 0.2, 3, 2)[1:], scalar) for scalar in scalars()]
        agree(lambda impl: [impl.smooth_l1(*case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.fixture
def chances(randn):
    """chances(*shape) are probabilities that are neither 0 nor 1."""
    return lambda *shape: 0.02 + 0.96 * torch.special.ndtr(randn(*shape))


@pytest.mark.exercise("focal_loss")
class TestFocalLoss:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("x"))
    def arguments(self, chances, chance):
        return {"gamma": chance.uniform(1.2, 2.8), "x": chances(3, 4)}

    @pytest.mark.points(2)
    def test_whole_gamma(self, agree, chances, chance):
        """Weights the logarithm by a power of 1 - x.
        用 1 - x 的幂给对数加权。"""
        cases = [(gamma, chances(chance.randint(5, 9))) for gamma in mixed(chance, [1, 2, 3, 5])]
        agree(lambda impl: [impl.focal_loss(*case) for case in cases])

    @pytest.mark.points(2)
    def test_fractional_gamma(self, agree, chances, chance):
        """Accepts a gamma that is no whole number.
        gamma 可以不是整数。"""
        cases = [(low + chance.uniform(0.2, 0.8), chances(chance.randint(5, 9))) for low in (0, 1, 2)]
        agree(lambda impl: [impl.focal_loss(*case) for case in cases])

    def test_gamma_of_zero(self, agree, chances, chance):
        """Is the cross-entropy if gamma is 0.
        gamma 为 0 时就是交叉熵。"""
        x = chances(chance.randint(5, 9))
        agree(lambda impl: [impl.focal_loss(0, x), impl.focal_loss(0.0, x)])

    def test_probability_of_one(self, agree, chances, chance):
        """Is 0 at a probability of 1.
        概率为 1 时损失为 0。"""
        x, gamma = torch.cat([chances(3), torch.ones(1)]), chance.uniform(0.5, 3)
        agree(lambda impl: [impl.focal_loss(g, x) for g in (0, gamma, 2)])

    def test_probability_of_zero(self, agree, chances, chance):
        """Is infinity at a probability of 0.
        概率为 0 时损失为无穷大。"""
        x, gamma = torch.cat([chances(3), torch.zeros(1)]), chance.uniform(0.5, 3)
        agree(lambda impl: [impl.focal_loss(g, x) for g in (0, gamma, 2)])

    def test_small_probabilities(self, agree, chances, chance):
        """Gives the right loss for very small probabilities.
        概率非常小时，损失也正确。"""
        x, gamma = chances(6) * torch.tensor([1e-4, 1e-8, 1e-12, 1e-16, 1e-20, 1e-30]), chance.uniform(0.5, 3)
        agree(lambda impl: [impl.focal_loss(g, x) for g in (0, gamma)])

    def test_shapes(self, agree, chances, chance):
        """Accepts any shape, also that of a scalar.
        x 可以是任意形状，也可以是标量。"""
        gamma, shapes = chance.uniform(0.5, 3), [(), (1,), (3, 1), (2, 3, 4)]
        tensors = [chances(*shape) for shape in shapes]
        agree(lambda impl: [impl.focal_loss(gamma, x) for x in tensors])


@pytest.fixture
def centred(chance):
    """centred(grid, cells) are boxes whose centres lie in these cells, (row, column), and their labels."""

    def draw(grid, cells, num_classes):
        rows = []
        for row, column in cells:
            inner = [chance.uniform(0.1, 0.9) for _ in range(2)]
            sides = chance.sample([0.15, 0.25, 0.4, 0.55, 0.7], 2)
            rows.append(
                [(column + inner[0]) / grid, (row + inner[1]) / grid, *(s + chance.uniform(0, 0.1) for s in sides)]
            )
        return torch.tensor(rows), torch.tensor([chance.randrange(num_classes) for _ in rows])

    return draw


@pytest.fixture
def scene(chance, centred):
    """scene(grid, num_classes, m) are m boxes whose centres lie in m cells."""

    def draw(grid, num_classes, m):
        cells = [(row, column) for row in range(grid) for column in range(grid)]
        return (*centred(grid, chance.sample(cells, m), num_classes), grid, num_classes)

    return draw


@pytest.mark.exercise("yolo_encode")
class TestYoloEncode:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, scene, chance):
        boxes, labels, grid, num_classes = scene(chance.randint(3, 5), chance.randint(2, 4), 4)
        return {"boxes": boxes, "labels": labels, "grid": grid, "num_classes": num_classes}

    @pytest.mark.points(2)
    def test_one_box(self, agree, scene, chance):
        """Fills the cell of the centre of a box.
        填写边界框中心所在的单元格。"""
        cases = [scene(grid, chance.randint(3, 5), 1) for grid in chance.sample(range(3, 8), 3)]
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    @pytest.mark.points(2)
    def test_rows_and_columns(self, agree, centred, chance):
        """The first axis counts the rows of cells, the second the columns.
        第一个轴是单元格的行，第二个轴是列。"""
        cases = []
        for grid in chance.sample(range(3, 8), 3):
            place = chance.sample(range(grid), 2)
            cases.append((*centred(grid, [place], 2), grid, 2))
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    @pytest.mark.points(2)
    def test_several_boxes(self, agree, scene, chance):
        """Fills a cell for each box, if the centres lie in different cells.
        各边界框的中心在不同的单元格时，每个框各填写一个单元格。"""
        cases = [scene(grid, chance.randint(3, 5), chance.randint(4, 7)) for grid in chance.sample(range(3, 8), 3)]
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    def test_classes(self, agree, centred, chance):
        """Marks the class of each box, also the first and the last.
        标出每个边界框的类别，包括第一个和最后一个类别。"""
        num_classes, grid = chance.randint(3, 6), chance.randint(3, 5)
        boxes, _ = centred(grid, [(i, chance.randrange(grid)) for i in range(3)], num_classes)
        labels = torch.tensor(mixed(chance, [0, chance.randint(1, num_classes - 2), num_classes - 1]))
        agree(lambda impl: impl.yolo_encode(boxes, labels, grid, num_classes))

    @pytest.mark.points(2)
    def test_cell_borders(self, agree, scene, chance):
        """A centre between two cells belongs to the right cell or the lower one.
        中心恰好在两个单元格之间时，属于右边或下边的单元格。"""
        cases = []
        for grid in (4, 8):
            boxes, labels, _, _ = scene(grid, 3, 2)
            places = chance.sample(range(1, grid), 2)
            boxes[0, 0], boxes[1, 1] = places[0] / grid, places[1] / grid
            cases.append((boxes[:1], labels[:1], grid, 3))
            cases.append((boxes[1:], labels[1:], grid, 3))
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    def test_end_of_the_image(self, agree, scene, chance):
        """A centre at 1.0 belongs to the last row or column.
        中心坐标为 1.0 时，属于最后一行或最后一列。"""
        cases = []
        for axis in (0, 1):
            boxes, labels, grid, num_classes = scene(chance.randint(3, 6), 3, 1)
            boxes[0, axis] = 1.0
            cases.append((boxes, labels, grid, num_classes))
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    @pytest.mark.points(2)
    def test_largest_box(self, agree, centred, chance):
        """Holds the box with the largest area, if several centres lie in one cell.
        几个中心在同一个单元格时，保留面积最大的边界框。"""
        # The largest area, the largest width, the largest height, the longest perimeter and the smallest area.
        sides = [[0.55, 0.5], [0.9, 0.1], [0.1, 0.85], [0.8, 0.3], [0.3, 0.2]]
        cases = []
        for winner in range(5):
            grid = chance.randint(2, 4)
            boxes, _ = centred(grid, 5 * [chance.choices(range(grid), k=2)], 5)
            others = chance.sample(sides[1:], 4)
            boxes[:, 2:] = torch.tensor([*others[:winner], sides[0], *others[winner:]])
            boxes[:, 2:] += chance.uniform(0, 0.05)
            cases.append((boxes, torch.tensor(chance.sample(range(5), 5)), grid, 5))
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    def test_no_box(self, agree, scene, chance):
        """Gives zeros if there is no box.
        没有边界框时全为 0。"""
        boxes, labels, grid, num_classes = scene(chance.randint(3, 6), chance.randint(2, 4), 2)
        cases = [(boxes[:n], labels[:n], grid, num_classes) for n in (0, 2)]
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])

    def test_one_cell_and_one_class(self, agree, scene, chance):
        """The image may be one cell, and there may be one class.
        图像可以只有一个单元格，类别也可以只有一个。"""
        cases = [scene(1, chance.randint(2, 4), 1), scene(chance.randint(2, 4), 1, 2), scene(1, 1, 1)]
        agree(lambda impl: [impl.yolo_encode(*case) for case in cases])
