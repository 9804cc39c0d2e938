"""Checks a reference by itself: runs its tests against independent oracles, and checks its types with mypy."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from dlgrade.audit.findings import Hole, line_of
from dlgrade.course import COURSE_VARIABLE, Chapter, Course, references
from dlgrade.errors import CourseError

PATIENCE_SECONDS = 600
# References are written for readers: mypy looks for names and arguments that do not exist, not for inferred types.
NOT_CHECKED = (
    "arg-type", "assignment", "has-type", "index", "list-item", "misc", "operator", "return-value", "type-var",
    "union-attr", "var-annotated",
)  # fmt: skip
ERROR = re.compile(r"[^:]+:(\d+): error: (.*)")


def reference_holes(course: Course, chapter: Chapter) -> list[Hole]:
    """The holes that the tests of a reference and mypy show. None if the reference cannot be read."""
    try:
        return [*_failed_tests(course, chapter), *_type_errors(course, chapter)]
    except CourseError:
        return []


def has_mypy() -> bool:
    return importlib.util.find_spec("mypy") is not None


def _failed_tests(course: Course, chapter: Chapter) -> Iterator[Hole]:
    path = course.reference_test(chapter.id)
    if not path.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "tests.xml"
        options = ["-q", "--tb=line", "-p", "no:cacheprovider", f"--junitxml={xml}"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(path)],
            cwd=course.folder, env={**os.environ, COURSE_VARIABLE: str(course.folder)},
            capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        cases = ET.parse(xml).getroot().iter("testcase") if xml.exists() else []
        failed = [
            (case.get("name", ""), fault) for case in cases for fault in case if fault.tag in ("failure", "error")
        ]
    for name, fault in failed:
        message = " ".join((fault.get("message") or "").split())[:200]
        text = "fails on the reference; correct the reference or the test."
        line = line_of(path, f"def {name.partition('[')[0]}(")
        yield Hole(chapter.id, "reference-test", text, str(path), line, name, message)
    if done.returncode and not failed:
        tail = " ".join((done.stdout + done.stderr).split())[-300:]
        yield Hole(chapter.id, "reference-test", "cannot be run.", str(path), 1, path.name, tail)


def _type_errors(course: Course, chapter: Chapter) -> Iterator[Hole]:
    """Holes for names and arguments that do not exist, in the whole reference, given code included."""
    if not has_mypy():
        return
    reference = references.read(course, chapter)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{chapter.stem}.py"
        path.write_text(reference.source, encoding="utf-8")
        options = ["--config-file=", "--follow-imports=skip", "--ignore-missing-imports", "--no-error-summary"]
        options += [f"--disable-error-code={code}" for code in NOT_CHECKED]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *options, f"--cache-dir={folder}", path.name],
            cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    for found in map(ERROR.fullmatch, done.stdout.splitlines()):
        if found:
            _, place, line = reference.lines[int(found[1]) - 1]
            yield Hole(chapter.id, "types", f"{found[2]}.", str(place), line, place.name)
