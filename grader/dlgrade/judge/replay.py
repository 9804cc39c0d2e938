"""Replays: the reference's answers for a seed, given at another seed, as a submission could that has memorised them."""

from __future__ import annotations

from typing import Any

from dlgrade.course import Chapter
from dlgrade.judge.check import Check
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.session import Judge
from dlgrade.judge.trusted import Outcome
from dlgrade.options import RunOptions, Why
from dlgrade.results import ChapterReport, Verdict
from dlgrade.text import both


class Tape:
    """The reference's outcomes under a first seed, by check and position, and how they fare under a second."""

    def __init__(self) -> None:
        self.recorded: dict[str, list[tuple[bytes, Outcome]]] = {}
        self.why: dict[str, Why] = {}

    def record(self, check: Check, blob: bytes, outcome: Outcome) -> Any:
        """Note the reference's own value, and return it."""
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


def replay(judge: Judge, chapter: Chapter, recorded_at: int, seed: int) -> tuple[ChapterReport, dict[str, Why]]:
    """Grade the reference's answers for seed `recorded_at` at `seed`. Return the report, and why checks passed."""
    submission, tape = judge.submission(chapter, None), Tape()
    judge.grade(chapter, submission, RunOptions(seed=recorded_at, training="never"), stand_in=tape.record)
    report = judge.grade(chapter, submission, RunOptions(seed=seed, training="never"), stand_in=tape.play)
    return report, {check.id: tape.why[check.id] for check in report.checks if check.passed and check.id in tape.why}
