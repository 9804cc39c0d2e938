"""The columns of Canvas' gradebook that the scores of chapters go into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dlgrade.batch.students.naming import NUMBERED
from dlgrade.batch.students.roster import CanvasSheet
from dlgrade.errors import UsageError
from dlgrade.results import ClassChapter, number
from dlgrade.text import Text, both

CANVAS_ID = re.compile(r"\s*\(\d+\)$")  # behind the title of an assignment


@dataclass(frozen=True)
class CanvasColumn:
    """A column for the scores of a chapter.

    Args:
        title: Its title.
        points: Its points possible, as the file has them.
        factor: The export multiplies the scores by this number.
        note: A sentence for staff, if the column is new or has other points than the chapter.
    """

    title: str
    points: str
    factor: float = 1.0
    note: Text | None = None


def canvas_column(chapter: ClassChapter, sheet: CanvasSheet) -> CanvasColumn:
    """Canvas' own column for a chapter, or a new one.

    Canvas keeps the points possible of its own assignments, whatever an import says. So the scores are scaled to them.

    Raises:
        UsageError: several columns are called as the chapter, or the points of the column are unknown.
    """
    own = [place for place, title in enumerate(sheet.assignments) if _is_called(title, chapter)]
    if len(own) > 1:
        titles = ", ".join(sheet.assignments[place] for place in own)
        raise UsageError(
            both(
                f"Canvas has several columns for {chapter.id}: {titles}. Leave one of them in the gradebook that is "
                "the roster, and grade with --roster again.",
                f"Canvas 中有多列对应 {chapter.id}：{titles}。请在作为名单的成绩册中只保留一列，"
                "再用 --roster 重新评分。",
            )
        )
    points = number(chapter.points) if chapter.checks else ""  # unknown if no submission could be graded
    if not own:
        title = f"{chapter.id} {chapter.title.en}"
        note = both(
            f"The roster from Canvas has no column for {chapter.id}: the import makes a new assignment, {title}.",
            f"Canvas 名单中没有 {chapter.id} 的列：导入时会新建作业 {title}。",
        )
        return CanvasColumn(title, points, note=note if sheet.assignments else None)
    title = sheet.assignments[own[0]]
    cell = sheet.points[own[0]] if sheet.points else ""
    if not chapter.points:
        return CanvasColumn(title, cell)
    possible = _points(cell)
    if not possible:
        raise UsageError(
            both(
                f"The roster from Canvas has no points possible for {title}, so nobody knows what a score would be "
                f"worth there. Give the assignment points in Canvas (here it has {points}), export its gradebook "
                "again, and grade with --roster again.",
                f"Canvas 名单中 {title} 没有满分（Points Possible），无法换算成绩。请在 Canvas 中设置满分"
                f"（此处为 {points}），重新导出成绩册，再用 --roster 重新评分。",
            )
        )
    if possible == chapter.points:
        return CanvasColumn(title, cell)
    note = both(
        f"{title} has {number(possible)} points in Canvas, and {chapter.id} has {points} here: the scores were "
        f"multiplied by {possible / chapter.points:g}.",
        f"{title} 在 Canvas 中满分为 {number(possible)}，{chapter.id} 在此满分为 {points}："
        f"成绩已乘以 {possible / chapter.points:g}。",
    )
    return CanvasColumn(title, cell, possible / chapter.points, note)


def _is_called(title: str, chapter: ClassChapter) -> bool:
    """Return whether a column is called as a chapter: `ch28 (4711)`, `Ch. 28: Batch Norm (4711)`, `第28章 (4711)`."""
    plain = CANVAS_ID.sub("", title)
    names = [_key(words) for words in (chapter.title.en, chapter.title.zh)]
    if _key(plain) in names:
        return True
    match = NUMBERED.search(plain)
    if match is None or f"ch{int(match[1] or match[2]):02d}" != chapter.id:
        return False
    return _key(plain[: match.start()] + plain[match.end() :]) in ("", *names)


def _key(words: str) -> str:
    return re.sub(r"[\W_]+", "", words.casefold())


def _points(cell: str) -> float | None:
    """The number in a cell: `100`, `100.0`, `1,000`, `2,5`. None if there is none."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", cell):
        return float(cell.replace(",", ""))
    return float(cell.replace(",", ".")) if re.fullmatch(r"\d+(?:[.,]\d+)?", cell) else None


def notes(columns: Sequence[CanvasColumn]) -> list[Text]:
    return [column.note for column in columns if column.note is not None]
