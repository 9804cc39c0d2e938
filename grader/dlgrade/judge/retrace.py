"""Retraces training: the judge repeats stretches of it with the reference, and compares the parameters."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from dlgrade.judge.batches import Batches, to_device
from dlgrade.judge.compare import describe
from dlgrade.judge.reasons import Unmet
from dlgrade.results import Verdict
from dlgrade.text import both

# A share of the distance that a stretch moves the parameters. Rounding put right implementations 0.00002 apart at
# most; a step in another direction than the gradient's is about 1 away.
ASTRAY = 0.01

Parameters = dict[str, torch.Tensor]
Fit = Callable[..., Any]


@dataclass(frozen=True)
class Plan:
    """Everything that training starts from. The worker and the judge do the same with it.

    If `fit` trains all stretches at once and notes the parameters in between, `again` repeats a single stretch.
    """

    fit: Fit
    again: Fit | None
    start: Parameters
    whole: Batches
    stretches: list[Batches]

    def probe(self, *, on_gpu: bool) -> Callable[[Any], Any]:
        """Return a probe that trains, and gives the parameters after each stretch."""
        fit, start, stretches = self.fit, self.start, [self.whole] if self.again else self.stretches

        def probe(impl: Any) -> Any:
            parameters, trail = to_device(start, "cuda") if on_gpu else start, []
            for batches in stretches:
                trained = fit(impl, parameters, batches.on("cuda") if on_gpu else batches)
                trail += trained if isinstance(trained, list) else [trained]
                parameters = trail[-1]
            return to_device(trail, "cpu") if on_gpu else trail

        return probe

    def require_retraced(self, trail: list[Parameters], reference: Any, seed: int) -> None:
        """Repeat the first, the last and a drawn stretch with the reference: each must lead to the same parameters.

        The first and the last are always repeated, so that parameters from elsewhere do not help.

        Raises:
            Unmet: the parameters are not those that training leads to.
        """
        places, count = trail if self.again else [self.start, *trail], len(self.stretches)
        if len(places) != count + 1:
            raise _wrong_count(len(places) - 1, count)
        for i in sorted({0, count - 1, random.Random(seed).randrange(count)}):
            stretch = self.stretches[i]
            expected = (self.again or self.fit)(reference, places[i], stretch)
            if is_astray(places[i], places[i + 1], expected):
                raise _astray(stretch.first + 1, stretch.first + len(stretch))


def order(rows: int, batch: int, steps: int, generator: torch.Generator) -> list[torch.Tensor]:
    """Draw the rows of each of `steps` batches; every epoch has a new order."""
    batches: list[torch.Tensor] = []
    while len(batches) < steps:
        batches += torch.randperm(rows, generator=generator).split(batch)
    return batches[:steps]


def require_trail(reply: Any, start: Parameters) -> list[Parameters]:
    """Return the parameters in a reply: those of `start`, by name, at one moment or more.

    Raises:
        Unmet: the reply is something else.
    """
    if not isinstance(reply, list) or not reply:
        raise _unusable("trained parameters", describe(reply), "a list of dicts", "参数字典的列表")
    return [_parameters(part, start) for part in reply]


def _parameters(found: Any, start: Parameters) -> Parameters:
    if not isinstance(found, dict):
        raise _unusable("trained parameters", describe(found), "a dict of tensors", "张量的字典")
    return {name: _parameter(name, found.get(name), first) for name, first in start.items()}


def _parameter(name: str, found: Any, first: torch.Tensor) -> torch.Tensor:
    wanted = tuple(first.shape)
    if not isinstance(found, torch.Tensor) or found.shape != first.shape or found.dtype != first.dtype:
        raise _unusable(name, describe(found), f"a {first.dtype} tensor of shape {wanted}", f"形状 {wanted} 的张量")
    if not found.isfinite().all():
        raise Unmet(
            Verdict.FAILED,
            both(f"After training, {name} is not finite everywhere.", f"训练后 {name} 含有无穷大或 NaN。"),
        )
    return found


def _unusable(name: str, found: str, wanted: str, wanted_zh: str) -> Unmet:
    return Unmet(
        Verdict.FAILED,
        both(
            f"After training, {name} is {found}; expected is {wanted}.",
            f"训练后 {name} 为 {found}；应为{wanted_zh}。",
        ),
    )


def is_astray(before: Parameters, after: Parameters, expected: Parameters) -> bool:
    """Return whether `after` is away from `expected`, relative to the distance from `before` to `expected`."""
    return not _distance(after, expected) <= ASTRAY * _distance(before, expected)


def _distance(one: Parameters, other: Parameters) -> float:
    return math.sqrt(sum(float((one[name].double() - other[name].double()).square().sum()) for name in one))


def _wrong_count(found: int, wanted: int) -> Unmet:
    return Unmet(
        Verdict.FAILED,
        both(
            f"Training went through its batches {found} times; expected are {wanted}.",
            f"训练遍历批量的次数为 {found}；应为 {wanted}。",
        ),
    )


def _astray(first: int, last: int) -> Unmet:
    return Unmet(
        Verdict.FAILED,
        both(
            f"From step {first} to step {last} the parameters do not change as training on these batches changes "
            "them. Is every step that of the exercise, and does nothing else change the parameters?",
            f"第 {first} 步到第 {last} 步，参数的变化与用这些小批量训练的结果不符。"
            "每一步是否都按题目要求更新？是否有别处修改了参数？",
        ),
    )
