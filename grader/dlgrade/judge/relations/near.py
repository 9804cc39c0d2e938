"""The last relation that is tried: the result is nearly right, so that its formula probably is, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_UP, Context
from typing import Any

import numpy as np

from dlgrade.judge.relations.search import LEAST_DRAWS, Draw, Relation, entries_of, numbers_of
from dlgrade.text import both

MOST = 0.01  # of the largest expected number


def nearly_right(draws: Sequence[Draw]) -> Relation | None:
    """Return how far off the results are at most, if there are two wrong ones and all are nearly right."""
    with np.errstate(all="ignore"):
        shares = [_share(draw.actual, draw.expected, replace(draw, arguments={})) for draw in draws]
    near = {i: share for i, share in enumerate(shares) if share is not None and 0 < share <= MOST}
    if len(near) < max(LEAST_DRAWS, sum(share != 0 for share in shares)):
        return None
    percent = f"{Context(prec=2, rounding=ROUND_UP).create_decimal_from_float(100 * max(near.values())):g} %"
    text = both(
        f"Each wrong result is off by at most {percent} of its largest number. Is a step rounded or approximated, or "
        "is a small constant added?",
        f"每个不符的结果与正确结果之差不超过最大值的 {percent}。是不是某一步取了近似、作了舍入，或加了很小的常数？",
    )
    return Relation("nearly right", text, tuple(near))


def _share(actual: Any, expected: Any, draw: Draw) -> float | None:
    """Return the largest difference, as a share of the largest expected number; None for values that do not compare."""
    if draw.comparison.difference(actual, expected) is None:
        return 0.0
    entries = entries_of(actual, expected)
    if entries is not None:
        shares = [_share(mine, right, draw) for _, mine, right in entries]
        return None if None in shares else max(filter(None, shares), default=0.0)
    pair = numbers_of(actual, expected, draw)
    if pair is None or pair.integers or pair.actual.shape != pair.expected.shape:
        return None
    scale, error = np.abs(pair.expected).max(), np.abs(pair.actual - pair.expected).max()
    return float(error / scale) if scale and np.isfinite(error / scale) else None
