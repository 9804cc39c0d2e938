"""A judge in a process of its own, for a process that must not be forked: a notebook's kernel has threads, maybe CUDA.

Questions and answers are lines of JSON over its standard input and output. It lives as long as its owner: both pipes
close when that ends, however it does.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import IO

import msgspec

from dlgrade.errors import GraderError, UsageError
from dlgrade.report.model import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import Text, both

POLL_SECONDS = 0.5  # on Windows nothing else lets Ctrl-C through
KEPT_COMPLAINT = 600
NOT_FOR_A_JUDGE = ("MPLBACKEND",)  # the kernel's, meant for the kernel


class Ask(msgspec.Struct, frozen=True):
    """Grade this submission, the cells of a notebook, of this chapter."""

    chapter: str
    main: str
    files: dict[str, bytes]
    shown: str
    source: str
    cells: tuple[tuple[int, int], ...]
    seed: int = 0
    keyword: str = ""

    @classmethod
    def about(cls, one: Submission, chapter: str, *, seed: int, keyword: str) -> Ask:
        return cls(chapter, one.main, one.files, one.shown, one.source, one.cells, seed, keyword)

    @property
    def submission(self) -> Submission:
        return Submission(self.main, self.files, self.shown, source=self.source, cells=self.cells, live=True)


class Running(msgspec.Struct, frozen=True, tag="running"):
    """A check has begun."""

    description: Text


class Graded(msgspec.Struct, frozen=True, tag="graded"):
    """The answer; `missing` are the parts of the sandbox that this machine lacks."""

    report: ChapterReport
    missing: list[str]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It cannot be graded, for this reason; `usage`: because of how it was asked for."""

    text: Text
    usage: bool


Answer = Running | Graded | Refused
Watcher = Callable[[Text | None], None]


class RemoteJudge:
    """Asks the judge; starts it when there is none, so that it imports torch while nobody waits yet."""

    def __init__(self) -> None:
        self.asking = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.complaints: IO[bytes] | None = None
        self.answers: queue.Queue[bytes | None] = queue.Queue()
        atexit.register(self.close)
        self.start()

    def start(self) -> None:
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self.answers = queue.Queue()
        environment = {key: value for key, value in os.environ.items() if key not in NOT_FOR_A_JUDGE}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlgrade.judge.remote_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            cwd=sys.prefix,  # a student's folder may have a random.py
            env=environment | {"PYTHONSAFEPATH": "1"},
            start_new_session=True,  # the kernel's "interrupt" is for the kernel
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=_read, args=(self.process.stdout, self.answers), daemon=True).start()

    def grade(self, ask: Ask, watcher: Watcher) -> Graded:
        """The judge's report. `watcher` is told every half second which check runs; None: torch is being imported.

        Raises:
            UsageError, GraderError: there is none.
            KeyboardInterrupt: it was interrupted; another process is there for the next question.
        """
        with self.asking:
            if self.process is None or self.process.poll() is not None:
                self.close()
                self.start()
            try:
                return self._ask(msgspec.json.encode(ask) + b"\n", watcher)
            except KeyboardInterrupt:
                self.close()
                self.start()
                raise

    def _ask(self, question: bytes, watcher: Watcher) -> Graded:
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(question)
            self.process.stdin.flush()
        except OSError:
            raise self._died() from None
        running: Text | None = None
        while True:
            try:
                line = self.answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                watcher(running)
                continue
            if line is None:
                raise self._died()
            answer = msgspec.json.decode(line, type=Answer)
            if isinstance(answer, Graded):
                return answer
            if isinstance(answer, Refused):
                raise (UsageError if answer.usage else GraderError)(answer.text)
            running = answer.description

    def _died(self) -> GraderError:
        """With the last that it said."""
        assert self.complaints is not None
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5.0)
        self.complaints.seek(0)
        last = self.complaints.read()[-KEPT_COMPLAINT:].decode("utf-8", "replace").strip()
        self.close()
        return GraderError(
            both(
                f"The judge's process ended. Run the cell again; if it happens again, please report this: {last}",
                f"评分进程已退出。请重新运行该单元；若再次出现，请报告以下信息：{last}",
            )
        )

    def close(self) -> None:
        """End the process, whatever it is doing; what it started ends with it."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, self.complaints):  # the reader closes the other one
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            process.wait()


def _read(pipe: IO[bytes], answers: queue.Queue[bytes | None]) -> None:
    """Lines as they come, and None at the end."""
    with pipe:
        for line in pipe:
            answers.put(line)
    answers.put(None)
