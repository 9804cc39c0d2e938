"""`dlgrade calibrate`: what the references reach when they are trained, and the thresholds that follow from it."""

from __future__ import annotations

import statistics
import sys
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
from dlgrade.course import Chapter, starter_code
from dlgrade.course.thresholds import RUNS, calibrated, own_task, thresholds, thresholds_file, write_thresholds
from dlgrade.errors import UsageError
from dlgrade.submission import Submission
from dlgrade.text import Lang, both, chosen_lang

if TYPE_CHECKING:
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.options import Device
    from dlgrade.results.report import CheckReport


@click.command("calibrate")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=complete.chapters)
@device_option
@data_option
@lang_option
def command(chapters: tuple[str, ...], device: Device, data: tuple[str, ...], lang: Lang) -> None:
    """Train the references over ten seeds and write thresholds.yaml. 校准训练阈值。

    What checks for a GPU have to reach stays as it is where there is none; --device cpu trains them without.
    With --data, thresholds on that data set are added to those on generated data.
    """
    del lang
    calibrate(chapters=chapters, device=device, data=data)


def calibrate(*, chapters: tuple[str, ...], device: Device = "auto", data: tuple[str, ...] = ()) -> None:
    """Write the thresholds of some chapters.

    Raises:
        UsageError: a chapter has no check that trains, or none on such data, or its reference does not get through one.
    """
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.terminal import Terminal

    with RemoteJudge() as judge:
        here = load_course(data)
        wanted = [here.chapter(name) for name in chapters]
        open_judge(judge, here, Terminal(chosen_lang()), device=device)
        for chapter in wanted:
            _calibrate(judge, chapter)


def _calibrate(judge: RemoteJudge, chapter: Chapter) -> None:
    runs: dict[str, list[CheckReport]] = {}
    left_out: set[str] = set()
    for seed in range(RUNS):
        if sys.stderr.isatty():
            say(both(f"{chapter.id}: run {seed + 1} of {RUNS}", f"{chapter.id}：第 {seed + 1}/{RUNS} 次"), err=True)
        for check in _trained(judge, chapter, seed):
            if check.measured is None:
                left_out.add(check.id)
            else:
                runs.setdefault(check.measured.task, []).append(check)
    before = thresholds(judge.course, chapter)
    others = bool(left_out or judge.course.data)  # not measured now, and as true as before
    entries = {task: before[task] for task in before if others or own_task(task) in runs}
    for task, checks in runs.items():
        measured = [check.measured for check in checks if check.measured]
        scores, first = [one.value for one in measured], measured[0]
        seconds = statistics.median(check.seconds for check in checks)
        reported = before[task].reported if task in before else ""
        entry = entries[task] = calibrated(
            scores, first.better, first.steps, seconds, reported=reported, device=first.device
        )
        shown = ", ".join(f"{score:.3f}" for score in scores)
        echo(
            f"{chapter.id} {task}: {entry.mean:.4f} +- {entry.spread:.4f} ({shown}), "
            f"{entry.steps} steps in {entry.seconds:g} s, threshold {entry.threshold:g}"
        )
    for name in sorted(left_out):
        say(both(f"{name} needs a GPU: left as it is.", f"{name} 需要 GPU：保持不变。"))
    path = thresholds_file(judge.course, chapter)
    write_thresholds(path, entries)
    say(both(f"Wrote {path}.", f"已写入 {path}。"))


def _trained(judge: RemoteJudge, chapter: Chapter, seed: int) -> list[CheckReport]:
    """The checks of the chapter that train, on its reference."""
    reference = Submission.from_source(starter_code.read_reference(judge.course, chapter), f"{chapter.stem}.py")
    try:
        report = judge.grade(chapter, reference, seed=seed, training="only")
    except UsageError:
        raise UsageError(
            both(f"{chapter.id} has no check that trains.", f"{chapter.id} 没有需要训练的检查项。")
        ) from None
    for check in report.checks:
        if check.measured is None and check.needs != "gpu":
            message = check.message.en if check.message else check.verdict.value
            raise UsageError(both(f"{check.id}: {message}", f"{check.id}：{message}"))
    data = judge.course.data
    if data and not any(
        check.measured and check.measured.task != own_task(check.measured.task) for check in report.checks
    ):
        names = ", ".join(data)
        raise UsageError(both(f"{chapter.id} cannot train on {names}.", f"{chapter.id} 不能用 {names} 训练。"))
    return report.checks
