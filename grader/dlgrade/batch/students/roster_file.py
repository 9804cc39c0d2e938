"""A roster as a table: its rows, and which column is which."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlgrade.batch.students.encodings import Decoded, decode
from dlgrade.batch.students.ids import tidy
from dlgrade.errors import UsageError
from dlgrade.text import UNSEEN, both

# The columns of rosters as people write them, and as Canvas, Moodle, Gradescope, Blackboard, Brightspace, GitHub
# Classroom and 学习通 export them. Of several columns the first pattern that fits decides.
COLUMNS: dict[str, Sequence[str]] = {
    "id": (
        r"sis user id|student ?id|sid|student ?(?:id )?(?:number|no\.?|nr\.?)|"
        r"(?:学生|學生)?(?:学号|學號)|学籍号|学生证号|"
        r"matrikel ?(?:nummer|nr\.?)|matriculation ?(?:number|no\.?)|numéro d.étudiant|n° étudiant|"
        r"(?:número de )?matrícula|roster identifier|"
        r"(?:roll|registration|reg\.?|enrol?lment) ?(?:number|no\.?)",
        r"id ?number|id ?号码?|org ?defined ?id|id nummer|numéro d.identification|número de id|identification number",
        r"id|user ?id|学生(?:编号|号|id)|学员编号|人员编号|用户(?:编号|id)",
        r"工号|职工号|编号",
    ),
    "name": (
        r"name|full ?name|student ?name|姓名|(?:学生|學生|学员|成员|用户|真实|中文)姓名|全名|"
        r"vollständiger name|nom complet|"
        r"nombre completo|nombre y apellidos|apellidos y nombre",
        r"student|学生|學生",
        r"display ?name|名字|昵称",
    ),
    "first": (
        r"first ?name|given ?name|forename|名|vorname|prénom|nombre(?:s|\(s\))?",
        r"preferred (?:first )?name|first|given",
    ),
    "last": (
        r"last ?name|surname|family ?name|姓|姓氏|nachname|familienname|nom(?: de famille)?|apellidos?|apellido\(s\)",
        r"last|family",
    ),
    "email": (
        r"e ?mail|e ?mail ?address|(?:电子)?(?:邮箱|邮件)(?:地址)?|電子郵件|信箱|e ?mail ?adresse|adresse de courriel|"
        r"courriel|correo(?: electrónico)?|dirección de correo|sis email",
        r"(?:primary|school|university) e ?mail|mail",
    ),
    "canvas": (r"canvas(?: user)? ?id",),
    "moodle": (r"moodle(?: user)? ?id|identifier|participant(?: ?id)?",),
    "login": (
        r"sis login id|login ?id|user ?name|net ?id|账号|帐号|帳號|用户名|登录名|登录账号|anmeldename|benutzername|"
        r"nom d.utilisateur|nombre de usuario",
        r"login|github ?user ?name|student ?user ?name",
        r"github",
    ),
    "role": (
        r"roles?|course role|user role|enrollment type|角色|身份|用户角色|人员类[型别]|rollen?|rôles?",
    ),
}  # fmt: skip
PERSONAL_NUMBER = (  # may be the id of a person who has another one, too
    r"(?:教师|教职工|职工|老师)?工号|职工号|人员编号|学籍号|学生证号|"
    r"(?:employee|staff|person(?:al|nel)?) ?(?:id|number|no\.?)|"
    r"id ?number|student ?id|sid|student ?(?:id )?(?:number|no\.?)|(?:学生|學生)?(?:学号|學號)"
)
NAMING = {"id", "name", "email", "last"}  # a header has at least one of these
MAX_BEFORE_HEADER = 20  # rows with the title of a course, and the like
WORKBOOKS = ".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".pdf"
SEPARATORS = ",;\t，|"
END = "\ue000"  # a line that is added behind the text, to see whether the last cell has ended
SPREADSHEETS = {  # the first bytes, and the program's name for the form
    b"PK\x03\x04": ".xlsx, .ods, .numbers", b"\xd0\xcf\x11\xe0": ".xls", b"%PDF": ".pdf",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A roster's table.

    Args:
        header: The titles of the columns.
        rows: The rows below the header, with their lines in the file. A row has as many cells as the header.
        columns: The place of each known column.
        source: The text, and how it was decoded.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    columns: dict[str, int]
    source: Decoded


def bad_roster(path: Path, en: str, zh: str) -> UsageError:
    return UsageError(both(f"Roster {path}: {en}.", f"名单 {path}：{zh}。"))


def read_sheet(path: Path) -> Sheet:
    """Read a table with a header.

    Raises:
        UsageError: the file cannot be read, or no row is a header.
    """
    source = _read_text(path)
    readings = [(separator, *_rows(source.text, separator)) for separator in SEPARATORS]
    separator, rows, unclosed = max(readings, key=lambda reading: _header(reading[1])[1:])
    if unclosed:
        raise _swallowed(path, unclosed, "never closes", "没有结束")
    place, known, _ = _header(rows)
    if not known:
        first = ", ".join(rows[0][1])[:200] if rows else ""
        raise bad_roster(
            path,
            f"it needs a header with a column id or name; {f'it has: {first}' if first else 'it is empty'}",
            f"表头需有“学号”或“姓名”列；{f'现有：{first}' if first else '文件为空'}",
        )
    _refuse_swallowed(path, rows, place, separator)
    header = tuple(tidy(title) for title in rows[place][1])
    below = tuple((line, _padded(cells, len(header))) for line, cells in rows[place + 1 :])
    return Sheet(header, below, _columns(path, header, below), source)


def _read_text(path: Path) -> Decoded:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise bad_roster(path, f"{error.strerror}", f"{error.strerror}") from None
    form = next((form for begin, form in SPREADSHEETS.items() if content.startswith(begin)), "")
    form = path.suffix.lower() if form and path.suffix.lower() in WORKBOOKS else form
    if not form and re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta)", content[:200].lower()):
        form = "HTML, XML"
    source = None if form else decode(content)
    if source is None:
        raise bad_roster(
            path,
            f"it is not a table in text{f' but {form}' if form else ''}. Open it in a spreadsheet and save it as "
            "'CSV UTF-8'",
            f"不是文本表格{f'，而是 {form}' if form else ''}。请用电子表格软件打开，另存为“CSV UTF-8”",
        )
    if source.fault is not None:
        raise bad_roster(path, source.fault.en, source.fault.zh)
    return source


def _rows(text: str, separator: str) -> tuple[list[tuple[int, list[str]]], int]:
    """The rows that are not empty, with the lines in which they begin; and the line of a quote that never closes."""
    text = re.sub(r"\A\ufeff?sep=.[ \t]*\r?\n", "\n", text)  # written for Excel
    reader = csv.reader(io.StringIO(f"{text.lstrip(chr(0xFEFF))}\n{END}\n", newline=""), delimiter=separator)
    rows, line = [], 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:  # a cell is longer than a cell can be
        rows.append((line, []))
    last, end = rows.pop()
    filled = [(line, cells) for line, cells in rows if any(tidy(cell) for cell in cells)]
    return filled, 0 if end == [END] else last


def _refuse_swallowed(path: Path, rows: Sequence[tuple[int, Sequence[str]]], header: int, separator: str) -> None:
    """Refuse a table with a quote that closes some rows later. A cell with line breaks must not look like rows."""
    width, _ = Counter(len(cells) for _, cells in rows[header:]).most_common(1)[0]
    for place, (line, cells) in enumerate(rows):
        later = [part for cell in cells for part in cell.splitlines()[1:]]
        if any(part.count(separator) >= width - 1 for part in later) and (width > 1 or place > header):
            raise _swallowed(path, line, "takes the next lines into the same cell", "把后面的行并入了同一单元格")


def _swallowed(path: Path, line: int, en: str, zh: str) -> UsageError:
    return bad_roster(path, f'line {line}: a quote (") opens a cell and {en}', f'第 {line} 行：引号（"）{zh}')


def _header(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, int, int]:
    """The place of the header, how many of its columns are known, and how many columns it has.

    The first row with two known columns is the header, or else the first with one.
    """
    best = (0, 0, 0)
    for place, (_, cells) in enumerate(rows[:MAX_BEFORE_HEADER]):
        keys = {key for cell in cells if (key := _kind(cell)[0])}
        if keys & NAMING and len(keys) > best[1]:
            best = (place, len(keys), len(cells))
        if best[1] > 1:
            break
    return best


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells[:width], *[""] * (width - len(cells)))


def plain_title(title: str) -> str:
    """A title without remarks in brackets, signs and needless blanks.

    >>> plain_title("*学 号（必填）"), plain_title("E-Mail_Address:"), plain_title("学号/工号")
    ('学号', 'e mail address', '学号/工号')
    """
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", title)).casefold()
    plain = re.sub(r"\(.{2,}?\)|\[.*?\]|【.*?】|<.*?>", " ", plain)
    plain = " ".join(re.sub(r"[_*:#\"\u2019'-]", " ", plain).split())
    return re.sub(r"\s", "", plain) if re.search(r"[\u4e00-\u9fff]", plain) else plain


def _kind(title: str) -> tuple[str, int]:
    """The known column with this title, and its rank. `学号/工号` is a column of ids, because both parts are."""
    kinds = {_simple_kind(part) for part in plain_title(title).split("/")}
    return min(kinds, key=lambda kind: kind[1]) if len({key for key, _ in kinds}) == 1 else ("", 0)


def _simple_kind(title: str) -> tuple[str, int]:
    for key, patterns in COLUMNS.items():
        for rank, pattern in enumerate(patterns):
            if re.fullmatch(pattern, title.strip()):
                return key, rank
    return "", 0


def _columns(path: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> dict[str, int]:
    """The place of each known column.

    Raises:
        UsageError: two columns may be meant, and they differ.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for place, title in enumerate(header):
        key, rank = _kind(title)
        if key:
            found.setdefault(key, []).append((rank, place))
    titles = [plain_title(title) for title in header]
    if any(title.startswith("github") for title in titles) and "identifier" in titles:  # GitHub Classroom
        found["id"] = [(0, titles.index("identifier"))]
        found.pop("moodle")
    if is_canvas(header):  # its column ID is Canvas' own number
        found["canvas"] = [(0, titles.index("id"))]
        found["id"] = [(0, titles.index("sis user id"))] if "sis user id" in titles else []
    chosen = {key: _chosen(path, header, rows, places) for key, places in found.items() if places}
    for place, title in enumerate(titles):
        if "id" in chosen and place != chosen["id"] and re.fullmatch(PERSONAL_NUMBER, title):
            _compare(path, header, rows, chosen["id"], place)
    return chosen


def is_canvas(header: Sequence[str]) -> bool:
    """Return whether a header is that of Canvas' gradebook."""
    titles = {plain_title(title) for title in header}
    return {"id", "section"} <= titles and bool(titles & {"sis login id", "sis user id"})


def _chosen(
    path: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], places: list[tuple[int, int]]
) -> int:
    """The place of the strongest title. Two columns with equally strong titles must have the same cells."""
    strongest = min(rank for rank, _ in places)
    first, *others = [place for rank, place in places if rank == strongest]
    for other in others:
        _compare(path, header, rows, first, other)
    return first


def _compare(
    path: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], first: int, other: int
) -> None:
    """Refuse two columns with different ids. A number that all rows share is that of the class or its teacher."""
    is_personal = bool(re.fullmatch(PERSONAL_NUMBER, plain_title(header[other])))
    pairs = [(line, tidy(cells[first]), tidy(cells[other])) for line, cells in rows]
    if is_personal:
        pairs = [(line, one, two) for line, one, two in pairs if one and two]
        if len(pairs) > 1 and len({two for _, _, two in pairs}) == 1:
            return
    for line, one, two in pairs:
        if one != two:
            names = f"{header[first]} ({first + 1}), {header[other]} ({other + 1})"
            raise bad_roster(
                path,
                f"two columns may be meant: {names}; in line {line} they differ. Remove or rename either",
                f"无法确定用哪一列：{names}；第 {line} 行两者不同。请删除或改名其中一列",
            )
