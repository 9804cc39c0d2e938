"""`dlgrade audit`: proof that the suites accept every right answer and reject every wrong one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course
from dlgrade.cli import complete, echo, echo_json, lang_option, tell_sandbox
from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.report.progress_line import ProgressLine
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.audit.model import ChapterAudit, Hole
    from dlgrade.audit.run import Amount, Progress

SEEDS = (0, 1, 2)


@click.command("audit")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option("--mutants", is_flag=True, help="Mutate the references, too. 同时进行变异测试。")
@click.option("--sample", is_flag=True, help="With --mutants: a few of each chapter. 每章抽取少量变异体。")
@click.option("--changed-since", metavar="REV", help="Only what a branch changed since REV. 只审查自 REV 以来的改动。")
@click.option("--seed", "seeds", type=click.IntRange(min=0), multiple=True, help="Seeds (0, 1 and 2). 随机种子。")
@click.option("--update", is_flag=True, help="Write into caught_by what caught each misconception. 更新 caught_by。")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Processes; else one a core. 进程数。")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML, too. 另写 JUnit。")
@click.option(
    "--format", "form", type=click.Choice(["text", "github"]), default="text", help="Annotations for GitHub. 输出格式。"
)
@lang_option
def command(
    chapters: tuple[str, ...],
    mutants: bool,
    sample: bool,
    changed_since: str | None,
    seeds: tuple[int, ...],
    update: bool,
    jobs: int | None,
    as_json: bool,
    junit: Path | None,
    form: str,
    lang: Lang,
) -> None:
    """Prove that the suites are right. 审查评分用例是否可靠。

    Grades starter code, references, alternates, misconceptions, worthless answers and mutants, and names every hole.
    With --changed-since, chapters that changed get all their mutants; when the grader changed, the others a sample.

    Exit code: 0 no holes, 1 some, 2 usage, 3 the grader failed.
    """
    del lang
    audits, stray = audit(
        chapters=chapters, mutants=mutants, sample=sample, changed_since=changed_since, seeds=seeds or SEEDS,
        update=update, jobs=jobs, quiet=as_json,
    )  # fmt: skip
    from dlgrade.audit import show

    found = [hole for one in audits for hole in one.holes] + stray
    if junit is not None:
        from dlgrade.files import write_whole

        write_whole(junit, show.to_junit(audits, stray))
    if as_json:
        echo_json(show.to_json(audits, stray))
    else:
        echo(show.table(audits))
        echo(show.not_run(audits), nl=False)
        if found:
            echo("\n" + (show.github(found) if form == "github" else show.holes(found)))
        echo(f"\n{len(found)} holes in {len(audits)} chapters." if found else "\nNo holes.")
    sys.exit(1 if found else 0)


def audit(
    *,
    chapters: tuple[str, ...] = (),
    mutants: bool = False,
    sample: bool = False,
    changed_since: str | None = None,
    seeds: tuple[int, ...] = SEEDS,
    update: bool = False,
    jobs: int | None = None,
    quiet: bool = False,
) -> tuple[list[ChapterAudit], list[Hole]]:
    """Audit some chapters or all; print each chapter's matrix as it is done, unless quiet."""
    here = course.load()
    plan = _plan(here, chapters, "none" if not mutants else "sample" if sample else "all", changed_since)
    from dlgrade.audit import caught_by, show
    from dlgrade.audit.run import Audit
    from dlgrade.audit.strict import course_strays
    from dlgrade.judge.pool import cores, pool
    from dlgrade.workers.survey import missing_parts

    _require_cosmic_ray(plan)
    tell_sandbox(missing_parts())
    stray = list(course_strays(here)) if not chapters else []
    audits: list[ChapterAudit] = []
    with pool(here, jobs or cores()) as executor:
        for chapter, amount in plan:
            run = Audit(here, executor, seeds=list(seeds), progress=_progress(chapter.id))
            audits.append(run.chapter(chapter, amount))
            if update:
                caught_by.update(here, chapter, audits[-1])
            if not quiet:
                echo(show.matrix(audits[-1]) + "\n")
    return audits, stray


def _plan(
    here: Course, chapters: tuple[str, ...], amount: Amount, changed_since: str | None
) -> list[tuple[Chapter, Amount]]:
    wanted = [here.chapter(name) for name in chapters] or list(here.chapters)
    if changed_since is None:
        return [(chapter, amount) for chapter in wanted]
    from dlgrade.audit.changes import changed

    touched, engine = changed(here, changed_since)
    few: Amount = "none" if amount == "none" else "sample"
    return [(c, amount if c in touched else few) for c in wanted if c in touched or engine]


def _require_cosmic_ray(plan: list[tuple[Chapter, Amount]]) -> None:
    if all(amount == "none" for _, amount in plan):
        return
    try:
        import cosmic_ray.mutating  # noqa: F401
    except ImportError:
        raise UsageError(
            both(
                "--mutants needs cosmic-ray: pip install 'dlgrade[audit]'",
                "--mutants 需要 cosmic-ray：pip install 'dlgrade[audit]'",
            )
        ) from None


def _progress(name: str) -> Progress:
    """Return a function that counts on one line; a pipe gets a line every ten seconds."""
    line = ProgressLine(pipe_seconds=10)
    return lambda done, total: line.update(f"{name} {done}/{total}", finished=done == total)
