"""Grading one submission of one chapter: asking the worker, comparing, noting transcripts, settling the verdicts."""

from __future__ import annotations

import hashlib
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import cloudpickle
import msgspec

from dlgrade.course import Chapter, Course, Misconception, starter_code
from dlgrade.course.misconceptions import changed
from dlgrade.errors import GraderError
from dlgrade.judge import reasons
from dlgrade.judge.compare import Comparison
from dlgrade.judge.forbidden import ForbiddenUses
from dlgrade.judge.probe import Probe, pickled
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.tensor_picture import picture_of
from dlgrade.judge.trusted import PATIENCE_SECONDS, Outcome, Variant
from dlgrade.options import SandboxMode
from dlgrade.results.bounds import bound
from dlgrade.results.report import ChapterReport, CheckReport, Detail, Verdict
from dlgrade.submission import Submission
from dlgrade.text import Text, both, same
from dlgrade.worker import wire
from dlgrade.worker.protocol import Execute, OpenGpu, Reply, Request
from dlgrade.worker.protocol import Probe as ProbeRequest
from dlgrade.workers.handle import Worker, WorkerLost
from dlgrade.workers.sources import WorkerSource, lacking

Accelerator = Literal["cpu", "cuda"]  # what stands in for a GPU, or is one

SUITE_SECONDS = 20.0
PATIENCE_AFTER_TIMEOUT = 0.2  # an exercise that hung once gets this share of the time for each further check


@dataclass(frozen=True)
class Content:
    """What the judge holds of a chapter: the reference and the known-wrong variants; shared by all submissions."""

    course: Course
    chapter: Chapter

    @cached_property
    def reference(self) -> Variant:
        return Variant("reference", starter_code.read_reference(self.course, self.chapter))

    @cached_property
    def key(self) -> bytes:
        """The key that seeds are hashed with: as confidential as the reference, and the same on every machine."""
        return hashlib.blake2b(self.reference.source.encode(), digest_size=32).digest()

    @cached_property
    def misconceptions(self) -> list[tuple[Misconception, Variant]]:
        where = str(self.course.solution(self.chapter) / "misconceptions.yaml")
        entries = self.course.misconceptions(self.chapter)
        source = self.reference.source
        return [(entry, Variant(entry.id, changed(source, entry, where), PATIENCE_SECONDS)) for entry in entries]


@dataclass
class Entry:
    """One probe of a check: what was sent, the student's value, how the check compares it."""

    blob: bytes
    seed: int
    value: Any
    comparison: Comparison


@dataclass(frozen=True)
class Last:
    """The last value that a submission gave in a check, and the reference's where there is one."""

    value: Any
    expected: Any = None


@dataclass
class Check:
    """A check while it is graded."""

    report: CheckReport
    seconds: float
    from_scratch: bool = False
    trains: bool = False
    needs_gpu: bool = False
    transcript: list[Entry] = field(default_factory=list)
    last: Last | None = None
    generator: Any = None  # where the check draws its inputs from
    spent: float = 0.0
    call: str | None = None
    begun: bool = False

    @property
    def exercise(self) -> str:
        return self.report.exercise


# In place of a worker: the value of a check's next probe, given the probe's bytes and the reference's outcome.
StandIn = Callable[[Check, bytes, Outcome], Any]


class Grading:
    """One submission of one chapter. Suites reach it through the fixtures `agree`, `run` and `from_scratch`."""

    def __init__(
        self,
        content: Content,
        submission: Submission,
        workers: WorkerSource,
        *,
        seed: int,
        sandbox: SandboxMode = "auto",
        accelerator: Accelerator | None = None,
        pictures: bool = False,
        stand_in: StandIn | None = None,
    ) -> None:
        self.content = content
        self.submission = submission
        self.workers = workers
        self.seed = seed
        self.sandbox = sandbox
        self.accelerator = accelerator
        self.pictures = pictures
        self.stand_in = stand_in
        self.limits = workers.limits
        self.worker: Worker | None = None
        self.on_gpu = False
        self.load_fault: Unmet | None = None
        self.from_scratch = ForbiddenUses(content.course, content.chapter, self.seed_for)
        self.hung: set[str] = set()
        self.checks: dict[str, Check] = {}
        self.missing: list[str] = []
        self.printed = ("", 0)
        self.on_reference = False  # the reference answers in the submission's place

    # What a probe goes through.

    def ask(self, check: Check, probe: Probe, comparison: Comparison) -> tuple[Any, Outcome]:
        """The student's value for a probe, and the reference's outcome. Raises `Unmet` when there is no value."""
        blob, seed = pickled(probe), self.seed_for("calls", check.report.id)
        outcome = self.content.reference.outcome(blob, seed)
        if outcome.raised:
            raise GraderError(same(f"{check.report.id}: the reference raised {outcome.raised}"))
        if wire.holds_other(outcome.tree):
            raise GraderError(same(f"{check.report.id}: the reference gives something that is not data"))
        if self.on_reference:
            return outcome.value, outcome
        check.call = outcome.calls[-1] if outcome.calls else None
        value = self.stand_in(check, blob, outcome) if self.stand_in else self._student_value(check, blob, seed)
        check.transcript.append(Entry(blob, seed, value, comparison))
        check.last = Last(value, outcome.value)
        return value, outcome

    def answer(self, check: Check, probe: Probe) -> Any:
        """The student's value for a probe that has no right value, asked of a worker that serves no other check.

        Raises:
            Unmet: there is none.
        """
        if self.on_reference:
            return self._reference_answer(check, probe)
        self.drop_worker()
        self.on_gpu = check.needs_gpu and self.accelerator == "cuda"
        try:
            value = self._student_value(check, pickled(probe), self.seed_for("calls", check.report.id))
            check.last = Last(value)
            return value
        finally:
            if self.on_gpu:
                self.drop_worker()
            self.on_gpu = False

    def _reference_answer(self, check: Check, probe: Probe) -> Any:
        """The reference's value for such a probe, from a worker of its own."""
        reference = Submission.from_source(self.content.reference.source, self.submission.main)
        grading = Grading(
            self.content, reference, self.workers, seed=self.seed, sandbox=self.sandbox, accelerator=self.accelerator
        )
        try:
            return grading.answer(replace(check, spent=0.0), probe)
        finally:
            grading.close()

    def suite_seconds(self, check: Check) -> float:
        """The processor time that the suite's own code has for a check; a student's value can make it very long."""
        share = PATIENCE_AFTER_TIMEOUT if check.exercise in self.hung else 1.0
        return share * (SUITE_SECONDS + 4 * check.seconds)

    def blames(self, check: Check, again: Callable[[], object]) -> bool:
        """Return whether suite code raises on the submission's value only: with the reference's, `again` does not."""
        if check.last is None:
            return False
        self.on_reference = True
        try:
            again()
        except Exception:
            return False
        else:
            return True
        finally:
            self.on_reference = False

    def seed_for(self, purpose: str, name: str) -> int:
        """A seed of its own for each purpose of each check: from one that it sees, a submission learns no other.

        The key never enters a worker. Without one, seeds from the command line could be tried until they fit.
        """
        words = f"{purpose}:{name}:{self.seed}".encode()
        digest = hashlib.blake2b(words, digest_size=7, key=self.content.key).digest()
        return int.from_bytes(digest, "little")

    def _student_value(self, check: Check, blob: bytes, seed: int) -> Any:
        worker = self._worker_for(check)
        request = ProbeRequest(blob, seed, check.exercise)
        reply = self._recorded(check, worker, request) if self._records(check) else self._timed(check, worker, request)
        self.from_scratch.note_reply(check.exercise, reply, lambda: self.content.reference.operators(blob, seed))
        self._refuse_ready_made(check)
        return self._value(reply)

    def _worker_for(self, check: Check) -> Worker:
        """A worker with the submission imported, unless the exercise uses something ready-made."""
        self._refuse_ready_made(check)
        try:
            return self.ready_worker()
        finally:
            self._refuse_ready_made(check)  # that comes before a fault of the import

    def _records(self, check: Check) -> bool:
        """Return whether to record the operators that run. Training runs too many of them."""
        if check.trains or check.exercise in self.hung:
            return False
        others = (c for c in self.checks.values() if c.exercise == check.exercise and not (c.trains or c.from_scratch))
        asking = [c.report.id for c in others]
        return self.from_scratch.records(check.exercise, check.report.id, asking)

    def _recorded(self, check: Check, worker: Worker, request: ProbeRequest) -> Reply:
        """A reply with the operators that ran. A record takes time and memory: a worker lost over it is asked again."""
        spent = check.spent
        try:
            return self._timed(check, worker, msgspec.structs.replace(request, record=True))
        except Unmet:
            self.from_scratch.stop_recording(check.exercise)
            self.hung.discard(check.exercise)
            check.spent = spent
            return self._timed(check, self.ready_worker(), request)

    def _value(self, reply: Reply) -> Any:
        try:
            unmet = reasons.from_reply(reply, self.submission, self.limits)
        except msgspec.ValidationError:
            raise self._nonsense() from None
        if unmet is not None:
            raise unmet
        return self._decoded(reply)

    def _refuse_ready_made(self, check: Check) -> None:
        if use := self.from_scratch.used.get(check.exercise):
            raise Unmet(Verdict.FAILED, reasons.ready_made(use, self.submission))

    def _timed(self, check: Check, worker: Worker, request: ProbeRequest) -> Reply:
        allowed = check.seconds * (PATIENCE_AFTER_TIMEOUT if check.exercise in self.hung else 1.0)
        started = time.monotonic()
        try:
            return worker.ask(request, max(0.1, allowed - check.spent))
        except WorkerLost as lost:
            self.drop_worker()
            if lost.kind == "time":
                self.hung.add(check.exercise)
                lost = WorkerLost("time", f"{allowed:g}")
            raise reasons.from_loss(lost, self.limits) from None
        finally:
            check.spent += time.monotonic() - started

    def _decoded(self, reply: Reply) -> Any:
        try:
            return wire.from_tree(reply.value, reply.blobs)
        except wire.Malformed:
            raise self._nonsense() from None

    def _nonsense(self) -> Unmet:
        """A worker that does not keep to the protocol is not asked again."""
        self.drop_worker()
        return reasons.from_loss(WorkerLost("nonsense"), self.limits)

    # The worker.

    def ready_worker(self) -> Worker:
        """A worker with the submission imported. Raises `Unmet` when it cannot be imported."""
        if self.load_fault is not None:
            fault = self.load_fault
            raise Unmet(fault.verdict, fault.text, fault.detail)
        if self.worker is None:
            self.worker = self.workers.start_worker(gpu=self.on_gpu)
            self.missing = self.worker.missing
            if self.sandbox == "require" and self.missing:
                raise lacking(self.missing)
            if self.on_gpu:
                self._open_gpu(self.worker)
            self._load(self.worker)
        return self.worker

    def _open_gpu(self, worker: Worker) -> None:
        """Start CUDA before the submission is there: what goes wrong now is not its fault."""
        try:
            self._step(worker, OpenGpu(self.limits.gpu_memory))
        except Unmet as fault:
            self.drop_worker()
            text = both("The GPU is out of reach in the sandbox: ", "沙箱内无法使用 GPU：") + fault.text
            raise Unmet(Verdict.NOT_RUN, text, needs="gpu") from None

    def _load(self, worker: Worker) -> None:
        request = self.from_scratch.request(self.submission, self.content.reference.source)
        try:
            self.from_scratch.note_files(self._step(worker, request))
            self._step(worker, Execute())
        except msgspec.ValidationError:
            raise self._nonsense() from None
        except Unmet as fault:
            self.load_fault = fault
            self.load_fault.detail = self._with_output(fault)
            raise

    def _step(self, worker: Worker, request: Request) -> Any:
        try:
            reply = worker.ask(request, self.limits.import_seconds)
        except WorkerLost as lost:
            self.drop_worker()
            raise reasons.from_loss(lost, self.limits) from None
        return self._value(reply)

    def _with_output(self, unmet: Unmet) -> Detail:
        if self.worker is not None:
            self.worker.output.settle()
            self.printed = self.worker.output.text()
        output, size = self.printed
        return msgspec.structs.replace(unmet.detail, output=output, output_bytes=size)

    def drop_worker(self) -> None:
        if self.worker is not None:
            worker, self.worker = self.worker, None
            worker.close()
            worker.output.settle()
            self.printed = worker.output.text()

    # A check's life.

    def note_module(self, suite: types.ModuleType) -> None:
        """Pickle a suite's own helpers by value: they travel to the worker with the probes that use them."""
        if suite.__name__ in sys.modules:
            cloudpickle.register_pickle_by_value(suite)

    def begin(self, check: Check) -> None:
        check.begun = True
        self.printed = ("", 0)
        if self.worker is not None:
            self.worker.output.reset()

    def finish(self, check: Check, unmet: Unmet | None, seconds: float) -> None:
        report = check.report
        report.seconds = seconds
        report.verdict = unmet.verdict if unmet else Verdict.PASSED
        if unmet is not None:
            report.message = unmet.text
            report.needs = unmet.needs
            detail = unmet.detail if unmet.detail.output else self._with_output(unmet)
            picture = picture_of(*unmet.compared) if self.pictures and unmet.compared else None
            report.detail = msgspec.structs.replace(detail, call=check.call, picture=picture)
        bound(report)
        if check.from_scratch:
            self._settle_from_scratch(check)

    def check_from_scratch(self, check: Check) -> None:
        """Fail when the exercise's code reaches a forbidden name; what was called at run time shows in `settle`."""
        if self.stand_in is None:
            self._worker_for(check)

    def settle(self, *, stopped: bool = False) -> ChapterReport:
        """The final verdicts, once every check has run: exercises that use ready-made calls, and diagnoses.

        A check that never ended is a fault of the grader, unless the run was `stopped` before it.
        """
        from dlgrade.judge.diagnosis import diagnose

        for check in self.checks.values():
            if check.from_scratch:
                self._settle_from_scratch(check)
        for check in self.checks.values():
            if check.report.passed and (use := self.from_scratch.used.get(check.exercise)):
                check.report.verdict = Verdict.FAILED
                check.report.message = reasons.ready_made(use, self.submission)
        if self.stand_in is None:
            diagnose(self)
        for check in self.checks.values():
            bound(check.report)
        reports = [check.report for check in self.checks.values() if check.begun or not stopped]
        return ChapterReport(
            self.content.chapter.id, reports, self.from_scratch.suspicious, missing=self.workers.missing
        )

    def _settle_from_scratch(self, check: Check) -> None:
        """Code that is not there yet has not been written from scratch."""
        others = [
            c.report for c in self.checks.values() if c.begun and c.exercise == check.exercise and not c.from_scratch
        ]
        if check.report.passed and others and all(o.verdict is Verdict.NOT_IMPLEMENTED for o in others):
            check.report.verdict = Verdict.NOT_IMPLEMENTED
            check.report.message, check.report.detail = others[0].message, others[0].detail

    def close(self) -> None:
        self.drop_worker()


def grader_fault(report: CheckReport, error: BaseException) -> None:
    """Mark a check that ended by a fault of the suite or the grader."""
    report.verdict = Verdict.GRADER_ERROR
    words = error.text if isinstance(error, GraderError) else same(f"{type(error).__name__}: {error}")
    prefix: Text = both("The grader failed, not your code. ", "评分器出错，与你的代码无关。")
    report.message = prefix + words
    bound(report)
