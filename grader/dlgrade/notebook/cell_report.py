"""The report below a notebook cell: a table of the checks, the explanations, pictures of tensors.

The HTML has neither scripts nor style sheets, so that JupyterLab, VS Code and exported notebooks show the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from typing import Any

from rich.console import Console

from dlgrade import sandbox_parts
from dlgrade.course import Chapter
from dlgrade.legible import one_line, shorter
from dlgrade.report import box_pictures, pictures
from dlgrade.report.causes import by_cause, fault_of_the_file
from dlgrade.report.facts import facts
from dlgrade.report.sentences import (
    left_out_sentence,
    next_step,
    price_sentences,
    score_sentence,
    waiting_sentences,
)
from dlgrade.report.terminal import WIDTH, Terminal
from dlgrade.results import ChapterReport, CheckReport, Report, number
from dlgrade.text import Lang, Text, both, same

CELL = "text-align:left;vertical-align:top;padding:2px 10px 2px 0"
QUIET = "opacity:.7"
PRE = "margin:0;white-space:pre-wrap;overflow-wrap:anywhere"


class CellReport:
    """The value of `%dlgrade check`. A notebook shows it as a table, a terminal as plain text.

    Programs read `report` and `passed`. With `show`, the plain text also has pictures.
    """

    def __init__(self, report: Report, chapters: list[Chapter], lang: Lang, missing: list[str], *, show: bool) -> None:
        self.report = report
        self.chapters = chapters
        self.lang: Lang = lang
        self.missing = missing
        self.show = show

    @property
    def passed(self) -> bool:
        return self.report.exit_code == 0

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        """Return the text that `dlgrade check` prints."""
        console = Console(
            file=io.StringIO(), width=WIDTH, highlight=False, markup=False, emoji=False, force_jupyter=False,
            force_terminal=False,
        )  # fmt: skip
        terminal = Terminal(self.lang, console=console)
        terminal.sandbox(self.missing)
        for chapter, result in zip(self.chapters, self.report.chapters, strict=True):
            terminal.begin(chapter, self.report.submission)
            for check in result.checks:
                terminal.check(check)
            terminal.explain(result if self.show else _without_pictures(result))
        terminal.conclude(self.report, self.chapters)
        file = console.file
        assert isinstance(file, io.StringIO)
        return _as_magic(file.getvalue()).rstrip("\n")

    def _repr_html_(self) -> str:
        return "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        yield "<div>"
        if words := sandbox_parts.notice(self.missing):
            yield f'<div style="{QUIET}">{self._words(words)}</div>'
        for chapter, result in zip(self.chapters, self.report.chapters, strict=True):
            yield from self._chapter(chapter, result)
        yield f"<div><b>{self._words(score_sentence(self.report))}</b></div>"
        yield f"<div>{_code(self._words(next_step(self.report, self.chapters)))}</div></div>"

    def _words(self, words: Text) -> str:
        return escape(shorter(_as_magic(words.of(self.lang))))

    def _chapter(self, chapter: Chapter, report: ChapterReport) -> Iterator[str]:
        """Yield the table. An explanation follows the first check of each cause."""
        name = f"{chapter.id} {chapter.title.of(self.lang)} · {one_line(self.report.submission)}"
        yield f"<div><b>{escape(name)}</b></div>"
        if (fault := fault_of_the_file(report.checks)) is not None:
            yield f"<div>{self._explanation([fault], briefly=False)}</div>"
            return
        yield '<table style="border-collapse:collapse;margin:4px 0"><tbody>'
        explained = {checks[0].id: self._explanation(checks, briefly) for checks, briefly in by_cause(report)}
        titles = {exercise.name: exercise.title for exercise in chapter.exercises}
        for exercise, checks in report.exercises().items():
            title = titles.get(exercise, same("")).of(self.lang)
            head = f'<th style="{CELL};padding-top:8px"'
            yield f'<tr>{head} colspan="2"><code>{escape(exercise)}</code> {escape(title)}</th>'
            yield f"{head}>{_points(checks, report.earned_in(exercise))}</th></tr>"
            for check in checks:
                yield self._line(check)
                if check.id in explained:
                    yield f'<tr><td style="{CELL}"></td><td colspan="2" style="{CELL}">{explained[check.id]}</td></tr>'
        yield "</tbody></table>"
        for cost in price_sentences(report).values():
            yield f"<div>{self._words(cost)}</div>"
        for waiting in waiting_sentences(report):
            yield f'<div style="{QUIET}">{self._words(waiting)}</div>'
        if sentence := left_out_sentence(report):
            yield f'<div style="{QUIET}">{self._words(sentence)}</div>'

    def _line(self, check: CheckReport) -> str:
        points = both("bonus", "附加").of(self.lang) if check.bonus else _points([check], check.earned)
        return (
            f'<tr><td style="{CELL};white-space:nowrap;color:{check.verdict.colour}">'
            f"{self._words(check.verdict.short)}</td>"
            f'<td style="{CELL}">{self._words(check.description)}</td>'
            f'<td style="{CELL};white-space:nowrap">{points if check.points or check.bonus else ""}</td></tr>'
        )

    def _explanation(self, checks: list[CheckReport], briefly: bool) -> str:
        first, *others = checks
        parts = [f"<div>{self._words(first.message)}</div>"] if first.message else []
        if not briefly:
            parts += [*self._frames(first), *self._facts(first)]
            if first.detail.picture is not None:
                parts.append(pictures.html(first.detail.picture, self.lang))
            if first.detail.boxes is not None:
                parts.append(box_pictures.html(first.detail.boxes, self.lang))
        if first.hint:
            parts.append(f"<div><b>{self._words(both('diagnosis ', '诊断 ') + first.hint)}</b></div>")
        if others:
            names = same(", ".join(check.id for check in others[:12]) + (" ..." if len(others) > 12 else ""))
            parts.append(f'<div style="{QUIET}">{self._words(both("the same cause: ", "同一原因：") + names)}</div>')
        return "".join(parts)

    def _frames(self, check: CheckReport) -> Iterator[str]:
        for frame in check.detail.frames[-3:]:
            file, line, function = frame.file, frame.line, frame.function + frame.repeated
            place = both(f"{file} line {line} {function}", f"{file} 第 {line} 行 {function}")
            yield f'<div style="{QUIET}">{self._words(place)}</div>'
            if frame.source:
                yield f'<pre style="{PRE};padding-left:16px">{escape(shorter(frame.source))}</pre>'

    def _facts(self, check: CheckReport) -> Iterator[str]:
        for fact in facts(check):
            if fact.label.en == "Where":
                continue  # `_frames` shows the place as a cell and a line
            left = f" {self._words(fact.left_out)}" if fact.left_out else ""
            yield (
                f'<div><span style="{QUIET}">{self._words(fact.label)}</span>'
                f'<pre style="{PRE};padding-left:16px">{escape(fact.words)}{left}</pre></div>'
            )


def _points(checks: list[CheckReport], earned: float) -> str:
    return f"{number(earned)}/{number(sum(check.points for check in checks))}"


def _as_magic(words: str) -> str:
    """Write commands as a notebook has them: with a percent sign."""
    return words.replace("`dlgrade ", "`%dlgrade ")


def _code(words: str) -> str:
    """Show the text between backticks as code."""
    parts = words.split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _without_pictures(report: ChapterReport) -> ChapterReport:
    import msgspec

    replace = msgspec.structs.replace
    checks = [replace(check, detail=replace(check.detail, picture=None, boxes=None)) for check in report.checks]
    return replace(report, checks=checks)
