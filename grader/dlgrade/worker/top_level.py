"""Choose the statements of a submission that its exercises depend on. The others never run.

The same rule holds for Python files and notebooks. A statement runs if it

- binds a name that the exercises read, directly or through other statements, or
- changes the object of such a name in place: by a store into an attribute or item, by a method, by a function whose
  name ends in an underscore, by a decorator that gets the object, or by a call of the file's own function that changes
  it, as `setup()` and `init(net)` may do.

Statements keep their order, and bring the names that they read themselves. A statement with blocks runs whole or not at
all. Some statements never run:

- `if __name__ == "__main__":`;
- a loop or a change that trains, which an attribute `backward`, `step`, `fit` or `grad` tells;
- a call that only gets a needed object as its argument, such as `plt.plot(W)` or `d2l.train_ch3(net, ...)`.
"""

from __future__ import annotations
import __future__

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from dlgrade.worker.forbidden.program import MODULE, is_main_guard
from dlgrade.worker.statement import (
    DEFINITION,
    Later,
    Statement,
    aliases,
    changed_arguments,
    name_of,
    pairs_of,
    read_changes,
    read_statement,
    run_now,
    with_aliases,
)  # fmt: skip

READS_ANY = frozenset({"eval", "exec", "globals"})  # code that calls them may read any name of the file
BINDS_ANY = frozenset({"exec", "globals"})  # a statement that calls them may bind any name
EVERYTHING = "*"  # in place of all these names
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
    names: frozenset[str]  # the functions and classes of the whole file


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
        self.own_names = {MODULE, Path(path).stem}
        self.libraries = {name for statement in self.statements for name in _libraries(statement.node)}
        self.values: set[str] = set()  # names that are bound to an object, not to a definition or library
        self.functions: dict[str, list[Statement]] = {}
        nodes = (part for statement in self.statements for part in run_now(statement.node))
        self.same = pairs_of(aliases(nodes))
        for statement in self.statements:
            if isinstance(statement.node, FUNCTION):
                self.functions.setdefault(statement.node.name, []).append(statement)
            elif not isinstance(statement.node, (ast.ClassDef, *IMPORT)):
                self.values |= statement.binds - self.libraries
        self.effects = [frozenset(self._effects(statement)) for statement in self.statements]

    def slice(self, roots: set[str]) -> Slice:
        """Follow the names that are read, from the roots, until no statement is new."""
        acting: dict[str, list[int]] = {}
        for place, names in enumerate(self.effects):
            for name in names:
                acting.setdefault(name, []).append(place)
        kept: set[int] = set()
        read = roots | {EVERYTHING}
        waiting = list(read)
        while waiting:
            name = waiting.pop()
            for place in acting.get(name, []) if name not in READS_ANY else range(len(self.statements)):
                if place not in kept and self.effects[place]:
                    kept.add(place)
                    new = self._reads(place) - read
                    waiting += new
                    read |= new
        return self._result(kept)

    def _reads(self, place: int) -> frozenset[str]:
        """The names that a statement reads: any name if it imports the file itself."""
        statement = self.statements[place]
        if statement.imports & self.own_names:
            return statement.reads | READS_ANY
        return statement.reads - BINDS_ANY if EVERYTHING in self.effects[place] else statement.reads

    def _result(self, kept: set[int]) -> Slice:
        places = sorted(kept, key=lambda place: (not is_future(self.statements[place].node), place))
        skipped = {
            name: statement.node.lineno
            for place, statement in enumerate(self.statements)
            if place not in kept
            for name in statement.binds
        }
        bound = frozenset(name for statement in self.statements for name in statement.binds)
        names = bound - self.libraries - self.values
        return Slice(ast.Module([self.statements[place].node for place in places], []), skipped, names)

    def _effects(self, statement: Statement) -> set[str]:
        """The names that the statement gives a meaning or another object, for all code that runs after it."""
        acts = read_changes(statement.node)
        if is_main_guard(statement.node) or (acts.trains and not isinstance(statement.node, PLAIN)):
            return set()
        changed = acts.changes - self.libraries
        changed |= acts.stores | (acts.asked & self.values) | self._changed_by_decorators(acts.decorators)
        bound = set(statement.binds)
        if _always_runs(statement):
            bound.add(EVERYTHING)
        for call in acts.calls:
            bound |= self._note_call(call, changed)
        return bound if acts.trains else bound | acts.seeds | with_aliases(changed, self.same)

    def _note_call(self, call: ast.Call, changed: set[str]) -> set[str]:
        """Add the names whose objects the call of a function of the file changes. Return the names that it binds.

        A function that changes an object of the file counts only if it gets constants: `setup()`. With other arguments
        the call may be there to try the function out.
        """
        assert isinstance(call.func, ast.Name)
        later = self._later({call.func.id})
        if later.trains:
            return set()
        if all(isinstance(part, ast.Constant) for part in (*call.args, *(word.value for word in call.keywords))):
            changed |= later.changes - self.libraries
        for function in self.functions.get(call.func.id, []):
            changed |= changed_arguments(call, function) - self.libraries
        return later.binds

    def _changed_by_decorators(self, decorators: set[str]) -> set[str]:
        later = self._later(decorators)
        return set() if later.trains else later.changes - self.libraries

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
    names = {alias.name for node in tree.body if is_future(node) for alias in node.names}
    return sum(getattr(__future__, name).compiler_flag for name in names if name in __future__.all_feature_names)


def is_future(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    """Return whether a statement is a `from __future__` import, which comes first in a notebook's source as well."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _always_runs(statement: Statement) -> bool:
    """Return whether any code may depend on a statement, because of the names that it binds or of its own kind."""
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return is_future(node) or node.names[0].name == "*"
    call = node.value if isinstance(node, ast.Expr) else None
    sets_depth = isinstance(call, ast.Call) and name_of(call.func) == DEPTH
    return sets_depth or not BINDS_ANY.isdisjoint(statement.reads_now)


def _libraries(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to a library, or to a namespace, whose functions change other objects."""
    for part in run_now(node):
        if isinstance(part, IMPORT):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.Assign) and _is_namespace(part.value):
            yield from (target.id for target in part.targets if isinstance(target, ast.Name))


def _is_namespace(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and name_of(value.func) == "SimpleNamespace"
