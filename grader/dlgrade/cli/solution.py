"""`dlgrade solution`: the reference beside the student's own version, once that passes."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dlgrade import course, submission
from dlgrade.cli import complete, echo, lang_option, open_judge
from dlgrade.course import Chapter, Course, starter_code
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both

if TYPE_CHECKING:
    from dlgrade.report.terminal import Terminal
    from dlgrade.submission import Submission

SIDE_BY_SIDE = 160  # columns of a terminal in which both versions stand beside each other


@click.command("solution")
@click.argument("what", metavar="CHAPTER.EXERCISE", shell_complete=complete.chapters)
@click.option("--submission", "given", type=click.Path(path_type=Path), help="File; else chNN*.py here. 提交的文件。")
@lang_option
def command(what: str, given: Path | None, lang: Lang) -> None:
    """The reference beside your own version, once yours passes. 对照参考答案与你的解答。

    \b
    dlgrade solution ch28.batch_norm
    """
    here = course.load()
    name, _, exercise = what.partition(".")
    chapter = here.chapter(name)
    _require(here, chapter, exercise)
    own = submission.find(chapter, given, Path.cwd())
    from dlgrade.report.terminal import Terminal

    terminal = Terminal(lang)
    _require_pass(here, chapter, exercise, own, terminal)
    theirs = with_helpers(starter_code.read_reference(here, chapter), exercise)
    _show(terminal, exercise, definition(own.source, exercise), theirs)


def _require(here: Course, chapter: Chapter, exercise: str) -> None:
    names = ", ".join(one.name for one in chapter.exercises)
    if exercise not in {one.name for one in chapter.exercises}:
        example = f"{chapter.id}.{chapter.exercises[0].name}"
        raise UsageError(
            both(
                f"Name an exercise of {chapter.id}, as in `dlgrade solution {example}`: {names}.",
                f"请给出 {chapter.id} 的一个练习，例如 `dlgrade solution {example}`：{names}。",
            )
        )
    if not here.shows_solutions or not here.reference(chapter).is_file():
        raise UsageError(both("This course does not show its solutions.", "本课程不公开参考答案。"))


def _require_pass(here: Course, chapter: Chapter, exercise: str, own: Submission, terminal: Terminal) -> None:
    """Check the exercise now: what passed last week may have changed since.

    Raises:
        UsageError: it does not pass.
    """
    from dlgrade.judge.remote import RemoteJudge

    with RemoteJudge() as judge:
        open_judge(judge, here, terminal)
        report = judge.grade(chapter, own, keyword=exercise, training="never")
    wrong = [check.id for check in report.checks if check.exercise == exercise and check.failed]
    if wrong:
        raise UsageError(
            both(
                f"{exercise} does not pass yet ({wrong[0]}). Its solution is shown once it does; "
                f"`dlgrade hint {chapter.id}.{exercise}` helps until then.",
                f"{exercise} 还没有通过（{wrong[0]}），通过后才能查看参考答案；"
                f"在此之前可以用 `dlgrade hint {chapter.id}.{exercise}` 获取提示。",
            )
        )


def definition(source: str, name: str) -> str:
    """The source of a function or class of the top level, its decorators included, its docstring left out.

    Of several the last, which is the one that counts: a notebook may well have its first attempts still in it.
    """
    for statement in reversed(ast.parse(source).body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name == name:
            first = min([statement.lineno, *(mark.lineno for mark in statement.decorator_list)])
            lines = submission.NEWLINE.split(source)
            documented = statement.body[0] if ast.get_docstring(statement) and len(statement.body) > 1 else None
            hidden = range(documented.lineno, (documented.end_lineno or 0) + 1) if documented else range(0)
            numbers = range(first, (statement.end_lineno or first) + 1)
            return "\n".join(lines[number - 1] for number in numbers if number not in hidden)
    return ""


def with_helpers(reference: str, name: str) -> str:
    """A definition of the reference without its marks, and the private helpers of the file that it calls."""
    code = "\n".join(
        line for line in reference.splitlines() if line.strip() not in (starter_code.BEGIN, starter_code.END)
    )
    found = definition(code, name)
    helpers = {
        one.name for one in ast.parse(code).body if isinstance(one, ast.FunctionDef) and one.name.startswith("_")
    }
    used = sorted(one for one in helpers if one in found)
    return "\n\n\n".join([*(definition(code, one) for one in used), found])


def _show(terminal: Terminal, exercise: str, own: str, reference: str) -> None:
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
