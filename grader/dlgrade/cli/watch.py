"""`dlgrade watch`: check again at every save, on one screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course, submission
from dlgrade.cli import complete, lang_option, open_judge
from dlgrade.course import Chapter
from dlgrade.errors import DlgradeError, UsageError
from dlgrade.student import record
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.screen import Screen

POLL_SECONDS = 0.04
Stamp = tuple[int, int]


@click.command("watch")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER...]", shell_complete=complete.chapters)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed of the inputs (0). 随机种子。")
@lang_option
def command(chapters: tuple[str, ...], seed: int, lang: Lang) -> None:
    """Check again at every save; Ctrl-C ends it. 每次保存后自动检查，Ctrl-C 退出。

    Watches the chapter's file in the current folder; of no chapter, all that are there. Nothing is trained.
    """
    watch(chapters=chapters, seed=seed, lang=lang)


def watch(*, chapters: tuple[str, ...] = (), seed: int = 0, lang: Lang = "en") -> None:
    """Check what is there, then whatever is saved, until Ctrl-C.

    Raises:
        UsageError, SubmissionError: there is nothing to watch.
    """
    from dlgrade.judge.remote import RemoteJudge

    with RemoteJudge() as judge:
        _watch(judge, chapters, seed, lang)


def _watch(judge: RemoteJudge, chapters: tuple[str, ...], seed: int, lang: Lang) -> None:
    here = course.load()
    wanted = [here.chapter(name) for name in chapters] or [one for one, _ in submission.all_in(here, Path.cwd())]
    if not wanted:
        raise UsageError(
            both(
                "There is no chNN*.py or chNN*.ipynb here. `dlgrade start ch28` gets a chapter's starter code.",
                "当前文件夹中没有 chNN*.py 或 chNN*.ipynb。用 `dlgrade start ch28` 获取某一章的起始代码。",
            )
        )
    files = {submission.locate(chapter, None, Path.cwd()): chapter for chapter in wanted}
    from dlgrade.report.screen import Screen
    from dlgrade.report.terminal import Terminal

    open_judge(judge, here, Terminal(lang))
    with Screen(lang) as screen:
        try:
            for path in _saved(files, first=len(files) == 1):
                _check(judge, files[path], path, seed, screen)
                sys.stdout.flush()
        except KeyboardInterrupt:
            return


def _check(judge: RemoteJudge, chapter: Chapter, path: Path, seed: int, screen: Screen) -> None:
    started = time.perf_counter()
    try:
        one = submission.read(path)
        report = judge.grade(chapter, one, seed=seed, training="later")
    except DlgradeError as error:  # a notebook that is no JSON at this moment, an empty file
        screen.fault(path, error.text)
        return
    record.note_check(chapter, one, report)
    screen.show(chapter, path, report, time.perf_counter() - started)


def _saved(files: dict[Path, Chapter], *, first: bool) -> Iterator[Path]:
    """Each file as it is saved; one by itself at once, of several the one that was saved last."""
    stamps: dict[Path, Stamp | None] = {path: _stamp(path) for path in files}
    yield next(iter(files)) if first else max(files, key=lambda path: stamps[path] or (0, 0))
    while True:
        time.sleep(POLL_SECONDS)
        for path in files:
            stamp = _stamp(path)
            if stamp is not None and stamp != stamps[path]:  # gone for a moment, as editors replace files
                stamps[path] = stamp
                yield path


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
