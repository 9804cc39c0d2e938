"""`dlgrade grade`: hundreds of untrusted submissions, one gradebook."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from dlgrade import course
from dlgrade.cli import device_option, echo, echo_json, lang_option, say, tell_sandbox
from dlgrade.course import Chapter, Course
from dlgrade.errors import UsageError
from dlgrade.report.progress_line import ProgressLine
from dlgrade.sandbox_parts import SWITCHED_OFF
from dlgrade.text import Lang, Text, both

if TYPE_CHECKING:
    from dlgrade.batch.grade_class import Graded, Plan
    from dlgrade.batch.gradebook import Gradebook
    from dlgrade.batch.model import Batch
    from dlgrade.options import Device


@dataclass(frozen=True)
class Options:
    """What `dlgrade grade` was asked for."""

    out: Path
    jobs: int
    sandbox: Literal["require", "off"]
    lang: Lang
    gradebook: str | None = None
    seed: int | None = None
    regrade: bool = False
    as_json: bool = False
    training: bool = True
    device: Device = "auto"


@click.command("grade")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="PATH...")
@click.option("--chapters", default="", metavar="CH,CH", help="Which chapters; else all that are found. 章节。")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("grades"),
    help="Folder (grades). 输出文件夹。",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Submissions at a time; else one a core. 并行数。"
)
@click.option("--roster", type=click.Path(path_type=Path, exists=True), help="CSV of names and ids. 学生名单。")
@click.option(
    "--due", type=click.Path(path_type=Path, exists=True), help="Due times and late rules. 截止时间与迟交规则。"
)
@click.option(
    "--git",
    "repository",
    type=click.Path(path_type=Path, exists=True),
    help="Repository with a branch a student. Git 仓库。",
)
@click.option("--refs", default="student/*", help="Its branches (student/*). 分支。")
@click.option(
    "--regrade", is_flag=True, help="Grade everything anew; results so far stay in the history. 全部重新评分。"
)
@click.option(
    "--sandbox", type=click.Choice(["require", "off"]), default="require", help="Walls around submissions. 沙箱。"
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**31),
    default=None,
    help="Seed of the inputs; else drawn once. 随机种子。",
)
@click.option(
    "--without-training", is_flag=True, help="Leave checks that train to a later run; points pending. 暂不训练。"
)
@device_option
@click.option("--gradebook", metavar="URL", help="Database; else OUT/gradebook.sqlite. 成绩册数据库。")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON. 输出 JSON。")
@lang_option
def command(
    paths: tuple[Path, ...],
    chapters: str,
    out: Path,
    jobs: int | None,
    roster: Path | None,
    due: Path | None,
    repository: Path | None,
    refs: str,
    regrade: bool,
    sandbox: Literal["require", "off"],
    without_training: bool,
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

    PATH is a folder per student, loose files, a zip per student, or an export of Canvas, Moodle or Gradescope.
    Killed or interrupted, the same command goes on where it was.

    Exit code: 0 all graded, 1 some could not be, 2 usage, 3 the grader failed.
    """
    if not paths and repository is None:
        raise UsageError(both("Name what to grade: a folder, files, a zip.", "请指定要评分的文件夹、文件或 zip。"))
    from dlgrade.judge.pool import cores

    options = Options(
        out, jobs or cores(), sandbox, lang, gradebook, seed, regrade, as_json, not without_training, device
    )
    summary = grade(
        paths=paths, chapters=chapters, roster=roster, due=due, repository=repository, refs=refs, options=options
    )
    sys.exit(3 if summary["grader_failed"] else 1 if summary["not_gradable"] else 0)


def grade(
    *,
    paths: tuple[Path, ...],
    options: Options,
    chapters: str = "",
    roster: Path | None = None,
    due: Path | None = None,
    repository: Path | None = None,
    refs: str = "student/*",
) -> dict[str, Any]:
    """Read, grade, note and report; returns the summary that `--json` prints."""
    here = course.load()
    wanted = [here.chapter(name) for name in chapters.split(",") if name.strip()]
    _look_at_sandbox(options)  # before anything of the class is read
    import msgspec

    from dlgrade.batch.due import read_due
    from dlgrade.batch.intake import gather
    from dlgrade.batch.reports import DUE, open_gradebook, refresh
    from dlgrade.batch.roster import read_roster
    from dlgrade.files import write_whole

    rules = read_due(due) if due else None
    batch = gather(
        paths, chapters=wanted or list(here.chapters), roster=read_roster(roster) if roster else None, due=rules,
        repository=repository, refs=refs,
    )  # fmt: skip
    if not batch.hand_ins:
        raise UsageError(_nothing_found(batch))
    with open_gradebook(options.out, options.gradebook) as book:
        if due:
            write_whole(options.out / DUE, due.read_bytes())
        book.enrol(batch.students, batch.hand_ins)
        book.set_fact("strays", msgspec.json.encode(batch.strays).decode())
        _widen_scope(here, book, wanted, batch)
        summary = _grade_into(here, book, batch, options)
        tell = _counter(len(batch.hand_ins), options.lang)
        data, written = refresh(here, book, options.out, options.lang, tell)
    missing = sum(result.shown is None for result in data.results)
    summary |= {"nothing_handed_in": missing, "reports_written": written, "out": str(options.out)}
    _conclude(summary, options)
    return summary


def _look_at_sandbox(options: Options) -> None:
    """Say what is missing.

    Raises:
        SandboxError: the sandbox is required, and not complete.
    """
    from dlgrade.workers.sources import lacking
    from dlgrade.workers.survey import missing_parts

    missing = missing_parts() if options.sandbox == "require" else [SWITCHED_OFF]
    if options.sandbox == "require" and missing:
        raise lacking(missing)
    tell_sandbox(missing)


def _widen_scope(here: Course, book: Gradebook, wanted: list[Chapter], batch: Batch) -> None:
    """The chapters of this gradebook: those graded so far, those asked for, those handed in."""
    ids = set((book.fact("chapters") or "").split(",")) | {chapter.id for chapter in wanted}
    ids |= {one.chapter for one in batch.hand_ins}
    book.set_fact("chapters", ",".join(chapter.id for chapter in here.chapters if chapter.id in ids))


def _grade_into(here: Course, book: Gradebook, batch: Batch, options: Options) -> dict[str, Any]:
    from dlgrade.batch.grade_class import plan

    seed = _seed(book, options)
    generation = int(book.fact("generation") or 0)
    if options.regrade:
        generation = int(book.set_fact("generation", str(generation + 1)))
    todo = plan(
        here, batch.hand_ins, book, seed=seed, sandbox=options.sandbox, generation=generation,
        available=partial(_is_here, here, options),
    )  # fmt: skip
    book.settle([(one, job.key) for job in todo.done for one in job.hand_ins])
    faults = _run(here, book, todo, seed, options) if todo.todo else []
    problems = [one for one in batch.hand_ins if one.problem is not None]
    return {
        "submissions": len(batch.hand_ins),
        "graded": sum(len(job.hand_ins) for job in todo.todo) - sum(len(f.job.hand_ins) for f in faults),
        "known": sum(len(job.hand_ins) for job in todo.done),
        "not_gradable": [_sentence(one.shown, one.problem, options.lang) for one in problems],
        "grader_failed": [
            _sentence(one.shown, fault.fault, options.lang) for fault in faults for one in fault.job.hand_ins
        ],
        "strays": [stray.of(options.lang) for stray in batch.strays],
        "seed": seed,
    }


@cache
def _is_here(course: Course, options: Options, need: str) -> bool:
    """Whether what a check was not run for the want of is there now: a GPU, time for training, a data set."""
    from dlgrade.course.data_sets import data_sets
    from dlgrade.judge.session import accelerator

    if need == "gpu":
        return accelerator(options.device) is not None
    if need == "training":
        return options.training
    found = data_sets(course).get(need)
    return found is not None and not found.missing()


def _seed(book: Gradebook, options: Options) -> int:
    """Drawn once for a gradebook and noted, so that nobody can tune to inputs seen at home, and all get the same."""
    noted = book.fact("seed")
    if options.seed is not None:
        return int(book.set_fact("seed", str(options.seed)))
    return int(noted if noted is not None else book.set_fact("seed", str(secrets.randbelow(2**53))))


def _run(here: Course, book: Gradebook, todo: Plan, seed: int, options: Options) -> list[Graded]:
    """Grade what is to be graded, telling the reader as it goes; returns what the grader failed on."""
    from dlgrade.batch.grade_class import grade_all
    from dlgrade.judge.pool import grade as grade_one
    from dlgrade.judge.pool import pool

    faults = []
    jobs = min(options.jobs, len(todo.todo))
    work = partial(grade_one, training="last" if options.training else "later")
    with (
        Progress(len(todo.todo), options) as progress,
        pool(here, jobs, sandbox=options.sandbox, device=options.device) as executor,
    ):
        for graded in grade_all(todo.todo, executor, work, book, seed=seed, width=jobs):
            progress.tell(graded)
            if graded.fault is not None:
                faults.append(graded)
    return faults


class Progress:
    """One bar where somebody watches, a line for each submission in a pipe."""

    def __init__(self, total: int, options: Options) -> None:
        self.total, self.done, self.lang = total, 0, options.lang
        self.to_stderr = options.as_json
        self.bar: Any = None
        self.started = time.monotonic()
        self.watched = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        if self.watched:
            say(both("Importing torch ...", "正在导入 torch ..."), err=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
        if kind is KeyboardInterrupt:
            say(
                both(
                    f"Interrupted after {self.done} of {self.total}; the same command goes on from there.",
                    f"已中断：完成 {self.done}/{self.total}；再次运行同一命令即可继续。",
                ),
                err=True,
            )
            sys.exit(130)

    def tell(self, graded: Graded) -> None:
        self.done += 1
        if self.watched:
            self._show()
            return
        report, names = graded.report, ", ".join(one.student for one in graded.job.hand_ins)
        from dlgrade.results import number

        score = f"{number(report.score)}/{number(report.points)}" if report else graded.fault.of(self.lang)  # type: ignore[union-attr]
        echo(f"[{self.done}/{self.total}] {names}: {graded.job.chapter} {score}", err=self.to_stderr)

    def _show(self) -> None:
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


def _counter(total: int, lang: Lang) -> Callable[[int], None]:
    """Return a function that counts the reports written, if somebody watches."""
    line, words = ProgressLine(), both("Writing reports", "正在写报告").of(lang)
    return lambda done: line.update(f"{words} {done}/{total}", finished=done >= total)


def _sentence(shown: str, text: Text | None, lang: Lang) -> str:
    words = text.of(lang) if text else ""
    return words if shown in words else f"{shown}: {words}"


def _nothing_found(batch: Batch) -> Text:
    found = both("Nothing to grade was found.", "没有找到可评分的提交。")
    for stray in batch.strays[:5]:
        found += both(" ", "") + stray
    return found


def _conclude(summary: dict[str, Any], options: Options) -> None:
    if options.as_json:
        import json

        echo_json(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    s = summary
    say(
        both(
            f"{s['submissions']} submissions: {s['graded']} graded, {s['known']} known already, "
            f"{len(s['not_gradable'])} not gradable. {s['nothing_handed_in']} times nothing was handed in.",
            f"共 {s['submissions']} 份提交：新评 {s['graded']} 份，此前已评 {s['known']} 份，"
            f"无法评分 {len(s['not_gradable'])} 份。另有 {s['nothing_handed_in']} 份未提交。",
        )
    )
    for title, key in (
        (both("Not gradable:", "无法评分："), "not_gradable"),
        (both("Not assigned:", "未归属："), "strays"),
        (both("The grader failed (run again):", "评分程序出错（请重新运行）："), "grader_failed"),
    ):
        if s[key]:
            say(title)
            for line in s[key]:
                echo(f"  {line}")
    say(both(f"{options.out}: report.html, grades.csv, reports/", f"{options.out}：report.html、grades.csv、reports/"))
