"""ch50: match_detections, average_precision."""

import pytest
import torch

from dlgrade.testing import promise, standard


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
def boxes(chance):
    """boxes(count) returns boxes (x, y, w, h); their four numbers differ."""
    return lambda count=3: [tuple(chance.sample(range(4, 90), 4)) for _ in range(count)]


def shares(weights):
    """The weights, divided by their sum: a common factor does not matter."""
    weights = [float(1.0 * weight) for weight in weights]  # the product refuses texts
    return [weight / sum(weights) if sum(weights) else weight for weight in weights]
