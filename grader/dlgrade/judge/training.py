"""Trained accuracy: the submission learns in its worker, the judge scores the parameters that come back.

Examples to learn from, the parameters to start with and the order of the batches go to the worker; the parameters after
every stretch of batches come back. The judge repeats some stretches with the reference, and runs its own forward pass
on held-out examples. These, their answers and the seed that they are drawn from never leave the judge.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from dlgrade.course.data_sets import DataMissing, DataSet, stand_in
from dlgrade.course.thresholds import Better, Threshold, task_on, thresholds
from dlgrade.errors import GraderError
from dlgrade.judge.batches import Batches
from dlgrade.judge.compare import describe
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.retrace import Fit, Parameters, Plan, order, require_trail
from dlgrade.judge.trusted import Variant
from dlgrade.results import Measured, Verdict
from dlgrade.text import Text, both, same
from dlgrade.worker.guest import seed_all

if TYPE_CHECKING:
    from dlgrade.judge.check import Check
    from dlgrade.judge.grading import Grading

CPU_PATIENCE = 30  # how many times longer a check for a GPU may take on the CPU

Score = Callable[[Any, Parameters], Any]  # a number, or a number and a sentence in English and in Chinese
Proof = Callable[[list[Parameters]], None]


@dataclass(frozen=True)
class Training:
    """The fixture `training`, for one check."""

    grading: Grading
    check: Check
    drawn: set[str] = field(default_factory=set)  # data sets used in place of those that the suite named

    @property
    def on_gpu(self) -> bool:
        return self.check.declared.needs_gpu and self.grading.accelerator == "cuda"

    def _require_gpu(self) -> None:
        if self.check.declared.needs_gpu and self.grading.accelerator is None:
            raise Unmet(
                Verdict.NOT_RUN,
                both(
                    "Needs a GPU. `--device cpu` trains it without one, in minutes.",
                    "需要 GPU。用 `--device cpu` 可以在 CPU 上训练，需几分钟。",
                ),
                needs="gpu",
            )

    def draw(self, data: str, size: int, split: str = "train", **options: Any) -> Any:
        """Draw examples of a data set.

        If the course trains on another set of this kind, the examples come from that set, and the options are ignored.

        Args:
            data: the name of the data set.
            size: the number of examples.
            split: "train" or "test"; each has a seed of its own.
            options: go to the data set.

        Raises:
            Unmet: the data set, or the GPU that the check needs, is not on this machine. The check is not run, and its
                points are pending.
        """
        self._require_gpu()
        data_set = self._data_set(data)
        if data_set.name != data:
            self.drawn.add(data_set.name)
            options = {}
        generator = torch.Generator().manual_seed(self._seed(f"{data} {split}"))
        try:
            return data_set.load(size, generator, split, **options)
        except DataMissing as error:
            raise Unmet(Verdict.NOT_RUN, error.text, needs=data_set.name) from None

    def best(self, data: str, *examples: Any) -> float | None:
        """Return the best possible score on these held-out examples; None if the data set does not know it."""
        best = getattr(self._data_set(data).module, "best", None)
        return None if best is None else float(best(*examples))

    def __call__(
        self,
        task: str,
        fit: Fit,
        train: tuple[torch.Tensor, ...],
        score: Score,
        *,
        steps: int,
        batch: int = 64,
        stretches: int = 20,
        start: Parameters | None = None,
        again: Fit | None = None,
        proof: Proof | None = None,
        better: Better = "higher",
        best: float | None = None,
    ) -> None:
        """Let the submission learn, and require that its parameters reach the task's threshold.

        Args:
            task: the name of the threshold.
            fit: `fit(implementation, parameters, batches)` trains on from these parameters and returns those after the
                last batch, as a dict of tensors; without parameters (None) it makes new ones. It is a function of the
                suite that closes over nothing, so that no answer travels with it. It runs in the worker, and on the
                reference in the judge. It may also return a list of such dicts, the last one last.
            train: the examples to learn from, tensors with a row for each. In a check marked `gpu` they are on the
                GPU, and so must be what fit makes.
            score: `score(reference, parameters)` runs in the judge, on held-out examples, and returns a number. It may
                also return (number, en, zh): the sentence explains the number in the message of a failure.
            steps, batch: the number of batches and their size; every epoch has a new order.
            stretches: how many times the parameters come back. The judge repeats the first, the last and a drawn
                stretch. With 1 nothing is repeated: for layers that draw at random and optimisers with a state.
            start: the first parameters; those that `fit` makes on the reference unless they are given.
            again: trains on from given parameters, if fit cannot do so but notes those before each stretch and
                the last ones.
            proof: `proof(trail)` may fail the check, given everything that fit noted.
            better: whether a good score is high or low.
            best: a score better than this shows that the code sees the answers.
        """
        self._require_gpu()
        if fit.__closure__ is not None:
            raise GraderError(same("fit must close over nothing: held-out answers would travel with it."))
        if self.check.declared.needs_gpu and not self.on_gpu:
            self.check.seconds *= CPU_PATIENCE
        generator = torch.Generator().manual_seed(self._seed("order"))
        batches = Batches(train, order(len(train[0]), batch, steps, generator), 0, steps)
        plan = self._plan(fit, again, start, batches, stretches)
        trail = require_trail(self.grading.answer(self.check, plan.probe(on_gpu=self.on_gpu)), plan.start)
        with _blaming(trail[-1]):
            if proof is not None:
                proof(trail)
            if stretches > 1:
                plan.require_retraced(trail, self._reference(), self._seed("retraced"))
            value, remark = _scored(score, self._reference(), trail[-1])
        entry = self._measure(value, task_on(task, self.drawn), steps, better)
        if best is not None and _beats(value, best, better):
            raise Unmet(Verdict.FAILED, _too_good(value, best))
        self._require_threshold(value, remark, entry, better)

    def _plan(self, fit: Fit, again: Fit | None, start: Parameters | None, whole: Batches, stretches: int) -> Plan:
        if start is None:
            seed_all(self._seed("start"))
            start = {name: value.detach() for name, value in fit(self._reference(), None, whole.part(0, 0)).items()}
        borders = [i * len(whole) // stretches for i in range(stretches + 1)]
        parts = [whole.part(first, end) for first, end in itertools.pairwise(borders)]
        return Plan(fit, again, start, whole, parts)

    def _measure(self, value: float, task: str, steps: int, better: Better) -> Threshold | None:
        """Note the score in the report. Return the task's threshold, if it was calibrated."""
        entry = thresholds(self.grading.content.course, self.grading.content.chapter).get(task)
        device = "cuda" if self.on_gpu else "cpu"
        self.check.measured = Measured(task, value, better, steps, entry.threshold if entry else None, device)
        return entry

    def _require_threshold(self, value: float, remark: Text, entry: Threshold | None, better: Better) -> None:
        if entry is None:
            options = "".join(f" --data {name}" for name in sorted(self.drawn))
            command = f"dlgrade calibrate {self.grading.content.chapter.id}{options}"
            raise Unmet(Verdict.NOT_RUN, both(f"Not calibrated: `{command}`.", f"尚未校准：`{command}`。"))
        if _beats(entry.threshold, value, better):
            raise Unmet(Verdict.FAILED, _short_of(value, remark, entry.threshold, better))

    def _reference(self) -> Any:
        """Return the reference in a module of its own: fit may change it, and other checks use the shared module."""
        return Variant("reference-in-training", self.grading.content.reference.source).module

    def _data_set(self, data: str) -> DataSet:
        return stand_in(self.grading.content.course, data)

    def _seed(self, purpose: str) -> int:
        return self.grading.seed_for(purpose, self.check.id)


@contextmanager
def _blaming(parameters: Parameters) -> Iterator[None]:
    """Turn an exception of the suite on these parameters into a verdict about them.

    The suite is not to blame: it handled the reference's parameters when the threshold was calibrated.
    """
    try:
        yield
    except (Unmet, GraderError, MemoryError):
        raise
    except Exception as error:
        raise Unmet(Verdict.FAILED, _no_use(f"{type(error).__name__}: {error}", parameters)) from None


def _scored(score: Score, reference: Any, parameters: Parameters) -> tuple[float, Text]:
    """Return the score, and the suite's remark on it, which may be empty."""
    with torch.no_grad():
        scored = score(reference, parameters)
    value, en, zh = scored if isinstance(scored, tuple) else (scored, "", "")
    if not math.isfinite(value):
        raise Unmet(Verdict.FAILED, _no_use(f"score {value}", parameters))
    return float(value), both(en and f"{en} ", zh)


def _beats(value: float, other: float, better: Better) -> bool:
    return value > other if better == "higher" else value < other


def _no_use(why: str, parameters: Parameters) -> Any:
    shown = describe(parameters)
    return both(
        f"The trained parameters cannot be used: {why}. They are {shown}.",
        f"训练得到的参数无法使用：{why}。参数为 {shown}。",
    )


def _too_good(value: float, best: float) -> Any:
    return both(
        f"It reaches {value:.6g} on held-out data. The best possible result on this data is {best:.6g}: "
        "does the code see the answers?",
        f"在留出数据上为 {value:.6g}，超过了这些数据上可能达到的最好结果（{best:.6g}）。代码是否看到了答案？",
    )


def _short_of(value: float, remark: Text, threshold: float, better: Better) -> Any:
    least, least_zh = ("at least", "至少") if better == "higher" else ("at most", "至多")
    return both(
        f"After training its score is {value:.3f}; {least} {threshold:g} is required. "
        f"{remark.en}The suite sets the data, the number of steps and the learning rate.",
        f"训练后的评分为 {value:.3f}，要求{least_zh} {threshold:g}。{remark.zh}数据、训练步数和学习率由测试给定。",
    )
