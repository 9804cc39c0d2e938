"""Tensors between a submission's own processes, where it may have no sockets.

torch passes a tensor from one process to another as shared memory, whose descriptor travels over a named socket.
Without such sockets a tensor's bytes travel through the pipe that its message goes through, as other values do.
"""

from __future__ import annotations

from multiprocessing.reduction import ForkingPickler
from typing import Any

import torch


def share_by_value() -> None:
    ForkingPickler.register(torch.UntypedStorage, _as_bytes)


def _as_bytes(storage: torch.UntypedStorage) -> tuple[Any, ...]:
    content = torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes()
    return _from_bytes, (content,)


def _from_bytes(content: bytes) -> torch.UntypedStorage:
    if not content:
        return torch.UntypedStorage(0)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).untyped_storage()
