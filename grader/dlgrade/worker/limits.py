"""The limits of one worker, and of one reply."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1 << 20

# Limits of a reply. An honest worker cuts its texts to these limits, and the judge refuses a reply beyond them.
MAX_HEAD = 2 * MB  # bytes of a reply besides its tensors
MAX_NAME = 100  # characters: a function, a class, a file
MAX_DOTTED_NAME = 200
MAX_MESSAGE = 2000
MAX_SOURCE = 200  # characters of a line of source
MAX_PLACE = 1_000_000  # lines, columns and repetitions: the source of a submission has at most 1 MB
MAX_FRAMES = 12
MAX_FORBIDDEN = 12
MAX_CALLS = 500  # of one probe, in a record of its calls
MAX_OPERATORS = 400  # names of the operators that ran in one probe
MAX_NODES = 200_000  # of a value: numbers, strings, containers, tensors
MAX_SIZE = 1 << 62  # bytes of one value, claimed or real


@dataclass(frozen=True)
class Limits:
    """The limits in bytes, seconds and counts; passing a limit ends the worker, or fails in the worker."""

    memory: int = 2048 * MB
    gpu_memory: int = 8192 * MB
    scratch: int = 64 * MB
    files: int = 10_000
    answer: int = 64 * MB
    processes: int = 64
    open_files: int = 256
    import_seconds: float = 20.0
    check_seconds: float = 5.0
