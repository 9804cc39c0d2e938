"""`dlgrade check`: grade your own submission, with an explanation of each failure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dlgrade.cli import complete, data_option, device_option, echo_json, lang_option, load_course, open_judge
from dlgrade.errors import UsageError
from dlgrade.options import RunOptions
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.course import Chapter, Course
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.options import Device, SandboxMode, WorkerMode
    from dlgrade.report.terminal import Terminal
    from dlgrade.results import ChapterReport, Report
    from dlgrade.student.selection import Selected
    from dlgrade.submission import Submission


@dataclass(frozen=True)
class CheckOptions:
    """The options of `dlgrade check`; `command` describes them."""

    chapters: tuple[str, ...] = ()
    submission: Path | None = None
    keyword: str = ""
    seed: int = 0
    lang: Lang = "en"
    sandbox: SandboxMode = "auto"
    device: Device = "auto"
    data: tuple[str, ...] = ()
    show: bool = False
    as_json: bool = False
    junit: Path | None = None
    workers: WorkerMode = "auto"


@click.command("check")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER|FILE...]", shell_complete=complete.chapters)
@click.option(
    "--submission",
    type=click.Path(path_type=Path),
    help="File or folder to check (default: chNN*.py here). 提交的文件。",
)
@click.option("-k", "keyword", default="", metavar="NAME", help="Only this exercise, or checks with NAME. 只检查某项。")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@lang_option
@click.option(
    "--sandbox", type=click.Choice(["auto", "require", "off"]), default="auto", help="Sandbox for your code. 沙箱。"
)
@device_option
@data_option
@click.option("--show", is_flag=True, help="Draw tensors that differ. 画出不同的张量。")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON. 输出 JSON。")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML. 另写 JUnit。")
@click.option("--workers", type=click.Choice(["auto", "fork", "spawn"]), default="auto", hidden=True)
def command(**options: Any) -> None:
    """Check your solution to a chapter. 检查某一章的解答。

    Without a chapter, check every file that changed since its last check.

    \b
    dlgrade check ch28
    dlgrade check ch28 -k layer_norm --lang zh

    Exit code: 0 all passed, 1 some did not, 2 usage, 3 the grader failed.
    """
    sys.exit(check(CheckOptions(**options)).exit_code)


def check(options: CheckOptions) -> Report:
    """Grade the submissions of some chapters, and print the results as they come.

    Raises:
        UsageError, SubmissionError: there is nothing to check, or it cannot be read.
    """
    from dlgrade.judge.remote import RemoteJudge

    with RemoteJudge(workers=options.workers) as judge:  # imports torch while the files are read
        course = load_course(options.data)
        selected = _selected(course, options)
        _require_folder(options.junit)

        from dlgrade.report.json_report import report_json
        from dlgrade.report.terminal import Terminal
        from dlgrade.results import Report

        terminal = Terminal(options.lang, quiet=options.as_json)
        open_judge(judge, course, terminal, sandbox=options.sandbox, device=options.device)
        report = Report(submission=selected[0][1].display_name, seed=options.seed, chapters=[])
        for chapter, submission in selected:
            report.chapters.append(_check(judge, chapter, submission, options, terminal))
    if options.junit is not None:
        _write_junit(options.junit, report, options.lang)
    if options.as_json:
        echo_json(report_json(report, options.lang))
    terminal.conclude(report, [chapter for chapter, _ in selected])
    return report


def _selected(course: Course, options: CheckOptions) -> list[Selected]:
    from dlgrade.student import selection

    if options.chapters:
        return selection.named(course, options.chapters, options.submission)
    return selection.changed_since_check(course, options.submission or Path.cwd())


def _check(
    judge: RemoteJudge, chapter: Chapter, submission: Submission, options: CheckOptions, terminal: Terminal
) -> ChapterReport:
    """Grade one chapter, print its checks and explanations, and note the result for `dlgrade status`."""
    from dlgrade.student import record

    terminal.begin(chapter, submission.display_name)
    report = judge.grade(
        chapter,
        submission,
        RunOptions.of_check(options.seed, options.keyword, pictures=options.show),
        on_begin=terminal.running,
        on_check=terminal.check,
    )
    terminal.explain(report)
    if not options.keyword:
        record.note_check(chapter, submission, report)
    return report


def _require_folder(junit: Path | None) -> None:
    """Raise a UsageError before anything is graded if the JUnit file would have no folder."""
    if junit is not None and not junit.absolute().parent.is_dir():
        raise UsageError(both(f"There is no folder for {junit}.", f"{junit} 所在的文件夹不存在。"))


def _write_junit(path: Path, report: Report, lang: Lang) -> None:
    from dlgrade.files import write_whole
    from dlgrade.report.junit import to_junit

    try:
        write_whole(path, to_junit(report, lang))
    except OSError as error:
        raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
