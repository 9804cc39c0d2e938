"""Grading one submission of one chapter: asking it probes, comparing with the reference, settling the verdicts."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import msgspec

from dlgrade.errors import GraderError
from dlgrade.judge import reasons
from dlgrade.judge.check import NO_DETAIL, Asked, Check, Declared, Exchange, Last, grader_fault
from dlgrade.judge.compare import Comparison
from dlgrade.judge.content import Content
from dlgrade.judge.diagnosis import diagnose
from dlgrade.judge.explaining import explain
from dlgrade.judge.expressions import entry_names
from dlgrade.judge.forbidden import ForbiddenUses
from dlgrade.judge.patience import at_most_cpu
from dlgrade.judge.prices import prices_of
from dlgrade.judge.probe import Probe, pickled
from dlgrade.judge.reasons import Unmet
from dlgrade.judge.submission_worker import SubmissionWorker
from dlgrade.judge.tensor_picture import drawn
from dlgrade.judge.trusted import Outcome
from dlgrade.options import Diagnosis, Pictures, SandboxMode
from dlgrade.results import ChapterReport, Price, Verdict
from dlgrade.submission import Submission
from dlgrade.text import both, same
from dlgrade.worker import wire
from dlgrade.worker.guest import seed_all
from dlgrade.worker.limits import MB
from dlgrade.worker.protocol import Probe as ProbeRequest
from dlgrade.worker.protocol import Reply, Traced
from dlgrade.worker.protocol import Trace as TraceRequest
from dlgrade.workers.handle import Worker, WorkerLost
from dlgrade.workers.sources import WorkerSource

Accelerator = Literal["cpu", "cuda"]  # a GPU, or the CPU in its place

SUITE_SECONDS = 20.0
PATIENCE_AFTER_TIMEOUT = 0.2  # the share of its time that a check has when its exercise has timed out before
TRACE_SECONDS = 1.0  # for a second run of a probe, which tells the calls that it makes
UNEXPLAINED = (Verdict.NOT_IMPLEMENTED, Verdict.NOT_RUN, Verdict.GRADER_ERROR)
MOST_TIMEOUTS = 2  # of one exercise; its other checks are not run
MOST_KEPT = 128 * MB  # bytes of a submission's values; checks that come to more are not diagnosed

# Gives the value of a check's next probe in the worker's place, from the probe's bytes and the reference's outcome.
StandIn = Callable[[Check, bytes, Outcome], Any]


class Grading:
    """One submission of one chapter, from the first check to the report.

    `open` takes a declared check in. The check then runs inside `fairly`, its suite asks with `ask`, `answer` or
    `check_from_scratch`, and `end` notes the outcome. `settle` gives the report; `close` ends the worker.
    """

    def __init__(
        self,
        content: Content,
        submission: Submission,
        workers: WorkerSource,
        *,
        seed: int,
        sandbox: SandboxMode = "auto",
        accelerator: Accelerator | None = None,
        pictures: Pictures = "none",
        scripts: bool = False,
        prices: bool = True,
        diagnosis: Diagnosis = "full",
        stand_in: StandIn | None = None,
    ) -> None:
        self.content = content
        self.submission = submission
        self.workers = workers
        self.limits = workers.limits
        self.seed = seed
        self.sandbox: SandboxMode = sandbox
        self.accelerator = accelerator
        self.pictures: Pictures = pictures
        self.prices = prices
        self.diagnosis: Diagnosis = diagnosis
        self.stand_in = stand_in
        self.scripts = content.scripts if scripts else {}
        self.forbidden = ForbiddenUses(content.course, content.chapter, self.seed_for)
        self.worker = SubmissionWorker(submission, workers, sandbox, content, self.forbidden)
        self.checks: dict[str, Check] = {}
        self.timeouts: Counter[str] = Counter()  # by exercise
        self.kept = 0  # bytes of values in transcripts
        self.on_reference = False  # the reference answers in the submission's place

    def close(self) -> None:
        """End the worker, and let go of its values: pytest still holds the checks until the next submission."""
        self.worker.drop()
        for check in self.checks.values():
            check.transcript.clear()

    def seed_for(self, purpose: str, name: str) -> int:
        """Derive a seed for one purpose of one check, so that a submission that sees it cannot work out another.

        The key never enters a worker. Without a key, seeds from the command line could be tried until they fit.
        """
        words = f"{purpose}:{name}:{self.seed}".encode()
        digest = hashlib.blake2b(words, digest_size=7, key=self.content.key).digest()
        return int.from_bytes(digest, "little")

    # A check's life.

    def open(self, declared: Declared) -> Check:
        """Take a check in. Checks run, and are reported, in the order in which they were opened."""
        seconds = self.limits.check_seconds if declared.seconds is None else declared.seconds
        check = self.checks[declared.id] = Check(declared, seconds, self.seed_for("calls", declared.id))
        return check

    def prepare(self, check: Check) -> None:
        """Start the check's fixtures from the same state, whatever ran before; a suite may draw without a generator."""
        seed_all(self.seed_for("suite", check.id))

    def begin(self, check: Check) -> None:
        """Begin a check. Raises `Unmet` if it waits for a check that has not passed."""
        check.begun = True
        self.worker.forget_output()
        if needed := self.unmet_need(check):
            raise reasons.from_waiting(needed)

    def unmet_need(self, check: Check) -> str | None:
        """Return the id of the first check that this check waits for, and that has not passed.

        A needed check without a decision, or outside this run, blocks nothing. Nor does one of code that is not written
        yet, cannot be imported or must not be used: the waiting check finds that out by itself.
        """
        if check.exercise in self.forbidden.used or self.worker.load_fault is not None:
            return None
        needed = (self.checks[name] for name in check.declared.waits_for if name in self.checks)
        open_verdicts = (Verdict.PASSED, Verdict.NOT_IMPLEMENTED)
        return next(
            (
                other.id
                for other in needed
                if other.ended and not other.verdict.pending and other.verdict not in open_verdicts
            ),
            None,
        )

    @contextlib.contextmanager
    def fairly(self, check: Check, again: Callable[[], object]) -> Iterator[None]:
        """Run a check's suite code: a limit on its processor time, and the blame where it belongs.

        If the suite's code raises, `again` repeats the check with the reference's values. The suite is at fault only
        if that raises as well.
        """
        drawn = None if check.generator is None else check.generator.get_state()
        try:
            with at_most_cpu(self._suite_seconds(check)):
                yield
        except (AssertionError, Unmet):  # the suite's own statement about the value
            raise
        except Exception as error:
            if check.generator is not None and drawn is not None:
                check.generator.set_state(drawn)
            if not self._blames(check, again):
                raise
            if isinstance(error, TimeoutError):
                self.timeouts[check.exercise] += 1
            assert check.last is not None
            raise reasons.from_suite_error(check.last.value, check.last.expected) from None

    def end(self, check: Check, error: BaseException | None, seconds: float) -> None:
        """Note how a check ended: without an error, unmet, or by a fault of the suite or the grader."""
        check.ended, check.duration = True, seconds
        if error is None:
            check.unmet = None
        elif isinstance(error, Unmet):
            self._note(check, error)
        elif isinstance(error, AssertionError):
            self._note(check, Unmet(Verdict.FAILED, same(str(error))))
        else:
            check.unmet, check.detail = grader_fault(error), NO_DETAIL
        if check.declared.from_scratch:
            self._settle_from_scratch(check)
        check.forget()

    def _note(self, check: Check, unmet: Unmet) -> None:
        detail = unmet.detail
        if not detail.output:
            output, size = self.worker.output()
            detail = msgspec.structs.replace(detail, output=output, output_bytes=size)
        asked_for = self.pictures == "all" or (self.pictures == "declared" and check.declared.draws != "numbers")
        if asked_for and unmet.compared:
            with contextlib.suppress(Exception):  # a picture is an extra
                detail = drawn(detail, check.declared.draws, *unmet.compared)
        unmet.detail = detail
        if check.asked is not None and self.worker.load_fault is None and unmet.verdict not in UNEXPLAINED:
            # It computes with the student's values. Without it, the reason is a plain one, and still right.
            with contextlib.suppress(Exception):
                self._explain(check, check.asked, unmet)
        check.unmet, check.detail = unmet, unmet.detail

    def _explain(self, check: Check, asked: Asked, unmet: Unmet) -> None:
        """Put the reason in terms of the call that went wrong."""
        trace = self.content.reference.trace(asked.blob, asked.seed)
        value = check.last.value if check.last else None
        explain(unmet, trace, lambda: self._traced(check), value, entry_names(asked.probe))

    def _traced(self, check: Check) -> Traced | None:
        """Return the calls that the last probe makes of the submission; None if it does not tell within the limits."""
        worker = self.worker.worker
        if self.stand_in or check.asked is None or worker is None or check.spent > TRACE_SECONDS:
            return None
        request = TraceRequest(ProbeRequest(check.asked.blob, check.asked.seed, check.exercise))
        try:
            return msgspec.convert(self.worker.value(self.worker.ask(worker, request, TRACE_SECONDS)), Traced)
        except (WorkerLost, Unmet, msgspec.ValidationError):
            return None

    def _suite_seconds(self, check: Check) -> float:
        """The processor time that the suite's own code has for a check; a student's value can make it very long."""
        share = PATIENCE_AFTER_TIMEOUT if self.timeouts[check.exercise] else 1.0
        return share * (SUITE_SECONDS + 4 * check.seconds)

    def _blames(self, check: Check, again: Callable[[], object]) -> bool:
        """Return whether the submission's value is to blame: with the reference's, `again` does not raise."""
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

    # A probe's way.

    def ask(self, check: Check, probe: Probe, comparison: Comparison, *, by_suite: bool = False) -> tuple[Any, Any]:
        """Return the student's value for a probe, and the reference's value. `by_suite`: the suite judges the value.

        Raises:
            Unmet: the submission gives no value.
            GraderError: the reference gives none.
        """
        blob, seed = pickled(probe), check.seed
        outcome = self._expected(check, blob, seed)
        if self.on_reference:
            return outcome.value, outcome.value
        check.asked = Asked(blob, seed, probe)
        if check.script is not None:
            check.script += ((blob, comparison),)
        try:
            value = self.stand_in(check, blob, outcome) if self.stand_in else self._value(check, blob, seed)
        except Unmet as unmet:
            if unmet.raised is not None:
                self._keep(check, Exchange(blob, seed, None, comparison, unmet.raised))
            raise
        check.last = Last(value, outcome.value)
        self._keep(check, Exchange(blob, seed, value, comparison, by_suite=by_suite))
        return value, check.last.expected

    def _expected(self, check: Check, blob: bytes, seed: int) -> Outcome:
        """Return the reference's outcome. Raises GraderError if it has no value."""
        outcome = self.content.reference.outcome(blob, seed)
        if outcome.raised:
            raise GraderError(same(f"{check.id}: the reference raised {outcome.raised}"))
        if wire.holds_other(outcome.tree):
            raise GraderError(same(f"{check.id}: the reference gives something that is not data"))
        return outcome

    # Scripts.

    def has_script(self, check: Check) -> bool:
        """Return whether a check can run without its suite."""
        return (self.seed, check.id) in self.scripts

    def note_script(self, check: Check) -> None:
        """Keep the probes of a check that has passed, if its suite only compared."""
        if check.passed and check.script and self.stand_in is None:
            self.scripts.setdefault((self.seed, check.id), check.script)

    def agrees_with_script(self, check: Check) -> bool:
        """Ask the probes of the check's script, and return whether the values agree.

        If not, the suite runs. It gets these values when it asks, and gives the reason.
        """
        script = self.scripts[self.seed, check.id]
        for blob, comparison in script:
            try:
                expected = self._expected(check, blob, check.seed).value
                value = self._student_value(check, blob, check.seed)
                check.answers.append((blob, value))
                with at_most_cpu(self._suite_seconds(check)):
                    if comparison.difference(value, expected):
                        return False
            except Unmet as unmet:
                check.answers.append((blob, unmet))
                return False
            except Exception:  # the suite's run meets it again, and decides who is to blame
                return False
        check.script = script
        return True

    def _value(self, check: Check, blob: bytes, seed: int) -> Any:
        """Return the submission's value, which may have come before. Raises Unmet if there is none."""
        asked, answer = check.answers.pop(0) if check.answers else (b"", None)
        if asked != blob:
            check.answers.clear()
            return self._student_value(check, blob, seed)
        if isinstance(answer, Unmet):
            raise answer
        return answer

    def _keep(self, check: Check, exchange: Exchange) -> None:
        """Keep an exchange for the diagnosis, which needs all exchanges of a check. The values of a replay are ours."""
        if self.stand_in is None:
            self.kept += exchange.size
        if self.kept <= MOST_KEPT:
            check.transcript.append(exchange)
        else:
            check.transcript.clear()

    def answer(self, check: Check, probe: Probe) -> Any:
        """Return the student's value for a probe that has no right value, from a worker that serves no other check.

        Raises:
            Unmet: the submission gives no value.
        """
        if self.on_reference:
            return self._reference_answer(check, probe)
        check.script = check.asked = None
        self.worker.drop()
        self.worker.on_gpu = check.declared.needs_gpu and self.accelerator == "cuda"
        try:
            value = self._student_value(check, pickled(probe), check.seed)
            check.last = Last(value)
            return value
        finally:
            if self.worker.on_gpu:
                self.worker.drop()
            self.worker.on_gpu = False

    def check_from_scratch(self, check: Check) -> None:
        """Fail if the exercise's code reaches a forbidden name; uses at run time show in `settle`."""
        if self.stand_in is None:
            self._worker_for(check)

    def _reference_answer(self, check: Check, probe: Probe) -> Any:
        """Return the reference's value for such a probe, from a worker of its own."""
        reference = Submission.from_source(self.content.reference.source, self.submission.main)
        grading = Grading(
            self.content, reference, self.workers, seed=self.seed, sandbox=self.sandbox, accelerator=self.accelerator
        )
        try:
            return grading.answer(replace(check, spent=0.0), probe)
        finally:
            grading.close()

    def _student_value(self, check: Check, blob: bytes, seed: int) -> Any:
        self._give_up_on_endless(check)
        worker = self._worker_for(check)
        request = ProbeRequest(blob, seed, check.exercise)
        reply = self._recorded(check, worker, request) if self._records(check) else self._timed(check, worker, request)
        self.forbidden.note_reply(check.exercise, reply, lambda: self.content.reference.operators(blob, seed))
        self._refuse_forbidden(check)
        return self.worker.value(reply)

    def _give_up_on_endless(self, check: Check) -> None:
        if self.timeouts[check.exercise] >= MOST_TIMEOUTS:
            text = both(
                f"Not run: {MOST_TIMEOUTS} checks of {check.exercise} did not end in time. Fix those first.",
                f"未运行：{check.exercise} 已有 {MOST_TIMEOUTS} 个检查项超时。请先解决超时问题。",
            )
            raise Unmet(Verdict.TIMED_OUT, text)

    def _worker_for(self, check: Check) -> Worker:
        """Return a worker with the submission imported, unless the exercise uses something forbidden."""
        self._refuse_forbidden(check)
        try:
            return self.worker.ready()
        finally:
            self._refuse_forbidden(check)  # a forbidden use comes before a fault of the import

    def _records(self, check: Check) -> bool:
        """Return whether to record the operators that run. Training runs too many of them."""
        if check.declared.trains or self.timeouts[check.exercise]:
            return False
        others = (other.declared for other in self.checks.values() if other.exercise == check.exercise)
        asking = (declared.id for declared in others if not (declared.trains or declared.from_scratch))  # read once
        return self.forbidden.records(check.exercise, check.id, asking)

    def _recorded(self, check: Check, worker: Worker, request: ProbeRequest) -> Reply:
        """Ask with a record of the operators. It takes time and memory: a worker lost over it is asked again."""
        spent, timeouts = check.spent, self.timeouts[check.exercise]
        try:
            return self._timed(check, worker, msgspec.structs.replace(request, record=True))
        except Unmet:
            self.forbidden.stop_recording(check.exercise)
            check.spent, self.timeouts[check.exercise] = spent, timeouts
            return self._timed(check, self.worker.ready(), request)

    def _timed(self, check: Check, worker: Worker, request: ProbeRequest) -> Reply:
        allowed = check.seconds * (PATIENCE_AFTER_TIMEOUT if self.timeouts[check.exercise] else 1.0)
        started = time.monotonic()
        try:
            return self.worker.ask(worker, request, max(0.1, allowed - check.spent))
        except WorkerLost as lost:
            if lost.kind == "time":
                self.timeouts[check.exercise] += 1
                lost = WorkerLost("time", f"{allowed:g}")
            raise reasons.from_loss(lost, self.limits) from None
        finally:
            check.spent += time.monotonic() - started

    def _refuse_forbidden(self, check: Check) -> None:
        use = self.forbidden.used.get(check.exercise)
        if use is not None and not (use.kind == "missing" and self.worker.load_fault):  # that fault says more
            check.asked = None  # no call is to blame
            raise reasons.from_use(use, self.submission)

    # The end.

    def settle(self, *, stopped: bool = False) -> ChapterReport:
        """Return the report, once every check has run. Forbidden uses that showed late fail their exercise.

        Checks that never began are left out if the run was `stopped` before them; otherwise they are a fault of the
        grader's.
        """
        for check in self.checks.values():
            if check.declared.from_scratch:
                self._settle_from_scratch(check)
        for check in self.checks.values():
            use = self.forbidden.used.get(check.exercise)
            if use and (check.passed or check.verdict is Verdict.BLOCKED):
                check.unmet = reasons.from_use(use, self.submission)
        if self.stand_in is None and self.diagnosis != "none":
            diagnose(self.checks.values(), self.content, full=self.diagnosis == "full")
        return ChapterReport(
            self.content.chapter.id,
            [check.report() for check in self.checks.values() if check.begun or not stopped],
            self.forbidden.suspicious,
            missing=self.workers.missing,
            left_out=list(self.submission.left_out),
            prices=[] if stopped else self._prices(),
        )

    def _prices(self) -> list[Price]:
        """Return the prices of diagnosed mistakes. A forbidden operation costs the whole exercise."""
        priced = [check for check in self.checks.values() if check.exercise not in self.forbidden.used]
        if not self.prices or not any(check.diagnosis for check in priced):
            return []
        shares = {known.misconception.id: known.misconception.price for known in self.content.misconceptions}
        return prices_of(priced, shares)

    def _settle_from_scratch(self, check: Check) -> None:
        """Code that is not there yet has not been written from scratch."""
        others = [
            other
            for other in self.checks.values()
            if other.begun and other.exercise == check.exercise and not other.declared.from_scratch
        ]
        if check.passed and others and all(other.verdict is Verdict.NOT_IMPLEMENTED for other in others):
            check.unmet, check.detail = others[0].unmet, others[0].detail
