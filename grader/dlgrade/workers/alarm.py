"""Deadlines for questions to a worker."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class Alarm(threading.Thread):
    """Calls `action` when the deadline passes, unless cancelled first.

    `action` returns the seconds by which to postpone the deadline, or 0 once it has acted. It runs in this thread and
    under the lock: after `cancel` has returned, it does not run any more.

    One thread serves all questions to a worker. Starting a thread for each would cost more than most answers.
    """

    def __init__(self, action: Callable[[], float]) -> None:
        super().__init__(daemon=True)
        self.action = action
        self.changed = threading.Condition()
        self.due = math.inf
        self.sleeps_until = math.inf
        self.rang = False
        self.closed = False

    def set(self, seconds: float) -> None:
        """Set the deadline, so many seconds from now."""
        with self.changed:
            self.due = time.monotonic() + seconds
            self.rang = False
            if self.due < self.sleeps_until:  # otherwise the thread wakes up in time by itself
                self.changed.notify()

    def cancel(self) -> bool:
        """Cancel the deadline. Return whether it had passed and `action` had acted."""
        with self.changed:
            self.due = math.inf
            return self.rang

    def close(self) -> None:
        """End the thread."""
        with self.changed:
            self.closed = True
            self.changed.notify()

    def run(self) -> None:
        """Wait for one deadline after another."""
        with self.changed:
            while not self.closed:
                left = self.due - time.monotonic()
                if left > 0:
                    self._sleep(left)
                else:
                    self._ring()

    def _sleep(self, seconds: float) -> None:
        self.sleeps_until = self.due
        self.changed.wait(min(seconds, threading.TIMEOUT_MAX))
        self.sleeps_until = -math.inf

    def _ring(self) -> None:
        more = self.action()
        if more:
            self.due = time.monotonic() + more
        else:
            self.due = math.inf
            self.rang = True
