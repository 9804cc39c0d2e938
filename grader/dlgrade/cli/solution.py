"""`dlgrade solution`: the reference beside the student's own code, once that passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade.cli import complete, echo, lang_option, load_course, open_judge
from dlgrade.course import Chapter, Course, references
from dlgrade.errors import UsageError
from dlgrade.options import RunOptions
from dlgrade.student.model_answer import definition, model_answer
from dlgrade.submission import Submission, find
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.report.terminal import Terminal

SIDE_BY_SIDE = 160  # columns that a terminal needs to show both versions side by side


@click.command("solution")
@click.argument("name", metavar="CHAPTER.EXERCISE", shell_complete=complete.chapters)
@click.option(
    "--submission",
    "given",
    type=click.Path(path_type=Path),
    help="File to compare (default: chNN*.py here). 提交的文件。",
)
@lang_option
def command(name: str, given: Path | None, lang: Lang) -> None:
    """Compare the reference with your solution, once yours passes. 对照参考答案与你的解答。

    \b
    dlgrade solution ch28.batch_norm
    """
    course = load_course()
    chapter_id, _, exercise = name.partition(".")
    chapter = course.chapter(chapter_id)
    _require_shown(course, chapter, exercise)
    submission = find(chapter, given, Path.cwd())
    from dlgrade.report.terminal import Terminal

    terminal = Terminal(lang)
    _require_pass(course, chapter, exercise, submission, terminal)
    answer = model_answer(references.source(course, chapter), exercise)
    _show_both(terminal, exercise, definition(submission.source, exercise), answer)


def _require_shown(course: Course, chapter: Chapter, exercise: str) -> None:
    """Raise a UsageError unless the exercise exists and the course shows its solutions."""
    if exercise not in [known.name for known in chapter.exercises]:
        names = ", ".join(known.name for known in chapter.exercises)
        example = f"{chapter.id}.{chapter.exercises[0].name}"
        raise UsageError(
            both(
                f"Name an exercise of {chapter.id}, as in `dlgrade solution {example}`: {names}.",
                f"请给出 {chapter.id} 的一个练习，例如 `dlgrade solution {example}`：{names}。",
            )
        )
    if not course.shows_solutions or not course.reference(chapter).is_file():
        raise UsageError(both("This course does not show its solutions.", "本课程不公开参考答案。"))


def _require_pass(course: Course, chapter: Chapter, exercise: str, submission: Submission, terminal: Terminal) -> None:
    """Check the exercise now, because the file may have changed since the last check.

    Raises:
        UsageError: the exercise does not pass.
    """
    from dlgrade.judge.remote import RemoteJudge

    with RemoteJudge() as judge:
        open_judge(judge, course, terminal)
        report = judge.grade(chapter, submission, RunOptions(keyword=exercise, training="never"))
    wrong = [check.id for check in report.checks if check.exercise == exercise and check.failed]
    if wrong:
        raise UsageError(
            both(
                f"{exercise} does not pass yet ({wrong[0]}). Its solution is shown once it passes. "
                f"Until then, `dlgrade hint {chapter.id}.{exercise}` helps.",
                f"{exercise} 还没有通过（{wrong[0]}），通过后才能查看参考答案；"
                f"在此之前可以用 `dlgrade hint {chapter.id}.{exercise}` 获取提示。",
            )
        )


def _show_both(terminal: Terminal, exercise: str, own: str, reference: str) -> None:
    """Print both versions: side by side on a wide terminal, otherwise the reference below."""
    from rich.columns import Columns
    from rich.panel import Panel
    from rich.syntax import Syntax

    titles = both("Yours", "你的解答"), both("Reference", "参考答案")
    console = terminal.console
    if console.is_terminal and console.size.width >= SIDE_BY_SIDE:
        console.width = console.size.width
        half = console.width // 2 - 2
        sides = zip(titles, (own, reference), strict=True)
        console.print(
            Columns([Panel(Syntax(code, "python"), title=title.of(terminal.lang), width=half) for title, code in sides])
        )
        return
    for title, code in zip(titles, (own, reference), strict=True):
        terminal.print(f"{title.of(terminal.lang)}: {exercise}", "bold")
        if console.is_terminal:
            console.print(Syntax(code, "python", background_color="default", word_wrap=True))
        else:
            echo(code)
        echo("")
