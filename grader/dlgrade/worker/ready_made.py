"""Written from scratch: finding ready-made calls that an exercise forbids, in the source and at run time."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Use = tuple[str, int]


class ForbiddenCall(BaseException):
    """A call that the exercise asks to write oneself; not an Exception, so that `except Exception` does not hide it."""


def uses(tree: ast.Module, exercise: str, forbidden: list[str]) -> list[Use]:
    """(dotted name, line) of each forbidden name that the exercise's code reaches.

    The code of an exercise is its definition and, in turn, every definition of the same file that it mentions.
    """
    imports = _imports(tree)
    found: dict[Use, None] = {}
    if exercise in imports and any(_matches(imports[exercise], entry) for entry in forbidden):
        found[imports[exercise], _import_line(tree, exercise)] = None
    for node in _reachable(tree, exercise):
        for name, line in _dotted_names(node, imports):
            if any(_matches(name, entry) for entry in forbidden):
                found[name, line] = None
    return sorted(found, key=lambda use: use[1])


def _matches(name: str, entry: str) -> bool:
    return name.startswith(entry[:-1]) if entry.endswith(".*") else name == entry


def _imports(tree: ast.Module) -> dict[str, str]:
    """Local name -> dotted name, for every import of the file that no definition of its own takes the place of."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.pop(statement.name, None)
    return names


def _import_line(tree: ast.Module, name: str) -> int:
    imports = (node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)) and name in _binds(node))
    return next((node.lineno for node in imports), 1)


def _reachable(tree: ast.Module, exercise: str) -> Iterator[ast.AST]:
    bound: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _binds(statement):
            bound.setdefault(name, []).append(statement)
    waiting, seen = [exercise], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for statement in bound.get(name, []):
            yield statement
            waiting += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]


def _binds(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    # whatever else stands at the top level (assignments, if, try, with, for) binds the names that it stores or defines
    stored = [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    defined = [n.name for n in ast.walk(statement) if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return stored + defined


def _dotted_names(node: ast.AST, imports: dict[str, str]) -> Iterator[Use]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            if name := _dotted(part, imports):
                yield name, part.lineno
        elif isinstance(part, ast.Name) and part.id in imports:
            yield imports[part.id], part.lineno


def _dotted(node: ast.expr, imports: dict[str, str]) -> str | None:
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value, imports)
        return f"{head}.{node.attr}" if head else None
    return imports.get(node.id) if isinstance(node, ast.Name) else None


class Guard:
    """Stands before every forbidden callable of a chapter, from before the submission is imported.

    A call passes, unless the exercise that is being probed forbids it: then it notes itself in `called` and raises
    `ForbiddenCall`. References that the submission takes at import are references to the guard.
    """

    def __init__(self) -> None:
        self.active: frozenset[str] = frozenset()
        self.called: list[str] = []

    def watch(self, names: Iterable[str]) -> None:
        for name in names:
            owner, attribute, target = _resolve(name)
            if isinstance(target, type):  # classes stay themselves for isinstance and for subclasses
                owner, attribute, target = target, "__init__", getattr(target, "__init__")  # noqa: B009
            if callable(target):
                setattr(owner, attribute, self._guarded(name, target))

    def begin(self, forbidden: Iterable[str]) -> None:
        """From now on these are forbidden, and none has been called."""
        self.active = frozenset(forbidden)
        self.called = []

    def _guarded(self, name: str, target: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if name in self.active:
                self.called.append(name)
                raise ForbiddenCall(name)
            return target(*args, **kwargs)

        return guarded


def _resolve(name: str) -> tuple[Any, str, Any]:
    path, _, attribute = name.rpartition(".")
    try:
        owner: Any = importlib.import_module(path)
    except ImportError:
        outer, _, last = path.rpartition(".")
        owner = getattr(importlib.import_module(outer), last, None)
    return owner, attribute, getattr(owner, attribute, None)
