"""Pass tensors between a submission's own processes where sockets are refused.

torch passes a tensor from one process to another as shared memory, whose descriptor goes over a named socket. Where
such sockets are refused, the bytes of a tensor go through the same pipe as the rest of the message.
"""

from __future__ import annotations

from multiprocessing.reduction import ForkingPickler
from typing import Any

import torch


def share_by_value() -> None:
    """Have multiprocessing copy tensors from now on."""
    ForkingPickler.register(torch.UntypedStorage, _as_bytes)


def _as_bytes(storage: torch.UntypedStorage) -> tuple[Any, ...]:
    content = torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes()
    return _from_bytes, (content,)


def _from_bytes(content: bytes) -> torch.UntypedStorage:
    if not content:
        return torch.UntypedStorage(0)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).untyped_storage()
