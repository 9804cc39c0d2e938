"""Grades a batch on an executor, and records every result in the gradebook as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from dlgrade.batch.gradebook import Gradebook
from dlgrade.batch.hand_ins import HandIn
from dlgrade.batch.keys import chapter_digest, run_key
from dlgrade.course import Course
from dlgrade.errors import CourseError, SandboxError
from dlgrade.judge.remote_process import JudgeLost
from dlgrade.results import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import Text, both, same
from dlgrade.version import __version__

AHEAD = 2  # jobs given to the executor for each job that it can run at once
ATTEMPTS = 3  # a job over which as many judges have died is given up

Grade = Callable[[str, Submission, int], ChapterReport]


@dataclass
class Job:
    """One run of the judge. All hand-ins with the same files share it."""

    key: str
    chapter: str
    submission: Submission
    hand_ins: list[HandIn] = field(default_factory=list)
    attempts: int = 0


@dataclass(frozen=True)
class Attempt:
    """The end of an attempt at a job: a report, or the grader's fault. Neither means: try again."""

    job: Job
    report: ChapterReport | None = None
    fault: Text | None = None


@dataclass(frozen=True)
class GradingPlan:
    """The jobs to do, and the jobs whose results the gradebook has."""

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
    prices: bool,
    available: Callable[[str], bool],
) -> GradingPlan:
    """Sort the hand-ins into jobs. Hand-ins with a problem get none.

    Args:
        course: The course that has the suites.
        hand_ins: The hand-ins of the batch.
        book: The gradebook, which knows the results so far.
        seed: Seed of the inputs.
        sandbox: Mode of the sandbox.
        generation: How often staff had everything graded again.
        prices: Whether a single mistake costs its price.
        available: Tells whether the GPU, training or data set is available that a check was missing.
    """
    digests: dict[str, bytes] = {}
    jobs: dict[str, Job] = {}
    for hand_in in hand_ins:
        if hand_in.submission is None:
            continue
        if hand_in.chapter not in digests:
            digests[hand_in.chapter] = chapter_digest(course, course.chapter(hand_in.chapter))
        key = run_key(digests[hand_in.chapter], hand_in.submission, seed, sandbox, generation, prices=prices)
        jobs.setdefault(key, Job(key, hand_in.chapter, hand_in.submission)).hand_ins.append(hand_in)
    known = book.known(set(jobs), available)
    todo = [job for job in jobs.values() if job.key not in known]
    done = [job for job in jobs.values() if job.key in known]
    return GradingPlan(todo, done)


def grade_all(
    jobs: list[Job], executor: Executor, grade: Grade, book: Gradebook, *, seed: int, width: int
) -> Iterator[Attempt]:
    """Grade the jobs. A result is in the gradebook before it is given out.

    A job whose judge dies is given to another judge. After three dead judges it is the grader's fault.

    Args:
        jobs: The jobs to do.
        executor: Runs `grade` in its threads.
        grade: Grades one submission of a chapter under a seed.
        book: The gradebook.
        seed: Seed of the inputs.
        width: How many jobs the executor runs at once.

    Raises:
        CourseError: the course has a fault, which would spoil every job.
        SandboxError: this machine has not the sandbox that is required.
    """
    waiting = list(reversed(jobs))
    running: dict[Future[ChapterReport], Job] = {}
    while waiting or running:
        while waiting and len(running) < AHEAD * width:
            job = waiting.pop()
            running[executor.submit(grade, job.chapter, job.submission, seed)] = job
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            attempt = _end_of(future, running.pop(future))
            job = attempt.job
            if attempt.report is None and attempt.fault is None:
                waiting.append(job)
                continue
            if attempt.report is not None:
                book.record(job.key, seed, __version__, attempt.report)
                book.settle([(hand_in, job.key) for hand_in in job.hand_ins])
            yield attempt


def _end_of(future: Future[ChapterReport], job: Job) -> Attempt:
    try:
        return Attempt(job, future.result())
    except JudgeLost as lost:
        job.attempts += 1
        if job.attempts < ATTEMPTS:
            return Attempt(job)
        died = both("The process that graded it died three times. ", "为它评分的进程三次意外终止。")
        return Attempt(job, fault=died + lost.text)
    except (CourseError, SandboxError):
        raise
    except Exception as error:
        return Attempt(job, fault=same(f"{type(error).__name__}: {error}"))
