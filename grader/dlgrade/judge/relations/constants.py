"""Names for the constant of a relation: 2, the size of an axis, n / (n - 1), an argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from dlgrade.judge.relations.facts import ENOUGH, FEW, PLENTY, Array, Pair
from dlgrade.text import Text, both

PRECISION = 2e-5  # relative; the value is then checked against every entry

FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("n", lambda n: n),
    ("1/n", lambda n: 1 / n),
    ("sqrt(n)", lambda n: math.sqrt(n)),
    ("1/sqrt(n)", lambda n: 1 / math.sqrt(n)),
    ("n**2", lambda n: n * n),
    ("1/n**2", lambda n: 1 / (n * n)),
)
# Of sizes only: a variance with n - 1 in place of n.
SIZE_FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("n/(n - 1)", lambda n: n / (n - 1)),
    ("(n - 1)/n", lambda n: (n - 1) / n),
    ("sqrt(n/(n - 1))", lambda n: math.sqrt(n / (n - 1))),
    ("sqrt((n - 1)/n)", lambda n: math.sqrt((n - 1) / n)),
    ("(n - 1)", lambda n: n - 1),
    ("1/(n - 1)", lambda n: 1 / (n - 1)),
    ("n/2", lambda n: n / 2),
    ("2/n", lambda n: 2 / n),
)
SHARE_FORMS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("(1 - n)", lambda n: 1 - n),
    ("1/(1 - n)", lambda n: 1 / (1 - n)),
    ("(1 - n)/n", lambda n: (1 - n) / n),
    ("n/(1 - n)", lambda n: n / (1 - n)),
)


NUMBERS = {
    "1/log(2)": 1 / math.log(2), "log(2)": math.log(2), "1/log(10)": 1 / math.log(10), "log(10)": math.log(10),
    "sqrt(2)": math.sqrt(2), "1/sqrt(2)": 1 / math.sqrt(2), "pi": math.pi, "1/pi": 1 / math.pi, "2 pi": 2 * math.pi,
    "sqrt(2 pi)": math.sqrt(2 * math.pi), "1/sqrt(2 pi)": 1 / math.sqrt(2 * math.pi), "e": math.e, "1/e": 1 / math.e,
}  # fmt: skip


@dataclass(frozen=True)
class Constant:
    """A constant with a name: its exact value, and words for it.

    `rank` is lower for names that say more; `need` is the evidence that a relation with this constant needs.
    """

    key: tuple[Hashable, ...]
    value: float
    formula: str
    where: Text  # ", where n is ..."; empty for a plain number
    rank: float
    need: float = ENOUGH


def constants(value: float, pair: Pair) -> Iterator[Constant]:
    """Yield the names of a constant: of a size, of an argument, or the number itself."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    if not 0 < size < math.inf:
        return
    factor = -1.0 if value < 0 else 1.0
    yield from _plain(value)
    for key, number, words in _sizes(pair):
        for form, exact in _matching(size, number, FORMS + (SIZE_FORMS if number > 2 else ())):
            yield Constant((*key, sign + form), factor * exact, sign + form, _where("n", words, number), 0.5)
    for name, number in _number_arguments(pair):
        forms = FORMS + (SHARE_FORMS if 0 < number < 1 else ())
        for form, exact in _matching(size, number, forms):
            formula = sign + form.replace("n", name)
            where = both(f", where {name} is {number:.6g} here", f"，其中 {name} 这里为 {number:.6g}")
            yield Constant(("argument", name, sign + form), factor * exact, formula, where, 0.3)


def _where(letter: str, words: Text, number: float) -> Text:
    return both(
        f", where {letter} is {words.en} ({number:g} here)", f"，其中 {letter} 是{words.zh}（这里为 {number:g}）"
    )


def _plain(value: float) -> Iterator[Constant]:
    for name, exact in NUMBERS.items():
        if abs(abs(value) / exact - 1) < PRECISION:
            sign = "-" if value < 0 else ""
            exact = math.copysign(exact, value)
            yield Constant(("number", sign + name), exact, sign + name, both("", ""), 0.6)
            return
    simple = 2 * value if abs(value) >= 0.5 else 1 / value
    nearest = round(simple)
    nothing = both("", "")
    if nearest and abs(simple / nearest - 1) < PRECISION and abs(nearest) <= 20:
        exact = nearest / 2 if abs(value) >= 0.5 else 1 / nearest
        best = abs(exact) in (2, 0.5)
        formula = f"{exact:g}" if abs(value) >= 0.5 else f"{'-' if nearest < 0 else ''}1/{abs(nearest)}"
        yield Constant(("number", nearest, abs(value) >= 0.5), exact, formula, nothing, 0.1 if best else 0.6)
        return
    shown = f"{value:.4g}"
    yield Constant(("number", shown), value, f"{shown}", nothing, 0.9, PLENTY)


def _matching(
    size: float, number: float, forms: tuple[tuple[str, Callable[[float], float]], ...]
) -> Iterator[tuple[str, float]]:
    for form, function in forms:
        exact = function(number)
        if exact > 0 and abs(size / exact - 1) < PRECISION:
            yield form, exact


def _sizes(pair: Pair) -> Iterator[tuple[tuple[Hashable, ...], float, Text]]:
    """Yield the sizes above 1 of arguments and of the expected value, and the numbers of their elements."""
    for name, array in pair.arguments.items():
        yield from _sizes_of(array, name, both(f" of {name}", f" {name} 的"))
    yield from _sizes_of(pair.expected, "", both(" of the result", "返回值的"))


def _sizes_of(array: Array, name: str, whose: Text) -> Iterator[tuple[tuple[Hashable, ...], float, Text]]:
    if array.ndim == 0:
        return
    for axis, size in enumerate(array.shape):
        if size > 1:
            words = both(f"the size of axis {axis}{whose.en}", f"{whose.zh}轴 {axis} 的大小")
            yield ("size", name, axis), size, words
    if array.ndim > 1:
        yield (
            ("size", name, -1),
            array.shape[-1],
            both(f"the size of the last axis{whose.en}", f"{whose.zh}最后一个轴的大小"),
        )
        yield ("count", name), array.size, both(f"the number of elements{whose.en}", f"{whose.zh}元素个数")
    if array.ndim > 2:
        for axis, size in enumerate(array.shape):
            words = both(
                f"the number of elements{whose.en} for each index of axis {axis}",
                f"{whose.zh}轴 {axis} 上每个下标对应的元素个数",
            )
            yield ("count", name, axis), array.size // max(1, size), words


def _number_arguments(pair: Pair) -> Iterator[tuple[str, float]]:
    for name, array in pair.arguments.items():
        if array.size == 1 and np.isfinite(array).all() and array.item() not in (0, 1):
            yield name, abs(array.item())


def offsets(value: float, pair: Pair) -> Iterator[Constant]:
    """Yield the names of the difference between all entries and the expected entries."""
    nothing = both("", "")
    nearest = round(value)
    if nearest and abs(value - nearest) < PRECISION:
        need = FEW if abs(nearest) == 1 and pair.integers else ENOUGH if abs(nearest) == 1 else PLENTY
        yield Constant(("number", nearest), nearest, f"{abs(nearest):g}", nothing, 0.1, need)
    else:
        yield Constant(("number", f"{value:.4g}"), value, f"{abs(value):.4g}", nothing, 0.9, PLENTY)
    for name, array in pair.arguments.items():
        if array.size == 1 and array.item() != 0:
            yield from _argument_offset(name, abs(array.item()), value)


def totals(value: float, pair: Pair) -> Iterator[Constant]:
    """Yield the sizes that are the sum of each entry and the expected entry: a count of the others."""
    for key, number, words in _sizes(pair):
        if number > 2 and abs(value - number) < PRECISION:
            yield Constant(key, number, "n", _where("n", words, number), 0.5)


def _argument_offset(name: str, number: float, value: float) -> Iterator[Constant]:
    if abs(abs(value) / number - 1) < PRECISION:
        where = both(f" ({number:.6g} here)", f"（这里为 {number:.6g}）")
        yield Constant(("argument", name, value > 0), math.copysign(number, value), name, where, 0.3)
