"""`dlgrade grade`: a class of submissions, one gradebook; and what is done with it afterwards."""

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlgrade.text import UNSEEN

RIGHT = "def twice(X):\n    return X + X\n"
MISTAKEN = "def twice(X):\n    return X / 2\n"


def rows(out, query):
    with sqlite3.connect(out / "gradebook.sqlite") as book:
        return book.execute(query).fetchall()


def grades(out):
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def report(out, student):
    return json.loads((out / "reports" / student / "ch90.json").read_text(encoding="utf-8"))


def test_a_class(dlgrade, a_class, tmp_path):
    """Everybody gets a score, four files and a line in the table, or is named as one who handed in nothing."""
    done = dlgrade("grade", *a_class, "--json")
    summary, out = json.loads(done.stdout), tmp_path / "grades"
    assert done.returncode == 0, done.stderr
    assert (summary["submissions"], summary["graded"], summary["nothing_handed_in"]) == (4, 4, 1)
    assert [report(out, student)["score"] for student in ("ada", "bob", "cyd", "dan")] == [1, 0, 0, 1]
    assert report(out, "bob")["chapters"][0]["checks"][0]["diagnosis"] == "halved"
    table = "\n".join(",".join(line) for line in grades(out))
    assert all(name in table for name in ("Ada Lovelace", "鲍勃", "Eve"))
    names = sorted(path.name for path in (out / "reports" / "ada").iterdir())
    assert names == ["ch90.gradescope.json", "ch90.html", "ch90.json", "ch90.xml"]
    assert not (out / "reports" / "eve").exists()
    assert rows(out, "SELECT verdict FROM checks ORDER BY verdict") == [("FAILED",), ("PASSED",), ("RAISED",)]
    assert "Eve" in (out / "report.html").read_text(encoding="utf-8")


def test_a_line_for_each_in_a_pipe(dlgrade, a_class):
    """In a pipe there is a line for every submission, with its score; equal ones are graded once."""
    lines = dlgrade("grade", *a_class).stdout.splitlines()
    assert sorted(line.partition("] ")[2] for line in lines[:3]) == [
        "ada, dan: ch90 1/1",
        "bob: ch90 0/1",
        "cyd: ch90 0/1",
    ]


def test_what_is_known_is_not_graded_again(dlgrade, a_class, hand_in, doubling, tmp_path):
    """A second run grades what changed alone; a changed suite changes everything; old results stay in the history."""

    def graded():
        return json.loads(dlgrade("grade", *a_class, "--json").stdout)["graded"]

    assert (graded(), graded()) == (4, 0)
    hand_in("bob", RIGHT)
    assert graded() == 0, "bob's file is now ada's, which is known"
    hand_in("bob", "# better\n" + RIGHT)
    assert graded() == 1
    suite = doubling / "tests" / "chapters" / "test_ch90_twice.py"
    suite.write_text(suite.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert graded() == 4
    history = "SELECT score FROM results JOIN runs ON key = run WHERE student = 'bob' ORDER BY id"
    assert rows(tmp_path / "grades", history) == [(0.0,), (1.0,), (1.0,), (1.0,)]


def test_regrade(dlgrade, a_class, tmp_path):
    """--regrade grades everything anew and keeps the seed, which was drawn when the first was graded."""
    seeds = [json.loads(dlgrade("grade", *a_class, *more, "--json").stdout) for more in ((), ("--regrade",), ())]
    assert [one["graded"] for one in seeds] == [4, 4, 0]
    assert len({one["seed"] for one in seeds}) == 1
    assert rows(tmp_path / "grades", "SELECT count(*) FROM results WHERE student = 'ada'") == [(2,)]


def test_not_gradable(dlgrade, hand_in, tmp_path):
    """An unreadable hand-in is named with the reason and costs its student alone; the exit code tells."""
    hand_in("ada", RIGHT)
    hand_in("bob", "")
    done = dlgrade("grade", tmp_path / "in")
    assert done.returncode == 1
    assert "ch90_twice.py is empty" in done.stdout
    assert report(tmp_path / "grades", "ada")["score"] == 1
    assert "is empty" in (tmp_path / "grades" / "reports" / "bob" / "ch90.html").read_text(encoding="utf-8")
    assert report(tmp_path / "grades", "bob")["final"] is None


@pytest.mark.usefixtures("doubling")
def test_nothing_to_grade(dlgrade, tmp_path):
    """An empty folder is an error that says so, and makes no gradebook."""
    (tmp_path / "in").mkdir()
    done = dlgrade("grade", tmp_path / "in")
    assert (done.returncode, "Nothing to grade" in done.stderr) == (2, True)
    assert not (tmp_path / "grades").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
def test_two_at_once(dlgrade, a_class, hand_in, tmp_path):
    """While one run writes to a folder, a second one is turned away."""
    for number in range(30):  # more than the first run can do while the second one starts
        hand_in(f"s{number}", f"while True:\n    {number}\n")
    command = [sys.executable, "-m", "dlgrade", "grade", str(a_class[0])]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as first:
        first.stdout.readline()
        second = dlgrade("grade", a_class[0])
        first.send_signal(signal.SIGINT)
        assert first.wait(20) == 130
    assert (second.returncode, "is writing to" in second.stderr) == (2, True)


def family(pid):
    """The processes that a process has started, and those that they have, each with the time that it began."""
    found = {}
    for place in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in place.read_text().split():
                found |= {(child, began(child)): None} | family(child)
    return found


def began(pid):
    """The time that a process began, by which it differs from a later one of the same number; None if it is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[19] if fields[0] != "Z" else None


def content(out):
    """The content of the gradebook and the reports, without times."""
    tables = [
        rows(out, "SELECT * FROM submissions ORDER BY student"),
        rows(out, "SELECT key, chapter, seed, score, points, complete FROM runs ORDER BY key"),
        rows(out, "SELECT * FROM checks ORDER BY run, id"),
        rows(out, "SELECT DISTINCT student, chapter, run FROM results ORDER BY student"),
    ]
    reports = {path.parent.name: report(out, path.parent.name) for path in out.glob("reports/*/ch90.json")}
    for one in reports.values():
        one.pop("stamp")  # it stands for the times, too
        for check in one["chapters"][0]["checks"]:
            check.pop("seconds")
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.name != ".lock")
    return tables, reports, files, grades(out)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_at_any_moment(hand_in, tmp_path):
    """Killed again and again and started again, it ends with the gradebook and reports of a run in peace."""
    for number in range(60):
        hand_in(f"s{number:02d}", f"# {number}\n" + (RIGHT if number % 3 else MISTAKEN))
    draw, kills, started = random.Random(), 0, {}

    def start(out):
        command = [sys.executable, "-m", "dlgrade", "grade", "in", "--seed", "7", "--jobs", "2", "--out", out]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)

    clock = time.monotonic()
    with start("peace") as process:
        assert process.wait(120) == 0
    usual = time.monotonic() - clock
    ended = None
    while ended is None:
        with start("war") as process:
            try:
                ended = process.wait(draw.uniform(0.2, 0.8) * usual if kills < 10 else 120)
            except subprocess.TimeoutExpired:
                started |= family(process.pid)
                process.kill()
                kills += 1
        if ended is not None and not kills:  # the machine has less to do than before
            shutil.rmtree(tmp_path / "war")
            ended, usual = None, usual / 2
    assert ended == 0
    assert content(tmp_path / "war") == content(tmp_path / "peace")
    deadline = time.monotonic() + 10
    while any(birth and began(pid) == birth for pid, birth in started) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert started
    assert not [pid for pid, birth in started if birth and began(pid) == birth]


def nursery(pid):
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def fork_server(pid):
    """The first process that made a session of its own; a judge stays in the nursery's."""
    children = Path(f"/proc/{nursery(pid)}/task/{nursery(pid)}/children").read_text().split()
    return next(int(child) for child in children if os.getsid(int(child)) != nursery(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("victim", [nursery, fork_server])
def test_a_process_that_dies_is_replaced(victim, hand_in, tmp_path):
    """When a process of the grader is killed, the batch goes on without it, and everybody gets all points."""
    for number in range(30):
        hand_in(f"s{number:02d}", f"# {number}\n{RIGHT}")
    command = [sys.executable, "-m", "dlgrade", "grade", "in", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        os.kill(victim(process.pid), signal.SIGKILL)
        assert "30 submissions: 30 graded" in process.stdout.read()
    assert process.returncode == 0
    assert {tuple(row) for row in rows(tmp_path / "grades", "SELECT score, points FROM runs")} == {(1.0, 1.0)}


def test_override(dlgrade, a_class, tmp_path):
    """Points that staff give count in the table and on the student's page, with the reason; the check's own stay."""
    dlgrade("grade", *a_class)
    done = dlgrade("override", "鲍勃", "twice.ordinary_input", 0.5, "--why", "right idea")
    assert done.returncode == 0, done.stderr
    assert "0 -> 0.5/1" in done.stdout
    found = report(tmp_path / "grades", "bob")
    assert (found["score"], found["final"]["score"]) == (0, 0.5)
    assert "right idea" in (tmp_path / "grades" / "reports" / "bob" / "ch90.html").read_text(encoding="utf-8")
    assert any("0.5" in line for line in grades(tmp_path / "grades"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bop", "twice.ordinary_input", 1), "Did you mean bob?"),
        (("bob", "twice.ordinary", 1), "Did you mean ch90.twice.ordinary_input?"),
        (("bob", "twice.ordinary_input", 2), "is worth 1; 2 is more"),
    ],
)
def test_wrong_overrides_are_refused(dlgrade, a_class, arguments, words):
    """An override of nobody, of no check or of too many points is refused with a hint at what was meant."""
    dlgrade("grade", *a_class)
    done = dlgrade("override", *arguments, "--why", "because")
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_late(dlgrade, a_class, tmp_path):
    """Late rules cost at export and are shown apart: the gradebook keeps the score as it was earned."""
    os.utime(tmp_path / "in" / "ada" / "ch90_twice.py", (1_700_000_000, 1_700_000_000))
    late = 1_700_000_000 + 2.5 * 24 * 3600
    os.utime(tmp_path / "in" / "dan" / "ch90_twice.py", (late, late))
    due = tmp_path / "due.yaml"
    due.write_text(
        "timezone: UTC\ndue: {ch90: 2023-11-14 22:30}\ngrace_minutes: 10\npercent_per_day: 10\ncap_percent: 50\n",
        encoding="utf-8",
    )
    assert dlgrade("grade", *a_class, "--due", due).returncode == 0
    assert dlgrade("export", "--format", "canvas").returncode == 0
    with (tmp_path / "grades" / "grades-canvas.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert {line[0]: line[5] for line in table[2:]} == {
        "Ada Lovelace": "1", "鲍勃": "0", "Cyd": "0", "Dan": "0.7", "Eve": "",
    }  # fmt: skip
    assert report(tmp_path / "grades", "dan")["final"] == {"score": 1.0, "days_late": 3, "after_lateness": 0.7}
    assert rows(tmp_path / "grades", "SELECT DISTINCT score FROM runs ORDER BY score") == [(0.0,), (1.0,)]


@pytest.mark.parametrize("form", ["csv", "moodle", "gradescope"])
def test_export(dlgrade, a_class, tmp_path, form):
    """Every platform's form names every student who handed in."""
    dlgrade("grade", *a_class)
    place = tmp_path / "out"
    done = dlgrade("export", "--format", form, "-o", place)
    assert done.returncode == 0, done.stderr
    assert all(name.encode() in place.read_bytes() for name in ("ada", "bob", "cyd", "dan"))


@pytest.mark.usefixtures("doubling")
def test_export_without_a_gradebook(dlgrade, tmp_path):
    """Without a gradebook there is nothing to export, and none is made."""
    done = dlgrade("export")
    assert (done.returncode, "has no gradebook" in done.stderr) == (2, True)
    assert not (tmp_path / "grades").exists()


def test_sandbox_off_is_said_in_so_many_words(dlgrade, a_class, tmp_path):
    """Without a sandbox it grades when told so, warns in one line, and every student's report has it."""
    done = dlgrade("grade", *a_class, "--sandbox", "off", "--json")
    assert (done.returncode, json.loads(done.stdout)["graded"]) == (0, 4)
    warnings = [line for line in done.stderr.splitlines() if line.startswith("Sandbox:")]
    assert len(warnings) == 1
    assert "can do anything on this machine that you can do" in warnings[0]
    report = json.loads((tmp_path / "grades" / "reports" / "bob" / "ch90.json").read_text(encoding="utf-8"))
    assert report["sandbox"] == {"missing": ["sandbox (switched off)"]}


HOSTILE = "ada\x1b[31m\x9b2J\u202ecod\u2066"


COMMANDS = (
    ["grade", "in", "--sandbox", "off"],
    ["grade", "in", "--sandbox", "off", "--json"],
    ["grade", "in", "--chapters", HOSTILE],
    ["grade", HOSTILE],
    ["override", HOSTILE, "ch90.twice.nothing", "1", "--why", "kind"],
    ["export", "--output", f"{HOSTILE}.csv"],
    ["export", "--out", HOSTILE],
    ["check", "ch90", "--submission", f"in/{HOSTILE}/ch90_twice.py", "--sandbox", "off"],
    ["check", "ch90", "--submission", f"in/{HOSTILE}/ch90_twice.py", "--sandbox", "off", "--json"],
    ["check", "ch90", "--submission", f"in/{HOSTILE}2"],
    ["check", HOSTILE],
    ["status", f"--{HOSTILE}"],
    ["start", HOSTILE],
)


def test_names_that_would_change_a_terminal(dlgrade, hand_in, tmp_path):
    """Names of students, files, chapters and checks reach a terminal without control characters, and turn no text."""
    hand_in(HOSTILE, RIGHT)
    hand_in(HOSTILE + "2", "not a notebook", name="ch90_twice.ipynb")
    hand_in(HOSTILE + "3", RIGHT, name=f"homework{HOSTILE}.py")
    for command in COMMANDS:
        done = dlgrade(*command, DLGRADE_STATE=str(tmp_path / "state"))
        assert "Traceback" not in done.stderr, command
        assert not UNSEEN.search(done.stdout + done.stderr), command
        assert "cod" in done.stdout + done.stderr, command  # the name is there
        if "--json" in command:
            assert "2J\ufffdcod" in done.stdout or "2J\\u202ecod" in done.stdout
