"""Generates starter code from the reference, which is the only source of names, signatures and docstrings.

The reference marks each answer with a pair of comment lines::

    def relu(X):
        '''Element-wise max(X, 0).'''
        # BEGIN SOLUTION
        return X.clamp(min=0)
        # END SOLUTION

Inside a function the region becomes `raise NotImplementedError`. At the top level of the file or in the body of a
class, where it holds a private helper or an import, it disappears.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from pathlib import Path

from dlgrade.course import references
from dlgrade.course.course import Chapter, Course, Exercise
from dlgrade.course.references import BEGIN, END, QUOTES
from dlgrade.errors import CourseError
from dlgrade.files import write_whole
from dlgrade.text import Text, both, same

WIDTH = 112  # columns of a docstring, besides its indent
BLANK_COMMENT = "# write your code here"
BLANK = f"raise NotImplementedError  {BLANK_COMMENT}"


def starter_code(reference: str, name: str = "reference.py") -> str:
    """The reference without its answers.

    Raises:
        CourseError: a marker is unpaired or nested, or the code does not parse. The message names the line of `name`.
    """
    lines: list[str] = []
    opened = 0
    try:
        blanks = _blanks(reference)
    except SyntaxError as error:
        raise _fault(name, error.lineno or 0, f"syntax error: {error.msg}") from None
    for number, line in enumerate(reference.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN:
            if opened:
                raise _fault(name, number, f"{BEGIN} inside the region that line {opened} opens")
            opened = number
            lines += [line.replace(BEGIN, BLANK)] if number in blanks else []
        elif marker == END:
            if not opened:
                raise _fault(name, number, f"{END} without a {BEGIN} before it")
            opened = 0
        elif not opened:
            lines.append(line)
    if opened:
        raise _fault(name, opened, f"{BEGIN} without its {END}")
    code = _squeeze(lines)
    try:
        ast.parse(code)
    except SyntaxError as error:
        raise _fault(
            name, error.lineno or 0, f"the starter code made from it has a syntax error: {error.msg}"
        ) from None
    return code


def _blanks(reference: str) -> set[int]:
    """The lines inside functions. An answer there becomes `raise NotImplementedError` instead of nothing."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(reference)):  # outer nodes come before inner ones
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            inside = inside - set(lines) if isinstance(node, ast.ClassDef) else inside | set(lines)
    return inside


def _squeeze(lines: list[str]) -> str:
    """Join the lines, with at most two empty lines in a row: a removed helper leaves more."""
    squeezed: list[str] = []
    for line in lines:
        if line.strip() or squeezed[-2:] != ["", ""]:
            squeezed.append(line.rstrip())
    return "\n".join(squeezed).strip("\n") + "\n"


def _fault(name: str, line: int, problem: str) -> CourseError:
    return CourseError(same(f"{name}:{line}: {problem}"))


def stale(course: Course, chapters: Sequence[Chapter] = ()) -> list[Chapter]:
    """The chapters whose starter code on disk is not up to date, among these chapters or all."""
    return [chapter for chapter in chapters or course.chapters if _wanted(course, chapter) != _present(course, chapter)]


def _wanted(course: Course, chapter: Chapter) -> str:
    return for_students(course, chapter, references.source(course, chapter))


def for_students(course: Course, chapter: Chapter, reference: str) -> str:
    """The chapter's starter code from a reference, whose exercises say which operations they forbid."""
    lines = starter_code(reference, str(course.reference(chapter))).splitlines()
    forbidding = {exercise.name: rule(course, exercise).en for exercise in chapter.exercises if exercise.forbidden}
    for node in reversed(ast.parse("\n".join(lines)).body):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name not in forbidding:
            continue
        if text := ast.get_docstring(node):
            docstring = node.body[0]
            new = docstring_lines(f"{text}\n\n{wrapped(forbidding[node.name])}", " " * docstring.col_offset)
            lines[docstring.lineno - 1 : docstring.end_lineno] = new
    return "\n".join(lines) + "\n"


def rule(course: Course, exercise: Exercise) -> Text:
    """The sentence that says which operations an exercise forbids."""
    families = [family.says for family in course.forbidden(exercise)]
    english = ", and without ".join(says.en for says in families)
    chinese = "，也不得使用".join(_after_chinese(says.zh) for says in families)
    return both(f"Write it from scratch, without {english}.", f"请从零实现，不得使用{chinese}。")


def _after_chinese(words: str) -> str:
    """The words as they follow a Chinese character: with a space in front if they begin with a Latin letter."""
    return f" {words}" if words[:1].isascii() else words


def wrapped(text: str) -> str:
    """A paragraph of a docstring, in lines that fit the width of starter code."""
    return textwrap.fill(text, WIDTH, break_on_hyphens=False, break_long_words=False)


def docstring_lines(text: str, indent: str) -> list[str]:
    """The lines of code of a docstring."""
    first, *rest = text.replace("\\", "\\\\").replace(QUOTES, '\\"' * 3).splitlines()
    if not rest and not first.endswith('"'):
        return [f"{indent}{QUOTES}{first}{QUOTES}"]
    return [f"{indent}{QUOTES}{first}", *(indent + line if line.strip() else "" for line in rest), f"{indent}{QUOTES}"]


def _present(course: Course, chapter: Chapter) -> str | None:
    path = course.starter(chapter)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write_stale(course: Course, chapters: Sequence[Chapter] = ()) -> list[Path]:
    """Write the starter code that is not up to date. Return the files that were written."""
    written = []
    for chapter in stale(course, chapters):
        path = course.starter(chapter)
        write_whole(path, _wanted(course, chapter))
        written.append(path)
    return written
