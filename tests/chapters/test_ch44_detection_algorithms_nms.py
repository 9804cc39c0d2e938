"""ch44: nms, multibox_detection."""

import pytest
import torch

from dlgrade.testing import promise, standard, written_from_scratch


def mixed(chance, items):
    """The items in a drawn order."""
    return chance.sample(items, len(items))


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
