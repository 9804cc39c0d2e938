"""Grades as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import re

from dlgrade.legible import one_line
from dlgrade.results import ClassChapter, ClassData, ClassResult, number

FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
COLUMNS = ("score", "days late", "final", "points", "status")


def harmless(cell: str) -> str:
    """Return the cell, quoted if a spreadsheet would read it as a formula. A student chooses the text of some cells.

    >>> harmless("=HYPERLINK(1)"), harmless("Ada")
    ("'=HYPERLINK(1)", 'Ada')
    """
    return ("'" if FORMULA.match(cell) else "") + one_line(cell)


def grades_csv(data: ClassData, *, whole: bool = False) -> str:
    """Return a table with one row for each student.

    It begins with a byte order mark, because without it Excel garbles Chinese names. `status` is `graded`,
    `partly graded` (the points of some checks are pending), `stale` (by an older suite than the others),
    `override to confirm` (it was given for an earlier submission), `not gradable`, `not graded` or `missing`. The
    scores of the last three are empty. `days late` is empty, too, if the time of the submission is not known. The
    points are the maximum of the suite that graded the submission. A sum counts the points so far. With `whole`, the
    scores of marks with open points are empty, and so are sums that lack a score of a submission.
    """
    results: dict[str, dict[str, ClassResult]] = {}
    for result in data.results:
        results.setdefault(result.student, {})[result.chapter] = result
    header = [
        "id",
        "name",
        *(f"{c.id} {column}" for c in data.chapters for column in COLUMNS),
        "final",
        "points",
        "extensions",
    ]
    rows = [header, *(_student_row(data.chapters, by_chapter, whole) for by_chapter in results.values())]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + buffer.getvalue()


def status(result: ClassResult) -> str:
    """Return how far the grading of a submission came."""
    if result.shown is None:
        return "missing"
    if result.report is None:
        return "not gradable" if result.problem else "not graded"
    if result.stale:
        return "stale"
    if result.undecided:
        return "override to confirm"
    return "partly graded" if result.pending else "graded"


def _student_row(chapters: list[ClassChapter], results: dict[str, ClassResult], whole: bool) -> list[str]:
    first = next(iter(results.values()))
    row = [harmless(first.student), harmless(first.name)]
    total = most = 0.0
    lacking = 0
    for chapter in chapters:
        result = results.get(chapter.id) or ClassResult(first.student, first.name, chapter.id)
        state = status(result)
        decided = result.report is not None and not (whole and result.is_open)
        lacking += result.shown is not None and not decided
        row += [
            number(result.score) if decided else "",
            "" if result.shown is None or result.days_late is None else str(result.days_late),
            number(result.final) if decided else "",
            number(_points(result, chapter)),
            state,
        ]
        total += result.final
        most += _points(result, chapter)
    extensions = "; ".join(
        f"{result.chapter} {(result.due or '').replace('T', ' ')}: {result.extension}"
        for result in results.values()
        if result.extension
    )
    return [*row, "" if whole and lacking else number(total), number(most), harmless(extensions)]


def _points(result: ClassResult, chapter: ClassChapter) -> float:
    return result.report.points if result.report else chapter.points
