"""JUnit XML: one test suite for each chapter, one test case for each check."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from dlgrade.legible import visible
from dlgrade.results import ChapterReport, CheckReport, Report, Verdict
from dlgrade.text import Lang


def to_junit(report: Report, lang: Lang) -> str:
    """Return the report as a JUnit XML document.

    A failed check is a failure, and a fault of the grader is an error. A check that did not run is skipped: something
    it needs is missing, or it waits for another check.
    """
    suites = ET.Element("testsuites", name="dlgrade")
    for chapter in report.chapters:
        suites.append(_suite(chapter, lang))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(chapter: ChapterReport, lang: Lang) -> ET.Element:
    outcomes = [_outcome(check.verdict) for check in chapter.checks]
    suite = ET.Element(
        "testsuite",
        name=chapter.id,
        tests=str(len(outcomes)),
        failures=str(outcomes.count("failure")),
        errors=str(outcomes.count("error")),
        skipped=str(outcomes.count("skipped")),
        time=f"{sum(check.seconds for check in chapter.checks):.4f}",
    )
    for check in chapter.checks:
        suite.append(_case(chapter.id, check, lang))
    return suite


def _outcome(verdict: Verdict) -> str:
    """Return the JUnit element for a verdict; an empty string if the check passed."""
    if verdict is Verdict.PASSED:
        return ""
    if verdict is Verdict.GRADER_ERROR:
        return "error"
    return "skipped" if verdict.pending or verdict is Verdict.BLOCKED else "failure"


def _case(chapter: str, check: CheckReport, lang: Lang) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"{chapter}.{check.exercise}",
        name=check.id.partition(".")[2],
        time=f"{check.seconds:.4f}",
    )
    tag = _outcome(check.verdict)
    if not tag:
        return case
    message = visible(check.message.of(lang) if check.message else check.description.of(lang))
    outcome = ET.SubElement(case, tag, type=check.verdict.value, message=message)
    words = [check.hint.of(lang) if check.hint else "", check.detail.call or "", check.detail.output]
    outcome.text = visible("\n".join(word for word in words if word))
    return case
