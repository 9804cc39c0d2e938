"""Relations: a sentence that is true of a student's values and the expected values, where no misconception fits.

A relation holds on several draws, or it is not stated. Each sentence describes the values; none guesses about code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from dlgrade.judge.compare import Comparison
from dlgrade.judge.relations.facts import Fact, Pair, bits, named_arrays, pair_of, pair_of_numbers, unique
from dlgrade.judge.relations.sequences import sequence_facts, type_facts
from dlgrade.judge.relations.shapes import arrangement_facts, dtype_fact, other_shape_facts
from dlgrade.judge.relations.tensors import same_shape_facts
from dlgrade.text import Text, both, same
from dlgrade.worker.wire import DTYPE_NAMES

MOST_DRAWS = 24
MOST_ENTRIES = 64  # of a container
LEAST_DRAWS = 2
LEAST_BITS = 6.0  # from the draws other than the best
NEARLY_ALL = 0.75  # of the draws in which any relation holds: then the most telling counts
SHOWN_PATHS = 3

# Between a Latin letter, a digit or a bracket and a Chinese character.
SEAMS = re.compile(r"(?<=[A-Za-z0-9)\]])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9(\[])")

Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class Draw:
    """One probe: the student's value, the expected value, and how a check compares them.

    `arguments` are the tensors and numbers of the only call, by name; empty if there are several calls.
    `returned` tells whether the values are a function's result; otherwise the check has computed them.
    """

    actual: Any
    expected: Any
    arguments: dict[str, Any]
    comparison: Comparison
    returned: bool = True


@dataclass(frozen=True)
class Relation:
    """A relation that holds in several draws. `kind` is a stable name; `draws` are the indices where it holds."""

    kind: str
    text: Text
    draws: tuple[int, ...]


def relation(draws: Sequence[Draw]) -> Relation | None:
    """Return the relation that explains most of the draws that differ, or None.

    It holds in at least half of them, and in two with different values. Their number and their digits rule out a
    coincidence. Of relations that hold about equally often, the most telling is returned.
    """
    differing = [i for i, draw in enumerate(draws) if _differs(draw)]
    differing = differing[:: math.ceil(len(differing) / MOST_DRAWS) or 1]
    least = max(LEAST_DRAWS, math.ceil(len(differing) / 2))
    found: dict[Key, dict[int, Fact]] = {}
    with np.errstate(all="ignore"):  # many relations are tried on values for which they are not defined
        for done, i in enumerate(differing):
            if max(map(len, found.values()), default=0) + len(differing) - done < least:
                return None
            for key, fact in _facts(draws[i]).items():
                found.setdefault(key, {})[i] = fact
    candidates = [holding for holding in found.values() if len(holding) >= least and _convinces(holding)]
    if not candidates:
        return None
    most = max(map(len, candidates))
    telling = [holding for holding in candidates if len(holding) >= NEARLY_ALL * most]
    best = min(telling, key=lambda holding: (next(iter(holding.values())).rank, -len(holding)))
    facts = list(best.values())
    returned = all(draws[i].returned for i in best)
    paths = [fact.paths if returned else () for fact in facts]
    text = sentence_about(paths, facts[0].text, several=both("Each wrong result", "每个不符的结果"))
    return Relation(facts[0].kind, text, tuple(best))


def _differs(draw: Draw) -> bool:
    return draw.comparison.difference(draw.actual, draw.expected) is not None


def _convinces(holding: dict[int, Fact]) -> bool:
    """Return whether the values of the draws are evidence, also without the draw that has most of it."""
    pieces = [fact.evidence for fact in holding.values()]
    if len({piece.signature for piece in pieces}) < LEAST_DRAWS:
        return False
    total = bits(pieces)
    need = max(fact.need for fact in holding.values())
    return total >= need and total - max(bits([piece]) for piece in pieces) >= LEAST_BITS


def sentence_about(paths: Sequence[tuple[str, ...]], words: Text, *, several: Text) -> Text:
    """Put the subject before the words of the first draw: the entries if they are the same in all draws, or `several`.

    `paths` are the places of the entries in each draw.
    """
    first = paths[0]
    if any(other != first for other in paths) or not 0 < len(first) <= SHOWN_PATHS:
        subject = several
    elif len(first) > 1:
        names = [f"result{path}" for path in first]
        subject = both(f"Each of {', '.join(names[:-1])} and {names[-1]}", f"{'、'.join(names)} 各自")
    else:
        subject = same(f"result{first[0]}") if first[0] else both("Your result", "返回值")
    ended = words if words.en.endswith("?") else words + both(".", "。")
    sentence = subject + ended
    return both(sentence.en, SEAMS.sub(" ", sentence.zh))


# The facts of a draw.


def _facts(draw: Draw) -> dict[Key, Fact]:
    return _of_value(draw.actual, draw.expected, replace(draw, arguments=named_arrays(draw.arguments)), "")


def _of_value(actual: Any, expected: Any, draw: Draw, path: str) -> dict[Key, Fact]:
    entries = entries_of(actual, expected)
    own = unique(_as_a_whole(actual, expected, draw))
    facts = {key: replace(fact, paths=(path,)) for key, fact in own.items()}
    return facts if entries is None else facts | _of_entries(entries, draw, path)


def entries_of(actual: Any, expected: Any) -> list[tuple[str, Any, Any]] | None:
    """Return the entries of two containers of one structure, or None. A list of numbers is a vector, a tuple is not."""
    if isinstance(expected, list) and isinstance(actual, list) and _numbers(expected) and _numbers(actual):
        return None
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)) and len(actual) == len(expected):
        return [(f"[{i}]", *items) for i, items in enumerate(zip(actual, expected, strict=True))]
    if isinstance(expected, dict) and isinstance(actual, dict) and set(actual) == set(expected):
        return [(f"[{key!r}]", actual[key], item) for key, item in expected.items()]
    return None


def _numbers(items: Sequence[Any]) -> bool:
    return all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items)


def _of_entries(entries: list[tuple[str, Any, Any]], draw: Draw, path: str) -> dict[Key, Fact]:
    """Return the facts that hold for every entry that differs."""
    shared: dict[Key, Fact] | None = None
    differing = [entry for entry in entries if draw.comparison.difference(*entry[1:]) is not None]
    if len(differing) > MOST_ENTRIES:
        return {}
    for name, actual, expected in differing:
        facts = _of_value(actual, expected, draw, path + name)
        shared = facts if shared is None else {key: _merged(shared[key], facts[key]) for key in shared if key in facts}
    return shared or {}


def _merged(first: Fact, other: Fact) -> Fact:
    return replace(first, evidence=first.evidence + other.evidence, paths=first.paths + other.paths)


def _as_a_whole(actual: Any, expected: Any, draw: Draw) -> Iterator[Fact]:
    """Yield the facts about two values that are not about their entries."""
    comparison, sequences = draw.comparison, (list, tuple)
    if any(isinstance(expected, kind) and isinstance(actual, kind) for kind in (sequences, str)):
        yield from sequence_facts(actual, expected, comparison)
    elif not _comparable(actual, expected):
        yield from type_facts(actual, expected, comparison)
    pair = numbers_of(actual, expected, draw)
    if pair is not None:
        yield from _of_pair(actual, expected, pair)


def numbers_of(actual: Any, expected: Any, draw: Draw) -> Pair | None:
    """Return two tensors, numbers or lists of numbers as a pair, or None for other values."""
    if _comparable(actual, expected):
        return pair_of(actual, expected, draw.comparison, draw.arguments)
    sequences = (list, tuple)
    if not (isinstance(expected, sequences) and isinstance(actual, sequences) and len(actual) == len(expected) > 1):
        return None
    if not (_numbers(actual) and _numbers(expected)):
        return None
    return pair_of_numbers(actual, expected, draw.comparison, draw.arguments)


def _comparable(actual: Any, expected: Any) -> bool:
    kinds = torch.Tensor, np.ndarray
    if isinstance(expected, kinds):
        return type(actual) in (type(expected), torch.nn.Parameter)
    fits = isinstance(actual, (int, float)) if isinstance(expected, float) else type(actual) is type(expected)
    return isinstance(expected, (int, float)) and fits and not isinstance(expected, bool)


def _of_pair(actual: Any, expected: Any, pair: Pair) -> Iterator[Fact]:
    if pair.actual.size == 0 or pair.expected.size == 0:
        return
    if pair.actual.shape != pair.expected.shape:
        yield from other_shape_facts(pair)
        return
    if isinstance(expected, torch.Tensor) and actual.dtype != expected.dtype:
        yield from dtype_fact(pair, DTYPE_NAMES.get(actual.dtype, "?"), DTYPE_NAMES.get(expected.dtype, "?"))
    yield from same_shape_facts(pair)
    wrong = ~pair.close(pair.actual, pair.expected)
    if wrong.any() and pair.actual.ndim:
        yield from arrangement_facts(pair, wrong)
