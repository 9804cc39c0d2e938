"""A run of `dlgrade grade`: read the hand-ins, grade them, record the results, write the reports."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Protocol

import msgspec

from dlgrade import course as courses
from dlgrade.batch.book.class_list import LEFT, REMOVED, Entry
from dlgrade.batch.book.gradebook import BASIS, Gradebook, Owner
from dlgrade.batch.book.overrides import find_student
from dlgrade.batch.changes import Change, Marks, questions
from dlgrade.batch.dry_run import DryRun, dry_run
from dlgrade.batch.grade_class import Attempt, GradingPlan, grade_all, plan
from dlgrade.batch.hand_ins import Batch, Recorded
from dlgrade.batch.intake import gather
from dlgrade.batch.reports import (
    CANVAS_IDS,
    canvas_ids,
    has_gradebook,
    open_gradebook,
    read_gradebook,
    refresh,
    rules_of,
)
from dlgrade.batch.rules import DUE, ROSTER, keep, readable, stored
from dlgrade.batch.students.roster import read_roster
from dlgrade.batch.times.due import Due
from dlgrade.batch.times.due_file import read_due
from dlgrade.course import Chapter, Course
from dlgrade.course.data_sets import data_sets
from dlgrade.errors import UsageError
from dlgrade.judge.pool import cores, pool
from dlgrade.judge.pool import grade as grade_submission
from dlgrade.options import Device
from dlgrade.sandbox_parts import SWITCHED_OFF
from dlgrade.text import Lang, Text, both
from dlgrade.workers.sources import lacking
from dlgrade.workers.survey import missing_parts

REGRADING = "regrading"  # the name of the fact that has the hand-ins of an unfinished regrade
MAX_REASONS = 5  # in the message that there is nothing to grade
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
        students: Ids or names of the students to grade. Empty: everybody.
        regrade: Grade again what the gradebook has, of these students and chapters.
        preview: Show which marks would change. Nothing else is recorded, and no report is written.
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
    students: tuple[str, ...] = ()
    regrade: bool = False
    preview: bool = False
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

    `known` hand-ins were in the gradebook before. `changes` are marks that others replaced, or would replace in a
    preview. `times_unknown` counts the results of the gradebook whose lateness is not known, `unassigned` the files
    that belong to no student or chapter. The other lists are sentences: `notes` about students, times and stored
    rules, `questions` about overrides.
    """

    submissions: int
    graded: int
    known: int
    not_gradable: list[str]
    grader_failed: list[str]
    strays: list[str]
    seed: int
    changes: list[Change] = []
    questions: list[str] = []
    notes: list[str] = []
    preview: bool = False
    unassigned: int = 0
    nothing_handed_in: int = 0
    reports_written: int = 0
    out: str = ""
    times_unknown: int = 0


def grade_hand_ins(options: GradeOptions, listener: GradingListener) -> Summary:
    """Grade all hand-ins into the gradebook and bring the reports up to date.

    A result is in the gradebook before the next one is asked for. A run that was killed therefore continues when it is
    started again.

    Raises:
        UsageError: there is nothing to grade, or an option does not fit.
        SandboxError: the sandbox is required, and this machine lacks a part of it.
    """
    course = courses.load()
    wanted = list(dict.fromkeys(course.chapter(name) for name in options.chapters))
    listener.sandbox(_missing_sandbox(options.sandbox))  # before any file of a student is read
    known = _Known()
    if has_gradebook(options.out, options.gradebook):
        with open_gradebook(options.out, options.gradebook) as book:  # also brings the stored rules up to date
            known = _known(book)
    batch, rules, notes = _gathered(course, wanted, options, known, options.out)
    with open_gradebook(options.out, options.gradebook) as book:
        notes += _notes(book, batch, rules, options)
        if options.due and rules is not None:
            notes += _chosen_before(book, batch, rules, options, course)
        if not options.preview:
            notes += _enrol(course, book, batch, wanted, options)
        summary = _grade_new(course, book, batch, options, listener)
        summary.unassigned = batch.unassigned
        if options.preview:
            summary.notes = [note.of(options.lang) for note in notes]
            return summary
        summary.questions = [text.of(options.lang) for text in questions(book)]
        total = len(batch.hand_ins)
        data, written = refresh(
            course, book, options.out, options.lang, tell=lambda done: listener.reported(done, total)
        )
    summary.nothing_handed_in = sum(result.shown is None for result in data.results)
    summary.reports_written, summary.out = written, str(options.out)
    summary.times_unknown = len(data.untimed)
    if data.untimed_sentence:
        notes.append(data.untimed_sentence)
    summary.notes = [note.of(options.lang) for note in notes]
    return summary


@dataclass(frozen=True)
class _Known:
    """The students of the gradebook, their ids by other names, and their hand-ins."""

    entries: Sequence[Entry] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[Owner, Recorded] = field(default_factory=dict)


def _known(book: Gradebook) -> _Known:
    return _Known(book.everybody(), book.aliases(), book.recorded())


def _gathered(
    course: Course, wanted: Sequence[Chapter], options: GradeOptions, known: _Known, stored_in: Path
) -> tuple[Batch, Due | None, list[Text]]:
    """Read the hand-ins of the students to grade. Return them, the late rules, and sentences about the students.

    Args:
        course: The course.
        wanted: The chapters to grade. Empty: all.
        options: The options.
        known: The content of the gradebook before this run.
        stored_in: The folder of the stored rules.

    Raises:
        UsageError: there is nothing to grade, or an option does not fit.
    """
    roster = read_roster(path) if (path := options.roster or stored(stored_in, ROSTER)) else None
    rules = read_due(options.due, course) if options.due else rules_of(stored_in, course)
    batch = gather(
        options.paths,
        chapters=wanted or course.chapters,
        roster=roster,
        known=[entry.student for entry in known.entries if entry.status != LEFT],
        aliases=known.aliases,
        due=rules,
        repository=options.repository,
        refs=options.refs,
        recorded=known.recorded,
        out=options.out,
    )
    removed = [entry.student.id for entry in known.entries if entry.status == REMOVED]
    batch, notes = _without(_chosen(batch, options.students), removed)
    if not batch.hand_ins:
        raise UsageError(_nothing_to_grade([*notes, *batch.strays]))
    return batch, rules, [*(roster.notes if roster else ()), *notes]


def _without(batch: Batch, removed: Collection[str]) -> tuple[Batch, list[Text]]:
    """The batch without the hand-ins of removed students, and sentences about them."""
    dropped = sorted({hand_in.student for hand_in in batch.hand_ins if hand_in.student in removed})
    kept = tuple(hand_in for hand_in in batch.hand_ins if hand_in.student not in removed)
    notes = [
        both(
            f"{student} was removed, so nothing is graded for them. Undo: dlgrade students restore {student}",
            f"{student} 已被移除，不予评分。撤销：dlgrade students restore {student}",
        )
        for student in dropped
    ]
    return replace(batch, hand_ins=kept), notes


def _enrol(course: Course, book: Gradebook, batch: Batch, wanted: list[Chapter], options: GradeOptions) -> list[Text]:
    """Store the rules of this run, and its students and hand-ins. Return sentences about students and owners."""
    for path, name in ((options.due, DUE), (options.roster, ROSTER)):
        if path is not None:
            keep(book, options.out, name, path.read_bytes())
    moved = book.enrol(batch, roster=(options.out / ROSTER).exists())
    book.set_fact("strays", msgspec.json.encode(batch.strays).decode())
    book.set_fact("notes", msgspec.json.encode(batch.notes).decode())
    book.set_fact(CANVAS_IDS, msgspec.json.encode(sorted(canvas_ids(book) | batch.canvas_ids)).decode())
    _widen_scope(course, book, wanted, batch)
    return moved


def _chosen(batch: Batch, names: Sequence[str]) -> Batch:
    """The batch with the hand-ins of these students alone.

    Raises:
        UsageError: no student has this id or name, or several have the name.
    """
    if not names:
        return batch
    chosen = {find_student(batch.students, name) for name in names}
    return replace(batch, hand_ins=tuple(hand_in for hand_in in batch.hand_ins if hand_in.student in chosen))


def _notes(book: Gradebook, batch: Batch, rules: Due | None, options: GradeOptions) -> list[Text]:
    """Sentences about the rules that apply, extensions without a student, and times that are not known.

    Raises:
        UsageError: an extension fits several students of the gradebook.
    """
    roster = options.out / ROSTER
    listed = [both(f"The class is that of {roster}.", f"学生名单沿用 {roster}。")]
    listed = listed if options.roster is None and roster.exists() else []
    if rules is None:
        return [*listed, *batch.notes]
    students = {student.id: student for student in (*book.students(), *batch.students)}
    notes = rules.for_class(students.values(), book.aliases()).unlisted(students.values())
    if options.due is None:
        stored = options.out / DUE
        notes.insert(
            0,
            both(
                f"Due times and late rules are those of the last --due, in {stored} (times in {rules.timezone}).",
                f"截止时间与迟交规则沿用上次的 --due，见 {stored}（时区 {rules.timezone}）。",
            ),
        )
    if not rules.names_zone:
        zone = rules.timezone
        notes.append(both(f"{rules.path} names no time zone: {zone}.", f"{rules.path} 未写时区：按 {zone}。"))
    return [*listed, *notes, *batch.notes]


def _chosen_before(book: Gradebook, batch: Batch, rules: Due, options: GradeOptions, course: Course) -> list[Text]:
    """A sentence about hand-ins outside this batch, if other rules decided which of their versions counts."""
    students = book.students()
    aliases = book.aliases()
    now = rules.for_class(students, aliases)
    try:
        old = rules_of(options.out, course)
        before = old.for_class(students, aliases) if old else None
    except UsageError:
        return []  # its faults no longer matter
    graded = {(hand_in.student, hand_in.chapter) for hand_in in batch.hand_ins}
    others = [
        owner
        for owner in book.recorded()
        if owner not in graded and (before.limit(*owner) if before else None) != now.limit(*owner)
    ]
    if not others:
        return []
    count = len(others)
    return [
        both(
            f"The rules changed. Hand-ins that are not in this run were chosen by the old rules ({count}): "
            "grade the whole class again.",
            f"规则已改变，而不在此次评分中的 {count} 份提交是按旧规则选定版本的：请重新评分全班。",
        )
    ]


def dry_run_of(options: GradeOptions) -> DryRun:
    """Read the hand-ins as a run would, and tell whose each file is. Nothing is graded or written.

    Raises:
        UsageError: there is nothing to grade, or an option does not fit.
    """
    course = courses.load()
    wanted = list(dict.fromkeys(course.chapter(name) for name in options.chapters))
    known, stored_in = _Known(), options.out
    with TemporaryDirectory() as spare:
        if has_gradebook(options.out, options.gradebook):
            with read_gradebook(options.out, options.gradebook) as book:
                known, stored_in = _known(book), readable(book, options.out, Path(spare))
        batch, rules, notes = _gathered(course, wanted, options, known, stored_in)
    chosen = {find_student(batch.students, name) for name in options.students} or None
    return dry_run(batch, rules.zone if rules else None, [*notes, *batch.notes], options.lang, chosen)


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


def _nothing_to_grade(reasons: Sequence[Text]) -> Text:
    message = both("Nothing to grade was found.", "没有找到可评分的提交。")
    for reason in reasons[:MAX_REASONS]:
        message += both(" ", "") + reason
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
        generations=_generations(book, batch, regrade=options.regrade, store=not options.preview),
        prices=options.prices and course.has_prices,
        available=cache(partial(_is_available, course, options)),
    )
    marks = Marks(book, todo)
    if not options.preview:
        for chapter, basis in todo.bases.items():
            book.set_fact(f"{BASIS}{chapter}", basis)
        book.settle([(hand_in, job.key) for job in todo.done for hand_in in job.hand_ins])
    faults = _grade_jobs(course, book, todo, seed, options, listener) if todo.todo else []
    if options.regrade and not options.preview and not faults:
        book.set_fact(REGRADING, "")
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
        changes=marks.preview() if options.preview else marks.changes(),
        preview=options.preview,
    )


def _seed(book: Gradebook, chosen: int | None) -> int:
    """The seed of the gradebook: the chosen one, or a number drawn in its first run.

    All students get the same inputs, and nobody can tune a submission to inputs seen at home.
    """
    recorded = book.fact("seed")
    if chosen is None and recorded is not None:
        return int(recorded)
    return int(book.set_fact("seed", str(secrets.randbelow(2**53) if chosen is None else chosen)))


def _generations(book: Gradebook, batch: Batch, *, regrade: bool, store: bool) -> dict[Owner, int]:
    """How often staff had each hand-in graded again. The number is part of a run's key, so old results do not match.

    A regrade that was interrupted continues: its hand-ins do not get another generation.
    """
    generations = book.generations()
    if not regrade:
        return generations
    begun = set(msgspec.json.decode(book.fact(REGRADING) or "[]", type=list[Owner]))
    fresh = {(hand_in.student, hand_in.chapter) for hand_in in batch.hand_ins} - begun
    raised = {owner: generations.get(owner, 0) + 1 for owner in fresh}
    if store:
        book.set_generations(raised)
        book.set_fact(REGRADING, msgspec.json.encode(sorted(begun | fresh)).decode())
    return generations | raised


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
        for attempt in grade_all(todo.todo, executor, grade, book, seed=seed, width=jobs, settle=not options.preview):
            listener.graded(attempt)
            if attempt.fault is not None:
                faults.append(attempt)
    return faults


def _sentence(name: str, text: Text | None, lang: Lang) -> str:
    """The text, which begins with the name unless it has it already."""
    words = text.of(lang) if text else ""
    return words if name in words else f"{name}: {words}"
