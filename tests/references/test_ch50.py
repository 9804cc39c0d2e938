"""ch50's reference against the definitions, by brute force in exact fractions, and against pycocotools."""

import contextlib
import io
import math
import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision.ops import box_convert


def exact_iou(a, b):
    """The IoU of two boxes with whole corners: the number of unit cells in both, divided by those in either."""
    cells = [set(product(range(box[0], box[2]), range(box[1], box[3]))) for box in (a, b)]
    return Fraction(len(cells[0] & cells[1]), len(cells[0] | cells[1]))


def matches(boxes, scores, truths, threshold):
    """The greedy matching, as a recursion over the best remaining detection."""
    if not boxes:
        return []
    first = scores.index(max(scores))
    values = [exact_iou(boxes[first], truth) for truth in truths]
    hit = bool(values) and max(values) >= threshold
    if hit:
        best = values.index(max(values))
        truths = truths[:best] + truths[best + 1 :]
    rest = boxes[:first] + boxes[first + 1 :], scores[:first] + scores[first + 1 :]
    return [hit, *matches(*rest, truths, threshold)]


def whole_box(chance):
    x, y = chance.randrange(3), chance.randrange(3)
    return [x, y, x + chance.randint(2, 4), y + chance.randint(2, 4)]


@pytest.mark.parametrize("threshold", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)])
def test_match_detections(reference, threshold):
    """match_detections agrees with the definition, in many small scenes, also for IoUs at the threshold."""
    chance, at_the_threshold = random.Random(0), 0
    for _ in range(300):
        boxes, truths = ([whole_box(chance) for _ in range(chance.randrange(most))] for most in (6, 4))
        values = [[exact_iou(box, truth) for truth in truths] for box in boxes]
        if any(len(set(filter(None, row))) < len(list(filter(None, row))) for row in values):
            continue  # equal IoUs: the statement excludes them
        at_the_threshold += any(threshold in row for row in values)
        scores = chance.sample(range(100), len(boxes))
        found = reference.match_detections(
            torch.tensor(boxes).reshape(-1, 4).float(),
            torch.tensor(scores) / 100,
            torch.tensor(truths).reshape(-1, 4).float(),
            float(threshold),
        )
        assert found == matches(boxes, scores, truths, threshold)
        assert all(type(flag) is bool for flag in found)
    assert at_the_threshold > 5


def area_by_recall(tp, num_gt):
    """The area of the staircase, step by step: the best precision at which each number of boxes is found."""
    hits = [sum(tp[: k + 1]) for k in range(len(tp))]
    best = [[Fraction(hit, k + 1) for k, hit in enumerate(hits) if hit >= step] for step in range(1, num_gt + 1)]
    return sum(max(reached, default=Fraction(0)) for reached in best) / num_gt


def test_average_precision(reference):
    """average_precision agrees with the definition, for all lists of up to seven flags."""
    for n in range(8):
        for tp in product([False, True], repeat=n):
            for num_gt in range(max(sum(tp), 1), sum(tp) + 3):
                assert reference.average_precision(tp, num_gt) == pytest.approx(float(area_by_recall(tp, num_gt)))
    assert math.isnan(reference.average_precision([], 0))
    assert math.isnan(reference.average_precision([False], 0))


def test_a_numeric_integral(reference):
    """average_precision agrees with a sum over many points of the curve."""
    chance = random.Random(1)
    tp = [chance.random() < 0.6 for _ in range(40)]
    num_gt, points = sum(tp) + 5, 20_000
    recalls = [sum(tp[: k + 1]) / num_gt for k in range(40)]
    precisions = [recall * num_gt / (k + 1) for k, recall in enumerate(recalls)]
    heights = []
    for i in range(points):
        reached = [p for p, recall in zip(precisions, recalls, strict=True) if recall >= (i + 0.5) / points]
        heights.append(max(reached, default=0))
    assert reference.average_precision(tp, num_gt) == pytest.approx(sum(heights) / points, abs=1e-3)


def test_mean_average_precision(reference):
    """mean_average_precision agrees with numpy's nanmean of means."""
    table = np.random.default_rng(0).random((5, 10))
    table[[1, 3]] = np.nan
    result = reference.mean_average_precision(dict(enumerate(table.tolist())))
    assert result == pytest.approx(np.nanmean(table.mean(axis=1)))
    assert type(result) is float
    assert math.isnan(reference.mean_average_precision({4: [math.nan]}))
    assert math.isnan(reference.mean_average_precision({}))


def scene(draw):
    """Detections and ground truth of four classes in twelve images: class 3 is never found, class 4 does not occur.

    Some images are empty, some detections repeat a box, and scores are equal in different images.
    """
    truths, found = [], []
    for image in range(12):
        for kind in draw.integers(1, 4, size=draw.integers(0, 5)).tolist():
            x, y, w, h = box = (*draw.integers(0, 90, size=2).tolist(), *draw.integers(6, 40, size=2).tolist())
            truths.append((image, kind, box))
            for _ in range(draw.integers(0, 3) if kind < 3 else 0):
                dx, dy, dw, dh = draw.normal(scale=0.08, size=4) * (w, h, w, h)
                found.append((image, kind, (x + dx, y + dy, w + dw, h + dh)))
        for kind in draw.choice([1, 2, 4], size=draw.integers(0, 3)).tolist():
            found.append((image, kind, (*draw.uniform(0, 90, size=2), *draw.uniform(6, 40, size=2))))
    scores = draw.permutation(np.arange(len(found)) // 2 / len(found))
    in_image = {(image, score) for (image, *_), score in zip(found, scores, strict=True)}
    return (truths, found, scores) if len(in_image) == len(found) else scene(draw)


def coco_precisions(truths, found, scores, kind, thresholds):
    """The average precision of a class by pycocotools, with recalls k / n: then its mean is the area of the steps."""
    annotations = [
        {"id": i, "image_id": image, "category_id": kind, "bbox": list(box), "area": box[2] * box[3], "iscrowd": 0}
        for i, (image, kind, box) in enumerate(truths, 1)
    ]
    detections = [
        {"image_id": image, "category_id": kind, "bbox": list(box), "score": score}
        for (image, kind, box), score in zip(found, scores, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {}, "images": [{"id": i} for i in range(12)], "categories": [{"id": i} for i in range(1, 5)],
            "annotations": annotations,
        }  # fmt: skip
        coco.createIndex()
        judged = COCOeval(coco, coco.loadRes(detections), "bbox")
        count = sum(other == kind for _, other, _ in truths)
        judged.params.recThrs = np.arange(1, max(count, 1) + 1) / max(count, 1)
        judged.params.catIds, judged.params.iouThrs, judged.params.maxDets = [kind], np.array(thresholds), [100]
        judged.evaluate()
        judged.accumulate()
    return judged.eval["precision"][:, :, 0, 0, 0].mean(axis=1).tolist()


def own_flags(reference, truths, found, scores, threshold):
    """Whether each detection is right, in the order of the scores. Sorting is stable, as in pycocotools."""
    flags = []
    for image in range(12):
        at = sorted((i for i, (where, _) in enumerate(found) if where == image), key=lambda i: -scores[i])
        boxes = [[found[i][1] for i in at], [box for where, box in truths if where == image]]
        corners = [box_convert(torch.tensor(part).reshape(-1, 4).float(), "xywh", "xyxy") for part in boxes]
        own = torch.tensor([scores[i] for i in at], dtype=torch.float32)
        hits = reference.match_detections(corners[0], own, corners[1], threshold)
        flags += zip([-scores[i] for i in at], hits, strict=True)
    return [hit for _, hit in sorted(flags, key=lambda flag: flag[0])]


@pytest.mark.parametrize("seed", range(5))
def test_by_pycocotools(reference, seed):
    """The three functions together agree with pycocotools at ten thresholds, with equal scores in different images,
    a class that is never found and a class that does not occur."""
    truths, found, scores = scene(np.random.default_rng(seed))
    thresholds, aps, expected = [0.5 + 0.05 * i for i in range(10)], {}, {}
    for kind in range(1, 5):
        right = [(image, box) for image, what, box in truths if what == kind]
        mine = [(image, box) for image, what, box in found if what == kind]
        own = [score for (_, what, _), score in zip(found, scores, strict=True) if what == kind]
        flags = [own_flags(reference, right, mine, own, threshold) for threshold in thresholds]
        aps[kind] = [reference.average_precision(tp, len(right)) for tp in flags]
        expected[kind] = coco_precisions(truths, found, scores, kind, thresholds)
    assert (expected[3], expected[4]) == ([0] * 10, [-1] * 10)
    assert all(map(math.isnan, aps.pop(4)))
    assert aps == {kind: pytest.approx(expected[kind]) for kind in aps}
    assert reference.mean_average_precision(aps) == pytest.approx(np.mean([expected[kind] for kind in aps]))


def test_coco_to_corner(reference):
    """coco_to_corner agrees with torchvision's conversion, and refuses negative sides."""
    boxes = torch.randint(0, 50, (20, 4)).tolist()
    expected = box_convert(torch.tensor(boxes), "xywh", "xyxy").tolist()
    assert [list(reference.coco_to_corner(box)) for box in boxes] == expected
    for box in ((1, 2, -1, 3), (1, 2, 3, -0.5)):
        with pytest.raises(ValueError, match="width"):
            reference.coco_to_corner(box)


def test_oversample_weights(reference):
    """Drawn with these weights, a class in a single image is seen as often as a class that fills half of the images."""
    images = [*(8 * [[1]]), *(7 * [[2, 1, 1]]), [3, 1], []]
    weights = reference.oversample_weights(images)
    assert weights == pytest.approx([*(8 * [1 / 16]), *(7 * [1 / 7]), 1.0, 1 / 16])
    drawn = torch.utils.data.WeightedRandomSampler(weights, 30_000, generator=torch.Generator().manual_seed(0))
    counts = torch.bincount(torch.tensor(list(drawn)), minlength=17)
    assert counts[15].item() == pytest.approx(counts[8:15].sum().item(), rel=0.1)
    assert reference.oversample_weights([[], []]) == [1.0, 1.0]
    assert reference.oversample_weights([]) == []
