"""The data of an audit: made-up submissions, their reports, and the holes and figures that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from dlgrade.options import Why
from dlgrade.results import ChapterReport, Verdict

Kind = Literal[
    "starter", "right", "notebook", "misconception", "worthless", "spoiling", "replay", "forbidden", "mutant"
]

SHOWN_NAMES = 5

# Made-up submissions that also run the checks that train. "none" and "zeros" stand for an untrained model.
TRAINED = {("right", "reference"), ("worthless", "none"), ("worthless", "zeros")}


class MadeUp(msgspec.Struct, frozen=True):
    """A made-up submission, and how to grade it.

    Args:
        chapter: The chapter's id.
        kind: Why it was made. The kind tells which verdicts are right.
        name: Its name among those of its kind.
        source: Its Python source, or the text of a notebook.
        seed: Seed of the inputs.
        shuffle: Run the checks in a drawn order.
        focus: The exercise that a mutant changes. Its checks run first, and the run stops at the first that fails.
        only: Run nothing but this check.
        recorded_at: The seed that a replay's answers are from.
        calls: The forbidden operation that each exercise calls.
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
    calls: dict[str, str] = {}

    @property
    def trained(self) -> bool:
        """Return whether checks that train run, too. They take seconds, and other checks are enough for the rest."""
        return self.kind == "starter" or ((self.kind, self.name) in TRAINED and not self.shuffle)


class Trial(msgspec.Struct, frozen=True):
    """A made-up submission and its report.

    For a replay, `why` gives the reason for each check that it passes, and `told` the checks whose probes close over
    the answer.
    """

    made_up: MadeUp
    report: ChapterReport
    why: dict[str, Why] = {}
    told: list[str] = []

    @property
    def failed(self) -> list[str]:
        """The checks that it does not pass, without those that this machine cannot run, or that wait for others."""
        return [check.id for check in self.report.checks if not (check.passed or check.needs or check.waits_for)]

    @property
    def waiting(self) -> list[str]:
        """The checks that are BLOCKED by others."""
        return [check.id for check in self.report.checks if check.waits_for]


class Hole(msgspec.Struct, frozen=True):
    """A fault of a suite or a file: a sentence with advice, and the line at fault.

    Args:
        chapter: The chapter's id.
        kind: The kind of fault.
        text: The sentence.
        path: The file.
        line: The line.
        subject: The check, misconception or exercise that the sentence is about. `folded` makes a single hole of the
            same sentence about several subjects.
        example: A message that goes with the sentence, and may differ between subjects.
        count: The number of subjects.
    """

    chapter: str
    kind: str
    text: str
    path: str
    line: int = 1
    subject: str = ""
    example: str = ""
    count: int = 1


def folded(holes: Iterable[Hole]) -> list[Hole]:
    """The holes, with a single one for all subjects of the same sentence. Survivors stay apart by their lines."""
    groups: dict[tuple[object, ...], list[Hole]] = {}
    for hole in holes:
        line = hole.line if hole.kind == "mutant-survived" else None
        groups.setdefault((hole.chapter, hole.kind, hole.text, hole.path, line), []).append(hole)
    merged = []
    for first, *more in groups.values():
        subjects = list(dict.fromkeys(hole.subject for hole in (first, *more) if hole.subject))
        text = f"{listed(subjects)}: {first.text}" if subjects else first.text
        text += f" ({first.example})" if first.example else ""
        merged.append(msgspec.structs.replace(first, text=text, subject="", example="", count=max(1, len(subjects))))
    return merged


def listed(names: Sequence[str]) -> str:
    """The names with commas, and the number of those that are too many to show."""
    shown = ", ".join(names[:SHOWN_NAMES])
    return shown + (f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else "")


class MutantCounts(msgspec.Struct, frozen=True):
    """How many mutants of a reference failed a check, were listed as equivalent, or survived."""

    killed: int = 0
    equivalent: int = 0
    survived: int = 0

    @property
    def score(self) -> float | None:
        """The share of killed mutants, not counting those listed as equivalent."""
        total = self.killed + self.survived
        return self.killed / total if total else None


class ReplayedCheck(msgspec.Struct, frozen=True):
    """A check with points that a replay passes."""

    check: str
    points: float
    why: Why


class ReplayScore(msgspec.Struct, frozen=True):
    """The success of the reference's answers for one seed under another. Checks that train do not count.

    `points` are those of all checks, `passed` the checks that the replay passes.
    """

    points: float = 0.0
    passed: list[ReplayedCheck] = []

    @property
    def share(self) -> float:
        return sum(check.points for check in self.passed) / self.points if self.points else 0.0


class ChapterAudit(msgspec.Struct):
    """The result of a chapter's audit.

    Args:
        id: The chapter's id.
        checks: Ids of its checks.
        rows: The verdict of each check on each made-up submission, by the submission's name.
        misconceptions: How many misconceptions the chapter has.
        named: How many of them are named in every check that they fail.
        mutants: The mutants, counted.
        replay: The score of a replay.
        holes: Everything that is wrong.
        seconds: How long the audit took.
        not_run: Checks that need a GPU or data that this machine does not have.
        survivors: The mutants that no check notices and equivalents.yaml does not list: a line before and after.
    """

    id: str
    checks: list[str]
    rows: list[tuple[str, dict[str, Verdict]]]
    misconceptions: int
    named: int
    mutants: MutantCounts
    replay: ReplayScore
    holes: list[Hole]
    seconds: float = 0.0
    not_run: list[str] = []
    survivors: list[tuple[str, str]] = []


def line_of(path: Path, text: str) -> int:
    """The first line of a file that contains the text, or 1."""
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if text in line:
                return number
    return 1
