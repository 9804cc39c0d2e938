"""A run of `dlgrade grade`: read the hand-ins, grade them, record the results, write the reports."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from dlgrade import course as courses
from dlgrade.batch.due import read_due
from dlgrade.batch.grade_class import Attempt, GradingPlan, grade_all, plan
from dlgrade.batch.gradebook import Gradebook
from dlgrade.batch.hand_ins import Batch
from dlgrade.batch.intake import gather
from dlgrade.batch.preview import Preview, preview
from dlgrade.batch.reports import DUE, known_students, open_gradebook, refresh
from dlgrade.batch.roster import read_roster
from dlgrade.course import Chapter, Course
from dlgrade.course.data_sets import data_sets
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.judge.pool import cores, pool
from dlgrade.judge.pool import grade as grade_submission
from dlgrade.options import Device
from dlgrade.sandbox_parts import SWITCHED_OFF
from dlgrade.text import Lang, Text, both
from dlgrade.workers.sources import lacking
from dlgrade.workers.survey import missing_parts

MAX_STRAYS = 5  # in the message that there is nothing to grade
MANY = 40  # submissions; a nursery for many pays from about 20 on


@dataclass(frozen=True)
class GradeOptions:
    """Everything that a run depends on, besides the course.

    Args:
        paths: Folders, files and zips that hold hand-ins.
        out: Folder of the gradebook and the reports.
        lang: Language of the reports and of the summary.
        chapters: Names of the chapters to grade. Empty: all chapters.
        roster: CSV file of the students.
        due: File of due times and late rules.
        repository: Git repository with a branch or tag for each student.
        refs: Pattern of their names, in which `*` is the student.
        jobs: How many submissions are graded at once. None: one for each core.
        sandbox: "require" refuses to grade on a machine without the whole sandbox; "off" grades without a sandbox.
        gradebook: URL of the database. None: a file in `out`.
        seed: Seed of the checks' inputs. None: the gradebook's seed, drawn in its first run.
        regrade: Grade again everything that the gradebook has.
        training: Also run the checks that train.
        prices: A single mistake costs its price, if the course has prices.
        device: Device of the checks that need a GPU.
    """

    paths: tuple[Path, ...]
    out: Path
    lang: Lang
    chapters: tuple[str, ...] = ()
    roster: Path | None = None
    due: Path | None = None
    repository: Path | None = None
    refs: str = "student/*"
    jobs: int | None = None
    sandbox: Literal["require", "off"] = "require"
    gradebook: str | None = None
    seed: int | None = None
    regrade: bool = False
    training: bool = True
    prices: bool = True
    device: Device = "auto"


class GradingListener(Protocol):
    """Hears how a run goes. The run calls all methods from its own thread, in this order."""

    def sandbox(self, missing: list[str]) -> None:
        """The run goes on although these parts of the sandbox are missing; none if it is whole."""

    def grading(self, total: int) -> AbstractContextManager[object]:
        """The run grades `total` submissions inside this context."""

    def graded(self, attempt: Attempt) -> None:
        """A submission has a report, or the grader failed on it."""

    def reported(self, done: int, total: int) -> None:
        """`done` of `total` students' reports are up to date."""


class Summary(msgspec.Struct):
    """The outcome of a run, as `--json` prints it.

    `known` hand-ins were in the gradebook before. `not_gradable`, `grader_failed` and `strays` are sentences.
    """

    submissions: int
    graded: int
    known: int
    not_gradable: list[str]
    grader_failed: list[str]
    strays: list[str]
    seed: int
    nothing_handed_in: int = 0
    reports_written: int = 0
    out: str = ""


def grade_hand_ins(options: GradeOptions, listener: GradingListener) -> Summary:
    """Grade all hand-ins into the gradebook and bring the reports up to date.

    A result is in the gradebook before the next one is asked for. A run that was killed therefore continues when it is
    started again.

    Raises:
        UsageError: there is nothing to grade, or an option does not fit.
        SandboxError: the sandbox is required, and this machine lacks a part of it.
    """
    course = courses.load()
    wanted = [course.chapter(name) for name in options.chapters]
    listener.sandbox(_missing_sandbox(options.sandbox))  # before any file of a student is read
    batch = _read_hand_ins(course, wanted, options)
    if not batch.hand_ins:
        raise UsageError(_nothing_to_grade(batch))
    with open_gradebook(options.out, options.gradebook) as book:
        if options.due:
            write_whole(options.out / DUE, options.due.read_bytes())
        book.enrol(batch.students, batch.hand_ins)
        book.set_fact("strays", msgspec.json.encode(batch.strays).decode())
        _widen_scope(course, book, wanted, batch)
        summary = _grade_new(course, book, batch, options, listener)
        total = len(batch.hand_ins)
        data, written = refresh(
            course, book, options.out, options.lang, tell=lambda done: listener.reported(done, total)
        )
    summary.nothing_handed_in = sum(result.shown is None for result in data.results)
    summary.reports_written, summary.out = written, str(options.out)
    return summary


def preview_hand_ins(options: GradeOptions) -> Preview:
    """Read the hand-ins as a run would, and tell whose each file is. Nothing is graded or written.

    Raises:
        UsageError: there is nothing to grade, or an option does not fit.
    """
    course = courses.load()
    batch = _read_hand_ins(course, [course.chapter(name) for name in options.chapters], options)
    if not batch.hand_ins:
        raise UsageError(_nothing_to_grade(batch))
    zone = read_due(options.due).zone if options.due else None
    return preview(batch, zone, options.lang)


def _missing_sandbox(mode: Literal["require", "off"]) -> list[str]:
    """The parts of the sandbox that the run goes without.

    Raises:
        SandboxError: the sandbox is required, and a part is missing.
    """
    if mode == "off":
        return [SWITCHED_OFF]
    missing = missing_parts()
    if missing:
        raise lacking(missing)
    return []


def _read_hand_ins(course: Course, wanted: Sequence[Chapter], options: GradeOptions) -> Batch:
    roster = read_roster(options.roster) if options.roster else None
    return gather(
        options.paths,
        chapters=wanted or course.chapters,
        roster=roster,
        known=() if roster else known_students(options.out, options.gradebook),
        due=read_due(options.due) if options.due else None,
        repository=options.repository,
        refs=options.refs,
    )


def _nothing_to_grade(batch: Batch) -> Text:
    message = both("Nothing to grade was found.", "没有找到可评分的提交。")
    for stray in batch.strays[:MAX_STRAYS]:
        message += both(" ", "") + stray
    return message


def _widen_scope(course: Course, book: Gradebook, wanted: list[Chapter], batch: Batch) -> None:
    """Add the chapters asked for and the chapters handed in to those of the gradebook."""
    ids = set((book.fact("chapters") or "").split(","))
    ids |= {chapter.id for chapter in wanted} | {hand_in.chapter for hand_in in batch.hand_ins}
    book.set_fact("chapters", ",".join(chapter.id for chapter in course.chapters if chapter.id in ids))


def _grade_new(
    course: Course, book: Gradebook, batch: Batch, options: GradeOptions, listener: GradingListener
) -> Summary:
    """Grade everything that the gradebook does not know yet."""
    seed = _seed(book, options.seed)
    todo = plan(
        course,
        batch.hand_ins,
        book,
        seed=seed,
        sandbox=options.sandbox,
        generation=_generation(book, options.regrade),
        prices=options.prices and course.has_prices,
        available=cache(partial(_is_available, course, options)),
    )
    book.settle([(hand_in, job.key) for job in todo.done for hand_in in job.hand_ins])
    faults = _grade_jobs(course, book, todo, seed, options, listener) if todo.todo else []
    failed = [(hand_in, fault.fault) for fault in faults for hand_in in fault.job.hand_ins]
    refused = [(hand_in, hand_in.problem) for hand_in in batch.hand_ins if hand_in.problem is not None]
    return Summary(
        submissions=len(batch.hand_ins),
        graded=sum(len(job.hand_ins) for job in todo.todo) - len(failed),
        known=sum(len(job.hand_ins) for job in todo.done),
        not_gradable=[_sentence(hand_in.display_name, problem, options.lang) for hand_in, problem in refused],
        grader_failed=[_sentence(hand_in.display_name, fault, options.lang) for hand_in, fault in failed],
        strays=[stray.of(options.lang) for stray in batch.strays],
        seed=seed,
    )


def _seed(book: Gradebook, chosen: int | None) -> int:
    """The seed of the gradebook: the chosen one, or a number drawn in its first run.

    All students get the same inputs, and nobody can tune a submission to inputs seen at home.
    """
    recorded = book.fact("seed")
    if chosen is None and recorded is not None:
        return int(recorded)
    return int(book.set_fact("seed", str(secrets.randbelow(2**53) if chosen is None else chosen)))


def _generation(book: Gradebook, regrade: bool) -> int:
    """How often everything was graded again. The number is part of a run's key, so old results no longer match."""
    generation = int(book.fact("generation") or 0)
    return int(book.set_fact("generation", str(generation + 1))) if regrade else generation


def _is_available(course: Course, options: GradeOptions, need: str) -> bool:
    """Return whether this run has the GPU, the time for training or the data set that a check was missing."""
    from dlgrade.judge.session import accelerator

    if need == "gpu":
        return accelerator(options.device) is not None
    if need == "training":
        return options.training
    data = data_sets(course).get(need)
    return data is not None and not data.missing()


def _grade_jobs(
    course: Course, book: Gradebook, todo: GradingPlan, seed: int, options: GradeOptions, listener: GradingListener
) -> list[Attempt]:
    """Grade the jobs that are left to do. Return those that the grader failed on."""
    faults = []
    jobs = min(options.jobs or cores(), len(todo.todo))
    grade = partial(grade_submission, training="last" if options.training else "later", prices=options.prices)
    with (
        listener.grading(len(todo.todo)),
        pool(course, jobs, for_many=len(todo.todo) >= MANY, sandbox=options.sandbox, device=options.device) as executor,
    ):
        for attempt in grade_all(todo.todo, executor, grade, book, seed=seed, width=jobs):
            listener.graded(attempt)
            if attempt.fault is not None:
                faults.append(attempt)
    return faults


def _sentence(name: str, text: Text | None, lang: Lang) -> str:
    """The text, which begins with the name unless it has it already."""
    words = text.of(lang) if text else ""
    return words if name in words else f"{name}: {words}"
