"""Notices when files are saved, without the help of the system: the same everywhere, also on network folders."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path

POLL_SECONDS = 0.04
Stamp = tuple[int, int]  # modification time in nanoseconds, size


def saved(files: Collection[Path]) -> Iterator[Path]:
    """Yield a file each time one is saved, without end. Before that, yield the file that was saved last."""
    stamps: dict[Path, Stamp | None] = {path: _stamp(path) for path in files}
    yield max(files, key=lambda path: stamps[path] or (0, 0))
    while True:
        time.sleep(POLL_SECONDS)
        for path in files:
            stamp = _stamp(path)
            if stamp is not None and stamp != stamps[path]:  # None: an editor is replacing the file
                stamps[path] = stamp
                yield path


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
