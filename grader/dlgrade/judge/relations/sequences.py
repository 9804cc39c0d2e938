"""Relations between lists, tuples, strings, and values of different types."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from dlgrade.judge.compare import Comparison
from dlgrade.judge.relations.facts import FEW, MOST_EVIDENCE, Evidence, Fact, Pair, pair_of
from dlgrade.text import both

MOST_ITEMS = 5000
LEAST_ITEMS = 3  # different items of a list in another order
MOST_SWAPPED = 8  # entries of a tuple of tensors whose order is compared
TYPE, ENDS, ORDER, LETTERS = 4.0, 6.0, 7.0, 7.5


def sequence_facts(actual: Any, expected: Any, comparison: Comparison) -> Iterator[Fact]:
    """Yield the facts about two lists or two strings that differ as wholes."""
    if isinstance(expected, str):
        yield from _letters(actual, expected)
    if len(expected) > MOST_ITEMS or len(actual) > MOST_ITEMS:
        return
    a, e = list(actual), list(expected)
    item = "character" if isinstance(expected, str) else "item"
    item_zh = "个字符" if isinstance(expected, str) else "项"
    evidence = _speaks(e)
    if len(a) != len(e):
        yield from _ends(a, e, comparison, item, item_zh)
    elif _same(a, e[::-1], comparison):
        text = both(f" has the right {item}s in reverse order", f"的各{item_zh}正确，但次序相反")
        yield Fact("reversed", ("reversed",), text, ORDER, evidence)
    elif len(a) <= MOST_SWAPPED and not _flat(e):
        yield from _swapped(a, e, comparison)
    elif (
        _flat(a) and _flat(e) and len(set(map(repr, e))) >= LEAST_ITEMS and sorted(map(repr, a)) == sorted(map(repr, e))
    ):
        text = both(f" has the right {item}s in another order", f"的各{item_zh}正确，但次序不同")
        distinct = _speaks(list({repr(item): item for item in e}.values()))
        yield Fact("reordered", ("reordered",), text, ORDER + 0.2, distinct)


def _flat(items: Sequence[Any]) -> bool:
    return all(item is None or isinstance(item, (bool, int, float, str)) for item in items)


def _same(a: Sequence[Any], e: Sequence[Any], comparison: Comparison) -> bool:
    return len(a) == len(e) and all(
        comparison.difference(mine, theirs) is None for mine, theirs in zip(a, e, strict=True)
    )


def _speaks(items: Sequence[Any]) -> Evidence:
    """Return the evidence of the items: the numbers in them, and other values as they are printed."""
    numbers: dict[float, float] = {}
    others: list[Hashable] = []
    for item in items[:MOST_EVIDENCE]:
        pair = None if isinstance(item, str) else pair_of(item, item, Comparison(), {})
        if pair is None:
            others.append(repr(item)[:200])
        else:
            found = pair.speaks(pair.expected)
            numbers |= found.numbers
            others += found.others
    return Evidence(numbers, tuple(others))


def _ends(a: list[Any], e: list[Any], comparison: Comparison, item: str, item_zh: str) -> Iterator[Fact]:
    count = abs(len(a) - len(e))
    longer, shorter = (a, e) if len(a) > len(e) else (e, a)
    if not shorter:
        return
    for end, kept in (("last", longer[: len(shorter)]), ("first", longer[count:])):
        if not _same(*((kept, e) if longer is a else (a, kept)), comparison):
            continue
        en = f"the {end} {item if count == 1 else f'{count} {item}s'}"
        zh = f"{'最后' if end == 'last' else '最前面'} {count} {item_zh}"
        if longer is a:
            text = both(f" has {en} too many; the rest is right", f"多出{zh}，其余正确")
        else:
            text = both(f" lacks {en}; the rest is right", f"缺少{zh}，其余正确")
        yield Fact("ends", ("ends", end, count, longer is a), text, ENDS, _speaks(shorter))


def _swapped(a: list[Any], e: list[Any], comparison: Comparison) -> Iterator[Fact]:
    """Yield an order in which the entries of a tuple are right."""
    order: list[int] = []
    for mine in a:
        fitting = [i for i, theirs in enumerate(e) if i not in order and comparison.difference(mine, theirs) is None]
        if not fitting:
            return
        order.append(fitting[0])
    if order != sorted(order):
        moved = [place for place, i in enumerate(order) if place != i]
        text = both(
            f" has the right entries in another order: its entries are the expected entries {tuple(order)}",
            f"的各项正确，但次序不同：依次是正确结果的第 {tuple(order)} 项（从 0 数起）",
        )
        yield Fact("swapped", ("swapped", *order), text, ORDER, _speaks([e[i] for i in moved]))


def _letters(actual: str, expected: str) -> Iterator[Fact]:
    evidence = _speaks(list(expected))
    if actual.lower() == expected.lower():
        text = both(" has the right letters; only upper and lower case are wrong", "的字母正确，只有大小写不对")
        yield Fact("case", ("case",), text, LETTERS, evidence)
    elif "".join(actual.split()) == "".join(expected.split()):
        text = both(" has the right text; only blanks or line breaks are wrong", "的文字正确，只有空格或换行不对")
        yield Fact("blanks", ("blanks",), text, LETTERS, evidence)


def type_facts(actual: Any, expected: Any, comparison: Comparison) -> Iterator[Fact]:
    """Yield the facts about a value of another type: the right number in a tensor, a single entry of a tuple."""
    if isinstance(expected, (tuple, list)) and not isinstance(actual, (tuple, list, str)):
        yield from _single_entry(actual, expected, comparison)
    elif isinstance(actual, (tuple, list)) and not isinstance(expected, (tuple, list, dict, str)):
        yield from _as_tensor(actual, expected, comparison)
        for i, item in enumerate(actual[:MOST_SWAPPED]):
            if comparison.difference(item, expected) is None:
                kind = type(actual).__name__
                text = both(
                    f" is a {kind} of {len(actual)}; its entry {i} is the expected result",
                    f"是含 {len(actual)} 项的 {kind}，其中第 {i} 项（从 0 数起）就是正确结果",
                )
                yield Fact("wrapped", ("wrapped", i, len(actual)), text, TYPE, _speaks([expected]))
    elif type(actual) is not type(expected):
        yield from _as_tensor(actual, expected, comparison)


def _single_entry(actual: Any, expected: Sequence[Any], comparison: Comparison) -> Iterator[Fact]:
    for i, item in enumerate(expected[:MOST_SWAPPED]):
        if comparison.difference(actual, item) is None:
            text = both(
                f" is a single value, the expected entry {i} of {len(expected)}",
                f"只有一个值：它是应有的 {len(expected)} 项中的第 {i} 项（从 0 数起）",
            )
            yield Fact("single entry", ("single entry", i, len(expected)), text, TYPE, _speaks([item]))


NAMES = {torch.Tensor: ("a tensor", "张量"), np.ndarray: ("a numpy array", " numpy 数组"), list: ("a list", "列表"),
         tuple: ("a tuple", "元组"), float: ("a Python float", " Python 浮点数"),
         int: ("a Python int", " Python 整数")}  # fmt: skip


def _as_tensor(actual: Any, expected: Any, comparison: Comparison) -> Iterator[Fact]:
    """Yield that only the type of a number or of many numbers is wrong."""
    if type(actual) not in NAMES or type(expected) not in NAMES:
        return
    try:
        value = np.asarray(actual, dtype=np.float64) if isinstance(actual, (list, tuple)) else actual
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return
    pair = pair_of(value, expected, comparison, {})
    if pair is None or pair.actual.size != pair.expected.size:
        return
    flat = Pair(pair.actual.ravel(), pair.expected.ravel(), pair.rtol, pair.atol, pair.integers, {})
    if flat.all_close(flat.actual, flat.expected):
        (yours, yours_zh), (wanted, wanted_zh) = NAMES[type(actual)], NAMES[type(expected)]
        text = both(
            f" has the right value, but is {yours}; expected is {wanted}",
            f"的数值正确，但类型是{yours_zh}，应为{wanted_zh}",
        )
        yield Fact("type", ("type", yours, wanted), text, TYPE, flat.speaks(flat.expected), FEW)
