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

from dlgrade.course import references
from dlgrade.course.course import Chapter, Course
from dlgrade.errors import CourseError
from dlgrade.text import same

GIVEN = re.compile(r"^# GIVEN (\w+): (.+)$", re.MULTILINE)
NOT = re.compile(r"^# NOT (\w+): (.+)$", re.MULTILINE)
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Other names that people import the same helpers by, and the name of the library that the helpers hide.
OTHERS = ("d2l/__init__.py", "d2lzh_pytorch/__init__.py", "d2lzh_pytorch/utils.py")
HIDDEN = "torch"


def book_module(course: Course, chapter: Chapter) -> dict[str, bytes]:
    """Return the files of the module for the submissions of a chapter, by name. Empty if the course has no module.

    Raises:
        CourseError: a `# GIVEN` comment names a chapter or a definition that does not exist.
    """
    path = course.book_module
    if not path.is_file():
        return {}
    source = path.read_text(encoding="utf-8")
    barred = {exercise.name for exercise in chapter.exercises} | _too_near(source, chapter)
    files: dict[str, str] = {}
    taken: dict[str, list[str]] = {}
    left_out = set(barred)
    for home, names in given(course, source):
        taken[home.id] = names if _is_earlier(course, home, chapter) else []
        statements, refused = _without_answers(course, home, taken[home.id], barred)
        taken[home.id] = [name for name in taken[home.id] if name not in refused]
        left_out |= {*names} - {*taken[home.id]}
        files[f"d2l/_{home.id}.py"] = _code(statements)
    files["d2l/torch.py"] = _own_helpers(source, taken, left_out)
    files |= dict.fromkeys(OTHERS, "from d2l.torch import *\n")
    return {name: text.encode() for name, text in files.items() if text}


def given(course: Course, source: str) -> list[tuple[Chapter, list[str]]]:
    """Return the chapters whose references give definitions, each with the names."""
    return [(course.chapter(home), re.split(r",\s*", names)) for home, names in GIVEN.findall(source)]


def _too_near(source: str, chapter: Chapter) -> set[str]:
    """Return the helpers that the comments leave out of a chapter."""
    return {name for home, names in NOT.findall(source) if home == chapter.id for name in re.split(r",\s*", names)}


def _is_earlier(course: Course, home: Chapter, chapter: Chapter) -> bool:
    ids = [known.id for known in course.chapters]
    return ids.index(home.id) < ids.index(chapter.id)


def _without_answers(
    course: Course, home: Chapter, names: list[str], barred: set[str]
) -> tuple[list[ast.stmt], set[str]]:
    """Return the statements of a reference that some names need, and the names that need a barred name."""
    if not names:
        return [], set()
    statements = ast.parse(references.source(course, home)).body
    wanted: set[ast.stmt] = set()
    refused: set[str] = set()
    for name in names:
        needed, needed_names = closure(statements, name)
        if not needed:
            raise CourseError(same(f"{course.book_module}: the reference of {home.id} has no {name}"))
        if needed_names & barred:
            refused.add(name)
        else:
            wanted |= needed
    return [statement for statement in statements if statement in wanted], refused


def closure(statements: list[ast.stmt], name: str) -> tuple[set[ast.stmt], set[str]]:
    """Return the statements that a name needs, directly or through others, and all names that they mention."""
    by_name: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        for bound in names_bound(statement):
            by_name.setdefault(bound, []).append(statement)
    needed: set[ast.stmt] = set()
    waiting = {name}
    seen: set[str] = set()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for statement in by_name.get(current, []):
            needed.add(statement)
            waiting |= _mentions(statement) - seen
    return needed, seen & by_name.keys()


def names_bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of the top level binds."""
    if isinstance(statement, DEFINITION):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return {part.id for part in ast.walk(statement) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _mentions(statement: ast.stmt) -> set[str]:
    """Return every name and attribute in a statement: `d2l.sgd` may be `sgd`."""
    nodes = list(ast.walk(statement))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _own_helpers(source: str, taken: dict[str, list[str]], left_out: set[str]) -> str:
    """Return the course's own helpers that need nothing that was left out, below the imports of the taken names."""
    statements = [part for part in ast.parse(source).body if not _is_text(part)]
    while lost := [part for part in statements if (names_bound(part) | _names_read(part)) & left_out]:
        left_out = left_out.union(*(names_bound(part) for part in lost))
        statements = [part for part in statements if part not in lost]
    imports = "".join(f"from d2l._{home} import {', '.join(names)}\n" for home, names in taken.items() if names)
    public = {name for names in (*map(names_bound, statements), *taken.values()) for name in names}
    everything = f"__all__ = {sorted(name for name in public if name[0] != '_' and name != HIDDEN)}\n"
    return imports + _code(statements) + everything


def _names_read(statement: ast.stmt) -> set[str]:
    return {part.id for part in ast.walk(statement) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _code(statements: Iterable[ast.stmt]) -> str:
    """Return statements as code without comments and docstrings."""
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, DEFINITION):
            node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
    return "".join(f"{ast.unparse(statement)}\n" for statement in statements)
