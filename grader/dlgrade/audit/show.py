"""Writes an audit for people and programs: the matrix, the table, the holes; JSON, JUnit, GitHub annotations."""

from __future__ import annotations

import json
import os
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import yaml

from dlgrade.audit.findings import ChapterAudit, Hole
from dlgrade.results import Verdict

WIDTH = 80


def matrix(audit: ChapterAudit) -> str:
    """A row for each submission and a letter for each verdict. The checks of an exercise are together."""
    groups: dict[str, list[str]] = {}
    for check in audit.checks:
        groups.setdefault(check.partition(".")[0], []).append(check)
    widest = max((len(name) for name, _ in audit.rows), default=0)
    lines = [f"{audit.id}: {', '.join(f'{name} ({len(checks)})' for name, checks in groups.items())}"]
    lines = textwrap.wrap(lines[0], WIDTH)
    for name, verdicts in audit.rows:
        cells = ["".join(verdicts.get(check, Verdict.NOT_RUN).mark for check in checks) for checks in groups.values()]
        first, *more = textwrap.wrap(" ".join(cells), max(20, WIDTH - widest - 4)) or [""]
        lines += [f"  {name:<{widest}}  {first}", *(f"  {'':<{widest}}  {line}" for line in more)]
    return "\n".join(lines)


def table(audits: list[ChapterAudit]) -> str:
    """A line for each chapter: checks, misconceptions, mutants, the share that a replay earns, holes, seconds."""
    lines = [
        f"{'chapter':<8}{'checks':>7}{'named':>8}{'killed':>8}{'equal':>7}{'alive':>7}{'score':>8}{'replay':>8}{'holes':>7}{'s':>7}"
    ]
    for audit in audits:
        mutants = audit.mutants
        score = "-" if mutants.score is None else f"{mutants.score:.1%}"
        named = f"{audit.named}/{audit.misconceptions}"
        lines.append(
            f"{audit.id:<8}{len(audit.checks):>7}{named:>8}{mutants.killed:>8}{mutants.equivalent:>7}"
            f"{mutants.survived:>7}{score:>8}{audit.replay.share:>8.1%}{len(audit.holes):>7}{audit.seconds:>7.1f}"
        )
    return "\n".join(lines)


def not_run(audits: list[ChapterAudit]) -> str:
    """A sentence about the checks that could not be audited on this machine, if there are any."""
    names = [f"{audit.id}.{name}" for audit in audits for name in audit.not_run]
    sentence = f"Not audited, because this machine has no GPU or data for them: {', '.join(names)}."
    return "\n".join(["", *textwrap.wrap(sentence, WIDTH), ""]) if names else ""


def holes(all_holes: list[Hole]) -> str:
    """The place of every hole, and its sentence."""
    lines = []
    for hole in all_holes:
        lines.append(f"{_relative(hole.path)}:{hole.line} [{hole.kind}]")
        lines += textwrap.wrap(hole.text, WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines)


def survivors(audits: list[ChapterAudit]) -> str:
    """The mutants that no check notices, as entries for equivalents.yaml; empty if there are none."""
    lines = []
    for audit in audits:
        entries = [{"before": before, "after": after, "reason": ""} for before, after in audit.survivors]
        if entries:
            block = yaml.safe_dump({"mutants": entries}, sort_keys=False, allow_unicode=True, width=1000)
            lines.append(f"\n# {audit.id}: for equivalents.yaml, each that computes the same, with the reason\n{block}")
    return "".join(lines)


def github(all_holes: list[Hole]) -> str:
    """A workflow command of GitHub for every hole: an annotation on the line at fault."""
    return "\n".join(
        f"::error file={_relative(hole.path)},line={hole.line},title=audit {hole.kind}::{_escaped(hole.text)}"
        for hole in all_holes
    )


def audit_json(audits: list[ChapterAudit], stray: list[Hole]) -> str:
    """The audits as JSON, and the holes that belong to no chapter."""
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
                        "survivors": [list(change) for change in audit.survivors],
                    },
                    "replay": {
                        "points": audit.replay.points,
                        "share": audit.replay.share,
                        "passed": msgspec.to_builtins(audit.replay.passed),
                    },
                    "holes": [_hole_data(hole) for hole in audit.holes],
                    "not_run": audit.not_run,
                    "seconds": round(audit.seconds, 2),
                }
                for audit in audits
            ],
            "holes": [_hole_data(hole) for hole in stray],
        },
        ensure_ascii=False,
        indent=2,
    )


def audit_junit(audits: list[ChapterAudit], stray: list[Hole]) -> str:
    """A test suite for each chapter: a failed test case for each hole, or one that passed."""
    suites = ET.Element("testsuites", name="dlgrade audit")
    for name, its_holes in [*((audit.id, audit.holes) for audit in audits), ("course", stray)]:
        count = str(len(its_holes))
        suite = ET.SubElement(suites, "testsuite", name=name, tests=str(max(1, len(its_holes))), failures=count)
        for hole in its_holes:
            case = ET.SubElement(
                suite, "testcase", classname=name, name=f"{hole.kind} {_relative(hole.path)}:{hole.line}"
            )
            ET.SubElement(case, "failure", message=hole.text)
        if not its_holes:
            ET.SubElement(suite, "testcase", classname=name, name="no holes")
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _hole_data(hole: Hole) -> dict[str, object]:
    return {"kind": hole.kind, "text": hole.text, "path": _relative(hole.path), "line": hole.line, "count": hole.count}


def _relative(path: str) -> str:
    """The path from the working folder, if it lies below."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else Path(relative).as_posix()


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
