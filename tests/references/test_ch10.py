"""ch10's reference against torch's layers, finite differences and the counts of threshold functions."""

import itertools

import pytest
import torch
from torch import nn


def test_relu_and_net_against_torch(reference):
    """Relu and net, with the parameters that the starter code has, agree with torch's layers, gradients included."""
    X = torch.randn(5, 1, 28, 28)
    torch.testing.assert_close(reference.relu(X), torch.relu(X))
    assert torch.autograd.gradcheck(reference.relu, torch.randn(3, 4, dtype=torch.float64, requires_grad=True))
    layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    mine = [reference.W1, reference.b1, reference.W2, reference.b2]
    assert [tuple(p.shape) for p in mine] == [(784, 256), (256,), (256, 10), (10,)]
    for parameter, other in zip(layers.parameters(), mine, strict=True):
        other.data = parameter.data.t().clone()
    y = torch.tensor([3, 0, 9, 1, 1])
    torch.testing.assert_close(reference.net(X), layers(X))
    gradients = torch.autograd.grad(nn.functional.cross_entropy(reference.net(X), y), mine)
    expected = torch.autograd.grad(nn.functional.cross_entropy(layers(X), y), list(layers.parameters()))
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one.t() if one.dim() == 2 else one, other)


@pytest.mark.parametrize(("inputs", "count"), [(1, 4), (2, 14), (3, 104)])
def test_perceptron_learns_the_threshold_functions(reference, inputs, count):
    """It learns 4, 14 and 104 Boolean functions of one, two and three inputs: all that a plane separates."""
    X = torch.tensor(list(itertools.product([0.0, 1.0], repeat=inputs)))
    learnt = 0
    for labels in itertools.product([-1, 1], repeat=len(X)):
        y = torch.tensor(labels)
        w, b, updates = reference.perceptron(X, y, 40)
        separated = bool((y * (X @ w + b) > 0).all())
        learnt += separated
        if separated:  # with integers, the margin of the solution found is at least 1
            squares = ((X**2).sum(1) + 1).max(), w @ w + b * b
            assert 0 < updates <= squares[0] * squares[1]
    assert learnt == count


def test_xor(reference):
    """Torch's own layers with these weights compute XOR."""
    W1, b1, W2, b2 = reference.xor_weights()
    layers = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    layers.load_state_dict({"0.weight": W1.t(), "0.bias": b1, "2.weight": W2.t(), "2.bias": b2})
    for x1, x2 in itertools.product([0, 1], repeat=2):
        assert layers(torch.tensor([x1, x2]).float()).item() == pytest.approx(x1 ^ x2, abs=1e-6)


@pytest.mark.parametrize("widths", [(3, 2), (4, 6, 3, 5), (2, 1, 7, 1, 2)])
def test_collapsed_layers_against_torch(reference, widths):
    """One layer does what a stack of torch's does, and its gradients are those of finite differences."""
    layers = nn.Sequential(*[nn.Linear(n, m) for n, m in itertools.pairwise(widths)]).double()
    weights, biases = [layer.weight.t() for layer in layers], [layer.bias for layer in layers]
    W, b = reference.collapse_linear(weights, biases)
    X = torch.randn(8, widths[0], dtype=torch.float64)
    torch.testing.assert_close(X @ W + b, layers(X))
    half = len(weights)
    assert torch.autograd.gradcheck(
        lambda *tensors: reference.collapse_linear(tensors[:half], tensors[half:]), [*weights, *biases]
    )
