"""Places in a tensor: the last column, the padded steps, the entries in which an argument is negative."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from dlgrade.judge.relations.facts import Array, Mask, Pair, axis_name
from dlgrade.text import Text, both

LEAST_SIZE = 3  # of an axis, for a place along it
SHARE = 0.5  # of a place's entries that differ, at least


@dataclass(frozen=True)
class Place:
    """Some entries of a tensor, with a key that is equal in all draws, and words for "in the ..."."""

    key: tuple[Hashable, ...]
    inside: Mask
    text: Text
    outside: Text | None = None  # words for the other entries, where they are easier to name


def places(pair: Pair, wrong: Mask) -> Iterator[Place]:
    """Yield the places that hold all wrong entries, and few others. Right entries remain outside each of them."""
    if not wrong.any() or wrong.all():
        return
    for place in _candidates(pair, wrong):
        count = int(place.inside.sum())
        if count < wrong.size and wrong.sum() >= SHARE * count and not (wrong & ~place.inside).any():
            yield place


def _candidates(pair: Pair, wrong: Mask) -> Iterator[Place]:
    yield from _by_arguments(pair, wrong.shape)
    for axis in range(wrong.ndim):
        if wrong.shape[axis] >= LEAST_SIZE:
            yield from _along(axis, wrong)
    if wrong.ndim >= 2 and wrong.shape[-1] == wrong.shape[-2] >= LEAST_SIZE:
        yield from _around_the_diagonal(wrong)
    expected = pair.expected
    yield Place(("zero",), expected == 0, both("the entries that should be 0", "应为 0 的元素"))
    yield Place(("negative",), expected < 0, both("the entries that should be negative", "应为负数的元素"))
    yield Place(("positive",), expected > 0, both("the entries that should be positive", "应为正数的元素"))


def _along(axis: int, wrong: Mask) -> Iterator[Place]:
    """Yield places at the begin and the end of an axis, named from the front and, for the last axis, from the back."""
    size = wrong.shape[axis]
    hits = np.flatnonzero(wrong.any(axis=tuple(i for i in range(wrong.ndim) if i != axis)))
    first, last = int(hits[0]), int(hits[-1])
    if len(hits) <= last - first:
        return  # some positions between them are right
    names = [axis, -1] if axis == wrong.ndim - 1 else [axis]
    for name in names:
        unit = _unit(wrong.ndim, axis, name)
        for key, start, stop, text, outside in _stretches(first, last, size, unit):
            inside = np.zeros(size, dtype=bool)
            inside[start:stop] = True
            shape = [size if i == axis else 1 for i in range(wrong.ndim)]
            yield Place((*key, name), np.broadcast_to(inside.reshape(shape), wrong.shape), text, outside)


@dataclass(frozen=True)
class _Unit:
    """Words for positions along an axis: "column", or "entry along axis 2"."""

    en: str
    zh: str  # with "第 {i}" or "最后" before it
    tail: str = ""


def _unit(ndim: int, axis: int, name: int) -> _Unit:
    if ndim == 1:
        return _Unit("entry", "个元素")
    if ndim == 2 and name >= 0:
        return _Unit(*(("row", "行") if axis == 0 else ("column", "列")))
    en, zh = axis_name(name).en, axis_name(name).zh
    return _Unit("position", f"个位置（沿{zh if name == -1 else zh + ' '}）", f" along {en}")


Stretch = tuple[tuple[Hashable, ...], int, int, Text, Text | None]


def _stretches(first: int, last: int, size: int, unit: _Unit) -> Iterator[Stretch]:
    """Yield (key, start, stop, words, words for the rest) of the stretches that end with the wrong positions."""
    en, zh, tail = unit.en, unit.zh, unit.tail
    first_one, last_one = both(f"the first {en}{tail}", f"第一{zh}"), both(f"the last {en}{tail}", f"最后一{zh}")
    count = last - first + 1
    if count == 1:
        if last == size - 1:
            yield ("last",), last, size, last_one, None
        if first == 0:
            yield ("first",), 0, 1, first_one, None
        text = both(f"{en} {first}{tail}", f"下标为 {first} 的{zh.removeprefix('个')}")
        yield ("at", first), first, first + 1, text, None
    elif last == size - 1:
        if first == 1:
            text = both(f"all {en}s but the first{tail}", f"第一{zh}以外的部分")
            yield ("all but the first",), 1, size, text, first_one
        text = both(f"the {en}s from {first} on{tail}", f"从下标 {first} 起的各{zh}")
        yield ("from", first), first, size, text, None
        yield ("last", count), first, size, both(f"the last {count} {en}s{tail}", f"最后 {count} {zh}"), None
    elif first == 0:
        if last == size - 2:
            text = both(f"all {en}s but the last{tail}", f"最后一{zh}以外的部分")
            yield ("all but the last",), 0, last + 1, text, last_one
        yield ("first", count), 0, count, both(f"the first {count} {en}s{tail}", f"前 {count} {zh}"), None
    else:
        text = both(f"{en}s {first} to {last}{tail}", f"下标 {first} 到 {last} 的各{zh}")
        yield ("range", first, last), first, last + 1, text, None


def _around_the_diagonal(wrong: Mask) -> Iterator[Place]:
    size = wrong.shape[-1]
    rows, columns = np.indices((size, size))
    for key, inside, text in (
        ("diagonal", rows == columns, both("the entries on the diagonal", "对角线上的元素")),
        ("above", rows < columns, both("the entries above the diagonal", "对角线上方的元素")),
        ("below", rows > columns, both("the entries below the diagonal", "对角线下方的元素")),
    ):
        yield Place((key,), np.broadcast_to(inside, wrong.shape), text)


def _by_arguments(pair: Pair, shape: tuple[int, ...]) -> Iterator[Place]:
    for name, array in pair.arguments.items():
        if array.ndim == 0:
            continue
        yield from _padded(name, array, shape)
        aligned = align(array, shape)
        if aligned is None:
            continue
        above = ("is positive", "为正数") if array.min() < 0 else ("is not 0", "不为 0")
        conditions = {
            "zero": (both(f"the entries where {name} is 0", f"{name} 为 0 的元素"), aligned == 0),
            "negative": (both(f"the entries where {name} is negative", f"{name} 为负数的元素"), aligned < 0),
            "positive": (both(f"the entries where {name} {above[0]}", f"{name} {above[1]}的元素"), aligned > 0),
        }
        for condition, (text, inside) in conditions.items():
            yield Place((condition, name), np.broadcast_to(inside, shape), text)


def align(array: Array, shape: tuple[int, ...]) -> Array | None:
    """Return an argument in a form that broadcasts to a shape, or None.

    The argument has the shape, or the shape of the first axes.
    """
    if array.shape == shape:
        return array
    if 0 < array.ndim < len(shape) and array.shape == shape[: array.ndim]:
        return array.reshape(array.shape + (1,) * (len(shape) - array.ndim))
    return None


def _padded(name: str, lengths: Array, shape: tuple[int, ...]) -> Iterator[Place]:
    """Yield the entries behind the lengths that an argument gives for each row."""
    fits = 0 < lengths.ndim < len(shape) and lengths.shape == shape[: lengths.ndim]
    if not fits or np.any(lengths % 1) or lengths.min() < 0:
        return
    for axis in {lengths.ndim, len(shape) - 1}:
        size = shape[axis]
        if lengths.max() > size or size < 2:
            continue
        steps = np.arange(size).reshape([size if i == axis else 1 for i in range(len(shape))])
        behind = np.broadcast_to(steps >= lengths.reshape(lengths.shape + (1,) * (len(shape) - lengths.ndim)), shape)
        key_axis = -1 if axis == len(shape) - 1 else axis
        where = axis_name(key_axis)
        text = both(f"the padding (from {name} on along {where.en})", f"填充部分（沿{where.zh} 从 {name} 起）")
        yield Place(("padding", name, key_axis), behind, text)
        before = both(f"the entries before {name} (along {where.en})", f"{name} 之前的元素（沿{where.zh}）")
        yield Place(("before", name, key_axis), ~behind, before, text)
