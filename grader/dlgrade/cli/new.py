"""`dlgrade new`: the files of a new chapter, small and complete enough to be checked and then filled."""

from __future__ import annotations

import re
from pathlib import Path

import click

from dlgrade import course
from dlgrade.cli import lang_option, say
from dlgrade.course import Course, starter_code
from dlgrade.errors import UsageError
from dlgrade.files import write_whole
from dlgrade.text import Lang, both

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
    """What it computes (source: paper or section of the book).

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
        """Says in English what is checked.
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
    en: A question that leads to the mistake.
    zh: 引导学生发现错误的提问。
"""
HINTS = """\
{slug}:
  - en: A nudge.
    zh: 一点提示。
"""


@click.command("new")
@click.argument("chapter")
@click.argument("slug")
@click.option("--part", default=None, help="Part of the course; else its last. 所属部分。")
@lang_option
def command(chapter: str, slug: str, part: str | None, lang: Lang) -> None:
    """Begin a new chapter: its entry, reference, suite, misconceptions, hints. 新建一章。

    \b
    dlgrade new ch29 resnet --part cnn
    """
    del lang
    for path in new(chapter=chapter, slug=slug, part=part):
        say(both(f"wrote {path}", f"已写入 {path}"))
    say(
        both(
            f"Next: edit them, then `dlgrade stubs` and `dlgrade audit {chapter}`; docs/authors.md says how.",
            f"下一步：编辑这些文件，然后运行 `dlgrade stubs` 和 `dlgrade audit {chapter}`；写法见 docs/authors.md。",
        )
    )


def new(*, chapter: str, slug: str, part: str | None) -> list[Path]:
    """Write the files of a chapter that does not exist yet; nothing is written when one of them does."""
    here = course.load()
    part = part or here.parts[-1].id
    _refuse(here, chapter, slug, part)
    names = {
        "id": chapter, "slug": slug, "part": part, "title": slug.replace("_", " ").capitalize(),
        "camel": "".join(word.capitalize() for word in slug.split("_")),
    }  # fmt: skip
    stem = f"{chapter}_{slug}"
    contents = _with_entry(here.contents_file.read_text(encoding="utf-8"), chapter, ENTRY.format(**names))
    files = {
        here.folder / "solutions" / stem / "reference.py": REFERENCE.format(**names),
        here.folder / "solutions" / stem / "misconceptions.yaml": MISCONCEPTIONS.format(**names),
        here.folder / "tests" / "chapters" / f"test_{stem}.py": SUITE.format(**names),
        here.folder / "exercises" / "hints" / f"{stem}.yaml": HINTS.format(**names),
        here.folder / "exercises" / f"{stem}.py": starter_code.starter_code(REFERENCE.format(**names)),
        here.contents_file: contents,
    }
    for path in files:
        if path != here.contents_file and path.exists():
            raise UsageError(both(f"{path} exists already; nothing was written.", f"{path} 已存在；未写入任何文件。"))
    for path, words in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, words)
    return list(files)


def _with_entry(contents: str, chapter: str, entry: str) -> str:
    """The table of contents with one more entry, in the order of the chapters' numbers."""
    contents = contents.rstrip("\n") + "\n"
    later = (m.start() for m in re.finditer(r"^  - id: ch(\d+)\n", contents, re.M) if int(m[1]) > int(chapter[2:]))
    place = next(later, len(contents))
    return contents[:place] + entry + contents[place:]


def _refuse(here: Course, chapter: str, slug: str, part: str) -> None:
    if not re.fullmatch(r"ch\d{2,3}", chapter) or not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise UsageError(
            both(
                f"{chapter} {slug}: a chapter is chNN, a slug is lower_case, as in `dlgrade new ch29 resnet`.",
                f"{chapter} {slug}：章节形如 chNN，名称为小写加下划线，例如 `dlgrade new ch29 resnet`。",
            )
        )
    if any(chapter == known.id for known in here.chapters):
        raise UsageError(both(f"{chapter} exists already.", f"{chapter} 已存在。"))
    if part not in {known.id for known in here.parts}:
        names = ", ".join(known.id for known in here.parts)
        raise UsageError(both(f"No part {part!r}; there are {names}.", f"没有部分 {part!r}；现有 {names}。"))
    if here.folder == course.INSTALLED:
        raise UsageError(
            both(
                "This is the installed course. Write chapters in a checkout, or name one with DLGRADE_COURSE.",
                "这是随包安装的课程。请在代码仓库中编写章节，或用 DLGRADE_COURSE 指定课程文件夹。",
            )
        )
