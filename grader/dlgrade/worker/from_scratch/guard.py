"""The guard: it stops ready-made functions that a submission stored in data or found under a computed name.

It replaces every known function, and `getattr` and its kind for the submission's own modules. It keeps no original
where a submission may look: a stand-in knows a number, and the attributes that lead on from there are refused, in the
source by `static` and at run time by the guard's own `getattr`. A process cannot hide its memory from code that
escapes all the same, so the operators that ran are recorded, too.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dlgrade.worker.from_scratch import policy
from dlgrade.worker.from_scratch.families import ReadyMade

NOTHING = ReadyMade()
ORIGINALS: dict[int, tuple[Callable[..., Any], Guard]] = {}


class ForbiddenCall(BaseException):
    """A call that the exercise asks to write oneself; not an Exception, so that `except Exception` does not hide it."""


class StandIn:
    """A ready-made function behind the guard; works as a function and as a method."""

    __slots__ = ("__name__", "_number")

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        self.__name__ = name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        target, guard = ORIGINALS[self._number]
        guard.pass_by(self._number)
        return target(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __deepcopy__(self, _memo: dict[int, Any]) -> StandIn:
        return self


class Guard:
    """Stands before every ready-made callable of a chapter, from before the submission is imported.

    A call passes, unless the exercise that is being probed forbids it: then it is noted in `noticed` and raises
    `ForbiddenCall`. References that the submission takes at import are references to stand-ins.
    """

    def __init__(self) -> None:
        self.active = NOTHING
        self.noticed: list[tuple[str, str]] = []
        self.everything: dict[int, str] = {}
        self.folder = ""

    def watch(self, exercises: Iterable[ReadyMade]) -> None:
        for ready_made in exercises:
            self.everything |= ready_made.names
            for binding in ready_made.bindings:
                owner, attribute, target = binding.owner, binding.attribute, binding.target
                if isinstance(target, type):  # classes stay themselves for isinstance and for subclasses
                    owner, attribute = target, "__init__"
                self._replace(owner, attribute, id(target))

    def _replace(self, owner: Any, attribute: str, number: int) -> None:
        original = getattr(owner, attribute, None)
        if not callable(original) or isinstance(original, StandIn):
            return
        try:
            setattr(owner, attribute, self._stand_in(original, number))
        except TypeError:  # numpy's own types cannot be changed; `static` and `getattr` know their methods
            return

    def _stand_in(self, original: Callable[..., Any], number: int) -> StandIn:
        ORIGINALS.setdefault(number, (original, self))
        return StandIn(number, getattr(original, "__name__", ""))

    def begin(self, exercise: ReadyMade) -> None:
        """From now on, what this exercise forbids is forbidden."""
        self.active = exercise

    def end(self) -> None:
        self.active = NOTHING

    def pass_by(self, number: int) -> None:
        """Raises `ForbiddenCall` if the running exercise forbids the object with this number."""
        if number in self.active.names:
            self._refuse("call", self.active.names[number])

    def _refuse(self, kind: str, name: str) -> None:
        self.noticed.append((kind, name[:200]))
        raise ForbiddenCall(name)

    # For the submission's own modules, in the place of Python's builtins.

    def builtins(self, folder: Path) -> dict[str, Any]:
        """The builtins with checks on names that are computed."""
        self.folder = str(folder)
        ours: Mapping[str, Any] = {
            "getattr": self.getattr, "setattr": self.setattr, "delattr": self.delattr, "vars": self.vars,
            "__import__": self.import_,
        }  # fmt: skip
        return {**vars(builtins), **ours}

    def getattr(self, thing: Any, name: str, /, *default: Any) -> Any:
        if isinstance(name, str):
            name = str.__str__(name)  # a subclass may compare as it likes
            self._check_name(thing, name)
        found = getattr(thing, name, *default)
        if isinstance(found, types.ModuleType) and not policy.allows_module(
            found.__name__, exercise=self.active is not NOTHING
        ):
            self._refuse("escape", found.__name__)
        return self._checked(thing, name, found)

    def _check_name(self, thing: Any, name: str) -> None:
        module = isinstance(thing, types.ModuleType)
        inner = name == "__dict__" and (module or isinstance(thing, (type, types.FunctionType)))
        private = module and not policy.allows_part(f"{thing.__name__}.{name}", exercise=False)
        if inner or private or not policy.allows_attribute(name, of_module=module):
            self._refuse("escape", name)

    def _checked(self, thing: Any, name: str, found: Any) -> Any:
        """A method of numpy's own types is no stand-in yet."""
        if isinstance(found, (StandIn, type)):
            return found
        for candidate in (found, getattr(type(thing), name, None)):
            self.pass_by(id(candidate))
        return self._stand_in(found, id(found)) if id(found) in self.everything and callable(found) else found

    def setattr(self, thing: Any, name: str, value: Any, /) -> None:
        self._check_change(thing, name)
        setattr(thing, name, value)

    def delattr(self, thing: Any, name: str, /) -> None:
        self._check_change(thing, name)
        delattr(thing, name)

    def _check_change(self, thing: Any, name: str) -> None:
        whole = isinstance(thing, (types.ModuleType, type, types.FunctionType, StandIn))
        if (whole and policy.is_library(thing)) or not policy.allows_attribute(str.__str__(name)):
            self._refuse("escape", f"setattr(..., {name!r})")

    def vars(self, /, *things: Any) -> dict[str, Any]:
        if not things:
            caller: dict[str, Any] = sys._getframe(1).f_locals
            return caller
        if isinstance(things[0], (types.ModuleType, types.FunctionType)) or policy.is_library(things[0]):
            self._refuse("escape", "vars")
        own: dict[str, Any] = vars(*things)
        return own

    def import_(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """Import a module, but not from a file that was written since the submission was read."""
        top = name.partition(".")[0]
        if top and top not in sys.modules:
            spec = importlib.machinery.PathFinder.find_spec(top)
            if spec is not None and (spec.origin or "").startswith(self.folder):
                self._refuse("escape", f"import {top}")
        return __import__(name, *arguments, **keywords)
