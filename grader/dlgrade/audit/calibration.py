"""Trains the references over several seeds, and sets the thresholds of training checks from their scores."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlgrade.course import Chapter, references
from dlgrade.course.thresholds import RUNS, Threshold, calibrated, own_task, thresholds
from dlgrade.errors import UsageError
from dlgrade.options import RunOptions
from dlgrade.results import CheckReport
from dlgrade.submission import Submission
from dlgrade.text import both

if TYPE_CHECKING:
    from dlgrade.judge.remote import RemoteJudge


@dataclass
class Runs:
    """The training checks of a chapter over all seeds, by task, and the ids of the checks that need a GPU."""

    checks: dict[str, list[CheckReport]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def scores(self, task: str) -> list[float]:
        """Return the score of each run of a task."""
        return [check.measured.value for check in self.checks[task] if check.measured]


def train(judge: RemoteJudge, chapter: Chapter, on_run: Callable[[int], None]) -> Runs:
    """Train the reference of a chapter once for each seed. `on_run` is called with each seed before it is used.

    Raises:
        UsageError: the chapter has no check that trains on the course's data, or the reference fails such a check.
    """
    runs = Runs()
    for seed in range(RUNS):
        on_run(seed)
        for check in _train_once(judge, chapter, seed):
            if check.measured is None:
                runs.left_out.add(check.id)
            else:
                runs.checks.setdefault(check.measured.task, []).append(check)
    return runs


def new_thresholds(judge: RemoteJudge, chapter: Chapter, runs: Runs) -> dict[str, Threshold]:
    """Return the thresholds of a chapter by task: those just measured, and those that could not be measured now."""
    before = thresholds(judge.course, chapter)
    keep_others = bool(runs.left_out or judge.course.data)
    entries = {task: before[task] for task in before if keep_others or own_task(task) in runs.checks}
    for task, checks in runs.checks.items():
        first = next(check.measured for check in checks if check.measured)
        entries[task] = calibrated(
            runs.scores(task),
            first.better,
            first.steps,
            statistics.median(check.seconds for check in checks),
            reported=before[task].reported if task in before else "",
            device=first.device,
        )
    return entries


def _train_once(judge: RemoteJudge, chapter: Chapter, seed: int) -> list[CheckReport]:
    """Return the training checks of a chapter, run on its reference."""
    reference = Submission.from_source(references.source(judge.course, chapter), f"{chapter.stem}.py")
    try:
        report = judge.grade(chapter, reference, RunOptions(seed=seed, training="only"))
    except UsageError:
        raise UsageError(
            both(f"{chapter.id} has no check that trains.", f"{chapter.id} 没有需要训练的检查项。")
        ) from None
    for check in report.checks:
        if check.measured is None and check.needs != "gpu":
            message = check.message.en if check.message else check.verdict.value
            raise UsageError(both(f"{check.id}: {message}", f"{check.id}：{message}"))
    tasks = [check.measured.task for check in report.checks if check.measured]
    data = judge.course.data
    if data and all(task == own_task(task) for task in tasks):
        names = ", ".join(data)
        raise UsageError(both(f"{chapter.id} cannot train on {names}.", f"{chapter.id} 不能用 {names} 训练。"))
    return report.checks
