"""`dlgrade override`: points that a person gives in place of a check's own."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.errors import UsageError
from dlgrade.text import Lang, Text, both

if TYPE_CHECKING:
    from dlgrade.batch.gradebook import Gradebook, Standing


@click.command("override")
@click.argument("student")
@click.argument("check")
@click.argument("points", type=click.FloatRange(min=0))
@click.option("--why", required=True, help="The reason; the student reads it. 理由（学生可见）。")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("grades"), help="Folder (grades). 文件夹。"
)
@click.option("--gradebook", metavar="URL", help="Database; else OUT/gradebook.sqlite. 成绩册数据库。")
@lang_option
def command(student: str, check: str, points: float, why: str, out: Path, gradebook: str | None, lang: Lang) -> None:
    """Give a student other points for a check. 人工改分。

    \b
    dlgrade override ada ch28.batch_norm.small_batch 2 --why "right, with a different eps"

    The check's own result stays in the gradebook; the last override of a check counts.
    """
    said = override(student=student, check=check, points=points, why=why, out=out, gradebook=gradebook, lang=lang)
    say(said)


def override(
    *, student: str, check: str, points: float, why: str, out: Path, gradebook: str | None = None, lang: Lang = "en"
) -> Text:
    """Note the override and bring the reports up to date; returns what was done, in words."""
    from dlgrade.batch.reports import open_gradebook, refresh
    from dlgrade.results.report import number

    if gradebook is None and not (out / "gradebook.sqlite").exists():
        raise UsageError(both(f"{out} has no gradebook.", f"{out} 中没有成绩册。"))
    if not why.strip():
        raise UsageError(both("--why is empty: say what the points are for.", "--why 为空：请说明理由。"))
    with open_gradebook(out, gradebook) as book:
        standing, name = _find(book, student, check)
        assert standing.report is not None
        own = next(one for one in standing.report.checks if one.id == name)
        if points > own.points:
            raise UsageError(
                both(
                    f"{name} is worth {number(own.points)}; {number(points)} is more.",
                    f"{name} 满分为 {number(own.points)}，{number(points)} 超过了满分。",
                )
            )
        book.override(standing.student, standing.chapter, name, points, why.strip())
        refresh(course.load(), book, out, lang)
    words = (
        f"{standing.student}: {standing.chapter}.{name}: {number(own.earned)} -> {number(points)}/{number(own.points)}"
    )
    return Text(words, words)


def _find(book: Gradebook, student: str, check: str) -> tuple[Standing, str]:
    """The student's result that has this check, and the check's id in its chapter."""
    known = {one.id: one for one in book.students()}
    named = [one.id for one in known.values() if student in (one.id, one.name)]
    if len(named) != 1:
        near = difflib.get_close_matches(student, [*known, *(one.name for one in known.values())], n=3)
        guess = both(f" Did you mean {' or '.join(near)}?", f"是否指 {'、'.join(near)}？") if near else both("", "")
        words = (
            both(f"Several students are called {student!r}; use the id.", f"有多名学生叫 {student!r}；请用学号。")
            if named
            else both(f"There is no student {student!r}.", f"没有学生 {student!r}。")
        )
        raise UsageError(words + guess)
    standings = [one for one in book.standings(student=named[0]) if one.report is not None]
    full = {
        f"{one.chapter}.{c.id}": (one, c.id) for one in standings for c in (one.report.checks if one.report else [])
    }
    found = [full[name] for name in full if check in (name, name.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    near = difflib.get_close_matches(check, list(full), n=3)
    guess = both(f" Did you mean {' or '.join(near)}?", f"是否指 {'、'.join(near)}？") if near else both("", "")
    raise UsageError(
        both(
            f"{named[0]} has no result for a check {check!r}; write it as ch28.exercise.name.",
            f"{named[0]} 没有检查项 {check!r} 的结果；请写成 ch28.练习.名称。",
        )
        + guess
    )
