"""ch45's reference against numpy, torch's functions, and a composition of the scales by hand."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

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
