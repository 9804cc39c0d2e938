"""`dlgrade hint`: one more hint at each call, from a nudge to the key idea."""

from __future__ import annotations

import click

from dlgrade.cli import complete, lang_option, load_course, say
from dlgrade.course import Chapter
from dlgrade.errors import UsageError
from dlgrade.student import record
from dlgrade.text import Lang, both, lang_argument, same


@click.command("hint")
@click.argument("name", metavar="CHAPTER[.EXERCISE]", shell_complete=complete.chapters)
@click.argument("exercise", required=False, default="", metavar="")
@lang_option
def command(name: str, exercise: str, lang: Lang) -> None:
    """Show the next hint. 再给一条提示。

    \b
    dlgrade hint ch28                 for the first exercise that does not pass yet
    dlgrade hint ch28.layer_norm

    The last `dlgrade check` decides which exercise that is.
    """
    course = load_course()
    chapter_id, _, named = name.partition(".")
    chapter = course.chapter(chapter_id)
    wanted = named or exercise or _first_open(chapter)
    if wanted is None:
        command = f"`dlgrade hint {chapter.id}.{chapter.exercises[0].name}{lang_argument()}`"
        say(
            both(
                f"All exercises of {chapter.id} pass. Name an exercise to see its hints: {command}.",
                f"{chapter.id} 的练习全部通过。要看某个练习的提示，请写出它的名称：{command}。",
            )
        )
        return
    hint(chapter, wanted, lang)


def hint(chapter: Chapter, exercise: str, lang: Lang) -> None:
    """Print the hints of an exercise that were given so far, and the next hint.

    Raises:
        UsageError: the chapter has no such exercise.
    """
    known = [entry.name for entry in chapter.exercises]
    if exercise not in known:
        names = ", ".join(known)
        raise UsageError(
            both(
                f"{chapter.id} has no exercise {exercise!r}; it has {names}.",
                f"{chapter.id} 中没有练习 {exercise!r}；现有 {names}。",
            )
        )
    from dlgrade.report.terminal import Terminal

    hints = chapter.exercise(exercise).hints
    given = min(record.given_hints(chapter).given.get(exercise, 0), len(hints))
    title = chapter.exercise(exercise).title.of(lang)
    terminal = Terminal(lang)
    terminal.print(f"{chapter.id}.{exercise}  {title}", "bold")
    for number, words in enumerate(hints[: given + 1], 1):
        terminal.print(same(f"{number}. ") + words, indent=2)
    if given < len(hints):
        record.note_hint(chapter, exercise, given + 1)
    left = len(hints) - given - 1
    if left > 0:
        say(both(f"({left} more hints: run the same command again)", f"（还有 {left} 条：再次运行同一命令）"))
    elif _passed(chapter).get(exercise):
        say(both("(That was the last hint. This exercise passes.)", "（没有更多提示了。这个练习已经通过。）"))
    else:
        command = f"`dlgrade check {chapter.id} -k {exercise}{lang_argument()}`"
        say(
            both(
                f"(That was the last hint. {command} shows what is wrong.)",
                f"（没有更多提示了。用 {command} 查看哪里不对。）",
            )
        )


def _first_open(chapter: Chapter) -> str | None:
    """Return the first exercise that did not pass at the last check; None if all passed."""
    passed = _passed(chapter)
    return next((exercise.name for exercise in chapter.exercises if not passed.get(exercise.name)), None)


def _passed(chapter: Chapter) -> dict[str, bool]:
    """Return whether each exercise passed at the last check. Empty if the chapter was never checked."""
    last = record.last_check(chapter)
    return last.passed if last else {}
