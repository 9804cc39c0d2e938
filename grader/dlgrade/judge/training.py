"""Trained accuracy: the submission learns in its worker, the judge scores what it predicts.

Training data and the inputs of a held-out set go to the worker, predictions come back. The held-out answers, and the
seed that they are drawn from, never leave the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from dlgrade.data import DataMissing, data_set
from dlgrade.errors import GraderError
from dlgrade.judge.verdicts import Unmet
from dlgrade.report.model import Measured, Verdict
from dlgrade.text import both, same
from dlgrade.thresholds import Better, thresholds

if TYPE_CHECKING:
    from dlgrade.judge.grading import Check, Grading

Fit = Callable[..., Any]
Score = Callable[[Any], float]


@dataclass(frozen=True)
class Training:
    """What the fixture `training` gives to a check."""

    grading: Grading
    check: Check

    def draw(self, data: str, size: int, split: str = "train", **options: Any) -> Any:
        """So many examples of a data set; those of "train" and "test" come from seeds of their own.

        Raises:
            Unmet: the data set is not on this machine; the check is not run, and its points are pending.
        """
        seed = self.grading.seed_for(f"{data} {split}", self.check.report.id)
        try:
            found = data_set(self.grading.content.course, data)
            return found.load(size, torch.Generator().manual_seed(seed), split, **options)
        except DataMissing as error:
            raise Unmet(Verdict.NOT_RUN, error.text) from None

    def __call__(
        self, task: str, fit: Fit, train: Any, inputs: Any, score: Score, *, steps: int, better: Better = "higher"
    ) -> None:
        """Let the submission learn, and ask whether its predictions reach the task's threshold.

        `fit(implementation, train, inputs, steps)` runs in the worker and returns predictions for the inputs. It is a
        function of the suite that closes over nothing, so that no answer travels with it. `score(predictions)` runs in
        the judge.
        """
        if fit.__closure__ is not None:
            raise GraderError(same("fit must close over nothing: held-out answers would travel with it."))
        reply = self.grading.answer(self.check, _probe(fit, train, inputs, steps))
        value = score(reply)
        entry = thresholds(self.grading.content.course, self.grading.content.chapter).get(task)
        self.check.report.measured = Measured(task, value, better, steps, entry.threshold if entry else None)
        if entry is None:
            chapter = self.grading.content.chapter.id
            raise Unmet(
                Verdict.NOT_RUN,
                both(f"Not calibrated: `dlgrade calibrate {chapter}`.", f"尚未校准：`dlgrade calibrate {chapter}`。"),
            )
        if not (value >= entry.threshold if better == "higher" else value <= entry.threshold):
            raise Unmet(Verdict.FAILED, _short_of(value, entry.threshold, better))


def _probe(fit: Fit, train: Any, inputs: Any, steps: int) -> Callable[[Any], Any]:
    return lambda impl: fit(impl, train, inputs, steps)


def _short_of(value: float, threshold: float, better: Better) -> Any:
    least, least_zh = ("at least", "至少") if better == "higher" else ("at most", "至多")
    return both(
        f"After training it reaches {value:.3f} on data that it has not seen; {least} {threshold:g} is asked for. "
        "The data, the number of steps and the learning rate are the suite's.",
        f"训练后在未见过的数据上为 {value:.3f}，要求{least_zh} {threshold:g}。数据、训练步数和学习率由测试给定。",
    )
