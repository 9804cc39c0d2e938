"""Reads references: the right answers of a chapter, with the code that other chapters give it.

A comment at the top level takes definitions from another chapter's reference, and everything of that reference that
they need, as code that students get::

    # GIVEN ch67: MultiHeadAttention, PositionalEncoding

The code keeps the first paragraph of each docstring. Names that the reference binds itself, such as its imports, take
the place of the other chapter's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dlgrade.course.course import Chapter, Course
from dlgrade.course.definitions import TopStatement, bound, parsed, reached, statements
from dlgrade.course.wrong_lines import Annotated, parted, wrong_version
from dlgrade.errors import CourseError
from dlgrade.text import both, same

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
QUOTES = '"""'
GIVEN = re.compile(r"# GIVEN (ch\d+): *(\w+(?: *, *\w+)*)")
LABEL = "# Given, not an exercise."

Line = tuple[str, Path, int]  # a line, and where it is written


@dataclass(frozen=True)
class Reference:
    """A chapter's reference.

    Args:
        path: Its file.
        annotated: The file, with its wrong lines set apart.
        given: The lines in place of each GIVEN comment.
    """

    path: Path
    annotated: Annotated
    given: dict[str, list[Line]]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the source, each with its place."""
        right = zip(self.annotated.source.splitlines(), self.annotated.numbers, strict=True)
        own = [(text, self.path, number) for text, number in right]
        return [line for comment in own for line in self.given.get(comment[0], [comment])]

    @cached_property
    def source(self) -> str:
        """The Python source that is right."""
        return "\n".join(text for text, *_ in self.lines) + "\n"

    @cached_property
    def statements(self) -> list[TopStatement]:
        """The statements of the source.

        Raises:
            CourseError: it does not parse.
        """
        return parsed(self.source, self.path)

    @cached_property
    def _own_statements(self) -> list[TopStatement]:
        """The statements of the file, without given code."""
        return parsed(self.annotated.source, self.path)

    @property
    def misconceptions(self) -> list[str]:
        """The ids of the misconceptions that have wrong lines here, in order."""
        return list(dict.fromkeys(entry.name for entry in self.annotated.wrong))

    def line_of(self, misconception: str) -> int:
        """The line of the file where a misconception begins; 1 if it has none."""
        return next((entry.number for entry in self.annotated.wrong if entry.name == misconception), 1)

    def with_misconceptions(self, *misconceptions: str) -> str:
        """The source with one or more misconceptions. Whether it is valid Python, `check_misconception` tells.

        Raises:
            CourseError: a misconception has no wrong lines here, they replace nothing, or two change the same place.
        """
        wrong = wrong_version(self.annotated, misconceptions, str(self.path)).splitlines()
        changed = [text for comment in wrong for text, *_ in self.given.get(comment, [(comment, self.path, 0)])]
        return "\n".join(changed) + "\n"

    def check_misconception(self, misconception: str) -> None:
        """Make sure that a misconception leaves valid Python.

        Raises:
            CourseError: it does not, it has no wrong lines here, or they replace nothing.
        """
        try:
            ast.parse(self.with_misconceptions(misconception))
        except SyntaxError as error:
            place = f"{self.path}:{self.line_of(misconception)}: misconception {misconception}"
            at = f"{error.msg}, {(error.text or '').strip()!r}"
            raise CourseError(
                both(f"{place}: its lines leave no valid Python ({at})", f"{place}：改动后不是合法的 Python（{at}）")
            ) from None

    def affected_by(self, misconception: str) -> frozenset[str]:
        """The names whose code a misconception changes, in itself or in a name that it reads."""
        places = {entry.after for entry in self.annotated.wrong if entry.name == misconception}
        inside = (s for s in self._own_statements if any(s.first <= place <= s.last for place in places))
        names = {name for statement in inside for name in statement.binds}
        while more := {name for s in self.statements if s.reads & names for name in s.binds} - names:
            names |= more
        return frozenset(names)


def read(course: Course, chapter: Chapter) -> Reference:
    """The chapter's reference.

    Raises:
        CourseError: there is none, it does not parse, or it is given code that is not there.
    """
    return _read(course, chapter, ())


def source(course: Course, chapter: Chapter) -> str:
    """The source of the chapter's reference. Raises as `read` does."""
    return read(course, chapter).source


def answer_lines(text: str) -> frozenset[int]:
    """The numbers of the lines between the solution markers of a source."""
    lines, inside = set(), False
    for number, line in enumerate(text.splitlines(), start=1):
        marker = line.strip()
        inside = marker == BEGIN or (inside and marker != END)
        if inside and marker != BEGIN:
            lines.add(number)
    return frozenset(lines)


def alternates(course: Course, chapter: Chapter) -> dict[str, str]:
    """The sources of the chapter's other right solutions, by name: each the reference, overlaid with a file.

    Raises:
        CourseError: the reference cannot be read, or a file does not parse.
    """
    right, sources = source(course, chapter), {}
    for path in course.alternates(chapter):
        overlay = path.read_text(encoding="utf-8")
        parsed(overlay, path)
        sources[path.stem] = overlaid(right, overlay)
    return sources


def givers(course: Course, chapter: Chapter) -> list[Chapter]:
    """The chapters whose references give code to this chapter's, directly or by others."""
    found: dict[str, Chapter] = {}
    waiting = [chapter]
    while waiting:
        path = course.reference(waiting.pop())
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            given = GIVEN.fullmatch(line)
            if given and given[1] not in found:
                found[given[1]] = course.chapter(given[1])
                waiting.append(found[given[1]])
    return list(found.values())


def _read(course: Course, chapter: Chapter, asking: tuple[str, ...]) -> Reference:
    """The chapter's reference, for which the references of the chapters `asking` wait."""
    path = course.reference(chapter)
    if not path.is_file():
        raise CourseError(
            both(
                f"{chapter.id} has no reference: {path} is missing. A course without its solutions cannot judge.",
                f"{chapter.id} 缺少参考答案：{path} 不存在。没有答案的课程无法评分。",
            )
        )
    reference = Reference(path, parted(path.read_text(encoding="utf-8")), {})
    here = set[str]()
    for place, comment in enumerate(reference.annotated.source.splitlines()):
        if wanted := GIVEN.fullmatch(comment):
            here = here or set(bound(parsed(reference.annotated.source, path)))
            where = f"{path}:{reference.annotated.numbers[place]}"
            if wanted[1] in (chapter.id, *asking):
                raise CourseError(same(f"{where}: {chapter.id} and {wanted[1]} give each other code"))
            if wanted[1] not in {stem.partition("_")[0] for stem in course.stems}:
                raise CourseError(same(f"{where}: there is no chapter {wanted[1]}"))
            other = _read(course, course.chapter(wanted[1]), (*asking, chapter.id))
            reference.given[comment] = list(_given(other, re.split(r" *, *", wanted[2]), here, where))
    return reference


def _given(other: Reference, names: list[str], here: set[str], where: str) -> Iterator[Line]:
    """The lines that another reference gives to the place `where`.

    Args:
        other: The other reference.
        names: The names that are wanted.
        here: The names that are bound already. Those given now are added.
        where: The file and line of the GIVEN comment.
    """
    for name in names:
        if name in here or name not in bound(other.statements):
            problem = "is defined here, too" if name in here else f"is not in {other.path}"
            raise CourseError(same(f"{where}: {name} {problem}"))
    yield from [("", other.path, 1), ("", other.path, 1), (LABEL, other.path, 1)]
    for statement in reached(other.statements, names, besides=frozenset(here)):
        if statement.is_import:
            needed = other.lines[statement.last - 1][0]
            raise CourseError(same(f"{where}: the given code needs `{needed}`; import it in this reference"))
        here |= statement.binds
        yield from (line for line in _summarised(other, statement) if line[0].strip() not in (BEGIN, END, LABEL))
        yield from [("", other.path, 1)] * 2


def _summarised(reference: Reference, statement: TopStatement) -> list[Line]:
    """The lines of a statement, with the first paragraph of each docstring."""
    lines = {number: reference.lines[number - 1] for number in range(statement.first, statement.last + 1)}
    for node in ast.walk(statement.node):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or not ast.get_docstring(node):
            continue
        first, last = node.body[0].lineno, node.body[0].end_lineno or 0
        blank = next((number for number in range(first, last) if not lines[number][0].strip()), None)
        if blank is None:
            continue
        text, path, place = lines[blank - 1]
        lines[blank - 1] = (text + QUOTES, path, place)
        for number in range(blank, last + 1):
            del lines[number]
    return list(lines.values())


def overlaid(right: str, overlay: str) -> str:
    """A right source with the definitions of an overlay in place of those of the same names.

    The overlay's imports come before all definitions. Its other statements, such as helpers, come before the first
    definition that they precede in the overlay.
    """
    module, added = statements(right), statements(overlay)
    lines, new = right.splitlines(), overlay.splitlines()
    replaced = {name for statement in module if not statement.is_import for name in statement.binds}
    groups: dict[str, list[str]] = {}  # by the name that they replace
    waiting: list[str] = []
    imports: list[str] = []
    for statement in added:
        text = new[statement.first - 1 : statement.last]
        if statement.is_import:
            imports += text
            continue
        waiting += ["", "", *text]
        for name in statement.binds & replaced:
            groups[name], waiting = waiting, []
    names = {name for statement in added for name in statement.binds}
    whole: list[str] = []
    start = 0
    for statement in module:
        whole += lines[start : statement.first - 1]
        start = statement.last
        if not statement.is_import:
            whole, imports = whole + imports, []
        for name in statement.binds:
            whole += groups.pop(name, [])
        if statement.is_import or not statement.binds & names:
            whole += lines[statement.first - 1 : statement.last]
    return "\n".join([*whole, *lines[start:], *waiting]) + "\n"
