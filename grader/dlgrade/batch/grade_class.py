"""Grading a batch on an executor, and noting every result in the gradebook as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from dlgrade.batch.gradebook import Gradebook
from dlgrade.batch.keys import chapter_digest, run_key
from dlgrade.batch.model import HandIn
from dlgrade.course import Course
from dlgrade.errors import CourseError, SandboxError
from dlgrade.judge.remote import JudgeLost
from dlgrade.results.report import ChapterReport
from dlgrade.submission import Submission
from dlgrade.text import Text, both, same
from dlgrade.version import __version__

AHEAD = 2  # jobs in the hands of the executor, for each one that it can run
ATTEMPTS = 3  # how often a job is given to a judge that dies over it

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
    """A job after a try: its report, or why the grader failed; neither, if it is to be tried again."""

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
    jobs: list[Job], executor: Executor, grade: Grade, book: Gradebook, *, seed: int, width: int
) -> Iterator[Graded]:
    """Grade the jobs, `width` at a time; each is in the gradebook before it is given out.

    A job whose judge dies is graded again by another; when three have died, it is the grader's fault.

    Raises:
        CourseError, SandboxError: nothing of the kind can be graded here.
    """
    waiting = list(reversed(jobs))
    running: dict[Future[ChapterReport], Job] = {}
    while waiting or running:
        while waiting and len(running) < AHEAD * width:
            job = waiting.pop()
            running[executor.submit(grade, job.chapter, job.submission, seed)] = job
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            graded = _result(future, running.pop(future))
            if graded.report is None and graded.fault is None:
                waiting.append(graded.job)
                continue
            if graded.report is not None:
                book.record(graded.job.key, seed, __version__, graded.report)
                book.settle([(one, graded.job.key) for one in graded.job.hand_ins])
            yield graded


def _result(future: Future[ChapterReport], job: Job) -> Graded:
    """The job's report, or the grader's fault; neither, if it is to be tried again."""
    try:
        return Graded(job, future.result())
    except JudgeLost as lost:
        job.attempts += 1
        if job.attempts < ATTEMPTS:
            return Graded(job)
        died = both("The process that graded it died three times. ", "为它评分的进程三次意外终止。")
        return Graded(job, fault=died + lost.text)
    except (CourseError, SandboxError):
        raise
    except Exception as error:
        return Graded(job, fault=same(f"{type(error).__name__}: {error}"))
