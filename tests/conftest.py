"""What the grader's own tests share: one judge for the whole run, and the `dlgrade` command as a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.judge.session import Judge
from dlgrade.submission import Submission

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def judge():
    """A judge with its fork server and sandbox."""
    with Judge(course.load()) as judge:
        yield judge


@pytest.fixture(scope="session")
def ch28():
    return course.load().chapter("ch28")


@pytest.fixture
def grade(judge, ch28):
    """grade(source, keyword="", seed=0): the report of a ch28 submission; also grade.starter and .reference."""

    def grade(source, keyword="", seed=0, name="ch28_batch_norm.py"):
        return judge.grade(ch28, Submission.from_source(source, name), keyword=keyword, seed=seed)

    grade.starter = judge.course.starter(ch28).read_text(encoding="utf-8")
    grade.reference = judge.course.reference(ch28).read_text(encoding="utf-8")
    return grade


@pytest.fixture
def dlgrade(tmp_path):
    """dlgrade(*arguments, cwd=tmp_path, **environment): the command in a process of its own, with both outputs."""

    def dlgrade(*arguments, cwd=tmp_path, **environment):
        return subprocess.run(
            [sys.executable, "-m", "dlgrade", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    return dlgrade
