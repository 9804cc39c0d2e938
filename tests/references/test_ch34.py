"""ch34's reference against torch's modules, torch.optim and autograd on the whole batch."""

import copy

import pytest
import torch
from torch import nn

SHAPES = (20, 1, 3, 3), (20,), (50, 20, 5, 5), (50,), (800, 128), (128,), (128, 10), (10,)


@pytest.fixture
def params():
    torch.manual_seed(34)
    return [0.1 * torch.randn(*shape, dtype=torch.float64) for shape in SHAPES]


def as_module(params):
    """The same network of torch's layers."""
    W1, b1, W2, b2, W3, b3, W4, b4 = params
    net = nn.Sequential(
        nn.Conv2d(1, 20, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(800, 128), nn.ReLU(), nn.Linear(128, 10),
    ).double()  # fmt: skip
    values = (W1, b1, W2, b2, W3.t(), b3, W4.t(), b4)
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), values, strict=True):
            parameter.copy_(value)
    return net


def flattened(net):
    """The parameters of the module in the form of params."""
    return [p.detach().t() if p.dim() == 2 else p.detach() for p in net.parameters()]


def test_get_params(reference, params):
    """The replica has the same values, as leaves that require gradients."""
    for device in ("cpu", "meta"):
        replica = reference.get_params([param.clone() for param in params], torch.device(device))
        assert all(param.requires_grad and param.is_leaf and param.device.type == device for param in replica)
    replica = reference.get_params(params, torch.device("cpu"))
    torch.testing.assert_close([param.detach() for param in replica], params)


def test_lenet_against_modules(reference, params):
    """The logits and the gradients are those of torch's layers."""
    X, net = torch.randn(3, 1, 28, 28, dtype=torch.float64), as_module(params)
    leaves = [param.clone().requires_grad_() for param in params]
    ours, theirs = reference.lenet(X, leaves), net(X)
    torch.testing.assert_close(ours, theirs)
    ours.square().sum().backward()
    theirs.square().sum().backward()
    gradients = [p.grad.t() if p.dim() == 2 else p.grad for p in net.parameters()]
    torch.testing.assert_close([leaf.grad for leaf in leaves], gradients)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_steps_against_torch_sgd(reference, params, k):
    """Three steps on k replicas end where torch.optim.SGD ends with the whole batches, also with an idle device."""
    net = as_module(params)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
    replicas = [[param.clone().requires_grad_() for param in params] for _ in range(k)]
    for n in (7, 4, 2):
        X, y = torch.randn(n, 1, 28, 28, dtype=torch.float64), torch.randint(10, (n,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(X), y).backward()
        optimizer.step()
        reference.train_batch(X, y, replicas, [torch.device("cpu")] * k, 0.2)
    for replica in replicas:
        torch.testing.assert_close([param.detach() for param in replica], flattened(net))


def test_scaled_lr_keeps_the_path(reference):
    """On a linear loss, a step with the scaled rate and k batches goes as far as k steps with the base rate."""
    slope, start = torch.randn(6, 4, dtype=torch.float64), torch.zeros(4, dtype=torch.float64)
    small, large = copy.deepcopy(start), copy.deepcopy(start)
    for row in slope:
        small -= reference.scaled_lr(0.3, 32, 32) * row
    large -= reference.scaled_lr(0.3, 32, 6 * 32) * slope.mean(0)
    torch.testing.assert_close(small, large)
    with pytest.raises(ValueError, match="at least one"):
        reference.scaled_lr(0.3, 32, 0)
