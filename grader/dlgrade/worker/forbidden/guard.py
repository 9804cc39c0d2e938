"""The guard: it stops forbidden functions that a submission stored in data or found under a computed name.

The guard replaces every forbidden function by a stand-in. For the submission's own modules it also replaces `getattr`
and similar builtins. No original stays where a submission may look: a stand-in knows only a number. `static` refuses
the attributes that lead on from a stand-in, and so does the guard's own `getattr` at run time.

A process cannot hide its memory from code that escapes all the same. So the operators that ran are recorded, too.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dlgrade.worker.forbidden import policy
from dlgrade.worker.forbidden.families import Forbidden

NOTHING = Forbidden()
ORIGINALS: dict[int, tuple[Callable[..., Any], Guard]] = {}


class ForbiddenCall(BaseException):
    """A call of a forbidden function. No Exception, so that `except Exception` in the submission does not hide it."""


class Tripwire:
    """Takes the place of a forbidden function; works as a function and as a method."""

    __slots__ = ("__name__", "_number")

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        self.__name__ = name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        original, guard = ORIGINALS[self._number]
        guard.pass_by(self._number)
        return original(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __deepcopy__(self, _memo: dict[int, Any]) -> Tripwire:
        return self


class Guard:
    """Controls the calls of all forbidden functions of a chapter.

    Order: `watch` before the submission is imported, so that it can only get hold of stand-ins; then `begin` and `end`
    around each probe. A call passes unless the exercise of the running probe forbids it. Such a call is noted in
    `noticed`, for the judge, and raises `ForbiddenCall`.

    The guard runs in the submission's own process: code that escapes from Python's rules can disarm it.
    """

    def __init__(self) -> None:
        self.active = NOTHING
        self.noticed: list[tuple[str, str]] = []  # (kind, name) of each use that was stopped
        self.watched: dict[int, str] = {}  # the names of all forbidden objects, by id
        self.folder = ""

    def watch(self, exercises: Iterable[Forbidden]) -> None:
        """Replace all functions that these exercises forbid."""
        for forbidden in exercises:
            self.watched |= forbidden.names
            for binding in forbidden.bindings:
                number = id(binding.target)
                if isinstance(binding.target, type):  # a class must stay itself for isinstance and for subclasses
                    self._replace(binding.target, "__init__", number)
                else:
                    self._replace(binding.owner, binding.attribute, number)

    def _replace(self, owner: Any, attribute: str, number: int) -> None:
        original = getattr(owner, attribute, None)
        if not callable(original) or isinstance(original, Tripwire):
            return
        try:
            setattr(owner, attribute, self._stand_in(original, number))
        except TypeError:  # numpy's own types cannot be changed; `static` and `getattr` check their methods
            return

    def _stand_in(self, original: Callable[..., Any], number: int) -> Tripwire:
        ORIGINALS.setdefault(number, (original, self))
        return Tripwire(number, getattr(original, "__name__", ""))

    def begin(self, exercise: Forbidden) -> None:
        """Stop the calls that this exercise forbids, until `end`."""
        self.active = exercise

    def end(self) -> None:
        """Let all calls pass."""
        self.active = NOTHING

    def pass_by(self, number: int) -> None:
        """Do nothing, unless the running exercise forbids the object with this number. Raises `ForbiddenCall`."""
        if number in self.active.names:
            self._refuse("call", self.active.names[number])

    def _refuse(self, kind: str, name: str) -> None:
        self.noticed.append((kind, name[:200]))
        raise ForbiddenCall(name)

    # Builtins for the submission's own modules.

    def builtins(self, folder: Path) -> dict[str, Any]:
        """Return the builtins, of which those that take a computed name check it."""
        self.folder = str(folder)
        checked: Mapping[str, Any] = {
            "getattr": self.getattr, "setattr": self.setattr, "delattr": self.delattr, "vars": self.vars,
            "__import__": self.import_,
        }  # fmt: skip
        return {**vars(builtins), **checked}

    def getattr(self, thing: Any, name: str, /, *default: Any) -> Any:
        if isinstance(name, str):
            name = str.__str__(name)  # a subclass may compare as it likes
            self._check_name(thing, name)
        value = getattr(thing, name, *default)
        if isinstance(value, types.ModuleType) and not policy.allows_module(
            value.__name__, exercise=self.active is not NOTHING
        ):
            self._refuse("escape", value.__name__)
        return self._checked(thing, name, value)

    def _check_name(self, thing: Any, name: str) -> None:
        module = isinstance(thing, types.ModuleType)
        inner = name == "__dict__" and (module or isinstance(thing, (type, types.FunctionType)))
        private = module and not policy.allows_part(f"{thing.__name__}.{name}", exercise=False)
        if inner or private or not policy.allows_attribute(name, of_module=module):
            self._refuse("escape", name)

    def _checked(self, thing: Any, name: str, value: Any) -> Any:
        """Return the value, or a stand-in for a forbidden method of numpy's own types, which `watch` cannot replace."""
        if isinstance(value, (Tripwire, type)):
            return value
        for candidate in (value, getattr(type(thing), name, None)):
            self.pass_by(id(candidate))
        if id(value) in self.watched and callable(value):
            return self._stand_in(value, id(value))
        return value

    def setattr(self, thing: Any, name: str, value: Any, /) -> None:
        self._check_change(thing, name)
        setattr(thing, name, value)

    def delattr(self, thing: Any, name: str, /) -> None:
        self._check_change(thing, name)
        delattr(thing, name)

    def _check_change(self, thing: Any, name: str) -> None:
        shared = isinstance(thing, (types.ModuleType, type, types.FunctionType, Tripwire))
        if (shared and policy.is_library(thing)) or not policy.allows_attribute(str.__str__(name)):
            self._refuse("escape", f"setattr(..., {name!r})")

    def vars(self, /, *things: Any) -> dict[str, Any]:
        if not things:
            caller: dict[str, Any] = sys._getframe(1).f_locals
            return caller
        if isinstance(things[0], (types.ModuleType, types.FunctionType)) or policy.is_library(things[0]):
            self._refuse("escape", "vars")
        attributes: dict[str, Any] = vars(*things)
        return attributes

    def import_(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """Import a module, but not from a file that was written after the submission was read."""
        top = name.partition(".")[0]
        if top and top not in sys.modules:
            spec = importlib.machinery.PathFinder.find_spec(top)
            if spec is not None and (spec.origin or "").startswith(self.folder):
                self._refuse("escape", f"import {top}")
        return __import__(name, *arguments, **keywords)
