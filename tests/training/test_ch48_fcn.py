"""ch48, trained: a small fully convolutional network segments images of patterned things."""

import pytest
import torch
from torch import nn

from dlgrade.testing import descend, filled, learned

CLASSES, FACTOR = 4, 4  # the background is a class; features have a fourth of the image's height and width


def small_fcn(impl):
    """A small network of convolutions, and the submission's head on its features."""
    layers = []
    for before, after, stride in [(3, 16, 2), (16, 32, 2), (32, 32, 1)]:
        conv = nn.Conv2d(before, after, kernel_size=3, stride=stride, padding=1)
        layers += [conv, nn.BatchNorm2d(after), nn.ReLU()]
    head = impl.fcn_head(32, CLASSES, FACTOR)
    if head.transpose_conv.bias is not None:  # it begins with zeros, and the head may do without
        head.transpose_conv.bias = None
    return nn.ModuleDict({"features": nn.Sequential(*layers), "head": head})


def scores(net, images):
    return net["head"](net["features"](images - 0.5))


def fit(impl, parameters, batches):
    """Minibatch descent with the submission's loss; short steps in the end settle the moving statistics."""
    net = filled(small_fcn(impl), parameters).train()
    for step, (X, masks) in enumerate(batches, batches.first):
        impl.loss(scores(net, X), masks).mean().backward()
        descend(net.parameters(), lr=0.3 if step < 0.7 * batches.steps else 0.03)
    return learned(net, buffers=True)


def mean_iou(predicted, masks):
    """Intersection over union of the pixels of each class, averaged over the classes."""
    counts = torch.bincount((CLASSES * masks + predicted).flatten(), minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    right = counts.diagonal()
    return float((right / (counts.sum(dim=0) + counts.sum(dim=1) - right)).mean())


@pytest.mark.exercise("fcn_head")
class TestFcnHead:
    @pytest.mark.points(3)
    @pytest.mark.timeout(100)
    def test_learns(self, training):
        """A small network with your head, trained with your loss, finds the class of each pixel on new images.
        小网络接上你的输出部分，用你的损失训练后，能判断新图像中每个像素的类别。"""
        images, masks = training.draw("masks", 200, "test")
        train = training.draw("masks", 800)

        def score(impl, parameters):
            net = filled(small_fcn(impl), parameters).eval()
            return mean_iou(scores(net, images).argmax(dim=1), masks)

        training("small_fcn", fit, train, score, steps=150, batch=16)
