"""ch25, trained: VGG networks learn from few drawn signs."""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend, filled, learned, set_parameters

SMALL = (1, 16), (2, 32)  # for 28 x 28 pixels
QUARTER = (1, 16), (1, 32), (2, 64), (2, 128), (2, 128)  # VGG-11 with a quarter of its channels, as the book trains it


def small_vgg(impl):
    """A small VGG of the submission's, with a sixteenth of the hidden units."""
    with torch.device("meta"):
        wide = impl.vgg(SMALL)
    layers, features = [], 49 * SMALL[-1][1]
    for layer in wide:
        if isinstance(layer, nn.Sequential):
            layers.append(nn.Sequential(*(new_convolution(part) for part in layer)))
        elif isinstance(layer, nn.Linear):
            width = layer.out_features if layer is wide[-1] else layer.out_features // 16
            layers.append(nn.Linear(features, width))
            features = width
        else:
            layers.append(layer)  # it has no parameters
    return started(nn.Sequential(*layers))


def new_convolution(layer):
    """A convolution with values instead of one without; other layers as they are."""
    if not isinstance(layer, nn.Conv2d):
        return layer
    return nn.Conv2d(layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)


def started(net):
    """The net with weights that keep the variance of the activations, so that few steps are enough."""
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter)
        else:
            nn.init.zeros_(parameter)
    return net


def train_on(net, parameters, batches, lr, enlarged=1):
    """Minibatch descent without dropout, which few steps do not need; short steps in the end."""
    net.eval()
    for step, (X, y) in enumerate(batches, batches.first):
        nn.functional.cross_entropy(scores(net, X, enlarged), y).backward()
        descend(parameters, lr=lr if step < 0.7 * batches.steps else lr / 5)


def scores(net, images, enlarged=1):
    """The net's scores of images that are shifted to a mean near 0 and enlarged."""
    return net(nn.functional.interpolate(images - 0.3, scale_factor=enlarged))


def fit(impl, parameters, batches):
    net = filled(small_vgg(impl), parameters)
    train_on(net, list(net.parameters()), batches, lr=0.03)
    return learned(net)


def quarter_vgg(impl):
    """VGG-11 with a quarter of its channels.

    Its two hidden linear layers have fixed weights: a reply has room for the rest only.
    """
    net = started(nn.Sequential(*impl.vgg(QUARTER)))  # the layers by number
    hidden = [layer for layer in net if isinstance(layer, nn.Linear)][:2]
    for layer in hidden:
        set_parameters(layer, seed=layer.in_features, scale=(2 / layer.in_features) ** 0.5).requires_grad_(False)
    return net


def fit_quarter(impl, parameters, batches):
    """The deep network, on whichever device the examples are."""
    net = filled(quarter_vgg(impl), parameters).to(batches.examples[0].device)
    free = {name: parameter for name, parameter in net.named_parameters() if parameter.requires_grad}
    train_on(net, list(free.values()), batches, lr=0.006, enlarged=8)
    return {name: value for name, value in learned(net).items() if name in free}


@pytest.mark.exercise("vgg")
class TestVgg:
    @pytest.mark.points(3)
    @pytest.mark.timeout(50)
    def test_learns(self, training):
        """A small VGG of your blocks learns from 2,000 drawn signs and then reads new signs.
        由你的块组成的小 VGG，从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 1000, "test")
        train = training.draw("shapes", 2000)

        def score(impl, parameters):
            return accuracy(scores(filled(small_vgg(impl), parameters).eval(), inputs).argmax(1), labels)

        training("small_vgg", fit, train, score, steps=330, batch=32)

    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_deep_net_learns(self, training):
        """VGG-11 with a quarter of its channels learns from 700 drawn signs on a GPU and then reads new signs.
        通道数为四分之一的 VGG-11，在 GPU 上从 700 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 200, "test", varied=0.2)
        train = training.draw("shapes", 700, varied=0.2)

        def score(impl, parameters):
            net = filled(quarter_vgg(impl), parameters).eval()
            return accuracy(torch.cat([scores(net, part, 8).argmax(1) for part in inputs.split(20)]), labels)

        # the signs vary little, so that few steps are enough; the parameters come back only once
        training("quarter_vgg", fit_quarter, train, score, steps=60, batch=16, stretches=1)
