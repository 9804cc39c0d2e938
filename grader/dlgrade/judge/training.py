"""Trained accuracy: the submission learns in its worker, the judge scores what it predicts.

Training data and the inputs of a held-out set go to the worker, predictions come back. The held-out answers, and the
seed that they are drawn from, never leave the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from dlgrade.data import DataMissing, stand_in
from dlgrade.errors import GraderError
from dlgrade.judge.verdicts import Unmet
from dlgrade.report.model import Measured, Verdict
from dlgrade.text import both, same
from dlgrade.thresholds import Better, task_on, thresholds

if TYPE_CHECKING:
    from dlgrade.judge.grading import Check, Grading

CPU_PATIENCE = 30  # times the time that a check for a GPU has, where the CPU stands in for one

Fit = Callable[..., Any]
Score = Callable[[Any], float]


@dataclass(frozen=True)
class Training:
    """What the fixture `training` gives to a check."""

    grading: Grading
    check: Check
    drawn: set[str] = field(default_factory=set)  # data sets that stand in for what the suite asked for

    @property
    def on_gpu(self) -> bool:
        return self.check.needs_gpu and self.grading.accelerator == "cuda"

    def _require_gpu(self) -> None:
        if self.check.needs_gpu and self.grading.accelerator is None:
            raise Unmet(
                Verdict.NOT_RUN,
                both(
                    "Needs a GPU. `--device cpu` trains it without one, in minutes.",
                    "需要 GPU。用 `--device cpu` 可以在 CPU 上训练，需几分钟。",
                ),
                needs="gpu",
            )

    def draw(self, data: str, size: int, split: str = "train", **options: Any) -> Any:
        """So many examples of a data set; those of "train" and "test" come from seeds of their own.

        Where the course trains on another set of this kind, they are that one's, and the options do not count.

        Raises:
            Unmet: the data set, or the GPU that the check needs, is not on this machine; the check is not run, and its
                points are pending.
        """
        self._require_gpu()
        seed = self.grading.seed_for(f"{data} {split}", self.check.report.id)
        try:
            found = stand_in(self.grading.content.course, data)
            if found.name != data:
                self.drawn.add(found.name)
                options = {}
            return found.load(size, torch.Generator().manual_seed(seed), split, **options)
        except DataMissing as error:
            raise Unmet(Verdict.NOT_RUN, error.text, needs=found.name) from None

    def __call__(
        self, task: str, fit: Fit, train: Any, inputs: Any, score: Score, *, steps: int, better: Better = "higher"
    ) -> None:
        """Let the submission learn, and ask whether its predictions reach the task's threshold.

        `fit(implementation, train, inputs, steps)` runs in the worker and returns predictions for the inputs. It is a
        function of the suite that closes over nothing, so that no answer travels with it. `score(predictions)` runs in
        the judge. In a check marked `gpu`, `train` and `inputs` are on the GPU, and so must be what fit makes.
        """
        self._require_gpu()
        if fit.__closure__ is not None:
            raise GraderError(same("fit must close over nothing: held-out answers would travel with it."))
        if self.check.needs_gpu and not self.on_gpu:
            self.check.seconds *= CPU_PATIENCE
        probe = _gpu_probe(fit, train, inputs, steps) if self.on_gpu else _probe(fit, train, inputs, steps)
        reply = self.grading.answer(self.check, probe)
        value = score(reply)
        task = task_on(task, self.drawn)
        entry = thresholds(self.grading.content.course, self.grading.content.chapter).get(task)
        device = "cuda" if self.on_gpu else "cpu"
        self.check.report.measured = Measured(task, value, better, steps, entry.threshold if entry else None, device)
        if entry is None:
            options = "".join(f" --data {name}" for name in sorted(self.drawn))
            command = f"dlgrade calibrate {self.grading.content.chapter.id}{options}"
            raise Unmet(Verdict.NOT_RUN, both(f"Not calibrated: `{command}`.", f"尚未校准：`{command}`。"))
        if not (value >= entry.threshold if better == "higher" else value <= entry.threshold):
            raise Unmet(Verdict.FAILED, _short_of(value, entry.threshold, better))


def _probe(fit: Fit, train: Any, inputs: Any, steps: int) -> Callable[[Any], Any]:
    return lambda impl: fit(impl, train, inputs, steps)


def _gpu_probe(fit: Fit, train: Any, inputs: Any, steps: int) -> Callable[[Any], Any]:
    from dlgrade.suite import moved  # it travels with the probe

    return lambda impl: moved(fit(impl, moved(train, "cuda"), moved(inputs, "cuda"), steps), "cpu")


def _short_of(value: float, threshold: float, better: Better) -> Any:
    least, least_zh = ("at least", "至少") if better == "higher" else ("at most", "至多")
    return both(
        f"After training it reaches {value:.3f} on data that it has not seen; {least} {threshold:g} is asked for. "
        "The data, the number of steps and the learning rate are the suite's.",
        f"训练后在未见过的数据上为 {value:.3f}，要求{least_zh} {threshold:g}。数据、训练步数和学习率由测试给定。",
    )
