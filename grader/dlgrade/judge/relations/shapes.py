"""Relations between tensors whose entries are right, but in another place, shape or type."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from dlgrade.judge.relations.facts import FEW, PLENTY, UNCHANGED, Fact, Mask, Pair, axis_name
from dlgrade.text import both

MOST_AXES = 4  # of a tensor whose axes are permuted
MOST_SHIFTED = 32  # places
MOST_SLICES = 150  # whose order is compared

SHAPE, ARRANGED, MOVED, REDUCED, REORDERED = 5.0, 11.5, 11.7, 13.8, 16.5


def arrangement_facts(pair: Pair, wrong: Mask) -> Iterator[Fact]:
    """Yield the facts about two tensors of one shape: permuted, reversed or shifted axes."""
    a, e = pair.actual, pair.expected
    yield from _permuted(pair, wrong)
    for axis in range(e.ndim):
        size = e.shape[axis]
        if size < 2:
            continue
        names = [axis, -1] if axis == e.ndim - 1 and e.ndim > 1 else [axis]
        words = [axis_name(name) for name in names]
        flipped = pair.all_close(a, np.flip(e, axis))
        for name, word in zip(names, words, strict=True):
            if flipped:
                text = both(
                    f" is the expected result in reverse order along {word.en}", f"沿{word.zh}的次序与正确结果相反"
                )
                yield Fact("reversed", ("reversed", name), text, ARRANGED, pair.speaks(e[wrong]))
        yield from _shifted(pair, wrong, axis, names)
        if not flipped and size <= MOST_SLICES and _reordered(pair, axis):
            for name, word in zip(names, words, strict=True):
                text = both(
                    f" has the right values in another order along {word.en}", f"沿{word.zh}的值正确，但次序不同"
                )
                evidence = pair.speaks(e[wrong], cost=math.log2(math.factorial(size)))
                yield Fact("reordered", ("reordered", name), text, REORDERED, evidence, PLENTY)


def _permuted(pair: Pair, wrong: Mask | None) -> Iterator[Fact]:
    a, e = pair.actual, pair.expected
    if not 2 <= e.ndim <= MOST_AXES or a.ndim != e.ndim or sorted(a.shape) != sorted(e.shape):
        return
    for order in itertools.permutations(range(e.ndim)):
        if order == tuple(range(e.ndim)) or not pair.all_close(a, e.transpose(order)):
            continue
        moved = [axis for axis in range(e.ndim) if order[axis] != axis]
        if len(moved) == 2:
            text = both(
                f" is the expected result with axes {moved[0]} and {moved[1]} swapped",
                f"是正确结果交换轴 {moved[0]} 和轴 {moved[1]} 后的值",
            )
        else:
            text = both(
                f" is the expected result with its axes in the order {order}", f"是正确结果按 {order} 重排各轴后的值"
            )
        if a.ndim == 2:
            text = both(" is the transpose of the expected result", "是正确结果的转置")
        yield Fact("transposed", ("transposed", order), text, ARRANGED, pair.speaks(e if wrong is None else e[wrong]))


def _shifted(pair: Pair, wrong: Mask, axis: int, names: list[int]) -> Iterator[Fact]:
    """Yield a shift along an axis: rolled, or with something else in the places that became free."""
    a, e = (np.moveaxis(x, axis, 0) for x in (pair.actual, pair.expected))
    moved_wrong, size = np.moveaxis(wrong, axis, 0), len(e)
    for count in range(1, min(size // 2, MOST_SHIFTED) + 1):
        if size < 3:
            return
        for kind, mine, theirs, differ, en, zh in (
            ("later", a[count:], e[:-count], moved_wrong[count:], "too late", "后移"),
            ("earlier", a[:-count], e[count:], moved_wrong[:-count], "too early", "前移"),
        ):
            if not pair.all_close(mine, theirs):
                continue
            places = "one place" if count == 1 else f"{count} places"
            for name in names:
                words = axis_name(name)
                text = both(
                    f" has the expected values {places} {en} along {words.en}",
                    f"的值相对于正确结果沿{words.zh}{zh}了 {count} 个位置",
                )
                yield Fact("shifted", ("shifted", kind, name), text, MOVED, pair.speaks(theirs[differ]))


def _reordered(pair: Pair, axis: int) -> bool:
    """Return whether the slices along an axis are the expected slices in another order."""
    rows = [np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1) for x in (pair.actual, pair.expected)]
    if not all(np.isfinite(x).all() for x in rows):
        return False
    weights = np.cos(np.arange(1, rows[0].shape[1] + 1))  # sums that distinguish almost all slices
    a, e = (x[np.argsort(x @ weights, kind="stable")] for x in rows)
    return pair.all_close(a, e)


def other_shape_facts(pair: Pair) -> Iterator[Fact]:
    """Yield the facts about two tensors of different shapes."""
    a, e = pair.actual, pair.expected
    shapes = both(f"{a.shape}, not {e.shape}", f"{a.shape}，而不是 {e.shape}")
    if a.size == e.size and pair.all_close(a.ravel(), e.ravel()):
        squeezed = [tuple(size for size in x.shape if size != 1) for x in (a, e)]
        if squeezed[0] == squeezed[1]:
            text = both(
                f" has the right numbers; only axes of size 1 are wrong: the shape is {shapes.en}",
                f"的数值正确，只有大小为 1 的轴不对：形状是 {shapes.zh}",
            )
            yield Fact("axes of size 1", ("axes of size 1",), text, SHAPE, pair.speaks(e), FEW)
        else:
            text = both(
                f" has the right numbers in the right order; only the shape is wrong: {shapes.en}",
                f"的数值和次序都正确，只有形状不对：{shapes.zh}",
            )
            yield Fact("reshaped", ("reshaped",), text, SHAPE + 0.2, pair.speaks(e))
    yield from _permuted(pair, None)
    yield from _returned(pair)
    yield from _broadcast(pair)
    yield from _reduced(pair)
    yield from _cut(pair)
    yield from _inside(pair)
    yield from _part(pair)


def _returned(pair: Pair) -> Iterator[Fact]:
    for name, array in pair.arguments.items():
        if array.shape == pair.actual.shape and array.ndim and pair.all_close(pair.actual, array):
            text = both(f" equals the argument {name}", f"与参数 {name} 相同")
            yield Fact("argument", ("argument", name), text, UNCHANGED, pair.speaks(array))


def _broadcast(pair: Pair) -> Iterator[Fact]:
    """Yield an (n, n) result whose diagonal is the expected vector: a column was combined with a vector."""
    a, e = pair.actual, pair.expected
    square = a.ndim == 2 and a.shape[0] == a.shape[1] == e.size > 1 and e.size in e.shape
    if square and pair.all_close(np.diagonal(a), e.ravel()):
        text = both(
            f" has shape {a.shape}; the expected {e.size} values are on its diagonal. "
            "A column and a vector broadcast to such a square",
            f"的形状是 {a.shape}，应得的 {e.size} 个值在它的对角线上。列与向量广播后会得到这样的方阵",
        )
        yield Fact("broadcast", ("broadcast",), text, SHAPE + 0.4, pair.speaks(e))


def _reduced(pair: Pair) -> Iterator[Fact]:
    """Yield a sum or a mean that is missing, or that is too many."""
    a, e = pair.actual, pair.expected
    for larger, smaller, missing in ((a, e, True), (e, a, False)):
        if larger.ndim <= smaller.ndim and larger.size <= smaller.size:
            continue
        for axis in (None, *range(larger.ndim)) if larger.ndim > 1 else (None,):
            for kind, zh, values in (
                ("sum", "和", larger.sum(axis=axis)),
                ("mean", "平均值", larger.mean(axis=axis)),
            ):
                if values.size != smaller.size or not pair.all_close(values.ravel(), smaller.ravel()):
                    continue
                along = (
                    both(" of all entries", "所有元素")
                    if axis is None
                    else both(f" along axis {axis}", f"沿轴 {axis} ")
                )
                if missing:
                    text = both(
                        f" has shape {a.shape}; its {kind}{along.en} is the expected result",
                        f"的形状是 {a.shape}；其{along.zh}的{zh}等于正确结果",
                    )
                else:
                    text = both(f" is the {kind}{along.en} of the expected result", f"是正确结果{along.zh}的{zh}")
                key = ("reduced", kind, axis, missing)
                yield Fact("reduced", key, text, REDUCED, pair.speaks(smaller))


def _cut(pair: Pair) -> Iterator[Fact]:
    """Yield a tensor that lacks the first or the last slices along an axis, or has some too many."""
    a, e = pair.actual, pair.expected
    differing = [i for i in range(e.ndim) if a.ndim != e.ndim or a.shape[i] != e.shape[i]]
    if a.ndim != e.ndim or len(differing) != 1:
        return
    (axis,) = differing
    longer, shorter = (a, e) if a.shape[axis] > e.shape[axis] else (e, a)
    count = longer.shape[axis] - shorter.shape[axis]
    ends = {"last": range(shorter.shape[axis]), "first": range(count, longer.shape[axis])}
    for end, kept in ends.items():
        part = np.take(longer, kept, axis=axis)
        if not part.size or not pair.all_close(*((part, e) if longer is a else (a, part))):
            continue
        en = f"the {end} entries along axis {axis} ({count} here)"
        zh = f"沿轴 {axis} 的{'最后' if end == 'last' else '最前'}几个位置（这里为 {count} 个）"
        if longer is a:
            text = both(f" has {en} too many; the others are right", f"多出{zh}，其余正确")
        else:
            text = both(f" lacks {en}; the others are right", f"缺少{zh}，其余正确")
        yield Fact("cut", ("cut", end, axis, longer is a), text, SHAPE + 0.6, pair.speaks(part))


def _inside(pair: Pair) -> Iterator[Fact]:
    """Yield a tensor with entries around the expected ones, or without some at the edges, along several axes."""
    a, e = pair.actual, pair.expected
    if a.ndim != e.ndim or a.ndim > MOST_AXES:
        return
    for larger, smaller in ((a, e), (e, a)):
        more = [high - low for high, low in zip(larger.shape, smaller.shape, strict=True)]
        if min(more) < 0 or sum(size > 0 for size in more) < 2:
            continue
        for first in itertools.product(*(sorted({size // 2, size - size // 2, 0, size}) for size in more)):
            part = larger[tuple(slice(i, i + size) for i, size in zip(first, smaller.shape, strict=True))]
            if not pair.all_close(*((part, e) if larger is a else (a, part))):
                continue
            place = f"[{', '.join(map(str, first))}]"
            if larger is a:
                text = both(
                    f" has entries too many: {a.shape}, not {e.shape}. The expected result is the part of it that "
                    f"begins at {place} here",
                    f"的元素过多：形状是 {a.shape}，应为 {e.shape}；从 {place} 开始的那一部分就是正确结果",
                )
            else:
                text = both(
                    f" lacks entries at the edges: {a.shape}, not {e.shape}. It is the part of the expected result "
                    f"that begins at {place} here",
                    f"缺少边缘的元素：形状是 {a.shape}，应为 {e.shape}；它是正确结果中从 {place} 开始的那一部分",
                )
            yield Fact("inside", ("inside", larger is a), text, SHAPE + 0.7, pair.speaks(part))
            break


def _part(pair: Pair) -> Iterator[Fact]:
    """Yield a single slice of the expected tensor: the first or the last along an axis."""
    a, e = pair.actual, pair.expected
    for axis in range(e.ndim):
        if e.shape[axis] < 2 or a.shape != e.shape[:axis] + e.shape[axis + 1 :]:
            continue
        for index, en, zh in ((0, "first", "第一个"), (-1, "last", "最后一个")):
            part = np.take(e, index, axis=axis)
            if pair.all_close(a, part):
                text = both(
                    f" is only the {en} entry along axis {axis} of the expected result",
                    f"只是正确结果沿轴 {axis} 的{zh}",
                )
                yield Fact("part", ("part", index, axis), text, SHAPE + 0.8, pair.speaks(part))


def dtype_fact(pair: Pair, yours: str, expected: str) -> Iterator[Fact]:
    """Yield that only the dtype is wrong."""
    if pair.all_close(pair.actual, pair.expected):
        text = both(
            f" has the right numbers; only the dtype is wrong: {yours}, not {expected}",
            f"的数值正确，只有 dtype 不对：是 {yours}，应为 {expected}",
        )
        yield Fact("dtype", ("dtype", yours, expected), text, SHAPE, pair.speaks(pair.expected), FEW)
