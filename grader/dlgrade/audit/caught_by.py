"""Writing into a chapter's misconceptions.yaml which checks caught each of them."""

from __future__ import annotations

import re

from dlgrade.audit.model import ChapterAudit
from dlgrade.course import Chapter, Course
from dlgrade.files import write_whole
from dlgrade.results.report import Verdict

ENTRY = re.compile(r"^- id: *(\S+) *\n(?:(?!- ).*\n?)*", re.M)
CAUGHT_BY = re.compile(r"^  caught_by:.*\n(?:   .*\n)*", re.M)


def update(course: Course, chapter: Chapter, audit: ChapterAudit) -> None:
    """Give each misconception the checks that failed; what else the file has stays as it is, comments included."""
    path = course.solution(chapter) / "misconceptions.yaml"
    fared = dict(audit.rows)

    def mended(entry: re.Match[str]) -> str:
        row = fared.get(entry[1])
        if row is None:
            return entry[0]
        lines = [f"    - {check}\n" for check, verdict in row.items() if verdict is not Verdict.PASSED]
        return CAUGHT_BY.sub("  caught_by:" + ("\n" + "".join(lines) if lines else " []\n"), entry[0])

    write_whole(path, ENTRY.sub(mended, path.read_text(encoding="utf-8")))
