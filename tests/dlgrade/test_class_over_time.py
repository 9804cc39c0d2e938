"""A class that is graded again and again: files that move, students who leave, suites that change, overrides."""

import csv
import json
import os
import re
import shutil

import pytest

RIGHT = "def twice(X):\n    return X + X\n"
MISTAKEN = "def twice(X):\n    return X / 2\n"


@pytest.fixture
def grade(dlgrade):
    """grade(*options): grades `in`; the summary."""

    def grade(*options, code=0):
        paths = () if options and not str(options[0]).startswith("-") else ("in",)
        done = dlgrade("grade", *paths, *options, "--json")
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)

    return grade


@pytest.fixture
def marks(tmp_path):
    """marks(): the score and the status of each student in grades.csv."""

    def marks():
        with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["id"]: (row["ch90 score"], row["ch90 status"]) for row in csv.DictReader(file)}

    return marks


@pytest.fixture
def change_suite(doubling):
    """change_suite(): the check is worth two points."""
    suite = doubling / "tests" / "chapters" / "test_ch90_twice.py"

    def change():
        words = suite.read_text(encoding="utf-8")
        method = re.search(r"\n    def test_", words)
        changed = f"{words[: method.start()]}\n    @pytest.mark.points(2){words[method.start() :]}"
        suite.write_text(changed, encoding="utf-8")

    return change


def write_roster(tmp_path, *ids):
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\n" + "".join(f"{id},{id.title()}\n" for id in ids), encoding="utf-8")
    return roster


# Whose file it is.


def test_a_renamed_folder(hand_in, grade, marks, tmp_path):
    """A file in a folder with another name counts once: for the new name. An override goes with it."""
    hand_in("ada", RIGHT)
    hand_in("bob", MISTAKEN)
    grade()
    (tmp_path / "in" / "ada").rename(tmp_path / "in" / "lovelace")
    summary = grade()
    assert marks() == {"lovelace": ("1", "graded"), "bob": ("0", "graded")}
    assert "ada's before" in summary["notes"][0]
    assert not (tmp_path / "grades" / "reports" / "ada").exists()


def test_a_corrected_roster(hand_in, grade, marks, dlgrade, tmp_path):
    """When a roster gives a file to somebody else, the first owner has it no more, and is left out of exports."""
    hand_in("ada", RIGHT)
    first = tmp_path / "class.csv"
    first.write_text("id,name\ns1,Ada\ns2,Bob\n", encoding="utf-8")
    grade("--roster", first)
    first.write_text("id,name\ns7,Ada\ns2,Bob\n", encoding="utf-8")
    summary = grade("--roster", first)
    assert marks() == {"s2": ("", "missing"), "s7": ("1", "graded")}
    assert any("s1" in note for note in summary["notes"])
    listed = json.loads(dlgrade("students", "list", "--json").stdout)
    assert {entry["id"]: entry["status"] for entry in listed} == {"s1": "left", "s2": "active", "s7": "active"}


def test_the_stored_roster(hand_in, grade, marks, tmp_path):
    """A later run without --roster keeps to the roster; students who return are in the class again."""
    hand_in("ada", RIGHT)
    roster = write_roster(tmp_path, "ada", "bob")
    grade("--roster", roster)
    hand_in("zoe", RIGHT)
    summary = grade(code=1)  # her file is nobody's
    assert set(marks()) == {"ada", "bob"}
    assert any("zoe" in stray for stray in summary["strays"])
    grade("--roster", write_roster(tmp_path, "ada", "bob", "zoe"))
    assert set(marks()) == {"ada", "bob", "zoe"}


def test_part_of_a_class(hand_in, grade, marks):
    """Grading one student's folder changes nobody else."""
    for student in ("ada", "bob"):
        hand_in(student, RIGHT)
    grade()
    hand_in("ada", MISTAKEN)
    grade("in/ada")
    assert marks() == {"ada": ("0", "graded"), "bob": ("1", "graded")}


def test_a_loose_file_of_a_class(hand_in, grade, marks, tmp_path):
    """Grading one loose file changes nobody else, although its neighbours can be imported."""
    for student in ("ada", "bob"):
        hand_in(".", RIGHT, f"{student}_ch90.py")
    hand_in(".", MISTAKEN, "cyd_ch90.py")
    grade()
    before = marks()
    assert grade("in/bob_ch90.py")["notes"] == []
    assert marks() == before
    grade("in", "--roster", write_roster(tmp_path, "ada", "bob", "cyd"))
    assert grade("in/bob_ch90.py")["known"] == 1
    assert marks() == before


def test_the_output_folder_is_no_student(hand_in, grade):
    """A run over the folder that also has the output folder reads nothing from there."""
    hand_in("ada", RIGHT)
    hand_in("bob", RIGHT)
    assert [grade("in", "--out", "in/grades")["graded"] for _ in range(2)] == [2, 0]


def test_other_names_of_a_student(hand_in, grade, marks, tmp_path):
    """The newest file counts if it is named by login or address, or by a name that staff merged."""
    roster = tmp_path / "class.csv"
    roster.write_text("id,name,email,login\n12345,Ann Lee,ann@x.cn,al7\n", encoding="utf-8")
    for day, (name, source) in enumerate((("12345", MISTAKEN), ("012345", MISTAKEN), ("al7", RIGHT))):
        hand_in(".", source, f"{name}_ch90.py")
        time = 1_793_491_200 + day * 86_400
        os.utime(tmp_path / "in" / f"{name}_ch90.py", (time, time))
    grade("--roster", roster)
    assert marks() == {"12345": ("1", "graded")}


def test_equal_work_of_somebody_absent(hand_in, grade, marks, tmp_path, tmp_path_factory):
    """Equal work of somebody who is not in the run counts for both; a note asks whether they are one person."""
    hand_in("ada", RIGHT)
    monday = tmp_path_factory.mktemp("elsewhere") / "monday"
    shutil.copytree(tmp_path / "in", monday)
    grade(monday)
    shutil.rmtree(monday)
    (tmp_path / "in" / "ada").rename(tmp_path / "in" / "bob")
    summary = grade()
    assert set(marks()) == {"ada", "bob"}
    assert "dlgrade students merge ada bob" in summary["notes"][0]


def test_merge_and_rename(hand_in, grade, marks, dlgrade):
    """Merged students are one; a later run gives files of both names to the one, and the newest file counts."""
    hand_in("ada", MISTAKEN)
    hand_in("lovelace", RIGHT)
    hand_in("bob", RIGHT)
    grade()
    assert dlgrade("students", "merge", "lovelace", "ada").returncode == 0
    assert set(marks()) == {"ada", "bob"}
    assert dlgrade("students", "rename", "bob", "s2", "--name", "Bob").returncode == 0
    summary = grade()
    assert set(marks()) == {"ada", "s2"}
    assert summary["graded"] == 0
    refused = dlgrade("students", "rename", "ada", "s2")
    assert (refused.returncode, "students merge ada s2" in refused.stderr) == (2, True)


def test_remove_and_restore(hand_in, grade, marks, dlgrade):
    """A removed student is left out of tables, and of later runs, until restored."""
    hand_in("ada", RIGHT)
    hand_in("test01", RIGHT)
    grade()
    dlgrade("students", "remove", "test01", "--why", "a test account")
    assert set(marks()) == {"ada"}
    assert "test01 was removed" in grade()["notes"][0]
    assert set(marks()) == {"ada"}
    assert "a test account" in dlgrade("students", "list").stdout
    dlgrade("students", "restore", "test01")
    grade()
    assert set(marks()) == {"ada", "test01"}


def test_equal_work_of_classmates(hand_in, grade, marks, tmp_path):
    """A file that is gone is not a classmate's who had the same content before; a renamed folder takes one place."""
    for student in ("ada", "bob", "cyd"):
        hand_in(student, RIGHT)
    grade()
    (tmp_path / "in" / "ada").rename(tmp_path / "ada")
    assert grade()["notes"] == []
    assert set(marks()) == {"ada", "bob", "cyd"}
    (tmp_path / "in" / "bob").rename(tmp_path / "in" / "zoe")
    assert "ch90 of zoe was" in grade()["notes"][0]
    assert len(marks()) == 3


def test_exchanged_ids(hand_in, grade, marks, dlgrade):
    """Two students may exchange their ids; later runs keep to it."""
    hand_in("ada", RIGHT)
    hand_in("bob", MISTAKEN)
    grade()
    for old, new in (("ada", "x"), ("bob", "ada"), ("x", "bob")):
        assert dlgrade("students", "rename", old, new).returncode == 0
    expected = {"ada": ("0", "graded"), "bob": ("1", "graded")}
    assert marks() == expected
    grade()
    assert marks() == expected


@pytest.mark.parametrize("new", ["", "  ", "a\nb", "x" * 300])
def test_ids_that_are_none(hand_in, grade, dlgrade, new):
    """An id is a line of at most 200 characters."""
    hand_in("ada", RIGHT)
    grade()
    done = dlgrade("students", "rename", "ada", new)
    assert (done.returncode, "An id has" in done.stderr) == (2, True)


def test_late_rules_of_merged_and_renamed_students(hand_in, grade, marks, dlgrade, tmp_path):
    """Merged, the newest hand-in that is in time counts; an extension follows a student to another id."""
    for student, source, day in (("ada", RIGHT, 1), ("ada2", MISTAKEN, 9), ("bob", RIGHT, 7)):
        hand_in(student, source)
        time = 1_793_491_200 + day * 86_400  # 2026-11-01 and later
        os.utime(tmp_path / "in" / student / "ch90_twice.py", (time, time))
    due = tmp_path / "due.yaml"
    extension = "{student: bob, chapter: ch90, until: 2026-11-20, reason: ill}"
    due.write_text(f"timezone: UTC\ndue: {{ch90: 2026-11-05}}\npercent_per_day: 50\nextensions: [{extension}]\n")
    grade("--due", due)
    dlgrade("students", "merge", "ada2", "ada")
    dlgrade("students", "rename", "bob", "s2")
    expected = {"ada": ("1", "graded"), "s2": ("1", "graded")}
    assert marks() == expected
    assert json.loads((tmp_path / "grades/reports/s2/ch90.json").read_text())["final"]["days_late"] == 0
    grade()
    assert marks() == expected


def test_rules_of_a_shared_gradebook(hand_in, grade, tmp_path):
    """A gradebook that several output folders share has its due times and its roster; deleting the files ends them."""
    hand_in("ada", RIGHT)
    hand_in("dan", RIGHT)
    due = tmp_path / "due.yaml"
    due.write_text("timezone: UTC\ndue: {ch90: 2001-01-01}\npercent_per_day: 50\ntrust_file_times: true\n")
    shared = ("--gradebook", f"sqlite:///{tmp_path}/class.sqlite")
    grade("--roster", write_roster(tmp_path, "ada"), "--due", due, *shared, "--out", "a", code=1)
    grade(*shared, "--out", "b", code=1)
    table = (tmp_path / "b" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:5] for line in table[1:]] == [["ada", "Ada", "1", *table[1].split(",")[3:4], "0"]]
    (tmp_path / "b" / "due.yaml").unlink()
    grade(*shared, "--out", "b", code=1)
    grade(*shared, "--out", "a", code=1)
    assert (tmp_path / "a" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[4] == "1"


# Marks over time.


def test_marks_of_an_old_suite(hand_in, grade, marks, change_suite, dlgrade):
    """If the suite changed and part of the class was graded again, the others keep their maximum and are stale."""
    for student in ("ada", "bob"):
        hand_in(student, RIGHT)
    grade()
    change_suite()
    grade("--students", "ada")
    assert marks() == {"ada": ("2", "graded"), "bob": ("1", "stale")}
    refused = dlgrade("export", "--format", "canvas")
    assert (refused.returncode, "1 of 2 marks of ch90" in refused.stderr) == (2, True), refused.stderr
    summary = grade()
    assert [(change["student"], change["after_points"]) for change in summary["changes"]] == [("bob", 2)]
    assert dlgrade("export", "--format", "canvas").returncode == 0


def test_preview(hand_in, grade, marks, change_suite):
    """A preview shows which marks would change, and changes none; the run afterwards need not grade again."""
    for student, source in (("ada", RIGHT), ("bob", MISTAKEN)):
        hand_in(student, source)
    grade()
    change_suite()
    preview = grade("--preview", "--students", "ada,bob")
    assert [(change["student"], change["before"], change["after"]) for change in preview["changes"]] == [
        ("ada", 1, 2), ("bob", 0, 1),
    ]  # fmt: skip
    assert marks() == {"ada": ("1", "graded"), "bob": ("0", "graded")}
    assert grade()["graded"] == 0
    assert marks() == {"ada": ("2", "graded"), "bob": ("1", "graded")}


def test_regrade_of_one_student(hand_in, grade):
    """--regrade with --students grades these alone again; without it, the new results stay."""
    for student in ("ada", "bob"):
        hand_in(student, f"# {student}\n{RIGHT}")
    grade()
    assert grade("--regrade", "--students", "ada")["graded"] == 1
    assert grade()["graded"] == 0


# Overrides.


def test_an_override_belongs_to_a_submission(hand_in, grade, marks, dlgrade):
    """A new submission has its own points, and the run asks about the override until staff decide."""
    hand_in("ada", MISTAKEN)
    grade()
    assert dlgrade("override", "ada", "twice.ordinary_input", 1, "--why", "right idea").returncode == 0
    assert marks() == {"ada": ("1", "graded")}
    hand_in("ada", "# again\n" + MISTAKEN)
    summary = grade()
    assert "dlgrade override ada ch90.twice.ordinary_input 1 --why 'right idea'" in summary["questions"][0]
    assert marks() == {"ada": ("0", "override to confirm")}
    assert dlgrade("export").returncode == 2
    assert grade()["questions"] == summary["questions"]
    assert dlgrade("override", "ada", "twice.ordinary_input", "--drop", "--why", "not this time").returncode == 0
    assert (grade()["questions"], marks()) == ([], {"ada": ("0", "graded")})
    hand_in("ada", MISTAKEN)
    assert (grade()["questions"], marks()) == ([], {"ada": ("1", "graded")})


def test_a_dropped_override_hides_no_other(hand_in, grade, marks, dlgrade):
    """A drop for one submission does not answer for the next ones, if the override still counts for another."""
    hand_in("ada", MISTAKEN)
    grade()
    dlgrade("override", "ada", "twice.ordinary_input", 1, "--why", "first")
    hand_in("ada", "# 2\n" + MISTAKEN)
    grade()
    dlgrade("override", "ada", "twice.ordinary_input", "--drop", "--why", "second")
    hand_in("ada", MISTAKEN)
    grade()
    assert marks() == {"ada": ("1", "graded")}
    hand_in("ada", "# 3\n" + MISTAKEN)
    assert len(grade()["questions"]) == 1
    refused = dlgrade("override", "ada", "twice.ordinary_input", "nan", "--why", "no number")
    assert (refused.returncode, marks()) == (2, {"ada": ("0", "override to confirm")})


def test_an_override_belongs_to_a_suite(hand_in, grade, marks, dlgrade, change_suite, doubling):
    """If the check is worth something else, or exists no more, the run asks about the override."""
    hand_in("ada", MISTAKEN)
    grade()
    dlgrade("override", "ada", "twice.ordinary_input", 1, "--why", "right idea")
    change_suite()
    assert "the check is worth 2" in grade()["questions"][0]
    assert marks() == {"ada": ("1", "override to confirm")}  # her own points, after the price
    assert dlgrade("override", "ada", "twice.ordinary_input", 2, "--why", "right idea").returncode == 0
    assert (grade()["questions"], marks()) == ([], {"ada": ("2", "graded")})
    suite = doubling / "tests" / "chapters" / "test_ch90_twice.py"
    suite.write_text(suite.read_text(encoding="utf-8").replace("test_ordinary_input", "test_usual"), encoding="utf-8")
    assert "exists no more" in grade()["questions"][0]
    assert dlgrade("override", "ada", "twice.ordinary_input", "--drop", "--why", "gone").returncode == 0
    assert grade()["questions"] == []
