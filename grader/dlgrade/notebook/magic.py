"""`%dlgrade` in a notebook: `%dlgrade check ch28` grades what the cells that were run define.

Their source is graded, as a file's would be, and not the objects in the kernel: what a student hands in is the source.
The kernel's own process neither imports torch for it nor forks: the judge is a process of its own.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from dlgrade import course
from dlgrade.cli import lang_option
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.judge.remote import RemoteJudge
from dlgrade.legible import visible
from dlgrade.notebook import executed_cells
from dlgrade.results.report import ChapterReport, CheckReport, Report
from dlgrade.student import record
from dlgrade.submission import Submission, neighbours
from dlgrade.text import Lang, Text, both, chosen_lang

if TYPE_CHECKING:
    from dlgrade.course import Chapter
    from dlgrade.notebook.cell_report import CellReport

QUIET_SECONDS = 1.0  # what takes longer says what it is doing
FORCING_COLOUR = ("FORCE_COLOR", "CLICOLOR_FORCE")  # set by kernels, whatever their output goes to
_judges: list[RemoteJudge] = []  # the one of this kernel


def load(ipython: Any) -> None:
    """Make the magic known, and start the judge: it imports torch while the first cells are read."""
    if not _judges:
        _judges.append(RemoteJudge())
    ipython.register_magic_function(lambda line: run(ipython, line), magic_kind="line", magic_name="dlgrade")


def unload(ipython: Any) -> None:
    ipython.magics_manager.magics["line"].pop("dlgrade", None)
    while _judges:
        _judges.pop().close()


def run(ipython: Any, line: str) -> CellReport | None:
    """`%dlgrade LINE`. What goes wrong is a sentence, not an exception: a notebook's other cells still run."""
    try:
        words = shlex.split(line)
        if words[:1] == ["check"]:
            wanted = _check.main(words[1:], prog_name="%dlgrade check", standalone_mode=False)
            return check(ipython, **wanted) if isinstance(wanted, dict) else None  # else --help
        if words[:1] == ["watch"]:
            raise UsageError(both("In a notebook, run `%dlgrade check`.", "在笔记本中请运行 `%dlgrade check`。"))
        _in_a_process(words or ["--help"])
    except DlgradeError as error:
        _complain(error.text)
    except click.ClickException as error:
        error.show()
    except ValueError as error:  # a quotation mark that is not closed
        _complain(Text(f"%dlgrade {line}: {error}", f"%dlgrade {line}：{error}"))
    return None


@click.command("check")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...")
@click.option("-k", "keyword", default="", metavar="NAME", help="Only this exercise, or checks with NAME. 只检查某项。")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@click.option("--show", is_flag=True, help="Pictures in plain text, too. 纯文本中也画出张量。")
@lang_option
def _check(**options: Any) -> dict[str, Any]:
    """Grade what the cells that were run define. 检查已运行的单元中的解答。"""
    return options


def check(
    ipython: Any, *, chapters: tuple[str, ...], keyword: str = "", seed: int = 0, show: bool = False, lang: Lang = "en"
) -> CellReport:
    """Grade the cells' source, for each of the chapters."""
    from dlgrade.notebook.cell_report import CellReport

    here = course.load()
    wanted = list({(chapter := here.chapter(name)).id: chapter for name in chapters}.values())
    executed = ipython.history_manager.input_hist_raw  # as typed, with its lines; `In` has magics rewritten
    one = executed_cells.submission(executed, _name(ipython).of(lang), neighbours(Path.cwd()))
    report = Report(submission=one.display_name, seed=seed, chapters=[])
    judge = _judges[0]
    with _Progress(ipython, lang) as told:
        if judge.opening is None:
            judge.open(here, on_wait=told.waiting)
        for chapter in wanted:
            graded = judge.grade(
                chapter, one, seed=seed, keyword=keyword, training="last" if keyword else "if_right", pictures=True,
                on_begin=told.begun, on_wait=told.waiting,
            )  # fmt: skip
            report.chapters.append(graded)
            if not keyword:
                _note(chapter, one, graded)
    return CellReport(report, wanted, lang, judge.missing, show=show)


def _name(ipython: Any) -> Text:
    """The notebook's: VS Code and Jupyter tell it, each in its way; other programs need not."""
    told = ipython.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ""
    name = PurePath(str(told)).name
    return Text(name, name) if name.endswith(".ipynb") else both("this notebook", "本笔记本")


def _note(chapter: Chapter, one: Submission, report: ChapterReport) -> None:
    """For `dlgrade status` and `hint`. A state that cannot be written must not cost the report."""
    try:
        record.note_check(chapter, one, report)
    except UsageError as error:
        _complain(error.text)


def _complain(words: Text) -> None:
    lang = chosen_lang()
    print({"en": "Error: ", "zh": "错误："}[lang] + visible(words.of(lang)), file=sys.stderr)


class _Progress:
    """What is being done, below the cell, once it has taken a while."""

    def __init__(self, ipython: Any, lang: Lang) -> None:
        self.can_update = hasattr(ipython, "kernel")  # in a terminal every update would be a line of its own
        self.lang: Lang = lang
        self.started = time.monotonic()
        self.shown: Any = None
        self.told: Text | None = None
        self.running = both("Importing torch ...", "正在导入 torch ...")

    def begun(self, check: CheckReport) -> None:
        self.running = check.description

    def waiting(self) -> None:
        if self.can_update and time.monotonic() - self.started > QUIET_SECONDS:
            self._tell(self.running)

    def _tell(self, words: Text) -> None:
        from IPython.display import display

        if words == self.told:
            return
        self.told = words
        content = {"text/plain": words.of(self.lang)}
        if self.shown is None:
            self.shown = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self.shown.update(content, raw=True)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """What was told goes stale; the time that it took remains."""
        if self.shown is not None:
            seconds = f"{time.monotonic() - self.started:.1f}"
            done = both(f"Checked in {seconds} s.", f"检查用时 {seconds} 秒。")
            stopped = both(f"Stopped after {seconds} s.", f"{seconds} 秒后停止。")
            self._tell(done if kind is None else stopped)


def _in_a_process(words: list[str]) -> None:
    """The other commands: `hint`, `status`, `list`; in a process of their own nothing of theirs stays in the kernel."""
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
