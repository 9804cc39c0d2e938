"""Points that staff give for a check in place of the points it earned."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlgrade.batch.book.gradebook import Gradebook, Standing
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.reports import open_existing_gradebook, refresh, rules_of
from dlgrade.course import Course
from dlgrade.errors import UsageError
from dlgrade.results import CheckReport, number
from dlgrade.text import Lang, Text, both, same


@dataclass(frozen=True)
class OverrideOptions:
    """An override.

    Args:
        student: Id or name of the student.
        check: Id of the check, with or without its chapter.
        points: Points that the check gets. None: those that it earns.
        why: The reason, which the student reads.
        out: Folder of the gradebook and the reports.
        gradebook: URL of the database. None: a file in `out`.
        lang: Language of the files for programs.
    """

    student: str
    check: str
    points: float | None
    why: str
    out: Path
    gradebook: str | None = None
    lang: Lang = "en"


def override(course: Course, options: OverrideOptions) -> Text:
    """Record the override and bring the reports up to date. Return a sentence about the change.

    Raises:
        UsageError: there is no such gradebook, student or check, no reason, or the check is worth less.
    """
    with open_existing_gradebook(options.out, options.gradebook) as book:
        why = options.why.strip()
        if not why:
            raise UsageError(both("--why is empty: give the reason for the points.", "--why 为空：请说明理由。"))
        if options.points is not None and not math.isfinite(options.points):
            raise UsageError(both("The points are no number.", "分数不是数字。"))
        rules_of(options.out, course)  # a fault in them would stop the reports after the change
        student = find_student(book.students(), options.student)
        if options.points is None and (orphan := _find_undecided(course, book, student, options.check)):
            standing, check_id = orphan
            book.override(standing, check_id, None, why, None)
            refresh(course, book, options.out, options.lang)
            return both(
                f"{student}: {standing.chapter}.{check_id}: dropped.",
                f"{student}：{standing.chapter}.{check_id}：已撤销。",
            )
        standing, check = _find_check(course, book, student, options.check)
        if options.points is not None and options.points > check.points:
            raise UsageError(
                both(
                    f"{check.id} is worth {number(check.points)}; {number(options.points)} is more.",
                    f"{check.id} 满分为 {number(check.points)}，{number(options.points)} 超过了满分。",
                )
            )
        book.override(standing, check.id, options.points, why, check.points)
        refresh(course, book, options.out, options.lang)
    counts = check.earned if options.points is None else options.points
    change = f"{number(check.earned)} -> {number(counts)}/{number(check.points)}"
    return same(f"{student}: {standing.chapter}.{check.id}: {change}")


def _find_undecided(course: Course, book: Gradebook, student: str, wanted: str) -> tuple[Standing, str] | None:
    """The undecided override of a check that exists no more."""
    for standing in book.standings({(student, chapter.id) for chapter in course.chapters}):
        checks = {check.id for check in standing.report.checks} if standing.report else set()
        for override in standing.undecided:
            if override.check not in checks and wanted in (override.check, f"{standing.chapter}.{override.check}"):
                return standing, override.check
    return None


def find_student(students: Sequence[Student], wanted: str) -> str:
    """The id of the student with this id or name.

    Raises:
        UsageError: there is no such student, or several have the name.
    """
    key = wanted.casefold()
    ways = (
        [student.id for student in students if student.id == wanted],
        [student.id for student in students if student.name == wanted],
        [student.id for student in students if key in (student.id.casefold(), student.name.casefold())],
    )
    fitting = next((found for found in ways if found), [])
    if len(fitting) == 1:
        return fitting[0]
    problem = (
        both(f"Several students are called {wanted!r}; use the id.", f"有多名学生叫 {wanted!r}；请用学号。")
        if fitting
        else both(f"There is no student {wanted!r}.", f"没有学生 {wanted!r}。")
    )
    raise UsageError(
        problem + _guess(wanted, dict.fromkeys(name for student in students for name in (student.id, student.name)))
    )


def _find_check(course: Course, book: Gradebook, student: str, wanted: str) -> tuple[Standing, CheckReport]:
    """The check of this id in the student's results, and the result that has it."""
    checks = {
        f"{standing.chapter}.{check.id}": (standing, check)
        for standing in book.standings({(student, chapter.id) for chapter in course.chapters})
        for check in (standing.report.checks if standing.report else [])
    }
    fitting = [name for name in checks if wanted in (name, name.partition(".")[2])]
    if len(fitting) == 1:
        return checks[fitting[0]]
    problem = both(
        f"{student} has no result for a check {wanted!r}; write it as ch28.exercise.name.",
        f"{student} 没有检查项 {wanted!r} 的结果；请写成 ch28.练习.名称。",
    )
    raise UsageError(problem + _guess(wanted, checks))


def _guess(wanted: str, names: Iterable[str]) -> Text:
    """A question that names the closest names, if any is close."""
    near = difflib.get_close_matches(wanted, list(names), n=3)
    return both(f" Did you mean {' or '.join(near)}?", f"是否指 {'、'.join(near)}？") if near else both("", "")
