"""Edits: every small change of a definition that a mutant can have, the likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dlgrade.judge.mutants.expressions import changes_of
from dlgrade.judge.mutants.scene import COMMON, Change, Scene
from dlgrade.judge.mutants.statements import changes_of_block
from dlgrade.judge.mutants.words import function_name
from dlgrade.text import Text, both

OUTSIDE = (ast.Raise, ast.JoinedStr, ast.Assert)  # a change in there changes words, not values
UNTOUCHED = ("annotation", "returns", "decorator_list", "args", "type_params", "bases")  # fields of definitions
REPEATED = ("step left out", "other function")  # kinds that a student applies everywhere, or nowhere


@dataclass(frozen=True)
class Place:
    """A field of a syntax tree's node, or an item of a field that is a list."""

    node: ast.AST
    field: str
    index: int | None = None

    def replace(self, new: Any) -> Any:
        """Put something else in the place, and return the former content."""
        if self.index is None:
            old = getattr(self.node, self.field)
            setattr(self.node, self.field, new)
            return old
        items = getattr(self.node, self.field)
        old, items[self.index] = items[self.index], new
        return old


@dataclass(frozen=True)
class Edit:
    """One change, or the same change at several places."""

    changes: tuple[tuple[Place, Change], ...]
    rank: int
    text: Text

    @property
    def kind(self) -> str:
        return self.changes[0][1].kind

    @property
    def lines(self) -> list[int]:
        return [change.old.lineno for _, change in self.changes]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Change the syntax tree for a while."""
        old = [(place, place.replace(change.new)) for place, change in self.changes]
        try:
            yield
        finally:
            for place, former in reversed(old):
                place.replace(former)


def edits_of(statement: ast.stmt, scene: Scene) -> list[Edit]:
    """Return the edits of the answer lines of a definition, ordered by their likelihood, then by their place."""
    found = [pair for node in _nodes(statement) for pair in _changes(node, scene)]
    edits = [Edit((pair,), pair[1].rank, pair[1].text) for pair in found]
    return sorted([*edits, *_everywhere(found)], key=lambda edit: edit.rank)


def _everywhere(found: list[tuple[Place, Change]]) -> Iterator[Edit]:
    """Yield the changes of a function that occurs several times, at all its places at once."""
    alike: dict[tuple[str, str, str], list[tuple[Place, Change]]] = {}
    for place, change in found:
        if change.kind in REPEATED and isinstance(change.old, ast.Call):
            key = (
                change.kind,
                function_name(change.old),
                function_name(change.new) if change.kind == REPEATED[1] else "",
            )
            alike.setdefault(key, []).append((place, change))
    for several in alike.values():
        inner = {node for _, change in several for node in ast.walk(change.old) if node is not change.old}
        if len(several) > 1 and not any(change.old in inner for _, change in several):
            text = several[0][1].text
            yield Edit(tuple(several), COMMON, both(f"{text.en}, wherever it occurs", f"{text.zh}（凡出现之处都如此）"))


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those below it whose changes can change values, in the order of the source."""
    yield node
    for _, value in _fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, OUTSIDE):
                yield from _nodes(child)


def _fields(node: ast.AST) -> Iterator[tuple[str, Any]]:
    return (
        (name, value) for name, value in ast.iter_fields(node) if isinstance(node, ast.Call) or name not in UNTOUCHED
    )


def _changes(node: ast.AST, scene: Scene) -> Iterator[tuple[Place, Change]]:
    """Yield the changes of the parts of a node, each with its place."""
    for name, value in _fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            pairs = [(Place(node, name), change) for change in changes_of_block(value, scene)]
        else:
            items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            pairs = [
                (Place(node, name, index), change)
                for index, child in items
                if isinstance(child, ast.expr) and child.lineno in scene.answers
                for change in changes_of(child, node, scene)
            ]
        for place, change in pairs:
            for new in change.new if isinstance(change.new, list) else [change.new]:
                ast.fix_missing_locations(ast.copy_location(new, change.old) if not hasattr(new, "lineno") else new)
            yield place, change
