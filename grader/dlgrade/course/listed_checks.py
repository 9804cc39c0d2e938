"""The checks of a suite, read from its code without running it: for lists of exercises and starter notebooks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlgrade.course.standard_checks import promised
from dlgrade.errors import CourseError
from dlgrade.text import Text, both


@dataclass(frozen=True)
class ListedCheck:
    """A check as its suite declares it.

    Attributes:
        exercise: The name of its exercise.
        title: Its text.
        points: Its points; 0 for a bonus check.
        bonus: Whether it is a bonus check.
    """

    exercise: str
    title: Text
    points: float
    bonus: bool = False


def listed_checks(suites: Sequence[Path]) -> list[ListedCheck]:
    """The checks of some suites: of each class first those that are written out, then those of its declarations.

    Raises:
        CourseError: a suite cannot be read.
    """
    checks: list[ListedCheck] = []
    for suite in suites:
        try:
            checks += _checks(ast.parse(suite.read_text(encoding="utf-8")))
        except (OSError, SyntaxError, KeyError) as error:  # KeyError: a promise that does not exist
            raise CourseError(both(f"{suite}: {error}", f"{suite}：{error}")) from None
    return checks


def _checks(suite: ast.Module) -> Iterator[ListedCheck]:
    classes = {node.name: node for node in suite.body if isinstance(node, ast.ClassDef)}
    for group in classes.values():
        for exercise in filter(None, (_argument(mark, "exercise") for mark in group.decorator_list)):
            methods = list(_methods(group, classes).values())
            yield from (_written(str(exercise), method) for method in methods if method.name.startswith("test_"))
            for method in methods:
                for promise in promised(method):
                    yield ListedCheck(str(exercise), promise.title, promise.points, promise.bonus)


def _methods(group: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, ast.FunctionDef]:
    """The methods of a class by name, in pytest's order: first those of its base classes that it does not override."""
    own = {method.name: method for method in group.body if isinstance(method, ast.FunctionDef)}
    found: dict[str, ast.FunctionDef] = {}
    for base in reversed(group.bases):
        if isinstance(base, ast.Name) and base.id in classes:
            found |= _methods(classes[base.id], classes)
    return {name: method for name, method in found.items() if name not in own} | own


def _written(exercise: str, method: ast.FunctionDef) -> ListedCheck:
    lines = [line.strip() for line in (ast.get_docstring(method) or "").splitlines()]
    bonus = any("mark.bonus" in ast.unparse(mark) for mark in method.decorator_list)
    given = [_argument(mark, "points") for mark in method.decorator_list]
    points = next((float(number) for number in given if isinstance(number, (int, float))), 1.0)
    title = Text(lines[0], lines[1]) if len(lines) > 1 else Text("", "")
    return ListedCheck(exercise, title, 0.0 if bonus else points, bonus)


def _argument(decorator: ast.expr, marker: str) -> object:
    """The first argument of `@pytest.mark.MARKER(...)`, or None."""
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{marker}" and decorator.args:
        value = decorator.args[0]
        return value.value if isinstance(value, ast.Constant) else None
    return None
