"""`dlgrade grade --dry-run` tells whose each file is, from when and why, and leaves no trace."""

import json
import os
import sqlite3

import pytest
from rich.cells import cell_len

from dlgrade.course import load
from dlgrade.course.new_chapter import write_chapter

RIGHT = "def twice(X):\n    return X + X\n"
NAMES = ["CS2101-张三-ch90.py", "CS2101-李四-ch90.py", "CS2101-李四-ch90_final.py", "notes.py", "CS2101-王五-ch90.rar"]
NOON, DAY = 1_795_147_200, 86_400  # 2026-11-20 12:00 in Shanghai


@pytest.fixture
def a_class(empty_course, tmp_path):
    """The arguments that grade loose files of a class, with the due times of Shanghai."""
    assert empty_course.parent == tmp_path
    write_chapter(load(), "ch90", "twice")
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).write_text(f"# {number}\n{RIGHT}", encoding="utf-8")
        handed_in = NOON - number * DAY  # files from one hour would be a copy's
        os.utime(folder / name, (handed_in, handed_in))
    (tmp_path / "due.yaml").write_text("timezone: Asia/Shanghai\ndue: {}\n", encoding="utf-8")
    return "grade", "in", "--due", "due.yaml"


def everything(folder):
    """All files and folders, with their sizes and times."""
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_the_table(dlgrade, a_class, tmp_path):
    """In a pipe, a table of 80 columns has students, chapters, times, files and reasons. No file or folder is made."""
    before = everything(tmp_path)
    done = dlgrade(*a_class, "--dry-run")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "In in/",
        "Student  Chapter  Handed in",
        "张三     ch90     2026-11-20 12:00",
        "    CS2101-张三-ch90.py  (the file's name: CS2101-张三)",
        "李四     ch90     2026-11-19 12:00",
        "    CS2101-李四-ch90.py  (the file's name: CS2101-李四)",
        "    - CS2101-李四-ch90_final.py (2026-11-18 12:00) is not the newest version.",
        "王五     ch90     2026-11-16 12:00",
        "    CS2101-王五-ch90.rar  (the file's name: CS2101-王五)",
        "    - CS2101-王五-ch90.rar is not read, because .rar files are not unpacked.",
        "      Unpack it, or pack it again as a zip.",
        "Not assigned to a student or chapter:",
        "  in/notes.py: The name does not say whose it is.",
        "3 hand-ins. Nothing was graded or written.",
    ]
    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    assert everything(tmp_path) == before


def test_json(dlgrade, a_class, tmp_path):
    """For programs: times with their zone, and the students of the roster who handed in nothing."""
    (tmp_path / "class.csv").write_text("id,name\n7,张三\n8,李四\n9,赵六\n", encoding="utf-8")
    done = dlgrade(*a_class, "--dry-run", "--json", "--roster", "class.csv")
    shown = json.loads(done.stdout)
    assert [(row["student"], row["name"], row["chapter"]) for row in shown["hand_ins"]] == [
        ("7", "张三", "ch90"),
        ("8", "李四", "ch90"),
    ]
    assert shown["hand_ins"][0] == {
        "student": "7", "name": "张三", "chapter": "ch90", "file": "in/CS2101-张三-ch90.py",
        "submitted": "2026-11-20T12:00:00+08:00", "why": "the file's name: CS2101-张三", "passed_over": [],
        "problem": None,
    }  # fmt: skip
    assert shown["missing"] == ["赵六 (9)"]
    assert not (tmp_path / "grades").exists()


def test_notes(dlgrade, a_class, tmp_path):
    """A file of a chapter that nothing uses is in the notes, as in those of a run."""
    (tmp_path / "in" / "dan").mkdir()
    for name in ("ch90.py", "ch90_tuesday.py"):
        (tmp_path / "in" / "dan" / name).write_text(RIGHT, encoding="utf-8")
    notes = json.loads(dlgrade(*a_class, "--dry-run", "--json").stdout)["notes"]
    assert any("ch90_tuesday.py is no version of " in note for note in notes)
    assert set(notes) <= set(json.loads(dlgrade(*a_class, "--json").stdout)["notes"])


def test_files_without_a_common_folder(dlgrade, a_class, tmp_path):
    """Files that were given by absolute and by relative paths keep their whole paths."""
    elsewhere = tmp_path / "other" / "bob_ch90.py"
    elsewhere.parent.mkdir()
    elsewhere.write_text(RIGHT, encoding="utf-8")
    lines = dlgrade(*a_class, str(elsewhere), "--dry-run").stdout.splitlines()
    assert lines[0].startswith("Student ")
    assert any(line.strip().startswith(str(elsewhere)) for line in lines)


@pytest.mark.parametrize("more", [("--gradebook", "sqlite:///other.sqlite"), ("--out", "elsewhere")])
def test_nothing_is_made(dlgrade, a_class, tmp_path, more):
    """Neither a database nor a folder is made, wherever they would be."""
    before = everything(tmp_path)
    assert "Nothing was graded" in dlgrade(*a_class, "--dry-run", *more).stdout
    assert everything(tmp_path) == before


def test_the_gradebook_is_asked(dlgrade, a_class, tmp_path):
    """A file that is graded later goes to the same student, also if its name has less, and --dry-run shows so."""
    dlgrade(*a_class)
    for name in NAMES:
        (tmp_path / "in" / name).unlink()
    (tmp_path / "in" / "CS2101-张三-ch90.py").write_text(f"# new\n{RIGHT}", encoding="utf-8")
    before = everything(tmp_path)
    shown = json.loads(dlgrade(*a_class, "--dry-run", "--json").stdout)
    assert [row["student"] for row in shown["hand_ins"]] == ["张三"]
    assert everything(tmp_path) == before
    assert dlgrade(*a_class).returncode == 0
    with sqlite3.connect(tmp_path / "grades" / "gradebook.sqlite") as book:
        assert book.execute("SELECT id FROM students ORDER BY id").fetchall() == [("张三",), ("李四",), ("王五",)]


def test_chosen_students(dlgrade, a_class, tmp_path):
    """`--students` limits all that is listed; an empty value, as of an unset variable, is refused and means nobody."""
    (tmp_path / "class.csv").write_text("id,name\n7,张三\n8,李四\n9,赵六\n", encoding="utf-8")
    options = (*a_class, "--dry-run", "--json", "--roster", "class.csv")
    shown = json.loads(dlgrade(*options, "--students", "7").stdout)
    assert ([row["student"] for row in shown["hand_ins"]], shown["missing"]) == (["7"], [])
    assert json.loads(dlgrade(*options, "--students", "7,9").stdout)["missing"] == ["赵六 (9)"]
    for option in ("--students", "--chapters"):
        for empty in ("", " , "):
            done = dlgrade(*a_class, option, empty)
            assert (done.returncode, f"{option} is empty" in done.stderr) == (2, True), done.stderr


def test_a_shared_gradebook(dlgrade, a_class, tmp_path):
    """From another output folder, the roster of a shared gradebook counts, and nothing is made."""
    shared = ("--gradebook", f"sqlite:///{tmp_path}/class.sqlite")
    (tmp_path / "class.csv").write_text("id,name\n7,张三\n8,李四\n9,赵六\n", encoding="utf-8")
    dlgrade(*a_class, *shared, "--roster", "class.csv", "--out", "first")
    (tmp_path / "class.csv").unlink()
    before = everything(tmp_path)
    shown = json.loads(dlgrade(*a_class, *shared, "--out", "second", "--dry-run", "--json").stdout)
    assert ([row["student"] for row in shown["hand_ins"]], shown["missing"]) == (["7", "8"], ["赵六 (9)"])
    assert everything(tmp_path) == before
