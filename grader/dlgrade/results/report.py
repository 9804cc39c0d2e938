"""The result of grading: what every writer, from the terminal to JUnit, is given."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import msgspec

from dlgrade.legible import visible_json
from dlgrade.text import Lang, Text

FORMAT_VERSION = 1


class Verdict(str, Enum):
    """How a check ended; the set is closed."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"
    RAISED = "RAISED"
    TIMED_OUT = "TIMED_OUT"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    CRASHED = "CRASHED"
    NOT_RUN = "NOT_RUN"
    GRADER_ERROR = "GRADER_ERROR"


class Frame(msgspec.Struct, frozen=True):
    """One line of the submission on the way to an exception, and how many times it is on that way."""

    file: str
    line: int
    function: str
    source: str
    times: int = 1

    @property
    def repeated(self) -> str:
        """` × 976` for a line of a recursion, in any language; nothing for a line that is there once."""
        return f" × {self.times}" if self.times > 1 else ""


Grid = tuple[tuple[float | None, ...], ...]  # None: NaN or an infinity


class Picture(msgspec.Struct, frozen=True):
    """Two tensors that differ, small enough to be drawn: yours, what was expected, how far they are apart.

    Of a tensor of more than two dimensions the `planes` with these indices stand side by side, each of `columns`
    columns. Each number is the mean of a `block` of elements. The largest difference is at `at`, where `values` are
    yours and what was expected.
    """

    where: str
    shape: tuple[int, ...]
    planes: tuple[tuple[int, ...], ...]
    columns: int
    block: tuple[int, int]
    yours: Grid
    expected: Grid
    difference: Grid
    at: tuple[int, ...]
    values: tuple[float | None, float | None]


class Detail(msgspec.Struct, frozen=True):
    """What helps to understand a failure: the call, what came back, what should have, where it was raised.

    A picture is there only where it was asked for.
    """

    call: str | None = None
    got: str | None = None
    expected: str | None = None
    frames: tuple[Frame, ...] = ()
    output: str = ""
    output_bytes: int = 0
    picture: Picture | None = None


class Measured(msgspec.Struct, frozen=True):
    """What a trained model reached, and what it has to; `better` is `higher` or `lower`."""

    task: str
    value: float
    better: Literal["higher", "lower"]
    steps: int
    threshold: float | None = None
    device: str = "cpu"


class CheckReport(msgspec.Struct):
    """One check. `diagnosis` is the id of the misconception that the values are those of, `hint` its words.

    A bonus check is a remark: it is worth no points and never counts as a failure. `needs` says for want of what a
    check was not run: `gpu`, `training` (it was left to a later run), or the name of a data set.
    """

    id: str
    exercise: str
    points: float
    description: Text
    bonus: bool = False
    verdict: Verdict = Verdict.GRADER_ERROR
    message: Text | None = None
    diagnosis: str | None = None
    hint: Text | None = None
    seconds: float = 0.0
    detail: Detail = Detail()
    measured: Measured | None = None
    needs: str | None = None

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def failed(self) -> bool:
        """Not passed, and it counts."""
        return not self.passed and not self.bonus

    @property
    def earned(self) -> float:
        return self.points if self.passed else 0.0


class Mention(msgspec.Struct, frozen=True):
    """A line of a submission that mentions a way around the rules, whether or not it is used."""

    name: str
    file: str
    line: int


class ChapterReport(msgspec.Struct):
    """One chapter's checks.

    `suspicious` are lines that staff should look at, which cost nothing by themselves. `missing` are the parts of the
    sandbox that were not there; None where nobody noted it.
    """

    id: str
    checks: list[CheckReport]
    suspicious: list[Mention] = []
    missing: list[str] | None = None

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def score(self) -> float:
        return sum(check.earned for check in self.checks)

    @property
    def pending(self) -> float:
        """Points of checks that could not run here: neither earned nor lost."""
        return sum(check.points for check in self.checks if check.verdict is Verdict.NOT_RUN)

    def exercises(self) -> dict[str, list[CheckReport]]:
        """The checks by exercise, in the order of the suite."""
        grouped: dict[str, list[CheckReport]] = {}
        for check in self.checks:
            grouped.setdefault(check.exercise, []).append(check)
        return grouped


class Report(msgspec.Struct):
    """One submission's result over the chapters that were graded."""

    submission: str
    seed: int
    chapters: list[ChapterReport]
    format_version: int = FORMAT_VERSION

    @property
    def checks(self) -> list[CheckReport]:
        return [check for chapter in self.chapters for check in chapter.checks]

    @property
    def points(self) -> float:
        return sum(chapter.points for chapter in self.chapters)

    @property
    def score(self) -> float:
        return sum(chapter.score for chapter in self.chapters)

    @property
    def pending(self) -> float:
        return sum(chapter.pending for chapter in self.chapters)

    @property
    def missing(self) -> list[str] | None:
        """The parts of the sandbox that were missing for any chapter; None where that is unknown."""
        found: dict[str, None] = {}
        for chapter in self.chapters:
            if chapter.missing is None:
                return None
            found |= dict.fromkeys(chapter.missing)
        return list(found)

    @property
    def exit_code(self) -> int:
        """0 all passed, 1 some did not, 3 the grader itself failed."""
        if any(check.verdict is Verdict.GRADER_ERROR for check in self.checks):
            return 3
        return 0 if not any(check.failed for check in self.checks) else 1


def number(value: float) -> str:
    """Points as people write them: 3, not 3.0; 0.5; 1.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def as_data(report: Report, lang: Lang) -> dict[str, Any]:
    """The report as the documented JSON object (docs/report.md), its words in one language."""
    return {
        "format_version": report.format_version,
        "submission": report.submission,
        "seed": report.seed,
        "sandbox": {"missing": report.missing},
        "score": report.score,
        "points": report.points,
        "pending": report.pending,
        "chapters": [
            {
                "id": chapter.id,
                "score": chapter.score,
                "points": chapter.points,
                "pending": chapter.pending,
                "suspicious": msgspec.to_builtins(chapter.suspicious),
                "checks": [_check_data(check, lang) for check in chapter.checks],
            }
            for chapter in report.chapters
        ],
    }


def _check_data(check: CheckReport, lang: Lang) -> dict[str, Any]:
    return {
        "id": check.id,
        "exercise": check.exercise,
        "verdict": check.verdict.value,
        "points": check.points,
        "earned": check.earned,
        "bonus": check.bonus,
        "description": check.description.of(lang),
        "message": check.message.of(lang) if check.message else None,
        "diagnosis": check.diagnosis,
        "hint": check.hint.of(lang) if check.hint else None,
        "seconds": round(check.seconds, 4),
        "detail": _detail_data(check.detail),
        "measured": msgspec.to_builtins(check.measured),
        "needs": check.needs,
    }


def _detail_data(detail: Detail) -> dict[str, Any]:
    """Its keys are always the same, but for the picture, which only a run that asked for pictures has."""
    data: dict[str, Any] = msgspec.to_builtins(detail)
    if detail.picture is None:
        del data["picture"]
    return data


def to_json(report: Report, lang: Lang) -> str:
    content = msgspec.json.format(msgspec.json.encode(as_data(report, lang)), indent=2)
    return visible_json(content.decode())
