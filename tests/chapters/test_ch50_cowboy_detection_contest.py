"""ch50: match_detections, average_precision, mean_average_precision, coco_to_corner, oversample_weights."""

import math

import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error


def overlap(a, b, more=0):
    """The IoU of two boxes of corners, whose sides count so many pixels more."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + more
    height = min(a[3], b[3]) - max(a[1], b[1]) + more
    both = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0] + more) * (box[3] - box[1] + more) for box in (a, b)]
    return both / (sum(areas) - both)


def matched(scene, threshold=0.5, rule="statement"):
    """Which detections of a scene are true positives: by the rule of the statement, or by another rule."""
    if rule == "most":
        return most_matched(scene, threshold)
    boxes, scores, truths = (part.tolist() for part in scene)
    free, flags = list(range(len(truths))), []
    order = range(len(scores)) if rule == "unsorted" else sorted(range(len(scores)), key=lambda i: -scores[i])
    for i in order:
        values = [overlap(boxes[i], truth, more=rule == "pixels") for truth in truths]
        among = range(len(truths)) if rule in {"again", "final"} else free
        if rule == "first":
            among = [j for j in among if values[j] >= threshold][:1]
        best = max(among, key=values.__getitem__, default=None)
        hit = best is not None and values[best] >= threshold and (rule == "again" or best in free)
        flags.append(hit)
        if best in free and (hit or rule == "misses take"):
            free.remove(best)
        if rule == "stops" and not free:
            break
    return flags


def most_matched(scene, threshold):
    """The flags if detections may exchange their boxes, so that as many as possible have a box."""
    boxes, scores, truths = (part.tolist() for part in scene)
    owner = {}

    def seek(i, seen):
        for j in range(len(truths)):
            if overlap(boxes[i], truths[j]) >= threshold and j not in seen:
                seen.add(j)
                if j not in owner or seek(owner[j], seen):
                    owner[j] = i
                    return True
        return False

    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    for i in order:
        seek(i, set())
    return [i in owner.values() for i in order]


def in_words(flags):
    """The flags as a text, which says more in a message than a list."""
    return " ".join("TP" if flag else "FP" for flag in flags)


@pytest.fixture
def scenes(chance):
    """scenes(count, rule) returns scenes on which another rule gives other flags than the statement."""

    def box(around=None):
        if around is None:
            x, y = chance.randint(0, 14), chance.randint(0, 14)
            return [x, y, x + chance.randint(9, 18), y + chance.randint(9, 18)]
        return [side + chance.randint(-3, 3) for side in around]

    def draw(n, m, threshold):
        while True:
            truths = [box() for _ in range(m)]
            boxes = [box(chance.choice(truths)) for _ in range(n)]
            values = [[overlap(a, b) for b in truths] for a in boxes]
            clear = all(abs(value - threshold) > 1e-3 for row in values for value in row)
            if clear and all(abs(a - b) > 1e-3 for row in values for i, a in enumerate(row) for b in row[:i] if a or b):
                break
        scores = [score / 1000 for score in chance.sample(range(30, 1000), n)]
        return torch.tensor(boxes).float(), torch.tensor(scores), torch.tensor(truths).float()

    def several(count=2, rule=None, n=8, m=5, threshold=0.5):
        found = []
        while len(found) < count:
            scene = draw(n, m, threshold)
            flags = matched(scene, threshold)
            if flags.count(True) in range(2, n - 1) and flags != (matched(scene, threshold, rule) if rule else None):
                found.append(scene)
        return found

    return several


@pytest.mark.exercise("match_detections")
class TestMatchDetections:
    @standard(promise.untouched, promise.non_contiguous("pred_boxes", "gt_boxes"))
    def arguments(self, scenes):
        boxes, scores, truths = scenes(1)[0]
        return {"pred_boxes": boxes, "scores": scores, "gt_boxes": truths}

    @pytest.mark.points(2)
    def test_matches(self, agree, scenes):
        """Tells true positives from false positives, in descending order of the scores.
        按得分从高到低，区分真正例和假正例。"""
        cases = scenes(1, rule="stops", n=10, m=3)
        cases += [scene for rule in (None, "pixels", "most") for scene in scenes(1, rule, n=10, m=6)]
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.5)) for scene in cases])

    def test_order_of_scores(self, agree, scenes):
        """Detections with higher scores come first, in the matching and in the result.
        匹配时得分高的先选，结果也按得分从高到低排列。"""
        cases = scenes(3, rule="unsorted")
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.5)) for scene in cases])

    def test_duplicates(self, agree, scenes):
        """A ground-truth box is matched once: further detections of it are false positives.
        一个真实边界框只匹配一次：再次检测到它的算假正例。"""
        cases = scenes(2, rule="again", n=9, m=3)
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.5)) for scene in cases])

    def test_next_best_box(self, agree, scenes):
        """A detection whose best box is taken can match another free box.
        最匹配的框已被占用时，可以与另一个空闲的框匹配。"""
        cases = scenes(2, rule="final", threshold=0.25)
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.25)) for scene in cases])

    def test_largest_overlap(self, agree, scenes):
        """A detection takes the free box with the largest IoU, not the first above the threshold.
        取交并比最大的空闲框，而不是第一个达到阈值的框。"""
        cases = scenes(2, rule="first", threshold=0.25)
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.25)) for scene in cases])

    def test_miss_takes_nothing(self, agree, scenes):
        """A false positive leaves the ground-truth boxes free.
        假正例不占用真实边界框。"""
        cases = scenes(2, rule="misses take", threshold=0.6)
        agree(lambda impl: [in_words(impl.match_detections(*scene, 0.6)) for scene in cases])

    def test_thresholds(self, agree, scenes):
        """A higher threshold asks for a larger IoU; 0.5 is the default.
        阈值越高，要求的交并比越大；默认值是 0.5。"""

        def clear(scene):
            boxes, _, truths = (part.tolist() for part in scene)
            values = [overlap(a, b) for a in boxes for b in truths]
            return all(abs(value - t) > 1e-3 for value in values for t in (0.3, 0.5, 0.75)) and (
                len({tuple(matched(scene, t)) for t in (0.3, 0.5, 0.75)}) == 3
            )

        cases = [scene for scene in scenes(30) if clear(scene)][:2]

        def probe(impl):
            given = {t: [in_words(impl.match_detections(*scene, t)) for scene in cases] for t in (0.3, 0.75)}
            return given, [in_words(impl.match_detections(*scene)) for scene in cases]

        agree(probe)

    def test_exactly_at_the_threshold(self, agree, chance):
        """An IoU of exactly iou_threshold is enough.
        交并比恰好等于 iou_threshold 也算匹配。"""
        # Boxes far apart, each with one detection that covers half of it or a quarter less.
        sides = [chance.randint(1, 6) for _ in range(8)]
        truths = [[100.0 * i, 0, 100.0 * i + 8 * side, 4] for i, side in enumerate(sides)]
        shares = chance.sample([4, 4, 4, 4, 3, 3, 3, 3], 8)
        boxes = [[x, y, x + share * side, y2] for (x, y, _, y2), side, share in zip(truths, sides, shares, strict=True)]
        scores = [score / 100 for score in chance.sample(range(100), 8)]
        scene = torch.tensor(boxes), torch.tensor(scores), torch.tensor(truths)
        agree(lambda impl: in_words(impl.match_detections(*scene)))

    def test_no_ground_truth(self, agree, scenes):
        """Without ground-truth boxes, all detections are false positives.
        没有真实边界框时，所有检测都是假正例。"""
        boxes, scores, truths = scenes(1, n=9)[0]
        agree(lambda impl: [in_words(impl.match_detections(boxes, scores, some)) for some in (truths[:0], truths)])

    def test_no_detections(self, agree, scenes):
        """Without detections, the result is empty.
        没有检测时，结果为空。"""
        boxes, scores, truths = scenes(1, n=9)[0]
        agree(lambda impl: [in_words(impl.match_detections(boxes[:n], scores[:n], truths)) for n in (0, 9)])

    @pytest.mark.needs("matches")
    def test_list_of_bools(self, agree, scenes):
        """Returns a list of Python bools.
        返回 Python bool 的列表。"""
        scene = scenes(1, n=9)[0]

        def probe(impl):
            flags = impl.match_detections(*scene)
            return in_words(flags), type(flags).__name__, [type(flag).__name__ for flag in flags]

        agree(probe)


@pytest.fixture
def flags(chance):
    """flags(n) returns flags of n detections, at least two of each kind, and their number of true positives."""

    def draw(n=10):
        hits = chance.randint(3, n - 3)
        tp = [i < hits for i in range(n)]
        while tp == sorted(tp, reverse=True) or tp == sorted(tp):
            chance.shuffle(tp)
        return tp, hits

    return draw


@pytest.mark.exercise("average_precision")
class TestAveragePrecision:
    @pytest.mark.points(2)
    def test_area(self, agree, flags, chance):
        """Returns the area under the monotone precision-recall curve.
        返回单调的精确率-召回率曲线下的面积。"""
        (tp, n), *others = (flags(chance.randint(8, 15)) for _ in range(3))
        cases = [([True, *tp], n + 1), *others]
        extra = [chance.randint(1, 5) for _ in cases]
        agree(lambda impl: [impl.average_precision(tp, n + more) for (tp, n), more in zip(cases, extra, strict=True)])

    def test_rising_precision(self, agree, chance):
        """The largest precision at a recall or beyond counts, if precision rises later.
        之后精确率又上升时，取该召回率及更高召回率处的最大精确率。"""
        late = [chance.randint(1, 3) * [False] + chance.randint(3, 6) * [True] for _ in range(3)]
        agree(lambda impl: [impl.average_precision(tp, sum(tp)) for tp in [*late, late[0] + late[1]]])

    def test_falling_precision(self, agree, chance):
        """Each true positive counts with the precision of its own place, if precision only falls.
        精确率只下降时，每个真正例按其所在位置的精确率计算。"""
        early = [chance.randint(2, 4) * [True] + gap * [False] + [True] for gap in chance.sample(range(1, 9), 3)]
        agree(lambda impl: [impl.average_precision(tp, sum(tp)) for tp in early])

    def test_missed_objects(self, agree, flags, chance):
        """Ground-truth boxes that no detection finds lower the result.
        没有被检测到的真实边界框会降低结果。"""
        tp, hits = flags()
        counts = [hits, *(hits + more for more in chance.sample(range(1, 30), 3))]
        agree(lambda impl: [impl.average_precision(tp, count) for count in counts])

    def test_perfect_detections(self, agree, chance):
        """Is 1 if all objects are found before any mistake, also if mistakes follow.
        所有目标都在第一个错误之前找到时为 1，即使之后还有错误。"""
        n, more = chance.randint(2, 6), chance.randint(1, 4)
        cases = n * [True], n * [True] + more * [False], more * [False] + n * [True]
        agree(lambda impl: [impl.average_precision(tp, n) for tp in cases])

    def test_all_wrong(self, agree, flags, chance):
        """Is 0 if no detection is right.
        没有一个检测正确时为 0。"""
        tp, hits = flags()
        wrong = chance.randint(1, 9) * [False]
        agree(lambda impl: [impl.average_precision(wrong, hits), impl.average_precision(tp, hits)])

    def test_no_detections(self, agree, flags):
        """Is 0 without detections.
        没有检测时为 0。"""
        tp, hits = flags()
        agree(lambda impl: [impl.average_precision([], hits), impl.average_precision(tp, hits)])

    def test_no_ground_truth(self, agree, flags, chance):
        """Is nan without ground-truth boxes, with and without detections.
        没有真实边界框时，不论有没有检测，结果都是 nan。"""
        tp, hits = flags()
        wrong = chance.randint(1, 9) * [False]
        agree(lambda impl: [impl.average_precision(wrong, 0), impl.average_precision([], 0),
                            impl.average_precision(tp, hits)])  # fmt: skip

    def test_tuple(self, agree, flags, chance):
        """Accepts a tuple.
        tp 可以是元组。"""
        (tp, hits), more = flags(), chance.randint(1, 4)
        agree(lambda impl: impl.average_precision(tuple(tp), hits + more))

    def test_one_detection(self, agree, chance):
        """A single true positive has the precision 1.
        唯一的检测是真正例时，精确率为 1。"""
        counts = chance.sample(range(1, 40), 3)
        agree(lambda impl: [impl.average_precision([True], count) for count in counts])

    def test_many_detections(self, agree, flags, chance):
        """Is exact for many detections: the result is no mean over a few points of the curve.
        检测很多时也是精确的面积，而不是曲线上少数几个点的平均值。"""
        tp, hits = flags(chance.randint(150, 250))
        count = hits + chance.randint(1, 9)
        agree(lambda impl: impl.average_precision(tp, count))

    @pytest.mark.needs("area")
    def test_arguments_untouched(self, agree, flags):
        """Leaves tp unchanged.
        不修改 tp。"""
        tp, hits = flags()

        def probe(impl):
            mine = list(tp)
            return impl.average_precision(mine, hits), mine

        agree(probe)


@pytest.fixture
def precisions(chance):
    """precisions(count) returns different numbers between 0 and 1."""
    return lambda count: [value / 1000 for value in chance.sample(range(50, 950), count)]


@pytest.fixture
def classes(precisions):
    """classes(count, thresholds) returns average precisions of so many classes; keys begin at 1."""
    return lambda count=4, thresholds=3: {key: precisions(thresholds) for key in range(1, count + 1)}


@pytest.mark.exercise("mean_average_precision")
class TestMeanAveragePrecision:
    @pytest.mark.points(2)
    def test_mean(self, agree, classes, chance):
        """Returns the mean over classes and thresholds.
        返回对所有类别和阈值的平均值。"""
        cases = [classes(*chance.sample(range(2, 7), 2)) for _ in range(2)]
        cases[1] = {key: tuple(values) for key, values in cases[1].items()}
        agree(lambda impl: [impl.mean_average_precision(aps) for aps in cases])

    def test_unequal_thresholds(self, agree, precisions, chance):
        """All classes weigh alike, also if some have more thresholds.
        即使有的类别阈值更多，各类别的权重仍相同。"""
        aps = {key: precisions(count) for key, count in enumerate(chance.sample(range(1, 8), 4), start=1)}
        agree(lambda impl: impl.mean_average_precision(aps))

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, classes, chance):
        """Leaves out classes that have nan.
        不计入结果为 nan 的类别。"""
        aps = classes(count=6)
        absent = [chance.sample(range(1, 7), count) for count in (1, 2, 4)]
        cases = [{key: 3 * [math.nan] if key in some else aps[key] for key in aps} for some in absent]
        agree(lambda impl: [impl.mean_average_precision(case) for case in cases])

    def test_average_precision_of_zero(self, agree, classes, chance):
        """Counts classes whose average precision is 0.
        平均精度为 0 的类别也计入。"""
        aps = classes(count=5)
        cases = [aps | {key: [0.0, 0.0, 0.0] for key in chance.sample(range(1, 6), count)} for count in (1, 3)]
        agree(lambda impl: [impl.mean_average_precision(case) for case in cases])

    def test_one_class(self, agree, precisions, chance):
        """Is the mean over the thresholds if there is a single class.
        只有一个类别时，就是对各阈值的平均值。"""
        aps = {chance.randint(2, 9): precisions(chance.randint(3, 5))}
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_one_threshold(self, agree, classes, chance):
        """Is the mean over the classes if there is a single threshold.
        只有一个阈值时，就是对各类别的平均值。"""
        aps = classes(chance.randint(3, 6), thresholds=1)
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_any_keys(self, agree, precisions, chance):
        """Accepts 0, negative and large keys, in any order.
        键可以是 0、负数或很大的数，顺序任意。"""
        keys = [0, chance.randint(-9, -1), chance.randint(10, 99), chance.randint(1000, 9999)]
        chance.shuffle(keys)
        aps = {key: precisions(2) for key in keys}
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_no_objects(self, agree, classes, chance):
        """Is nan if all classes have nan, and without classes.
        所有类别都是 nan 或没有类别时，结果是 nan。"""
        aps, count = classes(), chance.randint(1, 4)

        def probe(impl):
            absent = {key: 2 * [float("nan")] for key in range(count)}
            return [impl.mean_average_precision(case) for case in (absent, {}, aps)]

        agree(probe)

    @pytest.mark.needs("mean")
    def test_arguments_untouched(self, agree, classes):
        """Leaves aps unchanged.
        不修改 aps。"""
        aps = classes()
        aps[3] = [math.nan, math.nan]

        def probe(impl):
            mine = {key: list(values) for key, values in aps.items()}
            mean = impl.mean_average_precision(mine)
            return mean, list(mine), [str(value) for values in mine.values() for value in values]

        agree(probe)


@pytest.fixture
def boxes(chance):
    """boxes(count) returns boxes (x, y, w, h); their four numbers differ."""
    return lambda count=3: [tuple(chance.sample(range(4, 90), 4)) for _ in range(count)]


def corners(impl, box):
    """The corners as floats, so that 3 and 3.0 are the same."""
    return [float(1.0 * side) for side in impl.coco_to_corner(box)]  # the product refuses texts


@pytest.mark.exercise("coco_to_corner")
class TestCocoToCorner:
    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_corners(self, agree, boxes):
        """Returns the upper left and the lower right corner.
        返回左上角和右下角。"""
        cases = boxes()
        agree(lambda impl: [corners(impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_fractions(self, agree, chance):
        """Keeps fractions of a pixel.
        保留像素的小数部分。"""
        cases = [[chance.randint(9, 900) / 16 for _ in range(4)] for _ in range(3)]
        agree(lambda impl: [corners(impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_sides_of_zero(self, agree, boxes):
        """A box may have the width 0, the height 0, or both.
        宽或高可以为 0，也可以都为 0。"""
        (x, y, w, h), *_ = boxes()
        cases = [(x, y, 0, h), (x, y, w, 0), (x, y, 0, 0)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_outside_of_the_image(self, agree, boxes):
        """x and y may be negative.
        x 和 y 可以为负。"""
        (x, y, w, h), *_ = boxes()
        cases = [(-x, y, w, h), (x, -y, w, h), (-x - w, -y - h, w, h)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    def test_negative_sides(self, agree, boxes):
        """Raises ValueError if the width or the height is negative.
        宽或高为负时，抛出 ValueError。"""
        (x, y, w, h), *_ = boxes()
        cases = [(x, y, -w, h), (x, y, w, -h), (x, y, -w, -h), (x, y, -0.5, h), (x, y, w, -0.5), (x, y, w, h)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    @pytest.mark.needs("corners")
    def test_tuple_of_numbers(self, agree, boxes):
        """Returns a tuple of four Python numbers.
        返回由四个 Python 数构成的元组。"""
        (x, y, w, h), *_ = boxes()

        def probe(impl):
            found = impl.coco_to_corner((x, y, w, h))
            return (
                type(found).__name__,
                [float(1.0 * side) for side in found],
                [type(side) in (int, float) for side in found],
            )

        agree(probe)

    @pytest.mark.needs("corners")
    def test_arguments_untouched(self, agree, boxes):
        """Leaves a list unchanged.
        不修改传入的列表。"""
        box = list(boxes(1)[0])

        def probe(impl):
            mine = list(box)
            return corners(impl, mine), mine

        agree(probe)


def shares(weights):
    """The weights, divided by their sum: a common factor does not matter."""
    weights = [float(1.0 * weight) for weight in weights]  # the product refuses texts
    return [weight / sum(weights) if sum(weights) else weight for weight in weights]


@pytest.fixture
def annotated(chance):
    """annotated(n) returns the labels of n images; common classes have small numbers, and objects may repeat."""

    def draw(n=9, classes=6):
        images = [[min(chance.randrange(classes), chance.randrange(classes)) for _ in range(chance.randint(1, 5))]
                  for _ in range(n)]  # fmt: skip
        return [[label + 1 for label in labels] for labels in images]

    return draw


@pytest.mark.exercise("oversample_weights")
class TestOversampleWeights:
    @pytest.mark.points(2)
    def test_rarest_class(self, agree, annotated):
        """Weighs an image by the rarest of its classes.
        图像的权重由其中最少见的类别决定。"""
        cases = [annotated(), annotated()]
        agree(lambda impl: [shares(impl.oversample_weights(images)) for images in cases])

    def test_images_are_counted(self, agree, chance):
        """Counts images, not objects: a class may have many objects in few images.
        统计的是图像数，不是目标数：一个类别可能在少数图像中有很多目标。"""
        crowd = chance.randint(5, 9) * [1]
        images = [crowd, *(chance.randint(3, 6) * [[2]]), [2, 3], [3], [1, 2], [3, 2]]
        chance.shuffle(images)
        agree(lambda impl: shares(impl.oversample_weights(images)))

    def test_rare_among_common(self, agree, chance):
        """A single object of a rare class lifts its image, wherever it is in the list.
        只要有一个少见类别的目标，图像的权重就会提高，不论它在列表中的位置。"""
        common = chance.randint(4, 8)
        images = [chance.sample([7, 7, 7, 4], 4), [4, 7], *(common * [[7, 7]]), [7, 4, 7, 2], [7, 7, 2, 7]]
        chance.shuffle(images)
        agree(lambda impl: shares(impl.oversample_weights(images)))

    @pytest.mark.points(2)
    def test_images_without_objects(self, agree, annotated, chance):
        """Images without objects have the smallest weight of the others.
        没有目标的图像取其他图像中最小的权重。"""
        cases = []
        for empty in chance.sample(range(1, 7), 3):
            images = [*annotated(8, classes=4), *([] for _ in range(empty))]
            chance.shuffle(images)
            cases.append(images)
        rare = range(2, chance.randint(4, 7))
        cases.append([[], *([1, label] for label in rare), [1, *rare]])  # no image has the weight of class 1 alone
        agree(lambda impl: [shares(impl.oversample_weights(images)) for images in cases])

    def test_no_objects(self, agree, annotated, chance):
        """All weights are equal and positive if no image has objects.
        所有图像都没有目标时，权重全部相等，且为正。"""
        empty, images = [[] for _ in range(chance.randint(2, 9))], annotated()

        def probe(impl):
            weights = impl.oversample_weights(empty)
            return shares(weights), all(weight > 0 for weight in weights), shares(impl.oversample_weights(images))

        agree(probe)

    def test_no_images(self, agree, annotated):
        """There are no weights without images.
        没有图像时，也没有权重。"""
        images = annotated()
        agree(lambda impl: [shares(impl.oversample_weights(some)) for some in ([], images)])

    def test_any_labels(self, agree, annotated, chance):
        """Accepts 0, negative and large labels.
        类别可以是 0、负数或很大的数。"""
        names = [0, -chance.randint(1, 9), chance.randint(100, 999), chance.randint(5000, 9999)]
        images = [[names[label - 1] for label in labels] for labels in annotated(10, classes=4)]
        agree(lambda impl: shares(impl.oversample_weights(images)))

    @pytest.mark.needs("rarest_class")
    def test_list_of_floats(self, agree, annotated):
        """Returns a list of Python floats.
        返回 Python float 的列表。"""
        images = [*annotated(), []]

        def probe(impl):
            weights = impl.oversample_weights(images)
            return shares(weights), type(weights).__name__, {type(weight).__name__ for weight in weights} == {"float"}

        agree(probe)

    @pytest.mark.needs("rarest_class")
    def test_arguments_untouched(self, agree, annotated):
        """Leaves labels_per_image unchanged.
        不修改 labels_per_image。"""
        images = [*annotated(), [2, 1, 2, 1]]

        def probe(impl):
            mine = [list(labels) for labels in images]
            return shares(impl.oversample_weights(mine)), mine

        agree(probe)
