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
FACTS: dict[Any, Callable[[torch.device], object]] = {  # read from a tensor, and true of its pretended device
    torch.Tensor.device.__get__: lambda device: device,
    torch.Tensor.is_cuda.__get__: lambda device: device.type == "cuda",
    torch.Tensor.is_cpu.__get__: lambda device: device.type == "cpu",
    torch.Tensor.get_device: lambda device: -1 if device == CPU else device.index,
}
# They take tensors of any devices. Autograd follows each tensor to its own.
ANY_DEVICES = (
    torch.Tensor.copy_, torch.Tensor.data.__set__, torch.Tensor.backward, torch.autograd.backward, torch.autograd.grad,
    torch._has_compatible_shallow_copy_type,
)  # fmt: skip
TO_NUMPY = (torch.Tensor.numpy, torch.Tensor.__array__)


class Gpus(TorchFunctionMode):  # type: ignore[misc]
    """For probes: inside `with Gpus() as gpus: ...`, tensors on the CPU seem to be on other devices.

    As in torch, an operation on tensors of two devices is an error, except for a copy into a tensor.
    """

    def __init__(self) -> None:
        super().__init__()
        # By the memory, with a tensor that keeps it: views and parameters share it.
        self.places: dict[int, tuple[torch.Tensor, torch.device]] = {}

    def put(self, tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        inner = _unwrapped(tensor)
        self.places[inner.untyped_storage()._cdata] = inner, _numbered(device)
        return tensor

    def of(self, tensor: torch.Tensor) -> torch.device:
        inner = _unwrapped(tensor)
        return self.places.get(inner.untyped_storage()._cdata, (inner, CPU))[1]

    def moved(self, name: str, tensor: torch.Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
        """The result of Tensor.to, type_as, cpu or cuda. A number names a GPU, a tensor its device and its dtype."""
        device, dtype, memory_format, copy = CPU, None, None, kwargs.pop("copy", False)
        if name == "cuda":
            device = torch.device("cuda", [*args, *kwargs.values(), 0][0])
        elif name != "cpu":
            if args and isinstance(args[0], torch.Tensor):
                args = self.of(args[0]), args[0].dtype, *args[1:]
            device, dtype, _, memory_format = torch._C._nn._parse_to(*args, **kwargs)
        here = self.of(tensor)
        there = here if device is None else _numbered(device)
        result = tensor.to(
            dtype or tensor.dtype, copy=copy or there != here,
            memory_format=memory_format or torch.preserve_format,
        )  # fmt: skip
        return result if result is tensor else self.put(result, there)

    def check(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> set[torch.device]:
        """Return the devices of the tensors that have to be on one device. Numbers of the CPU go with any."""
        tensors = _tensors([args, list(kwargs.values())])
        if func in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):  # an index may be on the CPU, too
            index = [t for t in _tensors(args[1]) if self.of(t) != CPU]
            tensors = [args[0], *index, *(_tensors(args[2:]) if _tensors(args[1]) else [])]  # to a slice, it is a copy
        return {self.of(t) for t in tensors if t.dim() or self.of(t) != CPU} or {CPU}

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name, kwargs = getattr(func, "__name__", ""), dict(kwargs or {})
        if func in FACTS:
            return FACTS[func](self.of(args[0]))
        if name in ("to", "cpu", "cuda", "type_as"):
            return self.moved(name, args[0], args[1:], kwargs)
        if func in TO_NUMPY and self.of(args[0]) != CPU:
            raise TypeError(f"can't convert {self.of(args[0])} device type tensor to numpy. Use Tensor.cpu() first.")
        if func in ANY_DEVICES or name.startswith("_foreach_"):
            return self.each_on_its_own(func, args, kwargs)
        places = self.check(func, args, kwargs)
        if kwargs.get("device") is not None:
            places = {torch.device(kwargs.pop("device"))}
        _require_one(places)
        result = func(*args, **kwargs)
        for tensor in _tensors(result):
            self.put(tensor, *places)
        return result

    def each_on_its_own(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function of many tensors, each on a device of its own. Each result lies where its tensor is."""
        given = [*args, *kwargs.values()]
        if func == torch.autograd.grad:
            sources = _tensors(kwargs.get("inputs", args[1:2]))
        elif func in ANY_DEVICES:
            sources = _tensors(given[:1])
        else:
            lists = [_tensors(value) for value in given if isinstance(value, (list, tuple))]
            sources = lists[0]
            for together in zip(*(tensors for tensors in lists if tensors), strict=False):
                _require_one({self.of(tensor) for tensor in together})
        result = func(*args, **kwargs)
        for source, tensor in zip(sources, result if isinstance(result, (list, tuple)) else [result], strict=False):
            if isinstance(tensor, torch.Tensor):  # not the None of an input without a gradient
                self.put(tensor, self.of(source))
        return result


def _require_one(devices: set[torch.device]) -> None:
    if len(devices) > 1:
        raise RuntimeError("Expected all tensors to be on the same device, but found at least two devices!")


def _numbered(device: torch.device) -> torch.device:
    """The device with its number: "cuda" is the first GPU."""
    return torch.device(device.type, 0) if device.type == "cuda" and device.index is None else device


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
