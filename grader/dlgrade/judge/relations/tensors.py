"""Relations between a tensor and the expected tensor of the same shape: everywhere, along an axis, in a place."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from dlgrade.judge.relations.axes import along_axes
from dlgrade.judge.relations.entries import LEAST_VALUES, phrases
from dlgrade.judge.relations.facts import PLACE, PLENTY, Evidence, Fact, Mask, Pair, Phrase, bits
from dlgrade.judge.relations.places import Place, places
from dlgrade.text import both


def same_shape_facts(pair: Pair) -> Iterator[Fact]:
    """Yield the facts about two tensors of one shape that differ."""
    wrong = ~(pair.close(pair.actual, pair.expected) | _same_odd(pair))
    if not wrong.any():
        return
    if not np.isfinite(pair.expected).all():
        finite = np.isfinite(pair.expected)
        if wrong[~finite].any() or not finite.any():
            return
    for phrase in phrases(pair, wrong):
        text = both(f" {phrase.text.en}", phrase.text.zh)
        yield Fact(phrase.kind, phrase.key, text, phrase.rank, phrase.evidence, phrase.need)
    yield from along_axes(pair, wrong)
    for place in places(pair, wrong):
        yield from _in_place(pair, wrong, place)
    yield from _not_finite(pair, wrong)


def _same_odd(pair: Pair) -> Mask:
    """Return where both values are the same infinity, or both are NaN."""
    a, e = pair.actual, pair.expected
    return np.asarray((a == e) | (np.isnan(a) & np.isnan(e)))


def _in_place(pair: Pair, wrong: Mask, place: Place) -> Iterator[Fact]:
    """Yield that only this place is wrong, and the relation that its entries have to the expected entries."""
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
    found = list(phrases(part, everywhere))
    for name, array in pair.arguments.items():
        if array.shape == inside.shape and pair.all_close(part.actual, array[inside]):
            text = both(f"equals the argument {name}", f"与参数 {name} 相同")
            found.append(Phrase("argument", ("argument", name), text, 1, part.speaks(array[inside])))
    for phrase in found:
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
