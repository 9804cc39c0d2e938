"""The parent's side: asks a child process to parse files, and replaces the child when a file breaks it.

A child reads many files, one after the other. A file that ends the child, hangs it or takes too much memory is refused
with a message. The next file gets a new child.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

import msgspec

from dlgrade.errors import GraderError, SubmissionError
from dlgrade.files import clean
from dlgrade.submission.reading.questions import (
    MAX_ANSWER,
    Answer,
    AnyAnswer,
    AnyQuestion,
    Exhausted,
    Unreadable,
    receive,
    send,
)
from dlgrade.text import Text, both

SECONDS = 120.0  # for a file; on most systems the child stops itself after 20 s of processor time
START_SECONDS = 60.0
KEPT_COMPLAINT = 600
OUT_OF_TIME = -signal.SIGPROF if hasattr(signal, "SIGPROF") else None  # the child's exit status
COMMAND = [sys.executable, "-m", "dlgrade.submission.reading.child"]

Kind = TypeVar("Kind", bound=Answer)


class Reader:
    """A child process that parses files.

    The first question starts the child. A question blocks until the answer is there, and threads take turns. A file is
    refused only if it breaks a fresh child: if a used child breaks, the question is asked once more.

    A process that is forked from this one must call `forget`, because the child belongs to the parent.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.turn = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.complaints: IO[bytes] | None = None
        self.served = 0  # questions that this child has answered

    def ask(self, question: AnyQuestion, *kinds: type[Kind]) -> Kind:
        """The answer, which has one of these kinds.

        Raises:
            SubmissionError: the file cannot be read.
            GraderError: the child does not start, or gives another kind of answer.
        """
        question = msgspec.structs.replace(question, display_name=clean(question.display_name))
        with self.turn:
            answer = self._answer(question)
        if isinstance(answer, Unreadable):
            raise SubmissionError(answer.text)
        if not isinstance(answer, kinds):
            raise GraderError(
                both(f"{question.display_name}: unexpected answer.", f"{question.display_name}：意外的回答。")
            )
        return answer

    def close(self) -> None:
        """End the child. The next question starts another."""
        with self.turn:
            self._end()

    def forget(self) -> None:
        """Let go of the child, in a process that was forked from this one, without ending it."""
        process, self.process = self.process, None
        self.turn = threading.Lock()
        if process is not None:
            process.returncode = 0  # the parent waits for it, not this process
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (process.stdin, process.stdout, self.complaints):
                assert stream is not None
                os.dup2(null, stream.fileno())  # half a message of another thread may be in the buffer
            os.close(null)

    def _answer(self, question: AnyQuestion) -> Answer:
        """Ask, and ask a fresh child if a used child breaks: an earlier file may have harmed it."""
        served = self.served if self.process is not None else 0
        answer, late = self._exchange(question)
        if served and not late and (answer is None or isinstance(answer, Exhausted)):
            answer, late = self._exchange(question)
        if late:
            return Unreadable(_too_slow(question.display_name))
        if answer is None:
            return Unreadable(_fatal(question.display_name))
        return Unreadable(_too_much(question.display_name)) if isinstance(answer, Exhausted) else answer

    def _exchange(self, question: AnyQuestion) -> tuple[Answer | None, bool]:
        """The answer, or None if the child ended; and whether the time was up."""
        try:
            if self.process is None:
                self._start()
            process = self._ready()
            started = time.monotonic()
            try:
                with deadline(process, self.seconds):
                    answer = _asked(process, question)
            except (OSError, EOFError, msgspec.DecodeError):
                late = self._end() == OUT_OF_TIME or time.monotonic() - started >= self.seconds
                return None, late
        except BaseException:
            self._end()  # otherwise the next question would get this one's answer
            raise
        self.served += 1
        if isinstance(answer, Exhausted):
            self._end()
        return answer, False

    def _start(self) -> None:
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self.served = 0
        try:
            self.process = subprocess.Popen(
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.complaints,
                cwd=sys.prefix,  # a student's folder may have a json.py
                env=os.environ | {"PYTHONSAFEPATH": "1"},
                start_new_session=True,  # Ctrl-C is for the parent
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise _not_started(str(error)) from None

    def _ready(self) -> subprocess.Popen[bytes]:
        """The child, once it has started. If it does not start, no file is at fault."""
        process = self.process
        assert process is not None
        if self.served == 0:
            assert process.stdout is not None
            try:
                with deadline(process, START_SECONDS):
                    receive(process.stdout, MAX_ANSWER)
            except EOFError:
                assert self.complaints is not None
                self.complaints.seek(0)
                raise _not_started(self.complaints.read()[-KEPT_COMPLAINT:].decode("utf-8", "replace")) from None
        return process

    def _end(self) -> int | None:
        """End the child and return its exit status, which is its own if it had ended already."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.kill()
        status = process.wait()
        for stream in (process.stdin, process.stdout, self.complaints):
            assert stream is not None
            with contextlib.suppress(OSError):  # closing sends the rest of the buffer, which nobody reads
                stream.close()
        return status


def _asked(process: subprocess.Popen[bytes], question: AnyQuestion) -> AnyAnswer:
    assert process.stdin is not None
    assert process.stdout is not None
    send(process.stdin, question)
    answer: AnyAnswer = msgspec.msgpack.decode(receive(process.stdout, MAX_ANSWER), type=AnyAnswer)
    return answer


@contextmanager
def deadline(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill the process when the time is up. Its pipes then end, on every system, which wakes whoever reads them."""
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # a thread must not be running when this process forks


def _not_started(why: str) -> GraderError:
    return GraderError(
        both(
            f"The process that reads files does not start. Please report this: {why.strip()}",
            f"读取文件的进程无法启动。请报告以下信息：{why.strip()}",
        )
    )


def _too_slow(display_name: str) -> Text:
    return both(
        f"{display_name} takes far too long to read. Hand in less code and less output.",
        f"读取 {display_name} 耗时过长。请减少代码与输出后重新提交。",
    )


def _too_much(display_name: str) -> Text:
    return both(
        f"{display_name} needs too much memory to be read. Hand in less code and less output.",
        f"读取 {display_name} 需要过多内存。请减少代码与输出后重新提交。",
    )


def _fatal(display_name: str) -> Text:
    return both(
        f"{display_name} cannot be read: it crashes Python's own parser.",
        f"无法读取 {display_name}：Python 自身的解析器因它而崩溃。",
    )


_shared = Reader()
ask, close = _shared.ask, _shared.close
atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_shared.forget)
