"""ch13's reference against torch's own dropout, closed forms and finite differences."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(13)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_against_torch(reference, p):
    """The values that occur are those of torch's dropout, and occur as often."""
    X, n = torch.ones(200_000, dtype=torch.float64), 200_000
    ours, torchs = reference.dropout_layer(X, p), F.dropout(X, p)
    assert torch.allclose(ours.unique(), torchs.unique())
    sigma = math.sqrt(p * (1 - p) / n)
    assert abs((ours != 0).double().mean() - (1 - p)) <= 5 * sigma
    assert abs((ours != 0).double().mean() - (torchs != 0).double().mean()) <= 5 * math.sqrt(2) * sigma


def test_gradients(reference):
    """With the mask held fixed by a seed, the gradient agrees with finite differences."""

    def function(X):
        torch.manual_seed(0)
        return reference.dropout_layer(X, 0.4)

    assert torch.autograd.gradcheck(function, torch.randn(4, 5, dtype=torch.float64, requires_grad=True))


def test_net_against_torch(reference):
    """A network of torch's modules with the same parameters predicts the same, and trains alike on average."""
    net = reference.Net(12, 3, 8, 6)
    layers = [net.lin1, nn.ReLU(), nn.Dropout(0.2), net.lin2, nn.ReLU(), nn.Dropout(0.5), net.lin3]
    other = nn.Sequential(nn.Flatten(), *layers)
    X = torch.randn(4, 1, 3, 4)
    torch.testing.assert_close(net.eval()(X), other.eval()(X))
    net.train(), other.train()
    many = X.repeat(50_000, 1, 1, 1)
    ours, torchs = (module(many).detach().reshape(50_000, 4, 3) for module in (net, other))
    error = (ours.var(0) / 50_000 + torchs.var(0) / 50_000).sqrt()
    assert ((ours.mean(0) - torchs.mean(0)).abs() <= 6 * error).all()
    torch.testing.assert_close(ours.std(0), torchs.std(0), rtol=0.03, atol=0)


@pytest.mark.parametrize("p", [0.0, 0.25, 0.8, 1.0])
def test_expected_output_against_closed_form(reference, p):
    """Mean and variance lie near x and x^2 p / (1 - p)."""
    X, n = torch.randn(3, 4, dtype=torch.float64), 100_000
    mean, variance = reference.expected_output(X, p, n, seed=5)
    odds = p / (1 - p) if p < 1 else 0.0
    torch.testing.assert_close(mean, X if p < 1 else 0 * X, rtol=6 * math.sqrt(odds / n), atol=1e-12)
    torch.testing.assert_close(variance, X**2 * odds, rtol=0.05, atol=1e-12)


def test_mc_dropout_against_separate_calls(reference):
    """Mean and deviation are those of calls made one by one from the same seed, with the layers written out."""
    first, norm, last = nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Linear(7, 2)
    net, X = nn.Sequential(first, norm, nn.Dropout(0.3), nn.Tanh(), last), torch.randn(6, 5)
    norm.running_mean.normal_()
    torch.manual_seed(1)
    mean, deviation = reference.mc_dropout_predict(net, X, 20)
    torch.manual_seed(1)
    hidden = (first(X) - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
    outputs = torch.stack([last(torch.tanh(F.dropout(hidden, 0.3))) for _ in range(20)]).detach()
    torch.testing.assert_close(mean, outputs.mean(0))
    torch.testing.assert_close(deviation, outputs.std(0, unbiased=False))
    assert all(module.training for module in net.modules())
