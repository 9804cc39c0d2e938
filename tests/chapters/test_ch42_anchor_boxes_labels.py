"""ch42: box_iou, assign_anchor_to_bbox, offset_boxes, offset_inverse, multibox_target."""

import pytest
import torch

from dlgrade.testing import promise, standard, written_from_scratch

ATOL = 1e-4  # of offsets: they are ten times the quotient of a difference of float32 numbers and of a small side


@pytest.fixture
def crowd(randn, chance):
    """crowd(n) returns n boxes (n, 4) around one place, so that every two overlap."""

    def draw(n=None):
        n = n or chance.randint(4, 7)
        upper_left, lower_right = (randn(n, 2).clamp(-2, 2) for _ in range(2))
        return torch.cat([3 + upper_left, torch.tensor([9, 12]) + lower_right], dim=1)

    return draw


def moved(box, x, y=0.0):
    """The box (4,), moved by shares of its width and height."""
    w, h = (box[2:] - box[:2]).tolist()
    return box + torch.tensor([x * w, y * h, x * w, y * h])


@pytest.mark.exercise("box_iou")
class TestBoxIou:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("boxes1", "boxes2"),
        promise.gradients("boxes1", "boxes2"),
    )
    def arguments(self, crowd):
        return {"boxes1": crowd(3), "boxes2": crowd()}

    @pytest.mark.points(2)
    def test_overlapping(self, agree, crowd):
        """Divides the area of the intersection by the area of the union.
        交集的面积除以并集的面积。"""
        boxes1, boxes2 = crowd(3), crowd()
        agree(lambda impl: impl.box_iou(boxes1, boxes2))

    @pytest.mark.points(2)
    def test_apart(self, agree, crowd, chance):
        """Is 0 for boxes that lie beside, above or below, or in both ways apart.
        两个框左右分离、上下分离或同时分离时为 0。"""
        boxes = crowd(3)
        shifts = [(0.2, 0.1), (2, 0), (-2, 0), (0, 2), (0, -2), (2, 2), (-2, 2), (2, -2), (-2, -2)]
        shifts = [(x * chance.uniform(1, 2), y * chance.uniform(1, 2)) for x, y in shifts]
        others = torch.stack([moved(boxes[0], x, y) for x, y in shifts])
        agree(lambda impl: impl.box_iou(boxes, others))

    @pytest.mark.points(2)
    def test_all_pairs(self, agree, crowd, chance):
        """Compares every box of boxes1 with every box of boxes2: rows belong to boxes1, columns to boxes2.
        boxes1 的每个框都与 boxes2 的每个框比较：行对应 boxes1，列对应 boxes2。"""
        n = chance.randint(3, 6)
        cases = [(crowd(n), crowd(n)), (crowd(9), crowd(n))]
        agree(lambda impl: [impl.box_iou(*case) for case in cases])

    def test_touching(self, agree, generator, crowd):
        """Is 0 for boxes that share an edge or a corner.
        两个框只共用一条边或一个角时为 0。"""
        x, y, w, h = (torch.randint(0, 9, (4,), generator=generator) + 1.0).tolist()
        box = torch.tensor([x, y, x + w, y + h])
        shifts = torch.tensor([[w, 0.0], [-w, 0], [0, h], [0, -h], [w, h], [-w, h], [w / 2, 0], [0, h / 4]])
        others, more = box + shifts.repeat(1, 2), crowd(3)
        agree(lambda impl: impl.box_iou(torch.cat([box[None], more]), others))

    def test_identical(self, agree, crowd):
        """Is 1 for a box and itself.
        框与自身的交并比为 1。"""
        boxes = crowd()
        agree(lambda impl: impl.box_iou(boxes, boxes.clone()))

    def test_contained(self, agree, crowd, chance):
        """Is the share of the area if one box contains the other.
        一个框包含另一个框时，等于面积之比。"""
        boxes = crowd()
        x, y = (torch.tensor([chance.uniform(0.1, 0.4), chance.uniform(0.6, 0.9)]) for _ in range(2))
        sides = boxes[:, 2:] - boxes[:, :2]
        inner = torch.cat([boxes[:, :2] + torch.stack([x[i], y[i]]) * sides for i in (0, 1)], dim=1)
        agree(lambda impl: [impl.box_iou(boxes, inner), impl.box_iou(inner, boxes)])

    def test_no_boxes(self, agree, crowd):
        """Accepts no boxes on either side: the result is empty.
        任何一边都可以没有框，这时结果为空。"""
        boxes1, boxes2 = crowd(3), crowd()
        pairs = [(boxes1[:0], boxes2), (boxes1, boxes2[:0]), (boxes1, boxes2)]
        agree(lambda impl: [impl.box_iou(*pair) for pair in pairs])

    def test_integers(self, agree, crowd):
        """Returns float32 for int64 boxes.
        int64 的框得到 float32 的结果。"""
        boxes1, boxes2 = ((10 * crowd(n)).round().long() for n in (3, 5))
        agree(lambda impl: impl.box_iou(boxes1, boxes2))

    def test_small_boxes(self, agree, crowd, chance):
        """Is right for very small boxes.
        对很小的框也正确。"""
        boxes1, boxes2 = (chance.uniform(1e-5, 2e-5) * crowd(n) for n in (3, 5))
        agree(lambda impl: impl.box_iou(boxes1, boxes2))

    def test_no_area(self, agree, crowd):
        """Is nan for two boxes of area 0, and 0 if one of the two has area 0.
        两个框的面积都为 0 时为 nan；只有一个为 0 时为 0。"""
        boxes = crowd()
        flat = boxes.clone()
        flat[0, 2], flat[1, 3], flat[2, 2:] = flat[0, 0], flat[1, 1], flat[2, :2]
        agree(lambda impl: [impl.box_iou(flat, flat.clone()), impl.box_iou(flat, boxes)])

    test_from_scratch = written_from_scratch


@pytest.fixture
def places(chance):
    """places(m) returns m boxes (4,), far from each other."""

    def draw(m):
        boxes = []
        for column in chance.sample(range(m), m):
            x, y = 50 * column + chance.uniform(0, 9), chance.uniform(0, 9)
            boxes.append(torch.tensor([x, y, x + chance.uniform(6, 12), y + chance.uniform(6, 12)]))
        return boxes

    return draw


@pytest.fixture
def near(chance):
    """near(box, least, most) returns the box, moved by a share of its width or height between the limits.

    A box that is moved by the share t has the IoU (1 - t) / (1 + t) with itself: 1/2 for t = 1/3.
    """

    def draw(box, least, most):
        share = chance.choice((-1, 1)) * chance.uniform(least, most)
        return moved(box, share) if chance.random() < 0.5 else moved(box, 0.0, share)

    return draw


@pytest.fixture
def mixed(chance):
    """mixed(anchors) returns the anchor boxes as a matrix, in a drawn order."""
    return lambda anchors: torch.stack(chance.sample(anchors, len(anchors)))


@pytest.mark.exercise("assign_anchor_to_bbox")
class TestAssignAnchorToBbox:
    @standard(promise.untouched)
    def arguments(self, crowd):
        return {"ground_truth": crowd(3), "anchors": crowd(9), "device": "cpu"}

    @pytest.mark.points(2)
    def test_threshold(self, agree, places, near, mixed):
        """Assigns a box to the anchor boxes that have an IoU of at least 0.5 with it, and -1 to all others.
        与真实边界框的交并比不小于 0.5 的锚框分配到该框，其余锚框为 -1。"""
        boxes = places(3)
        limits = [(0.02, 0.1), (0.12, 0.2), (0.25, 0.3), (0.37, 0.45), (0.5, 0.8)]
        anchors = mixed([near(box, *limit) for box in boxes for limit in limits])
        agree(lambda impl: impl.assign_anchor_to_bbox(torch.stack(boxes), anchors, "cpu"))

    @pytest.mark.points(2)
    def test_largest_iou(self, agree, places, mixed, chance):
        """An anchor box that has an IoU of 0.5 or more with several boxes gets the box with the largest.
        锚框与多个真实边界框的交并比都不小于 0.5 时，分配交并比最大的那个。"""
        first, *_ = places(1)
        boxes = [first, moved(first, chance.uniform(0.26, 0.3))]
        between = [moved(first, share) for share in (0.03, 0.08, 0.11, 0.17, 0.2, 0.24)]
        anchors = mixed([moved(box, chance.uniform(-0.01, 0.01)) for box in boxes] + between)
        boxes = torch.stack(chance.sample(boxes, 2))
        agree(lambda impl: impl.assign_anchor_to_bbox(boxes, anchors, "cpu"))

    @pytest.mark.points(2)
    def test_below_the_threshold(self, agree, places, near, mixed):
        """A box whose IoUs are all below 0.5 still gets the best anchor box.
        真实边界框的交并比都小于 0.5 时，仍分配给最好的那个锚框。"""
        boxes = places(4)
        # Both anchor boxes of the second box are better than those of the last two: each box still claims its own.
        good, poor, bad = [(0.01, 0.3)], [(0.36, 0.39), (0.41, 0.44)], [(0.5, 0.6), (0.65, 0.8)]
        cases = []
        for limits in ([good, poor, bad, bad], [poor, bad, bad, bad]):
            anchors = [near(box, *pair) for box, pairs in zip(boxes, limits, strict=True) for pair in pairs]
            cases.append((torch.stack(boxes), mixed(anchors), "cpu"))
        agree(lambda impl: [impl.assign_anchor_to_bbox(*case) for case in cases])

    def test_largest_pair_first(self, agree, places, mixed, chance):
        """The pair with the largest IoU of all comes first, whatever the order of the boxes.
        不论真实边界框的顺序如何，总是先取交并比最大的一对。"""
        first, other, *_ = places(3)
        boxes = [first, moved(first, chance.uniform(0.19, 0.21)), other]
        anchors = [moved(first, share) for share in (chance.uniform(0.115, 0.125), -0.4, -0.55)]
        anchors = mixed([*anchors, moved(other, chance.uniform(0.1, 0.4)), moved(other, 0.6)])
        orders = [torch.stack([boxes[i] for i in order]) for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1))]
        agree(lambda impl: [impl.assign_anchor_to_bbox(order, anchors, "cpu") for order in orders])

    def test_claim_replaces(self, agree, places, mixed, chance):
        """A claim replaces the assignment that an anchor box has from the first pass.
        第二遍的分配会取代锚框在第一遍得到的分配。"""
        first, other = places(2)
        boxes = [first, moved(first, chance.uniform(0.24, 0.26)), other]
        anchors = [moved(first, share) for share in (-0.01, chance.uniform(0.08, 0.1), -0.12)]
        anchors = mixed([*anchors, moved(other, 0.05), moved(other, -0.2), moved(other, 0.7)])
        boxes = torch.stack(chance.sample(boxes, 3))
        agree(lambda impl: impl.assign_anchor_to_bbox(boxes, anchors, "cpu"))

    def test_no_overlap(self, agree, places, near, mixed, chance):
        """A box that overlaps no anchor box gets the last anchor box that is left.
        与任何锚框都不重叠的真实边界框，分配给最后剩下的锚框。"""
        *boxes, lonely, elsewhere = places(5)
        anchors = mixed([near(box, 0.02, 0.6) for box in boxes] + [elsewhere])
        boxes = torch.stack(chance.sample([*boxes, lonely], 4))
        agree(lambda impl: impl.assign_anchor_to_bbox(boxes, anchors, "cpu"))

    def test_exactly_half(self, agree, chance):
        """An IoU of exactly 0.5 is enough.
        交并比恰好为 0.5 就够了。"""
        x, y, half, high = (chance.randint(2, 9) for _ in range(4))
        box = torch.tensor([[x, y, x + 2 * half, y + high]]).float()
        anchors = [(x, 0), (x + half, 0), (x + half, half), (x, half - 1)]
        rows = [[left, y, left + half + more, y + high] for left, more in anchors]
        anchors = torch.tensor([rows[i] for i in chance.sample(range(4), 4)] + [[x, y, x + half - 1, y + high]]).float()
        agree(lambda impl: impl.assign_anchor_to_bbox(box, anchors, "cpu"))

    @pytest.mark.points(2)
    def test_many(self, agree, crowd, chance):
        """Handles many boxes that all overlap.
        能处理许多互相重叠的框。"""
        cases = [(crowd(chance.randint(4, 6)), crowd(chance.randint(12, 16))) for _ in range(3)]
        agree(lambda impl: [impl.assign_anchor_to_bbox(*case, "cpu") for case in cases])

    def test_as_many(self, agree, crowd, places, near, mixed, chance):
        """Assigns every anchor box if there are as many boxes as anchor boxes.
        真实边界框与锚框一样多时，每个锚框都得到分配。"""
        n = chance.randint(4, 6)
        first, other = places(2)
        boxes = [first, moved(first, chance.uniform(0.24, 0.26)), other]
        anchors = [moved(first, -0.01), moved(first, chance.uniform(0.08, 0.1)), near(other, 0.5, 0.8)]
        cases = [(crowd(n), crowd(n)), (crowd(1), crowd(1)), (torch.stack(chance.sample(boxes, 3)), mixed(anchors))]
        agree(lambda impl: [impl.assign_anchor_to_bbox(*case, "cpu") for case in cases])

    def test_device(self, agree, crowd):
        """Accepts the device as a string and as a torch.device.
        device 可以是字符串，也可以是 torch.device。"""
        boxes, anchors = crowd(3), crowd(8)
        devices = "cpu", torch.device("cpu")
        agree(lambda impl: [impl.assign_anchor_to_bbox(boxes, anchors, device) for device in devices])

    @pytest.mark.bonus
    def test_other_threshold(self, agree, places, near, mixed, chance):
        """Honours iou_threshold.
        第一遍按 iou_threshold 分配。"""
        boxes = places(3)
        limits = [(0.02, 0.06), (0.13, 0.2), (0.25, 0.3), (0.37, 0.5), (0.6, 0.8)]
        anchors = mixed([near(box, *limit) for box in boxes for limit in limits])
        thresholds = chance.uniform(0.25, 0.33), chance.uniform(0.78, 0.85)
        agree(lambda impl: [impl.assign_anchor_to_bbox(torch.stack(boxes), anchors, "cpu", t) for t in thresholds])


@pytest.fixture
def pairs(randn, chance):
    """pairs(n) returns n anchor boxes and n boxes, of different sides and places."""

    def draw(n=None, dtype=torch.float32):
        n = n or chance.randint(5, 8)
        both = []
        for _ in range(2):
            upper_left = randn(n, 2, dtype=dtype)
            both.append(torch.cat([upper_left, upper_left + 0.5 + randn(n, 2, dtype=dtype).abs()], dim=1))
        return both

    return draw


@pytest.mark.exercise("offset_boxes")
class TestOffsetBoxes:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("anchors", "assigned_bb"),
        promise.gradients("anchors", "assigned_bb"),
    )
    def arguments(self, pairs):
        anchors, boxes = pairs()
        return {"anchors": anchors, "assigned_bb": boxes}

    @pytest.mark.points(2)
    def test_four_offsets(self, agree, pairs):
        """Returns the four offsets of each pair.
        返回每一对框的四个偏移量。"""
        anchors, boxes = pairs()
        agree(lambda impl: impl.offset_boxes(anchors, boxes))

    @pytest.mark.points(2)
    def test_same_sides(self, agree, pairs, randn):
        """Measures the distance between the centres in widths and heights of the anchor box.
        中心之间的距离以锚框的宽和高为单位。"""
        anchors, _ = pairs()
        boxes = anchors + randn(len(anchors), 2).repeat(1, 2)
        agree(lambda impl: impl.offset_boxes(anchors, boxes))

    @pytest.mark.points(2)
    def test_same_centres(self, agree, pairs, randn):
        """Takes the logarithm of the ratio of the sides.
        对边长之比取对数。"""
        anchors, _ = pairs()
        change = 0.2 * randn(len(anchors), 2).clamp(-1, 1)
        boxes = anchors + torch.cat([-change, change], dim=1)
        agree(lambda impl: impl.offset_boxes(anchors, boxes))

    def test_eps(self, agree, pairs, chance):
        """Adds eps to the ratio, before the logarithm.
        eps 加在比值上，然后取对数。"""
        (anchors, boxes), eps = pairs(), chance.uniform(0.1, 0.9)
        agree(lambda impl: [impl.offset_boxes(anchors, boxes, eps), impl.offset_boxes(anchors, boxes, eps=2 * eps)])

    def test_default_eps(self, agree, pairs):
        """Uses an eps of 1e-6 if it is not given, also between a box and itself.
        没有给出 eps 时取 1e-6；框与自身之间也是如此。"""
        anchors, boxes = pairs(dtype=torch.float64)
        boxes[:3] = anchors[:3]
        agree(lambda impl: impl.offset_boxes(anchors, boxes))

    def test_no_sides(self, agree, pairs):
        """Is finite for a box of zeros.
        框全为 0 时，偏移量是有限的数。"""
        anchors, boxes = pairs()
        boxes[1:4] = 0
        agree(lambda impl: impl.offset_boxes(anchors, boxes))


@pytest.mark.exercise("offset_inverse")
class TestOffsetInverse:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("anchors", "offset_preds"),
        promise.gradients("anchors", "offset_preds"),
    )
    def arguments(self, pairs, randn):
        anchors, _ = pairs()
        return {"anchors": anchors, "offset_preds": 3 * randn(*anchors.shape)}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_boxes(self, agree, pairs, randn):
        """Returns the corners of the boxes that the offsets give.
        返回由偏移量得到的框的两角。"""
        anchors, _ = pairs()
        offsets = 3 * randn(*anchors.shape)
        agree(lambda impl: impl.offset_inverse(anchors, offsets))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_moved(self, agree, pairs, randn):
        """The first two offsets move the centre, in widths and heights of the anchor box.
        前两个偏移量以锚框的宽和高为单位移动中心。"""
        anchors, _ = pairs()
        offsets = 4 * randn(*anchors.shape) * torch.tensor([1.0, 1, 0, 0])
        agree(lambda impl: impl.offset_inverse(anchors, offsets))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_resized(self, agree, pairs, randn):
        """The last two offsets change the sides, around the centre.
        后两个偏移量改变边长，中心不动。"""
        anchors, _ = pairs()
        offsets = 3 * randn(*anchors.shape) * torch.tensor([0.0, 0, 1, 1])
        agree(lambda impl: impl.offset_inverse(anchors, offsets))

    @pytest.mark.draws("boxes")
    def test_no_offsets(self, agree, pairs, randn):
        """Returns the anchor box itself for offsets of 0.
        偏移量全为 0 时，返回锚框本身。"""
        anchors, _ = pairs()
        offsets = randn(*anchors.shape)
        offsets[::2] = 0
        agree(lambda impl: impl.offset_inverse(anchors, offsets))

    @pytest.mark.draws("boxes")
    def test_over_the_edge(self, agree, pairs, randn):
        """Does not clip boxes to the image.
        不把框裁剪到图像之内。"""
        anchors = pairs()[0].sigmoid()
        offsets = torch.cat([20 * randn(len(anchors), 2), 6 + randn(len(anchors), 2)], dim=1)
        agree(lambda impl: impl.offset_inverse(anchors, offsets))


@pytest.fixture
def scenes(chance, places, near, mixed):
    """scenes(b, m) returns anchor boxes (1, n, 4), and labels (b, m, 5) of images with boxes at the same places."""

    def draw(b=2, m=3):
        spots = places(m)
        limits = [(0.01, 0.08), (0.15, 0.25), (0.4, 0.5), (0.6, 0.8)]
        anchors = mixed([near(box, *limit) for box in spots for limit in limits])
        rows = []
        for _ in range(b):
            boxes = [near(box, 0.0, 0.02) for box in chance.sample(spots, m)]
            kinds = [0, *chance.sample(range(1, 9), m - 1)][::-1]  # class 0 is a class like any other
            rows.append(torch.cat([torch.tensor(kinds).float()[:, None], torch.stack(boxes)], dim=1))
        return anchors[None] / 50, torch.stack(rows) / torch.tensor([1.0, 50, 50, 50, 50])

    return draw


@pytest.mark.exercise("multibox_target")
class TestMultiboxTarget:
    @standard(
        promise.untouched(atol=ATOL),
        promise.batch_of_one("labels", atol=ATOL),
        call=lambda impl, anchors, labels: [*impl.multibox_target(anchors, labels)],
    )
    def arguments(self, scenes):
        anchors, labels = scenes()
        return {"anchors": anchors, "labels": labels}

    @pytest.mark.points(2)
    def test_classes(self, agree, scenes):
        """A positive anchor box gets the class of its box plus 1, and the background gets 0.
        正类锚框的类别是它的真实边界框的类别加 1，背景为 0。"""
        anchors, labels = scenes()
        agree(lambda impl: impl.multibox_target(anchors, labels)[2])

    @pytest.mark.points(2)
    def test_mask(self, agree, scenes):
        """Four entries of the mask are 1 for a positive anchor box, and 0 for the background.
        每个锚框有四个掩码元素：正类锚框为 1，背景为 0。"""
        anchors, labels = scenes()
        agree(lambda impl: impl.multibox_target(anchors, labels)[1])

    @pytest.mark.points(2)
    def test_offsets(self, agree, scenes):
        """A positive anchor box gets its four offsets, and the background gets zeros.
        正类锚框得到四个偏移量，背景的偏移量为 0。"""
        anchors, labels = scenes()
        agree(lambda impl: impl.multibox_target(anchors, labels)[0], atol=ATOL)

    def test_several_images(self, agree, scenes):
        """Labels each image by its own boxes.
        每张图像按它自己的真实边界框标注。"""
        anchors, labels = scenes(b=4)
        agree(lambda impl: [*impl.multibox_target(anchors, labels)], atol=ATOL)

    def test_single_box(self, agree, scenes):
        """Accepts images with a single box, also if there is a single anchor box.
        每张图像可以只有一个真实边界框，这时锚框也可以只有一个。"""
        anchors, labels = scenes(m=1)
        agree(lambda impl: [[*impl.multibox_target(some, labels)] for some in (anchors, anchors[:, :1])], atol=ATOL)

    def test_claimed(self, agree, scenes):
        """An anchor box that a box claims is positive, also if their IoU is below 0.5.
        被真实边界框选中的锚框是正类，交并比小于 0.5 时也是如此。"""
        anchors, labels = scenes()
        labels[:, :, 1::2] += 0.6 * (labels[:, :, 3:4] - labels[:, :, 1:2])
        agree(lambda impl: [*impl.multibox_target(anchors, labels)], atol=ATOL)

    def test_overlapping_boxes(self, agree, crowd, chance):
        """Labels anchor boxes and boxes that all overlap.
        能标注全都互相重叠的锚框和真实边界框。"""
        anchors, boxes = crowd(12)[None] / 12, torch.stack([crowd(4) for _ in range(2)]) / 12
        kinds = torch.tensor([chance.sample(range(9), 4) for _ in range(2)]).float()
        labels = torch.cat([kinds[:, :, None], boxes], dim=2)
        agree(lambda impl: [*impl.multibox_target(anchors, labels)], atol=ATOL)
