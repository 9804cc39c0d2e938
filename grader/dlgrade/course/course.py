"""The course on disk: where it is, which chapters and exercises it has. Never imports torch."""

from __future__ import annotations

import difflib
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from dlgrade.errors import CourseError, NoSuchChapter
from dlgrade.text import Text, both

FORMAT_VERSION = 1
COURSE_VARIABLE = "DLGRADE_COURSE"
PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = PACKAGE / "_course"  # the course inside the wheel


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One function or class that a student writes.

    `forbidden` names families of exercises/ready_made.yaml that may not be used: it is to be written from scratch.
    """

    name: str
    title: Text
    forbidden: tuple[str, ...] = ()


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ready-made operations of one kind, by public names and by patterns of the operators behind them."""

    names: tuple[str, ...]
    operators: tuple[str, ...]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: Text


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One lecture of the course and its exercises; an extension's lecture has no code of its own."""

    id: str
    slug: str
    part: str
    title: Text
    exercises: tuple[Exercise, ...]
    extension: bool = False

    @property
    def stem(self) -> str:
        """The name that the chapter's files share: `ch28_batch_norm`."""
        return f"{self.id}_{self.slug}"

    def exercise(self, name: str) -> Exercise:
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise CourseError(both(f"{self.id} has no exercise {name}", f"{self.id} 中没有练习 {name}"))


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format_version: int
    title: Text
    parts: tuple[Part, ...]
    chapters: tuple[Chapter, ...] | None = None
    show_solutions: bool = True
    data: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replace one place of the reference's source."""

    replace: str
    with_: str = msgspec.field(name="with")


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known mistake: the change that makes it, the checks that catch it, the hint that names it."""

    id: str
    exercise: str
    change: tuple[Change, ...]
    caught_by: tuple[str, ...]
    hint: Text


T = TypeVar("T")


def read_yaml(path: Path, kind: type[T]) -> T:
    """Read a YAML file into a typed structure; an unknown key or a missing one is an error that names it."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        return msgspec.convert(tree, kind)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise CourseError(both(f"{path}: {error}", f"{path}：{error}")) from None


class Course:
    """A folder of content: `exercises/`, `solutions/`, `tests/chapters/`, `tests/training/`, `datasets/`."""

    def __init__(self, folder: Path, data: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._data = data
        self.contents_file = folder / "exercises" / "course.yaml"

    @cached_property
    def contents(self) -> _Contents:
        contents = read_yaml(self.contents_file, _Contents)
        if contents.format_version != FORMAT_VERSION:
            version = contents.format_version
            raise CourseError(
                both(
                    f"{self.contents_file}: format_version {version}; this dlgrade reads {FORMAT_VERSION}",
                    f"{self.contents_file}：format_version 为 {version}，本版 dlgrade 只能读 {FORMAT_VERSION}",
                )
            )
        known = {part.id for part in contents.parts}
        for chapter in contents.chapters or ():
            if chapter.part not in known:
                words = f"{self.contents_file}: {chapter.id}: "
                raise CourseError(both(f"{words}no part {chapter.part!r}", f"{words}没有部分 {chapter.part!r}"))
        for name in contents.data:
            if not (self.folder / "datasets" / f"{name}.py").is_file():
                words = f"{self.contents_file}: data: "
                raise CourseError(both(f"{words}no data set {name!r}", f"{words}没有数据集 {name!r}"))
        return contents

    @property
    def families_file(self) -> Path:
        return self.folder / "exercises" / "ready_made.yaml"

    @cached_property
    def families(self) -> dict[str, Family]:
        """The families of ready-made operations, by name."""
        return read_yaml(self.families_file, dict[str, Family]) if self.families_file.exists() else {}

    def forbidden(self, exercise: Exercise) -> list[Family]:
        """The families that an exercise may not use."""
        for name in exercise.forbidden:
            if name not in self.families:
                words = f"{self.contents_file}: {exercise.name}: "
                raise CourseError(both(f"{words}no family {name!r}", f"{words}没有函数族 {name!r}"))
        return [self.families[name] for name in exercise.forbidden]

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.contents.parts

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return self.contents.chapters or ()

    @property
    def shows_solutions(self) -> bool:
        """Whether students may see a reference after their own version passes; `show_solutions` in course.yaml."""
        return self.contents.show_solutions

    @property
    def data(self) -> tuple[str, ...]:
        """Data sets that stand in for generated ones of their kind: chosen for this run, else `data` in course.yaml."""
        return self._data or self.contents.data

    def chapter(self, wanted: str) -> Chapter:
        """The chapter with this id, number or file name: `ch28`, `28`, `ch28_batch_norm`, `CH28`."""
        name = wanted.strip().lower()
        if re.fullmatch(r"\d+", name):
            name = f"ch{int(name):02d}"
        for chapter in self.chapters:
            if name in (chapter.id, chapter.slug, chapter.stem):
                return chapter
        raise NoSuchChapter(self._unknown(wanted, name))

    def _unknown(self, wanted: str, name: str) -> Text:
        names = [word for chapter in self.chapters for word in (chapter.id, chapter.slug, chapter.stem)]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        guess = both(f" Did you mean {near[0]}?", f"是否指 {near[0]}？") if near else both("", "")
        return (
            both(f"There is no chapter {wanted!r}.", f"没有章节 {wanted!r}。")
            + guess
            + both(" `dlgrade list` shows them all.", "用 `dlgrade list` 查看全部章节。")
        )

    def starter(self, chapter: Chapter) -> Path:
        return self.folder / "exercises" / f"{chapter.stem}.py"

    def hints(self, chapter: Chapter) -> Path:
        return self.folder / "exercises" / "hints" / f"{chapter.stem}.yaml"

    def solution(self, chapter: Chapter) -> Path:
        return self.folder / "solutions" / chapter.stem

    def reference(self, chapter: Chapter) -> Path:
        return self.solution(chapter) / "reference.py"

    @property
    def suite_folders(self) -> tuple[Path, Path]:
        return self.folder / "tests" / "chapters", self.folder / "tests" / "training"

    def suite(self, chapter: Chapter) -> Path:
        return self.folder / "tests" / "chapters" / f"test_{chapter.stem}.py"

    def training_suite(self, chapter: Chapter) -> Path:
        return self.folder / "tests" / "training" / f"test_{chapter.stem}.py"

    def suites(self, chapter: Chapter) -> list[Path]:
        """The chapter's suite and, where there are any, the checks that students do not see and those that train."""
        others = self.solution(chapter) / "test_hidden.py", self.training_suite(chapter)
        return [self.suite(chapter), *(path for path in others if path.exists())]

    def misconceptions(self, chapter: Chapter) -> tuple[Misconception, ...]:
        path = self.solution(chapter) / "misconceptions.yaml"
        return read_yaml(path, tuple[Misconception, ...]) if path.exists() else ()

    def alternates(self, chapter: Chapter) -> list[Path]:
        return sorted((self.solution(chapter) / "alternates").glob("*.py"))


def root() -> Path:
    """Where the course is: `$DLGRADE_COURSE`, else the checkout that dlgrade runs from, else the installed course."""
    if chosen := os.environ.get(COURSE_VARIABLE):
        folder = Path(chosen).absolute()
        if not (folder / "exercises" / "course.yaml").is_file():
            raise CourseError(
                both(
                    f"{COURSE_VARIABLE}={chosen}: no exercises/course.yaml there",
                    f"{COURSE_VARIABLE}={chosen}：该处没有 exercises/course.yaml",
                )
            )
        return folder
    checkout = PACKAGE.parents[1]
    return checkout if (checkout / "exercises" / "course.yaml").is_file() else INSTALLED


def load(data: tuple[str, ...] = ()) -> Course:
    """The course at `root()`, trained on these data sets where they fit."""
    return Course(root(), data)
