"""The class report: one page for those who teach, from how the scores are spread to who handed in nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from dlgrade.report import analysis
from dlgrade.report.plots import histogram
from dlgrade.report.sentences import PENDING, VERDICTS, earned, overrides_of, why_not_graded
from dlgrade.report.templating import render, trusted
from dlgrade.results.class_results import ClassChapter, ClassData, ClassResult
from dlgrade.results.report import number
from dlgrade.text import Text

PageOf = Callable[[str, str], str]
NOTHING, UNGRADED, OPEN = "–", "!", "…"


@dataclass(frozen=True)
class Cell:
    """A number, or a sign in its place, and the class that colours it; a link where there is a page."""

    words: str
    kind: str
    link: str = ""


@dataclass(frozen=True)
class Row:
    student: str
    name: str
    cells: list[Cell]
    total: str


@dataclass(frozen=True)
class Head:
    """A chapter in the head of the matrix, with those of its exercises that are worth points."""

    chapter: ClassChapter
    exercises: list[str]


def class_report(data: ClassData, page_of: PageOf | None = None) -> str:
    """A whole page, which needs nothing but itself; both languages are in it, and a switch.

    `page_of(student, chapter)` is where the student's own page is, relative to this one; without it there are no links.

    Raises:
        UsageError: jinja2 or matplotlib is not installed.
    """
    heads = [Head(chapter, _exercises(chapter)) for chapter in data.chapters]
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
        verdicts=VERDICTS,
        spreads=spreads,
        plots=[trusted(histogram(spread.shares, spread.chapter.id)) for spread in spreads],
        items=[item for chapter in data.chapters for item in analysis.items(chapter, chapters[chapter.id])],
        mistakes=[m for chapter in data.chapters for m in analysis.mistakes(chapter, chapters[chapter.id])],
        undecided=[one for chapter in data.chapters for one in analysis.undecided(chapters[chapter.id])],
        nothing=[(chapter, [r for r in chapters[chapter.id] if r.shown is None]) for chapter in data.chapters],
        **_lists(data),
    )


def _lists(data: ClassData) -> dict[str, Any]:
    """The tables in which a result has a row of its own."""
    ungraded: list[tuple[ClassResult, Text]] = []
    for result in data.results:
        reason = why_not_graded(result)
        if result.shown is not None and reason is not None:
            ungraded.append((result, reason))
    return {
        "ungraded": ungraded,
        "suspicious": [(result, line) for result in data.results if result.report for line in result.report.suspicious],
        "late": [result for result in data.results if result.days_late],
        "overridden": [(result, override) for result in data.results for override in result.overrides],
    }


def _exercises(chapter: ClassChapter) -> list[str]:
    return list(dict.fromkeys(check.exercise for check in chapter.checks if check.points))


def _rows(data: ClassData, heads: list[Head], page_of: PageOf | None) -> list[Row]:
    """A row a student, in the order of the results."""
    rows = []
    for student, group in groupby(data.results, key=lambda result: result.student):
        results = {result.chapter: result for result in group}
        name = next(iter(results.values())).name
        cells = [cell for head in heads for cell in _cells(head, results.get(head.chapter.id), page_of)]
        rows.append(Row(student, name, cells, number(sum(result.final for result in results.values()))))
    return rows


def _cells(head: Head, result: ClassResult | None, page_of: PageOf | None) -> list[Cell]:
    """A chapter's exercises, in percent, and what it counts in the end, in points."""
    if result is None or result.shown is None:
        return [Cell(NOTHING, "x")] * (len(head.exercises) + 1)
    link = quote(page_of(result.student, result.chapter)) if page_of else ""
    if result.report is None:
        return [Cell(UNGRADED, "x")] * len(head.exercises) + [Cell(UNGRADED, "p x", link)]
    overrides = overrides_of(result)
    checks = result.report.exercises()
    cells = []
    for name in head.exercises:
        graded = [check for check in checks.get(name, []) if check.points]
        open_ = any(check.verdict in PENDING and check.id not in overrides for check in graded)
        points = sum(check.points for check in graded)
        share = sum(earned(check, overrides) for check in graded) / points if points else 0.0
        cells.append(Cell(f"{_percent(share)}{OPEN if open_ else ''}", _level(share)))
    return [*cells, Cell(number(result.final), "p", link)]


def _percent(share: float) -> int:
    """In whole percent, where only all is 100 and only nothing is 0."""
    return 0 if share <= 0 else 100 if share >= 1 else min(max(round(100 * share), 1), 99)


def _level(share: float) -> str:
    """The class that colours a share: nothing, less than half, less than four fifths, less than all, all."""
    return "a" if share <= 0 else "b" if share < 0.5 else "c" if share < 0.8 else "d" if share < 1 else "e"
