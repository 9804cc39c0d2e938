"""The static check: it finds forbidden uses in the code of each exercise, before any code of a submission runs.

The code of an exercise is its definition and every definition that this mentions in turn, in the same file and in the
files beside it, with the statements that change them. A method counts if reached code mentions its name, if Python or
a library calls it, or if the exercise's interface has it. Dead code does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch

from dlgrade.worker.forbidden import policy
from dlgrade.worker.forbidden.facts import Facts, facts_of
from dlgrade.worker.forbidden.families import Forbidden
from dlgrade.worker.forbidden.program import (
    UNKNOWN,
    ClassUnit,
    Library,
    Own,
    Program,
    SourceFile,
    Unit,
    bindings,
    static_member,
    walk,
)


@dataclass(frozen=True)
class FoundUse:
    """A forbidden use, or a suspicious line."""

    kind: str  # "call" of a forbidden function, "escape" from the rules, "missing" module, "mention" for staff
    name: str
    file: str
    line: int

    @property
    def plain(self) -> list[str | int]:
        return [self.kind, self.name, self.file, self.line]


def uses(
    program: Program, files: dict[str, str], interface: Iterable[str], forbidden: Mapping[str, Forbidden]
) -> dict[str, list[FoundUse]]:
    """Return the forbidden uses of each exercise.

    Args:
        program: the submission.
        files: the display names of the program's sources.
        interface: the names of methods that the suites of the chapter may call.
        forbidden: the objects that each exercise forbids.
    """
    if not forbidden:
        return {}
    checker = Checker(program, files, interface)
    return {exercise: checker.findings(exercise, objects) for exercise, objects in forbidden.items()}


class Checker:
    """The static check of one submission; the arguments are those of `uses`."""

    def __init__(self, program: Program, files: dict[str, str], interface: Iterable[str]) -> None:
        self.program = program
        self.files = files
        self.interface = frozenset(interface)
        self.facts: dict[Unit, Facts] = {}

    def facts_of(self, unit: Unit) -> Facts:
        """Return the facts about a unit, which is read once."""
        if unit not in self.facts:
            self.facts[unit] = facts_of(self.program, unit)
        return self.facts[unit]

    def findings(self, exercise: str, forbidden: Forbidden) -> list[FoundUse]:
        """Return the forbidden uses of one exercise, in the order of lines; escapes at import come last."""
        reach = self._reach_of(exercise)
        findings = [*self._imported(exercise, forbidden)]
        for unit in reach.units:
            findings += self._calls(unit, forbidden)
            findings += self._escapes(unit, mild=True)
        for unit in reach.with_all_methods():
            findings += self._escapes(unit, mild=True)
        findings.sort(key=lambda finding: (finding.file != self.files[self.program.main], finding.line))
        return list(dict.fromkeys([*findings, *self.at_import]))

    @cached_property
    def at_import(self) -> list[FoundUse]:
        """Return the escapes in code that runs at import, no matter which exercise it belongs to."""
        return [finding for unit in self.running.with_all_methods() for finding in self._escapes(unit, mild=False)]

    @cached_property
    def running(self) -> Reach:
        """Return the code that runs at import."""
        reach = Reach(self)
        reach.add(unit for source in list(self.program.sources.values()) for unit in source.units if unit.runs)
        for source in self.program.sources.values():
            for cls in (cls for group in source.classes.values() for cls in group):
                if self._registers(cls):
                    reach.classes.add(cls)
        reach.close()
        return reach

    def _registers(self, cls: ClassUnit) -> bool:
        """Return whether code of the submission may get the class while it is defined: by a base or a metaclass."""
        source = self.program.sources[cls.head.source]
        bases = [*cls.node.bases, *(keyword.value for keyword in cls.node.keywords), *cls.node.decorator_list]
        named = {part.id for base in bases for part in walk(base) if isinstance(part, ast.Name)}
        return bool(named & source.classes.keys()) or bool(self.facts_of(cls.head).own)

    def _reach_of(self, exercise: str) -> Reach:
        source = self.program.sources[self.program.main]
        reach = Reach(self)
        reach.name(source, exercise)
        reach.close()
        while changed := [
            unit for unit in self.running.units if unit not in reach.units and self._changes(unit, reach)
        ]:
            reach.add(changed)
            reach.close()
        return reach

    def _changes(self, unit: Unit, reach: Reach) -> bool:
        """Return whether a unit that runs at import changes an object that the exercise reaches."""
        facts = self.facts_of(unit)
        source = self.program.sources[unit.source]
        libraries = {name for name, values in source.values.items() if any(isinstance(v, Library) for v in values)}
        data = {name for name, values in source.values.items() if any(isinstance(v, ast.expr) for v in values)}
        changed = (facts.stored - libraries) | (facts.passed & (data | source.classes.keys()))
        return bool(changed & reach.names.get(unit.source, set()))

    # Findings.

    def _imported(self, exercise: str, forbidden: Forbidden) -> Iterator[FoundUse]:
        """Yield a forbidden import that takes the place of the exercise, as in `from torch import softmax`."""
        source = self.program.sources[self.program.main]
        if exercise not in source.values:
            return
        for value in self.program.top_level(source, exercise):
            if isinstance(value, Library) and id(value.target) in forbidden.names:
                yield self._finding("call", value.label, source.name, source.lines[exercise])

    def _calls(self, unit: Unit, forbidden: Forbidden) -> Iterator[FoundUse]:
        facts = self.facts_of(unit)
        for value, line in facts.libraries:
            library, attribute = value.label.partition(".")[0], value.label.rpartition(".")[2]
            is_forbidden = id(value.target) in forbidden.names
            namesakes = {"torch": forbidden.of_tensors, "numpy": forbidden.of_tensors, "d2l": forbidden.attributes}
            same_name = attribute in namesakes.get(library, ())
            if is_forbidden or (same_name and not isinstance(value.target, (str, int, float))):
                yield self._finding("call", value.label, unit.source, line)
        for name, line, own in facts.unknown:
            if name in forbidden.attributes and not own and not self._defines(name):
                yield self._finding("call", _displayed(name), unit.source, line)

    def _escapes(self, unit: Unit, *, mild: bool) -> Iterator[FoundUse]:
        for escape in self.facts_of(unit).escapes:
            if mild or not escape.mild:
                kind = "missing" if escape.missing else "escape"
                yield self._finding(kind, escape.label, unit.source, escape.line)

    def _finding(self, kind: str, name: str, source: str, line: int) -> FoundUse:
        return FoundUse(kind, name[:200], self.files[source], line)

    def _defines(self, attribute: str) -> bool:
        """Return whether the submission defines an attribute of this name, which `x.name` may mean."""
        return attribute in self._own_attributes

    @cached_property
    def _own_attributes(self) -> set[str]:
        names: set[str] = set()
        for source in self.program.sources:
            for node in walk(self.program.trees[source]):
                if isinstance(node, ast.ClassDef):
                    names |= {name for name, _ in bindings(node.body, self.program, source)}
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    names.add(node.attr)
        return names


def _displayed(attribute: str) -> str:
    if attribute == "__matmul__":
        return "@"
    return f"torch.Tensor.{attribute}" if hasattr(torch.Tensor, attribute) else f".{attribute}"


class Reach:
    """The units that some code reaches: those it mentions, those that these mention, and so on."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.units: dict[Unit, None] = {}
        self.names: dict[str, set[str]] = {}
        self.classes: set[ClassUnit] = set()
        self.attributes: set[str] = set()
        self.waiting: list[Unit] = []

    def add(self, units: Iterable[Unit]) -> None:
        """Add units; `close` follows their mentions."""
        for unit in units:
            if unit not in self.units:
                self.units[unit] = None
                self.waiting.append(unit)

    def name(self, source: SourceFile, name: str) -> None:
        """Add the units that bind a name of a file, or of the file that it is imported from."""
        seen = self.names.setdefault(source.name, set())
        if name in seen:
            return
        seen.add(name)
        self.add(source.binders.get(name, []))
        self.classes |= {*source.classes.get(name, [])}
        for value in self.checker.program.top_level(source, name):
            self.own(value)

    def own(self, value: object) -> None:
        """Add the units that bind a name of the submission; ignore any other value."""
        if isinstance(value, Own) and value.name:
            self.name(self.checker.program.need(value.source), value.name)

    def close(self) -> None:
        """Follow the mentions until no unit is new."""
        size = -1
        while self.waiting or size != len(self.units) + len(self.classes):
            size = len(self.units) + len(self.classes)
            while self.waiting:
                self._follow(self.waiting.pop())
            for cls in list(self.classes):
                self.add(unit for name, group in cls.methods.items() if self._is_called(cls, name) for unit in group)

    def _follow(self, unit: Unit) -> None:
        facts = self.checker.facts_of(unit)
        self.attributes |= facts.attributes
        source = self.checker.program.sources[unit.source]
        for name in facts.names:
            self.name(source, name)
        for value in facts.own:
            self.own(value)

    def _is_called(self, cls: ClassUnit, method: str) -> bool:
        """Return whether a method of a reached class may be called: see the module's docstring."""
        special = method[:2] == "__" and method[-2:] == "__"
        if special or method in self.attributes or method in self.checker.interface:
            return True
        return any(static_member(base.target, method) is not UNKNOWN for base in self._bases(cls))

    def _bases(self, cls: ClassUnit) -> Iterator[Library]:
        facts = self.checker.facts_of(cls.head)
        yield from (value for value, _ in facts.libraries if isinstance(value.target, type))
        yield Library("torch.nn.Module", torch.nn.Module)  # in case a base is unknown

    def with_all_methods(self) -> list[Unit]:
        """Return these units and all methods of their classes, which a computed name may call."""
        methods = [unit for cls in self.classes for group in cls.methods.values() for unit in group]
        return list(dict.fromkeys([*self.units, *methods]))


MAX_SUSPICIOUS = 20


def suspicious(trees: dict[str, ast.Module], files: dict[str, str]) -> list[FoundUse]:
    """Return the lines that mention escapes, in reached code or not, for staff to look at."""
    mentions = {
        FoundUse("mention", name, files[source], node.lineno)
        for source, tree in trees.items()
        for node in walk(tree)
        for name in _mentions(node)
        if isinstance(node, (ast.stmt, ast.expr))
    }
    return sorted(mentions, key=lambda finding: (finding.file, finding.line, finding.name))[:MAX_SUSPICIOUS]


def _mentions(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name.partition(".")[0] in policy.SUSPICIOUS_MODULES]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return [module] if module.partition(".")[0] in policy.SUSPICIOUS_MODULES else []
    if isinstance(node, ast.Attribute):
        return [node.attr] if node.attr in policy.SUSPICIOUS_ATTRIBUTES else []
    return [node.id] if isinstance(node, ast.Name) and node.id in policy.SUSPICIOUS_NAMES else []
