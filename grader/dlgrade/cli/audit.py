"""`dlgrade audit`: proof that the suites accept every right answer and reject every wrong one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course as courses
from dlgrade.cli import complete, echo, echo_json, lang_option, say, tell_sandbox
from dlgrade.report.progress_line import ProgressLine
from dlgrade.text import Lang, both, counted

if TYPE_CHECKING:
    from dlgrade.audit.findings import ChapterAudit, Hole


class Shard(click.ParamType["tuple[int, int]"]):
    """I/N, where I is from 1 to N."""

    name = "shard"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return both numbers."""
        match = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", value)
        if match is None or int(match[1]) > int(match[2]):
            self.fail(f"{value!r} is not I/N with I from 1 to N, such as 2/3.", param, ctx)
        return int(match[1]), int(match[2])


@click.command("audit")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option("--mutants", is_flag=True, help="Also mutate the references. 同时进行变异测试。")
@click.option("--sample", is_flag=True, help="With --mutants: a few of each chapter. 每章抽取少量变异体。")
@click.option("--changed-since", metavar="REV", help="Only what a branch changed since REV. 只审查自 REV 以来的改动。")
@click.option(
    "--shard", type=Shard(), default="1/1", metavar="I/N", help="Every N-th chapter from the I-th. 每 N 章审查一章。"
)
@click.option("--seed", "seeds", type=click.IntRange(min=0), multiple=True, help="Seeds (0, 1 and 2). 随机种子。")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Processes (one for each core). 进程数。")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML. 另写 JUnit。")
@click.option(
    "--format", "form", type=click.Choice(["text", "github"]), default="text", help="Annotations for GitHub. 输出格式。"
)
@lang_option
def command(
    chapters: tuple[str, ...],
    mutants: bool,
    sample: bool,
    changed_since: str | None,
    shard: tuple[int, int],
    seeds: tuple[int, ...],
    jobs: int | None,
    as_json: bool,
    junit: Path | None,
    form: str,
    lang: Lang,
) -> None:
    """Prove that the suites are right. 审查评分用例是否可靠。

    Grades starter code, references, alternates, misconceptions, worthless answers and mutants, and names every hole.
    With --changed-since, changed chapters get all their mutants. If the grader changed, all others get a sample.
    Several machines share the chapters by --shard 1/3, 2/3 and 3/3.

    Exit code: 0 no holes, 1 some, 2 usage, 3 the grader failed.
    """
    del lang
    from dlgrade.audit.course_audit import SEEDS, AuditOptions, audit_chapters, plan_audit
    from dlgrade.audit.reference_checks import has_mypy
    from dlgrade.audit.show import matrix
    from dlgrade.audit.strict import course_strays
    from dlgrade.workers.survey import missing_parts

    options = AuditOptions(
        chapters=chapters, mutants="none" if not mutants else "sample" if sample else "all",
        changed_since=changed_since, shard=shard, seeds=seeds or SEEDS, jobs=jobs,
    )  # fmt: skip
    course = courses.load()
    planned = plan_audit(course, options)
    tell_sandbox(missing_parts())
    strays = [] if chapters else list(course_strays(course))
    line = ProgressLine(pipe_seconds=10)

    def progress(chapter: str, done: int, total: int) -> None:
        line.update(f"{chapter} {done}/{total}", finished=done == total)

    audits = []
    for audit in audit_chapters(course, planned, options, progress):
        audits.append(audit)
        if not as_json:
            echo(matrix(audit) + "\n")
    if chapters and not has_mypy():
        say(
            both("Types of references: not checked, mypy is missing.", "未检查参考答案的类型：没有安装 mypy。"),
            err=True,
        )
    _report(audits, strays, as_json=as_json, junit=junit, form=form)
    sys.exit(1 if strays or any(audit.holes for audit in audits) else 0)


def _report(audits: list[ChapterAudit], strays: list[Hole], *, as_json: bool, junit: Path | None, form: str) -> None:
    from dlgrade.audit import show

    if junit is not None:
        from dlgrade.files import write_whole

        write_whole(junit, show.audit_junit(audits, strays))
    if as_json:
        echo_json(show.audit_json(audits, strays))
        return
    holes = [hole for audit in audits for hole in audit.holes] + strays
    echo(show.table(audits))
    echo(show.not_run(audits), nl=False)
    echo(show.survivors(audits), nl=False)
    if holes:
        echo("\n" + (show.github(holes) if form == "github" else show.holes(holes)))
    clean = "No holes." if audits else "No chapter was audited: none has changed, or this shard has none."
    echo("\n" + (f"{counted(len(holes), 'hole')} in {counted(len(audits), 'chapter')}." if holes else clean))
