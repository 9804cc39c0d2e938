"""Pickles probes. The bytes go to the worker, and are the cache key for the reference's outcomes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cloudpickle
import torch

from dlgrade.worker import wire

Probe = Callable[[Any], Any]

# For every function, cloudpickle searches all modules of the process for submodules that it may use. A worker has
# torch and numpy whole, so the search is useless here; it took a tenth of the judge's time.
cloudpickle.cloudpickle._find_imported_submodules = lambda _code, _dependencies: []
# cloudpickle numbers a class at random, and gives whoever loads the number the class that it knows. The bytes would
# differ from process to process, and the judge's own loading would change the suite's class for the next submission.
cloudpickle.cloudpickle._get_or_create_tracker_id = lambda _class: None


def pickled(probe: Probe) -> bytes:
    """Pickle a probe and its closure by value. The same probe gives the same bytes.

    torch's own pickles name a storage by its address, so they differ from process to process.
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
