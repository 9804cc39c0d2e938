"""Processes with a judge each, as a concurrent.futures Executor."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dlgrade.course import Course
from dlgrade.judge.session import Judge, warm_up
from dlgrade.report.model import ChapterReport
from dlgrade.submission import Submission

if TYPE_CHECKING:
    from dlgrade.judge.session import Device, Trains
    from dlgrade.judge.sources import SandboxMode

PR_SET_PDEATHSIG = 1
_judges: list[Judge] = []


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def pool(course: Course, jobs: int, *, sandbox: SandboxMode = "auto", device: Device = "auto") -> Iterator[Executor]:
    """Work that has not begun is dropped when the block is left by an error.

    On Linux they are forked from this process, so that torch is imported once: open the pool before there are threads.
    """
    method = "fork" if sys.platform == "linux" else "spawn"
    if method == "fork":
        warm_up()
    executor = ProcessPoolExecutor(
        jobs, multiprocessing.get_context(method), _open_judge, (course.folder, sandbox, device, os.getpid())
    )
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():  # else this one waits for submissions that never end
            process.kill()
        raise
    executor.shutdown()


def _open_judge(folder: Path, sandbox: SandboxMode, device: Device, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that hands out the work
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before this
            os._exit(1)
    _judges.append(Judge(Course(folder), sandbox=sandbox, device=device))


def the_judge() -> Judge:
    """The judge of this process of the pool."""
    return _judges[0]


def grade(chapter: str, submission: Submission, seed: int, *, training: Trains = "last") -> ChapterReport:
    """Grade one submission in a process of the pool."""
    judge = the_judge()
    return judge.grade(judge.course.chapter(chapter), submission, seed=seed, training=training)
