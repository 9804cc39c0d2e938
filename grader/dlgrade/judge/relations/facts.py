"""Facts about an entry of a result, and how much speaks for them. The parts that all relations are made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from dlgrade.judge.compare import NUMBER_TOLERANCE, TOLERANCES, Comparison
from dlgrade.text import Text, both

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MOST_NUMBERS = 100_000  # in a tensor; larger tensors have no relations
MOST_EVIDENCE = 400  # values of one entry that are looked at as evidence
BITS_OF_A_NUMBER = 13.0  # at most: an equal number with four digits is a coincidence once in 10,000 times
LEFT_OVER = 0.05  # of the largest difference, at most, when a fitted factor or offset is taken away
EXACT = 1e-9  # room for rounding where the comparison has none

ENOUGH = 20.0  # bits: a coincidence once in a million times
PLENTY = 40.0  # of a relation with a free constant, or about the right entries only
FEW = 14.0  # of a common mistake: a shape or a type, integers off by 1

# Where the values of each relation rank, from the most telling.
UNCHANGED, SIGN, FACTOR, OFFSET, FUNCTION, TERM, ALONG, PLACE, SHARED = range(10, 19)


@dataclass(frozen=True)
class Evidence:
    """The values that speak for a fact: numbers with many digits, each with its bits, and other values."""

    numbers: dict[float, float] = field(default_factory=dict)
    others: tuple[Hashable, ...] = ()
    cost: float = 0.0  # bits that free constants of this entry take away

    @property
    def signature(self) -> Hashable:
        """Return a key that two draws with the same values share."""
        return frozenset(self.numbers), self.others

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.numbers | other.numbers, self.others + other.others, self.cost + other.cost)


def bits(pieces: Sequence[Evidence]) -> float:
    """Return the evidence of several draws together, in bits.

    A number with many digits counts once. Other values count by their entropy within each draw, so a constant tensor
    counts as a single value.
    """
    numbers: dict[float, float] = {}
    total = 0.0
    for piece in pieces:
        numbers |= piece.numbers
        total += len(piece.others) * _entropy(piece.others) - piece.cost
    values = {value for piece in pieces for value in piece.others}
    with_others = sum(1 for piece in pieces if piece.others)
    return total + sum(numbers.values()) + with_others * (math.log2(len(values)) if values else 0.0)


def _entropy(values: Sequence[Hashable]) -> float:
    counts, total = Counter(values).values(), len(values)
    return -sum(count / total * math.log2(count / total) for count in counts)


@dataclass(frozen=True)
class Phrase:
    """A relation between a value and its expected value, in words that follow "your result" or "there it".

    Attributes:
        kind: the stable name of the relation.
        key: equal in all draws in which the same relation holds.
        text: the words that follow the subject, with no full stop.
        rank: a phrase with a lower rank is stated first.
        need: the bits that all draws together must have.
    """

    kind: str
    key: tuple[Hashable, ...]
    text: Text
    rank: float
    evidence: Evidence
    need: float = ENOUGH


@dataclass(frozen=True)
class Fact(Phrase):
    """A relation that holds in the entries of a result with these `paths`."""

    paths: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Pair:
    """An entry of a result: the student's numbers and the expected numbers, and everything to explain them by."""

    actual: Array
    expected: Array
    rtol: float
    atol: float
    integers: bool
    arguments: dict[str, Array]  # numbers are arrays without axes

    def close(self, values: Any, target: Any) -> Mask:
        """Return where finite `values` are within the tolerance of `target`."""
        near = np.abs(values - target) <= self.atol + self.rtol * np.abs(target)
        return np.asarray(near & np.isfinite(target))

    def all_close(self, values: Array, target: Array) -> bool:
        """Return whether all values are close. The first value is tried before the others: most relations end there."""
        if values.shape != target.shape or not values.size:
            return False
        value, wanted = values.item(0), target.item(0)
        if not abs(value - wanted) <= self.atol + self.rtol * abs(wanted) < math.inf:
            return False
        return bool(self.close(values, target).all())

    def speaks(self, values: Array, sizes: Array | None = None, cost: float = 0.0) -> Evidence:
        """Return the evidence of numbers that have been found to agree.

        Args:
            values: the numbers; equal numbers count once.
            sizes: numbers of the same shape, for which the tolerance may be coarser: small numbers always agree.
            cost: the bits of constants that were fitted to the values.
        """
        values = np.ravel(values)
        sizes = np.abs(values if sizes is None else np.minimum(np.abs(values), np.abs(np.ravel(sizes))))
        finite = np.isfinite(values) & np.isfinite(sizes)
        values, sizes = values[finite], sizes[finite]
        step = max(1, math.ceil(len(values) / MOST_EVIDENCE))
        return _evidence(values[::step], sizes[::step] / (self.atol + self.rtol * sizes[::step]), cost)


def explains(values: Array, target: Array, right: Array) -> bool:
    """Return whether a fitted number leaves next to nothing of the differences, which may themselves be small."""
    return bool(np.abs(values - target).max() <= LEFT_OVER * np.abs(values - right).max())


def _evidence(values: Array, precision: Array, cost: float) -> Evidence:
    """Return the evidence of values that are known to 1 part in `precision`."""
    plain = np.abs(values * 8 - np.round(values * 8)) < 1e-6  # integers, and fractions such as 0.5
    digits = np.clip(np.log2(np.maximum(precision, 1.0)), 0.0, BITS_OF_A_NUMBER)
    numbers: dict[float, float] = {}
    for value, digit in zip(values[~plain].tolist(), digits[~plain].tolist(), strict=True):
        numbers[float(f"{value:.3g}")] = digit
    certain = (precision > 4) | (values == 0)
    return Evidence(numbers, tuple(np.where(certain, values, 0.0)[plain].tolist()), cost)


def pair_of(actual: Any, expected: Any, comparison: Comparison, arguments: dict[str, Array]) -> Pair | None:
    """Return two tensors or numbers as a pair, or None if they cannot be compared as numbers."""
    a, e = array_of(actual), array_of(expected)
    if a is None or e is None:
        return None
    rtol, atol = comparison.tolerance.of(_tolerance(expected))
    wider = _tolerance(actual) if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor) else (0, 0)
    return Pair(a, e, max(rtol, wider[0], EXACT), max(atol, wider[1], EXACT), _of_integers(expected), arguments)


def pair_of_numbers(
    actual: Sequence[float], expected: Sequence[float], comparison: Comparison, arguments: dict[str, Array]
) -> Pair | None:
    """Return two lists of numbers of one length as a pair of vectors, or None if a number is too large."""
    try:
        a, e = np.asarray(actual, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    except OverflowError:
        return None
    integers = all(isinstance(number, int) for number in expected)
    rtol, atol = (0.0, 0.0) if integers else comparison.tolerance.of(NUMBER_TOLERANCE)
    return Pair(a, e, max(rtol, EXACT), max(atol, EXACT), integers, arguments)


def _tolerance(value: Any) -> tuple[float, float]:
    if isinstance(value, torch.Tensor):
        return TOLERANCES.get(value.dtype, (0.0, 0.0))
    if isinstance(value, np.ndarray):
        return _tolerance(torch.from_numpy(value[:0].copy() if value.ndim else value.copy()))
    return NUMBER_TOLERANCE if isinstance(value, float) else (0.0, 0.0)


def _of_integers(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return not (value.is_floating_point() or value.is_complex())
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iub"
    return isinstance(value, int)


def array_of(value: Any) -> Array | None:
    """Return a tensor, an array or a number as float64, or None."""
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.numel() > MOST_NUMBERS:
            return None
        return np.asarray(value.detach().to(torch.float64).numpy())
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype.kind in "iubf" and value.size <= MOST_NUMBERS else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return np.asarray(float(value))
        except OverflowError:
            return None
    return None


def named_arrays(arguments: dict[str, Any]) -> dict[str, Array]:
    """Return the arguments that are numbers or tensors of numbers, as arrays."""
    arrays = {name: array_of(value) for name, value in arguments.items()}
    return {name: array for name, array in arrays.items() if array is not None}


def unique(facts: Iterable[Fact]) -> dict[tuple[Hashable, ...], Fact]:
    """Return the facts by key; of two with one key, the first."""
    found: dict[tuple[Hashable, ...], Fact] = {}
    for fact in facts:
        found.setdefault(fact.key, fact)
    return found


def axis_name(axis: int) -> Text:
    return both("the last axis", "最后一个轴") if axis == -1 else both(f"axis {axis}", f"轴 {axis}")
