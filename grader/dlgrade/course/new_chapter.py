"""The files of a new chapter: small, and complete enough to be checked and then filled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from dlgrade.course import wrong_lines
from dlgrade.course.course import INSTALLED, Course
from dlgrade.course.starter_code import starter_code
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.text import both

CHAPTER = """\
title: {{en: {title}, zh: 待译}}
exercises:
  - name: {slug}
    title: {{en: {title}, zh: 待译}}
    hints:
      - en: A nudge.
        zh: 一点提示。
"""
REFERENCE = '''\
"""{id} {title}."""

from torch import Tensor


def {slug}(X: Tensor) -> Tensor:
    """Return twice the input (source: paper or section of the book).

    Args:
        X: (n, d).

    Returns:
        (n, d), of X's dtype.
    """
    # BEGIN SOLUTION
    return 2 * X
    # WRONG halved: return X / 2
    # END SOLUTION
'''
SUITE = '''\
"""{id}: {slug}."""

import pytest


@pytest.mark.exercise("{slug}")
class Test{camel}:
    def test_ordinary_input(self, agree, randn):
        """States the tested behaviour in English.
        用中文说明检查内容。"""
        X = randn(4, 3)
        agree(lambda impl: impl.{slug}(X))
'''
MISCONCEPTIONS = """\
- id: halved
  exercise: {slug}
  caught_by: {slug}.ordinary_input
  hint:
    en: A question that leads to the misconception.
    zh: 引导学生发现误解的提问。
"""


def write_chapter(course: Course, chapter: str, slug: str, part: str | None = None) -> list[Path]:
    """Write the files of a new chapter and return their paths.

    Args:
        course: The course that gets the chapter.
        chapter: Its id, `ch29`.
        slug: Its short name, `resnet`; also the name of its one exercise.
        part: Id of its part of the course. None: the last part.

    Raises:
        UsageError: a name does not fit, or the chapter or a file exists. Then nothing is written.
    """
    part = part or course.parts[-1].id
    _check_names(course, chapter, slug, part)
    files = _files(course, chapter, slug, part)
    for path in files:
        if path != course.contents_file and path.exists():
            raise UsageError(both(f"{path} exists already; nothing was written.", f"{path} 已存在；未写入任何文件。"))
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return list(files)


def _files(course: Course, chapter: str, slug: str, part: str) -> dict[Path, str]:
    """The content of each file. course.yaml comes last: an interrupted run leaves no entry without its files."""
    names = {
        "id": chapter, "slug": slug, "title": slug.replace("_", " ").capitalize(),
        "camel": "".join(word.capitalize() for word in slug.split("_")),
    }  # fmt: skip
    stem = f"{chapter}_{slug}"
    reference = REFERENCE.format(**names)
    contents = course.contents_file.read_text(encoding="utf-8")
    return {
        course.folder / "solutions" / stem / "reference.py": reference,
        course.folder / "solutions" / stem / "misconceptions.yaml": MISCONCEPTIONS.format(**names),
        course.folder / "tests" / "chapters" / f"test_{stem}.py": SUITE.format(**names),
        course.chapter_file(stem): CHAPTER.format(**names),
        course.chapter_file(stem).with_name(f"{stem}.py"): starter_code(wrong_lines.parted(reference).source),
        course.contents_file: _with_chapter(contents, part, stem),
    }


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
