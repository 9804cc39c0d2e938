"""`dlgrade override`: points that a person gives in place of a check's own."""

from __future__ import annotations

from pathlib import Path

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both


@click.command("override")
@click.argument("student")
@click.argument("check")
@click.argument("points", type=click.FloatRange(min=0), required=False)
@click.option("--drop", is_flag=True, help="The check's own points count again. 撤销改分。")
@click.option("--why", required=True, help="The reason; the student reads it. 理由（学生可见）。")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("grades"), help="Folder (grades). 文件夹。"
)
@click.option("--gradebook", metavar="URL", help="Database (OUT/gradebook.sqlite). 成绩册数据库。")
@lang_option
def command(
    student: str, check: str, points: float | None, drop: bool, why: str, out: Path, gradebook: str | None, lang: Lang
) -> None:
    """Give a student other points for a check. 人工改分。

    \b
    dlgrade override ada ch28.batch_norm.small_batch 2 --why "right, with a different eps"

    The gradebook keeps the check's own result. The last override of a check counts. It belongs to the submission that
    counts now; `grade` asks again when the student hands in a new submission.
    """
    if (points is None) is not drop:
        raise UsageError(both("Give the points, or --drop.", "请给出分数，或使用 --drop。"))
    from dlgrade.batch.book.overrides import OverrideOptions, override

    options = OverrideOptions(student, check, points, why, out, gradebook, lang)
    say(override(course.load(), options))
