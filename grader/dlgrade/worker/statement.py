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

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOOP = (ast.For, ast.AsyncFor, ast.While)
BLOCK_PART = (ast.stmt, ast.ExceptHandler, ast.match_case)
CONTAINER = (ast.List, ast.Tuple, ast.Set)

MAX_RECURSION = 20_000

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


@dataclass
class Statement:
    """The facts about one statement.

    Args:
        node: The statement.
        binds: The names that it gives a meaning, or deletes.
        reads_now: The names that it looks up while it runs.
        reads: Those, and the names that its functions look up when they are called.
        imports: The modules that it or its functions import.
        stores: The names into whose objects it stores an attribute or an item.
        changes: The names whose objects it changes by a call that is known to change them.
        asked: The names of which it does nothing but call a method.
        seeds: The names of libraries that it gives a seed.
        calls: The functions that it does nothing but call, and its decorators.
        sets_up: Those of `calls` that get constants only, and its decorators.
        trains: Whether it trains while it runs.
        binds_later: The names that its functions bind when they are called.
    """

    node: ast.stmt
    binds: set[str] = field(default_factory=set)
    reads_now: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    seeds: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    sets_up: set[str] = field(default_factory=set)
    trains: bool = False
    binds_later: set[str] = field(default_factory=set)

    @cached_property
    def later(self) -> Later:
        """The facts about the bodies of its functions. Few functions are asked for them."""
        nodes = list(ast.walk(self.node))
        return Later(self.binds_later, (_stores(nodes) | _changes(nodes)) & self.reads, _trains(nodes))


@dataclass
class Later:
    """The facts about code that runs when a function is called."""

    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    trains: bool = False


def read_statement(node: ast.stmt, path: str = "<unknown>", flags: int = 0) -> Statement:
    """Read a statement.

    Args:
        node: The statement.
        path: The name of its file.
        flags: Flags of the compiler, such as those of `from __future__` imports.

    Raises:
        SyntaxError: the statement is not valid where it is, for example a `return` outside a function.
    """
    facts = Statement(node)
    module = ast.Module([node], [])
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with deep_recursion():
        code = compile(module, path, "exec", flags, dont_inherit=True)
    _read_names(code, facts)
    now = list(run_now(node))
    facts.trains = _trains(now)
    facts.stores = _stores(now)
    facts.changes = _changes(now)
    facts.seeds = _seeds(now)
    for call in _only_calls(node):
        _note_call(call, facts)
    if isinstance(node, DEFINITION):
        _note_decorators(node, facts)
    return facts


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow deep recursion in the block: a long chain of calls is a deep tree, which Python itself can compile."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(MAX_RECURSION)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _read_names(module: types.CodeType, facts: Statement) -> None:
    """Take the names from the code, and from the code of functions and classes inside."""
    waiting = [(module, True)]
    while waiting:
        code, now = waiting.pop()
        of_class: set[str] = set()  # names that a class body has bound so far
        for operation, name in _operations(code):
            if operation in BINDS:
                (facts.binds if code is module else of_class).add(name)
            elif operation in BINDS_GLOBAL:
                (facts.binds if now else facts.binds_later).add(name)
            elif operation == IMPORTS:
                facts.imports.add(name)
            elif name not in of_class:
                facts.reads.add(name)
                if now:
                    facts.reads_now.add(name)
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                called = bool(inner.co_flags & NEW_LOCALS) and inner.co_name not in AT_ONCE
                waiting.append((inner, now and not called))


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


def aliases(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Pairs (name, root): the statement lets `name` be the object of `root`, or a part of it."""
    for part in run_now(node):
        if isinstance(part, ast.Assign):
            yield from _pairs(part.targets, roots(part.value) if not isinstance(part.value, ast.Call) else set())
        elif isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _pairs([part.target], roots(part.iter, through_calls=True))


def _pairs(targets: list[ast.expr], objects: set[str]) -> Iterator[tuple[str, str]]:
    for target in targets if objects else []:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield from ((part.id, root) for root in objects)


# Calls.


def _only_calls(node: ast.stmt) -> Iterator[ast.Call]:
    """The calls that are statements of their own, outside loops: `setup()` and `net.to(device)`."""
    waiting: list[ast.AST] = [node]
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield statement.value
        elif not isinstance(statement, (*LOOP, *DEFINITION)):
            waiting += (part for part in ast.iter_child_nodes(statement) if isinstance(part, BLOCK_PART))


def _note_call(call: ast.Call, facts: Statement) -> None:
    """Note a call whose result is not used: it is there for a change, of its object or in the called function."""
    if isinstance(call.func, ast.Attribute):
        facts.asked |= roots(call.func.value)
    elif isinstance(call.func, ast.Name):
        facts.calls.add(call.func.id)
        if all(isinstance(part, ast.Constant) for part in (*call.args, *(word.value for word in call.keywords))):
            facts.sets_up.add(call.func.id)


def _note_decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, facts: Statement) -> None:
    """Note the objects that get the definition, and may keep it: `REGISTRY`, `Net` in `@add_to_class(Net)`."""
    for decorator in node.decorator_list:
        names = {part.id for part in ast.walk(decorator) if isinstance(part, ast.Name)}
        facts.changes |= names
        facts.calls |= names
        facts.sets_up |= names
