"""`dlgrade grade --due`: the same command gives the same grades, and an unknown time is never late."""

import csv
import json
import os
import shutil
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dlgrade.course import load
from dlgrade.course.new_chapter import write_chapter

RIGHT = "def twice(X):\n    return X + X\n"
MISTAKEN = "def twice(X):\n    return X / 2\n"
DEADLINE = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
RULES = """\
timezone: Asia/Shanghai
due: {ch90: 2026-11-20}
percent_per_day: 10
extensions:
  - {student: Ada Lovelace, chapter: ch90, until: 2026-11-25, reason: in hospital}
  - {student: dan, chapter: ch90, until: 2026-11-25, reason: abroad}
"""


@pytest.fixture
def hand_in(tmp_path, empty_course):
    """hand_in("ada", 30): ada's right answer, 30 hours after the deadline; None: now."""
    write_chapter(load(), "ch90", "twice")
    suite = empty_course / "tests" / "chapters" / "test_ch90_twice.py"
    before, _, after = suite.read_text(encoding="utf-8").partition("    @standard")
    suite.write_text(before + after.partition("\n\n")[2], encoding="utf-8")

    def hand_in(student, hours=None, source=RIGHT, name="ch90_twice.py"):
        path = tmp_path / "in" / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        if hours is not None:
            at = (DEADLINE + timedelta(hours=hours)).timestamp()
            os.utime(path, (at, at))

    return hand_in


def summary(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def finals(out):
    """student -> days late, and the score after lateness."""
    reports = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("reports/*/ch90.json")
    }
    return {name: (one["final"]["days_late"], one["final"]["after_lateness"]) for name, one in reports.items()}


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row.get("id") or row["ID number"]: row for row in csv.DictReader(file)}


def test_the_same_grades_again(dlgrade, hand_in, tmp_path):
    """Without --due, the rules and the zone of the last --due still choose the version and its penalty, and it is said.

    When they are deleted, nobody is late.
    """
    hand_in("ada", -5)
    hand_in("ada", 60, MISTAKEN, "ch90_twice-2.py")
    hand_in("bob", 30)
    hand_in("cyd", -50)
    with zipfile.ZipFile(tmp_path / "in" / "dan.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("ch90_twice.py", (2026, 11, 20, 23, 30, 0)), RIGHT)
    due = tmp_path / "due.yaml"
    due.write_text("timezone: Asia/Shanghai\ndue: {ch90: 2026-11-20}\npercent_per_day: 30\n", encoding="utf-8")
    graded = {"ada": (0, 1), "bob": (2, 0.4), "cyd": (0, 1), "dan": (0, 1)}
    assert summary(dlgrade("grade", "in", "--due", due, "--json"))["notes"] == []
    assert finals(tmp_path / "grades") == graded
    first = (tmp_path / "grades" / "grades.csv").read_bytes()
    again = summary(dlgrade("grade", "in", "--json", TZ="America/New_York"))
    assert again["notes"] == [
        "Due times and late rules are those of the last --due, in grades/due.yaml (times in Asia/Shanghai)."
    ]
    assert (finals(tmp_path / "grades"), (tmp_path / "grades" / "grades.csv").read_bytes()) == (graded, first)
    (tmp_path / "grades" / "due.yaml").unlink()
    assert summary(dlgrade("grade", "in", "--json"))["notes"] == []
    assert finals(tmp_path / "grades") == {"ada": (0, 0), "bob": (0, 1), "cyd": (0, 1), "dan": (0, 1)}


def test_unknown_times(dlgrade, hand_in, tmp_path):
    """Lateness that is not known is empty, costs nothing, and is counted in every report."""
    for student in ("ada", "bob", "cyd"):
        hand_in(student)
    due = tmp_path / "due.yaml"
    due.write_text("due: {ch90: 2026-11-20}\npercent_per_day: 10\n", encoding="utf-8")
    done = dlgrade("grade", "in", "--due", due)
    assert "in: all 3 files are from the same hour (" in done.stdout
    assert "3 of 3 submission times unknown: lateness not known, no late rule applied." in done.stdout
    assert finals(tmp_path / "grades") == dict.fromkeys(("ada", "bob", "cyd"), (None, 1))
    cells = [(row["ch90 days late"], row["ch90 final"]) for row in table(tmp_path / "grades" / "grades.csv").values()]
    assert cells == [("", "1")] * 3
    page = (tmp_path / "grades" / "report.html").read_text(encoding="utf-8")
    assert "3 of 3 submission times unknown" in page
    assert "3 份提交中有 3 份提交时间不详" in page
    assert "Nobody was late" not in page
    assert dlgrade("export", "--format", "moodle").returncode == 0
    exported = table(tmp_path / "grades" / "grades-moodle.csv")
    assert exported["ada"]["ch90 feedback"] == "1/1; submission time unknown, no late rule applied"
    assert "The time of the submission is not known" in (tmp_path / "grades/reports/ada/ch90.html").read_text("utf-8")


def test_a_copy_of_graded_work(dlgrade, hand_in, tmp_path):
    """A copy of the class loses the times of its files. The gradebook has them for the same contents, and keeps them.

    Of several versions, the one of the gradebook still counts. Changed work has no time.
    """
    hand_in("ada", -5)
    hand_in("ada", 60, MISTAKEN, "ch90_twice-2.py")
    hand_in("bob", 30)
    hand_in("cyd", -50)
    hand_in("dan", 80)
    due = tmp_path / "due.yaml"
    due.write_text("timezone: Asia/Shanghai\ndue: {ch90: 2026-11-20}\npercent_per_day: 10\n", encoding="utf-8")
    summary(dlgrade("grade", "in", "--due", due, "--json"))
    graded = {"ada": (0, 1), "bob": (2, 0.8), "cyd": (0, 1), "dan": (4, 0.6)}
    assert finals(tmp_path / "grades") == graded
    shutil.move(tmp_path / "in", tmp_path / "orig")
    shutil.copytree(tmp_path / "orig", tmp_path / "in", copy_function=shutil.copyfile)
    again = summary(dlgrade("grade", "in", "--json"))
    assert finals(tmp_path / "grades") == graded
    assert again["times_unknown"] == again["graded"] == 0
    assert "4 of these have the content that the gradebook has, and keep its time." in again["notes"]
    hand_in("dan", None, RIGHT + "# changed\n")
    due.write_text("timezone: Asia/Shanghai\ndue: {ch90: 2026-11-21}\npercent_per_day: 10\n", encoding="utf-8")
    part = summary(dlgrade("grade", "in/dan", "--due", due, "--json"))
    assert finals(tmp_path / "grades")["dan"] == (None, 1)
    assert any("Hand-ins that are not in this run were chosen by the old rules (3)" in note for note in part["notes"])


def test_extensions(dlgrade, hand_in, tmp_path):
    """An extension decides which version counts and what it costs. Its reason is for staff, its end for the student."""
    hand_in("ada", 20, MISTAKEN)
    hand_in("ada", 100, RIGHT, "ch90_twice-2.py")
    hand_in("ada", 130, MISTAKEN, "ch90_twice-3.py")
    hand_in("bob", 100)
    due, roster = tmp_path / "due.yaml", tmp_path / "roster.csv"
    due.write_text(RULES, encoding="utf-8")
    roster.write_text("id,name\nada,Ada Lovelace\nbob,Bob\n", encoding="utf-8")
    refused = dlgrade("grade", "in", "--due", due, "--roster", roster)
    assert refused.returncode == 2
    assert "line 6: there is no student 'dan' for this extension." in refused.stderr
    assert not (tmp_path / "grades").exists()
    due.write_text(RULES.replace("Ada Lovelace", "ADA"), encoding="utf-8")
    (note,) = summary(dlgrade("grade", "in", "--due", due, "--json"))["notes"]
    assert "line 6: there is no student 'dan' for this extension." in note
    assert finals(tmp_path / "grades") == {"ada": (0, 1), "bob": (5, 0.5)}
    rows = table(tmp_path / "grades" / "grades.csv")
    assert rows["ada"]["extensions"] == "ch90 2026-11-25 23:59+08:00: in hospital"
    assert rows["bob"]["extensions"] == ""
    assert "in hospital" in (tmp_path / "grades" / "report.html").read_text(encoding="utf-8")
    reports = [path.read_text(encoding="utf-8") for path in (tmp_path / "grades" / "reports" / "ada").iterdir()]
    assert not any("hospital" in words for words in reports)
    assert any("2026-11-25 23:59 +08:00" in words and "your extension" in words for words in reports)
