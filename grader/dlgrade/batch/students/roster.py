"""The roster of a class, and the student behind a name, an id or an e-mail address."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students import ids
from dlgrade.batch.students.encodings import is_garbled
from dlgrade.batch.students.ids import LostDigitsError
from dlgrade.batch.students.naming import Identity, name_keys
from dlgrade.batch.students.roster_file import Sheet, bad_roster, is_canvas, plain_title, read_sheet
from dlgrade.text import Text, both, some

STUDENT = re.compile(
    r"(?:enrolled )?(?:students?|learners?|pupils?|participants?)|student ?enrollment|student[_ -]ac|"
    r"学生|學生|学员|本科生|研究生|博士生|硕士生|student(?:in|innen|en)?|studierende[r]?|teilnehmer(?:in)?|"
    r"étudiante?s?|estudiantes?|alumn[oa]s?",
    re.IGNORECASE,
)
NO_STUDENT = re.compile(
    r"teach|instruct|lectur|profess|\bprof\b|\btas?\b|assistant|assistent|tutor|reader|grader|marker|observ|"
    r"design|admin|manager|builder|guest|parent|staff|coordinat|test|lehr|dozent|betreuer|enseign|profesor|"
    r"教师|老师|教師|老師|助教|助理|助手|管理|观察|觀察|家长|访客|讲师|教授|教务|督导|主讲",
    re.IGNORECASE,
)
TEST_STUDENT = re.compile(r"Student, Test|Test Student")
HASH = re.compile(r"[0-9a-f]{40}")  # the login of Canvas' test student
NUMBER = re.compile(r"[\d.,%/ ]+\s*[人名个]?|[-–—]+")
TOTAL = re.compile(
    r"(?:(?:grand |sub)?total(?: students?| number)?|number of students|"
    r"合计|总计|共计|小计|總計|合計|共計|(?:总|學生|学生)?人[数數]|总人数)"
    r"\s*[:：=]?\s*(?:\d+\s*(?:人|名|students?)?)?|(?:共|总共|一共)\s*(?:有|计)?\s*\d+\s*(?:人|名|个)?(?:学生|學生)?|"
    r"\d+ ?students",
    re.IGNORECASE,
)
MAYBE_TOTAL = re.compile(r"(?:sum|count|summe|average|mean|max|min|平均|平均分|最高分|最低分)\s*:?", re.IGNORECASE)
MAX_NAMES = 5  # in a note
SHORT = 5  # digits; shorter numbers count the students
MORE_THAN_CHANCE = 3  # times as many ids end in zeros


@dataclass(frozen=True)
class CanvasSheet:
    """The columns of Canvas' own gradebook, which an import must have as they came.

    Args:
        header: The titles up to `Section`.
        cells: The cells below them, by the id of the student.
        assignments: The titles of the other columns.
        points: Their points possible, as they are written. Empty if the file has no such row.
    """

    header: tuple[str, ...]
    cells: Mapping[str, tuple[str, ...]]
    assignments: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass
class Roster:
    """A class.

    Args:
        students: The students in the order of the file.
        notes: Sentences about everything in the file that staff should look at.
        canvas_sheet: The columns of Canvas' gradebook, if the roster is its export.
        canvas_ids: The ids of students that are Canvas' own numbers.
        logins: The login of each student who has one, by the student's id.
        numbered: The ids that are in a column for ids; others were made of a name, an address or a login.
        known: Students by id.
        ids: Ids of the students with this id, e-mail address or login, as `ids.key` writes it.
        numbers: Ids of the students with this id, without leading zeros.
        names: Ids of the students with this key of a name.
        canvas: Ids of the students with this number in Canvas.
        moodle: Ids of the students with this number in Moodle.
    """

    students: tuple[Student, ...] = ()
    notes: tuple[Text, ...] = ()
    canvas_sheet: CanvasSheet | None = None
    canvas_ids: frozenset[str] = frozenset()
    logins: dict[str, str] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    known: dict[str, Student] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
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
        exact += [self._with_id(id) for id in (identity.id, identity.email) if id]
        by_id = [ids for ids in exact if ids]
        by_name = self._called(identity.name)
        return [*by_id, by_name] if by_name else by_id or self._id_beside_name(identity.id)

    def _with_id(self, id: str) -> set[str]:
        """The student with this id. If there is none, those whose id differs in case, then in leading zeros."""
        if id in self.known:
            return {id}
        return self.ids.get(ids.key(id)) or self.numbers.get(ids.number_key(id)) or set()

    def _called(self, name: str) -> set[str]:
        return set().union(*(self.names.get(key, set()) for key in name_keys(name)))

    def _id_beside_name(self, text: str) -> list[set[str]]:
        """The student of `s1_Ada Lovelace`, where s1 is an id. A short id counts only beside its student's name."""
        words = [word for word in re.split(r"[_\s\-+,，、()（）]+", text) if word]
        for index, word in enumerate(words):
            named = self._called(" ".join(words[:index] + words[index + 1 :]))
            if fitting := self.ids.get(ids.key(word), set()) & named:
                return [fitting]
        return []


def read_roster(path: Path) -> Roster:
    """Read a table with a header.

    Raises:
        UsageError: the file cannot be read, has no column of ids or names, has an id twice, or a spreadsheet destroyed
            an id. The message says where.
    """
    sheet = read_sheet(path)
    reader = _Reader(path, sheet)
    for line, cells in sheet.rows:
        reader.add(line, cells)
    if not reader.students:
        raise bad_roster(path, "it has no students", "其中没有学生")
    return reader.roster()


class _Reader:
    """Reads the rows of a roster: `add` each row, then call `roster` once."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self.path, self.sheet = path, sheet
        self.of_canvas = is_canvas(sheet.header)
        self.result = Roster()
        self.students: list[Student] = []
        self.rows: dict[str, tuple[int, dict[str, str]]] = {}  # by id: the line, and the known cells
        self.canvas_cells: dict[str, tuple[str, ...]] = {}
        self.points: tuple[str, ...] = ()
        self.restored: list[str] = []  # `2021012345.0 -> 2021012345`
        self.no_students: list[str] = []
        self.unknown_roles: Counter[str] = Counter()

    def add(self, line: int, row: Sequence[str]) -> None:
        """Add the student of a row, unless it is empty, a heading, or somebody who is no student."""
        cells = {key: ids.tidy(row[place]) for key, place in self.sheet.columns.items()}
        if ids.tidy(row[0]) == "Points Possible":
            self.points = tuple(map(ids.tidy, row))
            return
        if not any(cells.values()):
            return
        if _is_total(cells, row):
            self.no_students.append(", ".join(cell for cell in map(ids.tidy, row) if cell))
            return
        for key in ("id", "login", "canvas"):
            if cells.get(key):
                cells[key] = self._restore(line, cells[key])
        student = _student(cells)
        if student is None or self._is_no_student(student, cells):
            return
        if student.id in self.rows:
            first, known = self.rows[student.id]
            if cells == known:
                return  # somebody who is in two groups
            raise bad_roster(
                self.path,
                f"lines {first} and {line} have the same id, {student.id}",
                f"第 {first} 行与第 {line} 行的学号相同：{student.id}",
            )
        self.rows[student.id] = line, cells
        self.students.append(student)
        self.canvas_cells[student.id] = tuple(row)
        _register(self.result, student, cells)

    def _restore(self, line: int, cell: str) -> str:
        try:
            id = ids.restored(cell)
        except LostDigitsError:
            raise bad_roster(
                self.path,
                f"line {line}: a spreadsheet destroyed the id {cell}. Export the roster again, and open it only with "
                "this column as text",
                f"第 {line} 行：学号 {cell} 已被电子表格破坏。请重新导出名单；若用电子表格打开，请把该列设为文本",
            ) from None
        if ids.key(cell) != ids.key(id):
            self.restored.append(f"{cell} -> {id}")
        return id

    def _is_no_student(self, student: Student, cells: Mapping[str, str]) -> bool:
        login = cells.get("login", "")
        if self.of_canvas and not cells.get("id") and (TEST_STUDENT.fullmatch(student.name) or HASH.fullmatch(login)):
            self.no_students.append(student.name)
            return True
        role = cells.get("role", "")
        parts = [part.strip() for part in re.split(r"[,;/、，；|]", role) if part.strip()]
        if not parts or any(STUDENT.fullmatch(part) for part in parts):
            return False
        if NO_STUDENT.search(role):
            self.no_students.append(f"{student.name or student.id} ({role})")
            return True
        self.unknown_roles[role] += 1
        return False

    def roster(self) -> Roster:
        """The roster of all rows that were added."""
        self.result.students = tuple(self.students)
        self.result.notes = tuple(
            note
            for note in (
                self._encoding(),
                self._without_names(),
                self._garbled(),
                self._restored(),
                self._lengths(),
                self._long_numbers(),
                self._odd(),
                self._left_out(),
                self._unknown_roles(),
            )
            if note is not None
        )
        self.result.canvas_sheet = self._canvas_sheet()
        return self.result

    def _canvas_sheet(self) -> CanvasSheet | None:
        if not self.of_canvas:
            return None
        titles = [plain_title(title) for title in self.sheet.header]
        width = titles.index("section") + 1
        cells = {id: tuple(map(ids.tidy, row[:width])) for id, row in self.canvas_cells.items()}
        place = self.sheet.columns["canvas"]
        for id, row in cells.items():  # a spreadsheet may have spoiled Canvas' numbers, too
            cells[id] = (*row[:place], self.rows[id][1].get("canvas", ""), *row[place + 1 :])
        return CanvasSheet(self.sheet.header[:width], cells, self.sheet.header[width:], self.points[width:])

    # Notes.

    def _note(self, en: str, zh: str) -> Text:
        return both(f"Roster {self.path}: {en}", f"名单 {self.path}：{zh}")

    def _encoding(self) -> Text | None:
        source = self.sheet.source
        if not source.doubtful:
            return None
        words = [student.name for student in self.students] + [cell for _, row in self.sheet.rows for cell in row]
        example = next((ids.tidy(word) for word in words if not word.isascii()), "") or self.sheet.header[0]
        return self._note(
            f"read as {source.encoding}, for example: {example}. If that is wrong, save the file as 'CSV UTF-8'.",
            f"按 {source.encoding} 编码读取，例如：{example}。若显示有误，请把文件另存为“CSV UTF-8”。",
        )

    def _without_names(self) -> Text | None:
        """The columns that may have the names, if none of the known ones has them."""
        if any(student.name for student in self.students):
            return None
        titles = [title for place, title in enumerate(self.sheet.header) if place not in self.sheet.columns.values()]
        if not any(titles):
            return None
        unread = some([title for title in titles if title], MAX_NAMES)
        return self._note(
            f"no column is called name, and these were not read: {unread}.", f"没有“姓名”列；以下各列未读取：{unread}。"
        )

    def _garbled(self) -> Text | None:
        garbled = [student.name for student in self.students if is_garbled(student.name)]
        if not garbled:
            return None
        names = some(garbled, MAX_NAMES)
        return self._note(
            f"these names look as if they were read in a wrong encoding: {names}. Export the roster again.",
            f"以下姓名似乎是乱码：{names}。请重新导出名单。",
        )

    def _restored(self) -> Text | None:
        if not self.restored:
            return None
        count, example = len(self.restored), self.restored[0]
        ids_en = "1 id, which was" if count == 1 else f"{count} ids, which were"
        return self._note(
            f"a spreadsheet had changed {ids_en} restored: {example}.",
            f"电子表格改动过 {count} 个学号，已还原：{example}。",
        )

    def _lengths(self) -> Text | None:
        """Ids of different lengths may have lost leading zeros, which nobody can restore without the true length."""
        numbers = [student.id for student in self.students if student.id.isdecimal()]
        longest = max(map(len, numbers), default=0)
        shorter = [id for id in numbers if len(id) < longest]
        if not shorter or longest < SHORT or any(id.startswith("0") for id in numbers):
            return None
        lengths = " / ".join(map(str, sorted(set(map(len, numbers)))))
        examples = some(shorter, MAX_NAMES)
        return self._note(
            f"the ids have {lengths} digits. If a spreadsheet removed leading zeros, restore them: {examples}.",
            f"学号位数不一（{lengths} 位）。若电子表格去掉了开头的 0，请补全：{examples}。",
        )

    def _long_numbers(self) -> Text | None:
        """Ids that end in more zeros than by chance: a spreadsheet has replaced the digits."""
        long = [student.id for student in self.students if student.id.isdecimal() and len(student.id) > ids.EXACT]
        rounded = [id for id in long if ids.is_rounded(id)]
        chance = sum(10.0 ** (ids.EXACT - len(id)) for id in long)
        if not rounded or len(rounded) <= MORE_THAN_CHANCE * chance:
            return None
        examples = some(rounded, MAX_NAMES)
        which_en = f"{len(rounded)} long ids end" if len(rounded) > 1 else "a long id ends"
        return self._note(
            f"{which_en} in zeros ({examples}). A spreadsheet keeps 15 digits; if their last digits "
            "are lost, export the roster again.",
            f"{len(rounded)} 个长学号以 0 结尾（{examples}）。电子表格只保留 15 位数字；若末尾数字丢失，"
            "请重新导出名单。",
        )

    def _odd(self) -> Text | None:
        odd = [student.id for student in self.students if ids.is_odd(student.id)]
        if not odd:
            return None
        examples = some(odd, MAX_NAMES)
        return self._note(
            f"these ids look like dates or amounts: {examples}. If a spreadsheet changed them, export the roster "
            "again.",
            f"以下学号形似日期或数值：{examples}。若被电子表格改动过，请重新导出名单。",
        )

    def _left_out(self) -> Text | None:
        if not self.no_students:
            return None
        count, people = len(self.no_students), some(self.no_students, MAX_NAMES)
        return self._note(
            f"{count} left out, because they are no students: {people}.", f"{count} 人不是学生，未列入：{people}。"
        )

    def _unknown_roles(self) -> Text | None:
        if not self.unknown_roles:
            return None
        roles = some(list(self.unknown_roles), MAX_NAMES)
        return self._note(
            f"these roles are unknown, so their people are students here: {roles}.",
            f"以下角色未知，按学生处理：{roles}。",
        )


def _student(cells: Mapping[str, str]) -> Student | None:
    """The student of a row. None if nothing names anybody."""
    name = cells.get("name") or " ".join(cells[key] for key in ("first", "last") if cells.get(key))
    email = cells.get("email", "")
    id = cells.get("id") or cells.get("login") or email or cells.get("canvas") or name
    if not email and re.fullmatch(r"[^@\s]+@[\w.-]+\.\w+", id):
        email = id
    return Student(id, name, email) if id else None


def _is_total(cells: Mapping[str, str], row: Sequence[str]) -> bool:
    """Return whether a row counts the students: `Total,30` or `共 30 人`. A student may be called Sum."""
    texts = [cell for cell in map(ids.tidy, row) if cell]
    words = [text for text in texts if not NUMBER.fullmatch(text)]
    if len(words) != 1:
        return False
    named = cells.get("id") != words[0] and any(char.isdigit() for char in cells.get("id", ""))
    return bool(TOTAL.fullmatch(words[0]) or (MAYBE_TOTAL.fullmatch(words[0]) and not named))


def _register(roster: Roster, student: Student, cells: Mapping[str, str]) -> None:
    roster.known[student.id] = student
    if cells.get("id"):
        roster.numbered.add(student.id)
    login = cells.get("login", "")
    if login:
        roster.logins[student.id] = login
    for id in (student.id, student.email, login):
        if id:
            roster.ids[ids.key(id)].add(student.id)
    if number := ids.number_key(student.id):
        roster.numbers[number].add(student.id)
    names = [student.name] if re.search(r"[\d@]", student.id) else [student.name, student.id]
    for key in set().union(*map(name_keys, names)):
        roster.names[key].add(student.id)
    if canvas := cells.get("canvas"):
        roster.canvas[canvas].add(student.id)
    if moodle := re.search(r"\d+", cells.get("moodle", "")):
        roster.moodle[moodle[0]].add(student.id)
