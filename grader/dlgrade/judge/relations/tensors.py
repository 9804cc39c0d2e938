"""Relations between a tensor and the expected tensor of the same shape, entry by entry or along an axis."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from dlgrade.judge.relations.constants import constants, offsets, totals
from dlgrade.judge.relations.facts import (
    BITS_OF_A_NUMBER,
    ENOUGH,
    PLENTY,
    Array,
    Evidence,
    Fact,
    Mask,
    Pair,
    axis_name,
    bits,
)  # fmt: skip
from dlgrade.judge.relations.places import Place, align, places
from dlgrade.text import Text, both

LEAST_ALONG = 3  # entries that share a factor of their own
LEAST_VALUES = 3  # distinct expected values for a function

# Where the values of each relation rank, from the most telling.
UNCHANGED, SIGN, FACTOR, OFFSET, FUNCTION, TERM, ALONG, PLACE, SHARED = range(10, 19)


@dataclass(frozen=True)
class Phrase:
    """A relation, in words that follow "your result" or "there it"."""

    kind: str
    key: tuple[Hashable, ...]
    text: Text
    rank: float
    evidence: Evidence
    need: float = ENOUGH


def same_shape_facts(pair: Pair) -> Iterator[Fact]:
    """Yield the facts about two tensors of one shape that differ."""
    wrong = ~(pair.close(pair.actual, pair.expected) | _same_odd(pair))
    if not wrong.any():
        return
    if not np.isfinite(pair.expected).all():
        finite = np.isfinite(pair.expected)
        if wrong[~finite].any() or not finite.any():
            return
    for phrase in _phrases(pair, wrong):
        text = both(f" {phrase.text.en}", phrase.text.zh)
        yield Fact(phrase.kind, phrase.key, text, phrase.rank, phrase.evidence, phrase.need)
    yield from _along_axes(pair, wrong)
    for place in places(pair, wrong):
        yield from _in_place(pair, wrong, place)
    yield from _not_finite(pair, wrong)


def _same_odd(pair: Pair) -> Mask:
    """Return where both values are the same infinity, or both are NaN."""
    a, e = pair.actual, pair.expected
    return np.asarray((a == e) | (np.isnan(a) & np.isnan(e)))


# Phrases: the whole tensor, or the part in a place, entry by entry.


def _phrases(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
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
    yield from _terms(pair, wrong)
    yield from _factor_before_a_term(pair, wrong)


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
    if k == 0 or abs(k + 1) < 1e-6 or not _close_loosely(a, k * e, pair):
        return
    text = both(
        f"is the expected result times a single number ({k:.4g} here)", f"等于正确结果乘以同一个数（这里为 {k:.4g}）"
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
    if not middle or not pair.all_close(pair.actual, pair.expected + middle):
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
            words = f"{constant.formula}"
            text = both(
                f"is the expected result {en} {words}{constant.where.en}",
                f"等于正确结果{zh} {words}{constant.where.zh}",
            )
            rank = OFFSET + constant.rank
            yield Phrase(
                "offset", ("offset", *constant.key), text, rank, pair.speaks(pair.expected, pair.actual), constant.need
            )


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def _total(pair: Pair) -> Iterator[Phrase]:
    total = float(pair.actual.item(0) + pair.expected.item(0))
    for constant in totals(total, pair):
        if pair.all_close(pair.actual, constant.value - pair.expected):
            text = both(f"is n minus the expected result{constant.where.en}", f"等于 n 减去正确结果{constant.where.zh}")
            yield Phrase("total", ("total", *constant.key), text, OFFSET + 0.4, pair.speaks(pair.expected))


# Each with a noun for "the logarithm of the expected result".
FUNCTIONS: tuple[tuple[str, Callable[[Array], Array], str, str], ...] = (
    ("log", np.log, "logarithm", "对数"),
    ("exp", np.exp, "exponential", "指数（exp）"),
    ("negative log", lambda x: -np.log(x), "negative logarithm", "负对数"),
    ("sqrt", np.sqrt, "square root", "平方根"),
    ("square", np.square, "square", "平方"),
    ("reciprocal", lambda x: 1 / x, "reciprocal", "倒数"),
    ("complement", lambda x: 1 - x, "", ""),
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
            yield from _told(pair, wrong, Phrase(name, ("missing", name), text, rank, Evidence()), e)
        if pair.all_close(mine, function(theirs)) and pair.all_close(a, values := np.asarray(function(e))):
            text = both(f"is the {noun} of the expected result", f"等于正确结果的{noun_zh}")
            text = COMPLEMENT if name == "complement" else text
            speaking = values if name in LOSES_DIGITS else e
            yield from _told(pair, wrong, Phrase(name, ("of", name), text, rank + 0.5, Evidence()), speaking)


def _told(pair: Pair, wrong: Mask, phrase: Phrase, values: Array) -> Iterator[Phrase]:
    """Yield a function if enough distinct values speak for it. Where few wrong values do, the right ones do as well.

    Of a single value the digits speak. An integer between 0 and 1 differs only by being the other.
    """
    if values.size == 1:
        yield replace(phrase, evidence=replace(pair.speaks(values, pair.actual), others=()))
    elif len(np.unique(np.round(values, 4))) >= LEAST_VALUES:
        pieces = pair.speaks(values[wrong], pair.actual[wrong]), pair.speaks(values, pair.actual)
        yield replace(phrase, evidence=max(pieces, key=lambda piece: bits([piece])))


def _terms(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
    """Yield arguments that are one summand, factor or divisor too many or too few."""
    a, e = pair.actual, pair.expected
    for name, array in pair.arguments.items():
        if array.size < 2 or not np.isfinite(array).all() or array.min() == array.max():
            continue
        for form in _broadcast_forms(array, e.shape):
            value = np.broadcast_to(form, e.shape)
            evidence = pair.speaks(e[wrong], np.minimum(np.abs(a), np.abs(value))[wrong])
            for kind, target, text in (
                ("plus", e + value, both(f"is the expected result plus {name}", f"等于正确结果加 {name}")),
                ("minus", e - value, both(f"is the expected result minus {name}", f"等于正确结果减 {name}")),
                ("times", e * value, both(f"is the expected result times {name}", f"等于正确结果乘以 {name}")),
            ):
                if pair.all_close(a, target):
                    yield Phrase("term", ("term", kind, name), text, TERM, evidence)
            if np.all(value != 0) and pair.all_close(a * value, e):
                text = both(f"is the expected result divided by {name}", f"等于正确结果除以 {name}")
                yield Phrase("term", ("term", "by", name), text, TERM, evidence)


def _factor_before_a_term(pair: Pair, wrong: Mask) -> Iterator[Phrase]:
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


# Along an axis.


def _along_axes(pair: Pair, wrong: Mask) -> Iterator[Fact]:
    if not (np.isfinite(pair.actual).all() and np.isfinite(pair.expected).all()):
        return
    shape = pair.actual.shape
    for axis in range(len(shape)):
        if shape[axis] < 2:
            continue
        names = [axis, -1] if axis == len(shape) - 1 and len(shape) > 1 else [axis]
        for name in names:
            yield from _normalised(pair, wrong, axis, name)
            yield from _shared(pair, wrong, axis, name)
    yield from _sums(pair, wrong)


def _softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def _log_softmax(x: Array, axis: int) -> Array:
    shifted = x - x.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


ALONG_AXIS: tuple[tuple[str, Callable[[Array, int], Array], str, str], ...] = (
    ("softmax", _softmax, "after a softmax over {axis}", "沿{axis}做 softmax 后"),
    ("log_softmax", _log_softmax, "after a log-softmax over {axis}", "沿{axis}做 log-softmax 后"),
    ("sum", lambda x, axis: x / x.sum(axis=axis, keepdims=True),
     "divided by its sum along {axis}", "除以其沿{axis}的和后"),
    ("norm", lambda x, axis: x / np.sqrt((x * x).sum(axis=axis, keepdims=True)),
     "divided by its Euclidean norm along {axis}", "除以其沿{axis}的欧几里得范数后"),
    ("centre", lambda x, axis: x - x.mean(axis=axis, keepdims=True),
     "minus its mean along {axis}", "减去其沿{axis}的平均值后"),
    ("cumulated", lambda x, axis: x.cumsum(axis=axis),
     "summed up step by step along {axis}", "沿{axis}逐步累加后"),
)  # fmt: skip


def _normalised(pair: Pair, wrong: Mask, axis: int, name: int) -> Iterator[Fact]:
    a, e, words = pair.actual, pair.expected, axis_name(name)
    line, target = _first_line(a, axis), _first_line(e, axis)
    for rank, (kind, function, en, zh) in enumerate(ALONG_AXIS):
        phrase = both(en.format(axis=words.en), zh.format(axis=words.zh))
        missing = pair.all_close(function(line, 0), target) and pair.all_close(function(a, axis), e)
        extra = pair.all_close(line, function(target, 0)) and pair.all_close(a, function(e, axis))
        if missing:
            text = both(f" becomes the expected result {phrase.en}", f"{phrase.zh}等于正确结果")
            evidence = pair.speaks(e[wrong], a[wrong])
            yield Fact(kind, ("missing", kind, name), text, ALONG + rank / 100, evidence)
        if extra:
            text = both(f" is the expected result {phrase.en}", f"等于正确结果{phrase.zh}的值")
            yield Fact(kind, ("of", kind, name), text, ALONG + 0.5 + rank / 100, pair.speaks(a[wrong], e[wrong]))


def _first_line(x: Array, axis: int) -> Array:
    """Return the first line along an axis: most relations already fail there, and a line is quick to try."""
    return x[tuple(slice(None) if i == axis else 0 for i in range(x.ndim))]


def _shared(pair: Pair, wrong: Mask, axis: int, name: int) -> Iterator[Fact]:
    """Yield a factor or an offset that all entries along an axis share, but not those of other axes."""
    a, e, size = pair.actual, pair.expected, pair.actual.shape[axis]
    if size < LEAST_ALONG or a.ndim < 2:
        return
    evidence = pair.speaks(e[wrong], a[wrong], cost=BITS_OF_A_NUMBER * (a.size // size))
    words = axis_name(name)
    pivot = np.expand_dims(np.abs(e).argmax(axis=axis), axis)
    top = np.take_along_axis(e, pivot, axis)
    factor = np.take_along_axis(a, pivot, axis) / top
    if np.isfinite(factor).all() and np.all(factor != 0) and pair.all_close(a, factor * e):
        text = both(
            f" is a multiple of the expected result: entries along {words.en} share a factor",
            f"是正确结果的倍数：沿{words.zh}的元素有相同的倍数",
        )
        yield Fact("shared factor", ("shared factor", name), text, SHARED, evidence, PLENTY)
    offset = (a - e).mean(axis=axis, keepdims=True)
    if pair.all_close(a, e + offset) and np.abs(offset).max() > 1e3 * pair.atol:
        text = both(
            f" differs from the expected result by an offset that is constant along {words.en}",
            f"与正确结果的差沿{words.zh}不变",
        )
        yield Fact("shared offset", ("shared offset", name), text, SHARED, evidence, PLENTY)


def _sums(pair: Pair, wrong: Mask) -> Iterator[Fact]:
    """Yield the axis along which values sum to 1, where the expected values do so along another axis.

    Unrelated results of softmax do so as well. So the logarithms of the ratio must be a sum over the two axes.
    """
    a, e = pair.actual, pair.expected
    if a.ndim < 2 or a.min() <= 0 or e.min() <= 0:
        return
    ones = [[i for i in range(a.ndim) if a.shape[i] > 1 and _sum_to_one(x, i)] for x in (a, e)]
    if len(ones[0]) != 1 or len(ones[1]) != 1 or ones[0] == ones[1]:
        return
    yours, theirs = ones[0][0], ones[1][0]
    ratio = np.log(a / e)
    centred = ratio - ratio.mean(axis=yours, keepdims=True)
    centred = centred - centred.mean(axis=theirs, keepdims=True)
    if np.abs(centred).max() < 1e-4 + 10 * pair.rtol:
        text = both(
            f" sums to 1 along {axis_name(yours).en}; the expected result does along {axis_name(theirs).en}",
            f"沿{axis_name(yours).zh} 求和为 1，正确结果沿{axis_name(theirs).zh} 求和为 1",
        )
        free = BITS_OF_A_NUMBER * (a.size // a.shape[yours] + a.size // a.shape[theirs])
        yield Fact("other axis", ("other axis", yours, theirs), text, ALONG, pair.speaks(e[wrong], a[wrong], cost=free))


def _sum_to_one(x: Array, axis: int) -> bool:
    return bool((np.abs(x.sum(axis=axis) - 1) < 1e-4).all())


# In a place.


def _in_place(pair: Pair, wrong: Mask, place: Place) -> Iterator[Fact]:
    """Yield that only this place is wrong, and the relation that its entries have to the expected ones."""
    right = pair.speaks(pair.expected[~place.inside])
    if place.outside is None:
        words = both(f" is right except in {place.text.en}", f"除{place.text.zh}外都正确")
        there = both(": there it ", "；这部分")
    else:
        words = both(f" is right only in {place.outside.en}", f"只有{place.outside.zh}正确")
        there = both(": elsewhere it ", "；其余部分")
    yield Fact("place", ("place", place.key), words, PLACE + 0.5, right, PLENTY)
    for phrase in _values(pair, place.inside & wrong):
        key, rank = ("place", place.key, phrase.key), PLACE + phrase.rank / 100
        yield Fact("place", key, words + there + phrase.text, rank, right, PLENTY)


def _values(pair: Pair, inside: Mask) -> Iterator[Phrase]:
    """Yield relations of the entries in a place to the expected entries. The place itself needs no more evidence."""
    a, e = pair.actual[inside], pair.expected[inside]
    nothing = Evidence()
    if np.isnan(a).all():
        yield Phrase("nan", ("nan",), both("is NaN", "为 NaN"), 0, nothing)
    elif np.isinf(a).all():
        yield Phrase("infinite", ("infinite",), both("is infinite", "为无穷大"), 0, nothing)
    elif (a == a[0]).all() and float(a[0]).is_integer():
        yield Phrase(
            "constant", ("constant", float(a[0] + 0)), both(f"is {a[0] + 0:g}", f"为 {a[0] + 0:g}"), 0, nothing
        )
    elif len(a) >= LEAST_VALUES and np.isfinite(a).all():
        yield from _values_told(pair, inside, Pair(a, e, pair.rtol, pair.atol, pair.integers, {}))


def _values_told(pair: Pair, inside: Mask, part: Pair) -> Iterator[Phrase]:
    """Yield the relations for which the place alone has enough evidence."""
    everywhere = np.ones(part.actual.shape, dtype=bool)
    phrases = list(_phrases(part, everywhere))
    for name, array in pair.arguments.items():
        if array.shape == inside.shape and pair.all_close(part.actual, array[inside]):
            text = both(f"equals the argument {name}", f"与参数 {name} 相同")
            phrases.append(Phrase("argument", ("argument", name), text, 1, part.speaks(array[inside])))
    for phrase in phrases:
        if bits([phrase.evidence]) >= phrase.need:
            yield phrase


def _not_finite(pair: Pair, wrong: Mask) -> Iterator[Fact]:
    """Yield that all wrong entries are NaN or infinite, and a sentence about the threshold of an argument."""
    bad = ~np.isfinite(pair.actual) & np.isfinite(pair.expected)
    if not bad.any() or bad.all() or (wrong & ~bad).any():
        return
    right = pair.speaks(pair.expected[~wrong])
    word = "NaN" if np.isnan(pair.actual[bad]).all() else "inf" if np.isinf(pair.actual[bad]).all() else "NaN or inf"
    word_zh = word.replace(" or ", " 或 ")
    for name, array in pair.arguments.items():
        if array.shape != pair.actual.shape:
            continue
        sizes = np.abs(array)
        if math.isfinite(sizes[~bad].max()) and sizes[bad].min() > sizes[~bad].max():
            limit = f"{sizes[bad].min():.3g}"
            text = both(
                f" is {word} in the entries where {name} is largest in magnitude (from {limit} on here), and right "
                "elsewhere",
                f"在 {name} 绝对值最大的元素处（这里从 {limit} 起）为 {word_zh}，其余元素正确",
            )
            yield Fact("overflow", ("overflow", name), text, PLACE - 0.5, right, PLENTY)
