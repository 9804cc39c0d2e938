"""Grading a batch on an executor, and noting every result in the gradebook as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from dlgrade import __version__
from dlgrade.batch.gradebook import Gradebook
from dlgrade.batch.keys import chapter_digest, run_key
from dlgrade.batch.model import HandIn
from dlgrade.course import Course
from dlgrade.errors import CourseError, SandboxError
from dlgrade.report.model import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import Text, both, same

AHEAD = 2  # jobs in the hands of the executor, for each one that it can run
ATTEMPTS = 3  # how often a job may be at work when the processes of an executor die

Grade = Callable[[str, Submission, int], ChapterReport]


@dataclass
class Job:
    """One run, for all the hand-ins that have it in common."""

    key: str
    chapter: str
    submission: Submission
    hand_ins: list[HandIn] = field(default_factory=list)
    attempts: int = 0


@dataclass(frozen=True)
class Graded:
    """A job that is done: its report, or why the grader failed."""

    job: Job
    report: ChapterReport | None = None
    fault: Text | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be graded, and what the gradebook has already."""

    todo: list[Job]
    done: list[Job]


def plan(
    course: Course,
    hand_ins: tuple[HandIn, ...],
    book: Gradebook,
    *,
    seed: int,
    sandbox: str,
    generation: int,
    available: Callable[[str], bool],
) -> Plan:
    """The jobs of a batch, equal submissions together; `available` says what checks can have that need something."""
    digests: dict[str, bytes] = {}
    jobs: dict[str, Job] = {}
    for one in hand_ins:
        if one.submission is None:
            continue
        if one.chapter not in digests:
            digests[one.chapter] = chapter_digest(course, course.chapter(one.chapter))
        key = run_key(digests[one.chapter], one.submission, seed, sandbox, generation)
        jobs.setdefault(key, Job(key, one.chapter, one.submission)).hand_ins.append(one)
    known = book.known(set(jobs), available)
    return Plan([job for job in jobs.values() if job.key not in known], [jobs[key] for key in jobs if key in known])


def grade_all(
    jobs: list[Job],
    open_executor: Callable[[], AbstractContextManager[Executor]],
    grade: Grade,
    book: Gradebook,
    *,
    seed: int,
    width: int,
) -> Iterator[Graded]:
    """Grade the jobs, `width` at a time; each is in the gradebook before it is given out.

    When the executor's processes die, a new one goes on; a job that is there three times when they do is the grader's
    fault, and the others are graded.

    Raises:
        CourseError, SandboxError: nothing of the kind can be graded here.
    """
    left = list(jobs)
    while left:
        suspects = [job for job in left if job.attempts][:1]  # by itself, so that no other is taken for the cause
        now, ahead = (suspects, 1) if suspects else (left, AHEAD * width)
        left = [job for job in left if job not in now]
        broken: list[Job] = []
        with open_executor() as executor:
            for graded in _drain(now, executor, grade, seed, ahead, broken):
                if graded.report is not None:
                    book.record(graded.job.key, seed, __version__, graded.report)
                    book.settle([(one, graded.job.key) for one in graded.job.hand_ins])
                yield graded
        for job in broken:
            if job.attempts < ATTEMPTS:
                left.append(job)
            else:
                text = both("The process that graded it died three times.", "为它评分的进程三次意外终止。")
                yield Graded(job, fault=text)


def _drain(
    jobs: list[Job], executor: Executor, grade: Grade, seed: int, ahead: int, broken: list[Job]
) -> Iterator[Graded]:
    """Hand out jobs as others end; those that a broken executor leaves are put into `broken`."""
    waiting = list(reversed(jobs))
    running: dict[Future[ChapterReport], Job] = {}
    while waiting or running:
        try:
            while waiting and len(running) < ahead:
                running[executor.submit(grade, waiting[-1].chapter, waiting[-1].submission, seed)] = waiting[-1]
                waiting.pop()
        except BrokenExecutor:
            broken += waiting
            waiting = []
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            job = running.pop(future)
            try:
                yield Graded(job, future.result())
            except BrokenExecutor:
                job.attempts += 1
                broken.append(job)
            except (CourseError, SandboxError):
                raise
            except Exception as error:
                yield Graded(job, fault=same(f"{type(error).__name__}: {error}"))
