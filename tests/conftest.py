"""What the grader's own tests share: one judge for the whole run, and the `dlgrade` command as a process."""

import gc
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

REPOSITORY = Path(__file__).resolve().parents[1]
LOCALE = {"LC_ALL": "C.UTF-8"}
# A script's background job ignores Ctrl-C, and so would the commands that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Spare the garbage collector the thousands of collected tests: it took a third of a pytest worker's time."""
    gc.collect()
    gc.freeze()


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
    """grade(source, ...): the report of a ch28 submission, which is not trained; also grade.starter and .reference."""

    def grade(source, keyword="", seed=0, name="ch28_batch_norm.py"):
        options = RunOptions(keyword=keyword, seed=seed, training="never")
        return judge.grade(ch28, Submission.from_source(source, name), options)

    grade.starter = judge.course.starter(ch28).read_text(encoding="utf-8")
    grade.reference = references.source(judge.course, ch28)
    return grade


@pytest.fixture(scope="session")
def preloaded():
    """Starts `dlgrade` without the seconds of its imports, on Linux; None elsewhere."""
    if sys.platform != "linux":
        yield None
        return
    spec = importlib.util.spec_from_file_location("preloaded", REPOSITORY / "tests" / "preloaded.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    preloaded = module.Preloaded("dlgrade", {**os.environ, **LOCALE})
    yield preloaded
    preloaded.close()


@pytest.fixture
def dlgrade(tmp_path, preloaded):
    """dlgrade(*arguments, cwd=tmp_path, **environment): the command in a process of its own, with both outputs."""

    def dlgrade(*arguments, cwd=tmp_path, **environment):
        arguments = [str(argument) for argument in arguments]
        environment = {**os.environ, **LOCALE, **environment}
        if preloaded is not None and preloaded.suits(environment):
            return preloaded.run("dlgrade", arguments, 300, cwd=str(cwd), env=environment)
        return subprocess.run(
            [sys.executable, "-m", "dlgrade", *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )

    return dlgrade


@pytest.fixture
def empty_course(tmp_path, monkeypatch):
    """The folder of a course without chapters, which is the course of all commands; for `new`."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    (folder / "exercises" / "course.yaml").write_text(EMPTY_CONTENTS, encoding="utf-8")
    monkeypatch.setenv("DLGRADE_COURSE", str(folder))
    return folder


@pytest.fixture
def tiny_course(tmp_path):
    """The folder of a course on disk with one chapter, ch01_doubling, whose starter code is up to date."""
    folder = tmp_path / "course"
    files = {
        "exercises/course.yaml": TINY_CONTENTS,
        "exercises/ch01_doubling/chapter.yaml": TINY_CHAPTER,
        "exercises/ch01_doubling/ch01_doubling.py": TINY_REFERENCE.replace(
            "    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION\n",
            "    raise NotImplementedError  # write your code here\n",
        ),
        "solutions/ch01_doubling/reference.py": TINY_REFERENCE,
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


EMPTY_CONTENTS = """\
format_version: 2
title: {en: Small, zh: 小课程}
parts:
  - id: only
    title: {en: Only, zh: 唯一}
"""

TINY_CONTENTS = """\
format_version: 2
title: {en: A small course, zh: 小课程}
parts:
  - id: basics
    title: {en: Basics, zh: 基础}
    chapters:
      - ch01_doubling
"""

TINY_CHAPTER = """\
title: {en: Doubling, zh: 加倍}
exercises:
  - name: double
    title: {en: Twice as much, zh: 两倍}
"""

TINY_REFERENCE = '''\
"""ch01 Doubling. 加倍。"""


def double(x):
    """Twice x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
'''
