"""ch44: roi_pool, smooth_l1, focal_loss, yolo_encode, nms, multibox_detection."""

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


@pytest.fixture
def crowd(randn, chance):
    """crowd(n) are n boxes around three places, with many overlaps, and scores; the boxes lie in an image of `size`."""

    def draw(n, size=1.0):
        places = 0.2 + 0.6 * torch.special.ndtr(randn(3, 2))
        centres = places[torch.tensor([i % 3 for i in range(n)])] + 0.04 * randn(n, 2)
        sides = 0.15 + 0.2 * torch.special.ndtr(randn(n, 2))
        boxes = torch.cat([centres - sides / 2, centres + sides / 2], dim=1)[torch.tensor(chance.sample(range(n), n))]
        return size * boxes, torch.special.ndtr(randn(n))

    return draw


@pytest.fixture
def rising(chance):
    """rising(n) are n scores from low to high."""
    return lambda n: torch.tensor(sorted(chance.sample(range(10, 90), n))) / 100


@pytest.mark.exercise("nms")
class TestNms:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, crowd, chance):
        boxes, scores = crowd(12)
        return {"boxes": boxes, "scores": scores, "iou_threshold": chance.uniform(0.3, 0.5)}

    @pytest.mark.points(2)
    def test_kept_boxes(self, agree, crowd, chance):
        """Keeps the best of the boxes that overlap.
        在互相重叠的边界框中保留得分最高的。"""
        cases = [(*crowd(chance.randint(10, 16)), chance.uniform(0.3, 0.5)) for _ in range(3)]
        agree(lambda impl: [impl.nms(*case) for case in cases])

    @pytest.mark.points(2)
    def test_order(self, agree, randn, chance):
        """Gives the highest score first, if no boxes overlap.
        各边界框互不重叠时，得分最高的排在最前。"""
        n = chance.randint(6, 9)
        corners = torch.tensor([[3.0 * i, 3.0 * chance.randint(0, 4)] for i in chance.sample(range(n), n)])
        boxes, scores = torch.cat([corners, corners + 2], dim=1), torch.special.ndtr(randn(n))
        agree(lambda impl: impl.nms(boxes, scores, 0.5))

    @pytest.mark.points(2)
    def test_chain(self, agree, rising, chance):
        """A removed box removes no other box.
        已被移除的边界框不再移除其他边界框。"""
        # Each box overlaps only its neighbours in the chain by 3 of 5 parts: a kept box removes the next one alone.
        cases = []
        for axis in (0, 1):
            n, step = chance.randint(5, 8), chance.uniform(0.5, 2)
            boxes = torch.tensor([[0.0, 0, 4, 4]]).repeat(n, 1)
            boxes[:, [axis, axis + 2]] += torch.arange(n).unsqueeze(dim=1)
            order = torch.tensor(chance.sample(range(n), n))
            cases.append((step * boxes[order], rising(n).flip(0)[order], 0.5))
        agree(lambda impl: [impl.nms(*case) for case in cases])

    @pytest.mark.points(2)
    def test_threshold(self, agree, crowd, chance):
        """Removes more boxes at a lower threshold.
        阈值越低，移除的边界框越多。"""
        boxes, scores = crowd(14)
        thresholds = [0.1 * i + chance.uniform(0, 0.1) for i in chance.sample(range(1, 9), 5)]
        agree(lambda impl: [impl.nms(boxes, scores, threshold) for threshold in thresholds])

    def test_equal_to_the_threshold(self, agree, rising, chance):
        """A box whose IoU is equal to the threshold stays.
        交并比等于阈值的边界框保留。"""
        cases = []
        for part, threshold in ((2.0, 0.5), (1.0, 0.25), (3.0, 0.75)):
            boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, part, 4], [8, 8, 12, 12], [8, 8, 12, 12 - part / 2]])
            order = torch.tensor(chance.sample(range(4), 4))
            cases.append((boxes[order], rising(4)[torch.tensor(chance.sample(range(4), 4))], threshold))
        agree(lambda impl: [impl.nms(*case) for case in cases])

    def test_threshold_of_one(self, agree, crowd, chance):
        """Keeps all boxes at a threshold of 1, also equal boxes.
        阈值为 1 时保留所有边界框，包括完全相同的框。"""
        boxes, scores = crowd(chance.randint(7, 9))
        boxes[1], boxes[4] = boxes[0], boxes[2]
        agree(lambda impl: impl.nms(boxes, scores, 1.0))

    def test_threshold_of_zero(self, agree, rising, chance):
        """At a threshold of 0, any overlap removes a box. Boxes that only touch stay.
        阈值为 0 时，只要重叠就移除；仅仅相接的边界框保留。"""
        boxes = torch.tensor(
            [[0.0, 0, 4, 4], [4, 0, 8, 4], [0, 4, 4, 8], [7.5, 3.5, 9, 5], [12, 0, 16, 4], [3, 7, 5, 9]]
        )
        order = torch.tensor(chance.sample(range(6), 6))
        scores = [rising(6)[torch.tensor(chance.sample(range(6), 6))] for _ in range(3)]
        boxes = boxes[order]
        agree(lambda impl: [impl.nms(boxes, s, 0.0) for s in scores])

    def test_equal_boxes(self, agree, crowd, chance):
        """Keeps one of several equal boxes, the one with the highest score.
        几个边界框完全相同时，只保留得分最高的一个。"""
        boxes, scores = crowd(9)
        copies = torch.tensor(mixed(chance, [0, 0, 1, 1, 2, 2, 0, 1, 2]))
        boxes = boxes[copies]
        agree(lambda impl: impl.nms(boxes, scores, 0.9))

    def test_one_box_inside_another(self, agree, rising, chance):
        """Judges a box inside another by the area of the union, not by the smaller area.
        一个边界框在另一个之内时，除数也是并集的面积，而不是较小的面积。"""
        side = chance.uniform(1, 3)
        boxes = side * torch.tensor([[0.0, 0, 6, 6], [1, 1, 4, 4], [10, 10, 12, 12], [9, 9, 14, 14], [20, 20, 22, 22]])
        scores = [rising(5)[torch.tensor(chance.sample(range(5), 5))] for _ in range(3)]
        agree(lambda impl: [impl.nms(boxes, s, 0.4) for s in scores])

    def test_unit_of_length(self, agree, crowd, chance):
        """The result does not depend on the unit of the coordinates.
        结果与坐标的单位无关。"""
        cases = [(*crowd(12, size), 0.4) for size in (0.01, 1, chance.uniform(3, 9), 300)]
        agree(lambda impl: [impl.nms(*case) for case in cases])

    def test_one_and_two_boxes(self, agree, crowd, rising, chance):
        """There may be one box, or two.
        边界框可以只有一个或两个。"""
        boxes, scores = crowd(12)
        close_together = boxes[0] + torch.tensor([[0.0, 0, 0, 0], [0, 0, 0.01, 0.01]])
        cases = [(close_together, rising(2)[torch.tensor(chance.sample((0, 1), 2))]), (boxes[:1], scores[:1])]
        agree(lambda impl: [[impl.nms(*case, 0.5) for case in cases], impl.nms(boxes, scores, 0.5)])

    @pytest.mark.bonus
    def test_no_box(self, agree, crowd):
        """Gives an empty int64 tensor if there is no box.
        没有边界框时，返回空的 int64 张量。"""
        boxes, scores = crowd(12)
        agree(lambda impl: [impl.nms(boxes[:0], scores[:0], 0.5), impl.nms(boxes, scores, 0.5)])

    test_from_scratch = written_from_scratch


@pytest.fixture
def predictions(randn, crowd):
    """predictions(batch, num_classes, n) are class probabilities, offsets and anchors."""

    def draw(batch, num_classes, n, *, sure=1.0):
        anchors, _ = crowd(n, 3.0)  # so large that the area of an intersection is no measure of the overlap
        cls_probs = (sure * randn(batch, num_classes + 1, n)).softmax(dim=1)
        return {"cls_probs": cls_probs, "offset_preds": 1.5 * randn(batch, 4 * n), "anchors": anchors.unsqueeze(dim=0)}

    return draw


@pytest.mark.exercise("multibox_detection")
class TestMultiboxDetection:
    @standard(
        promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("cls_probs", "offset_preds")
    )
    def arguments(self, predictions, chance):
        drawn = predictions(2, chance.randint(2, 4), 9)
        return {**drawn, "nms_threshold": 0.4, "pos_threshold": chance.uniform(0.3, 0.5)}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_one_image(self, agree, predictions, chance):
        """Gives the detections of one image.
        返回一张图像的检测结果。"""
        drawn = predictions(1, 3, chance.randint(8, 12))
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.4, pos_threshold=0.0))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_batch(self, agree, predictions, chance):
        """Treats each image of the batch by itself.
        对批量中的每张图像分别处理。"""
        drawn = predictions(chance.randint(3, 4), 2, chance.randint(6, 10))
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.4, pos_threshold=0.0))

    @pytest.mark.points(2)
    def test_background(self, agree, predictions, chance):
        """The background is no class, even if it is most probable.
        背景不算类别，即使它的概率最大。"""
        drawn = predictions(2, 3, chance.randint(6, 10))
        drawn["cls_probs"][:, 0] += 2
        drawn["cls_probs"] /= drawn["cls_probs"].sum(dim=1, keepdim=True)
        agree(lambda impl: impl.multibox_detection(**drawn))

    @pytest.mark.draws("boxes")
    def test_offsets(self, agree, predictions, chance):
        """Applies to each anchor its own four offsets.
        每个锚框使用自己的四个偏移量。"""
        drawn = predictions(2, 2, chance.randint(6, 10))
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=1.0))

    @pytest.mark.points(2)
    def test_suppression_across_classes(self, agree, predictions, rising, chance):
        """A box suppresses boxes of other classes, too.
        边界框也会抑制其他类别的边界框。"""
        n = chance.randint(5, 7)
        drawn = predictions(1, 2, n)
        anchors = drawn["anchors"]
        anchors[0, 2::2] = anchors[0, :1] + 0.004 * torch.arange(len(anchors[0, 2::2])).unsqueeze(dim=1)
        scores = rising(n)[torch.tensor(chance.sample(range(n), n))]
        drawn["offset_preds"] *= 0.05
        first = torch.tensor([i % 4 < 2 for i in range(n)])
        rest = (1 - scores) / 8
        drawn["cls_probs"] = torch.stack([1 - scores - rest, scores.where(first, rest), rest.where(first, scores)])[
            None
        ]
        agree(lambda impl: impl.multibox_detection(**drawn))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_suppressed_boxes(self, agree, predictions, chance):
        """Suppressed boxes follow in the order of the anchors, with the class -1 and their confidence.
        被抑制的边界框按锚框的顺序排在后面，类别为 -1，置信度不变。"""
        drawn = predictions(2, 2, chance.randint(10, 14))
        drawn["offset_preds"] *= 0.2
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.2))

    @pytest.mark.points(2)
    def test_low_confidence(self, agree, predictions, chance):
        """A confidence p below pos_threshold becomes 1 - p, and the class -1.
        置信度 p 低于 pos_threshold 时变为 1 - p，类别变为 -1。"""
        drawn, threshold = predictions(2, 3, chance.randint(8, 12)), chance.uniform(0.4, 0.5)
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.9, pos_threshold=threshold))

    def test_low_confidence_of_suppressed_boxes(self, agree, predictions, chance):
        """Low confidences of suppressed boxes change, too. The order stays.
        被抑制的边界框置信度低时同样要改；顺序不变。"""
        drawn, threshold = predictions(2, 3, chance.randint(10, 14)), chance.uniform(0.45, 0.55)
        drawn["offset_preds"] *= 0.2
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.1, pos_threshold=threshold))

    def test_low_confidence_suppresses(self, agree, predictions, chance):
        """Boxes take part in nms whatever their confidence.
        不论置信度高低，边界框都参与非极大值抑制。"""
        drawn = predictions(2, 2, chance.randint(8, 12))
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.3, pos_threshold=0.99))

    def test_equal_to_the_threshold(self, agree, predictions, chance):
        """A confidence equal to pos_threshold is high enough.
        置信度等于 pos_threshold 时不算低。"""
        drawn, threshold = predictions(1, 2, 4), chance.choice((0.25, 0.375, 0.5))
        confidence = torch.tensor(mixed(chance, [threshold, threshold - 0.0625, threshold + 0.0625, 0.125]))
        drawn["cls_probs"] = torch.stack([1 - confidence - 0.03125, confidence, torch.full((4,), 0.03125)])[None]
        agree(lambda impl: impl.multibox_detection(**drawn, nms_threshold=0.9, pos_threshold=threshold))

    def test_nms_threshold(self, agree, predictions, chance):
        """Suppresses fewer boxes at a higher nms_threshold.
        nms_threshold 越大，被抑制的边界框越少。"""
        drawn = predictions(1, 2, 12)
        drawn["offset_preds"] *= 0.3
        thresholds = [low + chance.uniform(0, 0.1) for low in (0.1, 0.3, 0.6, 0.8)]
        agree(lambda impl: [impl.multibox_detection(**drawn, nms_threshold=threshold) for threshold in thresholds])

    def test_default_thresholds(self, agree, predictions, chance):
        """The thresholds are 0.5 and 0.009999999 if they are not given.
        没有给出阈值时，它们是 0.5 和 0.009999999。"""
        drawn = predictions(2, 2, chance.randint(12, 15), sure=4.0)
        drawn["offset_preds"] *= 0.3
        drawn["cls_probs"][:, 1:, :4] *= torch.tensor([0.001, 0.005, 0.02, 0.05])
        agree(lambda impl: impl.multibox_detection(**drawn))

    @pytest.mark.draws("boxes")
    def test_one_anchor_and_one_class(self, agree, predictions, chance):
        """There may be one anchor and one class.
        锚框可以只有一个，类别也可以只有一个。"""
        cases = [predictions(2, 1, chance.randint(4, 6)), predictions(2, chance.randint(2, 3), 1), predictions(1, 1, 1)]
        agree(lambda impl: [impl.multibox_detection(**case) for case in cases])
