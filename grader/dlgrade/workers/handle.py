"""The judge's handle on one worker: start it, ask it, keep its deadlines, end it."""

from __future__ import annotations

import os
import secrets
import select
import time
from abc import ABC, abstractmethod
from typing import Literal

from dlgrade.errors import GraderError
from dlgrade.text import both
from dlgrade.worker import protocol
from dlgrade.worker.frames import FrameTooLarge, read_frame, write_frame
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import FIRST_NUMBER, End, NumberedRequest, Reply, Request
from dlgrade.workers.alarm import Alarm
from dlgrade.workers.output import Output

GRACE = 5.0  # seconds that the kill of a late worker may take
MOST_WAITING = 3  # times the time allowed: how long a worker may wait for a core besides
LEAST_EXTENSION = 0.05  # seconds; a shorter wait for a core does not postpone a deadline
START_PATIENCE = 3  # times the limit of an import


class WorkerLost(Exception):
    """The worker ended without an answer.

    Args:
        kind: "time" for a deadline, "memory" for the limit, "crash" for an exit or a signal, "flood" for an answer that
            is too large, "nonsense" for bytes that are no answer.
        detail: the seconds allowed, or the exit code or signal.
    """

    def __init__(self, kind: Literal["time", "memory", "crash", "flood", "nonsense"], detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Worker(ABC):
    """The judge's handle on one worker process, which serves one submission and is never used for another.

    Order: make the handle, `start` it, `ask` any number of questions one after another, `close` it.

    - `start` blocks until the worker has sent its greeting, and fills `missing`, the lacking parts of the sandbox.
    - `ask` blocks until the reply or the deadline. When it raises `WorkerLost`, the worker and all its processes are
      dead; only `close` remains to be called.
    - `close` blocks until all processes of the worker are dead.

    The judge trusts nothing that comes out of the worker: replies are decoded against limits, and the number of a
    question is secret until it is asked. Two daemon threads belong to a handle: `alarm` kills a late worker, `output`
    drains what the submission prints. The handle owns the descriptors of the channel and of the output.
    """

    def __init__(self, requests: int, replies: int, output: int, limits: Limits) -> None:
        """Store the parts; nothing runs before `start`.

        Args:
            requests: the descriptor that requests are written to.
            replies: the descriptor that replies are read from; may be the same.
            output: the descriptor that the submission's output is read from.
            limits: the limits of the worker.
        """
        self.limits = limits
        self.requests = requests
        self.replies = replies
        self.output = Output(output)
        self.alarm = Alarm(self._time_is_over)
        self.hung_up = False
        self.waited = 0.0
        self.may_wait = 0.0
        self.missing: list[str] = []

    def start(self) -> Worker:
        """Start the threads, wait for the worker's greeting, and return the handle.

        Raises:
            GraderError: the worker did not start. No submission is there yet, so no submission is to blame.
        """
        self.output.start()
        self.alarm.start()
        patience = START_PATIENCE * self.limits.import_seconds
        self.alarm.set(patience)
        try:
            greeting = self._expect(FIRST_NUMBER, patience + GRACE)
        except WorkerLost as lost:
            self.output.settle()
            last_line = self.output.text()[0].strip().rpartition("\n")[2] or str(lost)
            self.close()
            text = both(f"A worker could not be started: {last_line}", f"工作进程无法启动：{last_line}")
            raise GraderError(text) from None
        self.alarm.cancel()
        self.missing = list(greeting.value)
        return self

    @abstractmethod
    def kill(self) -> None:
        """Kill the worker's processes, and return at once. Any thread may call this, also when they are dead."""

    @abstractmethod
    def end(self) -> End:
        """Kill the worker's processes, wait until all are dead, and return how the worker had ended."""

    def waiting_seconds(self) -> float:
        """Return the seconds that the worker's first thread was ready to run but had no core; 0 if unknown."""
        return 0.0

    def ask(self, request: Request, seconds: float) -> Reply:
        """Send a request and wait for the reply.

        Raises:
            WorkerLost: there is no valid reply in time; the worker is then dead.
        """
        number = secrets.randbits(48)  # a submission cannot answer a question before it is asked
        content = protocol.encode(NumberedRequest(number, request))
        self.may_wait = MOST_WAITING * seconds
        self.alarm.set(seconds)  # its kill also frees a write that the worker does not read
        try:
            self._send(content)
            reply = self._expect(number, seconds * (1 + MOST_WAITING) + GRACE)
        except WorkerLost as lost:
            late = self.alarm.cancel()
            raise self._explained(lost, seconds, late=late) from None
        if self.alarm.cancel():  # the reply crossed with the kill
            raise self._explained(WorkerLost("time"), seconds, late=True)
        return reply

    def _explained(self, lost: WorkerLost, seconds: float, *, late: bool) -> WorkerLost:
        """End the worker, and return the loss with its cause: memory, then the deadline, then the rest."""
        end = self.end()
        if end.memory:
            return WorkerLost("memory")
        if late:
            return WorkerLost("time", f"{seconds:g}")
        if lost.kind == "crash":
            return WorkerLost("crash", _described(end))
        return lost

    def _time_is_over(self) -> float:
        """Kill the worker, unless the machine was busy: time that it waited for a core is given back, within limits.

        Runs in the alarm's thread. Returns the seconds by which to postpone the deadline.
        """
        waited = self.waiting_seconds()
        more = min(waited - self.waited, self.may_wait)
        self.waited = waited
        self.may_wait -= more
        if more > LEAST_EXTENSION:
            return more
        self.kill()
        return 0.0

    def _send(self, content: bytes) -> None:
        try:
            write_frame(self.requests, content)
        except TimeoutError:  # the limit of the suite's code has passed meanwhile
            raise
        except OSError:
            self.hung_up = True
            raise WorkerLost("crash") from None

    def _expect(self, number: int, seconds: float) -> Reply:
        """Return the reply to a question. Raises `WorkerLost`."""
        return answer_in(self._receive(seconds), number)

    def _receive(self, seconds: float) -> bytes:
        """Return the next frame, unless it is larger than any honest reply. Raises `WorkerLost`."""
        give_up = time.monotonic() + seconds

        def wait() -> None:
            if not _is_readable(self.replies, give_up - time.monotonic()):
                raise WorkerLost("time", f"{seconds:g}")

        try:
            return read_frame(self.replies, 2 * self.limits.answer, wait)
        except FrameTooLarge:
            raise WorkerLost("flood") from None
        except TimeoutError:  # the limit of the suite's code has passed meanwhile
            raise
        except (EOFError, OSError):
            self.hung_up = True
            raise WorkerLost("crash") from None

    def close(self) -> None:
        """End the worker and the threads, and close the channel."""
        self.end()
        self.alarm.close()
        for descriptor in {self.requests, self.replies}:
            os.close(descriptor)


def _is_readable(descriptor: int, seconds: float) -> bool:
    """Wait for something to read, or for the end of the channel. Return False when the time is over."""
    if not hasattr(select, "poll"):  # Windows: the read blocks, until the alarm's kill closes the channel
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, 1000 * seconds)))


def answer_in(frame: bytes, number: int) -> Reply:
    """Return the reply in a frame.

    Raises:
        WorkerLost: the frame is no reply within the limits, or does not answer the question of this number.
    """
    reply = protocol.unpack_reply(frame)
    if reply is None or reply.number != number:
        raise WorkerLost("nonsense")
    return reply


def _described(end: End) -> str:
    if end.signal is not None:
        return f"signal {end.signal}"
    return f"exit code {end.code}"
