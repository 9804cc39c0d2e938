"""`dlgrade export`: scores for a learning platform, with what late submissions cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.batch.export import Format

SUFFIX = {"csv": "csv", "canvas": "csv", "moodle": "csv", "gradescope": "zip"}


@click.command("export")
@click.option("--format", "form", type=click.Choice(list(SUFFIX)), default="csv", help="Whose form (csv). 格式。")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("grades"), help="Folder (grades). 文件夹。"
)
@click.option("--gradebook", metavar="URL", help="Database; else OUT/gradebook.sqlite. 成绩册数据库。")
@click.option(
    "--due",
    type=click.Path(path_type=Path, exists=True),
    help="Other late rules than those of `grade --due`. 迟交规则。",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; else in OUT. 输出文件。")
@lang_option
def command(form: Format, out: Path, gradebook: str | None, due: Path | None, output: Path | None, lang: Lang) -> None:
    """Write the scores for Canvas, Moodle, Gradescope or a spreadsheet. 导出成绩。

    Late rules apply here; the gradebook keeps the scores as they were earned.
    """
    path = export(form=form, out=out, gradebook=gradebook, due=due, output=output, lang=lang)
    say(both(f"wrote {path}", f"已写入 {path}"))


def export(
    *,
    form: Format,
    out: Path,
    gradebook: str | None = None,
    due: Path | None = None,
    output: Path | None = None,
    lang: Lang = "en",
) -> Path:
    """Write the file and return where it is."""
    from dlgrade.batch.due import read_due
    from dlgrade.batch.export import exported
    from dlgrade.batch.reports import data_of, open_gradebook, rules_of
    from dlgrade.files import write_whole

    if gradebook is None and not (out / "gradebook.sqlite").exists():
        raise UsageError(both(f"{out} has no gradebook.", f"{out} 中没有成绩册。"))
    rules = read_due(due) if due else rules_of(out)
    with open_gradebook(out, gradebook) as book:
        data = data_of(course.load(), book, rules)
        content = exported(form, data, book.students(), lang)
    path = output or out / f"grades-{form}.{SUFFIX[form]}"
    write_whole(path, content)
    return path
