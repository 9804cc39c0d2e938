"""Which known mistake is it: a failed check's values compared with those of the chapter's misconceptions."""

from __future__ import annotations

from collections import Counter

from dlgrade.course import Misconception
from dlgrade.judge.grading import Check, Entry, Grading
from dlgrade.judge.trusted import Variant
from dlgrade.results.report import Verdict


def diagnose(grading: Grading) -> None:
    """Name the misconception whose values a failed check has; of several, the one that explains the most checks."""
    failed = [c for c in grading.checks.values() if c.report.verdict is Verdict.FAILED and c.transcript]
    if not failed:
        return
    matches: dict[str, list[Misconception]] = {}
    for entry, variant in grading.content.misconceptions:
        for check in failed:
            if check.report.id in entry.caught_by and _same_mistake(check, variant, grading.content.reference):
                matches.setdefault(check.report.id, []).append(entry)
    explained = Counter(entry.id for found in matches.values() for entry in found)
    for check in failed:
        if found := matches.get(check.report.id):
            best = max(found, key=lambda entry: explained[entry.id])
            check.report.diagnosis, check.report.hint = best.id, best.hint


def _same_mistake(check: Check, variant: Variant, reference: Variant) -> bool:
    """The same values as the variant in every probe, and not the reference's in one at least."""
    return all(_agrees(entry, variant) for entry in check.transcript) and not all(
        _agrees_with(entry, variant, reference) for entry in check.transcript
    )


def _agrees(entry: Entry, variant: Variant) -> bool:
    outcome = variant.outcome(entry.blob, entry.seed)
    return not outcome.raised and entry.comparison.difference(entry.value, outcome.value) is None


def _agrees_with(entry: Entry, variant: Variant, reference: Variant) -> bool:
    one, other = (implementation.outcome(entry.blob, entry.seed) for implementation in (variant, reference))
    return entry.comparison.difference(one.value, other.value) is None
