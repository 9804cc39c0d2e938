"""In-place operations of tensors (addcmul_, addcdiv_, lerp_), with gradients set to None."""

from collections.abc import Sequence

import torch
from torch import Tensor


@torch.no_grad()
def sgd_momentum(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    for p, v in zip(params, states, strict=True):
        if p.grad is None:
            continue
        v.mul_(hyperparams["momentum"]).add_(p.grad)
        p.sub_(v, alpha=hyperparams["lr"])
        p.grad = None


@torch.no_grad()
def nesterov(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    for p, v in zip(params, states, strict=True):
        if p.grad is None:
            continue
        v.mul_(hyperparams["momentum"]).add_(p.grad)
        p.sub_(p.grad.add(v, alpha=hyperparams["momentum"]), alpha=hyperparams["lr"])
        p.grad = None


@torch.no_grad()
def adagrad(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    for p, s in zip(params, states, strict=True):
        if p.grad is None:
            continue
        s.addcmul_(p.grad, p.grad)
        p.addcdiv_(p.grad, (s + 1e-6).sqrt_(), value=-hyperparams["lr"])
        p.grad = None


@torch.no_grad()
def rmsprop(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    for p, s in zip(params, states, strict=True):
        if p.grad is None:
            continue
        s.lerp_(p.grad.square(), 1 - hyperparams["gamma"])
        p.addcdiv_(p.grad, (s + 1e-6).sqrt_(), value=-hyperparams["lr"])
        p.grad = None


@torch.no_grad()
def adadelta(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    for p, (s, delta) in zip(params, states, strict=True):
        if p.grad is None:
            continue
        s.lerp_(p.grad.square(), 1 - hyperparams["rho"])
        step = p.grad * ((delta + 1e-5) / (s + 1e-5)).sqrt()
        delta.lerp_(step.square(), 1 - hyperparams["rho"])
        p.sub_(step)
        p.grad = None


@torch.no_grad()
def adam(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    t = hyperparams["t"]
    for p, (v, s) in zip(params, states, strict=True):
        if p.grad is None:
            continue
        v.lerp_(p.grad, 0.1)
        s.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
        # eps follows the root of s, so that it has to shrink with it.
        root = (1 - 0.999**t) ** 0.5
        p.addcdiv_(v, s.sqrt().add_(1e-6 * root), value=-hyperparams["lr"] * root / (1 - 0.9**t))
        p.grad = None
    hyperparams["t"] += 1
