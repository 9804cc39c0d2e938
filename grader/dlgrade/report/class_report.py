"""The class report: one page for the teachers, with scores, statistics of the checks, and lists of students."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from dlgrade.report import analysis
from dlgrade.report.plots import histogram
from dlgrade.report.sentences import why_not_graded
from dlgrade.report.templating import render, trusted
from dlgrade.results import ClassChapter, ClassData, ClassResult, number
from dlgrade.text import Text

PageOf = Callable[[str, str], str]
NOTHING, UNGRADED, PENDING = "–", "!", "…"


@dataclass(frozen=True)
class ScoreCell:
    """A cell of the matrix: a number or a sign, its CSS class, and the address of the student's page, or nothing."""

    words: str
    kind: str
    link: str = ""


@dataclass(frozen=True)
class StudentRow:
    """A row of the matrix."""

    student: str
    name: str
    cells: list[ScoreCell]
    total: str


@dataclass(frozen=True)
class ChapterHead:
    """A chapter in the head of the matrix, with the exercises that are worth points."""

    chapter: ClassChapter
    exercises: list[str]


def class_report(data: ClassData, page_of: PageOf | None = None) -> str:
    """Return a complete page that loads no other file. It holds both languages, and a switch.

    Args:
        data: the whole class.
        page_of: returns the address of a student's page for a chapter, relative to this page. None: no links.

    Raises:
        UsageError: jinja2 or matplotlib is not installed.
    """
    heads = [ChapterHead(chapter, _exercises(chapter)) for chapter in data.chapters]
    chapters = analysis.by_chapter(data)
    spreads = [analysis.spread(chapter, chapters[chapter.id]) for chapter in data.chapters]
    rows = _rows(data, heads, page_of)
    return render(
        "class.html",
        scripts=("page.js", "class.js"),
        styles=("page.css", "class.css"),
        data=data,
        heads=heads,
        rows=rows,
        columns=1 + sum(len(head.exercises) + 1 for head in heads),
        spreads=spreads,
        plots=[trusted(histogram(spread.shares, spread.chapter.id)) for spread in spreads],
        items=[item for chapter in data.chapters for item in analysis.items(chapter, chapters[chapter.id])],
        misconceptions=[
            entry for chapter in data.chapters for entry in analysis.diagnosed(chapter, chapters[chapter.id])
        ],
        undecided=[entry for chapter in data.chapters for entry in analysis.undecided(chapters[chapter.id])],
        nothing=[
            (chapter, [result for result in chapters[chapter.id] if result.shown is None]) for chapter in data.chapters
        ],
        **_lists(data),
    )


def _lists(data: ClassData) -> dict[str, Any]:
    """Return the tables with one row for each result."""
    ungraded: list[tuple[ClassResult, Text]] = []
    for result in data.results:
        reason = why_not_graded(result)
        if result.shown is not None and reason is not None:
            ungraded.append((result, reason))
    return {
        "ungraded": ungraded,
        "suspicious": [(result, line) for result in data.results if result.report for line in result.report.suspicious],
        "late": [result for result in data.results if result.days_late],
        "untimed": data.untimed,
        "extended": [result for result in data.results if result.extension],
        "overridden": [(result, override) for result in data.results for override in result.overrides],
    }


def _exercises(chapter: ClassChapter) -> list[str]:
    return list(dict.fromkeys(check.exercise for check in chapter.checks if check.points))


def _rows(data: ClassData, heads: list[ChapterHead], page_of: PageOf | None) -> list[StudentRow]:
    """Return one row for each student, in the order of the results."""
    rows = []
    for student, group in groupby(data.results, key=lambda result: result.student):
        results = {result.chapter: result for result in group}
        name = next(iter(results.values())).name
        cells = [cell for head in heads for cell in _cells(head, results.get(head.chapter.id), page_of)]
        rows.append(StudentRow(student, name, cells, number(sum(result.final for result in results.values()))))
    return rows


def _cells(head: ChapterHead, result: ClassResult | None, page_of: PageOf | None) -> list[ScoreCell]:
    """Return the cells of one chapter: each exercise in percent, then the final score in points."""
    if result is None or result.shown is None:
        return [ScoreCell(NOTHING, "x")] * (len(head.exercises) + 1)
    link = quote(page_of(result.student, result.chapter)) if page_of else ""
    if result.report is None:
        return [ScoreCell(UNGRADED, "x")] * len(head.exercises) + [ScoreCell(UNGRADED, "p x", link)]
    checks = result.report.exercises()
    cells = []
    for name in head.exercises:
        graded = [check for check in checks.get(name, []) if check.points]
        points = sum(check.points for check in graded)
        share = result.earned_in(name) / points if points else 0.0
        mark = PENDING if any(map(result.is_pending, graded)) else ""
        cells.append(ScoreCell(f"{_percent(share)}{mark}", _level(share)))
    return [*cells, ScoreCell(number(result.final), "p", link)]


def _percent(share: float) -> int:
    """Return whole percent. Only a full score shows 100, and only zero shows 0."""
    if share <= 0:
        return 0
    return 100 if share >= 1 else min(max(round(100 * share), 1), 99)


def _level(share: float) -> str:
    """Return the CSS class for a share: zero, below 50 %, below 80 %, below 100 %, full."""
    return "a" if share <= 0 else "b" if share < 0.5 else "c" if share < 0.8 else "d" if share < 1 else "e"
