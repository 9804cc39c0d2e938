"""ch06's reference against torch.autograd, torch.gradient and the definitions."""

import math

import pytest
import torch

F64 = torch.float64


def wavy(x):
    return (x.sin() * x.flip(0).exp()).sum()


@pytest.mark.parametrize(("f", "derivative"), [(math.sin, math.cos), (math.exp, math.exp), (math.log, lambda x: 1 / x)])
def test_limit(reference, f, derivative):
    """The difference quotient tends to the derivative, and its error to half the second derivative times h."""
    errors = [reference.numerical_lim(f, 0.8, h) - derivative(0.8) for h in (1e-3, 1e-4)]
    assert errors[0] == pytest.approx(10 * errors[1], rel=1e-2)
    assert abs(errors[1]) < 2e-4


@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4)])
def test_finite_differences_against_autograd(reference, shape):
    """Central differences agree with autograd, and their error shrinks like eps squared."""
    x = torch.randn(shape, dtype=F64)
    leaf = x.clone().requires_grad_()
    f = wavy if shape else torch.exp
    (grad,) = torch.autograd.grad(f(leaf), leaf)
    torch.testing.assert_close(reference.finite_difference_grad(f, x), grad, rtol=1e-6, atol=1e-7)
    errors = [(reference.finite_difference_grad(f, x, eps) - grad).abs().max() for eps in (2e-2, 1e-2)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=1e-2)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_jacobian_against_torch(reference, n):
    """The Jacobian is torch's, and its product with a direction is the change along it."""
    x, direction = torch.randn(2, n, dtype=F64)

    def f(x):
        return torch.cat([x.cumsum(0).sin(), wavy(x)[None]])

    J = reference.jacobian(f, x)
    torch.testing.assert_close(J, torch.autograd.functional.jacobian(f, x))
    torch.testing.assert_close(J @ direction, torch.autograd.functional.jvp(f, x, direction)[1])
    assert J.shape == (n + 1, n)


@pytest.mark.parametrize("columns", [(), (1,)])
def test_least_squares(reference, columns):
    """The gradient passes autograd, and vanishes at torch's least-squares solution."""
    X, w, y = torch.randn(9, 3, dtype=F64), torch.randn(3, *columns, dtype=F64), torch.randn(9, *columns, dtype=F64)
    leaf = w.clone().requires_grad_()
    (grad,) = torch.autograd.grad(((X @ leaf - y) ** 2).sum(), leaf)
    torch.testing.assert_close(reference.grad_least_squares(X, w, y), grad)
    best = torch.linalg.lstsq(X, y.reshape(9, 1)).solution.reshape(w.shape)
    torch.testing.assert_close(reference.grad_least_squares(X, best, y), torch.zeros_like(w), rtol=0, atol=1e-10)


def test_subgradient(reference):
    """The subgradient is torch.sign's, except at 0, and satisfies its inequality."""
    x = torch.tensor([-2.0, -0.0, 0.0, 0.3], dtype=F64)
    torch.testing.assert_close(reference.subgradient_abs(x), x.sign())
    z = torch.linspace(-3, 3, 61, dtype=F64)[:, None]
    for at_zero in (-1, -0.4, 0.0, 1.0):
        g = reference.subgradient_abs(x, at_zero)
        assert (z.abs() >= x.abs() + g * (z - x) - 1e-12).all()
        assert g[1] == g[2] == at_zero
