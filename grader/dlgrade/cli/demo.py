"""`dlgrade demo`: grade three sample submissions of ch28."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade.cli import lang_option, load_course, open_judge
from dlgrade.options import RunOptions
from dlgrade.text import Lang, Text, both, same
from dlgrade.worker.limits import Limits

if TYPE_CHECKING:
    from dlgrade.course import Course
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.options import SandboxMode
    from dlgrade.report.terminal import Terminal
    from dlgrade.results import ChapterReport

CHAPTER = "ch28"
MISCONCEPTION = "unbiased-variance"
SAMPLES = (
    both("A right answer", "一份正确的解答"),
    both("A common misconception: the variance divides by N - 1", "一个常见错误：方差除以 N-1"),
    both("An attack on the grader", "一次对评分器的攻击"),
)


@click.command("demo")
@lang_option
@click.option("--sandbox", type=click.Choice(["auto", "require", "off"]), default="auto", hidden=True)
def command(lang: Lang, sandbox: SandboxMode) -> None:
    """Grade three sample submissions of ch28: right, wrong, hostile. 给三份示例提交评分。"""
    sys.exit(demo(lang=lang, sandbox=sandbox))


def demo(*, lang: Lang, sandbox: SandboxMode = "auto") -> int:
    """Show full marks, a diagnosed misconception, and an attack that earns nothing. Return 0 if all three end so."""
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.terminal import Terminal

    terminal = Terminal(lang)
    limits = Limits(check_seconds=2)  # the attack hangs, and a reader should not wait long
    with RemoteJudge() as judge:
        course = load_course()
        open_judge(judge, course, terminal, sandbox=sandbox, limits=limits)
        results = [
            _grade_sample(judge, terminal, title, name, source)
            for title, (name, source) in zip(SAMPLES, samples(course), strict=True)
        ]
    right, mistaken, attack = results
    terminal.print("")
    command = same(f"dlgrade start {CHAPTER} && dlgrade check {CHAPTER}")
    terminal.print(both("Now your turn: ", "轮到你了：") + command, "bold")
    named = any(check.diagnosis == MISCONCEPTION for check in mistaken.checks)
    return 0 if right.score == right.points and named and attack.score == 0 else 1


def samples(course: Course) -> list[tuple[str, str]]:
    """Return the three submissions, each as (file name, source)."""
    from dlgrade import samples as folder
    from dlgrade.course import references

    reference = references.read(course, course.chapter(CHAPTER))
    wrong = reference.with_misconceptions(MISCONCEPTION)
    attack = (Path(str(folder.__file__)).parent / "attack.py").read_text(encoding="utf-8")
    return [("right.py", reference.source), ("mistaken.py", wrong), ("attack.py", attack)]


def _grade_sample(judge: RemoteJudge, terminal: Terminal, title: Text, name: str, source: str) -> ChapterReport:
    from dlgrade.submission import Submission

    chapter = judge.course.chapter(CHAPTER)
    terminal.print("")
    terminal.print(title + both(f" ({name})", f"（{name}）"), "bold")
    with terminal.waiting(both("  grading ...", "  评分中 ...")):
        report = judge.grade(chapter, Submission.from_source(source, name), RunOptions(training="never"))
    terminal.summarise(report)
    return report
