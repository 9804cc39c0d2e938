"""Writes through .data and .copy_, with a closure for each formula."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Update = Callable[..., tuple[Tensor, ...]]


def _stepped(params: Sequence[Tensor], states: Sequence[Tensor] | Sequence[tuple[Tensor, Tensor]], update: Update):
    """update(g, *states) gives the step and the new states."""
    for i in range(len(params)):
        p, own = params[i], states[i]
        if p.grad is None:
            continue
        own = (own,) if isinstance(own, Tensor) else own
        step, *new = update(p.grad.detach().clone(), *own)
        for old, value in zip(own, new, strict=True):
            old.copy_(value)
        p.data.copy_(p.data - step)
        p.grad.zero_()


def sgd_momentum(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        new = v * hyperparams["momentum"] + g
        return new * hyperparams["lr"], new

    _stepped(params, states, update)


def nesterov(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        momentum = hyperparams["momentum"]
        return hyperparams["lr"] * ((1 + momentum) * g + momentum**2 * v), momentum * v + g

    _stepped(params, states, update)


def adagrad(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
        return hyperparams["lr"] * g * (s + g * g + 1e-6) ** -0.5, s + g * g

    _stepped(params, states, update)


def rmsprop(params: Sequence[Tensor], states: Sequence[Tensor], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
        new = g * g + hyperparams["gamma"] * (s - g * g)
        return hyperparams["lr"] * g * torch.rsqrt(new + 1e-6), new

    _stepped(params, states, update)


def adadelta(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, s: Tensor, delta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rho = hyperparams["rho"]
        s = g * g + rho * (s - g * g)
        step = g * ((delta + 1e-5) / (s + 1e-5)) ** 0.5
        return step, s, step * step + rho * (delta - step * step)

    _stepped(params, states, update)


def adam(params: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]], hyperparams: dict[str, float]) -> None:
    def update(g: Tensor, v: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        t = hyperparams["t"]
        v, s = g + 0.9 * (v - g), g * g + 0.999 * (s - g * g)
        return hyperparams["lr"] * (v / (1 - 0.9**t)) / ((s / (1 - 0.999**t)) ** 0.5 + 1e-6), v, s

    _stepped(params, states, update)
    hyperparams.update(t=hyperparams["t"] + 1)
