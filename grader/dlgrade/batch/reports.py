"""From the gradebook to files: a report for each student and chapter, the table of grades, the class report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from dlgrade.batch.due import Due, read_due
from dlgrade.batch.gradebook import Gradebook, Standing
from dlgrade.batch.model import Student
from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.json_report import report_data
from dlgrade.report.junit import to_junit
from dlgrade.report.student_page import student_page
from dlgrade.results import ChapterReport, ClassChapter, ClassCheck, ClassData, ClassResult, Detail, Report
from dlgrade.text import Lang, Text, both
from dlgrade.version import __version__

DUE = "due.yaml"
STAMP = re.compile(rb'"stamp": "([0-9a-f]+)"')


@contextmanager
def open_gradebook(out: Path, url: str | None = None) -> Iterator[Gradebook]:
    """The gradebook of an output folder, for this process alone."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / ".lock", timeout=0):
            clear_drafts(out)
            book = Gradebook(url or f"sqlite:///{(out / 'gradebook.sqlite').absolute()}")
            try:
                yield book
            finally:
                book.close()
    except Timeout:
        raise UsageError(
            both(
                f"Another dlgrade is writing to {out}. Wait for it, or use another --out.",
                f"另一个 dlgrade 正在写入 {out}。请等待它结束，或换一个 --out。",
            )
        ) from None


def result_of(student: Student, standing: Standing, due: Due | None) -> ClassResult:
    days = due.days_late(standing.chapter, standing.submitted) if due else 0
    return ClassResult(
        student=student.id,
        name=student.name,
        chapter=standing.chapter,
        shown=standing.shown,
        submitted=standing.submitted.isoformat(timespec="minutes") if standing.submitted else None,
        report=standing.report,
        problem=standing.problem,
        passed_over=standing.passed_over,
        overrides=standing.overrides,
        score=standing.score,
        days_late=days,
        final=standing.score * (1 - due.penalty(days)) if due else standing.score,
    )


def class_chapter(course: Course, chapter: Chapter, report: ChapterReport | None) -> ClassChapter:
    """A chapter with the checks that a report of it has."""
    return ClassChapter(
        id=chapter.id,
        title=chapter.title,
        exercises={exercise.name: exercise.title for exercise in chapter.exercises},
        checks=[
            ClassCheck(check.id, check.exercise, check.points, check.bonus, check.description)
            for check in (report.checks if report else [])
        ],
        misconceptions={entry.id: entry.hint for entry in course.misconceptions(chapter)},
    )


def data_of(
    course: Course, book: Gradebook, due: Due | None, each: Callable[[ClassResult, ClassChapter], None] | None = None
) -> ClassData:
    """Everybody's results, without the details of each check; a student without a submission has one without a report.

    `each` is given every result with its details, as it is read.
    """
    ids = (book.fact("chapters") or "").split(",")
    chapters = {c.id: class_chapter(course, c, book.any_report(c.id)) for c in course.chapters if c.id in ids}
    students = {student.id: student for student in book.students()}
    results: dict[tuple[str, str], ClassResult] = {}
    for standing in book.standings():
        if standing.chapter in chapters:
            result = result_of(students[standing.student], standing, due)
            if each is not None:
                each(result, chapters[standing.chapter])
            results[standing.student, standing.chapter] = _light(result, chapters[standing.chapter])
    return ClassData(
        course=course.contents.title,
        chapters=list(chapters.values()),
        results=[
            results.get((student.id, chapter)) or ClassResult(student.id, student.name, chapter)
            for student in students.values()
            for chapter in chapters
        ],
        strays=msgspec.json.decode(book.fact("strays") or "[]", type=list[Text]),
        seed=int(book.fact("seed") or 0),
        graded_at=book.graded_at(),
        version=__version__,
    )


def _light(result: ClassResult, chapter: ClassChapter) -> ClassResult:
    """Without what a table of a thousand students has no room for."""
    known = {check.id: check.description for check in chapter.checks}
    for check in result.report.checks if result.report else []:
        check.detail, check.message = Detail(), None
        check.hint, check.description = (
            chapter.misconceptions.get(check.diagnosis or ""),
            known.get(check.id, check.description),
        )
    return result


def place_of(student: str) -> str:
    """A student's folder, seen from the batch's own."""
    return f"reports/{folder_name(student)}"


def folder_name(student: str) -> str:
    """Of a student's reports; an id that is no safe file name gets one that is, and stays its own."""
    safe = re.sub(r"[^\w.@+-]", "_", student).strip(".")[:80]
    if safe != student:
        safe += "-" + hashlib.sha256(student.encode()).hexdigest()[:8]
    return safe


def write_result(out: Path, result: ClassResult, chapter: ClassChapter, seed: int, lang: Lang) -> bool:
    """Write a student's four files for a chapter, unless they are there as they should be.

    The JSON report comes last and carries a stamp of what all four were made from.
    """
    content = msgspec.json.encode([result, chapter, seed, lang, __version__])
    stamp = hashlib.sha256(content).hexdigest()[:32]
    base = out / place_of(result.student) / result.chapter
    if _stamp(base.with_suffix(".json")) == stamp:
        return False
    base.parent.mkdir(parents=True, exist_ok=True)
    report = Report(result.shown or result.student, seed, [result.report] if result.report else [])
    write_whole(base.with_suffix(".html"), student_page(result, chapter))
    write_whole(base.with_suffix(".xml"), to_junit(report, lang))
    write_whole(base.with_suffix(".gradescope.json"), to_gradescope(result, chapter, lang))
    data = {
        "stamp": stamp,
        "student": result.student,
        "name": result.name,
        "submitted": result.submitted,
        "problem": result.problem.of(lang) if result.problem else None,
        "passed_over": [text.of(lang) for text in result.passed_over],
        "overrides": msgspec.to_builtins(result.overrides),
        "final": {"score": result.score, "days_late": result.days_late, "after_lateness": result.final},
        **report_data(report, lang),
    }
    write_whole(base.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(data), indent=2))
    return True


def _stamp(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = STAMP.search(file.read(200))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def refresh(
    course: Course, book: Gradebook, out: Path, lang: Lang, tell: Callable[[int], None] | None = None
) -> tuple[ClassData, int]:
    """Bring all files up to date with the gradebook; returns what they show, and how many students' were written."""
    seed, seen, written = int(book.fact("seed") or 0), 0, 0

    def each(result: ClassResult, chapter: ClassChapter) -> None:
        nonlocal seen, written
        written += write_result(out, result, chapter, seed, lang)
        seen += 1
        if tell is not None:
            tell(seen)

    data = data_of(course, book, rules_of(out), each)
    write_class(out, data)
    return data, written


def rules_of(out: Path) -> Due | None:
    """The due times that the last `--due` gave."""
    path = out / DUE
    return read_due(path) if path.exists() else None


def write_class(out: Path, data: ClassData) -> None:
    from dlgrade.report.class_report import class_report
    from dlgrade.report.tables import grades_csv

    write_whole(out / "grades.csv", grades_csv(data))
    write_whole(out / "report.html", class_report(data, lambda student, chapter: f"{place_of(student)}/{chapter}.html"))


def clear_drafts(out: Path) -> None:
    """Remove what a run that was killed was writing."""
    for path in out.rglob(".*"):
        if re.fullmatch(r"\..+\.\d+", path.name) and path.is_file():
            path.unlink(missing_ok=True)
