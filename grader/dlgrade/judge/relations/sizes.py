"""Wrong sizes that are wrong in one way in all results, for results whose values stand in no relation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from dlgrade.judge.relations.search import LEAST_DRAWS, Draw, Relation, entries_of, sentence_about
from dlgrade.text import Text, both

Shape = tuple[int, ...]
TRUTH = "torch.bool", "bool"
EACH_TENSOR = both("Each wrong tensor", "每个不符的张量")


class _Part(NamedTuple):
    path: str
    mine: Shape
    right: Shape


def wrong_sizes(draws: Sequence[Draw]) -> Relation | None:
    """Return the way in which the shapes of all wrong results are wrong, if two different shapes are expected.

    Values that a check has computed do not count: they may have other parts. A part that differs in another way, such
    as its values or its type, rules out the sentence.
    """
    found: dict[int, list[_Part]] = {}
    for i, draw in enumerate(draws):
        parts = _wrong_shapes(draw, draw.actual, draw.expected, "") if draw.returned else []
        if parts is None:
            return None
        if parts:
            found[i] = parts
    wrong = list(itertools.chain(*found.values()))
    if len({part.right for part in wrong}) < LEAST_DRAWS:
        return None
    for kind, way in WAYS.items():
        ways = [way(part.mine, part.right) for part in wrong]
        if ways[0] is not None and all(other is not None and other[0] == ways[0][0] for other in ways):
            paths = [tuple(part.path for part in parts) for parts in found.values()]
            return Relation(kind, sentence_about(paths, ways[0][1], several=EACH_TENSOR), tuple(found))
    return None


def _wrong_shapes(draw: Draw, actual: Any, expected: Any, path: str) -> list[_Part] | None:
    """Return the tensors with wrong shapes; None if anything differs in another way."""
    if draw.comparison.difference(actual, expected) is None:
        return []
    entries = entries_of(actual, expected)
    if entries is not None:
        found = [_wrong_shapes(draw, mine, right, path + name) for name, mine, right in entries]
        return None if None in found else [part for parts in found for part in parts or ()]
    mine, right = _shape(actual), _shape(expected)
    fits = mine == () or type(actual) is type(expected)
    return [_Part(path, mine, right)] if fits and mine is not None and right and mine != right else None


def _shape(value: Any) -> Shape | None:
    """Return the shape of a tensor, an array or a number; None for truth values and all else."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return None if str(value.dtype) in TRUTH and not value.ndim else tuple(value.shape)
    return () if type(value) in (int, float) else None


# The ways: what all results share, and the words about the first of them.

Way = Callable[[Shape, Shape], tuple[Any, Text] | None]


def _a_number(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    if mine:
        return None
    text = both(
        f" is a single number; the expected shape is {right} here. Does a sum or a mean cover too many axes?",
        f"是单个数；这里应得的形状是 {right}。求和或求平均是不是多包含了一些轴？",
    )
    return (), text


def _axes_of_size_1(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    more = len(mine) - len(right)
    longer, shorter = (mine, right) if more > 0 else (right, mine)
    without = (
        tuple(size for axis, size in enumerate(longer) if axis not in left_out)
        for left_out in itertools.combinations([axis for axis, size in enumerate(longer) if size == 1], abs(more))
    )
    if not more or shorter not in without:
        return None
    axes = "an axis of size 1" if abs(more) == 1 else f"{abs(more)} axes of size 1"
    text = both(
        f" has {axes} too {'many' if more > 0 else 'few'}: its shape is {mine} here, not {right}",
        f"{'多' if more > 0 else '少'}了 {abs(more)} 个大小为 1 的轴：这里形状是 {mine}，应为 {right}",
    )
    return more, text


def _axis_of_another_length(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    differing = [axis for axis, sizes in enumerate(zip(mine, right, strict=False)) if sizes[0] != sizes[1]]
    if len(mine) != len(right) or len(differing) != 1:
        return None
    (axis,) = differing
    more = mine[axis] - right[axis]
    count = "1 entry" if abs(more) == 1 else f"{abs(more)} entries"
    text = both(
        f" has {count} too {'many' if more > 0 else 'few'} along axis {axis}: its shape is {mine} here, not {right}",
        f"沿轴 {axis} {'多' if more > 0 else '少'} {abs(more)} 个元素：这里形状是 {mine}，应为 {right}",
    )
    return (axis, more), text


def _axis_missing(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    missing = [axis for axis in range(len(right)) if right[:axis] + right[axis + 1 :] == mine]
    if len(missing) != 1 or 1 in mine:  # of two equal axes, either may be missing; an axis of size 1 may be another
        return None
    (axis,) = missing
    text = both(
        f" lacks axis {axis} of the expected shape: it is {mine} here, not {right}",
        f"缺少轴 {axis}：这里形状是 {mine}，应为 {right}",
    )
    return axis, text


WAYS: dict[str, Way] = {
    "single number": _a_number,
    "wrong axes of size 1": _axes_of_size_1,
    "another length": _axis_of_another_length,
    "axis missing": _axis_missing,
}
