"""ch24's reference against torch's functions, torchvision's networks, forward hooks and plain sums."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import AlexNet, SqueezeNet, resnet18


def test_alexnet_against_functions(reference):
    """AlexNet is what torch's functions make of its parameters, gradients included."""
    torch.manual_seed(1)
    net, X = reference.alexnet(2, 7).eval(), torch.randn(2, 2, 224, 224, requires_grad=True)
    parameters = list(net.parameters())
    Y, pairs = X, list(zip(parameters[::2], parameters[1::2], strict=True))
    for place, (stride, padding, pooled) in enumerate([(4, 1, True), (1, 2, True), *[(1, 1, False)] * 2, (1, 1, True)]):
        Y = F.relu(F.conv2d(Y, *pairs[place], stride=stride, padding=padding))
        Y = F.max_pool2d(Y, 3, 2) if pooled else Y
    Y = F.linear(F.relu(F.linear(F.relu(F.linear(Y.flatten(1), *pairs[5])), *pairs[6])), *pairs[7])
    torch.testing.assert_close(net(X), Y, rtol=1e-4, atol=1e-4)
    ours, theirs = (torch.autograd.grad(out.square().sum(), [X, *parameters[:4]]) for out in (net(X), Y))
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


def test_alexnet_against_torchvision(reference):
    """AlexNet has torchvision's kinds of layers, apart from the adaptive pooling and the place of the dropout."""
    with torch.device("meta"):
        ours, theirs = reference.alexnet(3, 1000), AlexNet()
    kinds = [type(layer).__name__ for layer in theirs.features]
    assert [type(layer).__name__ for layer in ours[:13]] == kinds
    assert sorted(map(str, map(type, ours[14:]))) == sorted(map(str, map(type, theirs.classifier)))


def test_drops_half(reference):
    """In training about half of the hidden units are dropped, and the others are doubled."""
    net = reference.alexnet()
    dropped = net[19].train()(torch.ones(10_000))
    assert 0.47 < (dropped == 0).double().mean() < 0.53
    assert dropped.unique().tolist() == [0, 2]


@pytest.mark.parametrize(("network", "count"), [(AlexNet, 61_100_840), (SqueezeNet, 1_248_424), (resnet18, 11_689_512)])
def test_counts_against_published_numbers(reference, network, count):
    """torchvision publishes the numbers of parameters of its networks."""
    with torch.device("meta"):
        net = network()
    assert reference.count_parameters(net) == count
    first = next(net.parameters()).requires_grad_(False)
    assert reference.count_parameters(net) == count - first.numel()
    assert reference.count_parameters(net, trainable_only=False) == count


def test_counts_against_checkpoints(reference):
    """Without shared parameters, all parameters are the entries of the state that are no buffers."""
    net = nn.Sequential(nn.LSTM(3, 5), nn.BatchNorm1d(4), nn.Bilinear(2, 3, 4))
    buffers = dict(net.named_buffers())
    entries = [value.numel() for name, value in net.state_dict().items() if name not in buffers]
    assert reference.count_parameters(net) == sum(entries)


@pytest.mark.parametrize("network", [AlexNet, SqueezeNet])
def test_memory_against_hooks(reference, network):
    """The memory is that of the outputs that forward hooks see in torchvision's networks."""
    net, seen = network().features.train(), []
    assert reference.memory_of_activations(net, (2, 3, 96, 96)) % 4 == 0
    assert all(module.training for module in net.modules())
    memory = reference.memory_of_activations(net, (2, 3, 96, 96), bytes_per_element=2)
    for layer in net:
        layer.register_forward_hook(lambda _layer, _inputs, Y: seen.append(Y.half().nbytes))
    net(torch.randn(2, 3, 96, 96))
    assert memory == sum(seen)
