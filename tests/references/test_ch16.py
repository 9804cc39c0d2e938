"""ch16's reference against torch's own modules, finite differences and the distribution function of my_init."""

import torch
from torch import nn


def test_mlp_against_torch(reference):
    """The perceptron computes what an nn.Sequential with its parameters computes."""
    net, X = reference.MLP(), torch.randn(5, 20)
    torch_net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
    torch_net.load_state_dict(dict(zip(torch_net.state_dict(), net.state_dict().values(), strict=True)))
    torch.testing.assert_close(net(X), torch_net(X))


def test_sequential_against_torch(reference):
    """The chain has nn.Sequential's results, names and parameters, with a repeated module, too."""
    shared, X = nn.Linear(3, 3), torch.randn(2, 3)
    modules = [shared, nn.Tanh(), shared, nn.Sequential(nn.Linear(3, 2), nn.ReLU())]
    ours, torchs = reference.MySequential(*modules), nn.Sequential(*modules)
    torch.testing.assert_close(ours(X), torchs(X))
    assert [name for name, _ in ours.named_modules()] == [name for name, _ in torchs.named_modules()]
    assert all(p is q for p, q in zip(ours.parameters(), torchs.parameters(), strict=True))


def test_layers_against_torch(reference):
    """Both layers agree with torch's functions, and their gradients with finite differences."""
    X, layer = torch.randn(4, 5, dtype=torch.float64, requires_grad=True), reference.MyLinear(5, 3).double()
    torch.testing.assert_close(layer(X), nn.functional.linear(X, layer.weight.t(), layer.bias).relu())
    torch.testing.assert_close(reference.CenteredLayer()(X), X - sum(X.flatten()) / 20)
    assert torch.autograd.gradcheck(reference.CenteredLayer(), X)
    assert torch.autograd.gradcheck(lambda *_: layer(X), (X, layer.weight, layer.bias))


def test_constants_against_torch(reference):
    """The constants are those that torch's own fill gives, in the linear layers alone."""
    net = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2, bias=False)).apply(reference.init_constant)
    torch.testing.assert_close(net[0](torch.ones(1, 3)), torch.full((1, 4), 3.0))
    torch.testing.assert_close(net(torch.randn(2, 3)), torch.zeros(2, 2), rtol=0, atol=1e-4)


def test_distribution(reference):
    """No weight of my_init lies farther from its distribution function than a sample of that size may."""
    torch.manual_seed(0)
    layer = nn.Linear(200, 200).apply(reference.my_init)
    w = layer.weight.detach().flatten().sort().values
    expected = torch.where(w < 0, (w + 10) / 20, torch.where(w > 0, w / 20 + 0.5, torch.nan))
    found = torch.arange(1, len(w) + 1) / len(w)
    assert (found - expected)[w != 0].abs().max() < 3 / len(w) ** 0.5
