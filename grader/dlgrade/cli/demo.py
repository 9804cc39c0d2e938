"""`dlgrade demo`: three submissions of ch28 graded before the reader's eyes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course
from dlgrade.cli import lang_option, open_judge
from dlgrade.text import Lang, Text, both, same
from dlgrade.worker.limits import Limits

if TYPE_CHECKING:
    from dlgrade.course import Course
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.options import SandboxMode
    from dlgrade.report.terminal import Terminal
    from dlgrade.results import ChapterReport

CHAPTER = "ch28"
MISTAKE = "unbiased-variance"
SAMPLES = (
    both("A right answer", "一份正确的解答"),
    both("A common mistake: the variance divides by N - 1", "一个常见错误：方差除以 N-1"),
    both("An attack on the grader", "一次对评分器的攻击"),
)


@click.command("demo")
@lang_option
@click.option("--sandbox", type=click.Choice(["auto", "require", "off"]), default="auto", hidden=True)
def command(lang: Lang, sandbox: SandboxMode) -> None:
    """Grade three sample submissions of ch28: right, mistaken, hostile. 给三份示例提交评分。"""
    sys.exit(demo(lang=lang, sandbox=sandbox))


def demo(*, lang: Lang, sandbox: SandboxMode = "auto") -> int:
    """Show full marks, a named mistake, and an attack that earns nothing; 0 when all three came out so."""
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.terminal import Terminal

    terminal = Terminal(lang)
    limits = Limits(check_seconds=2)  # the attack hangs; nobody should have to watch that for long
    with RemoteJudge() as judge:
        here = course.load()
        open_judge(judge, here, terminal, sandbox=sandbox, limits=limits)
        results = [
            _show(judge, terminal, title, name, source)
            for title, (name, source) in zip(SAMPLES, samples(here), strict=True)
        ]
    right, mistaken, attack = results
    terminal.print("")
    command = same(f"dlgrade start {CHAPTER} && dlgrade check {CHAPTER}")
    terminal.print(both("Now your turn: ", "轮到你了：") + command, "bold")
    named = any(check.diagnosis == MISTAKE for check in mistaken.checks)
    return 0 if right.score == right.points and named and attack.score == 0 else 1


def samples(here: Course) -> list[tuple[str, str]]:
    """(file name, source) of the three submissions."""
    from dlgrade import samples as folder
    from dlgrade.course import starter_code
    from dlgrade.course.misconceptions import changed

    chapter = here.chapter(CHAPTER)
    right = starter_code.read_reference(here, chapter)
    mistake = next(m for m in here.misconceptions(chapter) if m.id == MISTAKE)
    attack = (Path(str(folder.__file__)).parent / "attack.py").read_text(encoding="utf-8")
    return [("right.py", right), ("mistaken.py", changed(right, mistake, MISTAKE)), ("attack.py", attack)]


def _show(judge: RemoteJudge, terminal: Terminal, title: Text, name: str, source: str) -> ChapterReport:
    from dlgrade.submission import Submission

    chapter = judge.course.chapter(CHAPTER)
    terminal.print("")
    terminal.print(title + both(f" ({name})", f"（{name}）"), "bold")
    with terminal.waiting(both("  grading ...", "  评分中 ...")):
        report = judge.grade(chapter, Submission.from_source(source, name), training="never")
    terminal.summarise(report)
    return report
