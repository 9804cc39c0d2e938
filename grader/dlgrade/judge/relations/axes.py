"""Relations between two tensors of one shape along an axis: softmax, normalisation, a factor for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from dlgrade.judge.relations.facts import (
    ALONG,
    BITS_OF_A_NUMBER,
    PLENTY,
    SHARED,
    Array,
    Fact,
    Mask,
    Pair,
    axis_name,
    explains,
)
from dlgrade.text import both

LEAST_ALONG = 3  # entries that share a factor of their own


def along_axes(pair: Pair, wrong: Mask) -> Iterator[Fact]:
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
            yield from _other_zeros(pair, wrong, axis, name)
    yield from _sums(pair, wrong)


def _softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def _log_softmax(x: Array, axis: int) -> Array:
    shifted = x - x.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


# Each with words for "becomes the expected result ..." and for "is the expected result ...".
ALONG_AXIS: tuple[tuple[str, Callable[[Array, int], Array], str, str, str], ...] = (
    ("softmax", _softmax,
     "after a softmax over {axis}", "after a softmax over {axis}", "沿{axis}做 softmax 后"),
    ("log_softmax", _log_softmax,
     "after a log-softmax over {axis}", "after a log-softmax over {axis}", "沿{axis}做 log-softmax 后"),
    ("sum", lambda x, axis: x / x.sum(axis=axis, keepdims=True),
     "once divided by its sum along {axis}", "divided by its sum along {axis}", "除以其沿{axis}的和后"),
    ("norm", lambda x, axis: x / np.sqrt((x * x).sum(axis=axis, keepdims=True)),
     "once divided by its Euclidean norm along {axis}", "divided by its Euclidean norm along {axis}",
     "除以其沿{axis}的欧几里得范数后"),
    ("centre", lambda x, axis: x - x.mean(axis=axis, keepdims=True),
     "once its mean along {axis} is subtracted", "minus its mean along {axis}", "减去其沿{axis}的平均值后"),
    ("cumulated", lambda x, axis: x.cumsum(axis=axis),
     "once summed up step by step along {axis}", "summed up step by step along {axis}", "沿{axis}逐步累加后"),
)  # fmt: skip


def _normalised(pair: Pair, wrong: Mask, axis: int, name: int) -> Iterator[Fact]:
    a, e, words = pair.actual, pair.expected, axis_name(name)
    line, target = _first_line(a, axis), _first_line(e, axis)
    for rank, (kind, function, en, en_extra, zh) in enumerate(ALONG_AXIS):
        phrase = both(en.format(axis=words.en), zh.format(axis=words.zh))
        missing = pair.all_close(function(line, 0), target) and pair.all_close(function(a, axis), e)
        extra = pair.all_close(line, function(target, 0)) and pair.all_close(a, function(e, axis))
        if missing:
            text = both(f" becomes the expected result {phrase.en}", f"{phrase.zh}等于正确结果")
            evidence = pair.speaks(e[wrong], a[wrong])
            yield Fact(kind, ("missing", kind, name), text, ALONG + rank / 100, evidence)
        if extra:
            text = both(f" is the expected result {en_extra.format(axis=words.en)}", f"等于正确结果{phrase.zh}的值")
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
    multiple = factor * e
    if np.isfinite(multiple).all() and factor.all() and pair.all_close(a, multiple) and explains(a, multiple, e):
        text = both(
            f" is a multiple of the expected result: entries along {words.en} share a factor",
            f"是正确结果的倍数：沿{words.zh}的元素有相同的倍数",
        )
        yield Fact("shared factor", ("shared factor", name), text, SHARED, evidence, PLENTY)
    offset = (a - e).mean(axis=axis, keepdims=True)
    if pair.all_close(a, e + offset) and np.abs(offset).max() > 1e3 * pair.atol and explains(a, e + offset, e):
        text = both(
            f" is the expected result plus an offset that is constant along {words.en}",
            f"等于正确结果加上一个沿{words.zh}不变的量",
        )
        yield Fact("shared offset", ("shared offset", name), text, SHARED, evidence, PLENTY)


def _other_zeros(pair: Pair, wrong: Mask, axis: int, name: int) -> Iterator[Fact]:
    """Yield that entries along an axis share a factor where neither value is 0, and that other entries are 0."""
    a, e, size = pair.actual, pair.expected, pair.actual.shape[axis]
    both_filled = (np.abs(a) > pair.atol) & (np.abs(e) > pair.atol)
    more, fewer = bool((both_filled < (e != 0)).any()), bool((both_filled < (np.abs(a) > pair.atol)).any())
    if more == fewer or size < LEAST_ALONG or both_filled.sum(axis=axis).max() < 2:
        return
    inside = np.where(both_filled, e, 0.0)
    pivot = np.expand_dims(np.abs(inside).argmax(axis=axis), axis)
    top = np.take_along_axis(inside, pivot, axis)
    factor = np.where(top != 0, np.take_along_axis(a, pivot, axis) / top, 0.0)
    if not pair.all_close(np.where(both_filled, a, 0.0), factor * inside):
        return
    words = axis_name(name)
    en, zh = ("is 0 in more entries", "为 0 的元素多于") if more else ("is 0 in fewer entries", "为 0 的元素少于")
    text = both(
        f" {en} than the expected result; the others share a factor along {words.en}",
        f"{zh}正确结果；其余元素沿{words.zh}与正确结果成同一比例",
    )
    counted = both_filled & wrong
    free = BITS_OF_A_NUMBER * (a.size // size)
    evidence = pair.speaks(e[counted], a[counted], cost=free)
    yield Fact("other zeros", ("other zeros", more, name), text, SHARED, evidence, PLENTY)


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
