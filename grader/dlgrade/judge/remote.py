"""A judge in a process of its own, as commands, notebooks and batches use it.

On Linux the nursery forks the judge, so that no worker descends from a process that has read a submission, a roster or
a command line. Elsewhere the judge is started as a program, and starts its workers as programs.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from dlgrade.course import Chapter, Course
from dlgrade.errors import DlgradeError
from dlgrade.judge.messages import Ask, Begun, CheckCallback, Checked, Graded, Open, Opened, Question, Refused, Replay
from dlgrade.judge.remote_process import PROGRAM, ForkedJudge, JudgeLost, JudgeProcess, SpawnedJudge
from dlgrade.options import DEFAULT_RUN, Device, RunOptions, SandboxMode, WorkerMode
from dlgrade.results import ChapterReport
from dlgrade.submission import Submission
from dlgrade.worker.limits import Limits
from dlgrade.workers.nursery import Nursery, gone

NOT_FOR_A_JUDGE = ("MPLBACKEND",)  # a notebook kernel sets it for itself
PRIVATE = ("solutions", "tests")  # folders of a course that no worker may read


class RemoteJudge:
    """A judge in a process of its own.

    Order: `start`, which returns at once and has torch imported in the background; `open`, which blocks until the
    judge is ready; then `grade` or `replay`, one question after another; `close`. In a `with` statement the judge is
    started and closed.

    - The course and its options are those of the last `open`.
    - When a question is interrupted, or the process has died, the process is ended. The next question starts another.
    - Several threads may ask; each waits for its turn. `interrupt` and `close` may come from any thread.
    - The judge owns its process and, unless one is given, its nursery. Both end with this program at the latest.
    """

    def __init__(self, *, workers: WorkerMode = "auto", nursery: Nursery | None = None) -> None:
        self.workers = workers
        self.missing: list[str] = []
        self.opening: Open | None = None
        self.closed = False
        self.asking = threading.Lock()
        self.process: JudgeProcess | None = None
        self.forks = sys.platform == "linux" and hasattr(os, "fork") and workers != "spawn"
        self.nursery = nursery if self.forks else None
        self.own_nursery = Nursery() if self.forks and nursery is None else None

    def __enter__(self) -> RemoteJudge:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(interrupt=kind is not None)

    def start(self) -> RemoteJudge:
        """Start to import torch, while nobody waits for it yet, and return the judge."""
        atexit.register(self.close)
        if self.own_nursery is not None:
            self.own_nursery.start()
        elif not self.forks:
            self.process = SpawnedJudge.launch()
        return self

    def open(
        self,
        course: Course,
        *,
        sandbox: SandboxMode = "auto",
        device: Device = "auto",
        limits: Limits | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open a course, and wait until the judge is ready.

        Args:
            course: the course.
            sandbox: whether to shut workers in.
            device: the device of training checks.
            limits: the limits of workers.
            on_wait: called every half second while torch is being imported.

        Raises:
            UsageError: there is no such device.
            SandboxError: `sandbox` is "require" and this machine lacks a part.
            GraderError: the process has ended.
        """
        self.course = course
        self.opening = Open(
            str(course.folder), course.data, sandbox, self.workers, device, limits or Limits(), _environment()
        )
        with self.asking:
            self._reopen(on_wait)

    def grade(
        self,
        chapter: Chapter,
        submission: Submission,
        options: RunOptions = DEFAULT_RUN,
        *,
        on_begin: CheckCallback | None = None,
        on_check: CheckCallback | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> ChapterReport:
        """Return the report of `Judge.grade`, which also describes the other arguments.

        Args:
            chapter: the chapter.
            submission: the submission.
            options: which checks run, and how.
            on_begin: called with each check before it runs.
            on_check: called with each check after it has run.
            on_wait: called every half second without news.

        Raises:
            UsageError, CourseError, SandboxError: as `Judge.grade` and `open` do.
            JudgeLost: the process has ended.
            KeyboardInterrupt: the question was interrupted.
        """
        question = Ask(
            chapter.id,
            main=_clean(submission.main),
            files={_clean(name): content for name, content in submission.files.items()},
            shown=_clean(submission.display_name),
            source=submission.source,
            cells=submission.cells,
            live=submission.live,
            left_out=submission.left_out,
            watched=on_begin is not None or on_check is not None,
            options=options,
        )
        return self._ask(question, on_begin, on_check, on_wait).report

    def replay(self, chapter: Chapter, recorded_at: int, seed: int) -> Graded:
        """Return the result of `dlgrade.judge.replay`. Raises as `grade`."""
        return self._ask(Replay(chapter.id, recorded_at, seed))

    def _ask(
        self,
        question: Question,
        on_begin: CheckCallback | None = None,
        on_check: CheckCallback | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> Graded:
        with self.asking:
            if self.process is None or self.process.ended:
                self._reopen(on_wait)
            assert self.process is not None
            try:
                self.process.send(question)
                return self._answer(self.process, on_begin, on_check, on_wait)
            except DlgradeError:
                raise
            except BaseException:  # the process still works for a caller who no longer listens
                self._drop(interrupt=True)
                raise

    def _answer(
        self,
        process: JudgeProcess,
        on_begin: CheckCallback | None,
        on_check: CheckCallback | None,
        on_wait: Callable[[], None] | None,
    ) -> Graded:
        """Hand the news to the listeners until the answer comes."""
        while True:
            answer = process.receive(on_wait)
            if isinstance(answer, Graded):
                return answer
            if isinstance(answer, Refused):
                raise answer.error()
            if isinstance(answer, Begun) and on_begin is not None:
                on_begin(answer.check)
            if isinstance(answer, Checked) and on_check is not None:
                on_check(answer.check)

    # The process.

    def _reopen(self, on_wait: Callable[[], None] | None = None) -> None:
        """Open the course, in a new process unless the process that was started is still unused."""
        assert self.opening is not None, "open the judge first"
        if self.closed:
            raise JudgeLost(gone("closed"))
        if self.process is None or self.process.opened or self.process.ended:
            self._drop()
            self.process = self._forked() if self.forks else SpawnedJudge.launch()
        self.process.opened = True
        try:
            self.process.send(self.opening)
            answer = self.process.receive(on_wait)
        except BaseException:
            self._drop(interrupt=True)
            raise
        if isinstance(answer, Refused):
            self._drop()
            raise answer.error()
        assert isinstance(answer, Opened)
        self.missing = answer.missing

    def _forked(self) -> JudgeProcess:
        """Have the nursery fork a fork server and then a judge, which gets the control socket of the server.

        The fork server comes from the nursery and not from the judge: the judge is about to read confidential files.
        """
        assert self.opening is not None
        nursery = self.nursery or self.own_nursery
        assert nursery is not None
        private = [Path(self.opening.course, name) for name in PRIVATE]
        ours, theirs = socket.socketpair()
        with (
            theirs,
            nursery.fork_server(self.opening.limits, private, sandbox=self.opening.sandbox != "off") as control,
        ):
            number = nursery.judge(PROGRAM, theirs, control)
        return ForkedJudge(ours, nursery, number).start()

    def _drop(self, *, interrupt: bool = False) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if interrupt:
            process.interrupt()
        process.close()

    def interrupt(self) -> None:
        """End the process, and return at once. From now on every question raises JudgeLost, also a running one."""
        self.closed = True
        if process := self.process:
            process.interrupt()

    def close(self, *, interrupt: bool = False) -> None:
        """End the process, its workers and its own nursery, and wait for them."""
        self.closed = True
        self._drop(interrupt=interrupt)
        if self.own_nursery is not None:
            self.own_nursery.close()
        atexit.unregister(self.close)


def _environment() -> dict[str, str]:
    """Return the environment of this process: it tells where data sets, caches and GPUs are."""
    return {
        name: value for name, value in os.environ.items() if name not in NOT_FOR_A_JUDGE and _is_clean(name + value)
    }


def _is_clean(text: str) -> bool:
    return text == _clean(text)


def _clean(text: str) -> str:
    """Escape surrogates, which stand for bytes of a file name that are no text: no message can carry them."""
    return text.encode("utf-8", "backslashreplace").decode()
