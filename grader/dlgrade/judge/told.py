"""Finds probes that tell a worker the right answer: they close over a value that the reference returns.

A value that the reference returns may also be one of its inputs, as in relu of positive numbers. So the value is
changed and the probe asked again: if everything that the reference returns stays the same, the value is no input.
"""

from __future__ import annotations

import itertools
import pickle
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from dlgrade.judge.compare import Comparison
from dlgrade.judge.trusted import Variant
from dlgrade.worker.guest import seed_all

MOST_RETURNS = 2000  # of one probe; training loops have many more
MOST_PLACES = 300
LARGEST = 20_000  # numbers of a tensor
DEEPEST = 4


@dataclass(frozen=True)
class _Place:
    """A place in a probe's closure: its value, and how to put another value there."""

    value: Any
    put: Callable[[Any], None]


def tells(blob: bytes, reference: Variant) -> bool:
    """Return whether a pickled probe holds something that the reference returns and that is not its input."""
    places = list(itertools.islice(_places(pickle.loads(blob)), MOST_PLACES))
    telling = [number for number, place in enumerate(places) if _says_much(place.value)]
    returned = _returned(pickle.loads(blob), reference) if telling else []
    for number in telling:
        value = places[number].value
        if any(_equal(value, other) for other in returned):
            probe = pickle.loads(blob)
            for same in (number for number in telling if _equal(places[number].value, value)):
                next(itertools.islice(_places(probe), same, None)).put(_other(value))
            again = _returned(probe, reference)
            if len(again) == len(returned) and all(map(_equal, again, returned)):
                return True
    return False


def _returned(probe: Any, reference: Variant) -> list[Any]:
    """The values that the reference's functions return while the probe runs. An exception ends the list."""
    values: list[Any] = []

    def note(frame: types.FrameType, event: str, value: Any) -> None:
        if event == "return" and frame.f_code.co_filename == f"<{reference.name}>":
            values.extend(_copies(value))
            if len(values) > MOST_RETURNS:
                sys.setprofile(None)

    module = reference.module
    seed_all(0)
    before = sys.getprofile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.setprofile(note)
        try:
            probe(module)
        except Exception:
            values.append("an exception")
        finally:
            sys.setprofile(before)
    return values


def _copies(value: Any, depth: int = 0) -> Iterator[Any]:
    """The value and the values inside it, as far as they can be compared; tensors as copies."""
    if isinstance(value, torch.Tensor):
        if value.numel() <= LARGEST:
            yield value.detach().clone()
    elif isinstance(value, (bool, int, float, str)):
        yield value
    elif isinstance(value, (list, tuple)):
        if all(isinstance(entry, (int, float, str)) for entry in value):
            yield list(value)
        for entry in value if depth < DEEPEST else ():
            yield from _copies(entry, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST:
        for entry in value.values():
            yield from _copies(entry, depth + 1)


def _places(function: Any, depth: int = 0) -> Iterator[_Place]:
    """The values that a function closes over: in cells, defaults, and the globals that it names."""
    if not isinstance(function, types.FunctionType) or depth > DEEPEST:
        return
    for cell in function.__closure__ or ():
        yield from _inside(cell.cell_contents, partial(setattr, cell, "cell_contents"), depth)
    for number, value in enumerate(function.__defaults__ or ()):
        yield from _inside(value, partial(_put_default, function, number), depth)
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield from _inside(function.__globals__[name], partial(function.__globals__.__setitem__, name), depth)


def _put_default(function: types.FunctionType, number: int, new: Any) -> None:
    defaults = list(function.__defaults__ or ())
    defaults[number] = new
    function.__defaults__ = tuple(defaults)


def _inside(value: Any, put: Callable[[Any], None], depth: int) -> Iterator[_Place]:
    """The place of a value, and the places inside it."""
    yield _Place(value, put)
    yield from _places(value, depth + 1)
    if depth > DEEPEST:
        return
    if isinstance(value, (list, dict)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield from _inside(value[key], partial(value.__setitem__, key), depth + 1)
    elif type(value) is tuple:
        for number, entry in enumerate(value):
            yield from _inside(entry, partial(_put_entry, value, number, put), depth + 1)


def _put_entry(whole: tuple[Any, ...], number: int, put: Callable[[Any], None], new: Any) -> None:
    put((*whole[:number], new, *whole[number + 1 :]))


def _says_much(value: Any) -> bool:
    """Return whether nobody would come upon the value by chance."""
    if isinstance(value, torch.Tensor):
        return (
            1 < value.numel() <= LARGEST and value.layout is torch.strided and bool((value != value.flatten()[0]).any())
        )
    if isinstance(value, (list, tuple)):
        plain = all(isinstance(entry, (int, float, str)) for entry in value)
        return plain and len(set(value)) > 1
    return isinstance(value, float) and round(value, 3) != value


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, torch.Tensor):
        alike = isinstance(other, torch.Tensor) and value.shape == other.shape and _begins_like(value, other)
        return alike and Comparison(dtype=False).difference(value.detach(), other) is None
    if isinstance(value, (list, tuple)):
        alike = isinstance(other, (list, tuple)) and len(value) == len(other)
        return alike and all(map(_equal, value, other))
    if isinstance(value, float) and isinstance(other, float):
        return Comparison().difference(value, other) is None
    return type(value) is type(other) and bool(value == other)


def _begins_like(value: torch.Tensor, other: torch.Tensor) -> bool:
    """Compare a few numbers, which is enough for most tensors and much faster."""
    first, second = (tensor.detach().flatten()[:8].to(torch.complex128) for tensor in (value, other))
    return bool(torch.allclose(first, second, rtol=1e-2, atol=1e-2, equal_nan=True))


def _other(value: Any) -> Any:
    """Another value of the same kind: neither the order nor the set of its numbers stays."""
    if isinstance(value, torch.Tensor):
        places = torch.randperm(value.numel(), generator=torch.Generator().manual_seed(1))
        new = value.detach().flatten()[places].reshape(value.shape)
        new = ~new if value.dtype is torch.bool else new + 1
        return new.requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)):
        entries = [entry + ("x" if isinstance(entry, str) else 1) for entry in value]
        return type(value)(random.Random(1).sample(entries, len(entries)))
    return value + 1
