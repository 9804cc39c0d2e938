"""One screen that shows the last check and does not scroll away; in a pipe, the same as lines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.text import Text as Styled

from dlgrade.course import Chapter
from dlgrade.legible import visible
from dlgrade.report.sentences import score_of
from dlgrade.report.terminal import STYLES, WIDTH, WORDS
from dlgrade.results.report import ChapterReport, CheckReport, Verdict
from dlgrade.text import Lang, Text, both

Line = tuple[str, str]  # words and their style


class Screen:
    """A context manager: what was on the terminal before is there again afterwards."""

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
        """The score, then what fails, then what is not written yet."""
        failed = [one for one in report.checks if one.failed and one.verdict is not Verdict.NOT_RUN]
        urgent = [one for one in failed if one.verdict is not Verdict.NOT_IMPLEMENTED]
        unwritten = [one for one in failed if one.verdict is Verdict.NOT_IMPLEMENTED]
        now = f"{datetime.now():%H:%M:%S}"
        lines: list[Line] = [
            (f"{chapter.id} {chapter.title.of(self.lang)} · {path.name} · {now} · {seconds:.2f} s", "bold"),
            (score_of(report).of(self.lang), "bold green" if not failed else "bold"),
            ("", ""),
        ]
        for check in urgent:
            lines += self._failure(check)
        for name in dict.fromkeys(one.exercise for one in unwritten):
            lines.append((f"{WORDS[Verdict.NOT_IMPLEMENTED].of(self.lang)} {name}", STYLES[Verdict.NOT_IMPLEMENTED]))
        if not failed:
            lines.append((self._all_right(chapter, report).of(self.lang), "green"))
        self._draw(lines)

    def fault(self, path: Path, words: Text) -> None:
        """The file cannot be read at this moment."""
        self._draw([(path.name, "bold"), (words.of(self.lang), "red")])

    def _all_right(self, chapter: Chapter, report: ChapterReport) -> Text:
        if report.pending:
            command = f"`dlgrade check {chapter.id}`"
            return both(
                f"What ran passes; {command} runs the rest.", f"已运行的检查项全部通过；{command} 运行其余部分。"
            )
        return both("All checks pass.", "全部通过。")

    def _failure(self, check: CheckReport) -> list[Line]:
        lines: list[Line] = [(f"{WORDS[check.verdict].of(self.lang)} {check.id}", STYLES.get(check.verdict, "red"))]
        if check.message:
            lines.append((f"  {check.message.of(self.lang)}", ""))
        for frame in check.detail.frames[-1:]:
            lines.append((f"  {frame.file}:{frame.line} {frame.source.splitlines()[0] if frame.source else ''}", "dim"))
        if check.hint:
            lines.append((f"  {both('diagnosis', '诊断').of(self.lang)} {check.hint.of(self.lang)}", "yellow"))
        return lines

    def _draw(self, lines: list[Line]) -> None:
        """All in a pipe; on a terminal what fits, and how to leave."""
        wrapped = [
            part
            for words, style in lines
            for part in Styled(visible(words), style=style).wrap(self.console, self.console.width)
        ] or [Styled("")]
        if not self.console.is_terminal:
            for part in filter(None, wrapped):  # an empty line ends a screen
                part.rstrip()
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
            Styled(both("Saved files are checked. Ctrl-C ends.", "保存后自动检查，Ctrl-C 退出。").of(self.lang), "dim"),
            end="",
        )
