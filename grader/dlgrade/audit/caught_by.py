"""Writes into a chapter's misconceptions.yaml which checks caught each misconception."""

from __future__ import annotations

import re

from dlgrade.audit.findings import ChapterAudit
from dlgrade.course import Chapter, Course
from dlgrade.files import write_whole
from dlgrade.results import Verdict

ENTRY = re.compile(r"^- id: *(\S+) *\n(?:(?!- ).*\n?)*", re.M)
CAUGHT_BY = re.compile(r"^  caught_by:.*\n(?:   .*\n)*", re.M)


def update(course: Course, chapter: Chapter, audit: ChapterAudit) -> None:
    """List the checks that failed under each misconception. The rest of the file stays as it is, comments included."""
    path = course.solution(chapter) / "misconceptions.yaml"
    verdicts = dict(audit.rows)

    def updated(entry: re.Match[str]) -> str:
        row = verdicts.get(entry[1])
        if row is None:
            return entry[0]
        lines = [f"    - {check}\n" for check, verdict in row.items() if verdict is not Verdict.PASSED]
        return CAUGHT_BY.sub("  caught_by:" + ("\n" + "".join(lines) if lines else " []\n"), entry[0])

    write_whole(path, ENTRY.sub(updated, path.read_text(encoding="utf-8")))
