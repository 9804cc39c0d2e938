"""The screen of `dlgrade watch`: the last check, in place. A pipe gets the same lines one after the other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.text import Text as Styled

from dlgrade.course import Chapter
from dlgrade.legible import visible
from dlgrade.report.sentences import price_sentences, score_sentence, waiting_sentences
from dlgrade.report.terminal import WIDTH
from dlgrade.report.wrapping import in_lines
from dlgrade.results import ChapterReport, CheckReport, Verdict
from dlgrade.text import Lang, Text, both, lang_argument

Line = tuple[str, str]  # words and their style


class Screen:
    """Shows one check at a time. As a context manager it restores the terminal at the end."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.console = Console(highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console.width = WIDTH

    def __enter__(self) -> Screen:
        if self.console.is_terminal:
            self.console.set_alt_screen(True)
            self.console.show_cursor(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self.console.set_alt_screen(False)
            self.console.show_cursor(True)

    def show(self, chapter: Chapter, path: Path, report: ChapterReport, seconds: float) -> None:
        """Show the score, then the failures, then the exercises that are not written yet.

        Args:
            chapter: the chapter of the submission.
            path: the file that was checked.
            report: its result.
            seconds: the time that the check took.
        """
        failed = [check for check in report.checks if check.failed and check.verdict is not Verdict.NOT_RUN]
        urgent = [check for check in failed if check.verdict not in (Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED)]
        unwritten = [check for check in failed if check.verdict is Verdict.NOT_IMPLEMENTED]
        now = f"{datetime.now():%H:%M:%S}"
        lines: list[Line] = [
            (f"{chapter.id} {chapter.title.of(self.lang)} · {path.name} · {now} · {seconds:.2f} s", "bold"),
            (score_sentence(report).of(self.lang), "bold green" if not failed else "bold"),
            *((sentence.of(self.lang), "") for sentence in price_sentences(report).values()),
            ("", ""),
        ]
        for check in urgent:
            lines += self._failure(check)
        lines += [(sentence.of(self.lang), "dim") for sentence in waiting_sentences(report)]
        for check in {check.exercise: check for check in unwritten}.values():
            lines.append((f"{check.verdict.short.of(self.lang)} {check.exercise}", check.verdict.style))
        if not failed:
            lines.append((self._all_right(chapter, report).of(self.lang), "green"))
        self._draw(lines)

    def fault(self, path: Path, words: Text) -> None:
        """Show that the file cannot be read at this moment."""
        self._draw([(path.name, "bold"), (words.of(self.lang), "red")])

    def _all_right(self, chapter: Chapter, report: ChapterReport) -> Text:
        if report.pending:
            command = f"`dlgrade check {chapter.id}{lang_argument()}`"
            return both(
                f"All checks that ran pass; {command} runs the others.",
                f"已运行的检查项全部通过；{command} 运行其余部分。",
            )
        return both("All checks pass.", "全部通过。")

    def _failure(self, check: CheckReport) -> list[Line]:
        lines: list[Line] = [(f"{check.verdict.short.of(self.lang)} {check.id}", check.verdict.style)]
        if check.message:
            lines.append((f"  {check.message.of(self.lang)}", ""))
        for frame in check.detail.frames[-1:]:
            lines.append((f"  {frame.file}:{frame.line} {frame.source.splitlines()[0] if frame.source else ''}", "dim"))
        if check.hint:
            lines.append((f"  {both('diagnosis', '诊断').of(self.lang)} {check.hint.of(self.lang)}", "yellow"))
        return lines

    def _draw(self, lines: list[Line]) -> None:
        """Draw all lines in a pipe; on a terminal, the lines that fit, and how to end."""
        wrapped = [
            Styled(part, style=style) for words, style in lines for part in in_lines(visible(words), self.console.width)
        ] or [Styled("")]
        if not self.console.is_terminal:
            for part in filter(None, wrapped):  # an empty line ends a screen
                self.console.print(part)
            self.console.print()
            return
        room = self.console.height - 2
        more = len(wrapped) - room
        if more > 0:
            wrapped = [
                *wrapped[: room - 1],
                Styled(both(f"... {more + 1} lines more", f"……还有 {more + 1} 行").of(self.lang), "dim"),
            ]
        self.console.clear()
        for part in wrapped:
            self.console.print(part, end="\n", overflow="crop", no_wrap=True)
        self.console.print(
            Styled(
                both("Saved files are checked. Press Ctrl-C to end.", "保存后自动检查，Ctrl-C 退出。").of(self.lang),
                "dim",
            ),
            end="",
        )
