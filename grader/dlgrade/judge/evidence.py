"""Evidence: whether values agree, and the parts of a wrong value that nobody would come upon by chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from dlgrade.judge.check import Exchange
from dlgrade.judge.compare import TOLERANCES, Comparison
from dlgrade.judge.trusted import Outcome

MOST_NUMBERS = 50  # of a tensor
DIGITS = 6


def agrees(exchange: Exchange, outcome: Outcome) -> bool:
    """Return whether an outcome has the value or the exception of an exchange."""
    if exchange.raised is not None or outcome.raised is not None:
        return exchange.raised is not None and outcome.raised is not None and exchange.raised.is_like(outcome.raised)
    return exchange.comparison.difference(exchange.value, outcome.value) is None


def facts(value: Any, right: Any, comparison: Comparison) -> set[object]:
    """Return the distinct finite numbers and texts of a wrong value, where it differs from the right value.

    Truth values, NaN and infinities are left out. If the structure, a shape or a dtype differs, all numbers of that
    part count.
    """
    return set(_differing(value, right, comparison))


def _differing(value: Any, right: Any, comparison: Comparison) -> Iterator[object]:
    if comparison.difference(value, right) is None:
        return
    if isinstance(value, (list, tuple)) and isinstance(right, (list, tuple)) and len(value) == len(right):
        for entry, right_entry in zip(value, right, strict=True):
            yield from _differing(entry, right_entry, comparison)
    elif isinstance(value, dict) and isinstance(right, dict) and value.keys() == right.keys():
        for key, entry in value.items():
            yield from _differing(entry, right[key], comparison)
    elif isinstance(value, torch.Tensor) and isinstance(right, torch.Tensor) and value.shape == right.shape:
        yield from _numbers(value[_apart(value, right, comparison)] if value.dtype == right.dtype else value)
    else:
        yield from _facts_in(value)


def _apart(value: torch.Tensor, right: torch.Tensor, comparison: Comparison) -> torch.Tensor:
    """Return where two tensors of one dtype differ beyond the tolerance."""
    if value.is_floating_point() or value.is_complex():
        rtol, atol = comparison.tolerance.of(TOLERANCES.get(right.dtype, (0.0, 0.0)))
        return ~torch.isclose(value, right, rtol=rtol, atol=atol, equal_nan=True)
    return value != right


def _facts_in(value: Any) -> Iterator[object]:
    if isinstance(value, torch.Tensor):
        yield from _numbers(value)
    elif isinstance(value, np.ndarray):
        yield from (_facts_in(value.flatten()[:MOST_NUMBERS].tolist()))
    elif isinstance(value, dict):
        for item in value.items():
            yield from _facts_in(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for entry in value:
            yield from _facts_in(entry)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        yield float(f"{value:.{DIGITS}g}")


def _numbers(tensor: torch.Tensor) -> Iterator[object]:
    if tensor.dtype is torch.bool:
        return
    numbers = torch.view_as_real(tensor.detach()) if tensor.is_complex() else tensor.detach()
    yield from _facts_in(numbers.flatten()[:MOST_NUMBERS].tolist())
