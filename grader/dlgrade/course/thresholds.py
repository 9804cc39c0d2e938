"""What a trained model has to reach: measured on the reference by `dlgrade calibrate`, one file a chapter."""

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
# Student's t with nine degrees of freedom leaves a thousandth beyond 4.30; a further run varies by sqrt(1 + 1/10) more.
MARGIN = 4.51  # in spreads
HEAD = "# Written by `dlgrade calibrate`; only `reported`, what the book or the course's notes report, is by hand.\n"

Better = Literal["higher", "lower"]


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of one task: mean and spread (standard deviation) of the reference's scores over so many seeds.

    `seconds` is what a run took on the machine that it was calibrated on, the worker's one thread or its GPU.
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
    """By task; none where nothing was calibrated.

    Raises:
        CourseError: the file is not as it should be.
    """
    path = thresholds_file(course, chapter)
    return read_yaml(path, dict[str, Threshold]) if path.exists() else {}


def task_on(task: str, data: Iterable[str]) -> str:
    """A task's name where other data sets stand in for its own: `lenet on fashion_mnist`."""
    return " on ".join([task, *sorted(data)])


def own_task(task: str) -> str:
    """The task's name on its own data."""
    return task.partition(" on ")[0]


def calibrated(
    scores: list[float], better: Better, steps: int, seconds: float, *, reported: str = "", device: str = "cpu"
) -> Threshold:
    """The mean less the margin, rounded to the easier side: a right answer misses it once in a thousand runs."""
    mean, spread = statistics.mean(scores), statistics.stdev(scores)
    easier, rounded = (-1, math.floor) if better == "higher" else (1, math.ceil)
    limit = rounded((mean + easier * MARGIN * spread) * 1000) / 1000
    return Threshold(
        limit, better, round(mean, 4), round(spread, 4), len(scores), steps, round(seconds, 1), reported, device
    )


def write(path: Path, entries: dict[str, Threshold]) -> None:
    content = yaml.safe_dump(msgspec.to_builtins(entries), allow_unicode=True, sort_keys=False, width=118)
    write_whole(path, HEAD + content)
