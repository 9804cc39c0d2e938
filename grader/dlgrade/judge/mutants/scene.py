"""The surroundings of a definition, and a change of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from dlgrade.judge.mutants.words import Known, names_in, with_names
from dlgrade.text import Text

LIKELY, COMMON, RARER, RARE, RAREST = range(5)  # ranks of changes


@dataclass(frozen=True)
class Scene:
    """The surroundings of a definition: its answer lines, the names known to students, and the imported modules."""

    answers: frozenset[int]
    known: Known
    modules: frozenset[str]

    def names(self, *nodes: ast.AST) -> Text:
        return with_names(names_in(nodes, self.known))


@dataclass(frozen=True)
class Change:
    """A new node, or a new block of statements, in place of an old node, with words that finish "a solution in which".

    `rank` is lower for more likely mistakes.
    """

    kind: str
    rank: int
    text: Text
    old: ast.expr | ast.stmt
    new: Any
