"""Read one statement at the top level of a file: the names it binds and reads, and the objects it changes.

Python's own compiler resolves the names, so parameters and local variables are told from names of the file. Changes
come from the syntax tree. No function here recurses over a tree, so every statement that Python can compile can be
read.
"""

from __future__ import annotations

import ast
import dis
import sys
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOOP = (ast.For, ast.AsyncFor, ast.While)
BLOCK_PART = (ast.stmt, ast.ExceptHandler, ast.match_case)
CONTAINER = (ast.List, ast.Tuple, ast.Set)

MAX_RECURSION = 20_000
NONE: frozenset[str] = frozenset()

BINDS = {dis.opmap["STORE_NAME"], dis.opmap["DELETE_NAME"]}
BINDS_GLOBAL = {dis.opmap["STORE_GLOBAL"], dis.opmap["DELETE_GLOBAL"]}
IMPORTS = dis.opmap["IMPORT_NAME"]
LOAD_GLOBAL = dis.opmap["LOAD_GLOBAL"]
HAS_FLAG = sys.version_info >= (3, 11)  # the lowest bit of LOAD_GLOBAL's argument is not part of the name's number
READS = {dis.opmap[name] for name in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS") if name in dis.opmap}
ON_NAMES = BINDS | BINDS_GLOBAL | READS | {IMPORTS}
AT_ONCE = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}  # code of functions that Python calls at once
NEW_LOCALS = 0x2  # a flag of a function's code, which a class body lacks

# Methods and functions with an underscore at the end change their object in torch. These change it as well.
IN_PLACE = {
    "append", "appendleft", "apply", "clear", "discard", "extend", "insert", "load_state_dict", "pop", "popitem",
    "remove", "reset_parameters", "reverse", "setdefault", "sort", "update",
}  # fmt: skip
IN_PLACE_BEGINNINGS = ("add", "register")
CHANGING_ARGUMENTS = {"delattr", "heapify", "heappush", "setattr", "shuffle"}
SEEDS = {"manual_seed", "manual_seed_all", "seed"}
TRAINING = {"backward", "fit", "grad", "step"}  # attributes that only code which trains uses


@dataclass(frozen=True)
class Statement:
    """A statement and the names in it.

    Args:
        node: The statement.
        binds: The names that it gives a meaning, or deletes.
        binds_later: The names of the file that its functions bind when they are called.
        reads_now: The names that it looks up while it runs.
        reads: Those, and the names that its functions look up when they are called.
        imports: The modules that it or its functions import.
    """

    node: ast.stmt
    binds: frozenset[str] = NONE
    binds_later: frozenset[str] = NONE
    reads_now: frozenset[str] = NONE
    reads: frozenset[str] = NONE
    imports: frozenset[str] = NONE

    @cached_property
    def later(self) -> Later:
        """The facts about the bodies of its functions. Few functions are asked for them."""
        nodes = list(ast.walk(self.node))
        changed = with_aliases(_stores(nodes) | _changes(nodes), pairs_of(aliases(nodes)))
        return Later({*self.binds_later}, changed & self.reads, changed, _trains(nodes))


@dataclass
class Later:
    """The facts about code that runs when a function is called.

    `changes` are names of the file, `changes_any` also local names. Both are those whose objects are changed in place.
    """

    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    changes_any: set[str] = field(default_factory=set)
    trains: bool = False


@dataclass(frozen=True)
class Changes:
    """The changes that a statement makes in place while it runs.

    Args:
        stores: The names into whose objects it stores an attribute or an item.
        changes: The names whose objects it changes by a call that is known to change them.
        asked: The names of which it does nothing but call a method, outside loops: `net.to(device)`.
        seeds: The names of libraries that it gives a seed.
        calls: The calls of plain names that it is made of, outside loops: `setup()`.
        decorators: The functions that decorate it by their plain names.
        trains: Whether it trains.
    """

    stores: set[str]
    changes: set[str]
    asked: set[str]
    seeds: set[str]
    calls: list[ast.Call]
    decorators: set[str]
    trains: bool


def read_statement(node: ast.stmt, path: str = "<unknown>", flags: int = 0) -> Statement:
    """Read the names of a statement.

    Args:
        node: The statement.
        path: The name of its file.
        flags: Flags of the compiler, such as those of `from __future__` imports.

    Raises:
        SyntaxError: the statement is not valid where it is, for example a `return` outside a function.
    """
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return Statement(node)
    with deep_recursion():
        module = compile(
            ast.Module([node], []), path, "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
    targets = set(_targets(node))
    binds, binds_later, reads_now, reads, imports = (set[str]() for _ in range(5))
    waiting = [(module, True)]
    while waiting:
        code, now = waiting.pop()
        own: set[str] = set()  # names that a class body, or this very statement, has bound before it reads them
        for operation, name in _operations(code):
            if operation in BINDS:
                own |= {name} if code is not module else {name} & targets
                binds |= {name} if code is module else NONE
            elif operation in BINDS_GLOBAL:
                (binds if now else binds_later).add(name)
            elif operation == IMPORTS:
                imports.add(name)
            elif name not in own:
                reads.add(name)
                if now:
                    reads_now.add(name)
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                called = bool(inner.co_flags & NEW_LOCALS) and inner.co_name not in AT_ONCE
                waiting.append((inner, now and not called))
    return Statement(node, *map(frozenset, (binds, binds_later, reads_now, reads, imports)))


def _targets(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds before the block that reads them: `i` in `for i in range(3): L.append(i)`."""
    if not isinstance(node, (*DEFINITION, ast.Assign)):
        for part in run_now(node):
            if isinstance(part, (ast.For, ast.AsyncFor)):
                yield from _stored(part.target)
            elif isinstance(part, ast.withitem) and part.optional_vars is not None:
                yield from _stored(part.optional_vars)
            elif isinstance(part, ast.ExceptHandler) and part.name:
                yield part.name


def _stored(target: ast.expr) -> Iterator[str]:
    return (part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))


def read_changes(node: ast.stmt) -> Changes:
    """Read the changes that a statement makes in place."""
    now = list(run_now(node))
    alone = list(_calls_alone(node))
    decorators, handed = _decorators(node)
    return Changes(
        stores=_stores(now),
        changes=_changes(now) | handed,
        asked={root for call in alone if isinstance(call.func, ast.Attribute) for root in roots(call.func.value)},
        seeds=_seeds(now),
        calls=[call for call in alone if isinstance(call.func, ast.Name)],
        decorators=decorators,
        trains=_trains(now),
    )


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow deep recursion in the block: a long chain of calls is a deep tree, which Python itself can compile."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(MAX_RECURSION)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _operations(code: types.CodeType) -> Iterator[tuple[int, str]]:
    """The operations on names, each with its name. `dis.get_instructions` says the same in five times the time."""
    before = 0  # higher bits of an argument
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = before << 8 | low
        before = argument if operation == dis.EXTENDED_ARG else 0
        if operation in ON_NAMES:
            yield operation, code.co_names[argument >> 1 if operation == LOAD_GLOBAL and HAS_FLAG else argument]


def run_now(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated when this node runs: all but the bodies of functions."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, FUNCTION):
            defaults = [default for default in (*part.args.defaults, *part.args.kw_defaults) if default is not None]
            waiting += [*defaults, *([] if isinstance(part, ast.Lambda) else part.decorator_list)]
        else:
            waiting += ast.iter_child_nodes(part)


def _trains(nodes: Iterable[ast.AST]) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in TRAINING for node in nodes)


# Changes in place.


def _decorators(node: ast.stmt) -> tuple[set[str], set[str]]:
    """The decorators with plain names, and the names whose objects get the definition and may keep it.

    `@register` is of the first kind; `Net` is of the second in `@add_to_class(Net)` and in `@Net.method`.
    """
    functions: set[str] = set()
    handed: set[str] = set()
    for decorator in node.decorator_list if isinstance(node, DEFINITION) else []:
        names = [part for part in ast.walk(decorator) if isinstance(part, ast.Name)]
        head = decorator.func if isinstance(decorator, ast.Call) else decorator
        functions |= {head.id} if isinstance(head, ast.Name) else set()
        handed |= {name.id for name in names if name is not head}
    return functions, handed


def _stores(nodes: Iterable[ast.AST]) -> set[str]:
    """The names into whose objects these nodes store, or from which they delete."""
    return {
        root
        for node in nodes
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load)
        for root in roots(node.value)
    }


def _changes(nodes: Iterable[ast.AST]) -> set[str]:
    return {root for node in nodes if isinstance(node, ast.Call) for root in _changed_by_call(node)}


def _seeds(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        root
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SEEDS
        for root in roots(node.func.value)
    }


def _changed_by_call(call: ast.Call) -> set[str]:
    """The names whose objects a call changes, as its function's name and its argument `out` tell."""
    name = name_of(call.func)
    underscore = name.endswith("_") and not name.startswith("_")
    changed = {root for word in call.keywords if word.arg == "out" for root in roots(word.value)}
    if isinstance(call.func, ast.Attribute) and (
        underscore or name in IN_PLACE or name.startswith(IN_PLACE_BEGINNINGS)
    ):
        changed |= roots(call.func.value)
    if underscore or name in CHANGING_ARGUMENTS:
        changed |= {root for argument in call.args for root in roots(argument)}
    return changed


def name_of(function: ast.expr) -> str:
    """The last part of a function's name, or nothing."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def roots(node: ast.expr, *, through_calls: bool = False) -> set[str]:
    """The names of the objects that an expression is a part of: `net` for `net.layers[0].weight`.

    A method is taken for a way to a part: the root of `net.parameters()` is `net`. Any other call makes a new object;
    with `through_calls` it gives parts of its arguments, as in `zip(params, states)`.
    """
    found: set[str] = set()
    waiting: list[ast.expr] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, (ast.Attribute, ast.Subscript, ast.Starred, ast.NamedExpr)):
            waiting.append(part.value)
        elif isinstance(part, ast.Call):
            waiting += [part.func.value] if isinstance(part.func, ast.Attribute) else []
            waiting += part.args if through_calls else []
        elif isinstance(part, CONTAINER):
            waiting += part.elts
        elif isinstance(part, ast.Dict):
            waiting += part.values
        elif isinstance(part, ast.IfExp):
            waiting += [part.body, part.orelse]
    return found


def aliases(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Pairs (name, root): the nodes let `name` be the object of `root`, or a part of it."""
    for part in nodes:
        if isinstance(part, ast.Assign):
            yield from _pairs(part.targets, roots(part.value) if not isinstance(part.value, ast.Call) else set())
        elif isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _pairs([part.target], roots(part.iter, through_calls=True))


def _pairs(targets: list[ast.expr], objects: set[str]) -> Iterator[tuple[str, str]]:
    for target in targets if objects else []:
        yield from ((name, root) for name in _stored(target) for root in objects)


def pairs_of(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The roots of each name."""
    same: dict[str, set[str]] = {}
    for name, root in pairs:
        same.setdefault(name, set()).add(root)
    return same


def with_aliases(names: set[str], same: dict[str, set[str]]) -> set[str]:
    """The names, and those whose objects they are, or are parts of."""
    found = set(names)
    waiting = list(names)
    while waiting:
        new = same.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


# Calls.


def _calls_alone(node: ast.stmt) -> Iterator[ast.Call]:
    """The calls that are statements of their own, outside loops: `setup()` and `net.to(device)`.

    Nobody uses their results, so they are there for a change.
    """
    waiting: list[ast.AST] = [node]
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield statement.value
        elif not isinstance(statement, (*LOOP, *DEFINITION)):
            waiting += (part for part in ast.iter_child_nodes(statement) if isinstance(part, BLOCK_PART))


def changed_arguments(call: ast.Call, function: Statement) -> set[str]:
    """The names whose objects a call changes because the function changes its parameters in place."""
    assert isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef))
    parameters = [argument.arg for argument in (*function.node.args.posonlyargs, *function.node.args.args)]
    given = [*zip(parameters, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
    return {root for name, value in given if name in function.later.changes_any for root in roots(value)}
