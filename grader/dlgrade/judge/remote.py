"""A judge in a process of its own, as commands, notebooks and batches use it.

On Linux the nursery forks it, so that no worker descends from a process that has read a submission, a roster or a
command line. Elsewhere it is started as a program and starts its workers as programs. Messages are msgpack frames.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from dlgrade.course import Chapter, Course
from dlgrade.errors import CourseError, DlgradeError, GraderError, SandboxError, UsageError
from dlgrade.options import Device, SandboxMode, Trains, Why, WorkerMode
from dlgrade.results.report import ChapterReport, CheckReport
from dlgrade.submission import Submission
from dlgrade.text import Text
from dlgrade.worker.frames import read_frame, write_frame
from dlgrade.worker.limits import Limits
from dlgrade.workers.nursery import LAST_WORDS, PATIENCE_SECONDS, Nursery, gone

PROGRAM = "dlgrade.judge.remote_server"  # what the nursery runs as a judge
POLL_SECONDS = 0.5  # on Windows nothing else lets Ctrl-C through
NOT_FOR_A_JUDGE = ("MPLBACKEND",)  # a kernel's, meant for the kernel
PRIVATE = ("solutions", "tests")  # folders of a course that no worker may read
REFUSALS: dict[str, type[DlgradeError]] = {
    kind.__name__: kind for kind in (SandboxError, GraderError, CourseError, UsageError)
}

Listener = Callable[[CheckReport], None]


class Open(msgspec.Struct, frozen=True):
    """The first message: the course, how its submissions are judged, and the owner's environment."""

    course: str
    data: tuple[str, ...]
    sandbox: SandboxMode
    workers: WorkerMode
    device: Device
    limits: Limits
    environment: dict[str, str]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Grade this submission of this chapter; the options are those of `Judge.grade`."""

    chapter: str
    main: str
    files: dict[str, bytes]
    shown: str
    source: str
    cells: tuple[tuple[int, int], ...]
    live: bool
    watched: bool = False
    seed: int = 0
    keyword: str = ""
    shuffle: bool = False
    stop_at_first: bool = False
    training: Trains = "last"
    pictures: bool = False

    @property
    def submission(self) -> Submission:
        return Submission(self.main, self.files, self.shown, source=self.source, cells=self.cells, live=self.live)


class Replay(msgspec.Struct, frozen=True, tag="replay"):
    """Grade the reference's answers for one seed at another."""

    chapter: str
    recorded_at: int
    seed: int


Question = Ask | Replay


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The judge is ready; `missing` are the parts of the sandbox that this machine lacks."""

    missing: list[str]


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A check is about to run."""

    check: CheckReport


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """A check has ended."""

    check: CheckReport


class Graded(msgspec.Struct, frozen=True, tag="graded"):
    """The answer to a question; after a replay, `why` says why each check that passed did."""

    report: ChapterReport
    why: dict[str, Why] = {}


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """There is no answer; `kind` names one of `REFUSALS`."""

    kind: str
    text: Text

    @classmethod
    def because(cls, error: DlgradeError) -> Refused:
        kind = next((name for name, kind in REFUSALS.items() if isinstance(error, kind)), "GraderError")
        return cls(kind, error.text)

    def error(self) -> DlgradeError:
        return REFUSALS[self.kind](self.text)


Answer = Opened | Begun | Checked | Graded | Refused


class JudgeLost(GraderError):
    """The judge's process has ended while it was asked; the next question starts another."""


class RemoteJudge:
    """A judge in a process of its own, which imports torch from the moment that the handle is made.

    `open` says what to judge, then `grade` asks for one report after another, as `Judge.grade` does. After an
    interruption, or when the process has died, the next question starts another one. Close it, or use it in `with`.
    """

    def __init__(self, *, workers: WorkerMode = "auto", nursery: Nursery | None = None) -> None:
        self.workers = workers
        self.missing: list[str] = []
        self.opening: Open | None = None
        self.closed = False
        self.asking = threading.Lock()
        self.process: Process | None = None
        self.forks = sys.platform == "linux" and hasattr(os, "fork") and workers != "spawn"
        self.nursery = nursery if self.forks else None
        self.own_nursery = Nursery() if self.forks and nursery is None else None
        atexit.register(self.close)
        self._launch()

    def __enter__(self) -> RemoteJudge:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(interrupt=kind is not None)

    def open(
        self,
        course: Course,
        *,
        sandbox: SandboxMode = "auto",
        device: Device = "auto",
        limits: Limits | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open the course. `on_wait` is called every half second while torch is being imported.

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
        *,
        seed: int = 0,
        keyword: str = "",
        shuffle: bool = False,
        stop_at_first: bool = False,
        training: Trains = "last",
        pictures: bool = False,
        on_begin: Listener | None = None,
        on_check: Listener | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> ChapterReport:
        """The report of `Judge.grade`, with its arguments. `on_wait` is called every half second without news.

        Raises:
            UsageError, CourseError, SandboxError: as `Judge.grade` and `open` do.
            JudgeLost: the process has ended.
            KeyboardInterrupt: it was interrupted.
        """
        one = submission
        files = {_text(name): content for name, content in one.files.items()}
        ask = Ask(
            chapter.id, _text(one.main), files, _text(one.display_name), one.source, one.cells, one.live,
            watched=on_begin is not None or on_check is not None, seed=seed, keyword=keyword, shuffle=shuffle,
            stop_at_first=stop_at_first, training=training, pictures=pictures,
        )  # fmt: skip
        return self._ask(ask, on_begin, on_check, on_wait).report

    def replay(self, chapter: Chapter, recorded_at: int, seed: int) -> tuple[ChapterReport, dict[str, Why]]:
        """The report of `dlgrade.judge.replay`, and why checks that passed did. Raises as `grade` does."""
        graded = self._ask(Replay(chapter.id, recorded_at, seed))
        return graded.report, graded.why

    def _ask(
        self,
        question: Question,
        on_begin: Listener | None = None,
        on_check: Listener | None = None,
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
            except BaseException:  # it is still at work for somebody who no longer listens
                self._drop(interrupt=True)
                raise

    def _answer(
        self,
        process: Process,
        on_begin: Listener | None,
        on_check: Listener | None,
        on_wait: Callable[[], None] | None,
    ) -> Graded:
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

    def _launch(self) -> None:
        """Have torch imported, while nobody waits yet."""
        if self.own_nursery is not None:
            self.own_nursery.start()
        elif not self.forks:
            self.process = Spawned()

    def _reopen(self, on_wait: Callable[[], None] | None = None) -> None:
        assert self.opening is not None, "open the judge first"
        if self.closed:
            raise JudgeLost(gone("closed"))
        if self.process is None or self.process.opened or self.process.ended:
            self._drop()
            self.process = self._forked() if self.forks else Spawned()
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

    def _forked(self) -> Process:
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
        return Forked(ours, nursery, number)

    def _drop(self, *, interrupt: bool = False) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if interrupt:
            process.interrupt()
        process.close()

    def interrupt(self) -> None:
        """End what the process is doing, from any thread: whoever waits for it gets JudgeLost, now and from now on."""
        self.closed = True
        if process := self.process:
            process.interrupt()

    def close(self, *, interrupt: bool = False) -> None:
        """End the process, its workers and the nursery, if it has one of its own; from any thread."""
        self.closed = True
        self._drop(interrupt=interrupt)
        if self.own_nursery is not None:
            self.own_nursery.close()
        atexit.unregister(self.close)


class Process:
    """The process of a judge: `send` it messages, `receive` its answers, `close` it."""

    def __init__(self, requests: int, replies: int) -> None:
        self.requests, self.replies = requests, replies
        self.answers: queue.Queue[bytes | None] = queue.Queue()
        self.opened = self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        """Put down messages as they come, and None at the end."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.answers.put(read_frame(self.replies))
        self.ended = True
        self.answers.put(None)

    def send(self, message: Open | Question) -> None:
        with contextlib.suppress(OSError):  # its end is what there is to read
            write_frame(self.requests, msgspec.msgpack.encode(message))

    def receive(self, on_wait: Callable[[], None] | None) -> Answer:
        """The next answer. Raises JudgeLost: the process has ended."""
        while True:
            try:
                content = self.answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if on_wait is not None:
                    on_wait()
                continue
            if content is None:
                raise JudgeLost(gone(self.last_words()))
            answer: Answer = msgspec.msgpack.decode(content, type=Answer)
            return answer

    def last_words(self) -> str:
        raise NotImplementedError

    def interrupt(self) -> None:
        """Make it stop what it is doing."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class Forked(Process):
    """A judge that the nursery forked; the channel is a socket."""

    def __init__(self, channel: socket.socket, nursery: Nursery, number: int) -> None:
        self.channel = channel
        self.nursery = nursery
        self.number = number
        super().__init__(channel.fileno(), channel.fileno())

    def last_words(self) -> str:
        return self.nursery.last_words()

    def interrupt(self) -> None:
        self.nursery.interrupt(self.number)

    def close(self) -> None:
        """Hang up, and wait until it has put its things away."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_WR)
        self.reader.join(PATIENCE_SECONDS)
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)  # frees the reader, if it still reads
        self.reader.join()
        self.channel.close()


class Spawned(Process):
    """A judge that was started as a program, where nothing can be forked; the channel is two pipes."""

    def __init__(self) -> None:
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlgrade.judge.remote_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            bufsize=0,
            cwd=sys.prefix,  # a student's folder may have a random.py
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            start_new_session=True,  # a kernel's "interrupt" is for the kernel
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        super().__init__(self.process.stdin.fileno(), self.process.stdout.fileno())

    def last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)
        self.complaints.seek(0)
        return self.complaints.read()[-LAST_WORDS:].decode("utf-8", "replace").strip()

    def interrupt(self) -> None:
        if sys.platform == "win32":
            self.process.kill()
        else:
            self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Close its input, which ends it, and wait until it has put its things away."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.complaints.close()


def _environment() -> dict[str, str]:
    """The owner's environment, for where data sets, caches and GPUs are."""
    return {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_JUDGE and _is_text(name + value)}


def _is_text(words: str) -> bool:
    return words == _text(words)


def _text(words: str) -> str:
    """The words without half characters, which stand for bytes of a file's name that are no text."""
    return words.encode("utf-8", "backslashreplace").decode()
