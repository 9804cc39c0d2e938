"""`dlgrade rename`: another name in all files of a course, or no change at all."""

import re

import pytest

from dlgrade.course import Course
from dlgrade.course.new_chapter import write_chapter
from dlgrade.course.starter_code import write_stale

HELPER = """

# BEGIN SOLUTION
def _helper(X):
    return pool2d(X)
    # WRONG pool2d-halved: return pool2d(X) / 2
# END SOLUTION
"""


@pytest.fixture
def pooling(empty_course):
    """The folder of a course with a chapter of two exercises: every kind of file, and a suite in two files."""
    write_chapter(Course(empty_course), "ch22", "pooling", exercises=["pool2d", "max_pool_shape"])
    suite = empty_course / "tests" / "chapters" / "test_ch22_pooling.py"
    head, pool2d, max_pool_shape = re.split(
        r"(?=^@pytest.mark.exercise)", suite.read_text(encoding="utf-8"), flags=re.M
    )
    suite.write_text(f"{head}{max_pool_shape}", encoding="utf-8")
    suite.with_name("test_ch22_pooling_values.py").write_text(f"{head}{pool2d}", encoding="utf-8")
    solution = empty_course / "solutions" / "ch22_pooling"
    reference = solution / "reference.py"
    example = "        (n, d), of X's dtype.\n"
    text = reference.read_text(encoding="utf-8").replace(example, f"{example}\n    >>> pool2d(X)\n", 1)
    text += (
        "\n\n# BEGIN SOLUTION\ndef _helper(X):\n    return pool2d(X)\n    # WRONG pool2d-halved: return pool2d(X) / 2\n"
    )
    reference.write_text(text + "# END SOLUTION\n", encoding="utf-8")
    write_stale(Course(empty_course))
    entry = "mutants:\n  - before: return pool2d(X)\n    after: return  pool2d(X)\n    reason: the same\n"
    answers = "answers:\n  - exercise: pool2d\n    answer: zeros\n    reason: pool2d of nothing\n"
    (solution / "equivalents.yaml").write_text(entry + answers, encoding="utf-8")
    return empty_course


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_an_exercise_gets_another_name(dlgrade, pooling):
    """Code, keys and starter code have the new name; the reference still passes; words are listed, not changed."""
    done = dlgrade("rename", "ch22", "pool2d", "pool")
    assert done.returncode == 0, done.stderr
    left = [
        (path.name, line.strip())
        for path, text in content(pooling).items()
        for line in text.decode().splitlines()
        if "pool2d" in line
    ]
    assert set(left) == {
        ("test_ch22.py", "def test_pool2d(reference):"),
        ("test_ch22.py", '"""pool2d agrees with an independent oracle."""'),
        ("equivalents.yaml", "reason: pool2d of nothing"),
        ("reference.py", "# WRONG pool2d-halved: return X / 2"),
        ("reference.py", "# WRONG pool2d-halved: return pool(X) / 2"),
        ("misconceptions.yaml", "- id: pool2d-halved"),
    }
    assert "equivalents.yaml:8" in done.stdout
    assert dlgrade("stubs", "--check").returncode == 0
    reference = pooling / "solutions" / "ch22_pooling" / "reference.py"
    checked = dlgrade("check", "ch22", "--submission", reference)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Score 4 / 4" in checked.stdout  # the checks of both files


def test_a_chapter_gets_another_slug(dlgrade, pooling):
    """The folders and files of the chapter move, and course.yaml lists the new name."""
    assert dlgrade("rename", "ch22", "--slug", "pooling_layer").returncode == 0
    chapter = Course(pooling).chapter("pooling_layer")
    assert (chapter.stem, Course(pooling).starter(chapter).is_file()) == ("ch22_pooling_layer", True)
    assert [path for path in pooling.rglob("*pooling*") if "pooling_layer" not in str(path)] == []
    assert dlgrade("stubs", "--check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pool2d", "max_pool_shape"), "has a max_pool_shape already"),
        (("pool2d", "_helper"), "has a _helper already"),
        (("pool2d", "pool-2d"), "is no name of Python"),
        (("pooling", "pool"), "has no exercise pooling"),
        (("pool2d", "X"), "has a X already"),
        (("pool2d",), "the old and the new name"),
        (("--slug", "Pooling"), "a slug is lower_case"),
        (("--slug", "pooling"), "is the slug of a chapter already"),
    ],
)
def test_a_name_that_does_not_fit_changes_nothing(dlgrade, pooling, arguments, words):
    """A name that is taken, is no name, or does not exist is refused, and no file changes."""
    before = content(pooling)
    done = dlgrade("rename", "ch22", *arguments)
    assert (done.returncode in (2, 3), words in done.stderr) == (True, True), done.stderr
    assert content(pooling) == before


def test_a_rename_that_fails_is_taken_back(dlgrade, pooling):
    """If a file cannot be moved, all files are as before."""
    taken = pooling / "solutions" / "ch22_pools"
    taken.mkdir()
    before = content(pooling)
    done = dlgrade("rename", "ch22", "--slug", "pools")
    assert (done.returncode, "exists already" in done.stderr) == (2, True), done.stderr
    assert content(pooling) == before


def test_a_file_that_does_not_parse_is_named(dlgrade, pooling):
    """A suite with a syntax error ends the rename with one sentence that names the line, and changes nothing."""
    suite = pooling / "tests" / "chapters" / "test_ch22_pooling.py"
    suite.write_text("def broken(:\n", encoding="utf-8")
    before = content(pooling)
    done = dlgrade("rename", "ch22", "pool2d", "pool")
    assert (done.returncode, f"{suite}:1: syntax error" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    assert content(pooling) == before
