"""`dlgrade new`: a chapter that works before its author has written a line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.course.new_chapter import CONFTEST

SMALL = """\
format_version: 2
title: {en: Course, zh: 课程}
parts:
  - id: first
    title: {en: First, zh: 第一部分}
"""


@pytest.fixture
def small_course(tmp_path):
    (tmp_path / "course" / "exercises").mkdir(parents=True)
    (tmp_path / "course" / "exercises" / "course.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path / "course"


def test_new_chapter_is_complete(dlgrade, small_course):
    """`new` lists the chapter; its starter code is fresh, its reference passes and its misconception is named."""
    environment = {"DLGRADE_COURSE": str(small_course)}
    done = dlgrade("new", "ch90", "glove", **environment)
    assert done.returncode == 0, done.stderr
    assert "glove" in dlgrade("list", **environment).stdout
    assert dlgrade("stubs", "--check", **environment).returncode == 0
    reference = small_course / "solutions" / "ch90_glove" / "reference.py"
    passed = dlgrade("check", "ch90", "--submission", reference, **environment)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    wrong = small_course.parent / "wrong.py"
    wrong.write_text("def glove(X):\n    return X / 2\n", encoding="utf-8")
    checked = dlgrade("check", "90", "--submission", wrong, **environment)
    assert "A question that leads to the misconception." in checked.stdout


def test_several_exercises(dlgrade, small_course):
    """--exercises gives each exercise its code, checks, misconception, alternates and test of the reference."""
    environment = {"DLGRADE_COURSE": str(small_course)}
    done = dlgrade("new", "ch22", "pooling", "--exercises", "pool2d,MaxPool", **environment)
    assert done.returncode == 0, done.stderr
    solution = small_course / "solutions" / "ch22_pooling"
    for name in ("added", "summed"):
        checked = dlgrade("check", "22", "--submission", solution / "alternates" / f"{name}.py", **environment)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    test = small_course / "tests" / "references" / "test_ch22.py"
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        cwd=small_course, env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert "2 passed" in tested.stdout, tested.stdout + tested.stderr
    listed = course.Course(small_course).chapter("ch22")
    assert [exercise.name for exercise in listed.exercises] == ["pool2d", "MaxPool"]


def test_the_fixture_of_reference_tests_is_the_same_everywhere():
    """A new course gets the conftest of this repository's tests of references."""
    here = Path(__file__).resolve().parents[1] / "references" / "conftest.py"
    assert here.read_text(encoding="utf-8") == CONFTEST


def test_a_stale_misconception_costs_no_verdict(dlgrade, small_course):
    """Wrong lines that no longer apply cost a diagnosis: a failing check is FAILED, and its exit code is 1."""
    environment = {"DLGRADE_COURSE": str(small_course)}
    dlgrade("new", "ch90", "glove", **environment)
    reference = small_course / "solutions" / "ch90_glove" / "reference.py"
    text = reference.read_text(encoding="utf-8")
    reference.write_text(text.replace("# WRONG halved:", "# WRONG halved, 9 lines:"), encoding="utf-8")
    wrong = small_course.parent / "wrong.py"
    wrong.write_text("def glove(X):\n    return X / 2\n", encoding="utf-8")
    checked = dlgrade("check", "90", "--submission", wrong, "--json", **environment)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    check = json.loads(checked.stdout)["chapters"][0]["checks"][0]
    assert (check["verdict"], check["diagnosis"]) == ("FAILED", None)


def test_entries_are_in_order(dlgrade, small_course):
    """A chapter's entry comes before those of later chapters, whenever it was begun."""
    environment = {"DLGRADE_COURSE": str(small_course)}
    for chapter, slug in (("ch90", "glove"), ("ch08", "linear"), ("ch57", "lstm")):
        assert dlgrade("new", chapter, slug, **environment).returncode == 0
    assert [chapter.id for chapter in course.Course(small_course).chapters] == ["ch08", "ch57", "ch90"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ch9x", "glove"), "a chapter is chNN"),
        (("ch90", "Glo-Ve"), "a chapter is chNN"),
        (("ch90", "glove", "--part", "last"), "No part 'last'"),
        (("ch90", "glove", "--exercises", "a, b"), "with commas and no blanks"),
        (("ch90", "glove", "--exercises", "a,a"), "give different names"),
    ],
)
def test_wrong_names_are_refused(dlgrade, small_course, arguments, words):
    """A chapter id, slug or part that does not fit is refused with exit code 2, and nothing is written."""
    before = sorted(small_course.rglob("*"))
    done = dlgrade("new", *arguments, DLGRADE_COURSE=str(small_course))
    assert (done.returncode, words in done.stderr) == (2, True)
    assert sorted(small_course.rglob("*")) == before


def test_an_existing_chapter_is_kept(dlgrade, small_course):
    """A chapter or a file that is there already is never written over."""
    environment = {"DLGRADE_COURSE": str(small_course)}
    suite = small_course / "tests" / "chapters" / "test_ch91_other.py"
    suite.parent.mkdir(parents=True)
    suite.write_text("mine", encoding="utf-8")
    assert dlgrade("new", "ch91", "other", **environment).returncode == 2
    assert suite.read_text(encoding="utf-8") == "mine"
    assert course.Course(small_course).chapters == ()
