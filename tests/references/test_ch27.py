"""ch27's reference against torchvision's GoogLeNet and Inception v3, torch's functions and finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.googlenet import GoogLeNet
from torchvision.models.googlenet import Inception as TheirInception
from torchvision.models.inception import InceptionA as TheirInceptionA

from dlgrade.testing import set_parameters

BRANCHES = {"branch1.conv": "p1_1", "branch2.0.conv": "p2_1", "branch2.1.conv": "p2_2"}
BRANCHES |= {"branch3.0.conv": "p3_1", "branch3.1.conv": "p3_2", "branch4.1.conv": "p4_2"}


class Conv(nn.Module):
    """torchvision's layer without batch normalisation. torchvision has 3x3 kernels in branch 3, the paper 5x5."""

    def __init__(self, *channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(*channels, **kwargs)

    def forward(self, x):
        return F.relu(self.conv(x))


class Block(TheirInception):
    """torchvision's block with the paper's 5x5 convolutions."""

    def __init__(self, in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj):
        super().__init__(in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, conv_block=Conv)
        self.branch3[1] = Conv(ch5x5red, ch5x5, kernel_size=5, padding=2)


def renamed(block):
    """The parameters of our block under torchvision's names."""
    ours = dict(block.named_parameters())
    return {
        f"{theirs}.{kind}": ours[f"{name}.{kind}"] for theirs, name in BRANCHES.items() for kind in ("weight", "bias")
    }


def test_inception_against_torchvision(reference):
    """The block is torchvision's, without batch normalisation and with 5x5 kernels."""
    block = set_parameters(reference.Inception(5, 3, (2, 4), (3, 6), 7), seed=1)
    theirs = Block(5, 3, 2, 4, 3, 6, 7)
    theirs.load_state_dict(renamed(block))
    x = torch.randn(2, 5, 6, 7)
    torch.testing.assert_close(block(x), theirs(x))


def test_googlenet_against_torchvision(reference):
    """The net is torchvision's with the book's pooling, without dropout and auxiliary classifiers."""
    net = reference.googlenet(3, 7)
    for parameter in set_parameters(net, seed=1, scale=1.0).parameters():
        parameter.data *= (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
    theirs = GoogLeNet(7, aux_logits=False, init_weights=False, blocks=[Conv, Block, Conv])
    theirs.dropout = nn.Identity()
    for number in (1, 2, 3, 4):
        setattr(theirs, f"maxpool{number}", nn.MaxPool2d(3, stride=2, padding=1))
    places = {"conv1": net[0][0], "conv2": net[1][0], "conv3": net[1][2]}
    for name, conv in places.items():
        own = nn.Conv2d(*conv.weight.shape[1::-1], conv.kernel_size, conv.stride, conv.padding)
        getattr(theirs, name).conv = own
        own.load_state_dict(conv.state_dict())
    blocks = [*net[2][:2], *net[3][:5], *net[4][:2]]
    for name, block in zip(["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"], blocks, strict=True):
        getattr(theirs, f"inception{name}").load_state_dict(renamed(block))
    theirs.fc.load_state_dict(net[5].state_dict())
    X = torch.randn(2, 3, 75, 96)
    torch.testing.assert_close(net(X), theirs(X), rtol=1e-4, atol=1e-4)


def test_shapes_of_the_book(reference):
    """For an image of 96 x 96, the stages have the shapes that the book prints."""
    X, shapes = torch.randn(1, 1, 96, 96), []
    for stage in reference.googlenet():
        X = stage(X)
        shapes.append(tuple(X.shape[1:]))
    assert shapes == [(64, 24, 24), (192, 12, 12), (480, 6, 6), (832, 3, 3), (1024,), (10,)]


def linear_conv(*channels, **kwargs):
    return nn.Conv2d(*channels, **kwargs)


def test_inception_a_against_torchvision(reference):
    """The notes' block is torchvision's first block of Inception v3 with other widths, without activation."""
    block, theirs = set_parameters(reference.InceptionA(3), seed=1), TheirInceptionA(3, 24, conv_block=linear_conv)
    names = {"branch3x3dbl_1": "branch3x3_1", "branch3x3dbl_2": "branch3x3_2", "branch3x3dbl_3": "branch3x3_3"}
    for name in [name for name, _ in theirs.named_children()]:
        setattr(theirs, name, getattr(block, names.get(name, name)))
    x = torch.randn(2, 3, 5, 4)
    torch.testing.assert_close(block(x), theirs(x))


def test_shapes_of_the_notes(reference):
    """In the notes' net, the blocks return 88 channels on 12 x 12 and 4 x 4 pixels: 1,408 numbers at the end."""
    x = F.relu(F.max_pool2d(nn.Conv2d(1, 10, 5)(torch.randn(1, 1, 28, 28)), 2))
    x = reference.InceptionA(10)(x)
    assert x.shape == (1, 88, 12, 12)
    x = reference.InceptionA(20)(F.relu(F.max_pool2d(nn.Conv2d(88, 20, 5)(x), 2)))
    assert (x.shape, x.numel()) == ((1, 88, 4, 4), 1408)


@pytest.mark.parametrize("arguments", [(2, 2, (1, 2), (2, 1), 2)])
def test_gradients(reference, arguments):
    """The gradients of both blocks agree with finite differences."""
    for block in (reference.Inception(*arguments), reference.InceptionA(2)):
        x = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(set_parameters(block.double(), seed=1), x)


@pytest.mark.parametrize("call", [(192, 16, 32, 5), (64, 64, 64, 3), (7, 3, 5, 1), (1, 1, 1, 7)])
def test_bottleneck_saving(reference, call):
    """The share is that of the parameters of real convolutions."""
    c_in, c_mid, c_out, kernel = call
    small = nn.Sequential(nn.Conv2d(c_in, c_mid, 1, bias=False), nn.Conv2d(c_mid, c_out, kernel, bias=False))
    large = nn.Conv2d(c_in, c_out, kernel, bias=False)
    count = [sum(p.numel() for p in module.parameters()) for module in (small, large)]
    assert reference.bottleneck_saving(*call) == pytest.approx(count[0] / count[1], rel=1e-12)
