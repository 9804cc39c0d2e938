"""`dlgrade check`: grade one's own submission and see at once what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade.cli import complete, data_option, device_option, echo_json, lang_option, load_course, open_judge
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.course import Chapter, Course
    from dlgrade.options import Device, SandboxMode, WorkerMode
    from dlgrade.results.report import Report
    from dlgrade.submission import Submission


@click.command("check")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option(
    "--submission", type=click.Path(path_type=Path), help="File or folder to check; else chNN*.py here. 提交的文件。"
)
@click.option("-k", "keyword", default="", metavar="NAME", help="Only this exercise, or checks with NAME. 只检查某项。")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@lang_option
@click.option(
    "--sandbox", type=click.Choice(["auto", "require", "off"]), default="auto", help="Walls around your code. 沙箱。"
)
@device_option
@data_option
@click.option("--show", is_flag=True, help="Draw tensors that differ. 画出不同的张量。")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON. 输出 JSON。")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML, too. 另写 JUnit。")
@click.option("--workers", type=click.Choice(["auto", "fork", "spawn"]), default="auto", hidden=True)
def command(
    chapters: tuple[str, ...],
    submission: Path | None,
    keyword: str,
    seed: int,
    lang: Lang,
    sandbox: SandboxMode,
    device: Device,
    data: tuple[str, ...],
    show: bool,
    as_json: bool,
    junit: Path | None,
    workers: WorkerMode,
) -> None:
    """Check your solution of a chapter; of none, what has changed since its last check. 检查某一章的解答。

    \b
    dlgrade check ch28
    dlgrade check ch28 -k layer_norm --lang zh

    Exit code: 0 all passed, 1 some did not, 2 usage, 3 the grader failed.
    """
    report = check(
        chapters=chapters, submission=submission, keyword=keyword, seed=seed, lang=lang, sandbox=sandbox,
        device=device, data=data, show=show, as_json=as_json, junit=junit, workers=workers,
    )  # fmt: skip
    sys.exit(report.exit_code)


def check(
    *,
    chapters: tuple[str, ...],
    submission: Path | None = None,
    keyword: str = "",
    seed: int = 0,
    lang: Lang = "en",
    sandbox: SandboxMode = "auto",
    device: Device = "auto",
    data: tuple[str, ...] = (),
    show: bool = False,
    as_json: bool = False,
    junit: Path | None = None,
    workers: WorkerMode = "auto",
) -> Report:
    """Grade a submission of some chapters, telling the reader as it goes."""
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.student import record

    with RemoteJudge(workers=workers) as judge:  # imports torch while the files are read
        here = load_course(data)
        found = _found(here, chapters, submission)
        if junit is not None and not junit.absolute().parent.is_dir():
            raise UsageError(both(f"There is no folder for {junit}.", f"{junit} 所在的文件夹不存在。"))

        from dlgrade.report.terminal import Terminal
        from dlgrade.results.report import Report, to_json

        terminal = Terminal(lang, quiet=as_json)
        open_judge(judge, here, terminal, sandbox=sandbox, device=device)
        report = Report(submission=found[0][1].display_name, seed=seed, chapters=[])
        for chapter, one in found:
            terminal.begin(chapter, one.display_name)
            result = judge.grade(
                chapter, one, seed=seed, keyword=keyword, training="last" if keyword else "if_right",
                pictures=show, on_begin=terminal.running, on_check=terminal.check,
            )  # fmt: skip
            terminal.explain(result)
            report.chapters.append(result)
            if not keyword:
                record.note_check(chapter, one, result)
    if junit is not None:
        _write_junit(junit, report, lang)
    if as_json:
        echo_json(to_json(report, lang))
    terminal.conclude(report, [chapter for chapter, _ in found])
    return report


def _found(here: Course, chapters: tuple[str, ...], given: Path | None) -> list[tuple[Chapter, Submission]]:
    """The submissions of the chapters; without chapters, those that have changed."""
    from dlgrade import submission

    if not chapters:
        return _changed(here, given or Path.cwd())
    wanted = dict.fromkeys(here.chapter(name) for name in chapters)
    return [(chapter, submission.find(chapter, given, Path.cwd())) for chapter in wanted]


def _changed(here: Course, folder: Path) -> list[tuple[Chapter, Submission]]:
    """The submissions in a folder that are not as they were at their last check.

    Raises:
        UsageError: there are none, or none has changed.
    """
    from dlgrade import submission
    from dlgrade.student import record

    if not folder.is_dir():
        raise UsageError(both(f"Of which chapter is {folder}? Name it.", f"{folder} 属于哪一章？请给出章节。"))
    found = submission.all_in(here, folder)
    if not found:
        raise UsageError(
            both(
                f"There is no chNN*.py or chNN*.ipynb in {folder}. `dlgrade start ch28` gets a chapter's starter code.",
                f"{folder} 中没有 chNN*.py 或 chNN*.ipynb。用 `dlgrade start ch28` 获取某一章的起始代码。",
            )
        )
    last = {chapter.id: record.checked(chapter) for chapter, _ in found}
    changed = [
        (chapter, one)
        for chapter, one in found
        if (before := last[chapter.id]) is None or before.digest != record.digest(one)
    ]
    if not changed:
        names = ", ".join(chapter.id for chapter, _ in found)
        raise UsageError(
            both(
                f"Nothing has changed since the last check of {names}. `dlgrade check {found[0][0].id}` checks again.",
                f"自上次检查以来 {names} 没有改动。用 `dlgrade check {found[0][0].id}` 再次检查。",
            )
        )
    return changed


def _write_junit(path: Path, report: Report, lang: Lang) -> None:
    from dlgrade.files import write_whole
    from dlgrade.report.junit import to_junit

    try:
        write_whole(path, to_junit(report, lang))
    except OSError as error:
        raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
