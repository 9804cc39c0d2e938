"""ch45, trained: TinySSD finds several things of three kinds on images of 64 x 64."""

import pytest
import torch
from torch import nn

from dlgrade.testing import descend, filled, learned

KINDS = 3


def tiny_ssd(impl, share=1):
    """The submission's TinySSD with a share of its channels. The layers of its blocks have numbers for names."""
    net = impl.TinySSD(KINDS)
    for path, layer in list(net.named_modules()):
        if isinstance(layer, nn.Sequential):
            layer._modules = {str(number): part for number, part in enumerate(layer)}
        elif isinstance(layer, nn.BatchNorm2d):
            nn.BatchNorm2d.__init__(layer, layer.num_features // share)
        elif isinstance(layer, nn.Conv2d):
            before = layer.in_channels // share if layer.in_channels > 3 else 3  # an image keeps its channels
            after = layer.out_channels // share if "." in path else layer.out_channels  # predictions keep theirs
            nn.Conv2d.__init__(layer, before, after, layer.kernel_size, layer.stride, layer.padding)
    return net


def overlap(boxes, others):
    """(..., k, m): the IoU of boxes (..., k, 4) and others (..., m, 4)."""
    boxes, others = boxes[..., :, None, :], others[..., None, :, :]
    shared = torch.minimum(boxes[..., 2:], others[..., 2:]) - torch.maximum(boxes[..., :2], others[..., :2])
    shared = shared.clamp(min=0).prod(dim=-1)
    areas = [(box[..., 2:] - box[..., :2]).prod(dim=-1) for box in (boxes, others)]
    return shared / (areas[0] + areas[1] - shared)


def centred(corners):
    """Centre and size of boxes given by their corners."""
    first, last = corners[..., :2], corners[..., 2:]
    return (first + last) / 2, last - first


def targets(anchors, labels):
    """The classes (n, A), offsets and masks (n, 4 * A) that anchor boxes (1, A, 4) should have (D2L 13.4)."""
    things = labels[:, :, 1:]
    iou = overlap(anchors, things).masked_fill(labels[:, None, :, 0] < 0, -1)
    best, thing = iou.max(dim=2)
    thing = thing.masked_fill(best < 0.5, -1)
    for i in range(labels.shape[1]):  # the best anchor box of a thing belongs to it, however small the overlap is
        rows = torch.nonzero(labels[:, i, 0] >= 0).flatten()
        thing[rows, iou[rows, :, i].argmax(dim=1)] = i
    found = thing >= 0
    of_anchor = labels.gather(1, thing.clamp(min=0)[:, :, None].expand(-1, -1, 5))
    classes = torch.where(found, of_anchor[:, :, 0].long() + 1, 0)
    (centre, size), (true_centre, true_size) = centred(anchors), centred(of_anchor[:, :, 1:])
    offsets = torch.cat([10 * (true_centre - centre) / size, 5 * (true_size / size).clamp(min=1e-6).log()], dim=2)
    masks = found.float().repeat_interleave(4, dim=1)
    return classes, torch.where(found[:, :, None], offsets, 0).flatten(1), masks


def detections(anchors, scores, offsets):
    """For each image, the (kind, confidence, box) of the things that are found, without doubles."""
    from torchvision.ops import batched_nms  # only the judge needs it, after training

    centre, size = centred(anchors)
    moves = offsets.unflatten(1, (-1, 4))
    middle, span = moves[..., :2] * size / 10 + centre, (moves[..., 2:] / 5).clamp(max=5).exp() * size
    boxes = torch.cat([middle - span / 2, middle + span / 2], dim=2)
    probability = scores.softmax(dim=2)[:, :, 1:]
    for i in range(len(boxes)):
        anchor, kind = torch.nonzero(probability[i] > 0.05, as_tuple=True)
        sure = probability[i, anchor, kind]
        kept = batched_nms(boxes[i, anchor], sure, kind, iou_threshold=0.4)
        yield [(int(kind[k]), float(sure[k]), boxes[i, anchor[k]]) for k in kept]


def hits(things, boxes):
    """Whether each thing, the surest first, is right: it overlaps its best box by half, and no surer thing has the box.

    boxes: (m, 4).
    """
    taken, flags = set(), []
    for _, _, box in things:
        iou, best = overlap(box[None], boxes)[0].max(dim=0) if len(boxes) else (0, None)
        flags.append(bool(iou >= 0.5) and int(best) not in taken)
        taken |= {int(best)} if flags[-1] else set()
    return flags


def average_precision(found, labels, kind):
    """The area below the best precision at each recall (PASCAL VOC), for things of a kind; None if there are none.

    Args:
        found: for each image, things as `detections` gives them.
        labels: (n, things, 5), as the data set gives them.
    """
    flags = []  # confidence, and whether the thing is right
    for things, label in zip(found, labels, strict=True):
        things = sorted((thing for thing in things if thing[0] == kind), key=lambda thing: -thing[1])
        right = hits(things, label[label[:, 0] == kind, 1:])
        flags += [(sure, flag) for (_, sure, _), flag in zip(things, right, strict=True)]
    right = torch.tensor([flag for _, flag in sorted(flags, key=lambda flag: -flag[0])]).double()
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    best_from_here = precision.flip(0).cummax(0).values.flip(0) if len(right) else precision
    count = int((labels[:, :, 0] == kind).sum())
    return float((best_from_here * right).sum()) / count if count else None


def mean_average_precision(found, labels):
    """The mean over the kinds that the labels have."""
    values = [average_precision(found, labels, kind) for kind in range(KINDS)]
    values = [value for value in values if value is not None]
    return sum(values) / len(values)


def judged(net, images, labels):
    """The mean average precision, and both errors as the book counts them, in a sentence.

    It counts only if the class error is less than with background everywhere. Otherwise the score is 0: the order of
    the confidences may be right, but the classes are wrong.
    """
    parts = [net.eval()(part - 0.3) for part in images.split(50)]
    anchors, scores, offsets = parts[0][0], *(torch.cat([part[i] for part in parts]) for i in (1, 2))
    classes, true_offsets, masks = targets(anchors, labels)
    wrong = (scores.argmax(dim=2) != classes).double().mean()
    away = ((offsets - true_offsets) * masks).abs().double().mean()
    value = mean_average_precision(list(detections(anchors, scores, offsets)), labels)
    empty = (classes > 0).double().mean()
    en = f"The class error is {wrong:.2e} ({empty:.2e} if all is background), the box error {away:.2e}."
    zh = f"类别误差为 {wrong:.2e}（全部判为背景时为 {empty:.2e}），边界框误差为 {away:.2e}。"
    if wrong >= empty:
        return (
            0.0,
            f"{en} So the mean average precision of {value:.3f} does not count.",
            f"{zh}因此，平均精度均值（mAP）{value:.3f} 不计。",
        )
    return value, f"This is the mean average precision. {en}", f"这是平均精度均值（mAP）。{zh}"


def loss(impl, net, X, labels):
    """The submission's loss of a batch."""
    anchors, scores, offsets = net(X - 0.3)
    classes, true_offsets, masks = targets(anchors, labels)
    return impl.calc_loss(scores, classes, offsets, true_offsets, masks).mean()


def train_on(impl, net, batches, lr):
    """Minibatch descent. Most anchor boxes are background, so that steps are long; they become shorter and shorter."""
    net.train()
    for step, (X, labels) in enumerate(batches, batches.first):
        loss(impl, net, X, labels).backward()
        descend(net.parameters(), lr=lr * min(1, (step + 1) / 20) * (1 - step / batches.steps))
    return learned(net, buffers=True)


def fit(impl, parameters, batches):
    return train_on(impl, filled(tiny_ssd(impl, share=4), parameters), batches, lr=6)


def fit_whole(impl, parameters, batches):
    """The whole network, on whichever device the examples are."""
    net = filled(tiny_ssd(impl).to(batches.examples[0].device), parameters)
    return train_on(impl, net, batches, lr=6)


@pytest.mark.exercise("TinySSD")
class TestTinySSD:
    @pytest.mark.points(3)
    @pytest.mark.timeout(120)
    def test_learns(self, training):
        """With a fourth of its channels and with your loss, your TinySSD learns to find things on new images.
        TinySSD 的通道数减为四分之一，用你的损失训练后，能在新图像上找到目标。"""
        images, labels = training.draw("boxes", 200, "test", most=3)
        train = training.draw("boxes", 1500, most=3)

        def score(impl, parameters):
            return judged(filled(tiny_ssd(impl, share=4), parameters), images, labels)

        training("thin_ssd", fit, train, score, steps=640, batch=8)

    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_whole_net_learns(self, training):
        """TinySSD itself learns with your loss on a GPU, and then finds things on new images.
        TinySSD 用你的损失在 GPU 上训练后，能在新图像上找到目标。"""
        images, labels = training.draw("boxes", 300, "test", most=3)
        train = training.draw("boxes", 2000, most=3)

        def score(impl, parameters):
            return judged(filled(tiny_ssd(impl), parameters), images, labels)

        training("ssd", fit_whole, train, score, steps=640, batch=8, stretches=1)
