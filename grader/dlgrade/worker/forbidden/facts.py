"""Read the facts about one unit of a file: the names it reaches, the library objects it uses, its escapes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dlgrade.worker.forbidden import policy
from dlgrade.worker.forbidden.program import (
    Library,
    Own,
    Program,
    Unit,
    Value,
    bindings,
    children,
    is_installed,
    walk,
)  # fmt: skip

Bound = ast.expr | Value | None
MAX_ALIASES = 8  # local names that stand for each other in a row


@dataclass(frozen=True)
class Escape:
    """A way around the rules; a `mild` escape matters only in code that an exercise reaches.

    `missing` marks the use of a module that is neither installed nor beside the submission.
    """

    label: str
    line: int
    mild: bool = False
    missing: bool = False


@dataclass
class Facts:
    """The facts about one unit."""

    names: set[str] = field(default_factory=set)  # of the file's top level
    own: set[Own] = field(default_factory=set)  # names of other files
    attributes: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)  # top-level names whose object is changed
    passed: set[str] = field(default_factory=set)  # top-level names handed to a function or asked to change themselves
    libraries: list[tuple[Library, int]] = field(default_factory=list)
    unknown: list[tuple[str, int, bool]] = field(default_factory=list)  # attribute, line, whether of `self`
    escapes: list[Escape] = field(default_factory=list)


def facts_of(program: Program, unit: Unit) -> Facts:
    """Read a unit. Function bodies are read whole: nested functions belong to the unit."""
    reader = _UnitReader(program, unit)
    if unit.cls is not None and unit.cls.head is unit:
        reader.scopes.append(reader.scope(unit.nodes))
    for node in unit.nodes:
        reader.visit(node)
    return reader.facts


class _UnitReader(ast.NodeVisitor):
    def __init__(self, program: Program, unit: Unit) -> None:
        self.program = program
        self.source = program.sources[unit.source]
        self.facts = Facts()
        self.scopes: list[dict[str, list[Bound]]] = []
        self.in_class = unit.cls is not None and unit.cls.head is not unit
        self.selves: list[str] = []

    def scope(self, body: list[ast.AST]) -> dict[str, list[Bound]]:
        names: dict[str, list[Bound]] = {}
        for name, bound in bindings(body, self.program, self.source.name):
            names.setdefault(name, []).append(bound)
        return names

    # Names to objects.

    def resolve(self, node: ast.expr) -> list[Value]:
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Attribute):
            return [self.program.member(value, node.attr) for value in self.resolve(node.value)]
        if isinstance(node, ast.IfExp):
            return self.resolve(node.body) + self.resolve(node.orelse)
        if isinstance(node, ast.BoolOp):
            return [value for part in node.values for value in self.resolve(part)]
        if isinstance(node, ast.NamedExpr):
            return self.resolve(node.value)
        return []

    def named(self, name: str, depth: int = 0) -> list[Value]:
        for scope in reversed(self.scopes):
            if name in scope:
                values: list[Value] = []
                for bound in scope[name]:
                    if isinstance(bound, (Library, Own)):
                        values.append(bound)
                    elif bound is not None and depth < MAX_ALIASES:
                        values += self.local(bound, name, depth + 1)
                return values
        return self.program.top_level(self.source, name)

    def local(self, bound: ast.expr, name: str, depth: int) -> list[Value]:
        """Return the values of a local assignment; a name assigned from itself has the value of the outer name."""
        if isinstance(bound, ast.Name):
            if bound.id == name:
                return self.program.top_level(self.source, name)
            return self.named(bound.id, depth)
        if isinstance(bound, ast.Attribute):
            return [self.program.member(value, bound.attr) for value in self.local(bound.value, name, depth)]
        return []

    def is_local(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    # Uses.

    def escape(self, label: str, node: ast.AST, *, mild: bool = False, missing: bool = False) -> None:
        self.facts.escapes.append(Escape(label, getattr(node, "lineno", 1), mild, missing))

    def use(self, node: ast.expr, *, bare: bool) -> None:
        """Note the use of a name or an attribute; `bare` if it is used as a value and not to read an attribute."""
        if isinstance(node, ast.Name):
            if not self.is_local(node.id):
                self.facts.names.add(node.id)
            if node.id in policy.DENIED_NAMES:
                self.escape(node.id, node)
        elif isinstance(node, ast.Attribute):
            self.attribute(node.value, node.attr, node)
        for value in self.resolve(node):
            self.judge(value, node, bare=bare)

    def judge(self, value: Value, node: ast.AST, *, bare: bool) -> None:
        if isinstance(value, Own):
            self.facts.own.add(value)
            if bare and not value.name:
                self.escape(f"the module {value.source} as a value", node)
            return
        path = value.label if value.module else value.via
        if path:
            at_once = bare or value.via or path.partition(".")[0] in policy.WHOLLY_DENIED
            harmless = value.label in policy.HARMLESS_PARTS
            if at_once and not harmless and not policy.allows_module(path, exercise=False):
                self.escape(value.label, node)
            elif not policy.allows_module(path, exercise=True):
                top = path.partition(".")[0]
                missing = top not in self.program.trees and not is_installed(top)
                self.escape(value.label, node, mild=True, missing=missing)
        if value.module and bare:
            self.escape(f"the module {value.label} as a value", node)
        if not value.module:
            self.part(value, node)

    def part(self, value: Library, node: ast.AST) -> None:
        line = getattr(node, "lineno", 1)
        self.facts.libraries.append((value, line))
        home = value.label.rpartition(".")[0]
        allowed = home.partition(".")[0] == "builtins" or policy.allows_module(home, exercise=False)
        if not policy.allows_part(value.label, exercise=False) or not (allowed or value.label in policy.HARMLESS_PARTS):
            self.escape(value.label, node)
        elif not policy.allows_part(value.label, exercise=True):
            self.escape(value.label, node, mild=True)

    def attribute(self, receiver: ast.expr, name: str, node: ast.AST) -> None:
        """Note the use of `receiver.name`, also where it is written as `getattr(receiver, "name")`."""
        if isinstance(receiver, (ast.Name, ast.Attribute)):
            self.use(receiver, bare=False)
        else:
            self.visit(receiver)
        self.facts.attributes.add(name)
        values = self.resolve(receiver)
        is_self = isinstance(receiver, ast.Name) and receiver.id in self.selves
        of_module = any(isinstance(value, Library) and value.module for value in values)
        if not policy.allows_attribute(name, of_module=of_module) or (name == "__dict__" and not is_self):
            homes = [value.label for value in values if isinstance(value, Library)]
            self.escape(f"{homes[0]}.{name}" if homes else name, node)
        if not any(isinstance(value, Library) for value in values):
            self.facts.unknown.append((name, getattr(node, "lineno", 1), is_self or bool(values)))

    def unknown(self, name: str, node: ast.Call | ast.MatchClass) -> None:
        """Note an attribute of an unknown object that is read without a dot."""
        self.facts.unknown.append((name, node.lineno, False))
        if not policy.allows_attribute(name) or name == "__dict__":
            self.escape(name, node)

    # Nodes.

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.use(node, bare=True)
        elif node.id in policy.DENIED_ATTRIBUTES or node.id in policy.DENIED_NAMES:
            self.escape(node.id, node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.use(node, bare=True)
            return
        if any(isinstance(value, Library) and policy.is_library(value.target) for value in self.resolve(node.value)):
            self.escape(f"{ast.unparse(node)} = ...", node)
        self.change(node, self.facts.stored)
        if isinstance(node.value, (ast.Name, ast.Attribute)):
            self.use(node.value, bare=False)
        else:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.change(node, self.facts.stored)
        self.generic_visit(node)

    def change(self, node: ast.AST, into: set[str]) -> None:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name) and not self.is_local(node.id):
            into.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.facts.stored |= {*node.names}

    def visit_Assign(self, node: ast.Assign) -> None:
        """Visit an assignment. A module assigned to a plain name is no use: uses of the alias are followed."""
        plain = all(isinstance(target, ast.Name) for target in node.targets)
        for target in node.targets:
            self.visit(target)
        if plain and isinstance(node.value, (ast.Name, ast.Attribute)):
            self.use(node.value, bare=False)
        else:
            self.visit(node.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.MatMult):
            self.facts.unknown.append(("__matmul__", node.lineno, False))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.MatMult):
            self.facts.unknown.append(("__matmul__", node.lineno, False))
        if isinstance(node.target, ast.Name):
            self.change(node.target, self.facts.stored)
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        """Note the attributes that `case C(softmax=f)` reads. The class chooses those of positional patterns."""
        for name in node.kwd_attrs:
            self.unknown(name, node)
        if node.patterns and not any(isinstance(value, Library) for value in self.resolve(node.cls)):
            self.escape(f"case {ast.unparse(node.cls)}(...)", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        labels = {value.label for value in self.resolve(node.func) if isinstance(value, Library)}
        special: dict[str, Callable[[ast.Call, str], bool]] = {
            "builtins.getattr": self.getattr,
            "builtins.hasattr": self.hasattr,
            "builtins.setattr": self.setattr,
            "builtins.delattr": self.setattr,
            "builtins.vars": self.vars,
            "builtins.isinstance": self.isinstance,
            "builtins.issubclass": self.isinstance,
            "dataclasses.dataclass": self.dataclass,
            "operator.attrgetter": self.getter,
            "operator.methodcaller": self.getter,
        }
        for label in labels & special.keys():
            if special[label](node, label):
                return
        for keyword in node.keywords:
            if keyword.arg in policy.UNPICKLING and not _is_safe(keyword):
                self.escape(f"{keyword.arg}={ast.unparse(keyword.value)}", node)
        self.note_changes(node)
        self.generic_visit(node)

    def note_changes(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self.change(node.func.value, self.facts.passed)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Name):
                self.change(argument, self.facts.passed)

    def getattr(self, node: ast.Call, label: str) -> bool:
        if len(node.args) < 2 or any(isinstance(argument, ast.Starred) for argument in node.args):
            return False
        receiver, name = node.args[0], folded(node.args[1])
        if name is not None:
            self.attribute(receiver, name, node)
            synthetic = ast.copy_location(ast.Attribute(receiver, name, ast.Load()), node)
            for value in self.resolve(synthetic):
                self.judge(value, node, bare=False)
        else:
            values = self.resolve(receiver)
            if any(isinstance(value, Library) for value in values):
                self.escape(f"{label.partition('.')[2]}({ast.unparse(receiver)}, ...)", node, mild=True)
            elif any(isinstance(value, Own) and not value.name for value in values):
                self.escape(f"{label.partition('.')[2]}({ast.unparse(receiver)}, ...)", node)
            if isinstance(receiver, (ast.Name, ast.Attribute)):
                self.use(receiver, bare=False)
            else:
                self.visit(receiver)
            self.visit(node.args[1])
        for argument in node.args[2:]:
            self.visit(argument)
        return True

    def hasattr(self, node: ast.Call, _label: str) -> bool:
        """Visit `hasattr`, which does not count as a use of the attribute."""
        receiver = node.args[0] if len(node.args) == 2 else None
        if not isinstance(receiver, (ast.Name, ast.Attribute)):
            return False
        self.use(receiver, bare=False)
        self.visit(node.args[1])
        return True

    def setattr(self, node: ast.Call, label: str) -> bool:
        if node.args:
            if any(isinstance(v, Library) and policy.is_library(v.target) for v in self.resolve(node.args[0])):
                self.escape(f"{label.partition('.')[2]}({ast.unparse(node.args[0])}, ...)", node)
            self.change(node.args[0], self.facts.stored)
        return False

    def vars(self, node: ast.Call, _label: str) -> bool:
        if not node.args:
            self.escape("vars()", node)
        elif self.resolve(node.args[0]):
            self.escape(f"vars({ast.unparse(node.args[0])})", node, mild=True)
        return False

    def isinstance(self, node: ast.Call, _label: str) -> bool:
        """Visit `isinstance`, which does not count as a use of the class."""
        if len(node.args) != 2:
            return False
        self.visit(node.args[0])
        classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        for kind in classes:
            if not isinstance(kind, (ast.Name, ast.Attribute)):
                self.visit(kind)
        return True

    def getter(self, node: ast.Call, label: str) -> bool:
        """Note the attributes that `attrgetter("a.b")` and `methodcaller("a")` read of unknown objects."""
        arguments = node.args[:1] if label.endswith("methodcaller") else node.args
        names = [folded(argument) for argument in arguments]
        if not names or None in names:
            self.escape(f"{label} with a computed name", node)
        for part in (part for name in names if name for part in name.split(".")):
            self.facts.attributes.add(part)
            self.unknown(part, node)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.visit(argument)
        return True

    def dataclass(self, node: ast.Call, label: str) -> bool:
        """Note a call of `dataclass`, which runs the names of any class as code. As a decorator it is harmless."""
        if node.args:
            self.escape(f"{label}(...)", node)
        return False

    # Scopes.

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        names = self.scope(body)
        for argument in every:
            names.setdefault(argument.arg, []).append(None)
        for child in (child for part in body for child in walk(part)):
            if isinstance(child, ast.Global):
                names = {name: bound for name, bound in names.items() if name not in child.names}
        is_method = self.in_class and bool(every)
        self.in_class = False
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        for outer in (*decorators, *arguments.defaults, *arguments.kw_defaults):  # annotations call nothing
            if outer is not None:
                self.visit(outer)
        outer_selves = self.selves
        if is_method:
            self.selves = [*outer_selves, every[0].arg]
        self.scopes.append(names)
        for part in body:
            self.visit(part)
        self.scopes.pop()
        self.selves = outer_selves

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit a class inside a function."""
        for part in children(node):
            self.in_class = isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
            self.visit(part)
        self.in_class = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.function(node)

    def comprehension(self, node: Any) -> None:
        targets = [part for generator in node.generators for part in walk(generator.target)]
        self.scopes.append({part.id: [None] for part in targets if isinstance(part, ast.Name)})
        self.generic_visit(node)
        self.scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension  # noqa: N815


def _is_safe(keyword: ast.keyword) -> bool:
    return isinstance(keyword.value, ast.Constant) and keyword.value.value is (keyword.arg == "weights_only")


def folded(node: ast.expr) -> str | None:
    """Return the text of an expression that consists of constant strings, such as `"soft" + "max"`."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = folded(node.left), folded(node.right)
        if left is not None and right is not None:
            return left + right
    return None
