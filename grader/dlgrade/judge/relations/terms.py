"""Relations to arguments: a summand, a factor or a divisor is missing, or there is a second."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterator

import numpy as np

from dlgrade.judge.relations.constants import constants
from dlgrade.judge.relations.facts import PLENTY, TERM, Array, Mask, Pair, Phrase
from dlgrade.judge.relations.places import align
from dlgrade.text import Text, both

Reading = tuple[tuple[Hashable, ...], Text]


def terms(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    """Yield arguments, or named multiples of them, that are a summand, factor or divisor too many or too few."""
    a, e = pair.actual, pair.expected
    for name, array in pair.arguments.items():
        if array.size < 2 or not np.isfinite(array).all() or array.min() == array.max():
            continue
        for form in _broadcast_forms(array, e.shape):
            value = np.broadcast_to(form, e.shape)
            for key, text in (*_summands(pair, value, name), *_factors(pair, value, name)):
                evidence = pair.speaks(e[wrong], np.minimum(np.abs(a), np.abs(value))[wrong])
                yield Phrase("term", ("term", name, *key), text, TERM, evidence)


def _summands(pair: Pair, value: Array, name: str) -> Iterator[Reading]:
    difference, pivot = pair.actual - pair.expected, int(np.abs(value).argmax())
    k = difference.item(pivot) / value.item(pivot)
    if not k or not pair.all_close(pair.actual, pair.expected + k * value):
        return
    en, zh = ("plus", "加") if k > 0 else ("minus", "减")
    for constant in constants(abs(k), pair):
        if constant.need < PLENTY and pair.all_close(difference, math.copysign(constant.value, k) * value):
            times = "" if constant.value == 1 else f"{constant.formula} * "
            text = both(
                f"is the expected result {en} {times}{name}{constant.where.en}",
                f"等于正确结果{zh} {times}{name}{constant.where.zh}",
            )
            yield (k > 0, *constant.key), text


def _factors(pair: Pair, value: Array, name: str) -> Iterator[Reading]:
    a, e = pair.actual, pair.expected
    if pair.all_close(a, e * value):
        yield ("times",), both(f"is the expected result times {name}", f"等于正确结果乘以 {name}")
    if np.all(value != 0) and pair.all_close(a * value, e):
        yield ("by",), both(f"is the expected result divided by {name}", f"等于正确结果除以 {name}")


def factor_before_a_term(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    """Yield an argument that is a missing factor, where another argument was added: a scale and a shift."""
    a, e = pair.actual, pair.expected
    forms = [
        (name, np.broadcast_to(form, e.shape))
        for name, array in pair.arguments.items()
        if array.size > 1 and array.shape != e.shape
        for form in _broadcast_forms(array, e.shape)
    ]
    for (factor, g), (term, b) in itertools.permutations(forms, 2):
        if factor != term and np.any(b != 0) and np.any(g != 1) and pair.all_close((a - b) * g + b, e):
            text = both(
                f"lacks the factor {factor}: (result - {term}) * {factor} + {term} is the expected result",
                f"缺少因子 {factor}：(返回值 - {term}) * {factor} + {term} 等于正确结果",
            )
            yield Phrase("term", ("term", factor, term), text, TERM + 0.5, pair.speaks(e[wrong], a[wrong]))


def _broadcast_forms(array: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """Yield the ways to broadcast an argument: as torch does, to the first axes, or a vector along any axis."""
    if array.ndim <= len(shape) and all(
        size in (1, target) for size, target in zip(array.shape[::-1], shape[::-1], strict=False)
    ):
        yield array
    aligned = align(array, shape)
    if aligned is not None and aligned.shape != array.shape:
        yield aligned
    if array.ndim == 1:
        for axis in range(1, len(shape) - 1):
            if shape[axis] == len(array):
                yield array.reshape([-1 if i == axis else 1 for i in range(len(shape))])
