"""Numbers in names that are dates without signs, or seconds: 20261119, 261119, 1119, 1795000000."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from dlgrade.batch.files.trees import moment

PAST, FUTURE = timedelta(days=400), timedelta(days=60)
RECENT = timedelta(days=60)  # for a date without a year
TWO_YEARS = timedelta(days=800)


def dates_among(numbers: Iterable[str]) -> dict[str, bool]:
    """The numbers that are dates beside a name, each with whether it is a date for sure.

    Students' ids have one length. If not all numbers of a length are dates, none is.

    Args:
        numbers: All numbers of a batch.
    """
    by_length: dict[int, dict[str, bool | None]] = defaultdict(dict)
    now = datetime.now(timezone.utc)
    for number in numbers:
        if re.fullmatch(r"\d{4,14}", number, re.ASCII):
            by_length[len(number)][number] = _is_date(number, now)
    dates: dict[str, bool] = {}
    for found in by_length.values():
        if all(sure is not None for sure in found.values()):
            dates |= {number: bool(sure) for number, sure in found.items()}
    return dates


def _is_date(number: str, now: datetime) -> bool | None:
    """Return whether a number is the date of a hand-in for sure. None if it is no date, or the date of another year."""
    if len(number) in (10, 13):
        time = moment(int(number[:10]))
        return True if time is not None and abs(now - time) < TWO_YEARS else None
    if len(number) == 4:
        years = [date for year in (now.year - 1, now.year) if (date := _date(f"{year}{number}", "%Y%m%d"))]
        return any(-FUTURE / 4 < now - date < RECENT for date in years) if years else None
    date = _date(number, {6: "%y%m%d", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(number), ""))
    if date is None or abs(date.year - now.year) > 1:
        return None
    return -FUTURE < now - date < PAST


def _date(number: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(number, form).replace(tzinfo=timezone.utc) if form else None
    except ValueError:
        return None
