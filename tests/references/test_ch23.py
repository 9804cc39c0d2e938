"""ch23's reference against torch's functions, forward hooks, torchvision's networks and plain loops."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import AlexNet, SqueezeNet


def test_lenet_against_functions(reference):
    """LeNet is what torch's functions make of its 61,706 parameters, gradients included."""
    net, X = reference.lenet().double(), torch.randn(2, 1, 28, 28, dtype=torch.float64, requires_grad=True)
    c1, b1, c2, b2, *dense = parameters = list(net.parameters())
    Y = F.avg_pool2d(F.conv2d(X, c1, b1, padding=2).sigmoid(), 2)
    Y = F.avg_pool2d(F.conv2d(Y, c2, b2).sigmoid(), 2).flatten(1)
    for weight, bias in zip(dense[0:4:2], dense[1:4:2], strict=True):
        Y = F.linear(Y, weight, bias).sigmoid()
    Y = F.linear(Y, *dense[4:])
    torch.testing.assert_close(net(X), Y)
    ours, theirs = (torch.autograd.grad(out.square().sum(), [X, *parameters]) for out in (net(X), Y))
    torch.testing.assert_close(ours, theirs)
    assert sum(p.numel() for p in parameters) == 61_706


@pytest.mark.parametrize("network", [AlexNet, SqueezeNet])
def test_layer_shapes_against_hooks(reference, network):
    """The shapes in torchvision's networks are those that forward hooks see, with dropout still on afterwards."""
    net, seen = network().features.train(), []
    X = torch.randn(1, 3, 96, 96)
    table = reference.layer_shapes(net, X)
    assert all(module.training for module in net.modules())
    for layer in net:
        layer.register_forward_hook(lambda layer, _, Y: seen.append((type(layer).__name__, tuple(Y.shape))))
    net(X)
    assert table == seen


def test_accuracy_against_a_plain_loop(reference):
    """The accuracy of LeNet is that of all predictions at once, whatever the batches."""
    net, X, y = reference.lenet(), torch.randn(50, 1, 28, 28), torch.randint(10, (50,))
    net[-1].weight.data *= 100
    expected = (net(X).argmax(1) == y).double().mean().item()
    for size in (50, 16, 7):
        data = zip(X.split(size), y.split(size), strict=True)
        assert reference.evaluate_accuracy_gpu(net, data) == pytest.approx(expected)


def test_training_against_a_plain_loop(reference, monkeypatch):
    """Training is the loop that one writes by hand from the same draw of weights, dropout and batch norm included."""
    X, y = torch.randn(40, 3), torch.randint(4, (40,))
    data = list(zip(X.split(12), y.split(12), strict=True))
    nets = [nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 4)) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    drawn = []
    monkeypatch.setattr(reference.Animator, "add", lambda _self, x, y: drawn.extend([x, *y]))
    torch.manual_seed(1)
    reference.train_ch6(nets[0], data, data[:2], 2, 0.1, torch.device("cpu"))
    torch.manual_seed(1)
    for layer in (nets[1][0], nets[1][3]):
        nn.init.xavier_uniform_(layer.weight)
    optimizer = torch.optim.SGD(nets[1].parameters(), lr=0.1)
    expected = []
    for epoch in (1, 2):
        nets[1].train()
        total, hits = 0.0, 0
        for features, labels in data:
            scores = nets[1](features)
            mean = F.cross_entropy(scores, labels)
            optimizer.zero_grad()
            mean.backward()
            optimizer.step()
            total, hits = total + mean.item() * len(labels), hits + (scores.argmax(1) == labels).sum().item()
        test = (nets[1].eval()(X[:24]).argmax(1) == y[:24]).double().mean().item()
        expected += [epoch, total / 40, hits / 40, test]
    torch.testing.assert_close(nets[0].state_dict(), nets[1].state_dict())
    assert drawn == pytest.approx(expected)
