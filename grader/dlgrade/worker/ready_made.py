"""Written from scratch: finding ready-made calls that an exercise forbids, in the source and at run time."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def guard(forbidden: list[str], called: list[str]) -> Iterator[None]:
    """While it lasts, a call of a forbidden name notes itself in `called` and raises `ForbiddenCall`."""
    undo: list[tuple[Any, str, Any]] = []
    try:
        for name in forbidden:
            owner, attribute, target = _resolve(name)
            if target is None:
                continue
            if isinstance(target, type):  # classes stay themselves for isinstance and for subclasses
                owner, attribute = target, "__init__"
            undo.append((owner, attribute, vars(owner).get(attribute)))
            setattr(owner, attribute, _refuse(name, called))
        yield
    finally:
        for owner, attribute, original in reversed(undo):
            if original is None:  # it was inherited
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)


def _resolve(name: str) -> tuple[Any, str, Any]:
    path, _, attribute = name.rpartition(".")
    try:
        owner: Any = importlib.import_module(path)
    except ImportError:
        outer, _, last = path.rpartition(".")
        owner = getattr(importlib.import_module(outer), last, None)
    return owner, attribute, getattr(owner, attribute, None)


def _refuse(name: str, called: list[str]) -> Any:
    def refused(*_args: object, **_kwargs: object) -> None:
        called.append(name)
        raise ForbiddenCall(name)

    return refused
