"""Prices: a mistake that explains every failure of an exercise costs a share of its points, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dlgrade.judge.check import Check
from dlgrade.results import Price, Verdict

LEAST = 1.0  # points that a mistake costs, unless its checks are worth less


def prices_of(checks: Iterable[Check], shares: Mapping[str, float]) -> list[Price]:
    """Return the price of each exercise whose failures have one diagnosis.

    Args:
        checks: the checks of a submission, diagnosed.
        shares: the price of each misconception, as a share of the exercise's points.
    """
    exercises: dict[str, list[Check]] = {}
    for check in checks:
        if not check.declared.bonus:
            exercises.setdefault(check.exercise, []).append(check)
    prices = []
    for exercise, own in exercises.items():
        # Training that lacks code is lost, whatever the mistake.
        unmet = [check for check in own if not check.passed and not _lacks_code(check)]
        if diagnosis := _single_mistake(unmet):
            lost = sum(check.declared.points for check in unmet if not check.verdict.pending)
            points = sum(check.declared.points for check in own)
            prices.append(Price(exercise, diagnosis, price_of(shares[diagnosis], points, lost), lost))
    return prices


def price_of(share: float, points: float, lost: float) -> float:
    """Return the price of a mistake that loses `lost` of an exercise's points by its checks."""
    return min(lost, max(LEAST, float(round(share * points))))


def _single_mistake(unmet: list[Check]) -> str | None:
    """Return the diagnosis that explains all these checks of an exercise, or None.

    A check that waits for another says nothing about the mistake. Nor does a model that does not learn: training has no
    diagnosis of its own. A check that raised has no price, as a submission can make up the exception of a mistake.
    """
    explained = [check for check in unmet if check.verdict is Verdict.FAILED]
    others = [check for check in unmet if check not in explained]
    silent = all(
        check.verdict is Verdict.BLOCKED or (check.declared.trains and check.verdict is Verdict.NOT_RUN)
        for check in others
    )
    diagnoses = {check.diagnosis for check in explained if not check.declared.trains or check.diagnosis}
    diagnoses |= {second for check in explained if (second := check.also)}  # two mistakes in a check
    return diagnoses.pop() if silent and len(diagnoses) == 1 else None


def _lacks_code(check: Check) -> bool:
    """Return whether a check could not train because another exercise is not written yet."""
    return check.declared.trains and check.verdict is Verdict.NOT_IMPLEMENTED
