"""The worker of one submission: started when first asked, asked within limits, replaced when it is lost."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from dlgrade.judge import reasons
from dlgrade.judge.content import Content
from dlgrade.judge.forbidden import ForbiddenUses
from dlgrade.judge.reasons import Unmet
from dlgrade.options import SandboxMode
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.text import both
from dlgrade.worker import wire
from dlgrade.worker.protocol import Execute, OpenGpu, Reply, Request
from dlgrade.workers.handle import Worker, WorkerLost
from dlgrade.workers.sources import WorkerSource, lacking

SHARE_OF_IMPORT = 0.5  # of the limit: the worker itself breaks an import off then, and tells the line
MOST_IMPORTS = 3  # times the limit of an import: how long all imports of a submission may take together


class SubmissionWorker:
    """One submission in a worker.

    `ready` starts a worker and has it import the submission; a lost worker is replaced at the next `ready`. If the
    import fails, or all imports together have taken too long, `ready` raises the same `Unmet` every time and starts no
    further worker. Nothing that comes back is
    trusted: an answer that no honest worker gives ends the worker.
    """

    def __init__(
        self,
        submission: Submission,
        workers: WorkerSource,
        sandbox: SandboxMode,
        content: Content,
        forbidden: ForbiddenUses,
    ) -> None:
        """Store the parts; no worker starts before `ready`.

        Args:
            submission: the submission.
            workers: makes the workers.
            sandbox: "require" refuses a worker without the whole sandbox.
            content: the reference, and the module d2l that comes along.
            forbidden: takes the forbidden uses that the worker reports.
        """
        self.submission = submission
        self.workers = workers
        self.sandbox = sandbox
        self.content = content
        self.forbidden = forbidden
        self.limits = workers.limits
        self.on_gpu = False
        self.worker: Worker | None = None
        self.importing = 0.0  # seconds that all imports have taken
        self.load_fault: Unmet | None = None
        self.printed = ("", 0)

    def ready(self) -> Worker:
        """Return a worker with the submission imported. Raises `Unmet` if the submission cannot be imported."""
        if self.worker is None and self.importing > MOST_IMPORTS * self.limits.import_seconds:
            self.load_fault = self.load_fault or _imported_too_long(self.importing)
        if self.load_fault is not None:
            fault = self.load_fault
            raise Unmet(fault.verdict, fault.text, fault.detail)
        if self.worker is None:
            self.worker = self.workers.start_worker(gpu=self.on_gpu)
            if self.sandbox == "require" and self.worker.missing:
                raise lacking(self.worker.missing)
            if self.on_gpu:
                self._open_gpu(self.worker)
            self._load(self.worker)
        return self.worker

    def ask(self, worker: Worker, request: Request, seconds: float) -> Reply:
        """Ask within so many seconds. Raises `WorkerLost`; the worker is dropped then."""
        try:
            return worker.ask(request, seconds)
        except BaseException:  # a question that was broken off leaves its answer in the channel
            self.drop()
            raise

    def value(self, reply: Reply) -> Any:
        """Return the value in a reply. Raises `Unmet` for a reply that has none, or is no honest one."""
        try:
            unmet = reasons.from_reply(reply, self.submission, self.limits)
            if unmet is not None:
                raise unmet
            return wire.from_tree(reply.value, reply.blobs)
        except (msgspec.ValidationError, wire.Malformed):
            raise self._nonsense() from None

    def forget_output(self) -> None:
        """Forget all that the submission has printed: the next check begins."""
        self.printed = ("", 0)
        if self.worker is not None:
            self.worker.output.reset()

    def output(self) -> tuple[str, int]:
        """Return the beginning of the output since then, and its size in bytes."""
        if self.worker is not None:
            self.worker.output.settle()
            self.printed = self.worker.output.text()
        return self.printed

    def drop(self) -> None:
        """End the worker. The next `ready` starts a new one."""
        if self.worker is not None:
            worker, self.worker = self.worker, None
            worker.close()
            worker.output.settle()
            self.printed = worker.output.text()

    def _open_gpu(self, worker: Worker) -> None:
        """Start CUDA before the submission is there: a failure now is not its fault."""
        try:
            self._step(worker, OpenGpu(self.limits.gpu_memory))
        except Unmet as fault:
            self.drop()
            text = both("The GPU is out of reach in the sandbox: ", "沙箱内无法使用 GPU：") + fault.text
            raise Unmet(Verdict.NOT_RUN, text, needs="gpu") from None

    def _load(self, worker: Worker) -> None:
        helpers = self.content.helpers(self.submission)
        request = self.forbidden.request(self.submission, self.content.reference.source, helpers)
        started = time.monotonic()
        try:
            self.forbidden.note_files(self._step(worker, request))
            self._step(worker, Execute(SHARE_OF_IMPORT * self.limits.import_seconds))
        except msgspec.ValidationError:
            raise self._nonsense() from None
        except Unmet as fault:
            output, size = self.output()
            fault.detail = msgspec.structs.replace(fault.detail, output=output, output_bytes=size)
            self.load_fault = fault
            raise
        finally:
            self.importing += time.monotonic() - started

    def _step(self, worker: Worker, request: Request) -> Any:
        try:
            return self.value(self.ask(worker, request, self.limits.import_seconds))
        except WorkerLost as lost:
            unmet = reasons.from_loss(lost, self.limits)
            if isinstance(request, Execute):
                unmet.text = both("While the file was imported: ", "导入文件时出错：") + unmet.text
            raise unmet from None

    def _nonsense(self) -> Unmet:
        """A worker that does not keep to the protocol is not asked again."""
        self.drop()
        return reasons.from_loss(WorkerLost("nonsense"), self.limits)


def _imported_too_long(seconds: float) -> Unmet:
    text = both(
        f"Not run: the process ended again and again, and importing the code took {seconds:.0f} s in all. Fix the "
        "checks above first.",
        f"未运行：进程多次退出，重复导入代码共用了 {seconds:.0f} 秒。请先解决上面的检查项。",
    )
    return Unmet(Verdict.TIMED_OUT, text)
