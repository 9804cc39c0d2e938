"""`dlgrade doctor`: check the requirements of dlgrade on this machine, and say how to meet the others."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dlgrade.cli import echo, echo_json, lang_option
from dlgrade.legible import visible
from dlgrade.student.doctor import AFTER, BEFORE, Finding, ask_elsewhere, guarded, speaks_chinese
from dlgrade.text import Lang, Text, both, same

if TYPE_CHECKING:
    from dlgrade.report.terminal import Terminal

FORMAT_VERSION = 1
MARK_WIDTH, TITLE_WIDTH, INDENT = 9, 13, 9
MARKS = {"ok": both("ok", "正常"), "note": both("note", "注意"), "problem": both("PROBLEM", "问题")}
STYLES = {"ok": "green", "note": "cyan", "problem": "red"}
TITLES = {
    "python": same("Python"),
    "dlgrade": same("dlgrade"),
    "packages": both("packages", "依赖包"),
    "torch": same("torch"),
    "torchvision": same("torchvision"),
    "gpu": same("GPU"),
    "sandbox": both("sandbox", "沙箱"),
    "data": both("data sets", "数据集"),
    "disk": both("disk", "磁盘"),
    "terminal": both("terminal", "终端"),
    "folder": both("this folder", "当前目录"),
    "progress": both("progress", "学习进度"),
    "extras": both("extras", "可选组件"),
}


@click.command("doctor")
@lang_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON. 输出 JSON。")
def command(lang: Lang, as_json: bool) -> None:
    """Check that this machine meets the requirements. 检查运行环境。

    Exit code: 0 no problem (notes are not problems), 1 at least one problem.
    """
    if not speaks_chinese() and not as_json:
        lang = "en"  # Chinese would be a page of question marks
    terminal = None if as_json else _terminal(lang)
    findings: dict[str, Finding] = {}
    for name, finding in examine(terminal):
        findings[name] = finding
        if not as_json:
            _show_finding(name, finding, lang, terminal)
    if as_json:
        echo_json(findings_json(findings, lang))
    else:
        echo("\n" + _conclusion(findings).of(lang))
    sys.exit(1 if _problems(findings) else 0)


def examine(terminal: Terminal | None) -> Iterator[tuple[str, Finding]]:
    """Yield each finding with its name as soon as it is known."""
    for name, look in BEFORE.items():
        yield name, guarded(look)
    patience = terminal.waiting(both("Importing torch ...", "正在导入 torch ...")) if terminal else None
    with patience or contextlib.nullcontext():
        found = ask_elsewhere()
    for name in ("torch", "torchvision", "gpu", "sandbox", "data"):
        yield name, found[name]
    for name, look in AFTER.items():
        yield name, guarded(look)


# Output.


def _terminal(lang: Lang) -> Terminal | None:
    try:
        from dlgrade.report.terminal import Terminal
    except ImportError:  # a package is missing, and the report will name it
        return None
    return Terminal(lang)


def _show_finding(name: str, finding: Finding, lang: Lang, terminal: Terminal | None) -> None:
    mark, title, found = MARKS[finding.state].of(lang), TITLES[name].of(lang), finding.found.of(lang)
    if terminal is None:
        echo(f"{mark:<8} {title:<12} {found}")
    else:
        _print_row(terminal, mark, title, found, STYLES[finding.state])
    if finding.todo is not None and terminal is None:
        echo(finding.todo.of(lang))
    elif finding.todo is not None and terminal is not None:
        terminal.print(finding.todo, indent=INDENT)
    for line in finding.commands:  # never wrapped, so that it can be copied
        echo(" " * (INDENT + 2) + line)


def _print_row(terminal: Terminal, mark: str, title: str, found: str, style: str) -> None:
    """Print three columns. A Chinese character is two columns wide."""
    from rich.cells import set_cell_size
    from rich.text import Text as Styled

    left = Styled(set_cell_size(mark, MARK_WIDTH), style=style) + Styled(set_cell_size(title, TITLE_WIDTH), style="")
    for line in Styled(visible(found)).wrap(terminal.console, terminal.console.width - MARK_WIDTH - TITLE_WIDTH):
        line.rstrip()
        terminal.console.print(left + line)
        left = Styled(" " * (MARK_WIDTH + TITLE_WIDTH))


def _problems(findings: dict[str, Finding]) -> int:
    return sum(finding.state == "problem" for finding in findings.values())


def _conclusion(findings: dict[str, Finding]) -> Text:
    count = _problems(findings)
    if count:
        return both(f"Problems: {count}.", f"共 {count} 个问题。")
    return both("This machine has everything that dlgrade needs.", "所需环境均已就绪。")


def findings_json(findings: dict[str, Finding], lang: Lang) -> str:
    """Return a JSON object with an entry for each finding, in the order of the report."""
    entries = [
        {
            "name": name,
            "state": finding.state,
            "found": finding.found.of(lang),
            "todo": finding.todo.of(lang) if finding.todo else None,
            "commands": list(finding.commands),
        }
        for name, finding in findings.items()
    ]
    document = {"format_version": FORMAT_VERSION, "ok": not _problems(findings), "findings": entries}
    return json.dumps(document, ensure_ascii=False, indent=2)
