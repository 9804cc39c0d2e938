"""`dlgrade export`: the same facts in the form of each platform, and no fact that is not known."""

import csv
import io
import json
import random
import re
import zipfile
from pathlib import Path

import pytest

from dlgrade.batch.export import canvas, moodle
from dlgrade.batch.hand_ins import Student
from dlgrade.batch.students.roster import Roster, read_roster
from dlgrade.results import ClassData
from dlgrade.text import same

RIGHT = "def twice(X):\n    return X + X\n"
MISTAKEN = "def twice(X):\n    return X / 2\n"
TRAINING = '''\
import pytest


@pytest.mark.exercise("twice")
class TestTwice:
    @pytest.mark.points(3)
    def test_learns(self, training):
        """It learns.
        能够学习。"""
        training("learning", None, training.draw("points", 600), None)
'''
FORMS = "csv", "canvas", "moodle", "gradescope"


@pytest.fixture
def exported(dlgrade, tmp_path):
    """exported(form, *options): student -> what the export has for ch90; None for an empty cell or no file."""

    def exported(form, *options):
        done = dlgrade("export", "--format", form, "-o", tmp_path / "out", *options)
        assert done.returncode == 0, done.stderr
        content = (tmp_path / "out").read_bytes()
        if form == "gradescope":
            with zipfile.ZipFile(io.BytesIO(content)) as files:
                return {name.split("/")[0]: json.loads(files.read(name))["score"] for name in files.namelist()}
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        who, column = {"csv": ("id", "ch90 final"), "canvas": ("SIS User ID", None), "moodle": ("ID number", "ch90")}[
            form
        ]
        column = column or next(name for name in rows.fieldnames if name.startswith("ch90"))
        cells = {row[who]: row[column] for row in rows if row[who]}
        blank = "-" if form == "moodle" else ""
        return {student: None if cell == blank else float(cell) for student, cell in cells.items()}

    return exported


@pytest.fixture
def refused(dlgrade):
    """refused(*options): the sentence in which every form is refused."""

    def refused(*options):
        words = set()
        for form in FORMS:
            done = dlgrade("export", "--format", form, *options)
            assert (done.returncode, done.stdout) == (2, "")
            words.add(done.stderr)
        (sentence,) = words
        return sentence

    return refused


def present(marks):
    return {student: score for student, score in marks.items() if score is not None}


@pytest.mark.parametrize("form", FORMS)
def test_marks_without_a_score(form, hand_in, dlgrade, exported, tmp_path):
    """A submission that cannot be graded, and work that was not handed in, have no score in any form."""
    for student, source in (("ada", RIGHT), ("bob", MISTAKEN), ("cyd", "")):
        hand_in(student, source)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nbob,Bob\ncyd,Cyd\neve,Eve\n", encoding="utf-8")
    assert dlgrade("grade", "in", "--roster", "class.csv").returncode == 1
    assert present(exported(form)) == {"ada": 1, "bob": 0}
    assert not (tmp_path / "grades" / "reports" / "cyd" / "ch90.gradescope.json").exists()
    if form == "moodle":
        assert "ch90_twice.py is empty" in (tmp_path / "out").read_text(encoding="utf-8-sig")


def test_open_points(hand_in, doubling, dlgrade, exported, refused):
    """Points of checks that have not run are refused, left empty, or exported as the points so far; never as lost."""
    hand_in("ada", RIGHT)
    hand_in("bob", MISTAKEN)
    suite = doubling / "tests" / "training" / "test_ch90_twice.py"
    suite.parent.mkdir(parents=True, exist_ok=True)
    suite.write_text(TRAINING, encoding="utf-8")
    dlgrade("grade", "in", "--without-training")
    words = refused()
    assert "2 marks of 2 students are open: ada ch90 (3 of 4 points), bob ch90 (3 of 4 points)." in words
    assert "--pending skip" in words
    assert "--pending partial" in words
    for form in FORMS:
        assert present(exported(form, "--pending", "skip")) == {}
        assert present(exported(form, "--pending", "partial")) == {"ada": 1, "bob": 0}


def test_many_open_marks_are_counted(hand_in, doubling, dlgrade):
    """A refusal names five marks, counts the rest, and speaks of one mark of one student as people do."""
    suite = doubling / "tests" / "training" / "test_ch90_twice.py"
    suite.parent.mkdir(parents=True, exist_ok=True)
    suite.write_text(TRAINING, encoding="utf-8")
    hand_in("s1", RIGHT)
    dlgrade("grade", "in", "--without-training")
    assert "1 mark of 1 student is open: s1 ch90 (3 of 4 points). " in dlgrade("export").stderr
    for number in range(2, 9):
        hand_in(f"s{number}", RIGHT)
    dlgrade("grade", "in", "--without-training")
    words = dlgrade("export").stderr
    assert "8 marks of 8 students are open: s1 ch90 (3 of 4 points), " in words
    assert ", s5 ch90 (3 of 4 points) and 3 more. " in words
    assert "s6" not in words


def test_an_override_to_confirm(hand_in, dlgrade, exported, refused):
    """An override for an earlier submission is open until staff decide."""
    hand_in("ada", MISTAKEN)
    dlgrade("grade", "in")
    (check,) = {row["id"] for row in checks(dlgrade)}
    assert dlgrade("override", "ada", f"ch90.{check}", 1, "--why", "kind").returncode == 0
    assert exported("canvas") == {"ada": 1}
    hand_in("ada", "# again\n" + MISTAKEN)
    dlgrade("grade", "in")
    assert f"ada ch90 (override of {check})" in refused()
    assert exported("moodle", "--pending", "skip") == {"ada": None}
    assert exported("moodle", "--pending", "partial") == {"ada": 0}


def test_marks_of_two_suites(hand_in, doubling, dlgrade, refused):
    """Marks by an older suite than the others are refused, also as open marks."""
    for student in ("ada", "bob", "cyd"):
        hand_in(student, RIGHT)
    dlgrade("grade", "in")
    suite = doubling / "tests" / "chapters" / "test_ch90_twice.py"
    suite.write_text(suite.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    dlgrade("grade", "in", "--students", "ada")
    for options in ((), ("--pending", "skip"), ("--pending", "partial")):
        assert "2 of 3 marks of ch90 are from an older suite" in refused(*options)
    dlgrade("grade", "in")
    assert dlgrade("export").returncode == 0


# The file that is written.


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_own_files_are_not_overwritten(hand_in, dlgrade, tmp_path):
    """An export never takes the place of a file that dlgrade keeps, by whatever path; other names are fine."""
    hand_in("ada", RIGHT)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path}/other.sqlite"
    dlgrade("grade", "in", "--roster", "class.csv")
    dlgrade("grade", "in", "--gradebook", url, "--out", "second")
    (tmp_path / "link.csv").symlink_to("grades/gradebook.sqlite")
    before = contents(tmp_path / "grades") | {tmp_path / "other.sqlite": (tmp_path / "other.sqlite").read_bytes()}
    names = ["gradebook.sqlite", "gradebook.sqlite.lock", "gradebook.sqlite-journal", ".lock", "due.yaml", "roster.csv"]
    names += ["report.html", "grades.csv", "reports/ada/ch90.json", "reports/new.csv", "../grades/gradebook.sqlite"]
    for place in (*(f"grades/{name}" for name in names), "link.csv"):
        done = dlgrade("export", "-o", place)
        assert (done.returncode, "dlgrade keeps" in done.stderr) == (2, True), (place, done.stderr)
    done = dlgrade("export", "--gradebook", url, "--out", "second", "-o", "other.sqlite")
    assert (done.returncode, "dlgrade keeps" in done.stderr) == (2, True)
    assert all(path.read_bytes() == content for path, content in before.items())
    for place in ("grades/mine.csv", "mine.csv", "grades/grades-canvas.csv"):
        assert dlgrade("export", "-o", place).returncode == 0


def test_files_that_cannot_be_written(hand_in, dlgrade):
    """A missing folder and a full disk are one sentence each."""
    hand_in("ada", RIGHT)
    dlgrade("grade", "in")
    done = dlgrade("export", "-o", "nowhere/out.csv")
    assert (done.returncode, done.stderr) == (2, "Error: -o: there is no folder nowhere.\n")
    if Path("/dev/full").exists():
        done = dlgrade("export", "-o", "/dev/full")
        assert (done.returncode, done.stderr) == (
            3,
            "Error: /dev/full cannot be written: No space left on device.\n",
        )


def checks(dlgrade):
    report = json.loads(dlgrade("check", "ch90", "--submission", "in/ada/ch90_twice.py", "--json").stdout)
    return report["chapters"][0]["checks"]


# Canvas.


def canvas_gradebook(size):
    """An export of Canvas' gradebook: two people called "Li, Wei", Chinese names, a test student, other columns."""
    draw = random.Random(size)
    names = ["Li, Wei", "Li, Wei", "张三", "O'Neill, Seán", '"Bo" Ng, Ada', "Müller, Jörg"]
    names += [f"Student{n}, {draw.choice(['Ada', 'Bob', '伟'])}" for n in range(len(names), size)]
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section"]
    rows = [[*head, "ch90 (4711)", "Essay (12)", "Final Score"], ["", "", "", "", "", "", "Manual Posting", "", ""]]
    rows.append(["    Points Possible", "", "", "", "", "", "1", "10", "(read only)"])
    for n, name in enumerate(names):
        sections = draw.choice(["A", "B", "A and B"])
        rows.append([name, str(5000 + n), f"0{2021000 + n}", f"u{n}", "canvas.uni.edu", sections, "", "", ""])
    rows.append(["Student, Test", "99", "", "ab" * 20, "", "A", "", "", ""])
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue(), rows[3:-1]


def imported(table, people):
    """Number in `people` -> scores, as Canvas' lib/gradebook_importer.rb finds people: by ID, SIS ids, then name."""
    header, points, *rows = table
    assert ("Student" in header[0], header[1], header[5]) == (True, "ID", "Section")
    assert "Points Possible" in points[0]
    found = {}
    for row in rows:
        keys = ((1, row[1]), (2, row[2]), (3, row[3]), (0, row[0]))
        person = next(n for place, cell in keys for n, one in enumerate(people) if cell and one[place] == cell)
        assert person not in found
        found[person] = row[6:]
    return found


def test_canvas_there_and_back(doubling, dlgrade, tmp_path):
    """From Canvas' gradebook and submissions of 300 students to a gradebook that Canvas imports."""
    text, people = canvas_gradebook(300)
    (tmp_path / "gradebook.csv").write_text(text, encoding="utf-8")
    submissions = doubling.parent / "submissions.zip"
    with zipfile.ZipFile(submissions, "w") as packed:
        for n, source in ((0, RIGHT), (1, MISTAKEN), (2, RIGHT), (7, ""), (299, RIGHT)):
            slug = re.sub(r"\W", "", people[n][0]).lower()
            packed.writestr(f"{slug}_{people[n][1]}_{90000 + n}_ch90_twice.py", source)
    done = dlgrade("grade", submissions, "--roster", "gradebook.csv", "--chapters", "ch90", "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["graded"], summary["nothing_handed_in"]) == (1, 4, 295)
    assert "1 left out, because they are no students: Student, Test." in summary["notes"][0]
    assert dlgrade("export", "--format", "canvas").returncode == 0
    content = (tmp_path / "grades" / "grades-canvas.csv").read_text(encoding="utf-8-sig")
    table = list(csv.reader(io.StringIO(content, newline="")))
    assert table[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section", "ch90 (4711)"]
    assert sorted(row[:6] for row in table[2:]) == sorted(row[:6] for row in people)
    scores = imported(table, people)
    assert {n: cells for n, cells in scores.items() if cells != [""]} == {0: ["1"], 1: ["0"], 2: ["1"], 299: ["1"]}
    assert len(scores) == 300


def own_column(dlgrade, tmp_path, titles, points):
    """Export for Canvas with a roster from Canvas that has these assignments. Return the command and the table."""
    people = ["Student,ID,SIS User ID,SIS Login ID,Section", f"    Points Possible,,,,,{points}"]
    people[0] += f",{titles}"
    blank = "," * titles.count(",")
    people += [f"Ada,1,ada,ada,A,{blank}", f"Bob,2,bob,bob,A,{blank}"]
    (tmp_path / "canvas.csv").write_text("\n".join(people), encoding="utf-8")
    dlgrade("grade", "in", "--roster", "canvas.csv")
    done = dlgrade("export", "--format", "canvas", "-o", "out.csv")
    out = tmp_path / "out.csv"
    return done, list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines())) if out.exists() else []


@pytest.mark.parametrize(
    ("title", "points", "full"),
    [
        ("ch90 (4567)", "100", "100"),
        ("Ch. 90 Twice (4567)", "100.0", "100"),
        ("Chapter 90: twice (4567)", '"2,5"', "2.5"),
        ("第90章 (4567)", '"1,000"', "1000"),
        ("Twice (4567)", "1", "1"),
    ],
)
def test_canvas_keeps_its_points(title, points, full, hand_in, dlgrade, tmp_path):
    """Canvas ignores the points row for assignments that it has, so a full mark is all of Canvas' own points."""
    hand_in("ada", RIGHT)
    hand_in("bob", MISTAKEN)
    done, table = own_column(dlgrade, tmp_path, f"{title},Essay (12)", f"{points},10")
    assert done.returncode == 0, done.stderr
    assert table[0][5:] == [title]
    assert table[1][5] == points.strip('"')
    assert [row[5] for row in table[2:]] == [full, "0"]
    assert ("the scores were multiplied by" in done.stdout) == (full != "1")


@pytest.mark.parametrize("points", ["", "0", "(read only)"])
def test_canvas_without_points(points, hand_in, dlgrade, tmp_path):
    """A column whose points are not known is refused: nobody knows what a score would be worth."""
    hand_in("ada", RIGHT)
    done, table = own_column(dlgrade, tmp_path, "ch90 (1),Essay (12)", f"{points},10")
    assert (done.returncode, table, "no points possible for ch90 (1)" in done.stderr) == (2, [], True), done.stderr


def test_canvas_columns_of_one_chapter(hand_in, dlgrade, tmp_path):
    """Two columns for a chapter are refused; a new column is told."""
    hand_in("ada", RIGHT)
    done, table = own_column(dlgrade, tmp_path, "ch90 (1),Ch. 90 (2)", "1,1")
    assert (done.returncode, table) == (2, [])
    assert "several columns for ch90: ch90 (1), Ch. 90 (2)." in done.stderr
    done, table = own_column(dlgrade, tmp_path, "ch9 (1),ch90 quiz (2)", "1,1")
    assert (done.returncode, table[0][5]) == (0, "ch90 Twice"), done.stderr
    assert "the import makes a new assignment, ch90 Twice." in done.stdout


NOBODY = ClassData(same(""), [], [], [], 0, "", "")


def test_canvas_and_namesakes():
    """Without Canvas' own columns, a name that two have gets the id: Canvas would give both scores to one of them."""
    students = [Student("1", "Li Wei"), Student("2", "Li, Wei", "w@uni.edu"), Student("3", "Ada")]
    rows = list(
        csv.reader(io.StringIO(canvas(NOBODY, students, Roster(), "refuse")[0].removeprefix("\ufeff"), newline=""))
    )
    assert [row[:4] for row in rows[2:]] == [
        ["Li Wei (1)", "", "1", ""], ["Li, Wei (2)", "", "2", "w@uni.edu"], ["Ada", "", "3", ""],
    ]  # fmt: skip


def test_canvas_without_a_roster(doubling, dlgrade, tmp_path):
    """Without a roster, the numbers in Canvas' file names are Canvas' own: they come back as ID, not as SIS User ID."""
    with zipfile.ZipFile(doubling.parent / "submissions.zip", "w") as packed:
        for number, name in ((5000, "liwei"), (5001, "liwei"), (5002, "ngada")):
            packed.writestr(f"{name}_{number}_{number + 90000}_ch90_twice.py", RIGHT)
    dlgrade("grade", "submissions.zip", "--chapters", "ch90")
    assert dlgrade("export", "--format", "canvas", "-o", "out.csv").returncode == 0
    rows = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1:4] for row in rows[2:]] == [["5000", "", ""], ["5001", "", ""], ["5002", "", ""]]


def test_canvas_with_a_roster_of_ones_own(tmp_path):
    """A roster with columns for Canvas' numbers and logins gives an export that has them."""
    (tmp_path / "class.csv").write_text("学号,姓名,canvas id,login\ns1,Ada,5000,alove\n", encoding="utf-8")
    people = read_roster(tmp_path / "class.csv")
    rows = list(csv.reader(canvas(NOBODY, people.students, people, "refuse")[0].splitlines()))
    assert rows[2][:4] == ["Ada", "5000", "s1", "alove"]


@pytest.mark.parametrize(
    ("students", "header"),
    [
        ([Student("1", "A", "a@x"), Student("2", "B", "b@x")], ["ID number", "Full name", "Email address"]),
        ([Student("1", "A", "a@x"), Student("2", "B")], ["ID number", "Full name"]),
        ([Student("a@x", "A", "a@x"), Student("b@x", "B", "b@x")], ["Full name", "Email address"]),
    ],
    ids=["both", "an-address-is-missing", "addresses-are-the-ids"],
)
def test_moodle_finds_everybody(students, header):
    """A column that tells whose a row is has no empty cell: Moodle would give that row to the student before."""
    rows = list(csv.reader(io.StringIO(moodle(NOBODY, students, "refuse").removeprefix("\ufeff"), newline="")))
    assert rows[0] == header
    assert all(all(row) for row in rows)


@pytest.mark.parametrize(
    ("roster", "header"),
    [
        ("id,name,email\ns1,Ada,a@x.edu\n,Dan D,d@x.edu\n", ["Full name", "Email address"]),
        ("id,name,email\ns1,Ada,a@x.edu\ns2,Dan D,\n", ["ID number", "Full name"]),
        ("login,name,email\nalove,Ada,a@x.edu\ndd,Dan D,d@x.edu\n", ["Full name", "Email address"]),
        ("id,name,email\ns1,Ada,\n,Dan D,d@x.edu\n", None),
        ("login,name\nalove,Ada\ndd,Dan D\n", None),
        ("name\nAda\nDan D\n", None),
        ("", None),
    ],
)
def test_moodle_and_ids_of_ones_own(roster, header, hand_in, dlgrade, tmp_path):
    """A name, a login or an address in the place of an id is no ID number; without a whole column there is no file."""
    hand_in("Ada", RIGHT)
    hand_in("Dan D", MISTAKEN)
    (tmp_path / "class.csv").write_text(roster, encoding="utf-8")
    dlgrade("grade", "in", *(["--roster", "class.csv"] if roster else []))
    done = dlgrade("export", "--format", "moodle", "-o", "out.csv")
    if header is None:
        assert (done.returncode, "Dan D" in done.stderr, "roster" in done.stderr) == (2, True, True)
        assert not (tmp_path / "out.csv").exists()
        return
    rows = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == [*header, "ch90", "ch90 feedback"]
    assert all(all(row[: len(header)]) for row in rows)


# The command `grade`.


def test_a_file_of_nobody(hand_in, dlgrade, tmp_path):
    """A file that belongs to nobody ends `grade` with 1, and everybody else is graded."""
    hand_in("ada", RIGHT)
    (tmp_path / "class.csv").write_bytes("id,name\nada,Ada\n2,Müller\n".encode("cp1252"))
    options = "grade", "in", "--roster", "class.csv"
    done = dlgrade(*options)
    assert done.returncode == 0, done.stdout
    assert "read as Windows-1252, for example: Müller" in done.stdout
    assert "按 Windows-1252 编码读取，例如：Müller" in dlgrade(*options, "--lang", "zh").stdout
    hand_in("mallory", RIGHT)
    done = dlgrade(*options, "--json")
    assert (done.returncode, json.loads(done.stdout)["unassigned"]) == (1, 1)
