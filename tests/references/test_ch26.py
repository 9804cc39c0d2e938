"""ch26's reference against torch's functions, an equal net of torchvision's layers and finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.ops import Conv2dNormActivation


def drawn(module):
    """The module in evaluation mode with drawn parameters; ReLUs pass about half of the numbers."""
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=(2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1)
    return module.eval()


def pixel_network(convs, X):
    """Two linear layers with ReLUs for each pixel, from matrix products."""
    for conv in convs:
        X = F.relu(F.linear(X, conv.weight[:, :, 0, 0], conv.bias))
    return X


@pytest.mark.parametrize("settings", [(3, 5, 3, 1, 1), (1, 4, 11, 4, 0), (2, 6, 5, 2, 2), (4, 2, 1, 1, 0)])
def test_nin_block(reference, settings):
    """A block is a convolution and a multilayer perceptron on the channels of each pixel."""
    block, X = drawn(reference.nin_block(*settings)), torch.randn(2, settings[0], 23, 19)
    first, _, *convs = block
    Y = F.relu(F.conv2d(X, first.weight, first.bias, stride=settings[3], padding=settings[4]))
    expected = pixel_network(convs[::2], Y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    torch.testing.assert_close(block(X), expected)


def test_nin_block_gradients(reference):
    """The block's gradients agree with finite differences."""
    block = drawn(reference.nin_block(2, 3, 3, 2, 1)).double()
    assert torch.autograd.gradcheck(block, torch.randn(2, 2, 5, 4, dtype=torch.float64, requires_grad=True))


def torchvisions(in_channels, num_classes):
    """NiN of torchvision's layers."""
    layers, kwargs = [], {"norm_layer": None, "bias": True}
    table = [(96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1), (num_classes, 3, 1, 1)]
    for number, (width, size, stride, padding) in enumerate(table):
        layers.append(Conv2dNormActivation(in_channels, width, size, stride, padding, **kwargs))
        layers += [Conv2dNormActivation(width, width, 1, **kwargs) for _ in range(2)]
        layers.append(nn.MaxPool2d(3, 2) if number < 3 else nn.Identity())
        in_channels = width
    return nn.Sequential(*layers)


@pytest.mark.parametrize("size", [(67, 67), (99, 131), (192, 227)])
def test_nin(reference, size):
    """In evaluation mode, NiN is the same net of torchvision's layers and a mean."""
    net, theirs, X = drawn(reference.nin(3, 7)), torchvisions(3, 7), torch.randn(2, 3, *size)
    theirs.load_state_dict(dict(zip(theirs.state_dict(), net.state_dict().values(), strict=True)))
    torch.testing.assert_close(net(X), theirs(X).mean(dim=(2, 3)), rtol=1e-4, atol=1e-4)


def test_dropout(reference):
    """In training, the last block sees about half of the numbers, each doubled."""
    net, seen = reference.nin().train(), []
    net[7].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    net[5].register_forward_hook(lambda *call: seen.append(call[-1]))
    net(torch.randn(64, 1, 67, 67))
    before, after = seen
    kept = after[before > 0] > 0
    assert abs(kept.double().mean() - 0.5) < 5 * 0.5 / kept.numel() ** 0.5
    torch.testing.assert_close(after[after > 0], 2 * before[after > 0])


@pytest.mark.parametrize("shape", [(4, 3, 5, 7), (1, 1, 1, 1), (2, 6, 1, 9)])
def test_global_avg_pool(reference, shape):
    """The mean agrees with torch's adaptive pooling, and its gradients with finite differences."""
    X = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(reference.global_avg_pool(X), F.adaptive_avg_pool2d(X, 1).flatten(1))
    assert torch.autograd.gradcheck(reference.global_avg_pool, X)


@pytest.mark.parametrize("bias", [True, False])
def test_conv1x1_as_linear(reference, bias):
    """The linear layer gives the convolution's outputs and gradients."""
    conv, X = nn.Conv2d(4, 6, 1, bias=bias), torch.randn(3, 4, 5, 7)
    linear = reference.conv1x1_as_linear(conv)
    torch.testing.assert_close(linear(X.movedim(1, 3)).movedim(3, 1), conv(X))
    for layer, images in ((conv, X), (linear, X.movedim(1, 3))):
        layer(images).square().sum().backward()
    torch.testing.assert_close(linear.weight.grad, conv.weight.grad.flatten(1))


@pytest.mark.parametrize("options", [{"kernel_size": 3}, {"stride": 2}, {"padding": 1}, {"groups": 2}])
def test_other_convolutions(reference, options):
    """Convolutions that are no linear layer are refused."""
    with pytest.raises(ValueError, match="1x1"):
        reference.conv1x1_as_linear(nn.Conv2d(4, 6, **{"kernel_size": 1, **options}))
