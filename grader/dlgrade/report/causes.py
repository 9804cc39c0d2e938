"""Which failed checks have the same cause, so that a report explains each cause once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dlgrade.results import ChapterReport, CheckReport, Verdict

SHOWN_IN_FULL = 2  # causes of one exercise without a name; a report shows only the message of further causes
OF_A_FILE = ("", "<module>")  # the functions of frames that are no call: a syntax error, and the top level of a file

LOST = (Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.CRASHED)


def by_cause(report: ChapterReport) -> Iterator[tuple[list[CheckReport], bool]]:
    """Yield the failed checks, grouped by cause, each group with a flag: explain it briefly. Bonus checks come last.

    Code that is not written yet needs no explanation: the line of the check says enough. A check that waits for another
    has no cause of its own.
    """
    groups: dict[object, list[CheckReport]] = {}
    for check in report.checks:
        unwritten = check.verdict is Verdict.NOT_IMPLEMENTED and check.detail.frames
        if not check.passed and not unwritten and check.verdict is not Verdict.BLOCKED:
            groups.setdefault((cause_of(check), check.bonus), []).append(check)
    explained: Counter[str] = Counter()
    for checks in sorted(groups.values(), key=lambda checks: checks[0].bonus):
        unnamed = not checks[0].bonus and not checks[0].hint
        explained[checks[0].exercise] += unnamed
        yield checks, unnamed and explained[checks[0].exercise] > SHOWN_IN_FULL


def cause_of(check: CheckReport) -> object:
    """Return a key that two checks share if one mistake explains both."""
    if check.diagnosis:
        return check.diagnosis, check.also
    if check.relation:
        return check.exercise, check.relation
    if check.detail.frames:
        last = check.detail.frames[-1]
        return (check.verdict, last.file, last.line, check.message)
    return (check.exercise, check.message)


def is_of_the_file(check: CheckReport) -> bool:
    """Return whether a check failed because the file cannot be parsed, or its top level raises."""
    return not check.passed and bool(check.detail.frames) and check.detail.frames[0].function in OF_A_FILE


def fault_of_the_file(checks: Sequence[CheckReport]) -> CheckReport | None:
    """Return the first check if all of them failed because the file cannot be parsed or imported; otherwise None."""

    def is_fault(check: CheckReport) -> bool:
        lost = check.verdict in LOST and not check.detail.frames and check.detail.call is None
        return check.message == decided[0].message and (lost or is_of_the_file(check))

    decided = [check for check in checks if check.verdict not in (Verdict.NOT_RUN, Verdict.BLOCKED)]
    return decided[0] if decided and all(map(is_fault, decided)) else None
