"""What one worker may use."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bytes, seconds and counts that end a worker, or a request to it, when they are passed."""

    memory: int = 2048 * MB
    gpu_memory: int = 8192 * MB
    scratch: int = 64 * MB
    files: int = 10_000
    answer: int = 64 * MB
    processes: int = 64
    open_files: int = 256
    import_seconds: float = 20.0
    check_seconds: float = 5.0
