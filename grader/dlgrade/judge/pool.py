"""Judges in processes of their own, as a concurrent.futures Executor: each of its threads asks one of them."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

from dlgrade.course import Course
from dlgrade.judge.remote import RemoteJudge
from dlgrade.results.report import ChapterReport
from dlgrade.submission import Submission
from dlgrade.workers.nursery import Nursery

if TYPE_CHECKING:
    from dlgrade.options import Device, SandboxMode, Trains

_here = threading.local()


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def pool(course: Course, jobs: int, *, sandbox: SandboxMode = "auto", device: Device = "auto") -> Iterator[Executor]:
    """An executor whose work finds a judge of the course by `the_judge()`. All judges are forked from one nursery.

    Work that has not begun is dropped when the block is left by an error, and what has begun is interrupted.

    Raises:
        SandboxError: `sandbox` is "require" and this machine lacks a part.
        UsageError: there is no such device.
    """
    judges: list[RemoteJudge] = []
    with Nursery() as nursery, contextlib.ExitStack() as stack:

        def open_judge() -> RemoteJudge:
            judge = RemoteJudge(nursery=nursery)
            judges.append(judge)
            judge.open(course, sandbox=sandbox, device=device)
            return judge

        stack.callback(_close, judges)
        first = [open_judge()]  # what is missing is said before any work begins

        def take_judge() -> RemoteJudge:
            try:
                return first.pop()
            except IndexError:  # another thread has it
                return open_judge()

        def begin() -> None:
            _here.judge, _here.take = None, take_judge

        executor = ThreadPoolExecutor(jobs, initializer=begin)
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for judge in judges:  # all before the first is waited for
                judge.interrupt()
            _close(judges)
            raise
        finally:
            executor.shutdown()


def _close(judges: list[RemoteJudge]) -> None:
    for judge in judges:
        judge.close()


def the_judge() -> RemoteJudge:
    """The judge of this thread of the pool."""
    if _here.judge is None:
        _here.judge = _here.take()
    judge: RemoteJudge = _here.judge
    return judge


def grade(chapter: str, submission: Submission, seed: int, *, training: Trains = "last") -> ChapterReport:
    """Grade one submission in a thread of the pool."""
    judge = the_judge()
    return judge.grade(judge.course.chapter(chapter), submission, seed=seed, training=training)
