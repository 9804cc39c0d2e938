"""Choose the statements of a submission that its exercises depend on. The others never run.

The same rule holds for Python files and notebooks. A statement runs if it

- binds a name that the exercises read, directly or through other statements, or
- changes the object of such a name in place: by a store into an attribute or item, by a method, by a function whose
  name ends in an underscore, by a decorator that gets the object, or by a call of the file's own function that changes
  it.

Statements keep their order, and bring the names that they read themselves. A statement with blocks runs whole or not at
all. Some statements never run:

- `if __name__ == "__main__":`;
- a loop or a change that trains, which an attribute `backward`, `step`, `fit` or `grad` tells;
- a call that only gets a needed object as its argument, such as `plt.plot(W)` or `train(net)`. It is not taken to
  change the object.
"""

from __future__ import annotations
import __future__

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from dlgrade.worker.forbidden.program import MODULE, is_main_guard
from dlgrade.worker.statement import DEFINITION, Later, Statement, aliases, name_of, read_statement, run_now

ANY_NAME = {"eval", "exec", "globals"}  # whoever calls them may read every name of the file
ALWAYS_READ = {"__getattr__"}  # Python itself calls a module's own function of this name
DEPTH = "setrecursionlimit"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORT = (ast.Import, ast.ImportFrom)
PLAIN = (*DEFINITION, *IMPORT, ast.Assign, ast.AnnAssign)


@dataclass(frozen=True)
class Slice:
    """A part of a file: the tree of the statements that run, and the line of the last other statement for each name."""

    tree: ast.Module
    skipped: dict[str, int]
    names: frozenset[str]  # all that the file's statements bind, except libraries


def needed(tree: ast.Module, roots: Iterable[str], path: str) -> Slice:
    """Return the part of a file that gives these names a meaning.

    Args:
        tree: The file's tree.
        roots: The names that somebody else reads.
        path: The file's path, for messages.

    Raises:
        SyntaxError: Python does not compile the file.
    """
    return _Slicer(tree, path).slice({*roots} | ALWAYS_READ)


class _Slicer:
    """The statements of a file, and the names for which each matters."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        flags = _future_flags(tree)
        self.statements = [read_statement(node, path, flags) for node in tree.body]
        for statement in self.statements:
            if statement.imports & {MODULE, Path(path).stem}:  # the file imports itself
                statement.reads |= ANY_NAME
        self.libraries = {name for statement in self.statements for name in _libraries(statement.node)}
        self.values: set[str] = set()  # names that are bound to an object, not to a definition or library
        self.functions: dict[str, list[Statement]] = {}
        self.same: dict[str, set[str]] = {}
        for statement in self.statements:
            if isinstance(statement.node, FUNCTION):
                self.functions.setdefault(statement.node.name, []).append(statement)
            elif not isinstance(statement.node, (ast.ClassDef, *IMPORT)):
                self.values |= statement.binds - self.libraries
            for name, root in aliases(statement.node):
                self.same.setdefault(name, set()).add(root)
        self.effects = [self._effects(statement) for statement in self.statements]

    def slice(self, roots: set[str]) -> Slice:
        """Follow the names that are read, from the roots, until no statement is new."""
        acting: dict[str, list[int]] = {}
        for place, names in enumerate(self.effects):
            for name in names:
                acting.setdefault(name, []).append(place)
        kept = {place for place, statement in enumerate(self.statements) if _always_runs(statement.node)}
        read = roots.union(*(self.statements[place].reads for place in kept))
        waiting = list(read)
        while waiting:
            name = waiting.pop()
            for place in acting.get(name, []) if name not in ANY_NAME else range(len(self.statements)):
                if place not in kept and self.effects[place]:
                    kept.add(place)
                    waiting += self.statements[place].reads - read
                    read |= self.statements[place].reads
        return self._result(kept)

    def _result(self, kept: set[int]) -> Slice:
        places = sorted(kept, key=lambda place: (not _is_future(self.statements[place].node), place))
        skipped = {
            name: statement.node.lineno
            for place, statement in enumerate(self.statements)
            if place not in kept
            for name in statement.binds
        }
        names = frozenset(name for statement in self.statements for name in statement.binds) - self.libraries
        return Slice(ast.Module([self.statements[place].node for place in places], []), skipped, names)

    def _effects(self, statement: Statement) -> set[str]:
        """The names that the statement gives a meaning or another object, for all code that runs after it."""
        if is_main_guard(statement.node) or (statement.trains and not isinstance(statement.node, PLAIN)):
            return set()
        called = self._later(statement.calls)
        bound = statement.binds if called.trains else statement.binds | called.binds
        if statement.trains:
            return bound
        changed = (statement.changes - self.libraries) | (statement.asked & self.values) | self._set_up(statement)
        return bound | statement.seeds | self._all_names_of(changed | statement.stores)

    def _set_up(self, statement: Statement) -> set[str]:
        later = self._later(statement.sets_up)
        return set() if later.trains else later.changes - self.libraries

    def _all_names_of(self, names: set[str]) -> set[str]:
        """The names, and those whose objects they are, or are parts of."""
        found = set(names)
        waiting = list(names)
        while waiting:
            new = self.same.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _later(self, names: set[str]) -> Later:
        """The facts about functions of the file, and the functions that they call."""
        found = Later()
        seen = names & self.functions.keys()
        waiting = list(seen)
        while waiting:
            for function in self.functions[waiting.pop()]:
                found.binds |= function.later.binds
                found.changes |= function.later.changes
                found.trains |= function.later.trains
                new = (function.reads & self.functions.keys()) - seen
                seen |= new
                waiting += new
        return found


def _future_flags(tree: ast.Module) -> int:
    names = {alias.name for node in tree.body if _is_future(node) for alias in node.names}
    return sum(getattr(__future__, name).compiler_flag for name in names if name in __future__.all_feature_names)


def _is_future(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _always_runs(node: ast.stmt) -> bool:
    """Return whether all code depends on a statement: an import for the compiler, of all names, or a depth limit."""
    if isinstance(node, ast.ImportFrom):
        return _is_future(node) or node.names[0].name == "*"
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == DEPTH


def _libraries(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to a library, or to a namespace, whose functions change other objects."""
    for part in run_now(node):
        if isinstance(part, IMPORT):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.Assign) and _is_namespace(part.value):
            yield from (target.id for target in part.targets if isinstance(target, ast.Name))


def _is_namespace(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and name_of(value.func) == "SimpleNamespace"
