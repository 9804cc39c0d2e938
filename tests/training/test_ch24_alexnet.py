"""ch24, trained: AlexNet learns from few drawn signs, enlarged to 196 x 196."""

import pytest
import torch
from torch import nn

from dlgrade.testing import accuracy, descend, filled, learned, set_parameters

ENLARGED = 7  # 28 x 28 pixels become 196 x 196; the last maps are 5 x 5, as for 224 x 224


def thin_alexnet(impl):
    """The submission's AlexNet with an eighth of its channels and hidden units."""
    with torch.device("meta"):
        wide = impl.alexnet()
    layers = []
    for layer in wide:
        if isinstance(layer, nn.Conv2d):
            before = layer.in_channels // 8 or 1  # the image has a single channel
            layers.append(nn.Conv2d(before, layer.out_channels // 8, layer.kernel_size, layer.stride, layer.padding))
        elif isinstance(layer, nn.Linear):
            after = layer.out_features if layer is wide[-1] else layer.out_features // 8
            layers.append(nn.Linear(layer.in_features // 8, after))
        else:
            layers.append(layer)  # it has no parameters
    return started(nn.Sequential(*layers))


def started(net):
    """The net with weights that keep the variance of the activations, so that few steps are enough."""
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter)
        else:
            nn.init.zeros_(parameter)
    return net


def scores(net, images):
    """The net's scores of small images, shifted to a mean near 0 and enlarged."""
    return net(nn.functional.interpolate(images - 0.3, scale_factor=ENLARGED))


def train_on(net, parameters, batches, lr):
    """Minibatch descent without dropout, which few steps do not need; short steps in the end."""
    net.eval()
    for step, (X, y) in enumerate(batches, batches.first):
        nn.functional.cross_entropy(scores(net, X), y).backward()
        descend(parameters, lr=lr if step < 0.7 * batches.steps else lr / 5)


def fit(impl, parameters, batches):
    net = filled(thin_alexnet(impl), parameters)
    train_on(net, list(net.parameters()), batches, lr=0.02)
    return learned(net)


def whole_alexnet(impl):
    """The submission's AlexNet. Its two hidden linear layers have fixed weights: a reply has room for the rest only."""
    net = started(nn.Sequential(*impl.alexnet()))  # the layers by number
    hidden = [layer for layer in net if isinstance(layer, nn.Linear)][:2]
    for layer in hidden:
        set_parameters(layer, seed=layer.in_features, scale=(2 / layer.in_features) ** 0.5).requires_grad_(False)
    return net


def fit_whole(impl, parameters, batches):
    """The whole network, on whichever device the examples are."""
    net = filled(whole_alexnet(impl), parameters).to(batches.examples[0].device)
    free = {name: parameter for name, parameter in net.named_parameters() if parameter.requires_grad}
    train_on(net, list(free.values()), batches, lr=0.006)
    return {name: value for name, value in learned(net).items() if name in free}


@pytest.mark.exercise("alexnet")
class TestAlexNet:
    @pytest.mark.points(3)
    @pytest.mark.timeout(120)
    def test_learns(self, training):
        """A net of your layers with an eighth of the channels learns from 2,000 drawn signs and then reads new signs.
        由你的各层组成、通道数为八分之一的网络，从 2000 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 500, "test")
        train = training.draw("shapes", 2000)

        def score(impl, parameters):
            net = filled(thin_alexnet(impl), parameters).eval()
            return accuracy(torch.cat([scores(net, part).argmax(1) for part in inputs.split(50)]), labels)

        training("thin_alexnet", fit, train, score, steps=150, batch=32)

    @pytest.mark.gpu
    @pytest.mark.points(3)
    @pytest.mark.timeout(60)
    def test_whole_net_learns(self, training):
        """AlexNet itself learns from 700 drawn signs on a GPU and then reads new signs.
        AlexNet 在 GPU 上从 700 张手绘符号中学习，再识别新的符号。"""
        inputs, labels = training.draw("shapes", 200, "test", varied=0.2)
        train = training.draw("shapes", 700, varied=0.2)

        def score(impl, parameters):
            net = filled(whole_alexnet(impl), parameters).eval()
            return accuracy(torch.cat([scores(net, part).argmax(1) for part in inputs.split(20)]), labels)

        # the signs vary little, so that few steps are enough; 15 MB of parameters come back only once
        training("alexnet", fit_whole, train, score, steps=45, batch=16, stretches=1)
