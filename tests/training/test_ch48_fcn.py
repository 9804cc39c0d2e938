"""ch48, trained: fully convolutional networks segment images of patterned things."""

import pytest
import torch
from torch import nn

from dlgrade.testing import descend, filled, learned


def classes_in(masks):
    """The number of classes of these masks: 4 of the generated ones, 21 of VOC2012's."""
    return int(masks.max()) + 1


def fcn(impl, features, channels, classes, factor):
    """Layers that extract features, and the submission's head."""
    head = impl.fcn_head(channels, classes, factor)
    if head.transpose_conv.bias is not None:  # it begins with zeros, and the head may do without
        head.transpose_conv.bias = None
    return nn.ModuleDict({"features": features, "head": head})


def small_fcn(impl, classes):
    """Three convolutions, to a fourth of height and width."""
    layers = []
    for before, after, stride in [(3, 16, 2), (16, 32, 2), (32, 32, 1)]:
        conv = nn.Conv2d(before, after, kernel_size=3, stride=stride, padding=1)
        layers += [conv, nn.BatchNorm2d(after), nn.ReLU()]
    return fcn(impl, nn.Sequential(*layers), 32, classes, factor=4)


def resnet_fcn(impl, classes):
    """The first half of torchvision's ResNet-18, to an eighth of height and width; the book takes more of it."""
    from torchvision.models import resnet18  # only a check for a GPU needs it

    return fcn(impl, nn.Sequential(*list(resnet18().children())[:6]), 128, classes, factor=8)


def scores(net, images):
    return net["head"](net["features"](images - 0.5))


def train_on(impl, net, batches, lr):
    """Minibatch descent with the submission's loss; short steps in the end settle the moving statistics."""
    net.train()
    for step, (X, masks) in enumerate(batches, batches.first):
        impl.loss(scores(net, X), masks).mean().backward()
        descend(net.parameters(), lr=lr if step < 0.7 * batches.steps else lr / 10)
    return learned(net, buffers=True)


def fit(impl, parameters, batches):
    net = small_fcn(impl, classes_in(batches.examples[1]))
    return train_on(impl, filled(net, parameters), batches, lr=0.3)


def fit_resnet(impl, parameters, batches):
    """The larger network, on whichever device the examples are."""
    images, masks = batches.examples
    net = resnet_fcn(impl, classes_in(masks)).to(images.device)
    return train_on(impl, filled(net, parameters), batches, lr=0.3)


def class_ious(predicted, masks):
    """The intersection over union of the pixels of each class; NaN for a class that is nowhere."""
    size = max(classes_in(predicted), classes_in(masks))
    counts = torch.bincount((size * masks + predicted).flatten(), minlength=size**2).reshape(size, size).double()
    right = counts.diagonal()
    return right / (counts.sum(dim=0) + counts.sum(dim=1) - right)


def judged(net, images, masks):
    """The mean IoU, and the IoU of each class in a sentence."""
    net.eval()
    ious = class_ious(torch.cat([scores(net, part).argmax(dim=1) for part in images.split(50)]), masks)
    listed = [f"{label}: {iou:.3f}" for label, iou in enumerate(ious.tolist()) if iou >= 0]
    return (
        float(ious.nanmean()),
        f"This is the mean IoU. By class: {', '.join(listed)}.",
        f"这是平均交并比。各类别：{'，'.join(listed)}。",
    )


@pytest.mark.exercise("fcn_head")
class TestFcnHead:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training):
        """A small network with your head, trained with your loss, finds the class of each pixel on new images.
        小网络接上你的输出部分，用你的损失训练后，能判断新图像中每个像素的类别。"""
        images, masks = training.draw("masks", 200, "test")
        train = training.draw("masks", 800)
        classes = classes_in(train[1])

        def score(impl, parameters):
            return judged(filled(small_fcn(impl, classes), parameters), images, masks)

        training("small_fcn", fit, train, score, steps=150, batch=16)

    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_resnet_learns(self, training):
        """The first half of ResNet-18 with your head and your loss finds the class of each pixel, on a GPU.
        ResNet-18 的前一半接上你的输出部分，用你的损失在 GPU 上训练后，能判断每个像素的类别。"""
        images, masks = training.draw("masks", 300, "test")
        train = training.draw("masks", 2000)
        classes = classes_in(train[1])

        def score(impl, parameters):
            return judged(filled(resnet_fcn(impl, classes), parameters), images, masks)

        training("resnet_fcn", fit_resnet, train, score, steps=200, batch=16, stretches=1)
