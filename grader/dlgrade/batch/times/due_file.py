"""Reads the file that `--due` names. Every fault in it is an error that names the line: it decides about grades.

    timezone: Asia/Shanghai
    due: {ch28: 2026-11-20, ch56: 2026-11-27 18:00}
    grace_minutes: 15
    percent_per_day: 10
    cap_percent: 50
    extensions:
      - {student: ada, chapter: ch28, until: 2026-11-25, reason: ill}

The file is read as YAML, but its values as they are written: YAML itself takes `23:59` for a number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import yaml
from yaml.reader import ReaderError

from dlgrade.batch.files.trees import unreadable
from dlgrade.batch.times.due import DEFAULT_ZONE, Due, DueTime, Extension, due_time
from dlgrade.course import Course
from dlgrade.errors import NoSuchChapter, UsageError
from dlgrade.text import Text, both

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
MAX_GRACE = 366 * 24 * 60
MAX_PERCENT = 100
KEYS = (
    "due", "timezone", "grace_minutes", "percent_per_day", "cap_percent", "extensions", "trust_file_times",
)  # fmt: skip
EXTENSION_KEYS = ("student", "chapter", "chapters", "until", "reason")
NO_PLACES = {"localtime", "Factory"}  # zones that depend on the machine, or say nothing
CITIES = {"beijing": "Asia/Shanghai", "peking": "Asia/Shanghai", "utc+8": "Asia/Shanghai", "+08:00": "Asia/Shanghai"}
ABBREVIATIONS = {  # each is used in several countries, or leaves out the summer time
    "CST": "Asia/Shanghai, America/Chicago", "CDT": "America/Chicago", "EST": "America/New_York, Australia/Sydney",
    "EDT": "America/New_York", "MST": "America/Denver, America/Phoenix", "MDT": "America/Denver",
    "PST": "America/Los_Angeles, Asia/Manila", "PDT": "America/Los_Angeles", "HST": "Pacific/Honolulu",
    "AST": "America/Halifax, Asia/Riyadh", "ADT": "America/Halifax",
    "IST": "Asia/Kolkata, Asia/Jerusalem, Europe/Dublin",
    "BST": "Europe/London, Asia/Dhaka", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "CET": "Europe/Berlin, Europe/Paris",
    "CEST": "Europe/Berlin, Europe/Paris", "MET": "Europe/Berlin", "MEZ": "Europe/Berlin", "EET": "Europe/Helsinki",
    "EEST": "Europe/Helsinki", "MSK": "Europe/Moscow", "JST": "Asia/Tokyo", "KST": "Asia/Seoul",
    "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore", "SST": "Asia/Singapore, Pacific/Pago_Pago", "AEST": "Australia/Sydney, Australia/Brisbane",
    "AEDT": "Australia/Sydney", "ACST": "Australia/Adelaide", "AWST": "Australia/Perth", "NZST": "Pacific/Auckland",
    "GST": "Asia/Dubai", "WIB": "Asia/Jakarta", "PKT": "Asia/Karachi", "BRT": "America/Sao_Paulo",
}  # fmt: skip
INVERTED = re.compile(r"(?:Etc/)?GMT[+-]0*[1-9]\d*", re.IGNORECASE)  # in POSIX, GMT+8 is behind GMT

Entry = tuple[yaml.Node, yaml.Node]  # a key and its value


def read_due(path: Path, course: Course) -> Due:
    """Read the file.

    Raises:
        UsageError: the file is missing, or has a wrong key, chapter, number, time or zone. The message says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise UsageError(unreadable(str(path), error)) from None
    except UnicodeDecodeError:
        raise UsageError(
            both(f"{path} is not in UTF-8. Save it as UTF-8.", f"{path} 不是 UTF-8 编码。请另存为 UTF-8。")
        ) from None
    except ReaderError as error:  # yaml tells the place in the text alone
        line = text.count("\n", 0, error.position) + 1
        raise UsageError(_broken(path, line, f"{error.character:#06x}: {error.reason}")) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(_broken(path, line, error.problem or str(error))) from None
    except RecursionError:
        raise UsageError(_broken(path, 1, "too many brackets in each other")) from None
    if root is None:
        raise UsageError(both(f"{path} is empty.", f"{path} 是空文件。"))
    return _Reader(path, course).rules(root)


def _broken(path: Path, line: int, problem: str) -> Text:
    return both(f"{path}, line {line}: this is not YAML: {problem}", f"{path} 第 {line} 行：不是 YAML：{problem}")


def _guess(wanted: str, names: Iterable[str]) -> Text:
    """A question that names the closest name, if any is close."""
    by_key = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(wanted.casefold(), list(by_key), n=1)
    return _did_you_mean(by_key[near[0]]) if near else both("", "")


def _did_you_mean(name: str) -> Text:
    return both(f" Did you mean {name}?", f"是否指 {name}？")


def _is_empty(node: yaml.Node) -> bool:
    """Return whether a key has no value: nothing, `~` or `null`."""
    return isinstance(node, yaml.ScalarNode) and str(node.tag).endswith(":null")


@dataclass(frozen=True)
class _Reader:
    """Turns the nodes of the file into rules. Every method raises UsageError if its node has a fault."""

    path: Path
    course: Course

    def fault(self, node: yaml.Node, en: str, zh: str, guess: Text | None = None) -> UsageError:
        line = node.start_mark.line + 1
        message = both(f"{self.path}, line {line}: {en}.", f"{self.path} 第 {line} 行：{zh}。")
        return UsageError(message + guess if guess else message)

    def rules(self, root: yaml.Node) -> Due:
        entries = self._mapping(root, KEYS)
        if "due" not in entries:
            raise self.fault(root, "there is no `due`, such as `due: {ch28: 2026-11-20}`", "缺少 due")
        zone = self._zone(entries["timezone"][1] if "timezone" in entries else root, named="timezone" in entries)
        frame = Due({}, zone)
        if _is_empty(entries["due"][1]):
            raise self.fault(
                entries["due"][0], "`due` lists no chapter, as in `due: {ch28: 2026-11-20}`", "due 未列出章节"
            )
        times = {
            self._chapter(key): self._time(value, frame) for key, value in self._mapping(entries["due"][1]).values()
        }
        frame = Due(times, zone)
        listed = self._items(entries["extensions"][1]) if "extensions" in entries else []
        return Due(
            times,
            zone,
            self._number(entries, "grace_minutes", MAX_GRACE, 0),
            self._number(entries, "percent_per_day", MAX_PERCENT, 0),
            self._number(entries, "cap_percent", MAX_PERCENT, MAX_PERCENT),
            self._extensions(listed, frame),
            self._switch(entries, "trust_file_times"),
            str(self.path),
            "timezone" in entries,
        )

    def _mapping(self, node: yaml.Node, known: tuple[str, ...] = ()) -> dict[str, Entry]:
        """The entries of a mapping, none of which may come twice. `known`: the keys that it may have."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, "this must be `key: value`", "此处应为“键: 值”")
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            name = self._written(key)
            if name in entries:
                first = entries[name][0].start_mark.line + 1
                raise self.fault(key, f"{name} comes twice; line {first} has it, too", f"{name} 与第 {first} 行重复")
            if known and name not in known:
                raise self.fault(key, f"there is no key {name!r}", f"没有 {name!r} 这个键", _guess(name, known))
            entries[name] = key, value
        return entries

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        if _is_empty(node):
            raise self.fault(node, "nothing is listed here; remove the key, or list something", "此处未列出任何内容")
        if not isinstance(node, yaml.SequenceNode):
            raise self.fault(node, "this must be a list", "此处应为列表")
        return list(node.value)

    def _written(self, node: yaml.Node) -> str:
        """The text of a node, as it is written."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.fault(node, "a text is missing here", "此处缺少文字")
        return str(node.value).strip()

    def _number(self, entries: dict[str, Entry], key: str, most: float, default: float) -> float:
        if key not in entries:
            return default
        node = entries[key][1]
        plain = isinstance(node, yaml.ScalarNode) and not node.style and NUMBER.fullmatch(node.value)
        if not plain or not 0 <= float(node.value) <= most:
            found = repr(node.value) if isinstance(node, yaml.ScalarNode) else "…"
            raise self.fault(
                node,
                f"{key} must be a number from 0 to {most}, without quotes or a sign; it is {found}",
                f"{key} 应为 0 到 {most} 之间的数，不加引号和百分号；现为 {found}",
            )
        return float(node.value)

    def _switch(self, entries: dict[str, Entry], key: str) -> bool:
        if key not in entries:
            return False
        value = self._written(entries[key][1]).casefold()
        if value not in ("true", "false"):
            raise self.fault(entries[key][1], f"{key} must be true or false", f"{key} 应为 true 或 false")
        return value == "true"

    def _zone(self, node: yaml.Node, *, named: bool) -> str:
        name = self._written(node) if named else DEFAULT_ZONE
        zones = available_timezones() - NO_PLACES
        if not zones:
            raise self.fault(
                node, "this machine knows no time zones: pip install tzdata", "本机没有时区数据：pip install tzdata"
            )
        if places := ABBREVIATIONS.get(name.upper()):
            raise self.fault(
                node,
                f"{name} is no time zone but an abbreviation; write the place, such as {places}",
                f"{name} 是缩写，不是时区；请写地名，如 {places}",
            )
        if INVERTED.fullmatch(name):
            raise self.fault(
                node,
                f"{name} may be ahead of or behind UTC; write the place, such as Asia/Shanghai",
                f"{name} 的正负有歧义；请写地名，如 Asia/Shanghai",
            )
        if name in zones:
            return name
        city = difflib.get_close_matches(re.sub(r".*/|\s", "", name).casefold(), list(CITIES), n=1, cutoff=0.8)
        guess = _did_you_mean(CITIES[city[0]]) if city else _guess(name, zones)
        raise self.fault(node, f"there is no time zone {name!r}", f"没有时区 {name!r}", guess)

    def _chapter(self, node: yaml.Node) -> str:
        """The id of a chapter. Its other names are refused: results have the id."""
        name = self._written(node)
        ids = [stem.partition("_")[0] for stem in self.course.stems]
        if name in ids:
            return name
        swapped = [id for id in ids if sorted(id) == sorted(name.casefold())]  # ch82 for ch28
        guess = self._guess_chapter(name) or (_did_you_mean(swapped[0]) if swapped else _guess(name, ids))
        raise self.fault(node, f"there is no chapter {name!r}", f"没有章节 {name!r}", guess)

    def _guess_chapter(self, name: str) -> Text | None:
        """A question that names the chapter with this name, or with an exercise of this name."""
        try:
            return _did_you_mean(self.course.chapter(name).id)
        except NoSuchChapter:
            pass
        plain = name.casefold()
        for chapter in self.course.chapters:
            if any(plain == exercise.name.casefold() for exercise in chapter.exercises):
                return _did_you_mean(chapter.id)
        return None

    def _time(self, node: yaml.Node, frame: Due) -> str:
        self._due_time(node, frame)
        return self._written(node)

    def _due_time(self, node: yaml.Node, frame: Due) -> DueTime:
        written = self._written(node)
        try:
            time = due_time(written, frame.zone)
            if time.is_skipped:
                raise self.fault(
                    node,
                    f"the clocks of {frame.timezone} skip {written!r}; write another time",
                    f"{frame.timezone} 的时钟跳过了 {written!r}；请写其他时间",
                )
            return time
        except ValueError:
            raise self.fault(
                node,
                f"{written!r} is no time; write it as 2026-11-20 or 2026-11-20 23:59",
                f"{written!r} 不是时间；请写成 2026-11-20 或 2026-11-20 23:59",
            ) from None

    def _extensions(self, nodes: list[yaml.Node], rules: Due) -> tuple[Extension, ...]:
        extensions: list[Extension] = []
        lines: dict[tuple[str, str], int] = {}
        for node in nodes:
            extension = self._extension(node, rules)
            for chapter in extension.chapters:
                owner = extension.student.casefold(), chapter
                if owner in lines:
                    raise self.fault(
                        node,
                        f"{extension.student} has an extension for {chapter} already, in line {lines[owner]}",
                        f"{extension.student} 的 {chapter} 延期与第 {lines[owner]} 行重复",
                    )
                lines[owner] = extension.line
            extensions.append(extension)
        return tuple(extensions)

    def _extension(self, node: yaml.Node, rules: Due) -> Extension:
        entries = self._mapping(node, EXTENSION_KEYS)
        for key in ("student", "until", "reason"):
            if key not in entries:
                raise self.fault(node, f"the extension has no `{key}`", f"延期缺少 {key}")
        if ("chapter" in entries) == ("chapters" in entries):
            raise self.fault(node, "the extension needs `chapter` or `chapters`", "延期须有 chapter 或 chapters 之一")
        listed = [entries["chapter"][1]] if "chapter" in entries else self._items(entries["chapters"][1])
        chapters = tuple(self._chapter(item) for item in listed)
        if not chapters:
            raise self.fault(node, "the extension names no chapter", "延期未写章节")
        until = self._due_time(entries["until"][1], rules)
        for chapter in chapters:
            due = rules.of(chapter)
            if due is None:
                raise self.fault(node, f"{chapter} has no due time to extend", f"{chapter} 没有截止时间，无从延期")
            if until.after() <= due.after():
                raise self.fault(
                    entries["until"][1],
                    f"the extension ends no later than {chapter} is due",
                    f"延期不晚于 {chapter} 的截止时间",
                )
        return Extension(
            self._written(entries["student"][1]),
            chapters,
            self._written(entries["until"][1]),
            self._written(entries["reason"][1]),
            node.start_mark.line + 1,
        )
