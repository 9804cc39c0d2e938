"""Grades as a table that spreadsheets open."""

from __future__ import annotations

import csv
import io
import re

from dlgrade.legible import one_line
from dlgrade.report.sentences import pending
from dlgrade.results.class_results import ClassChapter, ClassData, ClassResult
from dlgrade.results.report import number

FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
COLUMNS = ("score", "days late", "final", "points", "status")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a name may begin with an equals sign, and be meant to.

    >>> harmless("=HYPERLINK(1)"), harmless("Ada")
    ("'=HYPERLINK(1)", 'Ada')
    """
    return ("'" if FORMULA.match(cell) else "") + one_line(cell)


def grades_csv(data: ClassData) -> str:
    """A row a student; a byte order mark first, without which Excel garbles Chinese names.

    `status` is `graded`, `partly graded` (points of some checks are pending), `not gradable`, `not graded`, `missing`.
    Where nobody has decided yet, and where nothing was handed in, the scores are empty.
    """
    results: dict[str, dict[str, ClassResult]] = {}
    for result in data.results:
        results.setdefault(result.student, {})[result.chapter] = result
    header = ["id", "name", *(f"{c.id} {column}" for c in data.chapters for column in COLUMNS), "final", "points"]
    rows = [header, *(_row(data.chapters, found) for found in results.values())]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + buffer.getvalue()


def status(result: ClassResult) -> str:
    """How far grading came."""
    if result.shown is None:
        return "missing"
    if result.report is None:
        return "not gradable" if result.problem else "not graded"
    return "partly graded" if pending(result) else "graded"


def _row(chapters: list[ClassChapter], found: dict[str, ClassResult]) -> list[str]:
    one = next(iter(found.values()))
    row = [harmless(one.student), harmless(one.name)]
    for chapter in chapters:
        result = found.get(chapter.id) or ClassResult(one.student, one.name, chapter.id)
        state = status(result)
        decided = state not in ("missing", "not graded")
        row += [
            number(result.score) if decided else "",
            str(result.days_late) if result.shown is not None else "",
            number(result.final) if decided else "",
            number(chapter.points),
            state,
        ]
    total = sum(result.final for result in found.values())
    return [*row, number(total), number(sum(chapter.points for chapter in chapters))]
