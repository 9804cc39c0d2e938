"""ch12's reference against torch's optimisers and renorm, exact derivatives and a search for the nearest point."""

import copy

import pytest
import torch
from torch import nn


def test_penalty_against_torch(reference):
    """The penalty is half of torch's squared norm, and its gradient is that of finite differences."""
    for shape in ((4,), (5, 1), (3, 4), (2, 3, 2)):
        w = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        torch.testing.assert_close(reference.l2_penalty(w), torch.linalg.vector_norm(w) ** 2 / 2)
        assert torch.autograd.gradcheck(reference.l2_penalty, w)


@pytest.mark.parametrize("wd", [0.0, 0.3, 3.0])
def test_steps_against_torch(reference, wd):
    """Steps are those of torch's SGD with this weight decay, and those of SGD on the loss with the penalty added."""
    X, y = torch.randn(20, 5), torch.randn(20, 1)
    nets = [nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 1)) for _ in range(3)]
    for net in nets[1:]:
        net.load_state_dict(nets[0].state_dict())
    decaying = torch.optim.SGD(nets[1].parameters(), lr=0.1, weight_decay=wd)
    plain = torch.optim.SGD(nets[2].parameters(), lr=0.1)
    for _ in range(10):
        for optimizer in (decaying, plain):
            optimizer.zero_grad()
        losses = [nn.functional.mse_loss(net(X), y) for net in nets]
        losses[2] = losses[2] + wd * sum(reference.l2_penalty(p) for p in nets[2].parameters())
        for loss in losses:
            loss.backward()
        reference.sgd_weight_decay(list(nets[0].parameters()), 0.1, wd)
        decaying.step()
        plain.step()
    for mine, *others in zip(*(net.parameters() for net in nets), strict=True):
        for other in others:
            torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.AdamW])
def test_groups_in_torch_optimizers(reference, make):
    """Torch's optimisers take the groups, cover every trained parameter, and decay the matrices alone."""
    net = nn.Sequential(nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2))
    net[3].bias.requires_grad_(requires_grad=False)
    before = copy.deepcopy(dict(net.named_parameters()))
    optimizer = make(reference.weight_decay_groups(net, 0.5), lr=0.1)
    covered = [p for group in optimizer.param_groups for p in group["params"]]
    assert {id(p) for p in covered} == {id(p) for p in net.parameters() if p.requires_grad}
    for p in covered:
        p.grad = torch.zeros_like(p)
    optimizer.step()
    for name, p in net.named_parameters():
        torch.testing.assert_close(p, before[name] * (0.95 if p.dim() > 1 else 1.0))


def test_projection_against_renorm(reference):
    """The projection is torch.renorm of the flat weights, and its gradient that of finite differences."""
    for shape, theta in (((6,), 1.0), ((3, 4), 0.5), ((3, 4), 100.0), ((2, 1, 3), 2.0)):
        w = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        expected = torch.renorm(w.detach().reshape(1, -1), 2, 0, theta).reshape(shape)
        torch.testing.assert_close(reference.project_l2_ball(w, theta).detach(), expected, rtol=1e-6, atol=1e-6)
        assert torch.autograd.gradcheck(lambda w, t=theta: reference.project_l2_ball(w, t), w)


def test_projection_is_the_nearest_point(reference):
    """No point of the disc is nearer to w than its projection."""
    angles, radii = torch.linspace(0, 6.2832, 200, dtype=torch.float64), torch.linspace(0, 2, 100, dtype=torch.float64)
    disc = torch.stack([torch.outer(radii, f(angles)).flatten() for f in (torch.cos, torch.sin)], 1)
    for w in 3 * torch.randn(20, 2, dtype=torch.float64):
        distance = torch.linalg.vector_norm(reference.project_l2_ball(w, 2.0) - w)
        assert distance <= torch.linalg.vector_norm(disc - w, dim=1).min() + 1e-3


def test_first_parameters_are_normal(reference):
    """The weights pass for standard normal ones: Kolmogorov's distance over many draws is small."""
    torch.manual_seed(0)
    w, b = reference.init_params()
    assert (w.shape, b.item(), w.requires_grad, b.requires_grad) == ((200, 1), 0.0, True, True)
    draws = torch.cat([reference.init_params()[0].detach().flatten() for _ in range(100)]).double().sort().values
    steps = torch.arange(1, len(draws) + 1) / len(draws)
    assert (torch.special.ndtr(draws) - steps).abs().max() < 2.5 / len(draws) ** 0.5
