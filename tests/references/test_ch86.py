"""ch86's reference against scipy.optimize, where it is installed, torch.func and closed forms."""

import math

import pytest
import torch


@pytest.fixture
def optimize():
    """scipy.optimize, which dlgrade does not need."""
    return pytest.importorskip("scipy.optimize")


def test_newton_follows_tanh(reference):
    """On the book's cosh each step takes tanh of half of x away from half of x."""
    walk = reference.newton()
    u = [0.5 * x for x in walk]
    assert all(type(x) is float for x in walk)
    assert len(walk) == 11
    # torch's constants are float32.
    assert u[1:] == pytest.approx([v - math.tanh(v) for v in u[:-1]], rel=1e-5, abs=1e-6)


def test_newton_as_scipy(reference, optimize):
    """On the book's cosh newton ends where scipy's newton ends."""
    walk = reference.newton()
    root = optimize.newton(lambda x: 0.5 * math.sinh(0.5 * x), 10.0, fprime=lambda x: 0.25 * math.cosh(0.5 * x))
    assert walk[-1] == pytest.approx(root, abs=1e-6)


def test_newton_walks_uphill(reference, monkeypatch):
    """On the book's x cos(c x) the walk ends at a root of the derivative, wherever the curvature leads it."""
    c = torch.tensor(0.15 * math.pi, dtype=torch.float64)
    monkeypatch.setattr(reference, "f_grad", lambda x: torch.cos(c * x) - c * x * torch.sin(c * x))
    monkeypatch.setattr(reference, "f_hess", lambda x: -2 * c * torch.sin(c * x) - x * c**2 * torch.cos(c * x))
    for eta in (0.5, 1):
        walk = reference.newton(eta)
        steps = [eta * (reference.f_grad(x) / reference.f_hess(x)).item() for x in walk[:-1]]
        assert walk[1:] == pytest.approx([x - step for x, step in zip(walk[:-1], steps, strict=True)])


def softplus_bowl(d):
    """A smooth convex function of d numbers."""
    # Short rows: with a curvature that changes little, the walk ends from every start.
    rows = torch.randn(2 * d, d, dtype=torch.float64) / 2
    return lambda x: torch.nn.functional.softplus(rows @ x).sum() + 0.3 * (x**2).sum()


@pytest.mark.parametrize("d", [1, 2, 4])
def test_newton_nd(reference, d):
    """With torch.func's derivatives the walk ends where the gradient is 0, and each step solves the system."""
    function = softplus_bowl(d)
    grad, hess = torch.func.grad(function), torch.func.jacrev(torch.func.grad(function))
    x0 = torch.randn(d, dtype=torch.float64)
    torch.testing.assert_close(grad(reference.newton_nd(grad, hess, x0, 30)), torch.zeros_like(x0))
    step = x0 - reference.newton_nd(grad, hess, x0, 1, damping=0.7)
    torch.testing.assert_close(hess(x0) @ step + 0.7 * step, grad(x0))


@pytest.mark.parametrize("d", [1, 2, 4])
def test_newton_nd_as_scipy(reference, optimize, d):
    """With torch.func's derivatives the walk ends where scipy's Newton-CG ends."""
    function = softplus_bowl(d)
    grad, hess = torch.func.grad(function), torch.func.jacrev(torch.func.grad(function))
    x0 = torch.randn(d, dtype=torch.float64)
    found = optimize.minimize(
        lambda x: function(torch.from_numpy(x)).item(), x0.numpy(), method="Newton-CG",
        jac=lambda x: grad(torch.from_numpy(x)).numpy(), hess=lambda x: hess(torch.from_numpy(x)).numpy(),
        options={"xtol": 1e-12},
    )  # fmt: skip
    torch.testing.assert_close(reference.newton_nd(grad, hess, x0, 30), torch.from_numpy(found.x), rtol=1e-6, atol=1e-6)


def test_diagonal_preconditioned_step(reference):
    """On a separable quadratic a full step reaches the lowest place, or doubles the distance to the highest."""
    h, low, x = torch.tensor([0.5, 3.0, -2.0]), torch.randn(3), torch.randn(3)
    result = reference.diagonal_preconditioned_step(x, h * (x - low), h, 1.0)
    torch.testing.assert_close(result, torch.stack([low[0], low[1], 2 * x[2] - low[2]]))
    for zero in (0.0, -0.0):
        h[1] = zero
        with pytest.raises(ValueError, match="is 0"):
            reference.diagonal_preconditioned_step(x, x, h, 1.0)


@pytest.mark.parametrize(("alpha", "beta"), [(0.3, 0.8), (0.1, 0.5), (0.7, 0.9)])
def test_backtracking_line_search(reference, alpha, beta):
    """t meets Armijo's condition, and t / beta does not."""
    c, x = torch.tensor([1.0, 9.0, 30.0]), torch.randn(3, dtype=torch.float64)

    def f(x):
        return (c * x**2).sum().item() / 2 + (x**4).sum().item()

    g = c * x + 4 * x**3
    t = reference.backtracking_line_search(f, x, g, alpha, beta)

    def enough(t):
        return f(x - t * g) <= f(x) - alpha * t * g.norm().item() ** 2

    assert enough(t)
    assert t == 1 or not enough(t / beta)
    assert math.log(t) / math.log(beta) == pytest.approx(round(math.log(t) / math.log(beta)))
    assert reference.backtracking_line_search(f, torch.zeros(3), torch.zeros(3), alpha, beta) == 1.0


def test_polynomial_decay(reference):
    """The book's rate of step t has beta 0.1 and alpha 0.5."""
    for t in (0, 1, 7, 1000):
        assert reference.polynomial_decay(t) == pytest.approx(1 / math.sqrt(1 + 0.1 * t))
    rate = reference.polynomial_decay(12, base=0.4, beta=0.3, alpha=0.8)
    assert rate == pytest.approx(0.4 * math.exp(-0.8 * math.log(4.6)))


def test_line_search_as_scipy(reference, optimize):
    """A full step that the search accepts is accepted by scipy's condition, too, and a refused step is not."""
    for curvature in (0.3, 1.3, 1.5, 8.0):
        x = torch.randn(4, dtype=torch.float64)
        t = reference.backtracking_line_search(lambda x, c=curvature: (c / 2 * x**2).sum().item(), x, curvature * x)
        found = optimize.line_search(
            lambda x, c=curvature: c / 2 * (x**2).sum(), lambda x, c=curvature: c * x, x.numpy(),
            -curvature * x.numpy(), c1=0.3, c2=0.999, maxiter=1,
        )[0]  # fmt: skip
        assert (found == 1) == (t == 1), (curvature, found, t)
