"""Notes the calls that a probe makes of an implementation: functions, classes, methods, and modules that it returns.

The judge records the reference, and the worker the submission. Both count alike, so a number names the same call.
Calls that an implementation makes of itself do not count.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlgrade.worker.limits import MAX_CALLS
from dlgrade.worker.protocol import Kind

PROTOCOL = ("__call__", "__getitem__", "__setitem__", "__len__", "__contains__", "__next__")
BINARY = {
    "__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__pow__": "**", "__matmul__": "@",
    "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__eq__": "==",
}  # fmt: skip
REFLECTED = {f"__r{name[2:]}": operator for name, operator in BINARY.items()}
METHODS = {*PROTOCOL, *BINARY, *REFLECTED, "__neg__"}


@dataclass(eq=False)
class Call:
    """A call: its subject (the object of a method, or None), its name and arguments, and how it ended."""

    subject: Any
    name: str
    target: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    ended: bool = False
    result: Any = None
    raised: BaseException | None = None


class Recorder:
    """Takes the place of an implementation while a probe runs, and notes its calls. `close` ends the record.

    Args:
        implementation: the object whose attributes are the functions and classes.
        note: called with each call before it begins, while its arguments are as they were given.
        done: called with each call after it has ended, while its result is as it was returned.
    """

    def __init__(
        self,
        implementation: Any,
        note: Callable[[Call], None] | None = None,
        done: Callable[[Call], None] | None = None,
    ) -> None:
        self._implementation = implementation
        self._note = note
        self._done = done
        self._active: Call | None = None
        self._classes: set[type] = set()
        self._undo: list[Callable[[], None]] = []
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._implementation, name)
        return self._recorded(name, target) if callable(target) else target

    def close(self) -> None:
        """Give classes their methods back, and take the hooks off modules."""
        self._active = None
        for undo in reversed(self._undo):
            undo()

    def _recorded(self, name: str, target: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(target, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            return self._made(None, name, target, args, kwargs)

        return call

    def _made(self, subject: Any, name: str, target: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        noted = self._begin(Call(subject, name, target, args, kwargs))
        given = args if subject is None else (subject, *args)
        if noted is None:
            return target(*given, **kwargs)
        try:
            result = target(*given, **kwargs)
        except BaseException as error:
            self._end(noted, None, error)
            raise
        self._end(noted, result, None)
        self._watch(result, target)
        return result

    def _begin(self, call: Call) -> Call | None:
        """Note a call; None for a call inside another, and beyond the limit."""
        if self._active is not None or len(self.calls) >= MAX_CALLS:
            return None
        self._active = call
        self.calls.append(call)
        if self._note is not None:
            self._note(call)
        return call

    def _end(self, call: Call, result: Any, raised: BaseException | None) -> None:
        call.ended, call.result, call.raised = True, result, raised
        if self._active is call:
            self._active = None
            if self._done is not None:
                self._done(call)

    def _watch(self, result: Any, target: Any) -> None:
        """Note the later calls of the objects that a call returned."""
        if type(result) in (tuple, list):
            for part in result[:10]:
                self._watch(part, target)
        if isinstance(result, torch.nn.Module):
            self._watch_module(result)
        for kind in type(result).__mro__:
            if kind.__module__ == getattr(target, "__module__", None) and kind not in self._classes:
                self._classes.add(kind)
                self._watch_methods(kind)

    def _watch_module(self, module: torch.nn.Module) -> None:
        begun: list[Call | None] = []

        def begin(_: Any, args: Any, kwargs: Any) -> None:
            begun.append(self._begin(Call(module, "forward", module.forward, args, kwargs)))

        def end(*given: Any) -> None:
            if begun and (call := begun.pop()) is not None:
                self._end(call, given[-1], sys.exc_info()[1])  # torch calls it while it handles an exception, too

        self._undo.append(module.register_forward_pre_hook(begin, with_kwargs=True).remove)
        self._undo.append(module.register_forward_hook(end, with_kwargs=True, always_call=True).remove)

    def _watch_methods(self, kind: type) -> None:
        for name, method in list(vars(kind).items()):
            public = name[0] != "_" and name != "forward"
            if type(method) is types.FunctionType and (public or name in METHODS):
                setattr(kind, name, self._method(name, method))
                self._undo.append(functools.partial(setattr, kind, name, method))

    def _method(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(subject: Any, *args: Any, **kwargs: Any) -> Any:
            return self._made(subject, name, method, args, kwargs)

        return call


def kind_of(value: Any) -> tuple[Kind, int]:
    """Return the kind of a value, and the length of a tuple, list or dict."""
    kinds: list[tuple[Kind, Any]] = [
        ("none", type(None)), ("number", (bool, int, float, complex, np.number)), ("text", str),
        ("tensor", torch.Tensor), ("array", np.ndarray), ("module", torch.nn.Module),
        ("tuple", tuple), ("list", list), ("dict", dict),
    ]  # fmt: skip
    for name, types_ in kinds:
        if issubclass(type(value), types_):
            return name, len(value) if name in ("tuple", "list", "dict") else 0
    return "other", 0
