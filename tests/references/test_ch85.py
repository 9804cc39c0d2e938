"""ch85's reference against derivatives, KKT conditions, torch, and scipy's constrained optimisers."""

import math

import pytest
import torch


def test_is_convex_on_grid(reference):
    """The verdict agrees with the sign of the second derivative, for the book's functions among others."""
    cases = [
        (lambda x: 0.5 * x**2, True),
        (lambda x: math.cos(math.pi * x), False),
        (lambda x: math.exp(0.5 * x), True),
        (lambda x: 3 * x - 1, True),
        (lambda _: 7.0, True),
        (lambda x: -(x**2), False),
        (lambda x: x**3, False),
        (abs, True),
    ]
    for f, convex in cases:
        assert reference.is_convex_on_grid(f, -1.5, 1.0) is convex
    assert reference.is_convex_on_grid(lambda x: x**3, 0.0, 1.0) is True
    assert reference.is_convex_on_grid(lambda x: -(x**2), -1.0, 1.0, n=3, tol=1.01) is True
    assert reference.is_convex_on_grid(lambda x: -(x**2), -1.0, 1.0, n=3, tol=0.99) is False
    for wrong in ((0.0, 1.0, 1), (1.0, 1.0, 9), (2.0, 1.0, 9)):
        with pytest.raises(ValueError, match="no grid"):
            reference.is_convex_on_grid(abs, *wrong)


def test_every_pair(reference):
    """f is called at the grid points and at the midpoints of all pairs."""
    seen = set()
    reference.is_convex_on_grid(lambda x: seen.add(round(x, 9)) or 0.0, 0.0, 4.0, n=5)
    assert seen == {i / 2 for i in range(9)}


def test_jensen_gap(reference):
    """The gap of a square is the variance, and that of an exponential function agrees with a sum over values."""
    x, p = torch.randn(6, dtype=torch.float64), torch.rand(6, dtype=torch.float64)
    p /= p.sum()
    mean = (p * x).sum()
    torch.testing.assert_close(reference.jensen_gap(torch.square, x, p), (p * (x - mean) ** 2).sum())
    expected = sum(b * math.exp(a) for a, b in zip(x.tolist(), p.tolist(), strict=True)) - math.exp(mean)
    assert reference.jensen_gap(torch.exp, x, p).item() == pytest.approx(expected)
    assert reference.jensen_gap(torch.exp, x, p) >= 0 >= reference.jensen_gap(torch.log, x.abs() + 1, p)
    leaves = x.clone().requires_grad_(), p.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x, p: reference.jensen_gap(torch.exp, x, p), leaves)


def test_project_box(reference):
    """project_box agrees with torch.clamp, also in its gradients."""
    for shape in ((), (0,), (5,), (2, 3, 4)):
        x = 3 * torch.randn(shape)
        for low, high in ((-1.0, 2.0), (0.5, 0.5), (-math.inf, 0.0), (1.0, math.inf)):
            torch.testing.assert_close(reference.project_box(x, low, high), x.clamp(low, high))
    x = (3 * torch.randn(50, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: reference.project_box(x, -1.0, 2.0), (x,))
    with pytest.raises(ValueError, match="empty"):
        reference.project_box(x, 2.0, 1.0)


def test_project_simplex_optimality(reference):
    """The projection fulfils the KKT conditions: v - w is theta where w is positive, and at most theta elsewhere."""
    for n in (1, 2, 3, 10, 1000):
        for scale in (0.01, 1.0, 30.0):
            v = torch.randn(()) + scale * torch.randn(n, dtype=torch.float64)
            w = reference.project_simplex(v)
            assert (w >= 0).all()
            assert w.sum().item() == pytest.approx(1)
            theta = (v - w)[w > 0]
            assert theta.max() - theta.min() < 1e-9
            assert ((v - w)[w == 0] <= theta.max() + 1e-9).all()


def test_project_simplex_fixed_points(reference):
    """Distributions stay, equal entries become uniform, and a large entry takes everything."""
    p = torch.softmax(torch.randn(7), dim=0)
    torch.testing.assert_close(reference.project_simplex(p), p)
    torch.testing.assert_close(reference.project_simplex(torch.full((4,), -3.0)), torch.full((4,), 0.25))
    torch.testing.assert_close(reference.project_simplex(torch.tensor([0.0, 5.0, 1.0])), torch.tensor([0.0, 1, 0]))


def test_project_simplex_of_large_entries(reference):
    """An offset of thousands costs no digits: float32 agrees with float64."""
    for n in (3, 7, 50):
        v = 5000 + torch.randn(n)
        torch.testing.assert_close(reference.project_simplex(v), reference.project_simplex(v.double()).float())


def test_scipy(reference):
    """The projections minimise the distance, as scipy's SLSQP does."""
    optimize = pytest.importorskip("scipy.optimize")
    for n in (2, 5, 8):
        v = torch.randn(n, dtype=torch.float64)
        found = optimize.minimize(
            lambda w, v=v: ((w - v.numpy()) ** 2).sum(),
            torch.full((n,), 1 / n, dtype=torch.float64).numpy(),
            bounds=[(0, None)] * n,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )
        torch.testing.assert_close(reference.project_simplex(v), torch.from_numpy(found.x), atol=1e-5, rtol=0)
        found = optimize.minimize(
            lambda w, v=v: ((w - v.numpy()) ** 2).sum(), v.clamp(-0.3, 0.4).numpy(), bounds=[(-0.3, 0.4)] * n
        )
        torch.testing.assert_close(reference.project_box(v, -0.3, 0.4), torch.from_numpy(found.x), atol=1e-5, rtol=0)


def test_projected_gd(reference):
    """A quadratic function of separate variables has its constrained optimum at the projected centre."""
    centre = torch.tensor([3.0, -0.2, -5.0])
    steepness = torch.tensor([0.5, 1.0, 2.0])
    result = reference.projected_gd(
        lambda x: steepness * (x - centre), lambda x: x.clamp(-1, 2), torch.zeros(3), lr=0.4, steps=200
    )
    torch.testing.assert_close(result, centre.clamp(-1, 2))


def test_projected_gd_on_the_simplex(reference):
    """The constrained optimum on the simplex is the projection of the centre, and one step is the formula."""
    centre = torch.randn(6, dtype=torch.float64)
    start = torch.full((6,), 1 / 6, dtype=torch.float64)
    result = reference.projected_gd(lambda x: x - centre, reference.project_simplex, start, lr=0.5, steps=100)
    torch.testing.assert_close(result, reference.project_simplex(centre))
    once = reference.projected_gd(lambda x: x - centre, reference.project_simplex, start, lr=0.5, steps=1)
    torch.testing.assert_close(once, reference.project_simplex(start - 0.5 * (start - centre)))
