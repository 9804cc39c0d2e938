"""The report as a student sees it: lines as checks finish, then what failed and why, the score, the next step."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from dlgrade import sandbox_parts
from dlgrade.course import Chapter
from dlgrade.legible import visible
from dlgrade.report.sentences import score_of
from dlgrade.results.report import ChapterReport, CheckReport, Report, Verdict, number
from dlgrade.text import Lang, Text, both

WIDTH = 80
SHOWN_IN_FULL = 3  # failures of one exercise that are not the same mistake; of the rest, the message
SHOWN_OUTPUT_LINES = 6
STYLES = {
    Verdict.PASSED: "green",
    Verdict.NOT_IMPLEMENTED: "yellow",
    Verdict.NOT_RUN: "cyan",
    Verdict.GRADER_ERROR: "magenta",
}
WORDS = {
    Verdict.PASSED: both("passed", "通过"),
    Verdict.FAILED: both("FAILED", "失败"),
    Verdict.NOT_IMPLEMENTED: both("to write", "未实现"),
    Verdict.RAISED: both("RAISED", "报错"),
    Verdict.TIMED_OUT: both("TIMED OUT", "超时"),
    Verdict.OUT_OF_MEMORY: both("MEMORY", "内存超限"),
    Verdict.CRASHED: both("CRASHED", "崩溃"),
    Verdict.NOT_RUN: both("not run", "未运行"),
    Verdict.GRADER_ERROR: both("GRADER", "评分器故障"),
}


class Terminal:
    """Writes to standard output; no colour and 80 columns in a pipe; nothing at all when quiet."""

    def __init__(self, lang: Lang, *, quiet: bool = False, console: Console | None = None) -> None:
        self.lang = lang
        self.quiet = quiet
        self.console = console or Console(highlight=False, markup=False, emoji=False, quiet=quiet)
        if not self.console.is_terminal or self.console.width > 100:
            self.console.width = WIDTH if not self.console.is_terminal else 100
        self.exercise: str | None = None
        self.titles: dict[str, Text] = {}
        self.previous: Text | None = None
        self.repeated = 0
        self.told: dict[str, Verdict] = {}

    @contextmanager
    def waiting(self, words: Text) -> Iterator[None]:
        """A line that is there while something slow goes on, where somebody is watching."""
        self._transient(words.of(self.lang))
        try:
            yield
        finally:
            self._transient("")

    def _transient(self, words: str) -> None:
        """Replace the line that the cursor is on, where somebody is watching."""
        if sys.stderr.isatty() and not self.quiet:
            sys.stderr.write(f"\r\x1b[2K{words}")
            sys.stderr.flush()

    def print(self, words: Text | str, style: str = "", indent: int = 0) -> None:
        line = words if isinstance(words, str) else words.of(self.lang)
        for wrapped in Styled(visible(line), style=style).wrap(self.console, self.console.width - indent):
            wrapped.rstrip()
            self.console.print(Styled(" " * indent).append_text(wrapped))

    def sandbox(self, missing: list[str]) -> None:
        """Say once which parts of the sandbox this machine lacks."""
        if words := sandbox_parts.told(missing):
            self.print(words, "yellow")

    def begin(self, chapter: Chapter, shown: str) -> None:
        self.titles = {exercise.name: exercise.title for exercise in chapter.exercises}
        self.exercise = self.previous = None
        self.print(f"{chapter.id} {chapter.title.of(self.lang)} · {shown}", "bold")

    def running(self, check: CheckReport) -> None:
        """A line that is there while a check runs: one that hangs is seen to."""
        words, room = f"  ... {check.description.of(self.lang)}", self.console.width - 1
        self._transient(words if cell_len(words) <= room else set_cell_size(words, room))  # a second row would stay

    def check(self, check: CheckReport) -> None:
        """A line for a check that has just ended; a reason that many checks share is given once."""
        self._transient("")
        if check.verdict not in (Verdict.PASSED, Verdict.NOT_IMPLEMENTED) and check.message == self.previous:
            self.repeated += 1
            return
        self._tell_repeated()
        self.previous = check.message
        self.told[check.id] = check.verdict
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
        row.add_column(width=self.console.width - 22, overflow="fold")
        row.add_column(width=6, justify="right")
        points = (
            both("bonus", "附加").of(self.lang) if check.bonus else f"{number(check.earned)}/{number(check.points)}"
        )
        word = Styled(WORDS[check.verdict].of(self.lang), style=STYLES.get(check.verdict, "red"))
        row.add_row("", word, check.description.of(self.lang), points if check.points or check.bonus else "")
        return row

    def _tell_repeated(self) -> None:
        if self.repeated:
            n = self.repeated
            self.print(both(f"... and {n} more, for the same reason", f"……另有 {n} 项，原因相同"), "dim", 2)
        self.repeated = 0

    def explain(self, report: ChapterReport) -> None:
        """What is wrong with each check that is not met, checks with one cause together."""
        self._tell_repeated()
        self._correct(report)
        for checks, briefly in by_cause(report):
            self._explain(checks, briefly=briefly)

    def _correct(self, report: ChapterReport) -> None:
        """What a later check showed of an earlier one: a ready-made call takes an exercise's points."""
        changed = [check for check in report.checks if self.told.get(check.id, check.verdict) is not check.verdict]
        if changed:
            self.console.print()
            self.print(both("Corrected", "更正"), "bold")
        for check in changed:
            self._print_table(self._line(check))

    def _explain(self, checks: list[CheckReport], *, briefly: bool) -> None:
        first, *others = checks
        self.console.print()
        name = first.id if not first.bonus else f"{first.id} ({both('bonus', '附加').of(self.lang)})"
        self.print(f"{WORDS[first.verdict].of(self.lang)} {name}", STYLES.get(first.verdict, "red"))
        if first.message:
            self.print(first.message, indent=2)
        if not briefly:
            self._show_facts(first)
            self._draw(first)
        if first.hint:
            self.print(both("diagnosis ", "诊断 ") + first.hint, "bold yellow", 2)
        if others:
            names = ", ".join(check.id for check in others[:12]) + (" ..." if len(others) > 12 else "")
            self.print(both("the same cause: ", "同一原因：") + Text(names, names), "dim", 2)

    def _show_facts(self, check: CheckReport) -> None:
        facts = Table.grid(padding=(0, 1))
        facts.add_column(width=1)
        facts.add_column(width=9, no_wrap=True)
        facts.add_column(overflow="fold", max_width=self.console.width - 13)
        for label, words in self._facts(check):
            facts.add_row("", Styled(label.of(self.lang), style="dim"), visible(words))
        if facts.row_count:
            self._print_table(facts)

    def _draw(self, check: CheckReport) -> None:
        """The picture, where one was asked for."""
        if check.detail.picture is not None:
            from dlgrade.report import pictures

            for line in pictures.lines(check.detail.picture, self.lang, self.console):
                for wrapped in line.wrap(self.console, self.console.width - 2):
                    self.console.print(Styled("  ").append_text(wrapped))

    def _print_table(self, table: Table) -> None:
        """A table without the blanks that it pads its lines with."""
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
            yield both("call", "调用"), detail.call
        if detail.expected is not None and detail.got is not None and detail.got != detail.expected:
            yield both("got", "得到"), detail.got
            yield both("expected", "应为"), detail.expected
        if detail.output.strip():
            yield both("printed", "输出"), _cut_output(detail.output, detail.output_bytes)

    def summarise(self, chapter: Chapter, report: ChapterReport) -> None:
        """A line an exercise, the mistakes by name, the score: a submission on half a screen."""
        for name, checks in report.exercises().items():
            self._print_table(self._summary_line(name, checks))
        hints = {check.diagnosis: check.hint for check in report.checks if check.hint}
        for hint in hints.values():
            self.print(both("diagnosis ", "诊断 ") + hint, "bold yellow", 2)
        score, points = number(report.score), number(report.points)
        self.print(both(f"Score {score} / {points}", f"得分 {score} / {points}"), "bold", 2)
        del chapter

    def _summary_line(self, name: str, checks: list[CheckReport]) -> Table:
        graded = [check for check in checks if not check.bonus]
        failed = [check for check in graded if not check.passed]
        verdict = failed[0].verdict if failed else Verdict.PASSED
        row = Table.grid(padding=(0, 1))
        for width in (1, 16, 10):
            row.add_column(width=width, no_wrap=True)
        row.add_column(width=self.console.width - 42)
        row.add_column(width=8, justify="right")
        word = Styled(WORDS[verdict].of(self.lang), style=STYLES.get(verdict, "red"))
        message = failed[0].message.of(self.lang) if failed and failed[0].message else ""
        earned, points = sum(c.earned for c in graded), sum(c.points for c in graded)
        row.add_row(
            "",
            name,
            word,
            Styled(visible(message), overflow="ellipsis", no_wrap=True),
            f"{number(earned)}/{number(points)}",
        )
        return row

    def conclude(self, report: Report, chapters: list[Chapter]) -> None:
        """The score, and the one thing to do next."""
        self.console.print()
        self.print(score_of(report), "bold green" if report.exit_code == 0 else "bold")
        self.print(next_step(report, chapters))


def by_cause(report: ChapterReport) -> Iterator[tuple[list[CheckReport], bool]]:
    """The checks that are not met, one cause together, and whether the words about it are to be few."""
    groups: dict[object, list[CheckReport]] = {}
    for check in report.checks:
        unwritten = check.verdict is Verdict.NOT_IMPLEMENTED and check.detail.frames  # its line says enough
        if not check.passed and not unwritten:
            groups.setdefault(_cause(check), []).append(check)
    explained: Counter[str] = Counter()
    for checks in groups.values():
        explained[checks[0].exercise] += 1
        yield checks, explained[checks[0].exercise] > SHOWN_IN_FULL


def _cause(check: CheckReport) -> object:
    if check.diagnosis:
        return check.diagnosis
    if check.detail.frames:
        last = check.detail.frames[-1]
        return (check.verdict, last.file, last.line, check.message)
    return (check.verdict, check.exercise, check.message)


def _cut_output(output: str, size: int) -> str:
    lines = output.strip("\n").splitlines()
    kept = [line[:200] for line in lines[:SHOWN_OUTPUT_LINES]]
    cut = len(lines) > len(kept) or size > len(output.encode())
    return "\n".join([*kept, f"... ({size:,} bytes)"] if cut else kept)


def next_step(report: Report, chapters: list[Chapter]) -> Text:
    """The one thing to do next."""
    wrong = [
        (c, check) for c, r in zip(chapters, report.chapters, strict=True) for check in r.checks if not check.passed
    ]
    wrong = [(chapter, check) for chapter, check in wrong if not check.bonus]
    if not wrong:
        return both("All checks pass.", "全部通过。")
    urgent = [pair for pair in wrong if pair[1].verdict is not Verdict.NOT_IMPLEMENTED]
    decided = [pair for pair in urgent if pair[1].verdict is not Verdict.NOT_RUN]
    if not decided and urgent == wrong:
        waiting = wrong[0][1].message or both("", "")
        return both("What ran passes. Pending: ", "已运行的检查项全部通过。待定：") + waiting
    chapter, check = (decided or wrong)[0]
    if check.verdict is Verdict.GRADER_ERROR:
        return both("Next: report the grader's error to the course staff.", "下一步：请把评分器的错误报告给课程人员。")
    if check.verdict is Verdict.NOT_IMPLEMENTED:
        command = f"`dlgrade check {chapter.id} -k {check.exercise}`"
        return both(
            f"Next: write {check.exercise}, then {command}.", f"下一步：编写 {check.exercise}，然后运行 {command}。"
        )
    command = f"`dlgrade check {chapter.id} -k {check.id}`"
    return both(f"Next: mend {check.id}, then {command}.", f"下一步：修正 {check.id}，然后运行 {command}。")
