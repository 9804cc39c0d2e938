"""Scores in the forms that learning platforms read."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dlgrade.batch.due_file import read_due
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.reports import folder_name, open_existing_gradebook, read_class, rules_of
from dlgrade.course import Course
from dlgrade.files import write_whole
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.tables import grades_csv, harmless
from dlgrade.results import ClassChapter, ClassData, ClassResult, number
from dlgrade.text import Lang

Format = Literal["csv", "canvas", "moodle", "gradescope"]


@dataclass(frozen=True)
class ExportOptions:
    """An export.

    Args:
        form: The platform whose format is written, or "csv".
        out: Folder of the gradebook.
        gradebook: URL of the database. None: a file in `out`.
        due: File of late rules. None: the rules of the last `grade --due`.
        output: The file to write. None: a file in `out`, named for the format.
        lang: Language of the texts in it.
    """

    form: Format
    out: Path
    gradebook: str | None = None
    due: Path | None = None
    output: Path | None = None
    lang: Lang = "en"


def export(course: Course, options: ExportOptions) -> Path:
    """Write the scores and return the path of the file.

    Raises:
        UsageError: there is no such gradebook, or the late rules cannot be read.
    """
    with open_existing_gradebook(options.out, options.gradebook) as book:
        rules = read_due(options.due, course) if options.due else rules_of(options.out, course)
        content = _exported(options, read_class(course, book, rules), book.students())
    suffix = "zip" if options.form == "gradescope" else "csv"
    path = options.output or options.out / f"grades-{options.form}.{suffix}"
    write_whole(path, content)
    return path


def _exported(options: ExportOptions, data: ClassData, students: list[Student]) -> bytes:
    match options.form:
        case "canvas":
            return canvas(data, students).encode()
        case "moodle":
            return moodle(data, students).encode()
        case "gradescope":
            return gradescope(data, options.lang)
        case "csv":
            return grades_csv(data).encode()


def canvas(data: ClassData, students: list[Student]) -> str:
    """A gradebook to import: a column for each assignment, the points possible in the second row.

    A cell without a score is empty. Canvas finds students by their SIS id. It asks about assignments that it does not
    know.
    """
    titles = [f"{chapter.id} {chapter.title.en}" for chapter in data.chapters]
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles],
        ["    Points Possible", "", "", "", "", *(number(chapter.points) for chapter in data.chapters)],
    ]
    for student in students:
        scores = [_final(data, student, chapter) for chapter in data.chapters]
        rows.append([student.name or student.id, "", student.id, student.email, "", *scores])
    return _csv(rows)


def moodle(data: ClassData, students: list[Student]) -> str:
    """Grades to import: students by id number and e-mail address, two columns for each item, grade and feedback."""
    titles = [title for chapter in data.chapters for title in (chapter.id, f"{chapter.id} feedback")]
    rows = [["ID number", "Full name", "Email address", *titles]]
    for student in students:
        cells = []
        for chapter in data.chapters:
            cells += [_final(data, student, chapter), _feedback(_find_result(data, student, chapter), chapter)]
        rows.append([student.id, student.name, student.email, *cells])
    return _csv(rows)


def gradescope(data: ClassData, lang: Lang) -> bytes:
    """A zip with a results.json for every submission, in the form of a Gradescope autograder."""
    chapters = {chapter.id: chapter for chapter in data.chapters}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for result in data.results:
            if result.shown is not None:
                name = zipfile.ZipInfo(f"{folder_name(result.student)}/{result.chapter}/results.json")
                archive.writestr(name, to_gradescope(result, chapters[result.chapter], lang))
    return buffer.getvalue()


def _find_result(data: ClassData, student: Student, chapter: ClassChapter) -> ClassResult | None:
    owner = (student.id, chapter.id)
    return next((result for result in data.results if (result.student, result.chapter) == owner), None)


def _final(data: ClassData, student: Student, chapter: ClassChapter) -> str:
    result = _find_result(data, student, chapter)
    return number(result.final) if result is not None and result.report is not None else ""


def _feedback(result: ClassResult | None, chapter: ClassChapter) -> str:
    if result is None or result.shown is None:
        return ""
    if result.problem is not None:
        return result.problem.zh + " " + result.problem.en
    score = f"{number(result.score)}/{number(chapter.points)}"
    if result.days_late is None:
        return score + "; submission time unknown, no late rule applied"
    late = f"; {result.days_late} days late: {number(result.final)}" if result.days_late else ""
    return score + late


def _csv(rows: list[list[str]]) -> str:
    """The rows as CSV. A byte order mark lets Excel read Chinese names; no cell is taken for a formula."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + buffer.getvalue()
