"""Probes as bytes: what the judge sends to a worker, and what the outcome of a trusted implementation is kept under."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cloudpickle
import torch

from dlgrade.worker import wire

Probe = Callable[[Any], Any]

# With every function cloudpickle looks through all modules of the process for some that it may have imported.
# Probes use torch and numpy, which a worker has whole; the search took a tenth of the judge's time.
cloudpickle.cloudpickle._find_imported_submodules = lambda _code, _dependencies: []


def pickled(probe: Probe) -> bytes:
    """The probe and what it closes over, by value; the same bytes for the same probe.

    torch's own pickles name a tensor's storage by its address, so that they differ from one process to the next.
    """
    buffer = io.BytesIO()
    _Pickler(buffer).dump(probe)
    return buffer.getvalue()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    def reducer_override(self, obj: Any) -> Any:
        if type(obj) is torch.Tensor and _is_plain(obj):
            storage = torch.empty(0, dtype=torch.uint8).set_(obj.untyped_storage())
            content = storage.numpy().tobytes()
            place = obj.storage_offset(), tuple(obj.shape), obj.stride()
            return wire.tensor_of, (content, obj.dtype, place, obj.requires_grad)
        return super().reducer_override(obj)


def _is_plain(tensor: torch.Tensor) -> bool:
    return (
        tensor.device.type == "cpu"
        and tensor.layout is torch.strided
        and not (tensor.is_quantized or tensor.is_conj() or tensor.is_neg())
        and tensor.is_leaf
    )
