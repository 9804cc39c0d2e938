"""Scores in the forms that learning platforms read. docs/grading.md cites the documentation of each form."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.open_marks import Pending, exported_score, refuse_open, refuse_stale
from dlgrade.batch.reports import (
    canvas_ids,
    folder_name,
    open_existing_gradebook,
    owned_files,
    read_class,
    rules_of,
)
from dlgrade.batch.rules import ROSTER, stored
from dlgrade.batch.students.naming import name_keys
from dlgrade.batch.students.roster import CanvasSheet, Roster, read_roster
from dlgrade.batch.times.due_file import read_due
from dlgrade.course import Course
from dlgrade.errors import GraderError, UsageError
from dlgrade.files import write_whole
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.tables import grades_csv, harmless
from dlgrade.results import ClassChapter, ClassData, ClassResult, number
from dlgrade.text import Lang, both

Format = Literal["csv", "canvas", "moodle", "gradescope"]
CANVAS_HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
NO_GRADE = "-"  # Moodle's own sign. It reads an empty cell of a new item as 0.


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
        pending: How marks with open points are exported.
    """

    form: Format
    out: Path
    gradebook: str | None = None
    due: Path | None = None
    output: Path | None = None
    lang: Lang = "en"
    pending: Pending = "refuse"


def export(course: Course, options: ExportOptions) -> Path:
    """Write the scores and return the path of the file.

    Raises:
        UsageError: there is no such gradebook, the late rules cannot be read, a chapter was graded by several suites,
            or points are open and `pending` is "refuse".
    """
    suffix = "zip" if options.form == "gradescope" else "csv"
    path = options.output or options.out / f"grades-{options.form}.{suffix}"
    _refuse_output(path, options)
    with open_existing_gradebook(options.out, options.gradebook) as book:
        rules = read_due(options.due, course) if options.due else rules_of(options.out, course)
        data, students, of_canvas = read_class(course, book, rules), book.students(), canvas_ids(book)
    refuse_stale(data)
    if options.pending == "refuse":
        refuse_open(data)
    listed = stored(options.out, ROSTER)
    roster = read_roster(listed) if listed else Roster(canvas_ids=frozenset(of_canvas))
    content = _exported(options, data, students, roster)
    try:
        write_whole(path, content)
    except BrokenPipeError:  # of the process that reads /dev/stdout
        raise
    except OSError as error:
        raise GraderError(
            both(f"{path} cannot be written: {error.strerror}.", f"无法写入 {path}：{error.strerror}。")
        ) from None
    return path


def _refuse_output(path: Path, options: ExportOptions) -> None:
    """Refuse a file that the export would destroy, and a folder that is not there.

    Raises:
        UsageError: the file is dlgrade's own, or its folder is missing.
    """
    if options.output is None:
        return
    if not path.absolute().parent.is_dir():
        raise UsageError(both(f"-o: there is no folder {path.parent}.", f"-o：没有文件夹 {path.parent}。"))
    place = path.resolve()
    own = [*owned_files(options.out, options.gradebook), *([options.due] if options.due else [])]
    is_own = any(place == one.resolve() or (place.is_file() and one.exists() and place.samefile(one)) for one in own)
    if is_own or place.is_relative_to((options.out / "reports").resolve()):
        raise UsageError(
            both(
                f"-o: {path} is a file that dlgrade keeps; the export would destroy it. Choose another name.",
                f"-o：{path} 是 dlgrade 自己的文件，导出会将其覆盖。请换一个文件名。",
            )
        )


def _exported(options: ExportOptions, data: ClassData, students: list[Student], roster: Roster) -> bytes:
    match options.form:
        case "canvas":
            return canvas(data, students, roster, options.pending).encode()
        case "moodle":
            return moodle(data, students, options.pending).encode()
        case "gradescope":
            return gradescope(data, options.lang, options.pending)
        case "csv":
            return grades_csv(data, whole=options.pending != "partial").encode()


def canvas(data: ClassData, students: Sequence[Student], roster: Roster, pending: Pending) -> str:
    """A gradebook to import: a column for each assignment, the points possible in the second row.

    Canvas finds students by its own ID, then by their SIS User ID, their SIS Login ID, and at last by their name. If
    the roster is an export of Canvas' gradebook, the columns up to `Section` are given back as they came.

    Args:
        data: The class.
        students: Its students, in the order of the rows.
        roster: The last roster, or an empty one.
        pending: How marks with open points are exported.
    """
    sheet = roster.canvas_sheet or CanvasSheet(CANVAS_HEADER, {}, ())
    titles = [_assignment(chapter, sheet.assignments) for chapter in data.chapters]
    blanks = [""] * (len(sheet.header) - 1)
    rows = [
        [*sheet.header, *titles],
        ["    Points Possible", *blanks, *map(_points_possible, data.chapters)],
    ]
    results = _by_owner(data)
    names = Counter(key for student in students for key in {_name_key(student)})
    for student in students:
        scores = [exported_score(results.get((student.id, chapter.id)), pending) for chapter in data.chapters]
        is_shared = names[_name_key(student)] > 1
        person = sheet.cells.get(student.id) or _canvas_cells(student, sheet, roster, is_shared=is_shared)
        rows.append([*person, *("" if score is None else number(score) for score in scores)])
    # Canvas compares the title LastName with all of the first cell, also with a byte order mark
    return _csv(rows, mark=sheet.header[0] != "LastName")


def _points_possible(chapter: ClassChapter) -> str:
    """The points of a chapter. Nothing, if none of its submissions could be graded."""
    return number(chapter.points) if chapter.checks else ""


def _assignment(chapter: ClassChapter, assignments: Sequence[str]) -> str:
    """The title of Canvas' own column for a chapter, such as `ch28 (4711)`, or a new title."""
    title = f"{chapter.id} {chapter.title.en}"
    wanted = {name.casefold() for name in (title, chapter.id, chapter.title.en, chapter.title.zh)}
    known = [name for name in assignments if re.sub(r"\s*\(\d+\)$", "", name).casefold() in wanted]
    return known[0] if len(known) == 1 else title


def _name_key(student: Student) -> str:
    return min(name_keys(student.name), default=student.id)


def _canvas_cells(student: Student, sheet: CanvasSheet, roster: Roster, *, is_shared: bool) -> tuple[str, ...]:
    """The cells of a student whom Canvas' export does not have.

    Canvas would give all scores of a shared name to one student. With the id in the name it asks instead.
    """
    name = student.name or student.id
    if student.id in roster.canvas_ids:
        identity = {"ID": student.id}
    else:
        number = next((number for number, owners in roster.canvas.items() if student.id in owners), "")
        login = roster.logins.get(student.id, student.email)
        identity = {"ID": number, "SIS User ID": student.id, "SIS Login ID": login}
    values = {
        "Student": f"{name} ({student.id})" if is_shared else name,
        "LastName": f"{name} ({student.id})" if is_shared else name,
        **identity,
    }
    return tuple(values.get(title, "") for title in sheet.header)


def moodle(data: ClassData, students: Sequence[Student], pending: Pending) -> str:
    """Grades to import: students by id number or e-mail address, two columns for each item, grade and feedback.

    A column that identifies students has a value in each row. Moodle gives the grades of a row without one to the
    student of the row before.
    """
    has_email = all(student.email for student in students)
    has_id = not has_email or any(student.id != student.email for student in students)
    titles = [title for chapter in data.chapters for title in (chapter.id, f"{chapter.id} feedback")]
    people = [*(["ID number"] if has_id else []), "Full name", *(["Email address"] if has_email else [])]
    rows = [[*people, *titles]]
    results = _by_owner(data)
    for student in students:
        cells = [student.id] if has_id else []
        cells += [student.name, *([student.email] if has_email else [])]
        for chapter in data.chapters:
            result = results.get((student.id, chapter.id))
            score = exported_score(result, pending)
            cells += [NO_GRADE if score is None else number(score), _feedback(result, score)]
        rows.append(cells)
    return _csv(rows)


def gradescope(data: ClassData, lang: Lang, pending: Pending) -> bytes:
    """A zip with a results.json for every submission that has a score, in the form of a Gradescope autograder."""
    chapters = {chapter.id: chapter for chapter in data.chapters}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for result in data.results:
            if exported_score(result, pending) is not None:
                name = zipfile.ZipInfo(f"{folder_name(result.student)}/{result.chapter}/results.json")
                archive.writestr(name, to_gradescope(result, chapters[result.chapter], lang))
    return buffer.getvalue()


def _by_owner(data: ClassData) -> Mapping[tuple[str, str], ClassResult]:
    return {(result.student, result.chapter): result for result in data.results}


def _feedback(result: ClassResult | None, score: float | None) -> str:
    """The words beside a grade: the score as it was earned, or why there is none."""
    if result is None or result.shown is None:
        return ""
    if result.problem is not None:
        return result.problem.zh + " " + result.problem.en
    if result.report is None or score is None:
        return ""
    earned = f"{number(result.score)}/{number(result.report.points)}"
    pending = f"; {number(result.pending)} pending" if result.pending else ""
    if result.days_late is None:
        return earned + pending + "; submission time unknown, no late rule applied"
    late = f"; {result.days_late} days late: {number(score)}" if result.days_late else ""
    return earned + pending + late


def _csv(rows: Sequence[Sequence[str]], *, mark: bool = True) -> str:
    """The rows as CSV. A byte order mark lets Excel read Chinese names; no cell is taken for a formula."""
    buffer = io.StringIO()
    safe = [[cell if cell == NO_GRADE else harmless(cell) for cell in row] for row in rows]
    csv.writer(buffer, lineterminator="\r\n").writerows(safe)
    return ("\ufeff" if mark else "") + buffer.getvalue()
