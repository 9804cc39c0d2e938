"""The cells that a kernel has run, as one source: what the notebook's page says, not what the kernel remembers.

A kernel knows each text that was run and its number, `In [7]`, but no page: there a cell that was changed and run again
has one version. So a cell that defines what an earlier one defined is taken for its new version, and stands where that
stood; of the earlier one remains what it alone defines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dlgrade.submission.reading import notebooks
from dlgrade.submission.reading.notebooks import DEFINITION, Cell, Cells


def defined_by(executed: Sequence[bytes]) -> tuple[str, Cells]:
    """The source that the cells' definitions make, and after which of its lines each cell begins."""
    return notebooks.assembled(page([cell.decode() for cell in executed]))


def page(executed: Sequence[str]) -> list[Cell]:
    """The cells in the order of the page, as far as it can be told, each without what a later version replaces."""
    places: list[list[_Part]] = []
    for number, source in enumerate(executed):
        cell = notebooks.parsed(number, source)
        part = _Part(cell, frozenset(_names(cell)), frozenset(_defined(cell)))
        if part.names:
            _put(part, places)
    return [part.cell for part in _in_order([part for place in places for part in place])]


@dataclass(frozen=True)
class _Part:
    """A cell, the names that it gives a meaning, and of these its functions and classes."""

    cell: Cell
    names: frozenset[str]
    defined: frozenset[str]
    needed: frozenset[str] = field(init=False)  # by running it, not by calling what it defines

    def __post_init__(self) -> None:
        statements = self.cell.tree.body if self.cell.tree else []
        object.__setattr__(
            self,
            "needed",
            frozenset(name for one in statements for name in notebooks.names_loaded(one, into_functions=False)),
        )

    def is_version_of(self, other: _Part) -> bool:
        if self.defined or other.defined:
            return bool(self.defined & other.defined)
        return bool(self.names & other.names)

    def without(self, place: _Part | None, defined: frozenset[str]) -> _Part | None:
        """What is left beside a newer version in its `place`, and newer definitions anywhere."""
        gone = defined | (place.names if place else frozenset())
        if not gone & self.names:
            return self
        if self.cell.tree is None or self.names <= gone:
            return None
        kept = [one for one in self.cell.tree.body if not (names := _bound(one)) or not names <= gone]
        stay = {number for one in kept for number in range(_first(one), (one.end_lineno or one.lineno) + 1)}
        lines = [line if number in stay else "" for number, line in enumerate(self.cell.lines, 1)]
        left = Cell(self.cell.number, lines, ast.Module(kept, []))
        return _Part(left, frozenset(_names(left)), frozenset(_defined(left)))


def _put(new: _Part, places: list[list[_Part]]) -> None:
    """Put a cell where the first cell stands of which it is a version, or at the end."""
    place = next((place for place in places if any(new.is_version_of(old) for old in place)), None)
    for other in places:
        beside = new if other is place else None
        other[:] = [left for old in other if (left := old.without(beside, new.defined)) is not None]
    if place is None:
        places.append([new])
    else:
        place.append(new)


def _in_order(parts: list[_Part]) -> list[_Part]:
    """A cell that uses a name while it runs comes after the first one that defines it; else they stay as they are."""
    done: list[_Part] = []
    known: set[str] = set()
    while parts:
        ready = [
            part
            for part in parts
            if not any((part.needed - part.names - known) & other.names for other in parts if other is not part)
        ]
        first = (ready or parts)[0]  # none is ready where two need each other
        parts = [part for part in parts if part is not first]
        done.append(first)
        known |= first.names
    return done


def _names(cell: Cell) -> Iterator[str]:
    if cell.tree is None:
        yield from cell.defined
        return
    for statement in cell.tree.body:
        yield from _bound(statement)


def _defined(cell: Cell) -> Iterator[str]:
    """Functions and classes of the top level; of a broken cell, those that it seems to be about."""
    if cell.tree is None:
        yield from cell.defined
        return
    for statement in cell.tree.body:
        if isinstance(statement, DEFINITION):
            yield statement.name


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning, in its blocks, too."""
    return {name for part in notebooks.unfolded(statement) for name in notebooks.names_bound(part)}


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in decorators)])
