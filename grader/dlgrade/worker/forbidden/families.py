"""Families of forbidden operations, as objects of the libraries that the worker has imported."""

from __future__ import annotations

import fnmatch
import functools
import importlib
import re
import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

# The objects on which Python finds an operator under its own name.
HOLDERS = (torch, torch.Tensor, torch.nn.functional, torch.special, torch.sparse)
ENGINE = "autograd::engine::*"  # events of a backward pass, which belong to no operator
EVERYTHING = "*"


class Spec(Protocol):
    """A family as exercises/ready_made.yaml defines it."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def operators(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Binding:
    """A place where Python finds a forbidden object."""

    owner: Any
    attribute: str
    target: Any
    name: str


@dataclass
class Forbidden:
    """The objects that one exercise forbids.

    `attributes` are the names of forbidden operations on a tensor or an unknown module, as in `X.softmax(1)`.
    `of_tensors` are those that torch and numpy may not have either; torchvision's `pad` leaves `F.pad` allowed.
    """

    bindings: list[Binding] = field(default_factory=list)
    attributes: frozenset[str] = frozenset()
    of_tensors: frozenset[str] = frozenset()

    @functools.cached_property
    def names(self) -> dict[int, str]:
        """Return the display name of each forbidden object, by its id."""
        return {id(binding.target): binding.name for binding in reversed(self.bindings)}


def forbidden_by(families: Iterable[Spec], imported: Container[str] = ()) -> Forbidden:
    """Return the objects behind some families.

    Ignores names that this version of torch lacks: the audit reports them. Ignores names of a library that is neither
    loaded nor among the `imported`: torchvision takes seconds to load, and code that never imports it cannot call it.
    """
    bindings: list[Binding] = []
    attributes: set[str] = set()
    of_tensors: set[str] = set()
    for family in families:
        operators = [name for name in operator_names(family.operators) if name.isidentifier()]
        names = [name for name in family.names if (top := name.partition(".")[0]) in sys.modules or top in imported]
        family_bindings = [binding for name in names for binding in _existing(name)]
        family_bindings += [binding for name in operators for binding in _held(name)]
        bindings += family_bindings
        attributes |= {binding.attribute for binding in family_bindings} | {*operators}
        of_tensors |= {each.attribute for each in family_bindings if not each.name.startswith("torchvision.")}
        of_tensors |= {*operators}
    ids = {id(binding.target) for binding in bindings}
    harmful = frozenset(name for name in attributes if not _is_harmless(name, ids))
    return Forbidden(bindings, harmful, harmful & of_tensors)


def _is_harmless(attribute: str, forbidden_ids: set[int]) -> bool:
    """Return whether tensors or modules have another object of this name: `X.grad` is not `torch.autograd.grad`."""
    members = [getattr(kind, attribute, None) for kind in (torch.Tensor, torch.nn.Module)]
    return any(member is not None and id(member) not in forbidden_ids for member in members)


def operator_names(patterns: Iterable[str]) -> set[str]:
    """Return the operators, without their namespaces, that match a family's patterns. The pattern `*` adds none."""
    return {name for pattern in patterns if pattern != EVERYTHING for name in matching(pattern)}


def _all_operators() -> list[str]:
    names = torch._C._dispatch_get_all_op_names()
    return sorted({name.partition("::")[2].partition(".")[0] for name in names})


OPERATORS = _all_operators()


@functools.cache
def matching(pattern: str) -> list[str]:
    """Return the operators of this torch that match a pattern."""
    literal = max(pattern.split("*"), key=len)  # looking for it first takes a tenth of the time
    return [name for name in OPERATORS if literal in name and fnmatch.fnmatchcase(name, pattern)]


def _held(operator: str) -> Iterator[Binding]:
    for holder in HOLDERS:
        target = getattr(holder, operator, None)
        if callable(target):
            where = "torch.Tensor" if holder is torch.Tensor else holder.__name__
            yield Binding(holder, operator, target, f"{where}.{operator}")


def _existing(name: str) -> list[Binding]:
    try:
        return list(find(name))
    except LookupError:
        return []


def find(name: str) -> Iterator[Binding]:
    """Yield the places of a dotted name: its own, and the module that defines the object.

    A name such as `torch.optim.*` means all public callables of the module.

    Raises:
        LookupError: there is no object of this name.
    """
    path, _, attribute = name.rpartition(".")
    owner = _owner(path)
    if attribute == "*":
        public = [key for key in dir(owner) if key[0] != "_" and callable(getattr(owner, key))]
        yield from (binding for key in public for binding in find(f"{path}.{key}"))
        return
    try:
        target = getattr(owner, attribute)
    except AttributeError:
        raise LookupError(name) from None
    yield Binding(owner, attribute, target, name)
    home = sys.modules.get(getattr(target, "__module__", None) or "")
    if home is not None and home is not owner and getattr(home, attribute, None) is target:
        yield Binding(home, attribute, target, name)


def _owner(path: str) -> Any:
    if not path:
        raise LookupError(path)
    module, _, rest = path, "", ""
    while module not in sys.modules:
        try:
            return _attribute(importlib.import_module(module), rest)
        except ImportError:
            module, _, last = module.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
            if not module:
                raise LookupError(path) from None
    return _attribute(sys.modules[module], rest)


def _attribute(owner: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        try:
            owner = getattr(owner, part)
        except AttributeError:
            raise LookupError(path) from None
    return owner


def unresolved(family: Spec) -> list[str]:
    """Return the names of a family, and its patterns of operators, that match nothing in this version of torch."""
    names = [name for name in family.names if not _existing(name)]
    special = (EVERYTHING, ENGINE)
    return names + [pattern for pattern in family.operators if pattern not in special and not matching(pattern)]


def ran(patterns: Iterable[str], operators: Iterable[str]) -> list[str]:
    """Return the recorded operators, such as `aten::softmax`, that match a pattern with or without their namespace."""
    wanted = tuple(patterns)
    if not wanted:
        return []
    matches = _any_of(wanted).match
    return [operator for operator in operators if matches(operator) or matches(operator.partition("::")[2])]


@functools.cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for all patterns."""
    return re.compile("|".join(map(fnmatch.translate, patterns)))
