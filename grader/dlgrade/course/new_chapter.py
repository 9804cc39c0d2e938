"""The files of a new chapter: small, and complete enough to be checked and then filled."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dlgrade.course import chinese, wrong_lines
from dlgrade.course.course import INSTALLED, Course
from dlgrade.course.starter_code import starter_code
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.text import both

CHAPTER = """\
title: {{en: {title}, zh: 待译}}
summary:
  en: Two sentences on the topic.
  zh: 待译
exercises:
"""
ENTRY = """\
  - name: {exercise}
    title: {{en: {heading}, zh: 待译}}
    hints:
      - en: A nudge.
        zh: 一点提示。
"""
REFERENCE = '''\
"""{id} {title}."""

from torch import Tensor
'''
FUNCTION = '''

def {exercise}(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG {wrong}: return X / 2
    # END SOLUTION
'''
SUITE = '''\
"""{id}: {title}."""

import pytest

from dlgrade.testing import promise, standard
'''
CLASS = '''

@pytest.mark.exercise("{exercise}")
class Test{camel}:
    @standard(promise.float64)
    def arguments(self, randn):
        return {{"X": randn(4, 3)}}

    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.{exercise}(X))
'''
MISCONCEPTION = """\
- id: {wrong}
  exercise: {exercise}
  caught_by: {exercise}.ordinary_input
  hint:
    en: A question that leads to the misconception.
    zh: 引导学生发现误解的提问。
"""
ALTERNATES = {
    "added": "def {exercise}(X):\n    return X + X  # another way to write it\n",
    "summed": "def {exercise}(X):\n    return sum([X, X])  # a third way to write it\n",
}
ORACLE = '''\
"""{id}'s reference against an independent oracle."""

import torch
'''
ORACLE_TEST = '''

def test_{lower}(reference):
    """{exercise} agrees with an independent oracle."""
    X = torch.randn(4, 3)
    torch.testing.assert_close(reference.{exercise}(X), torch.stack([X, X]).sum(dim=0))
'''
CONFTEST = '''\
"""Fixtures that the tests of the references share."""

import importlib.util

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.judge.trusted import Variant


@pytest.fixture(scope="module")
def reference(request):
    """The reference of the chapter that the test file is named after: `test_ch28.py`."""
    content = course.load()
    chapter = content.chapter(request.path.stem.removeprefix("test_"))
    return Variant("reference", references.source(content, chapter)).module


@pytest.fixture(scope="module")
def trained(request):
    """The suite of the chapter's checks that train, as a module."""
    content = course.load()
    path = content.training_suite(content.chapter(request.path.stem.removeprefix("test_")))
    spec = importlib.util.spec_from_file_location(f"trained_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
'''
# Text of these files that is for the author: the audit reports a chapter that still has any of it.
PLACEHOLDERS = (
    "待译", "Two sentences on the topic.", "A nudge.", "一点提示。",
    "Return twice the input (source: paper or section of the book)", "States the tested behaviour in English.",
    "用中文说明检查内容。", "A question that leads to the misconception.", "引导学生发现误解的提问。",
    "# another way to write it", "# a third way to write it", "torch.stack([X, X]).sum(dim=0)",
)  # fmt: skip


def write_chapter(
    course: Course, chapter: str, slug: str, part: str | None = None, exercises: Sequence[str] = ()
) -> list[Path]:
    """Write the files of a new chapter and return their paths.

    Args:
        course: The course that gets the chapter.
        chapter: Its id, `ch29`.
        slug: Its short name, `resnet`.
        part: Id of its part of the course. None: the last part.
        exercises: The names of its exercises. Empty: one exercise, named after the chapter.

    Raises:
        UsageError: a name does not fit, or the chapter or a file exists. Then nothing is written.
    """
    part, exercises = part or course.parts[-1].id, exercises or (slug,)
    _check_names(course, chapter, slug, part)
    _check_exercises(exercises)
    files = _files(course, chapter, slug, part, exercises)
    for path in files:
        if path != course.contents_file and path.exists():
            raise UsageError(both(f"{path} exists already; nothing was written.", f"{path} 已存在；未写入任何文件。"))
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return list(files)


def _files(course: Course, chapter: str, slug: str, part: str, exercises: Sequence[str]) -> dict[Path, str]:
    """The content of each file. course.yaml comes last: an interrupted run leaves no entry without its files."""
    stem, title = f"{chapter}_{slug}", _title(slug)

    every = [_names(name, alone=len(exercises) == 1) for name in exercises]

    def filled(head: str, body: str, between: str = "") -> str:
        return head.format(id=chapter, title=title) + between.join(body.format(**names) for names in every)

    reference = filled(REFERENCE, FUNCTION)
    starter = starter_code(wrong_lines.parted(reference).source)
    solution, tests = course.folder / "solutions" / stem, course.folder / "tests"
    conftest = course.reference_test(chapter).with_name("conftest.py")
    return {
        solution / "reference.py": reference,
        solution / "misconceptions.yaml": filled("", MISCONCEPTION),
        **{
            solution / "alternates" / f"{name}.py": filled("", body, between="\n\n")
            for name, body in ALTERNATES.items()
        },
        tests / "chapters" / f"test_{stem}.py": filled(SUITE, CLASS),
        **({} if conftest.exists() else {conftest: CONFTEST}),
        course.reference_test(chapter): filled(ORACLE, ORACLE_TEST),
        course.chapter_file(stem): filled(CHAPTER, ENTRY),
        course.chapter_file(stem).with_name(f"{stem}.py"): starter,
        course.chapter_file(stem).with_name("zh.yaml"): chinese.unwritten(starter),
        course.contents_file: _with_chapter(course.contents_file.read_text(encoding="utf-8"), part, stem),
    }


def _names(exercise: str, *, alone: bool) -> dict[str, str]:
    """The name of an exercise in the forms that the templates use."""
    camel = "".join(word[:1].upper() + word[1:] for word in exercise.split("_"))
    lower = exercise.lower()
    wrong = "halved" if alone else f"{lower.replace('_', '-')}-halved"
    return {"exercise": exercise, "heading": _title(exercise), "camel": camel, "lower": lower, "wrong": wrong}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize() if name.islower() else name


def _with_chapter(contents: str, part: str, stem: str) -> str:
    """The table of contents with the chapter added to its part, before the chapters with greater numbers."""
    lines = contents.splitlines()
    parts = _value(yaml.compose(contents, Loader=yaml.SafeLoader), "parts")
    entry = next(node for node in parts.value if _value(node, "id").value == part)
    listed = _value(entry, "chapters")
    if listed is None or not listed.value:
        line = _value(entry, "id").start_mark.line + 1
        return "\n".join([*lines[:line], "    chapters:", f"      - {stem}", *lines[line:]]) + "\n"
    later = [node for node in listed.value if _number(node.value) > _number(stem)]
    line = later[0].start_mark.line if later else listed.value[-1].start_mark.line + 1
    indent = " " * (listed.value[0].start_mark.column - 2)
    return "\n".join([*lines[:line], f"{indent}- {stem}", *lines[line:]]) + "\n"


def _value(mapping: Any, key: str) -> Any:
    """The node of a key of a YAML mapping, or None."""
    return next((value for name, value in mapping.value if name.value == key), None)


def _number(stem: str) -> int:
    return int(stem[2:].partition("_")[0])


def _check_names(course: Course, chapter: str, slug: str, part: str) -> None:
    if not re.fullmatch(r"ch\d{2,3}", chapter) or not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise UsageError(
            both(
                f"{chapter} {slug}: a chapter is chNN, a slug is lower_case, as in `dlgrade new ch29 resnet`.",
                f"{chapter} {slug}：章节形如 chNN，名称为小写加下划线，例如 `dlgrade new ch29 resnet`。",
            )
        )
    if any(chapter == known.id for known in course.chapters):
        raise UsageError(both(f"{chapter} exists already.", f"{chapter} 已存在。"))
    if part not in {known.id for known in course.parts}:
        names = ", ".join(known.id for known in course.parts)
        raise UsageError(both(f"No part {part!r}; there are {names}.", f"没有部分 {part!r}；现有 {names}。"))
    if course.folder == INSTALLED:
        raise UsageError(
            both(
                "This is the installed course. Write chapters in a checkout, or name one with DLGRADE_COURSE.",
                "这是随包安装的课程。请在代码仓库中编写章节，或用 DLGRADE_COURSE 指定课程文件夹。",
            )
        )


def _check_exercises(exercises: Sequence[str]) -> None:
    wrong = [name for name in exercises if not name.isidentifier() or keyword.iskeyword(name)]
    if wrong or len({*exercises}) < len(exercises):
        names = ",".join(exercises)
        raise UsageError(
            both(
                f"--exercises {names}: give different names of Python, with commas and no blanks.",
                f"--exercises {names}：请给出互不相同的 Python 名称，用英文逗号分隔，不含空格。",
            )
        )
