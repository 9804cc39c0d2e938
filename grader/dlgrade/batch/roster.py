"""The roster of a class, and the student behind a name, an id or an e-mail address."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.naming import Identity, name_keys
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
    """A class.

    Args:
        students: The students in the order of the file.
        known: Students by id.
        ids: Ids of the students with this id, e-mail address or login, in small letters.
        names: Ids of the students with this key of a name.
        canvas: Ids of the students with this number in Canvas.
        moodle: Ids of the students with this number in Moodle.
    """

    students: tuple[Student, ...] = ()
    known: dict[str, Student] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    canvas: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    moodle: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def find(self, identity: Identity) -> Student | Text:
        """The student whom every part of the identity fits, or why there is no such student. Nothing is guessed."""
        name = identity.display_name
        fitting = self._fitting(identity)
        if not fitting:
            return both(f"Nobody in the roster is called {name}.", f"名单中没有 {name}。")
        common = set.intersection(*fitting)
        if len(common) == 1:
            return self.known[common.pop()]
        candidates = set().union(*fitting)
        names = " / ".join(student.display_name for student in self.students if student.id in candidates)
        return both(
            f"{name} fits several students of the roster: {names}.",
            f"{name} 对应名单中的多名学生：{names}。",
        )

    def _fitting(self, identity: Identity) -> list[set[str]]:
        """For each part of the identity that the roster knows, the ids of the students whom it fits."""
        exact = [self.canvas.get(identity.canvas), self.moodle.get(identity.moodle)]
        exact += [self.ids.get(id.casefold()) for id in (identity.id, identity.email) if id]
        by_id = [ids for ids in exact if ids]
        by_name = self._called(identity.name)
        return [*by_id, by_name] if by_name else by_id or self._id_beside_name(identity.id)

    def _called(self, name: str) -> set[str]:
        return set().union(*(self.names.get(key, set()) for key in name_keys(name)))

    def _id_beside_name(self, text: str) -> list[set[str]]:
        """The student of `s1_Ada Lovelace`, where s1 is an id. A short id counts only beside its student's name."""
        words = [word for word in re.split(r"[_\s\-+,，、()（）]+", text) if word]
        for index, word in enumerate(words):
            named = self._called(" ".join(words[:index] + words[index + 1 :]))
            if ids := self.ids.get(word.casefold(), set()) & named:
                return [ids]
        return []


def read_roster(path: Path) -> Roster:
    """Read a CSV with a header.

    Raises:
        UsageError: the file cannot be read, has no column of ids or names, or has an id twice. The message says where.
    """
    rows = _read_rows(path)
    columns = _columns(rows[0]) if rows else {}
    if not {"id", "name", "email", "last"} & columns.keys():
        header = ", ".join(rows[0])[:200] if rows else ""
        raise _bad_roster(
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
            raise _bad_roster(
                path,
                f"lines {first} and {line} have the same id, {student.id}",
                f"第 {first} 行与第 {line} 行的学号相同：{student.id}",
            )
        lines[student.id] = line
        students.append(student)
        _register(roster, student, cells)
    roster.students = tuple(students)
    if not students:
        raise _bad_roster(path, "it has no students", "其中没有学生")
    return roster


def _bad_roster(path: Path, en: str, zh: str) -> UsageError:
    return UsageError(both(f"Roster {path}: {en}.", f"名单 {path}：{zh}。"))


def _read_rows(path: Path) -> list[list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _bad_roster(path, f"{error.strerror}", f"{error.strerror}") from None
    encodings = ENCODINGS if content[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _bad_roster(
            path,
            "it is neither UTF-8 nor GBK text; is it a spreadsheet? Save it as CSV",
            "不是 UTF-8 或 GBK 文本；请另存为 CSV",
        )
    if "\0" in text:
        raise _bad_roster(path, "it is not text; is it a spreadsheet? Save it as CSV", "不是文本；请另存为 CSV")
    head = text.lstrip().partition("\n")[0]
    separator = max(",;\t，", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise _bad_roster(path, str(error), str(error)) from None
    while rows and not any(cell.strip() for cell in rows[0]):
        del rows[0]
    return rows


def _columns(header: Iterable[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    titles = [" ".join(title.replace("_", " ").split()).casefold() for title in header]
    for index, title in enumerate(titles):
        for key, pattern in COLUMNS.items():
            if re.fullmatch(pattern, title):
                columns.setdefault(key, index)
    if "sis user id" in titles and "id" in titles:  # Canvas' gradebook: its column ID is Canvas' own number
        columns |= {"id": titles.index("sis user id"), "canvas": titles.index("id")}
    return columns


def _student(cells: dict[str, str]) -> Student | None:
    """The student of a row. None if it is empty, or has the points possible in Canvas' gradebook."""
    name = cells.get("name") or " ".join(cells[key] for key in ("first", "last") if cells.get(key))
    if re.fullmatch(r"Points Possible|Student, Test", name):
        return None
    id = cells.get("id") or cells.get("login") or cells.get("email") or name
    return Student(id, " ".join(name.split()), cells.get("email", "")) if id else None


def _register(roster: Roster, student: Student, cells: dict[str, str]) -> None:
    roster.known[student.id] = student
    for id in (student.id, student.email, cells.get("login", "")):
        if id:
            roster.ids[id.casefold()].add(student.id)
    for key in name_keys(student.name):
        roster.names[key].add(student.id)
    if canvas := cells.get("canvas"):
        roster.canvas[canvas].add(student.id)
    if moodle := re.search(r"\d+", cells.get("moodle", "")):
        roster.moodle[moodle[0]].add(student.id)
