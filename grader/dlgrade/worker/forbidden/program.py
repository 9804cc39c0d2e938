"""The files of a submission as a program: their definitions, and the objects that their names mean.

Names are resolved to objects of the libraries that the worker has imported, not compared as text: `F.softmax`,
`torch.nn.functional.softmax` and `nn.modules.activation.F.softmax` are the same.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MODULE = "submission"  # the name that the main file is imported under
BOOK_MODULES = {"d2l", "d2lzh_pytorch"}  # the judge sends these; an installed module of the name is never used
UNKNOWN: Any = object()  # the target of a name in a library that is not loaded, or that makes the name on demand


@dataclass(frozen=True, eq=False)
class Library:
    """An object of a library under its full name; `via` is the module that a `from` statement took it from."""

    label: str
    target: Any = UNKNOWN
    module: bool = False
    via: str = ""


@dataclass(frozen=True)
class Own:
    """A file of the submission, with an empty `name`; or a name that the file defines."""

    source: str
    name: str = ""


Value = Library | Own


@dataclass(eq=False)
class Unit:
    """A part of a file that is reached as a whole: a function, a method, the head of a class, another statement.

    `runs` marks a unit that runs while the file is imported. `cls` is the class that a method or a head belongs to.
    """

    source: str
    nodes: list[ast.AST]
    runs: bool
    cls: ClassUnit | None = None


@dataclass(eq=False)
class ClassUnit:
    """A class of the submission: its head and its methods by name."""

    node: ast.ClassDef
    head: Unit
    methods: dict[str, list[Unit]] = field(default_factory=dict)


@dataclass
class SourceFile:
    """One file: its units in order, the units and values that bind each name, and its star imports."""

    name: str
    units: list[Unit] = field(default_factory=list)
    binders: dict[str, list[Unit]] = field(default_factory=dict)
    values: dict[str, list[ast.expr | Value | None]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    stars: list[Value] = field(default_factory=list)
    classes: dict[str, list[ClassUnit]] = field(default_factory=dict)


class Program:
    """The main file and, parsed when an import names them, the files beside it."""

    def __init__(self, main: str, trees: dict[str, ast.Module], packages: Iterable[str] = ()) -> None:
        """Take the main file apart.

        Args:
            main: the name of the main file.
            trees: the tree of each module by its dotted name.
            packages: the names of the modules that are packages.
        """
        self.main = main
        self.trees = trees
        self.packages = frozenset(packages)
        self.sources: dict[str, SourceFile] = {}
        self.waiting: list[str] = []
        self.need(main)

    def need(self, name: str) -> SourceFile:
        """Return a file of the submission, which is taken apart once."""
        if name not in self.sources:
            source = self.sources[name] = SourceFile(name)
            for statement in self.trees[name].body:
                self._add(source, statement)
        return self.sources[name]

    def _add(self, source: SourceFile, statement: ast.stmt) -> None:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = Unit(source.name, [statement], runs=bool(_odd_decorators(statement)))
            head = Unit(source.name, [*_head(statement)], runs=True)
            self._bind(source, statement.name, [head, body], None, statement.lineno)
        elif isinstance(statement, ast.ClassDef):
            self._add_class(source, statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for name, value in self.imported(statement, source.name):
                if name == "*":
                    source.stars.append(value)
                self._bind(source, name, [], value, statement.lineno)
        elif not is_main_guard(statement):
            unit = Unit(source.name, [statement], runs=True)
            source.units.append(unit)
            for name, bound in bindings([statement], self, source.name):
                self._bind(source, name, [], bound, statement.lineno)
                source.binders[name].append(unit)

    def _add_class(self, source: SourceFile, node: ast.ClassDef) -> None:
        functions = [part for part in node.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
        others = [part for part in node.body if part not in functions]
        keywords = [word.value for word in node.keywords]
        heads = [part for function in functions for part in _head(function)]
        head = Unit(source.name, [*node.bases, *keywords, *node.decorator_list, *others, *heads], runs=True)
        cls = head.cls = ClassUnit(node, head)
        for function in functions:
            cls.methods.setdefault(function.name, []).append(Unit(source.name, [function], runs=False, cls=cls))
        source.classes.setdefault(node.name, []).append(cls)
        self._bind(source, node.name, [head], None, node.lineno)

    def _bind(
        self, source: SourceFile, name: str, units: list[Unit], value: ast.expr | Value | None, line: int
    ) -> None:
        source.units += units
        source.binders.setdefault(name, []).extend(units)
        source.values.setdefault(name, []).append(value)
        source.lines.setdefault(name, line)

    # Imports.

    def imported(self, statement: ast.Import | ast.ImportFrom, source: str) -> Iterator[tuple[str, Value]]:
        """Yield the names that an import in a file binds; `*` for all names of a module."""
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    yield alias.asname, self.module(alias.name)
                else:  # `import torch.nn` binds torch
                    top = alias.name.partition(".")[0]
                    yield top, self.module(top)
            return
        package = "" if source == self.main else home(source, package=source in self.packages)
        path = absolute(statement, package)
        owner = self.module(path) if path else Own(self.main)
        for alias in statement.names:
            value = owner if alias.name == "*" else self.member(owner, alias.name, imported=True)
            yield alias.asname or alias.name, value

    def module(self, path: str) -> Value:
        """Return the module that an import statement names."""
        if path == MODULE:
            return Own(self.main)
        if path in self.trees and (path == self.main or not is_installed(path.partition(".")[0])):
            self.need(path)
            return Own(path)
        return Library(path, sys.modules.get(path, UNKNOWN), module=True)

    def member(self, value: Value, name: str, *, imported: bool = False) -> Value:
        """Return the object `value.name`."""
        if isinstance(value, Own):
            return value if value.name else self._own_member(value.source, name)
        target = static_member(value.target, name)
        label = f"{value.label}.{name}"
        if isinstance(target, types.ModuleType):
            return Library(target.__name__, target, module=True)
        if target is UNKNOWN and value.module and label in sys.modules:
            return Library(label, sys.modules[label], module=True)
        return Library(label, target, via=value.label if imported else "")

    def _own_member(self, source: str, name: str) -> Value:
        """Return a name of a file: a module of its package, a library that the file imports, or a definition."""
        bound = self.need(source).values.get(name, [])
        module = name if source == self.main else f"{source}.{name}"
        if not bound and module in self.trees:
            return self.module(module)
        if len(bound) == 1 and isinstance(bound[0], Library):
            return bound[0]
        for star in () if bound else self.need(source).stars:
            if isinstance(star, Own) and self._has(star.source, name):
                return self._own_member(star.source, name)
        return Own(source, name)

    # Names at the top level of a file.

    def top_level(self, source: SourceFile, name: str) -> list[Value]:
        """Return the objects that a name may mean at the top level of a file, as far as they are known."""
        if name in source.values:
            values: list[Value] = []
            for bound in source.values[name]:
                values += [bound] if isinstance(bound, (Library, Own)) else self.evaluate(source, bound, name)
            return values
        for star in source.stars:
            if isinstance(star, Own):
                if self._has(star.source, name):
                    return [self._own_member(star.source, name)]
            elif static_member(star.target, name) is not UNKNOWN:
                return [self.member(star, name, imported=True)]
        if hasattr(builtins, name):
            return [Library(f"builtins.{name}", getattr(builtins, name))]
        return []

    def _has(self, source: str, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Return whether a file of the submission has a name, perhaps by star imports."""
        file = self.need(source)
        stars = {star.source for star in file.stars if isinstance(star, Own)} - seen
        return name in file.values or any(self._has(star, name, seen | stars) for star in stars)

    def evaluate(self, source: SourceFile, bound: ast.expr | None, name: str) -> list[Value]:
        """Return the objects that an assignment such as `F = torch.nn.functional` binds."""
        if isinstance(bound, ast.Attribute):
            return [self.member(value, bound.attr) for value in self.evaluate(source, bound.value, name)]
        if isinstance(bound, ast.Name) and bound.id != name:
            return self.top_level(source, bound.id)
        return []


def static_member(owner: Any, name: str) -> Any:
    """Return `owner.name` of a module or class, without running any code of the submission."""
    if isinstance(owner, types.ModuleType):
        return vars(owner).get(name, UNKNOWN)
    if isinstance(owner, type):
        for kind in owner.__mro__:
            if name in vars(kind):
                member = vars(kind)[name]
                return member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
    return UNKNOWN


def is_installed(name: str) -> bool:
    """Return whether a library has this name. A library comes before a file of the submission."""
    if name in BOOK_MODULES:
        return False
    return (
        name in sys.modules or name in sys.stdlib_module_names or bool(importlib.machinery.PathFinder.find_spec(name))
    )


def home(module: str, *, package: bool) -> str:
    """Return the package that relative imports of a module start from."""
    return module if package else module.rpartition(".")[0]


def absolute(statement: ast.ImportFrom, package: str) -> str:
    """Return the full name of the module that a `from` statement names, in a file of a package."""
    base = ".".join(package.split(".")[: len(package.split(".")) - statement.level + 1]) if statement.level else ""
    return ".".join(filter(None, [base, statement.module]))


def is_main_guard(statement: ast.stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__":`, which never runs in a worker."""
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Compare)
        and isinstance(statement.test.left, ast.Name)
        and statement.test.left.id == "__name__"
        and isinstance(statement.test.ops[0], ast.Eq)
        and not statement.orelse
    )


def _head(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """Return the parts of a definition that run at once: decorators and default arguments."""
    defaults = [default for default in (*function.args.defaults, *function.args.kw_defaults) if default is not None]
    return [*function.decorator_list, *defaults]


def _odd_decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """Return the decorators that may call the function at once: all but those of known libraries."""
    harmless = {"torch", "functools", "staticmethod", "classmethod", "property", "contextlib"}
    return [decorator for decorator in function.decorator_list if _root(decorator) not in harmless]


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else None


def children(node: ast.AST) -> list[ast.AST]:
    """Return the direct children of a node, as `ast.iter_child_nodes` does in twice the time."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all nodes below it, in the order of `ast.walk`."""
    nodes = [node]
    for each in nodes:  # the list grows meanwhile
        nodes += children(each)
    return nodes


def bindings(body: Iterable[ast.AST], program: Program, source: str) -> Iterator[tuple[str, ast.expr | Value | None]]:
    """Yield the names that statements of a file bind in their own scope, each with its value where it is known."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, None
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            walruses = (part for part in walk(node) if isinstance(part, ast.NamedExpr))
            yield from ((walrus.target.id, walrus.value) for walrus in walruses)
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from program.imported(node, source)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _assigned(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            yield from _assigned(node.target, node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, None
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name, None
        waiting += children(node)


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for part, assigned in zip(target.elts, value.elts, strict=False):
            yield from _assigned(part, assigned)
