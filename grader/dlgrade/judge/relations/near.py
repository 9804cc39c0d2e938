"""The last relation that is tried: the result is nearly right, so that its formula probably is, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from dlgrade.judge.relations.search import LEAST_DRAWS, Draw, Relation
from dlgrade.text import both

MOST = 0.01  # of the largest expected number


def nearly_right(draws: Sequence[Draw]) -> Relation | None:
    """Return how far off the results are at most, if they are nearly right in two draws and in half of all."""
    differing = [i for i, draw in enumerate(draws) if draw.comparison.difference(draw.actual, draw.expected)]
    shares = {i: _share(draws[i].actual, draws[i].expected) for i in differing}
    near = {i: share for i, share in shares.items() if share is not None and share <= MOST}
    if len(near) < max(LEAST_DRAWS, len(differing) / 2):
        return None
    percent = f"{100 * max(near.values()):.2g} %"
    text = both(
        f"Each wrong result is off by at most {percent} of its largest number. Is a step rounded or approximated, or "
        "is a small constant added?",
        f"每个不符的结果与正确结果之差不超过最大值的 {percent}。是不是某一步取了近似、作了舍入，或加了很小的常数？",
    )
    return Relation("nearly right", text, tuple(near))


def _share(actual: Any, expected: Any) -> float | None:
    """Return the largest difference, as a share of the largest expected number; None for values that do not compare."""
    if isinstance(expected, (tuple, list)) and isinstance(actual, (tuple, list)) and len(actual) == len(expected):
        return _largest([_share(*entry) for entry in zip(actual, expected, strict=True)])
    if isinstance(expected, dict) and isinstance(actual, dict) and set(actual) == set(expected):
        return _largest([_share(actual[key], entry) for key, entry in expected.items()])
    if isinstance(expected, str) or isinstance(actual, str) or type(actual) is not type(expected):
        return 0.0 if isinstance(expected, str) and actual == expected else None
    if isinstance(expected, torch.Tensor):
        if actual.dtype != expected.dtype:
            return None
        actual, expected = actual.detach().cpu().numpy(), expected.detach().cpu().numpy()
    if not isinstance(expected, (np.ndarray, float)):
        return 0.0 if np.array_equal(actual, expected) else None
    a, e = np.asarray(actual), np.asarray(expected)
    if a.shape != e.shape or e.dtype.kind != "f" or not np.isfinite(a).all() or not np.isfinite(e).all():
        return 0.0 if np.array_equal(a, e) else None
    scale = np.abs(e).max(initial=0.0)
    return float(np.abs(a.astype(float) - e.astype(float)).max(initial=0.0) / scale) if scale else None


def _largest(shares: list[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return max(known, default=0.0) if len(known) == len(shares) else None
