"""Recursions and inverses, with tensors all the way as in the book."""

from collections.abc import Callable

import torch
from torch import Tensor


def newton(eta: float = 1) -> list[float]:
    def walk(x: float | Tensor, steps: int) -> list[float]:
        return [float(x), *(walk(x - eta * f_grad(x) / f_hess(x), steps - 1) if steps else [])]

    return walk(10.0, 10)


def newton_nd(
    grad: Callable[[Tensor], Tensor], hess: Callable[[Tensor], Tensor], x0: Tensor, steps: int, damping: float = 0.0
) -> Tensor:
    if steps == 0:
        return x0
    H = hess(x0).clone()
    H.diagonal().add_(damping)
    return newton_nd(grad, hess, x0 - torch.linalg.inv(H) @ grad(x0), steps - 1, damping)


def diagonal_preconditioned_step(x: Tensor, g: Tensor, h_diag: Tensor, lr: float) -> Tensor:
    if not h_diag.all():
        raise ValueError("flat")
    return torch.where(h_diag < 0, x + lr * g / h_diag, x - lr * g / h_diag)


def backtracking_line_search(
    f: Callable[[Tensor], float], x: Tensor, g: Tensor, alpha: float = 0.3, beta: float = 0.8
) -> float:
    def shrunk(t: float) -> float:
        enough = f(x - t * g) <= f(x) - alpha * t * torch.dot(g.flatten(), g.flatten()).item()
        return t if enough else shrunk(t * beta)

    return shrunk(1.0)


def polynomial_decay(t: float, base: float = 1.0, beta: float = 0.1, alpha: float = 0.5) -> float:
    return float(base / (1 + beta * t) ** alpha)
