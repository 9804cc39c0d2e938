"""Diagnosis: compare a failed check's values with those of the chapter's misconceptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dlgrade.course import Misconception
from dlgrade.judge.check import Check, Exchange
from dlgrade.judge.content import Content
from dlgrade.judge.trusted import Variant
from dlgrade.results import Verdict


def diagnose(checks: Iterable[Check], content: Content) -> None:
    """Name the misconception that gives a failed check's values. Of several, take that of most checks."""
    failed = [check for check in checks if check.verdict is Verdict.FAILED and check.transcript]
    if not failed:
        return
    matches: dict[str, list[Misconception]] = {}
    for wrong in content.misconceptions:
        for check in failed:
            if check.exercise in wrong.affected and _gives_the_same(check, wrong.variant, content.reference):
                matches.setdefault(check.id, []).append(wrong.misconception)
    explained = Counter(misconception.id for matching in matches.values() for misconception in matching)
    for check in failed:
        if matching := matches.get(check.id):
            best = max(matching, key=lambda misconception: explained[misconception.id])
            check.diagnosis, check.hint = best.id, best.hint


def _gives_the_same(check: Check, variant: Variant, reference: Variant) -> bool:
    """Return whether the variant gives the same value for every probe, and the reference another for at least one."""
    return all(_agrees(exchange, variant) for exchange in check.transcript) and not all(
        _agree(exchange, variant, reference) for exchange in check.transcript
    )


def _agrees(exchange: Exchange, variant: Variant) -> bool:
    outcome = variant.outcome(exchange.blob, exchange.seed)
    return not outcome.raised and exchange.comparison.difference(exchange.value, outcome.value) is None


def _agree(exchange: Exchange, variant: Variant, reference: Variant) -> bool:
    outcomes = [implementation.outcome(exchange.blob, exchange.seed) for implementation in (variant, reference)]
    return exchange.comparison.difference(outcomes[0].value, outcomes[1].value) is None
