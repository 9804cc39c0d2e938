"""When work was handed in: the times of files, copies, clones, branches and exports."""

import os
import random
import shutil
import subprocess
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from dlgrade.batch.intake import gather
from dlgrade.batch.times.due import Due
from dlgrade.course import Chapter
from dlgrade.text import same

CH28, CH56 = (
    Chapter(id, slug, "part", same(id), ()) for id, slug in (("ch28", "batch_norm"), ("ch56", "gru"))
)  # fmt: skip
DUE = Due({"ch28": "2025-11-20", "ch56": "2025-11-27"}, timezone="UTC", percent_per_day=10)
DEADLINE = datetime(2025, 11, 20, 23, 59, tzinfo=timezone.utc)


@pytest.fixture
def hand_in(tmp_path):
    """hand_in("ada", -3.5): ada's file for ch28, this number of hours after the deadline; None: written just now."""

    def hand_in(student, hours=None, name="ch28.py", content=None, home="in"):
        path = tmp_path / home / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or f"# {student}\n", encoding="utf-8")
        if hours is not None:
            at = (DEADLINE + timedelta(hours=hours)).timestamp()
            os.utime(path, (at, at))
        return path

    return hand_in


@pytest.fixture
def repository(tmp_path):
    """repository("in"): a function that runs Git there, at a number of hours after the deadline."""

    def in_folder(name):
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)

        def git(*arguments, hours=0.0):
            at = f"@{(DEADLINE + timedelta(hours=hours)).timestamp():.0f} +0000"
            identity = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
            environment = {**os.environ, **identity, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
            subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, env=environment)

        git("init", "-b", "main")
        return git

    return in_folder


def hours_after(batch, chapter="ch28"):
    """student -> hours after the deadline, None if unknown."""
    return {
        one.student: one.submitted and round((one.submitted - DEADLINE) / timedelta(hours=1), 1)
        for one in batch.hand_ins
        if one.chapter == chapter
    }


def read(*paths, due=DUE, chapters=(CH28,), **options):
    return gather(paths, chapters=chapters, due=due, **options)


def said(batch):
    return "\n".join(note.en for note in batch.notes)


# Files that a copy wrote.


def test_a_copied_class(tmp_path, hand_in):
    """A copy gives all files its own time: every time is unknown, one sentence says why, and nobody is late."""
    kept = {f"s{number:02d}": random.Random(number).uniform(-90, 40) for number in range(40)}
    for student, hours in kept.items():
        hand_in(student, hours)
    assert hours_after(read(tmp_path / "in")) == {name: round(hours, 1) for name, hours in kept.items()}
    shutil.copytree(tmp_path / "in", tmp_path / "copy", copy_function=shutil.copyfile)
    batch = read(tmp_path / "copy")
    assert set(hours_after(batch).values()) == {None}
    assert f"{tmp_path / 'copy'}: all 40 files are from the same hour (" in said(batch)
    assert "): submission times unknown." in said(batch)
    assert "全部 40 个文件都集中在同一小时内" in batch.notes[0].zh
    assert DUE.for_class(batch.students).days_late("s00", "ch28", batch.hand_ins[0].submitted) is None
    assert read(tmp_path / "copy", due=None).notes == (), "nobody is late without a due time"


def test_a_part_of_a_copied_class(tmp_path, hand_in):
    """A student's folder or file says as little alone as in the class, also long after the copy."""
    for number in range(8):
        hand_in(f"s{number}", 6 * 24 + number / 100)
        hand_in("", 6 * 24 + number / 100, name=f"s{number}_ch28.py", home="loose")
    assert set(hours_after(read(tmp_path / "in")).values()) == {None}
    for part in ([tmp_path / "in" / "s3"], [tmp_path / "in" / "s3", tmp_path / "in" / "s4"],
                 [tmp_path / "in" / f"s{number}" for number in range(8)], [tmp_path / "in" / "s3" / "ch28.py"],
                 [tmp_path / "loose" / "s3_ch28.py"], [tmp_path / "loose"]):  # fmt: skip
        batch = read(*part)
        assert set(hours_after(batch).values()) == {None}, part
        assert "from the same hour" in said(batch) or "the time of a copy" in said(batch)


def test_folders_beside_a_copy(tmp_path, hand_in, monkeypatch):
    """Other classes beside a student's fresh copy say nothing about its time. Neither does the spelling of its path."""
    for number, student in enumerate(("ada", "bob", "cyd", "dan", "eve", "fay")):
        hand_in(student, 24 * number)
        for copy in ("in2", "in3/week", "in4"):
            hand_in(student, 24 * number, home=copy)
            hand_in("", 24 * number, name=f"{student}_ch28.py", home=f"{copy} files")
    for copied in ("part/ada/ch28.py", "ada/ch28.py", "loose/ada_ch28.py", "single/ch28/ada/ch28.py"):
        hand_in("", name=copied, home=".")
    monkeypatch.chdir(tmp_path)
    for path in ("part", "part/ada", "part/ada/ch28.py", "./in2/../part", tmp_path / "part", "ada", "ada/ch28.py",
                 "loose", "loose/ada_ch28.py", "single", "single/ch28"):  # fmt: skip
        assert [one.submitted for one in read(Path(path)).hand_ins] == [None], path
    for path in ("in", "in/ada", "./in/ada/ch28.py", "in3/week/ada", "in3/week/../week/ada"):
        assert hours_after(read(Path(path)))["ada"] == 0, path


@pytest.mark.parametrize(
    ("hours", "unknown"),
    [
        ([120, 120, 120, 120, 120, 150], 6),  # a copy, and a file that somebody changed later
        ([-30, 120, 120.02, 120.01, 120.03], 5),
        ([120, 120, 120, 150, 150], 5),
        ([-50, -20, -1, -0.5, 0.2, 120, 120], 0),  # two students together
        ([-n * 5 for n in range(30)] + [144 + n / 7200 for n in range(8)], 8),  # a part was copied
        ([-n * 5 for n in range(30)] + [-n / 60 for n in range(8)], 0),  # a rush
    ],
)
def test_files_of_the_same_minutes(tmp_path, hand_in, hours, unknown):
    """Half of a class is not from the same two minutes, and no five students are from the same seconds."""
    for number, hour in enumerate(hours):
        hand_in(f"s{number:02d}", hour)
    batch = read(tmp_path / "in")
    assert list(hours_after(batch).values()).count(None) == unknown
    assert ("submission times unknown" in said(batch)) == bool(unknown)
    assert not unknown or "two minutes" in said(batch) or "seconds" in said(batch)


@pytest.mark.parametrize("at", ["1970-01-01", "1980-01-01", "2000-01-01", "future"])
def test_impossible_times(tmp_path, hand_in, repository, at):
    """A time of a program that knows none, and a time to come, are unknown. In a file, a zip and a commit."""
    time = (
        datetime.now(timezone.utc) + timedelta(days=3)
        if at == "future"
        else datetime.fromisoformat(f"{at}T12:00+00:00")
    )
    for number in range(4):
        hand_in(f"s{number}", -20 * number)
    os.utime(hand_in("s4"), (time.timestamp(), time.timestamp()))
    batch = read(tmp_path / "in")
    assert hours_after(batch) == {"s0": 0, "s1": -20, "s2": -40, "s3": -60, "s4": None}
    assert f"s4/ch28.py: its time, {time:%Y-%m-%d}, is impossible: submission time unknown." in said(batch)
    stamp = max(time, datetime(1980, 1, 1, tzinfo=timezone.utc)).timetuple()[:6]
    assert hours_after(read(packed(tmp_path / "ada.zip", {"ch28.py": stamp}))) == {"ada": None}
    git = repository("git/bob")
    hand_in("bob", home="git")
    git("add", ".")
    git("commit", "-m", "x", hours=(time - DEADLINE) / timedelta(hours=1))
    assert hours_after(read(tmp_path / "git/bob")) == {"bob": None}


@pytest.mark.parametrize(
    ("copies", "sentence"),
    [
        ([(39, 144), (1, 170)], "39 of 40 files are from the same hour"),
        ([(20, 96), (20, 144)], "all 40 files are from 2 hours"),
        ([(14, 96), (13, 120), (13, 144)], "all 40 files are from 3 hours"),
    ],
)
def test_copied_in_several_goes(tmp_path, hand_in, copies, sentence):
    """A class that was copied in several goes, or to which a file came later, has no times."""
    students = iter(range(40))
    for size, hours in copies:
        for minute in range(size):
            hand_in(f"s{next(students):02d}", hours + minute / 600)
    batch = read(tmp_path / "in")
    assert set(hours_after(batch).values()) == {None}
    assert sentence in said(batch)


def test_a_rush_before_the_deadline(tmp_path, hand_in):
    """Half of a class in the last hour is no copy: those who came later are late."""
    for number in range(40):
        hand_in(f"s{number:02d}", -number / 40 if number < 20 else 3.0 * (number - 22))
    batch = read(tmp_path / "in")
    assert hours_after(batch)["s39"] == 51
    assert None not in hours_after(batch).values()
    assert batch.notes == ()


@pytest.mark.parametrize(
    ("hours", "known"),
    [
        ([47], True),  # a single file that kept its time
        ([None], False),  # a single copy
        ([47, 47.5], True),  # two students who came within an hour
        ([None, None], False),
        ([47, None], True),  # times of different days
        ([47, 47.5, 47.9], False),
        ([-20, 47, 47.5, 47.9], True),
    ],
)
def test_small_classes(tmp_path, hand_in, hours, known):
    """One or two students may come within an hour. Their times are unknown only if the files were written here then."""
    for number, hour in enumerate(hours):
        hand_in(f"s{number}", hour)
    batch = read(tmp_path / "in")
    assert {time is not None for time in hours_after(batch).values()} == {known}
    assert ("unknown" in said(batch)) == (not known)


def test_other_files_do_not_hide_a_copy(tmp_path, hand_in):
    """Old notes, a roster and other code beside copied hand-ins do not make their times known."""
    for number in range(6):
        hand_in(f"s{number}", 144)
        hand_in(f"s{number}", -1000 * number, name="notes.txt")
        hand_in(f"s{number}", -900 * number, name="helpers.py")
    hand_in("", -5000, name="README.md")
    assert set(hours_after(read(tmp_path / "in", chapters=(CH28, CH56))).values()) == {None}


def test_few_in_a_copied_class(tmp_path, hand_in):
    """A chapter that two students handed in says as little about times as the chapter of the whole class beside it."""
    for number in range(6):
        hand_in(f"s{number}", 150)
    for number in range(2):
        hand_in(f"s{number}", 150, name="ch56.py")
    assert set(hours_after(read(tmp_path / "in", chapters=(CH28, CH56)), "ch56").values()) == {None}
    assert set(hours_after(read(tmp_path / "in", chapters=(CH56,)), "ch56").values()) == {None}


def test_a_part_of_a_class_with_times(tmp_path, hand_in):
    """A student who saves work into the folder of the class has the same time alone as in the class."""
    for number in range(6):
        hand_in(f"s{number}", -20 * number)
    at = hand_in("s6").stat().st_mtime
    for part in ("in", "in/s6", "in/s6/ch28.py"):
        assert read(tmp_path / part).hand_ins[-1].submitted == datetime.fromtimestamp(at, timezone.utc)


def test_trusted_times(tmp_path, hand_in):
    """Staff who know better can say so: a class that wrote its work in one hour has the times of its files."""
    for number in range(5):
        hand_in(f"s{number}", 1 + number / 10)
    trusting = Due({"ch28": "2025-11-20"}, timezone="UTC", trust_file_times=True)
    batch = read(tmp_path / "in", due=trusting)
    assert hours_after(batch) == {f"s{number}": 1 + number / 10 for number in range(5)}
    assert batch.notes == ()


def test_versions_without_times(tmp_path, hand_in):
    """Of versions without times, the version that its name counts highest is graded; the others say why not."""
    for number in range(3):
        hand_in(f"s{number}", name="ch28.py")
        hand_in(f"s{number}", name="ch28-2.py", content="second")
    batch = read(tmp_path / "in")
    assert {one.submission.source for one in batch.hand_ins} == {"second"}
    assert "ch28.py: when it came is not known." in batch.hand_ins[0].passed_over[0].en


def packed(path, files):
    with zipfile.ZipFile(path, "w") as target:
        for name, at in files.items():
            target.writestr(zipfile.ZipInfo(name, at), f"# {name}\n")
    return path


def test_zips(tmp_path):
    """Times in zips are in the zone of the due times. Zips made of a copied class have no times."""
    day = {f"s{n}/ch28.py": (2025, 11, 18 + n, 23, 30, 0) for n in range(4)}
    batch = read(packed(tmp_path / "class.zip", day), due=Due({"ch28": "2025-11-20"}, timezone="Europe/Berlin"))
    rules = Due({"ch28": "2025-11-20"}, timezone="Europe/Berlin").for_class(batch.students)
    assert [rules.days_late(one.student, "ch28", one.submitted) for one in batch.hand_ins] == [0, 0, 0, 1]
    batch = read(packed(tmp_path / "class.zip", dict.fromkeys(day, (2025, 11, 26, 12, 0, 0))))
    assert set(hours_after(batch).values()) == {None}
    (tmp_path / "zips").mkdir()
    for n in range(4):
        packed(tmp_path / "zips" / f"s{n}.zip", {"ch28.py": (2025, 11, 26, 12, n, 0)})
    batch = read(tmp_path / "zips")
    assert set(hours_after(batch).values()) == {None}
    assert f"{tmp_path / 'zips'}: all 4 files are from the same hour" in said(batch)


def test_exports(tmp_path):
    """An export that was downloaded at once has no times, even if a file was touched since; otherwise it has."""
    names = [f"Student {chr(65 + n)}_{5000 + n}_assignsubmission_file_/ch28.py" for n in range(12)]
    at_once = {name: (2025, 11, 26, 12, n, 0) for n, name in enumerate(names)} | {names[3]: (2025, 11, 28, 9, 0, 0)}
    batch = read(packed(tmp_path / "moodle.zip", at_once))
    assert set(hours_after(batch).values()) == {None}
    assert "its times are those of the download" in said(batch)
    own = {name: (2025, 11, 20, n, 0, 0) for n, name in enumerate(names)}
    assert None not in [one.submitted for one in read(packed(tmp_path / "moodle.zip", own)).hand_ins]


# Git.


def test_clones_of_each_student(tmp_path, hand_in, repository):
    """In a student's own repository, a file's time is that of the last commit that changed it."""
    for number in range(4):
        git = repository(f"origin/s{number}")
        hand_in(f"s{number}", home="origin")
        git("add", ".")
        git("commit", "-m", "ch28", hours=[-30, -1, 24, 50][number])
        hand_in(f"s{number}", name="ch56.py", home="origin")
        git("add", ".")
        git("commit", "-m", "ch56", hours=100)
        subprocess.run(["git", "clone", "-q", tmp_path / f"origin/s{number}", tmp_path / f"in/s{number}"], check=True)
    batch = read(tmp_path / "in", chapters=(CH28, CH56))
    assert hours_after(batch) == {"s0": -30, "s1": -1, "s2": 24, "s3": 50}
    assert set(hours_after(batch, "ch56").values()) == {100}
    assert batch.notes == ()
    assert hours_after(read(tmp_path / "in" / "s2")) == {"s2": 24}, "also alone"


def test_a_clone_of_a_class(tmp_path, hand_in, repository):
    """In a clone of a repository with everybody's folders, times are those of commits. A changed file has none."""
    git = repository("origin")
    for number in range(6):
        hand_in(f"submissions/s{number}", home="origin")
        git("add", ".")
        git("commit", "-m", "x", hours=20 * number - 70)
    subprocess.run(["git", "clone", "-q", tmp_path / "origin", tmp_path / "clone"], check=True)
    hand_in("submissions/s1", home="clone", content="# by staff\n")
    crlf = tmp_path / "clone/submissions/s2/ch28.py"
    crlf.write_bytes(crlf.read_bytes().replace(b"\n", b"\r\n"))
    hand_in("submissions/s6", home="clone")
    batch = read(tmp_path / "clone/submissions")
    assert hours_after(batch) == {"s0": -70, "s1": None, "s2": -30, "s3": -10, "s4": 10, "s5": 30, "s6": None}
    assert "submissions/s1/ch28.py: changed after the last commit: submission times unknown." in said(batch)
    assert "s6" not in hours_after(read(tmp_path / "clone/submissions/s5"))
    assert hours_after(read(tmp_path / "clone/submissions/s5/ch28.py")) == {"s5": 30}


def test_commits_that_say_nothing(tmp_path, hand_in, repository):
    """If staff committed everything at once, the files' own times count, as far as they say something."""
    for number in range(5):
        hand_in(f"s{number}", -30.0 * number + 50)
    git = repository("in")
    git("add", ".")
    git("commit", "-m", "all", hours=200)
    assert hours_after(read(tmp_path / "in")) == {"s0": 50, "s1": 20, "s2": -10, "s3": -40, "s4": -70}
    subprocess.run(["git", "clone", "-q", tmp_path / "in", tmp_path / "clone"], check=True)
    batch = read(tmp_path / "clone")
    assert set(hours_after(batch).values()) == {None}
    assert "all 5 files are from the same hour" in said(batch)


def test_a_shallow_clone(tmp_path, hand_in, repository):
    """A clone without its history does not know when a file was changed, except in its last commit."""
    git = repository("origin")
    hand_in("ada", home="origin")
    git("add", ".")
    git("commit", "-m", "x", hours=-5)
    hand_in("bob", home="origin")
    git("add", ".")
    git("commit", "-m", "y", hours=30)
    for depth, times in (("1", {"ada": None, "bob": None}), ("2", {"ada": -5, "bob": 30})):
        place = tmp_path / depth
        subprocess.run(["git", "clone", "-q", "--depth", depth, f"file://{tmp_path}/origin", place], check=True)
        batch = read(place)
        assert hours_after(batch) == times
        assert ("shallow clone" in said(batch)) == (depth == "1")


def test_a_hostile_repository(tmp_path, hand_in, repository):
    """Settings in a student's repository start no program, and a broken one is named and believed in nothing."""
    marker = tmp_path / "ran"
    for student in ("ada", "bob", "cyd"):
        hand_in(student, 10)
    git = repository("in/ada")
    (tmp_path / "in/ada/.gitattributes").write_text("*.py filter=evil diff=evil\n")
    git("add", ".")
    git("commit", "-m", "x", hours=-1)
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "filter.evil.clean", "diff.external",
                "filter.evil.smudge", "diff.evil.textconv", "core.editor", "remote.origin.uploadpack"):  # fmt: skip
        git("config", key, str(script))
    for key, value in (("log.showSignature", "true"), ("remote.origin.url", f"ext::{script}"),
                       ("remote.origin.promisor", "true"), ("extensions.partialClone", "origin")):  # fmt: skip
        git("config", key, value)
    (tmp_path / "in/bob/.git").write_text("gitdir: /nowhere\n")
    (tmp_path / "in/cyd/.git").mkdir()
    batch = read(tmp_path / "in")
    assert hours_after(batch)["ada"] == -1
    assert "not a git repository" in said(batch)
    assert not marker.exists()


def test_branches(tmp_path, hand_in, repository):
    """On a branch, a file's time is that of its own last commit. Branches that were made at once have no times."""
    git = repository("class")
    for number in range(3):
        git("checkout", "--orphan", f"student/s{number}")
        for path in (tmp_path / "class").glob("*.py"):
            path.unlink()
        hand_in("", name="ch28.py", home="class", content=f"# {number}\n")
        git("add", "-A")
        git("commit", "-m", "x", hours=-30 * number)
        hand_in("", name="ch56.py", home="class", content=f"# {number}\n")
        git("add", "-A")
        git("commit", "-m", "y", hours=200)
    batch = read(chapters=(CH28, CH56), repository=tmp_path / "class", refs="student/*")
    assert hours_after(batch) == {"s0": 0, "s1": -30, "s2": -60}
    assert set(hours_after(batch, "ch56").values()) == {None}
    batch = read(chapters=(CH56,), repository=tmp_path / "class", refs="student/*")
    assert set(hours_after(batch, "ch56").values()) == {None}
    assert "--git, ch56: all 3 files are from the same hour" in said(batch)
