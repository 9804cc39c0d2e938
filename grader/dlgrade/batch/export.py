"""Scores in the forms that learning platforms read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Literal

from dlgrade.batch.model import Student
from dlgrade.batch.reports import folder_name
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.tables import grades_csv, harmless
from dlgrade.results.class_results import ClassChapter, ClassData, ClassResult
from dlgrade.results.report import number
from dlgrade.text import Lang

Format = Literal["csv", "canvas", "moodle", "gradescope"]


def exported(form: Format, data: ClassData, students: list[Student], lang: Lang) -> bytes:
    """The file's content."""
    if form == "gradescope":
        return gradescope(data, lang)
    writers: dict[str, Callable[[ClassData, list[Student]], str]] = {"canvas": canvas, "moodle": moodle}
    return (writers[form](data, students) if form in writers else grades_csv(data)).encode()


def canvas(data: ClassData, students: list[Student]) -> str:
    """A gradebook import: a column an assignment, the points possible in the second row, empty cells for no score.

    Canvas finds students by their SIS id and asks for assignments that it does not know.
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
    """A grade import: students by id number and e-mail address, a column a grade item and one for its feedback."""
    titles = [title for chapter in data.chapters for title in (chapter.id, f"{chapter.id} feedback")]
    rows = [["ID number", "Full name", "Email address", *titles]]
    for student in students:
        cells = []
        for chapter in data.chapters:
            cells += [_final(data, student, chapter), _feedback(_result(data, student, chapter), chapter)]
        rows.append([student.id, student.name, student.email, *cells])
    return _csv(rows)


def gradescope(data: ClassData, lang: Lang) -> bytes:
    """A zip with a results.json for every submission, as a Gradescope autograder writes it."""
    chapters = {chapter.id: chapter for chapter in data.chapters}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for result in data.results:
            if result.shown is not None:
                name = zipfile.ZipInfo(f"{folder_name(result.student)}/{result.chapter}/results.json")
                archive.writestr(name, to_gradescope(result, chapters[result.chapter], lang))
    return buffer.getvalue()


def _result(data: ClassData, student: Student, chapter: ClassChapter) -> ClassResult | None:
    found = (one for one in data.results if (one.student, one.chapter) == (student.id, chapter.id))
    return next(found, None)


def _final(data: ClassData, student: Student, chapter: ClassChapter) -> str:
    result = _result(data, student, chapter)
    return number(result.final) if result is not None and result.report is not None else ""


def _feedback(result: ClassResult | None, chapter: ClassChapter) -> str:
    if result is None or result.shown is None:
        return ""
    if result.problem is not None:
        return result.problem.zh + " " + result.problem.en
    words = f"{number(result.score)}/{number(chapter.points)}"
    late = f"; {result.days_late} days late: {number(result.final)}" if result.days_late else ""
    return words + late


def _csv(rows: list[list[str]]) -> str:
    """With a byte order mark, so that Excel reads Chinese names; no cell is taken for a formula."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + buffer.getvalue()
