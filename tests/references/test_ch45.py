"""ch45's reference against numpy, torch's functions, and a composition of the scales by hand.

The judge's average precision against the definition, by brute force in exact fractions.
"""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade import course
from dlgrade.course import references
from dlgrade.course.data_sets import data_set
from dlgrade.course.thresholds import thresholds
from dlgrade.judge.trusted import Variant
from dlgrade.testing import set_parameters


def test_predictors(reference):
    """Both predictors keep the size of the map, and have the book's numbers of channels."""
    X = torch.zeros(2, 8, 20, 20)
    assert reference.cls_predictor(8, 5, 10)(X).shape == (2, 55, 20, 20)
    assert reference.cls_predictor(8, 3, 10)(torch.zeros(2, 8, 1, 3)).shape == (2, 33, 1, 3)
    assert reference.bbox_predictor(8, 5)(X).shape == (2, 20, 20, 20)


def test_concat_preds(reference):
    """concat_preds agrees with numpy's transpose and reshape."""
    maps = [torch.randn(2, 55, 20, 20), torch.randn(2, 33, 10, 10), torch.randn(2, 3, 1, 4)]
    for preds in (maps[:2], maps, maps[2:]):
        expected = [pred.numpy().transpose(0, 2, 3, 1).reshape(2, -1) for pred in preds]
        torch.testing.assert_close(reference.concat_preds(preds), torch.from_numpy(np.hstack(expected)))
    assert reference.concat_preds(maps[:2]).shape == (2, 25_300)


def test_down_sample_blk(reference):
    """The block agrees with torch's functions, in training, and halves the size."""
    block, X = set_parameters(reference.down_sample_blk(3, 10), seed=1), torch.randn(2, 3, 20, 21)
    Y = X
    for conv, norm in ((block[0], block[1]), (block[3], block[4])):
        Y = F.conv2d(Y, conv.weight, conv.bias, padding=1)
        Y = F.relu(F.batch_norm(Y, None, None, norm.weight, norm.bias, training=True))
    torch.testing.assert_close(block(X), F.max_pool2d(Y, 2))
    assert block(X).shape == (2, 10, 10, 10)


def test_shapes(reference):
    """The shapes are those of the book for images of 256 x 256."""
    net, X = reference.TinySSD(num_classes=1), torch.zeros(2, 3, 256, 256)
    anchors, scores, offsets = net.eval()(X)
    assert (anchors.shape, scores.shape, offsets.shape) == ((1, 5444, 4), (2, 5444, 2), (2, 21_776))
    assert reference.base_net()(X).shape == (2, 64, 32, 32)


def test_each_scale(reference):
    """Scores and offsets of an anchor box are those of its pixel, in the order of multibox_prior."""
    net, X = reference.TinySSD(num_classes=2).eval(), torch.randn(2, 3, 64, 96)
    anchors, scores, offsets = net(X)
    start = 0
    for i in range(5):
        X = net.get_submodule(f"blk_{i}")(X)
        cls, bbox = net.get_submodule(f"cls_{i}")(X), net.get_submodule(f"bbox_{i}")(X)
        _, _, h, w = X.shape
        boxes = reference.multibox_prior(X, reference.sizes[i], reference.ratios[i])[0]
        torch.testing.assert_close(anchors[0, start : start + 4 * h * w], boxes)
        for y in range(h):
            for x in range(w):
                for k in range(4):
                    row = start + 4 * (w * y + x) + k
                    torch.testing.assert_close(scores[:, row], cls[:, 3 * k : 3 * k + 3, y, x])
                    torch.testing.assert_close(offsets[:, 4 * row : 4 * row + 4], bbox[:, 4 * k : 4 * k + 4, y, x])
        start += 4 * h * w
    assert start == anchors.shape[1]


def drawn(n, a, c):
    """Arguments of calc_loss in float64."""
    labels = torch.randint(c, (n, a))
    masks = (labels > 0).double().repeat_interleave(4, dim=1)
    offsets, right = torch.randn(2, n, 4 * a, dtype=torch.float64)
    return torch.randn(n, a, c, dtype=torch.float64), labels, offsets, right, masks


def test_calc_loss(reference):
    """calc_loss agrees with torch's losses, image by image."""
    scores, labels, offsets, right, masks = drawn(5, 7, 3)
    losses = reference.calc_loss(scores, labels, offsets, right, masks)
    for i in range(5):
        expected = F.cross_entropy(scores[i], labels[i]) + F.l1_loss(offsets[i] * masks[i], right[i] * masks[i])
        assert losses[i].item() == pytest.approx(expected.item())
    alone = reference.calc_loss(scores, labels, offsets, right, torch.zeros_like(masks))
    torch.testing.assert_close(alone, nn.CrossEntropyLoss(reduction="none")(scores.mT, labels).mean(dim=1))


def test_gradients(reference):
    """The gradients of calc_loss agree with finite differences."""
    scores, labels, offsets, right, masks = drawn(2, 3, 4)
    inputs = scores.requires_grad_(), offsets.requires_grad_()
    assert torch.autograd.gradcheck(lambda s, o: reference.calc_loss(s, labels, o, right, masks), inputs)


# The judge's score of a trained detector.


def shared(a, b):
    """The IoU of two boxes with whole corners, by their unit cells."""
    cells = [set(product(range(box[0], box[2]), range(box[1], box[3]))) for box in (a, b)]
    return Fraction(len(cells[0] & cells[1]), len(cells[0] | cells[1]))


def precision_by_recall(scenes, kind):
    """The average precision of scenes ([(kind, confidence, box)], [(kind, box)]); None without things of this kind.

    All finds are taken one after another, the surest first; equal ones in the order of the images, then of the finds.
    """
    count = sum(of == kind for _, truths in scenes for of, _ in truths)
    finds = [
        (-sure, i, k) for i, (things, _) in enumerate(scenes) for k, (of, sure, _) in enumerate(things) if of == kind
    ]
    right, taken = [], set()
    for _, i, k in sorted(finds):
        values = [(shared(scenes[i][0][k][2], box), -j) for j, (of, box) in enumerate(scenes[i][1]) if of == kind]
        value, best = max(values, default=(0, 0))
        right.append(value >= Fraction(1, 2) and (i, best) not in taken)
        if right[-1]:
            taken.add((i, best))
    if not count:
        return None
    reached = [sum(right[: k + 1]) for k in range(len(right))]
    best = [[Fraction(n, k + 1) for k, n in enumerate(reached) if n >= step] for step in range(1, count + 1)]
    return sum(max(values, default=Fraction(0)) for values in best) / count


def as_tensors(scenes, rows):
    """The scenes as the suite has them: finds with tensors, and labels that are filled up with rows of -1."""
    found = [[(kind, sure, torch.tensor(box).float()) for kind, sure, box in things] for things, _ in scenes]
    labels = torch.full((len(scenes), rows, 5), -1.0)
    for i, (_, truths) in enumerate(scenes):
        for j, (kind, box) in enumerate(truths):
            labels[i, j] = torch.tensor([kind, *box])
    return found, labels


def whole_box(chance):
    x, y = chance.randrange(3), chance.randrange(3)
    return [x, y, x + chance.randint(1, 4), y + chance.randint(1, 4)]


def test_average_precision(trained):
    """It agrees with the definition: with equal confidences, without things or finds, for overlaps of exactly half."""
    chance, seen = random.Random(0), set()
    for _ in range(400):
        scenes = []
        for _ in range(chance.randint(1, 4)):
            things = [
                (chance.randrange(3), chance.randint(1, 4) / 4, whole_box(chance)) for _ in range(chance.randrange(6))
            ]
            scenes.append((things, [(chance.randrange(3), whole_box(chance)) for _ in range(chance.randrange(4))]))
        found, labels = as_tensors(scenes, rows=3)
        expected = [precision_by_recall(scenes, kind) for kind in range(3)]
        for kind, value in enumerate(expected):
            result = trained.average_precision(found, labels, kind)
            assert result == (value if value is None else pytest.approx(float(value)))
            seen.add("none" if value is None else "partial" if 0 < value < 1 else int(value))
        there = [value for value in expected if value is not None]
        if there:
            assert trained.mean_average_precision(found, labels) == pytest.approx(float(sum(there) / len(there)))
    assert seen == {"none", "partial", 0, 1}


def test_targets(trained, reference):
    """The classes, offsets and masks are those of ch42, unless two things share their best anchor box."""
    content = course.load()
    boxes = Variant("boxes", references.source(content, content.chapter("ch42"))).module
    net = trained.tiny_ssd(reference, share=4).eval()
    _, labels = data_set(content, "boxes").load(60, torch.Generator().manual_seed(0), most=3, smallest=0.15)
    anchors, compared = net(torch.zeros(1, 3, 64, 64))[0], 0
    for label in labels:
        things = label[label[:, 0] >= 0]
        found = trained.targets(anchors, label[None])
        if not len(things):
            assert not any(part.any() for part in found)
            continue
        if len(set(boxes.box_iou(anchors[0], things[:, 1:]).argmax(dim=0).tolist())) < len(things):
            continue
        offsets, masks, classes = boxes.multibox_target(anchors, things[None])
        torch.testing.assert_close(found, (classes, offsets, masks), rtol=1e-4, atol=1e-4)
        compared += 1
    assert compared > 25


def test_scores(trained, reference):
    """Right predictions have no errors and find everything. An untrained net and constants stay below the threshold."""
    content = course.load()
    images, labels = data_set(content, "boxes").load(50, torch.Generator().manual_seed(0), most=3, smallest=0.15)
    untrained = trained.tiny_ssd(reference, share=4).eval()
    with torch.no_grad():
        anchors, scores, _ = untrained(images)
        classes, offsets, _ = trained.targets(anchors, labels)
        nowhere, everywhere = (torch.tensor(row).expand_as(scores) for row in ([9.0, 0, 0, 0], [0.0, 0, 0, 3]))
        predictions = (9.0 * F.one_hot(classes, 4), offsets), (nowhere, 0 * offsets), (everywhere, 0 * offsets)
        right, nothing, same = (trained.judged(Replay((anchors, *pair)), images, labels) for pair in predictions)
        worst = trained.judged(untrained, images, labels)

    assert right[0] == pytest.approx(1)
    empty = f"{(classes > 0).double().mean():.2e}"
    assert f"The class error is 0.00e+00 ({empty} if all is background), the box error 0.00e+00." in right[1]
    assert f"类别误差为 0.00e+00（全部判为背景时为 {empty}），边界框误差为 0.00e+00。" in right[2]
    assert nothing[0] == same[0] == 0
    needed = min(entry.threshold for entry in thresholds(content, content.chapter("ch45")).values())
    assert worst[0] < needed / 3


def test_without_background(trained, reference):
    """Right boxes and confidences in the right order are worth nothing if every anchor box is said to have a thing."""
    images, labels = data_set(course.load(), "boxes").load(20, torch.Generator().manual_seed(0), most=3)
    with torch.no_grad():
        anchors, *_ = trained.tiny_ssd(reference, share=4).eval()(images)
        classes, offsets, _ = trained.targets(anchors, labels)
        scores = 9.0 * F.one_hot(classes, 4)
        scores[:, :, 1:] += 10.0 * (classes == 0)[:, :, None]
        value, en, zh = trained.judged(Replay((anchors, scores, offsets)), images, labels)
    assert value == 0
    assert "precision of 1.000 does not count." in en
    assert "（mAP）1.000 不计。" in zh


class Replay(nn.Module):
    """A net that always gives the same predictions."""

    def __init__(self, predictions):
        super().__init__()
        self.predictions = predictions

    def forward(self, _images):
        return self.predictions
