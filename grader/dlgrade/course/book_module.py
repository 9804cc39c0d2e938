"""Build the module d2l that comes along with a chapter's submissions: the book's helpers, without any of its answers.

`exercises/d2l.py` has the course's own helpers. Its comments `# GIVEN chNN: names` add definitions from references.

- A submission gets definitions of earlier chapters only.
- A definition is left out if it is an exercise of the chapter, or needs such a name in any way.
- A comment `# NOT chNN: names` leaves out helpers that answer an exercise of the chapter under another name.
- The code has no comments and docstrings, and no file that `inspect` could find.

Only text is read here; nothing runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dlgrade.course import references
from dlgrade.course.course import Chapter, Course
from dlgrade.course.definitions import TopStatement, bound, reached, statements
from dlgrade.errors import CourseError
from dlgrade.text import same

GIVEN = re.compile(r"^# GIVEN (\w+): (.+)$", re.MULTILINE)
NOT = re.compile(r"^# NOT (\w+): (.+)$", re.MULTILINE)
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Other names that people import the same helpers by, and the name of the library that the helpers hide.
OTHERS = ("d2l/__init__.py", "d2lzh_pytorch/__init__.py", "d2lzh_pytorch/utils.py")
HIDDEN = "torch"


@dataclass(frozen=True)
class _Reference:
    """The definitions that a reference gives: its statements as code, and the statements that each name needs."""

    statements: list[str]
    needs: dict[str, set[int]]

    def code(self, names: Iterable[str]) -> str:
        """Return the code of the statements that these names need."""
        indices = {index for name in names for index in self.needs[name]}
        return "".join(self.statements[index] for index in sorted(indices))


class BookModule:
    """The module d2l for the submissions of one chapter. The references are read once, when it is made."""

    def __init__(self, course: Course, chapter: Chapter) -> None:
        """Read the course's helpers and the references. Without exercises/d2l.py, the module has no files.

        Raises:
            CourseError: a `# GIVEN` comment names a chapter or a definition that does not exist.
        """
        self.references: dict[str, _Reference] = {}
        self.own: list[TopStatement] = []
        if not course.book_module.is_file():
            return
        source = course.book_module.read_text(encoding="utf-8")
        left_out = {exercise.name for exercise in chapter.exercises} | _too_near(source, chapter)
        barred = frozenset(left_out)
        for home, names in given(course, source):
            if _is_earlier(course, home, chapter):
                self.references[home.id] = _without_answers(course, home, names, barred)
            left_out |= {*names} - self.references.get(home.id, _Reference([], {})).needs.keys()
        self.own = _own_helpers(source, left_out)

    def files(self, wanted: Iterable[str] | None = None) -> dict[str, bytes]:
        """Return the files of the module by path: with all definitions of references, or only those wanted by name."""
        if not self.own:
            return {}
        words = None if wanted is None else {*wanted}.union(*(statement.reads for statement in self.own))
        taken = {
            home: [name for name in reference.needs if words is None or name in words]
            for home, reference in self.references.items()
        }
        taken = {home: names for home, names in taken.items() if names}
        files = {f"d2l/_{home}.py": self.references[home].code(names) for home, names in taken.items()}
        imports = [f"from d2l._{home} import {', '.join(names)}\n" for home, names in taken.items()]
        public = {*bound(self.own)}.union(*taken.values())
        everything = sorted(name for name in public if name[0] != "_" and name != HIDDEN)
        files["d2l/torch.py"] = "".join([*imports, *_code(self.own), f"__all__ = {everything}\n"])
        files |= dict.fromkeys(OTHERS, "from d2l.torch import *\n")
        return {path: text.encode() for path, text in files.items()}


def given(course: Course, source: str) -> list[tuple[Chapter, list[str]]]:
    """Return the chapters whose references give definitions, each with the names."""
    return [(course.chapter(home), re.split(r",\s*", names)) for home, names in GIVEN.findall(source)]


def _too_near(source: str, chapter: Chapter) -> set[str]:
    """Return the helpers that the comments leave out of a chapter."""
    return {name for home, names in NOT.findall(source) if home == chapter.id for name in re.split(r",\s*", names)}


def _is_earlier(course: Course, home: Chapter, chapter: Chapter) -> bool:
    ids = [known.id for known in course.chapters]
    return ids.index(home.id) < ids.index(chapter.id)


def _without_answers(course: Course, home: Chapter, names: list[str], barred: frozenset[str]) -> _Reference:
    """Return the definitions of a reference, except those that need a barred name."""
    module = references.read(course, home).statements
    needs: dict[str, set[int]] = {}
    for name in names:
        needed = list(reached(module, [name]))
        if not needed:
            raise CourseError(same(f"{course.book_module}: the reference of {home.id} has no {name}"))
        if not barred & mentioned(needed):
            needs[name] = {module.index(statement) for statement in needed}
    return _Reference(_code(module), needs)


def mentioned(statements: Iterable[TopStatement]) -> set[str]:
    """Return every name and attribute in the statements: `d2l.sgd` may be `sgd`."""
    nodes = [node for statement in statements for node in ast.walk(statement.node)]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes.union(*(statement.binds | statement.reads for statement in statements))


def _own_helpers(source: str, left_out: set[str]) -> list[TopStatement]:
    """Return the statements of the course's own helpers that need nothing that was left out."""
    module = statements(source)
    while lost := [part for part in module if (part.binds | part.reads) & left_out]:
        left_out = left_out.union(*(part.binds for part in lost))
        module = [part for part in module if part not in lost]
    return module


def _code(module: Iterable[TopStatement]) -> list[str]:
    """Return each statement as code without comments and docstrings."""
    module = list(module)
    for node in (node for statement in module for node in ast.walk(statement.node)):
        if isinstance(node, DEFINITION):
            node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
    return [f"{ast.unparse(statement.node)}\n" for statement in module]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
