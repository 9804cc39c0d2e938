"""Pairs by combinations, torch's own expectation, medians, bisection for theta, and recursion."""

from itertools import combinations

import torch


def is_convex_on_grid(f, a, b, n=201, tol=1e-9):
    if not a < b or n <= 1:
        raise ValueError("no grid")
    step = (b - a) / (n - 1)
    points = [(a + step * i, f(a + step * i)) for i in range(n)]
    return all(f((x + y) / 2) <= (fx + fy) / 2 + tol for (x, fx), (y, fy) in combinations(points, 2))


def jensen_gap(f, x, p):
    return torch.dot(p, f(x)) - f(torch.dot(p, x))


def project_box(x, low, high):
    if high < low:
        raise ValueError("empty")
    # Of low, x and high, the nearest point of the box is in the middle.
    return torch.maximum(torch.minimum(x, torch.tensor(high, dtype=x.dtype)), torch.tensor(low, dtype=x.dtype))


def project_simplex(v):
    # The sum of the positive parts falls as theta grows: bisect, then solve for theta exactly.
    wide = v.double()
    least, most = wide.max() - 1, wide.max()
    for _ in range(60):
        theta = (least + most) / 2
        if (wide - theta).clamp(min=0).sum() > 1:
            least = theta
        else:
            most = theta
    return (wide - most).clamp(min=0).to(v.dtype)


def projected_gd(grad, project, x0, lr, steps):
    if steps == 0:
        return x0
    return projected_gd(grad, project, project(x0 - grad(x0) * lr), lr, steps - 1)
