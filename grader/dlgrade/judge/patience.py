"""Time limits for code in the judge's own process: misconceptions, and suites that compute with students' values.

A limit raises TimeoutError in the code that takes too long, but never while it imports a module: the module would stay
half imported for everybody after.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

AGAIN_SECONDS = 1.0  # a limit whose exception was lost, for example in a `__del__`, passes again after this time
IMPORT_SECONDS = 0.05  # a limit that passes during an import is looked at again after this time


@contextmanager
def at_most_cpu(seconds: float) -> Iterator[None]:
    """Limit the processor time of this process; waiting for a worker does not count.

    Windows and threads other than the main one have no such limit.
    """
    if not _has_cpu_limit():
        yield
        return
    handler = signal.signal(signal.SIGVTALRM, _expiry(signal.ITIMER_VIRTUAL, seconds))
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)


def within_cpu(seconds: float) -> AbstractContextManager[None]:
    """Limit the processor time; where that cannot be done, the time. The code may be endless."""
    return at_most_cpu(seconds) if _has_cpu_limit() else at_most(seconds)


def _has_cpu_limit() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def at_most(seconds: float | None) -> AbstractContextManager[None]:
    """Raise TimeoutError after so many seconds. The main thread uses a signal; Windows and other threads cannot."""
    if seconds is None:
        return nullcontext()
    if hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread():
        return _alarm(seconds)
    return _interruption(seconds)


def _expiry(timer: int, seconds: float) -> Callable[[int, types.FrameType | None], None]:
    """Return the handler of a timer's signal."""

    def expire(_: int, frame: types.FrameType | None) -> None:
        if _importing(frame):
            signal.setitimer(timer, IMPORT_SECONDS, AGAIN_SECONDS if timer == signal.ITIMER_VIRTUAL else 0)
        else:
            raise TimeoutError(f"more than {seconds:g} s")

    return expire


def _importing(frame: types.FrameType | None) -> bool:
    """Return whether a module is being imported. An exception there would leave it half imported."""
    while frame is not None and frame.f_code.co_filename != "<frozen importlib._bootstrap>":
        frame = frame.f_back
    return frame is not None


@contextmanager
def _interruption(seconds: float) -> Iterator[None]:
    """Raise from another thread. It takes effect at the next step of Python code, after any call into C."""
    lock, thread, over = threading.Lock(), ctypes.c_ulong(threading.get_ident()), False

    def expire() -> None:
        while not over and _importing(sys._current_frames().get(thread.value)):
            time.sleep(IMPORT_SECONDS)
        with lock:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeoutError))

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)  # an exception on its way no longer counts
        timer.cancel()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _expiry(signal.ITIMER_REAL, seconds))
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:  # somebody else's alarm, for example pytest-timeout's
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - (time.monotonic() - started)), interval)
