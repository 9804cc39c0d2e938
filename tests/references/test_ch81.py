"""ch81's reference against a search through all short logs, loops by hand and torch's own nets."""

from itertools import product

import pytest
import torch
from torch import nn


def is_valid(log):
    """Tell the same by the rules of the statement, cycle by cycle."""
    if not log:
        return True
    if log[-1] != "step":
        return False
    first = log.index("step")
    cycle, rest = log[:first], log[first + 1 :]
    if cycle.count("backward") != 1:
        return False
    before, after = cycle[: cycle.index("backward")], cycle[cycle.index("backward") :]
    return {"forward", "zero_grad"} <= {*before} and "zero_grad" not in after and is_valid(rest)


@pytest.mark.parametrize("length", range(8))
def test_forward_backward_update_order(reference, length):
    """The state machine agrees with the rules for every log of up to seven events."""
    for log in product(("forward", "zero_grad", "backward", "step"), repeat=length):
        assert reference.forward_backward_update_order(log) is is_valid(log)


def test_linear_model(reference):
    """LinearModel agrees with F.linear, and has its two parameters."""
    for sizes in ((), (3,), (2, 5), (4, 4)):
        model = reference.LinearModel(*sizes)
        features, outputs = (*sizes, 1, 1)[:2] if len(sizes) != 1 else (sizes[0], 1)
        assert {name: tuple(p.shape) for name, p in model.named_parameters()} == {
            "linear.weight": (outputs, features),
            "linear.bias": (outputs,),
        }
        x = torch.randn(6, features)
        torch.testing.assert_close(model(x), x @ model.linear.weight.T + model.linear.bias)


def descent(X, y, weight, bias, lr, epochs):
    """Linear regression by hand, with the mean squared loss."""
    losses = []
    for _ in range(epochs):
        error = X @ weight.T + bias - y
        losses.append((error**2).mean().item())
        gradient = 2 * error / error.numel()
        weight, bias = weight - lr * gradient.T @ X, bias - lr * gradient.sum(dim=0)
    return losses, weight, bias


def test_fit(reference):
    """Fit agrees with descent by hand, and old gradients have no influence."""
    X, y = torch.randn(7, 3, dtype=torch.float64), torch.randn(7, 2, dtype=torch.float64)
    model = reference.LinearModel(3, 2).double().eval()
    layer = model.linear
    losses, weight, bias = descent(X, y, layer.weight.detach(), layer.bias.detach(), 0.1, 9)
    model(X).sum().backward()
    found = reference.fit(model, nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1), X, y, 9)
    assert found == pytest.approx(losses)
    assert all(type(loss) is float for loss in found)
    torch.testing.assert_close([layer.weight.detach(), layer.bias.detach()], [weight, bias])
    assert model.training


def test_fit_learns_the_lectures_line(reference):
    """The lecture's data, y = 2 x, gives a weight near 2 and a bias near 0."""
    X, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[2.0], [4.0], [6.0]])
    model = reference.LinearModel()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = reference.fit(model, nn.MSELoss(reduction="sum"), optimizer, X, y, 1000)
    assert len(losses) == 1000
    assert model(torch.tensor([[4.0]])).item() == pytest.approx(8.0, abs=0.05)


def test_fit_refuses_other_shapes(reference):
    """Targets of another shape are refused before any update."""
    model, X = reference.LinearModel(2), torch.randn(4, 2)
    before = [p.detach().clone() for p in model.parameters()]
    for shape in ((4,), (1, 4), (1, 1), (4, 1, 1)):
        with pytest.raises(ValueError, match="shape"):
            reference.fit(model, nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1), X, torch.randn(shape), 2)
    torch.testing.assert_close([p.detach() for p in model.parameters()], before, rtol=0, atol=0)
    assert reference.fit(model, nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.1), X, torch.randn(4), 0) == []


def test_diabetes_net(reference):
    """DiabetesNet agrees with an nn.Sequential that has its layers, and has 87 parameters."""
    net = reference.DiabetesNet()
    assert sum(p.numel() for p in net.parameters()) == 54 + 28 + 5
    same = nn.Sequential(net.linear1, nn.Sigmoid(), net.linear2, nn.Sigmoid(), net.linear3, nn.Sigmoid())
    x = torch.randn(5, 8)
    torch.testing.assert_close(net(x), same(x))
    assert torch.autograd.gradcheck(net.double(), (x.double().requires_grad_(),))
