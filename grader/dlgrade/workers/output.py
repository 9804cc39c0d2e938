"""The output of a submission, read while the submission runs."""

from __future__ import annotations

import os
import threading
import time

KEPT_OUTPUT = 4000  # bytes
PART = 65536  # bytes of one read
MOST_PARTS = 32  # more than a pipe can hold


class Output:
    """Drains a worker's output as it comes, so that the submission never blocks on a print; keeps the beginning.

    A thread of its own drains the pipe from `start` until its end. `reset` and `settle` also read what is in the pipe
    at that moment, since the thread may not have run yet; the lock keeps the parts in order. Owns the descriptor, and
    closes it at the end of the output.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.beginning = bytearray()
        self.total = 0
        self.closed = False
        self.lock = threading.Lock()

    def start(self) -> None:
        """Start to drain the output."""
        _never_block(self.descriptor)
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
        self.beginning += part[: max(0, KEPT_OUTPUT - len(self.beginning))]

    def _catch_up(self) -> None:
        """Read everything that is in the pipe now. The caller holds the lock."""
        for _ in range(MOST_PARTS):
            part = b"" if self.closed else _arrived(self.descriptor)
            if not part:
                return
            self._keep(part)

    def reset(self) -> None:
        """Forget everything that was printed until now."""
        with self.lock:
            self._catch_up()
            self.beginning.clear()
            self.total = 0

    def text(self) -> tuple[str, int]:
        """Return the first characters since the last reset, and the number of all bytes."""
        with self.lock:
            return self.beginning.decode("utf-8", "replace"), self.total

    def settle(self) -> None:
        """Read everything that was printed before the last answer: it was in the pipe before the answer was sent."""
        time.sleep(LATE_SECONDS)
        with self.lock:
            self._catch_up()


def _read(descriptor: int) -> bytes | None:
    """Return the next part; empty at the end of the output, None when there is nothing more yet."""
    try:
        return os.read(descriptor, PART)
    except BlockingIOError:
        return None
    except OSError:
        return b""


# Where fcntl is missing, a pipe cannot be read without blocking.
try:
    import fcntl  # noqa: F401
    import select
except ImportError:  # Windows: the thread reads without the lock, as the read blocks
    LATE_SECONDS = 0.01  # time for the output to arrive: nobody can tell what is still in a pipe

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
