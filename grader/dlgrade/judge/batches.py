"""Minibatches for training. They travel to the worker with the probe that trains."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import cloudpickle
import torch

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # a worker has no access to this module


def to_device(value: Any, device: str) -> Any:
    """Tensors, or lists, tuples and dicts of them, on this device."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {name: to_device(part, device) for name, part in value.items()}
    return type(value)(to_device(part, device) for part in value) if isinstance(value, (list, tuple)) else value


class Batches:
    """Minibatches of examples in a given order: a tuple of tensors each, made when it is asked for.

    Attributes:
        examples: the tensors that the batches are rows of.
        first: the number of the first batch in the whole training, from 0 on.
        steps: how many batches the whole training has.
    """

    def __init__(
        self, examples: tuple[torch.Tensor, ...], order: Iterable[torch.Tensor], first: int, steps: int
    ) -> None:
        self.examples = examples
        self.order = [rows.clone() for rows in order]
        self.first = first
        self.steps = steps

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, ...]]:
        for rows in self.order:
            yield tuple(part[rows] for part in self.examples)

    def on(self, device: str) -> Batches:
        return Batches(to_device(self.examples, device), to_device(self.order, device), self.first, self.steps)

    def part(self, first: int, end: int) -> Batches:
        return Batches(self.examples, self.order[first:end], self.first + first, self.steps)
