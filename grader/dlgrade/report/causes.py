"""Which failed checks have the same cause, so that a report explains each cause once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dlgrade.results import ChapterReport, CheckReport, Verdict

SHOWN_IN_FULL = 3  # causes of one exercise; of the others a report shows only the message


def by_cause(report: ChapterReport) -> Iterator[tuple[list[CheckReport], bool]]:
    """Yield the failed checks, grouped by cause, each group with a flag: explain it briefly.

    Code that is not written yet needs no explanation: the line of the check says enough.
    """
    groups: dict[object, list[CheckReport]] = {}
    for check in report.checks:
        unwritten = check.verdict is Verdict.NOT_IMPLEMENTED and check.detail.frames
        if not check.passed and not unwritten:
            groups.setdefault(cause_of(check), []).append(check)
    explained: Counter[str] = Counter()
    for checks in groups.values():
        explained[checks[0].exercise] += 1
        yield checks, explained[checks[0].exercise] > SHOWN_IN_FULL


def cause_of(check: CheckReport) -> object:
    """Return a key that two checks share if one mistake explains both."""
    if check.diagnosis:
        return check.diagnosis, check.also
    if check.detail.frames:
        last = check.detail.frames[-1]
        return (check.verdict, last.file, last.line, check.message)
    return (check.exercise, check.message)
