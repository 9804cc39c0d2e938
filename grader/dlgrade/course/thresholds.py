"""The scores that trained models must reach, one file for each chapter. `dlgrade calibrate` measures them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from dlgrade.course import Chapter, Course, read_yaml
from dlgrade.files import write_whole

RUNS = 10
# One in a thousand values of Student's t with nine degrees of freedom exceeds 4.30. An eleventh run differs from the
# mean of ten by sqrt(1 + 1/10) spreads.
MARGIN = 4.51  # in spreads
HEAD = "# Written by `dlgrade calibrate`. Only `reported`, the score in the book or the course's notes, is by hand.\n"

Better = Literal["higher", "lower"]


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The threshold of a task, and the reference's scores that it comes from.

    Args:
        threshold: The score that a submission must reach.
        better: Which scores are better.
        mean: Mean of the reference's scores.
        spread: Their standard deviation.
        runs: The number of scores, each under another seed.
        steps: Training steps of a run.
        seconds: Duration of a run where it was measured, on one thread or a GPU.
        reported: The score in the book or the course's notes.
        device: The device that was trained on.
    """

    threshold: float
    better: Better
    mean: float
    spread: float
    runs: int
    steps: int
    seconds: float
    reported: str = ""
    device: str = "cpu"


def thresholds_file(course: Course, chapter: Chapter) -> Path:
    return course.solution(chapter) / "thresholds.yaml"


def thresholds(course: Course, chapter: Chapter) -> dict[str, Threshold]:
    """The chapter's thresholds by task. Empty if it was not calibrated.

    Raises:
        CourseError: the file cannot be read.
    """
    path = thresholds_file(course, chapter)
    return read_yaml(path, dict[str, Threshold]) if path.exists() else {}


def task_on(task: str, data: Iterable[str]) -> str:
    """The name of a task that trains on other data sets than its own: `lenet on fashion_mnist`."""
    return " on ".join([task, *sorted(data)])


def own_task(task: str) -> str:
    """The task's name on its own data."""
    return task.partition(" on ")[0]


def calibrated(
    scores: list[float], better: Better, steps: int, seconds: float, *, reported: str = "", device: str = "cpu"
) -> Threshold:
    """A threshold that a right answer misses once in a thousand runs: the mean less the margin, rounded down.

    If lower scores are better, it is the mean plus the margin, rounded up.

    Args:
        scores: The reference's scores.
        better: Which scores are better.
        steps: Training steps of a run.
        seconds: Duration of a run.
        reported: The score in the book or the course's notes.
        device: The device that was trained on.
    """
    mean, spread = statistics.mean(scores), statistics.stdev(scores)
    easier, rounded = (-1, math.floor) if better == "higher" else (1, math.ceil)
    limit = rounded((mean + easier * MARGIN * spread) * 1000) / 1000
    return Threshold(
        limit, better, round(mean, 4), round(spread, 4), len(scores), steps, round(seconds, 1), reported, device
    )


def write_thresholds(path: Path, entries: dict[str, Threshold]) -> None:
    """Write the thresholds of a chapter, by task."""
    content = yaml.safe_dump(msgspec.to_builtins(entries), allow_unicode=True, sort_keys=False, width=118)
    write_whole(path, HEAD + content)
