"""Relations between two tensors of one shape that each entry shows: sign, factor, offset, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from dlgrade.judge.relations.constants import constants, offsets, totals
from dlgrade.judge.relations.facts import (
    BITS_OF_A_NUMBER,
    FACTOR,
    FEW,
    FUNCTION,
    OFFSET,
    PLENTY,
    SHARED,
    SIGN,
    UNCHANGED,
    Array,
    Evidence,
    Mask,
    Pair,
    Phrase,
    bits,
    explains,
)
from dlgrade.judge.relations.terms import factor_before_a_term, terms
from dlgrade.text import Text, both

LEAST_VALUES = 3  # distinct expected values for a function


def phrases(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    if not np.isfinite(pair.actual[wrong]).all():
        return
    yield from _unchanged(pair, wrong)
    a, e = pair.actual, pair.expected
    if pair.all_close(a[wrong], -e[wrong]) and pair.all_close(a, -e):
        text = both("is the expected result with the opposite sign", "与正确结果符号相反")
        yield Phrase("sign", ("sign",), text, SIGN, pair.speaks(e[wrong] if e.ndim else np.abs(e[wrong])))
    yield from _factor(pair, wrong)
    yield from _offset(pair, wrong)
    yield from _functions(pair, wrong)
    yield from terms(pair, wrong)
    yield from factor_before_a_term(pair, wrong)


def _unchanged(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    for name, array in pair.arguments.items():
        if array.shape == pair.actual.shape and array.ndim and pair.all_close(pair.actual, array):
            text = both(f"equals the argument {name}", f"与参数 {name} 相同")
            yield Phrase("argument", ("argument", name), text, UNCHANGED, pair.speaks(array[wrong]))


def _factor(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    a, e = pair.actual[wrong], pair.expected[wrong]
    pivot = int(np.abs(e).argmax())
    if e[pivot] == 0:
        return
    k = a[pivot] / e[pivot]
    if k == 0 or abs(k + 1) < 1e-6 or not _close_loosely(a, k * e, pair) or not explains(a, k * e, e):
        return
    text = both(
        f"is the expected result times a single number ({k:.6g} here)", f"等于正确结果乘以同一个数（这里为 {k:.6g}）"
    )
    yield Phrase("own factor", ("own factor",), text, SHARED - 0.5, pair.speaks(e, a, BITS_OF_A_NUMBER), PLENTY)
    for constant in constants(k, pair):
        if pair.all_close(pair.actual, constant.value * pair.expected):
            yield Phrase(
                "factor", ("factor", *constant.key), _times(constant.formula, constant.where), FACTOR + constant.rank,
                pair.speaks(e, a), constant.need,
            )  # fmt: skip


def _close_loosely(values: Array, target: Array, pair: Pair) -> bool:
    return bool(
        (np.abs(values - target) <= 2 * pair.atol + 1e-4 * np.abs(target) + 2 * pair.rtol * np.abs(target)).all()
    )


def _times(formula: str, where: Text) -> Text:
    if formula == "2":
        return both("is twice the expected result", "是正确结果的 2 倍")
    if formula == "0.5":
        return both("is half of the expected result", "是正确结果的一半")
    return both(f"is the expected result times {formula}{where.en}", f"等于正确结果乘以 {formula}{where.zh}")


def _offset(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    if not wrong.all():
        return
    yield from _total(pair)
    difference = pair.actual - pair.expected
    middle = float(np.median(difference))
    shifted = pair.expected + middle
    if not middle or not pair.all_close(pair.actual, shifted) or not explains(pair.actual, shifted, pair.expected):
        return
    text = both(
        f"is the expected result plus a single number ({middle:.4g} here)",
        f"等于正确结果加同一个数（这里为 {middle:.4g}）",
    )
    evidence = pair.speaks(pair.expected, pair.actual, BITS_OF_A_NUMBER)
    yield Phrase("own offset", ("own offset",), text, SHARED - 0.5, evidence, PLENTY)
    for constant in offsets(middle, pair):
        if pair.all_close(pair.actual, pair.expected + constant.value):
            en, zh = ("plus", "加") if constant.value > 0 else ("minus", "减")
            text = both(
                f"is the expected result {en} {constant.formula}{constant.where.en}",
                f"等于正确结果{zh} {constant.formula}{constant.where.zh}",
            )
            rank = OFFSET + constant.rank
            yield Phrase(
                "offset", ("offset", *constant.key), text, rank, pair.speaks(pair.expected, pair.actual), constant.need
            )


def _total(pair: Pair) -> Iterator[Phrase]:
    total = float(pair.actual.item(0) + pair.expected.item(0))
    for constant in totals(total, pair):
        if pair.all_close(pair.actual, constant.value - pair.expected):
            text = both(f"is n minus the expected result{constant.where.en}", f"等于 n 减去正确结果{constant.where.zh}")
            yield Phrase("total", ("total", *constant.key), text, OFFSET + 0.4, pair.speaks(pair.expected), FEW)


# Each with a noun for "the logarithm of the expected result".
FUNCTIONS: tuple[tuple[str, Callable[[Array], Array], str, str], ...] = (
    ("log", np.log, "logarithm", "对数"),
    ("exp", np.exp, "exponential", "指数（exp）"),
    ("negative log", lambda x: -np.log(x), "negative logarithm", "负对数"),
    ("log below the sign", lambda x: -np.log(-x), "", ""),
    ("sqrt", np.sqrt, "square root", "平方根"),
    ("square", np.square, "square", "平方"),
    ("reciprocal", lambda x: 1 / x, "reciprocal", "倒数"),
    ("complement", lambda x: 1 - x, "complement", ""),
    ("sigmoid", lambda x: 1 / (1 + np.exp(-x)), "sigmoid", " sigmoid 值"),
    ("tanh", np.tanh, "tanh", " tanh 值"),
    ("relu", lambda x: np.maximum(x, 0), "ReLU", " ReLU 值"),
    ("abs", np.abs, "absolute value", "绝对值"),
    ("round", np.round, "value rounded to an integer", "四舍五入值"),
    ("truncate", np.trunc, "integer part", "整数部分"),
    ("floor", np.floor, "value rounded down", "向下取整值"),
    ("ceil", np.ceil, "value rounded up", "向上取整值"),
    ("digits 2", lambda x: np.round(x, 2), "value rounded to 2 decimals", "保留两位小数的值"),
    ("digits 4", lambda x: np.round(x, 4), "value rounded to 4 decimals", "保留四位小数的值"),
)
LOG_BELOW_THE_SIGN = both(
    "becomes the expected result when the logarithm of its opposite is taken, with a minus sign",
    "先取相反数、再取负对数后等于正确结果",
)
COMPLEMENT = both("is 1 minus the expected result", "等于 1 减去正确结果")
OWN_INVERSE = ("reciprocal", "complement")
LOSES_DIGITS = ("round", "truncate", "floor", "ceil", "digits 2", "digits 4")


def _functions(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    """Yield the functions that are missing or too many. Distinct values must speak for each."""
    a, e = pair.actual, pair.expected
    mine, theirs = a.ravel()[:1], e.ravel()[:1]  # a single value is quick to try
    for order, (name, function, noun, noun_zh) in enumerate(FUNCTIONS):
        rank = FUNCTION + order / 100
        inverse = name not in (*OWN_INVERSE, *LOSES_DIGITS) and pair.all_close(function(mine), theirs)
        if inverse and pair.all_close(function(a), e):
            text = both(f"becomes the expected result when its {noun} is taken", f"取{noun_zh.strip()}后等于正确结果")
            text = text if noun else LOG_BELOW_THE_SIGN
            yield from _told(pair, wrong, Phrase(name, ("missing", name), text, rank, Evidence()), e)
        if noun and pair.all_close(mine, function(theirs)) and pair.all_close(a, values := np.asarray(function(e))):
            text = both(f"is the {noun} of the expected result", f"等于正确结果的{noun_zh}")
            text = COMPLEMENT if name == "complement" else text
            speaking = values if name in LOSES_DIGITS else e
            yield from _told(pair, wrong, Phrase(name, ("of", name), text, rank + 0.5, Evidence()), speaking)


def _told(pair: Pair, wrong: Mask, phrase: Phrase, values: Array) -> Iterator[Phrase]:
    """Yield a function if enough distinct values speak for it. Where few wrong values do, the right values do as well.

    Of a single value the digits speak. An integer between 0 and 1 differs only by being the other.
    """
    if values.size == 1:
        yield replace(phrase, evidence=replace(pair.speaks(values, pair.actual), others=()))
    elif len(np.unique(np.round(values, 4))) >= LEAST_VALUES:
        pieces = pair.speaks(values[wrong], pair.actual[wrong]), pair.speaks(values, pair.actual)
        yield replace(phrase, evidence=max(pieces, key=lambda piece: bits([piece])))
