"""ch83's reference against numpy, chains of torch's layers, and the shapes in the course notes."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F


@pytest.mark.parametrize("shape", [(3, 28, 28), (2, 1, 5, 4), (7,), (1, 1)])
def test_mnist_normalize_stats(reference, shape):
    """The statistics agree with numpy's, in float64."""
    images = torch.randint(0, 256, shape, dtype=torch.uint8)
    scaled = images.numpy().astype(np.float64) / 255
    result = reference.mnist_normalize_stats(images)
    assert [type(value) for value in result] == [float, float]
    assert result == pytest.approx((scaled.mean(), scaled.std()), rel=1e-12, abs=1e-12)


def test_normalised_images(reference):
    """Images have mean 0 and standard deviation 1 after the normalisation, and still are no normal distribution."""
    images = (torch.rand(50, 28, 28) < 0.2).to(torch.uint8) * 255
    mean, std = reference.mnist_normalize_stats(images)
    normalised = (images.double() / 255 - mean) / std
    assert normalised.mean().item() == pytest.approx(0, abs=1e-9)
    assert normalised.std(correction=0).item() == pytest.approx(1)
    assert len(normalised.unique()) == 2


def test_equal_pixels(reference):
    """Equal pixels have the standard deviation 0."""
    for level in (0, 37, 255):
        images = torch.full((2, 9, 9), level, dtype=torch.uint8)
        assert reference.mnist_normalize_stats(images) == pytest.approx((level / 255, 0), abs=1e-12)


def count(net):
    """Count the parameters of a net."""
    return sum(parameter.numel() for parameter in net.parameters())


def test_mlp_net(reference):
    """mlp_net agrees with a chain of its layers."""
    net = reference.mlp_net()
    layers = [net.l1, net.l2, net.l3, net.l4]
    chain = nn.Sequential(nn.Flatten(), *(part for layer in layers for part in (layer, nn.ReLU())), net.l5)
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(net(x), chain(x))
    torch.testing.assert_close(net(x[:, 0]), chain(x))
    assert count(net) == 575_050


def outputs(net, x):
    """The scores, and the shape that leaves each child of the net for a single image."""
    shapes = {}
    for name, child in net.named_children():
        child.register_forward_hook(lambda _, __, y, name=name: shapes.update({name: tuple(y.shape[1:])}))
    return net(x), shapes


def test_cnn_net(reference):
    """cnn_net agrees with a chain of its layers, and has the shapes of the notes."""
    net = reference.cnn_net()
    stages = [part for layer in (net.conv1, net.conv2) for part in (layer, nn.ReLU(), nn.MaxPool2d(2))]
    x = torch.randn(3, 1, 28, 28)
    expected = nn.Sequential(*stages, nn.Flatten(), net.fc)(x)
    scores, shapes = outputs(net, x)
    torch.testing.assert_close(scores, expected)
    assert shapes == {"conv1": (10, 24, 24), "conv2": (20, 8, 8), "fc": (10,)}
    assert F.max_pool2d(net.conv1(x), 2).shape[1:] == (10, 12, 12)
    assert net.fc.in_features == 320
    assert count(net) == 8_490


def test_residual_block(reference):
    """ResidualBlock agrees with convolutions of a padded input, and with finite differences."""
    block = reference.ResidualBlock(3).double()
    x = torch.randn(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    inner = torch.relu(F.conv2d(F.pad(x, (1, 1, 1, 1)), block.conv1.weight, block.conv1.bias))
    outer = F.conv2d(F.pad(inner, (1, 1, 1, 1)), block.conv2.weight, block.conv2.bias)
    torch.testing.assert_close(block(x), torch.relu(x + outer))
    assert torch.autograd.gradcheck(block, (x,))


def test_residual_net(reference):
    """residual_net has the shapes and the 512 features of the notes, and agrees with a chain of its layers."""
    net = reference.residual_net()
    stages = [[c, nn.ReLU(), nn.MaxPool2d(2), r] for c, r in ((net.conv1, net.rblock1), (net.conv2, net.rblock2))]
    x = torch.randn(2, 1, 28, 28)
    expected = nn.Sequential(*stages[0], *stages[1], nn.Flatten(), net.fc)(x)
    scores, shapes = outputs(net, x)
    torch.testing.assert_close(scores, expected)
    assert shapes == {
        "conv1": (16, 24, 24),
        "rblock1": (16, 12, 12),
        "conv2": (32, 8, 8),
        "rblock2": (32, 4, 4),
        "fc": (10,),
    }
    assert net.fc.in_features == 512
    assert count(net) == 41_514
