"""`dlgrade export`: scores for a learning platform, reduced for late submissions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.batch.export import Format


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "canvas", "moodle", "gradescope"]),
    default="csv",
    help="Format (csv). 格式。",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("grades"), help="Folder (grades). 文件夹。"
)
@click.option("--gradebook", metavar="URL", help="Database (OUT/gradebook.sqlite). 成绩册数据库。")
@click.option(
    "--due",
    type=click.Path(path_type=Path, exists=True),
    help="Late rules (those of `grade --due`). 迟交规则。",
)
@click.option(
    "--pending",
    type=click.Choice(["skip", "partial"]),
    help="Marks with open points: leave empty, or write the points so far (refuse). 未定的成绩：留空或写入目前得分。",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File (in OUT). 输出文件。")
@lang_option
def command(
    form: Format,
    out: Path,
    gradebook: str | None,
    due: Path | None,
    pending: Literal["skip", "partial"] | None,
    output: Path | None,
    lang: Lang,
) -> None:
    """Write the scores for Canvas, Moodle, Gradescope or a spreadsheet. 导出成绩。

    Late rules apply here. The gradebook keeps the scores as they were earned. Points that are still open are refused,
    unless --pending says how to write them.
    """
    from dlgrade.batch.export import ExportOptions, export

    path, notes = export(course.load(), ExportOptions(form, out, gradebook, due, output, lang, pending or "refuse"))
    for note in notes:
        say(note)
    say(both(f"wrote {path}", f"已写入 {path}"))
