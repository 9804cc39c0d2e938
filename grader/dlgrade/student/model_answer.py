"""The code that `dlgrade solution` shows: one definition, and everything that it needs to run.

Only text is read here; neither the reference nor a submission runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dlgrade.course import starter_code
from dlgrade.submission import NEWLINE


def definition(source: str, name: str) -> str:
    """Return the source of a function or class at the top level, with its decorators, without its docstring.

    The last definition counts: a notebook may still hold earlier attempts. Without any, the text is empty.
    """
    for statement in reversed(ast.parse(source).body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name == name:
            documented = statement.body[0] if ast.get_docstring(statement) and len(statement.body) > 1 else None
            return _source(source, statement, without=documented)
    return ""


def model_answer(reference: str, name: str) -> str:
    """Return a definition of the reference, after everything it uses that the starter code does not have.

    The result runs below the starter code. It includes the helpers, classes, constants and imports of the answer that
    the definition uses, directly or through a helper. The starter code has the other exercises, so their answers stay
    hidden.
    """
    code = "\n".join(
        line for line in reference.splitlines() if line.strip() not in (starter_code.BEGIN, starter_code.END)
    )
    statements = ast.parse(code).body
    given = _names_bound(ast.parse(starter_code.starter_code(reference)).body) - {name}
    needed = _needed(statements, name, given)
    parts = [
        _source(code, statement) for statement in statements if statement in needed and not _defines(statement, name)
    ]
    return "\n\n\n".join([*parts, definition(code, name)])


def _needed(statements: list[ast.stmt], name: str, given: set[str]) -> set[ast.stmt]:
    """Return the statements that a name depends on, except those that bind only given names."""
    by_name: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        for bound in _names_bound([statement]):
            by_name.setdefault(bound, []).append(statement)
    needed: set[ast.stmt] = set()
    open_names = [name]
    while open_names:
        for statement in by_name.pop(open_names.pop(), []):
            if statement not in needed:
                needed.add(statement)
                open_names += _names_used(statement) - given
    return needed


def _defines(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name == name


def _names_bound(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the names that these statements of the top level bind."""
    names: set[str] = set()
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        else:
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and not _loads(node)}
    return names


def _names_used(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _loads(node)}


def _loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _source(source: str, statement: ast.stmt, without: ast.stmt | None = None) -> str:
    """Return the lines of a statement, with its decorators, except the lines of another."""
    decorators = statement.decorator_list if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else []
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    hidden = range(without.lineno, (without.end_lineno or 0) + 1) if without else range(0)
    lines = NEWLINE.split(source)
    numbers = range(first, (statement.end_lineno or first) + 1)
    return "\n".join(lines[number - 1] for number in numbers if number not in hidden)
