"""The files of a new chapter: small, and complete enough to be checked and then filled."""

from __future__ import annotations

import re
from pathlib import Path

from dlgrade.course.course import INSTALLED, Course
from dlgrade.course.starter_code import starter_code
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.text import both

ENTRY = """\
  - id: {id}
    slug: {slug}
    part: {part}
    title: {{en: {title}, zh: 待译}}
    exercises:
      - name: {slug}
        title: {{en: {title}, zh: 待译}}
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
  change:
    - replace: return 2 * X
      with: return X / 2
  caught_by:
    - {slug}.ordinary_input
  hint:
    en: A question that leads to the misconception.
    zh: 引导学生发现误解的提问。
"""
HINTS = """\
{slug}:
  - en: A nudge.
    zh: 一点提示。
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
        "id": chapter, "slug": slug, "part": part, "title": slug.replace("_", " ").capitalize(),
        "camel": "".join(word.capitalize() for word in slug.split("_")),
    }  # fmt: skip
    stem = f"{chapter}_{slug}"
    reference = REFERENCE.format(**names)
    contents = course.contents_file.read_text(encoding="utf-8")
    return {
        course.folder / "solutions" / stem / "reference.py": reference,
        course.folder / "solutions" / stem / "misconceptions.yaml": MISCONCEPTIONS.format(**names),
        course.folder / "tests" / "chapters" / f"test_{stem}.py": SUITE.format(**names),
        course.folder / "exercises" / "hints" / f"{stem}.yaml": HINTS.format(**names),
        course.folder / "exercises" / f"{stem}.py": starter_code(reference),
        course.contents_file: _with_entry(contents, chapter, ENTRY.format(**names)),
    }


def _with_entry(contents: str, chapter: str, entry: str) -> str:
    """The table of contents with the entry added, in the order of the chapters' numbers."""
    contents = contents.rstrip("\n") + "\n"
    number = int(chapter[2:])
    for known in re.finditer(r"^  - id: ch(\d+)\n", contents, re.M):
        if int(known[1]) > number:
            return contents[: known.start()] + entry + contents[known.start() :]
    return contents + entry


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
