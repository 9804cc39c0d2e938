"""An audit as people and programs read it: the matrix, the table, the holes; JSON, JUnit, GitHub annotations."""

from __future__ import annotations

import json
import os
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec

from dlgrade.audit.model import ChapterAudit, Hole
from dlgrade.results import Verdict

WIDTH = 80


def matrix(audit: ChapterAudit) -> str:
    """Variants against checks, a letter a verdict, the checks of an exercise together."""
    groups: dict[str, list[str]] = {}
    for check in audit.checks:
        groups.setdefault(check.partition(".")[0], []).append(check)
    widest = max((len(name) for name, _ in audit.rows), default=0)
    lines = [f"{audit.id}: {', '.join(f'{name} ({len(checks)})' for name, checks in groups.items())}"]
    lines = textwrap.wrap(lines[0], WIDTH)
    for name, verdicts in audit.rows:
        cells = ["".join(verdicts.get(check, Verdict.NOT_RUN).mark for check in c) for c in groups.values()]
        folded = textwrap.wrap(" ".join(cells), max(20, WIDTH - widest - 4)) or [""]
        lines += [f"  {name:<{widest}}  {folded[0]}", *(f"  {'':<{widest}}  {more}" for more in folded[1:])]
    return "\n".join(lines)


def table(audits: list[ChapterAudit]) -> str:
    """A line a chapter: checks, misconceptions, mutants, the share of the points a replay earns, holes, seconds."""
    lines = [
        f"{'chapter':<8}{'checks':>7}{'named':>8}{'killed':>8}{'equal':>7}{'alive':>7}{'score':>8}{'replay':>8}{'holes':>7}{'s':>7}"
    ]
    for audit in audits:
        m = audit.mutants
        score = "-" if m.score is None else f"{m.score:.1%}"
        named = f"{audit.named}/{audit.misconceptions}"
        lines.append(
            f"{audit.id:<8}{len(audit.checks):>7}{named:>8}{m.killed:>8}{m.equivalent:>7}{m.survived:>7}"
            f"{score:>8}{audit.replay.share:>8.1%}{len(audit.holes):>7}{audit.seconds:>7.1f}"
        )
    return "\n".join(lines)


def not_run(audits: list[ChapterAudit]) -> str:
    """A sentence about what could not be audited on this machine; nothing where all could."""
    names = [f"{audit.id}.{name}" for audit in audits for name in audit.not_run]
    words = f"Not audited here, for want of a GPU or data: {', '.join(names)}."
    return "\n".join(["", *textwrap.wrap(words, WIDTH), ""]) if names else ""


def holes(found: list[Hole]) -> str:
    """Every hole, where it is, in a sentence that says what to do."""
    lines = []
    for hole in found:
        lines.append(f"{_relative(hole.path)}:{hole.line} [{hole.kind}]")
        lines += textwrap.wrap(hole.text, WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines)


def github(found: list[Hole]) -> str:
    """GitHub's workflow commands: an annotation on the line at fault."""
    return "\n".join(
        f"::error file={_relative(hole.path)},line={hole.line},title=audit {hole.kind}::{_escaped(hole.text)}"
        for hole in found
    )


def to_json(audits: list[ChapterAudit], stray: list[Hole]) -> str:
    return json.dumps(
        {
            "format_version": 1,
            "chapters": [
                {
                    "id": audit.id,
                    "checks": audit.checks,
                    "variants": [
                        {"name": name, "verdicts": {c: v.value for c, v in row.items()}} for name, row in audit.rows
                    ],
                    "misconceptions": {"total": audit.misconceptions, "named": audit.named},
                    "mutants": {
                        "killed": audit.mutants.killed,
                        "equivalent": audit.mutants.equivalent,
                        "survived": audit.mutants.survived,
                        "score": audit.mutants.score,
                    },
                    "replay": {
                        "points": audit.replay.points,
                        "share": audit.replay.share,
                        "passed": msgspec.to_builtins(audit.replay.passed),
                    },
                    "holes": [_as_data(hole) for hole in audit.holes],
                    "not_run": audit.not_run,
                    "seconds": round(audit.seconds, 2),
                }
                for audit in audits
            ],
            "holes": [_as_data(hole) for hole in stray],
        },
        ensure_ascii=False,
        indent=2,
    )


def to_junit(audits: list[ChapterAudit], stray: list[Hole]) -> str:
    """A test suite a chapter with a failure a hole, or one test case that passed."""
    suites = ET.Element("testsuites", name="dlgrade audit")
    for name, found in [*((audit.id, audit.holes) for audit in audits), ("course", stray)]:
        count = str(len(found))
        suite = ET.SubElement(suites, "testsuite", name=name, tests=str(max(1, len(found))), failures=count)
        for hole in found:
            case = ET.SubElement(
                suite, "testcase", classname=name, name=f"{hole.kind} {_relative(hole.path)}:{hole.line}"
            )
            ET.SubElement(case, "failure", message=hole.text)
        if not found:
            ET.SubElement(suite, "testcase", classname=name, name="no holes")
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _as_data(hole: Hole) -> dict[str, object]:
    return {"kind": hole.kind, "text": hole.text, "path": _relative(hole.path), "line": hole.line}


def _relative(path: str) -> str:
    shown = os.path.relpath(path)
    return path if shown.startswith("..") else Path(shown).as_posix()


def _escaped(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
