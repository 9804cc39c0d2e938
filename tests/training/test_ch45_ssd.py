"""ch45, trained: TinySSD finds several things of three kinds on images of 64 x 64."""

import pytest
import torch
from torch import nn

from dlgrade.testing import descend, filled, learned

KINDS = 3
THINNER = 4  # times fewer channels


def thin_ssd(impl):
    """The submission's TinySSD with a fourth of its channels."""
    net = impl.TinySSD(KINDS)
    for path, layer in list(net.named_modules()):
        place, _, name = path.rpartition(".")
        if isinstance(layer, nn.Conv2d):
            before = layer.in_channels // THINNER or layer.in_channels  # images keep their 3 channels
            after = layer.out_channels if not place else layer.out_channels // THINNER  # so do predictions
            thin = nn.Conv2d(before, after, layer.kernel_size, layer.stride, layer.padding)
            net.get_submodule(place).register_module(name, thin)
        elif isinstance(layer, nn.BatchNorm2d):
            net.get_submodule(place).register_module(name, nn.BatchNorm2d(layer.num_features // THINNER))
    return net


def overlap(anchors, boxes):
    """(n, A, m): intersection over union of anchor boxes (A, 4) and boxes (n, m, 4)."""
    corners, boxes = anchors[None, :, None], boxes[:, None]
    shared = torch.minimum(corners[..., 2:], boxes[..., 2:]) - torch.maximum(corners[..., :2], boxes[..., :2])
    shared = shared.clamp(min=0).prod(dim=-1)
    areas = [(box[..., 2:] - box[..., :2]).prod(dim=-1) for box in (corners, boxes)]
    return shared / (areas[0] + areas[1] - shared)


def targets(anchors, labels):
    """The classes (n, A), offsets and masks (n, 4 * A) that anchor boxes (1, A, 4) should have (D2L 13.4)."""
    anchors, boxes = anchors[0], labels[:, :, 1:]
    iou = overlap(anchors, boxes).masked_fill(labels[:, None, :, 0] < 0, -1)
    best, thing = iou.max(dim=2)
    thing = thing.masked_fill(best < 0.5, -1)
    for i in range(labels.shape[1]):  # each thing gets its best anchor box, too
        rows = torch.nonzero(labels[:, i, 0] >= 0).flatten()
        thing[rows, iou[rows, :, i].argmax(dim=1)] = i
    found = thing >= 0
    of_anchor = labels.gather(1, thing.clamp(min=0)[:, :, None].expand(-1, -1, 5))
    classes = torch.where(found, of_anchor[:, :, 0].long() + 1, 0)
    (centre, size), (true_centre, true_size) = (halved(box) for box in (anchors, of_anchor[:, :, 1:]))
    offsets = torch.cat([10 * (true_centre - centre) / size, 5 * (true_size / size).clamp(min=1e-6).log()], dim=2)
    masks = found.float().repeat_interleave(4, dim=1)
    return classes, torch.where(found[:, :, None], offsets, 0).flatten(1), masks


def halved(corners):
    """Centre and size of boxes given by their corners."""
    first, last = corners[..., :2], corners[..., 2:]
    return (first + last) / 2, last - first


def detections(anchors, scores, offsets):
    """For each image, the (class, confidence, box) of the things that are found, without doubles."""
    from torchvision.ops import batched_nms

    centre, size = halved(anchors[0])
    offsets = offsets.unflatten(1, (-1, 4))
    middle, span = offsets[..., :2] * size / 10 + centre, (offsets[..., 2:] / 5).clamp(max=5).exp() * size
    boxes = torch.cat([middle - span / 2, middle + span / 2], dim=2)
    probability = scores.softmax(dim=2)[:, :, 1:]
    for i in range(len(boxes)):
        anchor, kind = torch.nonzero(probability[i] > 0.02, as_tuple=True)
        sure = probability[i, anchor, kind]
        kept = batched_nms(boxes[i, anchor], sure, kind, iou_threshold=0.4)
        yield [(int(kind[k]), float(sure[k]), boxes[i, anchor[k]]) for k in kept]


def average_precision(found, labels, kind):
    """The area below precision over recall, for things of a kind; a box that overlaps by half or more is right.

    found: for each image, things as `detections` gives them.
    """
    hits = []  # confidence, and whether it is right
    for things, label in zip(found, labels, strict=True):
        boxes = label[label[:, 0] == kind, 1:]
        things = [(sure, box) for of_kind, sure, box in things if of_kind == kind]
        if not things:
            continue
        iou = overlap(torch.stack([box for _, box in things]), boxes[None])[0].tolist()
        taken = set()
        for (sure, _), shares in zip(things, iou, strict=True):
            best = max(range(len(shares)), key=shares.__getitem__, default=-1)
            right = best >= 0 and shares[best] >= 0.5 and best not in taken
            taken |= {best} if right else set()
            hits.append((sure, right))
    right = torch.tensor([hit for _, hit in sorted(hits, key=lambda hit: -hit[0])]).double()
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    best_from_here = precision.flip(0).cummax(0).values.flip(0) if len(right) else precision
    return float((best_from_here * right).sum() / (labels[:, :, 0] == kind).sum())


def fit(impl, parameters, batches):
    """Minibatch descent. Most anchor boxes are background, so that steps are long; short steps in the end."""
    net = filled(thin_ssd(impl), parameters).train()
    for step, (X, labels) in enumerate(batches, batches.first):
        anchors, scores, offsets = net(X - 0.3)
        classes, true_offsets, masks = targets(anchors, labels)
        impl.calc_loss(scores, classes, offsets, true_offsets, masks).mean().backward()
        lr = 4 * min(1, (step + 1) / 20) if step < 0.7 * batches.steps else 0.4
        descend(net.parameters(), lr=lr)
    return learned(net, buffers=True)


@pytest.mark.exercise("TinySSD")
class TestTinySSD:
    @pytest.mark.points(3)
    @pytest.mark.timeout(120)
    def test_learns(self, training):
        """Your network with a fourth of its channels, trained with your loss, finds things on new images.
        把你的网络的通道数减为四分之一，用你的损失训练后，能在新的图像上找到目标。"""
        images, labels = training.draw("boxes", 300, "test", most=3, smallest=0.15)
        train = training.draw("boxes", 1500, most=3, smallest=0.15)

        def score(impl, parameters):
            """The mean average precision. It needs right classes and right boxes, and few finds of nothing."""
            net = filled(thin_ssd(impl), parameters).eval()
            found = list(detections(*net(images - 0.3)))
            return sum(average_precision(found, labels, kind) for kind in range(KINDS)) / KINDS

        training("thin_ssd", fit, train, score, steps=200, batch=16)
