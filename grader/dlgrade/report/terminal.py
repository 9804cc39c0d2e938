"""The report on a terminal: a line for each check, the explanations, the score, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from dlgrade import sandbox_parts
from dlgrade.course import Chapter
from dlgrade.legible import visible
from dlgrade.report.causes import by_cause, fault_of_the_file, is_of_the_file
from dlgrade.report.progress_line import ProgressLine
from dlgrade.report.sentences import (
    left_out_sentence,
    next_step,
    price_sentences,
    score_sentence,
    waiting_sentences,
)
from dlgrade.report.wrapping import in_lines
from dlgrade.results import ChapterReport, CheckReport, Report, Verdict, number
from dlgrade.text import Lang, Text, both, same

WIDTH = 80
SHOWN_OUTPUT_LINES = 6


class Terminal:
    """Writes a report to standard output.

    A pipe gets no colour and 80 columns. A quiet terminal writes nothing. For each chapter, call `begin`, then `check`
    for each check as it ends, then `explain`; call `conclude` once at the end.
    """

    def __init__(self, lang: Lang, *, quiet: bool = False, console: Console | None = None) -> None:
        self.lang = lang
        self.progress = ProgressLine(quiet=quiet)
        self.console = console or Console(highlight=False, markup=False, emoji=False, quiet=quiet)
        if not self.console.is_terminal or self.console.width > 100:
            self.console.width = WIDTH if not self.console.is_terminal else 100
        self.exercise: str | None = None
        self.titles: dict[str, Text] = {}
        self.previous: Text | None = None
        self.repeated = 0
        self.held_back: list[CheckReport] = []
        self.verdicts: dict[str, Verdict] = {}  # as they were printed

    def waiting(self, words: Text) -> AbstractContextManager[None]:
        """Show these words while a slow block runs, if somebody watches."""
        return self.progress.during(words.of(self.lang))

    def print(self, words: Text | str, style: str = "", indent: int = 0) -> None:
        """Print a text in the chosen language, wrapped to the width."""
        line = words if isinstance(words, str) else words.of(self.lang)
        for part in in_lines(visible(line), self.console.width - indent):
            self.console.print(Styled(" " * indent + part, style=style))

    def sandbox(self, missing: list[str]) -> None:
        """Say once which parts of the sandbox this machine lacks."""
        if words := sandbox_parts.notice(missing):
            self.print(words, "yellow")

    def begin(self, chapter: Chapter, submission: str) -> None:
        """Write the head of a chapter."""
        self.titles = {exercise.name: exercise.title for exercise in chapter.exercises}
        self.exercise = self.previous = None
        self.print(f"{chapter.id} {chapter.title.of(self.lang)} · {submission}", "bold")

    def running(self, check: CheckReport) -> None:
        """Name the check that runs now, so that a reader sees which check hangs."""
        self.progress.show(f"  ... {check.description.of(self.lang)}")

    def check(self, check: CheckReport) -> None:
        """Write the line of a check that has just ended. A reason that many checks share is given once."""
        self.progress.clear()
        waits = bool(self.held_back) and check.verdict in (Verdict.NOT_RUN, Verdict.BLOCKED)
        if is_of_the_file(check) or waits:  # `explain` says it once
            self.held_back.append(check)
            return
        if check.verdict not in (Verdict.PASSED, Verdict.NOT_IMPLEMENTED) and check.message == self.previous:
            self.repeated += 1
            return
        self._tell_repeated()
        self.previous = check.message
        self.verdicts[check.id] = check.verdict
        if check.exercise != self.exercise:
            self.exercise = check.exercise
            title = self.titles.get(check.exercise)
            self.console.print()
            self.print(f"{check.exercise}  {title.of(self.lang) if title else ''}".rstrip(), "bold")
        self._print_table(self._line(check))

    def _line(self, check: CheckReport) -> Table:
        row = Table.grid(padding=(0, 1))
        row.add_column(width=1)
        row.add_column(width=10, no_wrap=True)
        width = self.console.width - 22
        row.add_column(width=width, overflow="fold")
        row.add_column(width=6, justify="right")
        points = (
            both("bonus", "附加").of(self.lang) if check.bonus else f"{number(check.earned)}/{number(check.points)}"
        )
        verdict = Styled(check.verdict.short.of(self.lang), style=check.verdict.style)
        words = "\n".join(in_lines(check.description.of(self.lang), width))
        row.add_row("", verdict, words, points if check.points or check.bonus else "")
        return row

    def _tell_repeated(self) -> None:
        if self.repeated:
            n = self.repeated
            self.print(both(f"... and {n} more, for the same reason", f"……另有 {n} 项，原因相同"), "dim", 2)
        self.repeated = 0

    def explain(self, report: ChapterReport) -> None:
        """Explain every failure, each cause once. Then give the prices of mistakes, and the checks that wait."""
        self._tell_repeated()
        self._correct(report)
        if (fault := fault_of_the_file(report.checks)) is not None:
            self._explain_file(fault)
        else:
            for check in self.held_back:
                self._print_table(self._line(check))
            self._explain_checks(report)
        self.held_back.clear()
        if sentence := left_out_sentence(report):
            self.console.print()
            self.print(sentence, "dim")

    def _list(self, sentences: Iterable[Text], style: str) -> None:
        """Print sentences as a paragraph, if there are any."""
        for place, sentence in enumerate(sentences):
            if place == 0:
                self.console.print()
            self.print(sentence, style)

    def _explain_file(self, fault: CheckReport) -> None:
        """Explain once why no check could run."""
        self.console.print()
        if fault.message:
            self.print(fault.message, fault.verdict.style, 2)
        self._show_facts(fault)

    def _explain_checks(self, report: ChapterReport) -> None:
        """Explain the scored failures, then count the others of each exercise, then name the remarks."""
        groups = list(by_cause(report))
        counted = [checks for checks, briefly in groups if briefly]
        scored = [checks for checks, briefly in groups if not briefly and not checks[0].bonus]
        remarks = [checks for checks, _ in groups if checks[0].bonus]
        for checks in scored or remarks:
            self._explain(checks)
        for exercise in dict.fromkeys(checks[0].exercise for checks in counted):
            self._count([check for checks in counted for check in checks if check.exercise == exercise])
        self._list(price_sentences(report).values(), "bold")
        self._list(waiting_sentences(report), "dim")
        if scored and remarks:
            self.console.print()
            names = ", ".join(check.id for checks in remarks for check in checks)
            words = both("Remarks that cost no points: ", "附加检查未通过，不影响得分：") + same(names)
            self.print(words, "dim")

    def _count(self, checks: list[CheckReport]) -> None:
        """Name failures that are not explained."""
        n, exercise = len(checks), checks[0].exercise
        more = both(f"... and {n} more of {exercise}: ", f"……{exercise} 还有 {n} 项未通过：")
        if n == 1:
            more = both(f"... and one more of {exercise}: ", more.zh)
        self.console.print()
        self.print(more + same(_names(checks)), "dim", 2)

    def _correct(self, report: ChapterReport) -> None:
        """Repeat the lines of the checks whose verdict changed later: a forbidden call takes an exercise's points."""
        changed = [check for check in report.checks if self.verdicts.get(check.id, check.verdict) is not check.verdict]
        if changed:
            self.console.print()
            self.print(both("Corrected", "更正"), "bold")
        for check in changed:
            self._print_table(self._line(check))

    def _explain(self, checks: list[CheckReport]) -> None:
        first, *others = checks
        self.console.print()
        name = first.id if not first.bonus else f"{first.id} ({both('bonus', '附加').of(self.lang)})"
        self.print(f"{first.verdict.short.of(self.lang)} {name}", first.verdict.style)
        if first.message:
            self.print(first.message, indent=2)
        self._show_facts(first)
        self._draw(first)
        if first.hint:
            self.print(both("diagnosis ", "诊断 ") + first.hint, "bold yellow", 2)
        if others:
            self.print(both("the same cause: ", "同一原因：") + same(_names(others)), "dim", 2)

    def _show_facts(self, check: CheckReport) -> None:
        facts = Table.grid(padding=(0, 1))
        facts.add_column(width=1)
        facts.add_column(width=9, no_wrap=True)
        facts.add_column(overflow="fold", max_width=self.console.width - 13)
        for label, words in self._facts(check):
            lines = in_lines(visible(words), self.console.width - 13)
            facts.add_row("", Styled(label.of(self.lang), style="dim"), "\n".join(lines))
        if facts.row_count:
            self._print_table(facts)

    def _draw(self, check: CheckReport) -> None:
        """Draw the picture, if pictures were asked for."""
        lines: Iterable[Styled] = ()
        if check.detail.picture is not None:
            from dlgrade.report import pictures

            lines = pictures.lines(check.detail.picture, self.lang, self.console)
        elif check.detail.boxes is not None:
            from dlgrade.report import box_pictures

            lines = box_pictures.lines(check.detail.boxes, self.lang, self.console)
        for line in lines:
            for wrapped in line.wrap(self.console, self.console.width - 2):
                self.console.print(Styled("  ").append_text(wrapped))

    def _print_table(self, table: Table) -> None:
        """Print a table without the spaces at the ends of its lines."""
        with self.console.capture() as capture:
            self.console.print(table)
        for line in capture.get().splitlines():
            self.console.out(line.rstrip(), highlight=False)

    def _facts(self, check: CheckReport) -> Iterator[tuple[Text, str]]:
        detail = check.detail
        for frame in detail.frames:
            place = f"{frame.file}:{frame.line} {frame.function}".rstrip() + frame.repeated
            yield both("at", "位置"), f"{place}\n{frame.source}" if frame.source else place
        if detail.call:
            yield both("calls" if "\n" in detail.call else "call", "调用"), detail.call
        if detail.expected is not None and detail.got is not None and detail.got != detail.expected:
            yield both("got", "得到"), detail.got
            yield both("expected", "应为"), detail.expected
        if detail.output.strip():
            yield both("printed", "输出"), _cut_output(detail.output, detail.output_bytes)

    def summarise(self, report: ChapterReport) -> None:
        """Write half a screen: a line for each exercise, the diagnosed misconceptions, the score."""
        for name, checks in report.exercises().items():
            self._print_table(self._summary_line(name, checks, report.earned_in(name)))
        for hint in dict.fromkeys(check.hint for check in report.checks if check.hint):
            self.print(both("diagnosis ", "诊断 ") + hint, "bold yellow", 2)
        for sentence in price_sentences(report).values():
            self.print(sentence, indent=2)
        score, points = number(report.score), number(report.points)
        self.print(both(f"Score {score} / {points}", f"得分 {score} / {points}"), "bold", 2)

    def _summary_line(self, name: str, checks: list[CheckReport], earned: float) -> Table:
        graded = [check for check in checks if not check.bonus]
        failed = [check for check in graded if not check.passed]
        verdict = failed[0].verdict if failed else Verdict.PASSED
        row = Table.grid(padding=(0, 1))
        for width in (1, 16, 10):
            row.add_column(width=width, no_wrap=True)
        row.add_column(width=self.console.width - 42)
        row.add_column(width=8, justify="right")
        word = Styled(verdict.short.of(self.lang), style=verdict.style)
        message = failed[0].message.of(self.lang).partition("\n")[0] if failed and failed[0].message else ""
        points = sum(check.points for check in graded)
        row.add_row(
            "",
            name,
            word,
            Styled(visible(message), overflow="ellipsis", no_wrap=True),
            f"{number(earned)}/{number(points)}",
        )
        return row

    def conclude(self, report: Report, chapters: list[Chapter]) -> None:
        """Write the score and the next step."""
        self.console.print()
        self.print(score_sentence(report), "bold green" if report.exit_code == 0 else "bold")
        self.print(next_step(report, chapters))


def _names(checks: list[CheckReport]) -> str:
    return ", ".join(check.id for check in checks[:12]) + (" ..." if len(checks) > 12 else "")


def _cut_output(output: str, size: int) -> str:
    lines = output.strip("\n").splitlines()
    kept = [line[:200] for line in lines[:SHOWN_OUTPUT_LINES]]
    cut = len(lines) > len(kept) or size > len(output.encode())
    return "\n".join([*kept, f"... ({size:,} bytes)"] if cut else kept)
