"""The course on disk: its place, chapters and exercises. Never imports torch."""

from __future__ import annotations

import difflib
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import yaml

from dlgrade.errors import CourseError, NoSuchChapter
from dlgrade.text import Text, both

FORMAT_VERSION = 2
COURSE_VARIABLE = "DLGRADE_COURSE"
STEM = re.compile(r"ch\d{2,3}_[a-z][a-z0-9_]*")  # the name of a chapter's folder
PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = PACKAGE / "_course"  # the course inside the wheel


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figure of an exercise.

    Args:
        drawn_by: The function of the chapter's figures.py that draws it, and the name of its file.
        caption: The description of the figure, also for readers who cannot see it.
    """

    drawn_by: str
    caption: Text


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function or class that a student writes.

    Args:
        name: The name that the submission defines.
        title: A title of a few words.
        forbidden: Families of exercises/ready_made.yaml. An exercise that has any must be written from scratch.
        formula: Its formula in LaTeX.
        figure: Its figure, if it needs one.
        hints: Hints, from a nudge to the key idea; never the answer.
    """

    name: str
    title: Text
    forbidden: tuple[str, ...] = ()
    formula: str = ""
    figure: Figure | None = None
    hints: tuple[Text, ...] = ()


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Operations that exercises can forbid together.

    Args:
        says: Words for students, as in "without ready-made softmax".
        names: Their public names.
        operators: Patterns of the operators behind them.
    """

    says: Text
    names: tuple[str, ...]
    operators: tuple[str, ...]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the course, such as the chapters on attention. `chapters` names the folders of its chapters."""

    id: str
    title: Text
    chapters: tuple[str, ...] = ()


class _ChapterFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a chapter.yaml. `Chapter` says what the fields mean."""

    title: Text
    exercises: tuple[Exercise, ...]
    summary: Text | None = None
    extension: bool = False
    after: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


class Chapter(msgspec.Struct, frozen=True):
    """A lecture of the course and its exercises.

    Args:
        id: The lecture's number: `ch28`.
        slug: Its short name: `batch_norm`.
        part: The id of its part of the course.
        title: Its title.
        exercises: Its exercises, in the order in which students solve them.
        summary: Two sentences on the topic.
        extension: The lecture has no code of its own, and the exercises extend it.
        after: Ids of the chapters that it builds on.
        sections: Pages of the book, by the path of their source: `chapter_preliminaries/ndarray`.
    """

    id: str
    slug: str
    part: str
    title: Text
    exercises: tuple[Exercise, ...]
    summary: Text | None = None
    extension: bool = False
    after: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The name that the chapter's files share: `ch28_batch_norm`."""
        return f"{self.id}_{self.slug}"

    def exercise(self, name: str) -> Exercise:
        """The exercise with this name.

        Raises:
            CourseError: the chapter has no such exercise.
        """
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise CourseError(both(f"{self.id} has no exercise {name}", f"{self.id} 中没有练习 {name}"))


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of course.yaml."""

    format_version: int
    title: Text
    parts: tuple[Part, ...]
    show_solutions: bool = True
    prices: bool = True
    data: tuple[str, ...] = ()


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known-wrong version of the reference, which has its lines as `# WRONG id: ...`.

    Args:
        id: Its id.
        exercise: The exercise that it is about.
        caught_by: The check that is about it.
        hint: A question that leads to it.
        raises: The type of the exception that it ends in, if it raises in any check.
        price: The share of the exercise's points that it costs if it explains every failure there.
    """

    id: str
    exercise: str
    caught_by: str
    hint: Text
    raises: str | None = None
    price: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.4


T = TypeVar("T")


def read_yaml(path: Path, kind: type[T]) -> T:
    """Read a YAML file into a typed structure.

    Raises:
        CourseError: the file cannot be read, or a key is unknown, missing or of another type. The message names it.
    """
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        return msgspec.convert(tree, kind)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise CourseError(both(f"{path}: {error}", f"{path}：{error}")) from None


class Course:
    """A folder of content: `exercises/`, `solutions/`, `tests/chapters/`, `tests/training/`, `datasets/`.

    Opening a course reads nothing. course.yaml, ready_made.yaml and each chapter.yaml are read when they are first
    needed, then kept. All other files are read again each time, so authors see their changes. A path is returned even
    if no file is there.

    All methods that read raise CourseError if a file has a fault.
    """

    def __init__(self, folder: Path, data: tuple[str, ...] = ()) -> None:
        """The course in this folder. `data`: data sets to train on in place of those in course.yaml."""
        self.folder = folder
        self._data = data
        self.contents_file = folder / "exercises" / "course.yaml"
        self._chapters: dict[str, Chapter] = {}

    @cached_property
    def contents(self) -> _Contents:
        """The content of course.yaml.

        Raises:
            CourseError: it cannot be read, has another format, or names a folder or data set that cannot be.
        """
        contents = read_yaml(self.contents_file, _Contents)
        if contents.format_version != FORMAT_VERSION:
            version = contents.format_version
            raise CourseError(
                both(
                    f"{self.contents_file}: format_version {version}; this dlgrade reads {FORMAT_VERSION}",
                    f"{self.contents_file}：format_version 为 {version}，本版 dlgrade 只能读 {FORMAT_VERSION}",
                )
            )
        ids: set[str] = set()
        for name in (name for part in contents.parts for name in part.chapters):
            if not STEM.fullmatch(name):
                place = f"{self.contents_file}: chapters: {name!r}"
                raise CourseError(both(f"{place} is not chNN_short_name", f"{place} 应形如 chNN_short_name"))
            chapter_id = name.partition("_")[0]
            if chapter_id in ids:
                place = f"{self.contents_file}: chapters: {chapter_id}"
                raise CourseError(both(f"{place} comes twice", f"{place} 出现了两次"))
            ids.add(chapter_id)
        for name in contents.data:
            if not (self.folder / "datasets" / f"{name}.py").is_file():
                place = f"{self.contents_file}: data: "
                raise CourseError(both(f"{place}no data set {name!r}", f"{place}没有数据集 {name!r}"))
        return contents

    @property
    def families_file(self) -> Path:
        return self.folder / "exercises" / "ready_made.yaml"

    @cached_property
    def families(self) -> dict[str, Family]:
        """The families of operations that exercises can forbid, by name."""
        return read_yaml(self.families_file, dict[str, Family]) if self.families_file.exists() else {}

    def forbidden(self, exercise: Exercise) -> list[Family]:
        """The families that the exercise forbids."""
        for name in exercise.forbidden:
            if name not in self.families:
                raise CourseError(
                    both(
                        f"{self.families_file}: no family {name!r}, which {exercise.name} forbids",
                        f"{self.families_file}：没有 {exercise.name} 所禁用的函数族 {name!r}",
                    )
                )
        return [self.families[name] for name in exercise.forbidden]

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.contents.parts

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of the chapters' folders, in the course's order."""
        return tuple(name for part in self.parts for name in part.chapters)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters, in the course's order."""
        return tuple(self._read_chapter(stem) for stem in self.stems)

    def _read_chapter(self, stem: str) -> Chapter:
        if stem not in self._chapters:
            path = self.chapter_file(stem)
            content = read_yaml(path, _ChapterFile)
            chapter_id, _, slug = stem.partition("_")
            part = next(part.id for part in self.parts if stem in part.chapters)
            known = {name.partition("_")[0] for name in self.stems}
            if unknown := [name for name in content.after if name not in known]:
                place = f"{path}: after: "
                raise CourseError(both(f"{place}no chapter {unknown[0]!r}", f"{place}没有章节 {unknown[0]!r}"))
            names = [exercise.name for exercise in content.exercises]
            if twice := [name for name in names if names.count(name) > 1]:
                place = f"{path}: exercises: "
                raise CourseError(both(f"{place}{twice[0]} comes twice", f"{place}{twice[0]} 出现了两次"))
            fields = {name: getattr(content, name) for name in content.__struct_fields__}
            self._chapters[stem] = Chapter(chapter_id, slug, part, **fields)
        return self._chapters[stem]

    @property
    def shows_solutions(self) -> bool:
        """Return whether students may see a reference after their own version passes."""
        return self.contents.show_solutions

    @property
    def has_prices(self) -> bool:
        """Return whether a single mistake costs its price instead of all checks that it fails."""
        return self.contents.prices

    @property
    def data(self) -> tuple[str, ...]:
        """Data sets that replace the default of their kind: the choice for this run, or the list in course.yaml."""
        return self._data or self.contents.data

    def chapter(self, wanted: str) -> Chapter:
        """The chapter with this id, number, slug or file name: `ch28`, `28`, `batch_norm`, `CH28`, `ch28_batch_norm`.

        Raises:
            NoSuchChapter: there is none.
        """
        name = wanted.strip().lower()
        if re.fullmatch(r"\d+", name):
            name = f"ch{int(name):02d}"
        for stem in self.stems:
            if name in (stem, *stem.split("_", 1)):
                return self._read_chapter(stem)
        raise NoSuchChapter(self._unknown(wanted, name))

    def _unknown(self, wanted: str, name: str) -> Text:
        names = [known for stem in self.stems for known in (*stem.split("_", 1), stem)]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        guess = both(f" Did you mean {near[0]}?", f"是否指 {near[0]}？") if near else both("", "")
        return (
            both(f"There is no chapter {wanted!r}.", f"没有章节 {wanted!r}。")
            + guess
            + both(" `dlgrade list` shows them all.", "用 `dlgrade list` 查看全部章节。")
        )

    @property
    def book_module(self) -> Path:
        """The file with the helpers of the book's module d2l."""
        return self.folder / "exercises" / "d2l.py"

    def chapter_file(self, stem: str) -> Path:
        """The chapter.yaml of the chapter with this folder."""
        return self.folder / "exercises" / stem / "chapter.yaml"

    def chinese_file(self, chapter: Chapter) -> Path:
        """The Chinese texts of the chapter's starter code."""
        return self.folder / "exercises" / chapter.stem / "zh.yaml"

    def starter(self, chapter: Chapter) -> Path:
        return self.folder / "exercises" / chapter.stem / f"{chapter.stem}.py"

    def figure_program(self, chapter: Chapter) -> Path:
        """The program that draws the chapter's figures."""
        return self.folder / "exercises" / chapter.stem / "figures.py"

    def figure_folder(self, chapter: Chapter) -> Path:
        """The folder of the figures, which `dlgrade stubs` writes."""
        return self.folder / "exercises" / chapter.stem / "figures"

    def figure(self, chapter: Chapter, figure: Figure) -> Path:
        return self.figure_folder(chapter) / f"{figure.drawn_by}.svg"

    def solution(self, chapter: Chapter) -> Path:
        """The folder of the chapter's reference, misconceptions and alternates."""
        return self.folder / "solutions" / chapter.stem

    def reference(self, chapter: Chapter) -> Path:
        return self.solution(chapter) / "reference.py"

    @property
    def suite_folders(self) -> tuple[Path, Path]:
        return self.folder / "tests" / "chapters", self.folder / "tests" / "training"

    def suite(self, chapter: Chapter) -> Path:
        return self.folder / "tests" / "chapters" / f"test_{chapter.stem}.py"

    def hidden_suite(self, chapter: Chapter) -> Path:
        """The checks that students do not see."""
        return self.solution(chapter) / "test_hidden.py"

    def training_suite(self, chapter: Chapter) -> Path:
        return self.folder / "tests" / "training" / f"test_{chapter.stem}.py"

    def reference_test(self, chapter: str) -> Path:
        """The file that compares the reference of the chapter with this id to an independent oracle."""
        return self.folder / "tests" / "references" / f"test_{chapter}.py"

    def visible_suites(self, chapter: Chapter) -> list[Path]:
        """The chapter's suite and the files that continue it, such as test_ch44_detection_algorithms_nms.py."""
        suite = self.suite(chapter)
        return [suite, *sorted(suite.parent.glob(f"{suite.stem}_*.py"))]

    def suites(self, chapter: Chapter) -> list[Path]:
        """The files of the chapter's suite, its hidden checks and its checks that train, as far as they exist."""
        others = self.hidden_suite(chapter), self.training_suite(chapter)
        return [*self.visible_suites(chapter), *(path for path in others if path.exists())]

    def misconceptions(self, chapter: Chapter) -> tuple[Misconception, ...]:
        """The chapter's misconceptions. Empty if it has no misconceptions.yaml."""
        path = self.solution(chapter) / "misconceptions.yaml"
        return read_yaml(path, tuple[Misconception, ...]) if path.exists() else ()

    def alternates(self, chapter: Chapter) -> list[Path]:
        """The files of the chapter's other right solutions."""
        return sorted((self.solution(chapter) / "alternates").glob("*.py"))


def root() -> Path:
    """The course's folder: `$DLGRADE_COURSE`, or the checkout that dlgrade runs from, or the installed course.

    Raises:
        CourseError: `$DLGRADE_COURSE` names no course.
    """
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
    """The course at `root()`. `data`: data sets to train on in place of generated ones of their kind."""
    return Course(root(), data)
