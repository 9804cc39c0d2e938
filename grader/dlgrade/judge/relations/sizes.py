"""Wrong sizes that are wrong in one way in all results, for results whose values stand in no relation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from dlgrade.judge.relations.search import LEAST_DRAWS, Draw, Relation, entries_of, sentence_about
from dlgrade.text import Text, both

Shape = tuple[int, ...]


def wrong_sizes(draws: Sequence[Draw]) -> Relation | None:
    """Return the way in which the shapes of all wrong results are wrong, if two different shapes are expected.

    Values that a check has computed do not count: they may have other parts.
    """
    found = {
        i: _wrong_shape(draw.actual, draw.expected, "")
        for i, draw in enumerate(draws)
        if draw.returned and draw.comparison.difference(draw.actual, draw.expected) is not None
    }
    sizes = {i: wrong for i, wrong in found.items() if wrong is not None}
    if len(sizes) < len(found) or len({expected for _, _, expected in sizes.values()}) < LEAST_DRAWS:
        return None
    for kind, way in WAYS.items():
        ways = [way(mine, right) for _, mine, right in sizes.values()]
        if ways[0] is not None and all(other is not None and other[0] == ways[0][0] for other in ways):
            text = sentence_about([(path,) for path, _, _ in sizes.values()], ways[0][1], returned=True)
            return Relation(kind, text, tuple(sizes))
    return None


def _wrong_shape(actual: Any, expected: Any, path: str) -> tuple[str, Shape, Shape] | None:
    """Return the place and the shapes of the first tensor whose shape is wrong, or None."""
    entries = entries_of(actual, expected)
    if entries is not None:
        found = (_wrong_shape(mine, right, path + name) for name, mine, right in entries)
        return next(filter(None, found), None)
    mine, right = _shape(actual), _shape(expected)
    return (path, mine, right) if mine is not None and right and mine != right else None


def _shape(value: Any) -> Shape | None:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return tuple(value.shape)
    return () if type(value) in (int, float) else None


# The ways: what all results share, and the words about the first of them.

Way = Callable[[Shape, Shape], tuple[Any, Text] | None]


def _a_number(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    if mine:
        return None
    text = both(
        f" is a single number; a tensor is expected, here of shape {right}. Does a sum or a mean cover too many axes?",
        f"是单个数，而应为张量（这里形状是 {right}）。求和或求平均是不是多包含了一些轴？",
    )
    return (), text


def _axes_of_size_1(mine: Shape, right: Shape) -> tuple[Any, Text] | None:
    more = len(mine) - len(right)
    if not more or [size for size in mine if size != 1] != [size for size in right if size != 1]:
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
    if len(missing) != 1:  # of two equal axes, either may be missing
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
