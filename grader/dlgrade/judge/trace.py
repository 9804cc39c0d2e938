"""The calls that a probe makes of the reference, and which of them each part of the probe's value comes from.

A message so shows the call that went wrong, and names the place in that call's own result or argument.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from dlgrade.judge.compare import Attribute, Comparison, Path, Tolerance
from dlgrade.judge.expressions import bound_arguments, call_expression
from dlgrade.judge.patience import at_most
from dlgrade.worker import recorder
from dlgrade.worker.guest import seed_all
from dlgrade.worker.protocol import Kind
from dlgrade.worker.recorder import Recorder, kind_of

MOST_PARTS = 300  # of one value
DEEPEST = 5
EXACTLY = Comparison(Tolerance(0.0, 0.0))
PLAIN = (bool, int, float, str)
NUMBERS = (torch.Tensor, int, float)
UNIQUE = ("tensor", "array", "tuple", "list", "dict", "module")  # kinds whose objects Python does not share


@dataclass(frozen=True)
class Shown:
    """A call of the reference: its expression, its function's name, the kind of its result or its exception's name.

    `used` tells whether a later call uses the object that this call returned, and shows this call in its expression.
    """

    words: str
    name: str
    kind: Kind
    size: int
    raised: str | None
    used: bool = False


@dataclass(frozen=True)
class Origin:
    """The part of a call that a part of the probe's value is: of its result, or of an argument after the call.

    `path` leads from the result or the argument to the part. An `argument` of "" is the object of a method. `unchanged`
    tells whether the reference leaves the argument as it was. `whole` is False for a value that the probe computed from
    the result.
    """

    call: int
    path: Path = ()
    argument: str | None = None
    unchanged: bool = False
    whole: bool = True


@dataclass
class Trace:
    """All calls of a probe, and the origin of each part of its value by the part's path.

    `arguments` holds the tensors and numbers that the only call got, by name. `altered` holds the numbers of the calls
    whose results the probe changed afterwards.
    """

    calls: list[Shown] = field(default_factory=list)
    origins: dict[Path, Origin] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    altered: set[int] = field(default_factory=set)

    def origin(self, path: Path) -> Origin | None:
        """Return the origin of a part of the probe's value; None if no call can be told."""
        for length in range(len(path), -1, -1):
            known = self.origins.get(path[:length])
            if known is not None:
                return Origin(known.call, known.path + path[length:], known.argument, known.unchanged, known.whole)
        return None

    @property
    def shown(self) -> list[Shown]:
        """The calls that say something. A call is left out if a later call shows its object."""
        return [call for call in self.calls if not call.used]


def trace(module: Any, blob: bytes, seed: int, seconds: float) -> Trace:
    """Run a pickled probe on the reference, and return the trace. It is empty if the probe raises."""
    taken = _Tracing()
    watched = Recorder(module, taken.note, taken.done)
    seed_all(seed)
    try:
        with warnings.catch_warnings(), at_most(seconds):
            warnings.simplefilter("ignore")
            value = pickle.loads(blob)(watched)
    except Exception:
        return Trace()
    finally:
        watched.close()
    return taken.finish(watched.calls, value)


class _Tracing:
    """Takes the calls of one run: their expressions and arguments before they begin, and the changes that they make."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}  # the expressions of objects that calls returned
        self.words: list[str] = []
        self.seen: list[recorder.Call] = []
        self.given: list[dict[str | int, Any]] = []
        self.before: list[dict[str | int, Any]] = []
        self.used: set[int] = set()
        self.known: dict[int, Origin] = {}
        self.kept: list[tuple[int, Any, int]] = []  # attributes after a call: its number, the value, its version
        self.returned: list[tuple[int, torch.Tensor, int]] = []  # tensors of results: the call, the tensor, its version
        self.settled = 0

    def note(self, call: recorder.Call) -> None:
        """Note a call that is about to begin."""
        self._settle()
        self.words.append(call_expression(call, self.names))
        args = call.args if call.subject is None or call.name == "forward" else (call.subject, *call.args)
        self.given.append(bound_arguments(call.target, args, call.kwargs))
        self.before.append({name: _snapshot(value) for name, value in self.given[-1].items()})
        made_by = {id(earlier.result): n for n, earlier in enumerate(self.seen) if earlier.ended}
        given = [id(part) for part in (call.subject, *args)]
        self.used |= {made_by[known] for known in given if known in made_by and known in self.names}
        self.seen.append(call)

    def done(self, call: recorder.Call) -> None:
        """Note the tensors that a call has just returned."""
        held = [part for path, part in parts(call.result) if not any(isinstance(key, Attribute) for key in path)]
        tensors = [part for part in held if isinstance(part, torch.Tensor)]
        self.returned += [(len(self.seen) - 1, tensor, tensor._version) for tensor in tensors]

    def _settle(self) -> None:
        """Note the results and the changes of the calls that have ended, before anything else changes them."""
        for n in range(self.settled, len(self.seen)):
            call, given, before = self.seen[n], self.given[n], self.before[n]
            for name, value in given.items():
                same = EXACTLY.difference(_snapshot(value), before[name]) is None
                for path, part in parts(value):
                    if not same or id(part) not in self.known:
                        self.known[id(part)] = Origin(n, path, str(name), same)
            if call.ended and call.raised is None:
                self.known |= {id(part): Origin(n, path) for path, part in parts(call.result)}
                self._keep(n, call)
                self._name(call.result, self.words[n])
        self.settled = len(self.seen)

    def _keep(self, n: int, call: recorder.Call) -> None:
        """Keep the attributes of the objects that a call returned or belongs to: another call may change them."""
        own = list(_attributes(call.subject)) if call.subject is not None else []
        self.known |= {id(part): Origin(n, path, "") for path, part in own}
        held = [part for path, part in parts(call.result) if any(isinstance(key, Attribute) for key in path)]
        held += [part for _, part in own]
        self.kept += [(n, part, getattr(part, "_version", 0)) for part in held]

    def _name(self, result: Any, words: str) -> None:
        """Name the objects that have come, other than data: a later call shows them by the call that made them."""
        several = result if type(result) in (list, tuple) else ()
        for part, name in [(result, words), *((part, f"{words}[{n}]") for n, part in enumerate(several[:MOST_PARTS]))]:
            if kind_of(part)[0] in ("module", "other"):
                self.names[id(part)] = name

    def _forget_changed(self) -> None:
        """Forget the origin of attributes that have changed since."""
        for n, part, version in self.kept:
            origin = self.known.get(id(part))
            if origin is not None and origin.call == n and getattr(part, "_version", 0) != version:
                del self.known[id(part)]

    def finish(self, calls: list[recorder.Call], value: Any) -> Trace:
        shown = [
            Shown(
                words,
                call.name,
                *kind_of(call.result),
                type(call.raised).__name__ if call.raised else None,
                n in self.used,
            )
            for n, (call, words) in enumerate(zip(calls, self.words, strict=True))
        ]
        found = Trace(shown, altered={n for n, tensor, version in self.returned if tensor._version != version})
        if len(self.before) == 1:
            given = {str(name): value for name, value in self.before[0].items()}
            found.arguments = {name: value for name, value in given.items() if isinstance(value, NUMBERS)}
        self._settle()
        self._forget_changed()
        for path, part in parts(value):
            if id(part) in self.known and _is_unique(part):
                found.origins.setdefault(path, self.known[id(part)])
        if () not in found.origins:
            self._place_others(found, calls, value)
        return found

    def _place_others(self, found: Trace, calls: list[recorder.Call], value: Any) -> None:
        """Find the calls of entries that are no object of a call: by their order, or because there is one call."""
        numbers = [n for n, call in enumerate(found.calls) if not call.used]
        entries = list(enumerate(value)) if type(value) in (list, tuple) else []
        in_order = len(entries) == len(numbers) > 1 and all(
            found.origins[(i,)].call == numbers[i] for i, _ in entries if (i,) in found.origins
        )
        if in_order:
            for i, entry in entries:
                found.origins.setdefault((i,), _origin(numbers[i], calls[numbers[i]], entry))
        elif len(numbers) == 1:
            found.origins.setdefault((), _origin(numbers[0], calls[numbers[0]], value))
        else:
            for i, entry in entries:
                fits = [n for n in numbers if type(entry) is not bool and _equal(calls[n].result, entry)]
                if len(fits) == 1:
                    found.origins.setdefault((i,), Origin(fits[0]))


def _origin(n: int, call: recorder.Call, entry: Any) -> Origin:
    return Origin(n, whole=call.raised is not None or _equal(call.result, entry))


def _equal(result: Any, entry: Any) -> bool:
    if result is entry:
        return True
    return type(result) is type(entry) and EXACTLY.difference(_snapshot(entry), _snapshot(result)) is None


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the value and the values inside it, with their paths, up to a limit."""
    waiting, count = [(path, value)], 0
    while waiting and count < MOST_PARTS:
        place, part = waiting.pop(0)
        count += 1
        yield place, part
        if len(place) < DEEPEST:
            if isinstance(part, (list, tuple)):
                waiting += [((*place, n), item) for n, item in enumerate(part[:MOST_PARTS])]
            elif kind_of(part)[0] in ("module", "other"):
                waiting += [((*place, *name), item) for name, item in _attributes(part)]
            elif isinstance(part, dict):
                waiting += [((*place, name), item) for name, item in list(part.items())[:MOST_PARTS]]


def _attributes(value: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the data that an object holds by its attributes, with their paths."""
    held = dict(getattr(value, "__dict__", {}))
    if isinstance(value, torch.nn.Module):
        held |= dict(value.named_parameters(recurse=False)) | dict(value.named_buffers(recurse=False))
    for name, part in list(held.items())[:MOST_PARTS]:
        if name[:1] != "_":
            yield (Attribute(name),), part


def _is_unique(part: Any) -> bool:
    """Return whether a value is an object that Python does not share with other places."""
    if type(part) is float:
        return part != round(part, 3)
    return kind_of(part)[0] in UNIQUE and not (type(part) is tuple and not part)


def _snapshot(value: Any, depth: int = 0) -> Any:
    """Return a copy of the tensors in a value; of anything but data only the type's name."""
    if isinstance(value, torch.Tensor) and value.device.type == "cpu" and value.layout is torch.strided:
        return value.detach().clone()
    if value is None or isinstance(value, PLAIN):
        return value
    if type(value) in (list, tuple) and depth < DEEPEST:
        return [_snapshot(item, depth + 1) for item in value[:MOST_PARTS]]
    if type(value) is dict and depth < DEEPEST:
        return {name: _snapshot(item, depth + 1) for name, item in value.items()}
    return repr(type(value))
