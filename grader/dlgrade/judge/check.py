"""A check: what its suite declares, and how it goes for one submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from dlgrade.errors import GraderError
from dlgrade.judge.compare import Comparison
from dlgrade.judge.raised import Raised
from dlgrade.judge.reasons import Unmet
from dlgrade.results import CheckReport, Detail, Measured, Verdict, bound
from dlgrade.text import Text, both, same

NO_DETAIL = Detail()
DIAGNOSED = (Verdict.FAILED, Verdict.RAISED)
COMPARED = (*DIAGNOSED, Verdict.PASSED)  # a diagnosis also looks at values that are right
OBJECT_BYTES = 64  # of any object, besides its content

Drawn = Literal["numbers", "classes", "boxes", "centred boxes"]


@dataclass(frozen=True)
class Declared:
    """A check as its suite declares it. The same for every submission.

    Attributes:
        id: `EXERCISE.NAME`, unique in the chapter.
        points: 0 for a bonus check.
        seconds: how long the submission may take, by default the judge's limit.
        from_scratch: the check asks whether forbidden operations are used.
        trains: the check trains a model, and runs after all others.
        draws: how its tensors are drawn: as numbers, as classes of pixels, or as boxes.
        waits_for: ids of checks without which this check means nothing. It runs after them, if they pass.
    """

    id: str
    exercise: str
    points: float
    description: Text
    bonus: bool = False
    seconds: float | None = None
    from_scratch: bool = False
    trains: bool = False
    needs_gpu: bool = False
    waits_for: tuple[str, ...] = ()
    draws: Drawn = "numbers"


@dataclass
class Exchange:
    """A probe of a check, the submission's value or exception, and how the check compares the value.

    `by_suite`: the suite judges the value by itself, so values other than the reference's may be right.
    """

    blob: bytes
    seed: int
    value: Any
    comparison: Comparison
    raised: Raised | None = None
    by_suite: bool = False

    @property
    def size(self) -> int:
        """The bytes that the value takes, roughly."""
        return _size(self.value)


def _size(value: Any) -> int:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return OBJECT_BYTES + value.nbytes
    if isinstance(value, (str, bytes)):
        return OBJECT_BYTES + len(value)
    if isinstance(value, dict):
        return OBJECT_BYTES + sum(_size(key) + _size(item) for key, item in value.items())
    if isinstance(value, (list, tuple, set)):
        return OBJECT_BYTES + sum(map(_size, value))
    return OBJECT_BYTES


# The probes of a check whose suite learns nothing of a value but that it agrees, each with the comparison. The inputs
# come from a seed, so the suite asks all submissions these probes, as long as their values agree.
Script = tuple[tuple[bytes, Comparison], ...]


@dataclass(frozen=True)
class Last:
    """The last value that a submission gave in a check, and the reference's if there is one."""

    value: Any
    expected: Any = None


class Asked(NamedTuple):
    """The last probe that a submission was asked, as bytes and as a function."""

    blob: bytes
    seed: int
    probe: Callable[[Any], Any]


@dataclass
class Check:
    """A check while one submission is graded.

    `script` has the probes so far, or is None once the suite has learnt more than a script may. `answers` are values,
    or reasons why there is none, that came before the suite ran.

    It begins, asks probes, and ends: met, or unmet for a reason. `settle` may still find a reason afterwards, and a
    diagnosis. `report` can be called at any time; a check that has not ended is a fault of the grader.
    """

    declared: Declared
    seconds: float
    seed: int = 0  # of its probes
    transcript: list[Exchange] = field(default_factory=list)
    script: Script | None = ()
    answers: list[tuple[bytes, Any]] = field(default_factory=list)
    last: Last | None = None
    generator: torch.Generator | None = None  # the check draws its inputs from it
    spent: float = 0.0
    asked: Asked | None = None
    measured: Measured | None = None
    begun: bool = False
    ended: bool = False
    unmet: Unmet | None = None
    detail: Detail = NO_DETAIL
    duration: float = 0.0
    diagnosis: str | None = None
    also: str | None = None
    relation: str | None = None
    hint: Text | None = None

    def forget(self) -> None:
        """Let go of values that only a running check needs: a submission may make each of them large."""
        self.last = self.asked = None
        self.answers.clear()
        if self.unmet is not None:
            self.unmet.compared = self.unmet.difference = self.unmet.compared_value = None
            self.unmet.with_traceback(None).__context__ = None  # its frames hold the value
        if self.verdict not in COMPARED:
            self.transcript.clear()

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def exercise(self) -> str:
        return self.declared.exercise

    @property
    def verdict(self) -> Verdict:
        """The one place that decides a check's verdict."""
        if not self.ended:
            return Verdict.GRADER_ERROR
        return Verdict.PASSED if self.unmet is None else self.unmet.verdict

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def failed(self) -> bool:
        """Return whether the check is not met, and counts."""
        return not self.passed and not self.declared.bonus

    def report(self) -> CheckReport:
        """Return the check as the report shows it, its words cut to the limits."""
        declared, unmet = self.declared, self.unmet
        report = CheckReport(
            id=declared.id,
            exercise=declared.exercise,
            points=declared.points,
            description=declared.description,
            bonus=declared.bonus,
            verdict=self.verdict,
            message=unmet.text if unmet else None,
            diagnosis=self.diagnosis,
            also=self.also,
            relation=self.relation,
            hint=self.hint,
            seconds=self.duration,
            detail=self.detail,
            measured=self.measured,
            needs=unmet.needs if unmet else None,
            waits_for=unmet.waits_for if unmet else None,
        )
        bound(report)
        return report


def grader_fault(error: BaseException) -> Unmet:
    """Return the reason of a check that ended by a fault of the suite or the grader."""
    words = error.text if isinstance(error, GraderError) else same(f"{type(error).__name__}: {error}")
    prefix = both("The grader failed, not your code. ", "评分器出错，与你的代码无关。")
    return Unmet(Verdict.GRADER_ERROR, prefix + words)
