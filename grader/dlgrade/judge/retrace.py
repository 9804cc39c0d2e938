"""The way that training took: batches in the judge's order, parameters after every stretch, and whether they belong
together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch

from dlgrade.judge.compare import describe
from dlgrade.judge.verdicts import Unmet
from dlgrade.report.model import Verdict
from dlgrade.suite import Batches, moved
from dlgrade.text import both

# Of the distance that a stretch moves the parameters. Two right implementations differ by rounding, which some hundred
# steps at most can amplify; a step that is not the gradient's differs by about the distance itself.
ASTRAY = 0.1

Parameters = dict[str, torch.Tensor]
Fit = Callable[..., Any]


@dataclass(frozen=True)
class Plan:
    """Everything that training starts from; the worker and the judge do the same with it."""

    fit: Fit
    start: Parameters
    stretches: list[Batches]

    @classmethod
    def drawn(
        cls,
        fit: Fit,
        train: tuple[torch.Tensor, ...],
        start: Parameters,
        steps: int,
        batch: int,
        stretches: int,
        generator: torch.Generator,
    ) -> Plan:
        """A plan of so many batches, epoch by epoch in a new order, in stretches of about the same length."""
        order: list[torch.Tensor] = []
        while len(order) < steps:
            order += torch.randperm(len(train[0]), generator=generator).split(batch)
        borders = [i * steps // stretches for i in range(stretches + 1)]
        parts = [Batches(train, order[a:b], a, steps) for a, b in zip(borders, borders[1:], strict=False)]
        return cls(fit, start, parts)

    def probe(self, *, on_gpu: bool) -> Callable[[Any], Any]:
        """Train all stretches; give the parameters after each."""
        fit, start, stretches = self.fit, self.start, self.stretches

        def probe(impl: Any) -> Any:
            parameters, trail = moved(start, "cuda") if on_gpu else start, []
            for batches in stretches:
                found = fit(impl, parameters, batches.on("cuda") if on_gpu else batches)
                trail += found if isinstance(found, list) else [found]
                parameters = trail[-1]
            return moved(trail, "cpu") if on_gpu else trail

        return probe


def require_trail(reply: Any, start: Parameters) -> list[Parameters]:
    """The parameters that came back: those of `start`, by name, at one moment or more.

    Raises:
        Unmet: something else came back.
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


def require_retraced(plan: Plan, trail: list[Parameters], reference: Any, seed: int) -> None:
    """Repeat the first stretch, the last one and another with the reference: each must lead to the same place.

    The first and the last are repeated always. So nobody gets away who has parameters from elsewhere and cannot train.

    Raises:
        Unmet: the parameters are not those that training leads to.
    """
    count = len(plan.stretches)
    if len(trail) != count:
        raise _unusable("trained parameters", describe(trail), f"a list of {count} dicts", f" {count} 个参数字典的列表")
    befores = [plan.start, *trail]
    for i in sorted({0, count - 1, random.Random(seed).randrange(count)}):
        ours = plan.fit(reference, befores[i], plan.stretches[i])
        if is_astray(befores[i], trail[i], ours):
            raise astray(plan.stretches[i].first, plan.stretches[i].first + len(plan.stretches[i]))


def is_astray(before: Parameters, after: Parameters, expected: Parameters) -> bool:
    """Whether `after` is elsewhere than expected, by the distance between `before` and what is expected."""
    moved_by, off_by = _distance(before, expected, before), _distance(after, expected, before)
    return not off_by <= ASTRAY * moved_by


def _distance(one: Parameters, other: Parameters, names: Iterable[str]) -> float:
    return sum(float((one[name].double() - other[name].double()).square().sum()) for name in names) ** 0.5


def astray(first: int, end: int) -> Unmet:
    """The verdict for parameters that no training has led to."""
    return Unmet(
        Verdict.FAILED,
        both(
            f"From step {first + 1} to step {end} the parameters do not move as training with these batches moves "
            "them. Is every step that of the exercise, and does nothing else change the parameters?",
            f"第 {first + 1} 步到第 {end} 步，参数的变化与用这些批量训练的结果不符。"
            "每一步是否都按题目要求更新？是否有别处修改了参数？",
        ),
    )
