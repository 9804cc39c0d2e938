"""A pool of judges as a concurrent.futures Executor: each thread of the executor has a judge of its own."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

from dlgrade.course import Course
from dlgrade.judge.remote import RemoteJudge
from dlgrade.options import RunOptions
from dlgrade.results import ChapterReport
from dlgrade.submission import Submission
from dlgrade.workers.nursery import Nursery

if TYPE_CHECKING:
    from dlgrade.options import Device, SandboxMode, Trains

_thread = threading.local()  # `judge` of the thread, and `take`, which makes it


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def pool(
    course: Course,
    jobs: int,
    *,
    for_many: bool,
    sandbox: SandboxMode = "auto",
    device: Device = "auto",
    nursery: Nursery | None = None,
) -> Iterator[Executor]:
    """Yield an executor whose work finds a judge of the course by `the_judge()`. One nursery forks all judges.

    When an error leaves the block, work that has not begun is dropped, and work that has begun is interrupted.

    Args:
        course: the course.
        jobs: the number of threads, and the largest number of judges.
        for_many: whether there are many submissions: the start takes longer then, and each submission less.
        sandbox: whether to shut workers in.
        device: the device of training checks.
        nursery: forks the judges, and stays open. None starts a nursery for this pool.

    Raises:
        SandboxError: `sandbox` is "require" and this machine lacks a part.
        UsageError: there is no such device.
    """
    judges: list[RemoteJudge] = []
    with contextlib.ExitStack() as stack:
        forks = nursery or stack.enter_context(Nursery(for_many=for_many))

        def open_judge() -> RemoteJudge:
            judge = RemoteJudge(nursery=forks).start()
            judges.append(judge)
            judge.open(course, sandbox=sandbox, device=device)
            return judge

        stack.callback(_close, judges)
        first = [open_judge()]  # before any work begins, so that errors come first

        def take_judge() -> RemoteJudge:
            try:
                return first.pop()
            except IndexError:  # another thread has taken it
                return open_judge()

        def begin() -> None:
            _thread.judge = None
            _thread.take = take_judge

        executor = ThreadPoolExecutor(jobs, initializer=begin)
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for judge in judges:  # interrupt all judges before waiting for the first
                judge.interrupt()
            _close(judges)
            raise
        finally:
            executor.shutdown()


def _close(judges: list[RemoteJudge]) -> None:
    for judge in judges:
        judge.close()


def the_judge() -> RemoteJudge:
    """Return the judge of this thread of the pool; the first call in a thread opens it."""
    if _thread.judge is None:
        _thread.judge = _thread.take()
    judge: RemoteJudge = _thread.judge
    return judge


def grade(
    chapter: str, submission: Submission, seed: int, *, training: Trains = "last", prices: bool = True
) -> ChapterReport:
    """Grade a submission in a thread of the pool."""
    judge = the_judge()
    return judge.grade(
        judge.course.chapter(chapter),
        submission,
        RunOptions(seed=seed, training=training, scripts=True, prices=prices, pictures="declared"),
    )
