"""Rosters as people keep them and as platforms export them, and whom a name belongs to."""

import pytest

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.naming import Identity, identify
from dlgrade.batch.roster import read_roster
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
