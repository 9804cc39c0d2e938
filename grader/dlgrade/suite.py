"""What a chapter's suite imports besides torch and pytest; the fixtures are in `dlgrade.judge.plugin`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlgrade.judge.compare import Comparison, Tolerance
from dlgrade.judge.verdicts import Unmet, from_difference
from dlgrade.report.model import Verdict
from dlgrade.text import both

__all__ = ["close", "expect", "raises"]


def raises(action: Callable[[], Any], kind: type[Exception]) -> bool:
    """For probes: whether the action raises this kind of exception. Code that is not written yet stays visible as such.

    >>> agree(lambda impl: raises(lambda: impl.group_norm(X, 5), ValueError))
    """
    try:
        action()
    except kind as error:
        if isinstance(error, NotImplementedError):
            raise
        return True
    return False


def expect(met: Any, en: str, zh: str) -> None:
    """Fail the check with this sentence unless `met` is true."""
    if not met:
        raise Unmet(Verdict.FAILED, both(en, zh))


def close(actual: Any, expected: Any, *, rtol: float | None = None, atol: float | None = None) -> None:
    """Fail the check unless both values agree, as `agree` compares them; for oracles other than the reference."""
    found = Comparison(Tolerance(rtol, atol)).difference(actual, expected)
    if found:
        raise from_difference(found)
