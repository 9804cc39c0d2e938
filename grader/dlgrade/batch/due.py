"""Due times and the cost of late submissions, from the file that `--due` names.

    timezone: Asia/Shanghai
    due: {ch28: 2026-11-20 23:59, ch56: 2026-11-27 23:59}
    grace_minutes: 15
    percent_per_day: 10
    cap_percent: 50

A submission within the grace is on time. After the grace, every day begun since the due time costs `percent_per_day` of
the score. All days together cost no more than the cap.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dlgrade.course import read_yaml
from dlgrade.errors import CourseError, UsageError
from dlgrade.text import both


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    due: dict[str, Any]  # YAML reads some times as a datetime and others as a text
    timezone: str = "Asia/Shanghai"
    grace_minutes: float = 0
    percent_per_day: float = 0
    cap_percent: float = 100

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def of(self, chapter: str) -> datetime | None:
        """When a chapter is due, with its time zone. None if the chapter has no due time."""
        if chapter not in self.due:
            return None
        time = datetime.fromisoformat(str(self.due[chapter]))
        return time if time.tzinfo else time.replace(tzinfo=self.zone)

    def days_late(self, chapter: str, submitted: datetime | None) -> int:
        """Days begun since the due time. 0 within the grace, and if either time is unknown."""
        due = self.of(chapter)
        if due is None or submitted is None or submitted <= due + timedelta(minutes=self.grace_minutes):
            return 0
        return math.ceil((submitted - due) / timedelta(days=1))

    def penalty(self, days: int) -> float:
        """The share of the score that this number of days costs, from 0 to 1."""
        return min(days * self.percent_per_day, self.cap_percent) / 100


def read_due(path: Path) -> Due:
    """Read the file.

    Raises:
        UsageError: the file is missing, or has a wrong key, time or zone. The message says where.
    """
    try:
        rules = read_yaml(path, Due)
        rules.zone  # noqa: B018 - fails if there is no such zone
        for chapter in rules.due:
            rules.of(chapter)
    except CourseError as error:
        raise UsageError(error.text) from None
    except (KeyError, ValueError) as error:
        raise UsageError(both(f"{path}: {error}", f"{path}：{error}")) from None
    return rules
