"""ch29's reference against torchvision's ResNet and DenseNet, torch's functions and finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.densenet import _Transition
from torchvision.models.resnet import BasicBlock, ResNet

from dlgrade.testing import set_parameters


def with_biases(block, strides):
    """torchvision's block with the book's biases, and its shortcut without batch normalisation."""
    for name in ("conv1", "conv2"):
        conv = getattr(block, name)
        setattr(block, name, nn.Conv2d(conv.in_channels, conv.out_channels, 3, conv.stride, 1))
    if block.downsample is not None:
        block.downsample = nn.Conv2d(block.conv1.in_channels, block.conv1.out_channels, 1, strides)
    return block


def same_outputs(one, other, X):
    """Both give the same in training, and then in evaluation."""
    for training in (True, False):
        torch.testing.assert_close(one.train(training)(X), other.train(training)(X), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("channels", "use_1x1conv", "strides"), [(4, False, 1), (6, True, 1), (6, True, 2)])
def test_residual_against_torchvision(reference, channels, use_1x1conv, strides):
    """The residual block is torchvision's BasicBlock, given biases and a plain 1x1 shortcut."""
    block = set_parameters(reference.Residual(4, channels, use_1x1conv, strides), seed=1)
    theirs = with_biases(BasicBlock(4, channels, strides, nn.Identity() if use_1x1conv else None), strides)
    weights = {name.replace("conv3", "downsample"): value for name, value in block.state_dict().items()}
    theirs.load_state_dict(weights)
    same_outputs(block, theirs, torch.randn(3, 4, 7, 6))


def test_resnet18_against_torchvision(reference):
    """ResNet-18 is torchvision's with biases, plain shortcuts, and a stem for small images."""
    net, theirs = set_parameters(reference.resnet18(5, 3), seed=1), ResNet(BasicBlock, [2, 2, 2, 2], num_classes=5)
    theirs.conv1, theirs.maxpool = nn.Conv2d(3, 64, 3, padding=1), nn.Identity()
    for stage in (theirs.layer1, theirs.layer2, theirs.layer3, theirs.layer4):
        for block in stage:
            with_biases(block, block.stride)
    names = {"0.": "conv1.", "1.": "bn1.", "fc.1.": "fc."}
    weights = {}
    for name, value in net.state_dict().items():
        prefix = next((p for p in names if name.startswith(p)), None)
        inner = names[prefix] + name[len(prefix) :] if prefix else name.replace("resnet_block", "layer")
        weights[inner.replace("conv3", "downsample")] = value
    theirs.load_state_dict(weights)
    same_outputs(net, theirs, torch.randn(2, 3, 16, 16))


def test_transition_against_torchvision(reference):
    """The transition block is torchvision's, given a bias."""
    block, theirs = set_parameters(reference.transition_block(6, 4), seed=1), _Transition(6, 4)
    theirs.conv = nn.Conv2d(6, 4, 1)
    theirs.load_state_dict(dict(zip(theirs.state_dict(), block.state_dict().values(), strict=True)))
    same_outputs(block, theirs, torch.randn(3, 6, 7, 4))


def test_dense_block_against_functions(reference):
    """The dense block joins, to all before, batch_norm, relu and conv2d of all before."""
    block, X = set_parameters(reference.DenseBlock(3, 4, 2), seed=1), torch.randn(3, 4, 5, 6)
    expected = X
    for bn, _, conv in block.net:
        Y = F.relu(F.batch_norm(expected, None, None, bn.weight, bn.bias, training=True))
        expected = torch.cat([expected, F.conv2d(Y, conv.weight, conv.bias, padding=1)], dim=1)
    torch.testing.assert_close(block(X), expected)


def test_residual_gradients(reference):
    """The residual block's gradients agree with finite differences."""
    block = set_parameters(reference.Residual(2, 3, True, 2).double(), seed=1)
    assert torch.autograd.gradcheck(block, torch.randn(2, 2, 4, 4, dtype=torch.float64, requires_grad=True))
