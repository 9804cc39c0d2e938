"""The cells that a kernel has run, as one source that matches the page of the notebook.

A kernel knows each text that was run and its number, `In [7]`, but not the page. On the page, a cell that was changed
and run again has one version. So a cell that defines the same as an earlier cell is taken for its new version, in the
same place. Of the earlier cell, only its other definitions remain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlgrade.submission.reading import notebooks
from dlgrade.submission.reading.notebooks import DEFINITION, Cells, CodeCell


def defined_by(executed: Sequence[bytes]) -> tuple[str, Cells]:
    """The source that the cells' definitions make, and the line after which each cell begins."""
    return notebooks.assembled(page([cell.decode() for cell in executed]))


def page(executed: Sequence[str]) -> list[CodeCell]:
    """The cells in the order of the page, as far as it is known, without definitions that later cells replace."""
    places: list[list[_Part]] = []
    for number, source in enumerate(executed):
        cell = notebooks.parse_cell(number, source)
        part = _Part(cell, frozenset(_names(cell)), frozenset(_defined(cell)))
        if part.names:
            _put(part, places)
    return [part.cell for part in _in_order([part for place in places for part in place])]


@dataclass(frozen=True)
class _Part:
    """A cell and its names.

    Args:
        cell: The cell.
        names: All names that it gives a meaning.
        defined: Names of its functions and classes.
        needed: Names that it looks up while it runs, not when its functions are called.
    """

    cell: CodeCell
    names: frozenset[str]
    defined: frozenset[str]
    needed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        statements = self.cell.tree.body if self.cell.tree else []
        object.__setattr__(
            self,
            "needed",
            frozenset(
                name for statement in statements for name in notebooks.names_loaded(statement, into_functions=False)
            ),
        )

    def is_version_of(self, other: _Part) -> bool:
        """Return whether both cells define the same function or class, or without any, give the same name a meaning."""
        if self.defined or other.defined:
            return bool(self.defined & other.defined)
        return bool(self.names & other.names)

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
        kept = [
            statement for statement in self.cell.tree.body if not (names := _names_in(statement)) or not names <= gone
        ]
        numbers = {
            number
            for statement in kept
            for number in range(_first_line(statement), (statement.end_lineno or statement.lineno) + 1)
        }
        lines = [line if number in numbers else "" for number, line in enumerate(self.cell.lines, 1)]
        left = CodeCell(self.cell.number, lines, ast.Module(kept, []))
        return _Part(left, frozenset(_names(left)), frozenset(_defined(left)))


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


def _names(cell: CodeCell) -> Iterator[str]:
    if cell.tree is None:
        yield from cell.defined
        return
    for statement in cell.tree.body:
        yield from _names_in(statement)


def _defined(cell: CodeCell) -> Iterator[str]:
    """Functions and classes at the top level. In a broken cell, those that its text seems to define."""
    if cell.tree is None:
        yield from cell.defined
        return
    for statement in cell.tree.body:
        if isinstance(statement, DEFINITION):
            yield statement.name


def _names_in(statement: ast.stmt) -> set[str]:
    """The names that a statement and its blocks give a meaning."""
    return {name for part in notebooks.unfolded(statement) for name in notebooks.names_bound(part)}


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in decorators)])
