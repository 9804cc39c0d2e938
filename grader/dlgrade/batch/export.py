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

from dlgrade.batch.canvas_columns import canvas_column
from dlgrade.batch.canvas_columns import notes as canvas_notes
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
from dlgrade.results import ClassData, ClassResult, number
from dlgrade.text import Lang, Text, both, counted, some

Format = Literal["csv", "canvas", "moodle", "gradescope"]
CANVAS_HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MAX_NAMES = 5  # students in a message
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


def export(course: Course, options: ExportOptions) -> tuple[Path, list[Text]]:
    """Write the scores. Return the path of the file, and sentences about it.

    Raises:
        UsageError: there is no such gradebook, the late rules cannot be read, a chapter was graded by several suites,
            points are open and `pending` is "refuse", the platform could not tell whose a row is, or the file is
            dlgrade's own.
        GraderError: the file cannot be written.
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
    content, notes = _exported(options, data, students, roster)
    try:
        write_whole(path, content)
    except BrokenPipeError:  # of the process that reads /dev/stdout
        raise
    except OSError as error:
        raise GraderError(
            both(f"{path} cannot be written: {error.strerror}.", f"无法写入 {path}：{error.strerror}。")
        ) from None
    return path, notes


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


def _exported(
    options: ExportOptions, data: ClassData, students: list[Student], roster: Roster
) -> tuple[bytes, list[Text]]:
    match options.form:
        case "canvas":
            text, notes = canvas(data, students, roster, options.pending)
            return text.encode(), notes
        case "moodle":
            return moodle(data, students, options.pending, roster).encode(), []
        case "gradescope":
            return gradescope(data, options.lang, options.pending), []
        case "csv":
            return grades_csv(data, whole=options.pending != "partial").encode(), []


def canvas(data: ClassData, students: Sequence[Student], roster: Roster, pending: Pending) -> tuple[str, list[Text]]:
    """A gradebook to import: a column for each assignment, the points possible in the second row.

    Canvas finds students by its own ID, then by their SIS User ID, their SIS Login ID, and at last by their name. If
    the roster is an export of Canvas' gradebook, the columns up to `Section` are given back as they came, and scores
    are scaled to the points that Canvas has for an assignment. Sentences about the columns come with the gradebook.

    Args:
        data: The class.
        students: Its students, in the order of the rows.
        roster: The last roster, or an empty one.
        pending: How marks with open points are exported.

    Raises:
        UsageError: Canvas has several columns for a chapter, or no points for its column.
    """
    sheet = roster.canvas_sheet or CanvasSheet(CANVAS_HEADER, {}, ())
    columns = [canvas_column(chapter, sheet) for chapter in data.chapters]
    blanks = [""] * (len(sheet.header) - 1)
    rows = [
        [*sheet.header, *(column.title for column in columns)],
        ["    Points Possible", *blanks, *(column.points for column in columns)],
    ]
    results = _by_owner(data)
    names = Counter(key for student in students for key in {_name_key(student)})
    for student in students:
        scores = [exported_score(results.get((student.id, chapter.id)), pending) for chapter in data.chapters]
        is_shared = names[_name_key(student)] > 1
        person = sheet.cells.get(student.id) or _canvas_cells(student, sheet, roster, is_shared=is_shared)
        scaled = zip(scores, columns, strict=True)
        rows.append([*person, *("" if score is None else number(score * column.factor) for score, column in scaled)])
    # Canvas compares the title LastName with all of the first cell, also with a byte order mark
    return _csv(rows, mark=sheet.header[0] != "LastName"), canvas_notes(columns)


def _name_key(student: Student) -> str:
    return min(name_keys(student.name), default=student.id)


def _canvas_cells(student: Student, sheet: CanvasSheet, roster: Roster, *, is_shared: bool) -> tuple[str, ...]:
    """The cells of a student whom Canvas' export does not have.

    Canvas would give all scores of a shared name to one student. With the id in the name it asks instead.
    """
    name = student.name or student.id
    shown = f"{name} ({student.id})" if is_shared else name
    if student.id in roster.canvas_ids:
        identity = {"ID": student.id}
    else:
        canvas_id = next((canvas_id for canvas_id, owners in roster.canvas.items() if student.id in owners), "")
        login = roster.logins.get(student.id, student.email)
        identity = {"ID": canvas_id, "SIS User ID": student.id, "SIS Login ID": login}
    values = {"Student": shown, "LastName": shown, **identity}
    return tuple(values.get(title, "") for title in sheet.header)


def moodle(data: ClassData, students: Sequence[Student], pending: Pending, roster: Roster | None = None) -> str:
    """Grades to import: students by id number or e-mail address, two columns for each item, grade and feedback.

    A column that identifies students has a value in each row. Moodle gives the grades of a row without one to the
    student of the row before.

    Args:
        data: The class.
        students: Its students, in the order of the rows.
        pending: How marks with open points are exported.
        roster: The last roster. It knows which ids are not made of names.

    Raises:
        UsageError: neither column would have a value in each row.
    """
    without_id = [student for student in students if not _has_own_id(student, roster or Roster())]
    without_email = [student for student in students if not student.email]
    has_id, has_email = not without_id, not without_email
    if not has_id and not has_email:
        raise UsageError(_unknown_to_moodle(without_id, without_email))
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


def _has_own_id(student: Student, roster: Roster) -> bool:
    """Return whether an id is the university's: not a name, an address or a login in the place of one.

    Without a roster, a single word such as a folder's name may be an id. Moodle refuses a file with an unknown one.
    """
    if "@" in student.id or student.id in roster.canvas_ids:
        return False
    if student.id in roster.known:
        return student.id in roster.numbered
    return re.fullmatch(r"[\w.+-]+", student.id, re.ASCII) is not None


def _unknown_to_moodle(without_id: Sequence[Student], without_email: Sequence[Student]) -> Text:
    some_ids, some_emails = (
        some([student.name or student.id for student in group], MAX_NAMES) for group in (without_id, without_email)
    )
    return both(
        f"Moodle needs the ID number or the e-mail address of everybody. There is no ID number of {some_ids}; no "
        f"e-mail address of {some_emails}. Grade with a roster that has one of the two for everybody (--roster).",
        f"Moodle 需要每名学生的学号或邮箱。缺学号：{some_ids}；缺邮箱：{some_emails}。"
        "请用含有全部学号或全部邮箱的名单重新评分（--roster）。",
    )


def gradescope(data: ClassData, lang: Lang, pending: Pending) -> bytes:
    """A zip with a results.json for every submission that has a score, in the form of a Gradescope autograder."""
    chapters = {chapter.id: chapter for chapter in data.chapters}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for result in data.results:
            if exported_score(result, pending) is not None:
                name = zipfile.ZipInfo(f"{folder_name(result.student)}/{result.chapter}/results.json")
                content = to_gradescope(result, chapters[result.chapter], lang)
                archive.writestr(name, content, zipfile.ZIP_DEFLATED)
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
    late = f"; {counted(result.days_late, 'day')} late: {number(score)}" if result.days_late else ""
    return earned + pending + late


def _csv(rows: Sequence[Sequence[str]], *, mark: bool = True) -> str:
    """The rows as CSV. A byte order mark lets Excel read Chinese names; no cell is taken for a formula."""
    buffer = io.StringIO()
    safe = [[cell if cell == NO_GRADE else harmless(cell) for cell in row] for row in rows]
    csv.writer(buffer, lineterminator="\r\n").writerows(safe)
    return ("\ufeff" if mark else "") + buffer.getvalue()
