"""`dlgrade grade`: hundreds of untrusted submissions, one gradebook."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from dlgrade.cli import device_option, discard_output, echo, echo_json, lang_option, say, tell_sandbox
from dlgrade.errors import GraderError, UsageError
from dlgrade.report.progress_line import ProgressLine
from dlgrade.text import Lang, Text, both, counted

if TYPE_CHECKING:
    from dlgrade.batch.dry_run import DryRun
    from dlgrade.batch.grade_class import Attempt
    from dlgrade.batch.run import Summary
    from dlgrade.options import Device

MOST_CHANGES = 30  # lines


@click.command("grade")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="PATH...")
@click.option("--chapters", metavar="CH,CH", help="Chapters to grade (all that are handed in). 章节。")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("grades"),
    help="Folder (grades). 输出文件夹。",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Submissions at a time (one for each core). 并行数。"
)
@click.option("--roster", type=click.Path(path_type=Path, exists=True), help="CSV of names and ids. 学生名单。")
@click.option(
    "--due", type=click.Path(path_type=Path, exists=True), help="Due times and late rules. 截止时间与迟交规则。"
)
@click.option(
    "--git",
    "repository",
    type=click.Path(path_type=Path, exists=True),
    help="Repository with a branch for each student. Git 仓库。",
)
@click.option("--refs", default="student/*", help="Its branches (student/*). 分支。")
@click.option("--students", metavar="WHO,WHO", help="Grade only these, by id or name. 只评这些学生。")
@click.option(
    "--regrade",
    is_flag=True,
    help="Grade again, limited by --chapters and --students; the history stays. 重新评分，保留历史。",
)
@click.option("--preview", is_flag=True, help="Show which marks would change; change none. 预览成绩变化。")
@click.option(
    "--sandbox", type=click.Choice(["require", "off"]), default="require", help="Walls around submissions. 沙箱。"
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**31),
    default=None,
    help="Seed of the inputs (drawn once for a gradebook). 随机种子。",
)
@click.option(
    "--without-training",
    is_flag=True,
    help="Leave checks that train to a later run; their points are pending. 暂不训练。",
)
@click.option(
    "--no-prices",
    is_flag=True,
    help="A mistake costs every check that it fails, not its price. 错误按未通过的检查项逐项扣分。",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show whose each file is, and why; grade and write nothing. 只显示文件归属，不评分，不写入。",
)
@device_option
@click.option("--gradebook", metavar="URL", help="Database (OUT/gradebook.sqlite). 成绩册数据库。")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON. 输出 JSON。")
@lang_option
def command(
    paths: tuple[Path, ...],
    chapters: str | None,
    out: Path,
    jobs: int | None,
    roster: Path | None,
    due: Path | None,
    repository: Path | None,
    refs: str,
    students: str | None,
    regrade: bool,
    preview: bool,
    sandbox: Literal["require", "off"],
    without_training: bool,
    no_prices: bool,
    dry_run: bool,
    device: Device,
    seed: int | None,
    gradebook: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Grade everybody's submissions into one gradebook. 批量评分。

    \b
    dlgrade grade submissions/ --chapters ch28 --roster class.csv
    dlgrade grade export.zip --due due.yaml --out grades

    PATH is a folder per student, loose files, a zip per student, or an export of Canvas, Moodle, Gradescope,
    Blackboard or GitHub Classroom. After an interruption the same command continues.

    Exit code: 0 all graded, 1 some could not be or belong to nobody, 2 usage, 3 the grader failed.
    """
    if not paths and repository is None:
        raise UsageError(both("Name what to grade: a folder, files, a zip.", "请指定要评分的文件夹、文件或 zip。"))
    from dlgrade.batch.run import GradeOptions, dry_run_of, grade_hand_ins

    options = GradeOptions(
        paths=paths, chapters=_names("--chapters", chapters), out=out, jobs=jobs, roster=roster, due=due,
        repository=repository, refs=refs, students=_names("--students", students), regrade=regrade, preview=preview,
        sandbox=sandbox, training=not without_training, prices=not no_prices, device=device, seed=seed,
        gradebook=gradebook, lang=lang,
    )  # fmt: skip
    if dry_run:
        sys.exit(_show_dry_run(dry_run_of(options), lang, as_json=as_json))
    display = Display(lang, to_stderr=as_json)
    summary = grade_hand_ins(options, display)
    with display.printing():
        _print_json(summary) if as_json else _print(summary)
    sys.exit(3 if summary.grader_failed else 1 if summary.not_gradable or summary.unassigned else 0)


def _names(option: str, listed: str | None) -> tuple[str, ...]:
    """The names in the value of an option. Empty if the option is not given.

    Raises:
        UsageError: the value names nothing: a variable of the shell was empty, perhaps.
    """
    names = tuple(name.strip() for name in re.split("[,，]", listed or "") if name.strip())
    if listed is not None and not names:
        raise UsageError(
            both(f"{option} is empty. Leave it out to mean everything.", f"{option} 为空。如指全部，请省略该选项。")
        )
    return names


def _show_dry_run(dry_run: DryRun, lang: Lang, *, as_json: bool) -> int:
    """Print whose each file is. Return 1 if a file is nobody's or cannot be graded, otherwise 0."""
    import json

    import msgspec

    from dlgrade.batch.dry_run import dry_run_lines

    if as_json:
        echo_json(json.dumps(msgspec.to_builtins(dry_run), ensure_ascii=False, indent=2))
    else:
        for line in dry_run_lines(dry_run, lang):
            echo(line)
        _print_lists(
            (both("Not assigned to a student or chapter:", "未归属到学生或章节："), dry_run.strays),
            (both("Handed in nothing:", "未提交："), dry_run.missing),
            (both("Notes:", "说明："), dry_run.notes),
        )
        count = len(dry_run.hand_ins)
        say(
            both(
                f"{counted(count, 'hand-in')}. Nothing was graded or written.",
                f"共 {count} 份提交。未评分，也未写入任何内容。",
            )
        )
    return int(bool(dry_run.strays) or any(row.problem for row in dry_run.hand_ins))


class Display:
    """Shows how a run goes: a bar on a terminal, a line for each submission in a pipe."""

    def __init__(self, lang: Lang, *, to_stderr: bool) -> None:
        self.lang = lang
        self.to_stderr = to_stderr
        self.line = ProgressLine()
        self.watched = self.line.watched
        self.total = self.done = 0
        self.started = time.monotonic()
        self.bar: Any = None

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Turn a closed pipe, or a full disk behind the output, into one sentence.

        Raises:
            GraderError: the output cannot be written.
        """
        try:
            yield
        except OSError as error:
            discard_output()
            raise GraderError(
                both(
                    f"Standard output failed after {self.done} of {self.total}: {error.strerror}. "
                    "The same command continues from there.",
                    f"完成 {self.done}/{self.total} 后标准输出出错：{error.strerror}。再次运行同一命令即可继续。",
                )
            ) from None

    def sandbox(self, missing: list[str]) -> None:
        tell_sandbox(missing)

    def grading(self, total: int) -> Display:
        self.total, self.started = total, time.monotonic()
        return self

    def __enter__(self) -> Display:
        if self.watched:
            say(both("Importing torch ...", "正在导入 torch ..."), err=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
        if kind is KeyboardInterrupt:
            say(
                both(
                    f"Interrupted after {self.done} of {self.total}. The same command continues from there.",
                    f"已中断：完成 {self.done}/{self.total}。再次运行同一命令即可继续。",
                ),
                err=True,
            )
            sys.exit(130)

    def graded(self, attempt: Attempt) -> None:
        self.done += 1
        with self.printing():
            self._move_bar() if self.watched else self._print_line(attempt)

    def reported(self, done: int, total: int) -> None:
        words = both("Writing reports", "正在写报告").of(self.lang)
        with self.printing():
            self.line.update(f"{words} {done}/{total}", finished=done >= total)

    def _print_line(self, attempt: Attempt) -> None:
        from dlgrade.results import number

        report, fault = attempt.report, attempt.fault or Text("", "")
        students = ", ".join(hand_in.student for hand_in in attempt.job.hand_ins)
        score = f"{number(report.score)}/{number(report.points)}" if report else fault.of(self.lang)
        echo(f"[{self.done}/{self.total}] {students}: {attempt.job.chapter} {score}", err=self.to_stderr)

    def _move_bar(self) -> None:
        if self.bar is None:
            self.bar = _make_bar(self.lang)
            self.bar.start()
            self.task = self.bar.add_task("", total=self.total, rate=0.0)
        self.bar.update(self.task, completed=self.done, rate=self.done / max(0.001, time.monotonic() - self.started))


def _make_bar(lang: Lang) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = {"en": "{task.fields[rate]:.1f}/s", "zh": "{task.fields[rate]:.1f} 份/秒"}[lang]
    columns = BarColumn(), MofNCompleteColumn(), TextColumn(rate), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _print_json(summary: Summary) -> None:
    import json

    import msgspec

    echo_json(json.dumps(msgspec.to_builtins(summary), ensure_ascii=False, indent=2))


def _print(summary: Summary) -> None:
    if summary.preview:
        _print_changes(summary)
        say(both("This was a preview: no mark was changed.", "以上为预览：成绩未作改动。"))
        return
    say(
        both(
            f"{counted(summary.submissions, 'submission')}: {summary.graded} graded, {summary.known} known already, "
            f"{len(summary.not_gradable)} not gradable. Not handed in: {summary.nothing_handed_in}.",
            f"共 {summary.submissions} 份提交：新评 {summary.graded} 份，此前已评 {summary.known} 份，"
            f"无法评分 {len(summary.not_gradable)} 份。未提交：{summary.nothing_handed_in} 份。",
        )
    )
    if summary.changes:
        _print_changes(summary)
    _print_lists(
        (both("Not gradable:", "无法评分："), summary.not_gradable),
        (both("Not assigned to a student or chapter:", "未归属到学生或章节："), summary.strays),
        (both("The grader failed (run again):", "评分程序出错（请重新运行）："), summary.grader_failed),
        (both("Notes:", "说明："), summary.notes),
        (both("Decide about these overrides:", "以下人工改分需重新确认："), summary.questions),
    )
    files = "report.html", "grades.csv", "reports/"
    say(both(f"{summary.out}: {', '.join(files)}", f"{summary.out}：{'、'.join(files)}"))


def _print_lists(*lists: tuple[Text, list[str]]) -> None:
    """Print each list that is not empty, under its title."""
    for title, lines in lists:
        if lines:
            say(title)
        for line in lines:
            echo(f"  {line}")


def _print_changes(summary: Summary) -> None:
    """Print the marks that changed, the largest losses first."""
    lower = sum(change.gain < 0 for change in summary.changes)
    higher = sum(change.gain > 0 for change in summary.changes)
    say(
        both(
            f"Changed marks: {len(summary.changes)} ({lower} lower, {higher} higher).",
            f"{len(summary.changes)} 个成绩有变化：{lower} 个降低，{higher} 个提高。",
        )
    )
    for change in summary.changes[:MOST_CHANGES]:
        echo(f"  {change.line}")
    if (left := len(summary.changes) - MOST_CHANGES) > 0:
        say(both(f"  and {left} more (--json)", f"  另有 {left} 个（--json）"))
