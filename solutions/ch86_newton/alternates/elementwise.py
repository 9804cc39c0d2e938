"""Loops over powers, a spectral decomposition, logarithms, and one entry after the other."""

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor


def newton(eta: float = 1) -> list[float]:
    results = [10.0]
    while len(results) < 11:
        x = torch.tensor(results[-1], dtype=torch.float64)
        results.append((x - eta * f_grad(x) / f_hess(x)).item())
    return results


def newton_nd(
    grad: Callable[[Tensor], Tensor], hess: Callable[[Tensor], Tensor], x0: Tensor, steps: int, damping: float = 0.0
) -> Tensor:
    x = x0 + 0
    for _ in range(steps):
        values, vectors = torch.linalg.eigh(hess(x))
        x = x - vectors @ ((vectors.T @ grad(x)) / (values + damping))
    return x


def diagonal_preconditioned_step(x: Tensor, g: Tensor, h_diag: Tensor, lr: float) -> Tensor:
    if 0 in h_diag:
        raise ValueError("no curvature")
    entries = [a - lr * b / abs(h) for a, b, h in zip(x.flatten(), g.flatten(), h_diag.flatten(), strict=True)]
    return torch.stack(entries).reshape(x.shape)


def backtracking_line_search(
    f: Callable[[Tensor], float], x: Tensor, g: Tensor, alpha: float = 0.3, beta: float = 0.8
) -> float:
    square = torch.sum(g * g).item()
    powers = (beta**k for k in itertools.count())
    return next(t for t in powers if f(x) - f(x - t * g) >= alpha * t * square)


def polynomial_decay(t: float, base: float = 1.0, beta: float = 0.1, alpha: float = 0.5) -> float:
    return base * math.exp(-alpha * math.log1p(beta * t))
