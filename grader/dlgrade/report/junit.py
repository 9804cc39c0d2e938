"""JUnit XML: a test suite a chapter, a test case a check."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from dlgrade.legible import visible
from dlgrade.results.report import ChapterReport, CheckReport, Report, Verdict
from dlgrade.text import Lang

ERRORS = {Verdict.GRADER_ERROR}
SKIPPED = {Verdict.NOT_RUN}


def to_junit(report: Report, lang: Lang) -> str:
    """The report as a JUnit XML document: a verdict of the student's is a failure, a fault of the grader an error."""
    suites = ET.Element("testsuites", name="dlgrade")
    for chapter in report.chapters:
        suites.append(_suite(chapter, lang))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(chapter: ChapterReport, lang: Lang) -> ET.Element:
    verdicts = [check.verdict for check in chapter.checks]
    suite = ET.Element(
        "testsuite",
        name=chapter.id,
        tests=str(len(verdicts)),
        failures=str(sum(v not in {Verdict.PASSED, *ERRORS, *SKIPPED} for v in verdicts)),
        errors=str(sum(v in ERRORS for v in verdicts)),
        skipped=str(sum(v in SKIPPED for v in verdicts)),
        time=f"{sum(check.seconds for check in chapter.checks):.4f}",
    )
    for check in chapter.checks:
        suite.append(_case(chapter.id, check, lang))
    return suite


def _case(chapter: str, check: CheckReport, lang: Lang) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"{chapter}.{check.exercise}",
        name=check.id.partition(".")[2],
        time=f"{check.seconds:.4f}",
    )
    if check.passed:
        return case
    tag = "error" if check.verdict in ERRORS else "skipped" if check.verdict in SKIPPED else "failure"
    message = visible(check.message.of(lang) if check.message else check.description.of(lang))
    outcome = ET.SubElement(case, tag, type=check.verdict.value, message=message)
    words = [check.hint.of(lang) if check.hint else "", check.detail.call or "", check.detail.output]
    outcome.text = visible("\n".join(word for word in words if word))
    return case
