"""ch25's reference against torchvision's VGG, torch's functions, gradients and real layers."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import vgg11

from dlgrade.testing import set_parameters

VGG11 = (1, 64), (1, 128), (2, 256), (2, 512), (2, 512)


@pytest.mark.parametrize("num_convs", [1, 2, 4])
def test_block_against_functions(reference, num_convs):
    """The block is relu and conv2d, over and over, and then max_pool2d; its gradients agree, too."""
    block = set_parameters(reference.vgg_block(num_convs, 3, 5), seed=1).double()
    X = torch.randn(2, 3, 9, 12, dtype=torch.float64, requires_grad=True)
    parameters = list(block.parameters())
    Y = X
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        Y = F.relu(F.conv2d(Y, weight, bias, padding=1))
    Y = F.max_pool2d(Y, 2)
    torch.testing.assert_close(block(X), Y)
    ours, theirs = (torch.autograd.grad(out.square().sum(), [X, *parameters]) for out in (block(X), Y))
    torch.testing.assert_close(ours, theirs)


def test_vgg_against_torchvision(reference):
    """A VGG-11 with an eighth of the channels is torchvision's: the same layers and the same scores."""
    arch = [(depth, width // 8) for depth, width in VGG11]
    ours, theirs = reference.vgg(arch).eval(), [layer for block in reference.vgg(arch)[:5] for layer in block]
    with torch.device("meta"):
        kinds = [type(layer).__name__ for layer in vgg11().features]
    assert [type(layer).__name__ for layer in theirs] == kinds
    classifier = [nn.Flatten(), nn.Linear(64 * 49, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    flat = nn.Sequential(*theirs, *classifier, nn.Linear(4096, 10)).eval()
    flat.load_state_dict(dict(zip(flat.state_dict(), ours.state_dict().values(), strict=True)))
    X = torch.randn(2, 1, 224, 224)
    torch.testing.assert_close(ours(X), flat(X))


def test_vgg11_has_torchvisions_parameters(reference):
    """VGG-11 has torchvision's parameters but for the channels of the image and the classes."""
    with torch.device("meta"):
        ours = [tuple(p.shape) for p in reference.vgg(VGG11).parameters()]
        theirs = [tuple(p.shape) for p in vgg11(num_classes=10).parameters()]
    assert ours == [(64, 1, 3, 3), *theirs[1:]]
    assert sum(torch.Size(shape).numel() for shape in ours) == 128_806_154


STACKS = [
    [(3, 1), (3, 1)],
    [(11, 4), (3, 2), (5, 1), (3, 2)],
    [(2, 3), (1, 2), (4, 1)],
    [(3, 1), (2, 2), (3, 1), (2, 2)],
]


@pytest.mark.parametrize("layers", STACKS)
def test_receptive_field_against_gradients(reference, layers):
    """The pixels of the image that have a gradient reach as far as the receptive field."""
    image = torch.zeros(1, 1, 160, 1, dtype=torch.float64, requires_grad=True)
    Y = image
    for kernel, stride in layers:
        Y = F.conv2d(Y, torch.ones(1, 1, kernel, 1, dtype=torch.float64), stride=(stride, 1))
    Y[0, 0, Y.shape[2] // 2].sum().backward()
    seen = image.grad.flatten().nonzero()
    assert seen.max() - seen.min() + 1 == reference.receptive_field(layers)


@pytest.mark.parametrize("kernel", [3, 5, 7, 11])
def test_weights_against_layers(reference, kernel):
    """The numbers are those of real convolutions whose receptive fields agree."""
    large, stacked = reference.stacked_vs_large_params(kernel, 6)
    assert large == nn.Conv2d(6, 6, kernel).weight.numel()
    depth = stacked // nn.Conv2d(6, 6, 3).weight.numel()
    assert reference.receptive_field([(3, 1)] * depth) == reference.receptive_field([(kernel, 1)]) == kernel
    assert stacked == depth * nn.Conv2d(6, 6, 3).weight.numel()
