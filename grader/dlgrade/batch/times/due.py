"""Due times, extensions, and the cost of late submissions. `due_file` reads them from the file that `--due` names.

A time without a zone is in the zone of the file. A date is the end of that day there. Days are calendar days there:
day k of being late begins k - 1 days after the due time by the clock on the wall, even if one of these days has 23 or
25 hours. A submission within the grace is on time. After the grace, every day begun since the due time costs
`percent_per_day` of the score. All days together cost no more than the cap.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.naming import name_keys
from dlgrade.errors import UsageError
from dlgrade.text import Text, both

TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?[ \t]*(Z|[+-]\d{2}:?\d{2})?)?"
)
DEFAULT_ZONE = "Asia/Shanghai"
YEARS = range(2000, 2200)
DAY = timedelta(days=1)
NO_NAMES: Mapping[str, str] = {}
INSTANT = timedelta(microseconds=1)  # the smallest step of a time


@dataclass(frozen=True)
class DueTime:
    """A due time: a time on the wall in a zone.

    Args:
        wall: The time. For a date, the start of the next day, which is late by an instant.
        zone: Its zone.
        is_date: Only a date was given.
        exact: The same time in UTC, if it was given with a zone of its own.
    """

    wall: datetime
    zone: tzinfo
    is_date: bool = False
    exact: datetime | None = None

    @property
    def is_skipped(self) -> bool:
        """Return whether the clock never shows this time, because summer time begins."""
        wall = self.wall.replace(tzinfo=self.zone)
        shown = wall.astimezone(timezone.utc).astimezone(self.zone).replace(tzinfo=None)
        return not self.is_date and self.exact is None and shown != self.wall

    def after(self, days: int = 0) -> datetime:
        """The last instant in time, this number of calendar days later, in UTC.

        If the clock shows a time twice, the second counts. If it skips a time, the old offset counts.
        """
        if self.exact is not None and days == 0:
            return self.exact
        wall = (self.wall + days * DAY).replace(tzinfo=self.zone)
        if self.is_date:
            return wall.astimezone(timezone.utc) - INSTANT
        return max(wall.replace(fold=fold).astimezone(timezone.utc) for fold in (0, 1))


def due_time(written: str | date, zone: tzinfo) -> DueTime:
    """The due time that is written like `2026-11-20`, `2026-11-20 23:59` or `2026-11-20 23:59:30 +08:00`.

    24:00 is the end of the day.

    Raises:
        ValueError: there is no such time, or its year is far off.
    """
    match = TIME.fullmatch(str(written).strip())
    if match is None or int(match[1]) not in YEARS:
        raise ValueError(written)
    wall = datetime(int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return DueTime(wall + DAY, zone, is_date=True)
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second > 0):
        raise ValueError(written)
    wall += timedelta(hours=hour, minutes=minute, seconds=second)
    if match[7] is None:
        return DueTime(wall, zone)
    offset = "+0000" if match[7] == "Z" else match[7].replace(":", "")
    moment = datetime.strptime(f"{wall:%Y%m%d%H%M%S}{offset}", "%Y%m%d%H%M%S%z")
    exact = moment.astimezone(timezone.utc)
    return DueTime(exact.astimezone(zone).replace(tzinfo=None), zone, exact=exact)


def instant(time: datetime, zone: tzinfo | None) -> datetime:
    """The time in UTC. A time without a zone is read in `zone`, or in this machine's zone."""
    if time.tzinfo is None and zone is not None:
        time = time.replace(tzinfo=zone)
    return time.astimezone(timezone.utc)


class Extension(msgspec.Struct, frozen=True):
    """More time for a student.

    Args:
        student: Id, name or e-mail address.
        chapters: Ids of the chapters.
        until: The student's due time.
        reason: The reason, which only staff reads.
        line: Its line in the file.
    """

    student: str
    chapters: tuple[str, ...]
    until: str
    reason: str
    line: int = 0


class Due(msgspec.Struct, frozen=True):
    """The rules of a class.

    Args:
        due: Due times by chapter.
        timezone: Zone of all times that do not name theirs, also of those in zips.
        grace_minutes: Minutes after a due time that still count as in time.
        percent_per_day: Percent of the score that each day costs.
        cap_percent: Percent that all days together cost at most.
        extensions: More time for some students.
        trust_file_times: The times of files are right, even if most are from the same hour.
        path: The file.
        names_zone: The file names the time zone.
    """

    due: Mapping[str, str | date]
    timezone: str = DEFAULT_ZONE
    grace_minutes: float = 0
    percent_per_day: float = 0
    cap_percent: float = 100
    extensions: tuple[Extension, ...] = ()
    trust_file_times: bool = False
    path: str = ""
    names_zone: bool = True

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def of(self, chapter: str) -> DueTime | None:
        """The due time of a chapter for everybody without an extension. None if the chapter has none."""
        return due_time(self.due[chapter], self.zone) if chapter in self.due else None

    def penalty(self, days: int | None) -> float:
        """The share of the score that this number of days costs, from 0 to 1. Unknown days cost nothing."""
        return min((days or 0) * self.percent_per_day, self.cap_percent) / 100

    def for_class(self, students: Iterable[Student], aliases: Mapping[str, str] = NO_NAMES) -> ClassDue:
        """The rules for these students, each with their own extensions.

        Args:
            students: The students.
            aliases: Their ids by other names, which staff gave to them.

        Raises:
            UsageError: an extension fits several students, or two extensions fit the same student and chapter.
        """
        students = list(students)
        granted: dict[tuple[str, str], Extension] = {}
        unknown = []
        for extension in self.extensions:
            student = self._student(extension, students, aliases)
            if student is None:
                unknown.append(extension)
                continue
            for chapter in extension.chapters:
                earlier = granted.setdefault((student.id, chapter), extension)
                if earlier is not extension:
                    place, name = f"{self.path}: {chapter}", student.display_name
                    raise UsageError(
                        both(
                            f"{place}: lines {earlier.line} and {extension.line} are both extensions for {name}.",
                            f"{place}：第 {earlier.line} 行与第 {extension.line} 行都是 {name} 的延期。",
                        )
                    )
        return ClassDue(self, granted, tuple(unknown))

    def _student(self, extension: Extension, students: list[Student], aliases: Mapping[str, str]) -> Student | None:
        """The student of the extension: by the id, then by id or e-mail in any case, then by name."""
        wanted, keys = extension.student.casefold(), name_keys(extension.student)
        ways = (
            [student for student in students if student.id == extension.student],
            [student for student in students if student.id == aliases.get(extension.student)],
            [student for student in students if wanted in (student.id.casefold(), student.email.casefold())],
            [student for student in students if keys & name_keys(student.name)],
        )
        fitting = next((found for found in ways if found), [])
        if len(fitting) > 1:
            names = " / ".join(student.display_name for student in fitting)
            raise UsageError(
                self.place(extension)
                + both(
                    f"the extension for {extension.student} fits several students: {names}. Write the id.",
                    f"{extension.student} 的延期对应多名学生：{names}。请写学号。",
                )
            )
        return fitting[0] if fitting else None

    def place(self, extension: Extension) -> Text:
        """The file and line of an extension: the beginning of a sentence."""
        return both(f"{self.path}, line {extension.line}: ", f"{self.path} 第 {extension.line} 行：")


@dataclass(frozen=True)
class ClassDue:
    """The rules with the extensions of known students.

    Args:
        rules: The rules.
        granted: Extensions by the student's id and the chapter.
        unknown: Extensions whose student is not known.
    """

    rules: Due
    granted: Mapping[tuple[str, str], Extension]
    unknown: tuple[Extension, ...] = ()

    def extension(self, student: str, chapter: str) -> Extension | None:
        return self.granted.get((student, chapter))

    def of(self, student: str, chapter: str) -> DueTime | None:
        """When a chapter is due for the student with this id. None if it has no due time."""
        extension = self.extension(student, chapter)
        return due_time(extension.until, self.rules.zone) if extension else self.rules.of(chapter)

    def limit(self, student: str, chapter: str) -> datetime | None:
        """The last instant in time, with the grace."""
        due = self.of(student, chapter)
        return due.after() + timedelta(minutes=self.rules.grace_minutes) if due else None

    def days_late(self, student: str, chapter: str, submitted: datetime | None) -> int | None:
        """Days begun since the due time; 0 within the grace. None if there is a due time and `submitted` is unknown."""
        due, limit = self.of(student, chapter), self.limit(student, chapter)
        if due is None or limit is None:
            return 0
        if submitted is None:
            return None
        time = instant(submitted, self.rules.zone)
        if time <= limit:
            return 0
        days = max(1, (time - due.after()).days - 1)
        while time > due.after(days):
            days += 1
        return days

    def unlisted(self, students: Iterable[Student]) -> list[Text]:
        """A sentence for each extension of a student who is not among these, with the closest name."""
        names = [name for student in students for name in (student.id, student.name) if name]
        sentences = []
        for extension in self.unknown:
            near = difflib.get_close_matches(extension.student, names, n=1)
            guess = both(f" Did you mean {near[0]}?", f"是否指 {near[0]}？") if near else both("", "")
            wanted = extension.student
            problem = both(f"there is no student {wanted!r} for this extension.", f"没有学生 {wanted!r}，延期无效。")
            sentences.append(self.rules.place(extension) + problem + guess)
        return sentences

    def local(self, time: datetime) -> datetime:
        """The time in the zone of the rules."""
        return instant(time, self.rules.zone).astimezone(self.rules.zone)
