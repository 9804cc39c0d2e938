"""GPUs for suites on machines without any: inside `Gpus()`, tensors of the CPU seem to be on other devices."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import cloudpickle
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # probes use it, and a worker has no access to it

CPU = torch.device("cpu")
NO_DEVICE_NEEDED = ("copy_", "__setitem__", "__set__")  # they write into a tensor from any device
FACTS: dict[Any, Callable[[torch.device], object]] = {  # read from a tensor, and true of its pretended device
    torch.Tensor.device.__get__: lambda device: device,
    torch.Tensor.is_cuda.__get__: lambda device: device.type == "cuda",
    torch.Tensor.is_cpu.__get__: lambda device: device.type == "cpu",
    torch.Tensor.get_device: lambda device: -1 if device.index is None else device.index,
}


class Gpus(TorchFunctionMode):  # type: ignore[misc]
    """For probes: inside `with Gpus() as gpus: ...`, tensors on the CPU seem to be on other devices.

    As in torch, an operation on tensors of two devices is an error, except for a copy into a tensor.
    """

    def __init__(self) -> None:
        super().__init__()
        # By the address of the memory, with a tensor that keeps it: views and parameters share it.
        self.places: dict[int, tuple[torch.Tensor, torch.device]] = {}

    def put(self, tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        inner = _unwrapped(tensor)
        self.places[inner.untyped_storage().data_ptr()] = inner, device
        return tensor

    def of(self, tensor: torch.Tensor) -> torch.device:
        inner = _unwrapped(tensor)
        return self.places.get(inner.untyped_storage().data_ptr(), (inner, CPU))[1]

    def moved(self, name: str, tensor: torch.Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
        """The result of Tensor.to, cpu or cuda. A number names a GPU, and another tensor its device."""
        named = [kwargs.pop("device", None), *args[:1]] if name != "cpu" else ["cpu"]
        target = next((self.of(t) if isinstance(t, torch.Tensor) else t for t in named if t is not None), "cuda:0")
        if isinstance(target, torch.dtype):
            return self.put(tensor.to(target, **kwargs), self.of(tensor))
        target = torch.device("cuda", target) if isinstance(target, int) else torch.device(target)
        kwargs.pop("non_blocking", None)
        copied = target != self.of(tensor) or kwargs.get("copy", False)
        return self.put(tensor.clone(), target) if copied else tensor

    def one_by_one(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function of many tensors, each on a device of its own. Each result lies where its tensor is."""
        result = func(*args, **kwargs)
        given = kwargs.get("inputs", args[1:2]) if func is torch.autograd.grad else [*args, *kwargs.values()][0]
        for source, tensor in zip(_tensors(given), result or (), strict=False):
            if isinstance(tensor, torch.Tensor):  # not the None of an input without a gradient
                self.put(tensor, self.of(source))
        return result

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name, kwargs = getattr(func, "__name__", ""), dict(kwargs or {})
        if func in FACTS:
            return FACTS[func](self.of(args[0]))
        if name.startswith("_foreach_") or func in (torch.autograd.backward, torch.autograd.grad):
            return self.one_by_one(func, args, kwargs)
        if name in ("to", "cpu", "cuda"):
            return self.moved(name, args[0], args[1:], kwargs)
        tensors = _tensors([args, list(kwargs.values())])
        places = {self.of(t) for t in tensors if t.dim()} or {self.of(t) for t in tensors} or {CPU}
        if name in NO_DEVICE_NEEDED:
            places = {self.of(args[0])}
        if kwargs.get("device") is not None:
            places = {torch.device(kwargs.pop("device"))}
        if len(places) > 1:
            raise RuntimeError("Expected all tensors to be on the same device, but found at least two devices!")
        result = func(*args, **kwargs)
        for tensor in _tensors(result):
            self.put(tensor, *places)
        return result


def _unwrapped(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor with a memory of its own; torch.func.grad and vmap wrap it."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def _tensors(value: Any) -> list[torch.Tensor]:
    """The tensors in nested lists and tuples."""
    if isinstance(value, (list, tuple)):
        return [tensor for part in value for tensor in _tensors(part)]
    return [value] if isinstance(value, torch.Tensor) else []


def scatter(inputs: torch.Tensor, target_gpus: Any, dim: int = 0) -> tuple[torch.Tensor, ...]:
    """For probes: nn.parallel.scatter of a tensor, for any devices."""
    shards = inputs.chunk(len(target_gpus), dim)
    return tuple(shard.to(device) for shard, device in zip(shards, target_gpus, strict=False))


class Scatter:
    """For probes: inside `with Scatter(): ...`, nn.parallel.scatter takes the CPU."""

    def __enter__(self) -> None:
        self.real, nn.parallel.scatter = nn.parallel.scatter, scatter

    def __exit__(self, *_: object) -> None:
        nn.parallel.scatter = self.real
