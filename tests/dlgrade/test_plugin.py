"""Grading by pytest alone, through the plugin that comes with dlgrade."""

import os
import subprocess
import sys

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions

HERE = course.load()
CH28 = HERE.chapter("ch28")


@pytest.fixture
def grade_by_pytest(tmp_path):
    """grade_by_pytest(source, *arguments): a suite run on a submission by plain pytest in a process of its own."""

    def run(source, *arguments):
        (tmp_path / "mine.py").write_text(source, encoding="utf-8")
        suite = str(HERE.suite(CH28))
        command = [sys.executable, "-m", "pytest", suite, "--submission", str(tmp_path / "mine.py"), *arguments]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        return subprocess.run(command, cwd=HERE.folder, env=environment, capture_output=True, text=True, timeout=120)

    return run


def test_a_failed_check_tells_what_is_wrong(grade_by_pytest):
    """pytest's own options choose checks; a failure shows the message and the call, and no line of the judge."""
    wrong = references.read(HERE, CH28).with_misconceptions("momentum-reversed")
    done = grade_by_pytest(wrong, "-k", "moving_statistics or small_batch")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "FAILED: result[1][" in done.stdout
    assert "call: batch_norm(X=<tensor float32 (8, 5)>" in done.stdout
    assert "compare.py" not in done.stdout


def test_stop_at_the_first(grade_by_pytest):
    """-x stops at the first check that is not met: starter code is not implemented."""
    done = grade_by_pytest(HERE.starter(CH28).read_text(encoding="utf-8"), "-x")
    assert done.returncode == 1
    assert "NOT_IMPLEMENTED: Not written yet: batch_norm (line" in done.stdout
    assert "1 failed" in done.stdout


def test_an_unreadable_submission_is_a_usage_error(grade_by_pytest):
    """A submission that cannot be read ends pytest with one sentence."""
    done = grade_by_pytest("")
    assert done.returncode != 0
    assert "is empty. Was it saved?" in done.stdout + done.stderr


OTHER_CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=0)
"""


def test_other_projects_are_left_alone(tmp_path):
    """A project beside dlgrade keeps its own --seed and its own fixtures, whatever DLGRADE_COURSE says."""
    (tmp_path / "conftest.py").write_text(OTHER_CONFTEST, encoding="utf-8")
    (tmp_path / "test_a.py").write_text(
        "def test_a(pytestconfig): assert pytestconfig.getoption('seed') == 0\n", encoding="utf-8"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "--fixtures"]
    for options in (command, command[:-1]):
        environment["DLGRADE_COURSE"] = str(tmp_path / "nowhere")
        done = subprocess.run(options, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "dlgrade" not in done.stdout


def test_a_judge_leaves_no_import_hook():
    """pytest's import hook for a suite goes with the judge that collected it."""
    before = list(sys.meta_path)
    with Judge(HERE) as judge:
        judge.grade(CH28, judge.submission(CH28, None), RunOptions(keyword="norm_stat_count"))
        assert sys.meta_path != before
    assert sys.meta_path == before
