"""When files were handed in, as far as that is known. This is the one place that decides it.

==========================================  ==============================================================
a file of                                   its time
==========================================  ==============================================================
a platform's export with records            that of the record
a branch, or a Git work tree                that of the last commit that changed it
an export, a zip, or a folder without Git   its own, unless it is one of nearly all that are from the same hour
==========================================  ==============================================================

A copy, a clone or a download gives all files its own time. Hand-ins of three or more students that are nearly all from
the same hour are taken for such a copy, because a copy must not make anybody late. One or two students may well have
handed in within an hour. Their times are only unknown if the files around theirs are from that hour, too, or if the
files were written to this disk at these times, as a copy is, and no hand-ins around theirs tell otherwise.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path, PurePath
from typing import TypeVar

from dlgrade.batch.files.history import NoHistory, WorkTrees
from dlgrade.batch.files.trees import Tree, moment
from dlgrade.batch.students.naming import is_generic
from dlgrade.batch.students.owned import Clock, OwnedFile
from dlgrade.batch.times.due import Due, instant
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.submission import SUFFIXES, size_limit
from dlgrade.submission.beside import listed
from dlgrade.text import Text, both

HOUR = timedelta(hours=1)
MANY = 3  # students whose common hour is no chance
NEARLY_ALL = 0.9
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
    settling.files(settling.histories([one for one in own if id(one.file) in may_count]))
    return [replace(one.file, time=one.time) for one in dated], settling.notes if due else []


def nearly_all_from(times: Sequence[datetime], fewest: int = MANY) -> list[Hour]:
    """The few hours that nearly all times are from. Empty if the times are spread, as those of people are.

    Args:
        times: A time for each student.
        fewest: How many times the first hour must have. Each further hour must have MANY.
    """
    left, hours, covered = sorted(times), [], 0
    for number in range(min(MAX_HOURS, 1 + len(times) // PER_HOUR)):
        start, size = _fullest_hour(left)
        if size < (MANY if number else fewest):
            break
        hours.append((left[start], left[start + size - 1]))
        del left[start : start + size]
        covered += size
        if covered >= NEARLY_ALL * len(times):
            return hours
    return []


def _fullest_hour(times: Sequence[datetime]) -> tuple[int, int]:
    """The first place of the hour with most of the sorted times, and their number."""
    best, end = (0, 0), 0
    for start, time in enumerate(times):
        while end < len(times) and times[end] - time <= HOUR:
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
        self.carried = [(one, one.time) for one in everything if one.is_work and one.file.clock is Clock.FILE]
        self.zone: tzinfo | None = due.zone if due else None
        self.trusting = bool(due and due.trust_file_times)
        self.notes: list[Text] = []

    def exports(self, files: list[_Dated]) -> None:
        """Forget the times of exports that are those of the download. A zip inside has the times of its student."""
        for tree, group in _grouped(files, lambda one: one.tree.display_name).items():
            outer = [one for one in group if not any(part.lower().endswith(".zip") for part in one.file.entry.parts)]
            times = self._newest(outer)
            if (times and self.trusting) or (times and not nearly_all_from(times, fewest=1)):
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
            some = ", ".join(names[:MAX_NAMED]) + (f" (+{len(names) - MAX_NAMED})" if len(names) > MAX_NAMED else "")
            self.notes.append(
                both(f"{some}: {reason.en}: submission times unknown.", f"{some}：{reason.zh}，提交时间不详。")
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

        def place(one: _Dated) -> tuple[str, bool, str]:
            """A class is one place. Students whose folders or zips are given side by side are a class, too."""
            name = one.tree.display_name
            return (name if len(owners[name]) > 1 else str(PurePath(name).parent)), one.packed, one.chapter

        for (name, packed, _), group in _grouped(files, place).items():
            many = len({one.student for one in group}) >= MANY
            hours = nearly_all_from(self._newest(group)) if many else self._common_hour(group, packed)
            if hours:
                trees = {one.tree.display_name for one in group}
                self._forget(trees.pop() if len(trees) == 1 else name, group, hours)

    def _common_hour(self, group: list[_Dated], packed: bool) -> list[Hour]:
        """The hour of a copy that wrote the files of one or two students. Empty if there was none."""
        times = self._newest(group)
        first, last = min(times), max(times)
        if last - first > HOUR:
            return []
        classmates = self._classmates(group, packed)
        around = classmates or ([] if packed else _neighbours(group[0]))
        for start, end in nearly_all_from([*times, *around]):
            if start <= first and last <= end:
                return [(start, end)]
        is_spread_class = len(classmates or (around and _neighbours(group[0], alike=True))) >= MANY
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

    def _forget(self, name: str, group: list[_Dated], hours: list[Hour]) -> None:
        """Make the times of a group unknown, and say why."""
        times = [instant(one.time, self.zone) for one in group if one.time is not None]
        inside = sum(any(start <= time <= end for start, end in hours) for time in times)
        for one in group:
            one.time = None
        span = " / ".join(f"{start.astimezone(self.zone):%Y-%m-%d %H:%M}" for start, _ in hours)
        if len(hours) > 1:
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


def _neighbours(one: _Dated, *, alike: bool = False) -> list[datetime]:
    """The time of the newest code file in each file and folder beside the student's.

    Args:
        one: The student's file.
        alike: Only files count that have the same name, or the same chapter in their names.
    """
    own_name, chapter = one.file.entry.name, one.file.parsed.chapter

    def counts(path: Path) -> bool:
        like_own = path.name == own_name or bool(chapter and chapter in path.name.casefold())
        return path.suffix.lower() in SUFFIXES and (like_own or not alike)

    if one.file.entry.path is None:
        return []
    path = one.file.entry.path.absolute()
    folder = path.parents[len(one.file.entry.parts) - 1]
    among_others = one.tree.loose and not is_generic(one.file.parsed.rest)  # `ada_ch28.py`, given by name
    beside = _children(folder if among_others else folder.parent)
    times = []
    for place in itertools.islice((one for one in beside if one not in (path, *path.parents)), MAX_NEIGHBOURS):
        inside = [found for _, found in listed(place)] if place.is_dir() and not place.is_symlink() else [place]
        stamps = [_changed(found) for found in inside if counts(found)]
        if stamps and (newest := moment(max(stamps))):
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
