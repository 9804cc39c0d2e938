"""ch71: weighted_boxes_fusion, soft_nms, tta_merge_flips, filter_by_area."""

import math

import pytest
import torch

from dlgrade.testing import promise, standard, written_from_scratch


@pytest.fixture
def levels(chance):
    """levels(5): 5 scores between 0.1 and 1, in no order. Neither they nor their weighted means are equal."""
    return lambda count: torch.tensor([chance.uniform(0.1, 1) for _ in range(count)])


@pytest.fixture
def moved(chance):
    """moved(rows): boxes at a drawn place, and by a drawn factor larger."""

    def draw(rows):
        boxes = torch.tensor(rows, dtype=torch.float32)
        scale = chance.choice((0.5, 2, 4))
        return scale * boxes + torch.tensor([chance.randint(-20, 20), chance.randint(-20, 20)]).repeat(2)

    return draw


@pytest.fixture
def things(chance):
    """things(3): 3 boxes that do not overlap, of different sizes and in no order."""

    def draw(count):
        rows = []
        for place in chance.sample(range(count), count):
            x, y = 60 * place + chance.randint(0, 9), chance.randint(0, 40)
            rows.append([x, y, x + chance.randint(16, 40), y + chance.randint(16, 40)])
        return torch.tensor(rows, dtype=torch.float32)

    return draw


@pytest.fixture
def scene(chance, randn, things, levels):
    """scene([4, 3], 4): models that find 4 and 3 of 4 things, each nearly at its place: boxes, scores, labels."""

    def draw(counts, total):
        objects = things(total)
        kinds = torch.tensor([chance.randint(0, 5) for _ in range(total)])
        found = [torch.tensor(chance.sample(range(total), count), dtype=torch.int64) for count in counts]
        boxes = [objects[rows] + randn(len(rows), 4).clamp(-1.5, 1.5) for rows in found]
        return boxes, list(levels(sum(counts)).split(list(counts))), [kinds[rows] for rows in found]

    return draw


def fuse(impl, boxes, scores, *rest):
    """For probes: the fusion of boxes with these scores, each of a model of its own, all of one label."""
    labels = [torch.tensor([3])] * len(boxes)
    return impl.weighted_boxes_fusion(list(boxes.split(1)), list(scores.split(1)), labels, *rest)


@pytest.mark.exercise("weighted_boxes_fusion")
class TestWeightedBoxesFusion:
    @standard(promise.untouched, promise.float64)
    def arguments(self, scene):
        boxes, scores, labels = scene([3, 2, 3], 4)
        return {"boxes": boxes, "scores": scores, "labels": labels, "iou_threshold": 0.5, "weights": [1.0, 2.0, 0.5]}

    @pytest.mark.points(2)
    def test_two_models(self, agree, scene, chance):
        """Fuses the boxes of two models that find the same things.
        融合两个模型对相同物体的预测。"""
        count = chance.randint(3, 5)
        case = scene([count, count], count)
        agree(lambda impl: impl.weighted_boxes_fusion(*case))

    @pytest.mark.points(2)
    def test_several_models(self, agree, scene, chance):
        """Fuses the boxes of several models, each of which finds some of the things.
        融合多个模型的预测，每个模型只找到部分物体。"""
        cases = [scene(chance.sample((2, 3, 4, 5), models), 5) for models in (3, 4)]
        agree(lambda impl: [impl.weighted_boxes_fusion(*case) for case in cases])

    def test_one_model(self, agree, scene, chance):
        """One model without overlaps keeps its boxes and scores.
        只有一个模型且边界框互不重叠时，边界框和得分不变。"""
        count = chance.randint(3, 6)
        case = scene([count], count)
        agree(lambda impl: impl.weighted_boxes_fusion(*case))

    @pytest.mark.points(2)
    def test_found_by_one_model(self, agree, things, levels, chance):
        """A box that one of several models finds gets a part of its score.
        只被几个模型之一找到的边界框，得分按比例降低。"""
        boxes, scores = things(4), levels(4)
        labels = torch.tensor([chance.randint(0, 4) for _ in range(4)])
        parts = [2, 2], [1, 2, 1], [4, 0]
        agree(
            lambda impl: [
                impl.weighted_boxes_fusion(boxes.split(part), scores.split(part), labels.split(part)) for part in parts
            ]
        )

    @pytest.mark.points(2)
    def test_weights(self, agree, scene, chance):
        """The weights of the models count in the coordinates and in the scores.
        模型的权重影响坐标和得分。"""
        cases = [(*scene([3, 4], 4), 0.5, chance.sample((1, 2, 3, 0.5), 2)), (*scene([2, 3, 3], 4), 0.4, [3, 1, 0.5])]
        agree(lambda impl: [impl.weighted_boxes_fusion(*case) for case in cases])

    def test_equal_weights(self, agree, scene, chance):
        """Equal weights, whatever their size, are like no weights.
        权重都相等时，不论大小，都与没有权重相同。"""
        case, weight = scene([3, 3, 2], 4), chance.choice((0.5, 2, 3))
        agree(
            lambda impl: [impl.weighted_boxes_fusion(*case, 0.5, weights) for weights in (None, [weight] * 3, [1] * 3)]
        )

    @pytest.mark.points(2)
    def test_labels(self, agree, scene, chance):
        """Boxes of different labels never join, however well they overlap.
        标签不同的边界框从不合并，不论重叠多少。"""
        boxes, scores, _ = scene([3, 3, 3], 3)
        a, b = chance.sample(range(9), 2)
        # Boxes of both labels lie on each thing, in either order of their confidences.
        labels = [torch.tensor(kinds) for kinds in ([a] * 3, [b] * 3, chance.choices((a, b), k=3))]
        others = [a + b - kinds for kinds in labels]
        agree(lambda impl: [impl.weighted_boxes_fusion(boxes, scores, each) for each in (labels, others)])

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")  # no more than three: so the scores are no box
    def test_running_fused_box(self, agree, moved, chance):
        """Compares a box with the fused box of a cluster so far, not with a single box of it.
        与类簇到目前为止的融合框比较，而不是与其中的某一个框比较。"""
        # The third box overlaps the first by less than 0.55, the mean of both by more.
        joins = moved([[0, 0, 10, 6], [2, 0, 12, 6], [3.4, 0, 13.4, 6]])
        # The third box overlaps the mean of both by less than 0.55. It overlaps a single box by more: the second, the
        # first, or again the second, where the mean of the two IoUs is more than 0.55, too.
        alone = [moved([[0, 0, 10, 6], [2.4, 0, 12.4, 6], [x, 0, x + 10, 6]]) for x in (4.8, -2, 4.1)]
        scores = torch.tensor([0.9, 0.8, 0.7]) - chance.randint(1, 40) / 1000
        agree(lambda impl: [fuse(impl, boxes, scores) for boxes in (joins, *alone)])

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_best_cluster(self, agree, moved, chance):
        """A box joins the cluster with the highest IoU, be it the first or a later one.
        边界框加入交并比最高的类簇，不论这个类簇在前还是在后。"""
        later = moved([[0, 0, 10, 6], [5, 0, 15, 6], [3, 0, 13, 6]])
        first = moved([[0, 0, 10, 6], [5, 0, 15, 6], [2, 0, 12, 6]])
        scores = torch.tensor([0.9, 0.8, 0.7]) - chance.randint(1, 40) / 1000
        agree(lambda impl: [fuse(impl, boxes, scores, 0.45) for boxes in (later, first)])

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_order_of_confidence(self, agree, moved, chance):
        """Visits the boxes of all models in descending order of score times weight.
        所有模型的边界框按得分乘以权重的降序依次处理。"""
        boxes = moved([[0, 0, 10, 6], [3.2, 0, 13.2, 6], [6.2, 0, 16.2, 6]])
        scores = torch.tensor([0.9, 0.8, 0.7]) - chance.randint(1, 40) / 1000
        order = torch.tensor(chance.sample(range(3), 3))
        cases = [(boxes[order], scores[order], 0.5), (boxes, scores.flip(0), 0.5)]
        cases += [(boxes, scores, 0.5, weights) for weights in ([1, 2, 3], [1, 3, 1], [1, 3, 2.5])]
        agree(lambda impl: [fuse(impl, *case) for case in cases])

    @pytest.mark.draws("boxes")
    def test_threshold(self, agree, moved, levels):
        """iou_threshold decides which boxes join, 0.55 if it is not given.
        哪些边界框合并由 iou_threshold 决定，默认值是 0.55。"""
        cases = [moved([[0, 0, 100, 6], [shift, 0, 100 + shift, 6]]) for shift in (20, 27, 31, 60)]  # IoU 0.67 to 0.25
        scores = [levels(2) for _ in cases]
        rest = (), (0.2,), (0.4,), (0.6,), (0.75,)
        agree(lambda impl: [[fuse(impl, *case, *each) for each in rest] for case in zip(cases, scores, strict=True)])

    @pytest.mark.draws("boxes")
    def test_exactly_the_threshold(self, agree, moved, levels):
        """A box whose IoU is exactly iou_threshold does not join.
        交并比恰好等于 iou_threshold 的边界框不合并。"""
        cases = [moved([[0, 0, 8, 8], box]) for box in ([0, 0, 8, 4], [0, 0, 4, 4])]
        scores = levels(2)
        agree(lambda impl: [fuse(impl, *each) for each in ((cases[0], scores, 0.5), (cases[1], scores, 0.25))])

    @pytest.mark.points(2)
    def test_more_boxes_than_models(self, agree, scene, chance):
        """A cluster may have several boxes of a model: more boxes than models do not raise its score.
        类簇中可以有同一模型的多个边界框；边界框多于模型时，得分不再升高。"""
        boxes, scores, labels = scene([3, 3, 3, 2], 3)
        parts = [[torch.cat(part[:2]), torch.cat(part[2:])] for part in (boxes, scores, labels)]
        weights = chance.sample((1, 2, 0.5), 2)
        agree(lambda impl: [impl.weighted_boxes_fusion(*parts, 0.55, by) for by in (None, weights)])

    def test_order_of_the_result(self, agree, things, levels, chance):
        """Returns boxes, scores and labels in descending order of the new scores.
        边界框、得分和标签都按新得分的降序排列。"""
        boxes, labels = things(5), torch.tensor(chance.sample(range(9), 5))
        scores = levels(5).sort(descending=True).values
        double = [torch.cat([boxes[3:], boxes[:3]]), boxes[3:]]
        values = [torch.cat([scores[3:], scores[:3]]), scores[3:] - 0.01]
        kinds = [torch.cat([labels[3:], labels[:3]]), labels[3:]]
        agree(lambda impl: impl.weighted_boxes_fusion(double, values, kinds))

    def test_model_without_boxes(self, agree, scene):
        """A model may find nothing, and counts nevertheless.
        模型可以一个也没有找到，但仍计入模型数。"""
        cases = [scene(counts, 3) for counts in ([3, 0], [0, 2, 3])]
        agree(lambda impl: [impl.weighted_boxes_fusion(*case) for case in cases])

    @pytest.mark.needs("two_models")
    def test_no_boxes(self, agree, scene):
        """Returns empty tensors if no model finds anything.
        所有模型都没有找到时，返回空张量。"""
        cases = [scene(counts, 3) for counts in ([0], [0, 0], [1])]
        agree(lambda impl: [impl.weighted_boxes_fusion(*case) for case in cases])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("soft_nms")
class TestSoftNms:
    @pytest.fixture
    def crowd(self, chance, levels):
        """crowd(6): 6 boxes that overlap in many ways, and their scores."""

        def draw(count):
            rows = []
            for _ in range(count):
                x, y = chance.randint(0, 90) / 10, chance.randint(0, 50) / 10
                rows.append([x, y, x + chance.randint(80, 150) / 10, y + chance.randint(50, 90) / 10])
            return torch.tensor(rows), levels(count)

        return draw

    @standard(promise.untouched, promise.float64, promise.non_contiguous("boxes"))
    def arguments(self, crowd):
        boxes, scores = crowd(6)
        return {"boxes": boxes, "scores": scores, "sigma": 0.4, "score_threshold": 0.01}

    @pytest.mark.points(2)
    def test_two_boxes(self, agree, moved, levels):
        """Lowers the score of the worse of two boxes by their IoU.
        按交并比降低两个边界框中得分较低者的得分。"""
        cases = [(moved([[0, 0, 10, 6], [shift, 1, 10 + shift, 7]]), levels(2)) for shift in (1, 3, 6)]
        agree(lambda impl: [impl.soft_nms(*case) for case in cases])

    @pytest.mark.points(2)
    def test_many_boxes(self, agree, crowd, chance):
        """Picks boxes by their present scores, which decay once for each picked box.
        按当前得分选取边界框；每选取一个，其余的得分衰减一次。"""
        cases = [crowd(chance.randint(5, 9)) for _ in range(3)]
        agree(lambda impl: [impl.soft_nms(*case) for case in cases])

    def test_no_overlap(self, agree, things, levels, chance):
        """Boxes that do not overlap keep their scores, the highest first.
        互不重叠的边界框得分不变，得分最高的在前。"""
        count = chance.randint(4, 7)
        boxes, scores = things(count), levels(count)
        agree(lambda impl: impl.soft_nms(boxes, scores))

    def test_copies(self, agree, things, levels, chance):
        """A copy of a picked box decays by exp(-1 / sigma), and a third by its square.
        与已选框完全相同的框，得分乘以 exp(-1 / sigma)；第三个则乘以它的平方。"""
        boxes, scores = things(2)[[0, 0, 1, 0]], levels(4)
        sigma = chance.randint(3, 20) / 10
        agree(lambda impl: impl.soft_nms(boxes, scores, sigma))

    @pytest.mark.points(2)
    def test_sigma(self, agree, crowd, chance):
        """The scores decay by sigma, 0.5 if it is not given.
        衰减的程度由 sigma 决定，默认值是 0.5。"""
        boxes, scores = crowd(chance.randint(4, 6))
        sigmas = [chance.randint(10, 40) / 100, chance.randint(60, 90) / 100, chance.randint(15, 40) / 10]
        agree(lambda impl: [impl.soft_nms(boxes, scores)] + [impl.soft_nms(boxes, scores, sigma) for sigma in sigmas])

    @pytest.mark.points(2)
    def test_order_of_picks(self, agree, moved, chance):
        """A box that decays falls behind a box that had a lower score.
        得分衰减之后，边界框可能排到原来得分更低的框之后。"""
        boxes = moved([[0, 0, 10, 6], [1, 0, 11, 6], [40, 0, 50, 6], [2, 0, 12, 6], [41, 0, 51, 6]])
        scores = torch.tensor([0.9, 0.8, 0.5, 0.7, 0.45]) - chance.randint(1, 40) / 1000
        order = torch.tensor(chance.sample(range(5), 5))
        agree(lambda impl: impl.soft_nms(boxes[order], scores[order], 0.6))

    @pytest.mark.points(2)
    def test_threshold(self, agree, crowd, chance):
        """Drops boxes whose present score is below score_threshold.
        当前得分低于 score_threshold 的边界框被舍弃。"""
        boxes, scores = crowd(chance.randint(6, 9))
        thresholds = [chance.randint(5, 15) / 100, chance.randint(20, 40) / 100, scores.max().item() - 0.0005]
        agree(lambda impl: [impl.soft_nms(boxes, scores, 0.5, threshold) for threshold in thresholds])

    def test_default_threshold(self, agree, things, chance):
        """score_threshold is 0.001 if it is not given.
        score_threshold 的默认值是 0.001。"""
        boxes = things(6)
        scores = torch.tensor(chance.sample((0.9, 0.04, 0.004, 0.0011, 0.0009, 0.0), 6))
        agree(lambda impl: impl.soft_nms(boxes, scores))

    def test_exactly_the_threshold(self, agree, things, chance):
        """Keeps a box whose score is exactly score_threshold.
        得分恰好等于 score_threshold 的边界框保留。"""
        boxes, scores = things(4), torch.tensor(chance.sample((0.75, 0.5, 0.25, 0.125), 4))
        agree(lambda impl: [impl.soft_nms(boxes, scores, 0.5, threshold) for threshold in (0.25, 0.5, 0.75)])

    def test_equal_scores(self, agree, things, crowd, chance):
        """Picks the first of several boxes with the same score.
        得分相同时，选取排在前面的边界框。"""
        count = chance.randint(4, 6)
        apart, (close_together, _) = things(count), crowd(2)
        scores = torch.tensor([chance.choice((0.5, 0.75)) for _ in range(count)])
        agree(lambda impl: [impl.soft_nms(apart, scores), impl.soft_nms(close_together, torch.full((2,), 0.5))])

    def test_all_below_the_threshold(self, agree, crowd, chance):
        """Keeps no box if all scores are below score_threshold.
        得分都低于 score_threshold 时，不保留任何边界框。"""
        boxes, scores = crowd(chance.randint(3, 5))
        agree(lambda impl: [impl.soft_nms(boxes, scores, 0.5, threshold) for threshold in (1.5, 0.0)])

    def test_one_box_and_none(self, agree, crowd):
        """There may be one box, or none.
        边界框可以只有一个，也可以没有。"""
        boxes, scores = crowd(3)
        agree(lambda impl: [impl.soft_nms(boxes[:count], scores[:count]) for count in (1, 0, 3)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("tta_merge_flips")
@pytest.mark.draws("boxes")
class TestTtaMergeFlips:
    @pytest.fixture
    def predicted(self, chance):
        """predicted(5): 5 boxes in an image of a drawn width, in quarters of pixels, and the width."""

        def draw(count):
            width, rows = chance.randint(200, 900), []
            for _ in range(count):
                x, y = chance.randint(4, 400) / 4, chance.randint(0, 400) / 4
                rows.append([x, y, x + chance.randint(4, 300) / 4, y + chance.randint(4, 300) / 4])
            return torch.tensor(rows).reshape(-1, 4), float(width)

        return draw

    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.axis_of_one(boxes=0))
    def arguments(self, predicted):
        boxes, width = predicted(4)
        return {"boxes": boxes, "width": width}

    @pytest.mark.points(2)
    def test_mirrored_boxes(self, agree, predicted, chance):
        """Mirrors boxes from left to right, with the upper left corner first.
        把边界框左右镜像，左上角在前。"""
        case = predicted(chance.randint(3, 6))
        agree(lambda impl: impl.tta_merge_flips(*case))

    @pytest.mark.points(2)
    def test_same_box(self, agree, predicted, chance):
        """The box of a mirrored image lies on the box of the image.
        镜像图像中的框变换后，与原图像中的框重合。"""
        (left, top, right, bottom), width = predicted(1)[0][0].tolist(), float(chance.randint(300, 400))
        boxes = torch.tensor([[0.0, top, width, bottom], [0, 0, left, bottom], [width - right, top, width, bottom]])
        agree(lambda impl: impl.tta_merge_flips(boxes, width))

    @pytest.mark.points(2)
    def test_twice(self, agree, predicted):
        """Mirrored twice, a box is where it was.
        镜像两次，边界框回到原处。"""
        boxes, width = predicted(4)

        def probe(impl):
            once = impl.tta_merge_flips(boxes, width)
            return once, impl.tta_merge_flips(once, width)

        agree(probe)

    def test_outside_the_image(self, agree, predicted, chance):
        """Boxes may lie outside the image, also in part.
        边界框可以整个或部分在图像之外。"""
        boxes, width = predicted(3)
        shifts = torch.tensor([-1.5 * width, 2 * width, 0.0])[:, None] * torch.tensor([1, 0, 1, 0])
        agree(lambda impl: impl.tta_merge_flips(boxes + shifts - chance.randint(50, 99), width))

    def test_normalised_boxes(self, agree, predicted):
        """Boxes may be shares of the width, and the width 1.
        边界框可以是归一化的，这时 width 为 1。"""
        boxes, width = predicted(4)
        agree(lambda impl: [impl.tta_merge_flips(boxes / width, 1.0), impl.tta_merge_flips(boxes, width + 0.5)])

    def test_no_boxes(self, agree, predicted):
        """There may be no box.
        可以没有边界框。"""
        (boxes, width), (none, _) = predicted(2), predicted(0)
        agree(lambda impl: [impl.tta_merge_flips(none, width), impl.tta_merge_flips(boxes, width)])


@pytest.mark.exercise("filter_by_area")
class TestFilterByArea:
    @pytest.fixture
    def sized(self, chance):
        """sized([(2, 3), (4, 1)]): boxes with these widths and heights, at drawn places."""

        def draw(shapes):
            rows = []
            for width, height in shapes:
                x, y = chance.randint(-20, 40), chance.randint(-20, 40)
                rows.append([x, y, x + width, y + height])
            return torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)

        return draw

    @pytest.fixture
    def drawn(self, sized, chance):
        """drawn(5): 5 boxes of different areas, the first of which is small, and an area between them."""

        def draw(count):
            shapes = [(chance.randint(1, 9), chance.randint(1, 9)) for _ in range(count - 2)] + [(12, 12)]
            return sized([(1, 1), *chance.sample(shapes, count - 1)]), chance.randint(12, 40) + 0.5

        return draw

    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, drawn):
        boxes, min_area = drawn(9)
        return {"boxes": boxes, "min_area": min_area}

    @pytest.mark.points(2)
    def test_large_boxes(self, agree, drawn, chance):
        """Finds the boxes that have at least this area, in their order.
        按顺序找出面积不小于 min_area 的边界框。"""
        cases = [drawn(chance.randint(8, 14)) for _ in range(3)]
        agree(lambda impl: [impl.filter_by_area(*case) for case in cases])

    @pytest.mark.points(2)
    def test_long_boxes(self, agree, sized, chance):
        """Judges long and flat boxes by their area, not by a side.
        细长和扁平的边界框也按面积判断，而不是按边长。"""
        shapes = [(1, 40), (40, 1), (3, 14), (14, 3), (6, 6), (7, 7), (2, 22), (22, 2), (5, 8)]
        boxes = sized(chance.sample(shapes, 9))
        agree(lambda impl: [impl.filter_by_area(boxes, area) for area in (39, 41, 43, 45)])

    def test_exactly_the_area(self, agree, sized, chance):
        """Keeps a box with exactly this area.
        保留面积恰好等于 min_area 的边界框。"""
        cases = []
        for _ in range(2):
            a, b = chance.sample(range(2, 9), 2)
            shapes = [(a, b), (b, a), (a, b + 1), (a, b - 1), (2 * a, b / 2), (a * b, 1), (a - 1, b)]
            cases.append((sized(chance.sample(shapes, 7)), float(a * b)))
        agree(lambda impl: [impl.filter_by_area(*case) for case in cases])

    def test_flat_boxes(self, agree, sized, chance):
        """Boxes without area are kept if min_area is 0, and not otherwise.
        min_area 为 0 时保留没有面积的边界框，否则不保留。"""
        boxes = sized(chance.sample([(0, 5), (5, 0), (0, 0), (2, 3), (0.25, 0.5), (4, 1)], 6))
        agree(lambda impl: [impl.filter_by_area(boxes, area) for area in (0.0, 0.1, 1.0)])

    def test_fractions(self, agree, sized, chance):
        """Areas and min_area may have fractions.
        面积和 min_area 都可以是小数。"""
        boxes = sized(chance.sample([(0.5, 0.5), (0.5, 0.25), (1.5, 0.5), (0.75, 0.5), (2.5, 0.25), (1, 0.5)], 6))
        agree(lambda impl: [impl.filter_by_area(boxes, area) for area in (0.2, 0.3, 0.45, 0.6, 0.7)])

    def test_all_or_none(self, agree, drawn, chance):
        """All boxes may be large enough, or none.
        可以全部满足，也可以全都不满足。"""
        boxes, area = drawn(chance.randint(4, 8))
        agree(lambda impl: [impl.filter_by_area(boxes, each) for each in (1.0, 1000.0, math.inf, area)])

    def test_no_boxes(self, agree, drawn, sized, chance):
        """There may be no box.
        可以没有边界框。"""
        boxes, area = drawn(chance.randint(4, 6))
        agree(lambda impl: [impl.filter_by_area(sized([]), area), impl.filter_by_area(boxes, area)])
