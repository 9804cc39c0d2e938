"""Edits: every small change of a definition that a mutant can have, the likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dlgrade.judge.mutants.expressions import Change, Scene, changes_of
from dlgrade.judge.mutants.statements import changes_of_block
from dlgrade.text import Text

OUTSIDE = (ast.Raise, ast.JoinedStr, ast.Assert)  # a change in there changes words, not values
UNTOUCHED = ("annotation", "returns", "decorator_list", "args", "type_params", "bases")  # fields of definitions


@dataclass(frozen=True)
class Edit:
    """A change of the syntax tree: a field of a node gets another value, while the edit is applied."""

    kind: str
    rank: int
    text: Text
    node: ast.AST
    field: str
    value: Any

    @contextmanager
    def applied(self) -> Iterator[None]:
        before = getattr(self.node, self.field)
        setattr(self.node, self.field, self.value)
        try:
            yield
        finally:
            setattr(self.node, self.field, before)


def edits_of(statement: ast.stmt, scene: Scene) -> list[Edit]:
    """Return the edits of the answer lines of a definition, ordered by their likelihood, then by their place."""
    found = [edit for node in _nodes(statement) for edit in _edits_of_fields(node, scene)]
    return sorted(found, key=lambda edit: edit.rank)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those below it whose changes can change values, in the order of the source."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED and not isinstance(node, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, OUTSIDE):
                yield from _nodes(child)


def _edits_of_fields(node: ast.AST, scene: Scene) -> Iterator[Edit]:
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED and not isinstance(node, ast.Call):
            continue
        if isinstance(value, ast.expr):
            for change in _inside(changes_of(value, node, scene), value, scene):
                yield _edit(change, node, field, change.new)
        elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            for change in changes_of_block(value, scene):
                yield _edit(change, node, field, change.new)
        elif isinstance(value, list):
            for place, child in enumerate(value):
                if isinstance(child, ast.expr):
                    for change in _inside(changes_of(child, node, scene), child, scene):
                        yield _edit(change, node, field, [*value[:place], change.new, *value[place + 1 :]])


def _inside(changes: Iterator[Change], node: ast.expr, scene: Scene) -> Iterator[Change]:
    return changes if node.lineno in scene.answers else iter(())


def _edit(change: Change, node: ast.AST, field: str, value: Any) -> Edit:
    for new in value if isinstance(value, list) else [value]:
        if isinstance(new, ast.AST):
            ast.copy_location(new, change.old) if not hasattr(new, "lineno") else None
            ast.fix_missing_locations(new)
    return Edit(change.kind, change.rank, change.text, node, field, value)
