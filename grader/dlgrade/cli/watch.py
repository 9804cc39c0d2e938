"""`dlgrade watch`: check again after every save, on one screen."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade.cli import complete, lang_option, load_course, open_judge
from dlgrade.course import Chapter, Course
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.options import RunOptions
from dlgrade.student import record
from dlgrade.student.saves import saved
from dlgrade.submission import all_in, locate, read
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.screen import Screen


@click.command("watch")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@lang_option
def command(chapters: tuple[str, ...], seed: int, lang: Lang) -> None:
    """Check again after every save, until Ctrl-C. 每次保存后自动检查，Ctrl-C 退出。

    Watches the chapter's file in the current folder; without a chapter, every chapter's file. Trains nothing.
    """
    watch(chapters=chapters, seed=seed, lang=lang)


def watch(*, chapters: tuple[str, ...] = (), seed: int = 0, lang: Lang = "en") -> None:
    """Check the files, then each file that is saved, until Ctrl-C.

    Raises:
        UsageError, SubmissionError: there is nothing to watch.
    """
    from dlgrade.judge.remote import RemoteJudge

    with RemoteJudge() as judge:
        course = load_course()
        files = _files(course, chapters)
        from dlgrade.report.screen import Screen
        from dlgrade.report.terminal import Terminal

        open_judge(judge, course, Terminal(lang))
        with Screen(lang) as screen:
            try:
                for path in saved(files):
                    _check_file(judge, files[path], path, seed, screen)
                    sys.stdout.flush()
            except KeyboardInterrupt:
                return


def _files(course: Course, names: tuple[str, ...]) -> dict[Path, Chapter]:
    """Return the files to watch in the current folder: those of the named chapters, or all."""
    folder = Path.cwd()
    chapters = [course.chapter(name) for name in names] or [chapter for chapter, _ in all_in(course, folder)]
    if not chapters:
        raise UsageError(
            both(
                "There is no chNN*.py or chNN*.ipynb here. `dlgrade start ch28` gets a chapter's starter code.",
                "当前文件夹中没有 chNN*.py 或 chNN*.ipynb。用 `dlgrade start ch28` 获取某一章的起始代码。",
            )
        )
    return {locate(chapter, None, folder): chapter for chapter in chapters}


def _check_file(judge: RemoteJudge, chapter: Chapter, path: Path, seed: int, screen: Screen) -> None:
    started = time.perf_counter()
    try:
        submission = read(path)
        report = judge.grade(chapter, submission, RunOptions(seed=seed, training="later"))
    except DlgradeError as error:  # for example a notebook that an editor is still writing
        screen.fault(path, error.text)
        return
    record.note_check(chapter, submission, report)
    screen.show(chapter, path, report, time.perf_counter() - started)
