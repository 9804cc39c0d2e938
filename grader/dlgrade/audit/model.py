"""What an audit is made of: made-up submissions, what came of them, and the holes that they show."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from dlgrade.options import Why
from dlgrade.results.report import ChapterReport, Verdict

Kind = Literal["starter", "right", "misconception", "worthless", "replay", "ready-made", "mutant"]


TRAINED = {("right", "reference"), ("worthless", "none"), ("worthless", "zeros")}  # an untrained copy among them


class MadeUp(msgspec.Struct, frozen=True):
    """A made-up submission and how to grade it.

    `focus` names the exercise that a mutant changes: its checks run first, and the run stops at the first that fails.
    `only` restricts the run to one check. `recorded_at` is the seed that a replay's answers are from.
    """

    chapter: str
    kind: Kind
    name: str
    source: str
    seed: int = 0
    shuffle: bool = False
    focus: str = ""
    only: str = ""
    recorded_at: int = 0

    @property
    def trained(self) -> bool:
        """Whether checks that train run, too: they take seconds, and the other checks tell variants apart."""
        return self.kind == "starter" or ((self.kind, self.name) in TRAINED and not self.shuffle)


class Outcome(msgspec.Struct, frozen=True):
    """A made-up submission and its report; `why` says of each check that a replay passes what makes it pass."""

    made_up: MadeUp
    report: ChapterReport
    why: dict[str, Why] = {}

    @property
    def failed(self) -> list[str]:
        return [check.id for check in self.report.checks if not check.passed and not check.needs]


class Hole(msgspec.Struct, frozen=True):
    """Something that a suite would get wrong, in a sentence that says what to do, and the line at fault."""

    chapter: str
    kind: str
    text: str
    path: str
    line: int = 1


class Mutants(msgspec.Struct, frozen=True):
    """How the mutants of a reference fared."""

    killed: int = 0
    equivalent: int = 0
    survived: int = 0

    @property
    def score(self) -> float | None:
        """The share of the mutants killed, of those not listed as equivalent."""
        total = self.killed + self.survived
        return self.killed / total if total else None


class Replayed(msgspec.Struct, frozen=True):
    """A check with points that a replay passes."""

    check: str
    points: float
    why: Why


class Replay(msgspec.Struct, frozen=True):
    """The points that the reference's answers for one seed earn at another, of all checks that do not train."""

    points: float = 0.0
    passed: list[Replayed] = []

    @property
    def share(self) -> float:
        return sum(check.points for check in self.passed) / self.points if self.points else 0.0


class ChapterAudit(msgspec.Struct):
    """The result of a chapter: the matrix of variants against checks, the holes, the figures.

    `not_run` are the checks that need a GPU or data that this machine has not.
    """

    id: str
    checks: list[str]
    rows: list[tuple[str, dict[str, Verdict]]]
    misconceptions: int
    named: int
    mutants: Mutants
    replay: Replay
    holes: list[Hole]
    seconds: float = 0.0
    not_run: list[str] = []


def line_of(path: Path, words: str) -> int:
    """The first line of a file that has these words; 1 where none has."""
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if words in line:
                return number
    return 1
