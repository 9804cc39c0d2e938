"""The statements at the top level of a module: the names that they bind and read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dlgrade.errors import CourseError
from dlgrade.text import same

IMPORT = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class TopStatement:
    """A statement at the top level.

    Args:
        node: Its syntax tree.
        first: The number of its first line, decorators and the comments above it included.
        last: The number of its last line.
    """

    node: ast.stmt
    first: int
    last: int

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that it binds in the module."""
        node = self.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return frozenset([node.name])
        if isinstance(node, IMPORT):
            return frozenset(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        stored = (child for child in ast.walk(node) if isinstance(child, ast.Name))
        return frozenset(child.id for child in stored if isinstance(child.ctx, ast.Store))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names that it or code inside it reads, local names included."""
        names = (child for child in ast.walk(self.node) if isinstance(child, ast.Name))
        return frozenset(name.id for name in names if isinstance(name.ctx, ast.Load))

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, IMPORT)


def statements(source: str) -> list[TopStatement]:
    """The statements of a module in order, without its docstring.

    Raises:
        SyntaxError: the source does not parse.
    """
    lines = source.splitlines()
    found: list[TopStatement] = []
    before = 0
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        last = node.end_lineno or node.lineno
        while first - 1 > before and lines[first - 2].startswith("#"):
            first -= 1
        before = last
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            found.append(TopStatement(node, first, last))
    return found


def parsed(source: str, path: Path) -> list[TopStatement]:
    """The statements of a file of the course.

    Raises:
        CourseError: it does not parse. The message names the line.
    """
    try:
        return statements(source)
    except SyntaxError as error:
        raise CourseError(same(f"{path}:{error.lineno}: syntax error: {error.msg}")) from None


def bound(module: Iterable[TopStatement]) -> dict[str, TopStatement]:
    """The statement that binds each name; of several, the last."""
    return {name: statement for statement in module for name in statement.binds}


def reached(
    module: list[TopStatement], names: Iterable[str], besides: frozenset[str] = frozenset()
) -> Iterator[TopStatement]:
    """The statements, in order, that bind these names or names which such a statement reads, and so on.

    Names in `besides` are bound elsewhere, and not followed.
    """
    binders: dict[str, list[TopStatement]] = {}
    for statement in module:
        for name in statement.binds - besides:
            binders.setdefault(name, []).append(statement)
    waiting, needed = [*names], set[int]()
    while waiting:
        for statement in binders.pop(waiting.pop(), []):
            if id(statement) not in needed:
                needed.add(id(statement))
                waiting += statement.reads
    return (statement for statement in module if id(statement) in needed)
