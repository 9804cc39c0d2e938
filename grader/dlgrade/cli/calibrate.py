"""`dlgrade calibrate`: train the references, and set the thresholds of training checks from their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dlgrade.cli import (
    complete,
    data_option,
    device_option,
    echo,
    lang_option,
    load_course,
    open_judge,
    say,
)
from dlgrade.course import Chapter
from dlgrade.course.thresholds import RUNS, thresholds_file, write_thresholds
from dlgrade.report.progress_line import ProgressLine
from dlgrade.text import Lang, both, chosen_lang

if TYPE_CHECKING:
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.options import Device


@click.command("calibrate")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=complete.chapters)
@device_option
@data_option
@lang_option
def command(chapters: tuple[str, ...], device: Device, data: tuple[str, ...], lang: Lang) -> None:
    """Train the references over ten seeds and write thresholds.yaml. 校准训练阈值。

    Without a GPU, the thresholds of checks that need one stay as they are; --device cpu trains them anyway.
    With --data, thresholds for that data set are added to those for generated data.
    """
    del lang
    calibrate(chapters=chapters, device=device, data=data)


def calibrate(*, chapters: tuple[str, ...], device: Device = "auto", data: tuple[str, ...] = ()) -> None:
    """Write the thresholds of some chapters.

    Raises:
        UsageError: a chapter has no check that trains on this data, or its reference fails such a check.
    """
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.terminal import Terminal

    with RemoteJudge() as judge:
        course = load_course(data)
        wanted = [course.chapter(name) for name in chapters]
        open_judge(judge, course, Terminal(chosen_lang()), device=device)
        for chapter in wanted:
            _calibrate(judge, chapter)


def _calibrate(judge: RemoteJudge, chapter: Chapter) -> None:
    """Train one reference, print the scores, and write the thresholds."""
    from dlgrade.audit import calibration

    progress = ProgressLine()

    def show(seed: int) -> None:
        state = both(f"{chapter.id}: run {seed + 1} of {RUNS}", f"{chapter.id}：第 {seed + 1}/{RUNS} 次")
        progress.show(state.of(chosen_lang()))

    runs = calibration.train(judge, chapter, show)
    progress.clear()
    entries = calibration.new_thresholds(judge, chapter, runs)
    for task in runs.checks:
        entry, scores = entries[task], ", ".join(f"{score:.3f}" for score in runs.scores(task))
        echo(
            f"{chapter.id} {task}: {entry.mean:.4f} +- {entry.spread:.4f} ({scores}), "
            f"{entry.steps} steps in {entry.seconds:g} s, threshold {entry.threshold:g}"
        )
    for name in sorted(runs.left_out):
        say(both(f"{name} needs a GPU: its threshold stays as it is.", f"{name} 需要 GPU：阈值保持不变。"))
    path = thresholds_file(judge.course, chapter)
    write_thresholds(path, entries)
    say(both(f"Wrote {path}.", f"已写入 {path}。"))
