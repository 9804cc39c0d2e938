"""The report of one submission: chapters, their checks, and the details of each check."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from dlgrade.results.verdicts import Verdict
from dlgrade.text import Text

FORMAT_VERSION = 1


class Frame(msgspec.Struct, frozen=True):
    """One line of a traceback, inside the submission. `times` counts repeats by a recursion."""

    file: str
    line: int
    function: str
    source: str
    times: int = 1

    @property
    def repeated(self) -> str:
        """Return ` × 976` for a repeated line, otherwise nothing. Both languages share it."""
        return f" × {self.times}" if self.times > 1 else ""


Grid = tuple[tuple[float | None, ...], ...]  # None: NaN or an infinity


class Picture(msgspec.Struct, frozen=True):
    """Two tensors that differ, reduced to grids for a screen: the student's, the expected tensor, the difference.

    Each number is the mean of a `block` of elements. A tensor with more than two dimensions shows the `planes` with
    these indices side by side, each `columns` wide. The largest difference is at `at`; `values` are the student's value
    and the expected value there. In a map of `classes`, each number is the class of a pixel of the block, a wrong
    one if there is any; the difference is 1 where the class is wrong.
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
    classes: bool = False


Corners = tuple[float, float, float, float]  # x and y of the upper left corner, then of the lower right corner


class Image(msgspec.Struct, frozen=True):
    """A small image behind boxes: bytes of red, green and blue for each pixel, row by row, and its place."""

    width: int
    height: int
    pixels: bytes
    place: Corners


class Boxes(msgspec.Struct, frozen=True):
    """The boxes of two tensors that differ the most: their indices, the student's boxes, and the expected ones.

    A box with a NaN or an infinity is None. `frame` contains these boxes, unless some of the student's are
    far away. The box with the largest difference is number `worst` of those shown. An `image` lies behind the boxes,
    and then the frame contains it, too.
    """

    where: str
    shape: tuple[int, ...]
    indices: tuple[tuple[int, ...], ...]
    yours: tuple[Corners | None, ...]
    expected: tuple[Corners | None, ...]
    frame: Corners
    worst: int
    image: Image | None = None


class Detail(msgspec.Struct, frozen=True):
    """The details that explain a failure: the call, both values, the traceback, the output.

    `picture` and `boxes` are None unless pictures were asked for. `output_bytes` counts the whole output, `output` may
    be cut.
    """

    call: str | None = None
    got: str | None = None
    expected: str | None = None
    frames: tuple[Frame, ...] = ()
    output: str = ""
    output_bytes: int = 0
    picture: Picture | None = None
    boxes: Boxes | None = None


class Measured(msgspec.Struct, frozen=True):
    """The score of a trained model, and the threshold it has to reach."""

    task: str
    value: float
    better: Literal["higher", "lower"]
    steps: int
    threshold: float | None = None
    device: str = "cpu"


class CheckReport(msgspec.Struct):
    """The result of one check.

    The verdict is GRADER_ERROR until the judge has decided.

    Attributes:
        bonus: the check is a remark: worth no points, never a failure.
        diagnosis: id of the misconception that explains the failure.
        also: id of a second misconception, if only both together explain it.
        relation: the kind of relation between the value and the right one, if there is no diagnosis.
        hint: the text of the misconceptions, or the relation in a sentence.
        needs: the missing thing, if the check was not run: `gpu`, `training` (left to a later run), or a data set.
        waits_for: id of the check that has to pass first, if this check is BLOCKED.
    """

    id: str
    exercise: str
    points: float
    description: Text
    bonus: bool = False
    verdict: Verdict = Verdict.GRADER_ERROR
    message: Text | None = None
    diagnosis: str | None = None
    also: str | None = None
    relation: str | None = None
    hint: Text | None = None
    seconds: float = 0.0
    detail: Detail = Detail()
    measured: Measured | None = None
    needs: str | None = None
    waits_for: str | None = None

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED

    @property
    def failed(self) -> bool:
        """Return whether the check did not pass, unless it is a bonus."""
        return not self.passed and not self.bonus

    @property
    def earned(self) -> float:
        return self.points if self.passed else 0.0

    @property
    def lost(self) -> float:
        """Return the points that the check costs by itself. Pending points are not lost."""
        return 0.0 if self.passed or self.verdict.pending else self.points


class Price(msgspec.Struct, frozen=True):
    """The cost of an exercise whose failed checks all have one diagnosis.

    Attributes:
        exercise: the exercise.
        diagnosis: id of the misconception that explains its failures.
        lost: the points that the exercise loses.
        raw_lost: the points that its checks lose by themselves.
    """

    exercise: str
    diagnosis: str
    lost: float
    raw_lost: float


class Mention(msgspec.Struct, frozen=True):
    """A line of a submission that mentions a way around the rules. It may never run."""

    name: str
    file: str
    line: int


class ChapterReport(msgspec.Struct):
    """The checks of one chapter.

    Attributes:
        suspicious: lines that staff should look at; they cost no points by themselves.
        missing: the missing parts of the sandbox; None if unknown.
        left_out: files beside the submission that its code names, but that did not come along.
        prices: the exercises in which one mistake explains every failure, and what it costs there.
    """

    id: str
    checks: list[CheckReport]
    suspicious: list[Mention] = []
    missing: list[str] | None = None
    left_out: list[str] = []
    prices: list[Price] = []

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def score(self) -> float:
        return self.raw_score + self.refund()

    @property
    def raw_score(self) -> float:
        """Return the points of the checks that passed. `score` differs by the prices of mistakes."""
        return sum(check.earned for check in self.checks)

    def refund(self, exercise: str | None = None, *, decided: Collection[str] = ()) -> float:
        """Return the points that prices give back, in one exercise or in all.

        A price covers the failed checks that staff left alone. Those in `decided` have the points that staff gave.
        """
        back = 0.0
        for price in self.prices:
            if exercise in (None, price.exercise):
                checks = (check for check in self.checks if check.exercise == price.exercise)
                lost = sum(check.lost for check in checks if check.id not in decided)
                back += max(0.0, lost - price.lost)
        return back

    def earned_in(self, exercise: str) -> float:
        """Return the points of one exercise, after its price."""
        raw = sum(check.earned for check in self.checks if check.exercise == exercise)
        return raw + self.refund(exercise)

    @property
    def pending(self) -> float:
        """Return the points of the checks that could not run here. They are neither earned nor lost.

        Grader errors are not included; `ClassResult.pending` includes them.
        """
        return sum(check.points for check in self.checks if check.verdict is Verdict.NOT_RUN)

    def exercises(self) -> dict[str, list[CheckReport]]:
        """Return the checks of each exercise, in the order of the suite."""
        grouped: dict[str, list[CheckReport]] = {}
        for check in self.checks:
            grouped.setdefault(check.exercise, []).append(check)
        return grouped


class Report(msgspec.Struct):
    """The report of one submission, over all chapters that were graded."""

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
    def raw_score(self) -> float:
        return sum(chapter.raw_score for chapter in self.chapters)

    @property
    def pending(self) -> float:
        return sum(chapter.pending for chapter in self.chapters)

    @property
    def missing(self) -> list[str] | None:
        """Return the parts of the sandbox that were missing for any chapter; None if unknown."""
        parts: dict[str, None] = {}
        for chapter in self.chapters:
            if chapter.missing is None:
                return None
            parts |= dict.fromkeys(chapter.missing)
        return list(parts)

    @property
    def exit_code(self) -> int:
        """Return 0 if every check passed, 1 if some did not, 3 if the grader failed."""
        if any(check.verdict is Verdict.GRADER_ERROR for check in self.checks):
            return 3
        return 0 if not any(check.failed for check in self.checks) else 1


def number(value: float) -> str:
    """Write points as people do.

    >>> number(3.0), number(0.5), number(1.25)
    ('3', '0.5', '1.25')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
