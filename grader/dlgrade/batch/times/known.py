"""When files were handed in, as far as that is known. This is the one place that decides it.

==========================================  =========================================================================
a file of                                   its time
==========================================  =========================================================================
a platform's export with records            that of the record
a branch, or a Git work tree                that of the last commit that changed it
an export, a zip, or a folder without Git   its own, unless it is one of nearly all that are from the same hour, of half
                                            that are from the same minutes, or of five from the same seconds
==========================================  =========================================================================

A copy, a clone or a download gives all files its own time. Hand-ins of three or more students that are nearly all from
the same hour are taken for such a copy, because a copy must not make anybody late. One or two students may well have
handed in within an hour. Their times are only unknown if the files around theirs are from that hour, too, or if the
files were written to this disk at these times, as a copy is, and no hand-ins around theirs tell otherwise. The hand-ins
around theirs lie in the same folder of the class.

A time to come, or long before this program, is unknown.
"""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path, PurePath
from typing import TypeVar

from dlgrade.batch.files.history import NoHistory, WorkTrees
from dlgrade.batch.files.trees import Tree, moment
from dlgrade.batch.students.owned import Clock, OwnedFile, stem_of
from dlgrade.batch.times.due import Due, instant
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.submission import SUFFIXES, size_limit
from dlgrade.submission.beside import listed
from dlgrade.text import Text, both, some

HOUR = timedelta(hours=1)
MANY = 3  # students whose common hour is no chance
NEARLY_ALL = 0.9
BURST, HALF = timedelta(minutes=2), 0.5  # half of the students are rarely from the same two minutes
AT_ONCE, MANY_AT_ONCE = timedelta(seconds=5), 5  # no five students save a file within five seconds
EARLIEST = datetime(2015, 1, 1, tzinfo=timezone.utc)  # programs that know no time write 1970, 1980 or 2000
AHEAD = timedelta(days=1)  # a clock may be so much ahead, or in another zone
MAX_HOURS = 3  # a class may be copied in several goes
PER_HOUR = 6  # students for each further hour
MAX_NEIGHBOURS = 60  # files and folders beside a hand-in that are looked at
MAX_NAMED = 3  # files in a note

_Key = TypeVar("_Key", bound=Hashable)
Hour = tuple[datetime, datetime]  # the first and the last time in it


def known_times(
    owned: Sequence[tuple[Tree, list[OwnedFile]]], chapters: Collection[str], due: Due | None
) -> tuple[list[OwnedFile], list[Text]]:
    """Settle the times of all files. Return the files, and sentences about unknown times.

    Args:
        owned: The files of each tree, with the times that they carry.
        chapters: Ids of the chapters that are graded. Only the times of files that may be hand-ins for them matter.
        due: The due times, if any. Without them nobody is late, and no sentence is needed.
    """
    only = next(iter(chapters)) if len(chapters) == 1 else ""
    dated = [_Dated(tree, file, file.parsed.chapter or only) for tree, files in owned for file in files]
    settling = _Settling(due, dated)
    may_count = {id(file) for _, files in owned for file in _may_count(files, chapters)}
    settling.exports([one for one in dated if one.file.clock is Clock.EXPORT])
    own = [one for one in dated if one.is_work and one.file.clock is Clock.FILE and one.time is not None]
    for one in own:
        if id(one.file) not in may_count:
            one.time = None  # nobody asks for it, and nothing is assumed
    left = settling.histories([one for one in own if id(one.file) in may_count])
    settling.impossible([one for one in dated if id(one.file) in may_count])
    settling.files([one for one in left if one.time is not None])
    return [replace(one.file, time=one.time) for one in dated], settling.notes if due else []


def nearly_all_from(times: Sequence[datetime], fewest: int = MANY, *, minutes: bool = True) -> list[Hour]:
    """The few hours that nearly all times are from, or the minutes of half of them. Empty if people made the times.

    Args:
        times: A time for each student.
        fewest: How many times the first hour must have. Each further hour must have MANY.
        minutes: Whether the minutes of half of the times count. A download writes all times, so one other time tells.
    """
    left, hours, covered = sorted(times), [], 0
    for number in range(min(MAX_HOURS, 1 + len(times) // PER_HOUR)):
        start, size = _fullest(left, HOUR)
        if size < (MANY if number else fewest):
            break
        hours.append((left[start], left[start + size - 1]))
        del left[start : start + size]
        covered += size
        if covered >= NEARLY_ALL * len(times):
            return hours
    bursts = _bursts(times, BURST, MANY) if minutes else []
    inside = sum(_is_in(time, bursts) for time in times)
    return bursts if inside >= HALF * len(times) else []


def _bursts(times: Iterable[datetime], span: timedelta, fewest: int) -> list[Hour]:
    """The spans, each no longer than `span`, with at least `fewest` times: people can hardly have made them."""
    left = sorted(times)
    bursts: list[Hour] = []
    while True:
        start, size = _fullest(left, span)
        if size < fewest:
            return sorted(bursts)
        bursts.append((left[start], left[start + size - 1]))
        del left[start : start + size]


def _fullest(times: Sequence[datetime], span: timedelta) -> tuple[int, int]:
    """The first place of the span with most of the sorted times, and their number."""
    best, end = (0, 0), 0
    for start, time in enumerate(times):
        while end < len(times) and times[end] - time <= span:
            end += 1
        best = max(best, (start, end - start), key=lambda found: found[1])
    return best


def _may_count(files: Iterable[OwnedFile], chapters: Collection[str]) -> list[OwnedFile]:
    """The files of a tree that may be hand-ins: they name a chapter, or are their owner's only file."""
    by_owner: dict[Hashable, list[OwnedFile]] = defaultdict(list)
    for file in files:
        if file.readable and not file.entry.helper:
            by_owner[file.owners].append(file)
    chosen = []
    for own in by_owner.values():
        named = [file for file in own if file.parsed.chapter in chapters]
        unnamed = [file for file in own if not file.parsed.chapter]
        only = len(chapters) == 1 and len({PurePath(file.name).stem for file in unnamed}) == 1
        chosen += named or (unnamed if only else [])
    return chosen


@dataclass
class _Dated:
    """A file whose time is being settled. `time` begins as the time that the file carries.

    `chapter` is empty if several chapters are graded, and the file names none.
    """

    tree: Tree
    file: OwnedFile
    chapter: str
    time: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        self.time = self.file.time

    @property
    def student(self) -> Hashable:
        """Whose file it is: files of one student are often from the same hour."""
        return self.file.owners or self.file.entry.display_name

    @property
    def is_work(self) -> bool:
        return self.file.readable and not self.file.entry.helper

    @property
    def packed(self) -> bool:
        return self.file.entry.path is None


class _Settling:
    """Settles times, group by group: the hand-ins of a class for a chapter.

    `notes` are sentences about the times that are not known.
    """

    def __init__(self, due: Due | None, everything: Sequence[_Dated]) -> None:
        self.zone: tzinfo | None = due.zone if due else None
        self.carried = [
            (one, one.time)
            for one in everything
            if one.is_work and one.file.clock is Clock.FILE and self._is_possible(one.time)
        ]
        self.trusting = bool(due and due.trust_file_times)
        self.notes: list[Text] = []

    def _is_possible(self, time: datetime | None) -> bool:
        return time is not None and EARLIEST <= instant(time, self.zone) <= datetime.now(timezone.utc) + AHEAD

    def impossible(self, files: list[_Dated]) -> None:
        """Forget times that nobody can have handed in at. A platform's record is believed."""
        wrong = [
            one for one in files if one.time and one.file.clock is not Clock.RECORD and not self._is_possible(one.time)
        ]
        for (name, time), group in _grouped(wrong, lambda one: (one.file.entry.display_name, one.time)).items():
            for one in group:
                one.time = None
            day = f"{instant(time, self.zone).astimezone(self.zone):%Y-%m-%d}" if time else ""
            self.notes.append(
                both(
                    f"{name}: its time, {day}, is impossible: submission time unknown.",
                    f"{name}：其时间（{day}）不可能，提交时间不详。",
                )
            )

    def exports(self, files: list[_Dated]) -> None:
        """Forget the times of exports that are those of the download. A zip inside has the times of its student."""
        for tree, group in _grouped(files, lambda one: one.tree.display_name).items():
            outer = [one for one in group if not any(part.lower().endswith(".zip") for part in one.file.entry.parts)]
            times = self._newest(outer)
            if (times and self.trusting) or (times and not nearly_all_from(times, fewest=1, minutes=False)):
                continue
            for one in group:
                one.time = None
            self.notes.append(
                both(
                    f"{tree}: its times are those of the download: submission times unknown.",
                    f"{tree}：其中的时间是下载时间，提交时间不详。",
                )
            )

    def histories(self, files: list[_Dated]) -> list[_Dated]:
        """Take the times of commits. Return the files without a history, or with one that says nothing."""
        trees, groups, left = WorkTrees(), defaultdict(list), []
        why: dict[Text, list[str]] = defaultdict(list)
        for one in files:
            try:
                repository, one.time = self._committed(one, trees)
                groups[repository, one.chapter].append(one)
            except NoHistory as unknown:
                if unknown.text is None:
                    left.append(one)
                    continue
                one.time = None
                why[unknown.text].append(one.file.entry.display_name)
        for reason, names in why.items():
            examples = some(names, MAX_NAMED)
            self.notes.append(
                both(f"{examples}: {reason.en}: submission times unknown.", f"{examples}：{reason.zh}，提交时间不详。")
            )
        self.notes += trees.faults.values()
        for (repository, _), group in groups.items():
            hours = nearly_all_from(self._newest(group))
            if not hours or self.trusting:
                continue
            if repository is None:
                self._forget("--git", group, hours)
            else:  # everything was committed in one go, so the files' own times may say more
                for one in group:
                    one.time = one.file.time
                left += group
        return left

    def _committed(self, one: _Dated, trees: WorkTrees) -> tuple[Path | None, datetime | None]:
        """The work tree, None for a branch, and the time of the commit that gave the file its content."""
        entry = one.file.entry
        try:
            if entry.changed is not None:
                return None, entry.changed()
            if entry.path is None:
                raise NoHistory
            path = entry.path.absolute()
            if trees.top(path.parent) is None:
                raise NoHistory
            return trees.time_of(path, entry.read(size_limit(entry.name)))
        except (SubmissionError, UsageError) as error:
            raise NoHistory(both(f"no history ({error.text.en})", f"没有历史记录（{error.text.zh}）")) from None

    def files(self, files: list[_Dated]) -> None:
        """Forget the times of files that a copy has written."""
        if self.trusting:
            return
        owners: dict[str, set[Hashable]] = defaultdict(set)
        for one in files:
            owners[one.tree.display_name].add(one.student)

        def place(one: _Dated) -> tuple[Path, bool, str]:
            """A class is one place. Students whose folders or zips are given side by side are a class, too."""
            several = len(owners[one.tree.display_name]) > 1
            return (_absolute(one.tree.display_name) if several else _class_folder(one)), one.packed, one.chapter

        for (_, packed, _), group in _grouped(files, place).items():
            times = self._newest(group)
            hours = nearly_all_from(times) if len(times) >= MANY else self._common_hour(group, packed)
            if hours:
                trees = {one.tree.display_name for one in group}
                self._forget(trees.pop() if len(trees) == 1 else str(PurePath(min(trees)).parent), group, hours)
                continue
            bursts = _bursts(times, AT_ONCE, MANY_AT_ONCE)
            inside = {one.student for one in group if one.time and _is_in(instant(one.time, self.zone), bursts)}
            if inside:
                copied = [one for one in group if one.student in inside]
                self._forget(copied[0].tree.display_name, copied, bursts, at_once=True)

    def _common_hour(self, group: list[_Dated], packed: bool) -> list[Hour]:
        """The hour of a copy that wrote the files of one or two students. Empty if there was none."""
        times = self._newest(group)
        first, last = min(times), max(times)
        if last - first > HOUR:
            return []
        classmates = self._classmates(group, packed)
        around = classmates or ([] if packed else _neighbours(group))
        for start, end in nearly_all_from([*times, *around]):
            if start <= first and last <= end:
                return [(start, end)]
        is_spread_class = len(classmates or (around and _neighbours(group, alike=True))) >= MANY
        return [(first, last)] if not packed and not is_spread_class and all(map(_written_here, group)) else []

    def _classmates(self, group: list[_Dated], packed: bool) -> list[datetime]:
        """The time of the newest code file of each other student of the class."""
        trees, students = {one.tree.display_name for one in group}, {one.student for one in group}
        others: dict[Hashable, datetime] = {}
        for one, time in self.carried:
            if time and one.packed == packed and one.tree.display_name in trees and one.student not in students:
                changed = instant(time, self.zone)
                others[one.student] = max(changed, others.get(one.student, changed))
        return list(others.values())

    def _newest(self, group: Iterable[_Dated]) -> list[datetime]:
        """The time of each student's newest file."""
        newest: dict[Hashable, datetime] = {}
        for one in group:
            if one.time is not None:
                time = instant(one.time, self.zone)
                newest[one.student] = max(time, newest.get(one.student, time))
        return list(newest.values())

    def _forget(self, name: str, group: list[_Dated], hours: list[Hour], *, at_once: bool = False) -> None:
        """Make the times of a group unknown, and say why. `at_once`: they are all from a few seconds."""
        times = [instant(one.time, self.zone) for one in group if one.time is not None]
        inside = sum(_is_in(time, hours) for time in times)
        for one in group:
            one.time = None
        span = " / ".join(f"{start.astimezone(self.zone):%Y-%m-%d %H:%M}" for start, _ in hours)
        if at_once:
            hours_en, hours_zh = "the same seconds", "几秒钟内"
        elif inside < NEARLY_ALL * len(times):
            hours_en, hours_zh = "the same two minutes", "两分钟内"
        elif len(hours) > 1:
            hours_en, hours_zh = f"{len(hours)} hours", f" {len(hours)} 个小时内"
        else:
            hours_en, hours_zh = "the same hour", "同一小时内"
        if len(times) == 1:
            files_en, files_zh = "the file has the time of a copy", "文件的时间是复制时间"
        elif inside == len(times):
            files_en, files_zh = f"all {inside} files are from {hours_en}", f"全部 {inside} 个文件都集中在{hours_zh}"
        else:
            files_en = f"{inside} of {len(times)} files are from {hours_en}"
            files_zh = f"{len(times)} 个文件中有 {inside} 个集中在{hours_zh}"
        if len({one.chapter for one, _ in self.carried}) > 1 and group[0].chapter:
            name += f", {group[0].chapter}"
        self.notes.append(
            both(
                f"{name}: {files_en} ({span}): submission times unknown.",
                f"{name}：{files_zh}（{span}），提交时间不详。",
            )
        )


def _grouped(files: Iterable[_Dated], key: Callable[[_Dated], _Key]) -> dict[_Key, list[_Dated]]:
    groups = defaultdict(list)
    for one in files:
        groups[key(one)].append(one)
    return groups


def _is_in(time: datetime, spans: Iterable[Hour]) -> bool:
    return any(start <= time <= end for start, end in spans)


def _absolute(name: str) -> Path:
    return Path(os.path.abspath(name))  # noqa: PTH100 - the same place, however it was written


def _own_place(one: _Dated) -> Path:
    """The folder, zip or file that is the student's alone: whatever names the student."""
    tree, parts = _absolute(one.tree.display_name), one.file.entry.parts
    owner = one.file.owners[0] if one.file.owners else None
    if one.packed or owner is None or owner.source not in ("file", "folder"):
        return tree
    if owner.source == "file":
        return tree.joinpath(*parts)
    depth = next((depth for depth, part in enumerate(parts[:-1], 1) if owner.text in (part, stem_of(part))), 0)
    return tree.joinpath(*parts[:depth])


def _class_folder(one: _Dated) -> Path:
    return _own_place(one).parent


def _neighbours(group: Sequence[_Dated], *, alike: bool = False) -> list[datetime]:
    """The time of the newest code file of each file or folder beside those of the students, if it is built the same.

    A folder beside it may hold another class, or something else. Its files lie deeper or are many, and say nothing.

    Args:
        group: Files of students of a class.
        alike: Only files count that have the same name, or the same chapter in their names.
    """
    one, given = group[0], set(map(_own_place, group))
    own_name, chapter = one.file.entry.name, one.file.parsed.chapter

    def is_like_own(path: Path) -> bool:
        return path.name == own_name or bool(chapter and chapter in path.name.casefold())

    if one.file.entry.path is None:
        return []
    own = _own_place(one)
    depth = len(_absolute(str(one.file.entry.path)).parts) - len(own.parts)
    times = []
    for place in itertools.islice((beside for beside in _children(own.parent) if beside not in given), MAX_NEIGHBOURS):
        if depth and place.is_dir() and not place.is_symlink():
            inside = [found for name, found in listed(place) if name.count("/") == depth - 1]
        else:
            inside = [] if depth else [place]
        code = [found for found in inside if found.suffix.lower() in SUFFIXES]
        like_own = list(filter(is_like_own, code))
        if len(like_own) >= MANY:
            continue  # those of a class, as `ada_ch28.py` and `bob_ch28.py`
        stamps = [_changed(found) for found in (like_own if alike else code)]
        newest = moment(max(stamps)) if stamps else None
        if newest and newest >= EARLIEST:
            times.append(newest)
    return times


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _written_here(one: _Dated) -> bool:
    """Return whether the file was written to this disk at the time that it has. A time that was kept is older."""
    path = one.file.entry.path
    try:
        status = path.lstat() if path else None
    except OSError:
        return False
    return status is not None and abs(status.st_ctime - status.st_mtime) <= HOUR.total_seconds()
