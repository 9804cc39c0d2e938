"""Writes the gradebook as files: a report for each student and chapter, the table of grades, the class report."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from dlgrade.batch import rules
from dlgrade.batch.book.database import read_only, require_gradebook, sqlite_file
from dlgrade.batch.book.gradebook import Gradebook, Standing
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.times.due import ClassDue, Due
from dlgrade.batch.times.due_file import read_due
from dlgrade.course import Chapter, Course
from dlgrade.errors import GraderError, UsageError
from dlgrade.files import write_whole
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.json_report import report_data
from dlgrade.report.junit import to_junit
from dlgrade.report.student_page import student_page
from dlgrade.results import ChapterReport, ClassChapter, ClassCheck, ClassData, ClassResult, Detail, Report
from dlgrade.text import Lang, Text, both
from dlgrade.version import __version__

DATABASE = "gradebook.sqlite"
BESIDE_DATABASE = ".lock", "-journal", "-wal", "-shm"  # the ends of files that SQLite and dlgrade have beside it
LOCK = ".lock"
SUFFIXES = ".html", ".xml", ".gradescope.json", ".json"  # of a student's reports for a chapter
CANVAS_IDS = "canvas ids"  # the name of the fact that has the students whose ids are Canvas' own numbers
STAMP = re.compile(rb'"stamp": "([0-9a-f]+)"')


@contextmanager
def open_gradebook(out: Path, url: str | None = None) -> Iterator[Gradebook]:
    """Open the gradebook of an output folder, for this process alone. It can only be read if `out` cannot be written.

    Raises:
        UsageError: another process has it open, or the database cannot be used.
        GraderError: the folder cannot be written and has no gradebook, or the database failed.
    """
    try:
        if not _can_be_written(out):
            if not has_gradebook(out, url):
                raise read_only(out)
            with read_gradebook(out, url) as book:
                yield book
            return
        out.mkdir(parents=True, exist_ok=True)
        with FileLock(out / LOCK, timeout=0):
            clear_drafts(out)
            with closing(Gradebook(_url(out, url))) as book:
                if book.database.unwritable is None:
                    rules.share(book, out)
                yield book
    except Timeout:
        raise UsageError(
            both(
                f"Another dlgrade is writing to {out}. Wait for it, or use another --out.",
                f"另一个 dlgrade 正在写入 {out}。请等待它结束，或换一个 --out。",
            )
        ) from None
    except BrokenPipeError:  # standard output, not the folder
        raise
    except OSError as error:
        place = error.filename or out
        raise GraderError(
            both(
                f"{place} cannot be written: {error.strerror}. Everything recorded so far is kept; "
                "then run the same command again.",
                f"无法写入 {place}：{error.strerror}。此前的结果均已保存；解决后请再次运行同一命令。",
            )
        ) from None


def read_gradebook(out: Path, url: str | None = None) -> AbstractContextManager[Gradebook]:
    """Open a gradebook that exists. Nothing is written, and others may write to it."""
    return closing(Gradebook(_url(out, url), unwritable=out))


def _url(out: Path, url: str | None) -> str:
    return url or f"sqlite:///{(out / DATABASE).absolute()}"


def _can_be_written(out: Path) -> bool:
    """Return whether a folder, or else the folder that it would be made in, can be written, and the folder's lock."""
    place = out.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    lock = out / LOCK
    return os.access(place, os.W_OK) and (not lock.exists() or os.access(lock, os.W_OK))


def has_gradebook(out: Path, url: str | None = None) -> bool:
    """Return whether a gradebook exists. A server's may.

    Raises:
        UsageError: the URL names no database that can be used.
    """
    path = out / DATABASE if url is None else sqlite_file(url)
    return path is None or path.exists()


def open_existing_gradebook(out: Path, url: str | None = None) -> AbstractContextManager[Gradebook]:
    """As `open_gradebook`, but never makes one.

    Raises:
        UsageError: there is no gradebook.
        GraderError: the database cannot be opened.
    """
    if url is None and not (out / DATABASE).exists():
        raise UsageError(both(f"{out} has no gradebook.", f"{out} 中没有成绩册。"))
    if url is not None:
        require_gradebook(url)
    return open_gradebook(out, url)


def owned_files(out: Path, url: str | None = None) -> Iterator[Path]:
    """The files that dlgrade keeps beside the reports in its output folder, and those of the database."""
    yield from (out / name for name in (LOCK, rules.SEEN, rules.DUE, rules.ROSTER, "report.html", "grades.csv"))
    databases = [out / DATABASE, *([path] if url is not None and (path := sqlite_file(url)) else [])]
    yield from (path.with_name(path.name + end) for path in databases for end in ("", *BESIDE_DATABASE))


def result_of(student: Student, standing: Standing, rules: ClassDue | None) -> ClassResult:
    """A student's result, reduced if it was late. Times are in the zone of the rules."""
    owner, submitted = (student.id, standing.chapter), standing.submitted
    days = rules.days_late(*owner, submitted) if rules else 0
    due = rules.of(*owner) if rules else None
    extension = rules.extension(*owner) if rules else None
    if rules and submitted:
        submitted = rules.local(submitted)
    return ClassResult(
        student=student.id,
        name=student.name,
        chapter=standing.chapter,
        shown=standing.display_name,
        submitted=submitted.isoformat(timespec="minutes") if submitted else None,
        report=standing.report,
        problem=standing.problem,
        passed_over=standing.passed_over,
        overrides=standing.overrides,
        score=standing.score,
        undecided=standing.undecided,
        stale=standing.stale,
        days_late=days,
        final=standing.score * (1 - rules.rules.penalty(days)) if rules else standing.score,
        due=rules.local(due.after()).isoformat(timespec="minutes") if rules and due else None,
        extension=extension.reason if extension else "",
    )


def class_chapter(course: Course, chapter: Chapter, report: ChapterReport | None) -> ClassChapter:
    """The chapter, with the checks of a report about it."""
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


def chapters_of(course: Course, book: Gradebook) -> dict[str, ClassChapter]:
    """The chapters of the gradebook by id, in the course's order."""
    ids = (book.fact("chapters") or "").split(",")
    return {
        chapter.id: class_chapter(course, chapter, book.last_report(chapter.id))
        for chapter in course.chapters
        if chapter.id in ids
    }


def read_results(book: Gradebook, chapters: Mapping[str, ClassChapter], due: Due | None) -> Iterator[ClassResult]:
    """The results of these chapters, one at a time and with all details: a report can be large."""
    students = {student.id: student for student in book.students()}
    rules = due.for_class(students.values(), book.aliases()) if due else None
    for standing in book.standings():
        if standing.chapter in chapters:
            yield result_of(students[standing.student], standing, rules)


def class_data(
    course: Course, book: Gradebook, chapters: Mapping[str, ClassChapter], results: Iterable[ClassResult]
) -> ClassData:
    """The whole class. A student who handed in nothing for a chapter gets a result without a report.

    Args:
        course: The course, for its title.
        book: The gradebook, for its students and facts.
        chapters: The chapters of the gradebook, by id.
        results: All results. Each one loses the details of its checks as it is read.
    """
    by_owner = {
        (result.student, result.chapter): _without_details(result, chapters[result.chapter]) for result in results
    }
    return ClassData(
        course=course.contents.title,
        chapters=list(chapters.values()),
        results=[
            by_owner.get((student.id, chapter)) or ClassResult(student.id, student.name, chapter)
            for student in book.students()
            for chapter in chapters
        ],
        strays=msgspec.json.decode(book.fact("strays") or "[]", type=list[Text]),
        notes=msgspec.json.decode(book.fact("notes") or "[]", type=list[Text]),
        seed=int(book.fact("seed") or 0),
        graded_at=book.graded_at(),
        version=__version__,
    )


def read_class(course: Course, book: Gradebook, due: Due | None) -> ClassData:
    """The whole class as the gradebook has it."""
    chapters = chapters_of(course, book)
    return class_data(course, book, chapters, read_results(book, chapters, due))


def _without_details(result: ClassResult, chapter: ClassChapter) -> ClassResult:
    """Remove from the result, in place, everything that a table of a thousand students has no room for."""
    descriptions = {check.id: check.description for check in chapter.checks}
    for check in result.report.checks if result.report else []:
        check.detail, check.message = Detail(), None
        # Equal texts become one object, which a thousand results share.
        check.hint = chapter.misconceptions.get(check.diagnosis or "")
        check.description = descriptions.get(check.id, check.description)
    return result


def place_of(student: str) -> str:
    """A student's folder, relative to the output folder."""
    return f"reports/{folder_name(student)}"


def folder_name(student: str) -> str:
    """The name of a student's folder. An id that is no safe file name gets a digest: no two ids share a folder."""
    safe = re.sub(r"[^\w.@+-]", "_", student).strip(".")[:80]
    if safe != student:
        safe += "-" + hashlib.sha256(student.encode()).hexdigest()[:8]
    return safe


def write_result(out: Path, result: ClassResult, chapter: ClassChapter, seed: int, lang: Lang) -> bool:
    """Write a student's files for a chapter, unless they are up to date. Return whether they were written.

    The JSON report comes last. Its stamp is a digest of everything that the four files are made from, so a run that was
    killed between two files writes them all again.

    Args:
        out: The output folder.
        result: The student's result, with all details.
        chapter: Its chapter.
        seed: Seed of the inputs.
        lang: Language of the files for programs. Pages have both languages.
    """
    content = msgspec.json.encode([result, chapter, seed, lang, __version__])
    stamp = hashlib.sha256(content).hexdigest()[:32]
    base = out / place_of(result.student) / result.chapter
    if _stamp_in(base.with_suffix(".json")) == stamp:
        return False
    base.parent.mkdir(parents=True, exist_ok=True)
    report = Report(result.shown or result.student, seed, [result.report] if result.report else [])
    write_whole(base.with_suffix(".html"), student_page(result, chapter))
    write_whole(base.with_suffix(".xml"), to_junit(report, lang))
    if result.report is None:  # Gradescope reads no result without a score
        base.with_suffix(".gradescope.json").unlink(missing_ok=True)
    else:
        write_whole(base.with_suffix(".gradescope.json"), to_gradescope(result, chapter, lang))
    data = {
        "stamp": stamp,
        "student": result.student,
        "name": result.name,
        "submitted": result.submitted,
        "due": result.due,
        "extended": bool(result.extension),
        "problem": result.problem.of(lang) if result.problem else None,
        "passed_over": [text.of(lang) for text in result.passed_over],
        "overrides": msgspec.to_builtins(result.overrides),
        "final": {"score": result.score, "days_late": result.days_late, "after_lateness": result.final}
        if result.report is not None
        else None,
        **report_data(report, lang),
    }
    write_whole(base.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(data), indent=2))
    return True


def _stamp_in(path: Path) -> str:
    try:
        with path.open("rb") as file:
            match = STAMP.search(file.read(200))
    except OSError:
        return ""
    return match[1].decode() if match else ""


def refresh(
    course: Course, book: Gradebook, out: Path, lang: Lang, *, tell: Callable[[int], None] | None = None
) -> tuple[ClassData, int]:
    """Bring all files up to date with the gradebook. Return their data, and how many students' reports were written.

    Args:
        course: The course, for titles and hints.
        book: The open gradebook of `out`.
        out: The folder to write to.
        lang: Language of the files for programs. Pages have both languages.
        tell: Is called after each student's report with the number of reports so far.
    """
    chapters = chapters_of(course, book)
    seed, written = int(book.fact("seed") or 0), 0

    def reported() -> Iterator[ClassResult]:
        """Write each report while its result has the details, which `class_data` removes."""
        nonlocal written
        for count, result in enumerate(read_results(book, chapters, rules_of(out, course)), start=1):
            written += write_result(out, result, chapters[result.chapter], seed, lang)
            if tell is not None:
                tell(count)
            yield result

    data = class_data(course, book, chapters, reported())
    write_class(out, data)
    _clear_old_reports(out, book, {(r.student, r.chapter) for r in data.results if r.shown is not None})
    return data, written


def _clear_old_reports(out: Path, book: Gradebook, current: Collection[tuple[str, str]]) -> None:
    """Remove the reports of hand-ins that are another's now, of students who left, and of former ids."""
    chapters = (book.fact("chapters") or "").split(",")
    for student in (*(entry.student.id for entry in book.everybody()), *book.aliases()):
        folder = out / place_of(student)
        if not folder.is_dir():
            continue
        for chapter in chapters:
            if (student, chapter) not in current:
                for suffix in SUFFIXES:
                    (folder / chapter).with_suffix(suffix).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def canvas_ids(book: Gradebook) -> set[str]:
    """The ids of students that are Canvas' own numbers: they came from Canvas, without a roster."""
    return set(msgspec.json.decode(book.fact(CANVAS_IDS) or "[]", type=list[str]))


def rules_of(out: Path, course: Course) -> Due | None:
    """The due times and late rules of the last `--due`. They apply until another `--due`, or until staff deletes them.

    Raises:
        UsageError: the stored file has a fault.
    """
    path = rules.stored(out, rules.DUE)
    return read_due(path, course) if path else None


def write_class(out: Path, data: ClassData) -> None:
    """Write the table of grades and the class report."""
    from dlgrade.report.class_report import class_report
    from dlgrade.report.tables import grades_csv

    write_whole(out / "grades.csv", grades_csv(data))
    write_whole(out / "report.html", class_report(data, lambda student, chapter: f"{place_of(student)}/{chapter}.html"))


def clear_drafts(out: Path) -> None:
    """Remove the unfinished files of runs that were killed."""
    for path in out.rglob(".*"):
        if re.fullmatch(r"\..+\.\d+", path.name) and path.is_file():
            path.unlink(missing_ok=True)
