"""Rosters as people keep them and as platforms export them, and whom a name belongs to."""

import re

import pytest

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.naming import Identity, identify
from dlgrade.batch.students.roster import read_roster
from dlgrade.errors import UsageError

ADA, ZHANG = Student("1", "Ada Lovelace", "ada@uni.edu"), Student("2", "张三", "zhang@uni.edu")
TABLE = "id,name,email\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n"
CHINESE = "学号,姓名,邮箱\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n"
FORMS = {
    "plain": TABLE.encode(),
    "byte-order-mark": TABLE.encode("utf-8-sig"),
    "windows-lines": TABLE.replace("\n", "\r\n").encode(),
    "semicolons": TABLE.replace(",", ";").encode(),
    "tabs": TABLE.replace(",", "\t").encode(),
    "excel-unicode": TABLE.replace(",", "\t").encode("utf-16"),
    "gbk": CHINESE.encode("gbk"),
    "other-columns": b"Section,E-Mail,Student ID,Name\n"
    + "A,ada@uni.edu,1,Ada Lovelace\nB,zhang@uni.edu,2,张三\n".encode(),
    "quoted": 'id,name,email\n1,"Ada  Lovelace ",ada@uni.edu\n\n"2","张三",zhang@uni.edu\n,,\n'.encode(),
    "two-names": "First Name,Last Name,SID,Email\nAda,Lovelace,1,ada@uni.edu\n,张三,2,zhang@uni.edu\n".encode(),
}


@pytest.fixture
def roster(tmp_path):
    """roster(content): the roster of a file with this content."""

    def roster(content):
        place = tmp_path / "class.csv"
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_roster(place)

    return roster


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_forms(roster, content):
    """The header says which column is which, in English or Chinese; encodings and separators are recognised."""
    assert roster(content).students == (ADA, ZHANG)


def test_canvas_gradebook(roster):
    """Canvas' gradebook serves as a roster: its ID is Canvas' own, its line of points and test student are nobody."""
    found = roster(
        "Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (5)\n    Points Possible,,,,,5\n"
        '"Lovelace, Ada",1001,7,alove,A,\n"Student, Test",9,,,A,\n'
    )
    assert found.students == (Student("7", "Lovelace, Ada"),)
    assert (
        found.find(Identity(canvas="1001")) == found.find(Identity("alove")) == found.find(Identity(name="lovelaceada"))
    )


EXPORTS = {
    "moodle-participants": "First name,Last name,ID number,Email address,Groups\n"
    "Ada,Lovelace,1,ada@uni.edu,\n,张三,2,zhang@uni.edu,\n",
    "moodle-gradebook": "First name,Surname,ID number,Institution,Department,Email address,ch28 (Real)\n"
    "Ada,Lovelace,1,,,ada@uni.edu,-\n,张三,2,,,zhang@uni.edu,-\n",
    "moodle-german": "Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nAda;Lovelace;1;ada@uni.edu\n;张三;2;zhang@uni.edu\n",
    "gradescope": "First Name,Last Name,SID,Email,Role,Section\n"
    "Ada,Lovelace,1,ada@uni.edu,Student,\n,张三,2,zhang@uni.edu,Student,\n",
    "gradescope-grades": "Name,SID,Email,Total Score,Max Points,Status,Submission ID\n"
    "Ada Lovelace,1,ada@uni.edu,,60,Missing,\n张三,2,zhang@uni.edu,,60,Missing,\n",
    "blackboard": '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Email"\t'
    '"Availability"\t"ch28 [Total Pts: 60 Score] |77"\n'
    '"Lovelace"\t"Ada"\t"alove"\t"1"\t"ada@uni.edu"\t"Yes"\t\n"张三"\t\t"zs"\t"2"\t"zhang@uni.edu"\t"Yes"\t\n',
    "brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    "#1,#alove,Lovelace,Ada,ada@uni.edu,#\n#2,#zs,张三,,zhang@uni.edu,#\n",
    "github-classroom": "identifier,github_username,github_id,name,email\n"
    "1,octoada,12,Ada Lovelace,ada@uni.edu\n2,,,张三,zhang@uni.edu\n",
    "xuexitong": "课程：深度学习,,,,\n班级：默认班级,,,,\n序号,学生姓名,学号/工号,院系,邮箱\n"
    "1,Ada Lovelace,1,计算机,ada@uni.edu\n2,张三,2,计算机,zhang@uni.edu\n",
    "spaced": "学 号，姓 名，邮 箱\n1，Ada Lovelace，ada@uni.edu\n2，张三，zhang@uni.edu\n",
    "student-number": "学生学号,学生姓名,电子邮箱\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n",
    "required": "*学号（必填）,*姓名（必填）,邮箱\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n",
    "taiwanese": "學號,姓名,信箱\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n",
    "excel-separator": "sep=;\nid;name;email\n1;Ada Lovelace;ada@uni.edu\n2;张三;zhang@uni.edu\n",
    "twice-the-same": "id,name,email,id\n1,Ada Lovelace,ada@uni.edu,1\n2,张三,zhang@uni.edu,2\n",
    "weaker-column": "编号,学号,姓名,邮箱\n77,1,Ada Lovelace,ada@uni.edu\n78,2,张三,zhang@uni.edu\n",
    "in-two-sections": "id,name,email\n1,Ada Lovelace,ada@uni.edu\n2,张三,zhang@uni.edu\n1,Ada Lovelace,ada@uni.edu\n",
    "number-of-the-teacher": "学号,姓名,邮箱,教师工号\n1,Ada Lovelace,ada@uni.edu,77\n2,张三,zhang@uni.edu,77\n",
    "same-number": "学号,工号,姓名,邮箱\n1,1,Ada Lovelace,ada@uni.edu\n2,,张三,zhang@uni.edu\n",
    "lines-in-cells": '"学号\n（必填）",姓名,邮箱,"备注"\n'
    '1,Ada Lovelace,ada@uni.edu,"ill\non Monday, so"\n2,张三,zhang@uni.edu,\n',
    "quotes-in-cells": 'id,name,email,size\n1,Ada Lovelace,ada@uni.edu,5"\n2,张三,zhang@uni.edu,a "b";"c\n',
    "unseen-characters": "\ufeffid,name,email\n"
    "\ufeff1,Ada\u00a0Lovelace,\u200bada@uni.edu\n"
    "\u00a02\u3000,张三\ufeff,zhang@uni.edu\n",
}  # fmt: skip


@pytest.mark.parametrize("content", EXPORTS.values(), ids=EXPORTS)
def test_exports_of_platforms(roster, content):
    """The exports of platforms serve as rosters, as they are; so do the headers that people write."""
    found = roster(content)
    assert found.students == (ADA, ZHANG)
    assert [note.en for note in found.notes if "restored" not in note.en] == []


def test_canvas_rows(roster):
    """Canvas' rows for hidden grades and its test student are nobody; without SIS ids the login is the id."""
    found = roster(
        "Student,ID,SIS Login ID,Section,ch28 (77),Current Score\n"
        ",,,,Manual Posting,\n    Points Possible,,,,60,(read only)\n"
        f'"Li, Wei",1001,lwei,A,,\n"Li, Wei",1002,lwei2,A and B,,\n"学生, 测试",9,{"a1" * 20},A,,\n'
    )
    assert [student.id for student in found.students] == ["lwei", "lwei2"]
    assert [found.find(Identity(name="liwei", canvas=number)).id for number in ("1001", "1002")] == ["lwei", "lwei2"]
    assert "1 left out, because they are no students: 学生, 测试." in found.notes[0].en


SPOILED = [
    "2021012345.0", "2021012345.00", "2.021012345E9", "2.021012345e+09", "2,021012345E+09", '="2021012345"',
    "=2021012345", "'2021012345", "2,021,012,345", "2.021.012.345", "2 021 012 345", "2\u202f021\u202f012\u202f345",
    "2’021’012’345",
    "２０２１０１２３４５", "\u00a02021012345 ", "2021 012345", "\ufeff2021012345", '"2021012345"',
    "2,021,012,345.00", "#2021012345",
]  # fmt: skip


@pytest.mark.parametrize("cell", SPOILED)
def test_ids_that_a_spreadsheet_changed(roster, cell):
    """An id that has all its digits is restored. Files find the student by the true id, and a note tells."""
    quoted = '"' + cell.replace('"', '""') + '"'
    found = roster(f"id,name\n{quoted},Ada\n2021012346,Bob\n")
    assert [student.id for student in found.students] == ["2021012345", "2021012346"]
    assert found.find(identify("2021012345_Ada")).name == "Ada"
    told = [note.en for note in found.notes]
    changed = re.sub(r"\s|\ufeff", "", cell).translate({0xFF10 + digit: str(digit) for digit in range(10)})
    assert told == [] if changed == "2021012345" else "-> 2021012345" in told[0]


@pytest.mark.parametrize("cell", ["2,021,012,000", "2.021.012.000", "2,021,012,000.00", "2021012000,0"])
def test_thousands_of_zeros(roster, cell):
    """The last three zeros of an id with separators are digits of the id, not decimals."""
    found = roster(f'id,name\n"{cell}",Ada\n2021012346,Bob\n')
    assert [student.id for student in found.students] == ["2021012000", "2021012346"]
    assert f"{cell} -> 2021012000" in found.notes[0].en


@pytest.mark.parametrize(
    "cell",
    [
        "2.02101E+09",
        "2.0E+09",
        "2.021012345678E+17",
        "########",
        "#N/A",
        "2-Jan",
        "1月2日",
        "#REF!",
        '=TEXT("2021012346")',
        '=TEXT(A2,"0")',
        "=A2",
        "=$B$12",
        "=1+1",
    ],
)
def test_ids_that_a_spreadsheet_destroyed(roster, cell):
    """An id without all its digits is refused, with its line."""
    with pytest.raises(UsageError, match=f"line 3: a spreadsheet destroyed the id {re.escape(cell)}"):
        roster("id;name\n2021012346;Bob\n" + '"' + cell.replace('"', '""') + '";Ada\n')


@pytest.mark.parametrize("id", ["0042", "s1", "B12345678", "12E34", "2021-0012", "a.b", "1E5", "10.1", "张三", "x=1"])
def test_ids_that_stay(roster, id):
    """An id that only looks a little like a number stays as it is."""
    found = roster(f"id,name\n{id},Ada\n")
    assert (found.students[0].id, found.notes) == (id, ())


def test_lost_zeros(roster):
    """Leading zeros do not matter for files. Ids of two lengths are told: nobody knows how many zeros were lost."""
    found = roster("id,name\n12345,Ada\n10012346,Bob\n")
    assert found.find(identify("00012345")).name == "Ada"
    assert "the ids have 5 / 8 digits" in found.notes[0].en
    found = roster("id,name\n0012345,Ada\n12345,Bob\n")
    assert [found.find(identify(id)).name for id in ("0012345", "12345")] == ["Ada", "Bob"]
    assert "fits several students" in found.find(identify("00012345")).en
    assert roster("id,name\n" + "".join(f"{n},S{n}\n" for n in range(1, 200))).notes == ()


@pytest.mark.parametrize(
    ("last_digits", "told"),
    [
        (["7890000", "7900000"], 2), (["7890000"], 1), (["7890123", "7900000", "7890456"], 1),
        (["7890123", "7890456"], 0), ([f"{n:05d}" for n in range(1, 101)], 0), (["78000", "78900"], 2),
    ],
)  # fmt: skip
def test_rounded_ids(roster, last_digits, told):
    """A spreadsheet keeps 15 digits: long ids are told if more of them end in zeros than by chance."""
    ids = [f"20210123456{last}" for last in last_digits]
    notes = roster("id,name\n" + "".join(f"{id},S{n}\n" for n, id in enumerate(ids))).notes
    assert ["A spreadsheet keeps 15 digits" in note.en for note in notes] == [True] * bool(told)
    assert told < 2 or f"{told} long ids end in zeros" in notes[0].en


@pytest.mark.parametrize(
    "cell",
    ["2021012345.5", "-2021012345", "2021/1/2", "2021-1-2 0:00", "1/2/2021", "2021年1月2日", "3:45", "50%", "1/2"],
)
def test_odd_ids(roster, cell):
    """An id that looks like a date or an amount is kept and told: a spreadsheet may have made it of another."""
    found = roster(f"id,name\n{cell},Ada\n2021012346,Bob\n")
    assert found.students[0].id == cell
    assert f"these ids look like dates or amounts: {cell}." in found.notes[-1].en


@pytest.mark.parametrize(
    ("title", "role", "is_student"),
    [
        ("Role", "Student", True), ("Roles", "Student, Non-editing teacher", True), ("role", "", True),
        ("Role", "Instructor", False), ("Role", "TA", False), ("Role", "Reader", False), ("Roles", "Teacher", False),
        ("Role", "Observer", False), ("Role", "StudentEnrollment", True), ("Role", "ObserverEnrollment", False),
        ("Role", "Student assistant", False), ("角色", "学生", True), ("角色", "教师", False), ("角色", "助教", False),
        ("身份", "学生助教", False), ("角色", "观察者", False),
        ("Rolle", "Dozent", False), ("Rollen", "Teilnehmer/in", True),
    ],
)  # fmt: skip
def test_roles(roster, title, role, is_student):
    """Teachers, assistants and observers are no students. The note names those who were left out."""
    found = roster(f'id,name,{title}\n1,Ada,"{role}"\n2,Bob,\n')
    assert [student.name for student in found.students] == ["Ada", "Bob"][not is_student :]
    assert bool(found.notes) != is_student
    assert is_student or f"Ada ({role})" in found.notes[0].zh


@pytest.mark.parametrize(
    "row",
    ["总计,30", "Total,30", "TOTAL:,", "合计：30人,", ",共 30 人", "Sum,30", "30 students,", "小计,2", "Average,77.5"],
)
def test_a_row_of_totals(roster, row):
    """A row that counts the students is nobody. A note names it. A student may be called Sum."""
    found = roster(f"学号,姓名\n2021012345,Ada\n2021012346,Sum\n{row}\n")
    assert [student.name for student in found.students] == ["Ada", "Sum"]
    assert "1 left out, because they are no students" in found.notes[-1].en


def test_columns_of_names(roster):
    """`First` and `Last` are a name. Columns that may be names in other words are named in a note."""
    found = roster("SID,First,Last\n1,Ada,Lovelace\n")
    assert (found.students, found.notes) == ((Student("1", "Ada Lovelace"),), ())
    found = roster("SID,Who,Group\n1,Ada Lovelace,A\n")
    assert "no column is called name, and these were not read: Who, Group." in found.notes[0].en


def test_an_unknown_role(roster):
    """Somebody with a role that is not known stays, and the note says so."""
    found = roster("id,name,role\n1,Ada,Auditor\n")
    assert found.students
    assert "roles are unknown, so their people are students here: Auditor" in found.notes[0].en


def test_an_encoding_in_doubt(roster):
    """A note names the encoding and a decoded name, in both languages."""
    (note,) = roster("id,name\n1,Ada\n2,Müller\n".encode("cp1252")).notes
    assert "read as Windows-1252, for example: Müller." in note.en
    assert "按 Windows-1252 编码读取，例如：Müller" in note.zh


@pytest.mark.parametrize("name", ["M黮ler", "MÃ¼ller", "FranÃ§ois", "JosÃ©", "寮犱笁", "ÕÅÈý", "J¸rgen", "å¼ ä¸‰"])
def test_a_name_that_was_garbled_before(roster, name):
    """A file in UTF-8 may hold names that another program garbled. A note shows them."""
    notes = [note.en for note in roster(f"id,name\n1,Ada\n2,{name}\n").notes]
    assert f"wrong encoding: {name}" in notes[-1]


NAMES = (
    "Müller José Zoë-Éva Nguyễn·Trường Þóra Łukasz Şükrü Иван Γιώργος 김민준 佐藤健 阿卜杜·热合曼 "
    "龔鑫 褚璟瑄 亓官 爨翔 O’Neill 李Xiao 王① 😀"
)


def test_names_that_are_not_garbled(roster):
    """Names of the world, and rare characters, are no reason for a note."""
    assert roster("id,name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(NAMES.split()))).notes == ()


def test_github_names(roster):
    """GitHub Classroom's roster: the identifier is the id, and repositories have the GitHub name."""
    found = roster('identifier,github_username,github_id,name\n"Doe, Ada",octo,12,\nbob@uni.edu,,,Bob\n')
    assert found.students == (Student("Doe, Ada", "", ""), Student("bob@uni.edu", "Bob", "bob@uni.edu"))
    assert [found.find(identify(name)).id for name in ("octo", "Ada Doe")] == ["Doe, Ada", "Doe, Ada"]


def test_moodle_participants(roster):
    """Moodle's grading worksheet serves as a roster: its identifier is the number in the export's names."""
    found = roster("Identifier,Full name,ID number,Email address\nParticipant 5551,Ada Lovelace,7,ada@uni.edu\n")
    assert found.students == (Student("7", "Ada Lovelace", "ada@uni.edu"),)
    assert found.find(Identity("x", "somebody", moodle="5551")) == found.students[0]


@pytest.mark.parametrize(
    "name",
    [
        "1", "Ada Lovelace", "lovelace ADA", "Lovelace, Ada", "1_ada_lovelace",
        "adalovelace", "lovelaceada", "ada_lovelace", "ADA@uni.edu",
        "Lovelace_Ada", "1_Ada Lovelace", "Ada-Lovelace-1", "Ada　Lovelace",
    ],
)  # fmt: skip
def test_names_that_are_recognised(roster, name):
    """An id, an address, and a name with any case, order and spacing name the student."""
    assert roster(TABLE).find(identify(name)) == ADA


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Ada", "Nobody in the roster is called Ada."),
        ("Li Na", "Li Na fits several students of the roster: Li Na (20210003) / Na Li (20210004)."),
        ("20210001_张三", "张三 fits several students of the roster: Ada Lovelace (20210001) / 张三 (20210002)."),
    ],
)
def test_nobody_is_guessed(roster, name, reason):
    """Part of a name, a name of two, an id and a name of different students: none of them, and why."""
    table = "id,name\n20210001,Ada Lovelace\n20210002,张三\n20210003,Li Na\n20210004,Na Li\n"
    assert roster(table).find(identify(name)).en == reason
    assert roster(table).find(identify("20210004_Li Na")) == Student("20210004", "Na Li")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it needs a header"),
        ("a,b\n1,2\n", "it needs a header with a column id or name; it has: a, b"),
        ("id,name\n", "it has no students"),
        ("id,name\n1,Ada\n2,Bob\n1,Cyd\n", "lines 2 and 4 have the same id, 1"),
        ("id,name,id\n1,Ada,1\n2,Bob,3\n", "two columns may be meant: id (1), id (3); in line 3 they differ"),
        *(
            (text, f'line {line}: a quote (") opens a cell and {fault}')
            for text, line, fault in [
                ('id,name\nada,"Ada\nbob,Bob\ncyd,Cyd\neve,Eve\n', 2, "never closes"),
                ('id;name\nada;Ada\n\n"bob;Bob\ncyd;Cyd', 4, "never closes"),
                ('name\nAda\n"Bob\nCyd\n', 3, "never closes"),
                ('"id,name\nada,Ada\n', 1, "never closes"),
                ('id,name\nada,"Ada\n' + "s1234567,Some Student\n" * 9000, 2, "never closes"),
                ('id,name\nada,"Ada\nbob,"Bob"\ncyd,Cyd\n', 2, "takes the next lines"),
                ('id\tname\nada\tAda\nbob\t"Bob\ncyd\t"Cyd\neve\tEve\n', 3, "takes the next lines"),
                ('id,name,,\nada,"Ada\nbob,Bob\ncyd,Cyd"\neve,Eve\n', 2, "takes the next lines"),
                ('id,"name\nada,Ada\nbob,Bob"\ncyd,Cyd\n', 1, "takes the next lines"),
                ('name\n"Ada\nBob"\nCyd\n', 2, "takes the next lines"),
            ]
        ),
        ("<html><table><tr><td>id", "not a table in text but HTML"),
        ("学号,工号,姓名\n2021012345,777,Ada\n", "学号 (1), 工号 (2); in line 2 they differ"),
        ("学号,工号,姓名\n1,1,Ada\n2,,Bob\n3,9,Cyd\n", "学号 (1), 工号 (2); in line 4 they differ"),
        ("职工号,学号,姓名\n7,1,Ada\n8,2,Bob\n", "学号 (2), 职工号 (1); in line 2 they differ"),
        ("Student ID,ID number,Name\n1,5,Ada\n2,6,Bob\n", "in line 2 they differ"),
        ("Employee ID,id,Name\n1,5,Ada\n2,6,Bob\n", "in line 2 they differ"),
        ("学号,学籍号,姓名\n1,5,Ada\n2,6,Bob\n", "in line 2 they differ"),
        ("id,name\n1,张三\n2,M".encode() + b"\xfcller\n", "line 3 has a byte that is not UTF-8"),
        ("id,name\n1,김민준\n2,이서연\n".encode("cp949"), "it seems to be Korean (CP949), for example: 김민준"),
        (b"id,name\n" + bytes(range(32)), "not a table in text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "not a table in text but .xls"),
        (
            b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xff",
            ".xlsx, .ods, .numbers. Open it in a spreadsheet and save it as",
        ),
    ],
)
def test_rosters_that_are_refused(roster, content, reason):
    """A roster that cannot be used is refused with the place and the reason."""
    with pytest.raises(UsageError, match=r"class\.csv: ") as refused:
        roster(content)
    assert reason in refused.value.text.en
    assert refused.value.text.zh != refused.value.text.en
