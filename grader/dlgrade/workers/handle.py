"""The judge's end of its workers: starting them, asking them, keeping their deadlines, ending them."""

from __future__ import annotations

import contextlib
import math
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from typing import Literal

from dlgrade.errors import GraderError
from dlgrade.text import both
from dlgrade.worker import protocol
from dlgrade.worker.frames import FrameTooLarge, read_frame, write_frame
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import FIRST_NUMBER, End, Question, Reply, Request

KEPT_OUTPUT = 4000
PART = 65536  # bytes of one read
MOST_PARTS = 32  # more than a pipe can hold
GRACE = 5.0
READER_SECONDS = 5.0
MOST_WAITING = 3  # times the time allowed: what a worker may have wait for a core besides


class WorkerLost(Exception):
    """The worker is gone without an answer: `kind` says how."""

    def __init__(self, kind: Literal["time", "memory", "crash", "flood", "nonsense"], detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Alarm(threading.Thread):
    """Acts when a time is over, unless it was called off before: then it never does.

    The action says for how many seconds more it is to sleep; 0 when it has acted. One thread serves all questions to a
    worker: starting one for each would cost more than most answers.
    """

    def __init__(self, action: Callable[[], float]) -> None:
        super().__init__(daemon=True)
        self.action = action
        self.changed = threading.Condition()
        self.due = self.sleeps_until = math.inf
        self.rang = self.closed = False
        self.start()

    def set(self, seconds: float) -> None:
        with self.changed:
            self.due, self.rang = time.monotonic() + seconds, False
            if self.due < self.sleeps_until:  # else it is awake in time, and finds out then
                self.changed.notify()

    def call_off(self) -> bool:
        """Whether the time was over; from here on it no longer counts."""
        with self.changed:
            self.due = math.inf
            return self.rang

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify()

    def run(self) -> None:
        with self.changed:
            while not self.closed:
                left = self.due - time.monotonic()
                if left <= 0:
                    more = self.action()
                    self.due, self.rang = (time.monotonic() + more, False) if more else (math.inf, True)
                else:
                    self.sleeps_until = self.due
                    self.changed.wait(min(left, threading.TIMEOUT_MAX))
                    self.sleeps_until = -math.inf


class Output:
    """What the submission prints, drained as it comes, so that it never blocks; only the beginning is kept."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.kept = bytearray()
        self.total = 0
        self.closed = False
        self.lock = threading.Lock()
        _never_block(descriptor)
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        part: bytes | None = None
        while part != b"":
            early = _wait_readable(self.descriptor)
            with self.lock:
                part = _read(self.descriptor) if early is None else early
                self._keep(part or b"")
        with self.lock:
            os.close(self.descriptor)
            self.closed = True

    def _keep(self, part: bytes) -> None:
        self.total += len(part)
        self.kept += part[: max(0, KEPT_OUTPUT - len(self.kept))]

    def _catch_up(self) -> None:
        """Take all that is in the pipe now: the thread that drains it may not have run yet. The lock is held."""
        for _ in range(MOST_PARTS):
            part = b"" if self.closed else _arrived(self.descriptor)
            if not part:
                return
            self._keep(part)

    def reset(self) -> None:
        """Forget what was printed until now."""
        with self.lock:
            self._catch_up()
            self.kept.clear()
            self.total = 0

    def text(self) -> tuple[str, int]:
        """The first characters since the last reset, and the number of bytes in all."""
        with self.lock:
            return self.kept.decode("utf-8", "replace"), self.total

    def settle(self) -> None:
        """Take all that was printed before an answer; it was in the pipe before the answer was sent."""
        time.sleep(LATE_SECONDS)
        with self.lock:
            self._catch_up()


def _read(descriptor: int) -> bytes | None:
    """The next part; empty at the end of the output, None when nothing more is there yet."""
    try:
        return os.read(descriptor, PART)
    except BlockingIOError:
        return None
    except OSError:
        return b""


try:
    import fcntl  # noqa: F401 - where it is missing, pipes cannot be read without blocking
    import select
except ImportError:  # Windows: never with the lock held
    LATE_SECONDS = 0.01  # nobody can tell what is still in a pipe; it has this long to arrive

    def _never_block(descriptor: int) -> None:
        del descriptor

    def _wait_readable(descriptor: int) -> bytes | None:
        return _read(descriptor)

    def _arrived(descriptor: int) -> bytes | None:
        del descriptor
        return None

else:
    LATE_SECONDS = 0.0

    def _never_block(descriptor: int) -> None:
        os.set_blocking(descriptor, False)

    def _wait_readable(descriptor: int) -> bytes | None:
        select.select([descriptor], [], [])
        return None

    def _arrived(descriptor: int) -> bytes | None:
        return _read(descriptor)


class Worker:
    """One worker: ask it things, then close it. It serves one submission and is never used for another."""

    def __init__(self, requests: int, replies: int, output: int, limits: Limits) -> None:
        self.limits = limits
        self.requests = requests
        self.replies = replies
        self.output = Output(output)
        self.number = 0
        self.alarm = Alarm(self._time_is_over)
        self.waited = self.may_wait = 0.0
        self.hung_up = threading.Event()
        self.frames: queue.Queue[bytes | str] = queue.Queue(maxsize=1)  # one answer a question
        self.closed = False
        self.reader = threading.Thread(target=self._receive, daemon=True)
        self.reader.start()
        self.missing: list[str] = self._greeting(limits.import_seconds * 3)

    def _greeting(self, seconds: float) -> list[str]:
        """The parts of the sandbox that it says are missing. No submission is there yet: what fails is the grader's."""
        try:
            return list(self._expect(FIRST_NUMBER, seconds).value)
        except WorkerLost as lost:
            self.output.settle()
            last = self.output.text()[0].strip().rpartition("\n")[2] or str(lost)
            self.close()
            raise GraderError(both(f"A worker could not be started: {last}", f"工作进程无法启动：{last}")) from None

    def waiting_seconds(self) -> float:
        """How long its first thread has been ready to run in all, with no core free for it; 0 if unknown."""
        return 0.0

    def _time_is_over(self) -> float:
        """Kill it, unless the machine was busy: what it waited for a core is given back, within limits."""
        waited = self.waiting_seconds()
        more = min(waited - self.waited, self.may_wait)
        self.waited, self.may_wait = waited, self.may_wait - more
        if more > 0.05:
            return more
        self.kill()
        return 0.0

    def end(self) -> End:
        """Kill the worker and all that it started; return how it had ended, once all are dead."""
        raise NotImplementedError

    def kill(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.end()
        self.alarm.close()
        self.closed = True
        with contextlib.suppress(queue.Empty):
            self.frames.get_nowait()  # the reader may be waiting to put down another
        self.reader.join(READER_SECONDS)
        if not self.reader.is_alive():  # while it reads, the next worker must not get a descriptor of the same number
            for descriptor in {self.requests, self.replies}:
                os.close(descriptor)

    def ask(self, request: Request, seconds: float) -> Reply:
        """Send a request and wait for its answer. Raises `WorkerLost`; the worker is then dead."""
        self.number = secrets.randbits(48)  # nobody answers a question before it is asked
        content = protocol.encode(Question(self.number, request))
        self.may_wait = MOST_WAITING * seconds
        self.alarm.set(seconds)  # its kill frees a write that the worker does not read, too
        try:
            self._send(content)
            reply = self._expect(self.number, seconds * (1 + MOST_WAITING) + GRACE)
            if self.alarm.call_off():
                raise WorkerLost("time", f"{seconds:g}")
            return reply
        except WorkerLost as lost:
            late = self.alarm.call_off()
            ended = self.end()
            if ended.memory:
                raise WorkerLost("memory") from None
            if late:
                raise WorkerLost("time", f"{seconds:g}") from None
            if lost.kind == "crash":
                raise WorkerLost("crash", describe_end(ended)) from None
            raise

    def _send(self, content: bytes) -> None:
        try:
            write_frame(self.requests, content)
        except OSError:
            raise WorkerLost("crash") from None

    def _expect(self, number: int, seconds: float) -> Reply:
        try:
            frame = self.frames.get(timeout=seconds)
        except queue.Empty:
            raise WorkerLost("time", f"{seconds:g}") from None
        if isinstance(frame, str):
            raise WorkerLost("flood" if frame == "flood" else "crash")
        return answer_in(frame, number)

    def _receive(self) -> None:
        """Read frames until the channel closes or one is larger than any honest answer."""
        limit = self.limits.answer * 2
        try:
            while True:
                frame = read_frame(self.replies, limit)
                if not self.closed:
                    self.frames.put(frame)
        except FrameTooLarge:
            if not self.closed:
                self.frames.put("flood")
        except (EOFError, OSError):
            self.hung_up.set()
            if not self.closed:
                self.frames.put("closed")


def answer_in(frame: bytes, number: int) -> Reply:
    """The reply in a frame. Raises `WorkerLost` for one that is no answer to the question of this number."""
    reply = protocol.unpack_reply(frame)
    if reply is None or reply.number != number:
        raise WorkerLost("nonsense")
    return reply


def describe_end(end: End) -> str:
    if end.signal is not None:
        return f"signal {end.signal}"
    return f"exit code {end.code}"
