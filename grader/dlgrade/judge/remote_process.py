"""The process of a judge, as its owner sees it: forked by the nursery, or started as a program."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import IO

from dlgrade.errors import GraderError
from dlgrade.judge import messages
from dlgrade.judge.messages import Answer, Open, Question
from dlgrade.worker.frames import read_frame, write_frame
from dlgrade.workers.nursery import LAST_WORDS, PATIENCE_SECONDS, Nursery, gone

PROGRAM = "dlgrade.judge.remote_server"  # the module that runs as a judge
POLL_SECONDS = 0.5  # on Windows nothing else lets Ctrl-C through


class JudgeLost(GraderError):
    """The judge's process has ended while it was asked. The next question starts another process."""


class JudgeProcess(ABC):
    """The process of a judge: `start` it, `send` it messages, `receive` its answers, `close` it.

    A daemon thread reads answers as they come, so that the judge never waits for its owner. `send` never fails: when
    the process has ended, `receive` raises.
    """

    def __init__(self, requests: int, replies: int) -> None:
        self.requests = requests
        self.replies = replies
        self.answers: queue.Queue[bytes | None] = queue.Queue()  # None at the end
        self.opened = False  # whether `Open` was sent
        self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)

    def start(self) -> JudgeProcess:
        """Start to read answers, and return the process."""
        self.reader.start()
        return self

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.answers.put(read_frame(self.replies))
        self.ended = True
        self.answers.put(None)

    def send(self, message: Open | Question) -> None:
        """Send a message."""
        with contextlib.suppress(OSError):  # the process has ended, which `receive` reports
            write_frame(self.requests, messages.encode(message))

    def receive(self, on_wait: Callable[[], None] | None) -> Answer:
        """Wait for the next answer. `on_wait` is called every half second without one.

        Raises:
            JudgeLost: the process has ended.
        """
        while True:
            try:
                content = self.answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if on_wait is not None:
                    on_wait()
                continue
            if content is None:
                raise JudgeLost(gone(self.last_words()))
            return messages.decode_answer(content)

    @abstractmethod
    def last_words(self) -> str:
        """Return the end of the process's standard error."""

    @abstractmethod
    def interrupt(self) -> None:
        """Interrupt the process, and return at once. Any thread may call this."""

    @abstractmethod
    def close(self) -> None:
        """Hang up, and wait until the process has ended its workers and removed its files."""


class ForkedJudge(JudgeProcess):
    """A judge that the nursery forked; the channel is a socket."""

    def __init__(self, channel: socket.socket, nursery: Nursery, number: int) -> None:
        super().__init__(channel.fileno(), channel.fileno())
        self.channel = channel
        self.nursery = nursery
        self.number = number

    def last_words(self) -> str:
        return self.nursery.last_words()

    def interrupt(self) -> None:
        self.nursery.interrupt(self.number)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_WR)
        self.reader.join(PATIENCE_SECONDS)
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)  # frees a reader that is still reading
        self.reader.join()
        self.channel.close()


class SpawnedJudge(JudgeProcess):
    """A judge that was started as a program, on systems that cannot fork; the channel is two pipes."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        super().__init__(process.stdin.fileno(), process.stdout.fileno())
        self.process = process
        self.complaints = complaints

    @classmethod
    def launch(cls) -> JudgeProcess:
        """Start the program, which imports torch meanwhile."""
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            bufsize=0,
            cwd=sys.prefix,  # a student's folder may have a random.py
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            start_new_session=True,  # a kernel's "interrupt" is for the kernel
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return cls(process, complaints).start()

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
