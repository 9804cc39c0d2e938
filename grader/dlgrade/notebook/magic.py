"""`%dlgrade` in a notebook: `%dlgrade check ch28` grades the code in the cells that ran.

The judge reads the source of the cells, not the objects in the kernel, because students hand in source. The judge is a
separate process: the kernel neither imports torch for it nor forks.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from dlgrade.cli import lang_option, load_course
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.judge.remote import RemoteJudge
from dlgrade.legible import visible
from dlgrade.notebook import executed_cells
from dlgrade.options import RunOptions
from dlgrade.results import ChapterReport, CheckReport, Report
from dlgrade.student import record
from dlgrade.submission import Submission
from dlgrade.submission.beside import on_disk
from dlgrade.text import Lang, Text, both, chosen_lang

if TYPE_CHECKING:
    from dlgrade.course import Chapter
    from dlgrade.notebook.cell_report import CellReport

QUIET_SECONDS = 1.0  # a longer check shows its progress
FORCING_COLOUR = ("FORCE_COLOR", "CLICOLOR_FORCE")  # kernels set these, although their output is not a terminal
_judges: list[RemoteJudge] = []  # at most one: the judge of this kernel


def load_magic(ipython: Any) -> None:
    """Register the magic and start the judge, which imports torch while the student reads the first cells."""
    if not _judges:
        _judges.append(RemoteJudge().start())
    ipython.register_magic_function(lambda line: run_line(ipython, line), magic_kind="line", magic_name="dlgrade")


def unload_magic(ipython: Any) -> None:
    """Remove the magic and end the judge."""
    ipython.magics_manager.magics["line"].pop("dlgrade", None)
    while _judges:
        _judges.pop().close()


def run_line(ipython: Any, line: str) -> CellReport | None:
    """Run `%dlgrade LINE`. An error prints a sentence and raises nothing, so that the other cells still run."""
    try:
        words = shlex.split(line)
        if words[:1] == ["check"]:
            options = _parse.main(words[1:], prog_name="%dlgrade check", standalone_mode=False)
            return check_cells(ipython, options) if isinstance(options, MagicOptions) else None  # None: --help
        if words[:1] == ["watch"]:
            raise UsageError(both("In a notebook, run `%dlgrade check`.", "在笔记本中请运行 `%dlgrade check`。"))
        _run_command(words or ["--help"])
    except DlgradeError as error:
        _complain(error.text)
    except click.ClickException as error:
        error.show()
    except ValueError as error:  # an unclosed quotation mark
        _complain(Text(f"%dlgrade {line}: {error}", f"%dlgrade {line}：{error}"))
    return None


@dataclass(frozen=True)
class MagicOptions:
    """The options of `%dlgrade check`; `_parse` describes them."""

    chapters: tuple[str, ...]
    keyword: str = ""
    seed: int = 0
    show: bool = False
    lang: Lang = "en"


@click.command("check")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...")
@click.option("-k", "keyword", default="", metavar="NAME", help="Only this exercise, or checks with NAME. 只检查某项。")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@click.option("--show", is_flag=True, help="Also draw tensors in plain text. 纯文本中也画出张量。")
@lang_option
def _parse(**options: Any) -> MagicOptions:
    """Grade the code in the cells that ran. 检查已运行的单元中的解答。"""
    return MagicOptions(**options)


def check_cells(ipython: Any, options: MagicOptions) -> CellReport:
    """Grade the source of the cells, for each of the chapters."""
    from dlgrade.notebook.cell_report import CellReport

    course = load_course()
    chapters = list(dict.fromkeys(map(course.chapter, options.chapters)))
    executed = ipython.history_manager.input_hist_raw  # as typed; `In` holds rewritten magics
    submission = executed_cells.submission(executed, _name(ipython).of(options.lang), on_disk(Path.cwd()))
    report = Report(submission=submission.display_name, seed=options.seed, chapters=[])
    judge = _judges[0]
    with _CellProgress(ipython, options.lang) as progress:
        if judge.opening is None:
            judge.open(course, on_wait=progress.waiting)
        for chapter in chapters:
            result = judge.grade(
                chapter,
                submission,
                RunOptions.of_check(options.seed, options.keyword, pictures=True),
                on_begin=progress.begun,
                on_wait=progress.waiting,
            )
            report.chapters.append(result)
            if not options.keyword:
                _note(chapter, submission, result)
    return CellReport(report, chapters, options.lang, judge.missing, show=options.show)


def _name(ipython: Any) -> Text:
    """Return the name of the notebook, if VS Code or Jupyter tells it."""
    path = ipython.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ""
    name = PurePath(str(path)).name
    return Text(name, name) if name.endswith(".ipynb") else both("this notebook", "本笔记本")


def _note(chapter: Chapter, submission: Submission, report: ChapterReport) -> None:
    """Note the result for `dlgrade status` and `hint`. If that fails, the report is still shown."""
    try:
        record.note_check(chapter, submission, report)
    except UsageError as error:
        _complain(error.text)


def _complain(words: Text) -> None:
    sentence = both("Error: ", "错误：") + words
    print(visible(sentence.of(chosen_lang())), file=sys.stderr)


class _CellProgress:
    """A line below the cell that names the running check, once checking has taken a while."""

    def __init__(self, ipython: Any, lang: Lang) -> None:
        self.can_update = hasattr(ipython, "kernel")  # a terminal would print a new line for every update
        self.lang: Lang = lang
        self.started = time.monotonic()
        self.handle: Any = None
        self.last: Text | None = None
        self.running = both("Importing torch ...", "正在导入 torch ...")

    def begun(self, check: CheckReport) -> None:
        """Note the check that runs now."""
        self.running = check.description

    def waiting(self) -> None:
        """Show the running check. The judge calls this again and again while it works."""
        if self.can_update and time.monotonic() - self.started > QUIET_SECONDS:
            self._tell(self.running)

    def _tell(self, words: Text) -> None:
        from IPython.display import display

        if words == self.last:
            return
        self.last = words
        content = {"text/plain": words.of(self.lang)}
        if self.handle is None:
            self.handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self.handle.update(content, raw=True)

    def __enter__(self) -> _CellProgress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Replace the name of the last check with the time that checking took."""
        if self.handle is not None:
            seconds = f"{time.monotonic() - self.started:.1f}"
            done = both(f"Checked in {seconds} s.", f"检查用时 {seconds} 秒。")
            stopped = both(f"Stopped after {seconds} s.", f"{seconds} 秒后停止。")
            self._tell(done if kind is None else stopped)


def _run_command(words: list[str]) -> None:
    """Run another verb, such as `hint` or `status`, as a new process, so that it leaves nothing in the kernel."""
    kept = {key: value for key, value in os.environ.items() if key not in FORCING_COLOUR}
    environment = kept | {"PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "dlgrade", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    print(done.stdout.replace("`dlgrade ", "`%dlgrade "), end="")
