"""The code that `dlgrade solution` shows: one definition, and everything that it needs to run.

Only text is read here; neither the reference nor a submission runs.
"""

from __future__ import annotations

import ast

from dlgrade.course.definitions import bound, reached, statements
from dlgrade.course.references import BEGIN, END
from dlgrade.course.starter_code import starter_code
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
    code = "\n".join(line for line in reference.splitlines() if line.strip() not in (BEGIN, END))
    given = frozenset(bound(statements(starter_code(reference)))) - {name}
    needed = reached(statements(code), [name], besides=given)
    parts = [_source(code, statement.node) for statement in needed if name not in statement.binds]
    return "\n\n\n".join([*parts, definition(code, name)])


def _source(source: str, statement: ast.stmt, without: ast.stmt | None = None) -> str:
    """Return the lines of a statement, with its decorators, except the lines of another."""
    decorators = statement.decorator_list if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else []
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    hidden = range(without.lineno, (without.end_lineno or 0) + 1) if without else range(0)
    lines = NEWLINE.split(source)
    numbers = range(first, (statement.end_lineno or first) + 1)
    return "\n".join(lines[number - 1] for number in numbers if number not in hidden)
