"""The roster of a class, and which of its students a name, an id or an e-mail address belongs to."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dlgrade.batch.model import Student
from dlgrade.batch.naming import Who, keys
from dlgrade.errors import UsageError
from dlgrade.text import Text, both

# The columns of rosters as people write them and as Canvas, Moodle and Gradescope export them.
COLUMNS = {
    "id": "id|sid|student ?id|student ?(?:number|no)|sis user id|id ?number|学号|学生编号|学生号|编号",
    "name": "name|student|student ?name|full ?name|display ?name|姓名|名字|学生姓名|学生",
    "first": "first ?name|given ?name|名",
    "last": "last ?name|surname|family ?name|姓",
    "email": "e-?mail|e-?mail ?address|电子邮箱|电子邮件|邮箱|邮件",
    "canvas": "canvas(?: user)? ?id",
    "moodle": "moodle(?: user)? ?id|identifier|participant(?: ?id)?",
    "login": "login|login ?id|user ?name|sis login id|账号|用户名",
}
ENCODINGS = ("utf-8-sig", "gbk")


@dataclass
class Roster:
    """Students in the order of the file, and everything that each is known by."""

    students: tuple[Student, ...] = ()
    known: dict[str, Student] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    canvas: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    moodle: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def find(self, who: Who) -> Student | Text:
        """The one student whom all of it fits, or why there is none: nobody is guessed."""
        exact = [self.canvas.get(who.canvas), self.moodle.get(who.moodle)]
        exact += [self.ids.get(word.casefold()) for word in (who.id, who.email) if word]
        by_id = [found for found in exact if found]
        by_name: set[str] = set().union(*(self.names.get(key, set()) for key in keys(who.name)))
        fitting = [*by_id, by_name] if by_name else by_id or self._in_words(who.id)
        if not fitting:
            return both(f"Nobody in the roster is called {who.words}.", f"名单中没有 {who.words}。")
        both_fit = set.intersection(*fitting)
        if len(both_fit) == 1:
            (id,) = both_fit
            return self.known[id]
        several = " / ".join(student.shown for student in self.students if student.id in set().union(*fitting))
        return both(
            f"{who.words} fits several students of the roster: {several}.",
            f"{who.words} 对应名单中的多名学生：{several}。",
        )

    def _in_words(self, words: str) -> list[set[str]]:
        """Whom `s1_Ada Lovelace` fits, where s1 is an id: a short one counts only beside its student's name."""
        parts = [word for word in re.split(r"[_\s\-+,，、()（）]+", words) if word]
        for index, part in enumerate(parts):
            names = keys(" ".join(parts[:index] + parts[index + 1 :]))
            named: set[str] = set().union(*(self.names.get(key, set()) for key in names))
            if found := self.ids.get(part.casefold(), set()) & named:
                return [found]
        return []


def read_roster(path: Path) -> Roster:
    """Read a CSV with a header.

    Raises:
        UsageError: it cannot be read, has no column of ids or names, or an id twice; the message says where.
    """
    rows = _rows(path)
    columns = _columns(rows[0]) if rows else {}
    if not {"id", "name", "email", "last"} & columns.keys():
        header = ", ".join(rows[0])[:200] if rows else ""
        raise _wrong(
            path,
            f"it needs a header with a column id or name; it has: {header}",
            f"表头需有“学号”或“姓名”列；现有：{header}",
        )
    roster, students = Roster(), []
    lines: dict[str, int] = {}
    for line, row in enumerate(rows[1:], 2):
        cells = {key: row[index].strip() for key, index in columns.items() if index < len(row)}
        student = _student(cells)
        if student is None:
            continue
        if student.id in lines:
            first = lines[student.id]
            raise _wrong(
                path,
                f"lines {first} and {line} have the same id, {student.id}",
                f"第 {first} 行与第 {line} 行的学号相同：{student.id}",
            )
        lines[student.id] = line
        students.append(student)
        _note(roster, student, cells)
    roster.students = tuple(students)
    if not students:
        raise _wrong(path, "it has no students", "其中没有学生")
    return roster


def _wrong(path: Path, en: str, zh: str) -> UsageError:
    return UsageError(both(f"Roster {path}: {en}.", f"名单 {path}：{zh}。"))


def _rows(path: Path) -> list[list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(path, f"{error.strerror}", f"{error.strerror}") from None
    encodings = ENCODINGS if content[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _wrong(
            path,
            "it is neither UTF-8 nor GBK text; is it a spreadsheet? Save it as CSV",
            "不是 UTF-8 或 GBK 文本；请另存为 CSV",
        )
    if "\0" in text:
        raise _wrong(path, "it is no text; is it a spreadsheet? Save it as CSV", "不是文本；请另存为 CSV")
    head = text.lstrip().partition("\n")[0]
    separator = max(",;\t，", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise _wrong(path, str(error), str(error)) from None
    while rows and not any(cell.strip() for cell in rows[0]):
        del rows[0]
    return rows


def _columns(header: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    titles = [" ".join(title.replace("_", " ").split()).casefold() for title in header]
    for index, title in enumerate(titles):
        for key, pattern in COLUMNS.items():
            if re.fullmatch(pattern, title):
                found.setdefault(key, index)
    if "sis user id" in titles and "id" in titles:  # Canvas' gradebook, where ID is Canvas' own
        found |= {"id": titles.index("sis user id"), "canvas": titles.index("id")}
    return found


def _student(cells: dict[str, str]) -> Student | None:
    """None for a line that is no student's: an empty one, or the points possible in Canvas' gradebook."""
    name = cells.get("name") or " ".join(cells[key] for key in ("first", "last") if cells.get(key))
    if re.fullmatch(r"Points Possible|Student, Test", name):
        return None
    id = cells.get("id") or cells.get("login") or cells.get("email") or name
    return Student(id, " ".join(name.split()), cells.get("email", "")) if id else None


def _note(roster: Roster, student: Student, cells: dict[str, str]) -> None:
    roster.known[student.id] = student
    for word in (student.id, student.email, cells.get("login", "")):
        if word:
            roster.ids[word.casefold()].add(student.id)
    for key in keys(student.name):
        roster.names[key].add(student.id)
    if canvas := cells.get("canvas"):
        roster.canvas[canvas].add(student.id)
    if moodle := re.search(r"\d+", cells.get("moodle", "")):
        roster.moodle[moodle[0]].add(student.id)
