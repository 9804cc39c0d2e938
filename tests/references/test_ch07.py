"""ch07's reference against torch.autograd and finite differences."""

import math

import pytest
import torch


def expression(x, y):
    """A little of everything that Duals, Values and tensors have in common."""
    return (x * y - 2 / x).exp() / (3 + y * y).log() - (1 - x) / (y * 0.5)


def test_f_is_linear_between_its_steps(reference):
    """The gradient of f is f(a) / a, and doubling stops in [1000, 2000)."""
    for a in (torch.tensor(0.7, dtype=torch.float64), torch.tensor(-3e-5, dtype=torch.float64)):
        a.requires_grad_()
        result = reference.f(a)
        (grad,) = torch.autograd.grad(result, a)
        torch.testing.assert_close(grad, result / a)
        assert 1000 <= abs(result.item()) / (1 if a > 0 else 100) < 2000
        assert torch.autograd.gradcheck(reference.f, a, eps=1e-9)


def test_duals_against_jvp(reference):
    """Duals give torch's value and directional derivative."""
    x, y, dx, dy = torch.rand(4, dtype=torch.float64) + 0.5
    value, deriv = torch.autograd.functional.jvp(expression, (x, y), (dx, dy))
    found = expression(reference.Dual(x.item(), dx.item()), reference.Dual(y.item(), dy.item()))
    assert found.value == pytest.approx(value.item(), rel=1e-12)
    assert found.deriv == pytest.approx(deriv.item(), rel=1e-12)


def test_sine_against_finite_differences(reference):
    """The derivative of a Dual's sine is what its values change by."""
    slope = (math.sin(0.3 + 1e-6) - math.sin(0.3 - 1e-6)) / 2e-6
    assert reference.Dual(0.3, 2.0).sin().deriv == pytest.approx(2 * slope, rel=1e-8)


def test_values_against_torch(reference):
    """Values give torch.autograd's gradients, and twice as much after a second call."""
    numbers = (torch.rand(2, dtype=torch.float64) + 0.5).requires_grad_()
    result = expression(*numbers)
    (grads,) = torch.autograd.grad(result, numbers)
    x, y = (reference.Value(n) for n in numbers.tolist())
    found = expression(x, y)
    for times in (1, 2):
        found.backward()
        assert found.data == pytest.approx(result.item(), rel=1e-12)
        assert [x.grad, y.grad] == pytest.approx((times * grads).tolist(), rel=1e-12)


def test_accumulated_against_the_sum(reference):
    """The gradients accumulate over the losses to that of their sum."""
    params = [torch.randn(3, 2, requires_grad=True), torch.randn(2, requires_grad=True)]
    hidden = (params[0] * params[1]).tanh()
    losses = [hidden.sum(), (hidden * hidden).sum()]
    expected = torch.autograd.grad(sum(losses), params, retain_graph=True)
    torch.testing.assert_close(reference.accumulated_grads(losses, params), list(expected))
    assert all(p.grad is None for p in params)


def test_detached_product_against_jvp(reference):
    """The two gradients add up to that of x cubed when each is given its part of the product."""
    x = torch.randn(5, dtype=torch.float64, requires_grad=True)
    (cubed,) = torch.autograd.grad((x**3).sum(), x)
    through_product, through_y = reference.detached_product(x)
    torch.testing.assert_close(through_product + through_y * x, cubed)
