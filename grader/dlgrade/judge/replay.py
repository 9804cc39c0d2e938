"""Replays: the reference's answers for a seed, given at another seed, as a submission could that has memorised them."""

from __future__ import annotations

from typing import Any

from dlgrade.course import Chapter
from dlgrade.judge.check import Check
from dlgrade.judge.messages import Graded
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.session import Judge
from dlgrade.judge.told import tells
from dlgrade.judge.trusted import Outcome, Variant
from dlgrade.options import RunOptions, Why
from dlgrade.results import Verdict
from dlgrade.text import both


class Tape:
    """The reference's outcomes under a first seed, by check and position, and how they fare under a second.

    `told` are the checks of which a probe tells the worker the answer.
    """

    def __init__(self, reference: Variant) -> None:
        self.reference = reference
        self.told: set[str] = set()
        self.recorded: dict[str, list[tuple[bytes, Outcome]]] = {}
        self.why: dict[str, Why] = {}

    def record(self, check: Check, blob: bytes, outcome: Outcome) -> Any:
        """Note the reference's own value, and return it."""
        if tells(blob, self.reference):
            self.told.add(check.id)
        self.recorded.setdefault(check.id, []).append((blob, outcome))
        return outcome.value

    def play(self, check: Check, blob: bytes, outcome: Outcome) -> Any:
        """Return the value that was recorded at this place of the check."""
        recorded, place = self.recorded.get(check.id, []), len(check.transcript)
        if place >= len(recorded):
            raise Unmet(Verdict.FAILED, both("There were fewer probes under the other seed.", "另一种子下探针较少。"))
        then, noted = recorded[place]
        self._note(check.id, "fixed" if then == blob else "same" if noted.tree == outcome.tree else "accepted")
        return noted.value

    def _note(self, check: str, why: Why) -> None:
        """Keep the reason of the probe that depends most on the seed: it explains why the check passes."""
        order: list[Why] = ["fixed", "same", "accepted"]
        self.why[check] = max(self.why.get(check, why), why, key=order.index)


def replay(judge: Judge, chapter: Chapter, recorded_at: int, seed: int) -> Graded:
    """Grade the reference's answers for seed `recorded_at` at `seed`.

    The result has the report, why checks passed, and the checks that tell the worker an answer.
    """
    submission, tape = judge.submission(chapter, None), Tape(judge.content(chapter).reference)
    judge.grade(chapter, submission, RunOptions(seed=recorded_at, training="never"), stand_in=tape.record)
    report = judge.grade(chapter, submission, RunOptions(seed=seed, training="never"), stand_in=tape.play)
    why = {check.id: tape.why[check.id] for check in report.checks if check.passed and check.id in tape.why}
    return Graded(report, why, sorted(tape.told))
