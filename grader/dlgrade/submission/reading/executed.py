"""The cells that a kernel has run, as one source that matches the page of the notebook.

A kernel knows each text that was run and its number, `In [7]`, but not the page. On the page, a cell that was changed
and run again has one version. So a cell that defines the same as an earlier cell is taken for its new version, in the
same place. Of the earlier cell, only its other definitions remain. A cell that gives no name a meaning, such as
`net.apply(init)`, stays where it ran first, however often it ran.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dlgrade.submission.reading import notebooks
from dlgrade.submission.reading.notebooks import Cells, CodeCell
from dlgrade.worker.statement import DEFINITION, Statement, read_statement


def defined_by(executed: Sequence[bytes]) -> tuple[str, Cells]:
    """The source of the cells, and the line after which each cell begins. Without a definition both are empty."""
    cells = page([cell.decode() for cell in executed])
    return notebooks.assembled(cells) if any(cell.defines for cell in cells) else ("", ())


def page(executed: Sequence[str]) -> list[CodeCell]:
    """The cells in the order of the page, as far as it is known, without definitions that later cells replace."""
    places: list[list[_Part]] = []
    nameless: dict[str, list[_Part]] = {}
    for number, source in enumerate(executed):
        part = _Part(notebooks.parse_cell(number, source))
        if part.names:
            _put(part, places)
        elif source in nameless:
            nameless[source][:] = [part]
        elif not part.cell.is_empty:
            places.append([part])
            nameless[source] = places[-1]
    return [part.cell for part in _in_order([part for place in places for part in place])]


@dataclass(frozen=True)
class _Part:
    """A cell and the facts about its statements."""

    cell: CodeCell

    @cached_property
    def statements(self) -> list[Statement]:
        return [read_statement(node) for node in self.cell.tree.body] if self.cell.tree else []

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that the cell gives a meaning. In a broken cell, those that its text seems to define."""
        return frozenset().union(*(statement.binds for statement in self.statements)) or self.defined

    @cached_property
    def defined(self) -> frozenset[str]:
        """Functions and classes at the top level. In a broken cell, those that its text seems to define."""
        if self.cell.tree is None:
            return frozenset(self.cell.defined)
        return frozenset(node.name for node in self.cell.tree.body if isinstance(node, DEFINITION))

    @cached_property
    def needed(self) -> frozenset[str]:
        """The names that the cell looks up while it runs, not when its functions are called."""
        return frozenset().union(*(statement.reads_now for statement in self.statements))

    def is_version_of(self, other: _Part) -> bool:
        """Return whether both cells define the same function or class, or without any, give the same name a meaning.

        A cell that needs another name of the other cell comes after it, and is no version of it.
        """
        if self.defined or other.defined:
            return bool(self.defined & other.defined)
        return bool(self.names & other.names) and not (self.needed - self.names) & other.names

    def without(self, place: _Part | None, defined: frozenset[str]) -> _Part | None:
        """The cell without the names that newer cells replace. None if no name is left.

        Args:
            place: The newer version of this cell, if there is one. It replaces all of its names.
            defined: Functions and classes of a newer cell anywhere.
        """
        gone = defined | (place.names if place else frozenset())
        if not gone & self.names:
            return self
        if self.cell.tree is None or self.names <= gone:
            return None
        kept = [statement.node for statement in self.statements if not _is_gone(statement, gone)]
        numbers = {number for node in kept for number in range(_first_line(node), (node.end_lineno or node.lineno) + 1)}
        lines = [line if number in numbers else "" for number, line in enumerate(self.cell.lines, 1)]
        return _Part(CodeCell(self.cell.number, lines, ast.Module(kept, [])))


def _put(new: _Part, places: list[list[_Part]]) -> None:
    """Put a cell into the place of the first cell that it is a version of, or at the end."""
    place = next((place for place in places if any(new.is_version_of(old) for old in place)), None)
    for other in places:
        beside = new if other is place else None
        other[:] = [left for old in other if (left := old.without(beside, new.defined)) is not None]
    if place is None:
        places.append([new])
    else:
        place.append(new)


def _in_order(parts: list[_Part]) -> list[_Part]:
    """The cells in an order in which they can run: a cell that uses a name comes after the cell that defines it."""
    done: list[_Part] = []
    known: set[str] = set()
    while parts:
        ready = [
            part
            for part in parts
            if not any((part.needed - part.names - known) & other.names for other in parts if other is not part)
        ]
        first = (ready or parts)[0]  # no cell is ready if two need each other
        parts = [part for part in parts if part is not first]
        done.append(first)
        known |= first.names
    return done


def _is_gone(statement: Statement, gone: frozenset[str]) -> bool:
    """Return whether newer cells replace all names of a statement, or without any, a name that it looks up."""
    return statement.binds <= gone if statement.binds else bool(statement.reads_now & gone)


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in decorators)])
