"""Grades a batch on an executor, and records every result in the gradebook as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from dlgrade.batch.book.gradebook import Gradebook
from dlgrade.batch.hand_ins import HandIn
from dlgrade.batch.keys import basis, chapter_digest, run_key
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
    basis: str
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
    """The jobs to do, the jobs whose results the gradebook has, and the basis of each chapter's runs."""

    todo: list[Job]
    done: list[Job]
    bases: dict[str, str]


def plan(
    course: Course,
    hand_ins: Sequence[HandIn],
    book: Gradebook,
    *,
    seed: int,
    sandbox: str,
    generations: Mapping[tuple[str, str], int],
    prices: bool,
    available: Callable[[str], bool],
) -> GradingPlan:
    """Sort the hand-ins into jobs. Hand-ins with a problem get none.

    Args:
        course: The course that has the suites.
        hand_ins: The hand-ins to grade.
        book: The gradebook, which knows the results so far.
        seed: Seed of the inputs.
        sandbox: Mode of the sandbox.
        generations: How often staff had the hand-in of a student for a chapter graded again.
        prices: Whether a single mistake costs its price.
        available: Tells whether the GPU, training or data set is available that a check was missing.
    """
    bases: dict[str, str] = {}
    jobs: dict[str, Job] = {}
    for hand_in in hand_ins:
        if hand_in.submission is None or hand_in.content is None:
            continue
        chapter = hand_in.chapter
        if chapter not in bases:
            digest = chapter_digest(course, course.chapter(chapter))
            bases[chapter] = basis(digest, seed, sandbox, prices=prices)
        key = run_key(bases[chapter], hand_in.content, generations.get((hand_in.student, chapter), 0))
        jobs.setdefault(key, Job(key, bases[chapter], chapter, hand_in.submission)).hand_ins.append(hand_in)
    known = book.known(set(jobs), available)
    todo = [job for job in jobs.values() if job.key not in known]
    done = [job for job in jobs.values() if job.key in known]
    return GradingPlan(todo, done, bases)


def grade_all(
    jobs: list[Job], executor: Executor, grade: Grade, book: Gradebook, *, seed: int, width: int, settle: bool
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
        settle: Whether the results count at once.

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
                book.record(job.key, job.basis, seed, __version__, attempt.report)
                if settle:
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
