"""ch48's reference against torch's interpolation, closed formulas and loops over pixels."""

import math
from itertools import product

import pytest
import torch
from torch.nn import functional as F

from dlgrade import course
from dlgrade.course.data_sets import data_set
from dlgrade.course.thresholds import thresholds
from dlgrade.testing import Batches, filled


@pytest.mark.parametrize("size", range(1, 10))
def test_bilinear_kernel(reference, size):
    """The entries follow the formula, and only the diagonal of the channels has them."""
    f = (size + 1) // 2
    c = f - 1 if size % 2 else f - 0.5
    for few, many in ((1, 1), (3, 3), (2, 4), (4, 2)):
        weight = reference.bilinear_kernel(few, many, size)
        assert weight.dtype == torch.float32
        assert weight.shape == (few, many, size, size)
        for a, b, i, j in product(range(few), range(many), range(size), range(size)):
            expected = (1 - abs(i - c) / f) * (1 - abs(j - c) / f) if a == b else 0
            assert weight[a, b, i, j].item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("factor", [2, 4, 6, 32])
def test_upsampling(reference, factor):
    """The kernel upsamples as torch's bilinear interpolation does, except near the edges."""
    X = torch.randn(2, 3, 5, 4)
    size, padding, stride = reference.upsample_params(factor)
    found = F.conv_transpose2d(X, reference.bilinear_kernel(3, 3, size), stride=stride, padding=padding)
    expected = F.interpolate(X, scale_factor=factor, mode="bilinear", align_corners=False)
    assert found.shape == expected.shape
    inner = (..., slice(factor // 2, -factor // 2), slice(factor // 2, -factor // 2))
    torch.testing.assert_close(found[inner], expected[inner])


def test_loss(reference):
    """The loss is the mean of minus the logarithm of the right class's probability."""
    inputs, targets = 3 * torch.randn(2, 4, 3, 5, dtype=torch.float64), torch.randint(4, (2, 3, 5))
    found = reference.loss(inputs, targets)
    for n in range(2):
        total = 0.0
        for i, j in product(range(3), range(5)):
            powers = [math.exp(score) for score in inputs[n, :, i, j].tolist()]
            total -= math.log(powers[int(targets[n, i, j])] / sum(powers))
        assert found[n].item() == pytest.approx(total / 15)
    assert torch.autograd.gradcheck(lambda X: reference.loss(X, targets), (inputs.requires_grad_(),))


def test_large_scores(reference):
    """The loss of large scores is finite: it is the difference of two scores."""
    inputs = torch.tensor([1e4, -1e4]).reshape(1, 2, 1, 1)
    assert reference.loss(inputs, torch.zeros(1, 1, 1, dtype=torch.int64)).tolist() == [0.0]
    assert reference.loss(inputs, torch.ones(1, 1, 1, dtype=torch.int64)).tolist() == [2e4]


def test_label2image(reference):
    """Each pixel has the colour of its class, in any dtype of integers."""
    pred = torch.randperm(21).reshape(7, 3)
    for dtype in (torch.int64, torch.int32, torch.uint8):
        found = reference.label2image(pred.to(dtype))
        assert found.shape == (7, 3, 3)
        for i, j in product(range(7), range(3)):
            assert found[i, j].tolist() == reference.VOC_COLORMAP[int(pred[i, j])]


def test_upsample_params(reference):
    """The numbers multiply the size by the factor, and factors without such numbers are refused."""
    assert reference.upsample_params(32) == (64, 16, 32)
    for factor in range(-4, 40):
        if factor < 2 or factor % 2:
            with pytest.raises(ValueError, match="even"):
                reference.upsample_params(factor)
            continue
        size, padding, stride = reference.upsample_params(factor)
        assert all((n - 1) * stride - 2 * padding + size == factor * n for n in range(1, 9))


def test_fcn_head(reference):
    """The head restores the book's image size, and interpolates scores."""
    head = reference.fcn_head(512, 21)
    X = torch.randn(1, 512, 10, 15)
    with torch.no_grad():
        Y, scores = head(X), head.final_conv(X)
    assert Y.shape == (1, 21, 320, 480)
    expected = F.interpolate(scores, scale_factor=32, mode="bilinear", align_corners=False)
    torch.testing.assert_close(Y[..., 16:-16, 16:-16], expected[..., 16:-16, 16:-16], rtol=1e-4, atol=1e-5)
    assert [name for name, _ in head.named_children()] == ["final_conv", "transpose_conv"]
    with pytest.raises(ValueError, match="even"):
        reference.fcn_head(3, 2, 5)


def test_mean_iou(trained):
    """The judge's score agrees with sets of pixels. A class that occurs nowhere has none."""
    masks, predicted = torch.randint(3, (2, 2, 5, 6))
    found = trained.class_ious(predicted, masks)
    for label in range(3):
        cells = [{tuple(place) for place in torch.nonzero(part == label).tolist()} for part in (masks, predicted)]
        assert found[label].item() == pytest.approx(len(cells[0] & cells[1]) / len(cells[0] | cells[1]))
    assert len(found) == 3
    assert trained.class_ious(masks, masks).tolist() == [1, 1, 1]
    assert math.isnan(trained.class_ious(3 * predicted, 3 * masks)[1])


def test_worthless_predictions(trained, reference):
    """An untrained net, and the same class everywhere, stay below the thresholds."""
    content = course.load()
    images, masks = data_set(content, "masks").load(40, torch.Generator().manual_seed(0))
    needed = min(entry.threshold for entry in thresholds(content, content.chapter("ch48")).values())
    value, en, zh = trained.judged(trained.small_fcn(reference, 4), images, masks)
    assert value < needed / 2
    assert "This is the mean IoU. By class: 0: 0." in en
    assert "这是平均交并比。各类别：0: 0." in zh
    for label in range(4):
        assert trained.class_ious(torch.full_like(masks, label), masks).nanmean() < needed / 2


def test_classes_of_voc(trained, reference):
    """The nets have as many classes as the masks to learn from. Classes that only the held-out masks have are wrong."""
    images, masks = torch.rand(5, 3, 64, 64), torch.randint(21, (5, 64, 64))
    masks[0, 0, 0] = 20
    batches = Batches((images, masks), [torch.arange(3)], 0, 1)
    for fit, net in ((trained.fit, trained.small_fcn), (trained.fit_resnet, trained.resnet_fcn)):
        parameters = fit(reference, fit(reference, None, batches.part(0, 0)), batches)
        assert len(parameters["head.final_conv.bias"]) == 21
        with torch.no_grad():
            value, en, _ = trained.judged(filled(net(reference, 21), parameters), images, masks + 1)
        assert 0 <= value < 0.1
        assert "21: 0.000." in en
