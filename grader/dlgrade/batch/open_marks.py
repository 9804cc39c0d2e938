"""Marks that must not be exported as they are: of an older suite, or with points that are still open."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from dlgrade.errors import UsageError
from dlgrade.results import ClassData, ClassResult, Verdict, number
from dlgrade.text import Text, both, same

# How open marks are exported: not at all, as empty cells, or as the points so far.
Pending = Literal["refuse", "skip", "partial"]
MAX_NAMES = 5  # marks in a message


def exported_score(result: ClassResult | None, pending: Pending) -> float | None:
    """The score that an export has, after the late penalty. None is an empty cell: nothing is known."""
    if result is None or result.report is None or (result.is_open and pending != "partial"):
        return None
    return result.final


def refuse_stale(data: ClassData) -> None:
    """Refuse a chapter that several suites graded: its marks have different maxima.

    Raises:
        UsageError: such a chapter exists. The message counts its marks.
    """
    graded = Counter(result.chapter for result in data.results if result.report is not None)
    stale = Counter(result.chapter for result in data.results if result.stale)
    if not stale:
        return
    en = "; ".join(f"{count} of {graded[chapter]} marks of {chapter}" for chapter, count in stale.items())
    zh = "；".join(f"{chapter} 的 {graded[chapter]} 个成绩中有 {count} 个" for chapter, count in stale.items())
    raise UsageError(
        both(
            f"{en} are from an older suite or other rules than the rest. Grade the whole class again (dlgrade grade), "
            "then export.",
            f"{zh}出自旧的评分用例或不同的规则。请对全班重新评分（dlgrade grade），然后再导出。",
        )
    )


def refuse_open(data: ClassData) -> None:
    """Refuse points that are still open.

    Raises:
        UsageError: such points exist. The message counts and names them, and says what to do.
    """
    marks = [result for result in data.results if result.is_open]
    if not marks:
        return
    students = len({result.student for result in marks})
    names = [_described(result) for result in marks[:MAX_NAMES]]
    left = len(marks) - MAX_NAMES
    more = both(f" and {left} more", "等") if left > 0 else same("")
    remedies = dict.fromkeys(remedy for result in marks for remedy in _remedies(result))
    counted = "1 mark of 1 student is" if len(marks) == 1 else f"{len(marks)} marks of {students} students are"
    counted = counted.replace(" of 1 students", " of 1 student")
    head = both(
        f"{counted} open: {', '.join(name.en for name in names)}{more.en}. ",
        f"{students} 名学生的 {len(marks)} 个成绩尚未确定：{'、'.join(name.zh for name in names)}{more.zh}。",
    )
    for remedy in remedies:
        head += remedy
    raise UsageError(
        head
        + both(
            "Or export now: --pending skip leaves these cells empty, --pending partial writes the points so far.",
            "也可现在导出：--pending skip 将这些单元格留空，--pending partial 写入目前的得分。",
        )
    )


def _described(result: ClassResult) -> Text:
    place = f"{result.student} {result.chapter}"
    if result.report is None:
        return same(place) + both(" (not graded yet)", "（尚未评分）")
    points = number(result.report.points)
    if result.pending:
        return same(place) + both(
            f" ({number(result.pending)} of {points} points)", f"（{points} 分中的 {number(result.pending)} 分）"
        )
    checks = ", ".join(override.check for override in result.undecided)
    return same(place) + both(f" (override of {checks})", f"（对 {checks} 的人工改分）")


def _remedies(result: ClassResult) -> list[Text]:
    """Return the ways to close an open mark, in the order of its checks."""
    if result.report is None:
        return [_GRADE_AGAIN]
    remedies = [_CONFIRM] if result.undecided else []
    for check in result.report.checks:
        if check.points and result.is_pending(check):
            remedies.append(_remedy(check.verdict, check.needs))
    return remedies


def _remedy(verdict: Verdict, needs: str | None) -> Text:
    if verdict is Verdict.GRADER_ERROR:
        return _GRADE_AGAIN
    if needs == "training":
        return both("Grade again without --without-training. ", "请不加 --without-training 重新评分。")
    if needs == "gpu":
        return both(
            "Grade again on a machine with a GPU, or with --device cpu. ",
            "请在有 GPU 的机器上或用 --device cpu 重新评分。",
        )
    if needs is None:
        return both("A check has no threshold: dlgrade calibrate. ", "有检查项没有阈值：dlgrade calibrate。")
    return both(
        f"Fetch the data set (dlgrade data fetch {needs}), then grade again. ",
        f"请先下载数据集（dlgrade data fetch {needs}），再重新评分。",
    )


_GRADE_AGAIN = both("Grade again: dlgrade grade. ", "请重新评分：dlgrade grade。")
_CONFIRM = both(
    "Overrides were given for an earlier submission: repeat each with dlgrade override, or drop it (--drop). ",
    "人工改分是针对先前的提交：请用 dlgrade override 再次确认，或用 --drop 撤销。",
)
